"""Exercises of 10-ideal-and-adversarial: references in slow clear NumPy, the cases, and what students get wrong.

The pictures of the cases are a few pixels wide and the classifier has two layers; its gradient is written by hand. Steps by
the sign of a gradient jump where it is zero, so that cases are drawn anew until no component on the way is near it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.classifiers.numpy import Network
from course.frameworks.numpy import constant, live
from course.recipes import Judge

Array = np.ndarray
TORCH, TENSORFLOW = ("pytorch",), ("tensorflow",)
TOLERANCE = Tolerance(rtol=1e-4, atol=1e-5)


def twin(parent: type, **methods: Callable[..., Any]) -> Any:
    """An instance of the parent in which some methods are wrong."""
    return type(f"Wrong{parent.__name__}", (parent,), methods)()


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def one_hot(y: Array, like: Array) -> Array:
    return np.eye(like.shape[1], dtype=like.dtype)[y]


# total_variation


def across(x: Array) -> Array:
    return x[:, :, 1:] - x[:, :, :-1]


def down(x: Array) -> Array:
    return x[:, 1:] - x[:, :-1]


def total_variation(x: Array) -> Any:
    """Mean squared difference of vertical neighbours, plus that of horizontal ones; x is (n, height, width, 3)."""
    return np.mean(down(x) ** 2) + np.mean(across(x) ** 2)


def variation_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    # No two axes have one length; one picture alone. A few pixels: the gradient is found by differences.
    return [{"x": rng.uniform(0, 1, shape).astype(np.float32)} for shape in ((2, 4, 5, 3), (1, 5, 2, 3), (4, 2, 6, 3))]


TOTAL_VARIATION = Exercise(
    name="total_variation",
    points=2,
    reference=total_variation,
    cases=variation_cases,
    probe="variation",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "a plain number",
            lambda x: constant(total_variation(x)),
            "The number is right, but it has forgotten the picture: no gradient flows back through float(), .item(), .numpy() "
            "or .detach(). Return the tensor.",
            keys=("gradient",),
        ),
        Misconception(
            "only one direction: across",
            lambda x: np.mean(across(x) ** 2),
            "Only neighbours to the left and right are compared. A picture of horizontal stripes would count as smooth.",
        ),
        Misconception(
            "only one direction: down",
            lambda x: np.mean(down(x) ** 2),
            "Only neighbours above and below are compared. A picture of vertical stripes would count as smooth.",
        ),
        Misconception(
            "absolute differences",
            lambda x: np.mean(np.abs(down(x))) + np.mean(np.abs(across(x))),
            "Absolute differences are a total variation too, but this one squares them.",
        ),
        Misconception(
            "differences that cancel",
            lambda x: np.mean(down(x)) ** 2 + np.mean(across(x)) ** 2,
            "Up and down cancel when the mean is taken before the square. Square each difference first.",
        ),
        Misconception(
            "sums instead of means",
            lambda x: np.sum(down(x) ** 2) + np.sum(across(x) ** 2),
            "A sum grows with the picture, and a weight that suits a small one would be wrong for a large one. Take means.",
        ),
        Misconception(
            "root of the sum",
            lambda x: np.sqrt(total_variation(x)),
            "No root at the end: the sum of the two means as it is.",
        ),
        Misconception(
            "the edge has a neighbour on the other side",
            lambda x: np.mean((np.roll(x, 1, 1) - x) ** 2) + np.mean((np.roll(x, 1, 2) - x) ** 2),
            "roll compares the first row with the last. A picture ends at its edge: cut two slices and subtract them.",
        ),
        Misconception(
            "over colours and the wrong axis",
            lambda x: np.mean(across(x) ** 2) + np.mean((x[..., 1:] - x[..., :-1]) ** 2),
            "One of the two axes is that of the colours, whose order means nothing. Height and width are axes 1 and 2.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "over colours and height",
            lambda x: np.mean(down(x) ** 2) + np.mean((x[..., 1:] - x[..., :-1]) ** 2),
            "One of the two axes is that of the colours, whose order means nothing. Height and width are axes 2 and 3.",
            tracks=TORCH,
        ),
    ],
)


# Classifiers and pictures for the cases.


def judge(rng: np.random.Generator, height: int, width: int, hidden: int, classes: int) -> Judge:
    size = height * width * 3
    arrays = [
        rng.normal(0, 1.5 / np.sqrt(size), (height, width, 3, hidden)),
        rng.normal(0, 0.3, hidden),
        rng.uniform(0.6, 1.4, hidden),
        rng.normal(0, 0.3, hidden),
        rng.normal(0, 0.3, hidden),
        rng.uniform(0.3, 0.8, hidden),
        rng.normal(0, 1.2, (hidden, classes)),
        rng.normal(0, 0.3, classes),
    ]
    # Six digits, as in the file of the public cases: what is drawn and what is read are then the same.
    return Judge(tuple(np.array([float(f"{v:.6g}") for v in a.ravel()], np.float32).reshape(a.shape) for a in arrays))


def pictures(rng: np.random.Generator, n: int, height: int, width: int) -> Array:
    """Pixels from 0 to 1, a third of them near an end, where a step leaves the range."""
    x = rng.uniform(0, 1, (n, height, width, 3))
    near = rng.uniform(0, 1, x.shape)
    x = np.where(near < 0.17, x * 0.02, np.where(near > 0.83, 1 - x * 0.02, x))
    return x.round(5).astype(np.float32)


SIZES = ((3, 3, 4, 6, 5), (1, 4, 2, 5, 3), (4, 2, 5, 4, 6))
"""Pictures, height, width, hidden, classes."""


# picture_gradient


class PictureGradient:
    """Each picture's gradient of its own cross-entropy: (n, height, width, 3)."""

    def __call__(self, model: Network, x: Array, y: Array) -> Any:
        gradient = self.sign() * model.gradient(x, self.slope(model(x), y, len(x)))
        return self.result(model, x, gradient)

    def sign(self) -> int:
        return 1

    def slope(self, logits: Array, y: Array, n: int) -> Array:
        return softmax(logits) - one_hot(y, logits)

    def result(self, model: Network, x: Array, value: Array) -> Any:
        return value


