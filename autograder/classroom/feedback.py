"""Feedback pages, made by nbgrader's own converter; for a class by a second process, while the next submission is marked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from autograder.classroom import gradebook
from autograder.classroom.converters import convert, settings_of
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import Assignment, ClassFolder, Plain
from autograder.classroom.pages import feedback_template, html_exporter
from autograder.classroom.record import Record
from autograder.classroom.transaction import Undone, one_transaction

FEW = 6
"""For fewer pages than this a second process is not worth its start."""
STUCK_SECONDS = 60.0
"""Without a single page for so long, the second process is given up."""


def write(folder: ClassFolder, assignment: Assignment, student: str) -> None:
    """Write the page of a submission that the gradebook knows. Raises ClassError."""
    try:
        # One opening of the gradebook instead of three.
        with one_transaction(folder):
            _write(folder, assignment, student, tries=1)
    except (ClassError, Undone):
        _write(folder, assignment, student)


def _write(folder: ClassFolder, assignment: Assignment, student: str, tries: int | None = None) -> None:
    from nbgrader.converters import GenerateFeedback

    own = _steps(folder) if isinstance(assignment, Plain) else {}
    look, page = feedback_template(), html_exporter()
    convert(folder, GenerateFeedback, assignment, student, force=True, tries=tries, defaults=look, exporter_class=page, **own)


def _steps(folder: ClassFolder) -> dict[str, list[str]]:
    """The steps of feedback that nbgrader_config.py names, behind those which keep hidden tests hidden."""
    default = ["nbgrader.preprocessors.GetGrades", "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor"]
    named = settings_of(folder).get("GenerateFeedback", {}).get("preprocessors", default)
    named = named if isinstance(named, list) else default
    ours = ["autograder.classroom.stock.QuietAfterChecks", "autograder.classroom.stock.HiddenTestsStayHidden"]
    return {"preprocessors": [*ours, *(step for step in named if step not in ours)]}


class Pages:
    """Writes the pages of a run. Whatever the second process leaves undone, this one does at the end.

    A record counts as saved when its page is there as well: then, and not before, `gradebook.confirm` is called.
    """

    def __init__(self, folder: ClassFolder, expected: int, hands: Mapping[str, Mapping[str, str]]) -> None:
        """`expected` pages, about; `hands` is by assignment what `gradebook.by_hand` said before any of them."""
        self.folder, self.hands = folder, hands
        self.failed: list[tuple[Record, str]] = []
        """Records whose page could not be written, and why; complete when the run has ended."""
        self._pending: dict[tuple[str, str], Record] = {}
        self._helper = _start(folder) if expected >= FEW else None
        self._listener = threading.Thread(target=self._listen, daemon=True)
        if self._helper:
            self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._helper:
            self._end(self._helper)
        for known in list(self._pending.values()) if kind is None else ():
            self._here(known)

    def write(self, record: Record) -> None:
        """Have a page written, now or soon."""
        if not self._helper:
            self._here(record)
            return
        self._pending[record.assignment, record.student] = record
        with suppress(OSError):  # where it has died, the page is written at the end
            print(json.dumps([record.assignment, record.student]), file=self._helper.stdin, flush=True)

    def _here(self, record: Record) -> None:
        try:
            write(self.folder, self.folder.assignments[record.assignment], record.student)
            self._confirm(record)
        except (ClassError, OSError) as error:
            self.failed.append((record, str(error)))

    def _confirm(self, record: Record) -> None:
        gradebook.confirm(self.folder, record, self.hands[record.assignment].get(record.student, ""))

    def _listen(self) -> None:
        assert self._helper and self._helper.stdout
        for line in self._helper.stdout:
            with suppress(OSError, ValueError):  # what is not confirmed is written once more at the end
                assignment, student = json.loads(line)
                self._confirm(self._pending[assignment, student])
                del self._pending[assignment, student]

    def _end(self, helper: subprocess.Popen[str]) -> None:
        with suppress(OSError):
            helper.stdin.close()  # type: ignore[union-attr]
        left = -1
        while self._listener.is_alive() and left != len(self._pending):
            left = len(self._pending)
            self._listener.join(STUCK_SECONDS)
        helper.kill()
        helper.wait()
        self._listener.join()
        helper.stdout.close()  # type: ignore[union-attr]


def _start(folder: ClassFolder) -> subprocess.Popen[str]:
    # A session of its own: Ctrl-C reaches the grader only, which then lets this one finish what is in hand.
    call = f"from autograder.classroom.feedback import serve; serve({str(folder.root)!r}, {os.getpid()})"
    return subprocess.Popen(
        [sys.executable, "-P", "-c", call],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def serve(root: str, grader: int) -> None:
    """The second process: a page for each line of stdin, whose line is repeated on stdout when the page is there.

    It ends with its grader, so that the next grader is alone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = ClassFolder.open(Path(root))
    requests, answers = sys.stdin, _private_stdout()
    for line in requests:
        if os.getppid() != grader:
            return
        name, student = json.loads(line)
        try:
            write(folder, folder.assignments[name], student)
        except ClassError:
            continue  # the grader tries again, and says why when that fails too
        print(line, end="", file=answers, flush=True)


def _private_stdout() -> IO[str]:
    """The pipe to the grader; whatever a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers
