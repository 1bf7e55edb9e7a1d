"""Exercises of 08-training-tricks: references in slow clear NumPy, the cases, and what students get wrong.

A reference is a small class whose methods are the decisions in it; a wrong twin replaces the one that students get wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.frameworks.numpy import constant, live
from course.recipes import Seed, Trainable

Array = np.ndarray
TORCH = ("pytorch",)


def twin(parent: type, **methods: Callable[..., Any]) -> Any:
    """An instance of the parent in which some methods are wrong."""
    return type(f"Wrong{parent.__name__}", (parent,), methods)()


def normal(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    return rng.normal(0, scale, shape).astype(np.float32)


# xavier


class Xavier:
    """Weights (fan_in, fan_out), uniform around 0 with variance 2 / (fan_in + fan_out)."""

    def __call__(self, fan_in: int, fan_out: int, generator: np.random.Generator) -> Array:
        return self.draw(self.bound(fan_in, fan_out), self.shape(fan_in, fan_out), generator)

    def shape(self, i: int, o: int) -> tuple[int, int]:
        return i, o

    def bound(self, i: int, o: int) -> float:
        return np.sqrt(3) * self.deviation(i, o)

    def deviation(self, i: int, o: int) -> float:
        return np.sqrt(2 / (i + o))

    def draw(self, bound: float, shape: tuple[int, int], rng: np.random.Generator) -> Array:
        return rng.uniform(-bound, bound, shape)


def xavier_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    # At least 4,000 numbers, so that the band can be narrow. Each mistake of the scale has its own pattern over the three.
    shapes = [(50, 100), (2, 2000), (20_000, 3)]
    return [{"fan_in": i, "fan_out": o, "generator": Seed(int(rng.integers(2**31)))} for i, o in shapes]


XAVIER = Exercise(
    name="xavier",
    points=2,
    reference=Xavier(),
    cases=xavier_cases,
    probe="random_table",
    # The deviation of n normal numbers is within 1 / sqrt(2 n) of the true one, of uniform ones within less; 0.07 is six
    # times that for 4,000. The coarse bands hold for every right answer a fortiori, and part what lies below the first.
    bands={"spread": (0.93, 1.07), "coarse spread": (0.64, 1.5), "coarser spread": (0.45, 2.0), "mean": (0.0, 5.5)},
    misconceptions=[
        Misconception(
            "fan_in and fan_out swapped",
            twin(Xavier, shape=lambda self, i, o: (o, i)),
            "A layer computes x @ w with x (batch, fan_in), so w has the shape (fan_in, fan_out).",
        ),
        Misconception(
            "only positive weights",
            twin(Xavier, draw=lambda self, bound, shape, rng: rng.uniform(0, bound, shape)),
            "`rand` and `uniform` give numbers from 0 upwards. Weights lie around 0: from -bound to bound.",
        ),
        Misconception(
            "uniform bound without sqrt(3)",
            twin(Xavier, bound=lambda self, i, o: self.deviation(i, o)),
            "Uniform numbers between -a and a have the standard deviation a / sqrt(3), so the bound is sqrt(3) times the "
            "deviation you want: sqrt(6 / (fan_in + fan_out)).",
        ),
        Misconception(
            "the uniform bound as the deviation of normal numbers",
            twin(Xavier, deviation=lambda self, i, o: np.sqrt(6 / (i + o))),
            "sqrt(6 / (fan_in + fan_out)) is the bound of uniform numbers. Normal ones are multiplied by their standard "
            "deviation, sqrt(2 / (fan_in + fan_out)).",
        ),
        Misconception(
            "He instead of Xavier",
            twin(Xavier, deviation=lambda self, i, o: np.sqrt(2 / i)),
            "2 / fan_in is He's variance, made for ReLU. Xavier's rule takes both directions: 2 / (fan_in + fan_out).",
        ),
        Misconception(
            "1 / fan_in instead of 2 / (fan_in + fan_out)",
            twin(Xavier, deviation=lambda self, i, o: np.sqrt(1 / i)),
            "1 / fan_in keeps the size on the way forward only. The mean of fan_in and fan_out also thinks of the way back.",
        ),
        Misconception(
            "fan_out only",
            twin(Xavier, deviation=lambda self, i, o: np.sqrt(2 / o)),
            "fan_out alone thinks of the gradients on the way back only: the variance is 2 / (fan_in + fan_out).",
        ),
        Misconception(
            "factor 2 forgotten",
            twin(Xavier, deviation=lambda self, i, o: np.sqrt(1 / (i + o))),
            "The compromise is one over the *mean* of the two numbers, and that is 2 / (fan_in + fan_out).",
        ),
        Misconception(
            "variance used as standard deviation",
            twin(Xavier, deviation=lambda self, i, o: 2 / (i + o)),
            "2 / (fan_in + fan_out) is the variance. Random numbers are multiplied by the standard deviation, its square root.",
        ),
        Misconception(
            "standard deviation 1 for every layer",
            twin(Xavier, deviation=lambda self, i, o: 1.0),
            "With many inputs the sums grow: the deviation is sqrt(2 / (fan_in + fan_out)).",
        ),
        Misconception(
            "the same small scale for every layer",
            twin(Xavier, deviation=lambda self, i, o: 0.01),
            "A fixed factor such as 0.01 suits one width only, and every other one vanishes or explodes.",
        ),
        Misconception(
            "the global random state",
            twin(Xavier, draw=lambda self, bound, shape, rng: np.random.uniform(-bound, bound, shape)),  # noqa: NPY002
            "Draw from `generator`; otherwise the same seed does not give the same network again.",
        ),
        Misconception(
            "seeded inside",
            twin(Xavier, draw=lambda self, bound, shape, rng: np.random.default_rng(0).uniform(-bound, bound, shape)),
            "A function that sets its own seed gives all layers of one shape the same weights. Draw from `generator`.",
        ),
    ],
)


# dropout


class Dropout:
    """Each number of x becomes 0 with probability p in training, the others grow by 1 / (1 - p); else x as it is."""

    def __call__(self, x: Array, p: float, training: bool, generator: np.random.Generator) -> Array:
        if not self.active(training):
            return self.used(x, p)
        return self.dropped(x, self.mask(x.shape, p, generator), p)

    def active(self, training: bool) -> bool:
        return training

    def used(self, x: Array, p: float) -> Array:
        return x

    def mask(self, shape: tuple[int, ...], p: float, rng: np.random.Generator) -> Array:
        return rng.random(shape) >= p

    def dropped(self, x: Array, mask: Array, p: float) -> Array:
        return x * mask * self.factor(mask, p)

    def factor(self, mask: Array, p: float) -> float:
        return 1 / (1 - p)


class DropoutInPlace(Dropout):
    def dropped(self, x, mask, p):
        x *= mask
        x /= 1 - p
        return x


def dropout_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    for shape, p in (((5, 7), 0.2), ((1, 9), 0.7), ((4, 3, 6), 0.5), ((8, 3), 0.1)):
        x = rng.uniform(0.2, 2, shape) * rng.choice([-1, 1], shape)  # no zeros: what is 0 afterwards was dropped
        cases.append({"x": x.astype(np.float32), "p": p, "generator": Seed(int(rng.integers(2**31)))})
    return cases


DROPOUT = Exercise(
    name="dropout",
    points=2,
    reference=Dropout(),
    cases=dropout_cases,
    probe="dropping",
    bands={"kept": (-5.5, 5.5)},  # standard errors: one right answer in thirty million lies outside
    misconceptions=[
        Misconception(
            "x changed in place",
            DropoutInPlace(),
            "`x *= mask` changes the caller's tensor, which other layers and the gradient still need. Make a new one.",
            tracks=TORCH,
        ),
        Misconception(
            "p as the probability to keep",
            twin(Dropout, mask=lambda self, shape, p, rng: rng.random(shape) < p),
            "p is the probability to be *dropped*, as in PyTorch and Keras: a number is kept where the draw is p or more. "
            "(Old TensorFlow programs pass `keep_prob`, the opposite.)",
            keys=("kept", "own mask"),
        ),
        Misconception(
            "scaled in evaluation instead of training",
            twin(Dropout, factor=lambda self, mask, p: 1, used=lambda self, x, p: x * (1 - p)),
            "That is dropout as it was first published. Today the work is done in training: divide by 1 - p there, and leave x "
            "as it is in evaluation.",
        ),
        Misconception(
            "active in evaluation",
            twin(Dropout, active=lambda self, training: True),
            "When the network is used, all neurons take part: return x as it is unless `training` is true.",
        ),
        Misconception(
            "active in evaluation, and no 1 / (1 - p)",
            twin(Dropout, active=lambda self, training: True, factor=lambda self, mask, p: 1),
            "Two things: return x as it is unless `training` is true, and in training divide what is kept by 1 - p.",
        ),
        Misconception(
            "scaled in evaluation as well",
            twin(Dropout, used=lambda self, x, p: x / (1 - p)),
            "The factor makes up for the neurons that are missing. In evaluation none is missing: return x as it is.",
        ),
        Misconception(
            "training and evaluation exchanged",
            twin(Dropout, active=lambda self, training: not training),
            "`if training:` is the branch that drops.",
        ),
        Misconception(
            "no 1 / (1 - p)",
            twin(Dropout, factor=lambda self, mask, p: 1),
            "The next layer adds up fewer numbers in training than in evaluation. To make up for it, divide by 1 - p.",
        ),
        Misconception(
            "multiplied by 1 - p",
            twin(Dropout, factor=lambda self, mask, p: 1 - p),
            "What is kept has to become larger, to make up for what is missing: divide by 1 - p.",
        ),
        Misconception(
            "divided by p",
            twin(Dropout, factor=lambda self, mask, p: 1 / p),
            "The share that remains is 1 - p: divide by that. With p = 0.5 you would not notice.",
        ),
        Misconception(
            "divided by the share that happened to be kept",
            twin(Dropout, factor=lambda self, mask, p: 1 / max(mask.mean(), 1e-9)),
            "Divide by 1 - p, a fixed number. With the share of the draw, each neuron's value depends on what became of the "
            "others, and if all are dropped it is 0 / 0.",
            keys=("one factor", "own mask", "kept"),
        ),
        Misconception(
            "one mask for the whole batch",
            twin(Dropout, mask=lambda self, shape, p, rng: np.broadcast_to(rng.random(shape[1:]) >= p, shape)),
            "Draw a number for every entry of x, so that each example loses its own neurons: the mask has the shape of x.",
            keys=("own mask", "one factor", "in evaluation"),
        ),
        Misconception(
            "the global random state",
            twin(Dropout, mask=lambda self, shape, p, rng: np.random.random(shape) >= p),  # noqa: NPY002
            "Draw the mask from `generator`, so that a run can be repeated.",
        ),
        Misconception(
            "seeded inside",
            twin(Dropout, mask=lambda self, shape, p, rng: np.random.default_rng(0).random(shape) >= p),
            "With a seed of its own, dropout removes the same neurons in every step, and they never learn anything.",
            keys=("new", "one factor", "in evaluation"),
        ),
    ],
)


# batch_norm


class BatchNorm:
    """gamma * (x - mean) / sqrt(var + eps) + beta, by the batch's statistics in training and the running ones else."""

    def __call__(self, x: Array, state: dict[str, Any], training: bool) -> Array:
        batch = self.center(x), self.variance(x)
        used = self.statistics(batch, (state["mean"], state["var"]), training)
        if self.updates(training):
            self.update(state, batch[0], self.kept_variance(x))
        return self.shifted(self.scaled(x, *used, state["eps"]), state["gamma"], state["beta"])

    def center(self, x: Array) -> Array:
        return x.mean(axis=0)

    def variance(self, x: Array) -> Array:
        return x.var(axis=0)

    def kept_variance(self, x: Array) -> Array:
        return self.variance(x)

    def statistics(self, batch: tuple, running: tuple, training: bool) -> tuple:
        return batch if training else running

    def updates(self, training: bool) -> bool:
        return training

    def update(self, state: dict[str, Any], mean: Array, var: Array) -> None:
        keep = self.keep(state["keep"])
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var

    def keep(self, keep: float) -> float:
        return keep

    def scaled(self, x: Array, mean: Array, var: Array, eps: float) -> Array:
        return (x - mean) / np.sqrt(var + eps)

    def shifted(self, z: Array, gamma: Array, beta: Array) -> Array:
        return gamma * z + beta


