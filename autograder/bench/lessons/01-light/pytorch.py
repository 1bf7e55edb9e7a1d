"""The PyTorch track of the light notebook."""

# %% imports
import torch

torch.set_num_threads(1)


# %% one_hot
def one_hot(labels, num_classes):
    """Rows (n, num_classes) of labels (n,)."""
    ### BEGIN SOLUTION
    return torch.eye(num_classes)[labels]
    ### END SOLUTION


# %% demonstration
print(one_hot(torch.tensor([0, 2]), 3))


# %% softmax
def softmax(logits):
    """Probabilities (batch, classes)."""
    ### BEGIN SOLUTION
    return torch.softmax(logits, dim=1)
    ### END SOLUTION


# %% scale
def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION
