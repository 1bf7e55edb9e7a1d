"""Known answers of lesson 04 in the PyTorch track: NumPy, as in the lesson, the mistakes as students write them."""


# %% Linear | right | einsum, no base class
class Linear:
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


# %% Linear | right | one example after the other
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w + 0.0
        self.b = b + 0.0

    def forward(self, inputs):
        self.inputs = inputs.copy()
        return np.stack([row @ self.w + self.b for row in inputs])

    def backward(self, dz):
        self.dw = np.zeros_like(self.w)
        self.db = np.zeros_like(self.b)
        dx = np.empty_like(self.inputs)
        for n in range(len(dz)):
            self.dw += np.outer(self.inputs[n], dz[n])
            self.db += dz[n]
            dx[n] = self.w @ dz[n]
        return dx

    def update(self, lr):
        for parameter, gradient in ((self.w, self.dw), (self.b, self.db)):
            parameter -= lr * gradient


# %% Linear | right | single precision inside
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.astype(np.float32)
        self.b = b.astype(np.float32)

    def forward(self, x):
        self.x = x.astype(np.float32)
        return np.dot(self.x, self.w) + self.b

    def backward(self, dz):
        dz = dz.astype(np.float32)
        self.dw = np.dot(self.x.T, dz)
        self.db = np.sum(dz, 0)
        return np.dot(dz, self.w.T)

    def update(self, lr):
        self.w = self.w - np.float32(lr) * self.dw
        self.b = self.b - np.float32(lr) * self.db


# %% Linear | right | bias as one more row of the weights
class Linear(Layer):
    def __init__(self, w, b):
        self.all = np.vstack([w, b])
        self.rate = None

    @property
    def w(self):
        return self.all[:-1]

    @property
    def b(self):
        return self.all[-1]

    def forward(self, x):
        self.x = np.hstack([x, np.ones((len(x), 1))])
        return self.x @ self.all

    def backward(self, dz):
        self.gradient = self.x.T @ dz
        self.dw, self.db = self.gradient[:-1], self.gradient[-1]
        return (dz @ self.all.T)[:, :-1]

    def update(self, lr):
        self.all -= lr * self.gradient


# %% Linear | wrong | upstream gradient ignored
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        ones = np.ones(dz.shape)
        self.dw = self.x.T @ ones
        self.db = ones.sum(axis=0)
        dx = ones @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | 1/batch applied twice
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz / len(dz)
        self.db = dz.sum(axis=0) / len(dz)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | db is the mean over the batch
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.mean(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | db over the wrong axis
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=1)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | db not summed
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | db summed to one number
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum()
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | db keeps the batch axis
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0, keepdims=True)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | dw transposed
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = dz.T @ self.x
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | w not transposed in dx
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | no dx returned
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        self.dx = dz @ self.w.T

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | dx, dw and db returned together
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx, self.dw, self.db

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | bias forgotten
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | the first input kept
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()
        self.x = None

    def forward(self, x):
        if self.x is None:
            self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | gradients accumulate
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()
        self.dw = np.zeros_like(w)
        self.db = np.zeros_like(b)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw += self.x.T @ dz
        self.db += dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | gradient ascent
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w + lr * self.dw
        self.b = self.b + lr * self.db


# %% Linear | wrong | learning rate forgotten
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - self.dw
        self.b = self.b - self.db


# %% Linear | wrong | the parameter subtracted instead of its gradient
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.w
        self.b = self.b - lr * self.b


# %% Linear | wrong | b never updated
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw


# %% Linear | wrong | given arrays changed by the update
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w
        self.b = b

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w -= lr * self.dw
        self.b -= lr * self.db


# %% Linear | wrong | updated inside backward
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        dx = dz @ self.w.T
        self.w = self.w - 0.01 * self.dw
        self.b = self.b - 0.01 * self.db
        return dx

    def update(self, lr):
        pass


