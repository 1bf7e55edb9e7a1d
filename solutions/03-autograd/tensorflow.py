"""Lesson 03, gradients and gradient descent, in TensorFlow."""

# %% imports
import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris

from course import data, plots


# %% first-gradient
x = tf.Variable(2.0)  # a tape follows variables by itself
with tf.GradientTape() as tape:
    y = x**3 - 2 * x  # recorded on the tape
first_slope = tape.gradient(y, x).numpy()

print(f"y     = {y.numpy():4.1f}   by hand: 2^3 - 2*2 = 4")
print(f"dy/dx = {first_slope:4.1f}   by hand: 3*2^2 - 2 = 10")


# %% graph
x, y = tf.constant(3.0), tf.constant(5.0)  # the data: no gradient wanted
w = tf.Variable(2.0)
b = tf.Variable(1.0)

with tf.GradientTape() as tape:
    product = w * x
    prediction = product + b
    error = prediction - y
    loss = error**2

nodes = {"w": w, "product": product, "b": b, "prediction": prediction, "error": error, "loss": loss}
values = {name: float(node) for name, node in nodes.items()} | {"x": float(x), "y": float(y)}
gradients = {name: float(slope) for name, slope in tape.gradient(loss, nodes).items()}
for name in nodes:
    print(f"{name:>10} = {values[name]:4.0f}    d loss / d {name:<10} = {gradients[name]:3.0f}")
print("variables on the tape:", len(tape.watched_variables()))


# %% graph-figure
places = {"w": (0, 2), "x": (0, 0), "product": (2, 1), "b": (2, -1), "prediction": (4, 0), "y": (4, -2)}
places |= {"error": (6, -1), "loss": (8, -1)}
formulas = {"product": "w · x", "prediction": "product + b", "error": "prediction − y", "loss": "error · error"}
# From, to, and the local derivative: how fast the second grows with the first.
edges = [("w", "product", "× 3  (= x)"), ("x", "product", ""), ("product", "prediction", "× 1"), ("b", "prediction", "× 1")]
edges += [("prediction", "error", "× 1"), ("y", "error", ""), ("error", "loss", "× 4\n(= 2 · error)")]

fig, axes = plt.subplots(2, 1, figsize=(9, 7))
for ax, backward in zip(axes, (False, True), strict=True):
    colour = plots.PALETTE[3 if backward else 0]
    for source, target, local in edges:
        if backward and not local:
            continue  # no gradient is wanted for the data
        tail, head = (places[target], places[source]) if backward else (places[source], places[target])
        ax.annotate("", head, tail, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.8, "shrinkA": 33, "shrinkB": 34})
        if backward:
            middle = (head[0] + tail[0]) / 2, (head[1] + tail[1]) / 2 + 0.25 + 0.05 * abs(head[0] - tail[0])
            ax.text(*middle, local, ha="center", va="bottom" if head[1] >= tail[1] else "center", fontsize=9)
    for name, (column, row) in places.items():
        shown = (gradients if backward else values).get(name)
        box = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": colour if shown is not None else "0.7", "lw": 1.5}
        ax.text(column, row, name if shown is None else f"{name}\n{shown:g}", ha="center", va="center", weight="bold", bbox=box)
        if not backward:
            ax.text(column, row + 0.62, formulas.get(name, ""), ha="center", fontsize=9)
    ax.set(xlim=(-0.8, 8.8), ylim=(-2.7, 2.7), xticks=[], yticks=[])
axes[0].set(title="Forward: values", xlabel="computed from left to right")
axes[1].set(title="Backward: derivative of the loss by each node", xlabel="computed from right to left")
plots.show(
    fig,
    "The computational graph of (w x + b - y) squared with w = 2, x = 3, b = 1, y = 5, drawn twice. Forward, values flow "
    "right: product 6, prediction 7, error 2, loss 4. Backward, derivatives flow left, multiplied by the local derivative at "
    "each arrow: 1 at the loss, 4 at error, prediction, product and b, and 12 at w.",
)


# %% price
generator = tf.random.Generator.from_seed(0)
layers = [tf.Variable(generator.normal((512, 512)) / 512**0.5) for _ in range(10)]
batch = generator.normal((64, 512))  # (batch, features)


