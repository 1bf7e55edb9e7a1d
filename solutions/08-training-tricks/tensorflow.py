"""Lesson 08, TensorFlow track: what makes training work, measured with and without."""

# %% imports
import functools
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course import data, plots

# %% many
x, y = data.digits()  # (1797, 64), (1797,)
x = x - x.mean(axis=0)  # grey values around 0
(x_train, y_train), (x_test, y_test) = ((tf.constant(a), tf.constant(b)) for a, b in data.split(x, y, fraction=0.5))
SEEDS = 8


def new_generator(seed=0):
    return tf.random.Generator.from_seed(seed)


def normal_table(fan_in, fan_out, deviation, generator):
    """Weights (fan_in, fan_out) of a given standard deviation."""
    return deviation * generator.normal((fan_in, fan_out))


def networks(sizes, table, copies=SEEDS):
    """Start values of several networks at once: [(w, b), ...] with w (copies, fan_in, fan_out) and b (copies, 1, fan_out)."""
    pairs = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
        w = tf.stack([table(fan_in, fan_out) for _ in range(copies)])
        pairs.append((tf.Variable(w), tf.Variable(tf.zeros((copies, 1, fan_out)))))
    return pairs


def forward(x, params, activation=tf.tanh, after=lambda h, layer: h):
    """Logits (copies, batch, classes) of x (copies, batch, features); `after` may change each hidden layer's numbers."""
    for layer, (w, b) in enumerate(params[:-1]):
        x = activation(after(x @ w + b, layer))
    w, b = params[-1]
    return x @ w + b


def losses(logits, labels):
    """The mean cross-entropy of every network: logits (copies, batch, classes), labels (copies, batch) -> (copies,)."""
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)  # (copies, batch)
    return tf.reduce_mean(each, axis=1)


def slopes(net, batch_x, batch_y, params):
    """The losses (copies,) and the gradients, in pairs like the params.

    The tape adds up the losses. As no network knows of the others, each gets the gradient of its own loss.
    """
    with tf.GradientTape() as tape:
        loss = losses(net(batch_x, params), batch_y)
    return loss, tape.gradient(loss, params)


fast_slopes = tf.function(slopes)  # compiled when first called: for nets that are made of this notebook's own parts


@tf.function
def descend(params, grads, lr):
    for pair, slopes in zip(params, grads, strict=True):
        for part, slope in zip(pair, slopes, strict=True):
            part.assign_sub(lr * slope)


def batches_of(examples, batch_size, epochs, copies=SEEDS):
    """Batches (copies, batch_size) of row numbers, where every network has its own order."""
    rng = np.random.default_rng(1)
    for _ in range(epochs):
        orders = np.stack([rng.permutation(examples) for _ in range(copies)])
        for begin in range(0, examples - batch_size + 1, batch_size):
            yield orders[:, begin : begin + batch_size]


def train(params, net, step, labels=None, examples=800, batch_size=100, epochs=15, compiled=True):
    """Train all networks on the first examples: step(params, grads) after each batch. Gives the losses (steps, copies)."""
    labels = y_train if labels is None else labels
    history, compute = [], fast_slopes if compiled else slopes
    for index in batches_of(examples, batch_size, epochs):
        loss, grads = compute(net, tf.gather(x_train, index), tf.gather(labels, index), params)
        step(params, grads)
        history.append(loss.numpy())
    return np.array(history)


def test_accuracy(params, net):
    """Accuracy of every network on the test set: (copies,)."""
    logits = net(copied(x_test), params)  # (copies, examples, classes)
    return (tf.argmax(logits, axis=2) == y_test).numpy().mean(axis=1)


def copied(table, copies=SEEDS):
    """The same table for every network: (copies, ...)."""
    return tf.repeat(table[None], copies, axis=0)


def report(name, values):
    values = np.sort(values)
    print(f"{name:32s} lowest {values[0]:.3f}   median {np.median(values):.3f}   highest {values[-1]:.3f}")


def dots(ax, series, ylabel):
    """One dot for each seed, and a line at the median, for every name of the series."""
    for k, values in enumerate(series.values()):
        ax.scatter(k + np.linspace(-0.15, 0.15, len(values)), np.sort(values), s=16, color=plots.PALETTE[k], alpha=0.8)
        ax.hlines(np.median(values), k - 0.3, k + 0.3, color="black", linewidth=1.5)
    ax.set(xticks=range(len(series)), ylabel=ylabel)
    ax.set_xticklabels(series)
    ax.grid(axis="x", visible=False)


params = networks([64, 32, 10], lambda i, o: normal_table(i, o, 0.1, new_generator(o)), copies=3)
print(
    "one batch for 3 networks:",
    tuple(copied(x_train[:5], 3).shape),
    "-> logits",
    tuple(forward(copied(x_train[:5], 3), params).shape),
)

# %% depth
WIDTH = 64


def sizes_through(factor, activation):
    """Spread of every layer's output, and norm of the gradient of every layer's weights: two tables (layers, copies)."""
    generator = new_generator()
    params = networks([WIDTH] * 20 + [10], lambda i, o: normal_table(i, o, factor / math.sqrt(i), generator))
    spreads = []

    def watched(h):
        h = activation(h)
        spreads.append(tf.math.reduce_std(h, axis=(1, 2)).numpy())
        return h

    net = functools.partial(forward, activation=watched)
    _, grads = slopes(net, copied(x_train[:200]), copied(y_train[:200]), params)
    norms = [tf.norm(dw, axis=(1, 2)).numpy() for dw, db in grads]
    return np.array(spreads), np.array(norms[:-1])


runs = {
    "tanh, 0.5 / sqrt(n)": (0.5, tf.tanh),
    "tanh, 1 / sqrt(n)": (1.0, tf.tanh),
    "sigmoid, 1 / sqrt(n)": (1.0, tf.sigmoid),
    "ReLU, sqrt(2 / n)": (math.sqrt(2), tf.nn.relu),
    "ReLU, 2 sqrt(2 / n)": (2 * math.sqrt(2), tf.nn.relu),
}
fig, axes = plt.subplots(1, 2, figsize=(8.6, 4.0))
for k, (name, (factor, activation)) in enumerate(runs.items()):
    tables = sizes_through(factor, activation)
    first, last = (np.median(tables[1][layer]) for layer in (0, -1))
    print(f"{name:22s} gradient of the first layer {first:.0e}, of layer 19 {last:.0e}")
    for ax, table in zip(axes, tables, strict=True):
        layers = np.arange(1, len(table) + 1)
        ax.fill_between(layers, table.min(axis=1), table.max(axis=1), color=plots.PALETTE[k], alpha=0.25)
        ax.plot(layers, np.median(table, axis=1), color=plots.PALETTE[k], marker=plots.MARKERS[k], markersize=3.5, label=name)
axes[0].set(title="Forward: spread of the outputs", yscale="log", xlabel="layer", ylabel="standard deviation")
axes[1].set(title="Back: gradient of the weights", yscale="log", xlabel="layer", ylabel="norm")
for ax in axes:
    ax.set_xticks([1, 5, 10, 15, 19])
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=9)
plots.show(
    fig,
    "19 layers: outputs of tanh at half the scale fall, of ReLU at twice the scale grow; the sigmoid's gradients vanish",
)


# %% xavier
def xavier(fan_in, fan_out, generator):
    """Start values (fan_in, fan_out) around 0 with variance 2 / (fan_in + fan_out), drawn from the generator."""
    ### BEGIN SOLUTION
    bound = math.sqrt(6 / (fan_in + fan_out))
    return generator.uniform((fan_in, fan_out), -bound, bound)
    ### END SOLUTION


# %% starts
def trained(rule, lr=0.1, epochs=8):
    """Test accuracies of eight networks with 6 hidden layers, started by a rule(fan_in, fan_out)."""
    params = networks([64] + 6 * [48] + [10], rule)
    train(params, forward, lambda params, grads: descend(params, grads, tf.constant(lr)), epochs=epochs)
    return test_accuracy(params, forward)


