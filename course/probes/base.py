"""The registry of probes, and the frame around each: fresh inputs, caught errors, plain observations."""

from __future__ import annotations

import builtins
import inspect
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from course.frameworks import Framework, Unplain

Inputs = dict[str, Any]
Observation = dict[str, Any]
Probe = Callable[[Any, Inputs, Framework, dict[str, Any]], Observation]

PROBES: dict[str, Probe] = {}

MESSAGE_LIMIT = 500


def probe(function: Probe) -> Probe:
    """Register a probe under its function's name."""
    PROBES[function.__name__] = function
    return function


def observe(name: str, answer: Any, cases: list[Inputs], framework: Framework, options: dict[str, Any]) -> list[Observation]:
    """One observation for each case; an error in the student's code becomes the observation {"error": ...}."""
    return [observe_case(name, answer, inputs, framework, options) for inputs in cases]


def observe_case(name: str, answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """What the probe `name` sees of `answer` on one case's inputs."""
    try:
        framework.seed(0)
        with _without_input():
            return PROBES[name](answer, inputs, framework, options)
    except Unplain as error:
        return {"error": {"type": "Unplain", "message": str(error)[:MESSAGE_LIMIT], "line": ""}}
    except (Exception, SystemExit) as error:
        return {"error": describe_error(error)}


@contextmanager
def _without_input() -> Iterator[None]:
    """input() fails at once and in the same way in a notebook, where it would wait, and in the grader."""

    def asked(*_: Any) -> str:
        raise EOFError("input() was called")

    kept, builtins.input = builtins.input, asked
    try:
        yield
    finally:
        builtins.input = kept


def describe_error(error: BaseException) -> dict[str, str]:
    """Type, message and the student's line of an error, as plain text."""
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        # A notebook's cell has no file on disk with that name, so its frames are the ones not from a package.
        if "site-packages" not in frame.filename and "/course/" not in frame.filename and frame.line:
            line = f"{frame.name}, line {frame.lineno}: {frame.line.strip()}"
    # A hostile __str__ may raise or be endless; its text is only ever shown.
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"type": type(error).__name__, "message": message[:MESSAGE_LIMIT], "line": line[:200]}


def call(answer: Any, arguments: Inputs) -> Any:
    """Call by position, so that the student may name parameters freely; say clearly when the count is wrong."""
    if not callable(answer):
        raise Unplain(f"a {type(answer).__name__} that cannot be called")
    try:
        inspect.signature(answer).bind(*arguments.values())
    except TypeError:
        names = ", ".join(arguments)
        raise TypeError(f"it must accept the arguments ({names}), in this order") from None
    except ValueError:
        pass  # a builtin without a signature
    return answer(*arguments.values())


def snapshot(tree: Any, framework: Framework) -> Any:
    """Plain copy of built inputs, where they are plain; None for generators, functions and models."""
    try:
        return framework.plain(tree)
    except Unplain:
        return None


def same(a: Any, b: Any) -> bool:
    """Whether two plain trees are equal; NaN equals NaN here, because nothing changed."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)) or a.shape != b.shape or a.dtype != b.dtype:
            return False
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or (a != a and b != b))


def changed_inputs(before: dict[str, Any], arguments: Inputs, framework: Framework) -> list[str]:
    """Names of the inputs that a call has changed in place."""
    return [name for name, value in before.items() if not same(value, snapshot(arguments[name], framework))]
