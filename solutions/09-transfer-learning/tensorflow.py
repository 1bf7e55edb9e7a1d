"""Lesson 09, TensorFlow track: transfer learning with a network that has seen a million photographs."""

# %% imports
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from sklearn.linear_model import LogisticRegression

from course import data, plots, pretrained
from course.data import photographs

# %% network
network = pretrained.load("tensorflow")
count = sum(int(np.prod(variable.shape)) for variable in network.model.trainable_variables)
print(f"{network.name}: {count:,} weights, {len(pretrained.class_names()):,} classes, layers {', '.join(network.layers)}")

# %% first_look
names = ["s0045.jpg", "s0126.jpg", "s0089.jpg", "s0165.jpg"]
images = photographs.pictures(names, side=224)  # (4, 224, 224, 3)
answers = network.top(images, k=3)

fig, axes = plt.subplots(2, 4, figsize=(8.6, 3.9), height_ratios=(2.1, 1))
for column, image, answer in zip(axes.T, images, answers, strict=True):
    column[0].imshow(image)
    column[0].set_axis_off()
    column[1].barh(range(3), [p for _, p in answer], color=plots.PALETTE[5])
    for i, (name, p) in enumerate(answer):
        column[1].text(0.02, i, f"{name} {p:.0%}", va="center", fontsize=8)
    column[1].set(xlim=(0, 1), xticks=(0, 0.5, 1), xlabel="probability", yticks=[], ylim=(2.6, -0.6))
axes[0, 0].set_title("What the network calls four photographs", loc="left")
plots.show(fig, "Photographs of an owl, a flamingo, a peacock and two penguins, below each the three likeliest class names")
print(photographs.CREDIT)


# %% preprocess
def preprocess(images):
    """Photographs (n, height, width, 3), NumPy uint8 -> float32 tensor of the same shape, (pixel - 127) / 128."""
    ### BEGIN SOLUTION
    return (tf.cast(images, tf.float32) - 127) / 128
    ### END SOLUTION


# %% looks
x = preprocess(images)
print("prepared:", tuple(x.shape), x.dtype, f"from {tf.reduce_min(x):.2f} to {tf.reduce_max(x):.2f}")
for label, wrong in {"as it should be": x, "scaled to 0..1": (x * 128 + 127) / 255, "0..255": x * 128 + 127}.items():
    p = tf.nn.softmax(network.model(wrong, training=False)).numpy()  # (4, 1000)
    told = [f"{pretrained.class_names()[row.argmax()]} {row.max():.0%}" for row in p]
    print(f"{label:16s} {', '.join(told)}")

# %% feature_maps
shown = ["stem", "block3", "block5", "block11", "head"]
maps = network.feature_maps(images[1:2], shown)  # name -> (1, height, width, channels)
fig, axes = plt.subplots(4, 5, figsize=(8.6, 7.2))
for column, name in zip(axes.T, shown, strict=True):
    map_of = maps[name][0]  # (height, width, channels)
    strongest = np.argsort(-map_of.std(axis=(0, 1)))[:4]
    column[0].set_title(f"{name}\n{map_of.shape[0]} x {map_of.shape[1]}, {map_of.shape[2]} channels", fontsize=8)
    for ax, channel in zip(column, strongest, strict=True):
        ax.imshow(map_of[..., channel], cmap="cividis")
        ax.set_axis_off()
fig.suptitle("One flamingo at five depths: the four channels that vary most", fontweight="bold")
plots.show(
    fig, "Feature maps: first outlines of the flamingo in fine detail, deeper ever coarser patches, at the end 7 by 7 squares"
)


# %% extract_features
def extract_features(model, x, batch_size):
    """Features (n, features) of all examples x (n, ...), computed batch by batch in evaluation mode."""
    ### BEGIN SOLUTION
    batches = [model(x[i : i + batch_size], training=False) for i in range(0, len(x), batch_size)]
    return tf.concat(batches, axis=0)
    ### END SOLUTION


