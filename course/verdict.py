"""Deciding: observations against expectations, and which mistake it is. Used by the student's check and by the judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course.compare import Difference, Tolerance, compare, too_few

Observation = dict[str, Any]
Band = tuple[float, float]

PASS, WRONG, NOT_WRITTEN, ERROR = "pass", "wrong", "not written", "error"


@dataclass(frozen=True)
class Mistake:
    """A misconception as data: what it is called, the hint, the tracks where it can exist, the keys that show it.

    With `share` it is known by how many of the labels are right (lowest and highest share), not by which.
    """

    name: str
    hint: str
    tracks: tuple[str, ...]
    keys: tuple[str, ...] = ()
    share: Band | None = None


@dataclass(frozen=True)
class Case:
    """One case: the inputs, what is expected, and what each misconception would give (None: the same as expected)."""

    inputs: dict[str, Any]
    expected: Observation
    twins: tuple[Observation | None, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """Everything needed to decide about one exercise; `checks.json` holds it for the public cases.

    `accuracy` gives, for observations that are predicted labels, the share of them that a right answer gets right.
    """

    name: str
    probe: str
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...] = ()
    tolerance: Tolerance = Tolerance()
    bands: dict[str, Band] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """Pass, or what is wrong: in which case, where, and which misconception it is, if it is a known one."""

    status: str
    exercise: str
    cases: int
    case: int | None = None
    difference: Difference | None = None
    error: dict[str, str] | None = None
    mistake: Mistake | None = None
    inputs: dict[str, Any] | None = None

    @property
    def passed(self) -> bool:
        return self.status == PASS


def decide(expectation: Expectation, observations: list[Observation], track: str) -> Verdict:
    """The verdict on one exercise's observations, one for each case in order."""
    total = len(expectation.cases)
    if len(observations) != total:
        raise ValueError(f"{expectation.name}: {len(observations)} observations for {total} cases")
    for i, (case, seen) in enumerate(zip(expectation.cases, observations, strict=True)):
        verdict = _decide_case(expectation, case, seen, i)
        if verdict is not None:
            mistake = None if verdict.status == NOT_WRITTEN else recognise(expectation, observations, track)
            return Verdict(**{**vars(verdict), "mistake": mistake})
    return Verdict(PASS, expectation.name, total)


def _decide_case(expectation: Expectation, case: Case, seen: Observation, index: int) -> Verdict | None:
    common = {"exercise": expectation.name, "cases": len(expectation.cases), "case": index, "inputs": case.inputs}
    error = seen.get("error") if isinstance(seen, dict) else {"type": "", "message": "no observation", "line": ""}
    if error is not None and "error" not in case.expected:
        error = {key: str(error.get(key, "")) for key in ("type", "message", "line")} if isinstance(error, dict) else {}
        return Verdict(NOT_WRITTEN if error.get("type") == "NotImplementedError" else ERROR, error=error, **common)
    difference = differ(case.expected, seen, expectation)
    return Verdict(WRONG, difference=difference, **common) if difference else None


def differ(expected: Observation, seen: Observation, expectation: Expectation) -> Difference | None:
    """First difference of an observation from what is expected; banded keys must lie in their band.

    Labels that are predicted need not all be right: their share of right ones must reach the threshold.
    """
    for key, value in expected.items():
        received = seen.get(key)
        if key in expectation.bands:
            difference = _outside(expectation.bands[key], value, received, key)
        elif key in expectation.accuracy:
            difference = too_few(expectation.accuracy[key], value, received, (key,))
        else:
            difference = compare(value, received, expectation.tolerance, (key,))
        if difference:
            return difference
    return None


def _outside(band: Band, expected: Any, received: Any, key: str) -> Difference | None:
    if isinstance(received, bool) or not isinstance(received, (int, float, np.ndarray)):
        return Difference("type", (key,), expected, received)
    numbers, shape = np.asarray(received), np.asarray(expected).shape
    if numbers.shape != shape:
        return Difference("shape", (key,), np.asarray(expected), numbers)
    outside = ~((numbers >= band[0]) & (numbers <= band[1]))
    if not outside.any():
        return None
    index = tuple(int(i) for i in np.argwhere(outside)[0])
    return Difference("band", (key,), band, numbers, index, int(outside.sum()), int(outside.size))


def recognise(expectation: Expectation, observations: list[Observation], track: str) -> Mistake | None:
    """The first misconception that explains every case: the same as its wrong twin wherever the twin is wrong."""
    for m, mistake in enumerate(expectation.mistakes):
        if track in mistake.tracks and _explains(expectation, m, mistake, observations):
            return mistake
    return None


def _explains(expectation: Expectation, m: int, mistake: Mistake, observations: list[Observation]) -> bool:
    explained = False
    for case, seen in zip(expectation.cases, observations, strict=True):
        twin = case.twins[m] if m < len(case.twins) else None
        if twin is None:
            # Here the twin is right, so an answer with this mistake is right as well.
            if "error" in seen or differ(case.expected, seen, expectation):
                return False
        elif not _matches(expectation, case.expected, twin, seen, mistake):
            return False
        else:
            explained = True
    return explained


def _matches(expectation: Expectation, expected: Observation, twin: Observation, seen: Observation, mistake: Mistake) -> bool:
    """Whether an observation is a wrong twin's. Keys in a band match when both lie on the same side of it.

    Predicted labels match when they agree as often as right ones must, or when their form alone is already wrong.
    """
    if "error" in twin or "error" in seen:
        return "error" in twin and "error" in seen
    if mistake.share:
        return all(_share_within(mistake.share, expected[key], seen.get(key)) for key in expectation.accuracy)
    for key in mistake.keys or tuple(twin):
        if key in expectation.bands:
            if _side(expectation.bands[key], twin[key]) != _side(expectation.bands[key], seen.get(key)):
                return False
        elif key in expectation.accuracy:
            if not _labels_match(expectation.accuracy[key], expected[key], twin[key], seen.get(key)):
                return False
        elif compare(twin[key], seen.get(key), expectation.tolerance, nan_equal=True):
            return False
    return True


def _share_within(share: Band, expected: Any, received: Any) -> bool:
    difference = too_few(1.0, expected, received, ())
    if difference is not None and difference.what != "accuracy":
        return False
    right = 1.0 if difference is None else 1 - difference.count / difference.size
    return share[0] <= right <= share[1]


def _labels_match(least: float, expected: Any, twin: Any, received: Any) -> bool:
    difference = too_few(least, twin, received, ())
    if difference is None or difference.what not in ("accuracy", "value"):
        return difference is None
    # Numbers differ. Where the twin's shape or kind is wrong already, they do not matter.
    form = compare(expected, twin, Tolerance(), ())
    return form is not None and form.what != "value"


def _side(band: Band, value: Any) -> tuple[int, ...] | None:
    """For each number -1 below the band, 0 inside, 1 above, 2 for NaN; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.ndarray)):
        return None
    numbers = np.ravel(np.asarray(value, dtype=np.float64))
    sides = np.where(np.isnan(numbers), 2, (numbers > band[1]).astype(int) - (numbers < band[0]).astype(int))
    return tuple(int(s) for s in sides)
