"""Lesson 10, PyTorch track: changing the picture instead of the weights, for ideal pictures and for attacks."""

# %% imports
import io

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from course import plots, pretrained
from course.data import photographs
from course.data.cat import CREDIT, cat

torch.set_num_threads(1)  # small batches: one thread is fastest, whatever else the computer is doing
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


# %% network
class OnPixels(nn.Module):
    """EfficientNet-Lite0 for pixels from 0 to 1: x (batch, 3, height, width) -> logits (batch, 1000)."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model((255 * x - 127) / 128)


def to_x(images):
    """Photographs (n, height, width, 3) of uint8 -> float32 (n, 3, height, width), pixels from 0 to 1."""
    return torch.tensor(images, device=device).permute(0, 3, 1, 2) / 255


def to_images(x):
    """x (n, 3, height, width) -> NumPy (n, height, width, 3), pixels from 0 to 1."""
    return x.permute(0, 2, 3, 1).cpu().numpy()


def probabilities(x):
    """The network's probabilities (n, 1000) for pictures x, as a NumPy array."""
    with torch.no_grad():
        return F.softmax(model(x), dim=1).cpu().numpy()


def say(p):
    """The likeliest class of each row of p (n, 1000), in words."""
    return [f"{names[row.argmax()]} {row.max():.0%}" for row in p]


side = 128  # of all pictures in this lesson, to save time
names = pretrained.class_names()
zebra, tabby, dog = (pretrained.class_index(name) for name in ("zebra", "tabby cat", "golden retriever"))
model = OnPixels(pretrained.load("pytorch").model).to(device).eval()
model.requires_grad_(False)  # the weights stay as they are throughout: in this lesson pictures change
x_cat = to_x(cat(side))  # (1, 3, 128, 128)

p = probabilities(x_cat)[0]  # (1000,)
for i in [*np.argsort(-p)[:4], dog]:
    print(f"{names[i]:17s} {p[i]:.2g}")


# %% picture_gradient
def picture_gradient(model, x, y):
    """Gradient of each picture's cross-entropy with respect to its own pixels: x (n, 3, h, w), y (n,) -> (n, 3, h, w)."""
    ### BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    loss = F.cross_entropy(model(x), y, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, x)
    return gradient
    ### END SOLUTION


# %% saliency
y_cat = model(x_cat).argmax(dim=1)  # (1,): what the network sees in it
gradient = picture_gradient(model, x_cat, y_cat)  # (1, 3, 128, 128)
size = to_images(gradient.abs())[0].max(axis=-1)  # (128, 128): the strongest of the three colours
print(f"largest component {size.max():.3f}, half of all pixels below {np.median(size):.4f}")
print(f"sum of the sizes of all components {gradient.abs().sum():.0f}")

fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.4))
axes[0].imshow(to_images(x_cat)[0])
axes[0].set_title("the photograph", fontsize=9)
shown = axes[1].imshow(np.minimum(size, np.quantile(size, 0.99)), cmap="cividis")
axes[1].set_title("size of the gradient at each pixel", fontsize=9)
for ax in axes:
    ax.set_axis_off()
fig.colorbar(shown, ax=axes[1], shrink=0.8, label="change of the loss per unit of brightness")
fig.suptitle("Where the loss depends on the picture", fontweight="bold")
plots.show(
    fig,
    "A cat's face, and beside it a map of scattered bright specks: most at the right ear, between the eyes and under the nose, "
    "few at the eye on the left",
)
print(CREDIT)


# %% ascend
def ascend(model, x, target, lr, steps):
    """Steps of gradient ascent on the logit of class `target`, from x (n, 3, h, w); clipped to 0..1 after each."""
    ### BEGIN SOLUTION
    x = x.detach().clone()
    for _ in range(steps):
        x.requires_grad_()
        logit = model(x)[:, target].sum()
        (gradient,) = torch.autograd.grad(logit, x)
        x = (x + lr * gradient).clamp(0, 1).detach()
    return x
    ### END SOLUTION


