"""The first line of every notebook: a quiet framework, fixed seeds, good figures, and the lesson's check and quiz."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from course import install, kernel
from course.check import Checker, CheckError
from course.frameworks import TITLES, TRACKS

LESSONS = Path(__file__).resolve().parent.parent / "lessons"


def start(lesson: str, track: str) -> Checker:
    """Set the notebook up and return its `check`. Call it before importing the framework."""
    if track not in TRACKS:
        raise CheckError(f"There is no track {track!r}: choose {' or '.join(TRACKS)}.")
    quiet()
    with namesakes_hidden(install.MODULES[track]):
        _require(track)
    if track == "tensorflow":
        # Its libraries log on file descriptor 2 while they are loaded, whatever the level.
        with native_stderr_closed(), namesakes_hidden("tensorflow"), suppress(ImportError):
            import_module("tensorflow")
    if "IPython" in sys.modules:
        from course import plots

        plots.style()
    return make_check(lesson, track)


def quiet() -> None:
    """Keep TensorFlow's start-up log off stderr: stock nbgrader gives 0 to a cell that writes there.

    Only level 3, set before the import, silences the probe for a GPU that is not there.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")


@contextmanager
def native_stderr_closed() -> Iterator[None]:
    """File descriptor 2 leads nowhere inside; `contextlib.redirect_stderr` does not reach native code."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def namesakes_hidden(module: str) -> Iterator[None]:
    """Folders that hold a file named like the module are off the import path inside: a lesson's source has a tensorflow.py."""
    kept = list(sys.path)
    sys.path[:] = [folder for folder in kept if not Path(folder or ".", f"{module}.py").is_file()]
    try:
        yield
    finally:
        sys.path[:] = kept


def _require(track: str) -> None:
    """Raises CheckError where the track's framework is not installed, with both ways on."""
    if install.is_there(track):
        return
    title = TITLES[track]
    (other,) = (name for name in TRACKS if name != track)
    told = f"{title} is not installed, and this notebook needs it.\nInstall it:  {install.command(track)}"
    if install.is_there(other):
        told += f"\nOr open {other}.ipynb beside this notebook: {TITLES[other]} is installed."
    raise CheckError(told)


def find_checks(lesson: str) -> Path:
    """`checks.json` beside the notebook, or else the installed course's own. Raises CheckError."""
    for path in (Path.cwd() / "checks.json", LESSONS / lesson / "checks.json"):
        if path.is_file() and f'"lesson": "{lesson}"' in path.read_text(encoding="utf-8", errors="replace")[:500]:
            return path
    raise CheckError(f"The checks of {lesson} are not here: open the notebook in its own folder, beside checks.json.")


def _checker(lesson: str, track: str) -> Checker:
    checker = Checker(find_checks(lesson), track)
    kernel.explain_missing(checker.exercises)
    return checker


make_check: Callable[[str, str], Any] = _checker
"""What `start` returns. A grader's child process, where no checks.json is, puts an inert check in its place."""
