"""Lesson 04, a framework of your own, checked against PyTorch."""

# %% imports
import copy
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course import data, plots

# %% chain
x, w1, w2, y = 2.0, 0.5, 2.0, 1.0

h = w1 * x  # forward: every line uses the one above it
a = np.tanh(h)
z = w2 * a
loss = (z - y) ** 2

dz = 2 * (z - y)  # backward: every line uses the one above it, too
dw2 = dz * a
da = dz * w2
dh = da * (1 - a**2)
dw1 = dh * x
dx = dh * w1

print(f"forward:   h = {h:.3f}   a = {a:.3f}   z = {z:.3f}   loss = {loss:.3f}")
print(f"backward:  dz = {dz:.3f}   da = {da:.3f}   dh = {dh:.3f}   dx = {dx:.3f}")
print(f"parameters:  dw2 = {dw2:.3f}   dw1 = {dw1:.3f}")
moved = (w2 * np.tanh((w1 + 0.001) * x) - y) ** 2
print(f"w1 raised by 0.001: the loss changes by {moved - loss:.6f}; dw1 * 0.001 = {dw1 * 0.001:.6f}")

# %% graph-figure
forward_colour, backward_colour = plots.PALETTE[0], plots.PALETTE[3]
boxes = {"$h = w_1 x$": (w1, dw1, "$w_1$"), "$a = \\tanh h$": None, "$z = w_2 a$": (w2, dw2, "$w_2$"), "$(z - y)^2$": None}
slopes = ["slope $w_1$ = 0.5", f"slope $1 - a^2$ = {1 - a**2:.3f}", "slope $w_2$ = 2", f"slope $2(z - y)$ = {2 * (z - y):.3f}"]
wires = [("x", x, dx), ("h", h, dh), ("a", a, da), ("z", z, dz), ("loss", loss, 1.0)]

fig, ax = plt.subplots(figsize=(11, 3.9))
for i, ((formula, parameter), slope) in enumerate(zip(boxes.items(), slopes, strict=True)):
    centre = 2 * i + 1
    ax.text(centre, 0, formula, ha="center", va="center", fontsize=12, bbox={"boxstyle": "round,pad=0.6", "fc": "white"})
    ax.text(centre, 0.5, slope, ha="center", fontsize=9.5, color="0.35")
    if parameter:
        value, gradient, name = parameter
        up = {"arrowprops": {"arrowstyle": "->", "color": forward_colour, "lw": 1.5}}
        down = {"arrowprops": {"arrowstyle": "->", "color": backward_colour, "lw": 1.5, "ls": "--"}}
        ax.annotate("", (centre - 0.12, -0.36), (centre - 0.12, -1.1), **up)
        ax.annotate("", (centre + 0.12, -1.1), (centre + 0.12, -0.36), **down)
        ax.text(centre - 0.1, -1.38, f"{name} = {value:g}", ha="right", color=forward_colour)
        ax.text(centre + 0.1, -1.38, f"gradient {gradient:.3f}", ha="left", color=backward_colour, weight="bold")
for i, (name, value, gradient) in enumerate(wires):
    left, right = 2 * i - 0.55, 2 * i + 0.55
    ax.annotate("", (right, 0.12), (left, 0.12), arrowprops={"arrowstyle": "->", "color": forward_colour, "lw": 1.5})
    ax.annotate(
        "", (left, -0.12), (right, -0.12), arrowprops={"arrowstyle": "->", "color": backward_colour, "lw": 1.5, "ls": "--"}
    )
    ax.text(2 * i, 0.24, f"{name} = {round(float(value), 3):g}", ha="center", color=forward_colour)
    ax.text(2 * i, -0.46, f"{gradient:.3f}", ha="center", color=backward_colour, weight="bold")
ax.set(title="Forward with values (blue), back with gradients of the loss (orange, dashed)", xlim=(-0.8, 8.8), ylim=(-1.7, 0.9))
ax.set(xlabel="forward from left to right, backward from right to left", xticks=[], yticks=[])
ax.spines[["left", "bottom"]].set_visible(False)
ax.grid(False)
plots.show(
    fig,
    "Computational graph of four boxes in a row: times w1, tanh, times w2, squared error. Values run to the right: x 2, h 1, "
    "a 0.762, z 1.523, loss 0.274. Gradients run to the left: 1, 1.046, 2.093, 0.879, 0.439. Below the boxes: gradients of w1 "
    "and w2.",
)


# %% scale
class Layer:
    """A part of a network: forward(x), backward(dz) and, if it has parameters, update(lr)."""

    def update(self, lr):
        """A layer without parameters has nothing to update."""


