"""Known answers of 07-overfitting in PyTorch: each mistake as a student writes it, and right answers that look different."""


# %% polynomial_features | right | vander, told to rise
def polynomial_features(x, degree):
    return torch.vander(x, degree + 1, increasing=True)


# %% polynomial_features | right | broadcasting a column against the exponents
def polynomial_features(x, degree):
    return x[:, None] ** torch.arange(degree + 1)


# %% polynomial_features | right | multiplied again and again
def polynomial_features(x, degree):
    columns = [torch.ones_like(x)]
    while len(columns) <= degree:
        columns.append(columns[-1] * x)
    return torch.column_stack(columns)


# %% polynomial_features | wrong | column of ones missing
def polynomial_features(x, degree):
    if degree == 0:
        return torch.zeros(len(x), 0)
    return torch.stack([x**k for k in range(1, degree + 1)], dim=1)


# %% polynomial_features | wrong | last power missing
def polynomial_features(x, degree):
    return x[:, None] ** torch.arange(degree)


# %% polynomial_features | wrong | powers in falling order
def polynomial_features(x, degree):
    return torch.vander(x, degree + 1)


# %% polynomial_features | wrong | transposed result
def polynomial_features(x, degree):
    return torch.stack([x**k for k in range(degree + 1)])


# %% polynomial_features | wrong | multiples instead of powers
def polynomial_features(x, degree):
    return x[:, None] * torch.arange(degree + 1)


# %% polynomial_features | wrong | base and exponent exchanged
def polynomial_features(x, degree):
    return torch.stack([torch.tensor(float(k)) ** x for k in range(degree + 1)], dim=1)


# %% polynomial_features | wrong | logarithm of a negative number
def polynomial_features(x, degree):
    return torch.exp(torch.log(x)[:, None] * torch.arange(degree + 1))


# %% split | right | sizes rounded down, the last part gets the rest
def split(x, y, fractions, generator):
    n = len(x)
    sizes = [int(n * f) for f in fractions[:-1]]
    sizes.append(n - sum(sizes))
    return [(x[rows], y[rows]) for rows in torch.randperm(n, generator=generator).split(sizes)]


# %% split | right | sorting random numbers
def split(x, y, fractions, generator):
    order = torch.argsort(torch.rand(len(y), generator=generator))
    cuts = (torch.cumsum(torch.tensor(fractions, dtype=torch.float64), 0) * len(y)).round().long()[:-1]
    return list(zip(torch.tensor_split(x[order], cuts), torch.tensor_split(y[order], cuts)))


# %% split | right | the library's random_split
def split(x, y, fractions, generator):
    subsets = torch.utils.data.random_split(torch.utils.data.TensorDataset(x, y), fractions, generator=generator)
    return [(x[list(s.indices)], y[list(s.indices)]) for s in subsets]


# %% split | wrong | not shuffled
def split(x, y, fractions, generator):
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        parts.append((x[start:end], y[start:end]))
        start = end
    return parts


# %% split | wrong | shuffled inside the parts only
def split(x, y, fractions, generator):
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        rows = start + torch.randperm(end - start, generator=generator)
        parts.append((x[rows], y[rows]))
        start = end
    return parts


# %% split | wrong | x and y shuffled apart
def split(x, y, fractions, generator):
    x = x[torch.randperm(len(x), generator=generator)]
    y = y[torch.randperm(len(y), generator=generator)]
    cuts = [round(len(x) * sum(fractions[: k + 1])) for k in range(len(fractions) - 1)]
    return list(zip(torch.tensor_split(x, cuts), torch.tensor_split(y, cuts)))


# %% split | wrong | rows drawn with replacement
def split(x, y, fractions, generator):
    parts = []
    for f in fractions:
        rows = torch.randint(len(x), (round(len(x) * f),), generator=generator)
        parts.append((x[rows], y[rows]))
    return parts


# %% split | wrong | overlapping parts
def split(x, y, fractions, generator):
    parts = []
    for f in fractions:
        rows = torch.randperm(len(x), generator=generator)[: round(len(x) * f)]
        parts.append((x[rows], y[rows]))
    return parts


# %% split | wrong | overlapping parts
def split(x, y, fractions, generator):
    order = torch.randperm(len(x), generator=generator)
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        rows = order[max(start - 1, 0) : end]
        parts.append((x[rows], y[rows]))
        start = end
    return parts


# %% split | wrong | fractions of what is left
def split(x, y, fractions, generator):
    rest = torch.randperm(len(x), generator=generator)
    parts = []
    for f in fractions[:-1]:
        rows, rest = rest[: round(len(rest) * f)], rest[round(len(rest) * f) :]
        parts.append((x[rows], y[rows]))
    return [*parts, (x[rest], y[rest])]


