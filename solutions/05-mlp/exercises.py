"""Exercises of 05-mlp: references in slow clear NumPy, the cases, and what students get wrong.

A reference is a small class whose methods are the decisions in it; a wrong twin replaces the one that students get wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.frameworks.numpy import constant, live
from course.recipes import Loader, Model, Seed, Trainable

Array = np.ndarray
Params = list[list[Array]]
TORCH, TENSORFLOW = ("pytorch",), ("tensorflow",)
# Measured over 20 seeds in both tracks: right float32 answers stay below a tenth of this, wrong twins below a fifth.
TOLERANCE = Tolerance(rtol=2e-5, atol=2e-6)
CLIP = 1e-7  # Keras keeps probabilities this far from 0 and 1


def twin(parent: type, **methods: Callable[..., Any]) -> Any:
    """An instance of the parent in which some methods are wrong."""
    return type(f"Wrong{parent.__name__}", (parent,), methods)()


# The network and its losses, shared by all exercises. A loss gives its mean value and its slope at the logits.


def softmax(logits: Array) -> Array:
    """Probabilities (batch, classes) of logits (batch, classes)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


def dense(x: Array, params: Params) -> list[Array]:
    """What goes into each layer of a multi-layer perceptron, and at the end the logits."""
    values = [x]
    for i, (w, b) in enumerate(params):
        z = values[-1] @ w + b
        values.append(relu(z) if i < len(params) - 1 else z)
    return values


def backward(values: list[Array], params: Params, slope: Array) -> Params:
    """Gradients of all (w, b) from the slope of the loss at the logits: the chain rule, layer by layer."""
    gradients: Params = []
    for i in reversed(range(len(params))):
        gradients.insert(0, [values[i].T @ slope, slope.sum(axis=0)])
        slope = (slope @ params[i][0].T) * (values[i] > 0)
    return gradients


def added(total: Params, new: Params) -> Params:
    """Gradients that pile up, as in PyTorch's `.grad` when nobody sets it back."""
    if not total:
        return new
    return [[t + n for t, n in zip(*pairs, strict=True)] for pairs in zip(total, new, strict=True)]


def binary(z: Array, y: Array) -> tuple[float, Array]:
    """Binary cross-entropy of logits z (batch, 1) and targets y (batch, 1)."""
    return float(np.mean(relu(z) - z * y + np.log1p(np.exp(-np.abs(z))))), (sigmoid(z) - y) / len(z)


def binary_of_sigmoid(z: Array, y: Array) -> tuple[float, Array]:
    p = sigmoid(z)
    loss, slope = binary(p, y)
    return loss, slope * p * (1 - p)


def binary_reversed(z: Array, y: Array) -> tuple[float, Array]:
    return binary(y, z)[0], -y / len(z)


def binary_of_probabilities(z: Array, y: Array) -> tuple[float, Array]:
    p = np.clip(z, z.dtype.type(CLIP), z.dtype.type(1 - CLIP))
    slope = ((1 - y) / (1 - p) - y / p) / len(z)
    return float(np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))), slope * (p == z)


def binary_sum(z: Array, y: Array) -> tuple[float, Array]:
    loss, slope = binary(z, y)
    return loss * len(z), slope * len(z)


def binary_vector(z: Array, y: Array) -> tuple[float, Array]:
    loss, slope = binary(z, y)
    return loss, slope * len(z)


def entropy(logits: Array, y: Array) -> tuple[float, Array]:
    """Cross-entropy of logits (batch, classes) and labels y (batch,)."""
    p, n = softmax(logits), len(y)
    return float(-np.mean(np.log(p[np.arange(n), y]))), (p - np.eye(p.shape[1], dtype=p.dtype)[y]) / n


def entropy_of_softmax(logits: Array, y: Array) -> tuple[float, Array]:
    p = softmax(logits)
    loss, slope = entropy(p, y)
    return loss, p * (slope - (slope * p).sum(axis=1, keepdims=True))


