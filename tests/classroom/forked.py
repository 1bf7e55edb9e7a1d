"""`autograder grade` as a process of its own that can be killed, without the seconds that an interpreter's start takes.

It is a fork of the test's process, with the fake engine; every step that leaves a trace on the disk is counted by an audit
hook, and at the wanted one the process kills itself as `kill -9` does: no clean-up, no `finally`.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from pathlib import Path

from conftest import fake_engine

from autograder.classroom import grade as grading

TRACES = ("os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "shutil.copyfile", "sqlite3.connect")


def grade(folder: Path, *arguments: str, die_at: int = 0) -> tuple[int, int, str]:
    """Run it. Returns its exit status (-9 when killed), the number of steps counted, and what it printed."""
    out, into = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking beside threads
        pid = os.fork()
    if pid == 0:
        try:
            os.close(out)
            os.dup2(into, 1)
            os.dup2(into, 2)
            _child(folder, arguments, die_at)
        finally:
            os._exit(99)
    os.close(into)
    with os.fdopen(out, encoding="utf-8", errors="replace") as pipe:
        printed = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    steps = [int(line.split()[1]) for line in printed.splitlines() if line.startswith("STEPS ")]
    return status, steps[0] if steps else 0, printed


def _child(folder: Path, arguments: tuple[str, ...], die_at: int) -> None:
    from autograder.cli import app

    grading.execute = lambda works, workers, **options: fake_engine(works, workers)
    count, inside = 0, str(folder)

    def hook(event: str, details: tuple[object, ...]) -> None:
        nonlocal count
        writes = event in TRACES or (event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR))
        if writes and str(details[0]).startswith(inside):
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    sys.stdout = sys.stderr = os.fdopen(1, "w", buffering=1, closefd=False)
    code = 0
    try:
        app(["grade", str(folder), *arguments], standalone_mode=True)
    except SystemExit as end:
        code = int(end.code or 0)
    print(f"\nSTEPS {count}", flush=True)
    os._exit(code)
