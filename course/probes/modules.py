"""Probes of models and layers that are objects of the framework: given numbers are put in as parameters, and outputs compared.

Where a parameter stands in a model is its author's business: an array goes to a parameter of its shape. So arrays of one shape
must be equal, square ones symmetric, and no table may have the transposed shape of another (`alike_weights`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, probe

NEAR = 1e-6


@probe
def built_model(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer` with all inputs but `x` and `weights`; it returns a model.

    Observes how many `trainable numbers` the model has; the `value` that it gives for x once the weights are its parameters
    (nothing, where they do not fit); and whether a second call gives a model with parameters `of its own`.
    """
    arguments = {name: value for name, value in inputs.items() if name not in ("x", "weights")}
    x = framework.build(inputs["x"])
    model, other = (_called(call(answer, framework.build(arguments)), x) for _ in range(2))
    seen: Observation = {"trainable numbers": count(framework, model)}
    kept = {id(parameter) for parameter in framework.parameters(other)}
    seen["of its own"] = not any(id(parameter) in kept for parameter in framework.parameters(model))
    return seen | {"value": framework.plain(model(x)) if fill(framework, model, inputs["weights"]) else None}


@probe
def own_layer(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct a layer from the inputs other than `x`, a list of batches, and `weights`.

    Observes whether `y is x at the start`, for the first batch; the `trainable numbers`; whether a table of them is `all zero`;
    the `values` for each batch once the weights are its parameters (nothing, where they do not fit); and how
    many `numbers that a gradient reaches` there are then.
    """
    arguments = {name: value for name, value in inputs.items() if name not in ("x", "weights")}
    batches = framework.build(inputs["x"])
    layer = call(answer, framework.build(arguments))
    first = framework.plain(layer(batches[0]))
    tables = [table for table in framework.plain(framework.parameters(layer)) if table.ndim > 1 and table.size > 1]
    seen: Observation = {"y is x at the start": _near(first, inputs["x"][0]), "trainable numbers": count(framework, layer)}
    seen["all zero"] = any(not table.any() for table in tables)
    fits = fill(framework, layer, inputs["weights"])
    seen["values"] = [framework.plain(layer(batch)) for batch in batches] if fits else None
    return seen | {"numbers that a gradient reaches": framework.reached(layer, batches[0])}


def _near(value: Any, x: np.ndarray) -> bool:
    return isinstance(value, np.ndarray) and value.shape == x.shape and bool(np.allclose(value, x, rtol=NEAR, atol=NEAR))


def _called(model: Any, x: Any) -> Any:
    """The model after a first call, which is when some layers make their parameters."""
    if not callable(model):
        raise TypeError(f"it must return a model, and returned a {type(model).__name__}")
    model(x)
    return model


def count(framework: Framework, model: Any) -> int:
    """How many numbers of a model can be trained."""
    parameters = [p for p in framework.parameters(model) if framework.is_trainable(p)]
    return sum(int(np.prod(p.shape)) for p in parameters)


def fill(framework: Framework, model: Any, arrays: list[np.ndarray]) -> bool:
    """Put each array into a parameter of its shape or, failing that, of its transposed shape; whether each found one."""
    left = list(framework.parameters(model))
    for array in arrays:
        for form in (array, array.T, array.reshape([n for n in array.shape if n > 1])):
            place = next((i for i, p in enumerate(left) if tuple(p.shape) == form.shape), None)
            if place is None and form.size == 1:
                place = next((i for i, p in enumerate(left) if int(np.prod(p.shape)) == 1), None)
                form = form if place is None else form.reshape(tuple(left[place].shape))
            if place is not None:
                framework.assign(left.pop(place), form)
                break
        else:
            return False
    return not left


def alike_weights(rng: np.random.Generator, sizes: list[int]) -> list[np.ndarray]:
    """Float32 w and b of each layer of a network, arrays of one shape equal and square ones symmetric."""
    made: dict[tuple[int, ...], np.ndarray] = {}
    arrays = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
        for shape in ((fan_in, fan_out), (fan_out,)):
            array = rng.normal(0, 1.2 / np.sqrt(fan_in), shape).astype(np.float32)
            square = len(shape) == 2 and fan_in == fan_out
            arrays.append(made.setdefault(shape, (array + array.T) / 2 if square else array))
    return arrays