def entropy_of_probabilities(logits: Array, y: Array) -> tuple[float, Array]:
    p = np.clip(logits, logits.dtype.type(CLIP), logits.dtype.type(1 - CLIP))
    loss, slope = entropy(np.log(p), y)
    return loss, slope / p * (p == logits)


# What the cases are made of.


def weights(rng: np.random.Generator, *sizes: int) -> list[list[Array]]:
    """Pairs (w, b) with weights of a size that keeps logits between about -4 and 4, and biases that are not zero."""
    return [
        [rng.normal(0, 1.2 / np.sqrt(i), (i, o)).astype(np.float32), rng.normal(0, 0.5, o).astype(np.float32)]
        for i, o in zip(sizes[:-1], sizes[1:], strict=True)
    ]


def points(rng: np.random.Generator, n: int, features: int) -> Array:
    return rng.normal(0, 1, (n, features)).astype(np.float32)


def model_of(rng: np.random.Generator, sizes: tuple[int, ...], dropout: float = 0.0) -> Model:
    return Model(tuple(part for pair in weights(rng, *sizes) for part in pair), dropout)


def loader_of(rng: np.random.Generator, n: int, sizes: tuple[int, ...], batch_size: int) -> Loader:
    return Loader(points(rng, n, sizes[0]), rng.integers(0, sizes[-1], n).astype(np.int64), batch_size)


# init_params


