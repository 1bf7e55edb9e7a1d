"""`make lessons` builds what has changed, and only that; `--check` takes no stamp's word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring import build, source, unchanged
from autograder.cli import app

TINY = Path(__file__).parent / "tiny-lesson"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two small lessons, in a folder of the test's own."""
    for name in ("01-one", "02-two"):
        shutil.copytree(TINY, tmp_path / "solutions" / name)
    for module in (source, build):
        monkeypatch.setattr(module, "SOLUTIONS", tmp_path / "solutions")
        monkeypatch.setattr(module, "LESSONS", tmp_path / "lessons")
    monkeypatch.setattr(source, "ROOT", tmp_path)
    monkeypatch.setattr(unchanged, "STAMPS", tmp_path / "build" / "lessons")
    monkeypatch.setattr(source.names, "__defaults__", (tmp_path / "solutions",))
    monkeypatch.setattr(source.load, "__defaults__", (tmp_path / "solutions",))
    monkeypatch.setattr(build.build, "__defaults__", (None, tmp_path / "solutions", tmp_path / "lessons"))
    return tmp_path


def lessons(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["lessons", *arguments])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_only_what_has_changed_is_built(course: Path) -> None:
    assert "Built 01-one, 02-two; 13 files" in lessons()
    assert "No lesson has changed" in lessons()
    text = course / "solutions" / "02-two" / "lesson.md"
    text.write_text(text.read_text() + "\nOne more paragraph.\n")
    assert "Built 02-two; 4 files" in lessons()
    assert "One more paragraph." in (course / "lessons" / "02-two" / "pytorch.ipynb").read_text()
    assert "No lesson has changed" in lessons()


@pytest.mark.parametrize("spoilt", ["lessons/01-one/checks.json", "lessons/README.md"])
def test_a_generated_file_that_was_edited_or_lost_is_made_again(course: Path, spoilt: str) -> None:
    lessons()
    right = (course / spoilt).read_text()
    (course / spoilt).write_text("edited by hand")
    assert "1 file changed" in lessons()
    assert (course / spoilt).read_text() == right
    (course / spoilt).unlink()
    lessons()
    assert (course / spoilt).read_text() == right


def test_another_title_changes_the_pages_that_name_it_and_a_check_looks_at_everything(course: Path) -> None:
    lessons()
    text = course / "solutions" / "01-one" / "lesson.md"
    text.write_text(text.read_text().replace("title:", "title: Renamed", 1))
    assert CliRunner().invoke(app, ["lessons", "--check"]).exit_code == 1
    assert "Built 01-one, 02-two" in lessons()
    assert "Renamed" in (course / "lessons" / "README.md").read_text()
    assert "Everything generated" in lessons("--check")


def test_a_lesson_that_is_named_is_built_in_any_case(course: Path) -> None:
    lessons()
    assert "Built 01-one; 0 files" in lessons("01-one")


def test_the_folder_of_a_lesson_that_was_removed_is_pointed_out_until_it_is_gone(course: Path) -> None:
    lessons()
    shutil.rmtree(course / "solutions" / "02-two")
    assert "left over: lessons/02-two, which no lesson makes. Remove it: rm -r lessons/02-two" in lessons()
    checked = CliRunner().invoke(app, ["lessons", "--check"])
    assert checked.exit_code == 1
    assert "left over: lessons/02-two" in checked.output
    shutil.rmtree(course / "lessons" / "02-two")
    assert "Everything generated" in lessons("--check")
