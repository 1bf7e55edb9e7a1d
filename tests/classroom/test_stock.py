"""nbgrader's own commands and the formgrader work on the same folder, with the same scores for honest work.

Everything here runs for real: the engine with both frameworks, `nbgrader autograde` with its kernels, a Jupyter server.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import TRANSPOSED, cell, hand_in

from autograder.classroom import converters, gradebook, record
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import Summary, grade

pytestmark = [pytest.mark.xdist_group("stock")]

BIN = Path(sys.executable).parent
PYTORCH, TENSORFLOW = Assignment("00-try", "pytorch"), Assignment("00-try", "tensorflow")
# Noise on stderr, from Python and from native code, in the answer itself: stock nbgrader without our settings gives 0 for it.
NOISE = (
    "    import os, sys, warnings\n"
    "    print('careful', file=sys.stderr)\n"
    "    warnings.warn('careful')\n"
    "    os.write(2, b'E0000 native\\n')\n"
)
BAD = "<script>alert('EVIL')</script>"


def nbgrader(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "JUPYTER_PLATFORM_DIRS": "1"}
    return subprocess.run(
        [BIN / "nbgrader", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


def noisy(source: str) -> str:
    head, _, rest = source.partition("\n")
    return f"{head}\n{NOISE}{rest}"


def answers(notebook: dict[str, Any], lessons: tuple[Path, Path], track: str) -> dict[str, Any]:
    """The instructor's answers put into a student's notebook, with noise."""
    instructor = json.loads((lessons[0] / "00-try" / f"instructor-{track}.ipynb").read_text())
    for name in ("one_hot", "scale"):
        cell(notebook, name)["source"] = noisy("".join(cell(instructor, name)["source"]))
    return notebook


@pytest.fixture(scope="module")
def course_folder(pristine: Path, lessons: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> ClassFolder:
    """Ana is right in both tracks, noisily; Bob has a mistake, a script, a copied check and an untouched answer."""
    folder = ClassFolder.open(Path(shutil.copytree(pristine, tmp_path_factory.mktemp("stock") / "class")))
    for track in ("pytorch", "tensorflow"):
        released = json.loads((folder.release / f"00-try-{track}" / f"{track}.ipynb").read_text())
        hand_in(folder, "ana", answers(released, lessons, track), f"{track}.ipynb", track)
    bobs = json.loads((folder.release / PYTORCH.name / "pytorch.ipynb").read_text())
    cell(bobs, "one_hot")["source"] = f"from IPython.display import HTML, display\ndisplay(HTML('''{BAD}'''))\n{TRANSPOSED}"
    bobs["cells"].append(cell(bobs, "check-one_hot"))
    bobs["cells"].append({"cell_type": "markdown", "id": "own", "metadata": {}, "source": BAD})
    hand_in(folder, "bob", bobs)
    return folder


@pytest.fixture(scope="module")
def stock(course_folder: ClassFolder, tmp_path_factory: pytest.TempPathFactory) -> ClassFolder:
    """The class as nbgrader's own commands grade it, with nbgrader's own execution and its kernels."""
    folder = ClassFolder.open(Path(shutil.copytree(course_folder.root, tmp_path_factory.mktemp("theirs") / "class")))
    with folder.config.open("a") as file:
        file.write('c.Autograde.autograde_preprocessors[0] = "nbgrader.preprocessors.Execute"\n')
    for assignment in (PYTORCH, TENSORFLOW):
        done = nbgrader(folder.root, "autograde", assignment.name)
        assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def ours(course_folder: ClassFolder, stock: ClassFolder) -> tuple[ClassFolder, Summary]:
    """The class as `autograder grade` grades it, with the real engine."""
    return course_folder, grade(course_folder, [PYTORCH, TENSORFLOW], workers=2)


def test_the_engine_marks_both_tracks(ours: tuple[ClassFolder, Summary]) -> None:
    folder, summary = ours
    assert summary.quarantine == []
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5, "bob": 0}
    assert gradebook.scores(folder, TENSORFLOW) == {"ana": 5}
    bob = record.load(folder, "bob", PYTORCH)
    assert bob
    assert [mark.mistake or mark.status for mark in bob.marks] == ["transposed", "not written"]


def test_nbgraders_autograde_judges_outside_in_a_new_class(course_folder: ClassFolder, tmp_path: Path) -> None:
    """Fenced, warm and with fresh cases; a check cell without its mark is a check all the same."""
    folder = ClassFolder.open(Path(shutil.copytree(course_folder.root, tmp_path / "seam")))
    path = folder.submitted / "bob" / PYTORCH.name / "pytorch.ipynb"
    notebook = json.loads(path.read_text())
    for c in notebook["cells"]:
        c["metadata"].pop("tandem", None)
    path.write_text(json.dumps(notebook))
    done = nbgrader(folder.root, "autograde", PYTORCH.name)
    assert done.returncode == 0, done.stderr[-3000:]
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5, "bob": 0}


def test_stock_autograde_gives_the_same_scores(stock: ClassFolder, ours: tuple[ClassFolder, Summary]) -> None:
    for assignment in (PYTORCH, TENSORFLOW):
        assert gradebook.cell_scores(stock, assignment) == gradebook.cell_scores(ours[0], assignment)


@pytest.mark.parametrize("whose", ["stock", "ours"])
def test_no_script_is_in_what_instructor_and_student_read(whose: str, request: pytest.FixtureRequest) -> None:
    fixture = request.getfixturevalue(whose)
    folder = fixture if isinstance(fixture, ClassFolder) else fixture[0]
    if whose == "stock":
        done = nbgrader(folder.root, "generate_feedback", PYTORCH.name)
        assert done.returncode == 0, done.stderr[-3000:]
    page = (folder.feedback / "bob" / PYTORCH.name / "pytorch.html").read_text()
    assert "one_hot" in page
    assert BAD not in page
    autograded = json.loads((folder.autograded / "bob" / PYTORCH.name / "pytorch.ipynb").read_text())
    assert BAD not in json.dumps([c.get("outputs") for c in autograded["cells"]])
    assert not [c for c in autograded["cells"] if c["cell_type"] == "markdown" and "".join(c["source"]).startswith("<script")]


def test_validate_accepts_right_answers_and_names_wrong_ones(course_folder: ClassFolder, tmp_path: Path) -> None:
    from nbgrader.validator import Validator

    for student, failed in (("ana", 0), ("bob", 2)):
        place = Path(shutil.copytree(course_folder.release / PYTORCH.name, tmp_path / student))
        # The validator knows nothing of stderr, so the noise stays out of this one.
        path = place / "pytorch.ipynb"
        notebook = json.loads((course_folder.submitted / student / PYTORCH.name / "pytorch.ipynb").read_text())
        for c in notebook["cells"]:
            c["source"] = "".join(c["source"]).replace(NOISE, "")
        notebook["cells"] = [c for i, c in enumerate(notebook["cells"]) if c not in notebook["cells"][:i]]
        path.write_text(json.dumps(notebook))
        with converters.nbgraders_world():
            result = Validator().validate(str(path))
        assert len(result.get("failed", [])) == failed
        assert "changed" not in result


def test_list_and_export_work(ours: tuple[ClassFolder, Summary]) -> None:
    folder = ours[0].root
    assert nbgrader(folder, "list").returncode == 0
    done = nbgrader(folder, "export", "--to", "out.csv")
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [line.split(",") for line in (folder / "out.csv").read_text().splitlines()]
    got = {(row[0], row[3]): row[9] for row in rows[1:]}
    assert got[PYTORCH.name, "ana"] == got[TENSORFLOW.name, "ana"] == "5"
    assert got[PYTORCH.name, "bob"] == "0"


@pytest.fixture
def server(ours: tuple[ClassFolder, Summary], tmp_path: Path) -> Iterator[str]:
    """A Jupyter server at the class folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"JUPYTER_RUNTIME_DIR": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "1"}
    arguments = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    arguments += ["--IdentityProvider.token=", "--ServerApp.port_retries=0"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [BIN / "jupyter-server", *arguments], cwd=ours[0].root, env=environment, stderr=log, stdout=log
        )
        try:
            yield f"http://127.0.0.1:{port}/formgrader"
        finally:
            process.terminate()
            process.wait(30)


