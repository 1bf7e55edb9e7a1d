"""Inputs that are no plain arrays, described as data so that each framework can build its own.

A case of an exercise must travel through JSON and mean the same in NumPy, PyTorch and TensorFlow. A random
generator, a differentiable function or a model cannot travel, so the case holds a recipe instead.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np


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


@dataclass(frozen=True)
class Backbone:
    """Blocks of linear, batch normalisation, ReLU: for each one w, b, gamma, beta, running mean and running variance."""

    blocks: Any


@dataclass(frozen=True)
class Judge:
    """A small classifier of pictures: linear, batch normalisation, tanh, linear. Its gradient is smooth, and nowhere zero.

    `weights` is w (height, width, 3, hidden), b, gamma, beta, running mean, running variance, w (hidden, classes), b.
    """

    weights: tuple[Any, ...]


@dataclass(frozen=True)
class Jpegs:
    """Photographs as the files they come in, each in base64: small on paper. In every track a NumPy array of uint8."""

    files: tuple[str, ...]

    def array(self) -> np.ndarray:
        """The pixels (n, height, width, 3); all the photographs have the same size."""
        from PIL import Image

        pictures = []
        for file in self.files:
            with Image.open(io.BytesIO(base64.b64decode(file)), formats=["JPEG"]) as picture:
                pictures.append(np.asarray(picture.convert("RGB")))
        return np.stack(pictures)


@dataclass(frozen=True)
class Activation:
    """An activation by its name, "relu" or "tanh", as each track's layers are told (`nn.ReLU`, "relu", a NumPy function)."""

    name: str


KINDS = {kind.__name__: kind for kind in (Seed, Function, Trainable, Model, Loader, Backbone, Judge, Jpegs, Activation)}
