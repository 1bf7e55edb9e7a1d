"""Known answers of the lab with frameworks, in PyTorch: the mistakes as students write them."""


# %% split | right | a mask of held-out examples
def split(y, fraction, rng):
    mask = np.zeros(len(y), dtype=bool)
    for label in set(y.tolist()):
        rows = np.where(y == label)[0]
        mask[rng.choice(rows, round(fraction * len(rows)), replace=False)] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


# %% split | right | one permutation, then the first of each class in it
def split(y, fraction, rng):
    order = rng.permutation(len(y))
    held = np.concatenate([order[y[order] == label][: round(fraction * np.sum(y == label))] for label in np.unique(y)])
    return np.setdiff1d(order, held), held


# %% split | right | shuffled lists
def split(y, fraction, rng):
    train, held = [], []
    for label in range(y.max() + 1):
        rows = [i for i in range(len(y)) if y[i] == label]
        rng.shuffle(rows)
        n = round(len(rows) * fraction)
        train, held = train + rows[n:], held + rows[:n]
    return np.array(sorted(train)), np.array(sorted(held))


# %% split | wrong | the end of the file held out
def split(y, fraction, rng):
    cut = len(y) - round(fraction * len(y))
    return np.arange(cut), np.arange(cut, len(y))


# %% split | wrong | the first of each class, nothing drawn
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        cut = round(fraction * len(rows))
        held.extend(rows[:cut])
        train.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | the parts exchanged
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        cut = round(fraction * len(rows))
        train.extend(rows[:cut])
        held.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | held-out examples trained on as well
def split(y, fraction, rng):
    held = []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        held.extend(rows[: round(fraction * len(rows))])
    return np.arange(len(y)), np.array(held)


# %% split | wrong | drawn with replacement
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        chosen = rng.choice(rows, round(fraction * len(rows)))
        held.extend(chosen)
        train.extend(np.setdiff1d(rows, chosen))
    return np.array(train), np.array(held)


# %% split | wrong | the same split every time
def split(y, fraction, rng):
    rng = np.random.default_rng(42)
    train, held = [], []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        cut = round(fraction * len(rows))
        held.extend(rows[:cut])
        train.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | random numbers of its own
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = np.random.permutation(np.flatnonzero(y == label))
        cut = round(fraction * len(rows))
        held.extend(rows[:cut])
        train.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | classes left to chance
def split(y, fraction, rng):
    order = rng.permutation(len(y))
    cut = round(fraction * len(y))
    return order[cut:], order[:cut]


# %% confusion_matrix | right | a loop
def confusion_matrix(predicted, labels, classes):
    table = torch.zeros(classes, classes, dtype=torch.long)
    for p, l in zip(predicted.tolist(), labels.tolist()):
        table[l, p] += 1
    return table


# %% confusion_matrix | right | index_put_ with accumulate
def confusion_matrix(predicted, labels, classes):
    table = torch.zeros((classes, classes), dtype=torch.int32)
    return table.index_put_((labels, predicted), torch.tensor(1, dtype=torch.int32), accumulate=True)


# %% confusion_matrix | right | product of one-hot tables
def confusion_matrix(predicted, labels, classes):
    return F.one_hot(labels, classes).T @ F.one_hot(predicted, classes)


# %% confusion_matrix | wrong | rows and columns exchanged
def confusion_matrix(predicted, labels, classes):
    return F.one_hot(predicted, classes).T @ F.one_hot(labels, classes)


# %% confusion_matrix | wrong | number of classes guessed from the data
def confusion_matrix(predicted, labels, classes):
    classes = int(max(predicted.max(), labels.max())) + 1
    return F.one_hot(labels, classes).T @ F.one_hot(predicted, classes)


# %% confusion_matrix | wrong | shares instead of counts
def confusion_matrix(predicted, labels, classes):
    table = (F.one_hot(labels, classes).T @ F.one_hot(predicted, classes)).double()
    return table / table.sum(dim=1, keepdim=True).clamp(min=1)


# %% confusion_matrix | wrong | each pair counted once
def confusion_matrix(predicted, labels, classes):
    table = torch.zeros(classes, classes, dtype=torch.long)
    table[labels, predicted] += 1
    return table


# %% confusion_matrix | wrong | only the right ones counted
def confusion_matrix(predicted, labels, classes):
    return torch.diag(torch.bincount(labels[predicted == labels], minlength=classes))


# %% confusion_matrix | wrong | only the number of right ones
def confusion_matrix(predicted, labels, classes):
    return (predicted == labels).sum()


# %% predict_iris | right | one layer, its eight numbers as tensors
m, s = torch.tensor(x.mean(axis=0)), torch.tensor(x.std(axis=0))
lone = fit(start_weights([4, 3], 1), (x - x.mean(axis=0)) / x.std(axis=0), y, 80, 0.1, 20, 1)


