"""Probe of random initial parameters: their shapes and spread, not their values."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, probe, same


@probe
def initial_parameters(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(sizes, generator)`, which returns a list of (w, b) pairs.

    Observes the `shapes`; the `spread` of each layer's w, as its standard deviation times sqrt(fan_in); the largest
    `mean` of a w in units of its standard error; the largest `bias`; whether all are `trainable`; whether the same seed
    is `repeatable` and another call with the same generator gives `new` numbers.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    seed = list(inputs)[-1]
    returned = call(answer, arguments)
    first = _pairs(framework.plain(returned))
    second = _pairs(framework.plain(call(answer, arguments)))
    again = _pairs(framework.plain(call(answer, arguments | {seed: framework.build(inputs[seed])})))
    weights = [w for w, _ in first]
    return {
        "shapes": [[list(w.shape), list(b.shape)] for w, b in first],
        "spread": np.array([w.std() * np.sqrt(w.shape[0]) for w in weights]),
        "mean": max((abs(w.mean()) * np.sqrt(w.size) / (w.std() + 1e-12) for w in weights), default=0.0),
        "bias": max((float(np.abs(b).max(initial=0.0)) for _, b in first), default=0.0),
        "trainable": all(framework.is_trainable(leaf) for leaf in framework.leaves(returned)),
        "repeatable": same(first, again),
        "new": not same(first, second),
    }


def _pairs(plain: Any) -> list[list[np.ndarray]]:
    if not isinstance(plain, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in plain):
        raise TypeError("it must return a list with one pair (w, b) for each layer")
    return [[np.asarray(part) for part in pair] for pair in plain]
