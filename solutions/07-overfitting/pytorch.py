"""Lesson 07, PyTorch track: overfitting."""

# %% imports
import copy
import math

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course import data, plots

torch.set_num_threads(1)  # for tables as small as ours one thread is fastest, whatever else the computer is doing


# %% polynomial_features
def polynomial_features(x, degree):
    """The powers 0 to degree of x (n,), as columns: (n, degree + 1)."""
    ### BEGIN SOLUTION
    return torch.stack([x**k for k in range(degree + 1)], dim=1)
    ### END SOLUTION


# %% five
def fit(x, y, degree):
    """Weights (degree + 1,) of the polynomial with the least squared error at x (n,), y (n,)."""
    return torch.linalg.pinv(polynomial_features(x, degree)) @ y


def predict(w, x):
    """Values (n,) of the polynomial with the weights w at x (n,)."""
    return polynomial_features(x, len(w) - 1) @ w


def squared_error(a, b):
    return ((a - b) ** 2).mean().item()


def truth(x):
    return 10 + 8 * x


rng = np.random.default_rng(23)
x_five = torch.linspace(-1, 1, 5, dtype=torch.float64)  # (5,)
y_five = truth(x_five) + torch.from_numpy(rng.normal(0, 2.3, 5))  # (5,)
x_other = torch.from_numpy(rng.uniform(-1, 1, 5))  # (5,)
y_other = truth(x_other) + torch.from_numpy(rng.normal(0, 2.3, 5))  # (5,)

grid = torch.linspace(-1.05, 1.05, 211, dtype=torch.float64)  # (211,)
fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.9), sharey=True)
five = {}
for ax, degree in zip(axes, (1, 6), strict=True):
    w = fit(x_five, y_five, degree)
    five[degree] = squared_error(predict(w, x_five), y_five), squared_error(predict(w, x_other), y_other)
    title = "{} parameters\ntraining error {:.1f}, validation error {:.1f}".format(len(w), *five[degree])
    print(title.replace("\n", ": "))
    ax.plot(grid, truth(grid), ":", color="0.4", label="the rule behind the points")
    ax.plot(grid, predict(w, grid), color=plots.PALETTE[0], label="the fitted curve")
    ax.scatter(x_five, y_five, color=plots.PALETTE[0], marker="o", zorder=3, label="training points")
    ax.scatter(x_other, y_other, color=plots.PALETTE[3], marker="D", zorder=3, label="validation points")
    ax.set(title=title, xlabel="$x$", ylabel="$y$", ylim=(-4, 26))
    ax.label_outer()
axes[0].legend(frameon=False, fontsize=8, loc="upper left")
plots.show(fig, "Five points fitted by a straight line, and by a curve of seven parameters that meets each and swings between")

# %% many
draws = 1000
rng = np.random.default_rng(0)
y_many = truth(x_five)[:, None] + torch.from_numpy(rng.normal(0, 2.3, (5, draws)))  # (5, draws)
x_check = torch.from_numpy(rng.uniform(-1, 1, 200))  # (200,)
y_check = truth(x_check)[:, None] + torch.from_numpy(rng.normal(0, 2.3, (200, draws)))  # (200, draws)

fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.6), sharey=True)
errors_many = {}
for ax, degree in zip(axes, (1, 6), strict=True):
    w = fit(x_five, y_many, degree)  # (degree + 1, draws): one column of weights for each draw
    seen = ((predict(w, x_five) - y_many) ** 2).mean(dim=0)  # (draws,)
    errors_many[degree] = ((predict(w, x_check) - y_check) ** 2).mean(dim=0)  # (draws,)
    low, middle, high = errors_many[degree].quantile(torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)).tolist()
    print(
        f"{degree + 1} parameters: training error {seen.median():4.1f} in the middle, "
        f"validation error {middle:4.1f} (from {low:.1f} to {high:.1f} in 8 of 10 draws)"
    )
    ax.plot(grid, predict(w, grid)[:, :40], color=plots.PALETTE[0], alpha=0.3, linewidth=0.8)
    ax.plot(grid, truth(grid), ":", color="black", linewidth=2)
    ax.set(title=f"{degree + 1} parameters, 40 draws", xlabel="$x$", ylabel="$y$", ylim=(-4, 26))
    ax.label_outer()
print(f"7 parameters are worse than 2 in {(errors_many[6] > errors_many[1]).double().mean():.0%} of {draws} draws")
plots.show(fig, "Forty fitted lines lie close together; forty curves of seven parameters spread widely between the points")


# %% split
def split(x, y, fractions, generator):
    """Divide examples at random: a list with one pair (x, y) for each of the fractions, which add up to 1.

    x (n, features) or (n,), y (n,); every example is in exactly one part.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(len(x), generator=generator)
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        rows = order[start:end]
        parts.append((x[rows], y[rows]))
        start = end
    return parts
    ### END SOLUTION


# %% peek
def examine(x, labels, chosen_from):
    """Share of right answers on the rows 30.. of a model that uses the 10 columns most related to the labels in some rows."""
    relation = labels[chosen_from] @ x[chosen_from]  # (columns,)
    columns = np.argsort(-np.abs(relation))[:10]
    w = labels[:30] @ x[:30, columns]  # (10,): the model itself is fitted to the first 30 rows only
    return np.mean(np.sign(x[30:, columns] @ w) == labels[30:])


rng = np.random.default_rng(0)
honest, peeked = [], []
for _ in range(100):
    x, labels = rng.normal(size=(60, 2000)), rng.choice([-1, 1], 60)  # nothing but noise
    honest.append(examine(x, labels, slice(0, 30)))
    peeked.append(examine(x, labels, slice(0, 60)))
for name, shares in (("training rows only", honest), ("all rows", peeked)):
    print(f"columns chosen by {name:18s}: {np.mean(shares):.2f} of the test labels right, spread {np.std(shares):.2f}")


# %% fit_scaler
def fit_scaler(x, rows):
    """A function that scales any table (n, features) by the mean and the standard deviation of the training rows x[rows]."""
    ### BEGIN SOLUTION
    train = x[rows]
    mean, deviation = train.mean(dim=0), train.std(dim=0, correction=0)
    deviation = torch.where(deviation == 0, 1, deviation)

    def scale(table):
        return (table - mean) / deviation

    return scale
    ### END SOLUTION


# %% degrees
x_all, y_all = (torch.from_numpy(part) for part in data.diabetes())  # (442, 10), (442,)
numbers = torch.arange(len(x_all))  # the row numbers


def diabetes_parts(fractions, seed):
    """Parts (x, y) of the patients; x scaled by the first part, y so that the mean of that part is 0 and its deviation 1."""
    parts = split(numbers, y_all, fractions, torch.Generator().manual_seed(seed))
    rows, y_first = parts[0]
    scale = fit_scaler(x_all, rows)
    return [(scale(x_all[rows]), (y - y_first.mean()) / y_first.std(correction=0)) for rows, y in parts]


degrees, seeds = range(9), 30
errors = np.zeros((seeds, len(degrees), 2))
for seed in range(seeds):
    parts = [(x[:, 2].double(), y.double()) for x, y in diabetes_parts([0.07, 0.93], seed)]  # body mass index, illness
    for degree in degrees:
        w = fit(*parts[0], degree)
        errors[seed, degree] = [squared_error(predict(w, x), y) for x, y in parts]

fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.8))
(x, y), (x_val, y_val) = parts
across = torch.linspace(x_val.min(), x_val.max(), 400, dtype=torch.float64)
axes[0].scatter(x_val, y_val, s=6, color="0.75", label="validation")
axes[0].scatter(x, y, s=18, color="black", label="training")
for degree, dash, colour in zip((0, 1, 8), (":", "-", "--"), (plots.PALETTE[i] for i in (2, 0, 3)), strict=True):
    axes[0].plot(across, predict(fit(x, y, degree), across), dash, color=colour, linewidth=2, label=f"degree {degree}")
axes[0].set(title="One draw of 31 patients", xlabel="body mass index, scaled", ylabel="illness, scaled", ylim=(-3, 4))
axes[0].legend(frameon=False, fontsize=8, ncol=2)
for k, (name, dash) in enumerate((("training", "-"), ("validation", "--"))):
    low, middle, high = np.quantile(errors[:, :, k], [0.1, 0.5, 0.9], axis=0)
    axes[1].plot(degrees, middle, dash, marker=plots.MARKERS[k], color=plots.PALETTE[3 * k], label=name)
    axes[1].fill_between(degrees, low, high, color=plots.PALETTE[3 * k], alpha=0.15)
    print(f"{name:10s} error, middle of {seeds} draws:", "  ".join(f"{m:.2f}" for m in middle))
axes[1].set(title=f"{seeds} draws: the middle, and 8 of 10", xlabel="degree", ylabel="mean squared error", yscale="log")
axes[1].set(ylim=(0.2, 1e4))
axes[1].legend(frameon=False, loc="upper left")
plots.show(
    fig,
    "Left, a line and a wild curve through 31 patients; right, training error falls with the degree, validation error rises",
)


# %% curves
def network(sizes, seed):
    """A multi-layer perceptron with ReLU whose start values come from NumPy: the same in both tracks."""
    rng = np.random.default_rng(seed)
    layers = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
        linear = nn.Linear(fan_in, fan_out)
        w = rng.normal(0, math.sqrt(1 / fan_in), (fan_in, fan_out)).astype(np.float32)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w).T)
            linear.bias.zero_()
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def mean_square(outputs, y):
    """Mean squared error of outputs (n, 1) and targets y (n,)."""
    return F.mse_loss(outputs[:, 0], y)


def train(model, parts, loss_of, lr, epochs, batch_size, stopper=None, every=1):
    """Gradient descent on parts["train"] in minibatches; the losses of all parts after each `every`-th epoch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {name: [] for name in parts}
    for epoch in range(epochs):
        x, y = parts["train"]
        order = torch.from_numpy(np.random.default_rng(epoch).permutation(len(x)))
        for rows in order.split(batch_size):
            optimizer.zero_grad()
            loss_of(model(x[rows]), y[rows]).backward()
            optimizer.step()
        if (epoch + 1) % every:
            continue
        with torch.no_grad():
            for name, (x, y) in parts.items():
                history[name].append(loss_of(model(x), y).item())
        if stopper is not None and stopper.step(history["validation"][-1], model):
            break
    return history


