"""Lab frameworks, what is graded: references in NumPy, cases, and the mistakes that students really make.

The thresholds, from 20 seeds each of right solutions (1 to 3 layers, ReLU, Adam, inputs prepared with the training part):
Iris, 45 flowers as the judge changes them, the weakest kind: 0.914 on average with a standard deviation of 0.019, four of
which below that is 0.838, or 37.7 flowers of 45: 37 are asked for. Digits, 300 pictures: 0.945 with 0.008: 0.91.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Labelled, Misconception, truth
from course import data
from course.recipes import Seed

Array = np.ndarray
Inputs = dict[str, Any]
Rng = np.random.Generator
LEAST_IRIS, LEAST_DIGITS = 0.82, 0.91


# split --------------------------------------------------------------------------------------------------------------


class Split:
    """Of each class `fraction` is held out, drawn at random."""

    def __call__(self, y: Array, fraction: float, rng: Rng) -> Any:
        train, held = [], []
        for label in np.unique(y):
            rows = self.order(np.flatnonzero(y == label), rng)
            cut = round(fraction * len(rows))
            held += rows[:cut].tolist()
            train += rows[cut:].tolist()
        return self.result(train, held, y)

    def order(self, rows: Array, rng: Rng) -> Array:
        return rng.permutation(rows)

    def result(self, train: list[int], held: list[int], y: Array) -> Any:
        return np.array(train, np.int64), np.array(held, np.int64)


class SplitFirst(Split):
    def order(self, rows, rng):
        return rows


class SplitExchanged(Split):
    def result(self, train, held, y):
        return super().result(held, train, y)


class SplitTrainsOnAll(Split):
    def result(self, train, held, y):
        return super().result([*train, *held], held, y)


class SplitOwnSeed(Split):
    def order(self, rows, rng):
        return np.random.default_rng(0).permutation(rows)


class SplitGlobal(Split):
    calls = 0

    def order(self, rows, rng):
        SplitGlobal.calls += 1
        return np.random.default_rng(SplitGlobal.calls).permutation(rows)


def split_unequal(y: Array, fraction: float, rng: Rng) -> Any:
    """One permutation of everything. It is seeded by the labels here, so that the classes come out unequal in any case."""
    order = rng.permutation(len(y))
    if np.bincount(y[order[: round(fraction * len(y))]], minlength=3)[0] == round(fraction * np.sum(y == 0)):
        order = order[np.argsort(y[order] != 0, kind="stable")]
    cut = round(fraction * len(y))
    return order[cut:], order[:cut]


def split_end_of_file(y: Array, fraction: float, rng: Rng) -> Any:
    cut = len(y) - round(fraction * len(y))
    return np.arange(cut), np.arange(cut, len(y))


def split_with_replacement(y: Array, fraction: float, rng: Rng) -> Any:
    train, held = [], []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        chosen = np.sort(rng.choice(rows, round(fraction * len(rows))))
        chosen[1:2] = chosen[:1]
        held += chosen.tolist()
        train += np.setdiff1d(rows, chosen).tolist()
    return np.array(train), np.array(held)


def split_cases(rng: Rng) -> list[Inputs]:
    cases = []
    for counts, fraction, order in (((20, 20, 20), 0.25, False), ((30, 10, 21), 0.3, False), ((8, 17), 0.4, True)):
        y = np.repeat(np.arange(len(counts)), counts)
        y = (rng.permutation(y) if order else y).astype(np.int64)
        cases.append({"y": y, "fraction": fraction, "rng": Seed(int(rng.integers(1 << 31)))})
    return cases


COUNTS, DRAWN = "held out of each class", "the examples are drawn at random"
SPLIT = Exercise(
    name="split",
    points=2,
    reference=Split(),
    cases=split_cases,
    probe="class_split",
    misconceptions=[
        Misconception(
            "the end of the file held out",
            split_end_of_file,
            "The examples are sorted by class: the end of the file is one class, which is then missing in training. Draw at "
            "random, from each class.",
            keys=(COUNTS, DRAWN),
        ),
        Misconception(
            "the first of each class, nothing drawn",
            SplitFirst(),
            "The shares are right, but nothing is random: files are often in order of time, place or difficulty. Shuffle the "
            "indices of each class with `rng`.",
            keys=(COUNTS, DRAWN),
        ),
        Misconception(
            "the parts exchanged",
            SplitExchanged(),
            "The training part comes first, and the held-out part, the smaller one here, second.",
            keys=(COUNTS,),
        ),
        Misconception(
            "held-out examples trained on as well",
            SplitTrainsOnAll(),
            "Held-out examples are also in the training part. What was seen in training measures memory, not skill.",
            keys=("an example is in both parts", "an example is in no part"),
        ),
        Misconception(
            "drawn with replacement",
            split_with_replacement,
            "rng.choice puts every example back unless you say replace=False, so that one may be drawn twice.",
            keys=("an example is twice in a part", "an example is in both parts"),
        ),
        Misconception(
            "the same split every time",
            SplitOwnSeed(),
            "A generator made inside with a fixed seed gives the same split whatever `rng` is. Use the one that is given.",
            keys=("repeatable", "new", "an example is in both parts"),
        ),
        Misconception(
            "random numbers of its own",
            SplitGlobal(),
            "The same `rng` should give the same split, so that a result can be repeated: take every random number from it.",
            keys=("repeatable", "an example is in both parts"),
        ),
        Misconception(
            "classes left to chance",
            split_unequal,
            "The classes do not have the same share in both parts. Split each class for itself, and join the pieces.",
            keys=("an example is in both parts", "an example is in no part", DRAWN, "repeatable"),
        ),
    ],
)


# confusion_matrix ---------------------------------------------------------------------------------------------------


def confusion_matrix(predicted: Array, labels: Array, classes: int) -> Array:
    """Counts (classes, classes): row = the label, column = the prediction."""
    table = np.zeros((classes, classes), np.int64)
    for guess, label in zip(predicted, labels, strict=True):
        table[label, guess] += 1
    return table


def shares(predicted: Array, labels: Array, classes: int) -> Array:
    table = confusion_matrix(predicted, labels, classes)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


def counted_once(predicted: Array, labels: Array, classes: int) -> Array:
    return np.minimum(confusion_matrix(predicted, labels, classes), 1)


def confusion_cases(rng: Rng) -> list[Inputs]:
    cases = []
    for n, classes, used in ((12, 3, 3), (9, 5, 4), (20, 4, 4), (1, 2, 2)):
        labels = np.arange(n) % used
        predicted = np.where(rng.random(n) < 0.5, labels, (labels + 1) % used)
        predicted[:3] = (labels[:3] + 1) % used  # more than one mistake of a kind, and never symmetric
        cases.append({"predicted": predicted.astype(np.int64), "labels": labels.astype(np.int64), "classes": classes})
    return cases


CONFUSION = Exercise(
    name="confusion_matrix",
    points=2,
    reference=confusion_matrix,
    cases=confusion_cases,
    misconceptions=[
        Misconception(
            "rows and columns exchanged",
            lambda predicted, labels, classes: confusion_matrix(labels, predicted, classes),
            "The label says which row, the prediction which column. Yours is the other way round.",
        ),
        Misconception(
            "number of classes guessed from the data",
            lambda predicted, labels, classes: confusion_matrix(predicted, labels, int(max(predicted.max(), labels.max())) + 1),
            "A class may be missing among these examples. The table has `classes` rows and columns all the same.",
        ),
        Misconception(
            "shares instead of counts",
            shares,
            "Counts are asked for: how many examples, not which share of their row.",
        ),
        Misconception(
            "each pair counted once",
            counted_once,
            "`table[labels, predicted] += 1` adds 1 once for each *place*, however often the place is in the list. Add up over "
            "the examples: bincount, scatter, or a loop.",
        ),
        Misconception(
            "only the right ones counted",
            lambda predicted, labels, classes: np.diag(np.diag(confusion_matrix(predicted, labels, classes))),
            "Only the diagonal is filled. The mistakes are what the table is for.",
        ),
        Misconception(
            "only the number of right ones",
            lambda predicted, labels, classes: int(np.sum(predicted == labels)),
            "This is one number. A table with a row and a column for each class is asked for.",
        ),
    ],
)


# predict_iris and predict_digits ------------------------------------------------------------------------------------


def kept_flowers(rng: Rng) -> list[Labelled]:
    """The 45 flowers that are never handed out, measured anew: each length off by some tenths of a millimetre."""
    x, y = data.iris("kept")
    rows = rng.permutation(len(x))
    return [Labelled({"x": np.round(x[rows] + rng.normal(0, 0.05, x.shape), 2).astype(np.float32)}, y[rows])]


def kept_pictures(rng: Rng) -> list[Labelled]:
    """300 of the pictures that are never handed out, each a little lighter or darker and noisier than it is in the data."""
    x, y = data.digits("kept")
    rows = rng.permutation(len(x))[:300]
    light = rng.uniform(0.85, 1.1, (300, 1))
    changed = np.clip(x[rows] * light + rng.normal(0, 0.03, (300, 64)), 0, 1)
    return [Labelled({"x": np.round(changed, 2).astype(np.float32)}, y[rows])]


def predictions(name: str, points: float, cases: Callable[[Rng], list[Labelled]], classes: int, least: float) -> Exercise:
    """An exercise that asks for labels of held-out examples."""
    guess = 1 / classes
    return Exercise(
        name=name,
        points=points,
        reference=truth,
        cases=cases,
        probe="labels",
        accuracy={"value": least},
        misconceptions=[
            Misconception(
                "scores instead of labels",
                lambda y: np.eye(classes)[y],
                "These are scores for all classes. The label is the place of the largest: argmax over axis 1.",
            ),
            Misconception(
                "the largest score instead of its place",
                lambda y: y + 0.5,
                "max gives the score, argmax the class that it belongs to.",
            ),
            Misconception(
                "argmax over the batch",
                lambda y: np.zeros(classes, np.int64),
                "You took the argmax down the columns, which gives the best example for each class. The class of an example "
                "is found along axis 1. (TensorFlow's argmax works down the columns unless you say otherwise.)",
            ),
            Misconception(
                "labels from 1",
                lambda y: y + 1,
                "Your labels are one too high: classes are counted from 0.",
            ),
            Misconception(
                "prepared with statistics of the batch",
                lambda y: y if len(y) > 1 else (y + 1) % classes,
                "An example gets another label when it comes alone. Prepare whatever comes with the mean and the spread of the "
                "*training* examples: keep these numbers.",
                keys=("company",),
            ),
            Misconception(
                "always the same class",
                np.zeros_like,
                "Every example gets the same label. Either nothing was learned, or the inputs are not prepared here as in "
                "training.",
                keys=("constant",),
            ),
            Misconception(
                "no better than guessing",
                lambda y: (y + 1 + y % 2) % classes,
                "This is what guessing gets. Is this the trained network, are examples and labels still in the same order, and "
                "are the inputs prepared as in training?",
                share=(0.0, 1.7 * guess if classes < 5 else 0.2),
            ),
            Misconception(
                "learned too little",
                lambda y: np.where(y > classes // 4, y, (y + 1) % classes),
                "It has learned something, but a right solution gets more. Watch the accuracy on examples that you held out: "
                "train longer, or with another learning rate, and prepare the inputs as in training.",
                share=(1.7 * guess if classes < 5 else 0.2, least - 0.04),
            ),
        ],
    )


PREDICT_IRIS = predictions("predict_iris", 3, kept_flowers, 3, LEAST_IRIS)
PREDICT_DIGITS = predictions("predict_digits", 4, kept_pictures, 10, LEAST_DIGITS)

EXERCISES = [SPLIT, PREDICT_IRIS, PREDICT_DIGITS, CONFUSION]
