"""Lesson 05, TensorFlow track: multi-layer perceptrons with the low-level API."""

# %% imports
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course import data, plots

# %% xor
x, y = data.corners()  # (200, 2), (200,)

rng = np.random.default_rng(0)
best, best_line = 0.0, None
for _ in range(20_000):
    w, b = rng.normal(size=2), rng.normal()
    share = float(np.mean((x @ w + b > 0) == y))
    if share > best:
        best, best_line = share, (w, b)
print(f"the best of 20,000 random lines gets {best:.0%} of the points right")

fig, ax = plt.subplots(figsize=(4.6, 3.8))
w, b = best_line
plots.decision_boundary(ax, lambda grid: (grid @ w + b > 0).astype(int), x, y)
ax.set_title("Exclusive or: the best line found")
ax.legend(loc="center", frameon=True)
plots.show(
    fig, "Four clouds at the corners of a square; classes alternate, and one line leaves a whole corner on the wrong side"
)


# %% two_layer
def two_layer(x, params):
    """Logits (batch, outputs) of x (batch, features): a linear layer, ReLU, a linear layer."""
    (w1, b1), (w2, b2) = params
    hidden = tf.nn.relu(x @ w1 + b1)  # (batch, hidden)
    return hidden @ w2 + b2  # (batch, outputs)


by_hand = [
    (tf.constant([[1.0, 1.0], [1.0, 1.0]]), tf.constant([0.0, -1.0])),  # w1 (2, 2), b1 (2,)
    (tf.constant([[1.0], [-2.0]]), tf.constant([-0.5])),  # w2 (2, 1), b2 (1,)
]
four = tf.constant([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (4, 2)
hidden = tf.nn.relu(four @ by_hand[0][0] + by_hand[0][1])  # (4, 2)
for corner, h, z in zip(four.numpy(), hidden.numpy(), two_layer(four, by_hand).numpy(), strict=True):
    print(f"x = {corner.tolist()}   hidden = {h.tolist()}   z = {z[0]:+.1f}   class {int(z[0] > 0)}")

# %% folded
(w1, b1), (w2, b2) = by_hand
points = tf.constant(x)
share = ((two_layer(points, by_hand)[:, 0] > 0).numpy() == y).mean()
print(f"the network made by hand gets {share:.1%} of the points right")

fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.9))
plots.decision_boundary(left, lambda grid: (two_layer(tf.constant(grid), by_hand)[:, 0] > 0).numpy().astype(int), x, y)
left.set_title("What goes in")
plots.points(right, tf.nn.relu(points @ w1 + b1).numpy(), y)
ends = np.array([0.0, 2.4])
right.plot(ends, (ends - 0.5) / 2, color="black", linewidth=1.5, label="$h_1 - 2h_2 - 0.5 = 0$")
right.set(title="What the last layer sees", xlabel="hidden neuron $h_1$", ylabel="hidden neuron $h_2$")
right.legend(loc="upper left", frameon=False)
plots.show(fig, "Left, two parallel boundaries in the plane; right, the same points after the hidden layer, parted by one line")

# %% scale
start = tf.random.Generator.from_seed(0).normal((500, 100))  # (examples, features)
for factor in (0.5, 1.0, 2.0):
    generator = tf.random.Generator.from_seed(1)
    h, spread = start, []
    for _ in range(10):
        w = factor * math.sqrt(2 / 100) * generator.normal((100, 100))
        h = tf.nn.relu(h @ w)  # (500, 100)
        spread.append(float(tf.math.reduce_std(h)))
    print(f"{factor} x sqrt(2 / fan_in): spread after layer 1 {spread[0]:.2f}, after layer 10 {spread[-1]:.3g}")


# %% init_params
def init_params(sizes, generator):
    """Start values of a network: a list of pairs (w, b), w (fan_in, fan_out) and b (fan_out,), all trainable.

    w is drawn from a normal distribution with standard deviation sqrt(2 / fan_in), b is zero.
    """
    ### BEGIN SOLUTION
    params = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
        w = generator.normal((fan_in, fan_out), stddev=math.sqrt(2 / fan_in))
        params.append((tf.Variable(w), tf.Variable(tf.zeros(fan_out))))
    return params
    ### END SOLUTION


