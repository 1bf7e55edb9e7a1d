"""Exercises of 06-high-level: references in slow clear NumPy, the cases, and what students get wrong.

Models are little objects with `weights`, a list that the probes read and fill; a wrong twin replaces the one decision in a
reference that students get wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.frameworks.numpy import NumpyModel
from course.probes.modules import alike_weights
from course.recipes import Activation, Loader, Model

Array = np.ndarray
Batches = list[tuple[Array, Array]]
Record = dict[str, list[float]]
TORCH, TENSORFLOW = ("pytorch",), ("tensorflow",)
TOLERANCE = Tolerance(rtol=5e-5, atol=5e-6)
CLIP = 1e-7  # Keras keeps probabilities this far from 0 and 1


def wrong(parent: type, **methods: Any) -> type:
    """A class like the parent in which some methods are wrong."""
    return type(f"Wrong{parent.__name__}", (parent,), methods)


def twin(parent: type, **methods: Callable[..., Any]) -> Any:
    """An object of such a class."""
    return wrong(parent, **methods)()


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


def softmax(logits: Array) -> Array:
    """Probabilities (batch, classes) of logits (batch, classes)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def entropy(logits: Array, y: Array) -> tuple[float, Array]:
    """Mean cross-entropy of logits (batch, classes) and labels y (batch,), and its slope at the logits."""
    p, n = softmax(logits), len(y)
    return float(-np.mean(np.log(p[np.arange(n), y]))), (p - np.eye(p.shape[1], dtype=p.dtype)[y]) / n


def entropy_of_softmax(logits: Array, y: Array) -> tuple[float, Array]:
    p = softmax(logits)
    loss, slope = entropy(p, y)
    return loss, softmax_slope(p, slope)


def softmax_slope(p: Array, slope: Array) -> Array:
    """The slope at the logits from the slope at their softmax p."""
    return p * (slope - (slope * p).sum(axis=1, keepdims=True))


def entropy_of_probabilities(logits: Array, y: Array) -> tuple[float, Array]:
    p = np.clip(logits, logits.dtype.type(CLIP), logits.dtype.type(1 - CLIP))
    loss, slope = entropy(np.log(p), y)
    return loss, slope / p * (p == logits)


def backward(model: NumpyModel, x: Array, slope: Array) -> list[Array]:
    """Gradients of w, b, w, b, ... from the slope at the logits. Of a network with dropout: without it, as lr is 0 then."""
    values, pairs = [x], [model.weights[i : i + 2] for i in range(0, len(model.weights), 2)]
    for w, b in pairs[:-1]:
        values.append(relu(values[-1] @ w + b))
    gradients: list[Array] = []
    for value, (w, _) in zip(reversed(values), reversed(pairs), strict=True):
        gradients = [value.T @ slope, slope.sum(axis=0), *gradients]
        slope = (slope @ w.T) * (value > 0)
    return gradients


def descend(model: NumpyModel, gradients: list[Array], lr: float) -> None:
    for parameter, gradient in zip(model.weights, gradients, strict=True):
        parameter -= lr * gradient


def points(rng: np.random.Generator, n: int, features: int) -> Array:
    return rng.normal(0, 1, (n, features)).astype(np.float32)


def model_of(rng: np.random.Generator, sizes: tuple[int, ...], dropout: float = 0.0) -> Model:
    arrays: list[Array] = []
    for i, o in zip(sizes[:-1], sizes[1:], strict=True):
        arrays += [rng.normal(0, 1.2 / np.sqrt(i), (i, o)).astype(np.float32), rng.normal(0, 0.5, o).astype(np.float32)]
    return Model(tuple(arrays), dropout)


def loader_of(rng: np.random.Generator, n: int, sizes: tuple[int, ...], batch_size: int) -> Loader:
    return Loader(points(rng, n, sizes[0]), rng.integers(0, sizes[-1], n).astype(np.int64), batch_size)


# build_mlp


