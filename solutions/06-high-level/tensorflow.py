"""Lesson 06, TensorFlow track: layers, models and trainers from the library, with Keras."""

# %% imports
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course import data, plots

# Batches of a tf.data.Dataset come in the dataset's own order; `fit` would say so every time.
warnings.filterwarnings("ignore", message="`shuffle=True` was passed")

# %% digits
x, y = data.digits()  # (1797, 64), (1797,)
(x_rest, y_rest), (x_test, y_test) = data.split(x, y, fraction=0.4)
(x_train, y_train), (x_val, y_val) = data.split(x_rest, y_rest, fraction=0.25, seed=1)
print("training", x_train.shape, "validation", x_val.shape, "test", x_test.shape)


def loader_of(x, y, batch_size=32, shuffle=False):
    """Batches of (x, y); shuffled in the same way by every new loader."""
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    return (dataset.shuffle(len(x), seed=0) if shuffle else dataset).batch(batch_size)


def share_right(model, x, y):
    """The accuracy of a model that gives logits, in evaluation mode."""
    logits = model(tf.constant(x), training=False)
    return float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == y, tf.float32)))


# %% sequence
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10),
    ]
)
for layer in model.layers:
    print(f"{layer.name}: {layer.get_config()['activation']}")
for variable in model.trainable_variables:
    print(f"{variable.path:28s} {tuple(variable.shape)!s:9s} {np.prod(variable.shape):5d} numbers")
print("logits of five digits:", tuple(model(tf.constant(x_train[:5])).shape))
print("accuracy before training:", round(share_right(model, x_test, y_test), 2))


# %% build_mlp
def build_mlp(sizes, activation):
    """A model with the given layer widths, inputs first: (batch, sizes[0]) -> logits (batch, sizes[-1]).

    activation is a name such as "relu" or "tanh"; it stands between the layers, not after the last.
    """
    ### BEGIN SOLUTION
    hidden = [keras.layers.Dense(width, activation=activation) for width in sizes[1:-1]]
    return keras.Sequential([keras.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1])])
    ### END SOLUTION


# %% built
for sizes in ([64, 10], [64, 32, 10], [64, 128, 64, 10]):
    model = build_mlp(sizes, "relu")
    parts = [int(np.prod(variable.shape)) for variable in model.trainable_variables]
    print(f"{sizes!s:18s} {sum(parts):6d} numbers: {' + '.join(map(str, parts))}")

