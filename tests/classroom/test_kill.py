"""Fault 13: the grader is killed with `kill -9`, at every kind of moment, and run again. Fault 14: two graders at once."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import forked
import pytest
from conftest import RIGHT, TRANSPOSED, answered, fake_engine, hand_in
from tests_of_class import export

from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import grade

PYTORCH = Assignment("00-try", "pytorch")
Notebook = dict[str, Any]
MOMENTS = 8
pytestmark = [pytest.mark.xdist_group("kill")]


def fill(folder: ClassFolder, blank: Notebook) -> None:
    """A right, a wrong and a broken hand-in."""
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "bob", answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    hand_in(folder, "cy", b"{")


def pages(folder: ClassFolder) -> dict[str, bytes]:
    """The notebooks and pages that were written for students and instructors."""
    found = [*folder.autograded.rglob("*.ipynb"), *folder.feedback.rglob("*.html")]
    return {str(path.relative_to(folder.root)): path.read_bytes() for path in sorted(found)}


def test_killed_after_every_durable_step_the_second_run_gives_the_same_class(
    pristine: Path, tmp_path: Path, blank: Notebook
) -> None:
    """At steps all over the run; some classes are killed a second time while they go on from there."""
    whole = ClassFolder.open(Path(shutil.copytree(pristine, tmp_path / "whole" / "class")))
    counted = ClassFolder.open(Path(shutil.copytree(pristine, tmp_path / "counted" / "class")))
    for folder in (whole, counted):
        fill(folder, blank)
    grade(whole, list(whole.assignments.values()), run=fake_engine)  # what nbgrader compiles for it, the forks below inherit
    due = export(whole)
    status, steps, printed = forked.grade(counted.root, "--all")
    assert status == 1, printed  # one is in quarantine
    assert export(counted) == due
    for number, moment in enumerate(range(1, steps, steps // MOMENTS)):
        place = tmp_path / f"killed-{number}"
        killed = ClassFolder.open(Path(shutil.copytree(pristine, place / "class")))
        fill(killed, blank)
        assert forked.grade(killed.root, "--all", die_at=moment)[0] == -signal.SIGKILL, f"not killed at step {moment}"
        if number % 3 == 0:
            forked.grade(killed.root, "--all", die_at=moment // 2 + 5)
        status, _, printed = forked.grade(killed.root, "--all")
        assert status == 1, printed
        assert export(killed) == due, f"killed at step {moment} of {steps}"
        assert pages(killed).keys() == pages(whole).keys(), f"killed at step {moment} of {steps}"
        shutil.rmtree(place)


@cache
def fence() -> list[str]:
    """What has to be said where this system has no fence."""
    from autograder.engine.doctor import LIMITS
    from autograder.engine.parents import Parents
    from autograder.engine.process import GraderFault

    with Parents() as parents:
        try:
            parents.start("numpy", LIMITS).stop()
        except GraderFault:
            return ["--unfenced"]
    return []


def real(folder: Path) -> subprocess.Popen[str]:
    """The command itself, with its engine and its fence."""
    command = [Path(sys.executable).parent / "autograder", "grade", folder, "--all", "--workers", "2", *fence()]
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def test_the_real_command_killed_twice_and_two_at_once(pristine: Path, tmp_path: Path, blank: Notebook) -> None:
    """One class runs undisturbed beside a second grader, which is refused; its twin is killed at two moments."""
    whole, killed = (
        ClassFolder.open(Path(shutil.copytree(pristine, tmp_path / name / "class"))) for name in ("whole", "killed")
    )
    for folder in (whole, killed):
        fill(folder, blank)
        for i in range(4):
            hand_in(folder, f"dora{i}", answered(blank, RIGHT | {"scale": f"def scale(x, factor):\n    return x * {i}"}))
    first, second = real(whole.root), real(whole.root)
    said = [process.communicate(timeout=120)[0] for process in (first, second)]
    codes = [process.returncode for process in (first, second)]
    assert sorted(codes) == [1, 2], said
    assert "Another `autograder grade` is at work" in said[codes.index(2)]
    results = killed.private / "results" / PYTORCH.name
    moments: list[Callable[[], bool]] = [
        lambda: len(list(results.glob("[a-z]*.json"))) >= 1,
        lambda: time.monotonic() > until,
    ]
    for moment in moments:
        until = time.monotonic() + random.uniform(0.5, 6)
        process = real(killed.root)
        while not moment() and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        process.communicate(timeout=60)
    last = real(killed.root)
    printed = last.communicate(timeout=120)[0]
    assert last.returncode == 1, printed
    assert export(killed) == export(whole), printed
    assert pages(killed).keys() == pages(whole).keys()
