# %% affine | right | einsum names the axes, and the bias is unsqueezed by hand
def affine(x, w, b):
    return torch.einsum("nf,fo->no", x, w) + b.unsqueeze(0)


# %% affine | right | the framework's own linear function, weights transposed, b passed through
affine = lambda inputs, weights, bias: torch.nn.functional.linear(inputs, weights.T, bias)  # noqa: E731


# %% affine | right | two loops over Python numbers, computed in float64 and left there
def affine(x, w, b):
    result = torch.zeros(x.shape[0], w.shape[1], dtype=torch.float64)
    for i in range(x.shape[0]):
        for j in range(w.shape[1]):
            result[i, j] = sum(x[i, k].item() * w[k, j].item() for k in range(x.shape[1])) + b[j].item()
    return result


# %% affine | right | the bias is a last row of w, and x gets a column of ones
def affine(x, w, b):
    ones = torch.ones(len(x), 1, dtype=x.dtype)
    return torch.cat([x, ones], dim=1) @ torch.vstack([w, b])


# %% affine | right | an instance of a class that keeps the last result, and adds in place to its own tensor
class Affine:
    last = None

    def __call__(self, x, w, b, scale=1.0):
        self.last = (x[:, :, None] * w).sum(dim=1)
        self.last += b
        return self.last * scale


affine = Affine()


# %% affine | right | addmm with its unusual order of arguments, under no_grad
@torch.no_grad()
def affine(x, w, b):
    return torch.addmm(b, x, w)


# %% one_hot | right | rows of the identity matrix
def one_hot(labels, num_classes):
    return torch.eye(num_classes)[labels]


# %% one_hot | right | scatter_ into zeros that are the function's own
def one_hot(labels, num_classes):
    return torch.zeros(len(labels), num_classes).scatter_(1, labels.view(-1, 1), 1.0)


# %% one_hot | right | the framework's ready function
def one_hot(labels, num_classes):
    return torch.nn.functional.one_hot(labels, num_classes).to(torch.float32)


# %% one_hot | right | NumPy inside, assignment to pairs of indices
def one_hot(y, classes, dtype=np.float32):
    table = np.zeros((len(y), classes), dtype)
    table[np.arange(len(y)), y.numpy()] = 1
    return torch.from_numpy(table)


# %% one_hot | right | nested lists of Python floats
def one_hot(labels, num_classes):
    return torch.tensor([[1.0 if label == k else 0.0 for k in range(num_classes)] for label in labels.tolist()])


# %% one_hot | right | broadcasting the other way round: classes in a column, then transposed
def one_hot(labels, num_classes):
    return torch.where(torch.arange(num_classes)[:, None] == labels, 1.0, 0.0).T


# %% mean_squared_error | right | the targets become a column
def mean_squared_error(predictions, targets):
    return torch.square(predictions - targets.reshape(-1, 1)).mean()


# %% mean_squared_error | right | the framework's loss as an object
def mean_squared_error(predictions, targets):
    return torch.nn.MSELoss()(predictions.flatten(), targets)


# %% mean_squared_error | right | a running total in Python's own numbers, result a Python float
def mean_squared_error(predictions, targets):
    total = 0.0
    for (p,), t in zip(predictions.tolist(), targets.tolist(), strict=True):
        total += (p - t) ** 2
    return total / len(targets)


# %% mean_squared_error | right | inner product of the error with itself
def mean_squared_error(predictions, targets):
    error = predictions[:, 0] - targets
    return error @ error / len(error)


# %% mean_squared_error | right | NumPy in float64; the result is a NumPy scalar
def mean_squared_error(predictions, targets):
    return np.mean((predictions.numpy().astype(np.float64).squeeze(axis=1) - targets.numpy()) ** 2)


# %% pairwise_distances | right | a loop over the points of a
def pairwise_distances(a, b):
    return torch.stack([torch.linalg.vector_norm(point - b, dim=1) for point in a])


# %% pairwise_distances | right | cdist with the mode that subtracts first
def pairwise_distances(a, b):
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")


# %% pairwise_distances | right | a loop over the features, squares added up in float64
def pairwise_distances(a, b):
    total = torch.zeros(len(a), len(b), dtype=torch.float64)
    for k in range(a.shape[1]):
        total += torch.square(a[:, k, None].double() - b[:, k].double())
    return total.sqrt()


# %% pairwise_distances | right | hypot folded over the features
def pairwise_distances(a, b):
    import functools

    difference = a.unsqueeze(1) - b.unsqueeze(0)
    return functools.reduce(torch.hypot, difference.unbind(dim=2), torch.zeros(len(a), len(b)))


# %% pairwise_distances | right | one function for two points, mapped twice by vmap
def pairwise_distances(a, b):
    def one(p, q):
        return ((p - q) ** 2).sum().sqrt()

    return torch.vmap(torch.vmap(one, in_dims=(None, 0)), in_dims=(0, None))(a, b)


