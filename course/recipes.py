"""Inputs that are no plain arrays, described as data so that each framework can build its own.

A case of an exercise must travel through JSON and mean the same in NumPy, PyTorch and TensorFlow. A random
generator, a differentiable function or a model cannot travel, so the case holds a recipe instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seed:
    """A random generator of the track, seeded (`torch.Generator`, `tf.random.Generator`, `numpy.random.Generator`)."""

    value: int


@dataclass(frozen=True)
class Function:
    """A differentiable function of one tensor, named in `course.functions`."""

    name: str
    coefficients: tuple[float, ...]


@dataclass(frozen=True)
class Trainable:
    """An array, or a list of arrays, as parameters that can be trained (leaf tensors, `tf.Variable`)."""

    value: Any


@dataclass(frozen=True)
class Model:
    """A multi-layer perceptron of the track: `weights` is w, b, w, b, ...; ReLU and dropout between the layers."""

    weights: tuple[Any, ...]
    dropout: float = 0.0


@dataclass(frozen=True)
class Loader:
    """Batches of (x, y) in order, as the track's own loader (`DataLoader`, `tf.data.Dataset`, a list)."""

    x: Any
    y: Any
    batch_size: int


KINDS = {kind.__name__: kind for kind in (Seed, Function, Trainable, Model, Loader)}