class Mlp:
    """A multi-layer perceptron: linear layers with the activation between them, and nothing after the last."""

    def __init__(self, sizes: list[int], activation: Callable[[Array], Array]) -> None:
        self.activation = activation
        rng = np.random.default_rng(0)
        self.layers = [self.layer(i, o, rng) for i, o in zip(sizes[:-1], sizes[1:], strict=True)]
        self.weights = self.registered()

    def layer(self, fan_in: int, fan_out: int, rng: np.random.Generator) -> list[Array]:
        return [rng.normal(0, 1 / np.sqrt(fan_in), (fan_in, fan_out)), np.zeros(fan_out)]

    def registered(self) -> list[Array]:
        return [part for layer in self.layers for part in layer]

    def __call__(self, x: Array) -> Array:
        x = self.first(x)
        for w, *b in self.layers[:-1]:
            x = self.hidden(x @ w + (b[0] if b else 0))
        w, *b = self.layers[-1]
        return self.last(x @ w + (b[0] if b else 0))

    def first(self, x: Array) -> Array:
        return x

    def hidden(self, z: Array) -> Array:
        return self.activation(z)

    def last(self, z: Array) -> Array:
        return z


class MlpShort(Mlp):
    def __init__(self, sizes, activation):
        super().__init__(sizes[:-1] if len(sizes) > 2 else sizes, activation)

    def last(self, z):
        return self.activation(z)


class MlpShared(Mlp):
    def __init__(self, sizes, activation):
        super().__init__(sizes, activation)
        first = {}
        self.layers = [first.setdefault(layer[0].shape, layer) for layer in self.layers]
        self.weights = [part for layer in first.values() for part in layer]


def build_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = [
        (5, [4, 3], "relu"),
        (6, [3, 5, 4, 2], "tanh"),
        (1, [2, 7, 1], "relu"),
        (4, [6, 5, 5, 5, 3], "relu"),
        (3, [5, 4, 7, 6, 2], "tanh"),
    ]
    return [
        {"sizes": sizes, "activation": Activation(name), "x": points(rng, n, sizes[0]), "weights": alike_weights(rng, sizes)}
        for n, sizes, name in cases
    ]


COUNT = ("trainable numbers",)

BUILD_MLP = Exercise(
    name="build_mlp",
    points=2,
    reference=Mlp,
    cases=build_cases,
    probe="built_model",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "activation after the last layer",
            wrong(Mlp, last=lambda self, z: self.activation(z)),
            "The last layer gives logits, which may be any numbers. An activation there cuts them off: put it only between "
            "layers.",
        ),
        Misconception(
            "softmax inside the model",
            wrong(Mlp, last=lambda self, z: softmax(z)),
            "Return a model that gives logits. The loss applies softmax itself; twice is wrong.",
        ),
        Misconception(
            "no activation between the layers",
            wrong(Mlp, hidden=lambda self, z: z),
            "Linear layers in a row are one linear layer: put the activation between them.",
        ),
        Misconception(
            "activation before the first layer",
            wrong(Mlp, first=lambda self, x: self.activation(x)),
            "The inputs go into the first linear layer as they are. The activation comes after a layer, not before it.",
        ),
        Misconception(
            "always ReLU",
            wrong(Mlp, hidden=lambda self, z: relu(z)),
            "`activation` says which one to use, and it is not always ReLU.",
        ),
        Misconception(
            "the last layer is missing",
            MlpShort,
            "`sizes` with n numbers means n - 1 linear layers. The last of them goes to `sizes[-1]` outputs.",
            keys=COUNT,
        ),
        Misconception(
            "layers without biases",
            wrong(Mlp, layer=lambda self, i, o, rng: [rng.normal(size=(i, o))]),
            "Every layer computes x @ w + b: leave the bias switched on.",
            keys=COUNT,
        ),
        Misconception(
            "one layer object at several places",
            MlpShared,
            "A layer is an object with weights of its own. Used at two places it is one set of weights: make a new layer for "
            "each place.",
            keys=COUNT,
        ),
        Misconception(
            "layers in a plain list",
            wrong(Mlp, registered=lambda self: []),
            "`nn.Module` does not look into Python lists: `parameters()` is empty, and an optimiser would train nothing. Use "
            "`nn.Sequential` or `nn.ModuleList`.",
            tracks=TORCH,
            keys=COUNT,
        ),
    ],
)


# train


class Train:
    """Plain gradient descent over epochs, and a record of the losses and the validation accuracy of each."""

    training, validating = True, False

    def __call__(
        self, model: NumpyModel, train: Batches, validation: Batches, lr: float, epochs: int
    ) -> dict[str, list[float]]:
        record: Record = {"loss": [], "val_loss": [], "val_accuracy": []}
        piled: list[Array] = []
        for _ in range(epochs):
            model.training, losses = self.training, []
            for x, y in train:
                loss, slope = self.loss(model(x), y)
                piled = self.gradients(piled, backward(model, x, slope))
                descend(model, piled, self.rate(lr))
                losses.append((loss, len(y)))
            model.training, shares, val = self.validating, [], []
            for x, y in validation:
                logits = model(x)
                val.append((self.loss(logits, y)[0], len(y)))
                shares.append((float(np.mean(logits.argmax(axis=1) == y)), len(y)))
            record["loss"].append(self.epoch(losses))
            record["val_loss"].append(self.mean(val))
            record["val_accuracy"].append(self.mean(shares))
        return record

    def loss(self, logits: Array, y: Array) -> tuple[float, Array]:
        return entropy(logits, y)

    def rate(self, lr: float) -> float:
        return lr

    def gradients(self, old: list[Array], new: list[Array]) -> list[Array]:
        return new

    def epoch(self, losses: list[tuple[float, int]]) -> float:
        return self.mean(losses)

    def mean(self, parts: list[tuple[float, int]]) -> float:
        return sum(value * n for value, n in parts) / sum(n for _, n in parts)


class TrainAdam(Train):
    """The steps of Adam, whose sizes come from running means of the gradients and of their squares."""

    def gradients(self, old: list[Array], new: list[Array]) -> list[Array]:
        if not old:
            self.steps, self.means = 0, [(np.zeros_like(g), np.zeros_like(g)) for g in new]
        self.steps += 1
        self.means = [(0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2) for (m, s), g in zip(self.means, new, strict=True)]
        first, second = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        return [(m / first) / self.root(s, second) for m, s in self.means]

    def root(self, s: Array, second: float) -> Array:
        return np.sqrt(s / second) + 1e-8


def train_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    def case(sizes, train, validation, lr, epochs, dropout=0.0):
        return {
            "model": model_of(rng, sizes, dropout),
            "train": loader_of(rng, train[0], sizes, train[1]),
            "validation": loader_of(rng, validation[0], sizes, validation[1]),
            "lr": lr,
            "epochs": epochs,
        }

    return [
        case((4, 5, 3), (7, 3), (5, 3), 0.3, 2),
        case((3, 16, 4), (6, 4), (4, 4), 0.0, 3, 0.5),
        case((2, 4, 3, 2), (5, 8), (3, 2), 0.2, 1),
    ]


TRAIN = Exercise(
    name="train",
    points=3,
    reference=Train(),
    cases=train_cases,
    probe="training_record",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "dropout never active",
            twin(Train, training=False),
            "The model came in evaluation mode, and was trained in it. Lightning trains a model in the mode in which it finds "
            "it; a loop of your own needs `model.train()` or `training=True`.",
            keys=("varied", "steady"),
        ),
        Misconception(
            "validated with dropout",
            twin(Train, validating=True),
            "The validation loss changes although nothing is learned: dropout was active. Validate in evaluation mode.",
            keys=("varied", "steady"),
        ),
        Misconception(
            "softmax before a loss that wants logits",
            twin(Train, loss=lambda self, z, y: entropy_of_softmax(z, y)),
            "The model gives logits, and this loss applies softmax itself. Give it the logits.",
        ),
        Misconception(
            "logits given to a loss that wants probabilities",
            twin(Train, loss=lambda self, z, y: entropy_of_probabilities(z, y)),
            'The name "sparse_categorical_crossentropy" stands for a loss of probabilities. Logits need '
            "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)`.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "the loss of the last batch",
            twin(Train, epoch=lambda self, losses: losses[-1][0]),
            "The record holds the loss of each epoch's last batch. In Lightning, `self.log` in a training step keeps the last "
            "value unless you say `on_step=False, on_epoch=True`.",
            keys=("loss",),
        ),
        Misconception(
            "mean of the batch means",
            twin(Train, mean=lambda self, parts: sum(value for value, _ in parts) / len(parts)),
            "The last batch is smaller, and its examples count more than others here. Weigh each batch with its size.",
            keys=("loss",),
        ),
        Misconception(
            "gradients add up over the steps",
            twin(Train, gradients=lambda self, old, new: [o + n for o, n in zip(old, new, strict=True)] if old else new),
            "`backward()` adds to what is in `.grad`. A loop of your own needs `optimizer.zero_grad()` in every step; "
            "Lightning does it for you.",
            tracks=TORCH,
        ),
        Misconception(
            "the optimiser's own learning rate",
            twin(Train, rate=lambda self, lr: 0.01),
            'The text "sgd" gives an optimiser with lr = 0.01. Pass an object that knows yours: `keras.optimizers.SGD(lr)`.',
            tracks=TENSORFLOW,
            keys=("loss",),
        ),
        Misconception(
            "Adam instead of plain gradient descent",
            TrainAdam(),
            "These are the steps of Adam. Plain gradient descent is `torch.optim.SGD`, with nothing but the learning rate.",
            tracks=TORCH,
        ),
        Misconception(
            "Keras's Adam instead of plain gradient descent",
            # Keras adds its epsilon before the correction of the squares, as the end of section 2 of the article allows.
            twin(TrainAdam, root=lambda self, s, second: (np.sqrt(s) + 1e-7) / np.sqrt(second)),
            "These are the steps of Adam. Plain gradient descent is `keras.optimizers.SGD` with nothing but lr.",
            tracks=TENSORFLOW,
        ),
    ],
)


