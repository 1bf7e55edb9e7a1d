"""The exercise of a tiny lesson."""

import numpy as np

from autograder.spec import Exercise, Misconception


def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels]


def transposed(labels, num_classes):
    return one_hot(labels, num_classes).T


def cases(rng):
    return [{"labels": rng.integers(0, 4, 6), "num_classes": 5}, {"labels": np.array([2]), "num_classes": 4}]


EXERCISES = [
    # One exercise, one mistake.
    #
    Exercise(
        name="one_hot",
        points=2,
        reference=one_hot,
        cases=cases,
        misconceptions=[Misconception("transposed", transposed, "Each row is one example.")],
    )
]
