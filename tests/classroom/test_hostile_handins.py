"""Fault 17: links, pipes, devices, archives and names in submitted/: refused with a reason, and nothing outside is touched.

Fault 25 in what students read: nothing of a hidden case, however their code tries to carry it there.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import RIGHT, answered, cell, fake_engine, hand_in, tree

from autograder.classroom import gradebook, record
from autograder.classroom.discreet import OWN_ERROR
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import grade
from autograder.classroom.handin import visible
from autograder.engine.work import Outcome, Work

PYTORCH = Assignment("00-try", "pytorch")
Notebook = dict[str, Any]


def archive(*names: str, bomb: int = 0) -> bytes:
    """A zip with members of these names; `bomb` megabytes of zeros in each."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"0" * (bomb << 20) or b"out")
    return packed.getvalue()


def test_links_devices_archives_and_names_reach_nothing_outside(folder: ClassFolder, blank: Notebook, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.ipynb").write_text('{"nbformat": 4, "cells": [{"cell_type": "code", "source": "SECRET"}]}')
    (outside / "secret.ipynb").chmod(0o640)
    before = tree(outside)
    right = answered(blank)
    hand_in(folder, "ana", right)

    def place(student: str) -> Path:
        path = folder.submitted / student / PYTORCH.name
        path.mkdir(parents=True)
        return path

    (place("linked") / "pytorch.ipynb").symlink_to(outside / "secret.ipynb")
    os.link(outside / "secret.ipynb", place("doubled") / "pytorch.ipynb")
    os.mkfifo(place("piped") / "pytorch.ipynb")
    (place("into") / "work").symlink_to(outside)
    (folder.submitted / "whole").symlink_to(outside)
    (folder.submitted / "part").mkdir()
    (folder.submitted / "part" / PYTORCH.name).symlink_to(outside)
    reasons = {
        "linked": "link",
        "doubled": "hard link",
        "piped": "pipe",
        "whole": "link",
        "part": "link",
    }
    if os.geteuid() == 0:
        try:
            os.mknod(place("device") / "pytorch.ipynb", 0o20666, os.makedev(1, 5))  # /dev/zero, which never ends
            reasons["device"] = "device"
        except PermissionError:
            (folder.submitted / "device" / PYTORCH.name).rmdir()
            (folder.submitted / "device").rmdir()
    (place("slip") / "work.zip").write_bytes(archive("../../../../outside/slipped", "/etc/slipped"))
    (place("bomb") / "work.zip").write_bytes(archive("pytorch.ipynb", bomb=50))
    reasons |= {"slip": "archive", "bomb": "archive"}
    for name in ("a+b", "ana maria", "ana\u202egnp", "-rf", "~root", "$(id)", "ana\n", "\u200bana", "*"):
        hand_in(folder, name, right)
        reasons[visible(name)] = "name"
    summary = grade(folder, [PYTORCH], run=fake_engine)
    given = {entry.student: entry.reason for entry in summary.quarantine}
    for student, word in reasons.items():
        assert word in given[student], (student, given)
        assert given[student].isprintable(), "a reason can be shown anywhere"
    assert set(given) == {*reasons, "into"}
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5}
    assert tree(outside) == before
    assert sorted(path.name for path in outside.iterdir()) == ["secret.ipynb"]
    assert not Path("/etc/slipped").exists()
    written = [p for p in folder.root.rglob("*") if p.is_file() and not p.is_symlink() and "submitted" not in p.parts]
    assert not [path for path in written if b"SECRET" in path.read_bytes()]


def page(folder: ClassFolder, student: str) -> str:
    return (folder.feedback / student / PYTORCH.name / "pytorch.html").read_text()


SMUGGLED = "SMUGGLED"


def forging(observation: dict[str, Any]) -> Any:
    """An engine whose child says what it likes of its cases: whoever has patched the child can."""

    def engine(works: list[Work], workers: int) -> Iterator[Outcome]:
        for outcome in fake_engine(works, workers):
            for result in outcome.results:
                if result.observations is not None:
                    result.observations = [observation for _ in result.observations]
            yield outcome

    return engine


@pytest.mark.parametrize(
    "observation",
    [
        {"error": {"type": SMUGGLED, "message": "m", "line": "l"}},
        {"error": {"type": "ValueError", "message": SMUGGLED, "line": SMUGGLED}},
        {"error": {"type": "Unplain", "message": SMUGGLED, "line": ""}},
        {"error": {"type": "Unplain", "message": f"a value of type {SMUGGLED} cannot be written down", "line": ""}},
        {"error": {"type": "Unplain", "message": f"a {SMUGGLED}", "line": ""}},
        {"value": 1.0, "changed": [SMUGGLED], "again": "the same"},
        {"value": 1.0, "changed": [], "again": SMUGGLED},
        {"value": SMUGGLED, "changed": [], "again": "the same"},
        {"value": {SMUGGLED: 1.0}, "changed": [], "again": "the same"},
        {"value": 1.0, SMUGGLED: SMUGGLED},
    ],
)
def test_nothing_that_the_students_side_says_of_a_case_is_repeated_to_the_student(
    folder: ClassFolder, blank: Notebook, observation: dict[str, Any]
) -> None:
    hand_in(folder, "ana", answered(blank))
    grade(folder, [PYTORCH], run=forging(observation))
    known = record.load(folder, "ana", PYTORCH)
    assert known
    assert known.score == 0
    assert SMUGGLED not in page(folder, "ana")
    assert not [mark for mark in known.marks if SMUGGLED in str(mark)]


def test_an_error_class_named_after_a_hidden_input_is_not_shown(folder: ClassFolder, blank: Notebook) -> None:
    telling = "def scale(x, factor):\n    raise type(f'LEAK{x.tolist()}', (Exception,), {})('LEAK', x)"
    honest = "def one_hot(labels, num_classes):\n    return labels.no_such_method()"
    hand_in(folder, "ana", answered(blank, {"one_hot": honest, "scale": telling}))
    grade(folder, [PYTORCH], run=fake_engine)
    text = page(folder, "ana")
    assert "LEAK[" not in text and "LEAK[[" not in text.replace("&#39;", "'")
    assert OWN_ERROR in text
    assert "AttributeError" in text, "the name of a common error helps, and tells nothing"


def test_what_a_function_kept_of_a_hidden_case_is_printed_nowhere(folder: ClassFolder, blank: Notebook) -> None:
    """Neither in the notebook that instructors see nor in feedback; and what cells show before is there in full."""
    keeping = (
        "kept = []\ndef one_hot(labels, n):\n    kept.append(labels)\n    print('KEPT', kept)\n    return torch.eye(n)[labels]"
    )
    telling = f"{RIGHT['scale']}\nprint('SEEN', len(kept))"
    notebook = answered(blank, {"one_hot": keeping, "scale": telling})
    late = {"cell_type": "code", "metadata": {}, "source": "print('LAST', len(kept))", "outputs": [], "execution_count": None}
    notebook["cells"].append(late)
    hand_in(folder, "ana", notebook)
    grade(folder, [PYTORCH], run=fake_engine)
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5}
    text = page(folder, "ana")
    # The lesson's own demonstration has called one_hot once.
    assert "SEEN 1" in text and "LAST 1" in text
    autograded = (folder.autograded / "ana" / PYTORCH.name / "pytorch.ipynb").read_text()
    for shown in (text, autograded):
        assert shown.count("KEPT [") == 1
    assert cell(notebook, "check-scale")