# %% Linear | wrong | dx computed after the update
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w.copy()
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        self.update(0.5)
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Linear | wrong | dx computed after the update
class Linear(Layer):
    def __init__(self, w, b):
        self.w = w * 1
        self.b = b.copy()

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dz, lr=0.01):
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db
        dx = dz @ self.w.T
        return dx

    def update(self, lr):
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


# %% Tanh | right | slope from the input
class Tanh:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dz):
        return dz * (1 - np.tanh(self.x) ** 2)

    def update(self, lr):
        return None


# %% Tanh | right | from the sigmoid
class Tanh(Layer):
    def forward(self, x):
        with np.errstate(over="ignore"):
            self.s = 1 / (1 + np.exp(-2 * x))
        return 2 * self.s - 1

    def backward(self, dz):
        return dz * 4 * self.s * (1 - self.s)


# %% Tanh | right | product of sum and difference, single precision
class Tanh(Layer):
    def forward(self, x):
        y = np.tanh(x.astype(np.float32))
        self.slope = (1 - y) * (1 + y)
        return y

    def backward(self, dz):
        return np.multiply(dz.astype(np.float32), self.slope)


# %% Tanh | wrong | upstream gradient ignored
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = 1 - self.y**2
        return dx


# %% Tanh | wrong | tanh taken twice in the slope
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = dz * (1 - np.tanh(self.y) ** 2)
        return dx


# %% Tanh | wrong | the input in place of the output
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = dz * (1 - self.x**2)
        return dx


# %% Tanh | wrong | square forgotten
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = dz * (1 - self.y)
        return dx


# %% Tanh | wrong | the sigmoid's slope
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = dz * self.y * (1 - self.y)
        return dx


# %% Tanh | wrong | slope taken at the upstream gradient
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = 1 - np.tanh(dz) ** 2
        return dx


# %% Tanh | wrong | upstream gradient passed on as it is
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = dz
        return dx


# %% Tanh | wrong | tanh applied to the upstream gradient
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dx = np.tanh(dz)
        return dx


# %% Tanh | wrong | no dx returned
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dz):
        dz = dz * (1 - self.y**2)


# %% Tanh | wrong | overflow for large inputs
class Tanh(Layer):
    def forward(self, x):
        self.x = x
        with np.errstate(all="ignore"):
            self.y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
        return self.y

    def backward(self, dz):
        dx = dz * (1 - self.y**2)
        return dx


# %% ReLU | right | np.where both ways
class ReLU:
    def forward(self, x):
        self.on = x > 0
        return np.where(self.on, x, 0)

    def backward(self, dz):
        return np.where(self.on, dz, 0)

    def update(self, lr):
        pass


# %% ReLU | right | copies with zeros written in
class ReLU(Layer):
    def forward(self, x):
        self.y = x.copy()
        self.y[self.y < 0] = 0
        return self.y

    def backward(self, dz):
        dx = np.array(dz)
        dx[self.y == 0] = 0
        return dx


# %% ReLU | right | half of x plus its absolute value, single precision
class ReLU(Layer):
    def forward(self, x):
        x = x.astype(np.float32)
        self.slope = np.heaviside(x, 0)
        return (x + np.abs(x)) / 2

    def backward(self, dz):
        return self.slope * dz


# %% ReLU | wrong | upstream gradient ignored
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = (self.x > 0).astype(float)
        return dx


# %% ReLU | wrong | the mask returned instead of a gradient
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = self.x > 0
        return dx


# %% ReLU | wrong | sign of the upstream gradient instead of the input
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = np.maximum(dz, 0)
        return dx


# %% ReLU | wrong | slope 1 at exactly zero
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = dz * (self.x >= 0)
        return dx


# %% ReLU | wrong | the wrong half passes
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = dz * (self.x <= 0)
        return dx


# %% ReLU | wrong | multiplied by the output
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = dz * np.maximum(self.x, 0)
        return dx


# %% ReLU | wrong | upstream gradient passed on as it is
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = dz
        return dx


