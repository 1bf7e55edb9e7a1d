"""Exercises of 07-overfitting: references in slow clear NumPy, the cases, and what students get wrong.

Where an answer makes several decisions, the reference is a class whose methods are the decisions; a wrong twin replaces
the one that students get wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.recipes import Model, Seed

Array = np.ndarray
Inputs = dict[str, Any]
Rng = np.random.Generator
TORCH = ("pytorch",)


def twin(parent: type, **methods: Callable[..., Any]) -> Any:
    """The parent class with some methods wrong."""
    return type(f"Wrong{parent.__name__}", (parent,), methods)


# --- polynomial_features ----------------------------------------------------------------------------------------------


def polynomial_features(x: Array, degree: int) -> Array:
    table = np.zeros((len(x), degree + 1))
    for i, value in enumerate(x):
        for k in range(degree + 1):
            table[i, k] = value**k
    return table


def constant_missing(x: Array, degree: int) -> Array:
    return polynomial_features(x, degree)[:, 1:]


def last_power_missing(x: Array, degree: int) -> Array:
    return polynomial_features(x, degree)[:, :-1]


def powers_falling(x: Array, degree: int) -> Array:
    return polynomial_features(x, degree)[:, ::-1]


def features_transposed(x: Array, degree: int) -> Array:
    return polynomial_features(x, degree).T


def multiples(x: Array, degree: int) -> Array:
    return np.stack([x * k for k in range(degree + 1)], axis=1)


def powers_of_k(x: Array, degree: int) -> Array:
    return np.stack([float(k) ** x for k in range(degree + 1)], axis=1)


def by_logarithm(x: Array, degree: int) -> Array:
    return np.exp(np.log(x)[:, None] * np.arange(degree + 1, dtype=x.dtype))


def polynomial_cases(rng: Rng) -> list[Inputs]:
    def spread(n: int) -> Array:
        """Numbers of both signs, none near 0 and none near -1 or 1, whose powers would all look alike."""
        return (rng.uniform(0.4, 0.9, n) * np.where(np.arange(n) % 2, 2, -2)).astype(np.float32)

    return [
        {"x": spread(4), "degree": 2},
        {"x": spread(5), "degree": 6},
        {"x": spread(3), "degree": 2},  # a square table: its shape does not betray a transposed one
        {"x": spread(1), "degree": 3},
        {"x": np.append(spread(2), np.float32(0)), "degree": 4},  # 0 to the power of 0 is 1
        {"x": spread(3), "degree": 0},
    ]


POLYNOMIAL_FEATURES = Exercise(
    name="polynomial_features",
    points=2,
    reference=polynomial_features,
    cases=polynomial_cases,
    tolerance=Tolerance(rtol=1e-5, atol=1e-6),
    misconceptions=[
        Misconception(
            "column of ones missing",
            constant_missing,
            "The first column is x to the power of 0, all ones. Without it every curve must go through the origin.",
        ),
        Misconception(
            "last power missing",
            last_power_missing,
            "`range(degree)` ends at degree - 1. The powers 0, 1, ..., degree are degree + 1 columns.",
        ),
        Misconception(
            "powers in falling order",
            powers_falling,
            "The columns begin with x to the power of 0. `vander` begins with the highest power unless you tell it otherwise.",
        ),
        Misconception(
            "transposed result",
            features_transposed,
            "One row for each example, one column for each power: stack along axis 1, not axis 0.",
        ),
        Misconception("multiples instead of powers", multiples, "Column k is x to the power of k, `x ** k`, and not `x * k`."),
        Misconception("base and exponent exchanged", powers_of_k, "Column k is `x ** k`, and not `k ** x`."),
        Misconception(
            "logarithm of a negative number",
            by_logarithm,
            "exp(k log x) has no value where x is not positive. Write `x ** k`, or multiply by x again and again.",
        ),
    ],
)


# --- split ------------------------------------------------------------------------------------------------------------


class Split:
    """One random order of all examples, cut into parts; x and y are picked with the same row numbers."""

    def __call__(self, x: Array, y: Array, fractions: list[float], generator: Rng) -> list[tuple[Array, Array]]:
        rows = self.order(len(x), generator)
        parts, start = [], 0
        for k, fraction in enumerate(fractions):
            end = self.end(len(x), fractions, k, start, fraction)
            parts.append(self.pick(x, y, self.cut(rows, start, end, generator), generator))
            start = end
        return parts

    def order(self, n: int, generator: Rng) -> Array:
        return generator.permutation(n)

    def end(self, n: int, fractions: list[float], k: int, start: int, fraction: float) -> int:
        return round(n * sum(fractions[: k + 1]))

    def cut(self, rows: Array, start: int, end: int, generator: Rng) -> Array:
        return rows[start:end]

    def pick(self, x: Array, y: Array, rows: Array, generator: Rng) -> tuple[Array, Array]:
        return x[rows], y[rows]


class SplitInPlace(Split):
    def __call__(self, x, y, fractions, generator):
        rows = generator.permutation(len(x))
        x[:], y[:] = x[rows], y[rows]
        return twin(Split, order=lambda self, n, g: np.arange(n))()(x, y, fractions, generator)


class SplitApart(Split):
    def __call__(self, x, y, fractions, generator):
        order = generator.permutation(len(y))
        return Split()(x, y[order], fractions, generator)


def split_cases(rng: Rng) -> list[Inputs]:
    def case(n: int, features: int, fractions: list[float], y: Array) -> Inputs:
        # The first column numbers the rows, so that each can be told. Without features, x is the row numbers alone.
        x = np.column_stack([np.arange(n), rng.normal(size=(n, features - 1))]).astype(np.float32) if features else np.arange(n)
        return {"x": x, "y": y, "fractions": fractions, "generator": Seed(int(rng.integers(1, 10_000)))}

    return [
        case(40, 3, [0.5, 0.25, 0.25], 100 + np.arange(40)),
        case(50, 2, [0.7, 0.2, 0.1], np.arange(50) // 10),  # sorted by class, as the irises are
        case(37, 4, [0.6, 0.4], rng.permutation(37)),  # nothing divides 37
        case(33, 0, [0.6, 0.2, 0.2], rng.normal(size=33).astype(np.float32)),
    ]


SPLIT = Exercise(
    name="split",
    points=3,
    reference=Split(),
    cases=split_cases,
    probe="splitting",
    # However the sizes are rounded, down to the rest that the last of three parts gets, they are at most 2 away.
    bands={"examples too many or too few": (0.0, 2.01)},
    misconceptions=[
        Misconception(
            "not shuffled",
            twin(Split, order=lambda self, n, g: np.arange(n))(),
            "The parts are the first, the next and the last examples. Data are often sorted: then the last class is only in "
            "the last part. Draw a random order of the row numbers first.",
            keys=("the parts are drawn at random", "an example stands in two parts", "every x has its own y", "new"),
        ),
        Misconception(
            "shuffled inside the parts only",
            twin(
                Split,
                order=lambda self, n, g: np.arange(n),
                cut=lambda self, rows, a, b, g: a + g.permutation(b - a),
            )(),
            "Every part holds a block of neighbouring examples: the order was drawn after the cut. Shuffle all, then cut.",
        ),
        Misconception(
            "x and y shuffled apart",
            SplitApart(),
            "Examples got the labels of others. Draw one order of row numbers and pick both x and y with it.",
        ),
        Misconception(
            "rows drawn with replacement",
            twin(Split, cut=lambda self, rows, a, b, g: g.integers(0, len(rows), b - a))(),
            "Some examples come twice and some never: random integers are no permutation.",
        ),
        Misconception(
            "overlapping parts",
            twin(Split, cut=lambda self, rows, a, b, g: g.permutation(len(rows))[a:b])(),
            "An example stands in two parts, so it is trained on and tested with. One order for all parts, cut into pieces "
            "that do not touch.",
            keys=("an example stands in two parts", "an example stands twice in a part", "every x has its own y"),
        ),
        Misconception(
            "fractions of what is left",
            twin(
                Split,
                end=lambda self, n, f, k, start, fraction: n if k == len(f) - 1 else start + round((n - start) * fraction),
            )(),
            "The second fraction was taken of the rest. All fractions are shares of all n examples.",
            keys=("examples too many or too few", "an example stands in two parts", "every x has its own y"),
        ),
        Misconception(
            "examples lost to rounding",
            twin(Split, end=lambda self, n, f, k, start, fraction: start + int(n * fraction))(),
            "Every size was rounded down, and what was left over is in no part. Let the last part go up to the end.",
            keys=("every example is in some part", "an example stands in two parts", "every x has its own y", "repeatable"),
        ),
        Misconception(
            "the global random state",
            twin(Split, order=lambda self, n, g: np.random.permutation(n))(),  # noqa: NPY002 - the mistake itself
            "Draw from `generator`; otherwise the same seed does not give the same split again.",
        ),
        Misconception(
            "seeded inside",
            twin(Split, order=lambda self, n, g: np.random.default_rng(0).permutation(n))(),
            "A function that sets its own seed gives one and the same split for ever. Draw from the caller's `generator`.",
        ),
        Misconception(
            "input shuffled in place",
            SplitInPlace(),
            "The caller's own x and y are in another order now. Shuffle row numbers, and pick rows with them.",
            tracks=TORCH,
            keys=("changed", "every x has its own y", "an example stands in two parts"),
        ),
    ],
)


# --- fit_scaler -------------------------------------------------------------------------------------------------------


class Scaler:
    """A function that subtracts the training rows' mean of each column and divides by their standard deviation."""

    def __call__(self, x: Array, rows: Array) -> Callable[[Array], Array]:
        mean, deviation = self.statistics(self.chosen(x, rows))
        return lambda table: self.scale(table, mean, deviation)

    def chosen(self, x: Array, rows: Array) -> Array:
        return x[rows]

    def statistics(self, train: Array) -> tuple[Array, Array]:
        mean = sum(train) / len(train)
        return mean, self.divisor(np.sqrt(sum((train - mean) ** 2) / len(train)))

    def divisor(self, deviation: Array) -> Array:
        return np.where(deviation == 0, 1, deviation)

    def scale(self, table: Array, mean: Array, deviation: Array) -> Array:
        return (table - mean) / deviation


class ScalerMinMax(Scaler):
    def statistics(self, train):
        return train.min(0), self.divisor(train.max(0) - train.min(0))


def own_statistics(self: Scaler, table: Array, mean: Array, deviation: Array) -> Array:
    mean, deviation = self.statistics(table)
    return (table - mean) / deviation


def scaled_in_place(self: Scaler, table: Array, mean: Array, deviation: Array) -> Array:
    table -= mean
    table /= deviation
    return table


def the_others(self: Scaler, x: Array, rows: Array) -> Array:
    return x[np.setdiff1d(np.arange(len(x)), rows)]


def scaler_cases(rng: Rng) -> list[Inputs]:
    def case(n: int, train: int, columns: int, constant: int | None = None) -> Inputs:
        rows = rng.permutation(n)[:train]
        while np.array_equal(np.sort(rows), np.arange(train)):
            rows = rng.permutation(n)[:train]
        place, spread = 6.0 * np.arange(1, columns + 1), 2.0 + 3.0 * np.arange(columns)
        # Ranks that are evenly spread keep every column away from being almost constant by accident.
        ranks = np.stack([rng.permutation(n) for _ in range(columns)], axis=1) / (n - 1) - 0.5
        x = place + spread * (2 * ranks + 0.2 * rng.standard_normal((n, columns)))
        if constant is not None:
            x[rows, constant] = 2.5  # exact in float32, and so is its mean: the standard deviation is exactly 0
        return {"x": x.astype(np.float32), "rows": rows.astype(np.int64)}

    return [case(9, 6, 3), case(12, 4, 2), case(8, 5, 4, constant=1), case(10, 4, 4)]


