"""Lab: Iris and digits with TensorFlow."""

# %% imports
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course import data, plots

# %% iris
x, y = data.iris("practice")  # (105, 4) centimetres, (105,) kinds 0, 1, 2
KINDS = ("setosa", "versicolor", "virginica")
print("examples:", x.shape, " of each kind:", np.bincount(y))
print("the labels, in the order of the file:", y[::7])

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
for ax, (i, j), part in zip(axes, ((0, 1), (2, 3)), ("sepal", "petal"), strict=True):
    for kind in range(3):
        rows = y == kind
        ax.scatter(x[rows, i], x[rows, j], s=22, color=plots.PALETTE[kind], marker=plots.MARKERS[kind], label=KINDS[kind])
    ax.set(title=f"The {part}s", xlabel=f"{part} length [cm]", ylabel=f"{part} width [cm]")
axes[0].legend(frameon=False, fontsize=8)
plots.show(
    fig,
    "Left: sepal width against sepal length; setosa stands apart, the other two kinds overlap. Right: petal width against "
    "petal length; setosa is far away, versicolor and virginica touch each other.",
)


# %% split
def split(y, fraction, rng):
    """Two arrays of indices, (train, held_out): of every class `fraction` is held out, drawn with the generator rng."""
    ### BEGIN SOLUTION
    train, held_out = [], []
    for kind in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == kind))
        cut = round(fraction * len(rows))
        held_out.append(rows[:cut])
        train.append(rows[cut:])
    return np.concatenate(train), np.concatenate(held_out)
    ### END SOLUTION


# %% prepared
train, held_out = split(y, 0.2, np.random.default_rng(0))
mean, spread = x[train].mean(axis=0), x[train].std(axis=0)  # (4,), (4,): of the training flowers alone


def prepare(x):
    """Measurements x (n, 4) as the networks want them: minus the mean, divided by the spread of the training flowers."""
    return (x - mean) / spread


print("train on", len(train), "flowers, validate on", len(held_out), "  of each kind:", np.bincount(y[held_out]))
print("mean of the prepared training flowers:", np.abs(prepare(x[train]).mean(axis=0)).round(3))
print("mean of the prepared held-out flowers:", np.abs(prepare(x[held_out]).mean(axis=0)).round(3))


# %% start_weights
def start_weights(sizes, seed):
    """Random float32 start values [(w, b), ...] of a network of the widths `sizes`, by He's rule."""
    rng = np.random.default_rng(seed)
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return [(rng.normal(0, np.sqrt(2 / n), (n, m)).astype(np.float32), np.zeros(m, np.float32)) for n, m in pairs]


def orders(n, epochs, seed):
    """The order of n examples in each epoch."""
    rng = np.random.default_rng(seed)
    return [rng.permutation(n) for _ in range(epochs)]


# %% fit
# Functions that fit calls, such as a training step as a tf.function. If you want none, delete the lines up to `def fit`.
### BEGIN SOLUTION
def forward(params, x):
    """Logits of x (n, features); params is [w, b, w, b, ...]."""
    for i in range(0, len(params), 2):
        x = x @ params[i] + params[i + 1]
        if i < len(params) - 2:
            x = tf.nn.relu(x)
    return x


@tf.function(reduce_retracing=True, autograph=False)
def step(params, velocities, x, y, lr):
    """New parameters and velocities after one step with momentum."""
    with tf.GradientTape() as tape:
        tape.watch(params)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, forward(params, x)))
    gradients = tape.gradient(loss, params)
    velocities = [0.9 * v + g for v, g in zip(velocities, gradients, strict=True)]
    return [p - lr * v for p, v in zip(params, velocities, strict=True)], velocities


### END SOLUTION


def fit(weights, x, y, epochs, lr, batch_size, seed):
    """Train from the given start values on NumPy arrays; returns a function from a tensor x (n, features) to logits."""
    ### BEGIN SOLUTION
    params = [tf.constant(part) for pair in weights for part in pair]
    velocities = [tf.zeros_like(p) for p in params]
    x, lr = x.astype(np.float32), tf.constant(lr)
    for order in orders(len(x), epochs, seed):
        for i in range(0, len(x), batch_size):
            rows = order[i : i + batch_size]
            params, velocities = step(params, velocities, tf.constant(x[rows]), tf.constant(y[rows]), lr)
    return lambda x: forward(params, x)
    ### END SOLUTION


# %% labels_of
def labels_of(network, x):
    """The label of each row of a NumPy array x (n, features), as a NumPy array (n,)."""
    return np.argmax(network(tf.constant(x, tf.float32)), axis=1)


# %% iris_runs
def share_right(network, x, y):
    """Accuracy of a trained network on NumPy arrays x (n, features), y (n,)."""
    return float(np.mean(labels_of(network, x) == y))


