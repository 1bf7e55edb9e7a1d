"""The student's commands, as typed."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course import cli, health, install, plots
from course.health import Finding
from course.notebook import LESSONS
from course.typed import HOME_COPY, typed

RUNNER = CliRunner()


def test_doctor_says_what_is_there():
    result = RUNNER.invoke(cli.app, ["doctor"])
    assert result.exit_code == 0
    assert "PyTorch 2." in result.output
    assert "TensorFlow 2." in result.output
    assert "computing on" in result.output


def test_doctor_says_the_command_that_mends_it_and_one_framework_is_enough(monkeypatch):
    missing = Finding(False, "PyTorch is not installed", 'pip install -e ".[pytorch]"', framework=True)
    there = Finding(True, "TensorFlow 2.21", framework=True)
    monkeypatch.setattr(health, "examine", lambda: [missing, there])
    result = RUNNER.invoke(cli.app, ["doctor"])
    assert result.exit_code == 0
    assert 'pip install -e ".[pytorch]"' in result.output
    monkeypatch.setattr(health, "examine", lambda: [missing])
    assert RUNNER.invoke(cli.app, ["doctor"]).exit_code == 1


def test_a_broken_framework_is_a_finding_not_a_traceback():
    def broken():
        raise ImportError("libfoo.so is missing")

    finding = health._framework("torch", "PyTorch", "pytorch", broken)
    assert not finding.good
    assert "libfoo.so" in finding.text
    assert not health._framework("no-such-package", "X", "x", broken).good


def test_lab_refuses_the_originals(monkeypatch):
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("JupyterLab was started"))
    result = RUNNER.invoke(cli.app, ["lab", str(LESSONS)])
    assert result.exit_code == 2
    assert "originals" in result.output


def test_lab_opens_at_the_syllabus_in_a_copy(monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr("os.execv", lambda program, arguments: started.append(arguments))
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", "")
    result = RUNNER.invoke(cli.app, ["lab", str(tmp_path / "mine"), "--no-browser", "--port", "9999"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "mine" / "README.md").is_file()
    assert f"--ServerApp.root_dir={tmp_path / 'mine'}" in started[0]
    assert "--LabApp.default_url=/lab/tree/README.md" in started[0]
    assert "--no-browser" in started[0]
    again = RUNNER.invoke(cli.app, ["lab", str(tmp_path / "mine"), "--no-browser"]).output
    assert "stays as it is" not in again, "nothing is said of what is not there"
    (tmp_path / "mine" / "01-tensors" / "pytorch.ipynb").write_text("{}")
    again = RUNNER.invoke(cli.app, ["lab", str(tmp_path / "mine"), "--no-browser"]).output
    assert "Your work in 1 notebook stays as it is." in again


def test_a_second_lab_leads_to_the_first(monkeypatch, tmp_path):
    """Two servers on one copy save over each other's notebooks."""
    server = {"root_dir": str(tmp_path / "mine"), "url": "http://localhost:8888/", "token": "abc"}
    other = {"root_dir": str(tmp_path), "url": "http://localhost:8889/", "token": "def"}
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter([other, server]))
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("JupyterLab was started"))
    result = RUNNER.invoke(cli.app, ["lab", str(tmp_path / "mine"), "--no-browser"])
    assert result.exit_code == 0
    assert "open there already: http://localhost:8888/lab/tree/README.md?token=abc" in result.output


@pytest.mark.parametrize(
    ("program", "found", "words"),
    [
        (".venv/bin/course", None, ".venv/bin/course lab mine"),
        ("/env/bin/course", "/env/bin/course", "course lab mine"),
        ("/env/bin/course", "/other/bin/course", "/env/bin/course lab mine"),
        ("pytest", None, "course lab mine"),
    ],
)
def test_a_command_that_is_told_can_be_typed_as_it_stands(monkeypatch, program, found, words):
    monkeypatch.setattr("sys.argv", [program])
    monkeypatch.setattr("shutil.which", lambda _: found)
    assert typed("lab", Path("mine")) == words
    assert typed("lab", Path("my lessons")) == words.replace("mine", "'my lessons'")
    assert typed("lab", HOME_COPY) == words.removesuffix(" mine")


def test_the_command_that_installs_a_framework_works_in_any_folder():
    assert sys.executable in install.command("pytorch")
    assert (Path(shlex.split(install.command("pytorch"))[-1].removesuffix("[pytorch]")) / "pyproject.toml").is_file()


def test_a_lessons_own_tensorflow_py_does_not_hide_the_framework(tmp_path):
    """An instructor's notebook lies beside the lesson's source, and Jupyter puts that folder on the import path."""
    (tmp_path / "tensorflow.py").write_text("raise SystemExit('the lesson was imported instead of the framework')")
    code = "from course import start; start('01-tensors', 'tensorflow'); import tensorflow as tf; print(tf.__version__)"
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout.startswith("2."), result.stderr
    assert result.stderr == ""


def test_a_figure_needs_alternative_text_and_is_closed():
    import matplotlib.pyplot as plt

    plots.style()
    figure, ax = plt.subplots()
    with pytest.raises(ValueError, match="alternative text"):
        plots.show(figure, " ")
    plots.show(figure, "a line")
    assert not plt.get_fignums()
