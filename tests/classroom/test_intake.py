"""Which notebook of a hand-in is the one, and what is said when there is none (faults 6, 7, 17, 18)."""

from __future__ import annotations

import copy
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import RIGHT, answered, cell, hand_in, tree

from autograder.classroom.errors import ClassError, Refused
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.intake import Submission, release_notebook, take

PYTORCH = Assignment("00-try", "pytorch")
Notebook = dict[str, Any]


def taken(folder: ClassFolder, student: str = "ana") -> Submission:
    before = tree(folder.submitted)
    try:
        return take(folder, student, PYTORCH, release_notebook(folder, PYTORCH))
    finally:
        assert tree(folder.submitted) == before


def test_the_rebuilt_notebook_lies_in_the_intake(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank))
    submission = taken(folder)
    written = json.loads((folder.intake_folder("ana", PYTORCH) / "pytorch.ipynb").read_text())
    assert written == submission.notebook
    assert cell(written, "one_hot")["source"] == RIGHT["one_hot"]
    stamp = (folder.intake_folder("ana", PYTORCH) / "timestamp.txt").read_text()
    assert stamp == submission.received + " UTC\n"


def test_a_renamed_notebook_is_known_by_its_content(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank), "final FINAL(3).ipynb")
    assert any("final FINAL(3).ipynb" in note for note in taken(folder).notes)


def test_a_notebook_in_an_inner_folder_is_found(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank), "00-try/pytorch.ipynb")
    assert cell(taken(folder).notebook, "scale")["source"] == RIGHT["scale"]


def test_the_right_name_wins_over_copies(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "ana", blank, "pytorch-Copy1.ipynb")
    submission = taken(folder)
    assert cell(submission.notebook, "one_hot")["source"] == RIGHT["one_hot"]
    assert any("ignored" in note for note in submission.notes)


def test_two_that_differ_are_a_persons_choice(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank), "a.ipynb")
    hand_in(folder, "ana", blank, "b.ipynb")
    with pytest.raises(Refused, match=r"several.*a\.ipynb, b\.ipynb"):
        taken(folder)
    hand_in(folder, "ana", answered(blank), "b.ipynb")
    assert taken(folder)


def test_both_tracks_in_one_hand_in_are_told_apart(folder: ClassFolder, blank: Notebook, lessons: tuple[Path, Path]) -> None:
    hand_in(folder, "ana", answered(blank), "one.ipynb")
    shutil.copy(lessons[1] / "00-try" / "tensorflow.ipynb", folder.submitted / "ana" / PYTORCH.name / "two.ipynb")
    assert cell(taken(folder).notebook, "one_hot")["source"] == RIGHT["one_hot"]


def test_the_other_tracks_notebook_is_refused_with_its_place(folder: ClassFolder, lessons: tuple[Path, Path]) -> None:
    content = (lessons[1] / "00-try" / "tensorflow.ipynb").read_bytes()
    hand_in(folder, "ana", content, "pytorch.ipynb")
    with pytest.raises(Refused, match="tensorflow notebook.*00-try-tensorflow"):
        taken(folder)


def test_another_lessons_notebook_is_refused(folder: ClassFolder, blank: Notebook) -> None:
    blank["metadata"]["tandem"]["lesson"] = "07-else"
    hand_in(folder, "ana", blank)
    with pytest.raises(Refused, match="another lesson.*07-else"):
        taken(folder)


def test_without_marks_the_name_and_an_answer_are_enough(folder: ClassFolder, blank: Notebook) -> None:
    notebook = answered(blank)
    notebook["metadata"] = {}
    notebook["cells"] = [{"cell_type": "code", "source": c["source"]} for c in notebook["cells"] if c["id"] in RIGHT]
    hand_in(folder, "ana", notebook)
    assert cell(taken(folder).notebook, "scale")["source"] == RIGHT["scale"]


def test_a_notebook_about_something_else_is_refused(folder: ClassFolder) -> None:
    hand_in(folder, "ana", {"nbformat": 4, "cells": [{"cell_type": "code", "source": "print('holiday')"}]})
    with pytest.raises(Refused, match="none of this lesson's answers"):
        taken(folder)


@pytest.mark.parametrize(
    ("name", "words"), [("work.zip", "archive.*unpack"), ("answers.docx", "only answers.docx"), ("pytorch.ipynb", "is empty")]
)
def test_a_hand_in_without_a_notebook_says_what_there_is(folder: ClassFolder, name: str, words: str) -> None:
    hand_in(folder, "ana", b"", name)
    with pytest.raises(Refused, match=words):
        taken(folder)


def test_an_empty_folder_is_refused(folder: ClassFolder) -> None:
    (folder.submitted / "ana" / PYTORCH.name).mkdir(parents=True)
    with pytest.raises(Refused, match="empty"):
        taken(folder)


def test_one_broken_file_beside_a_good_one_is_only_noted(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "ana", b"{", "old.ipynb")
    os.mkfifo(folder.submitted / "ana" / PYTORCH.name / "pipe.ipynb")
    notes = " ".join(taken(folder).notes)
    assert "old.ipynb" in notes
    assert "pipe.ipynb" in notes


def test_files_that_shadow_modules_do_not_come_along(folder: ClassFolder, blank: Notebook) -> None:
    hand_in(folder, "ana", answered(blank))
    for name in ("torch.py", "json.py", "numpy.py", "checks.json", "sitecustomize.py"):
        hand_in(folder, "ana", b"raise SystemExit", name)
    notes = taken(folder).notes
    assert {path.name for path in folder.intake_folder("ana", PYTORCH).iterdir()} == {"pytorch.ipynb", "timestamp.txt"}
    assert any("torch.py" in note for note in notes)


def test_a_zip_is_never_unpacked(folder: ClassFolder) -> None:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../../../escaped.txt", "out")
        archive.writestr("pytorch.ipynb", "0" * 1_000_000)
    hand_in(folder, "ana", buffer.getvalue(), "work.zip")
    with pytest.raises(Refused, match="unpack"):
        taken(folder)
    assert not list(folder.root.parent.rglob("escaped.txt"))


def test_names_in_reasons_show_what_is_invisible(folder: ClassFolder) -> None:
    hand_in(folder, "ana", b"{", "py\u202etorch\n.ipynb")
    with pytest.raises(Refused) as caught:
        taken(folder)
    assert "\u202e" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "\\u202e" in str(caught.value)


def test_a_lost_release_is_said_with_the_remedy(folder: ClassFolder) -> None:
    shutil.rmtree(folder.release / PYTORCH.name)
    with pytest.raises(ClassError, match="nbgrader generate_assignment"):
        release_notebook(folder, PYTORCH)


def test_a_release_of_an_older_format_gets_cell_ids(folder: ClassFolder) -> None:
    path = folder.release / PYTORCH.name / PYTORCH.notebook
    old = json.loads(path.read_text())
    for c in old["cells"]:
        del c["id"]
    path.write_text(json.dumps(copy.deepcopy(old) | {"nbformat_minor": 4}))
    ids = [c["id"] for c in release_notebook(folder, PYTORCH)["cells"]]
    assert len(set(ids)) == len(ids)