def does(*what: str) -> Callable[..., Any]:
    """A result that is right, while something was done to the model."""

    def result(self: Any, model: Network, x: Array, value: Array) -> Array:
        model.done = list(what)
        return value

    return result


def marked(self: Any, model: Network, x: Array, value: Array) -> Any:
    return live(value)


def overwritten(self: Any, model: Network, x: Array, value: Array) -> Array:
    x[...] = value
    return x


class Accumulating(PictureGradient):
    def __init__(self) -> None:
        self.total: Any = 0

    def result(self, model, x, value):
        self.total = self.total + value
        return self.total


def double_softmax(self: Any, logits: Array, y: Array, n: int) -> Array:
    p = softmax(logits)
    q = softmax(p) - one_hot(y, logits)
    return p * (q - (p * q).sum(axis=1, keepdims=True))


def labels(rng: np.random.Generator, n: int, classes: int) -> Array:
    return rng.integers(0, classes, n).astype(np.int64)


def gradient_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    return [
        {"model": judge(rng, h, w, hidden, k), "x": pictures(rng, n, h, w), "y": labels(rng, n, k)}
        for n, h, w, hidden, k in SIZES
    ]


LITTER_HINT = (
    "backward() also writes a gradient into every weight of the model, where the next training step would find it. Ask for one "
    "gradient only, torch.autograd.grad(loss, x), or clear the others."
)
DRIFT_HINT = (
    "In training mode batch normalisation takes the mean of the batch and moves its running statistics: you attack another "
    "network than the one that is used, and change it. Evaluation mode: training=False in Keras, no model.train() in PyTorch."
)
MODE_HINT = (
    "The model came in evaluation mode and went in training mode. Its answers change with that, and so would the next attack."
)
LIVE_HINT = (
    "What you return still hangs on the graph that made it, and keeps all that in memory. Detach it before you give it back."
)
INPUT_HINT = (
    "You wrote into the picture that you were given, and whoever gave it to you has lost the original. Work on a copy: clone()."
)


def housekeeping(parent: type, names: tuple[str, ...] = ("litter", "drift", "live")) -> list[Misconception]:
    """Mistakes that leave the result right and something else wrong."""
    found = {
        "litter": Misconception(
            "gradients left on the weights",
            twin(parent, result=does("gradients left on the weights")),
            LITTER_HINT,
            tracks=TORCH,
            keys=("model",),
        ),
        "drift": Misconception("in training mode", twin(parent, result=does("statistics moved")), DRIFT_HINT, keys=("model",)),
        "mode": Misconception(
            "left in training mode", twin(parent, result=does("mode changed")), MODE_HINT, tracks=TORCH, keys=("model",)
        ),
        "live": Misconception("a result that hangs on its graph", twin(parent, result=marked), LIVE_HINT, tracks=TORCH),
        "input": Misconception(
            "the given picture overwritten", twin(parent, result=overwritten), INPUT_HINT, tracks=TORCH, keys=("changed",)
        ),
    }
    return [found[name] for name in names]


