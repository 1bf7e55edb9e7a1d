"""The judge: fresh cases that can tell, and hostile observations that gain nothing (faults 22, 25, 27, 28, 34)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import LESSON
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.authoring.source import load_exercises
from autograder.engine.work import CRASHED, FAILED, OK, SKIPPED, TIMEOUT, StepResult
from autograder.judge import fresh, mark, probe_step
from autograder.spec import Exercise, Misconception, SpecError, public
from course.verdict import Expectation

EXERCISES = load_exercises(Path(LESSON) / "00-try" / "exercises.py")
ONE_HOT, SCALE = EXERCISES["one_hot"], EXERCISES["scale"]


@pytest.fixture(scope="module")
def expectation() -> Expectation:
    return fresh(SCALE, "secret")


def right(expectation: Expectation) -> list[Any]:
    return [case.expected for case in expectation.cases]


def judged(expectation: Expectation, observations: Any, status: str = OK, reason: str = "") -> Any:
    return mark(SCALE, expectation, StepResult("c", status, observations=observations, reason=reason), "pytorch")


def test_right_observations_get_all_points(expectation: Expectation) -> None:
    given_mark = judged(expectation, right(expectation))
    assert (given_mark.score, given_mark.points, given_mark.status) == (3, 3, "pass")


def test_a_known_mistake_is_called_by_its_name(expectation: Expectation) -> None:
    given_mark = judged(expectation, [case.twins[0] for case in expectation.cases])
    assert (given_mark.score, given_mark.mistake, given_mark.hint) == (0, "adds", "Multiply; do not add.")


def test_fresh_cases_are_not_the_public_ones_and_depend_on_the_secret() -> None:
    def labels(e: Expectation) -> list[Any]:
        return [case.inputs["x"].tolist() for case in e.cases]

    one, again, other = fresh(SCALE, "a"), fresh(SCALE, "a"), fresh(SCALE, "b")
    assert labels(one) == labels(again)
    assert labels(one) != labels(other)
    assert labels(one) != labels(public(SCALE, "00-try"))


def test_a_worker_learns_inputs_only(expectation: Expectation) -> None:
    step = probe_step("c", expectation)
    text = repr(step)
    assert "adds" not in text
    assert "Multiply" not in text
    assert set(vars(step)) == {"cell_id", "name", "probe", "options", "cases"}
    assert all(set(case) == {"x", "factor"} for case in step.cases)


def test_a_draw_that_cannot_tell_is_drawn_again() -> None:
    def cases(rng: np.random.Generator) -> list[dict[str, Any]]:
        return [{"x": np.array([float(rng.integers(0, 2))])}]

    exercise = Exercise(
        name="doubled",
        points=1,
        reference=lambda x: 2 * x,
        cases=cases,
        misconceptions=[Misconception("gives it back", lambda x: x, "Twice.")],
    )
    for seed in range(8):
        assert fresh(exercise, str(seed)).cases[0].inputs["x"] == 1.0
    hopeless = Exercise(
        name="kept",
        points=1,
        reference=lambda x: x,
        cases=cases,
        misconceptions=[Misconception("the same", lambda x: +x, "None.")],
    )
    with pytest.raises(SpecError, match="cannot tell"):
        fresh(hopeless, "a")


@pytest.mark.parametrize("status", [FAILED, TIMEOUT, CRASHED, SKIPPED])
def test_a_step_that_did_not_end_well_gets_nothing_even_with_right_observations(expectation: Expectation, status: str) -> None:
    given_mark = judged(expectation, right(expectation), status, "It ran too long.")
    assert given_mark.score == 0
    assert given_mark.status == status
    assert "It ran too long." in given_mark.words


def test_a_step_that_is_missing_gets_nothing(expectation: Expectation) -> None:
    assert mark(SCALE, expectation, None, "pytorch").score == 0


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((0,), np.float32),
        np.zeros((3, 2), np.float32),
        np.full((2, 3), np.nan, np.float32),
        np.full((2, 3), np.inf, np.float32),
        np.zeros((2, 3), np.int64),
        np.zeros((2, 3), np.complex64),
        None,
        True,
        float("nan"),
        "2",
        [],
        {},
        10**400,
    ],
)
def test_odd_values_get_nothing_and_a_reason(expectation: Expectation, value: Any) -> None:
    seen = [{"value": value, "changed": [], "again": "the same"}, *right(expectation)[1:]]
    given_mark = judged(expectation, seen)
    assert given_mark.score == 0
    assert len(given_mark.words) > 30


@pytest.mark.parametrize("seen", [None, [], {}, "x", [None] * 3, [[1]] * 3, [{}] * 2, [{1: 2}] * 3, [{"error": "x"}] * 3])
def test_observations_of_no_known_form_get_nothing(expectation: Expectation, seen: Any) -> None:
    assert judged(expectation, seen).score == 0


def test_what_a_student_reads_shows_no_hidden_value(expectation: Expectation) -> None:
    first = expectation.cases[0]
    numbers = [f"{abs(v):.4g}" for v in [*first.inputs["x"].ravel(), *first.expected["value"].ravel()]]
    wrong = [{"value": case.expected["value"] + 5, "changed": [], "again": "the same"} for case in expectation.cases]
    error = [{"error": {"type": "ValueError", "message": f"bad {numbers[0]}", "line": f"x = {numbers[0]}"}}] * 3
    for seen in (wrong, error, [case.twins[0] for case in expectation.cases]):
        given_mark = judged(expectation, seen)
        assert given_mark.score == 0
        assert not [number for number in numbers if number in given_mark.words + given_mark.headline]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(np.zeros((2, 3), np.float32)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["value", "changed", "again", "error", "x"]), PLAIN, max_size=4), min_size=3, max_size=3
    )
)
@settings(max_examples=200, deadline=None)
def test_no_observation_stops_the_judge(seen: list[dict[str, Any]]) -> None:
    expectation = fresh(SCALE, "secret")
    assert judged(expectation, seen).score == 0


@pytest.mark.parametrize("points", [float("nan"), -1.0, True, 0, float("inf"), "2", np.float64("nan")])
def test_points_that_are_no_points_are_an_authors_error(points: Any) -> None:
    with pytest.raises(SpecError):
        Exercise(name="f", points=points, reference=abs, cases=lambda rng: [])


def test_one_hot_of_the_lesson_can_be_judged_too() -> None:
    expectation = fresh(ONE_HOT, "secret")
    seen = [case.expected for case in expectation.cases]
    assert mark(ONE_HOT, expectation, StepResult("c", OK, observations=seen), "tensorflow").score == 2
