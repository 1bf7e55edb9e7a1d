"""Lesson 06, PyTorch track: layers, models and trainers from the library, with PyTorch Lightning."""

# %% imports
import logging
import warnings

import lightning as L
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course import data, plots

torch.set_num_threads(1)  # for tables as small as ours one thread is fastest, whatever else the computer is doing
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)  # no news about devices, no tips
warnings.filterwarnings("ignore", module="lightning")

# %% digits
x, y = data.digits()  # (1797, 64), (1797,)
(x_rest, y_rest), (x_test, y_test) = data.split(x, y, fraction=0.4)
(x_train, y_train), (x_val, y_val) = data.split(x_rest, y_rest, fraction=0.25, seed=1)
print("training", x_train.shape, "validation", x_val.shape, "test", x_test.shape)


def loader_of(x, y, batch_size=32, shuffle=False):
    """Batches of (x, y); shuffled in the same way by every new loader."""
    dataset = TensorDataset(torch.tensor(x), torch.tensor(y))
    return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle, generator=torch.Generator().manual_seed(0))


def share_right(model, x, y):
    """The accuracy of a model that gives logits, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return float((model(torch.tensor(x)).argmax(dim=1) == torch.tensor(y)).float().mean())


# %% sequence
torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(64, 32),
    nn.ReLU(),
    nn.Linear(32, 10),
)
print(model)
for name, parameter in model.named_parameters():
    print(f"{name:10s} {tuple(parameter.shape)!s:9s} {parameter.numel():5d} numbers")
print("logits of five digits:", tuple(model(torch.tensor(x_train[:5])).shape))
print("accuracy before training:", round(share_right(model, x_test, y_test), 2))


# %% build_mlp
def build_mlp(sizes, activation):
    """A model with the given layer widths, inputs first: (batch, sizes[0]) -> logits (batch, sizes[-1]).

    activation is a class such as nn.ReLU or nn.Tanh; it stands between the layers, not after the last.
    """
    ### BEGIN SOLUTION
    layers = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nn.Linear(fan_in, fan_out), activation()]
    return nn.Sequential(*layers[:-1])
    ### END SOLUTION


# %% built
for sizes in ([64, 10], [64, 32, 10], [64, 128, 64, 10]):
    model = build_mlp(sizes, nn.ReLU)
    parts = [parameter.numel() for parameter in model.parameters()]
    print(f"{sizes!s:18s} {sum(parts):6d} numbers: {' + '.join(map(str, parts))}")


# %% linear
class LinearClassifier(L.LightningModule):
    """One linear layer; what a trainer needs to know about training it."""

    def __init__(self, lr):
        super().__init__()
        self.layer = nn.Linear(64, 10)
        self.lr = lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.layer(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


class Record(L.Callback):
    """Keeps what was logged, epoch by epoch: history[name] is a list of plain numbers."""

    def __init__(self):
        self.history = {}

    def on_train_epoch_end(self, trainer, module):
        for name, value in trainer.callback_metrics.items():
            self.history.setdefault(name, []).append(value.item())


def quiet_trainer(epochs, callbacks):
    """A trainer without progress bar, log files and saved weights, on the processor."""
    return L.Trainer(
        max_epochs=epochs,
        callbacks=callbacks,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )


torch.manual_seed(0)
linear, record = LinearClassifier(lr=0.2), Record()
quiet_trainer(5, [record]).fit(linear, loader_of(x_train, y_train, shuffle=True))
for epoch, loss in enumerate(record.history["loss"], start=1):
    print(f"epoch {epoch}: loss {loss:.3f}")
print("test accuracy", round(share_right(linear.layer, x_test, y_test), 3))


# %% train
class Classifier(L.LightningModule):
    """A given model, trained on the mean cross-entropy by plain gradient descent."""

    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr

    def training_step(self, batch, batch_idx):
        """The loss of a batch (x, y); logs "loss"."""
        ### BEGIN SOLUTION
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss
        ### END SOLUTION

    def validation_step(self, batch, batch_idx):
        """Logs "val_loss" and "val_accuracy" of a batch (x, y)."""
        ### BEGIN SOLUTION
        x, y = batch
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())
        ### END SOLUTION

    def configure_optimizers(self):
        """Plain gradient descent with the learning rate lr."""
        ### BEGIN SOLUTION
        return torch.optim.SGD(self.parameters(), lr=self.lr)
        ### END SOLUTION


def train(model, train, validation, lr, epochs):
    """Train a model that gives logits; a dict of lists "loss", "val_loss", "val_accuracy", one number for each epoch.

    The loaders give x (batch, features), y (batch,) of int64.
    """
    ### BEGIN SOLUTION
    model.train()
    record = Record()
    quiet_trainer(epochs, [record]).fit(Classifier(model, lr), train, validation)
    return record.history
    ### END SOLUTION


# %% same_curve
def own_loop(model, loader, lr, epochs):
    """The loop of lesson 5 around a model of this one: the mean training loss of each epoch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


