"""Lesson 02, learning as minimising a loss, in TensorFlow."""

# %% imports
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib.ticker import PercentFormatter
from sklearn.datasets import load_iris

from course import data, plots

# %% model
iris = load_iris()
x = tf.constant(iris.data[:, 2], dtype=tf.float32)  # (flowers,): length of a petal in cm
y = tf.constant(iris.data[:, 3], dtype=tf.float32)  # (flowers,): its width in cm


def line(x, w, b):
    """Predicted widths, in the shape of x."""
    return w * x + b


for w, b in [(0.0, 1.2), (0.5, 0.0), (0.5, -0.7), (0.42, -0.375)]:
    loss = tf.reduce_mean((line(x, w, b) - y) ** 2)  # ()
    print(f"theta = (w {w:5.2f}, b {b:6.3f})   loss {loss:.3f}")

# %% search
w_grid = tf.linspace(-0.5, 1.5, 201)  # steps of 0.01
b_grid = tf.linspace(-4.0, 3.0, 281)  # steps of 0.025


def search(x, y, penalty):
    """The pair (w, b) of the grid with the smallest mean penalty, that loss, and the losses (201, 281) of all pairs."""
    errors = line(x, w_grid[:, None, None], b_grid[:, None]) - y  # (201, 281, flowers)
    losses = tf.reduce_mean(penalty(errors), axis=2)
    # argmin counts through the flattened table, row by row: divmod gives back row and column.
    i, j = divmod(int(tf.argmin(tf.reshape(losses, [-1]))), len(b_grid))
    return float(w_grid[i]), float(b_grid[j]), float(losses[i, j]), losses


w, b, loss, losses = search(x, y, tf.square)
clean_squared = (w, b, loss)
print(f"best of {tf.size(losses):,} pairs: w {w:.3f}, b {b:.3f}, loss {loss:.4f}")

# %% surface-figure
trials = [(0.0, 1.2), (0.5, 0.0), (0.5, -0.7), (w, b)]
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4), gridspec_kw={"wspace": 0.06})
surface = left.contourf(w_grid, b_grid, tf.transpose(losses), levels=np.geomspace(0.04, 60, 16), norm="log", cmap="cividis")
fig.colorbar(surface, ax=left, label="loss", ticks=[0.05, 0.5, 5, 50], format="%g")
right.plot(x, y, "o", ms=4, mfc="none", color="0.5", label="a flower")
ends = tf.constant([0.8, 7.0])
for (w_try, b_try), colour, marker in zip(trials, plots.PALETTE[1:5], "s^Do", strict=True):
    left.plot(w_try, b_try, marker, ms=9, color=colour, mec="white")
    right.plot(ends, line(ends, w_try, b_try), marker=marker, ms=7, color=colour, lw=2)
left.set(title="A point is a pair (w, b)", xlabel="w", ylabel="b")
right.set(title="A pair (w, b) is a line", xlabel="petal length (cm)", ylabel="petal width (cm)", ylim=(-0.6, 3.6))
right.legend(frameon=False)
plots.show(
    fig,
    "Left: the loss over the plane of w and b, a long dark valley running from upper left to lower right, with four marked "
    "points, one of them at its bottom. Right: the four lines of these points over the measured petals; the last one runs "
    "through the middle of them.",
)

# %% penalties
minutes = tf.constant([2.0, 3.0, 4.0, 5.0, 36.0])  # five waits for the bus; one bus broke down
guesses = tf.linspace(0.0, 40.0, 401)  # steps of 0.1
errors = guesses[:, None] - minutes  # (401, 5)
squared, absolute = tf.reduce_mean(errors**2, axis=1), tf.reduce_mean(tf.abs(errors), axis=1)  # (401,), (401,)
best_squared, best_absolute = float(guesses[tf.argmin(squared)]), float(guesses[tf.argmin(absolute)])
print(f"smallest mean squared error  at {best_squared:4.1f};   the mean   is {tf.reduce_mean(minutes):.1f}")
print(f"smallest mean absolute error at {best_absolute:4.1f};   the median is {np.median(minutes):.1f}")


