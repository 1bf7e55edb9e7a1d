"""A student's own copy of the lessons is made once, added to later, and never overwritten."""

import pytest

from course import workspace


@pytest.fixture
def lessons(tmp_path):
    folder = tmp_path / "lessons"
    (folder / "01").mkdir(parents=True)
    (folder / "README.md").write_text("syllabus")
    (folder / "01" / "pytorch.ipynb").write_text("{}")
    (folder / "01" / "checks.json").write_text("{}")
    return folder


def test_everything_is_copied_once(lessons, tmp_path):
    assert workspace.prepare(tmp_path / "mine", lessons) == (3, 0)
    assert workspace.prepare(tmp_path / "mine", lessons) == (0, 0)
    assert (tmp_path / "mine" / "01" / "pytorch.ipynb").read_text() == "{}"


def test_an_answer_is_never_overwritten_but_checks_follow_the_course(lessons, tmp_path):
    mine = tmp_path / "mine"
    workspace.prepare(mine, lessons)
    (mine / "01" / "pytorch.ipynb").write_text("my answer")
    (lessons / "01" / "checks.json").write_text('{"new": 1}')
    (lessons / "01" / "tensorflow.ipynb").write_text("{}")
    assert workspace.prepare(mine, lessons) == (2, 1)
    assert (mine / "01" / "pytorch.ipynb").read_text() == "my answer"
    assert (mine / "01" / "checks.json").read_text() == '{"new": 1}'


def test_the_originals_are_never_the_copy(lessons):
    for place in (lessons, lessons / "inside"):
        with pytest.raises(workspace.WorkspaceError, match="originals"):
            workspace.prepare(place, lessons)


def test_missing_lessons_and_a_file_in_the_way_are_said(lessons, tmp_path):
    with pytest.raises(workspace.WorkspaceError, match="make lessons"):
        workspace.prepare(tmp_path / "mine", tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(workspace.WorkspaceError, match="cannot be written"):
        workspace.prepare(tmp_path / "file", lessons)