# %% ReLU | wrong | no dx returned
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        self.dx = dz * (self.x > 0)


# %% ReLU | wrong | input changed in place
class ReLU(Layer):
    def forward(self, x):
        x[x < 0] = 0
        self.x = x
        return x

    def backward(self, dz):
        dx = dz * (self.x > 0)
        return dx


# %% ReLU | wrong | upstream gradient changed in place
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dz[self.x <= 0] = 0
        return dz


# %% ReLU | wrong | upstream gradient ignored
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dz):
        dx = np.where(self.x > 0, 1.0, 0.0)
        return dx


# %% SoftmaxCrossEntropy | right | logarithm of a sum
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        self.logits, self.labels = logits, labels
        top = logits.max(axis=1)
        self.total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        return float(np.mean(self.total - logits[range(len(labels)), labels]))

    def backward(self):
        p = np.exp(self.logits - self.total[:, None])
        p[range(len(p)), self.labels] -= 1
        return p / len(p)


# %% SoftmaxCrossEntropy | right | one example after the other
class SoftmaxCrossEntropy(Layer):
    def forward(self, logits, labels):
        total = 0.0
        self.gradient = np.zeros(logits.shape)
        for n, (row, label) in enumerate(zip(logits, labels)):
            e = np.exp(row - row.max())
            p = e / e.sum()
            total -= np.log(p[label])
            for k in range(len(row)):
                self.gradient[n, k] = (p[k] - (1 if k == label else 0)) / len(logits)
        return total / len(logits)

    def backward(self):
        return self.gradient


# %% SoftmaxCrossEntropy | right | through the softmax's Jacobian
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        self.p = e / np.sum(e, axis=1, keepdims=True)
        self.one_hot = (np.arange(logits.shape[1]) == labels[:, None]).astype(float)
        return np.mean(-np.log(np.sum(self.p * self.one_hot, axis=1)))

    def backward(self):
        dp = -self.one_hot / self.p / len(self.p)
        return self.p * (dp - np.sum(dp * self.p, axis=1, keepdims=True))


# %% SoftmaxCrossEntropy | right | single precision inside
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        logits = logits.astype(np.float32)
        shifted = logits - logits.max(1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.d = np.exp(log_p)
        self.d[np.arange(len(labels)), labels] -= 1
        self.d /= len(labels)
        return -np.take_along_axis(log_p, labels[:, None], axis=1).mean()

    def backward(self):
        return self.d.copy()


# %% SoftmaxCrossEntropy | wrong | 1/batch missing
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = self.p - one_hot
        return dlogits


# %% SoftmaxCrossEntropy | wrong | 1/batch applied twice
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | divided by batch and classes
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / self.p.size
        return dlogits


# %% SoftmaxCrossEntropy | wrong | sum over the batch instead of the mean
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).sum()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = self.p - one_hot
        return dlogits


# %% SoftmaxCrossEntropy | wrong | dividing by p
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = -one_hot / self.p / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | one-hot not subtracted
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = self.p / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | sign reversed
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (one_hot - self.p) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | gradient only at the label
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        rows = np.arange(n)
        dlogits = np.zeros_like(self.p)
        dlogits[rows, self.labels] = (self.p[rows, self.labels] - 1) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | the sigmoid's slope as well
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) * self.p * (1 - self.p) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | softmax over the batch
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=0, keepdims=True))
        self.p = powers / powers.sum(axis=0, keepdims=True)
        self.labels = labels
        n = len(labels)
        with np.errstate(divide="ignore"):
            loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | softmax applied twice
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        powers = np.exp(self.p)
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | minus sign forgotten
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | one loss for each example
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels])
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | no gradient returned
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        self.dlogits = dlogits


