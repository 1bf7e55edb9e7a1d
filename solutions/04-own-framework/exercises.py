"""Exercises of lesson 04: the classes of a small framework, the cases, and what students get wrong in them.

A wrong twin is a subclass that overrides the one decision which students get wrong. All arrays are float64, because the
lesson compares gradients with finite differences and with each framework's own to the last digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance

Array = np.ndarray
Rng = np.random.Generator
Inputs = dict[str, Any]

# A right answer may compute in float32: its largest deviation over 20 seeds is a twelfth of this (see proof.spread).
TOLERANCE = Tolerance(rtol=4e-6, atol=4e-6)


def numbers(rng: Rng, *shape: int) -> Array:
    """Random numbers of moderate size with either sign, away from zero."""
    return rng.uniform(0.3, 1.8, shape) * rng.choice([-1, 1], shape)


# Linear -------------------------------------------------------------------------------------------------------------


class Linear:
    """z = x w + b, one row for each example. Every method is one decision, so that a twin can get just that one wrong."""

    def __init__(self, w: Array, b: Array) -> None:
        self.w, self.b = self.keep(w), self.keep(b)

    def keep(self, parameter: Array) -> Array:
        return np.array(parameter)

    def forward(self, x: Array) -> Array:
        self.remember(x)
        rows = [sum(x[n, i] * self.w[i] for i in range(x.shape[1])) + self.bias() for n in range(len(x))]
        return np.array(rows)

    def remember(self, x: Array) -> None:
        self.x = x

    def bias(self) -> Array:
        return self.b

    def backward(self, dz: Array) -> Any:
        dz = self.upstream(dz)
        self.store(self.slope_of_w(dz), self.slope_of_b(dz))
        return self.slope_of_x(dz)

    def upstream(self, dz: Array) -> Array:
        return dz

    def store(self, dw: Array, db: Array) -> None:
        self.dw, self.db = dw, db

    def slope_of_w(self, dz: Array) -> Array:
        dw = np.zeros((self.x.shape[1], dz.shape[1]))
        for n in range(len(dz)):
            dw += np.outer(self.x[n], dz[n])
        return dw

    def slope_of_b(self, dz: Array) -> Array:
        return np.sum(dz, axis=0)

    def slope_of_x(self, dz: Array) -> Any:
        return np.array([[np.sum(row * w) for w in self.w] for row in dz])

    def update(self, lr: float) -> None:
        self.w = self.w - lr * self.dw
        self.b = self.b - lr * self.db


class LinearNoCopy(Linear):
    def keep(self, parameter):
        return parameter

    def update(self, lr):
        self.w -= lr * self.dw
        self.b -= lr * self.db


class LinearFirstInput(Linear):
    def remember(self, x):
        if not hasattr(self, "x"):
            self.x = x

    def slope_of_w(self, dz):
        return self.x.T @ dz  # fails, as an answer does, where the batches have different sizes


class LinearNoBias(Linear):
    def bias(self):
        return 0.0


class LinearOnes(Linear):
    def upstream(self, dz):
        return np.ones_like(dz)


class LinearMeanAgain(Linear):
    def slope_of_w(self, dz):
        return super().slope_of_w(dz) / len(dz)

    def slope_of_b(self, dz):
        return super().slope_of_b(dz) / len(dz)


class LinearMeanOfB(Linear):
    def slope_of_b(self, dz):
        return np.mean(dz, axis=0)


class LinearWrongAxis(Linear):
    def slope_of_b(self, dz):
        return np.sum(dz, axis=1)


class LinearNotSummed(Linear):
    def slope_of_b(self, dz):
        return dz


class LinearOneNumber(Linear):
    def slope_of_b(self, dz):
        return np.sum(dz)


class LinearKeptAxis(Linear):
    def slope_of_b(self, dz):
        return np.sum(dz, axis=0, keepdims=True)


class LinearTurnedDw(Linear):
    def slope_of_w(self, dz):
        return dz.T @ self.x


class LinearUnturned(Linear):
    def slope_of_x(self, dz):
        return dz @ self.w


class LinearNothing(Linear):
    def slope_of_x(self, dz):
        return None


class LinearAll(Linear):
    def backward(self, dz):
        return [super().backward(dz), self.dw, self.db]


class LinearPiling(Linear):
    def store(self, dw, db):
        self.dw = getattr(self, "dw", 0.0) + dw
        self.db = getattr(self, "db", 0.0) + db


class LinearAscent(Linear):
    def update(self, lr):
        super().update(-lr)


class LinearNoRate(Linear):
    def update(self, lr):
        super().update(1.0)


class LinearOnlyW(Linear):
    def update(self, lr):
        self.w = self.w - lr * self.dw


class LinearDecay(Linear):
    def update(self, lr):
        self.w = self.w - lr * self.w
        self.b = self.b - lr * self.b


class LinearUpdateInside(Linear):
    def backward(self, dz):
        dx = super().backward(dz)
        super().update(0.1)
        return dx


class LinearUpdateBefore(Linear):
    def store(self, dw, db):
        super().store(dw, db)
        super().update(0.1)


def linear_case(rng: Rng, fan_in: int, fan_out: int, batches: list[int], lr: float, earlier: int = 0) -> Inputs:
    case: Inputs = {"w": numbers(rng, fan_in, fan_out), "b": numbers(rng, fan_out)}
    if earlier:
        case["earlier"] = numbers(rng, earlier, fan_in)
    return case | {
        "x": [numbers(rng, n, fan_in) for n in batches],
        "dz": [numbers(rng, n, fan_out) for n in batches],
        "lr": lr,
    }


def linear_cases(rng: Rng) -> list[Inputs]:
    return [
        linear_case(rng, 3, 2, [4], 0.1),
        # As many examples as outputs: the shape of db cannot tell one axis from the other.
        linear_case(rng, 2, 3, [3, 5], 0.2),
        # A square w, which has the same shape when it is transposed.
        linear_case(rng, 3, 3, [5], 0.05, earlier=5),
        linear_case(rng, 2, 4, [1], 0.5),
        linear_case(rng, 4, 1, [2, 2, 3], 0.1, earlier=3),
    ]


LINEAR = Exercise(
    name="Linear",
    points=4,
    reference=Linear,
    cases=linear_cases,
    probe="layer",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "upstream gradient ignored",
            LinearOnes,
            "Your gradients are right only where dz is all ones. dz says how much the loss changes with each output; every one "
            "of dw, db and dx is a product with it.",
        ),
        Misconception(
            "1/batch applied twice",
            LinearMeanAgain,
            "dw and db are too small by the number of examples. The mean is taken once, by the loss, and dz already contains "
            "its 1/batch: here the effects of all examples are added up.",
        ),
        Misconception(
            "db is the mean over the batch",
            LinearMeanOfB,
            "db is too small by the number of examples. b is added to every row, so the effects of all rows add up: a sum. The "
            "1/batch of the mean is already in dz.",
        ),
        Misconception(
            "db over the wrong axis",
            LinearWrongAxis,
            "You summed over the outputs and got a number for each example. b has a number for each output and was added to "
            "every row, so sum over the rows: axis 0.",
        ),
        Misconception(
            "db not summed",
            LinearNotSummed,
            "This is dz itself, one row for each example. There is only one b, which was added to every row: add the rows up.",
        ),
        Misconception(
            "db summed to one number",
            LinearOneNumber,
            "This adds up everything in dz. Each output has a bias of its own: sum over the rows (axis 0) only.",
        ),
        Misconception(
            "db keeps the batch axis",
            LinearKeptAxis,
            "The numbers are right, but db has the shape (1, outputs) and b the shape (outputs,). A gradient has the shape of "
            "its parameter: leave keepdims out.",
        ),
        Misconception(
            "dw transposed",
            LinearTurnedDw,
            "dw has the shape of w, (inputs, outputs). The product that gives it is x.T @ dz.",
        ),
        Misconception(
            "w not transposed in dx",
            LinearUnturned,
            "Going back, the outputs are what comes in: dz is (batch, outputs), and dx must be (batch, inputs). That is dz @ "
            "w.T. With a square w the shapes do not warn you.",
        ),
        Misconception(
            "no dx returned",
            LinearNothing,
            "backward stores dw and db, and must return dx: the layer before this one takes it as its dz.",
        ),
        Misconception(
            "dx, dw and db returned together",
            LinearAll,
            "Return dx alone, for that is what the layer before needs. dw and db stay in the layer, as self.dw and self.db.",
        ),
        Misconception(
            "bias forgotten",
            LinearNoBias,
            "The output is x @ w without + b.",
        ),
        Misconception(
            "the first input kept",
            LinearFirstInput,
            "backward used the x of an earlier call. Store x at every call of forward: backward belongs to the latest one.",
        ),
        Misconception(
            "gradients accumulate",
            LinearPiling,
            "From the second step on, dw and db contain the earlier gradients too. Here backward replaces them: self.dw = ..., "
            "not self.dw += ...",
        ),
        Misconception(
            "gradient ascent",
            LinearAscent,
            "The parameters moved uphill. The gradient points to where the loss grows: subtract lr times it.",
        ),
        Misconception(
            "learning rate forgotten",
            LinearNoRate,
            "The step is the whole gradient. Multiply it by lr.",
        ),
        Misconception(
            "the parameter subtracted instead of its gradient",
            LinearDecay,
            "lr * w was subtracted, not lr * dw: that only shrinks the weights, whatever the data are.",
        ),
        Misconception(
            "b never updated",
            LinearOnlyW,
            "w moved and b did not. Both are parameters, and both take a step.",
        ),
        Misconception(
            "given arrays changed by the update",
            LinearNoCopy,
            "The numbers are right, but the arrays that were given to Linear changed with the layer: `self.w = w` is another "
            "name for the same array, and `-=` works in place. Keep a copy: w.copy().",
        ),
        Misconception(
            "updated inside backward",
            LinearUpdateInside,
            "dx, dw and db are right, but the parameters moved already in backward. Store the gradients there, and take the "
            "step in update(lr), which knows the learning rate.",
            keys=("moved", "z", "dx", "dw", "db"),
        ),
        Misconception(
            "dx computed after the update",
            LinearUpdateBefore,
            "backward moved w before it computed dx. The loss was computed with the old w, so its gradient belongs to the old "
            "w too. Store dw and db, return dx, and take the step later, in update(lr).",
            keys=("moved", "z", "dw", "db"),
        ),
    ],
)


# Tanh ---------------------------------------------------------------------------------------------------------------


class Tanh:
    """z = tanh(x), number by number; its slope is 1 - z^2."""

    def forward(self, x: Array) -> Array:
        self.x, self.z = x, np.tanh(x)
        return self.z

    def backward(self, dz: Array) -> Any:
        return dz * self.slope(dz)

    def slope(self, dz: Array) -> Array:
        return 1 - self.z**2


class TanhOnes(Tanh):
    def backward(self, dz):
        return self.slope(dz)


class TanhTwice(Tanh):
    def slope(self, dz):
        return 1 - np.tanh(self.z) ** 2


class TanhOfInput(Tanh):
    def slope(self, dz):
        return 1 - self.x**2


class TanhNoSquare(Tanh):
    def slope(self, dz):
        return 1 - self.z


class TanhSigmoid(Tanh):
    def slope(self, dz):
        return self.z * (1 - self.z)


class TanhOfUpstream(Tanh):
    def backward(self, dz):
        return 1 - np.tanh(dz) ** 2


class TanhNoSlope(Tanh):
    def slope(self, dz):
        return np.ones_like(dz)


class TanhAgain(Tanh):
    def backward(self, dz):
        return np.tanh(dz)


class TanhNothing(Tanh):
    def backward(self, dz):
        return None


class TanhOverflow(Tanh):
    def forward(self, x):
        self.z = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
        return self.z


def tanh_cases(rng: Rng) -> list[Inputs]:
    return [
        {"x": [numbers(rng, 2, 3)], "dz": [numbers(rng, 2, 3)]},
        {"x": [numbers(rng, 4, 2), numbers(rng, 1, 5)], "dz": [numbers(rng, 4, 2), numbers(rng, 1, 5)]},
        {"earlier": numbers(rng, 3, 1), "x": [numbers(rng, 3, 1)], "dz": [numbers(rng, 3, 1)]},
        {"x": [np.array([[0.0, 900.0, -900.0, 0.5]])], "dz": [numbers(rng, 1, 4)]},
    ]


NOTHING_HINT = "backward must return dx: the layer before this one takes it as its dz."

TANH = Exercise(
    name="Tanh",
    points=2,
    reference=Tanh,
    cases=tanh_cases,
    probe="layer",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "upstream gradient ignored",
            TanhOnes,
            "This is the layer's own slope, 1 - z^2. The chain rule multiplies it by the gradient that comes in: dz.",
        ),
        Misconception(
            "tanh taken twice in the slope",
            TanhTwice,
            "The slope is 1 - tanh(x)^2. If forward stored its output z, that is already tanh(x): 1 - z^2.",
        ),
        Misconception(
            "the input in place of the output",
            TanhOfInput,
            "1 - x^2 uses the input. The slope is 1 - z^2, where z = tanh(x) is the output.",
        ),
        Misconception(
            "square forgotten",
            TanhNoSquare,
            "The slope is 1 - z^2, not 1 - z. At x = 0 both are 1; elsewhere they differ.",
        ),
        Misconception(
            "the sigmoid's slope",
            TanhSigmoid,
            "z (1 - z) is the slope of the sigmoid. That of tanh is 1 - z^2.",
        ),
        Misconception(
            "slope taken at the upstream gradient",
            TanhOfUpstream,
            "You put dz into the formula of the slope. The slope belongs to the x that forward saw; dz multiplies it.",
        ),
        Misconception(
            "upstream gradient passed on as it is",
            TanhNoSlope,
            "dx is dz itself. On the way back it is multiplied by the slope of tanh, 1 - z^2, number by number.",
        ),
        Misconception(
            "tanh applied to the upstream gradient",
            TanhAgain,
            "backward is not forward once more: dz is multiplied by a slope, and no tanh is taken of it.",
        ),
        Misconception("no dx returned", TanhNothing, NOTHING_HINT),
        Misconception(
            "overflow for large inputs",
            TanhOverflow,
            "exp(900) is larger than any float64, and inf / inf is NaN. np.tanh knows how to avoid that.",
            keys=("changed",),
        ),
    ],
)


# ReLU ---------------------------------------------------------------------------------------------------------------


class ReLU:
    """z = max(0, x), number by number; the slope is 1 where x > 0, else 0."""

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.where(x > 0, x, 0.0)

    def backward(self, dz: Array) -> Any:
        return np.where(self.passes(dz), dz, 0.0)

    def passes(self, dz: Array) -> Array:
        return self.x > 0


class ReLUOnes(ReLU):
    def backward(self, dz):
        return np.where(self.passes(dz), 1.0, 0.0)


class ReLUMask(ReLU):
    def backward(self, dz):
        return self.passes(dz)


class ReLUOfUpstream(ReLU):
    def passes(self, dz):
        return dz > 0


class ReLUAtZero(ReLU):
    def passes(self, dz):
        return self.x >= 0


class ReLUTurned(ReLU):
    def passes(self, dz):
        return self.x <= 0


class ReLUTimesOutput(ReLU):
    def backward(self, dz):
        return dz * np.maximum(self.x, 0)


class ReLUEverything(ReLU):
    def backward(self, dz):
        return dz


class ReLUNothing(ReLU):
    def backward(self, dz):
        return None


class ReLUInPlace(ReLU):
    def forward(self, x):
        x[x < 0] = 0
        self.x = x
        return x


class ReLUUpstreamInPlace(ReLU):
    def backward(self, dz):
        dz[self.x <= 0] = 0
        return dz


def relu_cases(rng: Rng) -> list[Inputs]:
    def both_signs(*shape: int) -> Array:
        """Numbers of which the first is negative and the last positive, whatever the seed."""
        x = numbers(rng, *shape)
        x.flat[0], x.flat[-1] = -abs(x.flat[0]), abs(x.flat[-1])
        return x

    def against(x: Array) -> Array:
        """Upstream gradients whose sign differs from that of x in places, and agrees in others."""
        dz = numbers(rng, *x.shape)
        dz.flat[0], dz.flat[-1] = abs(dz.flat[0]), -abs(dz.flat[-1])
        return dz

    first, second, third, later = both_signs(2, 3), both_signs(4, 2), both_signs(1, 5), both_signs(3, 2)
    return [
        {"x": [first], "dz": [against(first)]},
        {"x": [second, third], "dz": [against(second), against(third)]},
        {"x": [np.array([[0.0, -0.5, 2.0], [1.5, 0.0, -3.0]])], "dz": [numbers(rng, 2, 3)]},
        {"earlier": -later, "x": [later], "dz": [against(later)]},
    ]


RELU = Exercise(
    name="ReLU",
    points=2,
    reference=ReLU,
    cases=relu_cases,
    probe="layer",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "upstream gradient ignored",
            ReLUOnes,
            "These are the slopes of ReLU, ones and zeros. The chain rule multiplies them by the gradient that comes in: dz.",
        ),
        Misconception(
            "the mask returned instead of a gradient",
            ReLUMask,
            "x > 0 is an array of True and False: the places where dz may pass. Multiply it by dz.",
        ),
        Misconception(
            "sign of the upstream gradient instead of the input",
            ReLUOfUpstream,
            "You cut off the negative numbers of dz. What decides is the sign of the x that forward saw: where x > 0, dz "
            "passes with its sign; elsewhere dx is 0.",
        ),
        Misconception(
            "slope 1 at exactly zero",
            ReLUAtZero,
            "At x = 0 there is a kink and any slope between 0 and 1 would do; PyTorch and TensorFlow both take 0. Use x > 0.",
        ),
        Misconception(
            "the wrong half passes",
            ReLUTurned,
            "dz passed where x is negative. A positive input passes through ReLU, and so does its gradient.",
        ),
        Misconception(
            "multiplied by the output",
            ReLUTimesOutput,
            "You multiplied dz by max(0, x). Where x is positive the slope of ReLU is 1, not x.",
        ),
        Misconception(
            "upstream gradient passed on as it is",
            ReLUEverything,
            "dx is dz everywhere. Where x was negative the output was 0 whatever x was, so nothing flows back there.",
        ),
        Misconception("no dx returned", ReLUNothing, NOTHING_HINT),
        Misconception(
            "input changed in place",
            ReLUInPlace,
            "The numbers are right, but forward wrote zeros into the array that it was given, and others may still need it "
            "(the layer before keeps its output, for one). Make a new array: np.maximum(x, 0).",
        ),
        Misconception(
            "upstream gradient changed in place",
            ReLUUpstreamInPlace,
            "The numbers are right, but backward wrote zeros into the dz that it was given. Make a new array: dz * (self.x > "
            "0).",
        ),
    ],
)


# SoftmaxCrossEntropy ------------------------------------------------------------------------------------------------


class SoftmaxCrossEntropy:
    """Mean cross-entropy of softmax(logits), and its slope (p - one_hot) / batch."""

    def forward(self, logits: Array, labels: Array) -> Any:
        self.p = self.softmax(self.prepare(logits))
        self.labels = labels
        self.one_hot = np.eye(logits.shape[1])[labels]
        return self.loss(self.chosen())

    def prepare(self, logits: Array) -> Array:
        return logits

    def softmax(self, logits: Array) -> Array:
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def chosen(self) -> Array:
        return np.array([row[label] for row, label in zip(self.p, self.labels, strict=True)])

    def loss(self, p: Array) -> Any:
        return float(-np.mean(np.log(p)))

    def backward(self) -> Any:
        return self.slope() / self.divisor()

    def slope(self) -> Array:
        return self.p - self.one_hot

    def divisor(self) -> float:
        return len(self.p)


class EntropyNoMean(SoftmaxCrossEntropy):
    def divisor(self):
        return 1


class EntropyMeanTwice(SoftmaxCrossEntropy):
    def divisor(self):
        return len(self.p) ** 2


class EntropyMeanOfAll(SoftmaxCrossEntropy):
    def divisor(self):
        return self.p.size


class EntropySum(EntropyNoMean):
    def loss(self, p):
        return float(-np.sum(np.log(p)))


class EntropyByP(SoftmaxCrossEntropy):
    def slope(self):
        return -self.one_hot / self.p


class EntropyNoOneHot(SoftmaxCrossEntropy):
    def slope(self):
        return self.p


class EntropyTurned(SoftmaxCrossEntropy):
    def slope(self):
        return self.one_hot - self.p


class EntropyOnlyLabel(SoftmaxCrossEntropy):
    def slope(self):
        return (self.p - 1) * self.one_hot


class EntropySigmoid(SoftmaxCrossEntropy):
    def slope(self):
        return (self.p - self.one_hot) * self.p * (1 - self.p)


class EntropyOverBatch(SoftmaxCrossEntropy):
    def softmax(self, logits):
        powers = np.exp(logits - logits.max(axis=0))
        return powers / powers.sum(axis=0)


class EntropyOverflow(SoftmaxCrossEntropy):
    def softmax(self, logits):
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


class EntropyClipped(SoftmaxCrossEntropy):
    def loss(self, p):
        return float(-np.mean(np.log(p + 1e-12)))


class EntropyTwice(SoftmaxCrossEntropy):
    def prepare(self, logits):
        return self.softmax(logits)


class EntropyNoMinus(SoftmaxCrossEntropy):
    def loss(self, p):
        return float(np.mean(np.log(p)))


class EntropyEach(SoftmaxCrossEntropy):
    def loss(self, p):
        return -np.log(p)


class EntropyNothing(SoftmaxCrossEntropy):
    def backward(self):
        return None


class EntropyEaten(SoftmaxCrossEntropy):
    def slope(self):
        self.p -= self.one_hot
        return self.p


class EntropyInPlace(SoftmaxCrossEntropy):
    def prepare(self, logits):
        logits -= logits.max(axis=1, keepdims=True)
        return logits


def entropy_case(rng: Rng, classes: int, batches: list[int]) -> Inputs:
    # Two examples of a batch have different labels, so that rows and columns cannot be taken for each other.
    labels = [rng.permutation(np.arange(n) % classes).astype(np.int64) for n in batches]
    return {"logits": [numbers(rng, n, classes) for n in batches], "labels": labels}


def entropy_cases(rng: Rng) -> list[Inputs]:

    def quarters(*shape: int) -> Array:
        """Numbers that float32 holds exactly even near 1000."""
        return np.round(4 * numbers(rng, *shape)) / 4

    large = np.array([[1000.0], [-1000.0], [0.0]]) + quarters(3, 4)
    # The label's probability is about exp(-40), which is far from 0 for a float and very near 0 for an eps.
    sure = np.array([[40.0, 0.0, -2.0], [0.0, 1.0, 38.0]]) + quarters(2, 3)
    return [
        entropy_case(rng, 3, [4]),
        entropy_case(rng, 4, [1]),
        entropy_case(rng, 3, [3]),
        entropy_case(rng, 2, [5, 3]),
        {"logits": [large], "labels": [rng.permutation(4)[:3].astype(np.int64)]},
        {"logits": [sure], "labels": [np.array([1, 0])]},
    ]


ENTROPY = Exercise(
    name="SoftmaxCrossEntropy",
    points=4,
    reference=SoftmaxCrossEntropy,
    cases=entropy_cases,
    probe="loss_layer",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "1/batch missing",
            EntropyNoMean,
            "The loss is a mean over the batch, so each example has 1/batch of the say: divide p - one_hot by the number of "
            "examples. Without that, twice the batch size means twice the step.",
        ),
        Misconception(
            "1/batch applied twice",
            EntropyMeanTwice,
            "The gradient is too small by the number of examples: 1/batch was applied twice. Once is enough.",
        ),
        Misconception(
            "divided by batch and classes",
            EntropyMeanOfAll,
            "You divided by the number of all logits (np.mean and .size count them all). The loss is a mean over examples: "
            "divide by their number alone.",
        ),
        Misconception(
            "sum over the batch instead of the mean",
            EntropySum,
            "Loss and gradient are both too large by the number of examples. The mean of the losses is asked, so that the "
            "learning rate need not change with the batch size.",
        ),
        Misconception(
            "dividing by p",
            EntropyByP,
            "-1/p is the slope of the loss by the probabilities. backward must go on through the softmax to the logits, where "
            "the p cancels: p - one_hot.",
        ),
        Misconception(
            "one-hot not subtracted",
            EntropyNoOneHot,
            "This is p itself. In the column of the label 1 must be subtracted; otherwise every logit is pushed down, the "
            "right one too.",
        ),
        Misconception(
            "sign reversed",
            EntropyTurned,
            "one_hot - p is the direction to go. The gradient points uphill: p - one_hot.",
        ),
        Misconception(
            "gradient only at the label",
            EntropyOnlyLabel,
            "The other columns are 0 in your answer. But each logit is in the denominator of softmax: raising a wrong one "
            "lowers the right probability. Their gradient is p.",
        ),
        Misconception(
            "the sigmoid's slope as well",
            EntropySigmoid,
            "p (1 - p) belongs to a squared loss after a sigmoid. With cross-entropy it cancels, and p - one_hot is all.",
        ),
        Misconception(
            "softmax over the batch",
            EntropyOverBatch,
            "Each column sums to 1. A row is an example: its probabilities must sum to 1, so work along axis 1.",
        ),
        Misconception(
            "softmax applied twice",
            EntropyTwice,
            "The loss was computed from softmax(softmax(logits)). Once is enough: the second flattens all probabilities.",
        ),
        Misconception(
            "minus sign forgotten",
            EntropyNoMinus,
            "Your loss is negative. The logarithm of a probability is negative, and the loss is minus that.",
            keys=("losses",),
        ),
        Misconception(
            "one loss for each example",
            EntropyEach,
            "Return one number: the mean over the batch.",
            keys=("losses",),
        ),
        Misconception(
            "no gradient returned",
            EntropyNothing,
            "backward must return the gradient by the logits: it is the dz of the last layer.",
        ),
        Misconception(
            "stored probabilities changed by backward",
            EntropyEaten,
            "Called twice, backward subtracts the one-hot rows twice: `d = self.p` is another name for the same array. Work on "
            "a copy.",
        ),
        Misconception(
            "logits changed in place",
            EntropyInPlace,
            "The numbers are right, but the logits that were given are not what they were: `logits -= ...` works in place. "
            "Write `logits = logits - ...`.",
        ),
        Misconception(
            "overflow for large logits",
            EntropyOverflow,
            "Wrong only where the logits are near 1000 or -1000: there exp gives inf or 0. Subtract the largest logit of each "
            "row first; the probabilities do not change.",
            keys=("changed",),
        ),
        Misconception(
            "clipping that changes confident losses",
            EntropyClipped,
            "Wrong only where the network is sure of the wrong class: the small number that you add to p, or clip it at, is "
            "larger than p there. Take log p from the shifted logits, and no eps is needed.",
            keys=("dlogits", "again", "changed"),
        ),
    ],
)


# Net ----------------------------------------------------------------------------------------------------------------


class Net:
    """Layers one after the other: forward from first to last, backward from last to first."""

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers

    def forward(self, x: Array) -> Any:
        for layer in self.way_there():
            x = layer.forward(x)
        return x

    def backward(self, dz: Array) -> Any:
        dz = self.upstream(dz)
        for layer in self.way_back():
            dz = layer.backward(dz)
        return dz

    def way_there(self) -> list[Any]:
        return self.layers

    def way_back(self) -> list[Any]:
        return self.layers[::-1]

    def upstream(self, dz: Array) -> Array:
        return dz

    def update(self, lr: float) -> None:
        for layer in self.layers:
            layer.update(lr)


class NetSameWay(Net):
    def way_back(self):
        return self.layers


class NetTurned(Net):
    def way_there(self):
        return self.layers[::-1]

    def way_back(self):
        return self.layers


class NetOnes(Net):
    def upstream(self, dz):
        return np.ones_like(dz)


class NetSameGradient(Net):
    def backward(self, dz):
        for layer in self.way_back():
            dx = layer.backward(dz)
        return dx


class NetSameInput(Net):
    def forward(self, x):
        for layer in self.layers:
            z = layer.forward(x)
        return z


class NetReturnsAtOnce(Net):
    def forward(self, x):
        return self.layers[0].forward(x)


class NetBackAtOnce(Net):
    def backward(self, dz):
        return self.layers[-1].backward(dz)


class NetReversedInPlace(Net):
    def way_back(self):
        self.layers.reverse()
        return self.layers


class NetNothing(Net):
    def backward(self, dz):
        super().backward(dz)


class NetAll(Net):
    def forward(self, x):
        outputs = [x]
        for layer in self.layers:
            outputs.append(layer.forward(outputs[-1]))
        return outputs


class NetLastOnly(Net):
    def update(self, lr):
        self.layers[-1].update(lr)


class NetFirstOnly(Net):
    def update(self, lr):
        self.layers[0].update(lr)


class NetNoUpdate(Net):
    def update(self, lr):
        pass


class NetAscent(Net):
    def update(self, lr):
        super().update(-lr)


def net_cases(rng: Rng) -> list[Inputs]:
    def scale() -> list[Any]:
        return ["Scale", round(float(rng.uniform(0.6, 1.4) * rng.choice([-1, 1])), 2)]

    square, roll = ["Square"], ["Roll"]
    plans = [
        ([scale(), square, scale()], [(2, 3)], 0.02),
        ([scale(), scale()], [(4, 2), (3, 2)], 0.05),
        ([scale()], [(1, 2)], 0.1),
        ([square, scale(), roll, square, scale()], [(3, 4), (2, 3)], 0.01),
        # Square after Roll: taken in the wrong order, a gradient meets the slope of another column.
        ([roll, scale(), square, roll, scale()], [(1, 3), (1, 3)], 0.02),
    ]
    return [
        {"layers": layers, "x": [numbers(rng, *s) for s in shapes], "dz": [numbers(rng, *s) for s in shapes], "lr": lr}
        for layers, shapes, lr in plans
    ]


NET = Exercise(
    name="Net",
    points=3,
    reference=Net,
    cases=net_cases,
    probe="net",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "layers walked in the wrong order",
            NetSameWay,
            "backward went from the first layer to the last. The gradient comes from the loss, at the end, so the last layer "
            "is asked first: reversed(self.layers).",
        ),
        Misconception(
            "forward from last to first",
            NetTurned,
            "forward starts with the first layer of the list, and backward with the last.",
        ),
        Misconception(
            "upstream gradient ignored",
            NetOnes,
            "backward began with ones. It begins with the dz that it is given: the gradient that the loss returned.",
        ),
        Misconception(
            "every layer gets the same gradient",
            NetSameGradient,
            "Each layer was given the dz of the loss. What a layer returns is the dz of the layer before it: "
            "dz = layer.backward(dz).",
        ),
        Misconception(
            "every layer gets the same input",
            NetSameInput,
            "Each layer was given the x of the data. What a layer returns is the x of the next: x = layer.forward(x).",
        ),
        Misconception(
            "forward returns after the first layer",
            NetReturnsAtOnce,
            "Only the first layer was used. The `return` stands inside the loop: move it to the left, below the loop.",
        ),
        Misconception(
            "backward returns after one layer",
            NetBackAtOnce,
            "Only the last layer was asked. The `return` stands inside the loop: move it to the left, below the loop.",
        ),
        Misconception(
            "list reversed in place",
            NetReversedInPlace,
            "self.layers.reverse() turns the list itself round, so the next forward runs from last to first. "
            "reversed(self.layers) leaves the list as it is.",
        ),
        Misconception(
            "no dx returned",
            NetNothing,
            "backward must return the gradient by the network's input. A network is a layer too, and may stand inside another "
            "one.",
        ),
        Misconception(
            "all outputs returned",
            NetAll,
            "forward returned the outputs of all layers. Return the last one alone; each layer remembers what it needs itself.",
        ),
        Misconception(
            "nothing updated",
            NetNoUpdate,
            "update must ask every layer to take its step: layer.update(lr).",
        ),
        Misconception(
            "only the last layer updated",
            NetLastOnly,
            "The last layer moved and the others did not. Every layer is asked to update.",
        ),
        Misconception(
            "only the first layer updated",
            NetFirstOnly,
            "The first layer moved and the others did not. Is there a `return` inside the loop? Every layer is asked to "
            "update.",
        ),
        Misconception(
            "gradient ascent",
            NetAscent,
            "The parameters moved uphill: the layers subtract lr times their gradient themselves, so hand them lr as it is.",
        ),
    ],
)

EXERCISES = [LINEAR, TANH, RELU, ENTROPY, NET]