SCALED = ("training rows, scaled", "all rows, scaled", "one row alone, scaled")

FIT_SCALER = Exercise(
    name="fit_scaler",
    points=3,
    reference=Scaler(),
    cases=scaler_cases,
    probe="scaler",
    tolerance=Tolerance(rtol=1e-4, atol=2e-5),
    misconceptions=[
        Misconception(
            "NaN on a constant column",
            twin(Scaler, divisor=lambda self, deviation: deviation)(),
            "A column that never changes has the standard deviation 0, and 0/0 is NaN. Divide by 1 where it is 0.",
        ),
        Misconception(
            "fitted before the split",
            twin(Scaler, chosen=lambda self, x, rows: x)(),
            "Mean and standard deviation were taken over all rows. Corrupt the held-out rows, and the training data change: "
            "they have leaked. Use x[rows] only.",
        ),
        Misconception(
            "the first rows instead of the chosen ones",
            twin(Scaler, chosen=lambda self, x, rows: x[: len(rows)])(),
            "`rows` holds row numbers, and not a count: the training rows are x[rows], wherever they stand.",
            keys=SCALED,
        ),
        Misconception(
            "fitted on the held-out rows",
            twin(Scaler, chosen=the_others)(),
            "`rows` lists the training rows. You have fitted to all the others.",
        ),
        Misconception(
            "every table scaled by itself",
            twin(Scaler, scale=own_statistics)(),
            "The function must scale every table by the training rows' mean and deviation, and not by the table's own. A "
            "single row would become all zeros.",
        ),
        Misconception(
            "unbiased standard deviation",
            twin(Scaler, statistics=lambda self, train: (train.mean(0), self.divisor(train.std(0, ddof=1))))(),
            "You divided by n - 1. Here the biased one is asked, which divides by n: PyTorch's `std` needs `correction=0`, "
            "TensorFlow's `reduce_std` does it without being told.",
        ),
        Misconception(
            "variance instead of standard deviation",
            twin(Scaler, statistics=lambda self, train: (train.mean(0), self.divisor(train.var(0))))(),
            "You divided by the variance: take its square root first.",
        ),
        Misconception(
            "one mean for the whole table",
            twin(Scaler, statistics=lambda self, train: (train.mean(), self.divisor(train.std())))(),
            "There is one mean and one standard deviation for each column: say over which axis.",
        ),
        Misconception(
            "statistics over the wrong axis",
            twin(Scaler, statistics=lambda self, train: (train.mean(1), self.divisor(train.std(1))))(),
            "You averaged along each row. A column's mean runs down the rows: axis 0 disappears.",
        ),
        Misconception(
            "scaled to the range from 0 to 1",
            ScalerMinMax(),
            "Minimum and maximum are another way of scaling. Here the mean becomes 0 and the standard deviation 1.",
        ),
        Misconception(
            "mean not subtracted",
            twin(Scaler, scale=lambda self, table, mean, deviation: table / deviation)(),
            "Subtract the mean before you divide.",
        ),
        Misconception(
            "table changed in place",
            twin(Scaler, scale=scaled_in_place)(),
            "`-=` and `/=` write into the table of whoever called you. Make a new one: `(table - mean) / deviation`.",
            tracks=TORCH,
            keys=(*SCALED, "changed"),
        ),
    ],
)


# --- best_epoch -------------------------------------------------------------------------------------------------------


class Best:
    """Walks through the validation losses as training would, until patience runs out; epochs are counted from 0."""

    def __call__(self, history: dict[str, list[float]], patience: int) -> tuple[int, int]:
        losses = self.losses(history)
        lowest, best, bad, last = self.start(losses), 0, 0, 0
        for epoch, loss in enumerate(losses):
            last = epoch
            if self.better(loss, lowest, losses, epoch):
                lowest, best, bad = loss, epoch, self.reset(bad)
            else:
                bad += self.weight(loss)
            if self.enough(bad, patience):
                break
        return self.answer(best, last, losses)

    def losses(self, history: dict[str, list[float]]) -> list[float]:
        return history["validation"]

    def start(self, losses: list[float]) -> float:
        return math.inf

    def better(self, loss: float, lowest: float, losses: list[float], epoch: int) -> bool:
        return loss < lowest

    def reset(self, bad: int) -> int:
        return 0

    def weight(self, loss: float) -> int:
        return 1

    def enough(self, bad: int, patience: int) -> bool:
        return bad >= patience

    def answer(self, best: int, last: int, losses: list[float]) -> tuple[int, int]:
        return best, last


def history_of(rng: Rng, shape: list[float], test_low: int) -> dict[str, list[float]]:
    """A validation curve of the given shape at a random height, a falling training curve, a test curve with its own low."""
    n, (low, step) = len(shape), rng.uniform(0.2, 0.6, 2)
    train = np.sort(rng.uniform(0.01, 0.9, n))[::-1]
    test = rng.uniform(1.2, 2.5, n)
    test[test_low] = 0.9
    return {
        "train": [round(float(v), 4) for v in train],
        "validation": [round(float(low + step * v), 4) for v in shape],
        "test": [round(float(v), 4) for v in test],
    }


NAN = math.nan


def best_cases(rng: Rng) -> list[Inputs]:
    wave = [abs(k - 12) / 4 + float(rng.uniform(0, 1.5)) for k in range(30)]
    shapes = [
        ([5, 3, 4, 2, 3, 4, 5, 1], 3, 2),  # the lowest loss of all comes after the stop
        ([4, 3, 3, 2, 1], 1, 0),  # a tie is no improvement
        ([NAN, 4, 3, NAN, 2, NAN, 5, 6, 1], 2, 6),  # NaN at the start, in the middle, and before the stop
        ([5, 4, 5, 3, 4], 3, 4),  # patience never runs out
        ([3, 5, 4, 6, 5, 2], 4, 1),  # better than the epoch before, and still not than the best
        ([5, 4, 5, 3, 4, 2, 4], 2, 4),  # three bad epochs in all, never two in a row
        ([2], 1, 0),
        (wave, 6, 3),
    ]
    return [{"history": history_of(rng, shape, test_low), "patience": patience} for shape, patience, test_low in shapes]


def nan_as_lowest(self: Best, loss: float, lowest: float, losses: list[float], epoch: int) -> bool:
    return not loss >= lowest


def before_it(self: Best, loss: float, lowest: float, losses: list[float], epoch: int) -> bool:
    return epoch == 0 or loss < losses[epoch - 1]


def lowest_of_all(self: Best, best: int, last: int, losses: list[float]) -> tuple[int, int]:
    return int(np.nanargmin(losses)), last


class BestFromFirst(Best):
    """The first loss, whatever it is, is the best to begin with; nothing is below NaN."""

    def better(self, loss, lowest, losses, epoch):
        return epoch == 0 or loss < lowest


BEST_EPOCH = Exercise(
    name="best_epoch",
    points=3,
    reference=Best(),
    cases=best_cases,
    misconceptions=[
        Misconception(
            "chosen on the test set",
            twin(Best, losses=lambda self, history: history["test"])(),
            "An epoch chosen by the test losses makes the test loss too good: the test set has become a validation set. "
            "Decide by `validation`.",
        ),
        Misconception(
            "chosen on the training loss",
            twin(Best, losses=lambda self, history: history["train"])(),
            "The training loss goes on falling while the model overfits. Decide by `validation`.",
        ),
        Misconception(
            "stops one epoch too late",
            twin(Best, enough=lambda self, bad, patience: bad > patience)(),
            "With patience 3, training stops when the third epoch in a row has brought no improvement, and not the fourth.",
        ),
        Misconception(
            "stops one epoch too early",
            twin(Best, enough=lambda self, bad, patience: bad >= max(patience - 1, 1))(),
            "With patience 3, training stops when the third epoch in a row has brought no improvement, and not the second.",
        ),
        Misconception(
            "best of all epochs, also those after the stop",
            twin(Best, answer=lowest_of_all)(),
            "Training would have stopped before that epoch, so it was never seen. Look at the losses in their order.",
        ),
        Misconception(
            "a tie taken for an improvement",
            twin(Best, better=lambda self, loss, lowest, losses, epoch: loss <= lowest)(),
            "An equal loss is no improvement: compare with `<`. Otherwise a loss that stands still would never stop training.",
        ),
        Misconception(
            "NaN taken for an improvement",
            twin(Best, better=nan_as_lowest)(),
            "Every comparison with NaN is false, `nan >= best` too, so your `else` takes it for an improvement. Ask whether "
            "the loss is below the best.",
        ),
        Misconception(
            "nothing is better than a NaN at the start",
            BestFromFirst(),
            "The first loss was NaN, and no later loss is below NaN. Begin with the best at infinity.",
        ),
        Misconception(
            "NaN epochs not counted",
            twin(Best, weight=lambda self, loss: 0 if math.isnan(loss) else 1)(),
            "An epoch whose loss is NaN has brought no improvement: it counts like every other bad epoch.",
        ),
        Misconception(
            "bad epochs counted in all, not in a row",
            twin(Best, reset=lambda self, bad: bad)(),
            "After an improvement patience begins anew: set the counter back to 0.",
        ),
        Misconception(
            "compared with the epoch before",
            twin(Best, better=before_it)(),
            "An improvement is a loss below the best so far, and not merely below the loss of the epoch before.",
        ),
        Misconception(
            "the last epoch instead of the best",
            twin(Best, answer=lambda self, best, last, losses: (last, last))(),
            "Where training stops, the best epoch lies `patience` epochs back. Remember where the lowest loss was.",
        ),
        Misconception(
            "epochs counted from 1",
            twin(Best, answer=lambda self, best, last, losses: (best + 1, last + 1))(),
            "Count epochs from 0, like the places in the list.",
        ),
    ],
)


