"""What a student's process says of the hidden cases is cut to what may stand in feedback.

A verdict shows no value of a hidden case, but some words in it come from the student's side: the name of an error, the type
of what was returned, the names of changed inputs. Words that the grader does not know could hold anything.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from typing import Any

from autograder.engine.work import ProbeStep, StepResult

ERRORS = {name for name, thing in vars(builtins).items() if isinstance(thing, type) and issubclass(thing, BaseException)} | {
    "Unplain",
    "InputError",
    "StdinNotImplementedError",
    "AxisError",
    "LinAlgError",
    "UFuncTypeError",
    "OutOfMemoryError",
    "InvalidArgumentError",
    "ResourceExhaustedError",
    "UnimplementedError",
    "NotFoundError",
    "FailedPreconditionError",
    "OperatorNotAllowedInGraphError",
    "InaccessibleTensorError",
}
TYPES = {name for name, thing in vars(builtins).items() if isinstance(thing, type)} | {
    "NoneType",
    "function",
    "method",
    "builtin_function_or_method",
    "generator",
    "module",
    "Tensor",
    "EagerTensor",
    "SymbolicTensor",
    "KerasTensor",
    "Parameter",
    "Variable",
    "ResourceVariable",
    "SparseTensor",
    "RaggedTensor",
    "DataLoader",
    "Module",
    "Sequential",
    "Linear",
    "Dense",
    "Functional",
    "Generator",
    "Series",
    "DataFrame",
}
OWN_ERROR, OWN_TYPE = "an error of its own kind", "something that is neither"
UNPLAIN = re.compile(r"(?:a value of type|an array of|a) (\w+)(?: that cannot be called| cannot be written down)?")
ARRAYS = re.compile(r"str\d*|bytes\d*|object|datetime64|timedelta64|void\d*")


def discreet(result: StepResult, step: ProbeStep) -> StepResult:
    """A probe's result without words that could quote a hidden case. Values stay: they are compared, never shown."""
    if isinstance(result.observations, list):
        for seen, case in zip(result.observations, step.cases, strict=False):
            if isinstance(seen, dict):
                _mend(seen, case)
    return result


def _mend(seen: dict[str, Any], names: Iterable[str]) -> None:
    error = seen.get("error")
    if isinstance(error, dict):
        kind, message = error.get("type"), str(error.get("message", ""))
        seen["error"] = {
            "type": kind if kind in ERRORS else OWN_ERROR,
            "message": _unplain(message) if kind == "Unplain" else "",
            "line": "",
        }
    changed = seen.get("changed")
    if isinstance(changed, list):
        known = set(names)
        seen["changed"] = [name if isinstance(name, str) and name in known else "one of them" for name in changed[:20]]


def _unplain(message: str) -> str:
    found = UNPLAIN.fullmatch(message)
    return message if found and (found[1] in TYPES or ARRAYS.fullmatch(found[1])) else OWN_TYPE
