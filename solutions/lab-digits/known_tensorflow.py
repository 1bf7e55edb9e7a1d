"""Known answers of the lab on digits: NumPy in both tracks, the mistakes as students write them."""


# %% make_net | right | indices, activations inserted before all but the first
def make_net(sizes, activation, rng):
    parts = []
    for k in range(len(sizes) - 1):
        if k > 0:
            parts += [activation()]
        w = rng.standard_normal((sizes[k], sizes[k + 1])) / sizes[k] ** 0.5
        parts += [Linear(w, np.zeros(sizes[k + 1]))]
    return Net(parts)


# %% make_net | right | the last activation taken off again
def make_net(widths, activation, generator):
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers.append(Linear(generator.normal(size=(a, b)) / np.sqrt(a), np.zeros((b,))))
        layers.append(activation())
    layers.pop()
    return Net(layers)


# %% make_net | right | uniform weights of the same standard deviation
def make_net(sizes, activation, rng):
    def linear(n, m):
        half = np.sqrt(3 / n)
        return Linear(rng.uniform(-half, half, (n, m)), np.zeros(m))

    layers = [linear(sizes[0], sizes[1])]
    for n, m in zip(sizes[1:-1], sizes[2:]):
        layers.extend((activation(), linear(n, m)))
    return Net(layers)


# %% make_net | wrong | activation after the last layer
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)), activation()]
    return Net(layers)


# %% make_net | wrong | no activation
def make_net(sizes, activation, rng):
    return Net([Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)) for a, b in zip(sizes, sizes[1:])])


# %% make_net | wrong | only one activation
def make_net(sizes, activation, rng):
    layers = [Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)) for a, b in zip(sizes, sizes[1:])]
    if len(layers) > 1:
        layers.insert(1, activation())
    return Net(layers)


# %% make_net | wrong | one activation object for all gaps
def make_net(sizes, activation, rng):
    bend = activation()
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)), bend]
    return Net(layers[:-1])


# %% make_net | wrong | class instead of an object
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)), activation]
    return Net(layers[:-1])


# %% make_net | wrong | weights all zero
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(np.zeros((a, b)), np.zeros(b)), activation()]
    return Net(layers[:-1])


# %% make_net | wrong | weights not scaled
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(rng.normal(size=(a, b)), np.zeros(b)), activation()]
    return Net(layers[:-1])


# %% make_net | wrong | divided by the inputs, not their root
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(rng.normal(size=(a, b)) / a, np.zeros(b)), activation()]
    return Net(layers[:-1])


# %% make_net | wrong | random biases
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), rng.normal(size=b)), activation()]
    return Net(layers[:-1])


# %% make_net | wrong | random numbers of its own
def make_net(sizes, activation, rng):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [Linear(np.random.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)), activation()]
    return Net(layers[:-1])


# %% train_epoch | right | weighted average at the end
def train_epoch(net, loss, x, y, batch_size, lr):
    losses, counts = [], []
    for i in range(0, len(x), batch_size):
        z = net.forward(x[i : i + batch_size])
        losses.append(loss.forward(z, y[i : i + batch_size]))
        counts.append(len(z))
        dz = loss.backward()
        net.backward(dz)
        net.update(lr)
    return np.average(losses, weights=counts)


# %% train_epoch | right | a while loop over what is left
def train_epoch(net, loss, x, y, batch_size, lr):
    n, total = len(y), 0
    while len(x):
        part, labels = x[:batch_size], y[:batch_size]
        total = total + len(labels) * loss.forward(net.forward(part), labels)
        net.backward(loss.backward())
        net.update(lr)
        x, y = x[batch_size:], y[batch_size:]
    return float(total / n)


# %% train_epoch | right | np.array_split at the right places
def train_epoch(net, loss, x, y, batch_size, lr):
    places = list(range(batch_size, len(x), batch_size))
    total = 0.0
    for part, labels in zip(np.split(x, places), np.split(y, places)):
        total += loss.forward(net.forward(part), labels) * len(part) / len(x)
        net.backward(loss.backward())
        net.update(lr)
    return total


# %% train_epoch | wrong | gradients not computed
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0.0
    for i in range(0, len(x), batch_size):
        xb, yb = x[i : i + batch_size], y[i : i + batch_size]
        total += loss.forward(net.forward(xb), yb) * len(xb)
        net.update(lr)
    return total / len(x)


