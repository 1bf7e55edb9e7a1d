"""Probes of transfer learning: preparing photographs, features of a network, freezing, and steps with two learning rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from course import backbones
from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot


@probe
def pixels(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(images)` with a NumPy array (n, height, width, 3) of uint8, as photographs are.

    Observes whether the answer is a `tensor` of the track, its `value` with the channels put last whatever the track's own
    order is, and the inputs `changed`.
    """
    arguments = {name: np.array(value) for name, value in inputs.items()}
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    returned = call(answer, arguments)
    value = framework.plain(returned)
    tensor = framework.name == "numpy" or framework.to_array(returned) is not None
    if framework.name == "pytorch" and isinstance(value, np.ndarray) and value.ndim == 4:
        value = np.ascontiguousarray(value.transpose(0, 2, 3, 1))
    return {"value": value, "tensor": tensor, "changed": changed_inputs(before, arguments, framework)}


@probe
def features(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(model, x, batch_size)` on a network of blocks left in training mode, then in evaluation mode.

    Observes the `value` and the second one `again`, whether one is `live`, whether the mode was `restored` each time and
    whether the running statistics `drift`.
    """
    kit = backbones.get(framework.name)
    model = kit.build(inputs["model"])
    start, values, restored, live = kit.statistics(model), [], [], False
    for training in (True, False):
        framework.set_training(model, training)
        before = framework.is_training(model)
        returned = call(answer, {"model": model, "x": framework.build(inputs["x"]), "batch_size": inputs["batch_size"]})
        values.append(framework.plain(returned))
        live = live or any(framework.is_live(leaf) for leaf in framework.leaves(returned))
        restored.append(framework.is_training(model) == before)
    drift = not same(start, kit.statistics(model))
    return {"value": values[0], "again": values[1], "live": live, "restored": restored, "drift": drift}


@probe
def freezing(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(model)`, or `answer(model, n)` where there is an n, on a network of blocks; its result is not looked at.

    Where `frozen` is "whole" or "blocks" the network comes with nothing trainable. Observes how many parameters of each
    block are `trainable`; and, without an n, whether running statistics `drift` when examples `x` go through as in training.
    """
    kit = backbones.get(framework.name)
    model = kit.build(inputs["model"])
    if inputs.get("frozen", "no") != "no":
        kit.freeze(model, whole=inputs["frozen"] == "whole")
    given = {"model": model} | ({"n": inputs["n"]} if "n" in inputs else {})
    call(answer, given)
    seen: Observation = {"trainable": kit.trainable(model)}
    if "n" not in inputs:
        start = kit.statistics(model)
        kit.train_pass(model, framework.build(inputs["x"]))
        seen["drift"] = not same(start, kit.statistics(model))
    return seen


@probe
def fine_tuning(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Take several steps `answer(backbone, head, x, y, lr_backbone, lr_head)`; x and y hold one batch for each step.

    Observes the `losses`, whether one is `live`, and after each step the pair `head` and all weights of the `backbone`,
    each matrix as (inputs, outputs).
    """
    backbone, head = framework.build(inputs["backbone"]), framework.build(inputs["head"])
    seen: Observation = {"losses": [], "live": False, "head": [], "backbone": []}
    for x, y in zip(inputs["x"], inputs["y"], strict=True):
        batch = {"x": framework.build(x), "y": framework.build(y)}
        rates = {name: inputs[name] for name in ("lr_backbone", "lr_head")}
        loss = call(answer, {"backbone": backbone, "head": head, **batch, **rates})
        seen["losses"].append(framework.plain(loss))
        seen["live"] = seen["live"] or framework.is_live(loss)
        seen["head"].append(framework.plain(head))
        weights = [framework.plain(parameter) for parameter in framework.parameters(backbone)]
        # PyTorch keeps a matrix as (outputs, inputs).
        seen["backbone"].append([w.T.copy() if framework.name == "pytorch" and w.ndim == 2 else w for w in weights])
    return seen