# --- EarlyStopping ----------------------------------------------------------------------------------------------------


class EarlyStopping:
    """Best, one epoch at a time, with a copy of the best weights."""

    def __init__(self, patience: int) -> None:
        self.patience, self.best, self.bad, self.before, self.kept = patience, self.begin(), 0, math.inf, None

    def begin(self) -> float | None:
        return math.inf

    def step(self, loss: float, model: Any) -> bool | None:
        if self.better(loss):
            self.best, self.bad = loss, self.reset()
            self.keep(model)
        else:
            self.bad += 1
        self.before = loss
        return self.stop()

    def better(self, loss: float) -> bool:
        return loss < self.best

    def reset(self) -> int:
        return 0

    def keep(self, model: Any) -> None:
        self.kept = [np.array(w) for w in model.weights]

    def stop(self) -> bool | None:
        return self.bad >= self.patience

    def restore(self, model: Any) -> None:
        for weight, kept in zip(model.weights, self.kept, strict=True):
            weight[...] = kept


class StoppingAliased(EarlyStopping):
    def keep(self, model):
        self.kept = list(model.weights)


class StoppingGivesAway(EarlyStopping):
    def restore(self, model):
        model.weights = self.kept


class StoppingLast(EarlyStopping):
    def restore(self, model):
        pass


class StoppingEveryEpoch(EarlyStopping):
    def step(self, loss, model):
        super().keep(model)
        return super().step(loss, model)


class StoppingOnce(EarlyStopping):
    def keep(self, model):
        if self.kept is None:
            super().keep(model)


class StoppingAtFirst(EarlyStopping):
    def begin(self):
        return None

    def better(self, loss):
        return self.best is None or loss < self.best


class StoppingShared(EarlyStopping):
    """The lowest loss stands in a list that belongs to the class, so that all its objects write into one."""

    lows: list[float] = []

    def better(self, loss):
        return loss < min(self.lows, default=math.inf)

    def keep(self, model):
        super().keep(model)
        self.lows.append(self.best)


def stopping_cases(rng: Rng) -> list[Inputs]:
    def model(*sizes: int) -> Model:
        weights: list[Array] = []
        for i, o in zip(sizes[:-1], sizes[1:], strict=True):
            weights += [rng.normal(size=(i, o)).astype(np.float32), rng.normal(size=o).astype(np.float32)]
        return Model(tuple(weights))

    shapes = [
        ([5, 3, 4, 2, 3, 4, 5, 1], 3, (3, 2)),
        ([4, 3, 3, 2, 1], 1, (2, 3, 1)),
        ([NAN, 4, 3, NAN, 2, NAN, 5, 6, 1], 2, (2, 2)),
        ([5, 4, 5, 3, 4], 3, (2, 4, 3)),  # never stops: the best weights must come back all the same
        ([3, 5, 4, 6, 5, 2], 4, (3, 1)),
        ([5, 4, 5, 3, 4, 2, 4], 2, (1, 2)),
    ]
    return [
        {"model": model(*sizes), "patience": patience, "losses": history_of(rng, shape, 0)["validation"]}
        for shape, patience, sizes in shapes
    ]


