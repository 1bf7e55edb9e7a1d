"""Probe of dividing examples into two parts, class by class: which facts hold, whatever the random choice."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.frameworks.numpy import framework as numpy_framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot


@probe
def class_split(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(y, fraction, rng)` on NumPy labels, which returns two arrays of indices: to train on, held out.

    Observes the numbers of each class that are `held out`; whether an example is `in both parts`, `twice in a part` or
    `in no part`; whether the choice is `random` and not the first or last of each class or file; whether the same seed is
    `repeatable` and another call with the same generator gives a `new` one; and the inputs `changed`.
    """
    y = inputs["y"]
    arguments = {name: numpy_framework.build(value) for name, value in inputs.items()}
    before = {"y": snapshot(arguments["y"], framework)}
    train, held = _indices(call(answer, arguments), len(y), framework)
    changed = changed_inputs(before, arguments, framework)
    second = _indices(call(answer, arguments), len(y), framework)
    seed = list(inputs)[-1]
    again = _indices(call(answer, arguments | {seed: numpy_framework.build(inputs[seed])}), len(y), framework)
    return {
        "held out of each class": np.bincount(y[held], minlength=int(y.max()) + 1),
        "an example is in both parts": bool(set(train) & set(held)),
        "an example is twice in a part": any(len(set(part)) < len(part) for part in (train, held)),
        "an example is in no part": len(set(train) | set(held)) < len(y),
        "the examples are drawn at random": _drawn(held, y),
        "repeatable": same([train, held], list(again)),
        "new": not same([train, held], list(second)),
        "changed": changed,
    }


def _indices(returned: Any, n: int, framework: Framework) -> tuple[list[int], list[int]]:
    plain = framework.plain(returned)
    if not isinstance(plain, list) or len(plain) != 2:
        raise TypeError("it must return two arrays of indices: (train, held_out)")
    parts = []
    for part in plain:
        array = np.asarray(part)
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            raise TypeError("each part must be an array of indices: one axis, integers")
        if array.size and (array.min() < 0 or array.max() >= n):
            raise ValueError(f"there are {n} examples, and an index lies outside of 0 to {n - 1}")
        parts.append(array.astype(np.int64).tolist())
    return parts[0], parts[1]


def _drawn(held: list[int], y: np.ndarray) -> bool:
    """Whether the held-out examples are neither the first nor the last, of the file or of every class."""
    chosen, whole = sorted(held), list(range(len(y)))
    first, last = [], []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label).tolist()
        count = sum(i in set(rows) for i in held)
        first += rows[:count]
        last += rows[len(rows) - count :]
    size = len(held)
    return chosen not in (sorted(first), sorted(last), whole[:size], whole[len(y) - size :])
