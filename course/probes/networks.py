"""Probes of what is done with a network of layers: how it is put together, one epoch of training, a look at its weights.

The networks that they hand out are made of tiny layers, so that no mistake in a student's own layers counts twice.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from course.frameworks import Framework
from course.frameworks.numpy import framework as numpy_framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot
from course.probes.layers import TINY, Scale


@probe
def architecture(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(sizes, activation, rng)`, which gives a network whose parts are in `layers`; `activation` is a class.

    Observes the `kinds` of its layers in order; the shapes of w and b of each linear one (`weights`); the `spread` of each
    w, as its standard deviation times sqrt(inputs); whether one is all `zero`; the largest `bias`; whether a layer object
    stands at two places (`shared`); and whether the same seed is `repeatable`.
    """
    kind = TINY[inputs["activation"]]

    def make() -> list[Any]:
        rng = numpy_framework.build(inputs["rng"])
        made = call(answer, {"sizes": list(inputs["sizes"]), "activation": kind, "rng": rng})
        layers = getattr(made, "layers", None)
        if not isinstance(layers, (list, tuple)):
            raise TypeError("it must return a Net that keeps its layers as the list `layers`")
        return list(layers)

    layers = make()
    linear = [layer for layer in layers if hasattr(layer, "w") and hasattr(layer, "b")]
    arrays = [(np.asarray(layer.w), np.asarray(layer.b)) for layer in linear]
    again = [(np.asarray(layer.w), np.asarray(layer.b)) for layer in make() if hasattr(layer, "w") and hasattr(layer, "b")]
    return {
        "kinds": [_kind(layer, kind, linear) for layer in layers],
        "weights": [[list(w.shape), list(b.shape)] for w, b in arrays],
        "spread": np.array([w.std() * np.sqrt(len(w)) for w, _ in arrays]),
        "bias": max((float(np.abs(b).max(initial=0.0)) for _, b in arrays), default=0.0),
        "zero": any(not w.any() for w, _ in arrays),
        "shared": len({id(layer) for layer in layers}) < len(layers),
        "repeatable": same([list(pair) for pair in arrays], [list(pair) for pair in again]),
    }


def _kind(layer: Any, activation: type, linear: list[Any]) -> str:
    if any(layer is one for one in linear):
        return "Linear"
    if isinstance(layer, activation):
        return "activation"
    return "a class, not an object of it" if isinstance(layer, type) else type(layer).__name__


class Distance:
    """A loss: half the mean over the examples of the squared distance between each number of z and the label."""

    def forward(self, z: np.ndarray, y: np.ndarray) -> float:
        self.z, self.y = z, y
        return float(np.mean(np.sum((z - y[:, None]) ** 2, axis=1)) / 2)

    def backward(self) -> np.ndarray:
        return (self.z - self.y[:, None]) / len(self.y)


class Counted(Scale):
    """A network of one number that notes how many examples each forward was given."""

    def __init__(self, a: float) -> None:
        super().__init__(a)
        self.da = 1.0  # as if left over from another training: who updates before backward uses it
        self.sizes: list[int] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.sizes.append(len(x))
        return super().forward(x)


@probe
def net_epoch(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(net, loss, x, y, batch_size, lr)` on a network of the one number `a`.

    Observes the `value` returned, the `sizes` of the batches that went forward, `a` afterwards, and the inputs `changed`.
    """
    arguments = numpy_framework.build({name: inputs[name] for name in ("x", "y")})
    before = {name: snapshot(value, framework) for name, value in arguments.items()}
    net = Counted(inputs["a"])
    given = {"net": net, "loss": Distance(), **arguments, "batch_size": inputs["batch_size"], "lr": inputs["lr"]}
    value = framework.plain(call(answer, given))
    return {"sizes": net.sizes, "value": value, "a": net.a, "changed": changed_inputs(before, arguments, framework)}


@probe
def net_weights(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(net)` on a network; `layers` holds (w, b) of each layer, or nothing for one without parameters.

    Observes the `value`, an array of one axis being a list, and whether an array was `changed`.
    """
    pairs = [numpy_framework.build(list(pair)) for pair in inputs["layers"]]
    before = [snapshot(pair, framework) for pair in pairs]
    net = SimpleNamespace(layers=[SimpleNamespace(w=pair[0], b=pair[1]) if pair else SimpleNamespace() for pair in pairs])
    value = framework.plain(call(answer, {"net": net}))
    value = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value
    return {"value": value, "changed": [] if same(before, [snapshot(pair, framework) for pair in pairs]) else ["net"]}