SHAPES = {"1 layer": [4, 3], "2 layers": [4, 16, 3], "3 layers": [4, 16, 16, 3]}
iris_shares = {}
for name, sizes in SHAPES.items():
    networks = [fit(start_weights(sizes, seed), prepare(x[train]), y[train], 100, 0.1, 16, seed) for seed in range(3)]
    iris_shares[name] = [share_right(network, prepare(x[held_out]), y[held_out]) for network in networks]
    inside = np.mean([share_right(network, prepare(x[train]), y[train]) for network in networks])
    print(f"{name:<9} training flowers {inside:.3f}, held-out flowers", np.round(iris_shares[name], 3))

# %% luck
first, rest = split(y, 0.4, np.random.default_rng(1))
one, other = (rest[rows] for rows in split(y[rest], 0.5, np.random.default_rng(2)))
z = (x - x[first].mean(axis=0)) / x[first].std(axis=0)  # prepared anew: `prepare` knows flowers that are held out here
pairs = []
for seed in range(24):
    network = fit(start_weights([4, 6, 3], seed), z[first], y[first], 15, 0.05, 16, seed)
    pairs.append([share_right(network, z[rows], y[rows]) for rows in (one, other)])
pairs = np.array(pairs)  # (networks, 2)
best = pairs[:, 0].argmax()
print(f"{len(first)} flowers to train on, {len(one)} to choose with, {len(other)} to judge with; 24 networks")
print(f"chosen: {pairs[best, 0]:.3f} on the flowers it was chosen with, {pairs[best, 1]:.3f} on the others")
print(f"all 24 on average: {pairs[:, 0].mean():.3f} and {pairs[:, 1].mean():.3f}")

fig, ax = plt.subplots(figsize=(5, 4.4))
moved = pairs + np.random.default_rng(3).uniform(-0.006, 0.006, pairs.shape)  # equal points would hide each other
ax.scatter(*moved.T, s=26, color=plots.PALETTE[0], marker="o", label="a network")
ax.scatter(*moved[best], s=140, facecolors="none", edgecolors=plots.PALETTE[3], linewidths=2, label="the chosen one")
low = pairs.min() - 0.03
ax.plot([low, 1], [low, 1], "--", color="grey", lw=1, label="equal")
ax.set(
    title="24 random starts (points moved a little)",
    xlabel="accuracy on the flowers to choose with",
    ylabel="accuracy on the others",
)
ax.legend(frameon=False, fontsize=8)
plots.show(
    fig,
    "Each of 24 networks as a point: accuracy on the flowers used to choose against accuracy on other flowers. The chosen "
    "one lies at the right edge, below the dashed line where both are equal.",
)

# %% iris_training
### BEGIN SOLUTION
final_mean, final_spread = x.mean(axis=0), x.std(axis=0)  # of all flowers that were given
iris_network = fit(start_weights([4, 8, 3], 4), (x - final_mean) / final_spread, y, 60, 0.02, 16, 4)
### END SOLUTION


# %% predict_iris
def predict_iris(x):
    """The labels (batch,), integers, of irises x (batch, 4), float32, in centimetres."""
    ### BEGIN SOLUTION
    return tf.argmax(iris_network((x - tf.constant(final_mean)) / tf.constant(final_spread)), axis=1)
    ### END SOLUTION


# %% digits
digit_x, digit_y = data.digits("practice")  # (1300, 64) grey values in 0..1, (1300,) labels 0..9
digit_train, digit_held = split(digit_y, 0.25, np.random.default_rng(0))
print("pictures:", digit_x.shape, " to train on:", len(digit_train), " to validate with:", len(digit_held))

# %% digit_runs
WIDTHS = {"64-10": [64, 10], "64-16-10": [64, 16, 10], "64-64-10": [64, 64, 10], "64-64-32-10": [64, 64, 32, 10]}
digit_shares, sizes_of = {}, {}
for name, sizes in WIDTHS.items():
    networks = [
        fit(start_weights(sizes, seed), digit_x[digit_train], digit_y[digit_train], 20, 0.05, 32, seed) for seed in range(3)
    ]
    rows = {"training": digit_train, "validation": digit_held}
    digit_shares[name] = {what: [share_right(n, digit_x[i], digit_y[i]) for n in networks] for what, i in rows.items()}
    sizes_of[name] = sum(n * m + m for n, m in zip(sizes[:-1], sizes[1:], strict=True))
    means = {what: np.mean(shares) for what, shares in digit_shares[name].items()}
    print(
        f"{name:<12} {sizes_of[name]:5} parameters: training {means['training']:.3f}, validation {means['validation']:.3f}  ",
        end="",
    )
    print("validation of each start:", np.round(digit_shares[name]["validation"], 3))