class Init:
    """Weights from a normal distribution with standard deviation sqrt(2 / fan_in), biases at zero."""

    def __call__(self, sizes: list[int], generator: np.random.Generator) -> list[tuple[Array, Array]]:
        return [self.layer(i, o, generator) for i, o in zip(sizes[:-1], sizes[1:], strict=True)]

    def layer(self, fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
        return self.weights(fan_in, fan_out, rng), self.biases(fan_out, rng)

    def weights(self, fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
        return rng.normal(0, self.deviation(fan_in, fan_out), (fan_in, fan_out))

    def deviation(self, fan_in: int, fan_out: int) -> float:
        return np.sqrt(2 / fan_in)

    def biases(self, fan_out: int, rng: np.random.Generator) -> Array:
        return np.zeros(fan_out)


class InitTransposed(Init):
    def layer(self, fan_in, fan_out, rng):
        w, b = super().layer(fan_in, fan_out, rng)
        return w.T, b


class InitConstants(Init):
    def layer(self, fan_in, fan_out, rng):
        w, b = super().layer(fan_in, fan_out, rng)
        return constant(w), constant(b)


class InitGlobal(Init):
    def weights(self, fan_in, fan_out, rng):
        return np.random.normal(0, self.deviation(fan_in, fan_out), (fan_in, fan_out))  # noqa: NPY002 - the mistake itself


class InitReseeded(Init):
    def __call__(self, sizes, generator):
        return super().__call__(sizes, np.random.default_rng(0))


def init_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    # At least 2,400 weights a layer, so that the band can be narrow. A fan-in of 2 and one of 20,000 tell scale rules apart.
    return [
        {"sizes": sizes, "generator": Seed(int(rng.integers(2**31)))} for sizes in ([80, 50, 90, 40], [2, 1500, 4], [20_000, 3])
    ]


INIT_PARAMS = Exercise(
    name="init_params",
    points=2,
    reference=Init(),
    cases=init_cases,
    probe="initial_parameters",
    # The sample deviation of n numbers is within 1 / sqrt(2 n) of the true one; 8.7 % is six times that of 2,400.
    bands={"spread": (1.29, 1.54), "mean": (0.0, 5.5), "bias": (0.0, 1e-6)},
    misconceptions=[
        Misconception(
            "all weights zero",
            twin(Init, weights=lambda self, i, o, rng: np.zeros((i, o))),
            "Neurons of a layer that start equal get equal gradients and stay equal for ever: draw the weights at random.",
        ),
        Misconception(
            "only positive weights",
            twin(Init, weights=lambda self, i, o, rng: rng.random((i, o)) * np.sqrt(2 / i)),
            "`rand` and `uniform` give numbers between 0 and 1. Weights are drawn from a normal distribution around 0.",
        ),
        Misconception(
            "standard deviation 1 in every layer",
            twin(Init, deviation=lambda self, i, o: 1.0),
            "With many inputs the sums grow: multiply the random numbers by sqrt(2 / fan_in).",
        ),
        Misconception(
            "the same small scale in every layer",
            twin(Init, deviation=lambda self, i, o: 0.01),
            "A fixed factor such as 0.01 suits one width only. The scale depends on the layer's inputs: sqrt(2 / fan_in).",
        ),
        Misconception(
            "variance used as standard deviation",
            twin(Init, deviation=lambda self, i, o: 2 / i),
            "2 / fan_in is the variance. Random numbers are multiplied by the standard deviation, its square root.",
        ),
        Misconception(
            "fan-out instead of fan-in",
            twin(Init, deviation=lambda self, i, o: np.sqrt(2 / o)),
            "A neuron adds up its inputs, so what counts is how many come in: the number of rows of w.",
        ),
        Misconception(
            "Xavier's rule",
            twin(Init, deviation=lambda self, i, o: np.sqrt(2 / (i + o))),
            "sqrt(2 / (fan_in + fan_out)) was made for tanh. Here the rule is He's, made for ReLU: sqrt(2 / fan_in).",
        ),
        Misconception(
            "factor 2 forgotten",
            twin(Init, deviation=lambda self, i, o: np.sqrt(1 / i)),
            "ReLU sets half of the numbers to 0; the 2 in sqrt(2 / fan_in) makes up for it.",
        ),
        Misconception(
            "random biases",
            twin(Init, biases=lambda self, o, rng: rng.normal(size=o)),
            "Biases start at 0: the random weights already make the neurons different.",
        ),
        Misconception(
            "weights transposed",
            InitTransposed(),
            "A layer computes x @ w + b with x (batch, fan_in), so w is (fan_in, fan_out).",
        ),
        Misconception(
            "tensors that are no leaves or want no gradient",
            InitConstants(),
            "Each w and b must be a leaf with `requires_grad`. `torch.randn(..., requires_grad=True) * scale` is a product and "
            "no leaf: scale first, then call `requires_grad_()`.",
            tracks=TORCH,
        ),
        Misconception(
            "constants instead of variables",
            InitConstants(),
            "A tensor never changes. What training changes is a `tf.Variable`: wrap each w and each b.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "the global random state",
            InitGlobal(),
            "Draw from `generator`; otherwise the same seed does not give the same network again.",
        ),
        Misconception(
            "seeded inside",
            InitReseeded(),
            "A function that sets its own seed gives the same weights at every call. Draw from the caller's `generator`.",
        ),
    ],
)


# forward


class Forward:
    """Logits of a multi-layer perceptron: ReLU between the layers, nothing after the last."""

    def __call__(self, x: Array, params: Params) -> Array:
        for i, (w, b) in enumerate(params):
            z = self.linear(x, w, b)
            x = self.hidden(z) if i < len(params) - 1 else self.last(z)
        return x

    def linear(self, x: Array, w: Array, b: Array) -> Array:
        return x @ w + b

    def hidden(self, z: Array) -> Array:
        return relu(z)

    def last(self, z: Array) -> Array:
        return z


class ForwardLateBias(Forward):
    def __call__(self, x, params):
        for w, b in params[:-1]:
            x = relu(x @ w) + b
        w, b = params[-1]
        return x @ w + b


def forward_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = [(5, [4, 3, 2]), (6, [3, 5, 4, 2]), (7, [3, 2]), (1, [2, 6, 3]), (4, [4, 4, 4]), (3, [2, 5, 4, 3, 6])]
    return [{"x": points(rng, n, sizes[0]), "params": Trainable(weights(rng, *sizes))} for n, sizes in cases]


FORWARD = Exercise(
    name="forward",
    points=2,
    reference=Forward(),
    cases=forward_cases,
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "activation after the last layer",
            twin(Forward, last=lambda self, z: relu(z)),
            "The last layer gives logits, which may be negative. With a ReLU there, half of all answers become 0.",
        ),
        Misconception(
            "softmax inside the network",
            twin(Forward, last=lambda self, z: softmax(z)),
            "Return logits. The loss applies softmax itself, in a way that cannot overflow; twice is wrong.",
        ),
        Misconception(
            "labels instead of logits",
            twin(Forward, last=lambda self, z: z.argmax(axis=1)),
            "argmax has no gradient. Return the logits; labels are made from them where they are needed.",
        ),
        Misconception(
            "no activation between the layers",
            twin(Forward, hidden=lambda self, z: z),
            "Without ReLU between them, several linear layers are one linear layer.",
        ),
        Misconception(
            "sigmoid instead of ReLU",
            twin(Forward, hidden=lambda self, z: sigmoid(z)),
            "The activation asked for is ReLU: max(0, z), element by element.",
        ),
        Misconception(
            "activation before the layer",
            twin(Forward, linear=lambda self, x, w, b: relu(x) @ w + b, hidden=lambda self, z: z),
            "ReLU comes after x @ w + b, and not before the first layer: the inputs keep their negative numbers.",
        ),
        Misconception(
            "bias forgotten",
            twin(Forward, linear=lambda self, x, w, b: x @ w),
            "Each layer computes x @ w + b: the bias moves its folds away from the origin.",
        ),
        Misconception(
            "bias added after the activation",
            ForwardLateBias(),
            "The bias belongs inside: relu(x @ w + b), not relu(x @ w) + b.",
        ),
        Misconception(
            "weights transposed",
            twin(Forward, linear=lambda self, x, w, b: x @ w.T + b),
            "w is (inputs, outputs), so a layer is x @ w + b without a transpose.",
        ),
    ],
)


