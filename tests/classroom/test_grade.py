"""Grading a class: every hand-in gets its due, runs can stop anywhere, and nothing is lost (faults 1, 13-16)."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import RIGHT, TRANSPOSED, CountingEngine, answered, cell, fake_engine, hand_in, tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.classroom import grade as grading
from autograder.classroom import gradebook, quarantine, record
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import GRADED, KEPT, QUARANTINED, UNCHANGED, Summary, grade, locked
from autograder.engine.work import Outcome, Work

PYTORCH = Assignment("00-try", "pytorch")
Notebook = dict[str, Any]


def run(folder: ClassFolder, engine: Any = fake_engine, **options: Any) -> Summary:
    return grade(folder, [PYTORCH], run=engine, **options)


def scores(folder: ClassFolder) -> dict[str, float]:
    return gradebook.scores(folder, PYTORCH)


def export(folder: ClassFolder) -> str:
    """nbgrader's own export, as its command writes it."""
    from traitlets.config import LoggingConfigurable

    from autograder.classroom.stock import HonestCsvExport

    parent = LoggingConfigurable()
    parent.coursedir = type("CourseDirectory", (), {"root": str(folder.root)})()
    with gradebook.gradebook(folder) as book:
        plugin = HonestCsvExport(to=str(folder.root / "export.csv"))
        plugin.parent = parent
        plugin.export(book)
    return (folder.root / "export.csv").read_text()


@pytest.fixture
def three(folder: ClassFolder, blank: Notebook) -> ClassFolder:
    """A class with a right, a wrong and a broken hand-in."""
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "bob", answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    hand_in(folder, "cy", b"{")
    return folder


def test_each_gets_what_is_due(three: ClassFolder) -> None:
    before = tree(three.submitted)
    summary = run(three)
    assert scores(three) == {"ana": 5, "bob": 3}
    assert summary.counts == {GRADED: 2, QUARANTINED: 1}
    assert [(e.student, e.kept) for e in summary.quarantine] == [("cy", False)]
    assert tree(three.submitted) == before
    marks = record.load(three, "bob", PYTORCH)
    assert marks
    assert [(m.exercise, m.score, m.mistake) for m in marks.marks] == [("one_hot", 0, "transposed"), ("scale", 3, "")]


def test_feedback_tells_the_mistake_and_no_hidden_case(three: ClassFolder) -> None:
    run(three)
    page = (three.feedback / "bob" / PYTORCH.name / "pytorch.html").read_text()
    assert "transposed" in page
    assert "Each row is one example." in page
    assert "3 of 5 points" in page
    assert not (three.feedback / "cy").exists()


def test_quarantine_is_no_zero_in_any_export(three: ClassFolder) -> None:
    gradebook.add_students(three, [{"id": name} for name in ("ana", "bob", "cy", "dora")])
    run(three)
    rows = {line.split(",")[3]: line.split(",") for line in export(three).splitlines() if "pytorch" in line}
    assert rows["ana"][7:] == ["5", "0", "5", "5"]
    assert rows["cy"][7:] == ["", "", "", "5"]
    assert rows["dora"][7:] == ["0", "0", "0", "5"]


def test_mended_work_leaves_quarantine_and_only_it_runs(three: ClassFolder, blank: Notebook) -> None:
    run(three)
    hand_in(three, "cy", answered(blank))
    engine = CountingEngine()
    summary = run(three, engine)
    assert engine.ran == ["00-try-pytorch/cy"]
    assert summary.counts == {GRADED: 1, UNCHANGED: 2}
    assert summary.quarantine == []
    assert scores(three)["cy"] == 5


def test_withdrawn_work_leaves_quarantine(three: ClassFolder) -> None:
    run(three)
    shutil.rmtree(three.submitted / "cy")
    assert run(three).quarantine == []


def test_other_outputs_are_no_change_and_other_answers_are(three: ClassFolder, blank: Notebook) -> None:
    run(three)
    notebook = answered(blank)
    cell(notebook, "one_hot")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "new"}]
    hand_in(three, "ana", notebook)
    engine = CountingEngine()
    run(three, engine)
    assert engine.ran == []
    cell(notebook, "one_hot")["source"] += "\n# better"
    hand_in(three, "ana", notebook)
    run(three, engine)
    assert engine.ran == ["00-try-pytorch/ana"]


def test_regrade_runs_everything_again(three: ClassFolder) -> None:
    run(three)
    engine = CountingEngine()
    run(three, engine, regrade=True)
    assert engine.ran == ["00-try-pytorch/ana", "00-try-pytorch/bob"]