class BatchNormLive(BatchNorm):
    def update(self, state, mean, var):
        super().update(state, mean, var)
        state["mean"], state["var"] = live(state["mean"]), live(state["var"])


def unbiased(x: Array) -> Array:
    return x.var(axis=0, ddof=1) if len(x) > 1 else np.full(x.shape[1], np.nan)


class BatchNormUpdatedFirst(BatchNorm):
    """Normalises by the running statistics, in training as well, after their update."""

    def __call__(self, x, state, training):
        if training:
            self.update(state, self.center(x), self.variance(x))
        return self.shifted(self.scaled(x, state["mean"], state["var"], state["eps"]), state["gamma"], state["beta"])


def batch_norm_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    # Batches of one size within a case: statistics over the wrong axis then give wrong numbers and no error.
    for batch, features, keep, eps, training in (
        (5, 3, 0.9, 0.001, (True, True, False, True, False)),
        (4, 6, 0.75, 0.1, (True, False, True)),
        (6, 2, 0.6, 0.01, (False, True, True, False)),
    ):
        center, scale = rng.normal(0, 3, features), rng.uniform(0.3, 2, features)
        x = [(center + scale * rng.normal(0, 1, (batch, features))).astype(np.float32) for _ in training]
        if batch == 5:
            for table in x:
                table[:, 1] = 0.5  # a neuron that says the same to every example has the variance 0
        single = [(center + scale).astype(np.float32)[None]]  # one example, in evaluation
        state = {
            "gamma": Trainable(rng.uniform(0.5, 2, features).astype(np.float32)),
            "beta": Trainable(normal(rng, features)),
            "mean": normal(rng, features),
            "var": rng.uniform(0.5, 2, features).astype(np.float32),
            "keep": keep,
            "eps": eps,
        }
        cases.append({"x": x + single, "state": state, "training": [*training, False]})
    return cases


BATCH_NORM = Exercise(
    name="batch_norm",
    points=4,
    reference=BatchNorm(),
    cases=batch_norm_cases,
    probe="normalisation",
    tolerance=Tolerance(rtol=2e-5, atol=1e-5),
    misconceptions=[
        Misconception(
            "batch statistics in evaluation",
            twin(BatchNorm, statistics=lambda self, batch, running, training: batch),
            "In evaluation an answer may not depend on the other examples of the batch: use state['mean'] and state['var'].",
        ),
        Misconception(
            "the updated running statistics used in training",
            BatchNormUpdatedFirst(),
            "In training x is normalised by the statistics of its own batch. The running ones are only for evaluation.",
        ),
        Misconception(
            "running statistics used in training",
            twin(BatchNorm, statistics=lambda self, batch, running, training: running),
            "In training x is normalised by the statistics of its own batch. The running ones are only for evaluation.",
        ),
        Misconception(
            "keep and momentum confused",
            twin(BatchNorm, keep=lambda self, keep: 1 - keep),
            "`keep` is the share of the *old* value, which Keras calls momentum. PyTorch's momentum is the share of the new "
            "one, so 0.9 here is 0.1 there.",
        ),
        Misconception(
            "running statistics not updated",
            twin(BatchNorm, updates=lambda self, training: False),
            "In training, put new values into state['mean'] and state['var']: evaluation lives on them.",
        ),
        Misconception(
            "running statistics updated in evaluation",
            twin(BatchNorm, updates=lambda self, training: True),
            "Evaluation only looks. If it changes the statistics, the model drifts towards whatever it is shown.",
        ),
        Misconception(
            "running statistics replaced by those of the last batch",
            twin(BatchNorm, keep=lambda self, keep: 0.0),
            "One batch is a small sample. Mix: keep * old + (1 - keep) * new.",
        ),
        Misconception(
            "unbiased variance",
            twin(BatchNorm, variance=lambda self, x: unbiased(x)),
            "Divide the sum of squares by the batch size. `torch.var` divides by one less unless you say `correction=0`.",
        ),
        Misconception(
            "unbiased variance in the running statistics",
            twin(BatchNorm, kept_variance=lambda self, x: unbiased(x)),
            "PyTorch's layer keeps the unbiased variance although it normalises by the biased one; Keras keeps the biased one. "
            "Here it is the biased one, as the task says.",
        ),
        Misconception(
            "standard deviation in place of the variance",
            twin(BatchNorm, kept_variance=lambda self, x: np.sqrt(x.var(axis=0))),
            "state['var'] holds the variance; the root is taken where it is used.",
        ),
        Misconception(
            "eps outside the root",
            twin(BatchNorm, scaled=lambda self, x, mean, var, eps: (x - mean) / (np.sqrt(var) + eps)),
            "eps belongs under the root: sqrt(var + eps).",
        ),
        Misconception(
            "eps forgotten",
            twin(BatchNorm, scaled=lambda self, x, mean, var, eps: (x - mean) / np.sqrt(var)),
            "A neuron that is the same for the whole batch has the variance 0, and 0 / 0 is NaN: sqrt(var + eps).",
        ),
        Misconception(
            "divided by the variance",
            twin(BatchNorm, scaled=lambda self, x, mean, var, eps: (x - mean) / (var + eps)),
            "Divide by the standard deviation: take the root of var + eps.",
        ),
        Misconception(
            "normalised over the features",
            twin(
                BatchNorm,
                center=lambda self, x: x.mean(axis=1, keepdims=True),
                variance=lambda self, x: x.var(axis=1, keepdims=True),
            ),
            "Each neuron (column) gets its mean over the batch, axis 0. Over the features it is called layer norm.",
        ),
        Misconception(
            "gamma and beta forgotten",
            twin(BatchNorm, shifted=lambda self, z, gamma, beta: z),
            "Afterwards comes gamma * z + beta: the network learns which scale and centre it wants.",
        ),
        Misconception(
            "no gradient through the layer",
            twin(BatchNorm, shifted=lambda self, z, gamma, beta: constant(gamma * z + beta)),
            "The layers before this one learn through it: only the running statistics belong under `torch.no_grad()`.",
            tracks=TORCH,
        ),
        Misconception(
            "running statistics keep the graph",
            BatchNormLive(),
            "The running statistics are no part of the loss. Update them under `torch.no_grad()` or from `.detach()`ed values, "
            "or every step drags along the graphs of all steps before it.",
            tracks=TORCH,
        ),
    ],
)


