"""Probes of training by a high-level library: the record it keeps, a training step of one's own, and a callback."""

from __future__ import annotations

from typing import Any

from course.frameworks import Framework
from course.probes.base import Inputs, Observation, call, probe, same
from course.probes.fitting import moved

RECORD = ("loss", "val_loss", "val_accuracy")


@probe
def training_record(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(model, train, validation, lr, epochs)` on a model left in evaluation mode; it returns a record of lists.

    Observes the record's `loss`, `val_loss` and `val_accuracy`, and whether one is `live`. A model with dropout is given with
    lr = 0: then the training loss is random and not given, and it is observed between which epochs it `varied`, and whether the
    validation loss was `steady`.
    """
    arguments = {name: framework.build(value) for name, value in inputs.items()}
    framework.set_training(arguments["model"], False)
    with framework.eagerly():
        returned = call(answer, arguments)
    record = framework.plain(returned)
    if not isinstance(record, dict) or not set(RECORD) <= set(record):
        raise TypeError("it must return a dict with the lists 'loss', 'val_loss' and 'val_accuracy'")
    seen: Observation = {name: record[name] for name in RECORD}
    seen["live"] = any(framework.is_live(leaf) for leaf in framework.leaves(returned))
    if inputs["model"].dropout:
        seen = {"varied": moved(seen["loss"]), "steady": not any(moved(seen["val_loss"]))} | seen | {"loss": None}
    return seen


@probe
def distilling(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct `answer(student, teacher, weight, lr)`, without lr where the trainer has the optimiser, and train it.

    Observes the `loss` reported for each epoch, the `student`'s parameters afterwards and whether `the teacher changed`. With
    dropout lr is 0. A student with dropout has a random loss, and observed is whether it `varied`; a teacher with dropout
    shows, in whether the loss `stayed the same`, if it was used in evaluation mode.
    """
    given = {name: framework.build(inputs[name]) for name in ("student", "teacher", "weight")}
    student, teacher = given["student"], given["teacher"]
    known = framework.parameters(teacher)
    before = framework.plain(known)
    lr = inputs["lr"]
    made = call(answer, given | ({"lr": lr} if framework.steps_know_lr else {}))
    with framework.eagerly():
        losses = framework.run(made, framework.build(inputs["loader"]), inputs["epochs"], lr)
    changed = not same(before, framework.plain(known))
    seen: Observation = {"the teacher changed": changed}
    if inputs["student"].dropout:
        return seen | {"varied": moved(losses)}
    if inputs["teacher"].dropout:
        seen["the loss stayed the same"] = not any(moved(losses))
    return seen | {"loss": losses, "student": framework.plain(_in_order(framework, student))}


def _in_order(framework: Framework, model: Any) -> list[Any]:
    """Parameters as w (inputs, outputs), b, ... in every track."""
    arrays = [framework.plain(parameter) for parameter in framework.parameters(model)]
    return [array.T if framework.name == "pytorch" and array.ndim == 2 else array for array in arrays]


@probe
def decaying(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Construct a callback from the inputs other than `lr`, `epochs` and `batches`, and train something tiny with it.

    Observes the `lr in each epoch`, batch by batch, and whether it is the same for `all groups of parameters`.
    """
    arguments = {name: value for name, value in inputs.items() if name not in ("lr", "epochs", "batches")}
    callback = call(answer, arguments)
    rates = framework.rates(callback, inputs["lr"], inputs["epochs"], inputs["batches"])
    return {
        "lr in each epoch": [[groups[0] for groups in batches] for batches in rates],
        "all groups of parameters": all(rate == groups[0] for batches in rates for groups in batches for rate in groups),
    }