# Residual


class Residual:
    """y = x + alpha relu(x w + b); alpha is one number that starts at 0."""

    def __init__(self, features: int) -> None:
        self.w, self.b = self.table(features), np.full(features, 0.1)
        self.alpha = self.factor(features)
        self.weights = self.registered()
        self.cut = self.unreached()

    def table(self, features: int) -> Array:
        return np.random.default_rng(0).normal(size=(features, features))

    def factor(self, features: int) -> Array:
        return np.zeros(1)

    def registered(self) -> list[Array]:
        return [self.w, self.b, self.alpha]

    def unreached(self) -> list[Array]:
        return []

    def __call__(self, x: Array) -> Array:
        return x + self.alpha * relu(x @ self.w + self.b)


def residual_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    # Wide enough that hardly ever all ReLUs are silent at a random start, where a wrong alpha could not be seen.
    # A negative alpha too: with a positive one, alpha inside the ReLU gives the same numbers.
    cases = [(14, (5, 1), -1), (11, (2, 7), 1), (17, (1, 4), -1)]
    return [
        {
            "features": features,
            "x": [points(rng, n, features) for n in batches],
            "weights": [*alike_weights(rng, [features, features]), (sign * rng.uniform(0.5, 1.5, 1)).astype(np.float32)],
        }
        for features, batches, sign in cases
    ]