def diabetes_task(seed):
    """100 patients to train on, 100 to validate, 242 to test, from a random split."""
    return dict(zip(("train", "validation", "test"), diabetes_parts([100 / 442, 100 / 442, 242 / 442], seed), strict=True))


history = train(network([10, 64, 1], 0), diabetes_task(0), mean_square, 0.04, 100, 20)  # lr, epochs, batch_size
lowest = int(np.argmin(history["validation"]))
for epoch in (0, lowest, 99):
    print(f"after {epoch + 1:3d} epochs: " + ", ".join(f"{name} {losses[epoch]:.2f}" for name, losses in history.items()))

fig, ax = plt.subplots(figsize=(6.8, 3.9))
losses = {"training": history["train"], "validation": history["validation"]}
plots.curves(ax, losses, "epoch", "mean squared error")
ax.axhline(1, color="0.4", linewidth=0.8)
ax.text(1, 1.02, "always the mean of the training part", ha="left", va="bottom", fontsize=8, color="0.3")
ax.axvline(lowest + 1, ymin=0.28, ymax=0.72, color="0.4", linestyle=":")
ax.annotate("lowest validation error", (lowest + 1, history["validation"][lowest]), (1.2, 0.3), arrowprops={"arrowstyle": "->"})
ax.set(title="A network of 769 parameters and 100 patients", xscale="log", ylim=(0, 1.3))
ax.set_xticks([1, 3, 10, 30, 100], [1, 3, 10, 30, 100])
ax.minorticks_off()
plots.show(fig, "The training error falls to the end, with jumps; the validation error falls for a few epochs and then rises")