def huber(errors, delta=0.5):
    """Half the square of small errors, and a straight line with the same slope beyond delta; in the shape of errors."""
    size = tf.abs(errors)
    return tf.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta))


# %% penalties-figure
e = tf.linspace(-3.0, 3.0, 301)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7), gridspec_kw={"wspace": 0.06})
curves = {"squared": e**2, "absolute": tf.abs(e), "Huber, δ = 0.5": huber(e)}
for (name, curve), style in zip(curves.items(), ("-", "--", "-."), strict=True):
    left.plot(e, curve, style, lw=2, label=name)
left.set(title="What an error costs", xlabel="error", ylabel="penalty", ylim=(0, 5))
left.legend(frameon=False, loc="upper center")
for (name, curve), style in zip({"squared": squared, "absolute": absolute}.items(), ("-", "--"), strict=True):
    k = tf.argmin(curve)
    right.plot(guesses, curve / curve[k], style, lw=2, label=name)
    right.plot(guesses[k], 1, "o", ms=8, color=right.lines[-1].get_color())
right.plot(minutes, 0.75 * tf.ones_like(minutes), "|", ms=14, mew=2, color="black")
right.text(37, 0.86, "the five waits", ha="right", fontsize=9)
right.set(title="One guess for five waits", xlabel="guess (minutes)", ylabel="mean loss / its minimum", ylim=(0.6, 3.2))
right.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.05, 1))
plots.show(
    fig,
    "Left: penalty against error. The square rises ever more steeply, the absolute value as a straight line; Huber's loss is "
    "round at the bottom and straight beyond one half. Right: mean loss of one guess for the waits 2, 3, 4, 5 and 36. The "
    "squared one is smallest at 10, where no wait is near, the absolute one at 4, among the four short waits.",
)

# %% outliers
slips = [83, 115, 103, 104, 135]  # five flowers whose decimal point was forgotten: 2.3 became 23
y_slipped = tf.tensor_scatter_nd_update(y, [[i] for i in slips], 10 * tf.gather(y, slips))
fits = {}
for name, penalty in {"squared": tf.square, "absolute": tf.abs, "Huber": huber}.items():
    before, after = search(x, y, penalty), search(x, y_slipped, penalty)
    fits[name] = after[:2]
    print(f"{name:8}  clean: w {before[0]:.2f}, b {before[1]:6.3f}    with five slips: w {after[0]:.2f}, b {after[1]:6.3f}")

# %% outliers-figure
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.9), gridspec_kw={"wspace": 0.06})
good = np.setdiff1d(np.arange(len(x)), slips)
for ax in axes:
    ax.plot(tf.gather(x, good), tf.gather(y_slipped, good), "o", ms=4, mfc="none", color="0.5", label="145 good flowers")
    ax.plot(tf.gather(x, slips), tf.gather(y_slipped, slips), "X", ms=8, color="black", label="5 slips")
    ax.plot(ends, line(ends, *clean_squared[:2]), ":", lw=2, color="black", label="squared, clean data")
    for (name, fit), style in zip(fits.items(), ("-", "--", "-."), strict=True):
        ax.plot(ends, line(ends, *fit), style, lw=2, label=name)
    ax.set(xlabel="petal length (cm)", ylabel="petal width (cm)")
axes[0].set(title="Five slips among 150 flowers")
axes[0].legend(frameon=False, fontsize=8.5, loc="center left", bbox_to_anchor=(0, 0.66))
axes[1].set(title="The same, enlarged", ylim=(-0.7, 4.5))
plots.show(
    fig,
    "The petals with five widths ten times too large, far above the others. Enlarged, the line of the squared error runs "
    "above almost all good flowers at its right end; the lines of the absolute error and of Huber's loss still run through "
    "the middle of them.",
)

# %% scores
logits = tf.constant([[2.0, 1.0, 0.1], [-1.0, -3.0, -2.0], [0.3, 0.2, 0.4], [1.0, 4.0, 3.0]])  # (batch, classes)
labels = tf.constant([0, 0, 1, 2], dtype=tf.int64)  # (batch,)
predicted = tf.argmax(logits, axis=1)  # (batch,)
for row, label, guess in zip(logits.numpy(), labels.numpy(), predicted.numpy(), strict=True):
    print("logits", "".join(f"{z:5.1f}" for z in row), f"  label {label}   predicted {guess}   0-1 loss {int(guess != label)}")


# %% zero_one_loss
def zero_one_loss(logits, labels):
    """Share of wrong predictions, a float (): logits (batch, classes), labels (batch,) integers."""
    ### BEGIN SOLUTION
    wrong = tf.argmax(logits, axis=1) != labels  # (batch,)
    return tf.reduce_mean(tf.cast(wrong, tf.float32))
    ### END SOLUTION


# %% staircase
lengths, kinds = x[50:], tf.constant(iris.target[50:] - 1)  # (100,), (100,): versicolor 0, virginica 1
w = 3.0
b_values = tf.linspace(-22.005, -8.005, 1401)  # steps of 0.01
z = w * lengths + b_values[:, None]  # (1401, 100)
zero_one = tf.reduce_mean(tf.cast((z > 0) != (kinds == 1), tf.float32), axis=1)  # (1401,)
signs = 2.0 * tf.cast(kinds, tf.float32) - 1  # (100,): -1 or +1
logistic = tf.reduce_mean(tf.nn.softplus(-signs * z), axis=1)  # (1401,): softplus(a) is log(1 + exp(a))
for name, curve in {"0-1": zero_one, "logistic": logistic}.items():
    flat = tf.reduce_mean(tf.cast(curve[1:] == curve[:-1], tf.float32))
    values = len(tf.unique(curve).y)
    print(f"{name:8} loss: {values:4} values, flat in {flat:.0%} of the steps, smallest {tf.reduce_min(curve):.4f}")

# %% staircase-figure
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7), gridspec_kw={"wspace": 0.06})
for ax in (left, right):
    ax.plot(b_values, logistic, "--", lw=2, color=plots.PALETTE[1], label="logistic loss")
    ax.plot(b_values, zero_one, lw=1.6, color=plots.PALETTE[0], label="0-1 loss")
    ax.set(xlabel="b", ylabel="mean loss of 100 flowers")
left.set(title="Two losses of the same model", ylim=(0, 1.2))
left.legend(frameon=False)
right.set(title="Enlarged: stairs, and a slope", xlim=(-16.2, -13), ylim=(0, 0.42))
right.annotate("flat: which way is down?", (-15.15, 0.097), (-16.1, 0.03), arrowprops={"arrowstyle": "->"}, fontsize=9)
plots.show(
    fig,
    "Mean 0-1 loss and mean logistic loss against b. The logistic loss is a smooth bowl. The 0-1 loss has its valley at about "
    "the same place, but enlarged it turns out to be a staircase of level steps.",
)

# %% margins
for margin in (-4.0, -1.0, 0.0, 1.0, 4.0):
    loss = tf.nn.softplus(-margin)
    print(f"margin {margin:4.1f}   0-1 loss {int(margin <= 0)}   logistic loss {loss:.4f}   probability {tf.exp(-loss):.4f}")

