"""VGG16, ResNet50 and MobileNetV2 from Keras's own model zoo, keras.applications."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import keras
from keras import applications, layers

from course.pretrained.errors import Missing
from course.pretrained.tensorflow import TensorflowNetwork


@dataclass(frozen=True)
class Family:
    """Where keras.applications keeps a network, and after which of its layers a picture has been halved or read to the end."""

    model: str
    module: str
    layers: tuple[str, ...]


FAMILIES = {
    # After each of VGG's five poolings; after each stage of ResNet; after MobileNet's blocks of new width.
    "vgg16": Family("VGG16", "vgg16", tuple(f"block{i}_pool" for i in range(1, 6))),
    "resnet50": Family(
        "ResNet50",
        "resnet50",
        ("pool1_pool", "conv2_block3_out", "conv3_block4_out", "conv4_block6_out", "conv5_block3_out"),
    ),
    "mobilenet-v2": Family(
        "MobileNetV2",
        "mobilenet_v2",
        (
            "expanded_conv_project_BN",
            *(f"block_{i}_add" for i in (2, 5, 9, 12)),
            "block_16_project_BN",
            "out_relu",
        ),
    ),
}


def load(name: str, weights: str | None = "imagenet") -> TensorflowNetwork:
    """The network of keras.applications, its last layer giving logits, its weights fetched once. Raises Missing."""
    family = FAMILIES[name]
    module: ModuleType = getattr(applications, family.module)
    try:
        model = getattr(applications, family.model)(weights=weights, classifier_activation=None)
    except Exception as error:
        # Keras raises a bare Exception for a download that fails; anything else is no business of ours.
        if "fetch failure" not in str(error):
            raise
        raise Missing(
            f"The weights of {name} come from the internet, which cannot be reached ({error}). Try again where it can, "
            'or take the network that installs with the course: load("tensorflow", "efficientnet-lite0").'
        ) from error
    pooled = layers.GlobalAveragePooling2D(name="features")(model.get_layer(family.layers[-1]).output)
    backbone = keras.Model(model.inputs, pooled, name="backbone")
    return TensorflowNetwork(name, model, backbone, family.layers, 224, module.preprocess_input)