def test_only_some_students(three: ClassFolder) -> None:
    engine = CountingEngine()
    run(three, engine, students=["bob"])
    assert engine.ran == ["00-try-pytorch/bob"]
    assert quarantine.read(three) == []


def test_changed_points_count_without_running_twice(three: ClassFolder) -> None:
    run(three)
    source = three.source / PYTORCH.name / PYTORCH.notebook
    notebook = json.loads(source.read_text())
    cell(notebook, "check-scale")["metadata"]["nbgrader"]["points"] = 10
    source.write_text(json.dumps(notebook))
    gradebook.generate(three, PYTORCH)
    run(three)
    assert scores(three) == {"ana": 12, "bob": 10}


def test_a_grader_fault_is_never_a_zero(three: ClassFolder) -> None:
    summary = run(three, CountingEngine(lambda name: "no memory left." if name.endswith("ana") else ""))
    assert scores(three) == {"bob": 3}
    reasons = {e.student: e.reason for e in summary.quarantine}
    assert "not the student: no memory left." in reasons["ana"]
    assert run(three).counts == {GRADED: 1, UNCHANGED: 1, QUARANTINED: 1}
    assert scores(three)["ana"] == 5


def test_a_failed_regrade_keeps_the_old_mark_and_says_so(three: ClassFolder) -> None:
    run(three)
    before = export(three)
    summary = run(three, CountingEngine(lambda name: "out of order."), regrade=True)
    assert export(three) == before
    assert summary.counts == {KEPT: 2, QUARANTINED: 1}
    kept = {e.student: e.kept for e in summary.quarantine}
    assert kept == {"ana": True, "bob": True, "cy": False}
    known = record.load(three, "ana", PYTORCH)
    assert known
    assert "out of order" in known.stale
    assert run(three).counts == {UNCHANGED: 2, QUARANTINED: 1}
    assert not record.load(three, "ana", PYTORCH).stale  # type: ignore[union-attr]


def test_a_broken_second_hand_in_keeps_the_first_mark_and_says_so(three: ClassFolder) -> None:
    run(three)
    hand_in(three, "ana", b"oops")
    summary = run(three)
    assert scores(three)["ana"] == 5
    assert {e.student: e.kept for e in summary.quarantine}["ana"] is True


def test_a_missing_outcome_is_not_overlooked(three: ClassFolder) -> None:
    summary = run(three, lambda works, workers: iter(()))
    assert {e.student for e in summary.quarantine} == {"ana", "bob", "cy"}
    assert scores(three) == {}


class Killed(BaseException):
    """As sudden as a kill."""