# train_step


class Step:
    """One step of gradient descent on a network of two layers with one output; the loss before the step."""

    def __call__(self, params: Params, x: Array, y: Array, lr: float) -> Any:
        values = dense(x, params)
        loss, slope = self.loss(values[-1], y)
        self.update(params, self.gradients(backward(values, params, slope)), lr)
        return self.result(loss, params, x, y)

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        return binary(z, y)

    def gradients(self, new: Params) -> Params:
        return new

    def update(self, params: Params, gradients: Params, lr: float) -> None:
        for (w, b), (dw, db) in zip(params, gradients, strict=True):
            w -= lr * dw
            b -= lr * db

    def result(self, loss: float, params: Params, x: Array, y: Array) -> Any:
        return loss


class StepNotZeroed(Step):
    def __init__(self) -> None:
        self.total: Params = []

    def gradients(self, new):
        self.total = added(self.total, new)
        return self.total


class StepUp(Step):
    def update(self, params, gradients, lr):
        super().update(params, gradients, -lr)


class StepNoBiases(Step):
    def update(self, params, gradients, lr):
        super().update(params, [[dw, np.zeros_like(db)] for dw, db in gradients], lr)


def step_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    for sizes, batches, lr in (((2, 4, 1), (5, 5, 5), 0.5), ((3, 6, 1), (4, 1, 3), 0.2), ((5, 3, 1), (7, 2), 0.1)):
        labels = [rng.permutation(np.arange(n) % 2) if n > 1 else np.array([1]) for n in batches]
        cases.append(
            {
                "params": Trainable(weights(rng, *sizes)),
                "x": [points(rng, n, sizes[0]) for n in batches],
                "y": [label.reshape(-1, 1).astype(np.float32) for label in labels],
                "lr": lr,
            }
        )
    return cases