class Scale(Layer):
    """z = a x. One parameter: the number a."""

    def __init__(self, a):
        self.a = a

    def forward(self, x):
        self.x = x  # backward will need it
        return self.a * x

    def backward(self, dz):
        self.da = np.sum(dz * self.x)  # a acted on every number of x: all its effects add up
        return dz * self.a  # dx: what the layer before this one needs

    def update(self, lr):
        self.a = self.a - lr * self.da


layer = Scale(3.0)
print("z  =", layer.forward(np.array([[1.0, 2.0]])))
print("dx =", layer.backward(np.array([[10.0, 1.0]])))
print("da =", layer.da, "  (10 * 1 + 1 * 2)")
layer.update(lr=0.1)
print(f"a  = {layer.a:.1f}   (3 - 0.1 * 12)")


# %% witness
def numerical_gradient(f, array, h=1e-5):
    """Central differences of the number f() by every entry of an array that f uses; result: the shape of the array."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + h
        above = f()
        array[index] = kept - h
        below = f()
        array[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def relative_error(one, other):
    """Distance of two gradients, as a share of the longer one."""
    return np.linalg.norm(one - other) / max(np.linalg.norm(one), np.linalg.norm(other))


def check_layer(layer, x, dz):
    """Relative errors of dx and of every parameter's gradient (attributes dw, db), by name."""
    layer.forward(x)
    found = {"dx": (layer.backward(dz), x)}
    found |= {f"d{p}": (getattr(layer, f"d{p}"), getattr(layer, p)) for p in ("w", "b") if hasattr(layer, p)}

    def pretended_loss():
        return np.sum(dz * layer.forward(x))  # its gradient by z is dz

    return {name: relative_error(mine, numerical_gradient(pretended_loss, array)) for name, (mine, array) in found.items()}


# %% ones-and-random
class Careless(Scale):
    """The same layer, by someone who forgot the upstream gradient."""

    def backward(self, dz):
        return np.full_like(dz, self.a)


generator = np.random.default_rng(0)
x = generator.normal(size=(4, 3))
for name, dz in {"all ones": np.ones((4, 3)), "random": generator.normal(size=(4, 3))}.items():
    right, wrong = (check_layer(kind(3.0), x, dz)["dx"] for kind in (Scale, Careless))
    print(f"upstream {name:<9} relative error of dx:  Scale {right:.0e}   Careless {wrong:.0e}")

# %% shapes
COLOURS = {"x": plots.PALETTE[0], "w": plots.PALETTE[1], "b": plots.PALETTE[2], "dz": plots.PALETTE[3], "ones": "0.75"}
SIZES = {"x": (5, 3), "x.T": (3, 5), "w": (3, 2), "w.T": (2, 3), "dz": (5, 2), "z": (5, 2), "b": (1, 2), "ones": (1, 5)}
SIZES |= {"dw": (3, 2), "db": (1, 2), "dx": (5, 3)}
rows = [
    ["z", "=", "x", "@", "w", "+", "b"],
    ["dw", "=", "x.T", "@", "dz"],
    ["db", "=", "ones", "@", "dz"],
    ["dx", "=", "dz", "@", "w.T"],
]
titles = ["forward: x meets w", "dw: inputs meet upstream", "db: rows of dz added up", "dx: back through w"]

fig, axes = plt.subplots(2, 2, figsize=(10, 6))
for ax, row, title in zip(axes.flat, rows, titles, strict=True):
    left = 0.0
    for word in row:
        if word not in SIZES:
            ax.text(left + 0.45, 0, word, ha="center", va="center", fontsize=13)
            left += 1.2
            continue
        height, width = SIZES[word]
        colour = COLOURS.get(word.removesuffix(".T"), "white")
        for i, j in np.ndindex(height, width):
            ax.add_patch(
                plt.Rectangle((left + j, height / 2 - 1 - i), 1, 1, fc=colour, ec="white" if colour != "white" else "0.3")
            )
        ax.text(left + width / 2, height / 2 + 0.35, word, ha="center", weight="bold")
        shape = "(2,)" if word in ("b", "db") else f"({height}, {width})"
        ax.text(left + width / 2, -height / 2 - 0.35, shape, ha="center", va="top", fontsize=8.5)
        left += width + 0.3
    ax.set(title=title, xlim=(left / 2 - 7, left / 2 + 7), ylim=(-3.6, 3.4), aspect="equal", xticks=[], yticks=[])
    ax.set(xlabel="width: number of columns", ylabel="height: number of rows")
    ax.xaxis.label.set_size(8)
    ax.yaxis.label.set_size(8)
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)
plots.show(
    fig,
    "Matrices drawn as grids for 5 examples, 3 inputs and 2 outputs. z (5, 2) = x (5, 3) @ w (3, 2) + b; dw (3, 2) = x.T (3, "
    "5) @ dz (5, 2); db (2,) = a row of ones (1, 5) @ dz; dx (5, 3) = dz (5, 2) @ w.T (2, 3). Every gradient has the shape of "
    "what it belongs to.",
)