# %% birds
train = photographs.load("water-or-land", "train", side=128, per_class=80)
test = photographs.load("water-or-land", "test", side=128, per_class=100)
print(f"{len(train)} photographs to learn from, {len(test)} to test with, classes {train.classes}")

fig, axes = plt.subplots(2, 8, figsize=(8.6, 2.6))
for row, label in zip(axes, (0, 1), strict=True):
    for ax, i in zip(row, np.flatnonzero(train.labels == label), strict=False):
        ax.imshow(train.images[i])
        ax.set_axis_off()
    row[0].set_title(f"{train.classes[label]} birds", loc="left", fontsize=9)
plots.show(fig, "Eight photographs of land birds above eight of water birds")

begun = time.perf_counter()
features = extract_features(network.backbone, preprocess(train.images), 32)  # (160, 1280)
features_test = extract_features(network.backbone, preprocess(test.images), 32)  # (200, 1280)
seconds_features = time.perf_counter() - begun
y, y_test = tf.constant(train.labels), tf.constant(test.labels)
print(f"features {tuple(features.shape)} and {tuple(features_test.shape)} in {seconds_features:.1f} s")

# %% head
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def train_head(features, y, steps=150):
    """A linear layer on features (n, 1280), trained from zero with Adam and weight decay on all n at once."""
    head = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dense(2, kernel_initializer="zeros")])
    optimizer = keras.optimizers.AdamW(learning_rate=0.01, weight_decay=0.01, epsilon=1e-8)
    optimizer.build(head.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, head(features))
        optimizer.apply(tape.gradient(loss, head.trainable_variables))

    for _ in range(steps):
        step()
    return head


def share_right(logits, y):
    """Accuracy of logits (n, 2) on labels (n,), a number."""
    return float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == y, tf.float32)))


begun = time.perf_counter()
head = train_head(features, y)
seconds_head = time.perf_counter() - begun
print(f"test accuracy {share_right(head(features_test), y_test):.3f} after {seconds_head:.1f} s of training")


