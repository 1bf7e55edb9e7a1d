"""Probes of training and evaluation: single steps on given parameters, and metrics of a given model."""

from __future__ import annotations

from typing import Any

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, snapshot


@probe
def steps(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Take several steps `answer(params, x, y, lr)` on the same parameters; one step would hide a missing zero_grad.

    `x` and `y` hold one batch for each step. Observes the `losses` returned, the `params` after every step, whether a
    loss is `live`, and the inputs `changed` that should not be.
    """
    params = framework.build(inputs["params"])
    seen: Observation = {"losses": [], "params": [], "live": False, "changed": []}
    for x, y in zip(inputs["x"], inputs["y"], strict=True):
        batch = {"x": framework.build(x), "y": framework.build(y)}
        before = {name: snapshot(value, framework) for name, value in batch.items()}
        loss = call(answer, {"params": params, **batch, "lr": inputs["lr"]})
        seen["losses"].append(framework.plain(loss))
        seen["params"].append(framework.plain(params))
        seen["live"] = seen["live"] or framework.is_live(loss)
        seen["changed"] += changed_inputs(before, batch, framework)
    return seen


@probe
def evaluation(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(model, loader)` on a model left in training mode, then on one left in evaluation mode.

    Observes the `value` and the second value `again`, whether the value is `live`, and whether the mode was `restored`.
    """
    model, loader = framework.build(inputs["model"]), framework.build(inputs["loader"])
    values, restored, live = [], True, False
    for training in (True, False):
        framework.set_training(model, training)
        before = framework.is_training(model)
        returned = call(answer, {"model": model, "loader": loader})
        values.append(framework.plain(returned))
        live = live or any(framework.is_live(leaf) for leaf in framework.leaves(returned))
        restored = restored and framework.is_training(model) == before
    return {"value": values[0], "again": values[1], "live": live, "restored": restored}