# %% Linear
class Linear(Layer):
    """z = x w + b.   x: (batch, inputs), w: (inputs, outputs), b: (outputs,), z: (batch, outputs)."""

    def __init__(self, w, b):
        """Keep copies of w and b in self.w and self.b: the caller's arrays must never change."""
        ### BEGIN SOLUTION
        self.w, self.b = w.copy(), b.copy()
        ### END SOLUTION

    def forward(self, x):
        """z (batch, outputs) of x (batch, inputs)."""
        ### BEGIN SOLUTION
        self.x = x
        return x @ self.w + self.b
        ### END SOLUTION

    def backward(self, dz):
        """dx (batch, inputs) from dz (batch, outputs); stores self.dw (inputs, outputs) and self.db (outputs,)."""
        ### BEGIN SOLUTION
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.w.T
        ### END SOLUTION

    def update(self, lr):
        """One step of gradient descent on w and b, with the stored gradients."""
        ### BEGIN SOLUTION
        self.w -= lr * self.dw
        self.b -= lr * self.db
        ### END SOLUTION


# %% linear-check
def new_linear(inputs, outputs, generator):
    """A Linear layer with random weights, small enough that its outputs are about as large as its inputs, and b = 0."""
    return Linear(generator.normal(0, 1 / np.sqrt(inputs), (inputs, outputs)), np.zeros(outputs))


generator = np.random.default_rng(1)
x, dz = generator.normal(size=(5, 3)), generator.normal(size=(5, 2))
for name, error in check_layer(new_linear(3, 2, generator), x, dz).items():
    print(f"Linear, relative error of {name}: {error:.0e}")

# %% collapse
generator = np.random.default_rng(2)
first, second = new_linear(3, 50, generator), new_linear(50, 2, generator)
both = Linear(first.w @ second.w, first.b @ second.w + second.b)
x = generator.normal(size=(6, 3))
difference = np.abs(second.forward(first.forward(x)) - both.forward(x)).max()
print(f"two linear layers with {first.w.size + second.w.size} weights against one with {both.w.size}: ", end="")
print("the same outputs" if difference < 1e-12 else f"they differ by {difference:.2g}")

# %% activations-figure
across = np.linspace(-4, 4, 400)
curves = {"tanh": (np.tanh(across), 1 - np.tanh(across) ** 2), "ReLU": (np.maximum(across, 0), (across > 0).astype(float))}
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6))
for i, (name, pair) in enumerate(curves.items()):
    for ax, values in zip(axes, pair, strict=True):
        ax.plot(across, values, ("-", "--")[i], lw=2, color=plots.PALETTE[(0, 3)[i]], label=name)
for sign in (-1, 1):
    axes[1].axvspan(2 * sign, 4 * sign, color=plots.PALETTE[0], alpha=0.12, lw=0)
axes[1].annotate(
    "|x| > 2: tanh lets less\nthan 8 % through", (2.6, 0.05), (1.25, 0.47), fontsize=8.5, arrowprops={"arrowstyle": "->"}
)
axes[0].set(title="Forward: the value", xlabel="input x", ylabel="output z", ylim=(-1.3, 3))
axes[1].set(title="Backward: the slope that multiplies dz", xlabel="input x", ylabel="slope", ylim=(-0.1, 1.25))
axes[0].legend(frameon=False)
axes[1].legend(frameon=False, loc="upper left")
plots.show(
    fig,
    "Left: tanh, an S between -1 and 1, and ReLU, zero on the left and x on the right. Right: their slopes: tanh's is a bell "
    "with its top 1 at zero that is nearly 0 beyond 2, shaded; ReLU's jumps from 0 to 1 at zero.",
)
print(
    f"slope of tanh at 0: {1 - np.tanh(0) ** 2:.3f}, at 1: {1 - np.tanh(1) ** 2:.3f}, at 2: {1 - np.tanh(2) ** 2:.3f}, ", end=""
)
print(f"at 5: {1 - np.tanh(5) ** 2:.5f}")


# %% Tanh
class Tanh(Layer):
    """z = tanh(x), number by number; no parameters."""

    def forward(self, x):
        """z of x, the same shape."""
        ### BEGIN SOLUTION
        self.z = np.tanh(x)
        return self.z
        ### END SOLUTION

    def backward(self, dz):
        """dx from dz, the gradient at this layer's output; the same shape."""
        ### BEGIN SOLUTION
        return dz * (1 - self.z**2)
        ### END SOLUTION


