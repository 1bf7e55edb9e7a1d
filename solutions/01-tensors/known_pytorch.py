"""Answers to the exercises of 01-tensors as PyTorch students write them: each misconception, and right ones that look different."""

import torch


# %% affine | wrong | bias forgotten
def affine(x, w, b):
    return torch.mm(x, w)


# %% affine | wrong | weights transposed
import torch.nn.functional as F


def affine(x, w, b):
    return F.linear(x, w, b)


# %% affine | wrong | elementwise product
def affine(x, w, b):
    return x * w + b


# %% affine | wrong | bias down the column
def affine(x, w, b):
    return x @ w + b.unsqueeze(1)


# %% affine | wrong | transposed result
def affine(x, w, b):
    return w.T @ x.T + b[:, None]


# %% affine | right | F.linear with transposed weights
import torch.nn.functional as F


def affine(x, w, b):
    return F.linear(x, w.T, b)


# %% affine | right | addmm
def affine(x, w, b):
    return torch.addmm(b, x, w)


# %% affine | right | einsum in float64
def affine(x, w, b):
    return torch.einsum("nk,kj->nj", x.double(), w.double()) + b


# %% affine | right | loops over examples and features
def affine(x, w, b):
    rows = []
    for row in x:
        z = b.clone()
        for k in range(len(row)):
            z += row[k] * w[k]
        rows.append(z)
    return torch.stack(rows)


# %% one_hot | wrong | class count guessed from the data
import torch.nn.functional as F


def one_hot(labels, num_classes):
    return F.one_hot(labels).float()


# %% one_hot | wrong | transposed result
def one_hot(labels, num_classes):
    return (torch.arange(num_classes)[:, None] == labels).float()


# %% one_hot | wrong | integers instead of floats
import torch.nn.functional as F


def one_hot(labels, num_classes):
    return F.one_hot(labels, num_classes)


# %% one_hot | wrong | true and false instead of numbers
def one_hot(labels, num_classes):
    return labels.unsqueeze(1) == torch.arange(num_classes)


# %% one_hot | right | rows of the identity
def one_hot(labels, num_classes):
    return torch.eye(num_classes)[labels]


# %% one_hot | right | scatter
def one_hot(labels, num_classes):
    return torch.zeros(len(labels), num_classes).scatter_(1, labels[:, None], 1.0)


# %% one_hot | right | indexing two axes at once
def one_hot(labels, num_classes):
    out = torch.zeros(labels.shape[0], num_classes)
    out[torch.arange(len(labels)), labels] = 1
    return out


# %% one_hot | right | the library's, in float64
import torch.nn.functional as F


def one_hot(labels, num_classes):
    return F.one_hot(labels, num_classes).double()


# %% mean_squared_error | wrong | (n, 1) minus (n,) broadcast to (n, n)
def mean_squared_error(predictions, targets):
    return (predictions - targets).pow(2).mean()


# %% mean_squared_error | wrong | sum instead of mean
def mean_squared_error(predictions, targets):
    return ((predictions[:, 0] - targets) ** 2).sum()


# %% mean_squared_error | wrong | averaged before squaring
def mean_squared_error(predictions, targets):
    return (predictions.flatten() - targets).mean() ** 2


# %% mean_squared_error | wrong | absolute instead of squared
def mean_squared_error(predictions, targets):
    return (predictions.squeeze(1) - targets).abs().mean()


# %% mean_squared_error | right | the library's loss on equal shapes
import torch.nn.functional as F


def mean_squared_error(predictions, targets):
    return F.mse_loss(predictions, targets.unsqueeze(1))


# %% mean_squared_error | right | a dot product
def mean_squared_error(predictions, targets):
    error = predictions.view(-1) - targets
    return error @ error / len(error)


# %% mean_squared_error | right | a Python loop and a Python number
def mean_squared_error(predictions, targets):
    total = 0.0
    for p, t in zip(predictions, targets):
        total += (p.item() - t.item()) ** 2
    return total / len(targets)


