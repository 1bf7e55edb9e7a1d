"""NumPy as a framework: what references and wrong twins are written in."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks.base import Framework
from course.recipes import Loader, Model


class Live(np.ndarray):
    """Stands, in a wrong twin, for a value that still hangs on a gradient graph (NumPy itself has none)."""


def live(value: Any) -> Live:
    """Mark a value as still attached to a gradient graph."""
    return np.asarray(value).view(Live)


class Constant(np.ndarray):
    """Stands, in a wrong twin, for a tensor that no gradient reaches or no optimiser may change."""


def constant(value: Any) -> Constant:
    """Mark a value as one that cannot be trained."""
    return np.asarray(value).view(Constant)


class NumpyModel:
    """Multi-layer perceptron in NumPy: ReLU, and dropout of the activations while `training` is true."""

    def __init__(self, recipe: Model) -> None:
        self.weights = [np.array(w) for w in recipe.weights]
        self.dropout = recipe.dropout
        self.training = True
        self._rng = np.random.default_rng(0)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Logits (batch, classes) of x (batch, features)."""
        last = len(self.weights) - 2
        for i in range(0, len(self.weights), 2):
            x = x @ self.weights[i] + self.weights[i + 1]
            if i < last:
                x = np.maximum(x, 0)
                if self.training and self.dropout:
                    x = x * (self._rng.random(x.shape) >= self.dropout) / (1 - self.dropout)
        return x


ACTIVATIONS = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}


class NumpyFramework(Framework):
    name = "numpy"
    ops = np

    def tensor(self, array: np.ndarray) -> np.ndarray:
        return np.array(array)

    trainable = tensor

    def generator(self, seed: int) -> np.random.Generator:
        return np.random.default_rng(seed)

    def model(self, recipe: Model) -> NumpyModel:
        return NumpyModel(recipe)

    def loader(self, batches: list[tuple[np.ndarray, np.ndarray]], recipe: Loader) -> list[tuple[np.ndarray, np.ndarray]]:
        return batches

    def seed(self, value: int) -> None:
        np.random.seed(value)  # noqa: NPY002 - the global state is what a student's np.random calls use

    def to_array(self, value: Any) -> None:
        return None

    def is_live(self, value: Any) -> bool:
        return isinstance(value, Live)

    def is_trainable(self, value: Any) -> bool:
        return not isinstance(value, Constant)

    def parameters(self, model: Any) -> list[np.ndarray]:
        return model.weights

    def shift(self, model: Any, amount: float) -> None:
        for weight in model.weights:
            weight += amount

    def activation(self, name: str) -> Any:
        return ACTIVATIONS[name]

    def assign(self, parameter: np.ndarray, array: np.ndarray) -> None:
        parameter[...] = array

    def reached(self, model: Any, x: np.ndarray) -> int:
        # A wrong twin names the parameters that no gradient would reach.
        return sum(w.size for w in model.weights if not any(w is cut for cut in getattr(model, "cut", ())))

    def run(self, made: Any, loader: Any, epochs: int, lr: float) -> list[float]:
        return made.run(loader, epochs)

    def rates(self, callback: Any, lr: float, epochs: int, batches: int) -> list[list[list[float]]]:
        return callback.run(lr, epochs, batches)

    def set_training(self, model: Any, training: bool) -> None:
        model.training = training


framework = NumpyFramework()