# %% ReLU
class ReLU(Layer):
    """z = max(0, x), number by number; no parameters."""

    def forward(self, x):
        """z of x, the same shape."""
        ### BEGIN SOLUTION
        self.x = x
        return np.maximum(x, 0)
        ### END SOLUTION

    def backward(self, dz):
        """dx from dz, the gradient at this layer's output; the same shape."""
        ### BEGIN SOLUTION
        return dz * (self.x > 0)
        ### END SOLUTION


# %% activations-check
generator = np.random.default_rng(3)
x, dz = generator.normal(size=(5, 4)), generator.normal(size=(5, 4))
for layer in (Tanh(), ReLU()):
    print(f"{type(layer).__name__:<5} relative error of dx: {check_layer(layer, x, dz)['dx']:.0e}")

# %% softmax-numbers
logits = torch.tensor([[2.0, 1.0, 0.0]], dtype=torch.float64, requires_grad=True)  # (1, 3)
labels = torch.tensor([1])  # (1,)
loss = F.cross_entropy(logits, labels)
loss.backward()
p = F.softmax(logits.detach(), dim=1).numpy()[0]
gradient = logits.grad.numpy()[0]

print("probabilities p:", p.round(3), f"  loss = -log {p[1]:.3f} = {loss.item():.3f}")
print("gradient by the logits, from PyTorch:", gradient.round(3))

fig, axes = plt.subplots(1, 3, figsize=(10, 3), sharey=True)
panels = {
    "$p$: what the network says": p,
    "one-hot: what is true": np.array([0.0, 1.0, 0.0]),
    "gradient by the logits": gradient,
}
for ax, (title, values), colour in zip(
    axes, panels.items(), (plots.PALETTE[0], plots.PALETTE[2], plots.PALETTE[3]), strict=True
):
    ax.bar(["class 0", "class 1", "class 2"], values, color=colour, width=0.6)
    ax.axhline(0, color="black", lw=0.8)
    for k, value in enumerate(values):
        ax.text(k, value + (0.04 if value >= 0 else -0.14), f"{value:.3f}", ha="center", fontsize=9)
    ax.set(title=title, xlabel="class", ylim=(-1.0, 1.15))
axes[0].set_ylabel("number")
plots.show(
    fig,
    "Three bar charts for logits 2, 1, 0 and the label 1. Probabilities 0.665, 0.245, 0.090; one-hot 0, 1, 0; gradient 0.665, "
    "-0.755, 0.090: the first chart minus the second.",
)

# %% detour
for gap in (2, 20, 40):
    p = 1 / (1 + np.exp(gap))  # probability of the right one of two classes, when its logit is lower by gap
    print(f"gap {gap:>2}:  p = {p:.1e}   slope by p: -1/p = {-1 / p:.1e}   slope by the logit: p - 1 = {p - 1:.6f}")
    print(f"         loss -log p = {-np.log(p):.1f}; with 1e-12 added to p it would be {-np.log(p + 1e-12):.1f}")


# %% SoftmaxCrossEntropy
class SoftmaxCrossEntropy:
    """Mean over the batch of -log softmax(logits)[label]: a layer that ends in one number."""

    def forward(self, logits, labels):
        """The mean loss, a number; logits: (batch, classes), labels: (batch,) of integers."""
        ### BEGIN SOLUTION
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p, self.labels = np.exp(log_p), labels
        return -log_p[np.arange(len(labels)), labels].mean()
        ### END SOLUTION

    def backward(self):
        """The gradient of the mean loss by the logits of the latest forward: (batch, classes)."""
        ### BEGIN SOLUTION
        dlogits = self.p.copy()
        dlogits[np.arange(len(self.labels)), self.labels] -= 1
        return dlogits / len(self.labels)
        ### END SOLUTION


# %% tiny-layers
class Square(Layer):
    """z = x^2, number by number."""

    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dz):
        return dz * 2 * self.x


class Roll(Layer):
    """Every column moves one place to the right; the last becomes the first."""

    def forward(self, x):
        return np.roll(x, 1, axis=1)

    def backward(self, dz):
        return np.roll(dz, -1, axis=1)


scale, square = Scale(3.0), Square()
x = np.array([[1.0, 2.0]])
print("scale, then square:", square.forward(scale.forward(x)))
print("square, then scale:", scale.forward(square.forward(x)))


