"""Blocks in PyTorch: an nn.Sequential of nn.Sequential(Linear, BatchNorm1d, ReLU)."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from course.backbones import EPSILON
from course.recipes import Backbone


def build(recipe: Backbone) -> nn.Sequential:
    return nn.Sequential(*(_block(*arrays) for arrays in recipe.blocks)).train()


def _block(w, b, gamma, beta, mean, variance) -> nn.Sequential:
    linear, norm = nn.Linear(*w.shape), nn.BatchNorm1d(w.shape[1], eps=EPSILON)
    values = {linear.weight: w.T, linear.bias: b, norm.weight: gamma, norm.bias: beta}
    with torch.no_grad():
        for parameter, value in (values | {norm.running_mean: mean, norm.running_var: variance}).items():
            parameter.copy_(torch.tensor(np.ascontiguousarray(value)))
    return nn.Sequential(linear, norm, nn.ReLU())


def trainable(network: nn.Sequential) -> list[int]:
    return [sum(parameter.requires_grad for parameter in block.parameters()) for block in network]


def statistics(network: nn.Sequential) -> list[np.ndarray]:
    kinds = ("running_mean", "running_var")
    return [value.detach().cpu().numpy().copy() for name, value in network.named_buffers() if name.endswith(kinds)]


def train_pass(network: nn.Sequential, x: torch.Tensor) -> None:
    network(x)  # in whichever mode it was left: that is what a training step does


def freeze(network: nn.Sequential, whole: bool) -> None:
    network.eval().requires_grad_(False)