PICTURE_GRADIENT = Exercise(
    name="picture_gradient",
    points=2,
    reference=PictureGradient(),
    cases=gradient_cases,
    probe="changing",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "gradient of the weights",
            twin(PictureGradient, result=lambda self, model, x, value: [value]),
            "A list came back, one gradient for each weight, as in training. Here the weights stay as they are: ask for the "
            "gradient with respect to x.",
            keys=("form",),
        ),
        Misconception(
            "the picture not watched",
            twin(PictureGradient, result=lambda self, model, x, value: None),
            "The gradient is None. A tape records variables by itself; a constant such as a picture it must be told to watch.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "mean over the batch",
            twin(PictureGradient, slope=lambda self, logits, y, n: PictureGradient.slope(self, logits, y, n) / n),
            "A mean divides each gradient by the number of pictures, so that it depends on its company. Sum the losses.",
        ),
        Misconception(
            "wrong sign",
            twin(PictureGradient, sign=lambda self: -1),
            "This is the gradient of the log-probability: the loss is minus that.",
        ),
        Misconception(
            "gradient of the logit",
            twin(PictureGradient, slope=lambda self, logits, y, n: one_hot(y, logits)),
            "This is the gradient of the class's logit. The loss is cross-entropy, in which the other classes count as well.",
        ),
        Misconception(
            "softmax before the loss",
            twin(PictureGradient, slope=double_softmax),
            "The model gives logits, and your loss takes a softmax itself: do not take another before it.",
        ),
        Misconception(
            "gradients add up in the picture",
            Accumulating,
            "The first call was right. The second found the first one's gradient still in x.grad, and added to it. Work on "
            "a copy of x, or ask for the gradient with torch.autograd.grad.",
            tracks=TORCH,
            stateful=True,
            keys=("value", "again"),
        ),
        *housekeeping(PictureGradient, ("litter", "drift", "mode")),
    ],
)


# ascend


class Ascend:
    """Steps that raise the logit of one class, each one clipped to the pixels that there are."""

    def __call__(self, model: Network, x: Array, target: int, lr: float, steps: int) -> Any:
        given, x, first = x, np.array(x), None
        for _ in range(self.count(steps)):
            gradient = model.gradient(x, self.slope(model(x), target))
            first = gradient if first is None else first
            x = self.clip(self.move(x, self.chosen(gradient, first), lr))
        return self.result(model, given, self.last(x))

    def count(self, steps: int) -> int:
        return steps

    def slope(self, logits: Array, target: int) -> Array:
        return one_hot(np.full(len(logits), target), logits)

    def chosen(self, gradient: Array, first: Array) -> Array:
        return gradient

    def move(self, x: Array, gradient: Array, lr: float) -> Array:
        return x + x.dtype.type(lr) * gradient

    def clip(self, x: Array) -> Array:
        return np.clip(x, 0, 1)

    def last(self, x: Array) -> Array:
        return x

    def result(self, model: Network, x: Array, value: Array) -> Any:
        return value


def of_probability(self: Any, logits: Array, target: int) -> Array:
    p = softmax(logits)
    hot = one_hot(np.full(len(logits), target), logits)
    return p[:, [target]] * (hot - p)


def ascend_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    return [
        {
            "model": judge(rng, h, w, hidden, k),
            "x": pictures(rng, n, h, w),
            "target": int(rng.integers(1, k)),
            "lr": lr,
            "steps": steps,
        }
        for (n, h, w, hidden, k), lr, steps in zip(SIZES, (0.08, 0.2, 0.1), (5, 3, 4), strict=True)
    ]


