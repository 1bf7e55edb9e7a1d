"""Fault 15: the gradebook is locked, damaged, or the disk is full. Fault 16: a regrade fails. The old data stay as they are."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import forked
import pytest
from conftest import RIGHT, TRANSPOSED, answered, fake_engine, hand_in, tree
from tests_of_class import export

from autograder.classroom import converters, gradebook, record
from autograder.classroom import grade as grading
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import GRADED, KEPT, QUARANTINED, UNCHANGED, grade
from autograder.classroom.standing import STALE, Standing

PYTORCH = Assignment("00-try", "pytorch")
Notebook = dict[str, Any]


@pytest.fixture
def graded(folder: ClassFolder, blank: Notebook) -> ClassFolder:
    """A class of which Ana is graded, and Bob's hand-in has just come."""
    hand_in(folder, "ana", answered(blank))
    grade(folder, [PYTORCH], run=fake_engine)
    hand_in(folder, "bob", answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    return folder


def writing(folder: ClassFolder) -> sqlite3.Connection:
    """Another program that holds the gradebook for itself."""
    other = sqlite3.connect(folder.gradebook, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    return other


def test_a_gradebook_that_is_locked_for_a_while_is_waited_for(graded: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself waits five seconds for a lock; here it is held for longer."""
    other = writing(graded)
    threading.Timer(5.5, other.close).start()
    began = time.monotonic()
    summary = grade(graded, [PYTORCH], run=fake_engine)
    assert time.monotonic() - began > 5
    assert summary.counts == {GRADED: 1, UNCHANGED: 1}
    assert gradebook.scores(graded, PYTORCH) == {"ana": 5, "bob": 3}


def test_a_gradebook_that_stays_locked_stops_the_run_in_words(graded: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converters, "TRIES", 1)
    before = export(graded)
    with closing(writing(graded)):
        status, _, printed = forked.grade(graded.root, "--all")
    assert status == 2
    assert "database is locked" in printed
    assert "Traceback" not in printed
    assert export(graded) == before
    assert forked.grade(graded.root, "--all")[0] == 0
    assert gradebook.scores(graded, PYTORCH) == {"ana": 5, "bob": 3}


def test_a_lock_that_comes_while_marks_are_written_costs_no_mark(graded: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradebook was free when the run began, and is taken before the first mark is written."""
    monkeypatch.setattr(converters, "TRIES", 1)
    others = []

    def engine(works: Any, workers: int) -> Iterator[Any]:
        for outcome in fake_engine(works, workers):
            time.sleep(1)  # until the marks that are there have been read
            others.append(writing(graded))
            yield outcome

    summary = grade(graded, [PYTORCH], run=engine)
    assert [(entry.student, "locked" in entry.reason) for entry in summary.quarantine] == [("bob", True)]
    others[0].close()
    assert record.load(graded, "bob", PYTORCH), "the run itself is not lost"
    assert gradebook.scores(graded, PYTORCH) == {"ana": 5}
    assert grade(graded, [PYTORCH], run=lambda works, workers: iter(())).counts == {UNCHANGED: 2}
    assert gradebook.scores(graded, PYTORCH) == {"ana": 5, "bob": 3}


@pytest.mark.parametrize("damage", ["another file", "cut in half", "zeros in the middle"])
def test_a_damaged_gradebook_stops_the_run_and_is_left_as_it_is(graded: ClassFolder, damage: str) -> None:
    good = graded.gradebook.read_bytes()
    half = len(good) // 2
    bad = {"another file": b"no database" * 1000, "cut in half": good[:half]}
    graded.gradebook.write_bytes(bad.get(damage, good[:4096] + bytes(len(good) - 8192) + good[-4096:]))
    records = tree(graded.private / "results" / PYTORCH.name)
    status, _, printed = forked.grade(graded.root, "--all")
    assert status in (1, 2), printed
    assert "Traceback" not in printed
    assert "gradebook" in printed
    kept = tree(graded.private / "results" / PYTORCH.name)
    assert records.items() <= kept.items(), "what is known of Ana is as it was"
    graded.gradebook.write_bytes(good)
    assert forked.grade(graded.root, "--all")[0] == 0
    assert gradebook.scores(graded, PYTORCH) == {"ana": 5, "bob": 3}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a small disk cannot be made here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("left", [0, 20_000, 60_000, 150_000, 300_000])
def test_a_full_disk_stops_the_run_and_nothing_is_lost(pristine: Path, small_disk: Path, blank: Notebook, left: int) -> None:
    """Room for a little more, or none: wherever it ends, the marks that were there stay, and the rest is made up for later."""
    folder = ClassFolder.open(Path(shutil.copytree(pristine, small_disk / "class")))
    hand_in(folder, "ana", answered(blank))
    grade(folder, [PYTORCH], run=fake_engine)
    for student in ("bob", "cy", "dora"):
        hand_in(folder, student, answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        room = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize - left
        file.write(bytes(max(0, room)))
    status, _, printed = forked.grade(folder.root, "--all")
    assert status in (1, 2), printed
    assert "Traceback" not in printed
    assert "space" in printed or "full" in printed, printed
    assert gradebook.scores(folder, PYTORCH)["ana"] == 5
    filler.unlink()
    status, _, printed = forked.grade(folder.root, "--all")
    assert status == 0, printed
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5, "bob": 3, "cy": 3, "dora": 3}
    assert not [path for path in folder.feedback.rglob("*.html") if not path.stat().st_size]


def test_a_regrade_without_a_working_engine_keeps_the_old_mark_and_says_so(
    graded: ClassFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine itself, whose processes cannot start any more."""
    from autograder.engine import parents, process

    grade(graded, [PYTORCH], run=fake_engine)
    before, marks = export(graded), gradebook.cell_scores(graded, PYTORCH)
    for module in (parents, process):
        monkeypatch.setattr(module, "command", lambda *_: ["/bin/sh", "-c", "echo the disk with the frameworks is gone >&2"])
    summary = grade(graded, [PYTORCH], regrade=True, run=lambda works, workers: grading.execute(works, workers, unfenced=True))
    assert summary.counts == {KEPT: 2}
    assert all(entry.kept and "the disk with the frameworks is gone" in entry.reason for entry in summary.quarantine)
    assert (export(graded), gradebook.cell_scores(graded, PYTORCH)) == (before, marks)
    assert {row.status for row in Standing(graded).rows} == {STALE}
    assert grade(graded, [PYTORCH], run=fake_engine).counts == {UNCHANGED: 2}
    assert STALE not in {row.status for row in Standing(graded).rows}


def test_a_broken_new_hand_in_keeps_the_old_mark_and_says_so(graded: ClassFolder) -> None:
    hand_in(graded, "ana", b'{"cells": [')
    summary = grade(graded, [PYTORCH], run=fake_engine)
    assert summary.counts == {GRADED: 1, KEPT: 1}
    assert gradebook.scores(graded, PYTORCH)["ana"] == 5
    assert [row.status for row in Standing(graded).rows if row.student == "ana"] == [STALE]
    assert QUARANTINED not in summary.counts