def predict_iris(x):
    return lone((x - m) / s).detach().max(dim=1).indices


# %% predict_iris | right | nn.Sequential with Adam, centimetres as they are
torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Linear(4, 20), torch.nn.ReLU(), torch.nn.Linear(20, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for _ in range(300):
    optimizer.zero_grad()
    F.cross_entropy(model(torch.tensor(x)), torch.tensor(y)).backward()
    optimizer.step()


def predict_iris(x):
    return model(x).argmax(1).tolist()


# %% predict_digits | right | one wide hidden layer, answered in pieces
wide = fit(start_weights([64, 100, 10], 3), digit_x, digit_y, 15, 0.05, 64, 3)


def predict_digits(x):
    with torch.inference_mode():
        return torch.cat([wide(part).argmax(dim=1) for part in x.split(50)])


# %% predict_digits | right | dropout and batch norm, in evaluation mode
torch.manual_seed(2)
deep = torch.nn.Sequential(
    torch.nn.Linear(64, 64), torch.nn.BatchNorm1d(64), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(64, 10)
)
adam = torch.optim.Adam(deep.parameters(), lr=0.01)
for order in orders(len(digit_x), 12, 2):
    for rows in torch.tensor(order).split(50):
        adam.zero_grad()
        F.cross_entropy(deep(torch.tensor(digit_x)[rows]), torch.tensor(digit_y)[rows]).backward()
        adam.step()
deep.eval()


def predict_digits(x):
    return deep(x).argmax(dim=1).to(torch.int32)


# %% predict_iris | wrong | scores instead of labels


def predict_iris(x):
    return iris_network((x - torch.tensor(final_mean)) / torch.tensor(final_spread)).detach()


# %% predict_iris | wrong | the largest score instead of its place


def predict_iris(x):
    return iris_network((x - torch.tensor(final_mean)) / torch.tensor(final_spread)).max(dim=1).values.detach()


# %% predict_iris | wrong | argmax over the batch


def predict_iris(x):
    return iris_network((x - torch.tensor(final_mean)) / torch.tensor(final_spread)).argmax(dim=0)


# %% predict_iris | wrong | labels from 1


def predict_iris(x):
    return iris_network((x - torch.tensor(final_mean)) / torch.tensor(final_spread)).argmax(dim=1) + 1


# %% predict_iris | wrong | prepared with statistics of the batch
batchwise = fit(start_weights([4, 16, 3], 6), (x - x.mean(axis=0)) / (x.std(axis=0) + 0.1), y, 20, 0.05, 16, 6)


def predict_iris(x):
    x = (x - x.mean(dim=0)) / (x.std(dim=0, correction=0) + 0.1)
    return batchwise(x).argmax(dim=1)


# %% predict_iris | wrong | always the same class


def predict_iris(x):
    return torch.zeros(len(x), dtype=torch.long)


# %% predict_iris | wrong | no better than guessing


def predict_iris(x):
    return (x.sum(dim=1) * 1000).long() % 3


# %% predict_iris | wrong | learned too little
hasty = fit(start_weights([4, 16, 3], 8), (x - final_mean) / final_spread, y, 6, 0.005, 32, 8)


def predict_iris(x):
    return hasty((x - torch.tensor(final_mean)) / torch.tensor(final_spread)).argmax(dim=1)


# %% predict_digits | wrong | scores instead of labels


def predict_digits(x):
    return digit_network(x).detach()


# %% predict_digits | wrong | the largest score instead of its place


def predict_digits(x):
    return digit_network(x).max(dim=1).values.detach()


# %% predict_digits | wrong | argmax over the batch


def predict_digits(x):
    return digit_network(x).argmax(dim=0)


# %% predict_digits | wrong | labels from 1


def predict_digits(x):
    return digit_network(x).argmax(dim=1) + 1


# %% predict_digits | wrong | prepared with statistics of the batch
batchwise = fit(
    start_weights([64, 32, 10], 6), (digit_x - digit_x.mean(axis=0)) / (digit_x.std(axis=0) + 0.1), digit_y, 20, 0.05, 16, 6
)


def predict_digits(x):
    x = (x - x.mean(dim=0)) / (x.std(dim=0, correction=0) + 0.1)
    return batchwise(x).argmax(dim=1)


# %% predict_digits | wrong | always the same class


def predict_digits(x):
    return torch.zeros(len(x), dtype=torch.long)


# %% predict_digits | wrong | no better than guessing


def predict_digits(x):
    return (x.sum(dim=1) * 1000).long() % 10


# %% predict_digits | wrong | learned too little
hasty = fit(start_weights([64, 32, 10], 8), digit_x, digit_y, 2, 0.002, 32, 8)


def predict_digits(x):
    return hasty(x).argmax(dim=1)
