"""In the child: run cells and answer probes, one request after the other. Everything here is in the student's hands.

Nothing here knows an expected value, and nothing that it says is believed beyond "this is what the student's code gave".
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from autograder.engine.capture import NativeOutput
from autograder.engine.guard import Guard
from autograder.engine.protocol import MAX_LINE, MAX_PARTS, ChildEnd
from autograder.engine.shell import NotebookShell, create


class InertCheck:
    """Stands for the notebook's `check`: every call on it does nothing. The grader probes the answers itself."""

    def __call__(self, *arguments: Any, **options: Any) -> None:
        """Nothing."""

    def quiz(self, *arguments: Any, **options: Any) -> None:
        """Nothing."""

    def summary(self, *arguments: Any, **options: Any) -> None:
        """Nothing."""


def prepare(output_bytes: int = 1 << 20) -> NotebookShell:
    """Make the shell, and put what a graded notebook must not have out of reach: its checks and its keyboard."""
    import getpass

    from autograder.engine.shell import no_input
    from course import notebook

    shell = create(output_bytes)
    notebook.make_check = lambda lesson, track: InertCheck()
    getpass.getpass = no_input
    sys.argv = [""]
    return shell


def load(track: str) -> None:
    """Import what a notebook of this track will use. The track "numpy" has no framework: tests of the engine use it."""
    import unittest.mock  # noqa: F401 - what tests use; numpy loads its own only when it is asked for

    import matplotlib.pyplot  # noqa: F401
    import numpy.testing  # noqa: F401

    from course import data, frameworks, plots, probes  # noqa: F401

    frameworks.get(track)
    if track != "numpy":
        import sklearn.datasets  # noqa: F401
    if track == "tensorflow":
        import keras  # noqa: F401
    if track == "pytorch":
        import torch

        # More than one thread in an operation before a fork, and the child would hang in its first one.
        torch.set_num_threads(1)


def home(folder: str) -> None:
    """Make a folder the process's home, working folder and place of temporary files."""
    import tempfile

    os.chdir(folder)
    os.environ |= {
        "HOME": folder,
        "PWD": folder,
        "USER": "student",
        "TMPDIR": folder,
        "IPYTHONDIR": f"{folder}/.ipython",
        "MPLCONFIGDIR": f"{folder}/.matplotlib",
    }
    tempfile.tempdir = None


def serve(shell: NotebookShell, end: ChildEnd, track: str, folder: str, output_bytes: int) -> None:
    """Answer requests until the parent closes the pipe."""
    shell.capture.limit = output_bytes
    native = NativeOutput(folder, shell.capture)
    settle(track)
    marks: dict[int, dict[str, Any]] = {}
    guarded = Guarded(shell, native)
    end.answer({"ready": True})
    while (request := end.ask()) is not None:
        shell.capture.start()
        if request["do"] == "run":
            answer = run(shell, native, request["source"])
        elif request["do"] in Guarded.WORDS:
            answer = guarded.answer(request)
        elif request["do"] == "mark":
            marks[request["step"]] = dict(shell.user_ns)
            answer = {}
        else:
            # A cell below may have given a name of this place to something else.
            if request["step"] in marks:
                names = marks.pop(request["step"])
                shell.user_ns.clear()
                shell.user_ns.update(names)
            answer = probe(shell, track, request)
            native.collect()
        end.answer({"step": request["step"], **answer})


def settle(track: str) -> None:
    """Import path and random numbers as every submission finds them."""
    import random

    import numpy as np

    # Where a notebook lies its own modules can be imported, but never instead of an installed one.
    sys.path[:] = [entry for entry in sys.path if entry] + [""]
    # Children of one parent would share its random state anyhow: a fixed one gives the same grade on every machine.
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - the global state is what a student's np.random calls use
    if track == "pytorch":
        sys.modules["torch"].manual_seed(0)
    if track == "tensorflow":
        sys.modules["tensorflow"].random.set_seed(0)


def run(shell: NotebookShell, native: NativeOutput, source: str) -> dict[str, Any]:
    """Run a cell: its outputs, and its error if it had one."""
    error = shell.run(source)
    native.collect()
    outputs = [output for output in shell.capture.take() if measure(output)[0] < MAX_LINE]
    return {"outputs": outputs, "error": list(error) if error else None, "count": shell.execution_count - 1}


class Guarded:
    """Answers what concerns test cells that share the student's interpreter: see `autograder.engine.guard`."""

    WORDS = ("setup", "author", "test", "sync")

    def __init__(self, shell: NotebookShell, native: NativeOutput) -> None:
        self.shell, self.native = shell, native
        self.guard: Guard | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        if request["do"] == "setup":
            self.guard = Guard(self.shell, request)
            return {"problem": self.guard.problem}
        if request["do"] == "sync":
            return {"token": request["token"]}
        assert self.guard is not None
        if request["do"] == "author":
            answer = run(self.shell, self.native, request["source"])
            self.guard.remember(request["source"])
            return answer
        done = self.guard.test(request["source"])
        self.native.collect()
        outputs = [output for output in self.shell.capture.take() if measure(output)[0] < MAX_LINE]
        return {"outputs": outputs, "token": request["token"], **done}


def measure(tree: Any) -> tuple[int, int]:
    """Length and number of parts of something as JSON; more than any limit when it cannot be written."""
    try:
        line = json.dumps(tree, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return MAX_LINE, MAX_PARTS
    return len(line), line.count(",") + line.count("[") + line.count("{")


def probe(shell: NotebookShell, track: str, request: dict[str, Any]) -> dict[str, Any]:
    """Probe an object of the student's: one encoded observation for each case."""
    from course.codec import decode

    cases = [decode(case) for case in request["cases"]]
    name = request["name"]
    if name not in shell.user_ns:
        missing = {"error": {"type": "NameError", "message": f"name '{name}' is not defined", "line": ""}}
        return {"observations": [missing] * len(cases)}
    room, parts = MAX_LINE - (1 << 20), MAX_PARTS - 10_000
    observations = []
    for case in cases:
        seen = observe_one(request, shell.user_ns[name], case, track)
        size, count = measure(seen)
        if size > room or count > parts:
            seen, size, count = failed("Unplain", "a value that is too large to be written down"), 0, 0
        room, parts = room - size, parts - count
        observations.append(seen)
    return {"observations": observations}


def observe_one(request: dict[str, Any], answer: Any, case: dict[str, Any], track: str) -> dict[str, Any]:
    """One case's observation, encoded; any error at all becomes an observation."""
    from course import codec, frameworks, probes

    try:
        seen = probes.observe(request["probe"], answer, [case], frameworks.get(track), request["options"])[0]
        return codec.encode(seen, binary=True)
    except codec.CodecError as error:
        return failed("Unplain", str(error))
    except BaseException as error:  # KeyboardInterrupt and the student's own kinds, which a probe lets through
        return failed(type(error).__name__, "")


def failed(kind: str, message: str) -> dict[str, Any]:
    """The observation of an error."""
    return {"error": {"type": kind, "message": message[:500], "line": ""}}