generator = new_generator()
by_start = {str(d): trained(lambda i, o, d=d: normal_table(i, o, d, generator)) for d in (0.01, 0.05, 0.5, 1.0)}
by_start["Xavier"] = trained(lambda i, o: xavier(i, o, generator))
for name, values in by_start.items():
    report(f"start {name}", values)

fig, ax = plt.subplots(figsize=(6.4, 3.4))
dots(ax, {name: by_start[name] for name in ("0.01", "0.05", "Xavier", "0.5", "1.0")}, "test accuracy")
ax.set(title="Six hidden layers, five starts", xlabel="standard deviation of the first weights", ylim=(0, 1))
plots.show(fig, "Test accuracy of eight networks for each of five starts: Xavier's all near the top, small starts at chance")

# %% momentum
shown = tf.constant([[10.0 - 2], [10 - 2], [10 + 2], [10 + 2]])  # (4, 1): mean 10, mean square distance 4
for momentum in (0.1, 0.9):
    layer = keras.layers.BatchNormalization(momentum=momentum)  # starts with the running mean 0 and the running variance 1
    layer(shown, training=True)
    mean, var = (float(value[0]) for value in layer.non_trainable_variables)
    print(f"Keras, momentum={momentum}: running mean {mean:.2f}, running variance {var:.3f}")


# %% batch_norm
def batch_norm(x, state, training):
    """Batch normalisation of x (batch, features); in training also new running statistics in `state`, a dict.

    state: "gamma", "beta", "mean", "var", each (features,); "keep", the share of the old running value; "eps".
    """
    ### BEGIN SOLUTION
    if training:
        mean, var = tf.nn.moments(x, axes=[0])  # the variance is the biased one
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    return state["gamma"] * (x - mean) / tf.sqrt(var + state["eps"]) + state["beta"]
    ### END SOLUTION


# %% normalised
EPOCHS = 4


def new_state(features):
    trained = {"gamma": tf.ones(features), "beta": tf.zeros(features)}
    running = {"mean": tf.zeros(features), "var": tf.ones(features)}
    return {**trained, **running, "keep": 0.9, "eps": 1e-5}


def normalising(states, training):
    """What `forward` does after x @ w + b. For batch_norm the features of all networks stand side by side."""

    def after(h, layer):
        copies, batch, features = h.shape
        side_by_side = tf.reshape(tf.transpose(h, (1, 0, 2)), (batch, copies * features))
        normal = batch_norm(side_by_side, states[layer], training)
        return tf.transpose(tf.reshape(normal, (batch, copies, features)), (1, 0, 2))

    return lambda x, params: forward(x, params, after=after)


def train_with_batch_norm(deviation):
    """Eight networks with 6 hidden layers and batch norm: their parameters and the states of the layers."""
    params = networks([64] + 6 * [48] + [10], lambda i, o: normal_table(i, o, deviation, generator))
    states = [new_state(SEEDS * 48) for _ in range(6)]
    train(
        params,
        normalising(states, True),
        lambda params, grads: descend(params, grads, tf.constant(0.1)),
        epochs=EPOCHS,
        compiled=False,
    )
    return params, states


generator, by_norm = new_generator(1), {}
for d in (0.05, 0.14, 0.5):
    by_norm[f"{d}\nwithout"] = trained(lambda i, o, d=d: normal_table(i, o, d, generator), epochs=EPOCHS)
    params, states = train_with_batch_norm(d)
    by_norm[f"{d}\nwith"] = test_accuracy(params, normalising(states, False))
    report(f"start {d} without batch norm", by_norm[f"{d}\nwithout"])
    report(f"start {d} with batch norm", by_norm[f"{d}\nwith"])

right = np.zeros(SEEDS)
for i in range(25):  # the last networks once more: one example at a time, and the wrong mode
    logits = normalising(states, True)(copied(x_test[i : i + 1]), params)  # (copies, 1, classes)
    right += (tf.argmax(logits, axis=2)[:, 0] == y_test[i]).numpy()
report("alone, in training mode", right / 25)

