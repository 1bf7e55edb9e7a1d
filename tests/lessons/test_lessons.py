"""Every lesson, in both tracks: its notebooks run, its checks can tell, and the two tracks agree."""

import json
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.authoring import known, proof, source
from autograder.spec import draw, public
from course import render
from course.frameworks import TRACKS

LESSONS = source.names()
EACH = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in LESSONS]
RESULT_TOLERANCE = 1e-3
# What a student's code or a library under it warns of must not cost a right answer its mark (faults.md, row 26).
AS_GRADED = pytest.mark.filterwarnings("ignore")
UNSEEN = Path(__file__).parent / "unseen"


@cache
def lesson(name):
    return source.load(name)


def execute(notebook, folder):
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, allow_errors=True, timeout=300)
    begun = time.monotonic()
    client.execute()
    return time.monotonic() - begun


@cache
def executed(name, track):
    """The instructor's notebook after a run from top to bottom, the seconds it took and its named results."""
    notebook = nbformat.read(source.SOLUTIONS / name / f"instructor-{track}.ipynb", as_version=4)
    ask = "import json; print(json.dumps({k: float(v) for k, v in globals().get('results', {}).items()}))"
    notebook.cells.append(nbformat.v4.new_code_cell(ask, id="results-as-json"))
    seconds = execute(notebook, source.LESSONS / name)
    results = json.loads(notebook.cells.pop().outputs[0].text)
    return notebook, seconds, results


def outputs(notebook, kind):
    return [(cell.id, o) for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == kind]


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("name", EACH)
def test_the_notebook_runs_from_top_to_bottom(name, track, record_property):
    notebook, seconds, _ = executed(name, track)
    record_property("notebook", f"{name} {track}: {seconds:.1f} s")
    assert [(cell, error.evalue) for cell, error in outputs(notebook, "error")] == []
    noise = [(cell, stream.text) for cell, stream in outputs(notebook, "stream") if stream.name == "stderr"]
    assert noise == []
    checks = [cell for cell in notebook.cells if cell.metadata.nbgrader.grade and cell.cell_type == "code"]
    assert len(checks) == len(lesson(name).exercises)
    assert all("cases pass" in cell.outputs[0].data["text/plain"] for cell in checks)
    pictures = [o for _, o in outputs(notebook, "display_data") if "<img alt=" in o.data.get("text/html", "")]
    assert len(pictures) >= 2
    assert not [o for _, o in outputs(notebook, "display_data") if "image/png" in o.data], "a figure without alternative text"


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("name", EACH)
def test_as_released_it_runs_up_to_the_first_exercise_and_says_what_is_to_do(name, track):
    notebook = nbformat.read(source.LESSONS / name / f"{track}.ipynb", as_version=4)
    first = next(i for i, cell in enumerate(notebook.cells) if cell.metadata.nbgrader.grade)
    notebook.cells = notebook.cells[: first + 1]
    execute(notebook, source.LESSONS / name)
    check = notebook.cells[-1]
    assert [cell for cell, _ in outputs(notebook, "error")] == [check.id]
    assert "is not written yet: replace `raise NotImplementedError()`" in check.outputs[0].data["text/plain"]


@AS_GRADED
@pytest.mark.parametrize("seed", ["", "fresh"])
@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("name", EACH)
def test_right_answers_pass_with_room_and_every_misconception_is_caught_by_its_own_name(name, track, seed):
    """TensorFlow takes several times as long: on fresh cases, mistakes that PyTorch's answers make too are not run again."""
    shared = set()
    if seed and track == "tensorflow":
        shared = {(answer.exercise, answer.label) for answer in known.load(lesson(name), "pytorch") if not answer.right}
    rows = list(proof.matrix(lesson(name), track, seed, lambda answer: (answer.exercise, answer.label) not in shared))
    assert [(row.exercise, row.label, row.given) for row in rows if not row.ok] == []
    assert sum(row.right and row.label != "the reference answer" for row in rows) >= 10


@AS_GRADED
@pytest.mark.parametrize(("track", "seed"), [("pytorch", ""), ("pytorch", "fresh"), ("tensorflow", "fresh")])
@pytest.mark.parametrize("name", EACH)
def test_right_answers_written_without_seeing_the_reference_pass(name, track, seed):
    """Their author had only the student's notebook: what they look like was not foreseen."""
    answers = known.read(UNSEEN / f"{name}-{track}.py", lesson(name), track)
    assert len(answers) >= 10
    names = proof.namespace(lesson(name), track)
    for exercise in lesson(name).exercises.values():
        expectation = draw(exercise, seed) if seed else public(exercise, name)
        for answer in answers:
            if answer.exercise == exercise.name:
                verdict = proof.verdict(expectation, proof.run(answer.source, names, exercise.name), track)
                assert verdict.passed, f"{answer.exercise}, {answer.label}: {render.text(verdict)}"


@pytest.mark.parametrize("name", EACH)
def test_a_class_needs_nothing_but_the_exercises_themselves_to_draw_fresh_cases(name, tmp_path):
    """A class folder takes a copy of exercises.py along, and no other file of the lesson."""
    path = tmp_path / "exercises.py"
    path.write_text((source.SOLUTIONS / name / "exercises.py").read_text(encoding="utf-8"), encoding="utf-8")
    for exercise in source.load_exercises(path).values():
        assert draw(exercise, "fresh").cases


@pytest.mark.parametrize("name", EACH)
def test_the_tracks_agree_on_every_exercise(name):
    for seed in ("one", "two", "three"):
        assert [(exercise, difference) for exercise, difference in proof.parity(lesson(name), seed) if difference] == []


@pytest.mark.parametrize("name", EACH)
def test_the_tracks_agree_on_the_lessons_named_results(name):
    _, _, pytorch = executed(name, "pytorch")
    _, _, tensorflow = executed(name, "tensorflow")
    assert pytorch
    assert pytorch == pytest.approx(tensorflow, rel=RESULT_TOLERANCE, abs=RESULT_TOLERANCE)


@pytest.mark.parametrize("processor", ["Prescott", "Haswell"])
def test_the_generated_files_do_not_depend_on_the_processor(processor):
    """Rebuilt as on an older processor: without its wide and fused arithmetic, float32 sums end in other bits."""
    older = {"OPENBLAS_CORETYPE": processor, "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
    command = [sys.executable, "-W", "ignore", "-c", "from autograder.cli import app; app()", "lessons", "--check"]
    built = subprocess.run(command, env=os.environ | older, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr


def test_there_are_the_lessons_of_the_course():
    assert {"01-tensors", "03-autograd", "05-mlp"} <= set(LESSONS)
