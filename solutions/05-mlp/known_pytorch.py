"""Known answers of 05-mlp in PyTorch: each mistake as a student writes it, and right answers that look different."""


# %% init_params | right | He's initialiser of the library
def init_params(sizes, generator):
    params = []
    for i in range(len(sizes) - 1):
        w = torch.empty(sizes[i], sizes[i + 1])
        nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu", generator=generator)
        params.append([w.requires_grad_(True), torch.zeros(sizes[i + 1], requires_grad=True)])
    return params


# %% init_params | right | nn.Parameter and an in-place draw
def init_params(sizes, generator):
    pairs = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        w = nn.Parameter(torch.zeros(n_in, n_out))
        with torch.no_grad():
            w.normal_(0, (2 / n_in) ** 0.5, generator=generator)
        pairs.append((w, nn.Parameter(torch.zeros(n_out))))
    return pairs


# %% init_params | right | torch.normal in double precision
def init_params(sizes, generator):
    def leaf(t):
        return t.detach().clone().requires_grad_()

    return [
        (
            leaf(torch.normal(0.0, math.sqrt(2 / i), (i, o), generator=generator, dtype=torch.float64)),
            leaf(torch.zeros(o, dtype=torch.float64)),
        )
        for i, o in zip(sizes[:-1], sizes[1:])
    ]


# %% init_params | right | uniform with the same standard deviation
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        limit = math.sqrt(6 / i)
        w = (torch.rand(i, o, generator=generator) * 2 - 1) * limit
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | all weights zero
def init_params(sizes, generator):
    return [(torch.zeros(i, o, requires_grad=True), torch.zeros(o, requires_grad=True)) for i, o in zip(sizes[:-1], sizes[1:])]


# %% init_params | wrong | only positive weights
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.rand(i, o, generator=generator) * math.sqrt(2 / i)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | standard deviation 1 in every layer
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o, generator=generator, requires_grad=True)
        params.append((w, torch.zeros(o, requires_grad=True)))
    return params


# %% init_params | wrong | the same small scale in every layer
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = 0.01 * torch.randn(i, o, generator=generator)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | variance used as standard deviation
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o, generator=generator) * (2 / i)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | fan-out instead of fan-in
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.empty(i, o)
        nn.init.kaiming_normal_(w, nonlinearity="relu", generator=generator)  # its fan_in is that of a transposed w
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | Xavier's rule
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = nn.init.xavier_normal_(torch.empty(i, o), generator=generator)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | factor 2 forgotten
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o, generator=generator) / math.sqrt(i)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | random biases
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o, generator=generator) * math.sqrt(2 / i)
        b = torch.randn(o, generator=generator)
        params.append((w.requires_grad_(), b.requires_grad_()))
    return params


# %% init_params | wrong | weights transposed
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(o, i, generator=generator) * math.sqrt(2 / i)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | tensors that are no leaves or want no gradient
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o, generator=generator, requires_grad=True) * math.sqrt(2 / i)
        params.append((w, torch.zeros(o, requires_grad=True)))
    return params


# %% init_params | wrong | tensors that are no leaves or want no gradient
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((torch.randn(i, o, generator=generator) * math.sqrt(2 / i), torch.zeros(o)))
    return params


# %% init_params | wrong | the global random state
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o) * math.sqrt(2 / i)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% init_params | wrong | seeded inside
def init_params(sizes, generator):
    torch.manual_seed(42)
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = torch.randn(i, o) * math.sqrt(2 / i)
        params.append((w.requires_grad_(), torch.zeros(o).requires_grad_()))
    return params


# %% forward | right | F.linear and an index
def forward(x, params):
    h = x
    for i, (w, b) in enumerate(params):
        h = F.linear(h, w.T, b)
        if i + 1 < len(params):
            h = h.relu()
    return h


# %% forward | right | recursion
def forward(x, params):
    (w, b), *rest = params
    z = torch.matmul(x, w) + b
    return forward(torch.clamp(z, min=0), rest) if rest else z


# %% forward | right | unpacked hidden layers and addmm
def forward(x, params):
    *hidden, (w_last, b_last) = params
    for w, b in hidden:
        z = torch.addmm(b, x, w)
        x = torch.where(z > 0, z, torch.zeros_like(z))
    return torch.addmm(b_last, x, w_last)


# %% forward | right | a Sequential of functions
def forward(x, params):
    steps = []
    for w, b in params:
        steps += [lambda h, w=w, b=b: torch.einsum("ni,io->no", h, w) + b, torch.relu]
    for step in steps[:-1]:
        x = step(x)
    return x


# %% forward | wrong | activation after the last layer
def forward(x, params):
    for w, b in params:
        x = F.relu(x @ w + b)
    return x