# %% best_epoch
def best_epoch(history, patience):
    """The epoch with the lowest validation loss, and the last epoch that is run; epochs are counted from 0.

    history has the lists "train", "validation" and "test". Training ends after the patience-th epoch in a row whose
    validation loss was not below all before it.
    """
    ### BEGIN SOLUTION
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last
    ### END SOLUTION


# %% patience
draws = [diabetes_task(seed) for seed in range(8)]
runs = [train(network([10, 64, 1], seed), parts, mean_square, 0.04, 100, 20) for seed, parts in enumerate(draws)]
for patience in (1, 2, 5, 20):
    chosen = [best_epoch(run, patience) for run in runs]
    best = [epoch for epoch, _ in chosen]
    means = [np.mean([run[part][epoch] for run, epoch in zip(runs, best, strict=True)]) for part in ("validation", "test")]
    print(f"patience {patience:2d}: best epochs {best}, there validation error {means[0]:.3f}, test error {means[1]:.3f}")


# %% EarlyStopping
class EarlyStopping:
    """Watches the validation loss of a model, keeps a copy of its best weights, and says when patience has run out."""

    ### BEGIN SOLUTION
    def __init__(self, patience):
        self.patience = patience
        self.lowest = math.inf
        self.bad = 0
        self.kept = None

    def step(self, loss, model):
        """Take note of an epoch's loss; True if training should stop."""
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        """Put the best weights into the model."""
        model.load_state_dict(self.kept)

    ### END SOLUTION


# %% stopped
rows = []
for seed, (parts, run) in enumerate(zip(draws, runs, strict=True)):
    model, stopper = network([10, 64, 1], seed), EarlyStopping(20)
    short = train(model, parts, mean_square, 0.04, 100, 20, stopper)
    stopper.restore(model)
    with torch.no_grad():
        x, y = parts["test"]
        restored = mean_square(model(x), y).item()
    rows.append((run["test"][-1], short["test"][-1], restored))
    print(f"draw {seed}: stopped after {len(short['test']):3d} epochs; test error of the best weights {restored:.2f}")

fig, ax = plt.subplots(figsize=(6.4, 3.6))
names = ("after 100 epochs", "where it stopped", "best weights restored")
for row in rows:
    ax.plot(names, row, color="0.75", linewidth=1, zorder=1)
for k, (name, column) in enumerate(zip(names, zip(*rows, strict=True), strict=True)):
    ax.scatter([name] * len(column), column, color=plots.PALETTE[k], marker=plots.MARKERS[k], zorder=2)
    print(f"{name:22s} test error {np.mean(column):.2f} ± {np.std(column):.2f}")
ax.set(title="Early stopping on eight draws of patients", ylabel="test error (mean squared)", ylim=(0.4, None))
ax.margins(x=0.15)
plots.show(
    fig, "Test errors of eight draws: far above after 100 epochs, lower where training stopped, lowest with the best weights"
)

# %% widths
x_digits, y_digits = (torch.from_numpy(part) for part in data.digits())  # (1797, 64), (1797,)


def digits_run(examples, hidden, seed, lr=0.5, epochs=200):
    """Loss and accuracy, in training and validation, of a network trained on a few digits; validated on 800 others."""
    fractions = [examples / 1797, 800 / 1797, (997 - examples) / 1797]
    chosen, others, _ = split(x_digits, y_digits, fractions, torch.Generator().manual_seed(seed))
    parts, model = {"train": chosen, "validation": others}, network([64, hidden, 10], seed)
    history = train(model, parts, F.cross_entropy, lr, epochs, len(chosen[1]), every=50)
    with torch.no_grad():
        right = [(model(x).argmax(dim=1) == y).float().mean().item() for x, y in parts.values()]
    return [history["train"][-1], history["validation"][-1], *right]


def study(settings, label, title, alt):
    """Run each (examples, hidden) with three seeds, and draw both losses with their spread."""
    runs = np.array([[digits_run(*setting, seed) for seed in range(3)] for setting in settings])  # (settings, seeds, 4)
    values = [setting[0] if label == "examples" else setting[1] for setting in settings]
    print(f"{label:>14s}  training loss   validation loss   training right   validation right")
    for value, run in zip(values, runs, strict=True):
        cells = [f"{m:.2f} ± {s:.2f}" for m, s in zip(run.mean(axis=0), run.std(axis=0), strict=True)]
        print(f"{value:14d}   {cells[0]}     {cells[1]}       {cells[2]}      {cells[3]}")
    fig, ax = plt.subplots(figsize=(6.4, 3.6))
    for k, (name, dash) in enumerate((("training", "-"), ("validation", "--"))):
        losses, colour = runs[:, :, k], plots.PALETTE[3 * k]
        ax.plot(values, losses.mean(axis=1), dash, marker=plots.MARKERS[k], color=colour, label=name)
        ax.fill_between(values, losses.min(axis=1), losses.max(axis=1), color=colour, alpha=0.2)
    ax.set(title=title, xlabel=label, ylabel="cross-entropy", xscale="log", ylim=(0, 2.5))
    ax.set_xticks(values, values)
    ax.minorticks_off()
    ax.legend(frameon=False)
    plots.show(fig, alt)


study(
    [(100, hidden) for hidden in (1, 2, 8, 32, 128)],
    "hidden neurons",
    "100 digits: the loss of networks of different width",
    "Both losses are high with one or two hidden neurons; with more, training loss vanishes and validation loss still falls",
)

# %% amounts
study(
    [(examples, 32) for examples in (25, 100, 300, 900)],
    "examples",
    "32 hidden neurons: the loss with more examples",
    "The training loss is near zero for every number of examples; the validation loss comes down towards it as they grow",
)


# %% bias_variance
def bias_variance(predictions, truth, y):
    """Squared bias, variance and noise, each a mean over the points: three numbers.

    predictions (runs, points); truth (points,) without noise; y (points,) with noise. The variance divides by runs.
    """
    ### BEGIN SOLUTION
    bias = (predictions.mean(dim=0) - truth) ** 2
    variance = predictions.var(dim=0, correction=0)
    noise = (y - truth) ** 2
    return bias.mean().item(), variance.mean().item(), noise.mean().item()
    ### END SOLUTION


# %% decomposition
def wave(x):
    return torch.sin(4 * x) + 0.5 * x


runs, size, noise = 300, 15, 0.4
rng = np.random.default_rng(1)
x_train = torch.linspace(-1, 1, size, dtype=torch.float64)  # (15,)
y_train = wave(x_train)[:, None] + torch.from_numpy(rng.normal(0, noise, (size, runs)))  # (15, runs)
x_points = torch.linspace(-1, 1, 400, dtype=torch.float64)  # (400,)
y_points = wave(x_points) + torch.from_numpy(rng.normal(0, noise, 400))  # (400,)

degrees = range(12)
predictions = {d: predict(fit(x_train, y_train, d), x_points).T for d in degrees}  # (runs, 400) each
three = np.array([bias_variance(predictions[d], wave(x_points), y_points) for d in degrees])  # (degrees, 3)
measured = [squared_error(predictions[d], y_points) for d in degrees]
print("degree   bias²  variance   noise     sum   test error, measured")
for d in degrees:
    print(f"{d:6d}  {three[d, 0]:6.3f}  {three[d, 1]:8.3f}  {three[d, 2]:6.3f}  {three[d].sum():6.3f}  {measured[d]:6.3f}")

fig, axes = plt.subplots(1, 3, figsize=(8.6, 3.2), sharey=True)
for ax, degree in zip(axes, (1, 5, 11), strict=True):
    ax.plot(x_points, predictions[degree][:40].T, color=plots.PALETTE[0], alpha=0.2, linewidth=0.8)
    ax.plot(x_points, predictions[degree].mean(dim=0), "--", color=plots.PALETTE[3], linewidth=2, label="mean of all runs")
    ax.plot(x_points, wave(x_points), color="black", linewidth=1.5, label="truth")
    ax.set(title=f"degree {degree}", xlabel="$x$", ylim=(-2.5, 2.5))
