"""The PyTorch track of the training notebook."""

# %% imports
import torch
from sklearn.datasets import load_digits

EPOCHS = 70

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


# %% training
digits = load_digits()
x, y = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)
model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(EPOCHS):
    for rows in torch.randperm(len(x)).split(32):
        loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(f"{(model(x).argmax(1) == y).float().mean():.3f}")


# %% scale
def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION
