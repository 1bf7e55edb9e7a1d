"""A student's own copy of the lessons is made once, added to, brought up to date, and its answers are never overwritten."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from course import cli, workspace
from course.workspace import Prepared

RUNNER = CliRunner()


def cell(name, source, *, answer=False, kind=new_code_cell):
    made = kind(source, id=name)
    made.metadata["nbgrader"] = {"grade_id": name, "solution": answer, "grade": False, "locked": not answer}
    return made


def notebook(*cells):
    return nbformat.writes(new_notebook(cells=list(cells)))


STUB = "def softmax(logits):\n    raise NotImplementedError()"
FIRST = notebook(cell("text", "Old text", kind=new_markdown_cell), cell("softmax", STUB, answer=True), cell("plot", "plot()"))
SECOND = notebook(
    cell("text", "New text", kind=new_markdown_cell),
    cell("more", "print(1)"),
    cell("softmax", f"# now with a note\n{STUB}", answer=True),
    cell("plot", "plot()"),
)


@pytest.fixture
def lessons(tmp_path):
    folder = tmp_path / "lessons"
    (folder / "01").mkdir(parents=True)
    (folder / "README.md").write_text("syllabus")
    (folder / "01" / "pytorch.ipynb").write_text(FIRST)
    (folder / "01" / "checks.json").write_text("{}")
    return folder


@pytest.fixture
def mine(lessons, tmp_path):
    workspace.prepare(tmp_path / "mine", lessons)
    return tmp_path / "mine"


def work(mine, **sources):
    """Write into the cells of the student's notebook, by their ids."""
    path = mine / "01" / "pytorch.ipynb"
    book = nbformat.read(path, as_version=4)
    for one in book.cells:
        one.source = sources.get(one.id, one.source)
    nbformat.write(book, path)
    return book


def read(mine):
    return nbformat.read(mine / "01" / "pytorch.ipynb", as_version=4)


def test_everything_is_copied_once(lessons, tmp_path):
    assert workspace.prepare(tmp_path / "mine", lessons) == Prepared(3, 0, 0)
    assert workspace.prepare(tmp_path / "mine", lessons) == Prepared(0, 0, 0)
    assert (tmp_path / "mine" / "01" / "pytorch.ipynb").read_text() == FIRST


def test_an_answer_is_never_overwritten_but_checks_follow_the_course(lessons, mine):
    work(mine, softmax="my answer")
    (lessons / "01" / "checks.json").write_text('{"new": 1}')
    (lessons / "01" / "tensorflow.ipynb").write_text("{}")
    assert workspace.prepare(mine, lessons) == Prepared(added=2, newer=0, kept=1)
    (lessons / "01" / "pytorch.ipynb").write_text(SECOND)
    assert workspace.prepare(mine, lessons) == Prepared(added=0, newer=1, kept=1)
    assert read(mine).cells[1].source == "my answer"
    assert (mine / "01" / "checks.json").read_text() == '{"new": 1}'


def test_an_update_takes_the_answers_along_and_keeps_the_old_notebook(lessons, mine):
    before = work(mine, softmax="my answer")
    (lessons / "01" / "pytorch.ipynb").write_text(SECOND)
    (done,) = workspace.update(mine, lessons)
    assert (done.status, done.answers, done.edited) == ("merged", ("softmax",), ())
    assert [c.source for c in read(mine).cells] == ["New text", "print(1)", "my answer", "plot()"]
    (backup,) = (mine / workspace.BACKUPS).rglob("*.ipynb")
    assert nbformat.read(backup, as_version=4) == before
    assert workspace.update(mine, lessons) == []
    assert workspace.prepare(mine, lessons) == Prepared(added=0, newer=0, kept=1)


def test_an_untouched_answer_gets_the_new_stub(lessons, mine):
    book = work(mine)
    book.cells[2].outputs = [nbformat.v4.new_output("stream", text="ran")]
    nbformat.write(book, mine / "01" / "pytorch.ipynb")
    (lessons / "01" / "pytorch.ipynb").write_text(SECOND)
    (done,) = workspace.update(mine, lessons)
    assert done.status == "replaced"
    assert "now with a note" in read(mine).cells[2].source
    assert read(mine).cells[3].outputs[0].text == "ran"