# adam_step


class Adam:
    """One step of Adam on all parameters, in place; beta 0.9 and 0.999, eps 1e-8."""

    first, second, eps = 0.9, 0.999, 1e-8

    def __call__(self, params: list[Array], grads: list[Array], state: dict[str, Any], lr: float) -> None:
        self.count(state)
        for i, (w, g) in enumerate(zip(params, grads, strict=True)):
            self.seen(state)
            m = self.first * state["m"][i] + (1 - self.first) * g
            v = self.second * state["v"][i] + (1 - self.second) * self.square(g)
            t = self.time(state)
            m_hat, v_hat = self.corrected(m, self.first, t), self.corrected(v, self.second, t)
            self.store(state, i, (m, v), (m_hat, v_hat))
            self.move(w, lr * self.direction(m_hat, v_hat, t))

    def count(self, state: dict[str, Any]) -> None:
        state["step"] += 1

    def seen(self, state: dict[str, Any]) -> None:
        pass

    def time(self, state: dict[str, Any]) -> int:
        return state["step"]

    def square(self, g: Array) -> Array:
        return g * g

    def corrected(self, moment: Array, beta: float, t: int) -> Array:
        return moment / moment.dtype.type(1 - beta**t)

    def store(self, state: dict[str, Any], i: int, raw: tuple, corrected: tuple) -> None:
        state["m"][i], state["v"][i] = raw

    def direction(self, m: Array, v: Array, t: int) -> Array:
        return m / (np.sqrt(v) + self.eps)

    def move(self, w: Array, step: Array) -> None:
        w -= step


