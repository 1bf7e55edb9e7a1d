"""A small classifier of pictures in PyTorch: an nn.Sequential of Flatten, Linear, BatchNorm1d, Tanh and Linear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from course.backbones import EPSILON
from course.recipes import Judge


def build(recipe: Judge) -> nn.Sequential:
    w, b, gamma, beta, mean, variance, out, bias = recipe.weights
    w = np.ascontiguousarray(np.moveaxis(w, 2, 0)).reshape(-1, w.shape[-1])  # the colours come first here
    linear, norm, last = nn.Linear(*w.shape), nn.BatchNorm1d(w.shape[1], eps=EPSILON), nn.Linear(*out.shape)
    values = {linear.weight: w.T, linear.bias: b, norm.weight: gamma, norm.bias: beta, last.weight: out.T, last.bias: bias}
    with torch.no_grad():
        for parameter, value in (values | {norm.running_mean: mean, norm.running_var: variance}).items():
            parameter.copy_(torch.tensor(np.ascontiguousarray(value)))
    return nn.Sequential(nn.Flatten(), linear, norm, nn.Tanh(), last).eval()


def turned(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(picture, 3, 1))


def state(network: nn.Sequential) -> dict[str, Any]:
    arrays = {name: value.detach().cpu().numpy().copy() for name, value in network.state_dict().items()}
    running = {name: value for name, value in arrays.items() if name.endswith(("mean", "var", "tracked"))}
    return {
        "weights changed": {name: value for name, value in arrays.items() if name not in running},
        "statistics moved": running,
        "mode changed": network.training,
        "weights frozen": [parameter.requires_grad for parameter in network.parameters()],
        "gradients left on the weights": any(p.grad is not None and bool(p.grad.any()) for p in network.parameters()),
    }


def slope(answer: Callable[[Any], Any], x: np.ndarray) -> tuple[Any, Any]:
    tensor = torch.tensor(turned(x), device=torch.get_default_device()).requires_grad_()
    value = answer(tensor)
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return value, None
    (gradient,) = torch.autograd.grad(value.sum(), tensor, allow_unused=True)
    return value, None if gradient is None else np.ascontiguousarray(np.moveaxis(gradient.cpu().numpy(), 1, 3))