# %% Net
class Net(Layer):
    """Layers one after the other; a network is a layer itself."""

    def __init__(self, layers):
        """layers: a list, the first to be used first. The list must never change."""
        ### BEGIN SOLUTION
        self.layers = layers
        ### END SOLUTION

    def forward(self, x):
        """The output of the last layer, after x has gone through all of them."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        ### END SOLUTION

    def backward(self, dz):
        """The gradient at the network's input, from dz, the gradient at its output."""
        ### BEGIN SOLUTION
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
        return dz
        ### END SOLUTION

    def update(self, lr):
        """Every layer takes its step."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            layer.update(lr)
        ### END SOLUTION


# %% three-witnesses
generator = np.random.default_rng(4)
x, labels = generator.normal(size=(12, 2)), generator.integers(0, 3, 12)
net, loss_layer = Net([new_linear(2, 8, generator), Tanh(), new_linear(8, 3, generator)]), SoftmaxCrossEntropy()
hidden, last = net.layers[0], net.layers[2]

loss_layer.forward(net.forward(x), labels)  # yours
dx = net.backward(loss_layer.backward())
yours = {"x": dx, "w1": hidden.dw, "b1": hidden.db, "w2": last.dw, "b2": last.db}

arrays = {"x": x, "w1": hidden.w, "b1": hidden.b, "w2": last.w, "b2": last.b}
tensors = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}  # PyTorch's
logits = torch.tanh(tensors["x"] @ tensors["w1"] + tensors["b1"]) @ tensors["w2"] + tensors["b2"]
F.cross_entropy(logits, torch.tensor(labels)).backward()
autograd = {name: tensor.grad.numpy() for name, tensor in tensors.items()}

quotients = {  # and the witness that knows no calculus at all
    name: numerical_gradient(lambda: loss_layer.forward(net.forward(x), labels), array) for name, array in arrays.items()
}

to_autograd = {name: np.abs(yours[name] - autograd[name]).max() for name in arrays}
to_quotients = {name: np.abs(yours[name] - quotients[name]).max() for name in arrays}
for name, array in arrays.items():
    print(f"{name:<3}{array.size:>3} numbers, the largest gradient {np.abs(yours[name]).max():.3f}; ", end="")
    print(f"largest difference to PyTorch {to_autograd[name]:.0e}, to difference quotients {to_quotients[name]:.0e}")
print(f"largest difference to PyTorch of all: {max(to_autograd.values()):.0e}")

# %% witnesses-figure
fig, ax = plt.subplots(figsize=(8.4, 3.9))
generator, floor = np.random.default_rng(0), 1e-18
for i, name in enumerate(arrays):
    series = [np.abs(yours[name]), np.abs(yours[name] - quotients[name]), np.abs(yours[name] - autograd[name])]
    for k, (values, colour) in enumerate(zip(series, ("0.6", plots.PALETTE[1], plots.PALETTE[0]), strict=True)):
        heights = np.maximum(values.ravel(), floor)
        places = i + 0.22 * (k - 1) + generator.uniform(-0.07, 0.07, heights.size)
        label = ["your gradients", "difference to quotients", "difference to PyTorch"][k] if i == 0 else None
        ax.scatter(places, heights, s=16, marker=plots.MARKERS[k], color=colour, label=label, alpha=0.85)
ax.axhline(np.finfo(np.float64).eps, color="black", ls="--", lw=1)
ax.text(4.42, np.finfo(np.float64).eps * 1.6, "float64 precision", ha="right", fontsize=8.5)
ax.set(title="Three ways to the same gradients", xlabel="gradient by", ylabel="absolute value", yscale="log", xlim=(-0.5, 4.5))
ax.set_xticks(range(5), list(arrays))
ax.set_ylim(floor / 3, 30)
ax.legend(frameon=False, fontsize=8.5, ncols=3, loc="upper center")
plots.show(
    fig,
    "For x, w1, b1, w2 and b2, on a logarithmic axis: your gradients, most of them between 0.001 and 1; their differences to "
    "difference quotients, around 1e-11; and their differences to the framework's, around 1e-17, below the precision of "
    "float64.",
)


# %% zero-start
def first_gradients(w1, w2):
    """The gradient of w1 in a network 2-8-3 that begins with these weights."""
    first, second = Linear(w1, np.zeros(8)), Linear(w2, np.zeros(3))
    same = Net([first, Tanh(), second])
    loss_layer.forward(same.forward(x), labels)
    same.backward(loss_layer.backward())
    return first.dw


starts = {
    "all zero": (np.zeros((2, 8)), np.zeros((8, 3))),
    "equal units": (np.full((2, 8), 0.5), np.tile([0.5, 0.0, -0.5], (8, 1))),
    "equal w1, random w2": (np.full((2, 8), 0.5), last.w),
    "both random": (hidden.w, last.w),
}
for name, (w1, w2) in starts.items():
    found = first_gradients(w1, w2)
    different = len(np.unique(found.round(12), axis=1).T)
    print(f"{name:<20} largest gradient of w1 {np.abs(found).max():.3f}; different columns {different} of 8")


# %% train
def train(net, loss_layer, x, y, lr, epochs, batch_size, generator, watch=None):
    """Minibatch gradient descent; the mean loss of every epoch. watch(epoch, losses), if given, is called after each."""
    losses = []
    for epoch in range(1, epochs + 1):
        order, total = generator.permutation(len(x)), 0.0
        for first in range(0, len(x), batch_size):
            rows = order[first : first + batch_size]
            total += loss_layer.forward(net.forward(x[rows]), y[rows]) * len(rows)
            net.backward(loss_layer.backward())
            net.update(lr)
        losses.append(total / len(x))
        if watch:
            watch(epoch, losses)
    return losses


def labels_of(net, points):
    """The class (n,) with the largest logit, for points (n, features)."""
    return net.forward(points).argmax(axis=1)


def picture(net, x, y, epoch, losses, epochs):
    """The plane as the network sees it now, beside the losses so far."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3.7))
    plots.decision_boundary(left, lambda grid: labels_of(net, grid), x, y)
    left.set_title(f"After epoch {epoch}: accuracy {np.mean(labels_of(net, x) == y):.2f}")
    plots.curves(right, {"training loss": losses}, "epoch", "cross-entropy")
    right.set(title="The mean loss of each epoch", xlim=(0, epochs + 1), ylim=(0, 1.3))
    return fig