class AdamCountsEach(Adam):
    def count(self, state):
        pass

    def seen(self, state):
        state["step"] += 1


class AdamStoresCorrected(Adam):
    def store(self, state, i, raw, corrected):
        state["m"][i], state["v"][i] = corrected


class AdamExchanged(Adam):
    first, second = 0.999, 0.9


def adam_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    # Gradients from ordinary to tiny: where eps stands shows only among the tiny ones. Zeros: no 0 / 0.
    for shapes, sizes, lr in ((((3, 2), (2,)), (1.0, 1.0, 1.0, 1.0), 0.1), (((4,), (2, 3), (3,)), (2.0, 0.01, 1e-5), 0.05)):
        params = [normal(rng, *shape) for shape in shapes]
        grads = [[normal(rng, *shape, scale=size) for shape in shapes] for size in sizes]
        zeros = [np.zeros(shape, np.float32) for shape in shapes]
        cases.append({"params": Trainable(params), "grads": grads, "state": adam_state(zeros), "lr": lr})
    params, tiny = [normal(rng, 5)], np.array([1e-3, -1e-4, 1e-5, 1e-6, 0], np.float32)
    zeros = [np.zeros(5, np.float32)]
    cases.append({"params": Trainable(params), "grads": [[tiny], [-tiny], [3 * tiny]], "state": adam_state(zeros), "lr": 0.05})
    return cases


def adam_state(zeros: list[Array]) -> dict[str, Any]:
    return {"step": 0, "m": zeros, "v": [np.array(zero) for zero in zeros]}


