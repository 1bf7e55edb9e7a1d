"""EfficientNet-Lite0 as a torch.nn.Module, and what a pretrained network of PyTorch can do."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course.pretrained import lite0
from course.pretrained.base import Network
from course.pretrained.lite0 import Block


class SameConv2d(nn.Conv2d):
    """A convolution whose output is input / stride, rounded up; an odd pixel of padding goes right and bottom.

    This is TensorFlow's "same", which the weights were trained with. nn.Conv2d's own padding is symmetric, which would
    shift every strided layer by a pixel.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, in, height, width) -> (batch, out, ceil(height / stride), ceil(width / stride))."""
        across, up = (self._padding(x.shape[axis], axis) for axis in (3, 2))
        return super().forward(F.pad(x, (across // 2, across - across // 2, up // 2, up - up // 2)))

    def _padding(self, length: int, axis: int) -> int:
        kernel, stride = self.kernel_size[axis - 2], self.stride[axis - 2]
        return max((-(-length // stride) - 1) * stride + kernel - length, 0)


class ConvNorm(nn.Sequential):
    """A convolution without bias, batch normalisation, and ReLU6 unless `activate` is false."""

    def __init__(self, into: int, out: int, kernel: int, stride: int = 1, groups: int = 1, activate: bool = True) -> None:
        conv = SameConv2d(into, out, kernel, stride, groups=groups, bias=False)
        norm = nn.BatchNorm2d(out, eps=lite0.EPSILON, momentum=1 - lite0.DECAY)
        super().__init__(OrderedDict(conv=conv, norm=norm, relu=nn.ReLU6() if activate else nn.Identity()))


class InvertedResidual(nn.Module):
    """Widen with a 1 x 1 convolution, filter each channel alone, narrow again; add the input where the shapes allow."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        wide = block.into * block.expand
        self.expand = ConvNorm(block.into, wide, 1) if block.expand > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, block.kernel, block.stride, groups=wide)
        self.project = ConvNorm(wide, block.out, 1, activate=False)
        self.residual = block.residual

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, in, height, width) -> (batch, out, height / stride, width / stride)."""
        out = self.project(self.depthwise(self.expand(x)))
        return x + out if self.residual else out


class EfficientNetLite0(nn.Module):
    """4.7 million weights, 1,280 features; `features`, `pool`, `dropout` and `classifier` are there to be replaced."""

    def __init__(self, classes: int = lite0.CLASSES) -> None:
        super().__init__()
        layers: OrderedDict[str, nn.Module] = OrderedDict(stem=ConvNorm(3, lite0.STEM, 3, stride=2))
        layers.update((block.name, InvertedResidual(block)) for block in lite0.BLOCKS)
        layers["head"] = ConvNorm(lite0.BLOCKS[-1].out, lite0.HEAD, 1)
        self.features = nn.Sequential(layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(lite0.DROPOUT)
        self.classifier = nn.Linear(lite0.HEAD, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Prepared photographs (batch, 3, height, width) -> logits (batch, classes)."""
        return self.classifier(self.dropout(self.pool(self.features(x)).flatten(1)))


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode inside, and afterwards the mode that each layer had: a frozen layer may differ from its model."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for module, training in modes:
            module.training = training


@dataclass(frozen=True)
class PytorchNetwork(Network):
    """A pretrained network of PyTorch. It computes where its model lies: `network.model.to("cuda")` moves both."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    prefix: str = "features."
    """What stands before a layer's name in the model."""

    def preprocess(self, images: np.ndarray) -> torch.Tensor:
        """(batch, height, width, 3), 0..255 -> float32 (batch, 3, height, width), scaled, on the model's device."""
        device = next(self.model.parameters()).device
        x = torch.tensor(np.ascontiguousarray(images), device=device).float()
        centre, scale = (torch.tensor(numbers, device=device) for numbers in (self.centre, self.scale))
        return ((x - centre) / scale).permute(0, 3, 1, 2)

    def _run(self, part: nn.Module, images: np.ndarray) -> np.ndarray:
        with evaluating(part):
            return part(self.preprocess(images)).cpu().numpy()

    def _maps(self, images: np.ndarray, layers: Sequence[str]) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}

        def keep(name: str) -> object:
            # A copy: an activation that works in place would change the map after the layer has made it.
            return lambda module, inputs, output: found.update({name: output.permute(0, 2, 3, 1).cpu().numpy().copy()})

        hooks = [self.model.get_submodule(self.prefix + name).register_forward_hook(keep(name)) for name in layers]
        try:
            self._run(self.backbone, images)
        finally:
            for hook in hooks:
                hook.remove()
        return {name: found[name] for name in layers}


def backbone(features: nn.Module) -> nn.Sequential:
    """The feature layers, averaged over the picture: (batch, 3, height, width) -> (batch, features)."""
    return nn.Sequential(OrderedDict(features=features, pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(1)))


def load(name: str = lite0.NAME, weights: str | None = "imagenet") -> PytorchNetwork:
    """EfficientNet-Lite0 in evaluation mode, on PyTorch's default device. Raises Missing, Tampered."""
    model = EfficientNetLite0()
    if weights is not None:
        fill(model, lite0.weights())
    model.eval()
    centre, scale = (lite0.CENTRE,) * 3, (lite0.SCALE,) * 3
    return PytorchNetwork(lite0.NAME, model, backbone(model.features), lite0.LAYERS, lite0.SIZE, centre, scale)


def fill(model: EfficientNetLite0, arrays: dict[str, np.ndarray]) -> None:
    """Put the published arrays into the model; a missing, left-over or misshapen one is an error."""
    ours = {"kernel": "conv.weight", "gamma": "norm.weight", "beta": "norm.bias"}
    ours |= {"mean": "norm.running_mean", "variance": "norm.running_var"}
    state = {}
    for name, array in arrays.items():
        part, _, kind = name.rpartition(".")
        if part == "classifier":
            key = f"classifier.{'weight' if kind == 'kernel' else 'bias'}"
        else:
            key = f"features.{part}.{ours[kind]}"
        state[key] = torch.tensor(array)
    counts = {key: value for key, value in model.state_dict().items() if key.endswith("num_batches_tracked")}
    model.load_state_dict(state | counts)
