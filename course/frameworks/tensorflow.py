"""TensorFlow and Keras as a framework. The only module of `course` that imports tensorflow at its top."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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

    def parameters(self, model: Any) -> list[Any]:
        return list(model.trainable_variables)

    def shift(self, model: Any, amount: float) -> None:
        for variable in model.trainable_variables:
            variable.assign_add(np.full(variable.shape, amount, np.float32))

    def activation(self, name: str) -> str:
        return name

    def assign(self, parameter: Any, array: np.ndarray) -> None:
        parameter.assign(np.asarray(array, np.float32))

    def reached(self, model: Any, x: Any) -> int:
        variables = self.parameters(model)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(tf.square(model(x)))
        gradients = tape.gradient(total, [getattr(v, "value", v) for v in variables])
        return sum(int(np.prod(v.shape)) for v, g in zip(variables, gradients, strict=True) if g is not None)

    steps_know_lr = False

    @contextmanager
    def eagerly(self) -> Iterator[None]:
        kept = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            with super().eagerly():
                yield
        finally:
            tf.config.run_functions_eagerly(kept)

    def run(self, made: Any, loader: tf.data.Dataset, epochs: int, lr: float) -> list[float]:
        import keras

        if not isinstance(made, keras.Model):
            raise TypeError("it must be a keras.Model")
        made.compile(optimizer=keras.optimizers.SGD(lr), run_eagerly=True)
        history = made.fit(loader, epochs=epochs, shuffle=False, verbose=0).history
        if "loss" not in history:
            raise KeyError("the training step must return a dict with the key 'loss'")
        return [float(value) for value in history["loss"]]

    def rates(self, callback: Any, lr: float, epochs: int, batches: int) -> list[list[list[float]]]:
        import keras

        if not isinstance(callback, keras.callbacks.Callback):
            raise TypeError("it must be a keras.callbacks.Callback")
        seen: list[list[list[float]]] = []

        class Rates(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
                seen.append([])

            def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
                # Keras has one learning rate, where an optimiser of PyTorch has one for each group.
                seen[-1].append([float(self.model.optimizer.learning_rate)] * 2)

        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(optimizer=keras.optimizers.SGD(lr), loss="mse", run_eagerly=True)
        batch = tf.data.Dataset.from_tensors((tf.ones((1, 2)), tf.ones((1, 1)))).repeat(batches)
        model.fit(batch, epochs=epochs, shuffle=False, verbose=0, callbacks=[callback, Rates()])
        return seen

    def is_trainable(self, value: Any) -> bool:
        # A keras.Variable says it is trainable in the same way as a tf.Variable.
        return bool(getattr(value, "trainable", False)) and hasattr(value, "assign_sub")


framework = TensorflowFramework()