ADAM_STEP = Exercise(
    name="adam_step",
    points=3,
    reference=Adam(),
    cases=adam_cases,
    probe="updates",
    tolerance=Tolerance(rtol=2e-5, atol=1e-5),
    misconceptions=[
        Misconception(
            "no bias correction",
            twin(Adam, corrected=lambda self, moment, beta, t: moment),
            "m and v begin at 0 and stay too small at first: divide them by 1 - 0.9**t and 1 - 0.999**t.",
        ),
        Misconception(
            "only m corrected",
            twin(
                Adam,
                corrected=lambda self, moment, beta, t: (
                    moment if beta == self.second else Adam.corrected(self, moment, beta, t)
                ),
            ),
            "v begins at 0 as well, and is corrected even more: divide it by 1 - 0.999**t before the root is taken.",
        ),
        Misconception(
            "v corrected outside the root",
            twin(Adam, direction=lambda self, m, v, t: m / (np.sqrt(v) / np.sqrt(1 - self.second**t) + self.eps)),
            "Correct v first and take the root of v_hat. sqrt(v) / (1 - 0.999**t) divides by too little: the first steps are "
            "thirty times too short.",
        ),
        Misconception(
            "step counter starting at 0",
            twin(Adam, count=lambda self, state: None, time=lambda self, state: 0),
            "In the first step t is 1. With t = 0 the correction divides by 1 - 0.9**0 = 0: raise state['step'] first.",
        ),
        Misconception(
            "step counter not raised",
            twin(Adam, count=lambda self, state: None, time=lambda self, state: 1),
            "Every step is corrected as if it were the first: write the new count back to state['step'], and take 0.9 and "
            "0.999 to the power of it.",
        ),
        Misconception(
            "a step counted for every parameter",
            AdamCountsEach(),
            "state['step'] counts calls. Raise it once, before the loop over the parameters.",
        ),
        Misconception(
            "m and v not stored",
            twin(Adam, store=lambda self, state, i, raw, corrected: None),
            "The averages run over all steps: write the new m and v back into `state`.",
        ),
        Misconception(
            "corrected m and v stored",
            AdamStoresCorrected(),
            "Store m and v as they are. The correction is only for this step; stored, it would be applied again and again.",
        ),
        Misconception(
            "eps under the root",
            twin(Adam, direction=lambda self, m, v, t: m / np.sqrt(v + self.eps)),
            "Adam adds eps after the root: sqrt(v_hat) + eps. Under the root, 1e-8 acts like 1e-4.",
        ),
        Misconception(
            "eps added before the correction",
            twin(Adam, direction=lambda self, m, v, t: m / (np.sqrt(v) + self.eps / np.sqrt(1 - self.second**t))),
            "Correct v first, then add eps to its root. Keras's Adam does it as you did; for tiny gradients the steps differ.",
        ),
        Misconception(
            "eps forgotten",
            twin(Adam, direction=lambda self, m, v, t: m / np.sqrt(v)),
            "A parameter that has never had a gradient has v = 0, and 0 / 0 is NaN: add eps to the root.",
        ),
        Misconception(
            "the root forgotten",
            twin(Adam, direction=lambda self, m, v, t: m / (v + self.eps)),
            "v is a mean of *squares*. Its root has the size of a gradient, and that is what m is divided by.",
        ),
        Misconception(
            "one norm for the whole tensor",
            twin(Adam, square=lambda self, g: np.full_like(g, (g * g).sum())),
            "Dividing by the norm of the gradient is a normalised gradient: all numbers of a tensor share one scale. Adagrad, "
            "RMSProp and Adam square element by element, so that each number has its own.",
        ),
        Misconception(
            "betas exchanged",
            AdamExchanged(),
            "0.9 belongs to m, the mean of the gradients, and 0.999 to v, the mean of their squares.",
        ),
        Misconception(
            "parameters never change",
            twin(Adam, move=lambda self, w, step: None),
            "`w = w - ...` gives the name w to a new tensor, and params[i] = ... the list's place: change the tensor itself.",
        ),
        Misconception(
            "a step up instead of down",
            twin(Adam, move=lambda self, w, step: Adam.move(self, w, -step)),
            "The gradient points to where the loss grows: subtract.",
        ),
    ],
)


# clip_by_global_norm


class Clip:
    """All gradients times limit / norm if the norm over all of them is above the limit; else as they are."""

    def __call__(self, grads: list[Array], limit: float) -> list[Array]:
        norm = self.norm(grads)
        return self.result(grads, norm, limit)

    def norm(self, grads: list[Array]) -> float:
        return np.sqrt(sum((g * g).sum() for g in grads))

    def result(self, grads: list[Array], norm: float, limit: float) -> list[Array]:
        return [g * self.factor(norm, limit) for g in grads]

    def factor(self, norm: float, limit: float) -> float:
        return limit / norm if norm > limit else 1.0


class ClipEach(Clip):
    def __call__(self, grads, limit):
        return [super(ClipEach, self).__call__([g], limit)[0] for g in grads]


class ClipInPlace(Clip):
    def result(self, grads, norm, limit):
        for g in grads:
            g *= g.dtype.type(self.factor(norm, limit))
        return grads


