# %% Linear | right | einsum for all products, in-place update of its own copies
class Linear(Layer):
    def __init__(self, w, b):
        self.w, self.b = np.array(w), np.array(b)

    def forward(self, x):
        self.x = x
        return np.einsum("ni,ik->nk", x, self.w) + self.b

    def backward(self, dz):
        self.dw = np.einsum("ni,nk->ik", self.x, dz)
        self.db = np.einsum("nk->k", dz)
        return np.einsum("nk,ik->ni", dz, self.w)

    def update(self, lr):
        self.w -= lr * self.dw
        self.b -= lr * self.db


# %% Linear | right | one table for w and b; w, b, dw and db are views of it through properties; no base class
class Linear:
    def __init__(self, w, b):
        self.table, self.slopes = np.vstack([w, b]), None

    w = property(lambda self: self.table[:-1])
    b = property(lambda self: self.table[-1])
    dw = property(lambda self: self.slopes[:-1])
    db = property(lambda self: self.slopes[-1])

    def forward(self, x):
        self.seen = np.hstack([x, np.ones((len(x), 1))])
        return self.seen @ self.table

    def backward(self, dz):
        self.slopes = self.seen.T @ dz
        return dz @ self.w.T

    def update(self, lr):
        self.table -= lr * self.slopes


# %% Linear | right | loops over the examples, gradients added up
class Linear(Layer):
    def __init__(self, weights, bias, dtype=np.float64):
        self.w, self.b = weights.astype(dtype), bias.astype(dtype)

    def forward(self, inputs):
        self.inputs = inputs.copy()
        return np.array([example @ self.w + self.b for example in inputs])

    def backward(self, upstream):
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)
        dx = np.empty_like(self.inputs)
        for n, (example, slopes) in enumerate(zip(self.inputs, upstream, strict=True)):
            self.dw += np.outer(example, slopes)
            self.db += slopes
            dx[n] = self.w @ slopes
        return dx

    def update(self, lr):
        for name in "wb":
            setattr(self, name, getattr(self, name) - lr * getattr(self, "d" + name))


# %% Linear | right | forward prepares backward as a closure; dw and db start as zeros
class Linear(Layer):
    def __init__(self, w, b):
        self.w, self.b = copy.deepcopy(w), copy.deepcopy(b)
        self.dw, self.db = np.zeros(w.shape), np.zeros(b.shape)
        self.back = None

    def forward(self, x):
        def back(dz):
            self.dw, self.db = np.dot(x.T, dz), dz.sum(0)
            return np.dot(dz, self.w.T)

        self.back = back
        return np.add(np.matmul(x, self.w), self.b[None, :])

    def backward(self, dz):
        return self.back(dz)

    def update(self, lr):
        self.w, self.b = self.w - lr * self.dw, self.b - lr * self.db


# %% Tanh | right | keeps the slope and nothing else
class Tanh(Layer):
    def forward(self, x):
        y = np.tanh(x)
        self.slope = 1 - y * y
        return y

    def backward(self, dz):
        return dz * self.slope


# %% Tanh | right | from powers that cannot overflow, no base class
class Tanh:
    def forward(self, x):
        power = np.exp(-2 * np.abs(x))
        self.y = np.sign(x) * (1 - power) / (1 + power)
        return self.y

    def backward(self, dz):
        return (1 + self.y) * (1 - self.y) * dz

    def update(self, lr):
        pass


# %% Tanh | right | Python's own tanh, number by number
class Tanh(Layer):
    def forward(self, x):
        import math

        self.y = np.array([math.tanh(value) for value in x.flat]).reshape(x.shape)
        return self.y.copy()

    def backward(self, dz):
        return np.array([d * (1 - y**2) for d, y in zip(dz.flat, self.y.flat, strict=True)]).reshape(dz.shape)


# %% ReLU | right | where, with the mask kept
class ReLU(Layer):
    def forward(self, x):
        self.on = x > 0
        return np.where(self.on, x, 0.0)

    def backward(self, dz):
        return np.where(self.on, dz, 0.0)