# %% margins-figure
margin = tf.linspace(-4.0, 4.0, 401)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7), gridspec_kw={"wspace": 0.06})
left.plot(margin, tf.cast(margin <= 0, tf.float32), lw=2, label="0-1")
left.plot(margin, tf.nn.softplus(-margin), "--", lw=2, label="logistic")
left.plot(margin, tf.nn.softplus(-margin) / np.log(2), ":", lw=2, label="logistic / log 2")
left.set(title="Losses against the margin", xlabel="margin: how far on the right side", ylabel="loss")
left.legend(frameon=False)
right.plot(margin, tf.sigmoid(margin), lw=2, color=plots.PALETTE[2])
right.set(title="The sigmoid: a logit as a probability", xlabel="logit z", ylabel="p = 1 / (1 + exp(-z))")
plots.show(
    fig,
    "Left: the 0-1 loss falls from 1 to 0 in one step where the margin is 0; the logistic loss falls smoothly through 0.69 "
    "there, and divided by log 2 it lies nowhere below the 0-1 loss. Right: the S-shaped sigmoid from 0 to 1, one half at 0.",
)

# %% temperature
names = ["cat", "zebra", "dog", "bird"]
animal = tf.constant([[2.0, 1.0, 0.1, -1.0]])  # (1, classes)
print("powers    ", tf.exp(animal).numpy().round(3))
print("softmax   ", tf.nn.softmax(animal).numpy().round(3))
print("all + 100 ", tf.nn.softmax(animal + 100).numpy().round(3))
print("all * 2   ", tf.nn.softmax(animal * 2).numpy().round(3))
print("twice     ", tf.nn.softmax(tf.nn.softmax(animal)).numpy().round(3))
cat, zebra = tf.nn.softmax(animal)[0, :2]
print(f"log(p/q) of cat and zebra: {tf.math.log(cat / zebra):.3f}")

# %% temperature-figure
fig, axes = plt.subplots(1, 4, figsize=(9.6, 2.9), sharey=True)
for ax, temperature, colour in zip(axes, (0.25, 1.0, 4.0, 100.0), plots.PALETTE, strict=False):
    p = tf.nn.softmax(animal / temperature)[0]  # (classes,)
    bars = ax.bar(names, p, color=colour)
    ax.bar_label(bars, fmt="%.2f", fontsize=9)
    ax.set(title=f"T = {temperature:g}", xlabel="class", ylim=(0, 1.1))
axes[0].set_ylabel("probability")
fig.suptitle("softmax(logits / T): the same logits, cold and hot", fontweight="bold")
plots.show(
    fig,
    "Four bar charts of the same four classes. At temperature 0.25 the cat has 0.98 of the probability; at 1 it has 0.64; at 4 "
    "the classes are closer, 0.35 to 0.16; at 100 all have a quarter.",
)

# %% overflow
for value in (10.0, 88.0, 89.0, -10.0, -87.0, -104.0):
    print(f"exp({value:6.1f}) = {tf.exp(value):.3g}")
extreme = tf.constant([[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4]])  # (batch, classes)
powers = tf.exp(extreme)
print("exp(z) / sum(exp(z))", *(powers / tf.reduce_sum(powers, axis=1, keepdims=True)).numpy())
print("the framework's own ", *tf.nn.softmax(extreme).numpy().round(3))


# %% softmax
def softmax(logits):
    """Probabilities (batch, classes) of logits (batch, classes): each row sums to 1, for logits of any size."""
    ### BEGIN SOLUTION
    powers = tf.exp(logits - tf.reduce_max(logits, axis=1, keepdims=True))  # (batch, classes), each in 0..1
    return powers / tf.reduce_sum(powers, axis=1, keepdims=True)
    ### END SOLUTION


# %% likelihood
p = tf.constant([0.7, 0.5, 0.1])  # what a model gave to the right class of three examples
product, costs = tf.reduce_prod(p), -tf.math.log(p)
print(f"product {product:.4f}   -log of it {-tf.math.log(product):.4f}")
print("-log p of each", costs.numpy().round(4), f"  sum {tf.reduce_sum(costs):.4f}   mean {tf.reduce_mean(costs):.4f}")
many = tf.fill([1000], 0.7)
mean_cost = -tf.reduce_mean(tf.math.log(many))
print(f"1,000 examples with p = 0.7: product {tf.reduce_prod(many):.4g}, mean of -log p {mean_cost:.4f}")

