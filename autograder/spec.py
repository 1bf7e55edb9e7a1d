"""What an exercise is: a reference to compare with, cases to try, and the mistakes that students really make.

An exercise is a specification, not an assert. One object serves four uses: the student's check (public cases frozen to
`checks.json`), the grade (fresh cases from the class's secret seed), the test of the test, and the parity proof.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course import frameworks
from course.compare import Tolerance
from course.frameworks import TRACKS
from course.probes import PROBES, observe_case
from course.recipes import Trainable
from course.verdict import Band, Case, Expectation, Mistake, Observation, decide, differ

__all__ = ["Exercise", "Misconception", "SpecError", "Tolerance", "draw", "prove", "public"]

Inputs = dict[str, Any]
INPUT_DIGITS, EXPECTED_DIGITS = 6, 9


class SpecError(ValueError):
    """An exercise's specification is wrong, or cannot tell a mistake from a right answer."""


@dataclass(frozen=True)
class Misconception:
    """A mistake that students really make, as a wrong twin of the reference, with the hint that mends it.

    `twin` is written in NumPy like the reference; with `stateful` it is a factory called once per case. `keys` limits
    recognition to some observations, where the others are random. `tracks` says where the mistake can exist.
    """

    name: str
    twin: Callable[..., Any]
    hint: str
    tracks: tuple[str, ...] = TRACKS
    stateful: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """One graded slot. `cases` takes a NumPy generator and gives the inputs of each case, arguments in order.

    `bands` gives, for observations that are random, the lowest and highest value of a right answer.
    """

    name: str
    points: float
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], list[Inputs]]
    misconceptions: tuple[Misconception, ...] | list[Misconception] = ()
    probe: str = "function"
    options: dict[str, Any] = field(default_factory=dict)
    tolerance: Tolerance = Tolerance()
    bands: dict[str, Band] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise SpecError(f"{self.name!r} is no name of a function or class")
        if isinstance(self.points, bool) or not isinstance(self.points, (int, float)):
            raise SpecError(f"{self.name}: points are a number, not {self.points!r}")
        if not (math.isfinite(self.points) and self.points > 0):
            raise SpecError(f"{self.name}: points are positive and finite, not {self.points!r}")
        if self.probe not in PROBES:
            raise SpecError(f"{self.name}: there is no probe {self.probe!r}; there are {', '.join(sorted(PROBES))}")
        names = [m.name for m in self.misconceptions]
        if len(set(names)) != len(names):
            raise SpecError(f"{self.name}: two misconceptions have the same name")
        for m in self.misconceptions:
            if not m.hint.strip() or not set(m.tracks) <= set(TRACKS) or not m.tracks:
                raise SpecError(f"{self.name}: {m.name!r} needs a hint and known tracks")


def public(exercise: Exercise, lesson: str) -> Expectation:
    """The public cases: the same on every machine."""
    return draw(exercise, f"public/{lesson}/{exercise.name}")


def draw(exercise: Exercise, seed: str) -> Expectation:
    """Cases drawn from a text seed, with what the reference and each wrong twin give. Raises SpecError."""
    digest = hashlib.sha256(seed.encode()).digest()
    rng = np.random.default_rng(np.frombuffer(digest, np.uint32).tolist())
    expectation = Expectation(
        name=exercise.name,
        probe=exercise.probe,
        cases=(),
        mistakes=tuple(Mistake(m.name, m.hint, tuple(m.tracks), tuple(m.keys)) for m in exercise.misconceptions),
        tolerance=exercise.tolerance,
        bands=exercise.bands,
        options=exercise.options,
    )
    cases = tuple(_draw_case(exercise, tidy(inputs, INPUT_DIGITS), expectation) for inputs in exercise.cases(rng))
    if not cases:
        raise SpecError(f"{exercise.name}: there are no cases")
    return Expectation(**{**vars(expectation), "cases": cases})


def _draw_case(exercise: Exercise, inputs: Inputs, expectation: Expectation) -> Case:
    for name, value in inputs.items():
        if isinstance(value, np.generic):
            # No framework would turn it into its own tensor, and right answers would stumble over it.
            raise SpecError(f"{exercise.name}: the input {name} is a NumPy scalar; give a Python number or an array")
    # The oracle computes in float64; a twin in the case's own dtype, because overflow is part of some mistakes.
    expected = _observe(exercise, exercise.reference, widen(inputs))
    if "error" in expected:
        raise SpecError(f"{exercise.name}: the reference fails on a case: {expected['error']}")
    twins: list[Observation | None] = []
    for m in exercise.misconceptions:
        seen = _observe(exercise, m.twin() if m.stateful else m.twin, inputs)
        twins.append(tidy(seen, EXPECTED_DIGITS) if differ(expected, seen, expectation) else None)
    return Case(inputs, tidy(expected, EXPECTED_DIGITS), tuple(twins))


def _observe(exercise: Exercise, answer: Callable[..., Any], inputs: Inputs) -> Observation:
    with np.errstate(all="ignore"):
        return observe_case(exercise.probe, answer, inputs, frameworks.get("numpy"), exercise.options)


def tidy(tree: Any, digits: int) -> Any:
    """Floats rounded to some significant digits, so that committed files do not depend on the last bit of a machine."""
    if isinstance(tree, np.ndarray) and tree.dtype.kind == "f":
        flat = [float(f"{v:.{digits}g}") for v in tree.ravel().tolist()]
        return np.array(flat, dtype=tree.dtype).reshape(tree.shape)
    return _map(tree, lambda leaf: tidy(leaf, digits), lambda v: float(f"{v:.{digits}g}") if isinstance(v, float) else v)


def widen(tree: Any) -> Any:
    """The same tree with float64 for float32."""
    if isinstance(tree, np.ndarray) and tree.dtype == np.float32:
        return tree.astype(np.float64)
    return _map(tree, widen, lambda leaf: leaf)


def _map(tree: Any, branch: Callable[[Any], Any], leaf: Callable[[Any], Any]) -> Any:
    if isinstance(tree, dict):
        return {key: branch(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(branch(value) for value in tree)
    if isinstance(tree, Trainable) or type(tree).__name__ in ("Model", "Loader"):
        return type(tree)(**{key: branch(value) for key, value in vars(tree).items()})
    return leaf(tree)


def prove(exercise: Exercise, expectation: Expectation) -> None:
    """Check that the expectation can tell: the reference passes, every misconception fails as itself. Raises SpecError."""
    for track in TRACKS:
        again = [_observe(exercise, exercise.reference, case.inputs) for case in expectation.cases]
        verdict = decide(expectation, again, track)
        if not verdict.passed:
            raise SpecError(f"{exercise.name}: the reference fails its own cases ({verdict.difference or verdict.error})")
        for i, m in enumerate(exercise.misconceptions):
            if track not in m.tracks:
                continue
            seen = [case.expected if case.twins[i] is None else case.twins[i] for case in expectation.cases]
            verdict = decide(expectation, seen, track)
            if verdict.passed:
                raise SpecError(f"{exercise.name}: no case tells {m.name!r} from a right answer")
            if verdict.mistake is None or verdict.mistake.name != m.name:
                other = verdict.mistake.name if verdict.mistake else "nothing"
                raise SpecError(
                    f"{exercise.name}: {m.name!r} is recognised as {other!r}; put the rarer one first or add a case"
                )