EARLY_STOPPING = Exercise(
    name="EarlyStopping",
    points=4,
    reference=EarlyStopping,
    cases=stopping_cases,
    probe="stopping",
    misconceptions=[
        Misconception(
            "snapshot aliases the live weights",
            StoppingAliased,
            "What you have kept are the model's own parameters under another name: they go on changing with it. Copy the "
            "numbers when the loss is best (`copy.deepcopy(model.state_dict())`; `model.get_weights()`).",
        ),
        Misconception(
            "the snapshot itself given to the model",
            StoppingGivesAway,
            "After restore, the model trained on in your snapshot. Copy the kept numbers into the parameters: "
            "`load_state_dict` does.",
            tracks=TORCH,
            keys=("stop after each epoch", "epoch of each restored parameter"),
        ),
        Misconception(
            "snapshot of every epoch",
            StoppingEveryEpoch,
            "The weights are copied whether the loss was better or not, so the last ones come back. Copy only then.",
        ),
        Misconception(
            "last weights instead of the best",
            StoppingLast,
            "restore left the model as it was. It must put the best epoch's weights back, whether training was stopped or not.",
        ),
        Misconception(
            "snapshot taken only once",
            StoppingOnce,
            "The first weights that you kept were never replaced. Every improvement needs a new copy.",
        ),
        Misconception(
            "stops one epoch too late",
            twin(EarlyStopping, stop=lambda self: self.bad > self.patience),
            "With patience 3, step says stop at the third bad epoch in a row, and not at the fourth.",
        ),
        Misconception(
            "stops one epoch too early",
            twin(EarlyStopping, stop=lambda self: self.bad >= max(self.patience - 1, 1)),
            "With patience 3, step says stop at the third bad epoch in a row, and not at the second.",
        ),
        Misconception(
            "never says stop",
            twin(EarlyStopping, stop=lambda self: None),
            "step must return True when patience has run out: is there a `return`?",
        ),
        Misconception(
            "a tie taken for an improvement",
            twin(EarlyStopping, better=lambda self, loss: loss <= self.best),
            "An equal loss is no improvement: compare with `<`.",
        ),
        Misconception(
            "NaN taken for an improvement",
            twin(EarlyStopping, better=lambda self, loss: not loss >= self.best),
            "Every comparison with NaN is false, `nan >= best` too. Ask whether the loss is below the best.",
        ),
        Misconception(
            "nothing is better than a NaN at the start",
            StoppingAtFirst,
            "The first loss was NaN, and no later loss is below NaN. Begin with the best at infinity.",
        ),
        Misconception(
            "bad epochs counted in all, not in a row",
            twin(EarlyStopping, reset=lambda self: self.bad),
            "After an improvement patience begins anew: set the counter back to 0.",
        ),
        Misconception(
            "compared with the epoch before",
            twin(EarlyStopping, better=lambda self, loss: self.before == math.inf or loss < self.before),
            "An improvement is a loss below the best so far, and not merely below the loss of the epoch before.",
        ),
        Misconception(
            "all objects share one memory",
            StoppingShared,
            "A second object of the class knows the losses of the first. What belongs to one object is set in `__init__`, "
            "on `self`.",
            keys=("stop after each epoch",),
        ),
    ],
)


# --- bias_variance ----------------------------------------------------------------------------------------------------


