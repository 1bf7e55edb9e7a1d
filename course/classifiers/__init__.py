"""A small classifier of pictures in NumPy, PyTorch and Keras: what exercises on gradients at the input are tried on.

It is linear, batch normalisation, tanh, linear. Each module is named after its framework and has the same four functions.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def get(name: str) -> ModuleType:
    """The functions for the framework called `name`, imported on first use.

    build(recipe) makes a network in evaluation mode; turned(picture) puts pictures (n, height, width, 3) into the
    framework's order; state(network) tells what a student's code may have changed in it; slope(answer, x) is the
    value and the gradient of a student's function at x.
    """
    return import_module(f"course.classifiers.{name}")
