"""Lab: digits with your own framework, NumPy in both tracks."""

# %% imports
import matplotlib.pyplot as plt
import numpy as np

from course import data, plots

# %% pictures
x, y = data.digits("practice")  # (1300, 64) grey values in 0..1, (1300,) labels 0..9
(train_x, train_y), (val_x, val_y) = data.split(x, y, fraction=0.25, seed=0)
print("to train on:", train_x.shape, " to choose with:", val_x.shape, " labels:", np.unique(y))

fig, axes = plt.subplots(2, 10, figsize=(9, 2.2))
for i, ax in enumerate(axes.ravel()):
    ax.imshow(train_x[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(str(train_y[i]), fontsize=9)
    ax.axis("off")
fig.suptitle("20 of the training pictures, with their labels")
plots.show(fig, "Twenty handwritten digits of 8 by 8 pixels, each with its label above; some are hard to read.")


# %% framework
class Layer:
    """A part of a network: forward(x), backward(dz) and, if it has parameters, update(lr)."""

    def update(self, lr):
        """A layer without parameters has nothing to update."""


class Linear(Layer):
    """z = x w + b.   x: (batch, inputs), w: (inputs, outputs), b: (outputs,), z: (batch, outputs)."""

    def __init__(self, w, b):
        ### BEGIN SOLUTION
        self.w, self.b = w.copy(), b.copy()
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        self.x = x
        return x @ self.w + self.b
        ### END SOLUTION

    def backward(self, dz):
        ### BEGIN SOLUTION
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.w.T
        ### END SOLUTION

    def update(self, lr):
        ### BEGIN SOLUTION
        self.w -= lr * self.dw
        self.b -= lr * self.db
        ### END SOLUTION


class Tanh(Layer):
    """z = tanh(x), number by number."""

    def forward(self, x):
        ### BEGIN SOLUTION
        self.z = np.tanh(x)
        return self.z
        ### END SOLUTION

    def backward(self, dz):
        ### BEGIN SOLUTION
        return dz * (1 - self.z**2)
        ### END SOLUTION


class ReLU(Layer):
    """z = max(0, x), number by number."""

    def forward(self, x):
        ### BEGIN SOLUTION
        self.x = x
        return np.maximum(x, 0)
        ### END SOLUTION

    def backward(self, dz):
        ### BEGIN SOLUTION
        return dz * (self.x > 0)
        ### END SOLUTION


class SoftmaxCrossEntropy:
    """Mean over the batch of -log softmax(logits)[label]: a layer that ends in one number."""

    def forward(self, logits, labels):
        ### BEGIN SOLUTION
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p, self.labels = np.exp(log_p), labels
        return -log_p[np.arange(len(labels)), labels].mean()
        ### END SOLUTION

    def backward(self):
        ### BEGIN SOLUTION
        dlogits = self.p.copy()
        dlogits[np.arange(len(self.labels)), self.labels] -= 1
        return dlogits / len(self.labels)
        ### END SOLUTION


class Net(Layer):
    """Layers one after the other, in the list self.layers."""

    def __init__(self, layers):
        ### BEGIN SOLUTION
        self.layers = layers
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        ### END SOLUTION

    def backward(self, dz):
        ### BEGIN SOLUTION
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz
        ### END SOLUTION

    def update(self, lr):
        ### BEGIN SOLUTION
        for layer in self.layers:
            layer.update(lr)
        ### END SOLUTION


# %% make_net
def make_net(sizes, activation, rng):
    """A Net of linear layers of the widths `sizes`, with an `activation()` between every two of them."""
    ### BEGIN SOLUTION
    layers = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        if layers:
            layers.append(activation())
        layers.append(Linear(rng.normal(0, 1 / np.sqrt(inputs), (inputs, outputs)), np.zeros(outputs)))
    return Net(layers)
    ### END SOLUTION


# %% make_net-check
three = make_net([64, 32, 16, 10], Tanh, np.random.default_rng(0))
print([type(layer).__name__ for layer in three.layers])
print("logits of five pictures:", three.forward(train_x[:5]).shape)
loss = SoftmaxCrossEntropy()
before = loss.forward(three.forward(train_x), train_y)
print(f"loss before training: {before:.2f}; of ten equal probabilities it would be log 10 = {np.log(10):.2f}")

# Is the framework that you brought still right? Lesson 4's witness, for one weight of the first layer: nudge it and see.
three.backward(loss.backward())
w, h = three.layers[0].w, 1e-5
slopes = []
for sign in (1, -1):
    w[20, 0] += sign * h
    slopes.append(loss.forward(three.forward(train_x), train_y))
    w[20, 0] -= sign * h
print(f"gradient of one weight: backward says {three.layers[0].dw[20, 0]:.6f}, ", end="")
print(f"the difference quotient {(slopes[0] - slopes[1]) / (2 * h):.6f}")


# %% train_epoch
def train_epoch(net, loss, x, y, batch_size, lr):
    """One epoch of gradient descent, batch after batch in the order given; the mean loss over all examples, a number."""
    ### BEGIN SOLUTION
    total = 0.0
    for i in range(0, len(x), batch_size):
        batch, labels = x[i : i + batch_size], y[i : i + batch_size]
        total += loss.forward(net.forward(batch), labels) * len(batch)
        net.backward(loss.backward())
        net.update(lr)
    return total / len(x)
    ### END SOLUTION


# %% largest_weights
def largest_weights(net):
    """The largest absolute weight of each layer of net.layers that has weights, as a list of numbers."""
    ### BEGIN SOLUTION
    return [float(np.abs(layer.w).max()) for layer in net.layers if hasattr(layer, "w")]
    ### END SOLUTION


# %% train
def accuracy(net, x, y):
    """Share of the pictures x (n, 64) whose largest logit stands at the label y (n,)."""
    return float(np.mean(net.forward(x).argmax(axis=1) == y))


def train(net, epochs=30, lr=0.2, batch_size=32, seed=0):
    """Train on the training pictures, shuffled anew for each epoch, and note what happens in each."""
    rng = np.random.default_rng(seed)
    history = {"loss": [], "accuracy": [], "largest": [largest_weights(net)]}
    for _ in range(epochs):
        order = rng.permutation(len(train_x))
        history["loss"].append(train_epoch(net, SoftmaxCrossEntropy(), train_x[order], train_y[order], batch_size, lr))
        history["accuracy"].append(accuracy(net, val_x, val_y))
        history["largest"].append(largest_weights(net))
    return history


# %% depths
SEEDS = range(5)
DEPTHS = {"1 layer": [64, 10], "2 layers": [64, 32, 10], "3 layers": [64, 32, 32, 10]}
depth_runs = {
    name: [train(make_net(sizes, Tanh, np.random.default_rng(seed)), seed=seed) for seed in SEEDS]
    for name, sizes in DEPTHS.items()
}
print("            weights   loss at the end   accuracy on validation pictures, 5 random starts")
for name, runs in depth_runs.items():
    weights = sum(a * b for a, b in zip(DEPTHS[name][:-1], DEPTHS[name][1:], strict=True))
    shares = [run["accuracy"][-1] for run in runs]
    print(f"{name:<10} {weights:8}   {np.mean([run['loss'][-1] for run in runs]):15.4f}   ", end="")
    print(f"{np.mean(shares):.3f} on average, {min(shares):.3f} to {max(shares):.3f}")

fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6))
for ax, what in zip(axes, ("loss", "accuracy"), strict=True):
    plots.curves(ax, {name: np.mean([run[what] for run in runs], axis=0) for name, runs in depth_runs.items()}, "epoch", what)
