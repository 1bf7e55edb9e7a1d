"""What both tracks' pretrained networks can do, in plain arrays: photographs in, logits and features out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.pretrained import names


@dataclass(frozen=True)
class Network(ABC):
    """A network of a model zoo with what belongs to it. Photographs are arrays (batch, height, width, 3), RGB, 0..255.

    `model` and `backbone` are the framework's own objects and share their weights: train and change them as any other.
    The methods below only read: they leave the weights, the batch statistics and the training mode as they were.
    """

    name: str
    model: Any
    """Prepared photographs -> logits (batch, classes)."""
    backbone: Any
    """Prepared photographs -> features (batch, features): the last convolutions, averaged over the picture."""
    layers: tuple[str, ...]
    """Names of the layers whose feature maps can be had, from the pixels upwards."""
    size: int
    """The side of the pictures the network was trained on, in pixels."""

    @abstractmethod
    def preprocess(self, images: np.ndarray) -> Any:
        """Photographs as the network wants them: the framework's tensor, scaled, its axes in the framework's order."""

    @abstractmethod
    def _run(self, part: Any, images: np.ndarray) -> np.ndarray:
        """The output of `part` of the network, in evaluation mode and without gradients."""

    @abstractmethod
    def _maps(self, images: np.ndarray, layers: Sequence[str]) -> dict[str, np.ndarray]:
        """The outputs of the named layers, channels last."""

    def logits(self, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """Logits (n, classes) of photographs (n, height, width, 3)."""
        return np.concatenate([self._run(self.model, batch) for batch in batches(images, batch_size)])

    def extract_features(self, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
        """Features (n, features) of photographs (n, height, width, 3): what a new head is trained on."""
        return np.concatenate([self._run(self.backbone, batch) for batch in batches(images, batch_size)])

    def feature_maps(self, images: np.ndarray, layers: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """What the named layers (all, if none are named) make of photographs: name -> (n, height, width, channels)."""
        chosen = self.layers if layers is None else tuple(layers)
        for name in chosen:
            if name not in self.layers:
                raise ValueError(f"{self.name} has no layer {name!r}: choose of {', '.join(self.layers)}")
        return self._maps(checked(images), chosen)

    def top(self, images: np.ndarray, k: int = 5) -> list[list[tuple[str, float]]]:
        """For each photograph the k likeliest class names with their probabilities, likeliest first."""
        return names.top(self.logits(images), k)


def checked(images: np.ndarray) -> np.ndarray:
    """The photographs, after a look at their shape and range: the two mistakes that a network never complains about."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] != 3 or 0 in images.shape:
        raise ValueError(f"photographs are wanted as (batch, height, width, 3), not {images.shape}")
    if images.dtype.kind == "f" and images.max() <= 1 and images.max() > 0:
        raise ValueError("photographs are wanted with pixels from 0 to 255; these seem to be scaled to 0..1 already")
    return images


def batches(images: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """The photographs in order, at most `batch_size` at a time."""
    images = checked(images)
    for start in range(0, len(images), batch_size):
        yield images[start : start + batch_size]
