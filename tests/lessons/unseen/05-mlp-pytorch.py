# %% init_params | right | torch.normal with a size, pairs as lists, leaves by Parameter
def init_params(sizes, generator):
    params = []
    for i, fan_in in enumerate(sizes[:-1]):
        w = torch.normal(0.0, (2 / fan_in) ** 0.5, size=(fan_in, sizes[i + 1]), generator=generator)
        params.append([nn.Parameter(w), nn.Parameter(torch.zeros(sizes[i + 1]))])
    return params


# %% init_params | right | the framework's own rule of He, on a table that is turned round
def init_params(sizes, generator):
    def layer(fan_in, fan_out):
        w = torch.empty(fan_in, fan_out)
        nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu", generator=generator)
        return w.requires_grad_(), torch.zeros(fan_out, requires_grad=True)

    return [layer(a, b) for a, b in zip(sizes, sizes[1:], strict=False)]


# %% init_params | right | filled in place by normal_, last layer first
def init_params(sizes, generator):
    params = []
    for k in reversed(range(1, len(sizes))):
        w = torch.zeros(sizes[k - 1], sizes[k])
        w.normal_(std=math.sqrt(2 / sizes[k - 1]), generator=generator)
        params.insert(0, (w.requires_grad_(True), torch.zeros(sizes[k]).requires_grad_(True)))
    return params