# %% forward | wrong | softmax inside the network
def forward(x, params):
    for w, b in params[:-1]:
        x = F.relu(x @ w + b)
    w, b = params[-1]
    return F.softmax(x @ w + b, dim=1)


# %% forward | wrong | labels instead of logits
def forward(x, params):
    for w, b in params[:-1]:
        x = F.relu(x @ w + b)
    w, b = params[-1]
    return (x @ w + b).argmax(dim=1)


# %% forward | wrong | no activation between the layers
def forward(x, params):
    for w, b in params:
        x = x @ w + b
    return x


# %% forward | wrong | sigmoid instead of ReLU
def forward(x, params):
    for w, b in params[:-1]:
        x = torch.sigmoid(x @ w + b)
    w, b = params[-1]
    return x @ w + b


# %% forward | wrong | activation before the layer
def forward(x, params):
    for w, b in params:
        x = F.relu(x) @ w + b
    return x


# %% forward | wrong | bias forgotten
def forward(x, params):
    for w, b in params[:-1]:
        x = F.relu(x @ w)
    return x @ params[-1][0]


# %% forward | wrong | bias added after the activation
def forward(x, params):
    for w, b in params[:-1]:
        x = F.relu(x @ w) + b
    w, b = params[-1]
    return x @ w + b


# %% forward | wrong | weights transposed
def forward(x, params):
    for w, b in params[:-1]:
        x = F.relu(x @ w.T + b)
    w, b = params[-1]
    return x @ w.T + b


# %% train_step | right | torch.autograd.grad, nothing to zero
def train_step(params, x, y, lr):
    leaves = [p for pair in params for p in pair]
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    with torch.no_grad():
        for p, g in zip(leaves, torch.autograd.grad(loss, leaves)):
            p -= lr * g
    return float(loss)


# %% train_step | right | an optimiser made for one step
def train_step(params, x, y, lr):
    optimizer = torch.optim.SGD([p for pair in params for p in pair], lr=lr)
    optimizer.zero_grad()
    loss = nn.BCEWithLogitsLoss()(two_layer(x, params), y)
    loss.backward()
    optimizer.step()
    return loss.detach()


# %% train_step | right | loss written out with softplus, gradients zeroed at the end
def train_step(params, x, y, lr):
    (w1, b1), (w2, b2) = params
    z = F.relu(x @ w1 + b1) @ w2 + b2
    loss = (F.softplus(z) - y * z).sum() / len(y)
    loss.backward()
    for p in (w1, b1, w2, b2):
        p.data = p.data - lr * p.grad
        p.grad.zero_()
    return loss.item()


# %% train_step | right | probabilities and the loss for probabilities
def train_step(params, x, y, lr):
    p = torch.sigmoid(two_layer(x, params))
    loss = F.binary_cross_entropy(p, y)
    loss.backward()
    for pair in params:
        for q in pair:
            with torch.no_grad():
                q.sub_(q.grad, alpha=lr)
            q.grad = None
    return loss.item()


# %% train_step | wrong | gradients not zeroed
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            b -= lr * b.grad
    return loss.item()


# %% train_step | wrong | loss returned as a live tensor
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            b -= lr * b.grad
            w.grad = b.grad = None
    return loss


# %% train_step | wrong | sigmoid before a loss that wants logits
def train_step(params, x, y, lr):
    z = torch.sigmoid(two_layer(x, params))
    loss = F.binary_cross_entropy_with_logits(z, y)
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            b -= lr * b.grad
            w.grad = b.grad = None
    return loss.item()


# %% train_step | wrong | loss arguments reversed
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(y, two_layer(x, params))
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            b -= lr * b.grad
            w.grad = b.grad = None
    return loss.item()


# %% train_step | wrong | sum instead of mean
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y, reduction="sum")
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            b -= lr * b.grad
            w.grad = b.grad = None
    return loss.item()


# %% train_step | wrong | a step up instead of down
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w += lr * w.grad
            b += lr * b.grad
            w.grad = b.grad = None
    return loss.item()


# %% train_step | wrong | parameters never change
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    loss.backward()
    for w, b in params:
        w_grad, b_grad = w.grad, b.grad
        w.grad = b.grad = None
        w = w - lr * w_grad
        b = b - lr * b_grad
    return loss.item()


# %% train_step | wrong | biases left out
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            w.grad = b.grad = None
    return loss.item()


# %% train_step | wrong | loss after the step
def train_step(params, x, y, lr):
    loss = F.binary_cross_entropy_with_logits(two_layer(x, params), y)
    loss.backward()
    with torch.no_grad():
        for w, b in params:
            w -= lr * w.grad
            b -= lr * b.grad
            w.grad = b.grad = None
        return F.binary_cross_entropy_with_logits(two_layer(x, params), y).item()