fig, ax = plt.subplots(figsize=(6.4, 3.8))
for i, what in enumerate(("training", "validation")):
    means = [np.mean(digit_shares[name][what]) for name in WIDTHS]
    ax.plot([sizes_of[name] for name in WIDTHS], means, ("--", "-")[i], color=plots.PALETTE[i], label=what)
    for name in WIDTHS:
        ax.plot([sizes_of[name]] * 3, digit_shares[name][what], plots.MARKERS[i], color=plots.PALETTE[i], ms=5)
for name in WIDTHS:
    ax.annotate(name, (sizes_of[name], 0.915), rotation=90, ha="center", va="bottom", fontsize=8)
ax.set(
    title="Four architectures, three random starts each",
    xlabel="parameters",
    ylabel="accuracy",
    xscale="log",
    ylim=(0.91, 1.005),
)
ax.set_xticks(list(sizes_of.values()), list(sizes_of.values()))
ax.minorticks_off()
ax.legend(frameon=False, loc=(0.35, 0.3))
plots.show(
    fig,
    "Accuracy against the number of parameters, for training and validation pictures. The training accuracy rises to 1 with "
    "the size; the validation accuracy rises less; starts of one architecture differ about as much as neighbours do.",
)

# %% digits_training
### BEGIN SOLUTION
digit_network = fit(start_weights([64, 64, 10], 5), digit_x, digit_y, 25, 0.05, 32, 5)
### END SOLUTION


# %% predict_digits
def predict_digits(x):
    """The labels (batch,), integers, of pictures x (batch, 64), float32, with grey values in 0..1."""
    ### BEGIN SOLUTION
    return tf.argmax(digit_network(x), axis=1)
    ### END SOLUTION


# %% confusion_matrix
def confusion_matrix(predicted, labels, classes):
    """Counts (classes, classes), integers: row = the label, column = the prediction."""
    ### BEGIN SOLUTION
    return tf.math.confusion_matrix(labels, predicted, classes)
    ### END SOLUTION


# %% confusions
network = fit(start_weights([64, 32, 10], 0), digit_x[digit_train], digit_y[digit_train], 20, 0.05, 32, 0)
guesses = labels_of(network, digit_x[digit_held])
table = np.asarray(confusion_matrix(tf.constant(guesses), tf.constant(digit_y[digit_held]), 10))
print("pictures:", table.sum(), " right:", np.trace(table), " accuracy:", round(np.trace(table) / table.sum(), 3))

fig, ax = plt.subplots(figsize=(5.4, 4.8))
wrong = table - np.diag(np.diag(table))
ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(8, wrong.max()))
for i in range(10):
    for j in range(10):
        if table[i, j]:
            ax.text(j, i, table[i, j], ha="center", va="center", fontsize=9, color="grey" if i == j else "black")
ax.set(title="What is taken for what", xlabel="the network says", ylabel="the label", xticks=range(10), yticks=range(10))
ax.grid(False)
plots.show(
    fig,
    "A table of ten by ten: rows are the labels, columns what the network says. Most pictures are on the diagonal; of "
    "the mistakes, which are shaded, threes taken for eights are the most frequent.",
)

# %% larger
big_x, big_y = (part[:5000] for part in data.mnist())  # the same form: (n, pixels) in 0..1, (n,)
big_train, big_held = split(big_y, 0.2, np.random.default_rng(0))
pixels = big_x.shape[1]
for sizes in ([pixels, 10], [pixels, 64, 10]):
    network = fit(start_weights(sizes, 0), big_x[big_train], big_y[big_train], 5, 0.05, 32, 0)
    print(sizes, f"accuracy on {len(big_held)} held-out pictures: {share_right(network, big_x[big_held], big_y[big_held]):.3f}")

# %% results
results = {
    "iris, one layer": float(np.mean(iris_shares["1 layer"])),
    "iris, three layers": float(np.mean(iris_shares["3 layers"])),
    "luck, average of the others": float(pairs[:, 1].mean()),
    "digits, one layer": float(np.mean(digit_shares["64-10"]["validation"])),
    "digits, two layers": float(np.mean(digit_shares["64-64-10"]["validation"])),
    "digits, right": float(np.trace(table)),
}
for name, value in results.items():
    print(f"{name}: {value:.3f}")


# %% ensemble
### BEGIN SOLUTION
team = [
    fit(start_weights([64, 32, 10], seed), digit_x[digit_train], digit_y[digit_train], 15, 0.05, 32, seed) for seed in range(5)
]
single = [share_right(member, digit_x[digit_held], digit_y[digit_held]) for member in team]
together = share_right(lambda x: sum(tf.nn.softmax(member(x)) for member in team), digit_x[digit_held], digit_y[digit_held])
print("each alone:", np.round(single, 3), f" together: {together:.3f}")
### END SOLUTION