# %% split | wrong | examples lost to rounding
def split(x, y, fractions, generator):
    order = torch.randperm(len(x), generator=generator)
    parts, start = [], 0
    for f in fractions:
        size = int(len(x) * f)
        rows = order[start : start + size]
        parts.append((x[rows], y[rows]))
        start += size
    return parts


# %% split | wrong | the global random state
def split(x, y, fractions, generator):
    order = torch.randperm(len(x))
    cuts = [round(len(x) * sum(fractions[: k + 1])) for k in range(len(fractions) - 1)]
    return list(zip(torch.tensor_split(x[order], cuts), torch.tensor_split(y[order], cuts)))


# %% split | wrong | seeded inside
def split(x, y, fractions, generator):
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(42))
    cuts = [round(len(x) * sum(fractions[: k + 1])) for k in range(len(fractions) - 1)]
    return list(zip(torch.tensor_split(x[order], cuts), torch.tensor_split(y[order], cuts)))


# %% split | wrong | input shuffled in place
def split(x, y, fractions, generator):
    order = torch.randperm(len(x), generator=generator)
    x[:] = x[order]
    y[:] = y[order]
    cuts = [round(len(x) * sum(fractions[: k + 1])) for k in range(len(fractions) - 1)]
    return list(zip(torch.tensor_split(x.clone(), cuts), torch.tensor_split(y.clone(), cuts)))


# %% fit_scaler | right | std_mean and a lambda
def fit_scaler(x, rows):
    std, mean = torch.std_mean(x[rows], dim=0, correction=0)
    std[std == 0] = 1.0
    return lambda table: (table - mean) / std


# %% fit_scaler | right | a class that can be called, column by column
def fit_scaler(x, rows):
    class Scaler:
        def __init__(self, train):
            self.columns = []
            for column in train.T:
                m = column.sum() / len(column)
                s = (((column - m) ** 2).sum() / len(column)).sqrt()
                self.columns.append((m, s if s > 0 else torch.tensor(1.0)))

        def __call__(self, table):
            return torch.stack([(table[:, j] - m) / s for j, (m, s) in enumerate(self.columns)], dim=1)

    return Scaler(x.index_select(0, rows))


# %% fit_scaler | wrong | NaN on a constant column
def fit_scaler(x, rows):
    mean, std = x[rows].mean(0), x[rows].std(0, correction=0)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | fitted before the split
