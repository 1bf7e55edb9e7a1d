"""Two exercises, to try a class with."""

import numpy as np

from autograder.spec import Exercise, Misconception


def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels]


def transposed(labels, num_classes):
    return one_hot(labels, num_classes).T


def guessed(labels, num_classes):
    return one_hot(labels, int(labels.max()) + 1)


def labels_cases(rng):
    return [{"labels": rng.integers(0, 4, 6), "num_classes": 5}, {"labels": np.array([2]), "num_classes": 4}]


def scale(x, factor):
    return x * factor


def shifted(x, factor):
    return x + factor


def scale_cases(rng):
    return [{"x": rng.normal(size=shape).astype(np.float32), "factor": 3.0} for shape in ((2, 3), (1, 4), (5,))]


EXERCISES = [
    Exercise(
        name="one_hot",
        points=2,
        reference=one_hot,
        cases=labels_cases,
        misconceptions=[
            Misconception("class count guessed", guessed, "Use num_classes."),
            Misconception("transposed", transposed, "Each row is one example."),
        ],
    ),
    Exercise(
        name="scale",
        points=3,
        reference=scale,
        cases=scale_cases,
        misconceptions=[Misconception("adds", shifted, "Multiply; do not add.")],
    ),
]
