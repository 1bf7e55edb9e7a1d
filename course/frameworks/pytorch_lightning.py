"""PyTorch Lightning's trainer for the probes: silent, on the processor, writing no files. Imported only where it is used."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Checkpoint
from torch import nn

QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "num_sanity_val_steps": 0,
}


def fit(module: Any, loader: Any, epochs: int, callbacks: list[Any]) -> None:
    """Train a LightningModule without a word."""
    log = logging.getLogger("lightning.pytorch")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Without a callback of that kind, Lightning would add one that writes files.
            saving = any(isinstance(callback, Checkpoint) for callback in callbacks)
            trainer = lightning.Trainer(max_epochs=epochs, callbacks=callbacks, enable_checkpointing=saving, **QUIET)
            trainer.fit(module, loader)
    finally:
        log.setLevel(level)


class _Losses(Checkpoint):
    """What was logged as "loss", after each epoch.

    Callbacks of this kind are called last, after the module's own hook for the end of an epoch, which may log too.
    """

    def __init__(self) -> None:
        self.values: list[float] = []

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        logged = trainer.callback_metrics
        if "loss" not in logged:
            raise KeyError("nothing was logged as 'loss': call self.log('loss', ...) in the training step")
        self.values.append(float(logged["loss"]))


def run(module: Any, loader: Any, epochs: int) -> list[float]:
    """The loss of each epoch that a LightningModule logs while it is trained."""
    if not isinstance(module, lightning.LightningModule):
        raise TypeError("it must be a lightning.LightningModule")
    losses = _Losses()
    fit(module, loader, epochs, [losses])
    return losses.values


class _Tiny(lightning.LightningModule):
    """One linear layer whose weight and bias are two groups of the optimiser."""

    def __init__(self, lr: float) -> None:
        super().__init__()
        self.layer, self.lr = nn.Linear(2, 1), lr

    def training_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
        return self.layer(batch[0]).square().mean()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD([{"params": [self.layer.weight]}, {"params": [self.layer.bias]}], lr=self.lr)


class _Rates(lightning.Callback):
    """The learning rates that each batch is trained with."""

    def __init__(self) -> None:
        self.epochs: list[list[list[float]]] = []

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if batch_idx == 0:
            self.epochs.append([])
        self.epochs[-1].append([float(group["lr"]) for group in trainer.optimizers[0].param_groups])


def rates(callback: Any, lr: float, epochs: int, batches: int) -> list[list[list[float]]]:
    """The learning rates (epochs, batches, groups) of a tiny training with a callback."""
    if not isinstance(callback, lightning.Callback):
        raise TypeError("it must be a lightning.Callback")
    dataset = torch.utils.data.TensorDataset(torch.ones(batches, 2))
    seen = _Rates()
    fit(_Tiny(lr), torch.utils.data.DataLoader(dataset, batch_size=1), epochs, [callback, seen])
    return seen.epochs