TRAIN_STEP = Exercise(
    name="train_step",
    points=3,
    reference=Step(),
    cases=step_cases,
    probe="steps",
    tolerance=Tolerance(rtol=1e-4, atol=1e-5),  # wider: the slope 1 / p of Keras's clipped probabilities enlarges rounding
    misconceptions=[
        Misconception(
            "gradients not zeroed",
            StepNotZeroed,
            "backward() adds to what is already in .grad: the first step was right, the second used the sum of two gradients. "
            "Set them back before backward().",
            tracks=TORCH,
            stateful=True,
        ),
        Misconception(
            "loss returned as a live tensor",
            twin(Step, result=lambda self, loss, params, x, y: live(loss)),
            "A loss with its graph keeps every intermediate result of the batch in memory: return `loss.item()`.",
            tracks=TORCH,
        ),
        Misconception(
            "sigmoid before a loss that wants logits",
            twin(Step, loss=lambda self, z, y: binary_of_sigmoid(z, y)),
            "The loss with logits applies the sigmoid itself. Give it the network's output as it is.",
        ),
        Misconception(
            "loss arguments reversed",
            twin(Step, loss=lambda self, z, y: binary_reversed(z, y)),
            "Targets stand where the loss expects logits. PyTorch's order is (logits, targets), Keras's is (targets, logits).",
        ),
        Misconception(
            "logits given to a loss that wants probabilities",
            twin(Step, loss=lambda self, z, y: binary_of_probabilities(z, y)),
            "Keras's losses expect probabilities by default: say `from_logits=True`.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "sum instead of mean",
            twin(Step, loss=lambda self, z, y: binary_sum(z, y)),
            "The loss is the mean over the batch; with the sum, the step grows with the batch size.",
        ),
        Misconception(
            "gradient of the losses before their mean",
            twin(Step, loss=lambda self, z, y: binary_vector(z, y)),
            "The tape adds up the gradients of several losses. Take the mean inside the tape, and differentiate that.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "a step up instead of down",
            StepUp(),
            "The gradient points to where the loss grows: subtract lr times the gradient.",
        ),
        Misconception(
            "parameters never change",
            twin(Step, update=lambda self, params, gradients, lr: None),
            "`w = w - ...` only gives the name w to a new tensor; the one in `params` stays as it was. Change it in place.",
        ),
        Misconception(
            "biases left out",
            StepNoBiases(),
            "Every pair is (w, b), and both are trained.",
        ),
        Misconception(
            "loss after the step",
            twin(Step, result=lambda self, loss, params, x, y: binary(dense(x, params)[-1], y)[0]),
            "Return the loss that the gradient was computed from; measuring again costs a second forward pass.",
        ),
    ],
)


# accuracy


def accuracy(logits: Array, labels: Array) -> float:
    """Share of the rows of logits (batch, classes) whose largest value stands at the label (batch,)."""
    right = 0
    for row, label in zip(logits, labels, strict=True):
        right += int(np.argmax(row) == label)
    return right / len(labels)


def argmax_of_columns(logits: Array, labels: Array) -> float:
    columns = np.argmax(logits, axis=0)
    if len(columns) != len(labels) and 1 not in (len(columns), len(labels)):
        return 0.0  # TensorFlow's == gives one False, and no error, where the shapes do not fit
    return float(np.mean(columns == labels))


def accuracy_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    for n, classes, right, first in ((5, 3, 3, True), (7, 2, 5, False), (1, 4, 1, True), (4, 4, 3, True), (6, 5, 2, False)):
        logits = rng.normal(0, 2, (n, classes)) + rng.normal(0, 4, (n, 1))  # only the order within a row counts
        logits[-1, rng.integers(classes)] = 40  # the largest of all is in the last row, so its flat index is no label
        labels = logits.argmax(axis=1)
        wrong = np.append(rng.permutation(np.arange(1, n)), 0)  # the first row comes last here, or else first
        wrong = (wrong if first else wrong[::-1])[: n - right]
        labels[wrong] = (labels[wrong] + rng.integers(1, classes, len(wrong))) % classes
        cases.append({"logits": logits.astype(np.float32), "labels": labels.astype(np.int64)})
    return cases