# %% accuracy | right | max instead of argmax, counted
def accuracy(logits, labels):
    guesses = torch.max(logits, 1).indices
    return int(torch.eq(guesses, labels).sum()) / len(labels)


# %% accuracy | right | in NumPy
def accuracy(logits, labels):
    return np.mean(logits.numpy().argmax(-1) == labels.numpy())


# %% accuracy | right | a loop, through probabilities
def accuracy(logits, labels):
    hits = [int(F.softmax(row, dim=0).argmax()) == int(label) for row, label in zip(logits, labels)]
    return sum(hits) / len(hits)


# %% accuracy | right | a tensor of one number
def accuracy(logits, labels):
    return torch.mean((torch.argmax(logits, dim=-1) == labels).double())


# %% accuracy | wrong | only the first example compared
def accuracy(logits, labels):
    return float(logits[0].argmax() == labels[0])


# %% accuracy | wrong | argmax of the whole table
def accuracy(logits, labels):
    return (logits.argmax() == labels).float().mean().item()


# %% accuracy | wrong | argmax over the batch
def accuracy(logits, labels):
    return (logits.argmax(dim=0) == labels).float().mean().item()


# %% accuracy | wrong | percent
def accuracy(logits, labels):
    return 100 * (logits.argmax(dim=1) == labels).float().mean().item()


# %% accuracy | wrong | number of right answers
def accuracy(logits, labels):
    return (logits.argmax(dim=1) == labels).sum().item()


# %% accuracy | wrong | share of wrong answers
def accuracy(logits, labels):
    return (logits.argmax(dim=1) != labels).float().mean().item()


# %% evaluate | right | weighted batch means and inference mode
@torch.inference_mode()
def evaluate(model, loader):
    was = model.training
    model.train(False)
    losses, hits, sizes = [], [], []
    for x, y in loader:
        z = model(x)
        losses.append(F.cross_entropy(z, y).item())
        hits.append((z.argmax(1) == y).float().mean().item())
        sizes.append(len(y))
    model.train(was)
    return np.average(losses, weights=sizes), np.average(hits, weights=sizes)


# %% evaluate | right | everything gathered first
def evaluate(model, loader):
    was = model.training
    try:
        model.eval()
        with torch.no_grad():
            pairs = [(model(x), y) for x, y in loader]
    finally:
        model.train(was)
    logits, labels = torch.cat([z for z, _ in pairs]), torch.cat([y for _, y in pairs])
    return nn.CrossEntropyLoss()(logits, labels), (logits.argmax(1) == labels).double().mean()


# %% evaluate | right | loss by log_softmax, a list returned
def evaluate(model, loader):
    was = model.training
    model.eval()
    loss = right = n = 0
    for x, y in loader:
        logp = F.log_softmax(model(x).detach(), dim=1)
        loss -= float(logp[torch.arange(len(y)), y].sum())
        right += int((logp.argmax(1) == y).sum())
        n += len(y)
    if was:
        model.train()
    return [loss / n, right / n]


# %% evaluate | wrong | evaluated in training mode
def evaluate(model, loader):
    loss, right, examples = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            examples += len(y)
    return loss / examples, right / examples


# %% evaluate | wrong | mode left changed
def evaluate(model, loader):
    model.eval()
    loss, right, examples = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            examples += len(y)
    return loss / examples, right / examples


# %% evaluate | wrong | mode left changed
def evaluate(model, loader):
    model.eval()
    loss, right, examples = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            examples += len(y)
    model.train()
    return loss / examples, right / examples


# %% evaluate | wrong | mean of the batch means
def evaluate(model, loader):
    training = model.training
    model.eval()
    losses, shares = [], []
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            losses.append(F.cross_entropy(logits, y).item())
            shares.append((logits.argmax(dim=1) == y).float().mean().item())
    model.train(training)
    return sum(losses) / len(losses), sum(shares) / len(shares)


# %% evaluate | wrong | softmax before a loss that wants logits
def evaluate(model, loader):
    training = model.training
    model.eval()
    loss, right, examples = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            probabilities = F.softmax(model(x), dim=1)
            loss += F.cross_entropy(probabilities, y, reduction="sum").item()
            right += (probabilities.argmax(dim=1) == y).sum().item()
            examples += len(y)
    model.train(training)
    return loss / examples, right / examples


# %% evaluate | wrong | only the last batch
def evaluate(model, loader):
    training = model.training
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss = F.cross_entropy(logits, y).item()
            share = (logits.argmax(dim=1) == y).float().mean().item()
    model.train(training)
    return loss, share


# %% evaluate | wrong | batch means divided by the number of examples
def evaluate(model, loader):
    training = model.training
    model.eval()
    loss, right = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss += F.cross_entropy(logits, y).item()
            right += (logits.argmax(dim=1) == y).sum().item()
    model.train(training)
    return loss / len(loader.dataset), right / len(loader.dataset)


