"""What an exercise is: a reference to compare with, cases to try, and the mistakes that students really make.

An exercise is a specification, not an assert. One object serves four uses: the student's check (public cases frozen to
`checks.json`), the grade (fresh cases from the class's secret seed), the test of the test, and the parity proof.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from course import frameworks
from course.compare import Tolerance
from course.frameworks import TRACKS
from course.probes import PROBES, observe_case
from course.probes.base import describe_error
from course.recipes import Trainable
from course.verdict import Band, Case, Expectation, Mistake, Observation, Verdict, decide, differ

__all__ = ["Exercise", "Labelled", "Misconception", "SpecError", "Tolerance", "draw", "prove", "public"]

Inputs = dict[str, Any]
INPUT_DIGITS, EXPECTED_DIGITS = 6, 9
NEAR = 1e-3  # how far apart float32 and float64 may be and still mean the same number


class SpecError(ValueError):
    """An exercise's specification is wrong, or cannot tell a mistake from a right answer."""


@dataclass(frozen=True)
class Misconception:
    """A mistake that students really make, as a wrong twin of the reference, with the hint that mends it.

    `twin` is written in NumPy like the reference; with `stateful` it is a factory called once per case. `keys` limits
    recognition to some observations, where the others are random. `tracks` says where the mistake can exist. `share`
    recognises predicted labels by how many of them are right, from and to, where which ones is chance.
    """

    name: str
    twin: Callable[..., Any]
    hint: str
    tracks: tuple[str, ...] = TRACKS
    stateful: bool = False
    keys: tuple[str, ...] = ()
    share: Band | None = None


@dataclass(frozen=True)
class Labelled:
    """A case whose right labels are known rather than computed: held-out examples. The labels stay with the judge.

    On the judge's side they take the place of the one input: the reference gets labels and gives them back (`truth`), and a
    wrong twin is what a mistake makes of them. No model need be trained to know what is right, nor to say what is wrong.
    """

    inputs: Inputs
    labels: np.ndarray

    def __post_init__(self) -> None:
        if len(self.inputs) != 1 or self.labels.dtype != np.int64 or self.labels.ndim != 1 or not self.labels.size:
            raise SpecError("a labelled case has one input, the examples, and labels (examples,) int64")

    def stand_in(self) -> Inputs:
        """The labels under the input's name."""
        return dict.fromkeys(self.inputs, self.labels)


def truth(labels: np.ndarray) -> np.ndarray:
    """The reference of an exercise with labelled cases: the labels themselves."""
    return labels


@dataclass(frozen=True)
class Exercise:
    """One graded slot. `cases` takes a NumPy generator and gives the inputs of each case, arguments in order.

    `bands` gives, for observations that are random, the lowest and highest value of a right answer. `accuracy` gives, for
    observations that are labels predicted for held-out examples, the share that must be right; such cases are Labelled.
    `public_cases` takes the place of `cases` for the student's check: where the cases that grade must not be handed out.
    """

    name: str
    points: float
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], list[Inputs] | list[Labelled]]
    misconceptions: tuple[Misconception, ...] | list[Misconception] = ()
    probe: str = "function"
    options: dict[str, Any] = field(default_factory=dict)
    tolerance: Tolerance = Tolerance()
    bands: dict[str, Band] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)
    public_cases: Callable[[np.random.Generator], list[Inputs] | list[Labelled]] | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise SpecError(f"{self.name!r} is no name of a function or class")
        if isinstance(self.points, bool) or not isinstance(self.points, (int, float)):
            raise SpecError(f"{self.name}: points are a number, not {self.points!r}")
        if not (math.isfinite(self.points) and self.points > 0):
            raise SpecError(f"{self.name}: points are positive and finite, not {self.points!r}")
        if self.probe not in PROBES:
            raise SpecError(f"{self.name}: there is no probe {self.probe!r}; there are {', '.join(sorted(PROBES))}")
        if not all(0 < least <= 1 for least in self.accuracy.values()):
            raise SpecError(f"{self.name}: an accuracy is a share above 0 and up to 1")
        if not (callable(self.reference) and callable(self.cases)):
            raise SpecError(f"{self.name}: reference and cases are functions; cases takes a random generator")
        if not isinstance(self.tolerance, Tolerance):
            raise SpecError(f"{self.name}: the tolerance is a Tolerance(rtol=..., atol=...), not {self.tolerance!r}")
        self._check_misconceptions()

    def _check_misconceptions(self) -> None:
        for m in self.misconceptions:
            if not isinstance(m, Misconception):
                raise SpecError(f"{self.name}: misconceptions are Misconception(name, twin, hint), not {m!r}")
        names = [m.name for m in self.misconceptions]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise SpecError(f"{self.name}: two misconceptions have the same name, {twice!r}")
        for m in self.misconceptions:
            if m.share and not (self.accuracy and 0 <= m.share[0] <= m.share[1] < min(self.accuracy.values())):
                raise SpecError(f"{self.name}: the share of {m.name!r} lies below the accuracy of a right answer")
            if not m.hint.strip():
                raise SpecError(f"{self.name}: {m.name!r} needs a hint: what is wrong with the result, and what to do")
            if isinstance(m.tracks, str) or not set(m.tracks) <= set(TRACKS) or not m.tracks:
                raise SpecError(f'{self.name}: tracks of {m.name!r} are like ("pytorch",), of {", ".join(TRACKS)}')


