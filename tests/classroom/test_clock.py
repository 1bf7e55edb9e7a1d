"""Fault 33: clocks that are set, time zones and daylight saving change no mark, no lateness and no stamp."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import answered, fake_engine, hand_in

from autograder.classroom import gradebook, record
from autograder.classroom.files import now
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import UNCHANGED, grade
from autograder.classroom.intake import release_notebook as release
from autograder.classroom.intake import take

PYTORCH = Assignment("00-try", "pytorch")


@pytest.fixture(params=["America/St_Johns", "Pacific/Apia", "Europe/Berlin"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine somewhere else."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_stamps_are_utc_wherever_the_machine_stands(folder: ClassFolder, blank: dict[str, Any], zone: str) -> None:
    hand_in(folder, "ana", answered(blank))
    grade(folder, [PYTORCH], run=fake_engine)
    known = record.load(folder, "ana", PYTORCH)
    assert known
    for stamp in (known.graded, known.received, now()):
        moment = datetime.fromisoformat(stamp).replace(tzinfo=UTC)
        assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5), zone


def test_a_file_from_the_future_was_received_now(folder: ClassFolder, blank: dict[str, Any]) -> None:
    """The student's clock is wrong, or the student has set the file's time."""
    path = hand_in(folder, "ana", answered(blank))
    for moment in (time.time() + 10**8, 0):
        os.utime(path, (moment, moment))
        received = take(folder, "ana", PYTORCH, release(folder, PYTORCH)).received
        assert abs(datetime.now(UTC) - datetime.fromisoformat(received).replace(tzinfo=UTC)) < timedelta(minutes=5)


def test_a_clock_that_is_set_back_between_runs_changes_nothing(
    folder: ClassFolder, blank: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.classroom import record as recording

    hand_in(folder, "ana", answered(blank))
    grade(folder, [PYTORCH], run=fake_engine)
    scores = gradebook.scores(folder, PYTORCH)
    monkeypatch.setattr(recording, "now", lambda: "1970-01-01 00:00:00")
    assert grade(folder, [PYTORCH], run=fake_engine).counts == {UNCHANGED: 1}
    grade(folder, [PYTORCH], run=fake_engine, regrade=True)
    assert gradebook.scores(folder, PYTORCH) == scores