@pytest.mark.parametrize("moment", ["after a run", "record written", "gradebook written", "feedback being written"])
def test_a_killed_run_goes_on_to_the_same_gradebook(
    three: ClassFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    import nbgrader.converters

    undisturbed = ClassFolder.open(Path(shutil.copytree(three.root, tmp_path / "undisturbed", copy_function=shutil.copy2)))

    def die(*_: object, **__: object) -> None:
        raise Killed

    def dying(works: list[Work], workers: int) -> Iterator[Outcome]:
        yield next(iter(fake_engine(works, workers)))
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        if moment == "record written":
            patched.setattr(grading.gradebook, "save_marks", die)
        elif moment == "gradebook written":
            patched.setattr(nbgrader.converters.GenerateFeedback, "start", die)
        elif moment == "feedback being written":
            patched.setattr(grading.gradebook, "write_text", die)
        run(three, dying if moment == "after a run" else fake_engine)
    run(three)
    run(undisturbed)

    def untimed(text: str) -> list[list[str]]:
        return [[c for i, c in enumerate(line.split(",")) if i != 2] for line in text.splitlines()]

    assert untimed(export(three)) == untimed(export(undisturbed))
    assert scores(three) == {"ana": 5, "bob": 3}
    for student in ("ana", "bob"):
        assert (three.feedback / student / PYTORCH.name / "pytorch.html").is_file()
        assert (three.autograded / student / PYTORCH.name / "pytorch.ipynb").is_file()
    engine = CountingEngine()
    assert run(three, engine).counts == {UNCHANGED: 2, QUARANTINED: 1}
    assert engine.ran == []


def test_a_lost_gradebook_is_filled_again_from_the_records(three: ClassFolder) -> None:
    run(three)
    three.gradebook.unlink()
    gradebook.generate(three, PYTORCH)
    engine = CountingEngine()
    run(three, engine)
    assert engine.ran == []
    assert scores(three) == {"ana": 5, "bob": 3}


def test_a_damaged_gradebook_stops_in_words(three: ClassFolder) -> None:
    three.gradebook.write_bytes(b"no database" * 1000)
    with pytest.raises(ClassError, match="cannot be used"):
        run(three)


def test_a_damaged_record_is_run_again(three: ClassFolder) -> None:
    run(three)
    three.result_path("ana", PYTORCH).write_text('{"version": 1, "marks": 3')
    three.result_path("bob", PYTORCH).write_text('{"version": 1, "marks": [{}]}')
    engine = CountingEngine()
    run(three, engine)
    assert engine.ran == ["00-try-pytorch/ana", "00-try-pytorch/bob"]


def test_when_nbgrader_cannot_write_the_mark_waits(three: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbgrader.preprocessors

    def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(nbgrader.preprocessors.SaveAutoGrades, "preprocess", fail)
        summary = run(three, students=["ana"])
    assert "disk full" in summary.quarantine[0].reason
    assert scores(three) == {}
    assert run(three, CountingEngine(lambda _: "must not run again"), students=["ana"]).counts == {UNCHANGED: 1}
    assert scores(three) == {"ana": 5}


def test_corrections_by_hand_survive(three: ClassFolder) -> None:
    run(three)
    with gradebook.gradebook(three) as book:
        book.find_grade("check-one_hot", "pytorch", PYTORCH.name, "bob").manual_score = 1
        book.db.commit()
    run(three, regrade=True)
    assert scores(three)["bob"] == 4


def test_marks_of_stock_nbgrader_do_not_stay(three: ClassFolder) -> None:
    run(three)
    with gradebook.gradebook(three) as book:
        book.find_grade("check-one_hot", "pytorch", PYTORCH.name, "bob").auto_score = 2
        book.db.commit()
    run(three, CountingEngine(lambda _: "must not run"))
    assert scores(three)["bob"] == 3


def test_two_graders_do_not_work_at_once(three: ClassFolder) -> None:
    with locked(three), pytest.raises(ClassError, match="Another"):
        run(three)
    assert run(three).counts[GRADED] == 2


def test_names_and_places_that_cannot_be_are_quarantined(three: ClassFolder, blank: Notebook) -> None:
    hand_in(three, "ana maria", answered(blank))
    (three.submitted / "link").symlink_to(three.submitted / "ana")
    (three.submitted / "ana" / "00-try-pytroch").mkdir()
    summary = run(three)
    reasons = {(e.student, e.assignment): e.reason for e in summary.quarantine}
    assert "a space" in reasons["ana maria", quarantine.EVERY]
    assert "link" in reasons["link", quarantine.EVERY]
    assert "Is it 00-try-pytorch?" in reasons["ana", "00-try-pytroch"]
    assert scores(three) == {"ana": 5, "bob": 3}
    (three.submitted / "link").unlink()
    shutil.rmtree(three.submitted / "ana maria")
    (three.submitted / "ana" / "00-try-pytroch").rmdir()
    assert [e.student for e in run(three).quarantine] == ["cy"]


def test_stderr_prints_and_errors_elsewhere_cost_nothing(folder: ClassFolder, blank: Notebook) -> None:
    noisy = (
        "import warnings, sys\n\n"
        + RIGHT["one_hot"]
        + "\nprint('x', file=sys.stderr)\nwarnings.warn('careful')\nraise ValueError"
    )
    hand_in(folder, "ana", answered(blank, RIGHT | {"one_hot": noisy}))
    run(folder)
    assert scores(folder) == {"ana": 5}


def test_input_in_an_answer_is_explained(folder: ClassFolder, blank: Notebook) -> None:
    asking = "def one_hot(labels, num_classes):\n    raise EOFError\n    return input()"
    hand_in(folder, "ana", answered(blank, RIGHT | {"one_hot": asking}))
    run(folder)
    assert "input()" in record.load(folder, "ana", PYTORCH).marks[0].words  # type: ignore[union-attr]


def test_scripts_reach_nobody(folder: ClassFolder, blank: Notebook) -> None:
    bad = "<script>alert('EVIL')</script>"
    hostile = f"'''{bad}'''\nprint('''{bad}''')\nclass Evil(Exception): ...\ndef one_hot(a, b):\n    raise Evil('''{bad}''')"
    notebook = answered(blank, RIGHT | {"one_hot": hostile})
    notebook["cells"].insert(2, {"cell_type": "markdown", "metadata": {}, "source": bad})
    cell(notebook, "title")["source"] = bad

    def engine(works: list[Work], workers: int) -> Iterator[Outcome]:
        for outcome in fake_engine(works, workers):
            for result in outcome.results:
                result.outputs.append({"output_type": "display_data", "metadata": {}, "data": {"text/html": bad}})
                result.outputs.append({"output_type": "error", "ename": bad, "evalue": bad, "traceback": [bad]})
            yield outcome

    hand_in(folder, "ana", notebook)
    run(folder, engine)
    page = (folder.feedback / "ana" / PYTORCH.name / "pytorch.html").read_text()
    assert "EVIL" in page
    assert bad not in page
    assert "<script>alert" not in page


def test_what_is_printed_after_a_check_does_not_reach_the_student(folder: ClassFolder, blank: Notebook) -> None:
    keeping = "kept = []\ndef one_hot(labels, n):\n    kept.append(labels)\n    return torch.eye(n)[labels]"
    telling = RIGHT["scale"] + "\nprint('HIDDEN', kept)"
    hand_in(folder, "ana", answered(blank, {"one_hot": keeping, "scale": telling}))
    run(folder)
    assert scores(folder) == {"ana": 5}
    page = (folder.feedback / "ana" / PYTORCH.name / "pytorch.html").read_text()
    assert "HIDDEN tensor" not in page.replace("&#39;", "'")
    assert "HIDDEN" not in page.replace("print", "").partition("kept)")[2]
    assert "2 of 2 exercises pass" in page


def test_looking_up_the_public_cases_gets_nothing(folder: ClassFolder, lessons: tuple[Path, Path], blank: Notebook) -> None:
    checks = lessons[1] / "00-try" / "checks.json"
    cheat = (
        "import json, numpy\nfrom pathlib import Path\nfrom course.frozen import thaw\n"
        f"cases = thaw(json.loads(Path({str(checks)!r}).read_text())['exercises'][1]).cases\n"
        "def scale(x, factor):\n"
        "    for case in cases:\n"
        "        if numpy.array_equal(case.inputs['x'], x.numpy()):\n"
        "            return torch.tensor(case.expected['value'], dtype=torch.float32)\n"
        "    return torch.zeros(x.shape)"
    )
    hand_in(folder, "ana", answered(blank, RIGHT | {"scale": cheat}))
    run(folder)
    assert scores(folder) == {"ana": 2}


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: json.dumps({"nbformat": 4, "cells": t}).encode()))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_stops_the_batch(three: ClassFolder, content: bytes) -> None:
    hand_in(three, "cy", content)
    hand_in(three, "zoe", b'{"nbformat": 4, "cells": [{"source": ' + content + b"}]}")
    summary = run(three)
    assert scores(three) == {"ana": 5, "bob": 3}
    assert {e.student for e in summary.quarantine} == {"cy", "zoe"}
    assert all(e.reason and e.reason.isprintable() for e in summary.quarantine)