def run():
    """The loss of one run of the model: ten layers, and the mean square of what comes out."""
    h = batch
    for w in layers:
        h = tf.tanh(h @ w)
    return tf.reduce_mean(h**2)


def run_and_slopes():
    """The gradient of that loss by every weight of all layers."""
    with tf.GradientTape() as tape:
        loss = run()
    return tape.gradient(loss, layers)


def seconds(function, times=15):
    """The median time of a call, after a first call that warms up."""
    clock = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        function()
        clock.append(time.perf_counter() - begun)
    return float(np.median(clock[1:]))


forward_time, both_time = seconds(run), seconds(run_and_slopes)
many = sum(int(tf.size(w)) for w in layers)
print(f"one run of the model:          {1000 * forward_time:6.1f} ms")
print(f"the run and all {many:,} slopes: {1000 * both_time:6.1f} ms, as much as {both_time / forward_time:.1f} runs")
print(f"one weight after another:      {many * forward_time / 3600:6.1f} hours")


# %% control-flow
def double_until_ten(x):
    """Double x until it is at least 10. How often depends on x itself."""
    while x < 10:
        x = 2 * x
    return x


starts = np.linspace(0.4, 12, 400, dtype=np.float32)
ends, slopes = [], []
for number in starts:
    x = tf.Variable(number)
    with tf.GradientTape() as tape:
        y = double_until_ten(x)
    ends.append(float(y))
    slopes.append(float(tape.gradient(y, x)))

x = tf.Variable(0.7)
with tf.GradientTape() as tape:
    y = double_until_ten(x)
doubling_slope = float(tape.gradient(y, x))
print(f"0.7 becomes {float(y):.1f}; its slope is {doubling_slope:.0f}, for four doublings")

fig, (above, below) = plt.subplots(2, 1, figsize=(7, 4.6), sharex=True)
above.plot(starts, ends, ".", ms=2.5, color=plots.PALETTE[0])
above.set(title="A program with a loop, and the slope that autograd finds", ylabel="result")
below.plot(starts, slopes, ".", ms=2.5, color=plots.PALETTE[3])
below.set(xlabel="x", ylabel="slope")
below.set_yscale("log", base=2, subs=[])
below.set_yticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
plots.show(
    fig,
    "Above: the result of doubling x until it is at least 10, a saw between 10 and 20. Below: its slope, a staircase of powers "
    "of two that falls from 32 to 1 as fewer doublings are needed.",
)


# %% surprise
x = tf.constant(2.0)  # a plain tensor, no variable
with tf.GradientTape() as tape:
    y = x**2  # the slope at 2 is 4
print("not watched:", tape.gradient(y, x))

with tf.GradientTape() as tape:
    tape.watch(x)  # the remedy: ask the tape to follow this tensor
    y = x**2
print("watched:    ", tape.gradient(y, x).numpy())

w = tf.Variable(2.0)
for attempt in range(3):
    with tf.GradientTape() as tape:
        loss = w**2
    print(f"tape number {attempt + 1}: gradient {tape.gradient(loss, w).numpy():.0f}")


# %% derivative
def derivative(f, x):
    """Derivative of the elementwise function f at every element of x, a tensor of any shape; result: the same shape."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)  # the gradient of the sum of y, since y is no single number
    ### END SOLUTION


# %% step-size
def curve(x):
    return tf.exp(tf.sin(3 * x))


points = tf.linspace(tf.constant(0, tf.float64), 2, 50)
with tf.GradientTape() as tape:
    tape.watch(points)
    y = curve(points)
exact = tape.gradient(y, points)


def difference_error(dtype, central, h):
    """Relative error of the difference quotient of `curve`, over 50 points together."""
    x = tf.cast(points, dtype)
    estimate = (curve(x + h) - curve(x - h)) / (2 * h) if central else (curve(x + h) - curve(x)) / h
    return float(tf.norm(tf.cast(estimate, tf.float64) - exact) / tf.norm(exact))


step_sizes = [10 ** (k / 4) for k in range(-56, 1)]
fig, ax = plt.subplots(figsize=(8, 4.4))
kinds = [("float32, one-sided", tf.float32, False), ("float32, central", tf.float32, True)]
kinds += [("float64, one-sided", tf.float64, False), ("float64, central", tf.float64, True)]
for i, (name, dtype, central) in enumerate(kinds):
    found = np.array([difference_error(dtype, central, h) for h in step_sizes])
    ax.loglog(step_sizes, found, marker=plots.MARKERS[i], ms=3, lw=1, color=plots.PALETTE[i], label=name)
    print(f"{name:>18}: smallest error {found.min():.0e}, at h = {step_sizes[found.argmin()]:.0e}")
ax.set(title="Too large a step and too small a step are both wrong", xlabel="step size h", ylabel="relative error")
ax.set_ylim(1e-12, 10)
ax.legend(frameon=False, fontsize=9, loc="lower left")
plots.show(
    fig,
    "Relative error of difference quotients against the step size, on logarithmic axes. Each of the four curves is a V: with "
    "small steps rounding noise, with large steps the bend of the function. Central differences in float64 reach deepest, "
    "near h = 1e-5.",
)


# %% numerical_gradient
def numerical_gradient(f, x, h):
    """Central differences, f called only at moved points; x: (n,) float64, f(x): a scalar, result: (n,) float64."""
    ### BEGIN SOLUTION
    steps = h * tf.eye(len(x), dtype=x.dtype)  # row i moves component i
    return tf.stack([(f(x + step) - f(x - step)) / (2 * h) for step in steps])
    ### END SOLUTION


# %% gradient-check
def confusion(logits):
    """Cross-entropy of one example of class 1; logits: (classes,)."""
    return tf.reduce_logsumexp(logits) - logits[1]


def relative_error(a, b):
    return float(tf.norm(a - b) / tf.maximum(tf.norm(a), tf.norm(b)))


logits = tf.constant([1.0, -0.5, 0.3, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(logits)
    loss = confusion(logits)
by_autograd = tape.gradient(loss, logits)
one_hot = tf.one_hot(1, 4, dtype=tf.float64)
right, wrong = tf.nn.softmax(logits) - one_hot, tf.nn.softmax(logits)

witness = numerical_gradient(confusion, logits, 1e-5)
print("numerical gradient:      ", np.round(np.asarray(witness), 4))
print("softmax minus one-hot:   ", np.round(right.numpy(), 4))
for name, candidate in {"autograd": by_autograd, "softmax - one-hot": right, "softmax alone": wrong}.items():
    print(f"relative error of {name:<17}: {relative_error(candidate, witness):.0e}")


# %% by-hand
lr, x = 0.1, 0.0
for step in range(6):
    slope = 2 * (x - 3)
    print(f"step {step}:  x = {x:.4f}   f(x) = {(x - 3) ** 2:.4f}   slope = {slope:+.4f}   next: x - lr * slope")
    x = x - lr * slope


# %% gradient_descent
def gradient_descent(f, x0, lr, steps):
    """Points visited from x0 (n,) downhill on the scalar function f, x0 first; result: (steps + 1, n)."""
    ### BEGIN SOLUTION
    x = tf.Variable(x0)
    path = [x0]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_sub(lr * tape.gradient(loss, x))
        path.append(tf.identity(x))
    return tf.stack(path)
    ### END SOLUTION


# %% bowl-figure
def bowl(p):
    return p[0] ** 2 + 10 * p[1] ** 2


across, up = np.meshgrid(np.linspace(-5, 5, 120), np.linspace(-2.6, 2.6, 120))
fig, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
bowl_loss = {}
for ax, lr in zip(axes, [0.01, 0.09, 0.103], strict=True):
    path = np.asarray(gradient_descent(bowl, tf.constant([-4.0, 0.6]), lr, 25))
    bowl_loss[lr] = bowl(path[-1])
    ax.contour(across, up, bowl([across, up]), levels=np.geomspace(0.3, 60, 12), cmap="cividis", linewidths=0.8)
    ax.plot(*path.T, "o-", ms=3, lw=1.1, color=plots.PALETTE[3])
    ax.plot(0, 0, "*", ms=11, color=plots.PALETTE[0])
    ax.set(title=f"lr = {lr}: loss {bowl_loss[lr]:.3g}", xlabel="$p_1$", xlim=(-5, 5), ylim=(-2.6, 2.6))
axes[0].set_ylabel("$p_2$")
fig.suptitle("25 steps down the same bowl: too timid, quick, too bold", fontweight="bold")
plots.show(
    fig,
    "Three paths of gradient descent over the contours of a long bowl. With lr 0.01 the path creeps and stops half-way; with "
    "0.09 it zigzags across the axis and reaches the bottom; with 0.103 each zigzag is larger than the one before.",
)


# %% valley-figure
def valley(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


path = np.asarray(gradient_descent(valley, tf.constant([-1.2, 1.0]), 0.001, 2000))
valley_loss = np.array([valley(p) for p in path.astype(np.float64)])
across, up = np.meshgrid(np.linspace(-1.6, 1.6, 160), np.linspace(-0.5, 1.7, 160))
fig, (ax, right_ax) = plt.subplots(1, 2, figsize=(11, 4))
ax.contourf(across, up, valley([across, up]), levels=np.geomspace(0.02, 900, 16), cmap="cividis", alpha=0.75, extend="both")
ax.plot(*path.T, "-", lw=2, color=plots.PALETTE[3])
for step in (0, 1, 100, 500, 2000):
    ax.plot(*path[step], "o", ms=5, color="white", mec="black")
    ax.annotate(f"{step}", path[step], xytext=(4, 7), textcoords="offset points", color="white", fontsize=9)
ax.plot(1, 1, "*", ms=13, color="white", mec="black")
ax.set(title="Rosenbrock's valley, with step numbers", xlabel="$p_1$", ylabel="$p_2$")
ax.grid(False)
right_ax.semilogy(valley_loss, color=plots.PALETTE[3])
right_ax.set(title="One step finds the floor, 2,000 do not end it", xlabel="step", ylabel="loss")
plots.show(
    fig,
    "Left: contours of a curved, narrow valley; the path drops to its floor in one step and then follows the bend slowly "
    "towards the star at (1, 1), which it has not reached after 2,000 steps. Right: the loss falls steeply once, then very "
    "slowly.",
)
for step in (0, 1, 100, 200, 2000):
    print(f"step {step:>4}: loss {valley_loss[step]:.4f}")


# %% flowers
flowers = load_iris().data.astype(np.float32)
x = tf.constant(flowers[:, 2])  # petal length in cm, (150,)
y = tf.constant(flowers[:, 3])  # petal width in cm, (150,)
length, width = x.numpy(), y.numpy()
print(f"{len(x)} flowers; length {length.min():.1f} to {length.max():.1f} cm, width {width.min():.1f} to {width.max():.1f} cm")
print(f"mean length {length.mean():.2f} cm, standard deviation {length.std():.2f} cm")


# %% fit_line
def fit_line(x, y, w, b, lr, steps):
    """Numbers w and b after gradient descent on mean((w x + b - y)^2) from the given w and b; x, y: (n,)."""
    ### BEGIN SOLUTION
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(w), float(b)
    ### END SOLUTION


# %% line-figure
def walk(x, lr, steps):
    """Lines (steps + 1, 2) on the way from w = b = 0, by one call of fit_line for each step."""
    path = [(0.0, 0.0)]
    for _ in range(steps):
        path.append(tuple(float(number) for number in fit_line(x, y, *path[-1], lr, 1)))
    return np.array(path)


def mean_squared_error(path, x):
    """Loss of each line in path (k, 2)."""
    return np.mean((path[:, :1] * x + path[:, 1:] - flowers[:, 3]) ** 2, axis=1)


scaled = (x - tf.reduce_mean(x)) / tf.math.reduce_std(x)  # mean 0, standard deviation 1
runs = {"petal length in cm": (x, walk(x, 0.05, 100)), "standardised length": (scaled, walk(scaled, 0.3, 20))}

fig, axes = plt.subplots(1, 3, figsize=(12, 3.9))
axes[0].scatter(x, y, s=10, color="0.6")
for i, steps in enumerate([1, 10, 100]):
    w, b = runs["petal length in cm"][1][steps]
    axes[0].plot(
        [1, 7], [w + b, 7 * w + b], ("--", "-.", "-")[i], color=plots.PALETTE[i], label=f"{steps} step{'s' * (steps > 1)}"
    )
axes[0].set(title="150 iris flowers", xlabel="petal length (cm)", ylabel="petal width (cm)")
axes[0].legend(frameon=False)
for ax, (name, (inputs, path)), (w_range, b_range) in zip(
    axes[1:], runs.items(), [((-0.1, 0.6), (-0.6, 0.5)), ((-0.4, 1.8), (-0.2, 2.0))], strict=True
):
    across, up = np.meshgrid(np.linspace(*w_range, 80), np.linspace(*b_range, 80))
    surface = mean_squared_error(np.column_stack([across.ravel(), up.ravel()]), np.asarray(inputs)).reshape(across.shape)
    ax.contour(
        across, up, surface, levels=np.geomspace(surface.min() * 1.05, surface.max(), 12), cmap="cividis", linewidths=0.8
    )
    ax.plot(*path.T, "o-", ms=2.5, lw=1, color=plots.PALETTE[3])
    ax.plot(*np.polyfit(np.asarray(inputs), flowers[:, 3], 1), "*", ms=12, color=plots.PALETTE[0])
    ax.set(title=f"{name}:\n{len(path) - 1} steps", xlabel="w", ylabel="b")
plots.show(
    fig,
    "Left: petal width against petal length with the line after 1, 10 and 100 steps. Middle: for lengths in cm the loss is a "
    "very long narrow trough over w and b; the path jumps into it and then creeps along it, still short of the star after 100 "
    "steps. Right: for standardised lengths the contours are circles and the path runs straight to the star.",
)
for name, (inputs, path) in runs.items():
    best = np.polyfit(np.asarray(inputs, np.float64), flowers[:, 3].astype(np.float64), 1)
    table = np.column_stack([inputs, np.ones(len(inputs))])
    flattest, steepest = np.linalg.eigvalsh(2 * table.T @ table / len(table))  # second derivatives of the loss
    print(f"{name}: steepness from {flattest:.2f} to {steepest:.2f}")
    print(f"  after {len(path) - 1} steps w = {path[-1, 0]:.4f}, b = {path[-1, 1]:.4f}; ", end="")
    print(f"exact answer w = {best[0]:.4f}, b = {best[1]:.4f}; loss {mean_squared_error(path, np.asarray(inputs))[-1]:.5f}")


# %% batches
def batches(x, y, batch_size, generator):
    """Minibatches (x, y) of one epoch in a new random order; the last one may be smaller."""
    order = tf.argsort(generator.uniform([len(x)]))
    for first in range(0, len(x), batch_size):
        rows = order[first : first + batch_size]
        yield tf.gather(x, rows), tf.gather(y, rows)


generator = tf.random.Generator.from_seed(0)
print("sizes of the minibatches of one epoch:", [len(x_batch) for x_batch, _ in batches(scaled, y, 40, generator)])


# %% minibatch-figure
def minibatch_walk(batch_size, epochs, lr=0.05):
    """Lines (updates + 1, 2) on the way from w = b = 0, one step of fit_line for each minibatch."""
    generator = tf.random.Generator.from_seed(1)
    path = [(0.0, 0.0)]
    for _ in range(epochs):
        for x_batch, y_batch in batches(scaled, y, batch_size, generator):
            path.append(tuple(float(number) for number in fit_line(x_batch, y_batch, *path[-1], lr, 1)))
    return np.array(path)


epochs = 8
fig, (ax, right_ax) = plt.subplots(1, 2, figsize=(11, 4))
across, up = np.meshgrid(np.linspace(-0.2, 1.15, 80), np.linspace(-0.2, 1.6, 80))
surface = mean_squared_error(np.column_stack([across.ravel(), up.ravel()]), np.asarray(scaled)).reshape(across.shape)
ax.contour(across, up, surface, levels=np.geomspace(surface.min() * 1.05, surface.max(), 12), cmap="cividis", linewidths=0.8)
batch_loss = {}
for i, batch_size in enumerate([1, 15, 150]):
    path = minibatch_walk(batch_size, epochs)
    losses = mean_squared_error(path, np.asarray(scaled))
    batch_loss[batch_size] = losses[-1]
    style = {"color": plots.PALETTE[(5, 1, 7)[i]], "marker": plots.MARKERS[i], "ms": (1.5, 3, 4)[i], "lw": 1}
    ax.plot(*path.T, **style, label=f"batch size {batch_size}")
    seen = np.arange(len(losses)) * batch_size / len(scaled)
    right_ax.semilogy(seen, losses, **style, markevery=max(1, 15 // batch_size), label=f"batch size {batch_size}")
    print(f"batch size {batch_size:>3}: {len(path) - 1:>4} updates, loss of all flowers {losses[-1]:.4f}")
ax.set(title=f"The way of (w, b) in {epochs} epochs", xlabel="w", ylabel="b")
right_ax.set(
    title="The same effort, measured in examples", xlabel="epochs (passes over the data)", ylabel="loss of all flowers"
)
right_ax.legend(frameon=False)
plots.show(
    fig,
    "Left: paths over the loss contours for batch sizes 1, 15 and 150: a straight slow line for all 150, a slightly wavering "
    "one for 15, and for single examples a quick path that ends in a cloud around the minimum. Right: loss against epochs: "
    "smaller batches fall sooner; batch size 1 keeps jumping up and down.",
)


# %% train_linear_classifier
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    """Softmax regression by minibatch descent from zero weights; x: (n, features), y: (n,) int64.

    Returns w (features, classes) and b (classes,).
    """
    ### BEGIN SOLUTION
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b  # (batch, classes)
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return tf.identity(w), tf.identity(b)
    ### END SOLUTION


# %% boundary
def accuracy(x, y, w, b):
    """Share of examples whose largest logit is that of their class."""
    return float(np.mean(tf.argmax(x @ w + b, axis=1) == y))


fig, axes = plt.subplots(1, 2, figsize=(11, 4.4))
plane_accuracy = {}
clouds = {"three clouds": (data.blobs(300, 3, spread=1.3, seed=10), 3), "two half moons": (data.moons(300), 2)}
for ax, (name, ((x_np, y_np), classes)) in zip(axes, clouds.items(), strict=True):
    x, y = tf.constant(x_np), tf.constant(y_np)
    # A batch size of all the examples, so that the order does not matter and both tracks agree to the last digits.
    w, b = train_linear_classifier(x, y, classes, 0.3, 300, len(x), tf.random.Generator.from_seed(0))
    plane_accuracy[name] = accuracy(x, y, w, b)
    plots.decision_boundary(ax, lambda grid, w=w, b=b: tf.argmax(grid @ w + b, axis=1).numpy(), x_np, y_np)
    ax.set_title(f"{name}: accuracy {plane_accuracy[name]:.3f}")
    ax.legend(loc="best", fontsize=8)
plots.show(
    fig,
    "Two planes coloured by predicted class. Left: three clouds of points, separated by straight borders that meet in a point. "
    "Right: two interleaved half moons, cut by one straight line that leaves the tip of each moon on the wrong side.",
)


# %% digits
(x_np, y_np), (x_test_np, y_test_np) = data.split(*data.digits())
x, y, x_test, y_test = (tf.constant(array) for array in (x_np, y_np, x_test_np, y_test_np))

digits = {}
for batch_size in (len(x), 32):
    w, b = train_linear_classifier(x, y, 10, 0.2, 20, batch_size, tf.random.Generator.from_seed(0))
    loss = float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, x @ w + b)))
    digits[batch_size] = {"loss": loss, "accuracy": accuracy(x_test, y_test, w, b)}
    updates = 20 * -(-len(x) // batch_size)
    print(f"batch size {batch_size:>4}: {updates:>3} updates, training loss {loss:.3f}, ", end="")
    print(f"accuracy on {len(x_test)} digits never seen {digits[batch_size]['accuracy']:.3f}")

fig, axes = plt.subplots(2, 5, figsize=(9, 4.3), sharex=True, sharey=True)
limit = np.abs(w).max()
for k, ax in enumerate(axes.flat):
    image = ax.imshow(tf.reshape(w[:, k], [8, 8]), cmap="PuOr", vmin=-limit, vmax=limit)
    ax.set_title(f"votes for {k}", fontsize=9)
    ax.grid(False)
fig.suptitle("What the classifier has learned: one weight for each pixel and class", fontweight="bold")
fig.supxlabel("pixel column")
fig.supylabel("pixel row")
fig.colorbar(image, ax=axes, label="weight", shrink=0.85)
plots.show(
    fig,
    "Ten images of 8 by 8 weights, one for each digit. For 0 the middle is strongly negative, because ink there speaks "
    "against a zero; the others show blurred strokes of their digit as positive weights and the strokes of rivals as negative "
    "ones.",
)


# %% stop
u = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as tape:
    products = {"u * u": u * u, "u * stop(u)": u * tf.stop_gradient(u)}
for name, product in products.items():
    print(f"{name:<12} value {product.numpy():.0f}, derivative {tape.gradient(product, u).numpy():.0f}")

three = tf.Variable([0.2, 0.7, 1.4])
with tf.GradientTape(persistent=True) as tape:
    rounded = tf.round(three)
    passed = three + tf.stop_gradient(tf.round(three) - three)
for name, y in {"round(x)": rounded, "x + stop(round(x) - x)": passed}.items():
    print(f"{name:<23} values {y.numpy()}, derivatives {tape.gradient(y, three)}")


# %% stop_gradient_branch
def stop_gradient_branch(f, g, x):
    """Derivative of f(x) * stop(g(x)) at every element of x, f and g elementwise; result: the shape of x."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = f(x) * tf.stop_gradient(g(x))
    return tape.gradient(product, x)
    ### END SOLUTION


# %% results
# Both tracks print these, and agree to a relative 0.00001. What depends on shuffling is left out: each framework has its own
# random numbers.
results = {
    "slope of x^3 - 2x at 2": float(first_slope),
    "d loss / d w in the graph": gradients["w"],
    "d loss / d b in the graph": gradients["b"],
    "slope of the doubling loop at 0.7": doubling_slope,
    "slope of exp(sin 3x) at 0": float(exact[0]),
    "numerical gradient, first component": float(witness[0]),
    "bowl after 25 steps, lr 0.01": float(bowl_loss[0.01]),
    "bowl after 25 steps, lr 0.09": float(bowl_loss[0.09]),
    "bowl after 25 steps, lr 0.103": float(bowl_loss[0.103]),
    "valley after 2000 steps": float(valley_loss[2000]),
    "line: w after 100 steps": float(runs["petal length in cm"][1][-1, 0]),
    "line: b after 100 steps": float(runs["petal length in cm"][1][-1, 1]),
    "line, full batch, 8 epochs: loss": float(batch_loss[150]),
    "three clouds: accuracy": plane_accuracy["three clouds"],
    "two half moons: accuracy": plane_accuracy["two half moons"],
    "digits, full batch: training loss": digits[len(x_np)]["loss"],
    "digits, full batch: accuracy": digits[len(x_np)]["accuracy"],
}
for name, value in results.items():
    print(f"{name:<38} {value:.6g}")


# %% descend_faster
def descend_faster(f, x0, evaluations):
    """A point (n,) that lies low on f, reached from x0 with at most that many gradient evaluations."""
    ### BEGIN SOLUTION
    # Momentum: a ball that keeps most of its speed crosses the valley less often and runs along it faster. After 200
    # evaluations the valley's loss is 0.11, against 3.46 for plain descent; with 0.95 for 0.9 it is 0.0003.
    x, speed = tf.Variable(x0), tf.zeros_like(x0)
    for _ in range(evaluations):
        with tf.GradientTape() as tape:
            loss = f(x)
        speed = 0.9 * speed - 0.0007 * tape.gradient(loss, x)
        x.assign_add(speed)
    return tf.identity(x)
    ### END SOLUTION