# %% forward
def forward(x, params):
    """Logits (batch, sizes[-1]) of x (batch, sizes[0]); params is a list of pairs (w, b) of any length."""
    ### BEGIN SOLUTION
    for w, b in params[:-1]:
        x = tf.nn.relu(x @ w + b)
    w, b = params[-1]
    return x @ w + b
    ### END SOLUTION


# %% loader
x, y = data.moons(400, noise=0.15)
(x_train, y_train), (x_test, y_test) = data.split(x, y)

dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train.astype(np.float32)[:, None]))
moons = dataset.shuffle(len(x_train), seed=0).batch(32)

for epoch in range(2):
    sizes = [len(batch_x) for batch_x, batch_y in moons]
    batch_x, batch_y = next(iter(moons))
    print(f"epoch {epoch + 1}: batches of {sizes}, x {tuple(batch_x.shape)}, y {tuple(batch_y.shape)}")


# %% train_step
def train_step(params, x, y, lr):
    """One step of gradient descent on params, in place; the loss before the step, as a number.

    params [(w1, b1), (w2, b2)] of a two-layer network with one output; x (batch, features); y (batch, 1) of 0.0 and 1.0.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))
    gradients = tape.gradient(loss, params)
    for (w, b), (dw, db) in zip(params, gradients, strict=True):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(loss)
    ### END SOLUTION


# %% moons_live
def labels_of(params, points):
    """Classes (n,) that a network with one output gives to points (n, 2), as NumPy."""
    return (two_layer(tf.constant(points), params)[:, 0] > 0).numpy().astype(int)


def draw(params, losses, epoch):
    """A figure of the plane as the network sees it now, beside the losses so far."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.7))
    plots.decision_boundary(left, lambda grid: labels_of(params, grid), x_train, y_train)
    left.set_title(f"After epoch {epoch}")
    plots.curves(right, {"training loss": losses}, "epoch", "binary cross-entropy")
    right.set(title="The mean loss of each epoch", xlim=(0, 51), ylim=(0, 0.75))
    return fig


def copy_of(params):
    return [(tf.constant(w.numpy()), tf.constant(b.numpy())) for w, b in params]


params = init_params([2, 16, 1], tf.random.Generator.from_seed(0))
alt = "The boundary between two interleaved half moons, and the training loss falling"
losses, snapshots = [], {0: copy_of(params)}
picture = plots.show(draw(params, losses, 0), alt)
for epoch in range(1, 51):
    steps = [(train_step(params, batch_x, batch_y, 1.0), len(batch_x)) for batch_x, batch_y in moons]
    losses.append(sum(loss * n for loss, n in steps) / sum(n for _, n in steps))
    if epoch in (1, 2, 4, 7, 10, 15, 20, 30, 40, 50):
        snapshots[epoch] = copy_of(params)
        picture = plots.show(draw(params, losses, epoch), alt, handle=picture)
    if epoch in (1, 10, 20, 50):
        print(f"epoch {epoch:2d}: loss {losses[-1]:.3f}, test accuracy {np.mean(labels_of(params, x_test) == y_test):.2f}")

# %% moons_epochs
fig, axes = plt.subplots(2, 3, figsize=(8.6, 5.4), sharex=True, sharey=True)
for ax, epoch in zip(axes.flat, (0, 1, 4, 10, 20, 50), strict=True):
    plots.decision_boundary(ax, lambda grid, at=snapshots[epoch]: labels_of(at, grid), x_train, y_train)
    ax.set_title("before training" if epoch == 0 else f"after epoch {epoch}")
    ax.label_outer()
plots.show(fig, "Six pictures of the boundary: first arbitrary, then nearly a line, then bent around both moons")