ASCEND = Exercise(
    name="ascend",
    points=3,
    reference=Ascend(),
    cases=ascend_cases,
    probe="changing",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "descent instead of ascent",
            twin(Ascend, move=lambda self, x, g, lr: x - x.dtype.type(lr) * g),
            "Each step makes the class less likely. Training goes down a loss; here the logit shall go up.",
        ),
        Misconception(
            "no clipping",
            twin(Ascend, clip=lambda self, x: x),
            "Some pixels left the range from 0 to 1: no screen can show that picture. Clip after every step.",
        ),
        Misconception(
            "clipped only at the end",
            twin(Ascend, clip=lambda self, x: x, last=lambda self, x: np.clip(x, 0, 1)),
            "Clipped at the end only, the steps before went through pictures that do not exist. Clip after every step.",
        ),
        Misconception(
            "clipped to 0..255",
            twin(Ascend, clip=lambda self, x: np.clip(x, 0, 255)),
            "These pixels go from 0 to 1, and so must the limits.",
        ),
        Misconception(
            "mean over the batch",
            twin(Ascend, slope=lambda self, logits, t: Ascend.slope(self, logits, t) / len(logits)),
            "With the mean of the logits each picture's step becomes smaller the more pictures there are. Take the sum.",
        ),
        Misconception(
            "the probability instead of the logit",
            twin(Ascend, slope=of_probability),
            "A probability near 0 or 1 has hardly a slope, and the ascent stands still. Climb the logit, before any softmax.",
        ),
        Misconception(
            "the loss instead of the logit",
            twin(Ascend, slope=lambda self, logits, t: one_hot(np.full(len(logits), t), logits) - softmax(logits)),
            "You climbed the log-probability, which also pushes the other classes down. Asked for is the logit alone.",
        ),
        Misconception(
            "all logits at once",
            twin(Ascend, slope=lambda self, logits, t: np.ones_like(logits)),
            "You climbed the sum of all logits. Take one column: that of the target.",
        ),
        Misconception(
            "the gradient of the first picture only",
            twin(Ascend, chosen=lambda self, gradient, first: first),
            "The gradient was taken once and used for all steps. Where you stand after a step it is another: compute it anew.",
        ),
        Misconception(
            "only one step",
            twin(Ascend, count=lambda self, steps: 1),
            "Only one step was taken: is there a return inside the loop, or does each step begin at the original?",
        ),
        Misconception(
            "sign instead of gradient",
            twin(Ascend, chosen=lambda self, gradient, first: np.sign(gradient)),
            "The sign belongs to the attacks further down. Here pixels that matter more move more: the gradient itself.",
        ),
        *housekeeping(Ascend, ("litter", "drift", "live", "input")),
    ],
)


# fgsm


class Fgsm:
    """One step of eps for every pixel, in the direction in which the loss grows."""

    def __call__(self, model: Network, x: Array, y: Array, eps: float) -> Any:
        gradient = model.gradient(x, self.slope(model(x), y))
        moved = x + x.dtype.type(self.scale(eps)) * self.direction(gradient)
        return self.result(model, x, self.clip(moved))

    def slope(self, logits: Array, y: Array) -> Array:
        return softmax(logits) - one_hot(y, logits)

    def scale(self, eps: float) -> float:
        return eps

    def direction(self, gradient: Array) -> Array:
        return np.sign(gradient)

    def clip(self, x: Array) -> Array:
        return np.clip(x, 0, 1)

    def result(self, model: Network, x: Array, value: Array) -> Any:
        return value


def unit(gradient: Array) -> Array:
    return gradient / np.sqrt((gradient**2).sum(axis=(1, 2, 3), keepdims=True))


NEAR_ZERO = 2e-3
"""A gradient's components are at least this share of its largest one, so that rounding cannot turn a sign."""


def clear_of_zero(model: Judge, x: Array, slope: Callable[[Array], Array]) -> bool:
    network = Network(model)
    gradient = np.abs(network.gradient(x.astype(np.float64), slope(network(x.astype(np.float64)))))
    return bool((gradient.min(axis=(1, 2, 3)) > NEAR_ZERO * gradient.max(axis=(1, 2, 3))).all())