fig, ax = plt.subplots(figsize=(6.4, 3.6))
dots(ax, by_norm, "test accuracy")
ax.set(title="Three starts, without and with batch norm", xlabel="standard deviation of the first weights", ylim=(0, 1))
plots.show(
    fig, "Test accuracy of eight networks for three starts: with batch norm each of the three is far higher than without it"
)


# %% dropout
def dropout(x, p, training, generator):
    """x with each number set to 0 with probability p and the others divided by 1 - p; x itself if not training."""
    ### BEGIN SOLUTION
    if not training:
        return x
    mask = tf.cast(generator.uniform(tf.shape(x)) >= p, x.dtype)
    return x * mask / (1 - p)
    ### END SOLUTION


# %% dropped
def wrong_labels(share, examples):
    """The training labels, where a share of the first ones has been replaced by another digit."""
    rng, labels = np.random.default_rng(7), y_train.numpy().copy()
    chosen = rng.permutation(examples)[: round(share * examples)]
    labels[chosen] = (labels[chosen] + rng.integers(1, 10, len(chosen))) % 10
    return tf.constant(labels)


def relu_net(x, params):
    return forward(x, params, tf.nn.relu)


def with_dropout(p, labels):
    """Training losses (after the last epoch, without dropout) and test accuracies of eight networks 64-128-10."""
    params = networks([64, 128, 10], lambda i, o: xavier(i, o, generator))

    def dropping(x, params):
        return forward(x, params, lambda h: dropout(tf.nn.relu(h), p, True, generator))

    def step(params, grads):
        descend(params, grads, tf.constant(0.8))

    net = dropping if p else relu_net  # at 0 there is nothing to drop
    train(params, net, step, labels, examples=200, batch_size=50, epochs=25, compiled=p == 0)
    fitted = losses(relu_net(copied(x_train[:200]), params), copied(labels[:200]))
    return fitted.numpy(), test_accuracy(params, relu_net)


generator = new_generator(2)
fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.5), sharey=True)
for ax, share in zip(axes, (0.0, 0.3), strict=True):
    by_p = {}
    for p in (0.0, 0.5, 0.75):
        fitted, by_p[str(p)] = with_dropout(p, wrong_labels(share, 200))
        report(f"{share:.0%} wrong, p {p}, loss {np.median(fitted):.2f}", by_p[str(p)])
    dots(ax, by_p, "test accuracy")
    ax.set(title=f"{share:.0%} of the labels wrong", xlabel="probability $p$ to drop a neuron")
    ax.label_outer()
plots.show(fig, "Test accuracy by dropout: no clear difference with clean labels, a clear gain where 30 % of them are wrong")


# %% weight_decay_step
def weight_decay_step(params, grads, velocity, lr, decay):
    """One step of gradient descent with momentum 0.9 and decoupled decay of the w, in place; the new velocity is kept.

    params, grads and velocity are lists of pairs: [(w, b), ...].
    """
    ### BEGIN SOLUTION
    for i, ((w, b), (dw, db)) in enumerate(zip(params, grads, strict=True)):
        vw = 0.9 * velocity[i][0] + dw
        vb = 0.9 * velocity[i][1] + db
        velocity[i] = [vw, vb]
        w.assign_sub(lr * vw + lr * decay * w)
        b.assign_sub(lr * vb)
    ### END SOLUTION


# %% decayed
def zeros_like(params):
    return [[tf.zeros(part.shape) for part in pair] for pair in params]


def with_decay(decay, labels):
    """The mean size of a weight, and the test accuracies of eight networks 64-128-10."""
    params = networks([64, 128, 10], lambda i, o: xavier(i, o, generator))
    velocity = zeros_like(params)

    def step(params, grads):
        weight_decay_step(params, grads, velocity, 0.1, decay)

    train(params, relu_net, step, labels, examples=200, batch_size=50, epochs=25)
    return np.mean([np.abs(w.numpy()).mean() for w, b in params]), test_accuracy(params, relu_net)


