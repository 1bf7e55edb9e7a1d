"""Blocks in NumPy: what references and wrong twins are written for."""

from __future__ import annotations

import numpy as np

from course.backbones import EPSILON
from course.recipes import Backbone

PARAMETERS = ("w", "b", "gamma", "beta")


class Block:
    """Linear, batch normalisation, ReLU. `trainable` names the parameters that an optimiser may change."""

    def __init__(
        self, w: np.ndarray, b: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray
    ):
        self.w, self.b, self.gamma, self.beta = w, b, gamma, beta
        self.mean, self.variance = np.array(mean), np.array(variance)
        self.trainable = set(PARAMETERS)
        self.training = True

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(n, inputs) -> (n, outputs)."""
        z = x @ self.w + self.b
        mean, variance = self.mean, self.variance
        if self.training:
            mean, variance = z.mean(axis=0), z.var(axis=0)
            self.mean, self.variance = 0.9 * self.mean + 0.1 * mean, 0.9 * self.variance + 0.1 * variance
        return np.maximum(self.gamma * (z - mean) / np.sqrt(variance + EPSILON) + self.beta, 0)


class Blocks:
    """A network of blocks, one after another."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.whole = True  # in Keras a whole has a switch of its own

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(n, inputs) -> (n, features)."""
        for block in self.blocks:
            x = block(x)
        return x

    @property
    def training(self) -> bool:
        """Whether any block is in training mode; setting it sets them all."""
        return any(block.training for block in self.blocks)

    @training.setter
    def training(self, value: bool) -> None:
        for block in self.blocks:
            block.training = value


def build(recipe: Backbone) -> Blocks:
    return Blocks([Block(*arrays) for arrays in recipe.blocks])


def trainable(network: Blocks) -> list[int]:
    return [len(block.trainable) for block in network.blocks]


def statistics(network: Blocks) -> list[np.ndarray]:
    return [np.array(array) for block in network.blocks for array in (block.mean, block.variance)]


def train_pass(network: Blocks, x: np.ndarray) -> None:
    network(x)


def freeze(network: Blocks, whole: bool) -> None:
    network.training, network.whole = False, not whole
    for block in network.blocks:
        block.trainable = set()
