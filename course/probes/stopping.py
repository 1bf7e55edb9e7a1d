"""Probe of early stopping: an object that watches a loss, keeps the best weights of a live model, and gives them back."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, probe

BETTER_THAN_ALL = -1e6
FAR = 1000.0


@probe
def stopping(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct `answer(patience)`; call `step(loss, model)` for each loss until it says stop; then `restore(model)`.

    The model lives on between the calls: before epoch k > 0 the number 1 is added to every parameter in place. So a
    restored parameter tells its epoch by how far it is from the start. After epoch 1, another object of the same class is
    given a loss better than all: it must not matter. Observes what each call of step said; the epoch of each parameter
    after restore; and, when that model was changed once more, the same of a new model given to restore.
    """
    with _own_memory(answer):
        return _watch(answer, inputs, framework)


def _watch(answer: Any, inputs: Inputs, framework: Framework) -> Observation:
    model = framework.build(inputs["model"])
    start = framework.plain(framework.parameters(model))
    watcher = call(answer, {"patience": inputs["patience"]})
    stops: list[bool] = []
    for epoch, loss in enumerate(inputs["losses"]):
        if epoch:
            framework.shift(model, 1.0)
        stops.append(bool(framework.plain(_method(watcher, "step")(loss, model))))
        if stops[-1]:
            break
        if epoch == 1:
            other = call(answer, {"patience": inputs["patience"]})
            _method(other, "step")(BETTER_THAN_ALL, framework.build(inputs["model"]))
    restored = []
    for one in (model, framework.build(inputs["model"])):
        _method(watcher, "restore")(one)
        restored.append(_epochs(framework, one, start))
        framework.shift(model, FAR)
    return {"stop after each epoch": stops, "epoch of each restored parameter": restored[0], "restored later": restored[1]}


@contextmanager
def _own_memory(answer: Any) -> Iterator[None]:
    """Lists, dicts and sets that a class keeps for all its objects are emptied again: no case may disturb another."""
    shared = {name: value for name, value in getattr(answer, "__dict__", {}).items() if isinstance(value, (list, dict, set))}
    before = copy.deepcopy(shared)
    try:
        yield
    finally:
        for name, value in before.items():
            if not name.startswith("__"):
                setattr(answer, name, value)


def _method(made: Any, name: str) -> Any:
    method = getattr(made, name, None)
    if not callable(method):
        raise TypeError(f"the class needs a method {name}")
    return method


def _epochs(framework: Framework, model: Any, start: list[np.ndarray]) -> list[float]:
    """How far each parameter is from where it was, to three digits: float32 rounds at every step."""
    now = framework.plain(framework.parameters(model))
    return [round(float(np.mean(after - before)), 3) for after, before in zip(now, start, strict=True)]
