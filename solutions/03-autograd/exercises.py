"""Exercises of lesson 03: references in NumPy, cases, and the mistakes that students really make with gradients.

The references differentiate by the complex step, f'(x) = Im f(x + ih) / h: exact to rounding, and without a line in common
with the automatic differentiation of either framework.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.frameworks.numpy import live
from course.recipes import Function, Seed

Array = np.ndarray
Rng = np.random.Generator
Map = Callable[[Any], Any]
Inputs = dict[str, Any]

PYTORCH, TENSORFLOW = ("pytorch",), ("tensorflow",)
TINY = 1e-30  # the complex step subtracts nothing, so it may be as small as floating point allows


def slope(f: Map, x: Array) -> Array:
    """Derivative of an elementwise function at every element of x."""
    return np.imag(f(np.asarray(x, dtype=complex) + 1j * TINY)) / TINY


def gradient(f: Map, x: Array) -> Array:
    """Gradient (n,) of a scalar function of a vector x (n,)."""
    result = np.zeros(len(x))
    for i in range(len(x)):
        moved = np.asarray(x, dtype=complex)
        moved[i] += 1j * TINY
        result[i] = np.imag(f(moved)) / TINY
    return result


def numbers(rng: Rng, *ranges: tuple[float, float]) -> tuple[float, ...]:
    """One random coefficient for each range, with either sign, never near zero, short enough to read."""
    return tuple(round(float(rng.uniform(*r) * rng.choice([-1, 1])), 3) for r in ranges)


# derivative ---------------------------------------------------------------------------------------------------------


def curve(rng: Rng, name: str) -> Function:
    """A random elementwise function that is nowhere linear."""
    sizes = {"polynomial": 4, "wave": 3, "bump": 2, "saturation": 3}[name]
    if name == "bump":
        return Function(name, (*numbers(rng, (1, 3)), abs(numbers(rng, (0.3, 1.2))[0])))
    return Function(name, numbers(rng, *[(0.5, 2.0)] * sizes))


def array(rng: Rng, *shape: int) -> Array:
    """Random numbers of moderate size, away from zero, where derivatives like to vanish."""
    return np.array(rng.uniform(0.2, 1.5, shape) * rng.choice([-1, 1], shape), dtype=np.float32)


def derivative(f: Map, x: Array) -> Array:
    return slope(f, x)


def derivative_cases(rng: Rng) -> list[Inputs]:
    return [
        {"f": curve(rng, "wave"), "x": array(rng, 4)},
        {"f": curve(rng, "bump"), "x": array(rng, 2, 3)},
        {"f": curve(rng, "polynomial"), "x": array(rng, 1)},
        {"f": curve(rng, "saturation"), "x": array(rng, 3, 1, 2)},
        {"f": curve(rng, "polynomial"), "x": array(rng)},
    ]


def jacobian(f: Map, x: Array) -> Array:
    """All derivatives of all outputs: an array of shape (*x.shape, *x.shape), zero off its diagonal."""
    return np.diag(np.ravel(slope(f, x))).reshape(np.shape(x) + np.shape(x))


def piling_up(exact: Callable[..., Array]) -> Callable[[], Callable[..., Array]]:
    """Factory of a twin that adds every call's gradient to those of the calls before."""

    def factory() -> Callable[..., Array]:
        calls = 0

        def twin(*arguments: Any) -> Array:
            nonlocal calls
            calls += 1
            return calls * exact(*arguments)

        return twin

    return factory


NONE_HINT = (
    "The result is None, which is what tape.gradient gives when nothing leads from x to the result. A tape follows variables "
    "by itself, but a plain tensor only after tape.watch(x); and the function must be called inside the `with` block. "
    "(If your function has no `return`, you get None as well.)"
)
CALLS_HINT = (
    "The second call on the same tensor gave the sum of both gradients: backward() adds to x.grad, it does not replace it. "
    "Differentiate at a copy of your own, x.clone().requires_grad_(), so that nothing stays behind in the caller's tensor."
)
LIVE_HINT = (
    "The numbers are right, but the result still has a grad_fn: it keeps the whole graph in memory. Do the update inside "
    "`with torch.no_grad():` and return detached tensors; leave out create_graph."
)

