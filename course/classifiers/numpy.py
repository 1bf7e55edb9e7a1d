"""A small classifier of pictures in NumPy, with its gradient by hand: what references and wrong twins are written for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.backbones import EPSILON
from course.frameworks.numpy import Constant
from course.recipes import Judge

STEP = 1e-4


class Network:
    """Linear, batch normalisation with the running statistics, tanh, linear.

    A wrong twin says in `done` what it would have done to a network of PyTorch or Keras.
    """

    def __init__(self, recipe: Judge) -> None:
        w, *rest, self.out, self.bias = (np.array(array) for array in recipe.weights)
        self.w, (self.b, self.gamma, self.beta, self.mean, self.variance) = w.reshape(-1, w.shape[-1]), rest
        self.done: list[str] = []

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """Pictures (n, height, width, 3) -> (n, hidden), after tanh."""
        z = x.reshape(len(x), -1) @ self.w + self.b
        return np.tanh(self.gamma * (z - self.mean) / np.sqrt(self.variance + EPSILON) + self.beta)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Pictures (n, height, width, 3) -> logits (n, classes)."""
        return self.hidden(x) @ self.out + self.bias

    def gradient(self, x: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """The gradient with respect to x (n, height, width, 3) of something whose gradient at the logits is `slope`."""
        back = (slope @ self.out.T) * (1 - self.hidden(x) ** 2) * self.gamma / np.sqrt(self.variance + EPSILON)
        return (back @ self.w.T).reshape(x.shape)


def build(recipe: Judge) -> Network:
    return Network(recipe)


def turned(picture: np.ndarray) -> np.ndarray:
    return picture


def state(network: Network) -> dict[str, Any]:
    return dict.fromkeys(network.done, True)


def slope(answer: Callable[[Any], Any], x: np.ndarray) -> tuple[Any, Any]:
    x = x.astype(np.float64)
    value = answer(np.array(x))
    if isinstance(value, Constant):
        return value, None
    found = np.zeros_like(x)
    if np.shape(value) == ():
        for index in np.ndindex(x.shape):
            around = [np.array(x), np.array(x)]
            around[0][index] += STEP
            around[1][index] -= STEP
            found[index] = (float(answer(around[0])) - float(answer(around[1]))) / (2 * STEP)
    return value, found.astype(np.float32)