in_order, val_loader = loader_of(x_train, y_train), loader_of(x_val, y_val)
torch.manual_seed(0)
by_hand = build_mlp([64, 32, 10], nn.ReLU)
by_trainer = build_mlp([64, 32, 10], nn.ReLU)
by_trainer.load_state_dict(by_hand.state_dict())  # the same start

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
class Forgetful(nn.Module):
    """Two layers, written as a beginner would."""

    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(64, 32), nn.Linear(32, 10)]  # a plain list
        self.temperature = torch.tensor(1.0)  # a plain tensor

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x) / self.temperature


class Careful(Forgetful):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(self.layers)
        self.temperature = nn.Parameter(self.temperature)


for made in (Forgetful(), Careful()):
    known = [parameter.numel() for parameter in made.parameters()]
    print(
        f"{type(made).__name__:9s} gives logits {tuple(made(torch.tensor(x_train[:5])).shape)} and has {sum(known)} parameters"
    )


# %% Residual
class Residual(nn.Module):
    """y = x + alpha relu(x w + b).   x, y: (batch, features); alpha: one learned number, 0 at the start."""

    def __init__(self, features):
        super().__init__()
        ### BEGIN SOLUTION
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))
        ### END SOLUTION

    def forward(self, x):
        """y (batch, features) of x (batch, features)."""
        ### BEGIN SOLUTION
        return x + self.alpha * F.relu(self.linear(x))
        ### END SOLUTION


# %% deep
def deep(depth, residual):
    """A network with `depth` hidden layers of 32 neurons between the first layer and the last."""
    hidden = [Residual(32) if residual else nn.Sequential(nn.Linear(32, 32), nn.ReLU()) for _ in range(depth)]
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), *hidden, nn.Linear(32, 10))


fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.6), sharey=True)
for ax, residual in zip(axes, (False, True), strict=True):
    for depth, dash, colour in zip((1, 5, 20), ("-", "--", ":"), plots.PALETTE, strict=False):
        torch.manual_seed(0)
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
    "the loss falls with 1 hidden layer and stays at 2.3 with 5 and with 20. "
    "Right, residual networks: with 1, 5 and 20 layers the loss falls in nearly the same way.",
)


# %% Distiller
class Distiller(L.LightningModule):
    """Trains `student` on labels and on the logits of `teacher`, which stays as it is.

    loss = cross-entropy(student's logits, y) + weight * mean((student's logits - teacher's logits) ** 2)
    """

    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        ### BEGIN SOLUTION
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr
        ### END SOLUTION

    def training_step(self, batch, batch_idx):
        """The loss of one batch; logs its mean over the epoch as "loss"."""
        ### BEGIN SOLUTION
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, wanted)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss
        ### END SOLUTION

    def configure_optimizers(self):
        """Plain gradient descent with the learning rate lr."""
        ### BEGIN SOLUTION
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)
        ### END SOLUTION


# %% distilled
torch.manual_seed(0)
teacher = build_mlp([64, 128, 128, 10], nn.ReLU)
train(teacher, loader_of(x_train, y_train, shuffle=True), val_loader, 0.2, 30)
print(f"teacher, from {len(x_train)} labelled digits: test accuracy {share_right(teacher, x_test, y_test):.3f}")


def student_of(examples, weight):
    """Test accuracy of a small network after training on a few examples, with a teacher of the given weight."""
    torch.manual_seed(1)
    student = build_mlp([64, 32, 10], nn.ReLU)
    loader = loader_of(x_train[:examples], y_train[:examples], batch_size=25, shuffle=True)
    quiet_trainer(10_000 // examples, []).fit(Distiller(student, teacher, weight, 0.2), loader)  # 400 steps
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
    "on_fit_start",
    "on_train_epoch_start",
    "on_train_batch_start",
    "on_before_optimizer_step",
    "on_train_batch_end",
    "on_validation_epoch_start",
    "on_validation_batch_end",
    "on_validation_epoch_end",
    "on_train_epoch_end",
    "on_fit_end",
]