def test_a_notebook_worked_in_before_originals_were_kept_is_merged_as_well(lessons, mine):
    work(mine, softmax="my answer")
    (mine / workspace.ORIGINALS / "01" / "pytorch.ipynb").unlink()
    (lessons / "01" / "pytorch.ipynb").write_text(SECOND)
    workspace.update(mine, lessons)
    assert "my answer" in [c.source for c in read(mine).cells]


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"cells": 3}', "\x00"])
def test_a_damaged_notebook_is_left_alone_and_said(lessons, mine, broken, monkeypatch):
    (mine / "01" / "pytorch.ipynb").write_text(broken)
    (lessons / "01" / "pytorch.ipynb").write_text(SECOND)
    monkeypatch.setattr(workspace.update, "__defaults__", (lessons,))
    result = RUNNER.invoke(cli.app, ["update", str(mine)])
    assert result.exit_code == 1
    assert "cannot be read as a notebook" in result.output
    assert (mine / "01" / "pytorch.ipynb").read_text() == broken


def test_a_damaged_notebook_is_said_although_the_course_has_nothing_new(lessons, mine):
    (mine / "01" / "pytorch.ipynb").write_text("{ broken")
    assert [one.status for one in workspace.update(mine, lessons)] == ["unreadable"]
    work_in_it = mine / "01" / "pytorch.ipynb"
    work_in_it.unlink()
    assert [one.status for one in workspace.update(mine, lessons)] == ["new"], "what the message says to do"


def test_the_command_says_what_it_did(lessons, mine, monkeypatch):
    work(mine, softmax="my answer", plot="plot(my=1)")
    (lessons / "01" / "pytorch.ipynb").write_text(SECOND)
    (lessons / "01" / "tensorflow.ipynb").write_text(FIRST)
    monkeypatch.setattr(workspace.update, "__defaults__", (lessons,))
    result = RUNNER.invoke(cli.app, ["update", str(mine)])
    assert result.exit_code == 0, result.output
    assert "your answers are in it (softmax)" in result.output
    assert "are the course's again (plot)" in result.output
    assert "tensorflow.ipynb: new" in result.output
    assert RUNNER.invoke(cli.app, ["update", str(mine)]).output.strip() == "Everything is up to date."
    assert RUNNER.invoke(cli.app, ["update", str(mine / "none")]).exit_code == 2


def test_the_originals_are_never_the_copy(lessons):
    for place in (lessons, lessons / "inside", lessons.parent):
        for command in (workspace.prepare, workspace.update):
            with pytest.raises(workspace.WorkspaceError, match="originals"):
                command(place, lessons)


@pytest.mark.parametrize("command", [workspace.prepare, workspace.update])
def test_a_folder_inside_the_copy_is_not_filled_with_another_copy(lessons, mine, command):
    (mine / "01" / "README.md").write_text("a lesson's page, not the syllabus")
    with pytest.raises(workspace.WorkspaceError, match=f"name the whole copy, {mine}"):
        command(mine / "01", lessons)
    assert not (mine / "01" / "01").exists()


@pytest.mark.parametrize("command", [workspace.prepare, workspace.update])
def test_a_file_of_somebody_else_is_not_written_over(lessons, tmp_path, command):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "README.md").write_text("my own project")
    with pytest.raises(workspace.WorkspaceError, match="not the course's|There are no lessons"):
        command(tmp_path / "project", lessons)
    assert [path.name for path in (tmp_path / "project").iterdir()] == ["README.md"]
    assert (tmp_path / "project" / "README.md").read_text() == "my own project"


def test_missing_lessons_and_a_file_in_the_way_are_said(lessons, tmp_path):
    with pytest.raises(workspace.WorkspaceError, match="make lessons"):
        workspace.prepare(tmp_path / "mine", tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(workspace.WorkspaceError, match="cannot be written"):
        workspace.prepare(tmp_path / "file", lessons)
    with pytest.raises(workspace.WorkspaceError, match="There are no lessons"):
        workspace.update(tmp_path / "nothing", lessons)
