"""Hand-ins are read without following anything, and submitted/ is never touched (faults 17, 18, 33)."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom import handin
from autograder.classroom.errors import Refused


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    (tmp_path / "submitted" / "ana" / "a").mkdir(parents=True)
    (tmp_path / "secret.ipynb").write_text("the instructor's own")
    return tmp_path / "submitted"


def place(submitted: Path) -> Path:
    return submitted / "ana" / "a"


def test_notebooks_are_found_also_in_folders(submitted: Path) -> None:
    (place(submitted) / "inner" / "deeper").mkdir(parents=True)
    (place(submitted) / "pytorch.ipynb").write_text("one")
    (place(submitted) / "inner" / "deeper" / "Copy.IPYNB").write_text("two")
    (place(submitted) / ".ipynb_checkpoints").mkdir()
    (place(submitted) / ".ipynb_checkpoints" / "old.ipynb").write_text("three")
    (place(submitted) / "._pytorch.ipynb").write_text("a Mac's")
    (place(submitted) / "torch.py").write_text("import os")
    found = handin.read(submitted, "ana", "a")
    assert {(f.path, f.data) for f in found.notebooks} == {("pytorch.ipynb", b"one"), ("inner/deeper/Copy.IPYNB", b"two")}
    assert "torch.py" in found.others


def test_a_linked_notebook_is_refused(submitted: Path) -> None:
    (place(submitted) / "pytorch.ipynb").symlink_to(submitted.parent / "secret.ipynb")
    found = handin.read(submitted, "ana", "a")
    assert not found.notebooks
    assert "link" in found.refused[0]


def test_a_hard_link_is_refused(submitted: Path) -> None:
    (place(submitted) / "pytorch.ipynb").hardlink_to(submitted.parent / "secret.ipynb")
    found = handin.read(submitted, "ana", "a")
    assert not found.notebooks
    assert "hard link" in found.refused[0]


def test_a_pipe_is_refused_without_waiting(submitted: Path) -> None:
    os.mkfifo(place(submitted) / "pytorch.ipynb")
    began = time.monotonic()
    assert "pipe" in handin.read(submitted, "ana", "a").refused[0]
    assert time.monotonic() - began < 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(submitted: Path) -> None:
    try:
        os.mknod(place(submitted) / "pytorch.ipynb", 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no devices can be made here")
    assert "refused" in repr(handin.read(submitted, "ana", "a"))
    assert not handin.read(submitted, "ana", "a").notebooks


def test_a_folder_called_like_a_notebook_is_looked_into_not_read(submitted: Path) -> None:
    (place(submitted) / "pytorch.ipynb").mkdir()
    (place(submitted) / "pytorch.ipynb" / "real.ipynb").write_text("x")
    assert [f.path for f in handin.read(submitted, "ana", "a").notebooks] == ["pytorch.ipynb/real.ipynb"]


@pytest.mark.parametrize("at", ["ana", "ana/a", "ana/a/inner"])
def test_linked_folders_are_not_entered(submitted: Path, at: str) -> None:
    elsewhere = submitted.parent / "elsewhere" / "a"
    elsewhere.mkdir(parents=True)
    (elsewhere / "pytorch.ipynb").write_text("another's work")
    path = submitted / at
    if path.is_dir():
        for inner in (path / "a", path):
            if inner.is_dir():
                inner.rmdir()
    path.symlink_to(elsewhere.parent if at == "ana" else elsewhere)
    try:
        assert not handin.read(submitted, "ana", "a").notebooks
    except Refused as refusal:
        assert "link" in str(refusal)
    if at == "ana":
        assert "link" in handin.students(submitted)[1]["ana"]


def test_too_many_files_and_notebooks_are_refused(submitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(handin.MAX_NOTEBOOKS + 1):
        (place(submitted) / f"{i}.ipynb").write_text("")
    with pytest.raises(Refused, match="notebooks"):
        handin.read(submitted, "ana", "a")
    monkeypatch.setattr(handin, "MAX_ENTRIES", 3)
    with pytest.raises(Refused, match="files"):
        handin.read(submitted, "ana", "a")


def test_what_is_too_large_is_refused_unread(submitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handin, "MAX_BYTES", 100)
    (place(submitted) / "a.ipynb").write_bytes(bytes(60))
    (place(submitted) / "b.ipynb").write_bytes(bytes(60))
    found = handin.read(submitted, "ana", "a")
    assert len(found.notebooks) == 1
    assert "clear the outputs" in found.refused[0]


def test_a_folder_deeper_than_anyone_makes_is_refused(submitted: Path) -> None:
    deep = place(submitted).joinpath(*"abcdefgh")
    deep.mkdir(parents=True)
    (deep / "pytorch.ipynb").write_text("x")
    found = handin.read(submitted, "ana", "a")
    assert not found.notebooks
    assert "deep" in found.refused[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ana maria", "a space"),
        ("a+b", r"the character \+"),
        ("..", "must begin"),
        ("-rf", "must begin"),
        (".hidden", "must begin"),
        ("a/b", "the character /"),
        ("a*", r"the character \*"),
        ("[abc]", r"the character \["),
        ("a\u202egnp", "right-to-left override"),
        ("a\u200bb", "zero width space"),
        ("a\nb", "invisible"),
        ("é".encode("latin-1").decode("utf-8", "surrogateescape"), "invisible|must begin"),
        ("a" * 101, "longer"),
        ("", "must begin"),
    ],
)
def test_names_that_are_no_ids_are_refused_in_words(name: str, words: str) -> None:
    import re

    assert re.search(words, handin.name_problem(name))


@pytest.mark.parametrize("name", ["ana", "s1234567", "ana.lopez@uni.edu", "josé", "王伟", "अमर", "O-Brien_2", "Ōe.Kenzaburō"])
def test_ids_of_any_script_are_taken(name: str) -> None:
    assert handin.name_problem(name) == ""


@given(st.text(max_size=40))
def test_an_accepted_name_is_one_plain_path_part(name: str) -> None:
    if not handin.name_problem(name):
        assert os.sep not in name
        assert not set(name) & set("*?[]+{}\\ \0\n")
        assert name not in (".", "..")
        assert handin.visible(name) == name


@given(st.text(max_size=40))
def test_any_name_can_be_shown(name: str) -> None:
    assert handin.visible(name).isprintable()
    handin.visible(name).encode()


def test_loose_files_in_submitted_are_not_overlooked(submitted: Path) -> None:
    (submitted / "all-of-them.zip").write_bytes(b"PK")
    (submitted / "notes.txt").write_text("mine")
    os.mkfifo(submitted / "pipe")
    ids, problems = handin.students(submitted)
    assert ids == ["ana"]
    assert set(problems) == {"all-of-them.zip", "pipe"}


def test_the_time_of_receipt_is_the_systems_not_the_students(submitted: Path) -> None:
    path = place(submitted) / "pytorch.ipynb"
    path.write_text("x")
    (place(submitted) / "timestamp.txt").write_text("2001-01-01 00:00:00 UTC")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    received = handin.read(submitted, "ana", "a").notebooks[0].received
    age = datetime.now(UTC) - datetime.fromisoformat(received + "+00:00")
    assert abs(age.total_seconds()) < 60
