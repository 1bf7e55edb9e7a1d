"""TensorFlow and Keras as a framework. The only module of `course` that imports tensorflow at its top."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from course.frameworks.base import Framework
from course.recipes import Loader, Model


class _Ops:
    """The names of NumPy's functions for TensorFlow's."""

    sin = staticmethod(tf.math.sin)
    exp = staticmethod(tf.math.exp)
    tanh = staticmethod(tf.math.tanh)


class TensorflowFramework(Framework):
    name = "tensorflow"
    ops = _Ops

    def tensor(self, array: np.ndarray) -> tf.Tensor:
        # constant() may keep NumPy's memory: an input must not change when the student's code changes its source.
        return tf.constant(np.array(array))

    def trainable(self, array: np.ndarray) -> tf.Variable:
        return tf.Variable(np.array(array))

    def generator(self, seed: int) -> tf.random.Generator:
        return tf.random.Generator.from_seed(seed)

    def model(self, recipe: Model) -> Any:
        import keras

        layers: list[Any] = [keras.Input((recipe.weights[0].shape[0],))]
        last = len(recipe.weights) - 2
        for i in range(0, len(recipe.weights), 2):
            layers.append(keras.layers.Dense(recipe.weights[i].shape[1], activation="relu" if i < last else None))
            if i < last:
                layers.append(keras.layers.Dropout(recipe.dropout))
        model = keras.Sequential(layers)
        model.set_weights([np.asarray(w) for w in recipe.weights])
        return model

    def loader(self, batches: list[tuple[np.ndarray, np.ndarray]], recipe: Loader) -> tf.data.Dataset:
        return tf.data.Dataset.from_tensor_slices((recipe.x, recipe.y)).batch(recipe.batch_size)

    def seed(self, value: int) -> None:
        tf.random.set_seed(value)

    def to_array(self, value: Any) -> np.ndarray | None:
        if isinstance(value, tf.IndexedSlices):
            value = tf.convert_to_tensor(value)
        if type(value).__module__.split(".")[0] == "keras":
            value = getattr(value, "value", None)  # a keras.Variable holds its tensor there
        if not isinstance(value, (tf.Tensor, tf.Variable)) or not hasattr(value, "numpy"):
            return None
        array = np.array(value.numpy())
        return array.astype(np.float32) if array.dtype.name in ("bfloat16", "float16") else array

    def is_trainable(self, value: Any) -> bool:
        # A keras.Variable says it is trainable in the same way as a tf.Variable.
        return bool(getattr(value, "trainable", False)) and hasattr(value, "assign_sub")


framework = TensorflowFramework()