generator = new_generator(3)
fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.5), sharey=True)
for ax, share in zip(axes, (0.0, 0.3), strict=True):
    by_decay = {}
    for decay in (0.0, 0.03, 0.1, 0.3):
        size, by_decay[str(decay)] = with_decay(decay, wrong_labels(share, 200))
        report(f"{share:.0%} wrong, decay {decay}, |w| {size:.2f}", by_decay[str(decay)])
    dots(ax, by_decay, "test accuracy")
    ax.set(title=f"{share:.0%} of the labels wrong", xlabel="decay")
    ax.label_outer()
plots.show(fig, "Test accuracy by weight decay: little difference with clean labels, a clear gain with wrong ones")


# %% adam_step
def adam_step(params, grads, state, lr):
    """One step of Adam on a list of parameters, in place; state = {"step": t, "m": [...], "v": [...]} is kept up to date."""
    ### BEGIN SOLUTION
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads, strict=True)):
        state["m"][i] = 0.9 * state["m"][i] + 0.1 * g
        state["v"][i] = 0.999 * state["v"][i] + 0.001 * g**2
        m_hat = state["m"][i] / (1 - 0.9**t)
        v_hat = state["v"][i] / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))
    ### END SOLUTION


# %% surface
def surface(w):
    """A long valley whose floor bends: a hundred times as steep across as along; lowest at (0, 0). w (..., 2)."""
    return 0.05 * w[..., 0] ** 2 + 5 * (w[..., 1] - 0.15 * w[..., 0] ** 2) ** 2


def descent(w, g, memory):
    w.assign_sub(0.15 * g)


def momentum(w, g, memory):
    memory["velocity"] = 0.9 * memory.get("velocity", 0) + g
    w.assign_sub(0.07 * memory["velocity"])


def adagrad(w, g, memory):
    memory["sum"] = memory.get("sum", 0) + g**2
    w.assign_sub(0.7 * g / (tf.sqrt(memory["sum"]) + 1e-8))


def rmsprop(w, g, memory):
    memory["mean"] = 0.9 * memory.get("mean", 0) + 0.1 * g**2
    w.assign_sub(0.1 * g / (tf.sqrt(memory["mean"]) + 1e-8))


def adam(w, g, memory):
    if not memory:
        memory.update(step=0, m=[tf.zeros(w.shape)], v=[tf.zeros(w.shape)])
    adam_step([w], [g], memory, 1.0)


def normalised_gradient(w, g, memory):
    w.assign_sub(0.07 * g / (tf.norm(g, axis=1, keepdims=True) + 1e-8))


angles = 0.3 + np.arange(8) * np.pi / 4
STARTS = np.column_stack([2.5 * np.cos(angles), 0.6 + 1.6 * np.sin(angles)]).astype(np.float32)  # (8, 2)


@tf.function
def slope_at(w):
    """The gradient of the surface at the places w, a variable (n, 2)."""
    with tf.GradientTape() as tape:
        height = surface(w)
    return tape.gradient(height, w)


def walk(rule, steps=80):
    """The places (steps + 1, 8, 2) where a rule leads from eight starts."""
    w, memory = tf.Variable(STARTS), {}
    path = [w.numpy()]
    for _ in range(steps):
        rule(w, slope_at(w), memory)
        path.append(w.numpy())
    return np.stack(path)


rules = {
    "gradient descent": descent,
    "momentum": momentum,
    "Adagrad": adagrad,
    "RMSProp": rmsprop,
    "Adam (yours)": adam,
    "normalised gradient": normalised_gradient,
}
across, up = np.meshgrid(np.linspace(-3.6, 3.6, 160), np.linspace(-1.6, 2.8, 160))
ground = surface(np.stack([across, up], axis=-1))
fig, axes = plt.subplots(2, 3, figsize=(8.6, 5.4), sharex=True, sharey=True)
for k, (ax, (name, rule)) in enumerate(zip(axes.flat, rules.items(), strict=True)):
    path = walk(rule)  # (81, 8, 2)
    heights = np.sort(surface(path), axis=1)  # (81, 8)
    low, high = heights[-1, 0], heights[-1, -1]
    print(f"{name:20s} median height after 20 steps {np.median(heights[20]):.4f}", end="   ")
    print(f"after 80 {np.median(heights[-1]):.5f} (from {low:.5f} to {high:.5f})")
    ax.contourf(across, up, np.log10(ground + 0.003), levels=14, cmap="Greys", alpha=0.55)
    for which, dash in ((3, "-"), (6, ":")):
        ax.plot(*path[:, which].T, dash, color=plots.PALETTE[k], marker="o", markersize=2, linewidth=1.2)
    ax.plot(0, 0, "*", color="black", markersize=9)
    ax.set(title=name, xlim=(-3.6, 3.6), ylim=(-1.6, 2.8))
    ax.grid(False)
