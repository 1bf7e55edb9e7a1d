"""The PyTorch track of a trial lesson."""

# %% imports
import torch


# %% one_hot
def one_hot(labels, num_classes):
    """Rows (n, num_classes) of labels (n,)."""
    ### BEGIN SOLUTION
    return torch.eye(num_classes)[labels]
    ### END SOLUTION


# %% demonstration
print(one_hot(torch.tensor([0, 2]), 3))


# %% scale
def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION


# %% anything
def anything():
    """Whatever you like."""
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION
