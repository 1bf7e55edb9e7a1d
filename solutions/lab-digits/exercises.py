"""Lab digits, what is graded: references in NumPy, cases, and the mistakes that students really make.

The threshold of `predict`: 20 seeds each of networks with two and three layers (tanh and ReLU, 20 epochs, lr 0.1 and 0.3)
got between 0.92 and 0.97 of 300 pictures as the judge changes them, 0.945 on average for the weakest kind with a standard
deviation of 0.012. Four of these below the average is 0.90. A single layer gets 0.91 to 0.96.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.spec import Exercise, Labelled, Misconception, Tolerance, truth
from course import data
from course.probes.layers import TINY
from course.recipes import Seed

Array = np.ndarray
Inputs = dict[str, Any]
Rng = np.random.Generator
CLOSE = Tolerance(rtol=1e-6, atol=1e-8)
LEAST = 0.90


def numbers(rng: Rng, *shape: int) -> Array:
    """Random float64 numbers with few digits, so that they are the same in every file."""
    return np.round(rng.normal(size=shape), 2)


# make_net -----------------------------------------------------------------------------------------------------------


class MakeNet:
    """Linear layers of the given widths, with an activation of its own between every two of them."""

    def __call__(self, sizes: list[int], activation: type, rng: Rng) -> Any:
        layers: list[Any] = []
        shared = activation()
        for i, (inputs, outputs) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
            layers.append(self.linear(inputs, outputs, rng))
            if self.bends_after(i, len(sizes) - 1):
                layers.append(self.bend(activation, shared))
        return SimpleNamespace(layers=layers)

    def linear(self, inputs: int, outputs: int, rng: Rng) -> Any:
        return SimpleNamespace(w=rng.normal(0, self.scale(inputs), (inputs, outputs)), b=self.bias(rng, outputs))

    def scale(self, inputs: int) -> float:
        return 1 / np.sqrt(inputs)

    def bias(self, rng: Rng, outputs: int) -> Array:
        return np.zeros(outputs)

    def bends_after(self, i: int, layers: int) -> bool:
        return i < layers - 1

    def bend(self, activation: type, shared: Any) -> Any:
        return activation()


class NetBendsAtTheEnd(MakeNet):
    def bends_after(self, i, layers):
        return True


class NetNeverBends(MakeNet):
    def bends_after(self, i, layers):
        return False


class NetBendsOnce(MakeNet):
    def bends_after(self, i, layers):
        return i == 0 and layers > 1


class NetOneActivation(MakeNet):
    def bend(self, activation, shared):
        return shared


class NetClass(MakeNet):
    def bend(self, activation, shared):
        return activation


class NetNotScaled(MakeNet):
    def scale(self, inputs):
        return 1.0


class NetScaledTwice(MakeNet):
    def scale(self, inputs):
        return 1 / inputs


class NetZero(MakeNet):
    def scale(self, inputs):
        return 0.0


class NetRandomBias(MakeNet):
    def bias(self, rng, outputs):
        return rng.normal(size=outputs)


class NetOwnRandomness(MakeNet):
    calls = 0

    def linear(self, inputs, outputs, rng):
        NetOwnRandomness.calls += 1
        return super().linear(inputs, outputs, np.random.default_rng(NetOwnRandomness.calls))


def make_net_cases(rng: Rng) -> list[Inputs]:
    plans = [([50, 10], "Square"), ([40, 30, 12], "Roll"), ([30, 24, 18, 14], "Square")]
    return [{"sizes": sizes, "activation": kind, "rng": Seed(int(rng.integers(1 << 31)))} for sizes, kind in plans]


assert set(TINY) >= {"Square", "Roll"}
STRUCTURE = ("kinds",)
MAKE_NET = Exercise(
    name="make_net",
    points=2,
    reference=MakeNet(),
    cases=make_net_cases,
    probe="architecture",
    bands={"spread": (0.75, 1.25), "bias": (0.0, 0.0)},
    misconceptions=[
        Misconception(
            "activation after the last layer",
            NetBendsAtTheEnd(),
            "The last layer's numbers are logits, and may be anything. An activation behind them would bend or cut them: put "
            "activations only *between* linear layers.",
            keys=STRUCTURE,
        ),
        Misconception(
            "no activation",
            NetNeverBends(),
            "Linear layers in a row are one linear layer. Put an activation between every two of them.",
            keys=STRUCTURE,
        ),
        Misconception(
            "only one activation",
            NetBendsOnce(),
            "There is an activation after the first linear layer, and none after the others: every gap between two linear "
            "layers needs one.",
            keys=STRUCTURE,
        ),
        Misconception(
            "one activation object for all gaps",
            NetOneActivation(),
            "The same activation object stands at several places. It remembers what it saw last, so backward would use the "
            "wrong values at the others: call `activation()` anew for each gap.",
            keys=("shared",),
        ),
        Misconception(
            "class instead of an object",
            NetClass(),
            "`activation` is a class. What belongs into the list is an object of it: `activation()`.",
            keys=STRUCTURE,
        ),
        Misconception(
            "weights all zero",
            NetZero(),
            "With all weights zero every neuron computes the same and gets the same gradient. Draw them from `rng`.",
            keys=("zero",),
        ),
        Misconception(
            "weights not scaled",
            NetNotScaled(),
            "The standard deviation of the weights should be 1 / sqrt(inputs), or the sums in each layer grow with its width.",
            keys=("kinds", "spread"),
        ),
        Misconception(
            "divided by the inputs, not their root",
            NetScaledTwice(),
            "The weights are too small: divide by the *square root* of the number of inputs.",
            keys=("kinds", "spread"),
        ),
        Misconception(
            "random biases",
            NetRandomBias(),
            "Biases start at zero: the random weights already make the neurons different.",
            keys=("kinds", "weights", "bias"),
        ),
        Misconception(
            "random numbers of its own",
            NetOwnRandomness(),
            "The same `rng` should give the same network: draw from `rng`, not from np.random or a generator made inside.",
            keys=("repeatable", "kinds", "bias"),
        ),
    ],
)


# train_epoch --------------------------------------------------------------------------------------------------------


class TrainEpoch:
    """A step of gradient descent for each batch, in the order of the examples; the mean loss over all of them."""

    def __call__(self, net: Any, loss: Any, x: Array, y: Array, batch_size: int, lr: float) -> Any:
        losses, sizes = [], []
        for start in self.starts(len(x), batch_size):
            batch, labels = x[start : start + self.size(batch_size, x)], y[start : start + self.size(batch_size, x)]
            losses.append(loss.forward(net.forward(batch), labels))
            sizes.append(len(batch))
            self.step(net, self.upstream(loss, losses[-1]), self.rate(lr))
        self.after(net, lr)
        return self.result(np.array(losses), np.array(sizes))

    def starts(self, n: int, batch_size: int) -> Any:
        return range(0, n, batch_size)

    def size(self, batch_size: int, x: Array) -> int:
        return batch_size

    def upstream(self, loss: Any, value: float) -> Any:
        return loss.backward()

    def rate(self, lr: float) -> float:
        return lr

    def step(self, net: Any, dz: Any, lr: float) -> None:
        net.backward(dz)
        net.update(lr)

    def after(self, net: Any, lr: float) -> None:
        pass

    def result(self, losses: Array, sizes: Array) -> Any:
        return float(losses @ sizes / sizes.sum())


class EpochMeanOfMeans(TrainEpoch):
    def result(self, losses, sizes):
        return float(losses.mean())


class EpochMeansByExamples(TrainEpoch):
    def result(self, losses, sizes):
        return float(losses.sum() / sizes.sum())


class EpochSum(TrainEpoch):
    def result(self, losses, sizes):
        return float(losses @ sizes)


class EpochLastLoss(TrainEpoch):
    def result(self, losses, sizes):
        return float(losses[-1])


class EpochNothing(TrainEpoch):
    def result(self, losses, sizes):
        return None


class EpochLastDropped(TrainEpoch):
    def starts(self, n, batch_size):
        return range(0, n - batch_size + 1, batch_size)


class EpochOneBatch(TrainEpoch):
    def starts(self, n, batch_size):
        return [0]

    def size(self, batch_size, x):
        return len(x)


class EpochNoUpdate(TrainEpoch):
    def step(self, net, dz, lr):
        net.backward(dz)


class EpochUpdateFirst(TrainEpoch):
    def step(self, net, dz, lr):
        net.update(lr)
        net.backward(dz)


class EpochNoBackward(TrainEpoch):
    def step(self, net, dz, lr):
        net.update(lr)


class EpochOnceAtTheEnd(EpochNoUpdate):
    def after(self, net, lr):
        net.update(lr)


class EpochAscent(TrainEpoch):
    def rate(self, lr):
        return -lr


class EpochLossSentBack(TrainEpoch):
    def upstream(self, loss, value):
        return value


def train_epoch_cases(rng: Rng) -> list[Inputs]:
    cases = []
    for n, features, batch_size in ((7, 2, 3), (5, 3, 2), (6, 2, 2), (4, 3, 8), (1, 2, 1)):
        x, y = numbers(rng, n, features), rng.integers(0, 4, n)
        lr, a = round(float(rng.uniform(0.02, 0.1)), 3), round(float(rng.uniform(0.5, 1.5)), 2)
        cases.append({"a": a, "x": x, "y": y, "batch_size": batch_size, "lr": lr})
    return cases


TRAIN_EPOCH = Exercise(
    name="train_epoch",
    points=3,
    reference=TrainEpoch(),
    cases=train_epoch_cases,
    probe="net_epoch",
    tolerance=CLOSE,
    misconceptions=[
        Misconception(
            "gradients not computed",
            EpochNoBackward(),
            "update() without backward() uses gradients that were never computed: call `net.backward(loss.backward())` first.",
        ),
        Misconception(
            "update before backward",
            EpochUpdateFirst(),
            "update() uses what backward() has stored. In your order each step uses the gradient of the batch before.",
        ),
        Misconception(
            "nothing updated",
            EpochNoUpdate(),
            "The network is the same after the epoch as before it: call `net.update(lr)` for each batch.",
        ),
        Misconception(
            "one update per epoch",
            EpochOnceAtTheEnd(),
            "`net.update(lr)` stands behind the loop, so only the last batch teaches. It belongs inside, for each batch.",
        ),
        Misconception(
            "batch size ignored",
            EpochOneBatch(),
            "All examples went through at once: take `batch_size` of them at a time, with a step for each batch.",
        ),
        Misconception(
            "last batch dropped",
            EpochLastDropped(),
            "The examples that fill no whole batch are left out: the last batch is smaller, and counts.",
            keys=("sizes",),
        ),
        Misconception(
            "gradient ascent",
            EpochAscent(),
            "The network moves uphill. `update(lr)` subtracts already: hand it `lr` as it is.",
        ),
        Misconception(
            "the loss itself sent back",
            EpochLossSentBack(),
            "What goes into `net.backward` is the gradient by the logits, `loss.backward()`, and not the loss.",
        ),
        Misconception(
            "mean of the batch means",
            EpochMeanOfMeans(),
            "The last batch is smaller, so its examples count more. Multiply each loss by the batch's size, add up, divide.",
        ),
        Misconception(
            "batch means divided by the number of examples",
            EpochMeansByExamples(),
            "The loss of a batch is a mean already: multiply it by the batch's size before you add it up.",
        ),
        Misconception(
            "sum instead of the mean",
            EpochSum(),
            "Divide the sum by the number of examples: losses of data sets of different size should be comparable.",
        ),
        Misconception(
            "only the last batch's loss",
            EpochLastLoss(),
            "The loss of an epoch is the mean over all its examples; yours is that of the last batch.",
        ),
        Misconception(
            "no loss returned",
            EpochNothing(),
            "Return the mean loss: without it nobody sees whether the network learns.",
        ),
    ],
)


# largest_weights ----------------------------------------------------------------------------------------------------


def largest_weights(net: Any) -> list[float]:
    """The largest absolute value in the w of each layer that has one."""
    return [float(np.abs(layer.w).max()) for layer in net.layers if hasattr(layer, "w")]


def linear(net: Any) -> list[Any]:
    return [layer for layer in net.layers if hasattr(layer, "w")]


def largest_weights_cases(rng: Rng) -> list[Inputs]:
    cases = []
    for sizes in ((4, 3, 2), (5, 2), (3, 4, 2, 5)):
        layers: list[Any] = []
        for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
            w, b = numbers(rng, inputs, outputs), numbers(rng, outputs)
            w.flat[rng.integers(w.size)] = -5 - round(float(rng.random()), 2)  # the largest is a negative one
            b[0] = 9 + round(float(rng.random()), 2)
            layers += [[w, b], []]
        cases.append({"layers": layers[:-1]})
    return cases


LARGEST_WEIGHTS = Exercise(
    name="largest_weights",
    points=1,
    reference=largest_weights,
    cases=largest_weights_cases,
    probe="net_weights",
    tolerance=CLOSE,
    misconceptions=[
        Misconception(
            "sign forgotten",
            lambda net: [float(layer.w.max()) for layer in linear(net)],
            "A weight of -5 is larger than one of 2 in what it does: take the absolute value before the maximum.",
        ),
        Misconception(
            "absolute value of the maximum",
            lambda net: [float(layer.w.min()) for layer in linear(net)],
            "You have the most negative weight. The size asked for is an absolute value: np.abs(w).max().",
        ),
        Misconception(
            "biases counted",
            lambda net: [float(max(np.abs(layer.w).max(), np.abs(layer.b).max())) for layer in linear(net)],
            "Only the weights `w` are asked for, not the biases.",
        ),
        Misconception(
            "one number for the whole network",
            lambda net: max(largest_weights(net)),
            "Layers behave differently, and that is the point: return one number for each layer that has weights.",
        ),
        Misconception(
            "mean size instead of the largest",
            lambda net: [float(np.abs(layer.w).mean()) for layer in linear(net)],
            "This is the average size of the weights. The largest is asked for.",
        ),
        Misconception(
            "length of the whole matrix",
            lambda net: [float(np.linalg.norm(layer.w)) for layer in linear(net)],
            "np.linalg.norm is the root of the sum of all squares. The largest single weight is asked for.",
        ),
        Misconception(
            "a number for layers without weights",
            lambda net: [float(np.abs(layer.w).max()) if hasattr(layer, "w") else 0.0 for layer in net.layers],
            "Activations have no weights, and no place in the list.",
        ),
        Misconception(
            "one number for each neuron",
            lambda net: [np.abs(layer.w).max(axis=0) for layer in linear(net)],
            "With an axis, max gives a number for each column. One for each layer is asked for.",
        ),
    ],
)


# predict ------------------------------------------------------------------------------------------------------------


def kept_pictures(rng: Rng) -> list[Labelled]:
    """300 of the pictures that are never handed out, each a little lighter or darker and noisier than it is in the data."""
    x, y = data.digits("kept")
    rows = rng.permutation(len(x))[:300]
    light = rng.uniform(0.85, 1.1, (300, 1))
    changed = np.clip(x[rows] * light + rng.normal(0, 0.03, (300, 64)), 0, 1)
    return [Labelled({"x": np.round(changed, 2).astype(np.float32)}, y[rows])]


PREDICT = Exercise(
    name="predict",
    points=4,
    reference=truth,
    cases=kept_pictures,
    probe="labels",
    options={"numpy": True},
    accuracy={"value": LEAST},
    misconceptions=[
        Misconception(
            "scores instead of labels",
            lambda y: np.eye(10)[y],
            "These are ten numbers for each picture. The label is the place of the largest: argmax over axis 1.",
        ),
        Misconception(
            "the largest score instead of its place",
            lambda y: y + 0.5,
            "max gives the score, argmax the class that it belongs to.",
        ),
        Misconception(
            "argmax over the batch",
            lambda y: np.zeros(10, np.int64),
            "argmax over axis 0 gives the picture with the largest score for each class. The class of each picture is axis 1.",
        ),
        Misconception(
            "argmax of the whole table",
            lambda y: 3,
            "argmax without an axis flattens the table and gives one number: say axis=1.",
        ),
        Misconception(
            "labels from 1",
            lambda y: y + 1,
            "Your labels are one too high: class 0 is the digit 0.",
        ),
        Misconception(
            "prepared with statistics of the batch",
            lambda y: y if len(y) > 1 else (y + 1) % 10,
            "A picture gets another label when it comes alone. If you centre or scale pictures, use the mean and spread of the "
            "*training* pictures, for whatever comes.",
            keys=("company",),
        ),
        Misconception(
            "always the same class",
            np.zeros_like,
            "Every picture gets the same label. Such a network has not learned, or its numbers have grown to NaN: look at its "
            "loss over the epochs.",
            keys=("constant",),
        ),
        Misconception(
            "no better than guessing",
            lambda y: (y + 1 + y % 9) % 10,
            "This is what guessing gets. Is it the trained network that you use, and do pictures and labels still belong "
            "together after shuffling?",
            share=(0.0, 0.2),
        ),
        Misconception(
            "learned too little",
            lambda y: np.where(y % 2, y, (y + 1) % 10),
            "It has learned something, but a right solution gets more. Train longer, or with a larger learning rate, and watch "
            "the accuracy on your validation pictures.",
            share=(0.2, LEAST - 0.05),
        ),
    ],
)

EXERCISES = [MAKE_NET, TRAIN_EPOCH, LARGEST_WEIGHTS, PREDICT]