# %% noise
grey = np.random.default_rng(0).uniform(0.45, 0.55, (1, side, side, 3)).astype(np.float32)
noise = torch.tensor(grey, device=device).permute(0, 3, 1, 2)  # (1, 3, 128, 128)
climbed = {}
for name, target in (("tabby cat", tabby), ("zebra", zebra)):
    climbed[name] = ascend(model, noise, target, lr=0.3, steps=25)
    before, after = probabilities(noise)[0, target], probabilities(climbed[name])[0, target]
    print(f"{name:10s} probability {before:.6f} before, {after:.4f} after 25 steps")

fig, axes = plt.subplots(1, 3, figsize=(8.6, 3.2))
for ax, (title, x) in zip(axes, {"start": noise, **climbed}.items(), strict=True):
    ax.imshow(to_images(x)[0])
    ax.set_title(title if title == "start" else f"{title}, p = {probabilities(x).max():.2f}", fontsize=9)
    ax.set_axis_off()
fig.suptitle("Gradient ascent on the pixels alone", fontweight="bold")
plots.show(fig, "Grey noise, and two squares of coloured noise in which nothing can be recognised")


# %% total_variation
def total_variation(x):
    """Mean squared difference of vertical neighbours, plus that of horizontal ones, for x (n, 3, height, width)."""
    ### BEGIN SOLUTION
    down = x[:, :, 1:, :] - x[:, :, :-1, :]
    across = x[:, :, :, 1:] - x[:, :, :, :-1]
    return down.square().mean() + across.square().mean()
    ### END SOLUTION


# %% ideal
def resize(x, side):
    """Pictures x (n, 3, h, w) enlarged to side x side pixels, smoothly."""
    return F.interpolate(x, size=(side, side), mode="bilinear") if x.shape[2] != side else x


def paint(targets, weight, lr=0.05, pull=5.0, steps=15, jitter=6):
    """A picture (n, 3, 128, 128) for each of n targets: ascent from coarse to fine, with a weight for the variation."""
    rng = np.random.default_rng(0)
    grey = rng.uniform(0.45, 0.55, (len(targets), 8, 8, 3)).astype(np.float32)
    x, rows = torch.tensor(grey, device=device).permute(0, 3, 1, 2), torch.arange(len(targets))
    for width, rate in ((8, lr), (16, lr), (32, lr), (64, lr), (128, lr / 5)):
        x = resize(x, width).detach().requires_grad_()
        optimizer = torch.optim.Adam([x], lr=rate)
        for _ in range(steps):
            down, across = rng.integers(-jitter, jitter + 1, 2).tolist()
            large = resize(x, side)  # (n, 3, 128, 128)
            logits = model(torch.roll(large, (down, across), dims=(2, 3)))[rows, targets]  # (n,)
            loss = -logits.mean() + weight * total_variation(large) + pull * (x - 0.5).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                x.clamp_(0, 1)
    return x.detach()


painted = {weight: paint([tabby, zebra], weight) for weight in (0, 10000)}
fig, axes = plt.subplots(2, 2, figsize=(6.4, 6.8))
for row, (weight, x) in zip(axes, painted.items(), strict=True):
    logits = model(x).amax(dim=1).tolist()
    variations = [total_variation(one[None]).item() for one in x]
    for ax, image, words, logit, variation in zip(row, to_images(x), say(probabilities(x)), logits, variations, strict=True):
        ax.imshow(image)
        ax.set_title(f"weight {weight}: {words}\nlogit {logit:.0f}, variation {variation:.4f}", fontsize=9)
        ax.set_axis_off()
fig.suptitle("An ideal cat and an ideal zebra, without and with variation loss", fontweight="bold", fontsize=11)
plots.show(
    fig,
    "Above, shrill coloured speckle with traces of shapes; below, smooth pictures: striped fur, and a body with zebra stripes "
    "that comes into a green field from the edge",
)


# %% fgsm
def fgsm(model, x, y, eps):
    """One step of eps for every pixel in the direction in which the loss of the right labels y grows; clipped to 0..1."""
    ### BEGIN SOLUTION
    return (x + eps * picture_gradient(model, x, y).sign()).clamp(0, 1)
    ### END SOLUTION