DERIVATIVE = Exercise(
    name="derivative",
    points=2,
    reference=derivative,
    cases=derivative_cases,
    options={"detached": True},
    tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    misconceptions=[
        Misconception("gradients accumulate over calls", piling_up(slope), CALLS_HINT, PYTORCH, stateful=True),
        Misconception("the tensor is not watched", lambda f, x: None, NONE_HINT, TENSORFLOW),
        Misconception("live graph returned", lambda f, x: live(slope(f, x)), LIVE_HINT, PYTORCH),
        Misconception(
            "the function's value instead of its derivative",
            lambda f, x: f(x),
            "This is f(x) itself. Ask for the gradient of f(x) with respect to x, and return that.",
            keys=("value",),
        ),
        Misconception(
            "mean instead of sum",
            lambda f, x: slope(f, x) / np.size(x),
            "Every derivative is too small by the number of elements: the mean divides by it, and so does its gradient. "
            "The sum leaves each element's derivative as it is.",
            keys=("value",),
        ),
        Misconception(
            "one number instead of one derivative for each element",
            lambda f, x: slope(f, x).sum(),
            "The derivatives were added up. Each element of x has its own derivative, so the result has the shape of x.",
            keys=("value",),
        ),
        Misconception(
            "the whole Jacobian matrix",
            jacobian,
            "This holds the derivative of every output by every input; off the diagonal it is zero, because element i of f(x) "
            "depends on element i of x alone. Differentiate the sum of the outputs instead: that gives the diagonal.",
            keys=("value",),
        ),
    ],
)


# numerical_gradient -------------------------------------------------------------------------------------------------


def unit(x: Array, i: int) -> Array:
    """A vector like x with 1 at place i and 0 elsewhere."""
    return np.eye(len(x), dtype=x.dtype)[i]


def numerical_gradient(f: Map, x: Array, h: float) -> Array:
    return np.array([(f(x + h * unit(x, i)) - f(x - h * unit(x, i))) / (2 * h) for i in range(len(x))])


def numerical_gradient_cases(rng: Rng) -> list[Inputs]:
    def bowl(*shape: int) -> Inputs:
        return {"f": Function("bowl", numbers(rng, (0.5, 2), (0.5, 2))), "x": rng.uniform(-2, 2, shape)}

    def valley() -> Inputs:
        # Away from the valley's floor and from x[0] = 0, where the third derivative would hide a one-sided error.
        x = np.array([rng.uniform(0.5, 1.5), rng.uniform(2, 3)]) * rng.choice([-1, 1], 2)
        return {"f": Function("valley", (1.0, abs(numbers(rng, (5, 20))[0]))), "x": x}

    return [
        bowl(3) | {"h": 0.01},
        valley() | {"h": 0.1},
        bowl(1) | {"h": 0.5},
        valley() | {"h": 1e-5},
        bowl(5) | {"h": 1e-3},
    ]


def one_sided(f: Map, x: Array, h: float) -> Array:
    return np.array([(f(x + h * unit(x, i)) - f(x)) / h for i in range(len(x))])


def in_float32(f: Map, x: Array, h: float) -> Array:
    return numerical_gradient(f, x.astype(np.float32), h)


def moved_together(f: Map, x: Array, h: float) -> Array:
    return (f(x + h) - f(x - h)) / (2 * h)


def moving_in_place(f: Map, x: Array, h: float) -> Array:
    """Each component is left at x - h when the next one's turn comes; x itself is changed."""
    result = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        result[i] = (up - f(x)) / (2 * h)
    return result


NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    points=2,
    reference=numerical_gradient,
    cases=numerical_gradient_cases,
    tolerance=Tolerance(rtol=1e-6, atol=1e-7),
    misconceptions=[
        Misconception(
            "one-sided difference",
            one_sided,
            "You compare f(x + h) with f(x). Compare f(x + h) with f(x - h): the error then shrinks with h squared, not with "
            "h.",
        ),
        Misconception(
            "divided by h instead of 2h",
            lambda f, x, h: 2 * numerical_gradient(f, x, h),
            "The result is twice too large: from x - h to x + h it is a way of 2h.",
        ),
        Misconception(
            "the two points swapped",
            lambda f, x, h: -numerical_gradient(f, x, h),
            "The sign is wrong: the value at x + h comes first, the value at x - h is subtracted.",
        ),
        Misconception(
            "all components moved at once",
            moved_together,
            "You add h to every component together and get a single number. Move one component at a time and leave the others "
            "where they are; the result has one number for each.",
        ),
        Misconception(
            "moved components stay moved",
            lambda f, x, h: moving_in_place(f, x.copy(), h),
            "The first component is right and the later ones are not: when component 1 has its turn, component 0 is still at "
            "x - h. Put it back, or start from a fresh copy of x for every component.",
        ),
        Misconception(
            "the input is moved and not put back",
            moving_in_place,
            "You change the caller's x, and each component is still at x - h when the next has its turn. Take a copy of x.",
            PYTORCH,
        ),
        Misconception(
            "both points are one and the same array",
            lambda f, x, h: np.zeros(len(x)),
            "All zeros: `plus = x` and `minus = x` are two names of one array, so adding h and subtracting h cancel. "
            "Make each point a copy of its own.",
            keys=("value",),
        ),
        Misconception(
            "differences taken in float32",
            in_float32,
            "You are in float32: its rounding error, divided by a small h, drowns the result. Keep x's own dtype, float64.",
        ),
        Misconception(
            "the exact gradient instead of the difference",
            lambda f, x, h: gradient(f, x),
            "This is the framework's own gradient. Here you are to build the independent witness: call f only, at x + h and x "
            "- h.",
        ),
    ],
)


# gradient_descent ---------------------------------------------------------------------------------------------------


def gradient_descent(f: Map, x0: Array, lr: float, steps: int) -> Array:
    path = [np.array(x0)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(f, path[-1]))
    return np.stack(path)


def gradient_descent_cases(rng: Rng) -> list[Inputs]:
    def bowl(n: int) -> Inputs:
        c = (round(float(rng.uniform(0.3, 0.9)), 3), *numbers(rng, (0.5, 1.5)))
        # Starting points on both sides of the bottom, none of them near it.
        return {"f": Function("bowl", c), "x0": (c[1] + rng.uniform(1, 2, n) * rng.choice([-1, 1], n)).astype(np.float32)}

    valley = Function("valley", (1.0, round(float(rng.uniform(3, 8)), 3)))
    start = np.array([rng.uniform(-1.2, -0.6), rng.uniform(1.3, 1.8)], dtype=np.float32)
    return [
        bowl(3) | {"lr": 0.1, "steps": 4},
        {"f": valley, "x0": start, "lr": 0.02, "steps": 3},
        bowl(1) | {"lr": 0.25, "steps": 2},
        bowl(2) | {"lr": 0.15, "steps": 6},
        bowl(4) | {"lr": 0.05, "steps": 1},
    ]


def accumulating_descent(f: Map, x0: Array, lr: float, steps: int) -> Array:
    path, total = [np.array(x0)], np.zeros(len(x0))
    for _ in range(steps):
        total = total + gradient(f, path[-1])
        path.append(path[-1] - lr * total)
    return np.stack(path)


def descent_in_place(f: Map, x0: Array, lr: float, steps: int) -> Array:
    path = [np.array(x0)]
    for _ in range(steps):
        x0 -= lr * gradient(f, x0)
        path.append(np.array(x0))
    return np.stack(path)


def stale_descent(f: Map, x0: Array, lr: float, steps: int) -> Array:
    return np.stack([x0 - k * lr * gradient(f, x0) for k in range(steps + 1)])


def last_point_everywhere(f: Map, x0: Array, lr: float, steps: int) -> Array:
    return np.stack([gradient_descent(f, x0, lr, steps)[-1]] * (steps + 1))


def last_point_after_the_first(f: Map, x0: Array, lr: float, steps: int) -> Array:
    return np.stack([x0, *[gradient_descent(f, x0, lr, steps)[-1]] * steps])


