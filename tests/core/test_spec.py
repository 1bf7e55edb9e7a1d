"""The specification: seeded cases, wrong twins that are told apart, and errors for specifications that cannot tell."""

import json

import numpy as np
import pytest

from autograder.spec import Exercise, Misconception, SpecError, Tolerance, draw, prove, public, tidy, widen
from course.frozen import freeze, thaw
from course.recipes import Trainable
from course.verdict import decide


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def softmax_axis0(logits):
    e = np.exp(logits - logits.max(0))
    return e / e.sum(0)


def naive_softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(1, keepdims=True)


def cases(rng):
    return [{"logits": rng.normal(size=(4, 3)).astype(np.float32)}, {"logits": np.array([[200.0, 0.0]], np.float32)}]


AXIS = Misconception("normalises over the batch", softmax_axis0, "Each row is one example.")
OVERFLOW = Misconception("overflows", naive_softmax, "Subtract the largest logit first.")
SOFTMAX = Exercise("softmax", 2, softmax, cases, [AXIS, OVERFLOW])


def observations(expectation, values):
    return [{"value": v, "changed": [], "again": "the same"} for v in values]


def test_each_mistake_is_called_by_its_own_name():
    expectation = public(SOFTMAX, "02")
    prove(SOFTMAX, expectation)
    inputs = [case.inputs["logits"] for case in expectation.cases]
    with np.errstate(all="ignore"):
        for function, name in ((softmax_axis0, AXIS.name), (naive_softmax, OVERFLOW.name)):
            verdict = decide(expectation, observations(expectation, [function(x) for x in inputs]), "pytorch")
            assert not verdict.passed
            assert verdict.mistake.name == name
    assert decide(expectation, observations(expectation, [softmax(x) for x in inputs]), "pytorch").passed


def test_an_unknown_mistake_gets_no_name():
    expectation = public(SOFTMAX, "02")
    wrong = observations(expectation, [softmax(case.inputs["logits"]) + 0.5 for case in expectation.cases])
    verdict = decide(expectation, wrong, "pytorch")
    assert verdict.status == "wrong"
    assert verdict.mistake is None


def test_a_mistake_of_the_other_track_is_not_named():
    only = Exercise("softmax", 2, softmax, cases, [Misconception("m", softmax_axis0, "h", tracks=("tensorflow",))])
    expectation = public(only, "02")
    wrong = observations(expectation, [softmax_axis0(case.inputs["logits"]) for case in expectation.cases])
    assert decide(expectation, wrong, "pytorch").mistake is None
    assert decide(expectation, wrong, "tensorflow").mistake.name == "m"


def test_the_same_seed_gives_the_same_cases_and_another_gives_others():
    one, same, other = draw(SOFTMAX, "a"), draw(SOFTMAX, "a"), draw(SOFTMAX, "b")
    assert json.dumps(freeze(one)) == json.dumps(freeze(same))
    assert not np.array_equal(one.cases[0].inputs["logits"], other.cases[0].inputs["logits"])


def test_an_expectation_survives_freezing_without_any_code():
    expectation = public(SOFTMAX, "02")
    text = json.dumps(freeze(expectation), allow_nan=False)
    assert "def " not in text
    assert "lambda" not in text
    assert json.dumps(freeze(thaw(json.loads(text)))) == text


@pytest.mark.parametrize(
    ("misconceptions", "message"),
    [
        ([Misconception("no mistake", softmax, "h")], "no case tells"),
        ([AXIS, Misconception("again", softmax_axis0, "h")], "recognised as"),
    ],
)
def test_a_grader_that_cannot_tell_is_an_error(misconceptions, message):
    exercise = Exercise("softmax", 2, softmax, cases, misconceptions)
    with pytest.raises(SpecError, match=message):
        prove(exercise, public(exercise, "02"))


