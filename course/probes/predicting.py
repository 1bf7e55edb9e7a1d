"""Probe of a trained model's predictions: labels for examples that it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.frameworks.numpy import framework as numpy_framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, snapshot
from course.recipes import Jpegs

ALONE = 5


@probe
def labels(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(x)`, which gives a label for each example of x; with the option `numpy`, x is an array in both tracks.

    Observes the labels as `value`; whether they are `constant`; whether one of the first examples gets another label when
    it comes alone than it had in `company`; and the inputs `changed` in place. Another model gives other labels, so that
    what is right is a share of `value`.
    """
    builder = numpy_framework if options.get("numpy") else framework
    ((name, examples),) = inputs.items()
    if isinstance(examples, Jpegs):
        examples = examples.array()
    arguments = {name: builder.build(examples)}
    before = {name: snapshot(arguments[name], framework)}
    value = _array(framework.plain(call(answer, arguments)))
    seen: Observation = {"value": value, "changed": changed_inputs(before, arguments, framework)}
    if not isinstance(value, np.ndarray) or value.shape != (len(examples),) or value.dtype.kind not in "iu":
        return seen | {"company": False, "constant": False}
    alone = [_array(framework.plain(call(answer, {name: builder.build(examples[i : i + 1])}))) for i in range(ALONE)]
    seen["company"] = any(not np.array_equal(one, value[i : i + 1]) for i, one in enumerate(alone))
    seen["constant"] = bool((value == value[0]).all())
    return seen


def _array(value: Any) -> Any:
    """A list of plain numbers as an array: labels are labels in whichever form they come."""
    if isinstance(value, list) and value and all(type(v) in (int, float) for v in value):
        return np.array(value)
    return value