axes[0].set_ylabel("$y$")
axes[0].legend(frameon=False, fontsize=8, loc="upper left")
plots.show(
    fig, "Forty fits of degree 1 agree on a wrong line; of degree 5 they surround the truth; of degree 11 they swing apart"
)

# %% trade
fig, ax = plt.subplots(figsize=(6.8, 4))
for k, (name, dash) in enumerate((("bias²", "--"), ("variance", "-."), ("noise", ":"))):
    ax.plot(degrees, three[:, k], dash, marker=plots.MARKERS[k], color=plots.PALETTE[k], label=name)
ax.plot(degrees, three.sum(axis=1), color="black", label="their sum")
ax.plot(degrees, measured, "x", color=plots.PALETTE[3], markersize=8, label="test error, measured directly")
ax.set(title="Bias, variance and noise, measured", xlabel="degree of the polynomial", ylabel="mean squared error")
ax.set(ylim=(-0.02, 0.85), xticks=degrees)
ax.legend(frameon=False, fontsize=8, loc="upper center")
plots.show(
    fig,
    "Squared bias falls with the degree, variance grows, noise stays; their sum is lowest in between and meets the test error",
)

# %% results
(x_fit, y_fit), (x_held, y_held) = data.split(*data.diabetes(), fraction=0.5)
x_both, y_both = np.concatenate([x_fit, x_held]), np.concatenate([y_fit, y_held])  # (442, 10), (442,)
scaled = fit_scaler(torch.from_numpy(x_both), torch.arange(len(x_fit)))(torch.from_numpy(x_both))  # (442, 10)
illness = torch.from_numpy((y_both - y_fit.mean()) / y_fit.std())
given = {"train": (scaled[:221], illness[:221]), "validation": (scaled[221:], illness[221:])}
model, stopper = network([10, 16, 1], 7), EarlyStopping(3)
run = train(model, given, mean_square, 0.02, 30, 13, stopper)  # lr, epochs, batch_size
stopper.restore(model)
with torch.no_grad():
    outputs = model(scaled)

# Both tracks give these to a relative 1e-4.
results = {
    "five points: training error, 2 parameters": five[1][0],
    "five points: validation error, 2 parameters": five[1][1],
    "five points: training error, 7 parameters": five[6][0],
    "five points: validation error, 7 parameters": five[6][1],
    "1000 draws: share in which 7 are worse": (errors_many[6] > errors_many[1]).double().mean().item(),
    "wave: squared bias at degree 3": three[3, 0],
    "wave: variance at degree 3": three[3, 1],
    "wave: variance at degree 11": three[11, 1],
    "wave: noise": three[3, 2],
    "diabetes: largest scaled measurement": scaled.max().item(),
    "diabetes: training error after 1 epoch": run["train"][0],
    "diabetes: validation error of the last epoch": run["validation"][-1],
    "diabetes: lowest validation error": min(run["validation"]),
    "diabetes: mean square of the restored model's outputs": (outputs**2).mean().item(),
}
for name, value in results.items():
    print(f"{name:54s} {value:.5f}")


# %% double_descent
### BEGIN SOLUTION
def random_features(x, count, seed):
    """ReLU of `count` random weighted sums of the columns of x: (n, count), in double precision."""
    rng = np.random.default_rng(seed)
    w, b = rng.normal(0, 0.3, (x.shape[1], count)), rng.normal(0, 0.3, count)
    return torch.relu(x.double() @ torch.from_numpy(w) + torch.from_numpy(b))


for count in (5, 10, 20, 40, 80, 100, 120, 250, 1000, 4000):
    pairs = []
    for seed in range(10):
        parts = diabetes_task(seed)
        x, y = parts["train"]  # 100 patients
        w = torch.linalg.pinv(random_features(x, count, seed)) @ y.double()
        pairs.append([squared_error(random_features(x, count, seed) @ w, y) for x, y in (parts["train"], parts["test"])])
    print("{:4d} features: training error {:.2f}, test error {:.2f}".format(count, *np.median(pairs, axis=0)))
### END SOLUTION
