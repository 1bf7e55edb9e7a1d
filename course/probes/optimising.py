"""Probes of what is called once in every training step: an optimiser's update, and batch normalisation with its state."""

from __future__ import annotations

from typing import Any

from course.frameworks import Framework
from course.frameworks.numpy import Constant
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, snapshot
from course.recipes import Trainable


@probe
def updates(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer` once for each entry of the input `grads`, with the other inputs kept between the calls.

    What an optimiser remembers is in one of those, and is its own business. Observes the `params` after every step, as
    those see them who hold the parameters themselves and not only the list; and the inputs `changed` that should not be.
    """
    kept = {name: framework.build(value) for name, value in inputs.items() if name != "grads"}
    held = _held(kept["params"])
    seen: Observation = {"params": [], "changed": []}
    for grads in inputs["grads"]:
        given = {"grads": framework.build(grads)}
        before = {"grads": snapshot(given["grads"], framework)}
        call(answer, {name: given.get(name, kept.get(name)) for name in inputs})
        seen["params"].append(framework.plain(held))
        seen["changed"] += changed_inputs(before, given, framework)
    return seen


def _held(tree: Any) -> Any:
    """The same parameters in lists of our own: a step that puts new tensors into its list has changed none of them."""
    return [_held(item) for item in tree] if isinstance(tree, (list, tuple)) else tree


@probe
def normalisation(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(x, state, training)` for the batches of `x`, each with its entry of `training`, on one state.

    Each x hangs on a gradient graph, where there is such a thing, as the output of a layer does. Observes each `value`, the
    running `mean` and `var` in the state after each call, whether one of these is `live`, whether the `gradient flows` from
    each value back to its x, and what was `changed` that should not be (x, gamma, beta).
    """
    state = framework.build(inputs["state"])
    held = {name: state[name] for name in ("gamma", "beta")}
    seen: Observation = {"value": [], "mean": [], "var": [], "live": False, "gradient flows": True, "changed": []}
    for x, training in zip(inputs["x"], inputs["training"], strict=True):
        given = {"x": framework.build(Trainable(x)) + 0, **held}
        before = {name: snapshot(value, framework) for name, value in given.items()}
        value = call(answer, {"x": given["x"], "state": state, "training": training})
        seen["value"].append(framework.plain(value))
        cut = isinstance(value, Constant) or (framework.is_live(given["x"]) and not framework.is_live(value))
        seen["gradient flows"] = seen["gradient flows"] and not cut
        for name in ("mean", "var"):
            seen[name].append(framework.plain(state.get(name)))
            seen["live"] = seen["live"] or framework.is_live(state.get(name))
        seen["changed"] += changed_inputs(before, given, framework)
    return seen
