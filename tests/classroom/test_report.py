"""The report: marks as a table, pictures with words, one page that runs nothing (faults 24, 32)."""

from __future__ import annotations

import csv
import re
import struct
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import RIGHT, TRANSPOSED, answered, fake_engine, hand_in

from autograder.classroom import gradebook
from autograder.classroom.figures import pictures
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import grade
from autograder.classroom.report import report
from autograder.classroom.standing import MISSING, STALE, WAITING, Standing

PYTORCH = Assignment("00-try", "pytorch")
ADDS = "def scale(x, factor):\n    return x + factor"


@pytest.fixture
def graded(folder: ClassFolder, blank: dict[str, Any]) -> ClassFolder:
    people = [
        {"id": "ana", "first_name": '=HYPERLINK("http://x")', "last_name": "<script>alert(1)</script>"},
        {"id": "dora", "first_name": "Dora", "last_name": "Missing"},
    ]
    gradebook.add_students(folder, people)
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "bob", answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    hand_in(folder, "cy", answered(blank, {"one_hot": TRANSPOSED, "scale": ADDS}))
    hand_in(folder, "eve", b"{")
    grade(folder, [PYTORCH], run=fake_engine)
    hand_in(folder, "bob", b"[]")
    grade(folder, [PYTORCH], run=fake_engine)
    return folder


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_the_csv_has_marks_reasons_and_no_false_zero(graded: ClassFolder, tmp_path: Path) -> None:
    _, files = report(graded, tmp_path / "out")
    table = rows(files["Marks"])
    assert (table["ana"]["score"], table["ana"]["max"], table["ana"]["00-try one_hot"]) == ("5", "5", "2")
    assert table["ana"]["first_name"].startswith("'=HYPERLINK")
    assert (table["bob"]["score"], table["bob"]["status"]) == ("3", STALE)
    assert (table["eve"]["score"], table["eve"]["status"]) == ("", WAITING)
    assert (table["dora"]["score"], table["dora"]["status"]) == ("", MISSING)
    assert table["cy"]["score"] == "0"


def test_the_numbers_of_the_class(graded: ClassFolder) -> None:
    standing = Standing(graded)
    [row] = standing.by_assignment()
    assert (row.handed_in, row.marked, row.full, row.waiting) == (4, 3, 1, 1)
    assert row.mean == pytest.approx((1 + 0.6 + 0) / 3)
    assert [(p.task.exercise, p.passed, p.total) for p in standing.pass_rates()] == [("one_hot", 1, 3), ("scale", 2, 3)]
    assert [(m.name, m.count, m.hint) for m in standing.mistakes()] == [
        ("transposed", 2, "Each row is one example."),
        ("adds", 1, "Multiply; do not add."),
    ]


def test_corrections_by_hand_are_in_the_report(graded: ClassFolder) -> None:
    with gradebook.gradebook(graded) as book:
        book.find_grade("check-one_hot", "pytorch", PYTORCH.name, "cy").manual_score = 1.5
        book.db.commit()
    row = next(row for row in Standing(graded).rows if row.student == "cy")
    assert (row.score, row.exercises["00-try one_hot"]) == (1.5, 1.5)


def test_each_picture_has_words_and_a_reasonable_size(graded: ClassFolder) -> None:
    drawn = pictures(Standing(graded))
    assert [picture.name for picture in drawn] == ["scores", "passes", "misconceptions"]
    for picture in drawn:
        width, height = struct.unpack(">II", picture.png[16:24])
        assert 600 < width < 3000
        assert 300 < height < 3000
        assert len(picture.alt) > 40
        assert picture.title


class Page(HTMLParser):
    """Collects what could run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        if tag == "img":
            self.pictures.append(values)
        self.links += [value or "" for key, value in attrs if key in ("href", "src", "onclick", "onerror", "action")]


def test_the_page_is_whole_and_harmless(graded: ClassFolder, tmp_path: Path) -> None:
    _, files = report(graded, tmp_path / "out")
    text = files["Report"].read_text()
    page = Page()
    page.feed(text)
    assert "script" not in page.tags
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert len(page.pictures) == 3
    assert all(picture["alt"] for picture in page.pictures)
    assert "Each row is one example." in text
    assert re.search(r"eve</strong>, 00-try-pytorch: pytorch.ipynb is damaged", text)
    assert "The mark in the gradebook stands." in text


def test_an_empty_class_has_a_report_too(folder: ClassFolder, tmp_path: Path) -> None:
    standing, files = report(folder, tmp_path / "out")
    assert standing.rows == []
    assert files["Marks"].read_text().startswith("student,")
    assert "Nothing is in quarantine" in files["Report"].read_text()