for ax in axes[-1]:
    ax.set_xlabel("$w_1$")
for ax in axes[:, 0]:
    ax.set_ylabel("$w_2$")
plots.show(
    fig, "Six rules in one bent valley: gradient descent zigzags, Adagrad stops short, momentum, RMSProp and Adam arrive"
)


# %% clip_by_global_norm
def clip_by_global_norm(grads, limit):
    """New gradients: all multiplied by limit / norm if the norm over all of them is above the limit, else the same values."""
    ### BEGIN SOLUTION
    norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in grads))
    if norm <= limit:
        return list(grads)
    return [g * (limit / norm) for g in grads]
    ### END SOLUTION


# %% clipped
def clip_each_network(grads, limit):
    """Your function for each of the networks, one after the other: each has its own norm."""
    flat = [tf.unstack(part) for pair in grads for part in pair]
    one_by_one = [clip_by_global_norm(list(one), limit) for one in zip(*flat, strict=True)]
    flat = [tf.stack(parts) for parts in zip(*one_by_one, strict=True)]
    return [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]


def with_clipping(limit, lr):
    """Test accuracies, and how many of the eight networks ended in NaN."""
    generator = new_generator(4)
    params = networks([64] + 8 * [48] + [10], lambda i, o: normal_table(i, o, 1.5 * math.sqrt(2 / i), generator))

    def step(params, grads):
        descend(params, clip_each_network(grads, limit) if limit else grads, tf.constant(lr))

    history = train(params, relu_net, step, epochs=6)
    return test_accuracy(params, relu_net), int(np.isnan(history[-1]).sum())


for lr in (0.02, 0.2):
    for limit in (None, 5.0):
        shares, broken = with_clipping(limit, lr)
        report(f"lr {lr}, limit {limit}: {broken} of 8 NaN", shares)


# %% schedules
def with_schedule(rate):
    """Losses (steps, copies) and test accuracies, where rate(t) is the learning rate at the share t of the training."""
    generator = new_generator(5)
    params = networks([64, 48, 10], lambda i, o: xavier(i, o, generator))
    rates = iter([rate(step / 480) for step in range(480)])

    def step(params, grads):
        descend(params, grads, tf.constant(next(rates)))

    history = train(params, relu_net, step, wrong_labels(0.2, 600), examples=600, batch_size=10, epochs=8)
    return history, test_accuracy(params, relu_net)


schedules = {
    "0.5": lambda t: 0.5,
    "0.1": lambda t: 0.1,
    "0.02": lambda t: 0.02,
    "steps": lambda t: 0.5 if t < 0.5 else 0.05,
    "cosine": lambda t: 0.25 * (1 + math.cos(math.pi * t)),
}
by_schedule = {}
fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.6))
for k, (name, rate) in enumerate(schedules.items()):
    history, by_schedule[name] = with_schedule(rate)
    report(f"learning rate {name}", by_schedule[name])
    epochs = history.reshape(8, 60, SEEDS).mean(axis=1)  # (epochs, copies)
    left.plot(range(1, 9), np.median(epochs, axis=1), color=plots.PALETTE[k], marker=plots.MARKERS[k], markersize=4, label=name)
    left.fill_between(range(1, 9), epochs.min(axis=1), epochs.max(axis=1), color=plots.PALETTE[k], alpha=0.2)
