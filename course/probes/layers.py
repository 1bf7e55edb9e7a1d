"""Probes of a hand-written framework: layers, a loss, and a network of layers. They give NumPy arrays in every track."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.frameworks.numpy import framework as numpy_framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot

Array = np.ndarray
CALLS = ("earlier", "x", "dz", "lr")


@probe
def layer(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct a layer from the inputs that are not `earlier`, `x`, `dz` or `lr`: its parameters. Then take steps.

    `x` and `dz` hold an input and an upstream gradient for each step: forward, backward, update. `earlier`, if there is
    one, goes forward before the first step, and nothing may be left of it. Observes whether a parameter `moved` before
    update was called (then the steps end), and for each step `z`, `dx`, the gradient of every parameter p (attribute
    `dp`) and p itself after the update; and the inputs `changed` in place.
    """
    arguments = numpy_framework.build(inputs)
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    names = [name for name in inputs if name not in CALLS]
    made = call(answer, {name: arguments[name] for name in names})
    seen: Observation = {"moved": False, "z": [], "dx": []} | {f"d{name}": [] for name in names} | {name: [] for name in names}
    if "earlier" in arguments:
        made.forward(arguments["earlier"])
    for x, dz in zip(arguments["x"], arguments["dz"], strict=True):
        start = _attributes(made, names, framework)
        seen["z"].append(framework.plain(made.forward(x)))
        seen["dx"].append(framework.plain(made.backward(dz)))
        gradients = _attributes(made, [f"d{name}" for name in names], framework)
        seen["moved"] = not same(start, _attributes(made, names, framework))
        for name, gradient in gradients.items():
            seen[name].append(gradient)
        if seen["moved"]:
            break
        # A gradient of the wrong shape is reported as that, rather than by the error that update would make of it.
        if names and all(np.shape(g) == np.shape(p) for g, p in zip(gradients.values(), start.values(), strict=True)):
            made.update(inputs["lr"])
        for name, parameter in _attributes(made, names, framework).items():
            seen[name].append(parameter)
    return seen | {"changed": changed_inputs(before, arguments, framework)}


def _attributes(made: Any, names: list[str], framework: Framework) -> dict[str, Any]:
    return {name: framework.plain(getattr(made, name)) for name in names}


@probe
def loss_layer(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct a loss without arguments; for each batch forward(logits, labels), then backward() twice.

    `logits` and `labels` hold one array for each batch. Observes the `losses`, the `dlogits`, the second result `again`
    ("the same", or what it was), and the inputs `changed` in place.
    """
    arguments = numpy_framework.build(inputs)
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    made = call(answer, {})
    seen: Observation = {"losses": [], "dlogits": [], "again": []}
    for logits, labels in zip(arguments["logits"], arguments["labels"], strict=True):
        seen["losses"].append(framework.plain(made.forward(logits, labels)))
        first, second = framework.plain(made.backward()), framework.plain(made.backward())
        seen["dlogits"].append(first)
        seen["again"].append("the same" if _near(first, second) else second)
    return seen | {"changed": changed_inputs(before, arguments, framework)}


def _near(first: Any, second: Any) -> bool:
    """Equal but for rounding, NaN included."""
    if not isinstance(first, np.ndarray) or not isinstance(second, np.ndarray) or first.shape != second.shape:
        return same(first, second)
    return bool(np.allclose(first, second, rtol=1e-6, atol=1e-9, equal_nan=True))


class Scale:
    """z = a x; its parameter is the number a."""

    def __init__(self, a: float) -> None:
        self.a, self.da = a, 0.0

    def forward(self, x: Array) -> Array:
        self.x = x
        return self.a * x

    def backward(self, dz: Array) -> Array:
        self.da = float(np.sum(dz * self.x))
        return dz * self.a

    def update(self, lr: float) -> None:
        self.a -= lr * self.da


class Square:
    """z = x^2, number by number."""

    def forward(self, x: Array) -> Array:
        self.x = x
        return x * x

    def backward(self, dz: Array) -> Array:
        return dz * 2 * self.x

    def update(self, lr: float) -> None:
        pass


class Roll:
    """Every column moves one place to the right, the last becomes the first."""

    def forward(self, x: Array) -> Array:
        return np.roll(x, 1, axis=1)

    def backward(self, dz: Array) -> Array:
        return np.roll(dz, -1, axis=1)

    def update(self, lr: float) -> None:
        pass


TINY = {"Scale": Scale, "Square": Square, "Roll": Roll}


@probe
def net(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct a network of tiny layers, so that no mistake in a student's own layers counts twice; then take steps.

    `layers` names each layer, with its number where it has one. Observes for each step `z`, `dx`, the gradients `da` that
    the Scale layers got and their numbers `a` after the update; and the inputs `changed`, the list of layers among them.
    """
    arguments = numpy_framework.build({name: inputs[name] for name in ("x", "dz")})
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    layers = [TINY[kind](*numbers) for kind, *numbers in inputs["layers"]]
    given = list(layers)
    scales = [one for one in given if isinstance(one, Scale)]
    made = call(answer, {"layers": layers})
    seen: Observation = {"z": [], "dx": [], "da": [], "a": []}
    for x, dz in zip(arguments["x"], arguments["dz"], strict=True):
        seen["z"].append(framework.plain(made.forward(x)))
        seen["dx"].append(framework.plain(made.backward(dz)))
        seen["da"].append([one.da for one in scales])
        made.update(inputs["lr"])
        seen["a"].append([one.a for one in scales])
    same_list = len(layers) == len(given) and all(one is other for one, other in zip(layers, given, strict=True))
    return seen | {"changed": changed_inputs(before, arguments, framework) + ([] if same_list else ["layers"])}