ACCURACY = Exercise(
    name="accuracy",
    points=1,
    reference=accuracy,
    cases=accuracy_cases,
    misconceptions=[
        Misconception(
            "only the first example compared",
            lambda logits, labels: float(np.argmax(logits[0]) == labels[0]),
            "Index 0 looks at one example only: compare the labels of all rows, then take the mean.",
        ),
        Misconception(
            "argmax of the whole table",
            lambda logits, labels: float(np.mean(np.argmax(logits) == labels)),
            "`argmax()` without `dim` flattens the table and gives one number. Each row needs its own: dim=1.",
            tracks=TORCH,
        ),
        Misconception(
            "argmax over the batch",
            lambda logits, labels: float(np.mean(np.argmax(logits, axis=0) == labels)),
            "dim=0 asks for the best example of each class. The best class of each example is dim=1.",
            tracks=TORCH,
        ),
        Misconception(
            "argmax down the columns",
            argmax_of_columns,
            "`tf.argmax` works down the columns unless you say axis=1; and == of shapes that do not fit is just False.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "percent",
            lambda logits, labels: 100 * accuracy(logits, labels),
            "A share lies between 0 and 1.",
        ),
        Misconception(
            "number of right answers",
            lambda logits, labels: round(accuracy(logits, labels) * len(labels)),
            "Divide by the number of examples.",
        ),
        Misconception(
            "share of wrong answers",
            lambda logits, labels: 1 - accuracy(logits, labels),
            "Accuracy counts the right answers.",
        ),
    ],
)


# evaluate


class Evaluate:
    """Mean loss and accuracy over all examples, in evaluation mode; the mode is put back."""

    def __call__(self, model: Any, loader: list[tuple[Array, Array]]) -> Any:
        before = model.training
        model.training = self.mode()
        batches = [self.batch(model(x), y) for x, y in loader]
        model.training = self.mode_after(before)
        return self.average(*(np.array(column) for column in zip(*batches, strict=True)))

    def mode(self) -> bool:
        return False

    def mode_after(self, before: bool) -> bool:
        return before

    def batch(self, logits: Array, y: Array) -> tuple[float, float, int]:
        return self.loss(logits, y), accuracy(logits, y), len(y)

    def loss(self, logits: Array, y: Array) -> float:
        return entropy(logits, y)[0]

    def average(self, losses: Array, accuracies: Array, sizes: Array) -> list[Any]:
        return [float(losses @ sizes / sizes.sum()), float(accuracies @ sizes / sizes.sum())]


class EvaluateUnweighted(Evaluate):
    def average(self, losses, accuracies, sizes):
        return [float(losses.sum() / sizes.sum()), super().average(losses, accuracies, sizes)[1]]


class EvaluateLive(Evaluate):
    def average(self, losses, accuracies, sizes):
        loss, share = super().average(losses, accuracies, sizes)
        return [live(loss), share]


def evaluate_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = [((4, 6, 3), 0.0, 11, 4), ((5, 12, 3), 0.5, 7, 3), ((3, 2), 0.0, 9, 4), ((2, 5, 4), 0.0, 5, 8)]
    return [{"model": model_of(rng, s, dropout), "loader": loader_of(rng, n, s, size)} for s, dropout, n, size in cases]