@pytest.mark.parametrize("points", [0, -1, float("nan"), float("inf"), True, "2", np.array([1.0]), None])
def test_points_are_a_positive_number(points):
    with pytest.raises(SpecError, match="points"):
        Exercise("softmax", points, softmax, cases)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "not a name"}, "name"),
        ({"probe": "telepathy"}, "probe"),
        ({"misconceptions": [AXIS, AXIS]}, "same name"),
        ({"misconceptions": [Misconception("m", softmax, " ")]}, "hint"),
        ({"misconceptions": [Misconception("m", softmax, "h", tracks=("jax",))]}, "tracks"),
        ({"misconceptions": [Misconception("m", softmax, "h", tracks="pytorch")]}, "tracks"),
        ({"misconceptions": [("m", softmax, "h")]}, r"misconceptions are Misconception\(name, twin, hint\)"),
        ({"tolerance": 1e-5}, "the tolerance is a Tolerance"),
        ({"cases": [{}]}, "reference and cases are functions"),
    ],
)
def test_a_wrong_specification_is_refused(change, message):
    arguments = {"name": "softmax", "points": 1, "reference": softmax, "cases": cases} | change
    with pytest.raises(SpecError, match=message):
        Exercise(**arguments)


def misspelt(logits):
    return sofmax(logits)  # noqa: F821


def none_at_all(logits):
    softmax(logits)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reference": lambda logits: logits @ logits}, r"the reference fails on a case: ValueError: .*line \d+: .*logits @"),
        ({"reference": none_at_all}, "gives None on every case; does it lack a `return`"),
        ({"probe": "steps"}, "the probe 'steps' wants an input 'params'; the cases have logits. See course/probes/"),
        ({"cases": lambda rng: 1 / 0}, "draws the cases fails: ZeroDivisionError"),
        ({"cases": lambda rng: {"logits": 1}}, "cases are a list of dicts.*type str"),
        ({"cases": lambda rng: [rng.normal(size=(2, 2))]}, "cases are a list of dicts.*type ndarray"),
        ({"misconceptions": [Misconception("m", misspelt, "h")]}, "twin of 'm' does not run: NameError: name 'sofmax'"),
    ],
)
def test_cases_that_cannot_be_drawn_say_why_in_words(change, message):
    with pytest.raises(SpecError, match=message):
        public(Exercise(**{"name": "softmax", "points": 1, "reference": softmax, "cases": cases} | change), "02")


def test_a_twin_that_fails_as_a_student_would_is_no_error():
    twin = Misconception("no column", lambda logits: np.exp(logits) / np.exp(logits).sum(1), "Keep the axis.")
    exercise = Exercise("softmax", 1, softmax, lambda rng: [{"logits": rng.normal(size=(4, 3))}], [twin])
    prove(exercise, public(exercise, "02"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"cases": lambda rng: [{"logits": np.array([[np.nan, 1.0]], np.float32)}]},
            "gives NaN on case 1, which equals nothing",
        ),
        (
            {"tolerance": Tolerance(0, 0)},
            r"case 1 the reference itself.* is \S+e-\d+ away from 0\.\d+: the tolerance is too small",
        ),
        ({"bands": {"value": (2, 3)}}, "does not pass its own case 1: the band of value"),
    ],
)
def test_a_reference_that_fails_its_own_cases_is_told_why(change, message):
    exercise = Exercise(**{"name": "softmax", "points": 1, "reference": softmax, "cases": cases} | change)
    with pytest.raises(SpecError, match=message):
        prove(exercise, public(exercise, "02"))


def test_a_failing_reference_and_no_cases_are_errors():
    with pytest.raises(SpecError, match="reference fails"):
        public(Exercise("softmax", 1, lambda logits: 1 / 0, cases), "02")
    with pytest.raises(SpecError, match="no cases"):
        public(Exercise("softmax", 1, softmax, lambda rng: []), "02")


def test_a_numpy_scalar_as_an_input_is_an_error():
    with pytest.raises(SpecError, match="NumPy scalar"):
        public(Exercise("softmax", 1, softmax, lambda rng: [{"logits": np.float32(1.0)}]), "02")


def test_tidy_and_widen_reach_every_part():
    tree = {"a": [np.array([0.123456789], np.float32)], "b": Trainable([np.array([1 / 3], np.float32)]), "c": 1 / 3}
    assert tidy(tree, 3)["c"] == 0.333
    assert tidy(tree, 3)["b"].value[0] == np.float32(0.333)
    assert widen(tree)["b"].value[0].dtype == np.float64
