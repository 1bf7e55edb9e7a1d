"""Probes of changing pictures by their gradients: ideal pictures, attacks, and how smooth a picture is."""

from __future__ import annotations

from typing import Any

import numpy as np

from course import classifiers
from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot

CLOSE = 1e-5


@probe
def changing(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(model, x, ...)` twice on a small classifier in evaluation mode and pictures (n, height, width, 3).

    Observes the `form` of what came back; if it has the form of x, its `value` with the colours last, whether it is `live`
    and whether the second is `again` the same; the inputs `changed`, and what was done to the `model`.
    """
    kit = classifiers.get(framework.name)
    model, x = kit.build(inputs["model"]), inputs["x"]
    turned = {name: kit.turned(value) if name == "x" else value for name, value in inputs.items() if name != "model"}
    arguments = {"model": model} | {name: framework.build(value) for name, value in turned.items()}
    plain = {name: snapshot(arguments[name], framework) for name in turned}
    state = kit.state(model)
    returned = call(answer, arguments)
    seen: Observation = {"form": _form(framework.plain(returned), kit.turned(x).shape)}
    if seen["form"] == AS_X:
        seen["value"] = _colours_last(framework.plain(returned), framework)
        seen["live"] = framework.is_live(returned)
    seen["changed"] = changed_inputs(plain, {name: arguments[name] for name in plain}, framework)
    after = kit.state(model)
    seen["model"] = [what for what in after if not same(_pack(state.get(what)), _pack(after[what]))]
    if seen["form"] == AS_X and not seen["changed"]:
        second = _colours_last(framework.plain(call(answer, arguments)), framework)
        alike = second.shape == x.shape and np.allclose(seen["value"], second, rtol=CLOSE, atol=CLOSE)
        seen["again"] = "the same" if alike else "another"
    return seen


AS_X = "as x"


def _form(value: Any, shape: tuple[int, ...]) -> str:
    if isinstance(value, np.ndarray):
        return AS_X if value.shape == shape else f"shape {value.shape}"
    return "nothing" if value is None else type(value).__name__


def _pack(tree: Any) -> Any:
    return list(tree.values()) if isinstance(tree, dict) else tree


def _colours_last(value: Any, framework: Framework) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(value, 1, 3)) if framework.name == "pytorch" else np.asarray(value)


@probe
def variation(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(x)` on pictures (n, height, width, 3) through which a gradient is asked for.

    Observes the `value`, a number, and its `gradient` with the colours last, or None where none reaches x.
    """
    kit = classifiers.get(framework.name)
    returned, gradient = kit.slope(lambda x: call(answer, {"x": x}), inputs["x"])
    value = framework.plain(returned)
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value.item()
    return {"value": value, "gradient": gradient}
