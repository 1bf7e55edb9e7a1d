"""The other families: the same calls on each framework's own model zoo, with random weights because there is no internet.

Keras's zoo is the real one. torchvision cannot be imported beside the CPU build of torch that the tests run with (its
compiled operators are for CUDA), so a stand-in with torchvision's names and layers, small, takes its place: everything
of ours runs, and nothing of torchvision's own. By hand the same was run on the real torchvision 0.28.0, with the two
operators declared that its import asks for.
"""

import sys
from enum import Enum
from types import ModuleType
from urllib.error import URLError

import numpy as np
import pytest

from course import pretrained

pytestmark = pytest.mark.xdist_group("pretrained")

FAMILIES = {"vgg16": 512, "resnet50": 2048, "mobilenet-v2": 1280}


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)


def looks_right(network, images, features):
    assert network.logits(images).shape == (2, 1000)
    found = network.extract_features(images, batch_size=1)
    assert found.shape == (2, features)
    maps = network.feature_maps(images)
    assert tuple(maps) == network.layers
    sides = [array.shape[1] for array in maps.values()]
    assert sides == sorted(sides, reverse=True) and len(set(sides)) >= 4
    np.testing.assert_allclose(found, maps[network.layers[-1]].mean(axis=(1, 2)), atol=1e-4)


@pytest.mark.parametrize("name", FAMILIES)
def test_keras_own_families(name, noise):
    from keras import applications

    network = pretrained.load("tensorflow", name, weights=None)
    looks_right(network, noise, FAMILIES[name])
    assert network.model.layers[-1].activation.__name__ == "linear"  # logits, as in all of the course
    module = {"mobilenet-v2": "mobilenet_v2"}.get(name, name)
    wanted = getattr(applications, module).preprocess_input(noise.astype(np.float32))
    np.testing.assert_allclose(network.preprocess(noise).numpy(), wanted, atol=1e-5)
    assert noise.dtype == np.uint8


def test_keras_without_the_internet(monkeypatch):
    from keras import applications

    def offline(weights, classifier_activation):
        raise Exception("URL fetch failure on https://example.org/file.h5: None -- Name or service not known")

    monkeypatch.setattr(applications, "VGG16", offline)
    with pytest.raises(
        pretrained.Missing, match=r'(?s)vgg16 come from the internet.*load\("tensorflow", "efficientnet-lite0"\)'
    ):
        pretrained.load("tensorflow", "vgg16")


def tiny_vgg(classes=1000):
    """VGG16's 31 feature layers in torchvision's order, one channel to a hundred; in-place activations as there."""
    import torch
    from torch import nn

    class VGG(nn.Module):
        def __init__(self):
            super().__init__()
            layers, into = [], 3
            for out in (1, 1, "M", 2, 2, "M", 4, 4, 4, "M", 8, 8, 8, "M", 8, 8, 8, "M"):
                if out == "M":
                    layers.append(nn.MaxPool2d(2))
                    continue
                layers += [nn.Conv2d(into, out, 3, padding=1), nn.ReLU(inplace=True)]
                into = out
            self.features = nn.Sequential(*layers)
            self.avgpool = nn.AdaptiveAvgPool2d(7)
            self.classifier = nn.Sequential(nn.Linear(8 * 49, classes))

        def forward(self, x):
            return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

    return VGG()


def tiny_resnet(classes=1000):
    from torch import nn

    def stage(into, out, stride):
        return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1), nn.BatchNorm2d(out), nn.ReLU(inplace=True))

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1, self.relu = nn.Conv2d(3, 2, 7, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, 2, 1)
            self.layer1, self.layer2, self.layer3, self.layer4 = stage(2, 2, 1), stage(2, 4, 2), stage(4, 8, 2), stage(8, 16, 2)
            self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(16, classes)

        def forward(self, x):
            x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
            return self.fc(self.avgpool(self.layer4(self.layer3(self.layer2(self.layer1(x))))).flatten(1))

    return ResNet()


