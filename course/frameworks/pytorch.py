"""PyTorch as a framework. The only module of `course` that imports torch at its top."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from course.frameworks.base import Framework
from course.recipes import Loader, Model


class PytorchFramework(Framework):
    name = "pytorch"
    ops = torch

    @property
    def device(self) -> torch.device:
        """Where new tensors go: the default device, which a student may have set to a GPU."""
        return torch.get_default_device()

    def tensor(self, array: np.ndarray) -> torch.Tensor:
        # NumPy makes a read-only or strided array contiguous; torch then owns a copy of it.
        return torch.tensor(np.ascontiguousarray(array).reshape(array.shape), device=self.device)

    def trainable(self, array: np.ndarray) -> torch.Tensor:
        return self.tensor(array).requires_grad_()

    def generator(self, seed: int) -> torch.Generator:
        return torch.Generator(device=self.device).manual_seed(seed)

    def model(self, recipe: Model) -> nn.Module:
        layers: list[nn.Module] = []
        for i in range(0, len(recipe.weights), 2):
            w, b = recipe.weights[i], recipe.weights[i + 1]
            linear = nn.Linear(w.shape[0], w.shape[1], dtype=torch.tensor(w).dtype)
            with torch.no_grad():
                linear.weight.copy_(self.tensor(w).T)
                linear.bias.copy_(self.tensor(b))
            layers += [linear, nn.ReLU(), nn.Dropout(recipe.dropout)]
        return nn.Sequential(*layers[:-2])

    def loader(self, batches: list[tuple[np.ndarray, np.ndarray]], recipe: Loader) -> Any:
        dataset = torch.utils.data.TensorDataset(self.tensor(recipe.x), self.tensor(recipe.y))
        return torch.utils.data.DataLoader(dataset, batch_size=recipe.batch_size)

    def seed(self, value: int) -> None:
        torch.manual_seed(value)

    def to_array(self, value: Any) -> np.ndarray | None:
        if not isinstance(value, torch.Tensor):
            return None
        value = value.detach().cpu().resolve_conj().resolve_neg()
        if value.dtype in (torch.bfloat16, torch.float16):
            value = value.float()
        return np.array(value.numpy(), copy=True)

    def is_live(self, value: Any) -> bool:
        return isinstance(value, torch.Tensor) and value.grad_fn is not None

    def is_trainable(self, value: Any) -> bool:
        return isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf

    def parameters(self, model: Any) -> list[torch.Tensor]:
        return list(model.parameters())

    def shift(self, model: Any, amount: float) -> None:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(amount)

    def activation(self, name: str) -> type[nn.Module]:
        return {"relu": nn.ReLU, "tanh": nn.Tanh}[name]

    def assign(self, parameter: torch.Tensor, array: np.ndarray) -> None:
        with torch.no_grad():
            parameter.copy_(self.tensor(array))

    def reached(self, model: Any, x: torch.Tensor) -> int:
        parameters = self.parameters(model)
        for parameter in parameters:
            parameter.grad = None
        y = model(x)
        if y.requires_grad:
            y.square().sum().backward()
        return sum(p.numel() for p in parameters if p.grad is not None)

    def run(self, made: Any, loader: Any, epochs: int, lr: float) -> list[float]:
        from course.frameworks import pytorch_lightning

        return pytorch_lightning.run(made, loader, epochs)

    def rates(self, callback: Any, lr: float, epochs: int, batches: int) -> list[list[list[float]]]:
        from course.frameworks import pytorch_lightning

        return pytorch_lightning.rates(callback, lr, epochs, batches)

    def set_training(self, model: Any, training: bool) -> None:
        model.train(training)


framework = PytorchFramework()
