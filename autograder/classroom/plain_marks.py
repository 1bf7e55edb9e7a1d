"""What a test cell of asserts is worth: an error or none decides, and a plain number as its last value.

That is nbgrader's rule without its accidents: what is printed, logged or shown counts for nothing, and a value which is some
other kind of number is no score at all but a question to the author.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from html import escape
from typing import Any

from autograder.classroom.errors import Refused
from autograder.classroom.files import now
from autograder.classroom.outputs import BEGIN, END, Output, error, harmless, short
from autograder.classroom.plain import VERSION, PlainPlan, code_cells, is_test
from autograder.classroom.plain_intake import PlainSubmission
from autograder.classroom.rebuild import Cell, grading
from autograder.classroom.record import Record
from autograder.engine.work import FAILED, OK, Outcome, StepResult
from autograder.judge import Mark

HIDDEN = "A hidden test failed."
# Code that has no business in an answer to most exercises. A hit changes no mark: a person should look.
ODD = re.compile(
    r"\b(?:_getframe|currentframe|f_back|tb_frame|f_locals|f_globals|settrace|setprofile|addaudithook|gc\.get_\w+|ctypes|"
    r"get_ipython|sys\.modules|__subclasses__|__code__|__globals__|builtins|ast_transformers|set_custom_exc|showtraceback|"
    r"displayhook|__torch_function__|__array_function__|autograder|\.pid\b|/proc/)"
)


class NoScore(Refused):
    """The last value of a test cell is a number of a kind that is no score."""


def score_of(name: str, points: float, result: StepResult | None) -> float:
    """The score of the test cell `name`. Raises NoScore."""
    if result is None or result.status != OK:
        return 0.0
    value = result.value
    if value is None or not value.number:
        return points
    if value.type not in ("int", "float"):
        raise NoScore(_words(name, points, f"{value.text} of the type {value.type}"))
    try:
        score = float(value.text)
    except ValueError:
        raise NoScore(_words(name, points, "a number that cannot be read")) from None
    if not math.isfinite(score) or not 0 <= score <= points:
        raise NoScore(_words(name, points, value.text))
    return score


def _words(name: str, points: float, what: str) -> str:
    return (
        f"the test cell {name} ends with {what}. A score is a plain float from 0 to {points:g}: end the cell with float(...), "
        "or with an assert when there is nothing between none and all"
    )


def judge(submission: PlainSubmission, plan: PlainPlan, outcomes: dict[str, Outcome]) -> Record:
    """The record of a run; `outcomes` by notebook. Raises NoScore."""
    marks: list[Mark] = []
    outputs: dict[str, list[Output]] = {}
    flags = list(submission.flags)
    for name, notebook in submission.notebooks.items():
        results = {result.cell_id: result for result in outcomes[name].results}
        for cell in notebook["cells"]:
            result = results.get(cell["id"])
            if is_test(cell):
                mark = mark_of(cell, result)
                marks.append(mark)
                flags += flags_of(mark.exercise, result)
                shown = test_outputs(cell, mark.score, result)
            else:
                shown = cell_outputs(result)
            if shown:
                outputs[f"{name}/{cell['id']}"] = shown
        flags += odd_code(notebook, plan.notebooks[name])
    return Record(
        student=submission.student,
        assignment=plan.name,
        fingerprint=fingerprint(submission, plan),
        received=submission.received,
        claimed=submission.claimed,
        graded=now(),
        marks=marks,
        outputs=outputs,
        seconds=round(sum(outcome.seconds for outcome in outcomes.values()), 3),
        notes=submission.notes,
        flags=flags,
    )


def fingerprint(submission: PlainSubmission, plan: PlainPlan) -> str:
    """The same for submissions that would be run and judged the same."""
    sources = {name: [[c["id"], c["cell_type"], c["source"]] for c in nb["cells"]] for name, nb in submission.notebooks.items()}
    files = {name: hashlib.sha256(data).hexdigest() for name, data in submission.files.items()}
    content = json.dumps([VERSION, plan.fingerprint, sources, files], sort_keys=True)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def mark_of(cell: Cell, result: StepResult | None) -> Mark:
    """The mark of a test cell. Raises NoScore."""
    name, points = grading(cell)["grade_id"], float(grading(cell)["points"])
    score = score_of(name, points, result)
    reason = "" if score == points else _reason(cell, result)
    headline = f"{'✔' if score == points else '✘'} {name}: {score:g} of {points:g}"
    words = f"{headline}\n  {reason}" if reason else headline
    status = result.status if result else FAILED
    return Mark(
        name, points, score, status, words, f"<pre>{escape(words)}</pre>", headline, seconds=result.seconds if result else 0.0
    )


def _reason(cell: Cell, result: StepResult | None) -> str:
    if result is None:
        return "This test was not reached."
    if result.status == OK:
        return "Part of the points."
    return HIDDEN if in_hidden_tests(cell["source"], result.line) else result.reason


def in_hidden_tests(source: str, line: int) -> bool:
    """Whether a line, counted from 1, lies in a hidden part of a test cell; an unknown line of a cell with one does."""
    inside = False
    for number, text in enumerate(source.splitlines(), 1):
        inside = (inside or BEGIN in text) and END not in text
        if inside and (number == line or line == 0):
            return True
    return False


def test_outputs(cell: Cell, score: float, result: StepResult | None) -> list[Output]:
    """Outputs of a test cell from which nbgrader itself reads this very score: an error for none, a result for a part."""
    points = float(grading(cell)["points"])
    if result is None or result.status != OK:
        reason = _reason(cell, result)
        kind = result.reason.partition(":")[0] if result and result.status == FAILED else "Stopped"
        own = [output for output in harmless(result.outputs) if output["output_type"] == "error"] if result else []
        if own and reason != HIDDEN:
            return quiet(result.outputs if result else []) + own[:1]
        return [error(kind if kind.isidentifier() else "Error", reason, [f"{kind}: {short(reason)}"])]
    shown = [] if BEGIN in cell["source"] else quiet(result.outputs)
    if score == points:
        return shown
    part = {"output_type": "execute_result", "data": {"text/plain": repr(score)}, "metadata": {}, "execution_count": None}
    return [part, *shown]


def quiet(outputs: list[Any]) -> list[Output]:
    """Outputs without those that nbgrader would take for a score: stderr as stdout, and no results or errors."""
    kept = [output for output in harmless(outputs) if output["output_type"] in ("stream", "display_data")]
    return [{**output, "name": "stdout"} if output["output_type"] == "stream" else output for output in kept]


def cell_outputs(result: StepResult | None) -> list[Output]:
    """Outputs of any other cell."""
    if result is None:
        return []
    shown = harmless(result.outputs)
    if result.status not in (OK, FAILED) and result.reason:
        shown.append(error("Stopped", result.reason, [result.reason]))
    return shown


def flags_of(name: str, result: StepResult | None) -> list[str]:
    """What a person should know about a test's run."""
    if result is None or not result.changed:
        return []
    return [f"before or while {name} ran, the notebook had changed: {', '.join(map(short, result.changed[:8]))}"]


def odd_code(notebook: Any, release: Any) -> list[str]:
    """A flag when a student's own code reaches for what answers seldom need."""
    given = " ".join(text for _, text in code_cells(release))
    own = [text for cell, text in code_cells(notebook) if not is_test(cell)]
    found = {hit for text in own for hit in ODD.findall(text) if hit not in given}
    return [f"unusual code: {', '.join(sorted(found))}"] if found else []
