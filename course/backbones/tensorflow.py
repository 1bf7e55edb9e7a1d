"""Blocks in Keras: a Sequential of Sequential(Dense, BatchNormalization, ReLU)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from course.backbones import EPSILON
from course.recipes import Backbone


def build(recipe: Backbone) -> keras.Sequential:
    network = keras.Sequential([keras.Input((recipe.blocks[0][0].shape[0],)), *(_block(*arrays) for arrays in recipe.blocks)])
    for block, arrays in zip(network.layers, recipe.blocks, strict=True):
        block.layers[0].set_weights(list(arrays[:2]))
        block.layers[1].set_weights(list(arrays[2:]))
    return network


def _block(w: np.ndarray, *_: np.ndarray) -> keras.Sequential:
    parts = [layers.Dense(w.shape[1]), layers.BatchNormalization(epsilon=EPSILON), layers.ReLU()]
    return keras.Sequential([keras.Input((w.shape[0],)), *parts])


def trainable(network: keras.Sequential) -> list[int]:
    # What the whole network gives an optimiser: a part may be switched on inside a whole that is switched off.
    given = {id(variable) for variable in network.trainable_variables}
    return [sum(id(variable) in given for variable in block.variables) for block in network.layers]


def statistics(network: keras.Sequential) -> list[np.ndarray]:
    norms = [block.layers[1] for block in network.layers]
    return [np.array(value.numpy()) for norm in norms for value in (norm.moving_mean, norm.moving_variance)]


def train_pass(network: Any, x: Any) -> None:
    network(x, training=True)


def freeze(network: keras.Sequential, whole: bool) -> None:
    for part in [network] if whole else network.layers:
        part.trainable = False