def tiny_mobilenet(classes=1000):
    from torch import nn

    class MobileNetV2(nn.Module):
        def __init__(self):
            super().__init__()
            strides = [2, 1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
            blocks = [
                nn.Sequential(nn.Conv2d(3 if i == 0 else 4, 4, 3, s, 1), nn.ReLU6(inplace=True)) for i, s in enumerate(strides)
            ]
            self.features = nn.Sequential(*blocks)
            self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(4, classes))

        def forward(self, x):
            return self.classifier(self.features(x).mean((2, 3)))

    return MobileNetV2()


TINY = {"vgg16": (tiny_vgg, 8), "resnet50": (tiny_resnet, 16), "mobilenet_v2": (tiny_mobilenet, 4)}


@pytest.fixture
def torchvision(monkeypatch):
    """A package called torchvision whose three networks are small; its weights are those of another random network."""
    asked = []

    class Weights(Enum):
        IMAGENET1K_V1 = "one"

        def get_state_dict(self, **how):
            asked.append(how)
            return asked_for[-1]().state_dict()

    asked_for = []

    def get_model(name, weights):
        assert weights is None
        asked_for.append(TINY[name][0])
        return TINY[name][0]()

    package, models = ModuleType("torchvision"), ModuleType("torchvision.models")
    models.get_model, models.get_model_weights = get_model, lambda name: Weights
    package.models, models.asked = models, asked
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    models.Weights = Weights
    return models


@pytest.mark.parametrize("name", FAMILIES)
def test_pytorchs_own_families(name, noise, torchvision):
    features = TINY[name.replace("-", "_")][1]
    for weights in (None, "imagenet"):
        network = pretrained.load("pytorch", name, weights=weights)
        looks_right(network, noise, features)
        assert not any(module.training for module in network.model.modules())
    assert torchvision.asked == [{"progress": True, "check_hash": True, "weights_only": True, "map_location": "cpu"}]
    x = network.preprocess(noise).numpy().transpose(0, 2, 3, 1)
    np.testing.assert_allclose(x, (noise / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225], atol=1e-5)


def test_feature_maps_are_taken_before_an_activation_in_place_changes_them(noise, torchvision):
    """VGG's layer 30 is a pooling; a convolution's map must keep its negative values though the next layer works in place."""
    network = pretrained.load("pytorch", "vgg16", weights=None)
    changed = type(network)(**{**network.__dict__, "layers": ("0", "1")})
    maps = changed.feature_maps(noise)
    assert maps["0"].min() < 0 <= maps["1"].min()


def test_torchvision_without_the_internet(torchvision, monkeypatch):
    def offline(self, **how):
        raise URLError("Name or service not known")

    monkeypatch.setattr(torchvision.Weights, "get_state_dict", offline)
    with pytest.raises(
        pretrained.Missing, match=r'(?s)resnet50 come from the internet.*load\("pytorch", "efficientnet-lite0"\)'
    ):
        pretrained.load("pytorch", "resnet50")


@pytest.mark.parametrize(
    "error", [ImportError("No module named 'torchvision'"), RuntimeError("operator torchvision::nms does not exist")]
)
def test_torchvision_missing_or_of_another_build(monkeypatch, error):
    from course.pretrained import pytorch_zoo

    def fail(name):
        raise error

    monkeypatch.setattr(pytorch_zoo, "import_module", fail)
    with pytest.raises(pretrained.Missing, match=r"(?s)cannot be imported.*pip install torchvision==0\.28\.0"):
        pretrained.load("pytorch", "vgg16", weights=None)


def test_both_tracks_know_the_same_families():
    from course.pretrained import pytorch_zoo, tensorflow_zoo

    assert set(pytorch_zoo.FAMILIES) == set(tensorflow_zoo.FAMILIES) == set(FAMILIES) == set(pretrained.NAMES[1:])
    for name in FAMILIES:
        assert len(pytorch_zoo.FAMILIES[name].layers) == len(tensorflow_zoo.FAMILIES[name].layers)


def test_the_stand_ins_have_torchvisions_parts():
    """As printed by torchvision 0.28.0: 31 layers of VGG16's features, 19 of MobileNetV2's, and ResNet's children in order."""
    assert len(tiny_vgg().features) == 31
    assert len(tiny_mobilenet().features) == 19
    stages = [f"layer{i}" for i in range(1, 5)]
    assert [name for name, _ in tiny_resnet().named_children()] == ["conv1", "bn1", "relu", "maxpool", *stages, "avgpool", "fc"]