EVALUATE = Exercise(
    name="evaluate",
    points=3,
    reference=Evaluate(),
    cases=evaluate_cases,
    probe="evaluation",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "evaluated in training mode",
            twin(Evaluate, mode=lambda self: True),
            "Dropout was active, so every evaluation gives other numbers. PyTorch: call `model.eval()` first. Keras: call "
            "`model(x, training=False)`.",
            keys=("restored", "live"),
        ),
        Misconception(
            "mode left changed",
            twin(Evaluate, mode_after=lambda self, before: False),
            "Whoever calls you may be in the middle of training: remember `model.training`, and put it back at the end.",
            tracks=TORCH,
        ),
        Misconception(
            "mean of the batch means",
            twin(Evaluate, average=lambda self, losses, shares, sizes: [float(losses.mean()), float(shares.mean())]),
            "The last batch is smaller, so its examples count more. Add up over examples, and divide once.",
        ),
        Misconception(
            "softmax before a loss that wants logits",
            twin(Evaluate, loss=lambda self, logits, y: entropy_of_softmax(logits, y)[0]),
            "The cross-entropy takes logits and applies softmax itself. Twice makes every loss look mediocre.",
        ),
        Misconception(
            "logits given to a loss that wants probabilities",
            twin(Evaluate, loss=lambda self, logits, y: entropy_of_probabilities(logits, y)[0]),
            "Keras's losses expect probabilities by default: say `from_logits=True`.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "only the last batch",
            twin(Evaluate, average=lambda self, losses, shares, sizes: [float(losses[-1]), float(shares[-1])]),
            "The numbers of each batch overwrite those before: add them up over the loader.",
        ),
        Misconception(
            "batch means divided by the number of examples",
            EvaluateUnweighted(),
            "The loss of a batch is already a mean: multiply it by the batch's size before you add it up.",
        ),
        Misconception(
            "loss returned as a live tensor",
            EvaluateLive(),
            "Evaluation needs no gradients: use `torch.no_grad()` and return plain numbers.",
            tracks=TORCH,
        ),
    ],
)


# fit


class Fit:
    """Gradient descent over the batches, epoch after epoch; the mean training and validation loss of each."""

    def __call__(self, model: Any, train: list, validation: list, lr: float, epochs: int) -> dict[str, list[Any]]:
        history: dict[str, list[Any]] = {"train": [], "validation": []}
        self.total: Params = []
        for epoch in range(epochs):
            model.training = self.training_mode(epoch)
            history["train"].append(self.train_average(*self.learn(model, train, lr)))
            model.training = self.validation_mode()
            history["validation"].append(self.average(*self.watch(model, validation, lr)))
        return history

    def training_mode(self, epoch: int) -> bool:
        return True

    def validation_mode(self) -> bool:
        return False

    def learn(self, model: Any, batches: list, lr: float) -> tuple[Array, Array]:
        """Losses and sizes of the batches, with an update after each."""
        losses = []
        for x, y in batches:
            loss, slope = self.loss(model(x), y)
            losses.append(loss)
            self.update(model, x, slope, lr)
        return np.array(losses), np.array([len(y) for _, y in batches])

    def watch(self, model: Any, batches: list, lr: float) -> tuple[Array, Array]:
        """Losses and sizes of the batches."""
        return np.array([self.loss(model(x), y)[0] for x, y in batches]), np.array([len(y) for _, y in batches])

    def loss(self, logits: Array, y: Array) -> tuple[float, Array]:
        return entropy(logits, y)

    def update(self, model: Any, x: Array, slope: Array, lr: float) -> None:
        params = [list(pair) for pair in zip(model.weights[::2], model.weights[1::2], strict=True)]
        gradients = self.gradients(backward(dense(x, params), params, slope))
        for pair, changes in zip(params, gradients, strict=True):
            for part, change in zip(pair, changes, strict=True):
                part -= lr * change

    def gradients(self, new: Params) -> Params:
        return new

    def average(self, losses: Array, sizes: Array) -> Any:
        return float(losses @ sizes / sizes.sum())

    def train_average(self, losses: Array, sizes: Array) -> Any:
        return self.average(losses, sizes)


class FitNotZeroed(Fit):
    def gradients(self, new):
        self.total = added(self.total, new)
        return self.total