# %% likelihood-figure
grid = tf.linspace(0.002, 1.0, 500)
fig, ax = plt.subplots(figsize=(7.2, 3.8))
ax.plot(grid, -tf.math.log(grid), lw=2, label="-log p")
ax.plot(grid, 1 - grid, "--", lw=2, label="1 - p")
ax.plot(grid, (1 - grid) ** 2, "-.", lw=2, label="(1 - p)²")
for value, cost in zip(p.numpy(), costs.numpy(), strict=True):
    ax.plot(value, cost, "o", ms=8, color=plots.PALETTE[0])
    ax.annotate(f"p = {value:.1f} costs {cost:.2f}", (value, cost), (8, 6), textcoords="offset points", fontsize=9)
ax.set(title="What a probability p for the right class costs", xlabel="p", ylabel="loss", xlim=(-0.02, 1.02), ylim=(-0.1, 6.3))
ax.legend(frameon=False)
plots.show(
    fig,
    "Loss against the probability p of the right class. -log p climbs without limit as p goes to 0 and is marked 0.36 at 0.7, "
    "0.69 at 0.5 and 2.30 at 0.1. 1 - p and its square stay below 1.",
)

# %% log-sum-exp
z = tf.constant([1000.0, 999.0, 0.0])
c = tf.reduce_max(z)
print(f"log(sum(exp(z)))         {tf.math.log(tf.reduce_sum(tf.exp(z))):.4f}")
print(f"c + log(sum(exp(z - c))) {c + tf.math.log(tf.reduce_sum(tf.exp(z - c))):.4f}")
far = tf.constant([[0.0, -120.0]])
print("log(softmax):", tf.math.log(tf.nn.softmax(far)).numpy(), "  log_softmax:", tf.nn.log_softmax(far).numpy())
print(f"cost of a probability of 1e-7: {-np.log(1e-7):.4f}")


# %% log_softmax
def log_softmax(logits):
    """Logarithms (batch, classes) of the softmax of logits (batch, classes), finite for logits of any size."""
    ### BEGIN SOLUTION
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)  # (batch, classes), at most 0
    return shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1, keepdims=True))
    ### END SOLUTION


# %% cross_entropy
def cross_entropy(logits, labels):
    """Mean of -log p of the labels, a float (): logits (batch, classes), labels (batch,) integers."""
    ### BEGIN SOLUTION
    log_p = tf.nn.log_softmax(logits)  # (batch, classes)
    return -tf.reduce_mean(tf.gather(log_p, labels, axis=1, batch_dims=1))
    ### END SOLUTION


# %% own-losses
logits = tf.constant([[2.0, 0.5, -1.0], [0.0, 3.0, 0.0]])  # (batch, classes)
labels = tf.constant([0, 2], dtype=tf.int64)  # (batch,)
from_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # the labels come first
from_probabilities = keras.losses.SparseCategoricalCrossentropy()  # the default
own_loss = from_logits(labels, logits)
of_each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)  # (batch,)
print(f"right   from_logits=True, logits                {own_loss:.4f}")
print(f"right   default, tf.nn.softmax(logits)          {from_probabilities(labels, tf.nn.softmax(logits)):.4f}")
print(f"right   mean of tf.nn.sparse_softmax_...        {tf.reduce_mean(of_each):.4f}")
twice = from_logits(labels, tf.nn.softmax(logits))
print(f"wrong   from_logits=True, tf.nn.softmax(logits) {twice:.4f}   no error, no warning")
print(f"wrong   default, logits                         {from_probabilities(labels, logits):.4f}   no error, no warning")

perfect, ten = 100 * tf.eye(10), tf.range(10)  # ten surely right examples of ten classes
floor = from_logits(ten, tf.nn.softmax(perfect))
print(f"ten perfect examples: {from_logits(ten, perfect):.4f}, and with softmax twice {floor:.4f}")
wrong = tf.roll(perfect, 1, axis=0)
capped = from_probabilities(ten, tf.nn.softmax(wrong))
print(f"ten surely wrong examples: {from_logits(ten, wrong):.4f}, and from probabilities {capped:.4f}")

