"""Probe of an iterable of minibatches: what two epochs contain, whatever their order."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot


@probe
def epochs(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Read two epochs of `answer(x, y, batch_size, generator)`.

    Observes the `sizes` of the batches, all (x, y) `rows` in sorted order, whether the second epoch is `reshuffled`,
    whether the same seed gives a `repeatable` order, and the inputs `changed` in place.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    first, second = _epoch(answer, arguments, framework), _epoch(answer, arguments, framework)
    seed = list(inputs)[-1]
    again = _epoch(answer, arguments | {seed: framework.build(inputs[seed])}, framework)
    rows = _rows(first)
    return {
        "sizes": [len(x) for x, _ in first],
        "rows": rows[np.lexsort(rows.T[::-1])],
        "reshuffled": not same(rows, _rows(second)),
        "repeatable": same(rows, _rows(again)),
        "changed": changed_inputs(before, arguments, framework),
    }


def _epoch(answer: Any, arguments: Inputs, framework: Framework) -> list[tuple[np.ndarray, np.ndarray]]:
    batches = []
    for batch in call(answer, arguments):
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise TypeError("each batch must be a pair (x, y)")
        x, y = (np.asarray(framework.plain(part)) for part in batch)
        if len(x) != len(y):
            raise ValueError(f"a batch has {len(x)} rows of x and {len(y)} of y")
        batches.append((x, y))
        if len(batches) > 10_000:
            raise ValueError("it never stops giving batches")
    return batches


def _rows(batches: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Rows (examples, features + 1) of an epoch: x with its y behind it, in the order they came."""
    rows = [np.column_stack([x.reshape(len(x), -1), y.reshape(len(y), -1)]) for x, y in batches if len(x)]
    return np.concatenate(rows).astype(np.float64) if rows else np.zeros((0, 0))