# %% pairwise_distances | right | the expanded square after all, in float64 and with the points moved to the origin
def pairwise_distances(a, b):
    a, b = a.double(), b.double()
    middle = b.mean(dim=0)
    a, b = a - middle, b - middle
    squares = (a * a).sum(dim=1)[:, None] + (b * b).sum(dim=1) - 2 * a @ b.T
    return squares.clamp(min=0).sqrt().float()


# %% pairwise_distances | right | NumPy with a norm along the last axis, given back as an array
def pairwise_distances(a, b):
    return np.linalg.norm(a.numpy()[:, np.newaxis] - b.numpy()[np.newaxis], axis=-1)


# %% standardize | right | a mask of columns that equal their first row, and a loop over both tables
def standardize(train, test):
    constant = (train == train[0]).all(dim=0)
    mean, std = train.mean(dim=0), train.var(dim=0, unbiased=False).sqrt()
    std[constant] = 1.0
    results = []
    for table in (train, test):
        result = (table - mean) / std
        result[:, constant] = 0.0
        results.append(result)
    return results


# %% standardize | right | std_mean in float64, results left in float64
def standardize(train, test):
    train, test = train.double(), test.double()
    std, mean = torch.std_mean(train, dim=0, correction=0)
    safe = torch.where(std > 0, std, torch.ones_like(std))
    return (train - mean) / safe, (test - mean) / safe


# %% standardize | right | divides first and repairs the NaN afterwards
def standardize(train, test):
    def scale(x):
        y = (x - mean) / std
        return torch.where(std == 0, torch.zeros_like(y), y)

    mean = train.mean(0, keepdim=True)
    std = ((train - mean) ** 2).mean(0, keepdim=True) ** 0.5
    return scale(train), scale(test)


# %% standardize | right | a named pair, columns one after another in Python
def standardize(train, test):
    from collections import namedtuple
    from statistics import fmean, pstdev

    Tables = namedtuple("Tables", "train test")
    mine, theirs = [], []
    for column, other in zip(train.T.tolist(), test.T.tolist(), strict=True):
        mu, sigma = fmean(column), pstdev(column)
        if min(column) == max(column):
            sigma, mu = 1.0, column[0]
        mine.append([(value - mu) / sigma for value in column])
        theirs.append([(value - mu) / sigma for value in other])
    return Tables(torch.tensor(mine).T, torch.tensor(theirs).T)


# %% standardize | right | scikit-learn's scaler, which knows nothing of torch
def standardize(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train.numpy())
    return tuple(torch.from_numpy(scaler.transform(table.numpy().copy())) for table in (train, test))


# %% standardize | right | multiplies by a reciprocal that is zero for constant columns, in place on clones
def standardize(train, test):
    mean, std = train.mean(dim=0), train.std(dim=0, correction=0)
    factor = torch.zeros_like(std)
    factor[std != 0] = 1 / std[std != 0]
    return train.clone().sub_(mean).mul_(factor), test.clone().sub_(mean).mul_(factor)


# %% batches | right | a zip of two splits, neither a list nor a generator function
def batches(x, y, batch_size, generator):
    order = torch.randperm(len(x), generator=generator)
    return zip(x[order].split(batch_size), y[order].split(batch_size), strict=True)


# %% batches | right | the framework's own loader, whose pairs are lists
def batches(x, y, batch_size, generator):
    dataset = torch.utils.data.TensorDataset(x, y)
    yield from torch.utils.data.DataLoader(dataset, batch_size=batch_size, shuffle=True, generator=generator)


# %% batches | right | sorted random numbers instead of randperm
def batches(x, y, batch_size, generator):
    order = torch.rand(len(y), generator=generator).argsort()
    return [(x.index_select(0, rows), y.index_select(0, rows)) for rows in torch.split(order, batch_size)]


# %% batches | right | drawing without replacement, pairs as lists, and a list eaten from its end
def batches(x, y, batch_size, generator):
    left = torch.multinomial(torch.ones(len(x)), len(x), generator=generator).tolist()
    result = []
    while left:
        rows, left = left[-batch_size:], left[:-batch_size]
        result.append([x[rows], y[rows]])
    return result


# %% batches | right | a NumPy generator seeded by a draw from the one that was passed
def batches(x, y, batch_size, generator):
    seed = int(torch.randint(2**31, (), generator=generator))
    order = np.random.default_rng(seed).permutation(len(x))
    for start in range(0, len(order), batch_size):
        rows = torch.from_numpy(order[start : start + batch_size])
        yield x[rows], y[rows]


# %% batches | right | an object with __iter__, exchanging places one by one
class batches:  # noqa: N801
    def __init__(self, x, y, batch_size, generator):
        self.order = list(range(len(x)))
        for i in range(len(x) - 1, 0, -1):
            j = torch.randint(i + 1, (1,), generator=generator).item()
            self.order[i], self.order[j] = self.order[j], self.order[i]
        self.x, self.y, self.batch_size = x, y, batch_size

    def __iter__(self):
        for start in range(0, len(self.order), self.batch_size):
            rows = self.order[start : start + self.batch_size]
            yield torch.stack([self.x[i] for i in rows]), torch.stack([self.y[i] for i in rows])