# %% mean-and-sum
summed = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
for copies in (1, 10, 100):
    many_logits, many_labels = tf.tile(logits, [copies, 1]), tf.tile(labels, [copies])  # (2 * copies, classes), (2 * copies,)
    mean, total = from_logits(many_labels, many_logits), summed(many_labels, many_logits)
    print(f"{len(many_labels):4} examples: mean {mean:.4f}   sum {total:9.4f}")

# %% confident
z = tf.constant([0.0, 5.0, 10.0, 15.0, 20.0, 50.0, 100.0])  # more and more sure of class 1
y0 = tf.zeros_like(z)  # and the truth is class 0
p = tf.sigmoid(z)
naive, clipped = -tf.math.log(1 - p), -tf.math.log(1 - tf.clip_by_value(p, 1e-7, 1 - 1e-7))
overflowing = tf.math.log(1 + tf.exp(z))
stable = tf.nn.sigmoid_cross_entropy_with_logits(labels=y0, logits=z)
print("    z        1 - p   -log(1 - p)   clipped   log(1 + exp(z))   with logits")
for row in zip(z, 1 - p, naive, clipped, overflowing, stable, strict=True):
    print("{:5.0f}   {:10.3e}   {:11.4f}   {:7.4f}   {:15.4f}   {:11.4f}".format(*row))

# %% confident-figure
wide, near = tf.linspace(-5.0, 110.0, 2000), tf.linspace(10.0, 18.0, 2000)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4), gridspec_kw={"wspace": 0.06})
for ax, z in ((left, wide), (right, near)):
    q = 1 - tf.sigmoid(z)
    ax.plot(z, tf.nn.softplus(z), lw=5, color="0.8", label="stable, with logits")
    if ax is left:
        ax.plot(z, tf.math.log(1 + tf.exp(z)), "--", lw=1.8, color=plots.PALETTE[2], label="log(1 + exp(z))")
        ax.plot(z, -tf.math.log(tf.maximum(q, 1e-7)), "-.", lw=1.8, color=plots.PALETTE[3], label="clipped at 1e-7")
    ax.plot(z, -tf.math.log(q), lw=1.6, color=plots.PALETTE[0], label="-log(1 - p)")
    ax.set(xlabel="logit z, when the label is 0", ylabel="loss")
for end, place, colour in ((17, (36, 3), plots.PALETTE[0]), (89, (66, 56), plots.PALETTE[2])):
    left.plot(end, end, "x", ms=9, mew=2, color=colour)
    left.annotate("infinite from here on", (end, end), place, color=colour, fontsize=9, arrowprops={"arrowstyle": "->"})
left.set(title="Four ways to the same loss")
left.legend(frameon=False, loc="upper left")
right.set(title="Enlarged: 1 - p runs out of digits")
right.legend(frameon=False)
plots.show(
    fig,
    "Loss of a wrong example against its logit z, in float32. The stable form is a straight line up to 110. -log(1 - p) breaks "
    "off at 17, log(1 + exp(z)) at 89, and the clipped form stays level at 16. Enlarged between 10 and 18, -log(1 - p) becomes "
    "a coarse staircase before it ends.",
)


# %% binary_cross_entropy_with_logits
def binary_cross_entropy_with_logits(z, y):
    """Mean loss, a float (): logits z (batch,) of any size, targets y (batch,) of 0.0 and 1.0."""
    ### BEGIN SOLUTION
    losses = tf.maximum(z, 0) - z * y + tf.math.log1p(tf.exp(-tf.abs(z)))  # (batch,)
    return tf.reduce_mean(losses)
    ### END SOLUTION


