"""`autograder new-class`: an ordinary nbgrader folder that gives nothing away, or a plain refusal and nothing left behind."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from autograder.authoring.source import ROOT
from autograder.classroom import create as creating
from autograder.classroom import gradebook
from autograder.classroom.create import create, read_roster
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import Assignment, ClassFolder


def test_it_is_an_nbgrader_course_folder(folder: ClassFolder) -> None:
    names = {path.name for path in folder.root.iterdir()}
    assert names >= {"source", "release", "submitted", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
    assert list(folder.assignments) == ["00-try-pytorch", "00-try-tensorflow"]
    for assignment in folder.assignments.values():
        there = {path.name for path in (folder.release / assignment.name).iterdir()}
        assert there == {assignment.notebook, "checks.json"}


def test_the_secret_is_the_owners_alone(folder: ClassFolder) -> None:
    assert stat.S_IMODE(folder.seed_path.stat().st_mode) == 0o600
    assert len(folder.seed) == 64


def test_two_classes_have_different_secrets(pristine: Path, lessons: tuple[Path, Path], tmp_path: Path) -> None:
    other = create(tmp_path / "other", tracks=["pytorch"], solutions=lessons[0], generated=lessons[1])
    assert other.seed != ClassFolder.open(pristine).seed


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_what_nbgrader_releases_is_the_lessons_own_notebook(
    folder: ClassFolder, lessons: tuple[Path, Path], track: str
) -> None:
    released = json.loads((folder.release / f"00-try-{track}" / f"{track}.ipynb").read_text())
    generated = json.loads((lessons[1] / "00-try" / f"{track}.ipynb").read_text())
    assert [(c["id"], c["cell_type"], "".join(c["source"])) for c in released["cells"]] == [
        (c["id"], c["cell_type"], "".join(c["source"])) for c in generated["cells"]
    ]
    text = json.dumps(released)
    assert "Model answer" not in text
    assert "SOLUTION" not in text
    assert "torch.eye" not in text


def test_the_gradebook_knows_the_points(folder: ClassFolder) -> None:
    with gradebook.gradebook(folder) as book:
        assignment = book.find_assignment("00-try-pytorch")
        assert assignment.max_score == 5
        assert sorted(cell.name for cell in assignment.notebooks[0].grade_cells) == ["check-one_hot", "check-scale"]


def test_a_class_keeps_the_exercises_it_began_with(lessons: tuple[Path, Path], tmp_path: Path) -> None:
    moving = Path(shutil.copytree(lessons[0], tmp_path / "solutions"))
    folder = create(tmp_path / "class", tracks=["pytorch"], solutions=moving, generated=lessons[1])
    before = folder.fingerprint(Assignment("00-try", "pytorch"))
    (moving / "00-try" / "exercises.py").write_text("EXERCISES = []\n")
    assert "one_hot" in folder.exercises_path("00-try").read_text()
    assert folder.fingerprint(Assignment("00-try", "pytorch")) == before


def test_a_roster_fills_the_gradebook(lessons: tuple[Path, Path], tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("ID,First name,Last name,Email\nana,Ana,Ñandú,ana@example.org\nbob,Bob,,\n\n", encoding="utf-8-sig")
    folder = create(tmp_path / "class", tracks=["pytorch"], roster=roster, solutions=lessons[0], generated=lessons[1])
    assert gradebook.students(folder) == {
        "ana": {"first_name": "Ana", "last_name": "Ñandú", "email": "ana@example.org"},
        "bob": {"first_name": "Bob", "last_name": "", "email": ""},
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,age\nana,3\n", "column `id`.* has: name, age"),
        ("id,last name\nana,N\xfa\xf1ez\n".encode("latin1"), "not UTF-8"),
        ("", "column `id`"),
        ("id\n../etc\n", "line 2"),
        ("id\nana\nana\n", "there already"),
        ("id\nana maria\n", "a space"),
    ],
)
def test_a_roster_that_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str | bytes, problem: str) -> None:
    (tmp_path / "roster.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ClassError, match=problem):
        read_roster(tmp_path / "roster.csv")


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path, lessons: tuple[Path, Path]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ClassError, match="not empty"):
        create(tmp_path, solutions=lessons[0], generated=lessons[1])
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_courses_own_repository_is_refused_even_through_a_link(tmp_path: Path, lessons: tuple[Path, Path]) -> None:
    (tmp_path / "link").symlink_to(ROOT)
    for path in (ROOT / "my-class", tmp_path / "link" / "my-class"):
        with pytest.raises(ClassError, match="repository"):
            create(path, solutions=lessons[0], generated=lessons[1])
        assert not path.exists()


def test_unknown_lessons_and_tracks_are_named(tmp_path: Path, lessons: tuple[Path, Path]) -> None:
    with pytest.raises(ClassError, match="99-none.*00-try"):
        create(tmp_path / "class", ["99-none"], solutions=lessons[0], generated=lessons[1])
    with pytest.raises(ClassError, match="jax"):
        create(tmp_path / "class", tracks=["jax"], solutions=lessons[0], generated=lessons[1])


def test_lessons_that_were_not_built_say_so(tmp_path: Path, lessons: tuple[Path, Path]) -> None:
    with pytest.raises(ClassError, match="make lessons"):
        create(tmp_path / "class", solutions=lessons[0], generated=tmp_path / "nowhere")
    assert not (tmp_path / "class").exists()


def test_a_failure_in_the_middle_leaves_nothing_behind(
    tmp_path: Path, lessons: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ClassError("no")

    monkeypatch.setattr(creating.gradebook, "generate", fail)
    with pytest.raises(ClassError, match="no"):
        create(tmp_path / "new", solutions=lessons[0], generated=lessons[1])
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(ClassError, match="no"):
        create(tmp_path / "empty", solutions=lessons[0], generated=lessons[1])
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_folder_that_is_no_class_is_told_apart(tmp_path: Path, folder: ClassFolder) -> None:
    with pytest.raises(ClassError, match="There is no folder"):
        ClassFolder.open(tmp_path / "nowhere")
    (tmp_path / "plain").mkdir()
    with pytest.raises(ClassError, match="no class folder"):
        ClassFolder.open(tmp_path / "plain")
    folder.settings_path.write_text("{")
    with pytest.raises(ClassError, match="damaged"):
        ClassFolder.open(folder.root)


def test_a_lost_secret_stops_everything(folder: ClassFolder) -> None:
    folder.seed_path.unlink()
    with pytest.raises(ClassError, match="backup"):
        _ = folder.seed


def test_a_lesson_that_computes_much_brings_its_own_limits(lessons, tmp_path):
    solutions = tmp_path / "solutions"
    shutil.copytree(lessons[0], solutions)
    text = solutions / "00-try" / "lesson.md"
    text.write_text(text.read_text().replace("title:", "grading: {step_seconds: 240}\ntitle:", 1))
    plain = create(tmp_path / "plain", solutions=lessons[0], generated=lessons[1])
    heavy = create(tmp_path / "heavy", solutions=solutions, generated=lessons[1])
    for folder, seconds in ((plain, 60), (heavy, 240)):
        assert {folder.limits(assignment).step_seconds for assignment in folder.assignments.values()} == {seconds}
    chosen = create(
        tmp_path / "chosen", solutions=solutions, generated=lessons[1], lesson_limits={"00-try": {"step_seconds": 9}}
    )
    assert chosen.limits(next(iter(chosen.assignments.values()))).step_seconds == 9
