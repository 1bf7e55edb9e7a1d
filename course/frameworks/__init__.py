"""One small interface to NumPy, PyTorch and TensorFlow: build inputs from plain data, turn answers into plain data."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from course.frameworks.base import Framework, Unplain

__all__ = ["TITLES", "TRACKS", "Framework", "Unplain", "get"]

TRACKS = ("pytorch", "tensorflow")
TITLES = {"pytorch": "PyTorch", "tensorflow": "TensorFlow"}


@cache
def get(name: str) -> Framework:
    """The framework called `name` ("numpy", "pytorch" or "tensorflow"), imported on first use."""
    if name not in ("numpy", *TRACKS):
        raise ValueError(f"there is no framework {name!r}: choose numpy, pytorch or tensorflow")
    return import_module(f"course.frameworks.{name}").framework
