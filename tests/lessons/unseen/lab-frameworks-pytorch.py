"""Right answers to the lab with frameworks, written from the task texts alone: PyTorch."""


# %% split | right | sorted by class and a random key
def split(y, fraction, rng):
    key = rng.random(len(y))
    order = np.lexsort((key, y))
    labels = y[order]
    train, held = [], []
    start = 0
    for count in np.bincount(y):
        n = round(fraction * int(count))
        held.append(order[start : start + n])
        train.append(order[start + n : start + count])
        start += count
    return np.hstack(train), np.hstack(held)


# %% split | right | a dict of lists
def split(labels, fraction, rng):
    groups = {}
    for index, label in enumerate(labels):
        groups.setdefault(int(label), []).append(index)
    held = set()
    for members in groups.values():
        count = round(len(members) * fraction)
        held.update(int(i) for i in rng.permutation(members)[:count])
    return np.array([i for i in range(len(labels)) if i not in held]), np.array(sorted(held))


# %% split | right | scikit-learn, one class at a time
def split(y, fraction, rng):
    from sklearn.model_selection import train_test_split

    pairs = []
    for label in np.unique(y):
        rows = np.where(y == label)[0]
        pairs.append(train_test_split(rows, test_size=round(fraction * len(rows)), random_state=int(rng.integers(2**31))))
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


# %% confusion_matrix | right | comparisons, no index
def confusion_matrix(predicted, labels, classes):
    every = torch.arange(classes)
    said = predicted[:, None] == every  # (n, classes)
    true = labels[:, None] == every
    return (true[:, :, None] & said[:, None, :]).sum(dim=0)


# %% confusion_matrix | right | a comprehension
def confusion_matrix(predicted, labels, classes):
    return torch.tensor([[int(((labels == i) & (predicted == j)).sum()) for j in range(classes)] for i in range(classes)])


# %% confusion_matrix | right | np.add.at
def confusion_matrix(predicted, labels, classes):
    table = np.zeros([classes, classes], dtype=np.int64)
    np.add.at(table, (labels.numpy(), predicted.numpy()), 1)
    return torch.from_numpy(table)


# %% predict_iris | right | a module class with the numbers as buffers
class Iris(torch.nn.Module):
    def __init__(self, data):
        super().__init__()
        self.register_buffer("mean", data.mean(dim=0))
        self.register_buffer("std", data.std(dim=0))
        self.hidden = torch.nn.Linear(4, 12)
        self.out = torch.nn.Linear(12, 3)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden((x - self.mean) / self.std)))


torch.manual_seed(7)
flowers = Iris(torch.as_tensor(x))
lbfgs = torch.optim.Adam(flowers.parameters(), lr=0.05, weight_decay=1e-3)
for i in range(120):
    lbfgs.zero_grad()
    torch.nn.CrossEntropyLoss()(flowers(torch.as_tensor(x)), torch.as_tensor(y)).backward()
    lbfgs.step()


@torch.no_grad()
def predict_iris(x):
    return torch.softmax(flowers(x), dim=-1).topk(1, dim=-1).indices.squeeze(-1)


# %% predict_iris | right | gradient descent by hand, petals only
torch.manual_seed(3)
petals = torch.tensor(x[:, 2:])
centre, scale = petals.mean(0), petals.std(0)
w, b = torch.zeros(2, 3, requires_grad=True), torch.zeros(3, requires_grad=True)
for i in range(400):
    loss = F.cross_entropy(((petals - centre) / scale) @ w + b, torch.tensor(y))
    gw, gb = torch.autograd.grad(loss, (w, b))
    with torch.no_grad():
        w -= 0.5 * gw
        b -= 0.5 * gb


def predict_iris(x):
    z = ((x[:, 2:] - centre) / scale) @ w + b
    return z.detach().numpy().argmax(axis=1)


# %% predict_digits | right | a small convolutional network
torch.manual_seed(4)
cnn = torch.nn.Sequential(
    torch.nn.Unflatten(1, (1, 8, 8)),
    torch.nn.Conv2d(1, 12, 3, padding=1),
    torch.nn.ReLU(),
    torch.nn.MaxPool2d(2),
    torch.nn.Flatten(),
    torch.nn.Linear(12 * 16, 10),
)
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(torch.tensor(digit_x), torch.tensor(digit_y)), batch_size=40, shuffle=True
)
optimiser = torch.optim.AdamW(cnn.parameters(), lr=0.01)
for epoch in range(8):
    for bx, by in loader:
        optimiser.zero_grad()
        F.cross_entropy(cnn(bx), by).backward()
        optimiser.step()


def predict_digits(x):
    with torch.no_grad():
        return cnn(x).argmax(-1)


# %% predict_digits | right | two of my own networks, averaged
pair = [fit(start_weights([64, 48, 10], s), digit_x, digit_y, 12, 0.05, 25, s) for s in (21, 22)]


def predict_digits(x):
    logits = torch.stack([one(x) for one in pair]).mean(dim=0)
    return [int(i) for i in logits.argmax(dim=1)]