# %% ReLU | right | half of x plus its size; the slope from the sign, rounded down
class ReLU(Layer):
    def forward(self, x):
        self.slope = (np.sign(x) + 1) // 2
        return (x + np.abs(x)) / 2

    def backward(self, dz):
        return self.slope * dz


# %% ReLU | right | copies with the negative part overwritten; keeps its output
class ReLU(Layer):
    def forward(self, x):
        y = x.copy()
        y[y < 0] = 0
        self.y = y
        return y.copy()

    def backward(self, dz):
        dx = np.array(dz)
        dx[self.y == 0] = 0
        return dx


# %% SoftmaxCrossEntropy | right | logarithms first, the gradient from their exponentials
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        shifted = logits - logits.max(axis=1, keepdims=True)
        self.logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.labels = labels
        return -self.logp[np.arange(len(labels)), labels].mean()

    def backward(self):
        dlogits = np.exp(self.logp)
        dlogits[np.arange(len(self.labels)), self.labels] -= 1
        return dlogits / len(self.labels)


# %% SoftmaxCrossEntropy | right | the gradient is made in forward; one-hot rows of an identity; a Layer
class SoftmaxCrossEntropy(Layer):
    gradient = None

    def forward(self, logits, labels):
        n, classes = logits.shape
        truth = np.eye(classes)[labels]
        z = logits - np.max(logits, 1)[:, None]
        total = np.exp(z).sum(1)
        self.gradient = (np.exp(z) / total[:, None] - truth) / n
        return float((np.log(total) - (truth * z).sum(1)).sum() / n)

    def backward(self):
        return self.gradient


# %% SoftmaxCrossEntropy | right | one example after another, a running total in Python's own numbers
class SoftmaxCrossEntropy:
    def __init__(self, start=0.0):
        self.start = start

    def forward(self, logits, labels):
        import math

        self.rows, total = [], self.start
        for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
            m = max(row)
            powers = [math.exp(z - m) for z in row]
            total += math.log(sum(powers)) - (row[label] - m)
            self.rows.append([power / sum(powers) - (k == label) for k, power in enumerate(powers)])
        return total / len(labels)

    def backward(self):
        return np.array(self.rows) / len(self.rows)


# %% Net | right | two folds over the list
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        from functools import reduce

        return reduce(lambda value, layer: layer.forward(value), self.layers, x)

    def backward(self, dz):
        from functools import reduce

        return reduce(lambda slope, layer: layer.backward(slope), self.layers[::-1], dz)

    def update(self, lr):
        _ = [layer.update(lr) for layer in self.layers]


# %% Net | right | a copy of the list, by number
class Net(Layer):
    def __init__(self, layers):
        self.layers = list(layers)

    def forward(self, x):
        for i in range(len(self.layers)):
            x = self.layers[i].forward(x)
        return x

    def backward(self, dz):
        i = len(self.layers)
        while i:
            i -= 1
            dz = self.layers[i].backward(dz)
        return dz

    def update(self, lr):
        for layer in reversed(self.layers):
            layer.update(lr)


# %% Net | right | a first layer and a network of the others
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers
        self.first, *others = layers
        self.others = Net(others) if others else None

    def forward(self, x):
        z = self.first.forward(x)
        return self.others.forward(z) if self.others else z

    def backward(self, dz):
        return self.first.backward(self.others.backward(dz) if self.others else dz)

    def update(self, lr):
        self.first.update(lr)
        if self.others:
            self.others.update(lr)


# %% Net | right | the list is kept under another name, which the task does not give
class Net:
    def __init__(self, layers):
        self._parts = layers

    def forward(self, x):
        for part in self._parts:
            x = part.forward(x)
        return x

    def backward(self, dz):
        for part in reversed(self._parts):
            dz = part.backward(dz)
        return dz

    def update(self, lr):
        for part in self._parts:
            part.update(lr)