# %% blobs
x_blobs, y_blobs = data.blobs(300, classes=4, spread=1.2, seed=10)  # (300, 2), (300,)
x_blobs = x_blobs.astype(np.float64)
generator = np.random.default_rng(0)
blobs_net = Net([new_linear(2, 4, generator)])

alt = "Four clouds of points; the straight borders between the colours settle between them while the training loss falls"
handle = plots.show(picture(blobs_net, x_blobs, y_blobs, 0, [], 40), alt)


def watch(epoch, losses):
    if epoch in (1, 2, 4, 7, 12, 20, 30, 40):
        plots.show(picture(blobs_net, x_blobs, y_blobs, epoch, losses, 40), alt, handle=handle)


blobs_losses = train(blobs_net, SoftmaxCrossEntropy(), x_blobs, y_blobs, 0.1, 40, 32, generator, watch)
blobs_accuracy = np.mean(labels_of(blobs_net, x_blobs) == y_blobs)
print(f"loss {blobs_losses[0]:.3f} in epoch 1, {blobs_losses[-1]:.3f} in epoch 40; accuracy {blobs_accuracy:.3f}")

# %% moons
x_moons, y_moons = data.moons(300, noise=0.15)  # (300, 2), (300,)
x_moons = x_moons.astype(np.float64)
stages = (0, 2, 10, 40, 300)


def grow(net, seed, live):
    """Train on the moons; copies of the network at the stages, and the losses. Draws while it trains if live."""
    alt = "Two interleaved half moons; the border bends slowly into the gap between them while the training loss falls"
    snapshots = {0: copy.deepcopy(net)}
    handle = plots.show(picture(net, x_moons, y_moons, 0, [], 300), alt) if live else None

    def watch(epoch, losses):
        if epoch in stages:
            snapshots[epoch] = copy.deepcopy(net)
        if live and epoch in (1, 3, 6, 10, 20, 40, 70, 120, 200, 300):
            plots.show(picture(net, x_moons, y_moons, epoch, losses, 300), alt, handle=handle)

    losses = train(net, SoftmaxCrossEntropy(), x_moons, y_moons, 0.3, 300, 32, np.random.default_rng(seed), watch)
    return snapshots, losses


generator = np.random.default_rng(0)
bent, bent_losses = grow(Net([new_linear(2, 16, generator), Tanh(), new_linear(16, 2, generator)]), 0, live=True)
straight, straight_losses = grow(Net([new_linear(2, 2, generator)]), 0, live=False)

# %% moons-multiples
fig, axes = plt.subplots(2, 5, figsize=(12, 5), sharex=True, sharey=True)
moons_accuracy = {}
for row, (name, snapshots) in zip(axes, {"one linear layer": straight, "16 tanh units": bent}.items(), strict=True):
    for ax, (epoch, net) in zip(row, snapshots.items(), strict=True):
        plots.decision_boundary(ax, lambda grid, net=net: labels_of(net, grid), x_moons, y_moons)
        moons_accuracy[name] = np.mean(labels_of(net, x_moons) == y_moons)
        when = "before training" if epoch == 0 else f"epoch {epoch}"
        ax.set_title(f"{when}: {moons_accuracy[name]:.3f}", fontsize=10)
        ax.label_outer()
    row[0].set_ylabel(f"{name}\n$x_2$")
