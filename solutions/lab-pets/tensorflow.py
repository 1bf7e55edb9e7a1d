"""Lab: many kinds from few photographs, with TensorFlow."""

# %% imports
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from PIL import Image

from course import plots, pretrained
from course.data import pets, photographs

# %% kinds
train = photographs.load("kinds", "train")  # images (188, 120, 120, 3) uint8, labels (188,)
test = photographs.load("kinds", "test")  # images (91, 120, 120, 3), labels (91,)
kinds = train.classes
counts = np.bincount(train.labels), np.bincount(test.labels)  # (7,), (7,)
for kind, many, few in zip(kinds, *counts, strict=True):
    print(f"{kind:13s} {many:2d} photographs to learn from, {few:2d} to test with")
print(f"{'all':13s} {len(train)} and {len(test)}")

fig, axes = plt.subplots(3, 7, figsize=(9, 4.4))
for column, label in zip(axes.T, range(7), strict=True):
    for ax, i in zip(column, np.flatnonzero(train.labels == label)[:3], strict=True):
        ax.imshow(train.images[i])
        ax.set_axis_off()
    column[0].set_title(f"{kinds[label]}\n({counts[0][label]})", fontsize=9, fontweight="normal")
fig.suptitle("Seven kinds, and how many photographs there are to learn from", fontweight="bold")
plots.show(
    fig,
    "Three photographs of each kind, in columns: birds of prey, chickens, ducks, owls, parrots, songbirds and swans. Some show "
    "a head, some a whole bird in a landscape.",
)
print(train.credit)

# %% describe
network = pretrained.load("tensorflow")
SIDE = 160


def enlarge(images, side):
    """Photographs (n, height, width, 3), uint8 -> (n, side, side, 3), uint8."""
    return np.stack([np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)) for image in images])


def describe(images):
    """Photographs (n, 120, 120, 3), uint8 -> features (n, 1280), a NumPy array: enlarged, prepared, and seen by the network."""
    return network.extract_features(enlarge(images, SIDE))


begun = time.perf_counter()
features, features_test = describe(train.images), describe(test.images)  # (188, 1280), (91, 1280)
print(f"features {features.shape} and {features_test.shape} in {time.perf_counter() - begun:.0f} s")


# %% duplicates
def duplicates(features, limit):
    """For each row of features (n, d) whether its cosine with an earlier row is at least `limit`: bool (n,)."""
    ### BEGIN SOLUTION
    unit = tf.math.l2_normalize(features, axis=1)
    cosine = tf.matmul(unit, unit, transpose_b=True)  # (n, n)
    earlier = tf.range(len(features))[None, :] < tf.range(len(features))[:, None]  # (n, n)
    return tf.reduce_any((cosine >= limit) & earlier, axis=1)
    ### END SOLUTION


# %% same_bird
again = ("s0514.jpg", "s0622.jpg", "s0883.jpg")  # left out of the lists when the photographs were labelled
names = [*train.names, *test.names, *again]
whose = ["train"] * len(train) + ["test"] * len(test) + ["left out"] * len(again)
everything = np.concatenate([features, features_test, describe(photographs.pictures(again))])  # (282, 1280)
for limit in (0.9, 0.8, 0.7):
    marked = np.flatnonzero(np.asarray(duplicates(tf.constant(everything), limit)))
    print(
        f"limit {limit}: {len(marked):2d} marked, of these left out before: {[names[i] for i in marked if i >= len(names) - 3]}"
    )

unit = everything / np.linalg.norm(everything, axis=1, keepdims=True)
cosine = np.tril(unit @ unit.T, -1)  # (282, 282)
pairs = [np.unravel_index(i, cosine.shape) for i in np.argsort(-cosine, axis=None)[:7]]
fig, axes = plt.subplots(2, 7, figsize=(9, 3.3))
for column, pair in zip(axes.T, pairs, strict=True):
    for ax, i in zip(column, pair, strict=True):
        ax.imshow(photographs.pictures([names[i]])[0])
        ax.set_title(whose[i], fontsize=8, fontweight="normal")
        ax.set(xticks=[], yticks=[])
    column[1].set_xlabel(f"cosine {cosine[pair]:.2f}", fontsize=9)
fig.suptitle("The seven pairs that are most alike", fontweight="bold")
plots.show(
    fig,
    "Seven pairs of photographs, one above the other. The first three pairs show one owl three times. Three pairs show "
    "different birds that sit or swim alike, and the last one the same garden table twice, with sparrows.",
)