# %% one_step
target = torch.tensor([dog], device=device)
mau = int(y_cat[0])
print("original:", say(probabilities(x_cat))[0])
for eps in (1 / 255, 2 / 255, 8 / 255):
    away = probabilities(fgsm(model, x_cat, y_cat, eps))  # (1, 1000)
    towards = probabilities(fgsm(model, x_cat, target, -eps))  # down the loss of the target: one step towards it
    told = f"eps {eps * 255:.0f}/255 away from it: {say(away)[0]}, {names[mau]} {away[0, mau]:.4f}"
    print(f"{told}; towards the dog: {say(towards)[0]}, dog {towards[0, dog]:.6f}")


# %% targeted_attack
def targeted_attack(model, x, target, eps, lr, steps):
    """Steps of lr towards the classes `target` (n,), never further than eps from x (n, 3, h, w) and never outside 0..1."""
    ### BEGIN SOLUTION
    changed = x.detach()
    for _ in range(steps):
        changed = changed - lr * picture_gradient(model, changed, target).sign()
        changed = torch.clamp(changed, x - eps, x + eps).clamp(0, 1)
    return changed
    ### END SOLUTION


# %% cat_to_dog
eps = 2 / 255
fooled = targeted_attack(model, x_cat, target, eps, lr=eps / 4, steps=20)
change = fooled - x_cat
print(f"largest change of a pixel: {255 * change.abs().max().item():.3f} of 255")
print(f"original: {say(probabilities(x_cat))[0]}; attacked: {say(probabilities(fooled))[0]}")

fig, axes = plt.subplots(2, 3, figsize=(8.6, 4.9), height_ratios=(2.2, 1))
pictures = [to_images(x_cat)[0], to_images((0.5 + change / (2 * eps)).clamp(0, 1))[0], to_images(fooled)[0]]
for ax, picture, title in zip(axes[0], pictures, ("original", "the change, enlarged 64 times", "attacked"), strict=True):
    ax.imshow(picture)
    ax.set_title(title, fontsize=9)
    ax.set_axis_off()
for ax, x in ((axes[1, 0], x_cat), (axes[1, 2], fooled)):
    p = probabilities(x)[0]
    best = np.argsort(-p)[:3]
    ax.barh(range(3), p[best], color=plots.PALETTE[5])
    for row, i in enumerate(best):
        ax.text(0.02, row, f"{names[i]} {p[i]:.1%}", va="center", fontsize=8)
    ax.set(xlim=(0, 1), xlabel="probability", yticks=[], ylim=(2.6, -0.6))
axes[1, 1].set_axis_off()
fig.suptitle("A cat becomes a dog, and no pixel changes by more than 2 of 255", fontweight="bold")
plots.show(
    fig,
    "Left a photograph called Egyptian Mau with 68 per cent, right one that looks the same and is called golden retriever with "
    "100 per cent; between them the change, coloured speckle without any shape",
)

# %% bounds
birds = ["s0126.jpg", "s0089.jpg", "s0165.jpg", "s0285.jpg", "s0713.jpg", "s0979.jpg", "s0995.jpg"]
x = torch.cat([to_x(photographs.pictures(birds, side=side)), x_cat])  # (8, 3, 128, 128)
y = model(x).argmax(dim=1)  # (8,): what the network calls them
print(", ".join(say(probabilities(x))))

bounds = [0.25, 0.5, 1, 2, 4]  # of 255
rates = {"another class, one step": [], "golden retriever, one step": [], "golden retriever, 10 steps": []}
for bound in bounds:
    eps, dogs = bound / 255, torch.full_like(y, dog)
    attacked = {
        "another class, one step": fgsm(model, x, y, eps),
        "golden retriever, one step": fgsm(model, x, dogs, -eps),
        "golden retriever, 10 steps": targeted_attack(model, x, dogs, eps, eps / 4, 10),
    }
    for name, changed in attacked.items():
        seen = torch.tensor(probabilities(changed).argmax(axis=1), device=device)
        success = seen != y if name.startswith("another") else seen == dogs
        rates[name].append(success.float().mean().item())
