"""Probe of a plain function: call it, twice, and look at what came back and at what was done to the inputs."""

from __future__ import annotations

from typing import Any

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot
from course.recipes import Seed

TOLERATED = 1e-5


@probe
def function(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call a function twice with the very same inputs.

    Observes `value`, the inputs `changed` in place, `again` (the second value, or "the same" as the first) and, with
    the option `detached`, whether the value is `live`: still attached to a gradient graph.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    returned = call(answer, arguments)
    value = framework.plain(returned)
    seen: Observation = {"value": value, "changed": changed_inputs(before, arguments, framework)}
    if options.get("detached"):
        seen["live"] = any(framework.is_live(leaf) for leaf in framework.leaves(returned))
    # A generator moves on when it is used, so the second call gets a fresh one with the same seed.
    reseeded = {name: framework.build(inputs[name]) for name in inputs if isinstance(inputs[name], Seed)}
    second = framework.plain(call(answer, arguments | reseeded))
    seen["again"] = "the same" if _close(value, second) else second
    return seen


def _close(first: Any, second: Any) -> bool:
    """Equal, or equal to rounding: some parallel sums are not the same to the last bit twice."""
    import numpy as np

    if same(first, second):
        return True
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(_close(a, b) for a, b in zip(first, second, strict=True))
    if isinstance(first, (np.ndarray, float)) and isinstance(second, (np.ndarray, float)):
        a, b = np.asarray(first), np.asarray(second)
        if a.shape != b.shape or a.dtype.kind not in "fc" or b.dtype.kind not in "fc":
            return False
        return bool(np.allclose(a, b, rtol=TOLERATED, atol=TOLERATED, equal_nan=True))
    return False