# %% starts
def train_from(start):
    """Test accuracy after 25 epochs, and how many of the hidden neurons are different ones."""
    for _ in range(25):
        for batch_x, batch_y in moons:
            train_step(start, batch_x, batch_y, 1.0)
    neurons = np.unique(start[0][0].numpy().round(4), axis=1).shape[1]
    return np.mean(labels_of(start, x_test) == y_test), neurons


def filled(value, hidden=16):
    """A network with 2 inputs and 1 output whose weights all have one value."""
    shapes = [((2, hidden), hidden), ((hidden, 1), 1)]
    return [(tf.Variable(tf.fill(s, value)), tf.Variable(tf.zeros(n))) for s, n in shapes]


random_start = init_params([2, 16, 1], tf.random.Generator.from_seed(0))
starts = {"all zero": filled(0.0), "all 0.5": filled(0.5), "random": random_start, "one neuron": filled(0.5, hidden=1)}
for name, start in starts.items():
    share, neurons = train_from(start)
    print(f"{name:10s}  test accuracy {share:.2f}  different neurons {neurons} of {start[0][0].shape[1]}")

# %% curve
x_curve, y_curve = data.curve()  # (60, 1), (60, 1)
across = np.linspace(-1.1, 1.1, 200, dtype=np.float32)[:, None]  # (200, 1)


def fit_curve(targets, steps=600):
    """Fit a 1-32-32-1 network to the points with Adam; the curves it draws at a few steps, and the last loss."""
    params = init_params([1, 32, 32, 1], tf.random.Generator.from_seed(0))
    variables = [part for pair in params for part in pair]
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    optimizer.build(variables)
    x, curves = tf.constant(x_curve), {}

    @tf.function
    def one_step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((forward(x, params) - targets) ** 2)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    for step in range(1, steps + 1):
        loss = one_step()
        if step in (10, 60, steps):
            curves[step] = forward(tf.constant(across), params).numpy()
    return curves, float(loss)


column = tf.constant(y_curve)  # (60, 1)
flat = column[:, 0]  # (60,)
print("targets (60, 1): differences", tuple((tf.zeros((60, 1)) - column).shape))
print("targets (60,):   differences", tuple((tf.zeros((60, 1)) - flat).shape))

fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.8), sharey=True)
for ax, targets, name in zip(axes, (column, flat), ("(60, 1)", "(60,)"), strict=True):
    curves, loss = fit_curve(targets)
    print(f"targets {name}: last loss {loss:.3f}; variance of the targets {y_curve.var():.3f}")
    ax.scatter(x_curve, y_curve, s=14, color="0.6", label="examples")
    for (step, curve), dash, colour in zip(curves.items(), (":", "--", "-"), plots.PALETTE, strict=False):
        ax.plot(across, curve, dash, color=colour, label=f"after {step} steps")
    ax.set(title=f"Targets of shape {name}", xlabel="$x$", ylabel="$y$")
    ax.legend(frameon=False, fontsize=8)
plots.show(
    fig, "Left, a network follows a wave through noisy points; right, with targets of the wrong shape it learns a flat line"
)


# %% accuracy
def accuracy(logits, labels):
    """Share of right answers, between 0 and 1: logits (batch, classes), labels (batch,) of int64."""
    ### BEGIN SOLUTION
    right = tf.argmax(logits, axis=1) == labels
    return float(tf.reduce_mean(tf.cast(right, tf.float32)))
    ### END SOLUTION


# %% digits
x, y = data.digits()  # (1797, 64), (1797,)
(x_rest, y_rest), (x_test, y_test) = data.split(x, y, fraction=0.4)
(x_train, y_train), (x_val, y_val) = data.split(x_rest, y_rest, fraction=0.25, seed=1)
print("training", x_train.shape, "validation", x_val.shape, "test", x_test.shape)

fig, axes = plt.subplots(2, 10, figsize=(8.6, 2.5))
for ax, image, label in zip(axes.flat, x_train, y_train, strict=False):
    ax.imshow(image.reshape(8, 8), cmap="gray_r")
    ax.set_title(int(label), fontsize=9)
    ax.axis("off")