# %% digits
(x_train, y_train), (x_test, y_test) = data.split(*data.digits())  # (1348, 64), (1348,), (449, 64), (449,)
x_train, y_train, x_test, y_test = (tf.constant(array) for array in (x_train, y_train, x_test, y_test))
means = tf.stack([tf.reduce_mean(x_train[y_train == k], axis=0) for k in range(10)])  # (classes, 64)
w, b = 2 * tf.transpose(means), -tf.reduce_sum(means**2, axis=1)  # (64, classes), (classes,)
logits_train, logits_test = x_train @ w + b, x_test @ w + b  # (1348, classes), (449, classes)

digits_error, digits_loss = zero_one_loss(logits_test, y_test), cross_entropy(logits_test, y_test)
print(f"guessing: 0-1 loss {0.9:.4f}, cross-entropy log 10 = {np.log(10):.4f}")
errors = round(float(digits_error) * len(y_test))
print(f"nearest mean: 0-1 loss {digits_error:.4f} ({errors} of {len(y_test)}), cross-entropy {digits_loss:.4f}")
print("parameters:", int(tf.size(w) + tf.size(b)))


# %% large-pixels
def rows_with_nan(probabilities):
    """How many rows of probabilities (batch, classes) hold a NaN."""
    return tf.math.count_nonzero(tf.reduce_any(tf.math.is_nan(probabilities), axis=1)).numpy()


large = logits_test * 255**2  # what the same model gives when pixels run from 0 to 255
powers = tf.exp(large)
raw = powers / tf.reduce_sum(powers, axis=1, keepdims=True)
print(f"largest logit {tf.reduce_max(large):,.0f}")
lost, own_lost = rows_with_nan(raw), rows_with_nan(softmax(large))
print(f"rows with NaN of {len(large)}: {lost} by exp(z) / sum(exp(z)), {own_lost} by your softmax")
print(f"0-1 loss {zero_one_loss(large, y_test):.4f}, cross-entropy {cross_entropy(large, y_test):,.1f}")

# %% digits-temperature
temperatures = tf.constant(np.geomspace(0.05, 10, 93), dtype=tf.float32)
train_loss = tf.stack([cross_entropy(logits_train / t, y_train) for t in temperatures])  # (93,)
test_loss = tf.stack([cross_entropy(logits_test / t, y_test) for t in temperatures])
test_error = tf.stack([zero_one_loss(logits_test / t, y_test) for t in temperatures])
best = tf.argmin(train_loss)
best_t = float(temperatures[best])
print(f"least training loss at T = {best_t:.3f}: held-out cross-entropy {test_loss[best]:.4f}, 0-1 loss {test_error[best]:.4f}")
print(f"held-out cross-entropy at T = 0.05: {test_loss[0]:.4f}, at T = 10: {test_loss[-1]:.4f}")
print(f"0-1 loss over all temperatures: {tf.reduce_min(test_error):.4f} to {tf.reduce_max(test_error):.4f}")

# %% digits-temperature-figure
fig, ax = plt.subplots(figsize=(7.2, 3.8))
ax.semilogx(temperatures, train_loss, lw=2, label="cross-entropy, training")
ax.semilogx(temperatures, test_loss, "--", lw=2, label="cross-entropy, held out")
ax.semilogx(temperatures, test_error, "-.", lw=2, label="0-1 loss, held out")
ax.plot(best_t, train_loss[best], "o", ms=8, color=plots.PALETTE[0])
ax.axhline(np.log(10), ls=":", color="0.4")
ax.text(0.052, np.log(10) + 0.04, "guessing: log 10", fontsize=9, color="0.3")
ax.set(title="One model, 93 temperatures", xlabel="temperature T", ylabel="mean loss", ylim=(0, 2.6))
ax.set_xticks([0.1, 0.5, 1, 5, 10], ["0.1", "0.5", "1", "5", "10"])
ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.45, 0.85))
plots.show(
    fig,
    "Cross-entropy against temperature: nearly the same curve for training and held-out digits, 1.85 at T = 0.05, a minimum of "
    "0.3 near T = 0.5, and towards log 10 = 2.3 for large T. The 0-1 loss is a level line at 0.1.",
)

