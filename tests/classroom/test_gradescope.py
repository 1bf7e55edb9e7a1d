"""The zip for Gradescope, tried as Gradescope documents it: unpacked into source/, called once a hand-in, results.json read."""

import json
import os
import stat
import subprocess
import sys
import zipfile

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.authoring import source
from autograder.cli import app
from autograder.gradescope.pack import pack

LESSON = "01-tensors"
STATUSES = {"passed", "failed"}


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What setup.sh finds, and what every container of the assignment begins with."""
    root = tmp_path_factory.mktemp("gradescope") / "autograder"
    path = pack(LESSON, root.parent / "autograder.zip", seed="1" * 64)
    with zipfile.ZipFile(path) as file:
        for info in file.infolist():
            file.extract(info, root / "source")
            (root / "source" / info.filename).chmod(info.external_attr >> 16)
    return root


@pytest.fixture
def container(image, tmp_path):
    """A fresh container: the same image, an empty submission/ and results/."""
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "results").mkdir()
    (root / "source").symlink_to(image / "source")
    return root


def run(root):
    """run_autograder, but with this machine's Python; the exit status and the results."""
    command = [sys.executable, "-m", "autograder.gradescope.run", "--root", str(root)]
    done = subprocess.run(command, cwd=root / "source", capture_output=True, text=True, timeout=300, env=dict(os.environ))
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads((root / "results" / "results.json").read_text())


def solved(track, **changed):
    """A notebook as a student hands it in, with the reference's answers but for some."""
    notebook = nbformat.read(source.LESSONS / LESSON / f"{track}.ipynb", as_version=4)
    instructor = nbformat.read(source.SOLUTIONS / LESSON / f"instructor-{track}.ipynb", as_version=4)
    answers = {cell.id: cell.source for cell in instructor.cells}
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = changed.get(cell.id, answers[cell.id])
    return nbformat.writes(notebook)


def conforms(results):
    """What Gradescope's documentation asks of results.json."""
    assert isinstance(results["score"], (int, float))
    assert results["visibility"] in {"hidden", "visible", "after_due_date", "after_published"}
    assert results["stdout_visibility"] in {"hidden", "visible", "after_due_date", "after_published"}
    assert isinstance(results["execution_time"], int)
    for test in results["tests"]:
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in STATUSES
        assert test["output_format"] in {"text", "html", "simple_format", "md", "ansi"}
        assert isinstance(test["name"], str)
        assert isinstance(test["output"], str)


def test_every_exercise_is_a_test_and_the_better_track_counts(container):
    (container / "submission" / "tensorflow.ipynb").write_text(
        solved("tensorflow", affine="def affine(x, w, b):\n    return x @ w")
    )
    (container / "submission" / "my answers.ipynb").write_text(solved("pytorch"))
    (container / "submission" / "torch.py").write_text("raise SystemExit('a file beside the notebook was imported')")
    status, results = run(container)
    assert status == 0
    conforms(results)
    lesson = source.load(LESSON)
    assert results["score"] == lesson.points
    assert [test["name"] for test in results["tests"]] == list(lesson.exercises)
    assert f"{LESSON}-tensorflow got" in results["output"]


def test_a_wrong_answer_gets_its_hint_and_no_hidden_case(container):
    (container / "submission" / "tensorflow.ipynb").write_text(
        solved("tensorflow", affine="def affine(x, w, b):\n    return x @ w")
    )
    status, results = run(container)
    assert status == 0
    conforms(results)
    affine = next(test for test in results["tests"] if test["name"] == "affine")
    assert (affine["score"], affine["status"]) == (0, "failed")
    assert "bias" in affine["output"]
    assert "Expected" not in affine["output"]
    assert results["score"] == sum(test["score"] for test in results["tests"]) > 0


@pytest.mark.parametrize("name, content", [("pytorch.ipynb", "{"), ("essay.txt", "words"), ("other.ipynb", None)])
def test_what_cannot_be_graded_has_no_score_and_a_reason(container, name, content):
    if content is None:
        content = (source.LESSONS / "02-losses" / "pytorch.ipynb").read_text()
    (container / "submission" / name).write_text(content)
    status, results = run(container)
    assert status == 1
    assert "score" not in results
    assert "It is not a zero" in results["output"]
    assert name in results["output"] or "no notebook" in results["output"]


def test_the_scripts_are_scripts_and_nothing_private_is_packed(image):
    for script in ("setup.sh", "run_autograder"):
        path = image / "source" / script
        assert path.stat().st_mode & stat.S_IXUSR
        subprocess.run(["bash", "-n", str(path)], check=True)
    names = {str(path.relative_to(image / "source")) for path in (image / "source").rglob("*")}
    assert f"solutions/{LESSON}/exercises.py" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".git", ".venv", "tests"))]
    assert not [name for name in names if name.startswith("solutions/02")]


def test_the_command(tmp_path):
    to = tmp_path / "a.zip"
    result = CliRunner().invoke(app, ["gradescope-zip", LESSON, "--to", str(to), "--tracks", "pytorch"])
    assert "15 autograder points" in result.output
    assert "Students hand in pytorch.ipynb," in result.output
    assert result.exit_code == 0, result.output
    assert "upload the zip" in result.output
    with zipfile.ZipFile(to) as file:
        assert "torch==" in file.read("setup.sh").decode()
        first, second = json.loads(file.read("tandem.json"))["seed"], json.loads(file.read("tandem.json"))["tracks"]
    assert (len(first), second) == (64, ["pytorch"])
    for wrong in (["99-nothing"], [LESSON, "--tracks", "jax"]):
        result = CliRunner().invoke(app, ["gradescope-zip", *wrong, "--to", str(to)])
        assert result.exit_code == 2
        assert "There is no" in result.output