fig.suptitle("Twenty training examples with their labels", fontweight="bold")
plots.show(fig, "Twenty handwritten digits of eight by eight grey pixels, with their labels")


def loader_of(x, y, shuffle=False):
    """Batches of 64 as (x, y)."""
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    return (dataset.shuffle(len(x), seed=0) if shuffle else dataset).batch(64)


train_loader, val_loader, test_loader = (
    loader_of(x_train, y_train, shuffle=True),
    loader_of(x_val, y_val),
    loader_of(x_test, y_test),
)

# %% modes
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10),
    ]
)

one = tf.constant(x_train[:1])  # (1, 64)
for training in (True, True, False, False):
    print("training mode  " if training else "evaluation mode", model(one, training=training)[0, :5].numpy().round(3))


# %% evaluate
def evaluate(model, loader):
    """Mean cross-entropy and accuracy over all examples of a loader, as two numbers; the model's mode is left as it was.

    model(x) gives logits (batch, classes); the loader gives batches x (batch, features), y (batch,) of int64.
    """
    ### BEGIN SOLUTION
    loss, right, examples = 0.0, 0, 0
    for x, y in loader:
        logits = model(x, training=False)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)  # (batch,)
        loss += float(tf.reduce_sum(losses))
        right += int(tf.math.count_nonzero(tf.argmax(logits, axis=1) == y))
        examples += len(y)
    return loss / examples, right / examples
    ### END SOLUTION


# %% fit
def fit(model, train, validation, lr, epochs):
    """Gradient descent over the batches of `train`; a dict with the lists "train" and "validation" of each epoch's mean loss.

    The training loss is measured along the way, in training mode and before each update; the validation loss after the
    epoch, in evaluation mode. Both are means over examples, as plain numbers. Loaders give x (batch, features), y (batch,).
    """
    ### BEGIN SOLUTION
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, examples = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
                variable.assign_sub(lr * gradient)
            total += float(loss) * len(y)
            examples += len(y)
        history["train"].append(total / examples)
        total, examples = 0.0, 0
        for x, y in validation:
            total += float(cross_entropy(y, model(x, training=False))) * len(y)
            examples += len(y)
        history["validation"].append(total / examples)
    return history
    ### END SOLUTION


# %% digits_fit
history = {"train": [], "validation": []}
for done in range(4, 21, 4):
    part = fit(model, train_loader, val_loader, 0.5, 4)  # lr, epochs
    for name in history:
        history[name] += part[name]
    print(f"epoch {done}: training loss {part['train'][-1]:.3f}, validation loss {part['validation'][-1]:.3f}")
print(f"training set in evaluation mode: loss {evaluate(model, train_loader)[0]:.3f}")

fig, ax = plt.subplots()
plots.curves(ax, {"training (with dropout)": history["train"], "validation": history["validation"]}, "epoch", "cross-entropy")
ax.set(
    title="Digits: the loss of each epoch",
    yscale="log",
    yticks=[0.1, 0.2, 0.5, 1, 2],
    yticklabels=["0.1", "0.2", "0.5", "1", "2"],
)
ax.minorticks_off()
plots.show(fig, "Training and validation loss of the digit network both fall over twenty epochs and flatten")

# %% digits_test
loss, share = evaluate(model, test_loader)
print(f"test loss {loss:.3f}, test accuracy {share:.3f}: {round((1 - share) * len(y_test))} of {len(y_test)} wrong")

probabilities = tf.nn.softmax(model(tf.constant(x_test), training=False), axis=1).numpy()  # (719, 10)
guesses = probabilities.argmax(axis=1)  # (719,)
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (y_test, guesses), 1)

fig, ax = plt.subplots(figsize=(4.8, 4.4))
ax.imshow(np.where(np.eye(10, dtype=bool), 0, confusion), cmap="Oranges", vmin=0, vmax=8)
for i, j in np.ndindex(10, 10):
    if confusion[i, j]:
        ax.text(j, i, confusion[i, j], ha="center", va="center", color="0.35" if i == j else "black")
