"""Networks that have already learned to see: one call for both frameworks, nothing heavy loaded before it."""

from __future__ import annotations

from importlib import import_module

from course.pretrained.base import Network
from course.pretrained.errors import Missing, PretrainedError, Tampered
from course.pretrained.names import class_index, class_names, top

__all__ = ["NAMES", "Missing", "Network", "PretrainedError", "Tampered", "class_index", "class_names", "load", "top"]

NAMES = ("efficientnet-lite0", "vgg16", "resnet50", "mobilenet-v2")
"""The first installs with the course and needs no internet; the others come from each framework's own model zoo."""


def load(track: str, name: str = "efficientnet-lite0", weights: str | None = "imagenet") -> Network:
    """The network `name` for a track ("pytorch" or "tensorflow"), with ImageNet weights; `weights=None`: random ones.

    Raises Missing or Tampered, with what mends it, where the weights cannot be had.
    """
    if track not in ("pytorch", "tensorflow"):
        raise ValueError(f"there is no track {track!r}: choose pytorch or tensorflow")
    if name not in NAMES:
        raise ValueError(f"there is no network {name!r}: choose of {', '.join(NAMES)}")
    if weights not in ("imagenet", None):
        raise ValueError(f"there are no weights {weights!r}: choose 'imagenet', or None for random ones")
    where = track if name == NAMES[0] else f"{track}_zoo"
    return import_module(f"course.pretrained.{where}").load(name, weights)