def test_a_notebook_that_is_a_copy_is_marked_alike(folder: ClassFolder, blank: Notebook) -> None:
    notebook = answered(blank)
    for student in ("ana", "bob"):
        hand_in(folder, student, copy.deepcopy(notebook))
    run(folder)
    assert scores(folder) == {"ana": 5, "bob": 5}


def test_a_lessons_own_limits_go_before_the_classs(folder: ClassFolder, blank: Notebook) -> None:
    settings = json.loads(folder.settings_path.read_text())
    settings["limits"]["step_seconds"] = 40
    settings["lesson_limits"] = {"00-try": {"total_seconds": 77}}
    folder.settings_path.write_text(json.dumps(settings))
    given: list[Work] = []

    def engine(works: list[Work], workers: int) -> Iterator[Outcome]:
        given.extend(works)
        yield from fake_engine(works, workers)

    hand_in(folder, "ana", answered(blank))
    run(ClassFolder.open(folder.root), engine)
    assert (given[0].limits.step_seconds, given[0].limits.total_seconds) == (40, 77)
    settings["limits"]["step_secnds"] = 40
    folder.settings_path.write_text(json.dumps(settings))
    with pytest.raises(ClassError, match="step_secnds"):
        run(ClassFolder.open(folder.root))


def test_without_a_fence_nothing_runs_and_it_is_said_once(three: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.engine.parents import Parents
    from autograder.engine.process import FenceRefused

    def refuse(*_: object) -> None:
        raise FenceRefused("The fence cannot be put up on this system: no namespaces.")

    monkeypatch.setattr(Parents, "start", refuse)
    with pytest.raises(ClassError, match="no namespaces.*--unfenced"):
        grade(three, [PYTORCH])
    assert scores(three) == {}
    assert [e.student for e in quarantine.read(three)] == ["cy"]