ax.set(title="Which digit is taken for which", xlabel="answer of the network", ylabel="true digit")
ax.set(xticks=range(10), yticks=range(10))
ax.grid(False)
plots.show(fig, "Table of true digits against answers: nearly all on the diagonal, the few mistakes marked in orange")

# %% mistakes
wrong = np.flatnonzero(guesses != y_test)
wrong = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:10]  # the surest mistakes first
fig, axes = plt.subplots(2, 5, figsize=(8.6, 4.3))
for ax in axes.flat:
    ax.axis("off")
for ax, i in zip(axes.flat, wrong, strict=False):
    ax.imshow(x_test[i].reshape(8, 8), cmap="gray_r")
    ax.set_title(f"is {y_test[i]}, answer {guesses[i]} ({probabilities[i].max():.0%})", fontsize=9)
fig.suptitle("The mistakes that the network was surest of", fontweight="bold")
plots.show(fig, "Digits of the test set that the network gets wrong, with its answer and how sure it was")

# %% results
given = np.random.default_rng(5)


def given_params(*sizes):
    """The same start values in both tracks, as NumPy float32."""
    pairs = [((i, o), o) for i, o in zip(sizes[:-1], sizes[1:], strict=True)]
    return [(given.normal(0, 0.3, s).astype(np.float32), np.zeros(n, np.float32)) for s, n in pairs]


x_moons, y_moons = data.moons(96)
x_moons, y_moons = tf.constant(x_moons), tf.constant(y_moons.astype(np.float32)[:, None])
params = [tuple(tf.Variable(part) for part in pair) for pair in given_params(2, 16, 1)]
with tf.GradientTape() as tape:
    first = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y_moons, logits=two_layer(x_moons, params)))
slope = tape.gradient(first, params[0][0])
batches = [(x_moons[i : i + 32], y_moons[i : i + 32]) for i in (0, 32, 64)]
for _ in range(20):
    moons_loss = float(np.mean([train_step(params, batch_x, batch_y, 0.3) for batch_x, batch_y in batches]))

pairs = given_params(64, 32, 10)
logits = forward(tf.constant(x_test), [tuple(tf.constant(part) for part in pair) for pair in pairs])
same = keras.Sequential([keras.Input((64,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)])
same.set_weights([part for pair in pairs for part in pair])
run = fit(same, loader_of(x_train, y_train), val_loader, 0.2, 3)  # lr, epochs
test_loss, test_accuracy = evaluate(same, test_loader)

# Both tracks give these to a relative 1e-5.
results = {
    "moons: loss at the start": float(first),
    "moons: norm of the gradient of w1": float(tf.norm(slope)),
    "moons: mean loss of epoch 20": moons_loss,
    "digits: mean logit at the start": float(tf.reduce_mean(logits)),
    "digits: accuracy at the start": accuracy(logits, tf.constant(y_test)),
    "digits: training loss of epoch 3": run["train"][-1],
    "digits: validation loss of epoch 3": run["validation"][-1],
    "digits: test loss after epoch 3": test_loss,
    "digits: test accuracy after epoch 3": test_accuracy,
}
for name, value in results.items():
    print(f"{name:38s} {value:.5f}")


# %% memorise
### BEGIN SOLUTION
def memorise(examples=64, epochs=80):
    """Train on digits whose labels are shuffled: accuracy on those examples, and on the test set."""
    shuffled = np.random.default_rng(0).permutation(y_train[:examples])
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(256, activation="relu"), keras.layers.Dense(10)])
    loader = loader_of(x_train[:examples], shuffled, shuffle=True)
    fit(model, loader, loader, 1.0, epochs)  # nothing is decided, so there is nothing to validate
    return evaluate(model, loader)[1], evaluate(model, test_loader)[1]


print("accuracy on shuffled labels: training {:.2f}, test {:.2f}".format(*memorise()))
### END SOLUTION
