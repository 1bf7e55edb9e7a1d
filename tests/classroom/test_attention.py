"""Grades for learning platforms, students who may need a word, and answers that are nearly the same."""

import csv

import pytest
from conftest import RIGHT, TRANSPOSED, answered, fake_engine, hand_in

from autograder.classroom import gradebook
from autograder.classroom.attention import FAIR, alike, needs_a_word
from autograder.classroom.exports import best
from autograder.classroom.folder import Assignment
from autograder.classroom.grade import grade
from autograder.classroom.report import report
from autograder.classroom.similar import runs, similar
from autograder.classroom.standing import Standing

TRACKS = [Assignment("00-try", "pytorch"), Assignment("00-try", "tensorflow")]
LONG = """def one_hot(labels, num_classes):
    table = torch.zeros(len(labels), num_classes)
    position = 0
    while position < len(labels):
        column = int(labels[position])
        for candidate in range(num_classes):
            if candidate == column and not table[position, candidate] > 0.5:
                table[position, candidate] = table[position, candidate] + 1.0
        position = position + 1
    return table"""
DISGUISED = '''def one_hot(labels, num_classes):
    """My very own answer."""
    out = torch.zeros(len(labels), num_classes)  # start with nothing
    i = 0

    while i < len(labels):
        c = int(labels[i])
        for k in range(num_classes):
            if k == c and not out[i, k] > 0.5:
                out[i, k] = out[i, k] + 1.0   # one
        i = i + 1
    return out'''
OTHER = """def one_hot(labels, num_classes):
    rows = []
    for label in labels.tolist():
        row = [0.0] * num_classes
        row[label] = 1.0
        rows.append(torch.tensor(row, dtype=torch.float32))
    result = torch.stack(rows, dim=0)
    assert result.shape == (len(labels), num_classes), "every label has a row of its own"
    return result"""


@pytest.fixture
def graded(folder, blank):
    people = [
        {"id": i, "first_name": i.title(), "last_name": "=Surname", "email": f"{i}@x.org"} for i in ("ana", "bob", "dora")
    ]
    gradebook.add_students(folder, people)
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "bob", answered(blank, {"one_hot": TRANSPOSED}))
    hand_in(folder, "cy", answered(blank, RIGHT | {"one_hot": LONG}))
    hand_in(folder, "di", answered(blank, RIGHT | {"one_hot": DISGUISED}))
    hand_in(folder, "ed", answered(blank, RIGHT | {"one_hot": OTHER}))
    hand_in(folder, "fay", b"{")
    grade(folder, TRACKS, run=fake_engine)
    return folder


def read(path, key):
    with path.open(newline="", encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def test_a_platform_gets_marks_and_no_false_zero(graded, tmp_path):
    _, files = report(graded, tmp_path / "out")
    canvas = read(files["For Canvas"], "SIS User ID")
    assert canvas[""]["00-try"] == "5", "the points that are possible"
    assert canvas["ana"]["00-try"] == "5"
    assert canvas["bob"]["00-try"] == "0"
    assert canvas["fay"]["00-try"] == canvas["dora"]["00-try"] == "", "in quarantine, and not handed in"
    moodle = read(files["For Moodle"], "Username")
    assert (moodle["ana"]["00-try"], moodle["ana"]["Email address"]) == ("5", "ana@x.org")
    assert moodle["ana"]["Last name"] == "'=Surname"


def test_the_better_of_two_tracks_counts(graded, monkeypatch):
    standing = Standing(graded)
    row = next(row for row in standing.rows if row.student == "bob")
    twin = type(row)("bob", "00-try-tensorflow", row.status, 4.0, 5.0)
    standing.rows.append(twin)
    assert best(standing)["bob", "00-try"] == (4.0, "tensorflow")
    twin.score = None
    assert best(standing)["bob", "00-try"] == (0.0, "pytorch"), "what waits in quarantine does not take the other mark away"


def test_who_may_need_a_word_and_why(graded):
    words = dict(needs_a_word(Standing(graded)))
    assert words["dora"] == "has not handed in 00-try"
    assert words["bob"] == "has 0% of the points on average"
    assert "ana" not in words
    assert "fay" not in words, "what waits in quarantine is no fault of hers yet"


def test_a_disguised_copy_is_pointed_out_and_nobody_else(graded, tmp_path):
    (pair,) = alike(Standing(graded))
    assert (pair.first, pair.second, pair.exercises) == ("cy", "di", ("one_hot",))
    assert pair.share > 0.9
    _, files = report(graded, tmp_path / "out")
    page = files["Report"].read_text()
    assert "cy and di" in page
    assert FAIR.split(":")[0] in page


def test_a_class_of_right_answers_written_the_usual_way_is_not_suspected():
    usual = {f"s{i}": {"one_hot": RIGHT["one_hot"]} for i in range(30)}
    assert similar("x", usual) == []
    assert similar("x", {f"s{i}": {"one_hot": LONG} for i in range(30)}) == [], "what everybody has is no sign"
    assert similar("x", {"a": {"one_hot": LONG}, "b": {"one_hot": LONG}}, known=[LONG]) == [], "nor is what was handed out"


def test_names_comments_and_layout_do_not_count_and_meaning_does():
    assert runs(LONG) == runs(DISGUISED)
    assert runs(LONG) != runs(LONG.replace("+ 1.0", "+ 2.0"))
    assert runs("x = torch.mean(y)") != runs("x = torch.sum(y)"), "a library's names are not the student's"
    for broken in ("def f(:", "'''", "\x00", "(" * 500):
        assert isinstance(runs(broken), frozenset)


def test_a_thousand_hand_ins_are_compared_in_seconds():
    people = {f"s{i}": {"f": OTHER.replace("1.0", f"{i}.0").replace("0.0", f"{i % 7}.5")} for i in range(1000)}
    people["copy"] = dict(people["s17"])
    found = similar("x", people)
    assert all({"copy", "s17"} >= {pair.first, pair.second} for pair in found)
