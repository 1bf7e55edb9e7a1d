"""VGG16, ResNet50 and MobileNetV2 from PyTorch's own model zoo. The only module that needs torchvision.

torchvision must fit the installed torch (0.28.0 belongs to torch 2.13.0) and be built for the same devices, which is why
the course does not install it by itself.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from urllib.error import URLError

import torch
from torch import nn

from course.pretrained.errors import Missing
from course.pretrained.pytorch import PytorchNetwork, backbone

REQUIREMENT = "torchvision==0.28.0"
# What torchvision's networks were trained with, as its documentation states it for pixels in 0..1.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Family:
    """How torchvision calls a network, and after which of its layers a picture has been halved or read to the end."""

    model: str
    weights: str
    layers: tuple[str, ...]
    prefix: str = "features."


FAMILIES = {
    # After each of VGG's five poolings; after each stage of ResNet; after MobileNet's blocks of new width.
    "vgg16": Family("vgg16", "IMAGENET1K_V1", ("4", "9", "16", "23", "30")),
    "resnet50": Family("resnet50", "IMAGENET1K_V1", ("maxpool", "layer1", "layer2", "layer3", "layer4"), prefix=""),
    "mobilenet-v2": Family("mobilenet_v2", "IMAGENET1K_V1", ("1", "3", "6", "10", "13", "17", "18")),
}


def load(name: str, weights: str | None = "imagenet") -> PytorchNetwork:
    """The network of torchvision, in evaluation mode, its weights fetched once. Raises Missing."""
    family, models = FAMILIES[name], _models()
    model: nn.Module = models.get_model(family.model, weights=None)
    if weights is not None:
        model.load_state_dict(_published(models, family, name))
    model = model.eval().to(torch.get_default_device())
    parts = [(part, module) for part, module in model.named_children() if part not in ("avgpool", "classifier", "fc")]
    # VGG and MobileNet keep their convolutions together as `features`; ResNet's stand one after another.
    features = model.features if hasattr(model, "features") else nn.Sequential(OrderedDict(parts))
    centre, scale = ([255 * number for number in numbers] for numbers in (MEAN, DEVIATION))
    return PytorchNetwork(name, model, backbone(features), family.layers, 224, tuple(centre), tuple(scale), family.prefix)


def _published(models: ModuleType, family: Family, name: str) -> dict[str, torch.Tensor]:
    """The published weights, from torch's cache or the internet: their checksum compared, and weights only."""
    published = models.get_model_weights(family.model)[family.weights]
    try:
        with redirect_stderr(sys.stdout):  # the progress bar: what stands on stderr looks like an error
            return published.get_state_dict(progress=True, check_hash=True, weights_only=True, map_location="cpu")
    except URLError as error:
        raise Missing(
            f"The weights of {name} come from the internet, which cannot be reached ({error.reason}). Try again where it can, "
            'or take the network that installs with the course: load("pytorch", "efficientnet-lite0").'
        ) from error


def _models() -> ModuleType:
    try:
        return import_module("torchvision.models")
    except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision built for another torch
        raise Missing(
            f"PyTorch's model zoo comes with the package torchvision, which cannot be imported ({error}). "
            f"This installs the one that fits torch {torch.__version__.partition('+')[0]}:\n\n"
            f"    python -m pip install {REQUIREMENT}\n\n"
            "If it is installed and still fails, it was built for other devices than torch: the README says how to choose."
        ) from error
