"""Feedback pages of a class are written by a second process; whatever becomes of it, no page and no mark is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import answered, fake_engine, hand_in

from autograder.classroom import feedback, quarantine
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import grade
from autograder.classroom.gradebook import scores

PYTORCH = Assignment("00-try", "pytorch")
STUDENTS = [f"s{number}" for number in range(feedback.FEW + 1)]
Notebook = dict[str, Any]


@pytest.fixture
def many(folder: ClassFolder, blank: Notebook) -> ClassFolder:
    """As many right hand-ins as a second process is worth."""
    for student in STUDENTS:
        hand_in(folder, student, answered(blank))
    return folder


def run(folder: ClassFolder, **how: Any) -> Any:
    return grade(folder, [PYTORCH], run=fake_engine, **how)


def pages(folder: ClassFolder) -> dict[str, str]:
    return {path.parts[-3]: path.read_text() for path in folder.feedback.rglob("*.html")}


def confirmed(folder: ClassFolder) -> list[str]:
    return [student for student in STUDENTS if folder.saved_path(student, PYTORCH).is_file()]


def test_a_second_process_writes_the_pages_that_this_one_would(many: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(feedback, "write", lambda *_: pytest.fail("this process wrote a page"))
        summary = run(many)
    assert summary.counts == {"graded": len(STUDENTS)}
    assert confirmed(many) == STUDENTS
    theirs = pages(many)
    for student in STUDENTS:
        feedback.write(many, PYTORCH, student)
    assert theirs == pages(many)
    assert theirs.keys() == set(STUDENTS)


def test_when_the_second_process_dies_this_one_writes_what_is_left(many: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does two pages, as a process that is killed for memory might."""
    start = feedback._start

    def dying(folder: ClassFolder) -> subprocess.Popen[str]:
        helper = start(folder)
        real, done = helper.stdout, iter(range(2))

        class Short:
            def __iter__(self) -> Any:
                for _ in done:
                    yield real.readline()  # type: ignore[union-attr]
                helper.kill()

            close = real.close  # type: ignore[union-attr]

        helper.stdout = Short()  # type: ignore[assignment]
        return helper

    monkeypatch.setattr(feedback, "_start", dying)
    summary = run(many)
    assert summary.counts == {"graded": len(STUDENTS)}
    assert summary.quarantine == []
    assert confirmed(many) == STUDENTS
    assert pages(many).keys() == set(STUDENTS)


def test_a_page_that_cannot_be_written_costs_no_mark_and_is_told(many: ClassFolder) -> None:
    (many.root / "feedback").rmdir()
    (many.root / "feedback").write_text("in the way")
    summary = run(many)
    assert scores(many, PYTORCH) == dict.fromkeys(STUDENTS, 5)
    assert {entry.student for entry in summary.quarantine} == set(STUDENTS)
    assert all("marked, but its feedback page could not be written" in entry.reason for entry in summary.quarantine)
    assert quarantine.unmarked(many) == set()
    (many.root / "feedback").unlink()
    assert run(many).counts == {"unchanged": len(STUDENTS)}
    assert quarantine.read(many) == []
    assert confirmed(many) == STUDENTS


def test_it_ends_with_its_grader(many: ClassFolder) -> None:
    """Its own stdin may be held open by somebody else: it looks for its grader before each page."""
    run(many)
    page = many.feedback / "s0" / PYTORCH.name / "pytorch.html"
    page.unlink()
    reader, writer = os.pipe()
    call = f"""import os, subprocess, sys
code = "from autograder.classroom.feedback import serve; serve({str(many.root)!r}, " + str(os.getpid()) + ")"
print(subprocess.Popen([sys.executable, "-c", code], stdin={reader}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid)
"""
    grader = subprocess.run([sys.executable, "-c", call], pass_fds=[reader], capture_output=True, text=True, check=True)
    os.close(reader)
    os.write(writer, json.dumps([PYTORCH.name, "s0"]).encode() + b"\n")
    wait_for_end(int(grader.stdout))
    os.close(writer)
    assert not page.exists()


def wait_for_end(pid: int) -> None:
    for _ in range(600):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("it is still there")
