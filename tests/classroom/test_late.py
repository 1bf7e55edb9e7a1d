"""Late penalties and extensions are nbgrader's: its due dates, its plug-ins, its extensions; the time is that of receipt."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import RIGHT, TRANSPOSED, answered, fake_engine, hand_in
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.classroom import gradebook
from autograder.classroom.errors import ClassError
from autograder.classroom.extend import extend
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import grade
from autograder.classroom.report import report
from autograder.cli import app

PYTORCH = Assignment("00-try", "pytorch")
ONE_A_DAY = '''
from nbgrader.plugins import BasePlugin


class OneADay(BasePlugin):
    """A point for each day that has begun."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1 + total_seconds_late // 86_400


c.AssignLatePenalties.plugin_class = OneADay
'''


def due(folder: ClassFolder, ago: timedelta) -> None:
    """The assignment was due so long ago."""
    with Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id) as book:
        moment = (datetime.now(UTC) - ago).replace(tzinfo=None)
        book.update_or_create_assignment(PYTORCH.name, duedate=moment)


def configure(folder: ClassFolder, lines: str) -> None:
    folder.config.write_text(folder.config.read_text() + lines)


@pytest.fixture
def late(folder: ClassFolder, blank: dict[str, Any]) -> ClassFolder:
    """A class whose two hand-ins came a day and a half after the date."""
    due(folder, timedelta(days=1.5))
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "bob", answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    return folder


def test_without_a_rule_nothing_is_taken(late: ClassFolder) -> None:
    grade(late, [PYTORCH], run=fake_engine)
    assert gradebook.scores(late, PYTORCH) == {"ana": 5, "bob": 3}


def test_nbgraders_own_rule_takes_everything(late: ClassFolder) -> None:
    configure(late, '\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    grade(late, [PYTORCH], run=fake_engine)
    assert gradebook.scores(late, PYTORCH) == {"ana": 0, "bob": 0}


def test_an_instructors_rule_counts_and_is_said_in_the_feedback(late: ClassFolder) -> None:
    configure(late, ONE_A_DAY)
    grade(late, [PYTORCH], run=fake_engine)
    assert gradebook.scores(late, PYTORCH) == {"ana": 3, "bob": 1}
    page = (late.root / "feedback" / "ana" / PYTORCH.name / "pytorch.html").read_text()
    assert "3 of 5 points" in page
    assert '<tr class="late-penalty"><td>Handed in late</td><td class="text-right">-2</td>' in page


@pytest.mark.parametrize(("first", "left"), [("# c.LateSubmissionPlugin", 0), ("# from nbgrader.plugins", 4)])
def test_the_rules_that_stand_in_the_settings_work_as_they_stand(late: ClassFolder, first: str, left: float) -> None:
    text = late.config.read_text()
    at = text.index(first)
    end = text.index("\n#", at) if left == 0 else text.index("\n\n", at)
    late.config.write_text(text[:at] + text[at:end].replace("# ", "").replace("\n#", "\n") + text[end:])
    grade(late, [PYTORCH], run=fake_engine)
    assert gradebook.scores(late, PYTORCH)["ana"] == left


def test_times_of_an_exchange_count_where_the_class_says_so(late: ClassFolder) -> None:
    configure(late, ONE_A_DAY)
    early = datetime.now(UTC) - timedelta(days=2)
    (late.submitted / "ana" / PYTORCH.name / "timestamp.txt").write_text(f"{early:%Y-%m-%d %H:%M:%S.%f} UTC\n")
    settings = late.private / "class.json"
    settings.write_text(settings.read_text().replace('"trust_timestamps": false', '"trust_timestamps": true'))
    grade(ClassFolder.open(late.root), [PYTORCH], run=fake_engine)
    assert gradebook.scores(late, PYTORCH) == {"ana": 5, "bob": 1}, "bob's hand-in claims no time: it counts from today"


def test_the_report_says_what_was_taken_for_being_late(late: ClassFolder, tmp_path: Path) -> None:
    configure(late, ONE_A_DAY)
    grade(late, [PYTORCH], run=fake_engine)
    extend(late, PYTORCH.name, "bob", timedelta(days=2))
    _, files = report(late, tmp_path / "out")
    with files["Marks"].open(newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert (table["ana"]["score"], table["ana"]["late_penalty"]) == ("3", "2")
    assert (table["bob"]["score"], table["bob"]["late_penalty"]) == ("3", "")
    assert "<td>-2</td>" in files["Report"].read_text()


def test_who_was_in_time_loses_nothing(folder: ClassFolder, blank: dict[str, Any]) -> None:
    configure(folder, ONE_A_DAY)
    due(folder, -timedelta(hours=1))
    path = hand_in(folder, "ana", answered(blank))
    # What a hand-in says of its own time is not believed, in either direction.
    (path.parent / "timestamp.txt").write_text("2099-01-01 00:00:00 UTC")
    grade(folder, [PYTORCH], run=fake_engine)
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5}


def test_an_extension_counts_at_once_and_can_be_taken_back(late: ClassFolder) -> None:
    configure(late, ONE_A_DAY)
    grade(late, [PYTORCH], run=fake_engine)
    enough = extend(late, PYTORCH.name, "ana", timedelta(days=2))
    assert (enough.penalty_before, enough.penalty, enough.score) == (2, 0, 5)
    assert enough.due is not None
    assert timedelta(hours=11.9) < enough.due - datetime.now(UTC).replace(tzinfo=None) < timedelta(hours=12.1)
    assert gradebook.scores(late, PYTORCH) == {"ana": 5, "bob": 1}, "nobody else's time has changed"
    grade(late, [PYTORCH], run=fake_engine, regrade=True)
    assert gradebook.scores(late, PYTORCH) == {"ana": 5, "bob": 1}, "an extension survives a regrade"
    back = extend(late, PYTORCH.name, "ana", timedelta(0))
    assert (back.penalty_before, back.penalty, back.score) == (0, 2, 3)


def test_an_extension_that_is_too_short_still_costs_less(late: ClassFolder) -> None:
    configure(late, ONE_A_DAY)
    grade(late, [PYTORCH], run=fake_engine)
    assert extend(late, PYTORCH.name, "bob", timedelta(days=1)).penalty == 1


def test_without_a_due_date_nothing_is_extended_and_nothing_breaks(folder: ClassFolder, blank: dict[str, Any]) -> None:
    """nbgrader keeps such an extension, and then fails on the submission: the mark was lost to quarantine."""
    hand_in(folder, "ana", answered(blank))
    grade(folder, [PYTORCH], run=fake_engine)
    with pytest.raises(ClassError, match="no due date to extend"):
        extend(folder, PYTORCH.name, "ana", timedelta(days=1))
    assert gradebook.scores(folder, PYTORCH) == {"ana": 5}
    assert not grade(folder, [PYTORCH], run=fake_engine, regrade=True).quarantine
    assert extend(folder, PYTORCH.name, "ana", timedelta(0)).due is None


def test_the_command_says_what_changed_and_errors_are_said_in_words(late: ClassFolder) -> None:
    configure(late, ONE_A_DAY)
    with pytest.raises(ClassError, match="Grade first, then extend"):
        extend(late, PYTORCH.name, "ana", timedelta(days=1))
    grade(late, [PYTORCH], run=fake_engine)

    def command(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["extend", str(late.root), *arguments])

    done = command(PYTORCH.name, "ana", "--days", "2")
    assert done.exit_code == 0
    assert "penalty 2 before, 0 now; score 5" in done.output
    strange = command("99-none-pytorch", "ana", "--days", "2")
    assert (strange.exit_code, "has no assignment 99-none-pytorch" in strange.output) == (2, True)
    nobody = command(PYTORCH.name, "zoe", "--days", "2")
    assert (nobody.exit_code, "zoe has no graded hand-in" in nobody.output) == (2, True)
    assert not list(Path(late.root).glob("feedback/zoe*"))


def test_a_date_that_was_taken_away_from_under_an_extension_is_told_and_can_be_mended(late: ClassFolder) -> None:
    grade(late, [PYTORCH], run=fake_engine)
    extend(late, PYTORCH.name, "ana", timedelta(days=1))
    with Gradebook(f"sqlite:///{late.gradebook}", late.course_id) as book:
        book.find_assignment(PYTORCH.name).duedate = None
        book.db.commit()
    summary = grade(late, [PYTORCH], regrade=True, run=fake_engine)
    (entry,) = summary.quarantine
    assert entry.student == "ana"
    assert "has no due date any more" in entry.reason
    extend(late, PYTORCH.name, "ana", timedelta(0))
    assert grade(late, [PYTORCH], run=fake_engine).quarantine == []
    assert gradebook.scores(late, PYTORCH) == {"ana": 5, "bob": 3}
