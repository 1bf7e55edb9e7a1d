"""Lesson 09, PyTorch track: transfer learning with a network that has seen a million photographs."""

# %% imports
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from sklearn.linear_model import LogisticRegression

from course import data, plots, pretrained
from course.data import photographs

torch.set_num_threads(1)  # small batches: one thread is fastest, whatever else the computer is doing
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# %% network
network = pretrained.load("pytorch")
network.model.to(device)
count = sum(parameter.numel() for parameter in network.model.parameters())
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
    """Photographs (n, height, width, 3), NumPy uint8 -> float32 tensor (n, 3, height, width), (pixel - 127) / 128."""
    ### BEGIN SOLUTION
    x = torch.from_numpy(images).float()
    return ((x - 127) / 128).permute(0, 3, 1, 2)
    ### END SOLUTION


# %% looks
x = preprocess(images).to(device)
print("prepared:", tuple(x.shape), x.dtype, f"from {x.min().item():.2f} to {x.max().item():.2f}")
with torch.no_grad():
    for label, wrong in {"as it should be": x, "scaled to 0..1": (x * 128 + 127) / 255, "0..255": x * 128 + 127}.items():
        p, best = F.softmax(network.model(wrong), dim=1).max(dim=1)  # (4,), (4,)
        told = [f"{pretrained.class_names()[i]} {share:.0%}" for i, share in zip(best.tolist(), p.tolist(), strict=True)]
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
    """Features (n, features) of all examples x (n, ...), computed batch by batch in evaluation mode, without a graph.

    The model's mode is left as it was.
    """
    ### BEGIN SOLUTION
    training = model.training
    model.eval()
    with torch.no_grad():
        features = [model(batch) for batch in x.split(batch_size)]
    model.train(training)
    return torch.cat(features)
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
features = extract_features(network.backbone, preprocess(train.images).to(device), 32)  # (160, 1280)
features_test = extract_features(network.backbone, preprocess(test.images).to(device), 32)  # (200, 1280)
seconds_features = time.perf_counter() - begun
y, y_test = torch.from_numpy(train.labels).to(device), torch.from_numpy(test.labels).to(device)
print(f"features {tuple(features.shape)} and {tuple(features_test.shape)} in {seconds_features:.1f} s")


# %% head
def train_head(features, y, steps=150):
    """A linear layer on features (n, 1280), trained from zero with Adam and weight decay on all n at once."""
    head = nn.Linear(features.shape[1], 2).to(features.device)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.01, weight_decay=0.01)
    for _ in range(steps):
        loss = F.cross_entropy(head(features), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head


def share_right(logits, y):
    """Accuracy of logits (n, 2) on labels (n,), a number."""
    return (logits.argmax(dim=1) == y).float().mean().item()


begun = time.perf_counter()
head = train_head(features, y)
seconds_head = time.perf_counter() - begun
with torch.no_grad():
    print(f"test accuracy {share_right(head(features_test), y_test):.3f} after {seconds_head:.1f} s of training")


# %% scratch
def train_from_scratch(x, y, seed, epochs=20):
    """A small convolutional network, 24,000 weights, after some epochs of Adam on x (n, 3, 40, 40)."""
    torch.manual_seed(seed)
    layers = []
    for into, out in ((3, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(into, out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2)).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(16):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


small = preprocess(photographs.pictures(train.names, side=40)).contiguous().to(device)  # (160, 3, 40, 40)
small_test = preprocess(photographs.pictures(test.names, side=40)).contiguous().to(device)  # (200, 3, 40, 40)


def chosen(size, seed):
    """Numbers of `size` training photographs, other ones for each seed."""
    return torch.from_numpy(np.random.default_rng(seed).permutation(len(train))[:size])


scores = {"head on features": {}, "from scratch": {}}  # name -> size -> one test accuracy for each seed
with torch.no_grad():
    for size in (10, 20, 40, 80, 160):
        with torch.enable_grad():
            heads = [train_head(features[chosen(size, seed)], y[chosen(size, seed)]) for seed in range(3)]
        scores["head on features"][size] = [share_right(one(features_test), y_test) for one in heads]
begun = time.perf_counter()
for size in (40, 160):
    models = [train_from_scratch(small[chosen(size, seed)], y[chosen(size, seed)], seed) for seed in range(3)]
    with torch.no_grad():
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
kept = {name: value.clone() for name, value in network.model.state_dict().items()}
order = y_test.argsort(stable=True).cpu()  # first all land birds, then all water birds
mixed = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))