RESIDUAL = Exercise(
    name="Residual",
    points=3,
    reference=Residual,
    cases=residual_cases,
    probe="own_layer",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "no parameter is registered",
            wrong(Residual, registered=lambda self: []),
            "The layer has tensors, and nobody else knows of them: no optimiser would change them. In PyTorch a parameter is "
            "an `nn.Parameter` or in a layer such as `nn.Linear`; in Keras it is made by `add_weight` or in a layer. A "
            "`tf.Variable` is not enough.",
            keys=COUNT,
        ),
        Misconception(
            "alpha is not registered",
            wrong(Residual, registered=lambda self: [self.w, self.b]),
            "`alpha` is a plain number or tensor, and so it stays at 0 for ever. Make it a parameter: `nn.Parameter` in "
            "PyTorch, `add_weight` in Keras.",
            keys=COUNT,
        ),
        Misconception(
            "w and b are not registered",
            wrong(Residual, registered=lambda self: [self.alpha]),
            "Only alpha can be trained. w and b must be parameters too: a layer of the library, `nn.Parameter` in PyTorch, or "
            "`add_weight` in Keras.",
            keys=COUNT,
        ),
        Misconception(
            "one alpha for each feature",
            wrong(Residual, factor=lambda self, features: np.zeros(features)),
            "alpha is one single number for the whole layer.",
            keys=COUNT,
        ),
        Misconception(
            "no gradient reaches alpha",
            wrong(Residual, unreached=lambda self: [self.alpha]),
            "alpha is registered, but the formula uses a copy of its value. `float(...)`, `.item()`, `.detach()` and "
            "`.numpy()` leave the gradient graph: use the parameter itself.",
            keys=("numbers that a gradient reaches", "trainable numbers"),
        ),
        Misconception(
            "w starts at zero",
            wrong(Residual, table=lambda self, features: np.zeros((features, features))),
            "With w, b and alpha all at zero every gradient is zero, and the layer never learns. Start w at random; alpha "
            "alone makes the layer begin as y = x.",
            keys=("all zero", "trainable numbers"),
        ),
        Misconception(
            "alpha does not start at 0",
            wrong(Residual, factor=lambda self, features: np.ones(1)),
            "At the start the layer must give back x unchanged: alpha begins at 0.",
            keys=("y is x at the start", "trainable numbers", "values"),
        ),
        Misconception(
            "the input is not added",
            wrong(Residual, __call__=lambda self, x: self.alpha * relu(x @ self.w + self.b)),
            "y is x *plus* the scaled layer. Without the x, a layer with alpha = 0 gives nothing on.",
        ),
        Misconception(
            "alpha multiplies the input as well",
            wrong(Residual, __call__=lambda self, x: self.alpha * (x + relu(x @ self.w + self.b))),
            "alpha scales only what the layer adds. x itself passes unchanged: x + alpha * relu(...).",
        ),
        Misconception(
            "ReLU of the sum",
            wrong(Residual, __call__=lambda self, x: relu(x + self.alpha * (x @ self.w + self.b))),
            "ReLU belongs around x @ w + b alone. Around the sum it cuts off what should pass unchanged.",
        ),
        Misconception(
            "ReLU forgotten",
            wrong(Residual, __call__=lambda self, x: x + self.alpha * (x @ self.w + self.b)),
            "Without ReLU around x @ w + b the whole layer is linear.",
        ),
        Misconception(
            "alpha inside the ReLU",
            wrong(Residual, __call__=lambda self, x: x + relu(self.alpha * (x @ self.w + self.b))),
            "ReLU belongs around x @ w + b, and alpha in front of it. With alpha inside, the layer can only add and never take "
            "away; and at alpha = 0 the slope of ReLU is 0, so that nothing is ever learned.",
        ),
    ],
)


# Distiller


class Distiller:
    """Trains a student on the labels and, with a weight, on a teacher's logits; the mean loss of each epoch."""

    student_mode, teacher_mode = True, False

    def __init__(self, student: NumpyModel, teacher: NumpyModel, weight: float, lr: float) -> None:
        self.student, self.teacher, self.weight, self.lr = student, teacher, weight, lr

    def run(self, loader: Batches, epochs: int) -> list[float]:
        return [self.epoch([(self.step(x, y), len(y)) for x, y in loader]) for _ in range(epochs)]

    def step(self, x: Array, y: Array) -> float:
        self.student.training, self.teacher.training = self.student_mode, self.teacher_mode
        logits, wanted = self.student(x), self.teacher(x)
        loss, slope = self.loss(logits, y)
        distance, pull = self.distance(logits, wanted)
        gradients = backward(self.student, x, slope + self.pull() * pull)
        self.teach(x, -self.pull() * pull)
        descend(self.student, gradients, self.lr)
        return loss + self.pull() * distance

    def pull(self) -> float:
        return self.weight

    def loss(self, logits: Array, y: Array) -> tuple[float, Array]:
        return entropy(logits, y)

    def distance(self, logits: Array, wanted: Array) -> tuple[float, Array]:
        difference = logits - wanted
        return float(np.mean(difference**2)), 2 * difference / difference.size

    def teach(self, x: Array, slope: Array) -> None:
        """The teacher stays as it is."""

    def epoch(self, losses: list[tuple[float, int]]) -> float:
        return sum(loss * n for loss, n in losses) / sum(n for _, n in losses)


def summed(self: Distiller, logits: Array, wanted: Array) -> tuple[float, Array]:
    difference = logits - wanted
    return float(np.sum(difference**2) / len(logits)), 2 * difference / len(logits)


def of_probabilities(self: Distiller, logits: Array, wanted: Array) -> tuple[float, Array]:
    p = softmax(logits)
    difference = p - softmax(wanted)
    return float(np.mean(difference**2)), softmax_slope(p, 2 * difference / difference.size)


