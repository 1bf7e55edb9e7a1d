"""Small networks of blocks with batch normalisation, in NumPy, PyTorch and Keras: what exercises on freezing are tried on.

A block is linear, batch normalisation, ReLU. Each module named after a framework has the same five functions.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

EPSILON = 1e-3


def get(name: str) -> ModuleType:
    """The functions for the framework called `name`, imported on first use.

    build(recipe) makes a network in training mode with all parameters trainable; trainable(network) counts them for each
    block (0 to 4); statistics(network) gives the running means and variances; train_pass(network, x) runs x through it
    as a training step would; freeze(network, whole) leaves nothing
    trainable, by the whole's own switch or block by block. Blocks are in order, and x is (n, inputs).
    """
    return import_module(f"course.backbones.{name}")