# %% init_params | right | a NumPy generator seeded by a draw from the one that was passed
def init_params(sizes, generator, dtype=np.float32):
    rng = np.random.default_rng(torch.randint(2**31, (1,), generator=generator).item())
    pairs = [(rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return [tuple(torch.tensor(part.astype(dtype), requires_grad=True) for part in pair) for pair in pairs]


# %% forward | right | ReLU before every layer but the first
def forward(x, params):
    for i, (w, b) in enumerate(params):
        x = (F.relu(x) if i else x) @ w + b
    return x


# %% forward | right | recursion from the last layer
def forward(x, params):
    *others, (w, b) = params
    if others:
        x = forward(x, others).clamp(min=0)
    return torch.addmm(b, x, w)


# %% forward | right | a module of modules built around the given tensors
class Affine(nn.Module):
    def __init__(self, w, b):
        super().__init__()
        self.part = (w, b)

    def forward(self, x):
        return F.linear(x, self.part[0].T, self.part[1])


def forward(x, params):
    layers = [module for pair in params for module in (Affine(*pair), nn.ReLU())]
    return nn.Sequential(*layers[:-1])(x)


# %% forward | right | a fold, with relu in place on the fold's own results
def forward(x, params):
    import functools

    logits = lambda h, pair: torch.einsum("ni,io->no", h, pair[0]) + pair[1]  # noqa: E731
    hidden = functools.reduce(lambda h, pair: logits(h, pair).relu_(), params[:-1], x)
    return logits(hidden, params[-1])


# %% train_step | right | autograd.grad, nothing is left at the parameters
def train_step(params, x, y, lr):
    flat = [part for pair in params for part in pair]
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    for part, slope in zip(flat, torch.autograd.grad(loss, flat), strict=True):
        part.data -= lr * slope
    return loss.item()


# %% train_step | right | a new optimiser at every call
def train_step(params, x, y, lr):
    import itertools

    optimizer = torch.optim.SGD(itertools.chain.from_iterable(params), lr=lr)
    optimizer.zero_grad()
    loss = nn.BCEWithLogitsLoss()(two_layer(x, params), y)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


# %% train_step | right | gradients emptied after the step instead of before, loss by softplus
def train_step(params, x, y, lr):
    z = two_layer(x, params)
    loss = (F.softplus(z) - z * y).mean()
    loss.backward()
    with torch.no_grad():
        for pair in params:
            for part in pair:
                part.add_(part.grad, alpha=-lr)
                part.grad = None
    return loss.tolist()


# %% train_step | right | gradients by hand, in float64, copied in at the end
def train_step(params, x, y, lr):
    with torch.no_grad():
        (w1, b1), (w2, b2) = [[part.double() for part in pair] for pair in params]
        x, y = x.double(), y.double()
        before = x @ w1 + b1
        hidden = before.clamp(min=0)
        z = hidden @ w2 + b2
        loss = F.binary_cross_entropy_with_logits(z, y)
        dz = (torch.sigmoid(z) - y) / len(x)
        dh = (dz @ w2.T) * (before > 0)
        slopes = [(x.T @ dh, dh.sum(0)), (hidden.T @ dz, dz.sum(0))]
        for pair, pair_slopes in zip(params, slopes, strict=True):
            for part, slope in zip(pair, pair_slopes, strict=True):
                part.copy_(part - lr * slope)
    return loss.item()


# %% accuracy | right | a count in Python's own numbers
def accuracy(logits, labels):
    return sum(int(row.argmax()) == int(label) for row, label in zip(logits, labels, strict=True)) / len(labels)


# %% accuracy | right | a tensor of float64, positions from topk
def accuracy(logits, labels):
    return (logits.topk(1, dim=1).indices.squeeze(1) == labels).double().mean()


# %% accuracy | right | scikit-learn's function
def accuracy(logits, labels):
    from sklearn.metrics import accuracy_score

    return accuracy_score(labels.numpy(), logits.detach().numpy().argmax(axis=1))


# %% evaluate | right | all batches joined first, one call of the model
def evaluate(model, loader):
    mode = model.training
    x, y = (torch.cat(parts) for parts in zip(*loader, strict=True))
    model.eval()
    with torch.inference_mode():
        logits = model(x)
    model.train(mode)
    return F.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


# %% evaluate | right | a deep copy is evaluated, the model itself is never touched
def evaluate(model, loader):
    import copy

    quiet = copy.deepcopy(model).eval().requires_grad_(False)
    total = right = count = 0
    for x, y in loader:
        logits = quiet(x)
        total += F.cross_entropy(logits, y, reduction="sum").item()
        right += torch.count_nonzero(logits.argmax(dim=-1) == y).item()
        count += y.numel()
    return [total / count, right / count]


# %% evaluate | right | a context manager for the mode, losses of single examples in float64, NumPy means
def evaluate(model, loader):
    from contextlib import contextmanager

    @contextmanager
    def quiet():
        modes = {module: module.training for module in model.modules()}
        try:
            yield model.eval()
        finally:
            for module, mode in modes.items():
                module.training = mode

    costs, hits = [], []
    with quiet() as net, torch.no_grad():
        for x, y in loader:
            table = F.log_softmax(net(x).double(), dim=1)
            costs += (-table.gather(1, y[:, None])[:, 0]).tolist()
            hits += (table.argmax(dim=1) == y).tolist()
    return np.mean(costs), np.mean(hits)


# %% evaluate | right | weighted mean of the batches' means, without no_grad but with detach
class Evaluation:
    def __call__(self, model, loader):
        was_training = model.training
        model.train(False)
        sizes, losses, shares = [], [], []
        for x, y in loader:
            logits = model(x).detach()
            sizes.append(len(x))
            losses.append(nn.CrossEntropyLoss()(logits, y))
            shares.append((logits.max(dim=1).indices == y).float().mean())
        if was_training:
            model.train()
        return float(np.average(losses, weights=sizes)), float(np.average(shares, weights=sizes))


evaluate = Evaluation()


# %% fit | right | an optimiser, one inner function for both parts of an epoch
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)

    def run(loader, learn):
        model.train(learn)
        total = count = 0
        with torch.set_grad_enabled(learn):
            for x, y in loader:
                loss = F.cross_entropy(model(x), y)
                if learn:
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                total, count = total + loss.item() * len(x), count + len(x)
        return total / count

    history = {"train": [], "validation": []}
    for _ in range(epochs):
        history["train"].append(run(train, True))
        history["validation"].append(run(validation, False))
    return history


# %% fit | right | autograd.grad and updates by hand, a defaultdict, validation in one piece
def fit(model, train, validation, lr, epochs):
    from collections import defaultdict

    history, params = defaultdict(list), list(model.parameters())
    x_all, y_all = (torch.cat(parts) for parts in zip(*validation, strict=True))
    for _ in range(epochs):
        model.train()
        costs = []
        for x, y in train:
            losses = F.cross_entropy(model(x), y, reduction="none")
            slopes = torch.autograd.grad(losses.mean(), params)
            with torch.no_grad():
                for p, slope in zip(params, slopes, strict=True):
                    p -= lr * slope
            costs.extend(losses.tolist())
        history["train"].append(sum(costs) / len(costs))
        model.eval()
        with torch.no_grad():
            history["validation"].append(F.cross_entropy(model(x_all), y_all).item())
    return history


# %% fit | right | log_softmax and nll_loss, gradients emptied after each step, the model's old mode is put back
def fit(net, learn_from, judge_by, rate, count):
    mode, records = net.training, []
    for _ in range(count):
        net.train()
        seen, train_total = 0, 0.0
        for inputs, labels in learn_from:
            loss = F.nll_loss(F.log_softmax(net(inputs), dim=1), labels)
            loss.backward()
            for p in net.parameters():
                p.data.add_(p.grad, alpha=-rate)
                p.grad.zero_()
            seen += labels.shape[0]
            train_total += float(loss) * labels.shape[0]
        net.eval()
        held, total = 0, 0.0
        for inputs, labels in judge_by:
            with torch.no_grad():
                total += F.cross_entropy(net(inputs), labels, reduction="sum").item()
            held += labels.shape[0]
        records.append((train_total / seen, total / held))
    net.train(mode)
    ours, theirs = zip(*records, strict=True) if records else ((), ())
    return {"train": list(ours), "validation": list(theirs), "epochs": count}


# %% fit | right | the step inside a function transform over the model's parameters
def fit(model, train, validation, lr, epochs):
    def loss_of(params, x, y):
        return F.cross_entropy(torch.func.functional_call(model, params, (x,)), y)

    step = torch.func.grad_and_value(loss_of)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        weighted, sizes = [], []
        for x, y in train:
            params = {name: p.detach() for name, p in model.named_parameters()}
            slopes, loss = step(params, x, y)
            for name, p in params.items():
                p.sub_(lr * slopes[name])
            weighted.append(loss.item() * len(y))
            sizes.append(len(y))
        history["train"].append(sum(weighted) / sum(sizes))
        model.eval()
        with torch.inference_mode():
            pairs = [(F.cross_entropy(model(x), y).item(), len(y)) for x, y in validation]
        history["validation"].append(sum(loss * n for loss, n in pairs) / sum(n for _, n in pairs))
    return history
