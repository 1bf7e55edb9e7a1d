"""The judge: specifications and a class's secret on one side, observations on the other, marks as the result.

Expected values, fresh cases and misconceptions live here, in the grader's own process, and never where a student's code
runs. What comes from there is data to be doubted: it can be wrong in any way without stopping anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.engine.work import OK, ProbeStep, StepResult
from autograder.spec import Exercise, SpecError, draw, prove
from course import render
from course.codec import encode
from course.verdict import ERROR, Expectation, decide

DRAWS = 20


@dataclass(frozen=True)
class Mark:
    """What an exercise gets, and why. `words` and `html` go to the student and show no hidden case."""

    exercise: str
    points: float
    score: float
    status: str
    words: str
    html: str
    headline: str
    mistake: str = ""
    hint: str = ""
    seconds: float = 0.0


def fresh(exercise: Exercise, seed: str) -> Expectation:
    """Cases drawn from a secret seed that can tell every misconception from a right answer. Raises SpecError.

    A draw may by chance miss what tells one mistake; then the next one is taken, the same for the whole class.
    """
    problem: SpecError | None = None
    for attempt in range(DRAWS):
        expectation = draw(exercise, f"{seed}/{exercise.name}/{attempt}")
        try:
            prove(exercise, expectation)
        except SpecError as error:
            problem = error
            continue
        return expectation
    raise SpecError(f"{DRAWS} draws of cases cannot tell: {problem}")


def probe_step(cell_id: str, expectation: Expectation) -> ProbeStep:
    """What a worker needs to know to probe an answer: the inputs, and nothing about right and wrong."""
    cases = [encode(case.inputs, binary=True) for case in expectation.cases]
    return ProbeStep(cell_id, expectation.name, expectation.probe, dict(expectation.options), cases)


def mark(exercise: Exercise, expectation: Expectation, result: StepResult | None, track: str) -> Mark:
    """The mark for what a probe saw. A step that did not end well gets 0, with the engine's reason."""
    if result is None or result.status != OK:
        reason = result.reason if result and result.reason else "This check was not reached."
        return _failed(exercise, result, reason)
    observations = result.observations
    total = len(expectation.cases)
    if not isinstance(observations, list) or len(observations) != total or not all(map(_is_observation, observations)):
        return _failed(exercise, result, "What came back from your answer could not be read.")
    verdict = decide(expectation, observations, track)
    return Mark(
        exercise=exercise.name,
        points=exercise.points,
        score=exercise.points if verdict.passed else 0.0,
        status=verdict.status,
        words=render.text(verdict, secret=True),
        html=render.html(verdict, secret=True),
        headline=render.headline(verdict),
        mistake=verdict.mistake.name if verdict.mistake else "",
        hint=verdict.mistake.hint if verdict.mistake else "",
        seconds=result.seconds,
    )


def _is_observation(seen: Any) -> bool:
    return isinstance(seen, dict) and all(isinstance(key, str) for key in seen)


def _failed(exercise: Exercise, result: StepResult | None, reason: str) -> Mark:
    headline = f"✘ {exercise.name}: not yet right"
    return Mark(
        exercise=exercise.name,
        points=exercise.points,
        score=0.0,
        status=result.status if result and result.status != OK else ERROR,
        words=f"{headline}\n  Problem: {reason}",
        html="",
        headline=headline,
        seconds=result.seconds if result else 0.0,
    )
