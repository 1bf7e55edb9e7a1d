"""The test of the test: run a lesson's reference and known answers in a track, and see that each gets its due verdict."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.authoring import known
from autograder.authoring.source import Lesson
from autograder.spec import draw, public
from course import frameworks
from course.compare import Difference, compare
from course.frameworks import TRACKS
from course.probes import observe
from course.verdict import Expectation, Observation, Verdict, decide

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Row:
    """One answer of the matrix: what it is, the verdict due and the verdict given."""

    exercise: str
    track: str
    label: str
    right: bool
    verdict: Verdict

    @property
    def ok(self) -> bool:
        """Right answers pass; each mistake fails and is called by its own name."""
        if self.right:
            return self.verdict.passed
        return not self.verdict.passed and self.verdict.mistake is not None and self.verdict.mistake.name == self.label

    @property
    def given(self) -> str:
        if self.verdict.mistake:
            return self.verdict.mistake.name
        return self.verdict.status


def namespace(lesson: Lesson, track: str) -> dict[str, Any]:
    """The imports, functions and classes of a track's script, without its demonstrations (which take time)."""
    names: dict[str, Any] = {"__name__": f"tandem_{track}"}
    for slot in lesson.tracks[track].values():
        tree = ast.parse(slot.source)
        tree.body = [node for node in tree.body if isinstance(node, DEFINITIONS) or _is_constant(node)]
        exec(compile(tree, str(lesson.path / f"{track}.py"), "exec"), names)
    return names


def _is_constant(node: ast.stmt) -> bool:
    """Whether a statement gives names a literal (`lr = 0.1`), and is not one that writes into something (`x[0] = 7`)."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and all(isinstance(target, ast.Name) for target in node.targets)
    )


def run(source: str, names: dict[str, Any], name: str) -> Any:
    """The object called `name` after running a piece of code over a copy of the names."""
    names = dict(names)
    exec(compile(source, "<answer>", "exec"), names)
    return names[name]


def verdict(expectation: Expectation, answer: Any, track: str) -> Verdict:
    """The verdict on an object, run in this process: for answers of our own only."""
    return decide(expectation, see(expectation, answer, track), track)


def see(expectation: Expectation, answer: Any, track: str) -> list[Observation]:
    """The observations of an object on an expectation's cases."""
    cases = [case.inputs for case in expectation.cases]
    return observe(expectation.probe, answer, cases, frameworks.get(track), expectation.options)


def matrix(lesson: Lesson, track: str, seed: str = "") -> Iterator[Row]:
    """Every known answer of a lesson's track against the public cases, or against fresh ones from a seed.

    A misconception without a known answer in a track where it can exist counts as not caught.
    """
    names = namespace(lesson, track)
    answers = known.load(lesson, track)
    for exercise in lesson.exercises.values():
        expectation = draw(exercise, f"{seed}/{exercise.name}") if seed else public(exercise, lesson.name)
        yield Row(exercise.name, track, "the reference answer", True, verdict(expectation, names[exercise.name], track))
        mine = [answer for answer in answers if answer.exercise == exercise.name]
        for answer in mine:
            given = verdict(expectation, run(answer.source, names, exercise.name), track)
            yield Row(exercise.name, track, answer.label, answer.right, given)
        planted = {answer.label for answer in mine if not answer.right}
        for m in exercise.misconceptions:
            if track in m.tracks and m.name not in planted:
                yield Row(exercise.name, track, m.name, False, Verdict("not planted", exercise.name, len(expectation.cases)))


def parity(lesson: Lesson, seed: str) -> Iterator[tuple[str, Difference | None]]:
    """For each exercise, the first difference between the two tracks' reference answers on fresh cases.

    Banded observations are random and differ by nature; each track's are held to the band by the matrix.
    """
    names = {track: namespace(lesson, track) for track in TRACKS}
    for exercise in lesson.exercises.values():
        expectation = draw(exercise, f"{seed}/{exercise.name}")
        seen = {track: see(expectation, names[track][exercise.name], track) for track in TRACKS}
        differences = (
            compare(_without_bands(one, expectation), other, expectation.tolerance)
            for one, other in zip(seen["pytorch"], seen["tensorflow"], strict=True)
        )
        yield exercise.name, next((d for d in differences if d), None)


def _without_bands(seen: Observation, expectation: Expectation) -> Observation:
    return {key: value for key, value in seen.items() if key not in expectation.bands}


def spread(lesson: Lesson, track: str, seed: str) -> Iterator[tuple[str, float]]:
    """For each exercise, the largest deviation of a right answer from the oracle, as a share of what is tolerated.

    Right answers are the reference answer and the known ones. A share near 1 means the tolerance is too tight.
    """
    names = namespace(lesson, track)
    right = [answer for answer in known.load(lesson, track) if answer.right]
    for exercise in lesson.exercises.values():
        expectation = draw(exercise, f"{seed}/{exercise.name}")
        answers = [names[exercise.name]]
        answers += [run(answer.source, names, exercise.name) for answer in right if answer.exercise == exercise.name]
        worst = 0.0
        for answer in answers:
            for case, seen in zip(expectation.cases, see(expectation, answer, track), strict=True):
                worst = max(worst, _share(_without_bands(case.expected, expectation), seen, expectation))
        yield exercise.name, worst


def _share(expected: Any, received: Any, expectation: Expectation) -> float:
    if isinstance(expected, dict):
        return max((_share(value, received.get(key), expectation) for key, value in expected.items()), default=0.0)
    if isinstance(expected, list):
        return max((_share(e, r, expectation) for e, r in zip(expected, received, strict=True)), default=0.0)
    if isinstance(expected, (bool, str)) or expected is None:
        return 0.0
    e, r = np.asarray(expected, dtype=np.float64), np.asarray(received, dtype=np.float64)
    finite = np.isfinite(e)
    allowed = expectation.tolerance.atol + expectation.tolerance.rtol * np.abs(e[finite])
    return float(np.max(np.abs(r[finite] - e[finite]) / allowed, initial=0.0))