# %% evaluate | wrong | loss returned as a live tensor
def evaluate(model, loader):
    training = model.training
    model.eval()
    loss, right, examples = 0.0, 0, 0
    for x, y in loader:
        logits = model(x)
        loss += F.cross_entropy(logits, y, reduction="sum")
        right += (logits.argmax(dim=1) == y).sum()
        examples += len(y)
    model.train(training)
    return loss / examples, right / examples


# %% fit | right | the update by hand, means by NumPy
def fit(model, train, validation, lr, epochs):
    parameters = list(model.parameters())
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train(True)
        losses, sizes = [], []
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            gradients = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                for p, g in zip(parameters, gradients):
                    p.sub_(lr * g)
            losses.append(loss.item())
            sizes.append(len(x))
        history["train"].append(np.average(losses, weights=sizes))
        model.train(False)
        with torch.inference_mode():
            pairs = [(model(x), y) for x, y in validation]
        logits, labels = (torch.cat(parts) for parts in zip(*pairs))
        history["validation"].append(F.cross_entropy(logits, labels).item())
    return history


# %% fit | right | one helper for both passes, sums of losses
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr)

    def one_pass(loader, learning):
        model.train(learning)
        total = torch.zeros(())
        with torch.set_grad_enabled(learning):
            for x, y in loader:
                loss = nn.CrossEntropyLoss(reduction="sum")(model(x), y)
                if learning:
                    model.zero_grad()
                    (loss / len(y)).backward()
                    optimizer.step()
                total += loss.detach()
        return float(total / len(loader.dataset))

    curves = [(one_pass(train, True), one_pass(validation, False)) for _ in range(epochs)]
    return {"train": [a for a, _ in curves], "validation": [b for _, b in curves]}


# %% fit | right | more than was asked for, zeroed after the step
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, foreach=False)
    history = {"train": [], "validation": [], "accuracy": []}
    for epoch in range(epochs):
        model.train()
        seen = 0
        mean = 0.0
        for x, y in train:
            loss = -F.log_softmax(model(x), -1).gather(1, y[:, None]).mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            seen += len(y)
            mean += (float(loss) - mean) * len(y) / seen
        history["train"].append(mean)
        model.eval()
        total = right = n = 0
        for x, y in validation:
            with torch.no_grad():
                z = model(x)
            total += F.cross_entropy(z, y, reduction="sum").item()
            right += (z.argmax(1) == y).sum().item()
            n += y.numel()
        history["validation"].append(total / n)
        history["accuracy"].append(right / n)
    return history


# %% fit | wrong | gradients not zeroed
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total, n = total + loss.item() * len(y), n + len(y)
        history["train"].append(total / n)
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | validated with dropout
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    model.train()
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, n = total + loss.item() * len(y), n + len(y)
        history["train"].append(total / n)
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | dropout never active
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, n = total + loss.item() * len(y), n + len(y)
        history["train"].append(total / n)
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | training mode only in the first epoch
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    model.train()
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, n = total + loss.item() * len(y), n + len(y)
        history["train"].append(total / n)
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | mean of the batch means
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        losses = []
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history["train"].append(np.mean(losses))
        model.eval()
        with torch.no_grad():
            history["validation"].append(np.mean([F.cross_entropy(model(x), y).item() for x, y in validation]))
    return history


# %% fit | wrong | batch means divided by the number of examples
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        total = 0.0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        history["train"].append(total / len(train.dataset))
        model.eval()
        total = 0.0
        with torch.no_grad():
            for x, y in validation:
                total += F.cross_entropy(model(x), y).item()
        history["validation"].append(total / len(validation.dataset))
    return history


# %% fit | wrong | only the last batch's training loss
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history["train"].append(loss.item())
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | trained on the validation set
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        for name, loader in (("train", train), ("validation", validation)):
            model.train(name == "train")
            total, n = 0.0, 0
            for x, y in loader:
                loss = F.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total, n = total + loss.item() * len(y), n + len(y)
            history[name].append(total / n)
    return history


# %% fit | wrong | one update per epoch
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            total, n = total + loss.item() * len(y), n + len(y)
        optimizer.step()
        history["train"].append(total / n)
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | softmax before a loss that wants logits
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(F.softmax(model(x), dim=1), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, n = total + loss.item() * len(y), n + len(y)
        history["train"].append(total / n)
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(F.softmax(model(x), dim=1), y).item() * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | losses kept as live tensors
def fit(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, n = total + loss * len(y), n + len(y)
        history["train"].append(total / n)
        model.eval()
        total, n = 0.0, 0
        with torch.no_grad():
            for x, y in validation:
                total, n = total + F.cross_entropy(model(x), y) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history