class FitOncePerEpoch(Fit):
    def learn(self, model, batches, lr):
        losses, sizes = self.watch(model, batches, lr)
        x, y = batches[-1]
        self.update(model, x, self.loss(model(x), y)[1], lr)
        return losses, sizes


class FitLive(Fit):
    def average(self, losses, sizes):
        return live(super().average(losses, sizes))


def fit_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    for sizes, dropout, n, held_out, size, lr, epochs in (
        ((4, 6, 3), 0.0, 10, 7, 4, 0.3, 3),
        ((3, 2), 0.0, 5, 3, 2, 0.5, 2),
        ((5, 32, 3), 0.5, 8, 5, 3, 0.0, 3),  # lr = 0: see the probe
        ((2, 5, 4, 3), 0.0, 9, 5, 4, 0.2, 2),
    ):
        model = model_of(rng, sizes, dropout)
        train, validation = loader_of(rng, n, sizes, size), loader_of(rng, held_out, sizes, size - 1)
        cases.append({"model": model, "train": train, "validation": validation, "lr": lr, "epochs": epochs})
    return cases


FIT = Exercise(
    name="fit",
    points=4,
    reference=Fit(),
    cases=fit_cases,
    probe="fitting",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "gradients not zeroed",
            FitNotZeroed(),
            "backward() adds to what is already in .grad: zero the gradients in every step, not once.",
            tracks=TORCH,
        ),
        Misconception(
            "validated with dropout",
            twin(Fit, validation_mode=lambda self: True),
            "The validation loss moves although nothing is learned: dropout is active. Switch to evaluation mode for it.",
            keys=("varied", "steady", "live"),
        ),
        Misconception(
            "dropout never active",
            twin(Fit, training_mode=lambda self, epoch: False),
            "The model trains as if it had no dropout. PyTorch: call `model.train()`. Keras: call `model(x, training=True)`.",
        ),
        Misconception(
            "training mode only in the first epoch",
            twin(Fit, training_mode=lambda self, epoch: epoch == 0),
            "The first validation leaves the model in evaluation mode: call `model.train()` at the start of every epoch.",
            tracks=TORCH,
        ),
        Misconception(
            "mean of the batch means",
            twin(Fit, average=lambda self, losses, sizes: float(losses.mean())),
            "The last batch is smaller: weight each batch's loss by its size.",
        ),
        Misconception(
            "batch means divided by the number of examples",
            twin(Fit, average=lambda self, losses, sizes: float(losses.sum() / sizes.sum())),
            "The loss of a batch is already a mean: multiply it by the batch's size before you add it up.",
        ),
        Misconception(
            "only the last batch's training loss",
            twin(Fit, train_average=lambda self, losses, sizes: float(losses[-1])),
            "The training loss of an epoch is the mean over all its batches, not the loss of the last one.",
        ),
        Misconception(
            "trained on the validation set",
            twin(Fit, watch=lambda self, model, batches, lr: self.learn(model, batches, lr)),
            "Validation only looks: no gradient, no update. The loss on examples that were trained on says little.",
        ),
        Misconception(
            "one update per epoch",
            FitOncePerEpoch(),
            "The update belongs inside the loop over the batches; here only the last batch of each epoch teaches.",
        ),
        Misconception(
            "softmax before a loss that wants logits",
            twin(Fit, loss=lambda self, logits, y: entropy_of_softmax(logits, y)),
            "The cross-entropy takes logits and applies softmax itself.",
        ),
        Misconception(
            "logits given to a loss that wants probabilities",
            twin(Fit, loss=lambda self, logits, y: entropy_of_probabilities(logits, y)),
            "Keras's losses expect probabilities by default: say `from_logits=True`.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "losses kept as live tensors",
            FitLive(),
            "Each stored tensor keeps the graph of its batch in memory until the run dies of it: store `loss.item()`.",
            tracks=TORCH,
        ),
    ],
)

EXERCISES = [INIT_PARAMS, FORWARD, TRAIN_STEP, ACCURACY, EVALUATE, FIT]