# %% SoftmaxCrossEntropy | wrong | stored probabilities changed by backward
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = self.p
        dlogits[np.arange(n), self.labels] -= 1
        dlogits = dlogits / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | logits changed in place
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        logits -= logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | overflow for large logits
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        with np.errstate(all="ignore"):
            powers = np.exp(logits)
            self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        with np.errstate(all="ignore"):
            loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | clipping that changes confident losses
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels] + 1e-8).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | 1/batch missing
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        dlogits = self.p.copy()
        dlogits[np.arange(n), self.labels] -= 1
        return dlogits


# %% SoftmaxCrossEntropy | wrong | dividing by p
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(self.p[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        rows = np.arange(n)
        dlogits = np.zeros_like(self.p)
        dlogits[rows, self.labels] = -1 / self.p[rows, self.labels] / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | overflow for large logits
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        with np.errstate(all="ignore"):
            total = np.exp(logits).sum(axis=1)
            self.p = np.exp(logits) / total[:, None]
        self.labels = labels
        n = len(labels)
        loss = (np.log(np.maximum(total, 1e-300)) - logits[np.arange(n), labels]).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% SoftmaxCrossEntropy | wrong | clipping that changes confident losses
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        n = len(labels)
        loss = -np.log(np.clip(self.p[np.arange(n), labels], 1e-12, 1)).mean()
        return loss

    def backward(self):
        n = len(self.labels)
        one_hot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (self.p - one_hot) / n
        return dlogits


# %% Net | right | numbers of the layers
class Net:
    def __init__(self, layers):
        self.layers = list(layers)

    def forward(self, x):
        z = x
        for i in range(len(self.layers)):
            z = self.layers[i].forward(z)
        return z

    def backward(self, dz):
        for i in range(len(self.layers) - 1, -1, -1):
            dz = self.layers[i].backward(dz)
        return dz

    def update(self, lr):
        [layer.update(lr) for layer in self.layers]


# %% Net | right | two lists
class Net(Layer):
    def __init__(self, layers):
        self.there = tuple(layers)
        self.back = tuple(layers)[::-1]

    def forward(self, x):
        outputs = [x]
        for layer in self.there:
            outputs.append(layer.forward(outputs[-1]))
        return outputs[-1]

    def backward(self, dz):
        gradients = [dz]
        for layer in self.back:
            gradients.append(layer.backward(gradients[-1]))
        return gradients[-1]

    def update(self, lr):
        for layer in self.back:
            layer.update(lr)


# %% Net | right | a network inside a network
class Net(Layer):
    def __init__(self, layers):
        self.first = layers[0]
        self.rest = Net(layers[1:]) if len(layers) > 1 else None

    def forward(self, x):
        z = self.first.forward(x)
        return self.rest.forward(z) if self.rest else z

    def backward(self, dz):
        if self.rest:
            dz = self.rest.backward(dz)
        return self.first.backward(dz)

    def update(self, lr):
        self.first.update(lr)
        if self.rest:
            self.rest.update(lr)


# %% Net | wrong | layers walked in the wrong order
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in self.layers:
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | forward from last to first
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in reversed(self.layers):
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in self.layers:
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | upstream gradient ignored
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        dz = np.ones_like(dz)
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | every layer gets the same gradient
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dx = layer.backward(dz)
        return dx

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | every layer gets the same input
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            z = layer.forward(x)
        return z

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | forward returns after the first layer
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
            return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | backward returns after one layer
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
            return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | list reversed in place
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        self.layers.reverse()
        for layer in self.layers:
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | no dx returned
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | all outputs returned
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        outputs = [x]
        for layer in self.layers:
            outputs.append(layer.forward(outputs[-1]))
        return outputs

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(lr)


# %% Net | wrong | nothing updated
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        self.lr = lr


# %% Net | wrong | only the last layer updated
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        self.layers[-1].update(lr)


# %% Net | wrong | only the first layer updated
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            return layer.update(lr)


# %% Net | wrong | gradient ascent
class Net(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz

    def update(self, lr):
        for layer in self.layers:
            layer.update(-lr)
