"""What is graded in "$title": references in plain NumPy, cases, and the mistakes that students make."""

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance


def centre(x):
    return x - x.mean(axis=0)


def over_the_rows(x):
    return x - x.mean(axis=1, keepdims=True)


def one_mean_for_all(x):
    return x - x.mean()


def in_place(x):
    x -= x.mean(axis=0)
    return x


def centre_cases(rng):
    # Sizes that differ in every axis, so that a wrong axis cannot pass by chance; and the edge: a batch of one.
    return [{"x": rng.normal(3, 2, shape).astype(np.float32)} for shape in ((5, 3), (1, 4), (3, 3))]


EXERCISES = [
    Exercise(
        name="centre",
        points=1,
        reference=centre,
        cases=centre_cases,
        misconceptions=[
            Misconception(
                "mean of each row",
                over_the_rows,
                "Each column is a feature: its mean goes over the batch, axis 0.",
            ),
            Misconception(
                "one mean for the whole table",
                one_mean_for_all,
                "You subtract one number from everything. Each column has its own mean: name the axis.",
            ),
            Misconception(
                "input changed in place",
                in_place,
                "`-=` changes the caller's table as well. Write `x - ...`, which makes a new one.",
                tracks=("pytorch",),  # TensorFlow's tensors cannot be changed
            ),
        ],
        tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    ),
]
