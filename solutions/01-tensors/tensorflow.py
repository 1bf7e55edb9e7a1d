"""Tensors, in TensorFlow: shapes, dtypes, broadcasting, precision, in-place traps, devices."""

# %% imports
import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib.patches import Rectangle
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

from course import data, plots

# %% first-tensors
now = tf.constant(21.5)  # ()
week = tf.constant([19.0, 21.5, 20.0, 18.5, 22.0, 25.0, 24.5])  # (days,)
cities = tf.constant([[19.0, 21.5, 20.0], [-3.0, -1.5, 0.0]])  # (cities, days)
for name, tensor in {"now": now, "week": week, "cities": cities}.items():
    print(f"{name:7} {tensor.ndim} axes   shape {tuple(tensor.shape)!s:7} {tf.size(tensor)} numbers   {tensor.dtype.name}")

# %% digits
x, y = (tf.constant(array) for array in data.digits())  # (examples, pixels), (examples,)
images = tf.reshape(x, [-1, 8, 8])  # (examples, rows, columns); -1 means: work this one out
print("x", tuple(x.shape), "  images", tuple(images.shape), "  y", tuple(y.shape), "  first labels", y[:6].numpy().tolist())

# %% digits-figure
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.4), width_ratios=[1, 1.15])
left.imshow(images[0], cmap="Greys", vmax=1.4)
for (i, j), value in np.ndenumerate(images[0].numpy()):
    left.text(j, i, f"{value:.1f}", ha="center", va="center", fontsize=8)
left.set(title="images[0]: a tensor (8, 8)", xlabel="column (axis 1)", ylabel="row (axis 0)")
right.imshow(x[:24], cmap="Greys", aspect="auto", interpolation="nearest")
right.set(title="x[:24]: one example a row, (24, 64)", xlabel="pixel (axis 1)", ylabel="example (axis 0)")
for ax in (left, right):
    ax.grid(False)
plots.show(
    fig,
    "Left: a handwritten zero as an 8 by 8 table of grey values from 0.0 to 1.0, each printed on its pixel. "
    "Right: 24 digits, each flattened into one row of 64 pixels.",
)

# %% axes
print("sum of all       ", tf.reduce_sum(cities).numpy())
print("sum over axis 0  ", tf.reduce_sum(cities, axis=0).numpy(), "  one for each day")
print("sum over axis 1  ", tf.reduce_sum(cities, axis=1).numpy(), "  one for each city")
kept, dropped = tf.reduce_sum(cities, axis=1, keepdims=True), tf.reduce_sum(cities, axis=1)
print("axis 1 kept      ", tuple(kept.shape), "instead of", tuple(dropped.shape))
print("new axes         ", tuple(week[:, None].shape), "and", tuple(week[None].shape))