# %% linear
keras.utils.set_random_seed(0)
linear = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
linear.compile(
    optimizer=keras.optimizers.SGD(0.2),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
record = linear.fit(loader_of(x_train, y_train, shuffle=True), epochs=5, verbose=0)
for epoch, loss in enumerate(record.history["loss"], start=1):
    print(f"epoch {epoch}: loss {loss:.3f}")
print("test accuracy", round(share_right(linear, x_test, y_test), 3))


# %% train
def train(model, train, validation, lr, epochs):
    """Train a model that gives logits; a dict of lists "loss", "val_loss", "val_accuracy", one number for each epoch.

    The loaders give x (batch, features), y (batch,) of int64.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=keras.optimizers.SGD(lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history
    ### END SOLUTION


# %% same_curve
def own_loop(model, loader, lr, epochs):
    """The loop of lesson 5 around a model of this one: the mean training loss of each epoch."""
    optimizer = keras.optimizers.SGD(lr)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses = []

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    for _ in range(epochs):
        total = examples = 0
        for x, y in loader:
            total += float(step(x, y)) * len(x)
            examples += len(x)
        losses.append(total / examples)
    return losses


in_order, val_loader = loader_of(x_train, y_train), loader_of(x_val, y_val)
keras.utils.set_random_seed(0)
by_hand = build_mlp([64, 32, 10], "relu")
by_trainer = build_mlp([64, 32, 10], "relu")
by_trainer.set_weights(by_hand.get_weights())  # the same start

losses = own_loop(by_hand, in_order, 0.2, 20)
history = train(by_trainer, in_order, val_loader, 0.2, 20)

epochs = np.arange(1, 21)
fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.6))
left.plot(epochs, losses, color=plots.PALETTE[1], lw=6, alpha=0.5, label="own loop")
left.plot(epochs, history["loss"], color=plots.PALETTE[0], label="trainer")
left.plot(epochs, history["val_loss"], "--", color=plots.PALETTE[3], label="trainer, validation")
left.set(title="One model, trained twice", xlabel="epoch", ylabel="cross-entropy", xticks=range(0, 21, 5))
left.legend(frameon=False)
right.plot(epochs, history["val_accuracy"], color=plots.PALETTE[2])
right.set(title="Validation accuracy", xlabel="epoch", ylabel="share right", xticks=range(0, 21, 5), ylim=(0, 1))
plots.show(fig, "The training loss of an own loop and of the trainer lie on one another; the validation accuracy rises")
print(f"largest difference between the two loss curves: {np.abs(np.subtract(losses, history['loss'])).max():.0e}")
print(
    f"test accuracy: own loop {share_right(by_hand, x_test, y_test):.3f}, trainer {share_right(by_trainer, x_test, y_test):.3f}"
)


# %% unregistered
class Forgetful(keras.layers.Layer):
    """One layer, written as a beginner would."""

    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.random.normal((64, 10)))  # a plain variable of TensorFlow
        self.temperature = tf.constant(1.0)  # a plain tensor

    def call(self, x):
        return x @ self.w / self.temperature


class Careful(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(64, 10), initializer="glorot_uniform")
        self.temperature = self.add_weight(shape=(), initializer="ones")

    def call(self, x):
        return x @ self.w / self.temperature


for made in (Forgetful(), Careful()):
    logits = made(tf.constant(x_train[:5]))
    known = [int(np.prod(variable.shape)) for variable in made.trainable_variables]
    print(f"{type(made).__name__:9s} gives logits {tuple(logits.shape)} and has {sum(known)} parameters")


# %% Residual
class Residual(keras.layers.Layer):
    """y = x + alpha relu(x w + b).   x, y: (batch, features); alpha: one learned number, 0 at the start."""

    def __init__(self, features):
        super().__init__()
        ### BEGIN SOLUTION
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = self.add_weight(shape=(), initializer="zeros")
        ### END SOLUTION

    def call(self, x):
        """y (batch, features) of x (batch, features)."""
        ### BEGIN SOLUTION
        return x + self.alpha * self.dense(x)
        ### END SOLUTION


# %% deep
def deep(depth, residual):
    """A network with `depth` hidden layers of 32 neurons between the first layer and the last."""
    hidden = [Residual(32) if residual else keras.layers.Dense(32, activation="relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(32, activation="relu"), *hidden, keras.layers.Dense(10)])


fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.6), sharey=True)
for ax, residual in zip(axes, (False, True), strict=True):
    for depth, dash, colour in zip((1, 5, 20), ("-", "--", ":"), plots.PALETTE, strict=False):
        keras.utils.set_random_seed(0)
        model = deep(depth, residual)
        record = train(model, loader_of(x_train, y_train, shuffle=True), val_loader, 0.2, 10)
        ax.plot(range(1, 11), record["loss"], dash, color=colour, label=depth)
        kind = "residual" if residual else "plain"
        print(f"{kind:8s} {depth:2d} layers: last loss {record['loss'][-1]:.2f}, accuracy {record['val_accuracy'][-1]:.2f}")
    ax.set(title="Residual layers" if residual else "Plain layers", xlabel="epoch", ylabel="training loss")
    ax.set(ylim=(0, 2.5), xticks=range(0, 11, 2))
    ax.legend(frameon=False, title="hidden layers")
    ax.label_outer()
plots.show(
    fig,
    "Training loss over ten epochs. Left, plain networks: "
    "the loss falls soon with 1 hidden layer, late with 5, and stays at 2.3 with 20. "
    "Right, residual networks: with 1, 5 and 20 layers the loss falls in nearly the same way.",
)


# %% Distiller
class Distiller(keras.Model):
    """Trains `student` on labels and on the logits of `teacher`, which stays as it is.

    loss = cross-entropy(student's logits, y) + weight * mean((student's logits - teacher's logits) ** 2)
    """

    def __init__(self, student, teacher, weight):
        super().__init__()
        ### BEGIN SOLUTION
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")
        ### END SOLUTION

    def train_step(self, data):
        """One step with self.optimizer; a dict with "loss", the mean over the epoch's examples so far."""
        ### BEGIN SOLUTION
        x, y = data
        wanted = self.teacher(x, training=False)
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}
        ### END SOLUTION


# %% distilled
keras.utils.set_random_seed(0)
teacher = build_mlp([64, 128, 128, 10], "relu")
train(teacher, loader_of(x_train, y_train, shuffle=True), val_loader, 0.2, 30)
print(f"teacher, from {len(x_train)} labelled digits: test accuracy {share_right(teacher, x_test, y_test):.3f}")


def student_of(examples, weight):
    """Test accuracy of a small network after training on a few examples, with a teacher of the given weight."""
    keras.utils.set_random_seed(1)
    student = build_mlp([64, 32, 10], "relu")
    loader = loader_of(x_train[:examples], y_train[:examples], batch_size=25, shuffle=True)
    distiller = Distiller(student, teacher, weight)
    distiller.compile(optimizer=keras.optimizers.SGD(0.2))
    distiller.fit(loader.repeat(), steps_per_epoch=400, verbose=0)  # one long epoch of 400 steps
    return share_right(student, x_test, y_test)


amounts = (50, 100, 200)
shares = {weight: [student_of(n, weight) for n in amounts] for weight in (0.0, 0.3)}
fig, ax = plt.subplots(figsize=(5.6, 3.6))
for weight, marker, colour in zip(shares, plots.MARKERS, plots.PALETTE, strict=False):
    ax.plot(amounts, shares[weight], marker + "-", color=colour, label="with the teacher" if weight else "labels only")
    print("with the teacher:" if weight else "labels only:     ", "  ".join(f"{share:.3f}" for share in shares[weight]))
ax.axhline(share_right(teacher, x_test, y_test), ls=":", color="0.4", label="the teacher itself")
ax.set(title="A small student on few digits", xlabel="training examples", ylabel="test accuracy", xticks=amounts)
ax.legend(frameon=False)
plots.show(fig, "Students trained with a teacher's logits are better than those with labels only, for each number of examples")

# %% hooks
HOOKS = [
    "on_train_begin",
    "on_epoch_begin",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_batch_begin",
    "on_test_batch_end",
    "on_test_end",
    "on_epoch_end",
    "on_train_end",
]


def diary_of(hooks):
    """A callback that writes down the name of every hook that is called."""
    calls = []
    methods = {hook: lambda self, *_, name=hook, **__: calls.append(name) for hook in hooks}
    callback = type("Diary", (keras.callbacks.Callback,), methods)()
    callback.calls = calls
    return callback


diary = diary_of(HOOKS)
small = loader_of(x_train[:96], y_train[:96])  # three batches
linear.fit(small, validation_data=loader_of(x_val[:64], y_val[:64]), epochs=2, callbacks=[diary], verbose=0)

fig, ax = plt.subplots(figsize=(8.6, 3.6))
rows = [HOOKS.index(name) for name in diary.calls]
ax.plot(rows, "-", color="0.75")
ax.plot(rows, "o", color=plots.PALETTE[0])
ax.set(title="Two epochs of three batches, seen from the hooks", xlabel="call", yticks=range(len(HOOKS)), yticklabels=HOOKS)
ax.invert_yaxis()
plots.show(fig, "The order in which a trainer calls the hooks: epochs contain batches, then validation, then the epoch's end")


# %% StepDecay
class StepDecay(keras.callbacks.Callback):
    """Multiplies the learning rate by `factor` after every `every` epochs."""

    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        ### BEGIN SOLUTION
        if (epoch + 1) % self.every == 0:
            optimizer = self.model.optimizer
            optimizer.learning_rate = optimizer.learning_rate * self.factor
        ### END SOLUTION


# %% decayed
runs = {}
for name, callbacks in {"constant": [], "halved every 3 epochs": [StepDecay(0.5, 3)]}.items():
    keras.utils.set_random_seed(0)
    model = build_mlp([64, 16, 10], "relu")
    model.compile(optimizer=keras.optimizers.SGD(0.6), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    noisy = loader_of(x_train, y_train, batch_size=8, shuffle=True)
    runs[name] = model.fit(noisy, epochs=12, callbacks=callbacks, verbose=0).history
    print(f"{name:22s} last training loss {runs[name]['loss'][-1]:.4f}")

fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.6))
plots.curves(left, {name: run["loss"] for name, run in runs.items()}, "epoch", "training loss")
left.set(title="Large steps, with and without decay", yscale="log")
right.step(range(1, 13), [0.6 * 0.5 ** ((e - 1) // 3) for e in range(1, 13)], "--", where="mid", color=plots.PALETTE[1])
right.axhline(0.6, color=plots.PALETTE[0])
right.set(title="The learning rates", xlabel="epoch", ylabel="lr", ylim=(0, 0.65))
plots.show(
    fig,
    "Left: with the constant learning rate of 0.6 the training loss rises again and again; with the halved one it falls "
    "steadily and ends lower. Right: the two learning rates, one of them halved after epochs 3, 6 and 9.",
)

# %% results
given = np.random.default_rng(6)


def filled(model):
    """The model with start values that are the same in both tracks."""
    model.set_weights([given.normal(0, 0.2, w.shape).astype(np.float32) for w in model.get_weights()])
    return model


plain_loader = loader_of(x_train, y_train)
model = filled(build_mlp([64, 32, 10], "tanh"))
start = float(tf.reduce_mean(model(tf.constant(x_test))))
run = train(model, plain_loader, val_loader, 0.2, 3)
layered = filled(build_mlp([64, 16, 10], "linear"))
layer = Residual(16)
layer(tf.zeros((1, 16)))
for variable in layer.trainable_variables:
    variable.assign(tf.fill(variable.shape, 0.05))
features = layer(layered.layers[0](tf.constant(x_test)))
student = filled(build_mlp([64, 16, 10], "relu"))
distiller = Distiller(student, model, 0.5)
distiller.compile(optimizer=keras.optimizers.SGD(0.2))
record = distiller.fit(plain_loader, epochs=2, callbacks=[StepDecay(0.5, 1)], verbose=0)

# Both tracks give these to a relative 1e-4.
results = {
    "numbers in 64-32-10": model.count_params(),
    "mean logit at the start": start,
    "loss of epoch 3": run["loss"][-1],
    "validation loss of epoch 3": run["val_loss"][-1],
    "validation accuracy of epoch 3": run["val_accuracy"][-1],
    "mean square after a residual layer": float(tf.reduce_mean(features**2)),
    "student's loss of epoch 2, with decay": record.history["loss"][-1],
    "student's test accuracy": share_right(student, x_test, y_test),
}
for name, value in results.items():
    print(f"{name:38s} {value:.5f}")


# %% gradient_norms
### BEGIN SOLUTION
class Watched(keras.Model):
    """Trains a model and keeps the norm of the gradient of every table of weights, in the latest step."""

    def __init__(self, model):
        super().__init__()
        self.inner = model
        self.norms = {}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.inner(x, training=True)))
        variables = self.inner.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return {f"norm {i:02d}": tf.norm(g) for i, g in enumerate(gradients) if len(g.shape) == 2}


for residual in (False, True):
    keras.utils.set_random_seed(0)
    watched = Watched(deep(20, residual))
    watched.compile(optimizer=keras.optimizers.SGD(0.1))
    history = watched.fit(loader_of(x_train, y_train), epochs=1, verbose=0).history
    norms = [history[name][-1] for name in sorted(name for name in history if name.startswith("norm"))]
    print("residual" if residual else "plain   ", "  ".join(f"{norm:.0e}" for norm in norms[::5]))
### END SOLUTION