def public(exercise: Exercise, lesson: str) -> Expectation:
    """The public cases: the same on every machine."""
    if exercise.public_cases:
        exercise = replace(exercise, cases=exercise.public_cases)
    return draw(exercise, f"public/{lesson}/{exercise.name}")


def draw(exercise: Exercise, seed: str) -> Expectation:
    """Cases drawn from a text seed, with what the reference and each wrong twin give. Raises SpecError."""
    digest = hashlib.sha256(seed.encode()).digest()
    rng = np.random.default_rng(np.frombuffer(digest, np.uint32).tolist())
    expectation = Expectation(
        name=exercise.name,
        probe=exercise.probe,
        cases=(),
        mistakes=tuple(Mistake(m.name, m.hint, tuple(m.tracks), tuple(m.keys), m.share) for m in exercise.misconceptions),
        tolerance=exercise.tolerance,
        bands=exercise.bands,
        options=exercise.options,
        accuracy=exercise.accuracy,
    )
    cases = tuple(_draw_case(exercise, drawn, expectation) for drawn in _inputs(exercise, rng))
    if all(case.expected.get("value", case) is None for case in cases):
        raise SpecError(f"{exercise.name}: the reference gives None on every case; does it lack a `return`?")
    return Expectation(**{**vars(expectation), "cases": cases})


def _inputs(exercise: Exercise, rng: np.random.Generator) -> list[Inputs | Labelled]:
    """What the exercise's cases draw, if it is a list of cases. Raises SpecError."""
    try:
        drawn = list(exercise.cases(rng))
    except Exception as error:
        raise SpecError(
            f"{exercise.name}: the function that draws the cases fails: {_in_words(describe_error(error))}"
        ) from None
    if not drawn:
        raise SpecError(f"{exercise.name}: there are no cases")
    for case in drawn:
        if not isinstance(case, (dict, Labelled)):
            what = "cases are a list of dicts, the inputs of each by name"
            raise SpecError(f"{exercise.name}: {what}; here is one that is of type {type(case).__name__}")
    return drawn


def _in_words(error: dict[str, str]) -> str:
    """What happened, and in which line of the author's."""
    return f"{error.get('type')}: {error.get('message')}" + (f" ({error['line']})" if error.get("line") else "")


def _draw_case(exercise: Exercise, drawn: Inputs | Labelled, expectation: Expectation) -> Case:
    if isinstance(drawn, Labelled) != bool(exercise.accuracy):
        raise SpecError(f"{exercise.name}: an exercise with an accuracy has Labelled cases, and no other has")
    given = drawn.inputs if isinstance(drawn, Labelled) else drawn
    inputs = tidy(given, INPUT_DIGITS)
    known = drawn.stand_in() if isinstance(drawn, Labelled) else inputs
    for name, value in inputs.items():
        if isinstance(value, np.generic):
            # No framework would turn it into its own tensor, and right answers would stumble over it.
            raise SpecError(f"{exercise.name}: the input {name} is a NumPy scalar; give a Python number or an array")
    # The oracle computes in float64; a twin also in the case's own dtype, because overflow is part of some mistakes.
    expected = _observe(exercise, exercise.reference, widen(known))
    if "error" in expected:
        raise SpecError(f"{exercise.name}: {_failure(exercise, inputs, expected['error'])}")
    twins: list[Observation | None] = []
    for m in exercise.misconceptions:
        seen, wide = (_observe(exercise, m.twin() if m.stateful else m.twin, i) for i in (known, widen(known)))
        if seen.get("error", {}).get("type") == "NameError":
            # A mistake of the author's, not of a student's: it would match every answer that fails.
            raise SpecError(f"{exercise.name}: the twin of {m.name!r} does not run: {_in_words(seen['error'])}")
        steady = steadied(seen, wide)
        wrong = differ(expected, steady, expectation) is not None
        twins.append(tidy(_recognisable(steady, m), EXPECTED_DIGITS) if wrong else None)
    return Case(inputs, tidy(expected, EXPECTED_DIGITS), tuple(twins))


