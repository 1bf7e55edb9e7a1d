"""Probe of a whole training run: the losses that it records, whatever loop is inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, probe

# Two epochs without dropout differ by rounding at most, two with dropout by far more.
SAME = 1e-5


@probe
def fitting(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(model, train, validation, lr, epochs)` on a model left in evaluation mode.

    Observes the `train` and `validation` losses of the dict that it returns, and whether one is `live`. A model with
    dropout is given with lr = 0, so that its losses move by dropout alone: then `train` is random and is left out, and
    it is observed instead between which epochs the training loss `varied`, and whether the validation loss was `steady`.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    framework.set_training(arguments["model"], False)
    returned = call(answer, arguments)
    history = framework.plain(returned)
    if not isinstance(history, dict) or not {"train", "validation"} <= set(history):
        raise TypeError("it must return a dict with the lists 'train' and 'validation'")
    live = any(framework.is_live(leaf) for leaf in framework.leaves(returned))
    if not inputs["model"].dropout:
        return {"train": history["train"], "validation": history["validation"], "live": live}
    varied, drifted = moved(history["train"]), moved(history["validation"])
    return {"varied": varied, "steady": not any(drifted), "validation": history["validation"], "live": live}


def moved(losses: Any) -> list[bool]:
    """Between which neighbouring epochs a loss changed."""
    numbers = np.asarray(losses, dtype=np.float64).ravel()
    return [bool(abs(b - a) > SAME * (1 + abs(a))) for a, b in zip(numbers[:-1], numbers[1:], strict=True)]