# %% pairwise_distances | wrong | squared but not rooted
def pairwise_distances(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(-1)


# %% pairwise_distances | wrong | transposed result
def pairwise_distances(a, b):
    return (a[None] - b[:, None]).norm(dim=2)


# %% pairwise_distances | wrong | only row i against row i
def pairwise_distances(a, b):
    return ((a - b) ** 2).sum(dim=1).sqrt()


# %% pairwise_distances | wrong | summed over the wrong axis
def pairwise_distances(a, b):
    return (a[:, None, :] - b[None, :, :]).pow(2).sum(dim=1).sqrt()


# %% pairwise_distances | wrong | squared lengths without a column
def pairwise_distances(a, b):
    square = (a**2).sum(1) + (b**2).sum(1) - 2 * a @ b.T
    return square.clamp(min=0).sqrt()


# %% pairwise_distances | wrong | expanded square loses close points
def pairwise_distances(a, b):
    aa = (a * a).sum(dim=1, keepdim=True)
    bb = (b * b).sum(dim=1)
    return torch.sqrt(aa - 2 * torch.matmul(a, b.T) + bb)


# %% pairwise_distances | wrong | expanded square loses close points
def pairwise_distances(a, b):
    return torch.cdist(a, b, compute_mode="use_mm_for_euclid_dist")


# %% pairwise_distances | right | cdist
def pairwise_distances(a, b):
    return torch.cdist(a, b)


# %% pairwise_distances | right | norm of the difference
def pairwise_distances(a, b):
    return torch.linalg.vector_norm(a.unsqueeze(1) - b.unsqueeze(0), dim=-1)


# %% pairwise_distances | right | two loops
def pairwise_distances(a, b):
    out = torch.empty(len(a), len(b))
    for i in range(len(a)):
        for j in range(len(b)):
            out[i, j] = torch.dist(a[i], b[j])
    return out


# %% pairwise_distances | right | expanded square in float64
def pairwise_distances(a, b):
    a, b = a.double(), b.double()
    square = (a * a).sum(1, keepdim=True) + (b * b).sum(1) - 2 * a @ b.T
    return square.clamp(min=0).sqrt().float()


# %% pairwise_distances | right | expanded square after moving to the origin
def pairwise_distances(a, b):
    centre = b.mean(dim=0)
    a, b = a - centre, b - centre
    square = (a * a).sum(1, keepdim=True) + (b * b).sum(1) - 2 * a @ b.T
    return square.clamp(min=0).sqrt()


# %% standardize | wrong | NaN on a constant column
def standardize(train, test):
    mean, std = train.mean(0), train.std(0, unbiased=False)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | unbiased standard deviation
def standardize(train, test):
    mean, std = train.mean(dim=0), train.std(dim=0)
    std[std == 0] = 1
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | variance instead of standard deviation
def standardize(train, test):
    mean, var = train.mean(dim=0), train.var(dim=0, correction=0)
    var[var == 0] = 1
    return (train - mean) / var, (test - mean) / var


# %% standardize | wrong | statistics of the test set
def standardize(train, test):
    def z(t):
        std = t.std(dim=0, correction=0)
        return (t - t.mean(dim=0)) / torch.where(std == 0, torch.ones_like(std), std)

    return z(train), z(test)


# %% standardize | wrong | statistics of both tables together
def standardize(train, test):
    table = torch.cat([train, test])
    mean, std = table.mean(dim=0), table.std(dim=0, correction=0)
    std[std == 0] = 1.0
    table = (table - mean) / std
    return table[: len(train)], table[len(train) :]


# %% standardize | wrong | one mean for the whole table
def standardize(train, test):
    mean, std = train.mean(), train.std(correction=0)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | statistics over the wrong axis
def standardize(train, test):
    mean, std = train.mean(dim=1, keepdim=True), train.std(dim=1, keepdim=True, correction=0)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | each row by itself
def standardize(train, test):
    result = []
    for t in (train, test):
        result.append((t - t.mean(1, keepdim=True)) / t.std(1, keepdim=True, correction=0))
    return tuple(result)


# %% standardize | wrong | input changed in place
def standardize(train, test):
    mean, std = train.mean(dim=0), train.std(dim=0, correction=0)
    std[std == 0] = 1
    train -= mean
    train /= std
    test -= mean
    test /= std
    return train, test


# %% standardize | right | a tiny number below the line
def standardize(train, test):
    mean = train.mean(0, keepdim=True)
    std = ((train - mean) ** 2).mean(0, keepdim=True).sqrt()
    return (train - mean) / (std + 1e-7), (test - mean) / (std + 1e-7)


# %% standardize | right | NaN replaced by 0 afterwards
def standardize(train, test):
    std, mean = torch.std_mean(train, dim=0, correction=0)
    return ((train - mean) / std).nan_to_num(0.0), ((test - mean) / std).nan_to_num(0.0)


# %% standardize | right | column by column, on copies
def standardize(train, test):
    train_std, test_std = train.clone(), test.clone()
    for j in range(train.shape[1]):
        mean = train[:, j].mean()
        std = (train[:, j] ** 2).double().mean() - (train[:, j].double() ** 1).mean() ** 2
        std = std.clamp(min=0).sqrt().float()
        if std < 1e-6:
            std = torch.tensor(1.0)
        train_std[:, j] -= mean
        train_std[:, j] /= std
        test_std[:, j] = (test[:, j] - mean) / std
    return [train_std, test_std]


# %% standardize | right | float64 with NumPy
def standardize(train, test):
    mean, std = train.double().numpy().mean(0), train.double().numpy().std(0)
    std[std == 0] = 1
    return (train - torch.from_numpy(mean)) / torch.from_numpy(std), (test - torch.from_numpy(mean)) / torch.from_numpy(std)


# %% batches | wrong | last partial batch dropped
def batches(x, y, batch_size, generator):
    order = torch.randperm(len(x), generator=generator)
    for i in range(len(x) // batch_size):
        chosen = order[i * batch_size : (i + 1) * batch_size]
        yield x[chosen], y[chosen]


# %% batches | wrong | empty batch at the end
def batches(x, y, batch_size, generator):
    order = torch.randperm(len(x), generator=generator)
    for i in range(len(x) // batch_size + 1):
        chosen = order[i * batch_size : (i + 1) * batch_size]
        yield x[chosen], y[chosen]


# %% batches | wrong | the same order each epoch
def batches(x, y, batch_size, generator):
    generator.manual_seed(0)
    order = torch.randperm(len(x), generator=generator)
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]


# %% batches | wrong | random numbers not from the generator
def batches(x, y, batch_size, generator):
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]


# %% batches | wrong | input shuffled in place
def batches(x, y, batch_size, generator):
    order = torch.randperm(len(x), generator=generator)
    x[:] = x[order]
    y[:] = y[order]
    return list(zip(x.split(batch_size), y.split(batch_size)))


# %% batches | wrong | x and y shuffled apart
def batches(x, y, batch_size, generator):
    x = x[torch.randperm(len(x), generator=generator)]
    y = y[torch.randperm(len(y), generator=generator)]
    return list(zip(x.split(batch_size), y.split(batch_size)))


# %% batches | wrong | rows drawn with replacement
def batches(x, y, batch_size, generator):
    order = torch.randint(0, len(x), (len(x),), generator=generator)
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]


# %% batches | right | a DataLoader
from torch.utils.data import DataLoader, TensorDataset


def batches(x, y, batch_size, generator):
    return DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True, generator=generator)


# %% batches | right | shuffled copies, split, as a list
def batches(x, y, batch_size, generator):
    order = torch.rand(len(x), generator=generator).argsort()
    return list(zip(x[order].split(batch_size), y[order].split(batch_size)))


# %% batches | right | a while loop
def batches(x, y, batch_size, generator):
    left = torch.randperm(x.shape[0], generator=generator)
    while left.numel() > 0:
        chosen, left = left[:batch_size], left[batch_size:]
        yield [torch.index_select(x, 0, chosen), torch.index_select(y, 0, chosen)]


# %% batches | right | a seed for NumPy drawn from the generator
def batches(x, y, batch_size, generator):
    seed = int(torch.randint(0, 2**31 - 1, (1,), generator=generator))
    order = np.random.default_rng(seed).permutation(len(x))
    for start in range(0, len(x), batch_size):
        yield x[order[start : start + batch_size]], y[order[start : start + batch_size]]
