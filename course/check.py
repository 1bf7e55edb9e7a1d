"""The student's check: public cases, an instant verdict in the notebook, and the name of the mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from course import frameworks, kernel, progress, quiz, render
from course.codec import CodecError
from course.frozen import thaw
from course.probes import observe
from course.verdict import Verdict, decide


class NotYet(AssertionError):
    """A check that does not pass. In a notebook it shows as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:  # IPython asks the exception itself how to show it
        return [str(self)]


class CheckError(Exception):
    """The check itself could not be made: no such exercise, or its file is missing or damaged."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Checker:
    """Checks the exercises of one lesson in one track; made by `course.start`."""

    def __init__(self, path: Path, track: str) -> None:
        self.path, self.track = path, track
        try:
            self.data = json.loads(path.read_text(encoding="utf-8"))
            self.exercises = {item["name"]: item for item in self.data["exercises"]}
        except FileNotFoundError:
            raise CheckError(f"{path} is missing: open the notebook in its own lesson folder.") from None
        except (ValueError, KeyError, TypeError) as error:
            raise CheckError(f"{path} is damaged ({error}): take a fresh copy of the lesson's folder.") from None
        self.verdicts: dict[str, Verdict] = {}

    def __repr__(self) -> str:
        done = sum(verdict.passed for verdict in self.verdicts.values())
        return f"<{self.data['lesson']}, {self.track}: {done} of {len(self.exercises)} exercises pass their public cases>"

    def verdict(self, name: str, answer: Any) -> Verdict:
        """The verdict on the public cases, without showing or raising anything."""
        if name not in self.exercises:
            raise CheckError(f"There is no exercise {name!r} in this lesson. There are: {', '.join(self.exercises)}.")
        try:
            expectation = thaw(self.exercises[name])
        except CodecError as error:
            raise CheckError(f"{self.path} is damaged ({error}): take a fresh copy of the lesson's folder.") from None
        framework = frameworks.get(self.track)
        cases = [case.inputs for case in expectation.cases]
        return decide(expectation, observe(expectation.probe, answer, cases, framework, expectation.options), self.track)

    def __call__(self, name: str, answer: Any) -> None:
        """Show the verdict on an answer; raise NotYet unless it passes. Returns None: nbgrader reads a value as a score."""
        if kernel.broken(name):
            self.verdicts.pop(name, None)
            progress.record(self.path, self.data["lesson"], self.track, name, False)
            raise NotYet(f"✘ {name}: Python cannot read the cell with your answer. Mend the error that it shows, and run both.")
        verdict = self.verdicts[name] = self.verdict(name, answer)
        progress.record(self.path, self.data["lesson"], self.track, name, verdict.passed)
        show(render.html(verdict), render.text(verdict))
        if not verdict.passed:
            raise NotYet(render.headline(verdict))

    def quiz(self, part: str) -> None:
        """Show the quiz "pre" or "post" of the lesson."""
        if part not in self.data.get("quiz", {}):
            raise CheckError(f"There is no quiz {part!r}: choose 'pre' or 'post'.")
        questions = self.data["quiz"][part]
        show(quiz.html(questions), quiz.text(questions))

    def summary(self) -> None:
        """Show how each exercise stands since the notebook was started, and what passed in an earlier session."""
        verdicts = {name: self.verdicts.get(name) for name in self.exercises}
        earlier = progress.earlier(self.path, self.data["lesson"], self.track)
        show(render.summary_html(verdicts, earlier), render.summary_text(verdicts, earlier))


def show(html: str, text: str) -> None:
    """Display HTML in a notebook, text elsewhere."""
    if kernel.shell() is not None:
        from IPython.display import display

        display({"text/html": html, "text/plain": text}, raw=True)
    else:
        print(text)
