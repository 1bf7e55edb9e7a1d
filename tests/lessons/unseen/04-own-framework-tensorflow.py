# %% Linear | right | tensordot for the products, a transposed x is remembered
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x_transposed = np.transpose(x)
        return np.tensordot(x, self.w, axes=1) + self.b

    def backward(self, dz):
        self.dw = self.x_transposed.dot(dz)
        self.db = np.ones(len(dz)) @ dz
        return np.tensordot(dz, self.w, axes=(1, 1))

    def update(self, lr):
        np.subtract(self.w, lr * self.dw, out=self.w)
        np.subtract(self.b, lr * self.db, out=self.b)


# %% Linear | right | a dataclass whose copies are made after construction
import dataclasses  # noqa: E402


@dataclasses.dataclass
class Linear:
    w: np.ndarray
    b: np.ndarray

    def __post_init__(self):
        self.w, self.b = self.w + 0, self.b + 0

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw, self.db = self.x.T @ dz, np.add.reduce(dz)
        return dz @ self.w.T

    def update(self, lr=0.1):
        self.w, self.b = self.w - lr * self.dw, self.b - lr * self.db


# %% Linear | right | by broadcasting: every example with every input and output in one block
class Linear(Layer):
    def __init__(self, w, b):
        self.w, self.b = w[:], b[:]
        self.w, self.b = np.copy(self.w), np.copy(self.b)

    def forward(self, x):
        self.x = x
        return (x[:, :, None] * self.w).sum(axis=1) + self.b

    def backward(self, dz):
        block = self.x[:, :, None] * dz[:, None, :]  # (batch, inputs, outputs)
        self.dw, self.db = block.sum(axis=0), dz.sum(axis=0)
        return (dz[:, None, :] * self.w).sum(axis=2)

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Tanh | right | keeps x and computes tanh again
class Tanh(Layer):
    def forward(self, x):
        self.x = np.array(x)
        return np.tanh(self.x)

    def backward(self, dz):
        return dz - dz * np.tanh(self.x) ** 2


# %% Tanh | right | from the sigmoid of twice the input, which cannot overflow on either side
class Tanh(Layer):
    def forward(self, x):
        import scipy.special

        self.s = scipy.special.expit(2 * x)
        return 2 * self.s - 1

    def backward(self, dz):
        return 4 * self.s * (1 - self.s) * dz


# %% Tanh | right | slots, a vectorised function of Python, no base class
class Tanh:
    __slots__ = ("slopes",)

    def forward(self, x):
        import math

        y = np.vectorize(math.tanh, otypes=[float])(x)
        self.slopes = np.subtract(1, np.square(y))
        return y

    def backward(self, dz):
        return np.multiply(self.slopes, dz)

    def update(self, lr):
        return None


# %% ReLU | right | maximum and heaviside
class ReLU(Layer):
    def forward(self, x):
        self.slope = np.heaviside(x, 0)
        return np.maximum(x, 0)

    def backward(self, dz):
        return dz * self.slope


# %% ReLU | right | clip; the indices of the positive numbers are remembered
class ReLU(Layer):
    def forward(self, x):
        self.places = np.nonzero(x > 0)
        return x.clip(min=0)

    def backward(self, dz):
        dx = np.zeros_like(dz)
        dx[self.places] = dz[self.places]
        return dx


# %% ReLU | right | multiplied by a table of booleans
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return x * (x > 0)

    def backward(self, dz, x=None):
        return dz * (self.x > 0)


# %% SoftmaxCrossEntropy | right | SciPy's log_softmax
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        from scipy.special import log_softmax

        self.labels, self.table = labels, log_softmax(logits, axis=1)
        return -np.mean(np.take_along_axis(self.table, labels[:, None], axis=1))

    def backward(self):
        classes = np.arange(self.table.shape[1])
        return (np.exp(self.table) - (self.labels[:, None] == classes)) / len(self.labels)


# %% SoftmaxCrossEntropy | right | keeps copies of its inputs and does the work again in backward
class SoftmaxCrossEntropy(Layer):
    def forward(self, logits, labels):
        self.logits, self.labels = logits.copy(), labels.copy()
        z = logits.T - logits.max(axis=1)  # (classes, batch)
        return float(np.mean(np.log(np.exp(z).sum(axis=0)) - z[labels, range(len(labels))]))

    def backward(self):
        p = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        np.subtract.at(p, (np.arange(len(p)), self.labels), 1.0)
        p /= len(p)
        return p


# %% SoftmaxCrossEntropy | right | log-sum-exp by a fold of logaddexp, minus the label's logit
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        shifted = logits - np.amax(logits, axis=-1)[..., np.newaxis]
        total = np.logaddexp.reduce(shifted, axis=1)
        mask = np.zeros(logits.shape, bool)
        mask[np.arange(len(labels)), labels] = True
        self.gradient = (np.exp(shifted - total[:, None]) - mask) / labels.size
        return (total - shifted[mask]).mean()

    def backward(self):
        return self.gradient.copy()


# %% Net | right | a doubly ended queue of its own beside the list
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        from collections import deque

        waiting = deque(self.layers)
        while waiting:
            x = waiting.popleft().forward(x)
        return x

    def backward(self, dz):
        from collections import deque

        waiting = deque(self.layers)
        while waiting:
            dz = waiting.pop().backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | right | forward remembers the way back; a copy of the list; a network without layers changes nothing
class Net(Layer):
    def __init__(self, layers=()):
        self.layers = [*layers]
        self.way_back = []

    def forward(self, x):
        self.way_back = []
        for layer in self.layers:
            x = layer.forward(x)
            self.way_back.insert(0, layer.backward)
        return x

    def backward(self, dz):
        for step in self.way_back:
            dz = step(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | right | pairs of halves: a network of two networks
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers
        middle = len(layers) // 2
        self.halves = [Net(layers[:middle]), Net(layers[middle:])] if len(layers) > 1 else layers

    def forward(self, x):
        for half in self.halves:
            x = half.forward(x)
        return x

    def backward(self, dz):
        for half in reversed(self.halves):
            dz = half.backward(dz)
        return dz

    def update(self, lr):
        for half in self.halves:
            half.update(lr)