# %% digits-gallery
p = softmax(logits_test / best_t)  # (449, classes)
cost = -tf.gather(log_softmax(logits_test / best_t), y_test, axis=1, batch_dims=1).numpy()  # (449,)
order = np.argsort(-cost)
worst, median = order[:6], order[len(order) // 2]
print("the six costliest digits cost", *(f"{c:.2f}" for c in cost[worst]), f"  the median digit {cost[median]:.4f}")
print(f"the costliest tenth pays {cost[order[:45]].sum() / cost.sum():.0%} of the whole loss")

# %% digits-gallery-figure
fig, axes = plt.subplots(2, 6, figsize=(9.6, 3.8), height_ratios=[1.1, 1])
for (above, below), i in zip(axes.T, worst, strict=True):
    above.imshow(tf.reshape(x_test[i], [8, 8]), cmap="Greys")
    above.set(title=f"a {y_test[i]}: costs {cost[i]:.1f}", xticks=[], yticks=[])
    above.title.set_fontsize(10)
    below.bar(range(10), p[i], color=plots.PALETTE[3])
    below.axvspan(int(y_test[i]) - 0.5, int(y_test[i]) + 0.5, color=plots.PALETTE[2], alpha=0.3)
    below.set(xticks=[0, 3, 6, 9], ylim=(0, 1), yticks=[0, 0.5, 1])
    below.yaxis.set_major_formatter(PercentFormatter(1) if i == worst[0] else "")
axes[0, 0].set_ylabel("digit")
axes[1, 0].set_ylabel("softmax")
fig.supxlabel("class (green column: the label)", fontsize=10)
fig.suptitle("The six costliest of 449 digits", fontweight="bold")
plots.show(
    fig,
    "Six digits with the largest loss, each over a bar chart of its ten probabilities. The column of the label is shaded "
    "green and all but empty; in five of the six one other class has more than 90 percent.",
)

# %% results
results = {
    "line, squared: w": clean_squared[0],
    "line, squared: b": clean_squared[1],
    "line, squared: loss": clean_squared[2],
    "line with slips, squared: w": fits["squared"][0],
    "line with slips, absolute: w": fits["absolute"][0],
    "line with slips, Huber: w": fits["Huber"][0],
    "waits, squared: guess": best_squared,
    "waits, absolute: guess": best_absolute,
    "virginica: smallest 0-1 loss": float(tf.reduce_min(zero_one)),
    "virginica: smallest logistic loss": float(tf.reduce_min(logistic)),
    "own cross-entropy loss": float(own_loss),
    "softmax twice": float(twice),
    "softmax twice, floor for ten classes": float(floor),
    "digits: 0-1 loss": float(digits_error),
    "digits: cross-entropy at T = 1": float(digits_loss),
    "digits: best temperature": best_t,
    "digits: cross-entropy at the best temperature": float(test_loss[best]),
    "digits: loss of the costliest one": float(cost[worst[0]]),
}
for name, value in results.items():
    print(f"{name:<46} {value:.6g}")


# %% reliability
def reliability(logits, labels, bins=10):
    """For each bin of the largest probability: its mean, the share that is right, and the number of examples (bins,)."""
    ### BEGIN SOLUTION
    p = tf.nn.softmax(logits)  # (batch, classes)
    sure = tf.reduce_max(p, axis=1)  # (batch,)
    right = tf.cast(tf.argmax(p, axis=1) == labels, tf.float32)
    bin_of = tf.minimum(tf.cast(sure * bins, tf.int32), bins - 1)  # (batch,)
    counts = tf.math.unsorted_segment_sum(tf.ones_like(sure), bin_of, bins)
    said = tf.math.divide_no_nan(tf.math.unsorted_segment_sum(sure, bin_of, bins), counts)
    true = tf.math.divide_no_nan(tf.math.unsorted_segment_sum(right, bin_of, bins), counts)
    return said, true, counts
    ### END SOLUTION