fig.suptitle("The same moons, the same training; above without a hidden layer, below with one", fontweight="bold")
plots.show(
    fig,
    "Ten small pictures of the moons with the border of the classes, and the accuracy in each title. Above, one linear layer: "
    "the border stays a straight line. Below, 16 tanh units: nearly straight at first, it bends and at the end follows the "
    "gap.",
)
for name, losses in {"one linear layer": straight_losses, "16 tanh units": bent_losses}.items():
    print(f"{name:<17} loss {losses[-1]:.3f}, accuracy {moons_accuracy[name]:.3f} after epoch 300")


# %% spiral
def spiral(n_arm=100, classes=3, seed=0):
    """Arms of a spiral galaxy, one for each class: x (classes * n_arm, 2), y (classes * n_arm,)."""
    rng = np.random.default_rng(seed)
    radius, y = np.tile(np.linspace(0.05, 1, n_arm), classes), np.repeat(np.arange(classes), n_arm)
    angle = 2 * np.pi * y / classes + 4.5 * radius + rng.normal(0, 0.15, radius.size)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), y


x_spiral, y_spiral = spiral()
generator = np.random.default_rng(1)
layers = [new_linear(2, 32, generator), ReLU(), new_linear(32, 32, generator), ReLU(), new_linear(32, 3, generator)]
spiral_net = Net(layers)
spiral_losses = train(spiral_net, SoftmaxCrossEntropy(), x_spiral, y_spiral, 0.2, 400, 32, generator)
spiral_accuracy = np.mean(labels_of(spiral_net, x_spiral) == y_spiral)
print(f"three arms: loss {spiral_losses[-1]:.3f}, accuracy {spiral_accuracy:.3f}")

side = np.linspace(-1.2, 1.2, 120)
grid = np.column_stack([axis.ravel() for axis in np.meshgrid(side, side)])  # (14400, 2)
units = {1: Net(layers[:2]).forward(grid), 2: Net(layers[:4]).forward(grid)}  # (14400, 32) each
fig = plt.figure(figsize=(12, 4.9))
left, right = fig.subfigures(1, 2, width_ratios=[1, 1.5])
ax = left.subplots()
plots.decision_boundary(ax, lambda points: labels_of(spiral_net, points), x_spiral, y_spiral)
ax.set(title=f"What it decides: accuracy {spiral_accuracy:.2f}", aspect="equal")
for row, (depth, maps) in zip(right.subplots(2, 4, sharex=True, sharey=True), units.items(), strict=True):
    busiest = np.argsort(-maps.std(axis=0))[:4]
    for ax, k in zip(row, busiest, strict=True):
        ax.imshow(maps[:, k].reshape(120, 120), origin="lower", extent=(-1.2, 1.2, -1.2, 1.2), cmap="cividis")
        ax.set_title(f"unit {k}", fontsize=8.5)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    row[0].set_ylabel(f"hidden layer {depth}\n$x_2$", fontsize=9)
right.supxlabel("$x_1$ (the same plane in every picture; yellow: large output)", fontsize=9)
right.suptitle("What four units of each hidden layer see", fontweight="bold")
plots.show(
    fig,
    "Left: three spiral arms, each on ground of its own colour. Right: eight maps of the plane, the outputs of hidden units. "
    "In the first layer each is a ramp on one side of a straight fold; in the second the regions have corners.",
)


# %% SquaredError
class SquaredError:
    """Mean of (prediction - target)^2 over all numbers of the batch."""

    def forward(self, prediction, target):
        """The mean loss, a number; prediction and target: (batch, outputs)."""
        self.difference = prediction - target
        return np.mean(self.difference**2)

    def backward(self):
        """The gradient by the prediction: (batch, outputs)."""
        return 2 * self.difference / self.difference.size


x_curve, y_curve = (array.astype(np.float64) for array in data.curve())  # (60, 1), (60, 1)
generator = np.random.default_rng(0)
curve_net = Net([new_linear(1, 12, generator), Tanh(), new_linear(12, 1, generator)])
across, drawn = np.linspace(-1.1, 1.1, 200)[:, None], {}


def watch(epoch, losses):
    if epoch in (10, 100, 2000):
        drawn[epoch] = curve_net.forward(across)


curve_losses = train(curve_net, SquaredError(), x_curve, y_curve, 0.1, 2000, 20, generator, watch)
print(f"loss {curve_losses[0]:.3f} in epoch 1, {curve_losses[-1]:.4f} in epoch 2000; the noise has the variance 0.01")

# %% regression-figure
hidden, last = curve_net.layers[0], curve_net.layers[2]
parts = np.tanh(across @ hidden.w + hidden.b) * last.w[:, 0]  # (200, 12): what each unit adds
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9), sharey=True)
left.scatter(x_curve, y_curve, s=14, color="0.6", label="examples")
for (epoch, values), dash, colour in zip(drawn.items(), (":", "--", "-"), plots.PALETTE, strict=False):
    left.plot(across, values, dash, lw=2, color=colour, label=f"after epoch {epoch}")
