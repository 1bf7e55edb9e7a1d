"""Probes of random answers: a table of start values, and dropout. What they see is true of every right draw, or nearly."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot

Array = np.ndarray
CALLS = 120  # how often dropout is called in training mode; the share that it drops is counted over all calls
STEADY = 1e-4  # factors that differ by rounding only are one factor


@probe
def random_table(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(fan_in, fan_out, generator)`, which returns a table of random weights.

    Observes its `shape`; its `spread`, the standard deviation divided by Xavier's sqrt(2 / (fan_in + fan_out)), and once
    more as `coarse spread` and `coarser spread` (for wider bands, which tell mistakes apart); the `mean` in units of its
    standard error; whether the same seed is `repeatable` and another call with the same generator gives `new` numbers.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    seed = list(inputs)[-1]
    table = _array(framework, call(answer, arguments))
    second = _array(framework, call(answer, arguments))
    again = _array(framework, call(answer, arguments | {seed: framework.build(inputs[seed])}))
    spread = float(table.std() / np.sqrt(2 / (inputs["fan_in"] + inputs["fan_out"])))
    return {
        "shape": list(table.shape),
        "mean": float(abs(table.mean()) * np.sqrt(table.size) / (table.std() + 1e-12)),
        "spread": spread,
        "coarse spread": spread,
        "coarser spread": spread,
        "repeatable": same(table, again),
        "new": not same(table, second),
    }


@probe
def dropping(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(x, p, training, generator)` many times on an x without zeros: with training true, then false.

    Observes the `shape`; the share `kept` in training, as its distance from 1 - p in units of its standard error; by which
    `factor` the kept numbers were multiplied (lowest, highest) and whether there was `one factor`; the same for all
    numbers `in evaluation`; whether each example has its `own mask`; whether calls are `new`, and `repeatable` with the
    same seed; and the inputs `changed` in place.
    """
    x, p = np.asarray(inputs["x"]), float(inputs["p"])

    def ask(training: bool, generator: Any) -> tuple[Array, list[str]]:
        arguments = {"x": framework.build(inputs["x"]), "p": p, "training": training, "generator": generator}
        before = {"x": snapshot(arguments["x"], framework)}
        y = _array(framework, call(answer, arguments))
        return y, changed_inputs(before, arguments, framework)

    generator = framework.build(inputs["generator"])
    first, changed = ask(True, generator)
    again, _ = ask(True, framework.build(inputs["generator"]))
    if first.shape != x.shape:
        return {"shape": list(first.shape)}
    trained = np.stack([first, *(ask(True, generator)[0] for _ in range(CALLS - 1))]) / x
    used = np.stack([ask(False, generator)[0] for _ in range(CALLS // 4)]) / x
    masks = trained != 0  # (calls, batch, ...)
    factors = trained[masks]
    rows = masks.reshape(CALLS, len(x), -1)
    return {
        "shape": list(first.shape),
        "changed": changed,
        "kept": float((masks.mean() - (1 - p)) / np.sqrt(p * (1 - p) / masks.size)),
        "one factor": bool(np.ptp(factors) < STEADY) if factors.size else True,
        "factor": _range(factors),
        "in evaluation": _range(used),
        "own mask": len(x) == 1 or bool((rows != rows[:, :1]).any()),
        "repeatable": same(first, again),
        "new": bool((masks != masks[:1]).any()),
    }


def _array(framework: Framework, value: Any) -> Array:
    array = framework.plain(value)
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
        raise TypeError("it must return a tensor of floating-point numbers")
    return array.astype(np.float64)


def _range(numbers: Array) -> Array:
    return np.array([numbers.min(), numbers.max()]) if numbers.size else np.zeros(2)