def diary_of(hooks):
    """A callback that writes down the name of every hook that is called."""
    callback = L.Callback()
    callback.calls = []
    for hook in hooks:
        setattr(callback, hook, lambda *_, name=hook: callback.calls.append(name))
    return callback


diary = diary_of(HOOKS)
small = loader_of(x_train[:96], y_train[:96])  # three batches
quiet_trainer(2, [diary]).fit(Classifier(build_mlp([64, 10], nn.ReLU), 0.1), small, loader_of(x_val[:64], y_val[:64]))

fig, ax = plt.subplots(figsize=(8.6, 3.6))
rows = [HOOKS.index(name) for name in diary.calls]
ax.plot(rows, "-", color="0.75")
ax.plot(rows, "o", color=plots.PALETTE[0])
ax.set(title="Two epochs of three batches, seen from the hooks", xlabel="call", yticks=range(len(HOOKS)), yticklabels=HOOKS)
ax.invert_yaxis()
plots.show(fig, "The order in which a trainer calls the hooks: epochs contain batches, then validation, then the epoch's end")


# %% StepDecay
class StepDecay(L.Callback):
    """Multiplies the learning rate by `factor` after every `every` epochs."""

    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        ### BEGIN SOLUTION
        if (trainer.current_epoch + 1) % self.every == 0:
            for optimizer in trainer.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] *= self.factor
        ### END SOLUTION


# %% decayed
runs = {}
for name, callbacks in {"constant": [], "halved every 3 epochs": [StepDecay(0.5, 3)]}.items():
    torch.manual_seed(0)
    record = Record()
    model = build_mlp([64, 16, 10], nn.ReLU)
    noisy = loader_of(x_train, y_train, batch_size=8, shuffle=True)
    quiet_trainer(12, [record, *callbacks]).fit(Classifier(model, 0.6), noisy)
    runs[name] = record.history
    print(f"{name:22s} last training loss {record.history['loss'][-1]:.4f}")

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
    with torch.no_grad():
        for parameter in model.parameters():
            shape = tuple(parameter.shape)
            if len(shape) == 2:
                parameter.copy_(torch.tensor(given.normal(0, 0.2, shape[::-1]).astype(np.float32)).T)
            else:
                parameter.copy_(torch.tensor(given.normal(0, 0.2, shape).astype(np.float32)))
    return model


plain_loader = loader_of(x_train, y_train)
model = filled(build_mlp([64, 32, 10], nn.Tanh))
start = model(torch.tensor(x_test)).mean().item()
run = train(model, plain_loader, val_loader, 0.2, 3)
layered = filled(nn.Sequential(nn.Linear(64, 16), nn.Linear(16, 10)))
layer = Residual(16)
with torch.no_grad():
    for parameter in layer.parameters():
        parameter.fill_(0.05)
features = layer(layered[0](torch.tensor(x_test)))
student, record = filled(build_mlp([64, 16, 10], nn.ReLU)), Record()
quiet_trainer(2, [record, StepDecay(0.5, 1)]).fit(Distiller(student, model, 0.5, 0.2), plain_loader)
# Both tracks give these to a relative 1e-4.
results = {
    "numbers in 64-32-10": sum(p.numel() for p in model.parameters()),
    "mean logit at the start": start,
    "loss of epoch 3": run["loss"][-1],
    "validation loss of epoch 3": run["val_loss"][-1],
    "validation accuracy of epoch 3": run["val_accuracy"][-1],
    "mean square after a residual layer": features.square().mean().item(),
    "student's loss of epoch 2, with decay": record.history["loss"][-1],
    "student's test accuracy": share_right(student, x_test, y_test),
}
for name, value in results.items():
    print(f"{name:38s} {value:.5f}")


# %% gradient_norms
### BEGIN SOLUTION
class GradientNorms(L.Callback):
    """The norm of the gradient of every table of weights, in the latest step of training."""

    def __init__(self):
        self.norms = []

    def on_before_optimizer_step(self, trainer, module, optimizer):
        self.norms = [p.grad.norm().item() for p in module.parameters() if p.ndim == 2]


for residual in (False, True):
    torch.manual_seed(0)
    watch = GradientNorms()
    quiet_trainer(1, [watch]).fit(Classifier(deep(20, residual), 0.1), loader_of(x_train, y_train))
    print("residual" if residual else "plain   ", "  ".join(f"{norm:.0e}" for norm in watch.norms[::5]))
### END SOLUTION