def clip_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    def tensors(*norms: float) -> list[Array]:
        shapes = [(3, 4), (4,), (4, 2), (2,)]
        raw = [rng.normal(0, 1, shape) for shape in shapes[: len(norms)]]
        return [(norm * g / np.sqrt((g * g).sum())).astype(np.float32) for norm, g in zip(norms, raw, strict=True)]

    zeros = [np.zeros((2, 3), np.float32), np.zeros(3, np.float32)]
    return [
        {"grads": tensors(3.0, 0.5, 4.0), "limit": 2.0},  # 5.02: two above, one below the limit on its own
        {"grads": tensors(0.6, 0.7), "limit": 1.0},  # 0.92 although the norms add up to 1.3: nothing to do
        {"grads": tensors(0.3, 0.2, 0.4, 0.1), "limit": 0.5},  # 0.55, and no tensor is above the limit on its own
        {"grads": tensors(0.2, 0.1), "limit": 5.0},
        {"grads": tensors(1500.0, 20.0), "limit": 0.25},
        {"grads": tensors(7.0), "limit": 3.0},
        {"grads": zeros, "limit": 1.0},
    ]


CLIP_BY_GLOBAL_NORM = Exercise(
    name="clip_by_global_norm",
    points=2,
    reference=Clip(),
    cases=clip_cases,
    tolerance=Tolerance(rtol=3e-5, atol=1e-6),
    misconceptions=[
        Misconception(
            "gradients changed in place",
            ClipInPlace(),
            "Return a list of new tensors, and leave those that you were given as they are.",
            tracks=TORCH,
        ),
        Misconception(
            "each tensor clipped alone",
            ClipEach(),
            "Clipped one by one, the tensors shrink by different factors, and the step changes its direction. Use one norm "
            "over all of them, and one factor.",
        ),
        Misconception(
            "each number clipped",
            lambda grads, limit: [np.clip(g, -limit, limit) for g in grads],
            "Cutting single numbers at the limit turns the step into another direction. Multiply everything by one factor.",
        ),
        Misconception(
            "always rescaled",
            twin(Clip, factor=lambda self, norm, limit: limit / norm),
            "A short gradient stays as it is; with limit / norm it would be made longer. Rescale only where norm > limit.",
        ),
        Misconception(
            "always rescaled, and saved from 0 / 0",
            twin(Clip, factor=lambda self, norm, limit: limit / (norm + 1e-6)),
            "A short gradient stays as it is; with limit / norm it would be made longer. Rescale only where norm > limit.",
        ),
        Misconception(
            "limit forgotten",
            twin(Clip, factor=lambda self, norm, limit: 1 / norm if norm > limit else 1.0),
            "After division by its norm the gradient has the length 1. It should have the length `limit`: limit / norm.",
        ),
        Misconception(
            "sum of the norms",
            twin(Clip, norm=lambda self, grads: sum(np.sqrt((g * g).sum()) for g in grads)),
            "Norms do not add up: (3, 4) has the norm 5, not 7. Add the squares of all numbers, and take the root once.",
        ),
        Misconception(
            "largest of the norms",
            twin(Clip, norm=lambda self, grads: max(np.sqrt((g * g).sum()) for g in grads)),
            "The norm goes over the numbers of all tensors together: add their squares, and take the root once.",
        ),
        Misconception(
            "square of the norm",
            twin(Clip, norm=lambda self, grads: sum((g * g).sum() for g in grads)),
            "Take the root of the sum of squares.",
        ),
        Misconception(
            "sum of the magnitudes",
            twin(Clip, norm=lambda self, grads: sum(np.abs(g).sum() for g in grads)),
            "The norm here is the Euclidean one: the root of the sum of squares.",
        ),
        Misconception(
            "clipped to zero",
            twin(Clip, factor=lambda self, norm, limit: 0.0 if norm > limit else 1.0),
            "A long gradient still says where to go. Shorten it to the limit.",
        ),
    ],
)


# weight_decay_step


class Decay:
    """Gradient descent with momentum 0.9 and decoupled weight decay of the w, not of the b; in place."""

    def __call__(self, params: list, grads: list, velocity: list, lr: float, decay: float) -> None:
        for i, (pair, slopes) in enumerate(zip(params, grads, strict=True)):
            for j, (p, g) in enumerate(zip(pair, slopes, strict=True)):
                rate = decay if self.decays(j) else 0.0
                v = self.faster(velocity[i][j], self.slope(g, p, rate))
                self.store(velocity, i, j, v)
                self.move(p, v, lr, rate)

    def decays(self, j: int) -> bool:
        return j == 0

    def slope(self, g: Array, p: Array, rate: float) -> Array:
        return g

    def faster(self, old: Array, g: Array) -> Array:
        return 0.9 * old + g

    def store(self, velocity: list, i: int, j: int, v: Array) -> None:
        velocity[i][j] = v

    def move(self, p: Array, v: Array, lr: float, rate: float) -> None:
        p -= lr * v + self.shrink(p, lr, rate)

    def shrink(self, p: Array, lr: float, rate: float) -> Array:
        return lr * rate * p