def own_share(self: Distiller, logits: Array, y: Array) -> tuple[float, Array]:
    loss, slope = entropy(logits, y)
    return (1 - self.weight) * loss, (1 - self.weight) * slope


def distiller_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    def case(student, teacher, n, batch_size, weight, lr, epochs, dropout=(0.0, 0.0)):
        return {
            "student": model_of(rng, student, dropout[0]),
            "teacher": model_of(rng, teacher, dropout[1]),
            "weight": weight,
            "lr": lr,
            "loader": loader_of(rng, n, student, batch_size),
            "epochs": epochs,
        }

    return [
        case((4, 5, 3), (4, 7, 3), 7, 3, 0.5, 0.2, 2),
        case((3, 4, 2), (3, 16, 2), 5, 8, 2.0, 0.0, 2, (0.0, 0.5)),
        case((3, 16, 4), (3, 5, 4), 4, 4, 0.5, 0.0, 2, (0.5, 0.0)),
    ]


DISTILLER = Exercise(
    name="Distiller",
    points=3,
    reference=Distiller,
    cases=distiller_cases,
    probe="distilling",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "the teacher is trained too",
            wrong(Distiller, teach=lambda self, x, slope: descend(self.teacher, backward(self.teacher, x, slope), self.lr)),
            "The teacher moves towards the student. Only the student's parameters go to the optimiser: `self.student...`, not "
            "`self...`, which holds both.",
        ),
        Misconception(
            "the teacher in training mode",
            wrong(Distiller, teacher_mode=True),
            "The teacher's logits change from step to step although nothing is learned: its dropout is active. Use it in "
            "evaluation mode.",
            keys=("the loss stayed the same",),
        ),
        Misconception(
            "the student without dropout",
            wrong(Distiller, student_mode=False),
            "A student with dropout must be trained with dropout. In Keras a training step says `training=True`; in PyTorch "
            "only the teacher is put into evaluation mode, not the whole module.",
            keys=("varied",),
        ),
        Misconception(
            "the loss of the last batch",
            wrong(Distiller, epoch=lambda self, losses: losses[-1][0]),
            "`self.log` in a training step keeps the last batch's value. For the mean of the epoch say `on_step=False, "
            "on_epoch=True`.",
            tracks=TORCH,
        ),
        Misconception(
            "the loss is returned and not tracked",
            wrong(Distiller, epoch=lambda self, losses: 0.0),
            "Keras has a metric of its own under the name `loss`, and reports that one; nobody has told it anything, so it "
            "says 0. Keep a `keras.metrics.Mean`, update it in every step and return its result.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "mean of the batch means",
            wrong(Distiller, epoch=lambda self, losses: sum(loss for loss, _ in losses) / len(losses)),
            "The last batch is smaller, and its examples count more than others here. Weigh each batch with its size.",
        ),
        Misconception(
            "softmax before a loss that wants logits",
            wrong(Distiller, loss=lambda self, z, y: entropy_of_softmax(z, y)),
            "The student gives logits, and this cross-entropy applies softmax itself. Give it the logits.",
        ),
        Misconception(
            "logits given to a loss that wants probabilities",
            wrong(Distiller, loss=lambda self, z, y: entropy_of_probabilities(z, y)),
            "Keras's cross-entropy takes probabilities unless you say `from_logits=True`.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "probabilities compared instead of logits",
            wrong(Distiller, distance=of_probabilities),
            "The second term compares the two networks' logits as they are, without a softmax.",
        ),
        Misconception(
            "squared differences added up over the classes",
            wrong(Distiller, distance=summed),
            "The second term is the mean over all numbers of the table (batch, classes), not a sum over the classes.",
        ),
        Misconception(
            "weight forgotten",
            wrong(Distiller, pull=lambda self: 1.0),
            "The second term is multiplied by `weight`.",
        ),
        Misconception(
            "the two weights add up to one",
            wrong(Distiller, loss=own_share),
            "The cross-entropy counts in full here, whatever `weight` is. (Other texts mix the two terms with 1 - weight and "
            "weight; this formula does not.)",
        ),
        Misconception(
            "the teacher is ignored",
            wrong(Distiller, pull=lambda self: 0.0),
            "The loss has two terms: the cross-entropy with the labels, and the distance to the teacher's logits.",
        ),
    ],
)