axes[0].set(title="Training loss", yscale="log")
axes[1].set(title="Accuracy on validation pictures", ylim=(0.8, 1.0))
plots.show(
    fig,
    "Left: the training loss over 30 epochs, on a logarithmic scale, for 1, 2 and 3 layers; with more layers it falls further. "
    "Right: the accuracy on validation pictures, where the three end close together.",
)


# %% activations
class Sigmoid(Layer):
    """z = 1 / (1 + exp(-x)), number by number: tanh, moved and squeezed to the range from 0 to 1."""

    def __init__(self):
        self.tanh = Tanh()

    def forward(self, x):
        return (1 + self.tanh.forward(x / 2)) / 2

    def backward(self, dz):
        return self.tanh.backward(dz / 2) / 2


class Nothing(Layer):
    """z = x: no bend at all, for comparison."""

    def forward(self, x):
        return x

    def backward(self, dz):
        return dz


KINDS = {"ReLU": ReLU, "sigmoid": Sigmoid, "nothing": Nothing}
kind_runs = {"tanh": depth_runs["3 layers"]}  # these have been trained above
kind_runs |= {
    name: [train(make_net(DEPTHS["3 layers"], kind, np.random.default_rng(seed)), seed=seed) for seed in SEEDS]
    for name, kind in KINDS.items()
}
print("three layers, between them:")
for name, runs in kind_runs.items():
    after = [np.mean([run["accuracy"][epochs - 1] for run in runs]) for epochs in (5, 15, 30)]
    print(f"{name:<8} accuracy after 5 epochs {after[0]:.3f}, after 15 {after[1]:.3f}, after 30 {after[2]:.3f}; ", end="")
    print(f"training loss at the end {np.mean([run['loss'][-1] for run in runs]):.4f}")

fig, ax = plt.subplots(figsize=(6.4, 3.6))
plots.curves(
    ax, {name: np.mean([run["accuracy"] for run in runs], axis=0) for name, runs in kind_runs.items()}, "epoch", "accuracy"
)
ax.set(title="Three layers with four activations", ylim=(0, 1.02))
plots.show(
    fig,
    "Accuracy on validation pictures over 30 epochs: tanh, ReLU and nothing rise to about 0.95 within a few epochs; sigmoid "
    "stays near 0.1 at first and climbs late.",
)