def drawn(make: Callable[[], dict[str, Any]], fine: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Cases are drawn until one is fine."""
    for _ in range(3000):
        case = make()
        if fine(case):
            return case
    raise ValueError("no case was fine")


def fgsm_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    def make(n: int, h: int, w: int, hidden: int, k: int, eps: float) -> dict[str, Any]:
        return {"model": judge(rng, h, w, hidden, k), "x": pictures(rng, n, h, w), "y": labels(rng, n, k), "eps": eps}

    def fine(case: dict[str, Any]) -> bool:
        y = case["y"]
        slopes = (lambda z: softmax(z) - one_hot(y, z), lambda z: one_hot(y, z))
        return all(clear_of_zero(case["model"], case["x"], slope) for slope in slopes)

    return [drawn(lambda s=s, e=e: make(*s, e), fine) for s, e in zip(SIZES, (0.03, 0.1, 0.05), strict=True)]


FGSM = Exercise(
    name="fgsm",
    points=2,
    reference=Fgsm(),
    cases=fgsm_cases,
    probe="changing",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "wrong sign",
            twin(Fgsm, direction=lambda self, g: -np.sign(g)),
            "This makes the loss smaller, and the network surer of the right answer. An attack goes up the loss.",
        ),
        Misconception(
            "gradient instead of its sign",
            twin(Fgsm, direction=lambda self, g: g),
            "Most components of a gradient are tiny, and so is this change. Every pixel may move by eps: use the sign.",
        ),
        Misconception(
            "a gradient of length one",
            twin(Fgsm, direction=lambda self, g: unit(g)),
            "Scaled to length 1 the whole change has length eps. The bound here is for each pixel by itself: use the sign.",
        ),
        Misconception(
            "no clipping",
            twin(Fgsm, clip=lambda self, x: x),
            "Some pixels left the range from 0 to 1. A picture with such pixels does not exist: clip.",
        ),
        Misconception(
            "eps on the scale to 255",
            twin(Fgsm, scale=lambda self, eps: eps / 255),
            "eps is given on the scale of the pixels, 0 to 1. Do not divide it by 255 once more.",
        ),
        Misconception(
            "only the sign returned",
            twin(Fgsm, __call__=lambda self, model, x, y, eps: np.sign(model.gradient(x, self.slope(model(x), y)))),
            "That is the direction. Asked for is the picture: x plus eps times it, clipped.",
        ),
        Misconception(
            "only the change returned",
            twin(
                Fgsm,
                __call__=lambda self, model, x, y, eps: x.dtype.type(eps) * np.sign(model.gradient(x, self.slope(model(x), y))),
            ),
            "That is the change. Asked for is the changed picture: x plus it, clipped.",
        ),
        Misconception(
            "the logit instead of the loss",
            twin(Fgsm, slope=lambda self, logits, y: -one_hot(y, logits)),
            "You lowered the logit of the right class. The cross-entropy also grows when another class comes up: use it.",
        ),
        *housekeeping(Fgsm, ("litter", "drift", "live", "input")),
    ],
)


# targeted_attack


class Attack:
    """Steps of lr towards the target, after each of which the picture is put back into the ball about the original."""

    def __call__(self, model: Network, x: Array, target: Array, eps: float, lr: float, steps: int) -> Any:
        original, x, first = x, np.array(x), None
        for _ in range(steps):
            gradient = model.gradient(x, softmax(model(x)) - one_hot(target, model(x)))
            first = gradient if first is None else first
            moved = self.move(x, self.direction(self.chosen(gradient, first)), lr)
            x = self.range(self.project(moved, original, x, eps))
        return self.result(model, original, self.last(x, original, eps))

    def chosen(self, gradient: Array, first: Array) -> Array:
        return gradient

    def direction(self, gradient: Array) -> Array:
        return np.sign(gradient)

    def move(self, x: Array, direction: Array, lr: float) -> Array:
        return x - x.dtype.type(lr) * direction

    def project(self, moved: Array, original: Array, previous: Array, eps: float) -> Array:
        eps = original.dtype.type(eps)
        return np.clip(moved, original - eps, original + eps)

    def range(self, x: Array) -> Array:
        return np.clip(x, 0, 1)

    def last(self, x: Array, original: Array, eps: float) -> Array:
        return x

    def result(self, model: Network, x: Array, value: Array) -> Any:
        return value


def euclidean(self: Any, moved: Array, original: Array, previous: Array, eps: float) -> Array:
    change = moved - original
    length = np.sqrt((change**2).sum(axis=(1, 2, 3), keepdims=True))
    return original + change * np.minimum(1, eps / length)


class Watched(Attack):
    """The reference, which remembers whether it met a gradient near zero."""

    def __init__(self) -> None:
        self.clear = True

    def chosen(self, gradient, first):
        sizes = np.abs(gradient)
        self.clear &= bool((sizes.min(axis=(1, 2, 3)) > NEAR_ZERO / 4 * sizes.max(axis=(1, 2, 3))).all())
        return gradient


def attack_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    def make(n: int, h: int, w: int, hidden: int, k: int, eps: float, lr: float, steps: int) -> dict[str, Any]:
        case = {"model": judge(rng, h, w, hidden, k), "x": pictures(rng, n, h, w), "target": labels(rng, n, k)}
        return case | {"eps": eps, "lr": lr, "steps": steps}

    def fine(case: dict[str, Any]) -> bool:
        # Wrong twins that go other ways must be recognised too: their ways shall be clear of zero as well.
        for change in WAYS:
            watched = type("Way", (Watched,), change)()
            watched(Network(case["model"]), *(v.astype(np.float64) if k == "x" else v for k, v in case.items() if k != "model"))
            if not watched.clear:
                return False
        return True

    # In the last case a single step is larger than eps.
    sizes = ((3, 3, 2, 6, 5), (1, 4, 2, 5, 3), (2, 2, 3, 4, 6))
    settings = ((0.1, 0.04, 5), (0.15, 0.08, 4), (0.04, 0.06, 3))
    return [drawn(lambda s=s, o=o: make(*s, *o), fine) for s, o in zip(sizes, settings, strict=True)]


def unprojected(self: Any, moved: Array, original: Array, previous: Array, eps: float) -> Array:
    return moved


def about_previous(self: Any, moved: Array, original: Array, previous: Array, eps: float) -> Array:
    return np.clip(moved, previous - previous.dtype.type(eps), previous + previous.dtype.type(eps))


def away(self: Any, x: Array, direction: Array, lr: float) -> Array:
    return x + x.dtype.type(lr) * direction


def projected_last(self: Any, x: Array, original: Array, eps: float) -> Array:
    return np.clip(x, original - original.dtype.type(eps), original + original.dtype.type(eps))


WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"project": unprojected},
    {"project": about_previous},
    {"project": euclidean},
    {"move": away},
    {"range": lambda self, x: x},
)

TARGETED_ATTACK = Exercise(
    name="targeted_attack",
    points=4,
    reference=Attack(),
    cases=attack_cases,
    probe="changing",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "away from the target",
            twin(Attack, move=away),
            "Each step raises the loss of the target class, so that it becomes less likely. Go down: subtract.",
        ),
        Misconception(
            "no projection",
            twin(Attack, project=unprojected),
            "After a few steps some pixels are further from the original than eps. Put it back into the ball each time.",
        ),
        Misconception(
            "projected about the previous step",
            twin(Attack, project=about_previous),
            "Each step stays within eps of the one before, but the steps add up. The ball's centre is the original: keep it.",
        ),
        Misconception(
            "projected only at the end",
            twin(Attack, project=unprojected, last=projected_last),
            "The steps went far outside of the ball, and their gradients belong to other pictures. Project after every step.",
        ),
        Misconception(
            "a ball of the whole picture's length",
            twin(Attack, project=euclidean),
            "You bounded the length of the whole change. Here each pixel may change by eps: clip to [x - eps, x + eps].",
        ),
        Misconception(
            "no clipping",
            twin(Attack, range=lambda self, x: x),
            "Within eps of the original, yes, but some pixels are below 0 or above 1. Clip to that range as well.",
        ),
        Misconception(
            "gradient instead of its sign",
            twin(Attack, direction=lambda self, g: g),
            "With the gradient itself most pixels hardly move. Each shall go lr in the gradient's direction: use the sign.",
        ),
        Misconception(
            "the gradient of the first picture only",
            twin(Attack, chosen=lambda self, gradient, first: first),
            "The gradient was taken once, at the original. After every step it is another: compute it anew.",
        ),
        Misconception(
            "each step begins at the original",
            twin(
                Attack,
                chosen=lambda self, gradient, first: first,
                __call__=lambda self, model, x, target, eps, lr, steps: Attack.__call__(self, model, x, target, eps, lr, 1),
            ),
            "Only one step was taken from the original. Is there a return inside the loop, or is x used where the changed "
            "picture should be?",
        ),
        *housekeeping(Attack, ("litter", "drift", "live", "input")),
    ],
)

EXERCISES = [PICTURE_GRADIENT, ASCEND, TOTAL_VARIATION, FGSM, TARGETED_ATTACK]
