"""What the probes need of a framework. Each framework's module fills in the rest."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from course.functions import FUNCTIONS
from course.recipes import Activation, Function, Jpegs, Loader, Model, Seed, Trainable


class Unplain(TypeError):
    """An answer holds something that is neither a tensor, an array, a number, a text nor a list of these."""


class Framework(ABC):
    """Builds inputs from plain data, and plain data from answers. Shapes and dtypes are kept both ways."""

    name: str
    ops: Any
    """Namespace of elementwise functions: sin, exp, tanh."""

    @abstractmethod
    def tensor(self, array: np.ndarray) -> Any:
        """A new tensor with the array's shape and dtype."""

    @abstractmethod
    def trainable(self, array: np.ndarray) -> Any:
        """A new parameter: something an optimiser may change in place."""

    @abstractmethod
    def generator(self, seed: int) -> Any:
        """The framework's own seeded random generator."""

    @abstractmethod
    def model(self, recipe: Model) -> Any:
        """A multi-layer perceptron with the given weights."""

    @abstractmethod
    def loader(self, batches: list[tuple[np.ndarray, np.ndarray]], recipe: Loader) -> Any:
        """The batches as the framework's users are used to get them."""

    @abstractmethod
    def seed(self, value: int) -> None:
        """Set the framework's global random state."""

    @abstractmethod
    def to_array(self, value: Any) -> np.ndarray | None:
        """The array of one of the framework's own tensors; None for anything else."""

    def is_live(self, value: Any) -> bool:
        """Whether a value still hangs on a gradient graph that it keeps in memory."""
        return False

    def is_trainable(self, value: Any) -> bool:
        """Whether a gradient reaches a value and an optimiser may change it."""
        return True

    def is_training(self, model: Any) -> bool:
        """Whether a model is in training mode."""
        return bool(getattr(model, "training", False))

    @abstractmethod
    def parameters(self, model: Any) -> list[Any]:
        """A model's live parameters, in the order of its layers."""

    @abstractmethod
    def shift(self, model: Any, amount: float) -> None:
        """Add a number to every parameter of a model, in place, as an optimiser changes them."""

    @abstractmethod
    def activation(self, name: str) -> Any:
        """What a layer of this framework is told in order to use the activation called `name`."""

    @abstractmethod
    def assign(self, parameter: Any, array: np.ndarray) -> None:
        """Put an array of the same shape into a parameter, in place."""

    @abstractmethod
    def reached(self, model: Any, x: Any) -> int:
        """How many numbers of a model's parameters get a gradient from its output for x."""

    @abstractmethod
    def run(self, made: Any, loader: Any, epochs: int, lr: float) -> list[float]:
        """Train an object that brings its own training step, by the high-level trainer; the loss it reports for each epoch."""

    @abstractmethod
    def rates(self, callback: Any, lr: float, epochs: int, batches: int) -> list[list[list[float]]]:
        """Train something tiny with a callback; the learning rates (epochs, batches, groups of parameters) that were used."""

    steps_know_lr = True
    """Whether what is given to `run` makes its optimiser itself, and so needs the learning rate."""

    @contextmanager
    def eagerly(self) -> Iterator[None]:
        """Inside, nothing is compiled, which for a few batches costs more than it saves, and no warning is heard."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield

    def set_training(self, model: Any, training: bool) -> None:  # noqa: B027 - nothing to do is a fine default
        """Put a model into training or evaluation mode, where the framework has such a mode."""

    def function(self, recipe: Function) -> Callable[[Any], Any]:
        """The named differentiable function over this framework's tensors."""
        return lambda x: FUNCTIONS[recipe.name](self.ops, x, recipe.coefficients)

    def build(self, tree: Any) -> Any:
        """Plain data and recipes -> this framework's objects; every call builds new ones."""
        if isinstance(tree, np.ndarray):
            return self.tensor(tree)
        if isinstance(tree, Trainable):
            return self._build_trainable(tree.value)
        if isinstance(tree, Seed):
            return self.generator(tree.value)
        if isinstance(tree, Function):
            return self.function(tree)
        if isinstance(tree, Model):
            return self.model(tree)
        if isinstance(tree, Activation):
            return self.activation(tree.name)
        if isinstance(tree, Jpegs):
            return tree.array()
        if isinstance(tree, Loader):
            starts = range(0, len(tree.x), tree.batch_size)
            return self.loader([(tree.x[i : i + tree.batch_size], tree.y[i : i + tree.batch_size]) for i in starts], tree)
        if isinstance(tree, (list, tuple)):
            return [self.build(item) for item in tree]
        if isinstance(tree, dict):
            return {key: self.build(item) for key, item in tree.items()}
        return tree

    def _build_trainable(self, tree: Any) -> Any:
        if isinstance(tree, (list, tuple)):
            return [self._build_trainable(item) for item in tree]
        return self.trainable(np.asarray(tree))

    def plain(self, value: Any, depth: int = 0) -> Any:
        """An answer as plain data: tensors become arrays. Raises Unplain."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in "biufc":
                raise Unplain(f"an array of {value.dtype}")
            return np.array(value, copy=True, subok=False)
        array = self.to_array(value)
        if array is not None:
            return array
        if isinstance(value, (list, tuple)) and depth < 8:
            return [self.plain(item, depth + 1) for item in value]
        if isinstance(value, dict) and depth < 8:
            return {str(key): self.plain(item, depth + 1) for key, item in value.items()}
        raise Unplain(f"a {type(value).__name__}")

    def leaves(self, value: Any) -> list[Any]:
        """All values of a tree of lists and dicts, in order."""
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            return [leaf for item in value for leaf in self.leaves(item)]
        return [value]