# %% scratch
def train_from_scratch(x, y, seed, epochs=20):
    """A small convolutional network, 24,000 weights, after some epochs of Adam on x (n, 40, 40, 3)."""
    keras.utils.set_random_seed(seed)
    layers = [keras.Input(x.shape[1:])]
    for out in (16, 32, 64):
        layers += [keras.layers.Conv2D(out, 3, padding="same", activation="relu"), keras.layers.MaxPooling2D()]
    model = keras.Sequential([*layers, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
    optimizer = keras.optimizers.Adam(2e-3)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(batch, labels):
        with tf.GradientTape() as tape:
            loss = cross_entropy(labels, model(batch, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables))

    for batch, labels in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).repeat(epochs).batch(16):
        step(batch, labels)
    return model


small = preprocess(photographs.pictures(train.names, side=40))  # (160, 40, 40, 3)
small_test = preprocess(photographs.pictures(test.names, side=40))  # (200, 40, 40, 3)


def chosen(size, seed):
    """Numbers of `size` training photographs, other ones for each seed."""
    return np.random.default_rng(seed).permutation(len(train))[:size]


scores = {"head on features": {}, "from scratch": {}}  # name -> size -> one test accuracy for each seed
for size in (10, 20, 40, 80, 160):
    picks = [chosen(size, seed) for seed in range(3)]
    heads = [train_head(tf.gather(features, i), tf.gather(y, i)) for i in picks]
    scores["head on features"][size] = [share_right(one(features_test), y_test) for one in heads]
begun = time.perf_counter()
for size in (40, 160):
    picks = [chosen(size, seed) for seed in range(3)]
    models = [train_from_scratch(tf.gather(small, i), tf.gather(y, i), seed) for seed, i in enumerate(picks)]
    scores["from scratch"][size] = [share_right(model(small_test), y_test) for model in models]
seconds_scratch = (time.perf_counter() - begun) / 3 * 160 / 200  # of one network on 160 photographs, about

fig, ax = plt.subplots()
for (name, rows), colour, marker in zip(scores.items(), plots.PALETTE, plots.MARKERS, strict=False):
    values = np.array(list(rows.values()))  # (sizes, seeds)
    ax.fill_between(list(rows), values.min(axis=1), values.max(axis=1), color=colour, alpha=0.2)
    ax.plot(list(rows), values.mean(axis=1), color=colour, marker=marker, label=name)
    print(f"{name:17s}", {size: f"{np.mean(row):.2f} ({min(row):.2f} to {max(row):.2f})" for size, row in rows.items()})
ax.axhline(0.5, color="0.4", linestyle=":", label="guessing")
ax.set(title="Water or land: three choices of photographs each", xlabel="photographs to learn from", ylabel="test accuracy")
ax.set(xscale="log", xticks=[10, 20, 40, 80, 160], xticklabels=[10, 20, 40, 80, 160], ylim=(0.4, 1))
ax.minorticks_off()
ax.legend(frameon=False, loc="upper left")
plots.show(fig, "The head on features lies far above the network from scratch, and with ten photographs beats it with 160")
print(f"seconds: features of all photographs {seconds_features:.1f}, head {seconds_head:.1f}, scratch {seconds_scratch:.1f}")

# %% batch_norm
kept = [np.array(weight) for weight in network.model.get_weights()]
order = np.argsort(test.labels, kind="stable")  # first all land birds, then all water birds
mixed = np.random.default_rng(0).permutation(len(test))


@tf.function
def logits_of(x, training):
    """The head's logits for prepared photographs; compiled, since many batches follow."""
    return head(network.backbone(x, training=training))


def test_accuracy(training, order):
    """Accuracy over the test photographs in batches of ten, in the given order and mode."""
    logits = [logits_of(preprocess(test.images[batch]), training) for batch in order.reshape(-1, 10)]
    return share_right(tf.concat(logits, axis=0), tf.gather(y_test, order))


print(f"evaluation mode, the features from above {share_right(head(features_test), y_test):.2f}")
print(f"training mode, mixed batches             {test_accuracy(True, mixed):.2f}")
print(f"training mode, each batch one class      {test_accuracy(True, order):.2f}")
changed = [v for v, old in zip(network.model.weights, kept, strict=True) if not np.array_equal(v.numpy(), old)]
print(f"evaluation mode again                    {test_accuracy(False, order):.2f}")
print(f"{len(changed)} arrays have changed, all of them statistics: {sorted({v.name for v in changed})}")
network.model.set_weights(kept)
print(f"the old statistics put back              {test_accuracy(False, order):.2f}")


# %% freeze
def freeze(model):
    """Nothing in the model can be trained any more, and batch normalisation keeps the statistics that it has."""
    ### BEGIN SOLUTION
    model.trainable = False
    ### END SOLUTION


# %% unfreeze_last
def unfreeze_last(model, n):
    """The last n blocks of model (a keras.Sequential of blocks) can be trained, and nothing else."""
    ### BEGIN SOLUTION
    model.trainable = True
    for i, block in enumerate(model.layers):
        block.trainable = i >= len(model.layers) - n
    ### END SOLUTION


# %% trainable
layers = [network.model.get_layer(name) for name in network.layers]  # stem, block1, ..., block16, head: 18 of them
blocks = keras.Sequential([keras.Input((None, None, 3)), *layers])
freeze(blocks)
for n in (0, 1, 2, 4, 18):
    unfreeze_last(blocks, n)
    free = sum(int(np.prod(variable.shape)) for variable in blocks.trainable_variables)
    print(f"last {n:2d} of {len(blocks.layers)} blocks: {free:9,} weights can be trained")


# %% fine_tune_step
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    """One step of gradient descent on the mean cross-entropy of backbone(x) @ w + b, head = [w, b]; the loss before it.

    The weights of the backbone move with lr_backbone, w and b with lr_head, all in place.
    """
    ### BEGIN SOLUTION
    w, b = head
    variables = list(backbone.trainable_variables)
    with tf.GradientTape() as tape:
        logits = backbone(x, training=False) @ w + b
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    gradients = tape.gradient(loss, [*variables, w, b])
    for i, (variable, gradient) in enumerate(zip([*variables, w, b], gradients, strict=True)):
        variable.assign_sub((lr_backbone if i < len(variables) else lr_head) * gradient)
    return float(loss)
    ### END SOLUTION


# %% fine_tuning
unfreeze_last(blocks, 4)
early = keras.Sequential([keras.Input((None, None, 3)), *blocks.layers[:14]])
# block14, block15, block16, head; then the mean
tail = keras.Sequential([keras.Input((None, None, 192)), *blocks.layers[14:], keras.layers.GlobalAveragePooling2D()])
maps = extract_features(early, preprocess(train.images), 32)  # (160, 4, 4, 192): what the tail gets
maps_test = extract_features(early, preprocess(test.images), 32)  # (200, 4, 4, 192)
start = [np.array(weight) for weight in tail.get_weights()]


def new_head():
    """w (1280, 2) and b (2,) at zero."""
    return [tf.Variable(tf.zeros((1280, 2))), tf.Variable(tf.zeros(2))]


curves = {}
for lr_backbone in (0.0, 0.003, 0.1):
    tail.set_weights(start)
    new, curve = new_head(), [0.5]
    for epoch in range(3):
        for batch in np.random.default_rng(epoch).permutation(len(train)).reshape(-1, 16):
            fine_tune_step(tail, new, tf.gather(maps, batch), tf.gather(y, batch), lr_backbone, 0.1)
        curve.append(share_right(tail(maps_test, training=False) @ new[0] + new[1], y_test))
    curves[f"backbone's rate {lr_backbone:g}"] = curve
    print(f"head's rate 0.1, backbone's rate {lr_backbone:<5g}: test accuracy {', '.join(f'{v:.2f}' for v in curve[1:])}")
tail.set_weights(start)

fig, ax = plt.subplots()
for (name, curve), colour, marker in zip(curves.items(), plots.PALETTE, plots.MARKERS, strict=False):
    ax.plot(range(4), curve, color=colour, marker=marker, label=name)
ax.set(title="The last four blocks and a new head, trained together", xlabel="epoch", ylabel="test accuracy")
ax.set(xticks=range(4), ylim=(0.4, 1))
ax.legend(frameon=False)
plots.show(
    fig, "With the backbone's rate at 0 or 0.003 the accuracy rises to about 0.87; with the head's own rate it stays at chance"
)

# %% far_away
### BEGIN SOLUTION
digits, digit_labels = data.digits()  # (1797, 64), (1797,)
some = np.random.default_rng(0).permutation(len(digits))[:400]  # 100 to learn from, 300 to test with
pixels, which = digits[some], digit_labels[some]
large = np.kron(pixels.reshape(-1, 8, 8), np.ones((8, 8)))  # (400, 64, 64)
large = np.repeat((255 * large)[..., None], 3, axis=-1).astype(np.uint8)  # (400, 64, 64, 3)


def digit_accuracy(features):
    """Test accuracy of a linear classifier on features (400, d), each scaled by the training examples' mean and deviation."""
    features = (features - features[:100].mean(axis=0)) / (features[:100].std(axis=0) + 1e-3)
    return LogisticRegression(C=0.1, max_iter=500).fit(features[:100], which[:100]).score(features[100:], which[100:])


print(f"the 64 pixels       {digit_accuracy(pixels):.2f}")
maps_of_digits = network.feature_maps(large, ["block2", "block3", "block5", "block11", "head"])
for name, array in maps_of_digits.items():
    print(f"features at {name:8s}{digit_accuracy(array.mean(axis=(1, 2))):.2f}")
### END SOLUTION

# %% results
new = new_head()
losses = [fine_tune_step(tail, new, maps[:16], y[:16], 0.01, 0.1) for _ in range(3)]
held_out = float(cross_entropy(y_test, head(features_test)))
results = {
    "owl": answers[0][0][1],
    "prepared": float(tf.reduce_mean(preprocess(images))),
    "features": float(tf.reduce_mean(features)),
    "head": held_out,
    "fine_tuned": losses[-1],
}
for name, value in results.items():
    print(f"{name:10s} {value:.5f}")
