"""Probes of the two steps before training: dividing the examples, and scaling them by what the training part says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot

Parts = list[tuple[np.ndarray, np.ndarray]]
NEAR = 1e-4


@probe
def splitting(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(x, y, fractions, generator)`, which returns one pair (x, y) for each fraction.

    The rows of x must differ from each other, so that each can be told. Observes how many `parts` there are, by how many
    examples the worst size is `off`, five facts about which examples are where (see `_facts`), the dtype kinds, whether
    the same seed is `repeatable` and another call with the same generator gives a `new` split, and the inputs `changed`.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    parts = _parts(call(answer, arguments), framework)
    changed = changed_inputs(before, arguments, framework)
    seed = list(inputs)[-1]
    fresh = {name: framework.build(value) for name, value in inputs.items() if name != seed}
    second = _parts(call(answer, arguments | fresh), framework)
    again = _parts(call(answer, arguments | fresh | {seed: framework.build(inputs[seed])}), framework)
    x, y, fractions = (inputs[name] for name in list(inputs)[:3])
    if len(parts) != len(fractions):
        raise TypeError(f"{len(fractions)} fractions were given, and it returned {len(parts)} pairs")
    return {
        "examples too many or too few": max(abs(len(p) - f * len(x)) for (p, _), f in zip(parts, fractions, strict=True)),
        **_facts(parts, x, y),
        "repeatable": same(parts, again),
        "new": not same(parts, second),
        "changed": changed,
    }


def _parts(returned: Any, framework: Framework) -> Parts:
    plain = framework.plain(returned)
    if not isinstance(plain, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in plain):
        raise TypeError("it must return a list with one pair (x, y) for each fraction")
    parts = [(np.asarray(x), np.asarray(y)) for x, y in plain]
    for x, y in parts:
        if len(x) != len(y):
            raise ValueError(f"a part has {len(x)} rows of x and {len(y)} of y")
    return parts


def _facts(parts: Parts, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """Facts that do not depend on the random order: which examples are where, by their rows of x."""
    row_of = {_key(row): i for i, row in enumerate(x)}
    found = [[row_of.get(_key(row), -1) for row in part] for part, _ in parts]
    everything = [i for rows in found for i in rows]
    if -1 in everything:
        raise ValueError("a row of x is in no way a row of the x that was given")
    home = Counter(i for rows in found for i in set(rows))
    labels = np.concatenate([np.asarray(part) for _, part in parts]) if everything else y[:0]
    starts = np.cumsum([0, *map(len, found)])
    blocks = [set(range(a, b)) for a, b in zip(starts[:-1], starts[1:], strict=True)]
    return {
        "an example stands in two parts": max(home.values(), default=0) > 1,
        "an example stands twice in a part": any(len(set(rows)) < len(rows) for rows in found),
        "every example is in some part": set(everything) == set(range(len(x))),
        "every x has its own y": labels.shape == y[everything].shape and bool(np.all(labels == y[everything])),
        "the parts are drawn at random": [set(rows) for rows in found] != blocks,
        "kinds of numbers in x and y": [parts[0][0].dtype.kind.replace("u", "i"), parts[0][1].dtype.kind.replace("u", "i")],
    }


def _key(row: np.ndarray) -> tuple[float, ...]:
    return tuple(np.float32(row).ravel().tolist())


@probe
def scaler(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(x, rows)`, which returns a function of a table, and scale three tables with that.

    Observes the scaled training rows, the whole table and a single row of it; whether the result `leaks`: whether anything
    changes when all rows but the training rows are corrupted before fitting; and the inputs `changed`, tables included.
    """
    x, rows = inputs.values()
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    scale = call(answer, arguments)
    if not callable(scale):
        raise TypeError("it must return a function that takes a table and returns it scaled")
    others = np.setdiff1d(np.arange(len(x)), rows)
    tables = {"training rows": x[rows], "all rows": x, "one row alone": x[others[:1]]}
    built = {name: framework.build(table) for name, table in tables.items()}
    seen: Observation = {f"{name}, scaled": framework.plain(scale(table)) for name, table in built.items()}
    corrupted = x.copy()
    corrupted[others] = 1000 - 500 * corrupted[others]
    refit = call(answer, {**arguments, next(iter(inputs)): framework.build(corrupted)})
    first, second = seen["training rows, scaled"], framework.plain(refit(framework.build(x[rows])))
    seen["held-out rows have an influence"] = not _near(first, second)
    changed = [name for name, table in built.items() if not same(tables[name], snapshot(table, framework))]
    return seen | {"changed": changed_inputs(before, arguments, framework) + changed}


def _near(first: Any, second: Any) -> bool:
    if not (isinstance(first, np.ndarray) and isinstance(second, np.ndarray)) or first.shape != second.shape:
        return False
    return bool(np.allclose(first, second, rtol=NEAR, atol=NEAR, equal_nan=True))