def _failure(exercise: Exercise, inputs: Inputs, error: dict[str, str]) -> str:
    """Why there is nothing to expect: the reference fails, or the probe looks for an input that the case does not have."""
    if error["type"] == "KeyError" and not error["line"]:
        there = ", ".join(map(str, inputs))
        return f"the probe {exercise.probe!r} wants an input {error['message']}; the cases have {there}. See course/probes/"
    return f"the reference fails on a case: {_in_words(error)}"


def _recognisable(seen: Observation, misconception: Misconception) -> Observation:
    """Only what recognition looks at: the rest may be random, or rounding noise, and different on every machine."""
    if "error" in seen or not misconception.keys:
        return seen
    return {key: seen[key] for key in misconception.keys}


def _observe(exercise: Exercise, answer: Callable[..., Any], inputs: Inputs) -> Observation:
    with np.errstate(all="ignore"):
        return observe_case(exercise.probe, answer, inputs, frameworks.get("numpy"), exercise.options)


def tidy(tree: Any, digits: int) -> Any:
    """Floats rounded to some significant digits, so that committed files do not depend on the last bit of a machine."""
    if isinstance(tree, np.ndarray) and tree.dtype.kind == "f":
        flat = [float(f"{v:.{digits}g}") for v in tree.ravel().tolist()]
        return np.array(flat, dtype=tree.dtype).reshape(tree.shape)
    return _map(tree, lambda leaf: tidy(leaf, digits), lambda v: float(f"{v:.{digits}g}") if isinstance(v, float) else v)


def steadied(seen: Any, wide: Any) -> Any:
    """`seen`, computed in float32, with the float64 values of `wide` wherever the two nearly agree.

    The last bits of float32 differ from one processor to the next; those of float64 vanish when the values are rounded.
    """
    if isinstance(seen, np.ndarray) and isinstance(wide, np.ndarray) and seen.dtype.kind == wide.dtype.kind == "f":
        if seen.shape != wide.shape:
            return seen
        near = np.isclose(seen, wide, rtol=NEAR, atol=NEAR, equal_nan=True)
        with np.errstate(over="ignore"):
            return np.where(near, wide.astype(seen.dtype), seen)
    if isinstance(seen, (float, np.floating)) and isinstance(wide, (float, np.floating)):
        return float(wide if math.isclose(seen, wide, rel_tol=NEAR, abs_tol=NEAR) else seen)
    if isinstance(seen, dict) and isinstance(wide, dict):
        return {key: steadied(value, wide[key]) if key in wide else value for key, value in seen.items()}
    if isinstance(seen, (list, tuple)) and type(seen) is type(wide) and len(seen) == len(wide):
        return type(seen)(map(steadied, seen, wide))
    return seen


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
        # Of labelled cases the expectation is the truth itself; there is nothing to compute again.
        known = [case.expected for case in expectation.cases] if exercise.accuracy else None
        again = known or [_observe(exercise, exercise.reference, case.inputs) for case in expectation.cases]
        verdict = decide(expectation, again, track)
        if not verdict.passed:
            raise SpecError(f"{exercise.name}: {_why_not_itself(verdict)}")
        for i, m in enumerate(exercise.misconceptions):
            if track not in m.tracks:
                continue
            seen = [case.expected if case.twins[i] is None else case.twins[i] for case in expectation.cases]
            verdict = decide(expectation, seen, track)
            if verdict.passed:
                remedy = "add a case where they differ, or mend the twin"
                raise SpecError(f"{exercise.name}: no case tells {m.name!r} from a right answer; {remedy}")
            if verdict.mistake is None or verdict.mistake.name != m.name:
                other = verdict.mistake.name if verdict.mistake else "nothing"
                raise SpecError(
                    f"{exercise.name}: {m.name!r} is recognised as {other!r}; put the rarer one first or add a case"
                )


def _why_not_itself(verdict: Verdict) -> str:
    """Why a reference does not pass its own cases."""
    case, difference = (verdict.case or 0) + 1, verdict.difference
    if difference is None:
        return f"the reference fails on case {case}: {_in_words(verdict.error or {})}"
    if difference.what not in ("value", "nan") or difference.index is None:
        where = ".".join(map(str, difference.where))
        return f"the reference does not pass its own case {case}: the {difference.what} of {where}"
    expected, received = (np.asarray(side)[difference.index] for side in (difference.expected, difference.received))
    if np.isnan(expected):
        return f"the reference gives NaN on case {case}, which equals nothing; give it inputs with a defined result"
    away = f"{abs(complex(received) - complex(expected)):.3g} away from {expected}"
    return (
        f"on case {case} the reference itself, in the case's own precision, is {away}: the tolerance is too small, "
        "or the result is left to chance"
    )