def test_the_formgrader_shows_marks_and_verdicts(server: str) -> None:
    def get(path: str) -> str:
        deadline = time.monotonic() + 90
        while True:
            try:
                with urllib.request.urlopen(server + path, timeout=30) as answer:
                    return answer.read().decode()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    submissions = json.loads(get(f"/api/submissions/{PYTORCH.name}"))
    assert {s["student"]: (s["score"], s["autograded"]) for s in submissions} == {"ana": (5, True), "bob": (0, True)}
    notebooks = {n["student"]: n["id"] for n in json.loads(get(f"/api/submitted_notebooks/{PYTORCH.name}/pytorch"))}
    page = get(f"/submissions/{notebooks['bob']}/")
    assert "Each row is one example." in page
    assert BAD not in page


def test_input_is_refused_with_the_same_words_as_in_the_notebook(ours: tuple[ClassFolder, Summary]) -> None:
    folder = ours[0]
    released = json.loads((folder.release / PYTORCH.name / "pytorch.ipynb").read_text())
    cell(released, "one_hot")["source"] = "def one_hot(labels, num_classes):\n    return input('how many? ')"
    hand_in(folder, "cy", released)
    grade(folder, [PYTORCH], students=["cy"])
    known = record.load(folder, "cy", PYTORCH)
    assert known
    assert "Your code asks for input()" in known.marks[0].words
