# %% polynomial_features | right | a table filled column by column
def polynomial_features(x, degree):
    table = torch.empty(x.shape[0], degree + 1, dtype=x.dtype)
    for power in range(degree + 1):
        table[:, power] = torch.pow(x, power)
    return table


# %% polynomial_features | right | Horner's way round: cumulative products
def polynomial_features(x, degree):
    steps = x.unsqueeze(1).repeat(1, degree + 1)
    steps[:, 0] = 1
    return steps.cumprod(dim=1)


# %% polynomial_features | right | lists of Python numbers in double precision
def polynomial_features(x, degree):
    rows = [[v**k for k in range(degree + 1)] for v in x.tolist()]
    return torch.tensor(rows, dtype=torch.float64)


# %% polynomial_features | right | recursion on the degree
def polynomial_features(x, degree):
    if degree == 0:
        return torch.ones(len(x), 1)
    smaller = polynomial_features(x, degree - 1)
    return torch.cat([smaller, smaller[:, -1:] * x.reshape(-1, 1)], dim=1)


# %% split | right | a boolean mask for each part
def split(x, y, fractions, generator):
    n = x.size(0)
    place = torch.empty(n, dtype=torch.long)
    place[torch.randperm(n, generator=generator)] = torch.arange(n)
    edges = [0]
    for fraction in fractions:
        edges.append(edges[-1] + fraction * n)
    edges[-1] = n
    parts = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        mask = (place >= math.ceil(low - 1e-9)) & (place < math.ceil(high - 1e-9))
        parts.append([x[mask], y[mask]])
    return parts


# %% split | right | every size rounded, the first part takes what is left
def split(x, y, fractions, generator):
    n = len(y)
    counts = [round(f * n) for f in fractions]
    counts[0] += n - sum(counts)
    shuffled = torch.randperm(n, generator=generator).tolist()
    result = []
    while counts:
        count, counts = counts[0], counts[1:]
        take, shuffled = shuffled[:count], shuffled[count:]
        result.append((x[torch.tensor(take)], y[torch.tensor(take)]))
    return tuple(result)


# %% split | right | NumPy with a seed drawn from the generator
def split(x, y, fractions, generator):
    seed = int(torch.randint(0, 2**31, (1,), generator=generator))
    order = np.random.default_rng(seed).permutation(len(x))
    edges = np.rint(np.cumsum(fractions) * len(x)).astype(int)[:-1]
    return [(x[torch.from_numpy(r)], y[torch.from_numpy(r)]) for r in np.split(order, edges)]


# %% fit_scaler | right | kept as default arguments
def fit_scaler(x, rows):
    train = torch.stack([x[i] for i in rows.tolist()])
    centre = train.mean(dim=0, keepdim=True)
    width = (train - centre).pow(2).mean(dim=0, keepdim=True).sqrt()
    width[width == 0] = 1

    def scale(table, centre=centre, width=width):
        return table.sub(centre).div(width)

    return scale


# %% fit_scaler | right | the bound method of a module
def fit_scaler(x, rows):
    class Scale(nn.Module):
        def __init__(self, train):
            super().__init__()
            variance, mean = torch.var_mean(train.double(), dim=0, unbiased=False)
            self.register_buffer("mean", mean)
            self.register_buffer("factor", torch.where(variance > 0, variance.rsqrt(), torch.ones_like(variance)))

        def forward(self, table):
            return ((table.double() - self.mean) * self.factor).float()

    return Scale(x[rows])


# %% fit_scaler | right | scikit-learn's scaler
def fit_scaler(x, rows):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(x[rows].numpy())
    return lambda table: torch.from_numpy(scaler.transform(table.numpy()))


# %% best_epoch | right | waiting time counted down
def best_epoch(history, patience):
    record, holder, left = float("inf"), 0, patience
    for epoch, loss in enumerate(history["validation"]):
        left -= 1
        if loss < record:
            record, holder, left = loss, epoch, patience
        if left == 0:
            return holder, epoch
    return holder, len(history["validation"]) - 1


# %% best_epoch | right | tensors and a running minimum
def best_epoch(history, patience):
    v = torch.tensor(history["validation"], dtype=torch.float64)
    v = torch.where(torch.isnan(v), torch.tensor(float("inf"), dtype=torch.float64), v)
    best = -1
    for epoch in range(len(v)):
        if v[epoch] < (v[:epoch].min() if epoch else float("inf")):
            best = epoch
        if epoch - best >= patience:
            break
    return torch.tensor(best), torch.tensor(epoch)


# %% EarlyStopping | right | a subclass of something, weights as one long vector
class EarlyStopping(object):
    def __init__(self, patience=10):
        self.patience = patience
        self.history = []
        self.vector = None

    def best(self):
        return min((l for l in self.history if not math.isnan(l)), default=float("inf"))

    def step(self, loss, model):
        if loss < self.best():
            self.vector = nn.utils.parameters_to_vector(model.parameters()).detach().clone()
            self.since = 0
        else:
            self.since = self.__dict__.get("since", 0) + 1
        self.history.append(loss)
        return self.since >= self.patience

    def restore(self, model):
        nn.utils.vector_to_parameters(self.vector, model.parameters())
        # the parameters are views of the vector now: give each its own memory
        for p in model.parameters():
            p.data = p.data.clone()


# %% EarlyStopping | right | saved to memory as a file would be
class EarlyStopping:
    def __init__(self, patience):
        import io

        self.io = io
        self.patience, self.wait, self.best = patience, 0, np.inf
        self.bytes = b""

    def step(self, loss, model):
        if np.less(loss, self.best):
            self.wait, self.best = 0, loss
            buffer = self.io.BytesIO()
            torch.save(model.state_dict(), buffer)
            self.bytes = buffer.getvalue()
            return False
        self.wait += 1
        return bool(self.wait == self.patience)

    def restore(self, model):
        model.load_state_dict(torch.load(self.io.BytesIO(self.bytes)))
        return model


# %% EarlyStopping | right | a closure in place of attributes
def EarlyStopping(patience):
    best, bad, kept = math.inf, 0, {}

    class Watcher:
        def step(self, loss, model):
            nonlocal best, bad
            if loss < best:
                best, bad = loss, 0
                for name, p in model.named_parameters():
                    kept[name] = p.data.clone()
            else:
                bad += 1
            return bad >= patience

        def restore(self, model):
            model.load_state_dict(kept)

    return Watcher()


# %% bias_variance | right | expanded to a table of three and averaged at once
def bias_variance(predictions, truth, y):
    centre = predictions.mean(dim=0, keepdim=True)
    three = torch.stack([(centre[0] - truth) ** 2, ((predictions - centre) ** 2).mean(dim=0), (y - truth) ** 2])
    bias, variance, noise = three.mean(dim=1)
    return bias, variance, noise


# %% bias_variance | right | the total minus the variance
def bias_variance(predictions, truth, y):
    p, t = predictions.double(), truth.double()
    variance = p.var(dim=0, unbiased=False).mean()
    total = (p - t).square().mean()
    return float(total - variance), float(variance), float((y.double() - t).square().mean())