# %% train_head
def train_head(features, labels, classes):
    """Train on NumPy features (n, 1280) and labels (n,); a function from features (m, 1280) to probabilities (m, classes)."""
    ### BEGIN SOLUTION
    x, y = tf.constant(features), tf.constant(labels)
    head = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(classes, kernel_initializer="zeros")])
    optimizer = keras.optimizers.AdamW(learning_rate=0.01, weight_decay=0.01, epsilon=1e-8)
    optimizer.build(head.trainable_variables)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, head(x))
        optimizer.apply(tape.gradient(loss, head.trainable_variables))

    for _ in range(100):
        step()
    return lambda features: tf.nn.softmax(head(tf.constant(features))).numpy()
    ### END SOLUTION


# %% few
def share_right(probabilities, labels):
    """Accuracy of probabilities (n, classes) on labels (n,), both NumPy arrays."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def nearest_mean(features, labels, classes):
    """No training at all: the mean of each class, and for new features a score (m, classes), the nearer the larger."""
    means = np.stack([features[labels == c].mean(axis=0) for c in range(classes)])  # (classes, 1280)
    return lambda new: -np.linalg.norm(new[:, None] - means, axis=2)


def choose(labels, per_class, rng):
    """Places of `per_class` examples of each class, drawn at random."""
    return np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in np.unique(labels)])


sizes = (1, 2, 4, 8, 14)
scores = {"linear layer": {}, "nearest mean": {}}  # name -> photographs of each kind -> test accuracy for five choices
for per_class in sizes:
    picks = [choose(train.labels, per_class, np.random.default_rng(seed)) for seed in range(5)]
    for name, method in (("linear layer", train_head), ("nearest mean", nearest_mean)):
        fitted = [method(features[rows], train.labels[rows], 7) for rows in picks]
        scores[name][per_class] = [share_right(answer(features_test), test.labels) for answer in fitted]
head = train_head(features, train.labels, 7)
accuracy = share_right(head(features_test), test.labels)

fig, ax = plt.subplots()
for (name, rows), colour, marker in zip(scores.items(), plots.PALETTE, plots.MARKERS, strict=False):
    values = np.array(list(rows.values()))  # (sizes, choices)
    ax.fill_between(sizes, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.2)
    ax.plot(sizes, values.mean(axis=1), color=colour, marker=marker, label=name)
    print(f"{name}:", {size: f"{np.mean(row):.2f} ({min(row):.2f} to {max(row):.2f})" for size, row in rows.items()})
ax.axhline(accuracy, color="0.3", linestyle="--", label="linear layer, all 188 photographs")
ax.axhline(max(counts[1]) / len(test), color="0.5", linestyle=":", label="always songbird")
ax.set(title="Five choices of photographs for each number", xlabel="photographs of each kind", ylabel="test accuracy")
ax.set(xscale="log", xticks=sizes, xticklabels=sizes, ylim=(0, 0.9))
ax.minorticks_off()
ax.legend(frameon=False, fontsize=8, loc="lower right")
plots.show(
    fig,
    "Test accuracy against the number of photographs of each kind, for a linear layer and for the nearest mean. Both rise from "
    "about 0.4 with one photograph to about 0.75 with fourteen; the bands of five choices are wide on the left and overlap.",
)
half = 1.96 * np.sqrt(accuracy * (1 - accuracy) / len(test))
print(f"all 188 photographs: {accuracy:.3f} of {len(test)} test photographs, give or take {half:.2f}")


# %% augment
def augment(images, shift, rng):
    """Photographs (n, height, width, 3), each mirrored or not and shifted by up to `shift` pixels, the edge repeated."""
    ### BEGIN SOLUTION
    n, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    mirrored = rng.random(n) < 0.5
    top, left = rng.integers(0, 2 * shift + 1, (2, n))
    out = np.empty_like(images)
    for i in range(n):
        image = padded[i, top[i] : top[i] + height, left[i] : left[i] + width]
        out[i] = image[:, ::-1] if mirrored[i] else image
    return out
    ### END SOLUTION


# %% augmented
owl = train.images[train.names.index("s0019.jpg")]
changed = augment(np.repeat(owl[None], 7, axis=0), 8, np.random.default_rng(3))  # (7, 120, 120, 3)
fig, axes = plt.subplots(1, 8, figsize=(9, 1.7))
for ax, image, title in zip(axes, [owl, *changed], ["as it is", *["changed"] * 7], strict=True):
    ax.imshow(image)
    ax.set_axis_off()
    ax.set_title(title, fontsize=8, fontweight="normal")
fig.suptitle("One owl, and seven more made from it", fontweight="bold")
plots.show(fig, "A photograph of an owl, and seven copies of it that are mirrored or not and shifted in different directions")

apart = [np.linalg.norm(a - b) for a, b in zip(describe(changed), describe(owl[None]).repeat(7, axis=0), strict=True)]
others = np.linalg.norm(features - features[train.names.index("s0019.jpg")], axis=1)
print(
    f"the changed owls' features lie {np.mean(apart):.1f} from the owl's on average, other photographs' {np.mean(others):.1f}"
)

# %% leak
rng = np.random.default_rng(0)
copies = np.concatenate([describe(augment(train.images, 8, rng)) for _ in range(2)])  # (376, 1280)
every, every_label = np.concatenate([features, copies]), np.tile(train.labels, 3)  # (564, 1280), (564,)

order = np.random.default_rng(1).permutation(len(every))
held, rest = order[:141], order[141:]
leaking = train_head(every[rest], every_label[rest], 7)
right_leaking = share_right(leaking(every[held]), every_label[held])
print(f"copies first, then divided: {right_leaking:.3f} of {len(held)} validation photographs")

order = np.random.default_rng(1).permutation(len(train))
held, rest = order[:47], order[47:]
rest = np.concatenate([rest, rest + 188, rest + 376])  # the copies of a photograph stay with it
honest = train_head(every[rest], every_label[rest], 7)
right_honest = share_right(honest(features[held]), train.labels[held])
print(f"divided first, then copies: {right_honest:.3f} of {len(held)} validation photographs")

right_test = [share_right(one(features_test), test.labels) for one in (leaking, honest)]
print(f"on the test photographs, which neither has seen: {right_test[0]:.3f} and {right_test[1]:.3f}")
with_copies = train_head(every, every_label, 7)
print(
    f"all 188 with two copies each: {share_right(with_copies(features_test), test.labels):.3f}, without copies {accuracy:.3f}"
)


# %% macro_accuracy
def macro_accuracy(predicted, labels, classes):
    """The mean, over the classes that occur in labels (n,), of the share of their examples that predicted (n,) gets right."""
    ### BEGIN SOLUTION
    right = tf.math.unsorted_segment_sum(tf.cast(predicted == labels, tf.float32), labels, classes)  # (classes,)
    count = tf.math.unsorted_segment_sum(tf.ones(len(labels)), labels, classes)  # (classes,)
    occurs = count > 0
    return float(tf.reduce_mean(right[occurs] / count[occurs]))
    ### END SOLUTION


# %% two_accuracies
probabilities = with_copies(features_test)  # (91, 7)
answers = {
    "linear layer": probabilities.argmax(axis=1),
    "nearest mean": nearest_mean(features, train.labels, 7)(features_test).argmax(axis=1),
    "always songbird": np.full(len(test), kinds.index("songbird")),
}
for name, said in answers.items():
    macro = float(macro_accuracy(tf.constant(said), tf.constant(test.labels), 7))
    print(f"{name:15s}  accuracy {np.mean(said == test.labels):.3f}   macro accuracy {macro:.3f}")

# %% table
said = answers["linear layer"]
table = np.zeros((7, 7), dtype=int)
np.add.at(table, (test.labels, said), 1)  # row = the label, column = the prediction
fig, ax = plt.subplots(figsize=(6.4, 5))
wrong = table - np.diag(np.diag(table))
ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(6, wrong.max()))
for i in range(7):
    for j in range(7):
        if table[i, j]:
            ax.text(j, i, table[i, j], ha="center", va="center", color="0.4" if i == j else "black")
right = [f"{kind}  {table[i, i]}/{table[i].sum()}" for i, kind in enumerate(kinds)]
ax.set(title="What is taken for what", xlabel="the classifier says", ylabel="the label, and how many are right")
ax.set_yticks(range(7), right)
ax.set_xticks(range(7), kinds, rotation=35, ha="right")
ax.grid(False)
plots.show(
    fig,
    "A table of seven by seven: rows are the labels, columns what the classifier says, mistakes are shaded. Most photographs "
    "are on the diagonal. The darkest mistakes: four parrots in the column of the songbirds, three swans in that of the ducks.",
)


# %% worst_mistakes
def worst_mistakes(probabilities, labels, k):
    """Places of the wrong answers with the largest probabilities, largest first, at most k; probabilities (n, classes)."""
    ### BEGIN SOLUTION
    sure = tf.reduce_max(probabilities, axis=1)  # (n,)
    wrong = tf.where(tf.argmax(probabilities, axis=1) != labels)[:, 0]
    order = tf.argsort(tf.gather(sure, wrong), direction="DESCENDING")
    return tf.gather(wrong, order)[:k]
    ### END SOLUTION


# %% worst
worst = np.asarray(worst_mistakes(tf.constant(probabilities), tf.constant(test.labels), 8))
fig, axes = plt.subplots(2, 4, figsize=(9, 5.8))
for ax, i in zip(axes.flat, worst, strict=False):
    ax.imshow(test.images[i])
    label = test.labels[i]
    title = f"says {kinds[said[i]]}: {probabilities[i].max():.0%}\nis {kinds[label]}: {probabilities[i, label]:.0%}"
    ax.set_title(title, fontsize=9, fontweight="normal")
    ax.set_axis_off()
fig.suptitle("The eight worst mistakes", fontweight="bold")
plots.show(
    fig,
    "Eight photographs in two rows. Above each, what the classifier says and what the bird is, each with its probability. Most "
    "of the birds are large and easy to recognise, and most of the wrong answers have 90 per cent and more.",
)
sure = probabilities.max(axis=1)  # (91,)
print(f"right on the training photographs: {share_right(with_copies(features), train.labels):.3f}")
print(f"{np.sum(said != test.labels)} of {len(test)} test photographs wrong; mean probability of the answer: ", end="")
print(f"{sure[said == test.labels].mean():.2f} where right, {sure[said != test.labels].mean():.2f} where wrong")

# %% training
### BEGIN SOLUTION
final_head = train_head(describe(train.images), train.labels, 7)
### END SOLUTION


# %% predict
def predict(images):
    """The labels (n,), integers, of photographs (n, 120, 120, 3), a NumPy array of uint8."""
    ### BEGIN SOLUTION
    return final_head(describe(images)).argmax(axis=1)
    ### END SOLUTION


# %% larger
ONLINE = False  # True: Oxford's breeds of cats and dogs, 0.8 GB, downloaded once
source, task = (pets, "breeds") if ONLINE else (photographs, "water-or-land")
for per_class in (5, 20):
    more, more_test = (source.load(task, part, side=120, per_class=n) for part, n in (("train", per_class), ("test", 20)))
    classes = len(more.classes)
    large = train_head(describe(more.images), more.labels, classes)
    share = share_right(large(describe(more_test.images)), more_test.labels)
    print(f"{task}: {classes} classes (guessing gets {1 / classes:.2f}), {per_class} photographs of each: {share:.3f}", end="")
    print(f" of {len(more_test)} test photographs")

# %% results
chosen = probabilities[np.arange(len(test)), test.labels]  # (91,): what the right kind got
results = {
    "features": float(features.mean()),
    "most alike": float(cosine.max()),
    "few": float(np.mean(head(features_test)[np.arange(len(test)), test.labels])),
    "copies": float(copies.mean()),
    "right kind": float(chosen.mean()),
    "surest mistake": float(probabilities[worst[0]].max()),
}
for name, value in results.items():
    print(f"{name}: {value:.4f}")

# %% balanced
### BEGIN SOLUTION
weight = (len(train) / (7 * counts[0])).astype(np.float32)  # (7,): rare kinds count more
for name, weights in (("every photograph alike", np.ones(7, np.float32)), ("every kind alike", weight)):
    layer = keras.Sequential([keras.Input((1280,)), keras.layers.Dense(7, kernel_initializer="zeros")])
    optimizer = keras.optimizers.AdamW(learning_rate=0.01, weight_decay=0.01, epsilon=1e-8)
    layer.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    batches = tf.data.Dataset.from_tensors((features, train.labels)).repeat()  # all 188 in one batch, again and again
    class_weight = dict(enumerate(weights.tolist()))
    layer.fit(batches, steps_per_epoch=100, class_weight=class_weight, shuffle=False, verbose=0)
    said = tf.argmax(layer(features_test), axis=1)
    micro = np.mean(said == test.labels)
    print(f"{name:22s}  accuracy {micro:.3f}   macro accuracy {macro_accuracy(said, tf.constant(test.labels), 7):.3f}")
### END SOLUTION
