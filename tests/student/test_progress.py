"""What a student's checks have shown is kept between sessions, beside their lessons, and shown on one page."""

import json

import pytest
from typer.testing import CliRunner

from course import check, cli, progress, workspace
from course.notebook import LESSONS

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab") / "mine"
    workspace.prepare(folder)
    return folder


@pytest.fixture
def mine(copied):
    yield copied
    for path in (copied / progress.HIDDEN / "progress").glob("*"):
        path.unlink()


def one_hot(labels, num_classes):
    import torch

    return torch.nn.functional.one_hot(labels, num_classes).float()


def checker(mine):
    return check.Checker(mine / "01-tensors" / "checks.json", "pytorch")


def test_a_check_is_noted_and_the_next_session_knows(mine, capsys):
    first = checker(mine)
    first("one_hot", one_hot)
    with pytest.raises(check.NotYet):
        first("affine", lambda x, w, b: x)
    second = checker(mine)
    capsys.readouterr()
    second.summary()
    told = capsys.readouterr().out
    assert "one_hot: passed on 20" in told
    assert "affine: not checked yet" in told, "only what passed is worth remembering"


def test_the_command_shows_every_notebook_begun_and_what_comes_next(mine):
    everything = RUNNER.invoke(cli.app, ["progress", str(mine)], env={"COLUMNS": "120"}).output
    assert "Nothing is checked yet" in everything
    assert everything.count("01-tensors") == 2
    checker(mine)("one_hot", one_hot)
    begun = RUNNER.invoke(cli.app, ["progress", str(mine)], env={"COLUMNS": "120"}).output
    assert begun.count("01-tensors") == 2, "one track only, and the next step"
    assert "1 of 6" in begun
    assert "Next: 01-tensors/pytorch.ipynb, exercise " in begun


def test_labs_stand_where_the_syllabus_has_them(mine):
    lessons = [one.lesson for one in progress.standings(mine)]
    positions = [json.loads((LESSONS / name / "checks.json").read_text())["order"] for name in lessons]
    assert positions == sorted(positions)


@pytest.mark.parametrize("damaged", ["", "[]", "{", '{"one_hot": 1}', '{"one_hot": {"passed": true}}', "\x00"])
def test_damaged_notes_are_begun_anew_and_no_check_suffers(mine, damaged):
    path = mine / progress.HIDDEN / "progress" / "01-tensors-pytorch.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(damaged)
    assert RUNNER.invoke(cli.app, ["progress", str(mine)]).exit_code == 0
    checker(mine)("one_hot", one_hot)
    assert json.loads(path.read_text())["one_hot"]["passed"] is True


def test_a_folder_that_cannot_be_written_costs_nothing(mine, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    checker(mine)("one_hot", one_hot)


def test_outside_a_students_copy_nothing_is_written(tmp_path):
    folder = tmp_path / "class" / "01-tensors-pytorch"
    folder.mkdir(parents=True)
    (folder / "checks.json").write_text((LESSONS / "01-tensors" / "checks.json").read_text())
    check.Checker(folder / "checks.json", "pytorch")("one_hot", one_hot)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["01-tensors-pytorch", "checks.json", "class"]


def test_a_folder_without_lessons_is_said(tmp_path):
    result = RUNNER.invoke(cli.app, ["progress", str(tmp_path)])
    assert result.exit_code == 2
    assert "course lab" in result.output


def test_a_lessons_own_folder_leads_to_the_whole_copy(mine):
    result = RUNNER.invoke(cli.app, ["progress", str(mine / "01-tensors")], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert f"course progress {mine}" in result.output
