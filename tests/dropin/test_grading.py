"""What nbgrader users do: asserts, hidden tests, partial credit, manual cells, tasks, several notebooks, files."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from conftest import Course, answer, code, notebook, prose

from autograder.classroom import quarantine, record
from autograder.classroom.errors import ClassError
from autograder.classroom.grade import GRADED, QUARANTINED, UNCHANGED
from autograder.classroom.plain_marks import NoScore, score_of
from autograder.engine.work import RunStep, Setup, Work

HIDDEN = "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(21) == 42, 'the answer is 42'\n### END HIDDEN TESTS"
PARTIAL = "points = 0\nif double(1) == 2: points += 1\nif double(-3) == -6: points += 1.5\npoints"


def make(course: Course, *more, **files) -> None:
    cells = [
        prose("# Doubling"),
        code("import numpy as np"),
        answer("double", "return 2 * x"),
        code(HIDDEN, "test_double", "test", 2),
        code(PARTIAL, "test_parts", "test", 2.5),
        prose("Why does it work?", "why", "manual", 3),
        prose("Draw something.", "draw", "task", 4),
        *more,
    ]
    course.assignment("ps1", {"p1.ipynb": notebook(*cells), **files})


def test_asserts_hidden_tests_partial_credit_and_what_is_left_to_a_person(course: Course) -> None:
    make(course)
    assert "42" not in (course.root / "release" / "ps1" / "p1.ipynb").read_text()
    course.answers("right", "ps1", {"double": "def double(x):\n    return x + x", "why": "Because."})
    course.answers("seen", "ps1", {"double": "def double(x):\n    return {1: 2, -3: -6}[x]"})
    course.answers("half", "ps1", {"double": "def double(x):\n    return abs(x) * 2"})
    course.answers("blank", "ps1", {})
    summary = course.grade("ps1")
    assert summary.quarantine == []
    cells = course.cells("ps1")
    marks = {s: (c["test_double"], c["test_parts"], c["why"], c["draw"]) for s, c in cells.items()}
    assert marks == {"right": (2, 2.5, 0, 0), "seen": (0, 2.5, 0, 0), "half": (2, 1, 0, 0), "blank": (0, 0, 0, 0)}
    from autograder.classroom.converters import gradebook

    with gradebook(course.folder) as book:
        manual = {s: book.find_grade("why", "p1", "ps1", s).needs_manual_grade for s in cells}
        assert manual == {"right": True, "seen": False, "half": False, "blank": False}
        assert book.find_grade("draw", "p1", "ps1", "right").needs_manual_grade
    again = course.grade("ps1")
    assert again.counts == {UNCHANGED: 4}


def test_feedback_is_made_and_hides_hidden_tests(course: Course) -> None:
    make(course)
    course.answers("seen", "ps1", {"double": "def double(x):\n    return {1: 2, -3: -6}.get(x, 0)"})
    course.grade("ps1")
    page = (course.root / "feedback" / "seen" / "ps1" / "p1.html").read_text()
    assert "A hidden test failed." in page
    assert "hidden tests" in page
    # The ids of cells are drawn at random, and may hold any number.
    assert "42" not in re.sub(r"<style.*?</style>|<script.*?</script>|cell-id=\w+", "", page, flags=re.DOTALL)
    # Graders see the whole test.
    assert "the answer is 42" in course.output("seen", "ps1", "test_double").source


def test_several_notebooks_each_in_a_process_of_its_own(course: Course) -> None:
    first = notebook(code("secret = 1"), answer("double", "return 2 * x"), code("assert double(1) == 2", "t", "test", 1))
    second = notebook(code("assert 'secret' not in globals()", "t", "test", 1), code("import os; os._exit(3)"))
    course.assignment("ps2", {"a.ipynb": first, "b.ipynb": second})
    course.answers("ana", "ps2", {"double": "def double(x):\n    return 2 * x"}, "a.ipynb")
    course.hand_in("ana", "ps2", course.released("ps2", "b.ipynb"), "b.ipynb")
    course.answers("bob", "ps2", {"double": "def double(x):\n    return 2 * x"}, "a.ipynb")
    summary = course.grade("ps2", workers=2)
    assert summary.counts == {GRADED: 2}
    assert course.scores("ps2") == {"ana": 2, "bob": 1}
    known = record.load(course.folder, "bob", course.folder.assignments["ps2"])
    assert known and any("b.ipynb was not handed in" in flag for flag in known.flags)
    assert course.grade("ps2").counts == {UNCHANGED: 2}


def test_files_beside_the_notebook_are_there_and_stay_the_authors(course: Course) -> None:
    reading = "import csv\nrows = list(csv.reader(open('data/table.csv')))\nassert total(rows) == 6"
    made = notebook(answer("total", "return sum(int(c) for row in x for c in row)"), code(reading, "t", "test", 1))
    course.assignment("ps3", {"p1.ipynb": made, "data/table.csv": "1,2\n3,0\n"})
    right = "def total(x):\n    import helper\n    return helper.add(x)"
    course.answers("own", "ps3", {"total": right})
    course.hand_in("own", "ps3", "def add(x):\n    return sum(int(c) for row in x for c in row)\n", "helper.py")
    forged = (
        "def total(x):\n    return 6\n" + "import os\nos.chmod('data/table.csv', 0o644)\nopen('data/table.csv', 'w').write('6')"
    )
    course.answers("forger", "ps3", {"total": forged.replace("return 6", "return int(x[0][0])")})
    course.hand_in("forger", "ps3", "6\n", "data/table.csv")
    course.hand_in("forger", "ps3", "raise SystemExit", "csv.py")
    course.grade("ps3")
    assert course.scores("ps3") == {"own": 1, "forger": 0}
    known = record.load(course.folder, "forger", course.folder.assignments["ps3"])
    assert known and any("data/table.csv" in flag for flag in known.flags)


def test_students_may_change_the_files_that_they_are_meant_to_change(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("c.Autograde.exclude_overwriting = {'ps4': ['mine.py']}\n")
    made = notebook(code("import mine\nassert mine.double(2) == 4", "t", "test", 1))
    course.assignment("ps4", {"p1.ipynb": made, "mine.py": "def double(x): ...\n"})
    for student, text in (("ana", "def double(x): return 2 * x\n"), ("bob", "def double(x): return x\n")):
        course.hand_in(student, "ps4", course.released("ps4"))
        course.hand_in(student, "ps4", text, "mine.py")
    course.grade("ps4")
    assert course.scores("ps4") == {"ana": 1, "bob": 0}


def test_tampered_cells_are_the_released_ones_and_added_cells_stay(course: Course) -> None:
    make(course)
    made = course.released("ps1")
    for cell in made.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade_id") == "test_double":
            cell.source = "pass"
            cell.metadata.tags = ["skip-execution"]
            mark["points"] = 99
        if mark.get("grade_id") == "double":
            cell.source = "def double(x):\n    return helper(x)"
    made.cells = [c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "test_parts"]
    made.cells.insert(2, nbformat.v4.new_code_cell("def helper(x):\n    return 2 * x"))
    made.cells.append(nbformat.v4.new_markdown_cell("My drawing <script>alert(1)</script>"))
    course.hand_in("ana", "ps1", made)
    course.grade("ps1")
    assert course.scores("ps1") == {"ana": 4.5}
    shown = (course.root / "autograded" / "ana" / "ps1" / "p1.ipynb").read_text()
    assert "My drawing" in shown
    page = (course.root / "feedback" / "ana" / "ps1" / "p1.html").read_text()
    assert "<script>alert(1)" not in page


def test_metadata_lost_and_notebook_renamed(course: Course) -> None:
    make(course)
    made = course.released("ps1")
    made.cells[2].source = "def double(x):\n    return 2 * x"
    course.hand_in("renamed", "ps1", made, "final(1).ipynb")
    for cell in made.cells:
        cell.metadata.pop("nbgrader", None)
    course.hand_in("stripped", "ps1", made)
    course.grade("ps1")
    assert course.scores("ps1") == {"renamed": 4.5, "stripped": 4.5}


def test_noise_on_stderr_and_printed_numbers_decide_nothing(course: Course) -> None:
    make(course)
    noisy = "import sys, warnings\ndef double(x):\n    warnings.warn('w'); print('0.0', file=sys.stderr); print(0.0)\n"
    noisy += "    return 2 * x"
    course.answers("ana", "ps1", {"double": noisy})
    course.grade("ps1")
    assert course.scores("ps1") == {"ana": 4.5}


def test_crashes_and_endless_loops_cost_their_own_test_only(course: Course) -> None:
    folder_limits = {"step_seconds": 3}
    cells = [answer("double", "return 2 * x"), answer("triple", "return 3 * x")]
    tests = [code("assert double(1) == 2", "t2", "test", 1), code("assert triple(1) == 3", "t3", "test", 1)]
    course.assignment("ps1", {"p1.ipynb": notebook(*cells, *tests)})
    settings = json.loads(course.folder.settings_path.read_text())
    settings["limits"] |= folder_limits
    course.folder.settings_path.write_text(json.dumps(settings))
    good = "def triple(x):\n    return 3 * x"
    for student, body in (("exits", "import os; os._exit(0)"), ("loops", "while True: pass"), ("quits", "raise SystemExit")):
        course.answers(student, "ps1", {"double": f"def double(x):\n    {body}", "triple": good})
    course.grade("ps1", workers=2)
    assert course.scores("ps1") == {"exits": 1, "loops": 1, "quits": 1}


NO_SCORES = {
    "np.float64(1.0)": "numpy.float64",
    "np.array(1.0)": "numpy.ndarray",
    "f(1) == 2": "bool",
    "np.bool_(True)": "numpy.bool",
    "float('nan')": "nan",
    "-1.0": "-1.0",
    "2.5": "2.5",
    "10**400": "1000",
    "1.0;": "semicolon",
    "from fractions import Fraction\nFraction(1, 2)": "Fraction",
    "type('Odd', (), {'__repr__': lambda self: '0.5'})()": "Odd",
}
FULL = ["'0.5'", "[0.5]", "(1, 2)", "{'a': 1}", "np.zeros(3)", "print('x')", "None", "np.zeros(3);"]


def test_what_is_a_score_and_what_is_not(engine) -> None:
    parts = {"1": 1, "0.5": 0.5, "2.0": 2, "0": 0, "0.0": 0}
    steps = [RunStep("f", "import numpy as np\ndef f(x): return 2 * x")]
    steps += [RunStep(ending, ending, "test") for ending in [*NO_SCORES, *FULL, *parts]]
    (outcome,) = engine([Work("someone", "numpy", tuple(steps), setup=Setup())], 1)
    results = {result.cell_id: result for result in outcome.results}
    for ending, why in NO_SCORES.items():
        with pytest.raises(NoScore, match="the test cell t ends with") as caught:
            score_of("t", 2.0, results[ending])
        assert why in str(caught.value)
    assert {ending: score_of("t", 2.0, results[ending]) for ending in FULL} == dict.fromkeys(FULL, 2.0)
    assert {ending: score_of("t", 2.0, results[ending]) for ending in parts} == parts


def test_what_is_no_score_is_the_authors_to_mend(course: Course) -> None:
    made = notebook(code("import numpy as np"), answer("double", "return 2 * x"), code("np.float64(1.0)", "t", "test", 2))
    course.assignment("ps1", {"p1.ipynb": made})
    course.answers("ana", "ps1", {"double": "def double(x):\n    return 2 * x"})
    with pytest.raises(ClassError, match=r"ps1.*the test cell t ends with .*numpy.float64"):
        course.grade("ps1")
    assert course.scores("ps1") == {}


def test_a_score_that_only_one_answer_makes_waits_for_a_person(course: Course) -> None:
    made = notebook(answer("share", "return 0.5"), code("2 * share(1)", "t", "test", 2))
    course.assignment("ps1", {"p1.ipynb": made})
    course.answers("ana", "ps1", {"share": "def share(x):\n    return 0.5"})
    course.answers("bob", "ps1", {"share": "def share(x):\n    return float('nan')"})
    course.answers("cy", "ps1", {"share": "def share(x):\n    return 100"})
    summary = course.grade("ps1")
    assert course.scores("ps1") == {"ana": 1}
    assert summary.counts == {GRADED: 1, QUARANTINED: 2}
    assert "ends with nan" in quarantine.read(course.folder)[0].reason


def test_the_report_and_the_commands_know_the_assignment(course: Course) -> None:
    from typer.testing import CliRunner

    from autograder.cli import app

    make(course)
    course.answers("ana", "ps1", {"double": "def double(x):\n    return 2 * x"})
    course.grade("ps1")
    done = CliRunner().invoke(app, ["report", str(course.root)])
    assert done.exit_code == 0, done.output
    assert "ps1" in done.output


def test_links_and_what_is_not_released_are_refused(course: Course) -> None:
    make(course)
    course.answers("ana", "ps1", {})
    (course.root / "submitted" / "ana" / "ps1" / "p1.ipynb").unlink()
    (course.root / "submitted" / "ana" / "ps1" / "p1.ipynb").symlink_to(course.root / "source" / "ps1" / "p1.ipynb")
    summary = course.grade("ps1")
    assert summary.counts == {QUARANTINED: 1}
    assert "link" in summary.quarantine[0].reason
    (course.root / "source" / "ps9").mkdir()
    with pytest.raises(ClassError, match="nbgrader generate_assignment ps9"):
        course.folder.choose(["ps9"])