def fit_scaler(x, rows):
    mean, std = x.mean(0), x.std(0, correction=0)
    std = torch.where(std == 0, 1, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | the first rows instead of the chosen ones
def fit_scaler(x, rows):
    train = x[: len(rows)]
    mean, std = train.mean(0), train.std(0, correction=0)
    std = torch.where(std == 0, 1, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | fitted on the held-out rows
def fit_scaler(x, rows):
    others = torch.ones(len(x), dtype=torch.bool)
    others[rows] = False
    mean, std = x[others].mean(0), x[others].std(0, correction=0)
    std = torch.where(std == 0, 1, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | every table scaled by itself
def fit_scaler(x, rows):
    def scale(table):
        mean, std = table.mean(0), table.std(0, correction=0)
        return (table - mean) / torch.where(std == 0, 1, std)

    return scale


# %% fit_scaler | wrong | unbiased standard deviation
def fit_scaler(x, rows):
    mean, std = x[rows].mean(0), x[rows].std(0)
    std = torch.where(std == 0, 1, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | variance instead of standard deviation
def fit_scaler(x, rows):
    mean, var = x[rows].mean(0), x[rows].var(0, correction=0)
    var = torch.where(var == 0, 1, var)
    return lambda table: (table - mean) / var


# %% fit_scaler | wrong | one mean for the whole table
def fit_scaler(x, rows):
    mean, std = x[rows].mean(), x[rows].std(correction=0)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | statistics over the wrong axis
def fit_scaler(x, rows):
    mean, std = x[rows].mean(1), x[rows].std(1, correction=0)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | scaled to the range from 0 to 1
def fit_scaler(x, rows):
    low, high = x[rows].min(0).values, x[rows].max(0).values
    width = torch.where(high == low, 1, high - low)
    return lambda table: (table - low) / width


# %% fit_scaler | wrong | mean not subtracted
def fit_scaler(x, rows):
    std = x[rows].std(0, correction=0)
    std = torch.where(std == 0, 1, std)
    return lambda table: table / std


# %% fit_scaler | wrong | table changed in place
def fit_scaler(x, rows):
    mean, std = x[rows].mean(0), x[rows].std(0, correction=0)
    std = torch.where(std == 0, 1, std)

    def scale(table):
        table -= mean
        table /= std
        return table

    return scale


# %% best_epoch | right | a while loop over indices
def best_epoch(history, patience):
    losses = history["validation"]
    best, epoch = None, 0
    while epoch < len(losses):
        if not math.isnan(losses[epoch]) and (best is None or losses[epoch] < losses[best]):
            best = epoch
        since = epoch + 1 if best is None else epoch - best
        if since >= patience:
            break
        epoch += 1
    return best or 0, min(epoch, len(losses) - 1)


# %% best_epoch | right | the minimum of every beginning of the list
def best_epoch(history, patience):
    losses = np.nan_to_num(np.array(history["validation"]), nan=np.inf)
    for last in range(len(losses)):
        best = int(np.argmin(losses[: last + 1]))
        bad = last - best if np.isfinite(losses[best]) else last + 1
        if bad >= patience:
            return best, last
    return best, last


# %% best_epoch | wrong | chosen on the test set
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["test"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | chosen on the training loss
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["train"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | stops one epoch too late
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
        if bad > patience:
            break
    return best, last


# %% best_epoch | wrong | stops one epoch too early
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 1
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 1
        else:
            bad += 1
            if bad >= patience:
                break
    return best, last


# %% best_epoch | wrong | best of all epochs, also those after the stop
def best_epoch(history, patience):
    losses = history["validation"]
    lowest, last, bad = math.inf, 0, 0
    for last, loss in enumerate(losses):
        bad = 0 if loss < lowest else bad + 1
        if loss < lowest:
            lowest = loss
        if bad == patience:
            break
    return int(np.nanargmin(losses)), last


# %% best_epoch | wrong | a tie taken for an improvement
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss <= lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | NaN taken for an improvement
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss >= lowest:
            bad += 1
            if bad == patience:
                break
        else:
            lowest, best, bad = loss, last, 0
    return best, last


# %% best_epoch | wrong | nothing is better than a NaN at the start
def best_epoch(history, patience):
    losses = history["validation"]
    best, last, bad = 0, 0, 0
    for last in range(1, len(losses)):
        if losses[last] < losses[best]:
            best, bad = last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | NaN epochs not counted
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if math.isnan(loss):
            continue
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | bad epochs counted in all, not in a row
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best = loss, last
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | compared with the epoch before
def best_epoch(history, patience):
    before, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if last == 0 or loss < before:
            best, bad = last, 0
        else:
            bad += 1
            if bad == patience:
                break
        before = loss
    return best, last


# %% best_epoch | wrong | the last epoch instead of the best
def best_epoch(history, patience):
    lowest, last, bad = math.inf, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, bad = loss, 0
        else:
            bad += 1
            if bad == patience:
                break
    return last, last


# %% best_epoch | wrong | epochs counted from 1
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"], 1):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% EarlyStopping | right | a list of cloned parameters, and the epoch of the best
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.epoch, self.best_epoch, self.best = patience, -1, -1, float("inf")

    def step(self, loss, model):
        self.epoch += 1
        if loss < self.best:
            self.best, self.best_epoch = loss, self.epoch
            self.snapshot = [p.detach().clone() for p in model.parameters()]
        return self.epoch - self.best_epoch >= self.patience

    def restore(self, model):
        with torch.no_grad():
            for p, kept in zip(model.parameters(), self.snapshot):
                p.copy_(kept)


# %% EarlyStopping | right | a copy of the whole model, and None instead of False
class EarlyStopping:
    def __init__(self, patience):
        self.left = self.patience = patience
        self.best_loss = None
        self.best_model = None

    def step(self, loss, model):
        if not math.isnan(loss) and (self.best_loss is None or loss < self.best_loss):
            self.best_loss, self.left = loss, self.patience
            self.best_model = copy.deepcopy(model)
            return
        self.left -= 1
        if self.left == 0:
            return True

    def restore(self, model):
        model.load_state_dict(self.best_model.state_dict())


# %% EarlyStopping | right | kept as NumPy arrays, losses in a list
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.losses, self.kept = patience, [], {}

    def step(self, loss, model):
        earlier = [l for l in self.losses if l == l]
        self.losses.append(float(loss))
        if loss < min(earlier, default=math.inf):
            self.kept = {name: t.numpy().copy() for name, t in model.state_dict().items()}
            self.bad = 0
        else:
            self.bad = getattr(self, "bad", 0) + 1
        return torch.tensor(self.bad >= self.patience)

    def restore(self, model):
        model.load_state_dict({name: torch.from_numpy(a) for name, a in self.kept.items()})


# %% EarlyStopping | wrong | snapshot aliases the live weights
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.state_dict()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | snapshot aliases the live weights
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.copy(dict(model.state_dict()))  # a copy of the dict, not of the tensors
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | snapshot aliases the live weights
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = [p.detach() for p in model.parameters()]
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        for p, kept in zip(model.parameters(), self.kept):
            p.data.copy_(kept)


# %% EarlyStopping | wrong | the snapshot itself given to the model
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = [p.detach().clone() for p in model.parameters()]
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        for p, kept in zip(model.parameters(), self.kept):
            p.data = kept


# %% EarlyStopping | wrong | snapshot of every epoch
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        self.kept = copy.deepcopy(model.state_dict())
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | last weights instead of the best
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model)
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model = self.kept  # gives a name to something else, and the model stays as it is


# %% EarlyStopping | wrong | snapshot taken only once
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad, self.kept = patience, math.inf, 0, None

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            if self.kept is None:
                self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | stops one epoch too late
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad > self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | stops one epoch too early
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
            return False
        self.bad += 1
        return self.bad + 1 >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | never says stop
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad, self.stopped = patience, math.inf, 0, False

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        self.stopped = self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | a tie taken for an improvement
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss <= self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | NaN taken for an improvement
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss >= self.lowest:
            self.bad += 1
        else:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | nothing is better than a NaN at the start
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, None, 0

    def step(self, loss, model):
        if self.lowest is None or loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | bad epochs counted in all, not in a row
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest = loss
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | compared with the epoch before
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.before, self.bad = patience, None, 0

    def step(self, loss, model):
        if self.before is None or loss < self.before:
            self.bad = 0
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        self.before = loss
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% EarlyStopping | wrong | all objects share one memory
class EarlyStopping:
    losses = []

    def __init__(self, patience):
        self.patience, self.bad = patience, 0

    def step(self, loss, model):
        if loss < min((l for l in self.losses if l == l), default=math.inf):
            self.kept = copy.deepcopy(model.state_dict())
            self.bad = 0
        else:
            self.bad += 1
        self.losses.append(loss)
        return self.bad >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)


# %% bias_variance | right | tensors, with the centred runs
def bias_variance(predictions, truth, y):
    mean = predictions.mean(0)
    centred = predictions - mean
    return ((mean - truth) ** 2).mean(), (centred**2).mean(), F.mse_loss(y, truth)


# %% bias_variance | right | loops over points, as a list
def bias_variance(predictions, truth, y):
    runs, points = predictions.shape
    b = v = n = 0.0
    for j in range(points):
        column = predictions[:, j].tolist()
        m = sum(column) / runs
        b += (m - truth[j].item()) ** 2
        v += sum((p - m) ** 2 for p in column) / runs
        n += (y[j] - truth[j]).item() ** 2
    return [b / points, v / points, n / points]


# %% bias_variance | wrong | bias not squared
def bias_variance(predictions, truth, y):
    bias = predictions.mean(0) - truth
    return bias.mean(), predictions.var(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | absolute bias instead of squared
def bias_variance(predictions, truth, y):
    bias = (predictions.mean(0) - truth).abs()
    return bias.mean(), predictions.var(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | squared after averaging over the points
def bias_variance(predictions, truth, y):
    bias = (predictions.mean(0) - truth).mean()
    return bias**2, predictions.var(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | variance counted in the bias
def bias_variance(predictions, truth, y):
    return ((predictions - truth) ** 2).mean(), predictions.var(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | noise counted in the bias
def bias_variance(predictions, truth, y):
    bias = predictions.mean(0) - y
    return (bias**2).mean(), predictions.var(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | variance divided by runs - 1
def bias_variance(predictions, truth, y):
    return ((predictions.mean(0) - truth) ** 2).mean(), predictions.var(0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | standard deviation instead of variance
def bias_variance(predictions, truth, y):
    return ((predictions.mean(0) - truth) ** 2).mean(), predictions.std(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | variance around the truth
def bias_variance(predictions, truth, y):
    bias = ((predictions.mean(0) - truth) ** 2).mean()
    variance = ((predictions - truth) ** 2).mean(0).mean()
    return bias, variance, ((y - truth) ** 2).mean()


# %% bias_variance | wrong | spread along the points
def bias_variance(predictions, truth, y):
    return ((predictions.mean(0) - truth) ** 2).mean(), predictions.var(1, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | spread of all numbers
def bias_variance(predictions, truth, y):
    return ((predictions.mean(0) - truth) ** 2).mean(), predictions.var(correction=0), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | averaged over the points instead of the runs
def bias_variance(predictions, truth, y):
    return ((predictions.mean(1) - truth) ** 2).mean(), predictions.var(0, correction=0).mean(), ((y - truth) ** 2).mean()


# %% bias_variance | wrong | variance of y instead of noise
def bias_variance(predictions, truth, y):
    return ((predictions.mean(0) - truth) ** 2).mean(), predictions.var(0, correction=0).mean(), y.var(correction=0)


# %% bias_variance | wrong | sum instead of mean over the points
def bias_variance(predictions, truth, y):
    return ((predictions.mean(0) - truth) ** 2).sum(), predictions.var(0, correction=0).sum(), ((y - truth) ** 2).sum()
