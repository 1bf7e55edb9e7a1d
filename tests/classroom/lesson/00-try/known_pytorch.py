# %% one_hot | wrong | transposed
def one_hot(labels, num_classes):
    return torch.eye(num_classes)[:, labels]


# %% one_hot | wrong | class count guessed
def one_hot(labels, num_classes):
    return torch.eye(int(labels.max()) + 1)[labels]


# %% one_hot | right | torch's own function
def one_hot(labels, num_classes):
    return torch.nn.functional.one_hot(labels, num_classes).float()


# %% scale | wrong | adds
def scale(x, factor):
    return x + factor


# %% scale | right | the function instead of the operator
def scale(x, factor):
    return torch.mul(x, factor)