left.set(title="Training loss", xlabel="epoch", ylabel="cross-entropy")
left.legend(frameon=False, fontsize=8)
dots(right, by_schedule, "test accuracy")
right.set(title="After 8 epochs", xlabel="learning rate")
plots.show(fig, "Training loss and test accuracy: the rate 0.5 ends scattered, 0.02 low, 0.1 and both schedules near 0.935")

# %% results
given = np.random.default_rng(8)


def given_params(*sizes):
    """The same start values in both tracks, for one network: [(w, b), ...] with w (1, fan_in, fan_out), b (1, 1, fan_out)."""
    tables = [given.normal(0, math.sqrt(1 / i), (i, o)).astype(np.float32) for i, o in zip(sizes[:-1], sizes[1:], strict=True)]
    tables = iter(tables)
    return networks(sizes, lambda i, o: tf.constant(next(tables)), copies=1)


def given_batches(count):
    return [(x_train[None, i : i + 50], y_train[None, i : i + 50]) for i in range(0, 50 * count, 50)]


def run(params, step, count=12):
    """The mean loss over twelve steps, the same batches in both tracks."""
    seen = []
    for batch_x, batch_y in given_batches(count):
        loss, grads = slopes(forward, batch_x, batch_y, params)
        step(params, grads)
        seen.append(float(loss[0]))
    return float(np.mean(seen))


deep = given_params(*[64] * 20, 10)
batch_x, batch_y = given_batches(1)[0]
norms = [float(tf.norm(dw)) for dw, db in slopes(forward, batch_x, batch_y, deep)[1]]

state = {"gamma": tf.fill((64,), 1.5), "beta": tf.fill((64,), 0.5), "mean": tf.zeros(64), "var": tf.ones(64)}
state.update(keep=0.9, eps=1e-3)
spread = [float(tf.math.reduce_std(batch_norm(batch_x[0], state, True))) for batch_x, batch_y in given_batches(4)]
used = batch_norm(x_test, state, False)


def flat(pairs):
    return [part for pair in pairs for part in pair]


params = given_params(64, 32, 10)
memory = {"step": 0, "m": flat(zeros_like(params)), "v": flat(zeros_like(params))}
adam_loss = run(params, lambda params, grads: adam_step(flat(params), flat(grads), memory, 0.01))

params = given_params(64, 32, 10)
velocity = zeros_like(params)
decay_loss = run(params, lambda params, grads: weight_decay_step(params, grads, velocity, 0.1, 0.5))
decayed_size = float(np.abs(params[0][0].numpy()).mean())


def clipped_step(params, grads):
    dw1, db1, dw2, db2 = clip_by_global_norm(flat(grads), 0.25)
    descend(params, [(dw1, db1), (dw2, db2)], tf.constant(0.5))


# Both tracks give these to a relative 1e-4.
results = {
    "20 layers: gradient of layer 1": norms[0],
    "20 layers: gradient of layer 19": norms[18],
    "batch norm: spread in training": spread[-1],
    "batch norm: running variance": float(tf.reduce_mean(state["var"])),
    "batch norm: mean in evaluation": float(tf.reduce_mean(used)),
    "Adam: mean loss of 12 steps": adam_loss,
    "decay: mean loss of 12 steps": decay_loss,
    "decay: size of the weights": decayed_size,
    "clipping: mean loss of 12 steps": run(given_params(64, 32, 10), clipped_step),
}
for name, value in results.items():
    print(f"{name:34s} {value:.5f}")


# %% shortcuts
### BEGIN SOLUTION
def with_shortcuts(x, params):
    """Each hidden layer adds to what it was given: x + tanh(x @ w + b). Needs layers of one width."""
    for w, b in params[:-1]:
        x = x + tf.tanh(x @ w + b)
    w, b = params[-1]
    return x @ w + b


def very_deep(net):
    generator = new_generator(6)
    params = networks([64] * 21 + [10], lambda i, o: normal_table(i, o, 0.02, generator))
    train(params, net, lambda params, grads: descend(params, grads, tf.constant(0.05)), epochs=6)
    return test_accuracy(params, net)


report("20 hidden layers", very_deep(forward))
report("20 hidden layers, shortcuts", very_deep(with_shortcuts))
### END SOLUTION
