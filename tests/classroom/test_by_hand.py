"""Answers in words: left to a person, no zero until they are read, counted when they are."""

import csv
import json
import shutil

import pytest
from conftest import LESSON, answered, cell, fake_engine, hand_in
from nbgrader.api import Gradebook

from autograder.authoring import build
from autograder.classroom.create import create
from autograder.classroom.exports import best
from autograder.classroom.folder import Assignment
from autograder.classroom.grade import grade
from autograder.classroom.report import report
from autograder.classroom.standing import BY_HAND, MARKED, Standing

PYTORCH = Assignment("00-try", "pytorch")
QUESTION = ":::{answer} why 3\nWhy are rows examples?\n\n---\n\nBecause they are so everywhere.\n:::\n"


@pytest.fixture
def folder(tmp_path):
    source, generated = tmp_path / "solutions", tmp_path / "lessons"
    shutil.copytree(LESSON, source)
    text = source / "00-try" / "lesson.md"
    text.write_text(text.read_text().replace("```{quiz} post", f"{QUESTION}\n```{{quiz}} post"))
    build.write(build.build(None, source, generated))
    return create(tmp_path / "class", tracks=["pytorch"], solutions=source, generated=generated)


def test_an_answer_in_words_waits_for_a_person_and_then_counts(folder, tmp_path):
    blank = json.loads((folder.release / PYTORCH.name / "pytorch.ipynb").read_text())
    assert "Because they are so" not in json.dumps(blank), "the model answer was handed out"
    written = answered(blank)
    cell(written, "answer-why")["source"] = "Because each row is one example."
    hand_in(folder, "ana", written)
    hand_in(folder, "bob", answered(blank))
    grade(folder, [PYTORCH], run=fake_engine)

    standing, files = report(folder, tmp_path / "out")
    rows = {row.student: row for row in standing.rows}
    assert (rows["ana"].status, rows["ana"].score) == (BY_HAND, None), "the sum would hold a zero that nobody gave"
    assert (rows["bob"].status, rows["bob"].score) == (MARKED, 5), "nothing written is 0, as with nbgrader"
    assert ("ana", "00-try") not in best(standing)
    with files["Marks"].open(newline="") as file:
        ana = next(row for row in csv.DictReader(file) if row["student"] == "ana")
    assert (ana["score"], ana["00-try one_hot"], ana["max"]) == ("", "2", "8")

    with Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id) as book:
        mark = book.find_grade("answer-why", "pytorch", PYTORCH.name, "ana")
        mark.manual_score, mark.needs_manual_grade = 2.5, False
        book.db.commit()
    grade(folder, [PYTORCH], regrade=True, run=fake_engine)
    row = next(row for row in Standing(folder).rows if row.student == "ana")
    assert (row.status, row.score) == (MARKED, 7.5), "a mark given by hand survives a regrade"


def test_only_what_a_person_wrote_is_said_to_be_by_a_person(folder):
    """nbgrader writes "No response." itself below an answer that nobody touched."""
    blank = json.loads((folder.release / PYTORCH.name / "pytorch.ipynb").read_text())
    hand_in(folder, "ana", blank)
    grade(folder, [PYTORCH], run=fake_engine)
    page = folder.feedback / "ana" / PYTORCH.name / "pytorch.html"
    assert "No response." in page.read_text()
    assert "A person has written to you" not in page.read_text()
    with Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id) as book:
        book.find_comment("one_hot", "pytorch", PYTORCH.name, "ana").manual_comment = "Come and see me."
        book.db.commit()
    summary = grade(folder, [PYTORCH], run=lambda works, workers: pytest.fail("ran again") if works else [])
    assert summary.counts == {"feedback renewed": 1}
    assert grade(folder, [PYTORCH], run=fake_engine).counts == {"unchanged": 1}
    assert page.read_text().count('href="#comment-') == 1
    assert "A person has written to you" in page.read_text()


def test_a_mark_given_by_hand_is_in_the_feedback_after_the_next_grading(folder):
    blank = json.loads((folder.release / PYTORCH.name / "pytorch.ipynb").read_text())
    written = answered(blank)
    cell(written, "answer-why")["source"] = "Because each row is one example."
    hand_in(folder, "ana", written)
    grade(folder, [PYTORCH], run=fake_engine)
    page = folder.feedback / "ana" / PYTORCH.name / "pytorch.html"
    for given in (0, 2.5, 1.5):
        with Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id) as book:
            mark = book.find_grade("answer-why", "pytorch", PYTORCH.name, "ana")
            mark.manual_score, mark.needs_manual_grade = given, False
            book.db.commit()
        assert grade(folder, [PYTORCH], run=fake_engine).counts == {"feedback renewed": 1}
        assert f": {5 + given} of 8 points<" in page.read_text()
        assert grade(folder, [PYTORCH], run=fake_engine).counts == {"unchanged": 1}