COPIES_HINT = (
    "The list holds the same tensor many times, so after the last step every entry shows the last point. "
    "Append a copy of the numbers as they are now: x.detach().clone() in PyTorch (detach alone shares the memory), "
    "tf.identity(x) in TensorFlow."
)
ASCENT_HINT = "You add the gradient, and it points uphill. To go down, subtract it."
ZERO_GRAD_HINT = (
    "From the second step on the step is the sum of all gradients so far: backward() adds to .grad. "
    "Set it back to zero after every update, for example with x.grad.zero_()."
)

GRADIENT_DESCENT = Exercise(
    name="gradient_descent",
    points=3,
    reference=gradient_descent,
    cases=gradient_descent_cases,
    options={"detached": True},
    tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    misconceptions=[
        Misconception("gradients accumulate over steps", accumulating_descent, ZERO_GRAD_HINT, PYTORCH),
        Misconception(
            "ascent", lambda f, x0, lr, steps: gradient_descent(lambda x: -f(x), x0, lr, steps), ASCENT_HINT, keys=("value",)
        ),
        Misconception(
            "the starting point is changed in place",
            descent_in_place,
            "You walk with the caller's own tensor: x0 has moved, and a second call starts where the first one ended. "
            "Walk with a copy, x0.clone().",
            PYTORCH,
        ),
        Misconception("every row is the last point", last_point_everywhere, COPIES_HINT, keys=("value",)),
        Misconception("every row after the first is the last point", last_point_after_the_first, COPIES_HINT, keys=("value",)),
        Misconception(
            "the gradient is taken only once",
            stale_descent,
            "Every step is the same as the first: the gradient of the starting point is used throughout. "
            "Compute f and its gradient anew in every step, at the point where you are.",
            keys=("value",),
        ),
        Misconception(
            "the learning rate is left out",
            lambda f, x0, lr, steps: gradient_descent(f, x0, 1.0, steps),
            "The steps are as long as the gradient. Multiply it by lr.",
            keys=("value",),
        ),
        Misconception(
            "the starting point is missing",
            lambda f, x0, lr, steps: np.stack(list(gradient_descent(f, x0, lr, steps)[1:])),
            "The path has steps + 1 points: x0 comes first.",
            keys=("value",),
        ),
        Misconception(
            "only the last point",
            lambda f, x0, lr, steps: gradient_descent(f, x0, lr, steps)[-1],
            "Return the whole path, one row for each point with x0 in the first, not only where it ends.",
            keys=("value",),
        ),
        Misconception(
            "live graph returned", lambda f, x0, lr, steps: live(gradient_descent(f, x0, lr, steps)), LIVE_HINT, PYTORCH
        ),
    ],
)


# fit_line -----------------------------------------------------------------------------------------------------------

Pair = tuple[Any, Any]


def line_gradient(x: Array, y: Array, w: float, b: float) -> Pair:
    """Derivatives by w and by b of the mean of (w x + b - y)^2."""
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)