# %% deeper
print("         accuracy after training        gradient of the first layer's w, before training")
print("layers      tanh      ReLU   sigmoid       tanh      ReLU   sigmoid")
deep = {}
for layers in (1, 2, 4, 6, 8):
    sizes = [64] + [32] * (layers - 1) + [10]
    shares, sizes_of_gradient = [], []
    for kind in (Tanh, ReLU, Sigmoid):
        net = make_net(sizes, kind, np.random.default_rng(0))
        loss = SoftmaxCrossEntropy()
        loss.forward(net.forward(train_x), train_y)
        net.backward(loss.backward())
        sizes_of_gradient.append(np.abs(net.layers[0].dw).mean())
        shares.append(train(net)["accuracy"][-1])
    deep[layers] = shares
    print(f"{layers:6}   " + "   ".join(f"{share:7.3f}" for share in shares), end="    ")
    print("   ".join(f"{size:7.0e}" for size in sizes_of_gradient))

# %% weights
RATES = (0.05, 0.2, 1.0)
rate_runs = {lr: train(make_net(DEPTHS["3 layers"], Tanh, np.random.default_rng(0)), epochs=60, lr=lr) for lr in RATES}
fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.5), sharey=True)
for ax, (lr, run) in zip(axes, rate_runs.items(), strict=True):
    sizes = np.array(run["largest"])  # (epochs + 1, layers)
    for layer in range(sizes.shape[1]):
        ax.plot(sizes[:, layer], ("-", "--", "-.")[layer], color=plots.PALETTE[layer], label=f"layer {layer + 1}")
    ax.set(title=f"lr = {lr}: accuracy {run['accuracy'][-1]:.3f}", xlabel="epoch")
axes[0].set_ylabel("largest |weight|")
axes[0].legend(frameon=False)
plots.show(
    fig,
    "Largest absolute weight of each of three layers over 60 epochs, for three learning rates. All rise, quickly at first and "
    "then more and more slowly. With the small rates the last layer's rises by far the most; with lr = 1 all of them jump.",
)
for lr, run in rate_runs.items():
    first, middle, last = (np.round(run["largest"][epoch], 2).tolist() for epoch in (0, 10, 60))
    print(f"lr = {lr:<4}  largest weights at the start {first}, after 10 epochs {middle}, after 60 {last}; ", end="")
    print(f"training loss {run['loss'][-1]:.4f}")

# %% best
best = None  # your trained network goes here
### BEGIN SOLUTION
best = make_net([64, 48, 32, 10], Tanh, np.random.default_rng(3))
best_run = train(best, epochs=40, lr=0.2)
print(f"accuracy on the validation pictures: {best_run['accuracy'][-1]:.3f}")
### END SOLUTION


# %% predict
def predict(x):
    """The labels (batch,), integers 0..9, of pictures x (batch, 64) with grey values in 0..1."""
    ### BEGIN SOLUTION
    return best.forward(x).argmax(axis=1)
    ### END SOLUTION


# %% mistakes
predicted = predict(val_x)
wrong = np.flatnonzero(predicted != val_y)
print(f"{len(wrong)} of {len(val_y)} validation pictures are wrong")
fig, axes = plt.subplots(1, 8, figsize=(9, 1.6))
for ax in axes:
    ax.axis("off")
for ax, i in zip(axes, wrong, strict=False):
    ax.imshow(val_x[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(f"{val_y[i]}, not {predicted[i]}", fontsize=8)
fig.suptitle("What it gets wrong: the label, and what your network says")
plots.show(fig, "Validation pictures that the network gets wrong, with the true and the predicted label above each.")

# %% results
results = {
    "accuracy of one layer": float(np.mean([run["accuracy"][-1] for run in depth_runs["1 layer"]])),
    "accuracy of three layers": float(np.mean([run["accuracy"][-1] for run in depth_runs["3 layers"]])),
    "accuracy of 8 layers with sigmoid": deep[8][2],
    "largest weight of layer 3, lr 1": rate_runs[1.0]["largest"][-1][2],
    "accuracy of the best network": accuracy(best, val_x, val_y),
}
for name, value in results.items():
    print(f"{name}: {value:.3f}")


# %% momentum
### BEGIN SOLUTION
class Momentum(Linear):
    """A linear layer that keeps rolling: each step adds the gradient to a velocity that decays by a tenth."""

    def update(self, lr):
        for name in ("w", "b"):
            velocity = 0.9 * getattr(self, f"v{name}", 0.0) + getattr(self, f"d{name}")
            setattr(self, f"v{name}", velocity)
            setattr(self, name, getattr(self, name) - lr * velocity)


for lr, kind in ((0.05, Linear), (0.05, Momentum)):
    net = make_net(DEPTHS["3 layers"], Tanh, np.random.default_rng(0))
    net.layers = [kind(layer.w, layer.b) if isinstance(layer, Linear) else layer for layer in net.layers]
    run = train(net, epochs=10, lr=lr)
    print(f"{kind.__name__:<9} lr {lr}: loss {run['loss'][-1]:.3f}, accuracy {run['accuracy'][-1]:.3f} after 10 epochs")

big_x, big_y = data.mnist()
print("the large data set, or its stand-in:", big_x.shape)
### END SOLUTION