# %% axes-figure
fig, axes = plt.subplots(1, 10, figsize=(9, 1.7))
for digit, ax in enumerate(axes):
    ax.imshow(tf.reduce_mean(images[y == digit], axis=0), cmap="Greys")  # (n, 8, 8) -> (8, 8)
    ax.set(title=digit, xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
fig.suptitle("The mean of all images of a class, taken over axis 0", fontweight="bold")
fig.supxlabel("class", fontsize=10)
plots.show(fig, "Ten blurred digits from 0 to 9: the average picture of each class, still readable.")

# %% dtypes
print("[1, 2]     ", tf.constant([1, 2]).dtype)
print("[1.0, 2.0] ", tf.constant([1.0, 2.0]).dtype)
print("from NumPy ", tf.constant(np.array([1.0, 2.0])).dtype)
print("1 > 0      ", (tf.constant(1) > 0).dtype)
half = tf.constant(7) / tf.constant(2)
print("7 / 2 =", half.numpy(), half.dtype, "   7 // 2 =", (tf.constant(7) // tf.constant(2)).numpy())
try:
    tf.constant(1) + tf.constant(0.5)
except tf.errors.InvalidArgumentError as error:
    print("integer + float:", error.message)
print("converted:", tf.cast([0.9, -0.9], tf.int64).numpy(), tf.cast([3, 4], tf.float32).numpy())
print("mean of the integers 1 and 2:", tf.reduce_mean(tf.constant([1, 2])).numpy())

# %% matrix-product
x = tf.constant([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])  # (examples, features)
w = tf.constant([[1.0, 0.0], [1.0, 0.0], [1.0, 2.0]])  # (features, outputs)
print((x @ w).numpy())  # (examples, outputs)


# %% affine
def affine(x, w, b):
    """Outputs (batch, outputs) of a layer: x (batch, features) times w (features, outputs), plus b (outputs,)."""
    ### BEGIN SOLUTION
    return x @ w + b
    ### END SOLUTION


# %% broadcasting
for one, other in [((3, 4), (4,)), ((3, 1), (4,)), ((3, 4), (3, 1)), ((2, 1, 5), (4, 1)), ((3, 4), (3,))]:
    try:
        result = tuple(tf.broadcast_static_shape(tf.TensorShape(one), tf.TensorShape(other)))
    except ValueError as error:
        result = f"error: {error}"
    print(f"{one!s:10} with {other!s:7} -> {result}")


# %% broadcasting-figure
def draw(ax, left, values, rows, columns, colour):
    """Draw a table of numbers; the cells beyond `rows` and `columns` are copies that broadcasting only imagines."""
    for (i, j), value in np.ndenumerate(values):
        real = i < rows and j < columns
        look = {"alpha": 0.75} if real else {"alpha": 0.18, "linestyle": "--"}
        ax.add_patch(Rectangle((left + j, i), 0.94, 0.94, facecolor=colour, edgecolor="black", **look))
        ax.text(left + j + 0.47, i + 0.47, f"{value:g}", ha="center", va="center", color="black" if real else "dimgrey")


column, row, table = np.array([[0], [10], [20]]), np.array([1, 2, 3, 4]), np.array([[0, 0, 0, 0], [4, 4, 4, 4], [8, 8, 8, 8]])
same = np.array([5, 6, 7, 8])
sums = [
    ("A row joins every row of a table", "+", table, (3, 4), row, (1, 4)),
    ("A column meets a row: every pair", "+", column, (3, 1), row, (1, 4)),
    ("The trap: 16 differences, where only the 4 framed ones were meant", "-", same[:, None], (4, 1), same, (1, 4)),
]
fig, axes = plt.subplots(3, 1, figsize=(8.4, 7.2), height_ratios=[3, 3, 4], layout="constrained")
fig.get_layout_engine().set(hspace=0.08)
for ax, (title, sign, one, one_size, other, other_size) in zip(axes, sums, strict=True):
    result = one + other if sign == "+" else one - other
    draw(ax, 0, np.broadcast_to(one, result.shape), *one_size, plots.PALETTE[5])
    draw(ax, 6, np.broadcast_to(other, result.shape), *other_size, plots.PALETTE[1])
    draw(ax, 12, result, *result.shape, plots.PALETTE[2])
    middle = len(result) / 2
    ax.text(5, middle, "+" if sign == "+" else "−", ha="center", va="center", fontsize=18)
    ax.text(11, middle, "=", ha="center", va="center", fontsize=18)
    ax.set(title=title, xlim=(-0.2, 16.2), ylim=(len(result) + 0.1, -0.1), xticks=[], yticks=[], aspect="equal")
    ax.set_xlabel(f"{one.shape}   and   {other.shape}   give   {result.shape};   pale cells are never stored")
    ax.spines[:].set_visible(False)
for i in range(4):
    axes[2].add_patch(Rectangle((12 + i, i), 0.94, 0.94, fill=False, linewidth=3.5))
plots.show(
    fig,
    "Three sums drawn as tables of cells, imagined copies pale. A row (4,) is added to each row of a (3, 4) table. A column "
    "(3, 1) and a row (4,) fill a (3, 4) table with every pair. A column (4, 1) minus a row (4,) with the same numbers is a "
    "(4, 4) table of differences, zero only in the framed cells of the diagonal.",
)


# %% one_hot
def one_hot(labels, num_classes):
    """Float rows (n, num_classes) with a single 1 in the column of each label; labels (n,) are integers."""
    ### BEGIN SOLUTION
    classes = tf.range(num_classes, dtype=labels.dtype)  # (num_classes,)
    return tf.cast(labels[:, None] == classes, tf.float32)  # (n, 1) with (num_classes,) -> (n, num_classes)
    ### END SOLUTION


# %% trap
targets = tf.constant([1.0, 2.0, 3.0, 4.0])  # (n,)
predictions = targets[:, None]  # (n, 1), and perfect
print("difference", tuple((predictions - targets).shape))
wrong_error = tf.reduce_mean(tf.square(predictions - targets))
print("mean squared error of a perfect prediction:", wrong_error.numpy())
print("shapes", tuple(tf.squeeze(predictions, axis=1).shape), "and", tuple(targets.shape), "now agree")


# %% mean_squared_error
def mean_squared_error(predictions, targets):
    """Mean of the squared differences, a scalar (): predictions (n, 1) as a layer gives them, targets (n,)."""
    ### BEGIN SOLUTION
    return tf.reduce_mean(tf.square(tf.squeeze(predictions, axis=1) - targets))
    ### END SOLUTION


# %% spacing
print("16777216 + 1 =", (tf.constant(16_777_216.0) + 1).numpy(), "   0.1 + 0.2 == 0.3:", 0.1 + 0.2 == 0.3)
sizes = tf.constant(np.logspace(-3, 9, 400), tf.float32)  # (400,)
gaps = tf.math.nextafter(sizes, np.inf) - sizes  # to the next number that float32 has
gap_at_one = tf.math.nextafter(tf.constant(1.0), np.inf) - 1
for value in (1.0, 255.0, 10_000.0, 16_777_216.0):
    print(f"next to {value:10.0f} the gap is {tf.math.nextafter(tf.constant(value), np.inf) - value:.2e}")

tenths = np.full(10_000_000, 0.1, dtype=np.float32)
totals = np.cumsum(tenths)  # one after another, the total kept in float32
print(f"0.1 added up a million times, should be   100,000: {totals[999_999]:,.0f}")
print(f"0.1 added up 10 million times, should be 1,000,000: {totals[-1]:,.0f}   tf.reduce_sum: {tf.reduce_sum(tenths):,.0f}")

# %% spacing-figure
counts = np.unique(np.logspace(1, 7, 300).astype(int))
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
left.loglog(sizes, gaps, color=plots.PALETTE[0])
left.set(title="The gap grows with the number", xlabel="number", ylabel="gap to the next float32")
right.semilogx(counts, 100 * (totals[counts - 1] / (0.1 * counts) - 1), color=plots.PALETTE[3])
right.set(title="A running total of 0.1 in float32", xlabel="how many were added", ylabel="error of the total (%)")
plots.show(
    fig,
    "Left: the gap between neighbouring float32 numbers rises in steps in proportion to the number, from 1e-10 near 0.001 "
    "to 64 near a billion. Right: the error of a running total stays near zero up to 100,000 terms, then swings: 1 percent "
    "too much at a million, 4 too little at five million, 9 too much at ten million.",
)

# %% bytes
bright, dark = tf.constant(200, tf.uint8), tf.constant(100, tf.uint8)
print("200 + 100 =", (bright + dark).numpy(), "   100 - 200 =", (dark - bright).numpy(), "   as uint8")
bright, dark = tf.cast(bright, tf.float32), tf.cast(dark, tf.float32)
print("200 + 100 =", (bright + dark).numpy(), "   100 - 200 =", (dark - bright).numpy(), "   as float32")
print("scaled to 0..1:", (tf.cast([0, 100, 255], tf.float32) / 255).numpy())


# %% cancellation
def subtract_first(a, b):
    return tf.sqrt(tf.square(a - b))


def expanded_square(a, b):
    return tf.sqrt(
        tf.maximum(tf.square(a) + tf.square(b) - 2 * a * b, 0)
    )  # rounding can make it negative, and a root of that is NaN


for place in (1.0, 1_000.0, 10_000.0, 100_000.0):
    a, b = tf.constant(place), tf.constant(place + 1)
    print(f"{place:7,.0f} and {place + 1:7,.0f}: {subtract_first(a, b):.3f} and, expanded, {expanded_square(a, b):.3f}")
a_far, b_far = tf.constant(10_000.0), tf.constant(10_001.0)
print("a² + b² =", float(tf.square(a_far) + tf.square(b_far)), "   2ab =", float(2 * a_far * b_far))

# %% cancellation-figure
places = tf.constant(np.logspace(0, 6, 300).round(), tf.float32)  # (300,), whole numbers: exact in float32
fig, ax = plt.subplots(figsize=(8, 3.6))
ax.semilogx(places, expanded_square(places, places + 1), "s", ms=4, color=plots.PALETTE[3], label="expanded square")
ax.semilogx(places, subtract_first(places, places + 1), "o", ms=3, color=plots.PALETTE[0], label="subtract first")
ax.set(title="Two points 1 apart, moved away from 0", xlabel="place of the points", ylabel="computed distance")
ax.set_yscale("symlog", linthresh=2)
ax.legend(frameon=False)
plots.show(
    fig,
    "Computed distance of two points that are 1 apart, against their place. Subtracting first gives 1 everywhere. The "
    "expanded square gives 1 up to about 3,000, and beyond that either 0 or, now and then, far too much: 6 to 360.",
)


# %% pairwise_distances
def pairwise_distances(a, b):
    """Euclidean distances (n, m) between the points a (n, d) and b (m, d)."""
    ### BEGIN SOLUTION
    difference = a[:, None] - b  # (n, 1, d) with (m, d) -> (n, m, d)
    return tf.sqrt(tf.reduce_sum(tf.square(difference), axis=2))
    ### END SOLUTION


# %% neighbours
(train_x, train_y), (test_x, test_y) = data.split(*data.digits())
train_x, train_y = tf.constant(train_x[:1000]), tf.constant(train_y[:1000])  # (1000, 64), (1000,)
test_x, test_y = tf.constant(test_x[:200]), tf.constant(test_y[:200])  # (200, 64), (200,)
neighbour = tf.argmin(pairwise_distances(test_x, train_x), axis=1)  # (200,)
found = tf.gather(train_y, neighbour)  # (200,), the labels of the neighbours
agrees = found == test_y  # (200,)
digit_accuracy = tf.reduce_mean(tf.cast(agrees, tf.float32))
print(f"{digit_accuracy:.1%} of {len(test_y)} digits have the label of their nearest neighbour")
print(f"held at once: {200 * 1000 * 64 * 4 / 1e6:.1f} MB of differences, for {200 * 1000 * 4 / 1e6:.1f} MB of distances")

shown = [*range(6), *tf.where(~agrees)[:2, 0].numpy().tolist()]
fig, axes = plt.subplots(2, len(shown), figsize=(9, 2.9))
for (above, below), i in zip(axes.T, shown, strict=True):
    above.imshow(tf.reshape(test_x[i], [8, 8]), cmap="Greys")
    below.imshow(tf.reshape(train_x[neighbour[i]], [8, 8]), cmap="Greys" if agrees[i] else "Oranges")
    above.set(title=f"{test_y[i]}", xticks=[], yticks=[])
    above.spines[:].set_visible(False)
    below.spines[:].set_visible(False)
    below.set(xlabel=f"{found[i]}", xticks=[], yticks=[])
axes[0, 0].set_ylabel("digit")
axes[1, 0].set_ylabel("nearest")
fig.suptitle("Eight digits and their nearest neighbours; in orange, a wrong one", fontweight="bold")
plots.show(
    fig,
    "Two rows of eight pictures: test digits above, the nearest training digit below with its label. The first six "
    "neighbours look alike and have the same label; the last two, in orange, have another.",
)

# %% views
table = tf.reshape(tf.range(6.0), [2, 3])  # (2, 3)
try:
    table[0, 0] = 100.0
except TypeError as error:
    print("table[0, 0] = 100.0:", error)
changed = tf.tensor_scatter_nd_update(table, [[0, 0]], [100.0])  # a new tensor
print("table", table.numpy().tolist(), "  changed", changed.numpy().tolist())
variable = tf.Variable(table)  # (2, 3), with a memory of its own
alias, row, copy = variable, variable[0], tf.identity(variable)
variable[0, 0].assign(100.0)
print("alias", alias.numpy().tolist(), "  row", row.numpy().tolist(), "  copy", copy.numpy().tolist())
array = np.zeros(3, dtype=np.float32)
own = tf.constant(array)
array[0] = 7
print("array", array.tolist(), "  tensor", own.numpy().tolist())


# %% in-place
def centre(x):
    """Subtract the mean of x (n,); harmless for a tensor."""
    x -= tf.reduce_mean(x)
    return x


prices = tf.constant([10.0, 20.0, 30.0])
centred = centre(prices)
print("centred", centred.numpy().tolist(), "  prices", prices.numpy().tolist())

w = tf.Variable(tf.zeros(3))
best = w  # meant as a copy to keep
kept = tf.identity(w)
w.assign_add([1.0, 1.0, 1.0])
print("after assign_add:  w", w.numpy().tolist(), "  best", best.numpy().tolist(), "  kept", kept.numpy().tolist())
try:
    w += 1
except RuntimeError as error:
    print("w += 1:", error)
w = w + 1  # a plain tensor takes the name w: there is nothing left to assign to
print("w = w + 1 is a tf.Variable:", isinstance(w, tf.Variable))

# %% units
wine_x, wine_y = load_wine(return_X_y=True)  # (178, 13), (178,)
pair = wine_x[:, [10, 12]].astype(np.float32)  # hue, proline
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
plots.points(left, pair, wine_y)
left.set(title="As measured", xlabel="hue", ylabel="proline (mg/l)", xlim=(-700, 700), xticks=[-500, 0, 500], aspect="equal")
plots.points(right, (pair - pair.mean(axis=0)) / pair.std(axis=0), wine_y)
right.set(title="Standardised", xlabel="hue (standard deviations)", ylabel="proline (standard deviations)", aspect="equal")
right.legend(frameon=False)
plots.show(
    fig,
    "The same 178 wines twice, both axes to the same scale. As measured they stand on one vertical line, since proline runs "
    "to 1,680 and hue to 1.7. Standardised they form three clouds.",
)

# %% saturation
pixels, labels = data.digits()
w = tf.constant(np.random.default_rng(0).normal(0, 1 / 8, (64, 32)), tf.float32)  # NumPy's numbers, as in both tracks
inputs = {
    "pixels 0 to 255": pixels * 255,
    "pixels 0 to 1": pixels,
    "standardised": tf.constant(StandardScaler().fit_transform(pixels), tf.float32),  # yours is next
}
stuck, slopes = {}, {}
fig, axes = plt.subplots(1, 3, figsize=(9, 3), sharex=True)
for ax, colour, (name, batch) in zip(axes, plots.PALETTE, inputs.items(), strict=False):
    activations = tf.tanh(batch @ w)  # (1797, 32)
    stuck[name] = tf.reduce_mean(tf.cast(tf.abs(activations) > 0.99, tf.float32))
    slopes[name] = tf.reduce_mean(1 - tf.square(activations))  # the derivative of tanh
    print(f"{name:16} stuck beyond ±0.99: {stuck[name]:6.1%}   mean slope: {slopes[name]:.3f}")
    ax.hist(tf.reshape(activations, [-1]).numpy(), bins=60, range=(-1, 1), color=colour)
    ax.set(title=name, xlabel="tanh(x @ w)", yticks=[])
axes[0].set_ylabel("how many")
plots.show(
    fig,
    "Three histograms of 32 random tanh units on all digits. With pixels from 0 to 255 almost all outputs are -1 or 1. With "
    "pixels from 0 to 1 they form a hill around 0. Standardised, they fill the whole range evenly.",
)

# %% constant-columns
mean, std = tf.reduce_mean(pixels, axis=0), tf.math.reduce_std(pixels, axis=0)  # (64,), (64,)
blank = tf.where(std == 0)[:, 0].numpy().tolist()
print("pixels that never change:", blank)
careless = (pixels - mean) / std
with_nan = tf.reduce_any(tf.math.is_nan(careless), axis=1)  # (1797,)
print("examples with a NaN:", int(tf.reduce_sum(tf.cast(with_nan, tf.int32))), "of", len(careless))
print("NaN == NaN:", np.nan == np.nan, "   mean of everything:", tf.reduce_mean(careless).numpy())
sample = tf.constant([1.0, 2.0, 3.0, 4.0])
by_hand = tf.sqrt(tf.reduce_sum(tf.square(sample - tf.reduce_mean(sample))) / 3)
print(f"std of 1, 2, 3, 4: reduce_std {tf.math.reduce_std(sample):.4f}, with n - 1 by hand {by_hand:.4f}")


# %% standardize
def standardize(train, test):
    """Both tables with the training columns' mean and biased standard deviation: train (n, d), test (m, d) -> the same.

    A column that is constant in train becomes 0.
    """
    ### BEGIN SOLUTION
    mean, std = tf.reduce_mean(train, axis=0), tf.math.reduce_std(train, axis=0)  # (d,), (d,)
    std = tf.where(std == 0, tf.ones_like(std), std)
    return (train - mean) / std, (test - mean) / std
    ### END SOLUTION


# %% wines
(train_x, train_y), (test_x, test_y) = data.split(wine_x.astype(np.float32), wine_y, fraction=0.5)
train_x, train_y = tf.constant(train_x), tf.constant(train_y)  # (89, 13), (89,)
test_x, test_y = tf.constant(test_x), tf.constant(test_y)  # (89, 13), (89,)
wine_accuracy = {}
for name, (a, b) in {"as measured": (train_x, test_x), "standardised": standardize(train_x, test_x)}.items():
    neighbour = tf.argmin(pairwise_distances(b, a), axis=1)  # for each test wine, the number of a training wine
    wine_accuracy[name] = tf.reduce_mean(tf.cast(tf.gather(train_y, neighbour) == test_y, tf.float32))
    print(f"{name:13} {wine_accuracy[name]:.1%} of {len(test_y)} wines get the right grower")

# %% random
generator = tf.random.Generator.from_seed(0)
print("first: ", tf.argsort(generator.uniform([8])).numpy().tolist())
print("second:", tf.argsort(generator.uniform([8])).numpy().tolist(), "  the generator has moved on")
generator.reset_from_seed(0)
print("again: ", tf.argsort(generator.uniform([8])).numpy().tolist(), "  the same seed, the same order")
print("picked:", tf.gather([10, 20, 30, 40], [3, 0, 0]).numpy().tolist())


# %% batches
def batches(x, y, batch_size, generator):
    """One epoch: pairs (x, y) of at most batch_size examples, in a new random order at each call. x (n, d), y (n,)."""
    ### BEGIN SOLUTION
    order = tf.argsort(generator.uniform([len(x)]))  # (n,)
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield tf.gather(x, chosen), tf.gather(y, chosen)
    ### END SOLUTION


# %% epochs
y = tf.range(10)
x = 10 * tf.cast(y, tf.float32)[:, None]  # (10, 1): ten times the label, so that a wrong pair shows
generator = tf.random.Generator.from_seed(1)
for epoch in range(2):
    print("epoch", epoch, [batch_y.numpy().tolist() for batch_x, batch_y in batches(x, y, 4, generator)])

# %% devices
cards = tf.config.list_physical_devices("GPU")
a, b = tf.ones([200, 64]), tf.ones([64, 10])  # on the first graphics card if there is one
with tf.device("CPU:0"):
    here = tf.ones([64, 10])  # on the processor in any case
product = a @ here  # TensorFlow moves operands by itself
print("graphics cards:", len(cards), "  device:", product.device, "  as NumPy:", type(product.numpy()).__name__)

rows, columns = a.numpy().tolist(), tf.transpose(b).numpy().tolist()
start = time.perf_counter()
slow = [[sum(p * q for p, q in zip(row, column, strict=True)) for column in columns] for row in rows]
loop = time.perf_counter() - start  # seconds
best = float("inf")
for _ in range(50):
    start = time.perf_counter()
    fast = (a @ b).numpy()  # brought back, so that a graphics card is really done
    best = min(best, time.perf_counter() - start)
print("equal results:", fast.tolist() == slow)
print(f"loop {1e6 * loop:,.0f} µs, a @ b {1e6 * best:,.0f} µs: {loop / best:,.0f} times faster here")


# %% results
results = {
    "mean grey value of the digits": float(tf.reduce_mean(pixels)),
    "error of a perfect prediction": float(wrong_error),
    "gap next to 1, in 1e-7": 1e7 * float(gap_at_one),
    "0.1 a million times": float(totals[999_999]),
    "0.1 ten million times": float(totals[-1]),
    "10,000 to 10,001, subtract first": float(subtract_first(a_far, b_far)),
    "10,000 to 10,001, expanded": float(expanded_square(a_far, b_far)),
    "digits: nearest neighbour": float(digit_accuracy),
    **{f"tanh stuck, {name}": float(share) for name, share in stuck.items()},
    **{f"tanh slope, {name}": float(slope) for name, slope in slopes.items()},
    "pixels that never change": len(blank),
    **{f"wines: {name}": float(share) for name, share in wine_accuracy.items()},
}
for name, value in results.items():
    print(f"{name:34} {value:14,.4f}")


# %% nearest
def nearest(a, b, rows=32):
    """For each point of a (n, d) the number (n,) of its nearest point in b (m, d), with at most rows * m * d differences."""
    ### BEGIN SOLUTION
    found = []
    for start in range(0, len(a), rows):
        block = a[start : start + rows]
        square = tf.reduce_sum(tf.square(block[:, None] - b), axis=2)  # (rows, m): the root would not change which is least
        found.append(tf.argmin(square, axis=1))
    return tf.concat(found, axis=0)
    ### END SOLUTION
