"""EfficientNet-Lite0 as a Keras model, and what a pretrained network of Keras can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course.pretrained import lite0
from course.pretrained.base import Network
from course.pretrained.lite0 import Block


@keras.saving.register_keras_serializable("tandem")
class ConvNorm(layers.Layer):
    """A convolution without bias (`filters` of them, or one for each channel: None), batch normalisation, and ReLU6."""

    def __init__(self, filters: int | None, kernel: int, stride: int = 1, activate: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = {"filters": filters, "kernel": kernel, "stride": stride, "activate": activate}
        how = {"strides": stride, "padding": "same", "use_bias": False, "name": "conv"}
        self.conv = layers.DepthwiseConv2D(kernel, **how) if filters is None else layers.Conv2D(filters, kernel, **how)
        self.norm = layers.BatchNormalization(epsilon=lite0.EPSILON, momentum=lite0.DECAY, name="norm")
        self.relu = layers.ReLU(6.0, name="relu") if activate else layers.Identity(name="identity")

    def build(self, input_shape: Any) -> None:
        """Make the variables, for a model that is loaded from a file."""
        self.conv.build(input_shape)
        self.norm.build(self.compute_output_shape(input_shape))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The convolution's: nothing after it changes the shape."""
        return self.conv.compute_output_shape(input_shape)

    def call(self, x: Any, training: bool | None = None) -> Any:
        """(batch, height, width, in) -> (batch, height / stride, width / stride, out)."""
        return self.relu(self.norm(self.conv(x), training=training))

    def get_config(self) -> dict[str, Any]:
        """What `keras.models.load_model` needs to build this layer again."""
        return super().get_config() | self.settings


@keras.saving.register_keras_serializable("tandem")
class InvertedResidual(layers.Layer):
    """Widen with a 1 x 1 convolution, filter each channel alone, narrow again; add the input where the shapes allow."""

    def __init__(self, kernel: int, stride: int, expand: int, into: int, out: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = {"kernel": kernel, "stride": stride, "expand": expand, "into": into, "out": out}
        self.expand = ConvNorm(into * expand, 1, name="expand") if expand > 1 else None
        self.depthwise = ConvNorm(None, kernel, stride, name="depthwise")
        self.project = ConvNorm(out, 1, activate=False, name="project")
        self.residual = stride == 1 and into == out

    def build(self, input_shape: Any) -> None:
        """Make the variables, for a model that is loaded from a file."""
        for part in (self.expand, self.depthwise, self.project):
            if part is not None:
                part.build(input_shape)
                input_shape = part.compute_output_shape(input_shape)

    def call(self, x: Any, training: bool | None = None) -> Any:
        """(batch, height, width, in) -> (batch, height / stride, width / stride, out)."""
        wide = x if self.expand is None else self.expand(x, training=training)
        out = self.project(self.depthwise(wide, training=training), training=training)
        return x + out if self.residual else out

    def get_config(self) -> dict[str, Any]:
        """What `keras.models.load_model` needs to build this layer again."""
        return super().get_config() | self.settings


def efficientnet_lite0(classes: int = lite0.CLASSES) -> keras.Model:
    """Prepared photographs (batch, height, width, 3) -> logits (batch, classes); features (batch, 1280) at layer "pool"."""
    inputs = keras.Input((None, None, 3), name="image")
    x = ConvNorm(lite0.STEM, 3, 2, name="stem")(inputs)
    for block in lite0.BLOCKS:
        x = _residual(block)(x)
    x = ConvNorm(lite0.HEAD, 1, name="head")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(lite0.DROPOUT, name="dropout")(x)
    return keras.Model(inputs, layers.Dense(classes, name="classifier")(x), name="efficientnet_lite0")


def _residual(block: Block) -> InvertedResidual:
    return InvertedResidual(block.kernel, block.stride, block.expand, block.into, block.out, name=block.name)


@dataclass(frozen=True)
class TensorflowNetwork(Network):
    """A pretrained network of Keras. `scale` is the family's own preparation of pixels 0..255."""

    scale: Callable[[Any], Any]

    def preprocess(self, images: np.ndarray) -> tf.Tensor:
        """(batch, height, width, 3), 0..255 -> float32 of the same shape, scaled as the network's pictures were."""
        return self.scale(tf.constant(np.asarray(images, dtype=np.float32)))

    def _run(self, part: keras.Model, images: np.ndarray) -> np.ndarray:
        return np.asarray(part.predict_on_batch(self.preprocess(images)))

    def _maps(self, images: np.ndarray, layers: Sequence[str]) -> dict[str, np.ndarray]:
        outputs = {name: self.model.get_layer(name).output for name in layers}
        maps = keras.Model(self.model.inputs, outputs).predict_on_batch(self.preprocess(images))
        return {name: np.asarray(array) for name, array in maps.items()}


def lite0_scale(pixels: Any) -> Any:
    """Pixels 0..255 -> (pixel - 127) / 128."""
    return (pixels - lite0.CENTRE) / lite0.SCALE


def load(name: str = lite0.NAME, weights: str | None = "imagenet") -> TensorflowNetwork:
    """EfficientNet-Lite0. Raises Missing, Tampered."""
    model = efficientnet_lite0()
    if weights is not None:
        fill(model, lite0.weights())
    backbone = keras.Model(model.inputs, model.get_layer("pool").output, name="backbone")
    return TensorflowNetwork(lite0.NAME, model, backbone, lite0.LAYERS, lite0.SIZE, lite0_scale)


def fill(model: keras.Model, arrays: dict[str, np.ndarray]) -> None:
    """Put the published arrays into the model, turned from PyTorch's layout into Keras's. A misshapen one is an error."""
    model.get_layer("classifier").set_weights([arrays["classifier.kernel"].T, arrays["classifier.bias"]])
    for name in lite0.parts():
        layer, _, part = name.partition(".")
        target = model.get_layer(layer)
        target = getattr(target, part) if part else target
        axes = (2, 3, 0, 1) if part == "depthwise" else (2, 3, 1, 0)  # depthwise: (channels, 1, h, w) -> (h, w, channels, 1)
        target.conv.set_weights([arrays[f"{name}.kernel"].transpose(axes)])
        target.norm.set_weights([arrays[f"{name}.{kind}"] for kind in ("gamma", "beta", "mean", "variance")])