def fit_line(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    for _ in range(steps):
        dw, db = line_gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return float(w), float(b)


def fit_line_cases(rng: Rng) -> list[Inputs]:
    def points(n: int) -> Inputs:
        x = rng.normal(0.7, 1, n)
        slope_, offset = numbers(rng, (0.5, 2), (0.5, 2))
        y = slope_ * x + offset + rng.normal(0, 0.3, n)
        start = dict(zip("wb", numbers(rng, (0.5, 2), (0.5, 2)), strict=True))
        return {"x": x.astype(np.float32), "y": y.astype(np.float32)} | start

    return [
        points(6) | {"lr": 0.1, "steps": 3},
        points(3) | {"lr": 0.2, "steps": 1},
        points(1) | {"lr": 0.05, "steps": 2},
        points(5) | {"lr": 0.03, "steps": 5},
        points(9) | {"lr": 0.1, "steps": 12},
    ]


def scaled_line(factor: Callable[[Array], float]) -> Callable[..., Pair]:
    """Twin whose gradients are too large or too small by a factor."""
    return lambda x, y, w, b, lr, steps: fit_line(x, y, w, b, lr * factor(x), steps)


def accumulating_line(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    total = np.zeros(2)
    for _ in range(steps):
        total += line_gradient(x, y, w, b)
        w, b = w - lr * total[0], b - lr * total[1]
    return float(w), float(b)


def zeroed_before_backward(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    """The loss is computed, then the weights are emptied, then the gradients, never emptied, grow by backward."""
    total = np.zeros(2)
    for _ in range(steps):
        total += line_gradient(x, y, w, b)
        w, b = -lr * total[0], -lr * total[1]
    return float(w), float(b)


def zeroed_after_the_update(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    return 0.0, 0.0


def minus_itself(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    for _ in range(steps):
        dw, _ = line_gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * b
    return float(w), float(b)


def one_after_the_other(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    for _ in range(steps):
        w = w - lr * line_gradient(x, y, w, b)[0]
        b = b - lr * line_gradient(x, y, w, b)[1]
    return float(w), float(b)


def every_pair(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    """A column (n, 1) minus a row (n,) compares every prediction with every target."""
    first, second = (a.ravel() for a in np.meshgrid(x, y, indexing="ij"))
    return fit_line(first, second, w, b, lr, steps)


def frozen_bias(x: Array, y: Array, w: float, b: float, lr: float, steps: int) -> Pair:
    for _ in range(steps):
        w = w - lr * line_gradient(x, y, w, b)[0]
    return float(w), float(b)


FIT_LINE = Exercise(
    name="fit_line",
    points=3,
    reference=fit_line,
    cases=fit_line_cases,
    options={"detached": True},
    tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    misconceptions=[
        Misconception(
            "gradients accumulate over steps",
            accumulating_line,
            "The first step is right and the later ones are too long: backward() adds to w.grad and b.grad. "
            "Set both back to zero after every update.",
            PYTORCH,
        ),
        Misconception(
            "the weights zeroed instead of the gradients, before backward",
            zeroed_before_backward,
            "Your code empties w and b where it should empty w.grad and b.grad. Started from zero it would even give the right "
            "line, because the piled-up gradients rebuild the weights; from any other start it forgets where it began.",
            PYTORCH,
        ),
        Misconception(
            "the weights zeroed instead of the gradients, after the update",
            zeroed_after_the_update,
            "Both come back as exactly zero: your code empties w and b where it should empty w.grad and b.grad.",
            PYTORCH,
        ),
        Misconception(
            "lr * b subtracted instead of lr times its gradient",
            minus_itself,
            "The new b does not depend on the data at all: it shrinks by lr times itself. Subtract lr times the gradient of b.",
            keys=("value",),
        ),
        Misconception(
            "b is updated with the already moved w",
            one_after_the_other,
            "The gradient of b is taken after w has moved, at a point where the gradient of w never was. Compute both "
            "gradients at the same point, then move both.",
            keys=("value",),
        ),
        Misconception("ascent", scaled_line(lambda x: -1), ASCENT_HINT, keys=("value",)),
        Misconception(
            "sum instead of mean",
            scaled_line(len),
            "The steps are too long by the number of examples: the loss is the mean of the squared errors, not their sum.",
            keys=("value",),
        ),
        Misconception(
            "half of the squared error",
            scaled_line(lambda x: 0.5),
            "The steps are half as long as they should be: the derivative of e squared is 2e. The loss here has no factor 1/2.",
            keys=("value",),
        ),
        Misconception(
            "(n, 1) minus (n,)",
            every_pair,
            "A column of predictions (n, 1) minus a row of targets (n,) broadcasts to (n, n): every prediction is compared "
            "with every target. Keep both at shape (n,).",
            keys=("value",),
        ),
        Misconception(
            "the bias is not trained",
            frozen_bias,
            "w moves and b does not. Give b its own gradient step.",
            keys=("value",),
        ),
        Misconception(
            "the update is thrown away",
            lambda x, y, w, b, lr, steps: (w, b),
            "w and b come back as they went in: an expression like `w - lr * dw` computes a new number and changes nothing. "
            "Store the result (in place, or with assign_sub).",
            keys=("value",),
        ),
        Misconception(
            "returned in the wrong order",
            lambda *arguments: fit_line(*arguments)[::-1],
            "The numbers are right, in the wrong order: return w first, then b.",
            keys=("value",),
        ),
        Misconception(
            "live graph returned", lambda *arguments: tuple(live(part) for part in fit_line(*arguments)), LIVE_HINT, PYTORCH
        ),
    ],
)


# train_linear_classifier --------------------------------------------------------------------------------------------

Parts = list[tuple[Array, Array]]


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def logits_gradient(logits: Array, y: Array) -> Array:
    """Derivative (batch, classes) of the mean cross-entropy by the logits: (softmax - one-hot) / batch."""
    return (softmax(logits) - np.eye(logits.shape[1])[y]) / len(y)


def in_order(x: Array, y: Array, batch_size: int) -> Parts:
    """Minibatches in the order of the data: in every case of this exercise the order makes no difference."""
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]


def train_linear_classifier(
    x: Array,
    y: Array,
    num_classes: int,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: Any,
    split: Callable[[Array, Array, int], Parts] = in_order,
    error: Callable[[Array, Array], Array] = logits_gradient,
) -> Pair:
    """Softmax regression from zero weights: w (features, classes) and b (classes,). Twins replace `split` or `error`."""
    w, b = np.zeros((x.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(epochs):
        for x_batch, y_batch in split(x, y, batch_size):
            d_logits = error(x_batch @ w + b, y_batch)
            w, b = w - lr * x_batch.T @ d_logits, b - lr * d_logits.sum(axis=0)
    return w, b


def classifier_cases(rng: Rng) -> list[Inputs]:
    def different(n: int, features: int, classes: int, present: int) -> Inputs:
        """Random rows; only the first `present` classes have examples, and each of them has one."""
        y = rng.permutation(np.concatenate([np.arange(present), rng.integers(0, present, n - present)]))
        return {"x": rng.normal(0, 1, (n, features)).astype(np.float32), "y": y.astype(np.int64), "num_classes": classes}

    def identical(n: int, features: int, classes: int) -> Inputs:
        """The same row n times: whatever the order, every minibatch of one size is the same."""
        row = array(rng, features)
        return {"x": np.tile(row, (n, 1)), "y": np.full(n, rng.integers(0, classes - 1)), "num_classes": classes}

    def run(lr: float, epochs: int, batch_size: int) -> Inputs:
        return {"lr": lr, "epochs": epochs, "batch_size": batch_size, "generator": Seed(int(rng.integers(1, 1000)))}

    return [
        different(6, 3, 4, 4) | run(0.5, 3, 6),
        identical(7, 2, 3) | run(0.4, 2, 3),
        different(4, 2, 3, 2) | run(0.3, 2, 10),
        identical(1, 4, 2) | run(0.5, 2, 1),
        identical(8, 3, 5) | run(0.25, 3, 6),
    ]


def classifier_with(**changes: Any) -> Callable[..., Pair]:
    """Twin that differs from the reference in how batches are made or in the gradient of the loss."""
    return lambda *arguments: train_linear_classifier(*arguments, **changes)


def accumulating_classifier(
    x: Array, y: Array, num_classes: int, lr: float, epochs: int, batch_size: int, generator: Any
) -> Pair:
    w, b = np.zeros((x.shape[1], num_classes)), np.zeros(num_classes)
    dw, db = 0.0, 0.0
    for _ in range(epochs):
        for x_batch, y_batch in in_order(x, y, batch_size):
            d_logits = logits_gradient(x_batch @ w + b, y_batch)
            dw, db = dw + x_batch.T @ d_logits, db + d_logits.sum(axis=0)
            w, b = w - lr * dw, b - lr * db
    return w, b


def classifier_one_after_the_other(
    x: Array, y: Array, num_classes: int, lr: float, epochs: int, batch_size: int, generator: Any
) -> Pair:
    w, b = np.zeros((x.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(epochs):
        for x_batch, y_batch in in_order(x, y, batch_size):
            w = w - lr * x_batch.T @ logits_gradient(x_batch @ w + b, y_batch)
            b = b - lr * logits_gradient(x_batch @ w + b, y_batch).sum(axis=0)
    return w, b


def without_bias(x: Array, y: Array, num_classes: int, *rest: Any) -> Pair:
    w, b = np.zeros((x.shape[1], num_classes)), np.zeros(num_classes)
    lr, epochs, batch_size, _ = rest
    for _ in range(epochs):
        for x_batch, y_batch in in_order(x, y, batch_size):
            w = w - lr * x_batch.T @ logits_gradient(x_batch @ w + b, y_batch)
    return w, b


def classifier_with_guessed_classes(x: Array, y: Array, num_classes: int, *rest: Any) -> Pair:
    return train_linear_classifier(x, y, int(y.max()) + 1, *rest)


def one_epoch(x: Array, y: Array, num_classes: int, lr: float, epochs: int, *rest: Any) -> Pair:
    return train_linear_classifier(x, y, num_classes, lr, min(epochs, 1), *rest)


def zeros(x: Array, y: Array, num_classes: int, *rest: Any) -> Pair:
    return np.zeros((x.shape[1], num_classes)), np.zeros(num_classes)


def softmax_twice(logits: Array, y: Array) -> Array:
    p = softmax(logits)
    d_p = logits_gradient(p, y)
    return p * (d_p - (d_p * p).sum(axis=1, keepdims=True))


def share_of_batch(x: Array, y: Array, num_classes: int, lr: float, epochs: int, batch_size: int, generator: Any) -> Pair:
    def error(logits: Array, labels: Array) -> Array:
        return logits_gradient(logits, labels) * len(labels) / batch_size

    return train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator, error=error)


TRAIN_LINEAR_CLASSIFIER = Exercise(
    name="train_linear_classifier",
    points=4,
    reference=train_linear_classifier,
    cases=classifier_cases,
    options={"detached": True},
    tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    misconceptions=[
        Misconception(
            "gradients accumulate over steps",
            accumulating_classifier,
            "Only the first update is right: backward() adds to w.grad and b.grad. Set both back to zero after every "
            "minibatch.",
            PYTORCH,
        ),
        Misconception(
            "the weights zeroed instead of the gradients",
            zeros,
            "w and b come back as zeros. What is emptied after an update must be the gradients, w.grad.zero_(), not the "
            "weights. (If you empty nothing: is the result of the update stored at all?)",
            PYTORCH,
        ),
        Misconception(
            "the update is thrown away",
            zeros,
            "w and b come back as zeros: an expression like `w - lr * dw` changes nothing. Store the result: "
            "w.assign_sub(...).",
            TENSORFLOW,
        ),
        Misconception(
            "class count guessed from the data",
            classifier_with_guessed_classes,
            "The largest label need not be in this sample. Take the number of classes from num_classes.",
            keys=("value",),
        ),
        Misconception(
            "the batches are used up after the first epoch",
            one_epoch,
            "Only one epoch was trained. `batches` gives its minibatches once; call it again at the start of every epoch.",
            keys=("value",),
        ),
        Misconception(
            "one update for each epoch",
            classifier_with(split=lambda x, y, batch_size: [(x, y)]),
            "There is one update for each epoch, with all examples together. Update after every minibatch of batch_size.",
            keys=("value",),
        ),
        Misconception(
            "last partial batch dropped",
            classifier_with(split=lambda x, y, batch_size: in_order(x, y, batch_size)[: len(x) // batch_size]),
            "The last minibatch of an epoch may be smaller; its examples count too.",
            keys=("value",),
        ),
        Misconception(
            "sum instead of mean",
            classifier_with(error=lambda logits, y: logits_gradient(logits, y) * len(y)),
            "The steps are too long by the number of examples in the minibatch: take the mean of their losses, not the sum.",
            keys=("value",),
        ),
        Misconception(
            "partial batch averaged over batch_size",
            share_of_batch,
            "The last, smaller minibatch is divided by batch_size: divide by the number of examples that it really has.",
            keys=("value",),
        ),
        Misconception(
            "averaged over the classes too",
            classifier_with(error=lambda logits, y: logits_gradient(logits, y) / logits.shape[1]),
            "The steps are too short by the number of classes: the loss of an example is one number, the sum over its classes, "
            "and the mean goes over the examples only.",
            keys=("value",),
        ),
        Misconception(
            "softmax applied twice",
            classifier_with(error=softmax_twice),
            "Your loss takes logits and applies the softmax itself. Give it the logits as they are.",
            keys=("value",),
        ),
        Misconception(
            "b is updated with the already moved w",
            classifier_one_after_the_other,
            "The gradient of b is taken after w has moved. Compute both gradients from one forward pass, then move both.",
            keys=("value",),
        ),
        Misconception(
            "ascent",
            classifier_with(error=lambda logits, y: -logits_gradient(logits, y)),
            ASCENT_HINT,
            keys=("value",),
        ),
        Misconception("the bias is not trained", without_bias, "w moves and b does not. Update both.", keys=("value",)),
        Misconception(
            "live graph returned",
            lambda *arguments: tuple(live(part) for part in train_linear_classifier(*arguments)),
            LIVE_HINT,
            PYTORCH,
        ),
    ],
)


# stop_gradient_branch -----------------------------------------------------------------------------------------------


def stop_gradient_branch(f: Map, g: Map, x: Array) -> Array:
    return slope(f, x) * g(x)


def stop_gradient_cases(rng: Rng) -> list[Inputs]:
    return [
        {"f": curve(rng, "wave"), "g": curve(rng, "saturation"), "x": array(rng, 5)},
        {"f": curve(rng, "saturation"), "g": curve(rng, "bump"), "x": array(rng, 2, 3)},
        {"f": curve(rng, "bump"), "g": curve(rng, "polynomial"), "x": array(rng, 1)},
        {"f": curve(rng, "polynomial"), "g": curve(rng, "wave"), "x": array(rng)},
    ]


STOP_GRADIENT_BRANCH = Exercise(
    name="stop_gradient_branch",
    points=2,
    reference=stop_gradient_branch,
    cases=stop_gradient_cases,
    options={"detached": True},
    tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    misconceptions=[
        Misconception("gradients accumulate over calls", piling_up(stop_gradient_branch), CALLS_HINT, PYTORCH, stateful=True),
        Misconception("the tensor is not watched", lambda f, g, x: None, NONE_HINT, TENSORFLOW),
        Misconception("live graph returned", lambda f, g, x: live(stop_gradient_branch(f, g, x)), LIVE_HINT, PYTORCH),
        Misconception(
            "nothing is stopped",
            lambda f, g, x: slope(f, x) * g(x) + f(x) * slope(g, x),
            "This is the derivative of the whole product, f'g + fg'. The second term should be gone: cut g(x) out of the "
            "graph.",
            keys=("value",),
        ),
        Misconception(
            "the wrong branch is stopped",
            lambda f, g, x: f(x) * slope(g, x),
            "This is f(x) g'(x): you stopped f. Stop g, so that f'(x) g(x) is left.",
            keys=("value",),
        ),
        Misconception(
            "the stopped branch is left out",
            lambda f, g, x: slope(f, x),
            "This is f'(x) alone. A stopped branch has no gradient, but its value is still there: it multiplies f'(x) like a "
            "constant.",
            keys=("value",),
        ),
        Misconception(
            "the function's value instead of its derivative",
            lambda f, g, x: f(x) * g(x),
            "This is the product f(x) g(x) itself. Return its derivative with respect to x.",
            keys=("value",),
        ),
        Misconception(
            "mean instead of sum",
            lambda f, g, x: stop_gradient_branch(f, g, x) / np.size(x),
            "Every derivative is too small by the number of elements: differentiate the sum of the products, not their mean.",
            keys=("value",),
        ),
    ],
)


EXERCISES = [DERIVATIVE, NUMERICAL_GRADIENT, GRADIENT_DESCENT, FIT_LINE, TRAIN_LINEAR_CLASSIFIER, STOP_GRADIENT_BRANCH]