class DecayAfterwards(Decay):
    def move(self, p, v, lr, rate):
        p -= lr * v
        p -= lr * rate * p


class DecayInLoss(Decay):
    """The gradient of the penalty goes through the momentum, as it does where the penalty is part of the loss."""

    def slope(self, g, p, rate):
        return g + rate * p

    def shrink(self, p, lr, rate):
        return 0 * p


class DecayBiasesInLoss(DecayInLoss):
    def decays(self, j):
        return True


def decay_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    runs = [((3, 2), 3, 0.3, 0.5), ((2, 4, 3), 3, 0.2, 0.25), ((4, 1), 2, 0.5, 0.0), ((1, 3, 2), 4, 0.4, 0.2)]
    for sizes, steps, lr, decay in runs:
        shapes = [((i, o), (o,)) for i, o in zip(sizes[:-1], sizes[1:], strict=True)]
        cases.append(
            {
                "params": Trainable([[normal(rng, *shape) for shape in pair] for pair in shapes]),
                "grads": [[[normal(rng, *shape, scale=0.5) for shape in pair] for pair in shapes] for _ in range(steps)],
                "velocity": [[np.zeros(shape, np.float32) for shape in pair] for pair in shapes],
                "lr": lr,
                "decay": decay,
            }
        )
    return cases


WEIGHT_DECAY_STEP = Exercise(
    name="weight_decay_step",
    points=2,
    reference=Decay(),
    cases=decay_cases,
    probe="updates",
    tolerance=Tolerance(rtol=1e-5, atol=5e-6),
    misconceptions=[
        Misconception(
            "biases decayed",
            twin(Decay, decays=lambda self, j: True),
            "Decay pulls towards 0, which keeps a weight from growing. A bias only moves a fold; leave it alone.",
        ),
        Misconception(
            "L2 penalty instead of decoupled decay",
            DecayInLoss(),
            "You added decay * w to the gradient. From there it goes through the velocity and comes back in all later steps. "
            "Decoupled decay stays outside: w -= lr * v + lr * decay * w.",
        ),
        Misconception(
            "L2 penalty on weights and biases",
            DecayBiasesInLoss(),
            "decay * w belongs to the step and not into the gradient and the velocity; biases do not decay at all.",
        ),
        Misconception(
            "no momentum",
            twin(Decay, store=lambda self, velocity, i, j, v: None),
            "The velocity begins each step at zero: write the new one back into `velocity`.",
        ),
        Misconception(
            "velocity as a mean",
            twin(Decay, faster=lambda self, old, g: 0.9 * old + 0.1 * g),
            "Here the velocity is 0.9 * v + g, as in `torch.optim.SGD`; with 0.1 * g the steps are ten times shorter.",
        ),
        Misconception(
            "decay without lr",
            twin(Decay, shrink=lambda self, p, lr, rate: rate * p),
            "Shrink by lr * decay: when a schedule makes lr smaller, the decay should become smaller with it.",
        ),
        Misconception(
            "decay twice as strong",
            twin(Decay, shrink=lambda self, p, lr, rate: 2 * lr * rate * p),
            "The 2 belongs to the derivative of w**2. Here w shrinks by lr * decay * w.",
        ),
        Misconception(
            "weights grow",
            twin(Decay, shrink=lambda self, p, lr, rate: -lr * rate * p),
            "Decay pulls towards zero: subtract lr * decay * w.",
        ),
        Misconception(
            "decay after the step",
            DecayAfterwards(),
            "Both parts are taken from the old w: w - lr * v - lr * decay * w. Shrink first or do it in one line.",
        ),
        Misconception(
            "decay forgotten",
            twin(Decay, shrink=lambda self, p, lr, rate: 0 * p),
            "This is gradient descent with momentum. The weights also shrink by lr * decay * w in each step.",
        ),
        Misconception(
            "parameters never change",
            twin(Decay, move=lambda self, p, v, lr, rate: None),
            "`w = w - ...` gives the name w to a new tensor; change the parameter itself, in place.",
        ),
        Misconception(
            "a step up instead of down",
            twin(Decay, move=lambda self, p, v, lr, rate: Decay.move(self, p, -v, lr, rate)),
            "The gradient points to where the loss grows: subtract lr * v.",
        ),
    ],
)

EXERCISES = [XAVIER, DROPOUT, BATCH_NORM, ADAM_STEP, CLIP_BY_GLOBAL_NORM, WEIGHT_DECAY_STEP]