for name, row in rates.items():
    print(f"{name:27s}", "  ".join(f"{bound:g}/255: {rate:.2f}" for bound, rate in zip(bounds, row, strict=True)))

fig, ax = plt.subplots()
for (name, row), colour, marker in zip(rates.items(), plots.PALETTE, plots.MARKERS, strict=False):
    ax.plot(bounds, row, color=colour, marker=marker, label=name)
ax.set(title="How large must the change be?", xlabel="eps, in 255ths", ylabel="share of 8 pictures fooled", xscale="log")
ax.set(xticks=bounds, xticklabels=[f"{bound:g}" for bound in bounds], ylim=(-0.05, 1.05))
ax.minorticks_off()
ax.legend(frameon=False)
plots.show(fig, "One step away from the class succeeds early, many steps towards the dog later, one step towards the dog never")
print(photographs.CREDIT)


# %% survives
def as_file(x, quality):
    """x (1, 3, h, w) saved as a JPEG of that quality and read again."""
    pixels = (255 * to_images(x)[0]).round().astype(np.uint8)
    Image.fromarray(pixels).save(file := io.BytesIO(), format="JPEG", quality=quality)
    return to_x(np.asarray(Image.open(file))[None])


def treatments(x):
    """What may happen to a picture x (1, 3, h, w) on its way."""
    return {
        "as it is": x,
        "rounded to 8 bits": (255 * x).round() / 255,
        "JPEG, quality 95": as_file(x, 95),
        "JPEG, quality 75": as_file(x, 75),
        "one pixel to the right": torch.roll(x, 1, dims=3),
        "eight pixels to the right": torch.roll(x, 8, dims=3),
    }


larger = targeted_attack(model, x_cat, target, 8 / 255, lr=2 / 255, steps=20)
print(f"{'':26s}   original         eps 2/255        eps 8/255")
for (name, plain), two, eight in zip(
    treatments(x_cat).items(), treatments(fooled).values(), treatments(larger).values(), strict=True
):
    told = [probabilities(one)[0] for one in (plain, two, eight)]  # each (1000,)
    print(f"{name:26s}", "".join(f"   dog {p[dog]:.2f} cat {p[281:286].sum():.2f}" for p in told))

# %% robust
### BEGIN SOLUTION
shifts = [(0, 0), (1, 0), (0, 1), (4, 2), (-3, 5), (8, 0), (-8, -4), (2, -6)]


def robust_attack(x, target, eps, lr, steps):
    """As targeted_attack, down the mean loss over shifted copies."""
    changed = x
    for _ in range(steps):
        gradient = torch.zeros_like(x)
        for move in shifts:
            back = (-move[0], -move[1])
            gradient += torch.roll(picture_gradient(model, torch.roll(changed, move, (2, 3)), target), back, (2, 3))
        changed = torch.clamp(changed - lr * gradient.sign(), x - eps, x + eps).clamp(0, 1)
    return changed


robust = robust_attack(x_cat, target, 8 / 255, 1 / 255, 12)
for name, plain in treatments(robust).items():
    print(f"{name:26s} dog {probabilities(plain)[0, dog]:.2f}")
### END SOLUTION

# %% results
results = {
    "cat": float(probabilities(x_cat)[0, y_cat.item()]),
    "gradient": gradient.abs().sum().log().item(),
    "variation": total_variation(x_cat).item(),
    "climbed": float(np.log(probabilities(ascend(model, noise, zebra, lr=0.3, steps=2))[0, zebra])),
    "one_step": float(probabilities(fgsm(model, x_cat, y_cat, 1 / 255))[0, y_cat.item()]),
    "fooled": float(probabilities(fooled)[0, dog]),
    "success": rates["another class, one step"][0],  # after many steps, rounding decides what is on the edge
}
for name, value in results.items():
    print(f"{name:10s} {value:.5f}")