left.set(title="The network learns a curve", xlabel="x", ylabel="y")
left.legend(frameon=False, fontsize=8.5)
right.plot(across, parts, color=plots.PALETTE[5], lw=1)
right.plot(across, parts.sum(axis=1) + last.b, color=plots.PALETTE[2], lw=2.5, label="their sum, plus b")
right.plot([], [], color=plots.PALETTE[5], lw=1, label="the 12 units, each times its weight")
right.set(title="What it is made of", xlabel="x")
right.legend(frameon=False, fontsize=8.5)
plots.show(
    fig,
    "Left: noisy points along a wave; after 10 epochs the network draws a nearly straight line, after 100 a wave that is too "
    "flat, after 2000 the wave. Right: twelve pieces in light blue, two steep steps upwards and ten gentle slopes downwards, "
    "and their sum, which is the wave.",
)

# %% same-network
generator = np.random.default_rng(0)
mine = Net([new_linear(2, 16, generator), Tanh(), new_linear(16, 2, generator)])
theirs = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2)).double()
with torch.no_grad():
    for layer, twin in ((mine.layers[0], theirs[0]), (mine.layers[2], theirs[2])):
        twin.weight.copy_(torch.tensor(layer.w.T))  # nn.Linear keeps w as (outputs, inputs)
        twin.bias.copy_(torch.tensor(layer.b))
x, y = torch.tensor(x_moons), torch.tensor(y_moons)
optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)

begun = time.perf_counter()
for _ in range(200):
    loss = F.cross_entropy(theirs(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
their_time, their_loss = (time.perf_counter() - begun) / 200, loss.item()
begun = time.perf_counter()
my_loss = train(mine, SoftmaxCrossEntropy(), x_moons, y_moons, 0.5, 200, len(x_moons), generator)[-1]
my_time = (time.perf_counter() - begun) / 200

pairs = [(mine.layers[0].w, theirs[0].weight.T), (mine.layers[0].b, theirs[0].bias)]
pairs += [(mine.layers[2].w, theirs[2].weight.T), (mine.layers[2].b, theirs[2].bias)]
apart = max(np.abs(own - other.detach().numpy()).max() for own, other in pairs)
print(f"loss in step 200: yours {my_loss:.12f}, PyTorch's {their_loss:.12f}")
print(f"largest difference between any two weights: {apart:.0e}")
print(f"milliseconds a step: yours {1000 * my_time:.2f}, PyTorch's {1000 * their_time:.2f}")

# %% results
results = {
    "chain: gradient of w1 by hand": dw1,
    "softmax: gradient at the label, from autograd": gradient[1],
    "witnesses: gradient of w1[0, 0], from autograd": autograd["w1"][0, 0],
    "witnesses: largest difference to autograd": max(to_autograd.values()),
    "blobs: loss of the last epoch": blobs_losses[-1],
    "blobs: accuracy": blobs_accuracy,
    "moons: accuracy of one linear layer": moons_accuracy["one linear layer"],
    "moons: accuracy with 16 tanh units": moons_accuracy["16 tanh units"],
    "moons: loss with 16 tanh units": bent_losses[-1],
    "spiral: accuracy": spiral_accuracy,
    "curve: loss of the last epoch": curve_losses[-1],
    "same network: loss in step 200, the framework's": their_loss,
    "same network: largest difference of a weight": apart,
}
results = {name: float(value) for name, value in results.items()}
for name, value in results.items():
    print(f"{name:<50} {value:.5g}")


# %% value
### BEGIN SOLUTION
class Value:
    """A number that remembers what it was made of, so that it can find its own gradient."""

    def __init__(self, number, sources=()):
        self.number, self.sources, self.grad = number, sources, 0.0  # sources: pairs (value, local slope)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.number + other.number, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.number * other.number, [(self, other.number), (other, self.number)])

    def tanh(self):
        y = np.tanh(self.number)
        return Value(y, [(self, 1 - y**2)])

    def backward(self):
        """Fill in grad for every value that this one was made of."""
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for source, _ in value.sources:
                    visit(source)
                order.append(value)  # after everything that it was made of

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for source, slope in value.sources:
                source.grad += value.grad * slope  # all ways from a value to the loss add up


def as_value(number):
    return number if isinstance(number, Value) else Value(number)


x, w1, w2 = Value(2.0), Value(0.5), Value(2.0)
error = w2 * (w1 * x).tanh() + -1.0
loss = error * error
loss.backward()
print(f"loss {loss.number:.3f}, dw1 {w1.grad:.3f}, dw2 {w2.grad:.3f}, dx {x.grad:.3f}")
### END SOLUTION
