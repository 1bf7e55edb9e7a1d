"""The exercises of the light lesson; between them a network is trained."""

import numpy as np

from autograder.spec import Exercise, Misconception


def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels]


def transposed(labels, num_classes):
    return one_hot(labels, num_classes).T


def labels_cases(rng):
    return [{"labels": rng.integers(0, 4, 6), "num_classes": 5}, {"labels": np.array([2]), "num_classes": 4}]


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def over_batch(logits):
    return softmax(logits.T).T


def logits_cases(rng):
    return [{"logits": rng.normal(size=shape).astype(np.float32)} for shape in ((4, 3), (2, 5))]


def scale(x, factor):
    return x * factor


def adds(x, factor):
    return x + factor


def scale_cases(rng):
    return [{"x": rng.normal(size=shape).astype(np.float32), "factor": 3.0} for shape in ((2, 3), (1, 4), (5,))]


TRANSPOSED = Misconception("transposed", transposed, "Rows are examples.")
OVER_BATCH = Misconception("over the batch", over_batch, "Rows sum to 1.")
ADDS = Misconception("adds", adds, "Multiply; do not add.")
EXERCISES = [
    Exercise("one_hot", 2, one_hot, labels_cases, misconceptions=[TRANSPOSED]),
    Exercise("softmax", 3, softmax, logits_cases, misconceptions=[OVER_BATCH]),
    Exercise("scale", 1, scale, scale_cases, misconceptions=[ADDS]),
]