# StepDecay


class StepDecay:
    """Multiplies the learning rate by a factor after every so many epochs."""

    def __init__(self, factor: float, every: int) -> None:
        self.factor, self.every = factor, every

    def run(self, lr: float, epochs: int, batches: int) -> list[list[list[float]]]:
        """The learning rates of a training: (epochs, batches, groups)."""
        self.start = lr
        self.steps = 0
        rates = []
        lr = self.before(lr)
        for epoch in range(epochs):
            rates.append([])
            for _ in range(batches):
                rates[-1].append([lr, self.second(lr)])
                self.steps += 1
                lr = self.after_batch(lr)
            lr = self.after_epoch(lr, epoch)
        return rates

    def before(self, lr: float) -> float:
        return lr

    def after_batch(self, lr: float) -> float:
        return lr

    def after_epoch(self, lr: float, epoch: int) -> float:
        return lr * self.factor if (epoch + 1) % self.every == 0 else lr

    def second(self, lr: float) -> float:
        return lr


def decay_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    def case(every, epochs, batches):
        factor, lr = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.05, 0.2))
        return {"factor": factor, "every": every, "lr": lr, "epochs": epochs, "batches": batches}

    return [case(2, 5, 2), case(1, 3, 3)]


STEP_DECAY = Exercise(
    name="StepDecay",
    points=2,
    reference=StepDecay,
    cases=decay_cases,
    probe="decaying",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "counts batches instead of epochs",
            wrong(
                StepDecay,
                after_batch=lambda self, lr: lr * self.factor if self.steps % self.every == 0 else lr,
                after_epoch=lambda self, lr, epoch: lr,
            ),
            "The hook that you chose is called after every batch. Take the one at the end of an epoch.",
        ),
        Misconception(
            "decays before the first epoch",
            wrong(
                StepDecay,
                before=lambda self, lr: lr * self.factor,
            ),
            "At the start of the first epoch nothing has been trained yet, and 0 is divisible by every number. Count the "
            "epochs that are over.",
        ),
        Misconception(
            "one epoch too early",
            wrong(StepDecay, after_epoch=lambda self, lr, epoch: lr * self.factor if epoch % self.every == 0 else lr),
            "Epochs are numbered from 0: at the end of epoch number e, e + 1 epochs are over.",
        ),
        Misconception(
            "decays after every epoch",
            wrong(StepDecay, after_epoch=lambda self, lr, epoch: lr * self.factor),
            "The learning rate changes after every `every` epochs only.",
        ),
        Misconception(
            "decays only once",
            wrong(StepDecay, after_epoch=lambda self, lr, epoch: lr * self.factor if epoch + 1 == self.every else lr),
            "It decays again and again: after `every` epochs, after twice as many, after three times as many.",
        ),
        Misconception(
            "the factor is used as the learning rate",
            wrong(StepDecay, after_epoch=lambda self, lr, epoch: self.factor if (epoch + 1) % self.every == 0 else lr),
            "Multiply the present learning rate by the factor; do not replace it by the factor.",
        ),
        Misconception(
            "powers of the factor pile up",
            wrong(StepDecay, after_epoch=lambda self, lr, epoch: lr * self.factor ** ((epoch + 1) // self.every)),
            "factor ** k belongs to the *first* learning rate. Whoever multiplies the present one needs a single "
            "factor each time.",
        ),
        Misconception(
            "the learning rate does not change",
            wrong(StepDecay, after_epoch=lambda self, lr, epoch: lr),
            "Something was changed that the optimiser does not look at. In PyTorch it uses `param_groups`; in Keras, "
            "`optimizer.learning_rate`.",
        ),
        Misconception(
            "only the first group of parameters",
            wrong(StepDecay, second=lambda self, lr: self.start),
            "An optimiser may have several `param_groups`, each with a learning rate: change all of them.",
            tracks=TORCH,
            keys=("lr in each epoch", "all groups of parameters"),
        ),
    ],
)

EXERCISES = [BUILD_MLP, TRAIN, RESIDUAL, DISTILLER, STEP_DECAY]