def test_accuracy(training, order):
    """Accuracy over the test photographs in batches of ten, in the given order and mode."""
    network.model.train(training)
    with torch.no_grad():
        logits = [head(network.backbone(preprocess(test.images[batch.numpy()]).to(device))) for batch in order.split(10)]
    network.model.eval()
    return share_right(torch.cat(logits), y_test[order.to(device)])


print(f"evaluation mode, the features from above {share_right(head(features_test), y_test):.2f}")
print(f"training mode, mixed batches             {test_accuracy(True, mixed):.2f}")
print(f"training mode, each batch one class      {test_accuracy(True, order):.2f}")
changed = [name for name, value in network.model.state_dict().items() if not torch.equal(value, kept[name])]
print(f"evaluation mode again                    {test_accuracy(False, order):.2f}")
print(f"{len(changed)} arrays have changed, all of them statistics: {sorted({name.rpartition('.')[2] for name in changed})}")
network.model.load_state_dict(kept)
print(f"the old statistics put back              {test_accuracy(False, order):.2f}")


# %% freeze
def freeze(model):
    """Nothing in the model can be trained any more, and batch normalisation keeps the statistics that it has."""
    ### BEGIN SOLUTION
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    ### END SOLUTION


# %% unfreeze_last
def unfreeze_last(model, n):
    """The last n blocks of model (an nn.Sequential of blocks) can be trained, and nothing else."""
    ### BEGIN SOLUTION
    for i, block in enumerate(model):
        block.requires_grad_(i >= len(model) - n)
    ### END SOLUTION


# %% trainable
blocks = network.model.features  # stem, block1, ..., block16, head: 18 of them
freeze(blocks)
for n in (0, 1, 2, 4, 18):
    unfreeze_last(blocks, n)
    free = sum(parameter.numel() for parameter in blocks.parameters() if parameter.requires_grad)
    print(f"last {n:2d} of {len(blocks)} blocks: {free:9,} weights can be trained")


# %% fine_tune_step
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    """One step of gradient descent on the mean cross-entropy of backbone(x) @ w + b, head = [w, b]; the loss before it.

    The weights of the backbone move with lr_backbone, w and b with lr_head, all in place.
    """
    ### BEGIN SOLUTION
    w, b = head
    parameters = list(backbone.parameters())
    loss = F.cross_entropy(backbone(x) @ w + b, y)
    gradients = torch.autograd.grad(loss, [*parameters, w, b])
    with torch.no_grad():
        for i, (parameter, gradient) in enumerate(zip([*parameters, w, b], gradients, strict=True)):
            parameter -= (lr_backbone if i < len(parameters) else lr_head) * gradient
    return loss.item()
    ### END SOLUTION


# %% fine_tuning
unfreeze_last(blocks, 4)
tail = nn.Sequential(blocks[14:], nn.AdaptiveAvgPool2d(1), nn.Flatten())  # block14, block15, block16, head; then the mean
maps = extract_features(blocks[:14], preprocess(train.images).to(device), 32)  # (160, 192, 4, 4): what the tail gets
maps_test = extract_features(blocks[:14], preprocess(test.images).to(device), 32)  # (200, 192, 4, 4)
start = {name: value.clone() for name, value in tail.state_dict().items()}


def new_head():
    """w (1280, 2) and b (2,) at zero."""
    return [torch.zeros(1280, 2, device=device, requires_grad=True), torch.zeros(2, device=device, requires_grad=True)]


curves = {}
for lr_backbone in (0.0, 0.003, 0.1):
    tail.load_state_dict(start)
    new, curve = new_head(), [0.5]
    for epoch in range(3):
        for batch in np.random.default_rng(epoch).permutation(len(train)).reshape(-1, 16):
            fine_tune_step(tail, new, maps[batch], y[batch], lr_backbone, 0.1)
        with torch.no_grad():
            curve.append(share_right(tail(maps_test) @ new[0] + new[1], y_test))
    curves[f"backbone's rate {lr_backbone:g}"] = curve
    print(f"head's rate 0.1, backbone's rate {lr_backbone:<5g}: test accuracy {', '.join(f'{v:.2f}' for v in curve[1:])}")
tail.load_state_dict(start)

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
with torch.no_grad():
    held_out = F.cross_entropy(head(features_test), y_test).item()
results = {
    "owl": answers[0][0][1],
    "prepared": preprocess(images).mean().item(),
    "features": features.mean().item(),
    "head": held_out,
    "fine_tuned": losses[-1],
}
for name, value in results.items():
    print(f"{name:10s} {value:.5f}")