# %% train_epoch | wrong | update before backward
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0.0
    for i in range(0, len(x), batch_size):
        xb, yb = x[i : i + batch_size], y[i : i + batch_size]
        total += loss.forward(net.forward(xb), yb) * len(xb)
        net.update(lr)
        net.backward(loss.backward())
    return total / len(x)


# %% train_epoch | wrong | nothing updated
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0.0
    for i in range(0, len(x), batch_size):
        xb, yb = x[i : i + batch_size], y[i : i + batch_size]
        total += loss.forward(net.forward(xb), yb) * len(xb)
        net.backward(loss.backward())
    return total / len(x)


# %% train_epoch | wrong | one update per epoch
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0.0
    for i in range(0, len(x), batch_size):
        xb, yb = x[i : i + batch_size], y[i : i + batch_size]
        total += loss.forward(net.forward(xb), yb) * len(xb)
        net.backward(loss.backward())
    net.update(lr)
    return total / len(x)


# %% train_epoch | wrong | batch size ignored
def train_epoch(net, loss, x, y, batch_size, lr):
    value = loss.forward(net.forward(x), y)
    net.backward(loss.backward())
    net.update(lr)
    return value


# %% train_epoch | wrong | last batch dropped
def train_epoch(net, loss, x, y, batch_size, lr):
    total = n = 0
    for k in range(len(x) // batch_size):
        xb, yb = x[k * batch_size : (k + 1) * batch_size], y[k * batch_size : (k + 1) * batch_size]
        total += loss.forward(net.forward(xb), yb) * len(xb)
        n += len(xb)
        net.backward(loss.backward())
        net.update(lr)
    return total / max(n, 1)


# %% train_epoch | wrong | gradient ascent
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0.0
    for i in range(0, len(x), batch_size):
        xb, yb = x[i : i + batch_size], y[i : i + batch_size]
        total += loss.forward(net.forward(xb), yb) * len(xb)
        net.backward(loss.backward())
        net.update(-lr)
    return total / len(x)


# %% train_epoch | wrong | the loss itself sent back
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0.0
    for i in range(0, len(x), batch_size):
        xb, yb = x[i : i + batch_size], y[i : i + batch_size]
        value = loss.forward(net.forward(xb), yb)
        total += value * len(xb)
        net.backward(value)
        net.update(lr)
    return total / len(x)


# %% train_epoch | wrong | mean of the batch means
def train_epoch(net, loss, x, y, batch_size, lr):
    losses = []
    for i in range(0, len(x), batch_size):
        losses.append(loss.forward(net.forward(x[i : i + batch_size]), y[i : i + batch_size]))
        net.backward(loss.backward())
        net.update(lr)
    return np.mean(losses)


# %% train_epoch | wrong | batch means divided by the number of examples
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0
    for i in range(0, len(x), batch_size):
        total += loss.forward(net.forward(x[i : i + batch_size]), y[i : i + batch_size])
        net.backward(loss.backward())
        net.update(lr)
    return total / len(x)


# %% train_epoch | wrong | sum instead of the mean
def train_epoch(net, loss, x, y, batch_size, lr):
    total = 0
    for i in range(0, len(x), batch_size):
        xb = x[i : i + batch_size]
        total += len(xb) * loss.forward(net.forward(xb), y[i : i + batch_size])
        net.backward(loss.backward())
        net.update(lr)
    return total


# %% train_epoch | wrong | only the last batch's loss
def train_epoch(net, loss, x, y, batch_size, lr):
    for i in range(0, len(x), batch_size):
        value = loss.forward(net.forward(x[i : i + batch_size]), y[i : i + batch_size])
        net.backward(loss.backward())
        net.update(lr)
    return value


# %% train_epoch | wrong | no loss returned
def train_epoch(net, loss, x, y, batch_size, lr):
    for i in range(0, len(x), batch_size):
        loss.forward(net.forward(x[i : i + batch_size]), y[i : i + batch_size])
        net.backward(loss.backward())
        net.update(lr)


# %% largest_weights | right | NumPy scalars, getattr
def largest_weights(net):
    found = []
    for layer in net.layers:
        w = getattr(layer, "w", None)
        if w is not None:
            found.append(max(w.max(), -w.min()))
    return found


# %% largest_weights | right | an array
def largest_weights(net):
    return np.array([np.linalg.norm(layer.w.ravel(), np.inf) for layer in net.layers if hasattr(layer, "w")])


# %% largest_weights | wrong | sign forgotten
def largest_weights(net):
    return [float(layer.w.max()) for layer in net.layers if hasattr(layer, "w")]


# %% largest_weights | wrong | absolute value of the maximum
def largest_weights(net):
    return [float(np.min(layer.w)) for layer in net.layers if hasattr(layer, "w")]


# %% largest_weights | wrong | biases counted
def largest_weights(net):
    return [max(np.abs(layer.w).max(), np.abs(layer.b).max()) for layer in net.layers if hasattr(layer, "w")]


# %% largest_weights | wrong | one number for the whole network
def largest_weights(net):
    return float(max(np.abs(layer.w).max() for layer in net.layers if hasattr(layer, "w")))


# %% largest_weights | wrong | mean size instead of the largest
def largest_weights(net):
    return [np.mean(np.abs(layer.w)) for layer in net.layers if hasattr(layer, "w")]


# %% largest_weights | wrong | length of the whole matrix
def largest_weights(net):
    return [np.linalg.norm(layer.w) for layer in net.layers if hasattr(layer, "w")]


# %% largest_weights | wrong | a number for layers without weights
def largest_weights(net):
    return [np.abs(getattr(layer, "w", np.zeros(1))).max() for layer in net.layers]


# %% largest_weights | wrong | one number for each neuron
def largest_weights(net):
    return [np.abs(layer.w).max(axis=0) for layer in net.layers if hasattr(layer, "w")]


# %% predict | right | ReLU, 25 epochs, a loop over the pictures
best = make_net([64, 40, 24, 10], ReLU, np.random.default_rng(5))
train(best, epochs=25, lr=0.15)


def predict(x):
    return np.array([best.forward(one[None])[0].argmax() for one in x])


# %% predict | right | centred with the training mean, a loop of its own
mean = train_x.mean(axis=0)
wide = make_net([64, 100, 10], Tanh, np.random.default_rng(8))
order = np.random.default_rng(9)
for _ in range(15):
    rows = order.permutation(len(train_x))
    train_epoch(wide, SoftmaxCrossEntropy(), train_x[rows] - mean, train_y[rows], 25, 0.1)


def predict(x):
    return wide.forward(x - mean).argmax(axis=-1).astype(np.int32)


# %% predict | right | three networks vote, labels as a list
team = [make_net([64, 24, 10], Tanh, np.random.default_rng(seed)) for seed in (1, 2, 3)]
for member in team:
    train(member, epochs=15, lr=0.3)


def predict(x):
    logits = sum(member.forward(np.asarray(x, dtype=np.float64)) for member in team)
    return [int(np.argmax(row)) for row in logits]


# %% predict | wrong | scores instead of labels
def predict(x):
    return best.forward(x)


# %% predict | wrong | the largest score instead of its place
def predict(x):
    return best.forward(x).max(axis=1)


# %% predict | wrong | argmax over the batch
def predict(x):
    return best.forward(x).argmax(axis=0)


# %% predict | wrong | argmax of the whole table
def predict(x):
    return best.forward(x).argmax()


# %% predict | wrong | labels from 1
def predict(x):
    return best.forward(x).argmax(axis=1) + 1


# %% predict | wrong | prepared with statistics of the batch
centred = make_net([64, 32, 10], Tanh, np.random.default_rng(2))
for _ in range(20):
    rows = np.random.default_rng(3).permutation(len(train_x))
    train_epoch(centred, SoftmaxCrossEntropy(), train_x[rows] - train_x.mean(axis=0), train_y[rows], 32, 0.2)


def predict(x):
    return centred.forward(x - x.mean(axis=0)).argmax(axis=1)


# %% predict | wrong | always the same class
spoilt = make_net([64, 32, 10], Tanh, np.random.default_rng(0))
spoilt.layers[-1].b[:] = [0, 0, 0, 1e9, 0, 0, 0, 0, 0, 0]


def predict(x):
    return spoilt.forward(x).argmax(axis=1)


# %% predict | wrong | no better than guessing
untrained = make_net([64, 32, 10], Tanh, np.random.default_rng(1))


def predict(x):
    return untrained.forward(x).argmax(axis=1)


# %% predict | wrong | learned too little
hasty = make_net([64, 32, 32, 10], Tanh, np.random.default_rng(1))
train(hasty, epochs=2, lr=0.05)


def predict(x):
    return hasty.forward(x).argmax(axis=1)