class BiasVariance:
    """Mean over the points: squared distance of the average prediction from the truth; spread; spread of the targets."""

    def __call__(self, predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
        runs, points = predictions.shape
        bias = variance = noise = 0.0
        for j in range(points):
            mean = sum(predictions[:, j]) / runs
            bias += self.bias(mean, truth[j], y[j]) / points
            variance += self.variance(predictions[:, j], mean, runs) / points
            noise += (y[j] - truth[j]) ** 2 / points
        return bias, variance, noise

    def bias(self, mean: float, truth: float, y: float) -> float:
        return (mean - truth) ** 2

    def variance(self, column: Array, mean: float, runs: int) -> float:
        return sum((column - mean) ** 2) / runs


def squared_after_averaging(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    _, variance, noise = BiasVariance()(predictions, truth, y)
    return float(np.mean(predictions - truth) ** 2), variance, noise


def total_error_as_bias(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    _, variance, noise = BiasVariance()(predictions, truth, y)
    return float(np.mean((predictions - truth) ** 2)), variance, noise


def spread_along_the_points(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    bias, _, noise = BiasVariance()(predictions, truth, y)
    return bias, float(np.mean(predictions.var(axis=1))), noise


def spread_of_all_numbers(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    bias, _, noise = BiasVariance()(predictions, truth, y)
    return bias, float(predictions.var()), noise


def averaged_over_the_points(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    _, variance, noise = BiasVariance()(predictions, truth, y)
    return float(np.mean((predictions.mean(axis=1) - truth) ** 2)), variance, noise


def around_the_truth(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    bias, _, noise = BiasVariance()(predictions, truth, y)
    return bias, float(np.mean((predictions - truth) ** 2)), noise


def summed_over_points(predictions: Array, truth: Array, y: Array) -> tuple[float, ...]:
    return tuple(part * len(truth) for part in BiasVariance()(predictions, truth, y))


def standard_deviation(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    bias, _, noise = BiasVariance()(predictions, truth, y)
    return bias, float(predictions.std(axis=0).mean()), noise


def variance_of_the_noise(predictions: Array, truth: Array, y: Array) -> tuple[float, float, float]:
    bias, variance, _ = BiasVariance()(predictions, truth, y)
    return bias, variance, float(np.var(y))


def bias_cases(rng: Rng) -> list[Inputs]:
    def case(runs: int, points: int, shift: float) -> Inputs:
        truth = rng.uniform(-2, 2, points)
        predictions = truth + shift + rng.normal(0, 1, points) + rng.normal(0, 1.5, (runs, points))
        tables = {"predictions": predictions, "truth": truth, "y": truth + 0.5 + rng.normal(0, 1, points)}
        return {name: table.astype(np.float32) for name, table in tables.items()}

    # One where the squares shape (5, 5) hides the wrong axis, a single run (no spread at all), a single point.
    return [case(4, 3, 1.0), case(7, 5, -0.7), case(5, 5, 0.8), case(1, 4, 0.5), case(6, 1, 1.5)]


BIAS_VARIANCE = Exercise(
    name="bias_variance",
    points=3,
    reference=BiasVariance(),
    cases=bias_cases,
    tolerance=Tolerance(rtol=2e-5, atol=2e-5),
    misconceptions=[
        Misconception(
            "bias not squared",
            twin(BiasVariance, bias=lambda self, mean, truth, y: mean - truth)(),
            "The bias enters the error as its square: square the distance at every point, then average over the points.",
        ),
        Misconception(
            "absolute bias instead of squared",
            twin(BiasVariance, bias=lambda self, mean, truth, y: abs(mean - truth))(),
            "The bias enters the error as its square, not as its absolute value.",
        ),
        Misconception(
            "squared after averaging over the points",
            squared_after_averaging,
            "Too high here and too low there cancel in your mean. Square the bias of each point, then average.",
        ),
        Misconception(
            "variance counted in the bias",
            total_error_as_bias,
            "You squared the error of every single run: that is bias² plus variance. Average over the runs first.",
        ),
        Misconception(
            "noise counted in the bias",
            twin(BiasVariance, bias=lambda self, mean, truth, y: (mean - y) ** 2)(),
            "Bias is the distance from the truth, and y is the truth plus noise. Use `truth`; the noise is the third number.",
        ),
        Misconception(
            "variance divided by runs - 1",
            twin(BiasVariance, variance=lambda self, column, mean, runs: np.float64(sum((column - mean) ** 2)) / (runs - 1))(),
            "Here the variance divides by the number of runs. Only then is bias² + variance exactly the mean squared distance "
            "from the truth. PyTorch's `var` needs `correction=0`.",
        ),
        Misconception(
            "standard deviation instead of variance",
            standard_deviation,
            "The three parts are squares of errors: take the variance, and not its root.",
        ),
        Misconception(
            "variance around the truth",
            around_the_truth,
            "Variance is the spread around the runs' own mean. Around the truth it contains the bias again.",
        ),
        Misconception(
            "spread along the points",
            spread_along_the_points,
            "Row r is run r. The variance compares runs at the same point: it goes down the columns, axis 0.",
        ),
        Misconception(
            "spread of all numbers",
            spread_of_all_numbers,
            "Without an axis, the variance runs over all points together, and the shape of the curve counts as spread.",
        ),
        Misconception(
            "averaged over the points instead of the runs",
            averaged_over_the_points,
            "The average prediction is a curve: one mean for each point, over the runs, axis 0.",
        ),
        Misconception(
            "variance of y instead of noise",
            variance_of_the_noise,
            "The noise is how far y lies from the truth: the mean of (y - truth)².",
        ),
        Misconception(
            "sum instead of mean over the points", summed_over_points, "Average over the points: the mean, not the sum."
        ),
    ],
)

EXERCISES = [POLYNOMIAL_FEATURES, SPLIT, FIT_SCALER, BEST_EPOCH, EARLY_STOPPING, BIAS_VARIANCE]
