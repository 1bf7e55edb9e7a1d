"""Held-out grading: labels stay with the judge, the share of right ones decides, and wrong models are called by their name."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from autograder.engine.work import OK, StepResult
from autograder.judge import fresh, mark, probe_step
from autograder.spec import Exercise, Labelled, Misconception, SpecError, draw, prove, public, truth
from course import frameworks, render
from course.frozen import freeze, thaw
from course.probes import observe
from course.recipes import Jpegs
from course.verdict import decide

N = 80
SHIFTED = Misconception("labels from 1", lambda y: y + 1, "Labels begin with 0.")
SCORES = Misconception("scores instead of labels", lambda y: np.eye(4)[y], "Take the argmax.")
BATCH = Misconception(
    "statistics of the batch", lambda y: y if len(y) > 1 else y + 1, "Use those of training.", keys=("company",)
)
CONSTANT = Misconception("always one class", np.zeros_like, "Was it trained?", keys=("constant",))
GUESSING = Misconception(
    "no better than guessing", lambda y: np.roll(y, 7) * 0 + (y + 1 + y % 3) % 4, "Train.", share=(0.0, 0.45)
)
KNOWN = [SHIFTED, SCORES, BATCH, CONSTANT, GUESSING]


def cases(rng):
    y = rng.integers(0, 4, N)
    x = np.stack([y + rng.uniform(-0.2, 0.2, N), rng.normal(size=N)], axis=1)
    return [Labelled({"x": x.astype(np.float32)}, y)]


def exercise(**changes):
    arguments = {"name": "predict", "points": 3, "reference": truth, "cases": cases, "probe": "labels"}
    return Exercise(**arguments | {"accuracy": {"value": 0.9}, "misconceptions": KNOWN} | changes)


def right(x):
    return np.rint(x[:, 0]).astype(np.int64)


def partly(share):
    """Right for about this share of the examples, the same ones whoever stands beside them."""
    return lambda x: np.where(
        x[:, 1] < np.quantile(public(exercise(), "lab").cases[0].inputs["x"][:, 1], share), right(x), 3 - right(x)
    )


def verdict(answer, expectation=None, track="pytorch", framework="numpy"):
    expectation = expectation or public(exercise(), "lab")
    cases = [case.inputs for case in expectation.cases]
    return decide(expectation, observe("labels", answer, cases, frameworks.get(framework), expectation.options), track)


def test_a_right_model_passes_and_need_not_be_perfect():
    assert verdict(right).passed
    assert verdict(partly(0.95)).passed
    assert verdict(lambda x: right(x).astype(np.int32)).passed
    assert verdict(lambda x: right(x).tolist()).passed


def test_too_few_right_ones_are_said_with_both_numbers():
    wrong = verdict(partly(0.8))
    assert not wrong.passed
    assert wrong.mistake is None
    for secret in (False, True):
        text = render.text(wrong, secret=secret)
        assert "0.80 of 80 held-out examples right; a right solution gets at least 0.90." in text
    assert "Given" not in render.text(wrong, secret=True)


def test_the_share_is_not_rounded_up_to_the_threshold():
    strict = public(exercise(accuracy={"value": 0.955}), "lab")
    almost = verdict(partly(0.95), strict)
    assert not almost.passed
    assert "0.95 of 80 held-out examples right" in render.text(almost)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda x: right(x) + 1, "labels from 1"),
        (lambda x: partly(0.95)(x) + 1, "labels from 1"),
        (lambda x: np.random.default_rng(0).normal(size=(len(x), 4)), "scores instead of labels"),
        (lambda x: np.rint((x[:, 0] - x[:, 0].mean()) / (x[:, 0].std() + 1e-6)).astype(np.int64), "statistics of the batch"),
        (lambda x: np.full(len(x), 2), "always one class"),
        (lambda x: (np.abs(x[:, 1] * 1e4)).astype(np.int64) % 4, "no better than guessing"),
    ],
)
def test_wrong_models_are_called_by_their_name(answer, name):
    for expectation in (public(exercise(), "lab"), fresh(exercise(), "secret")):
        found = verdict(answer, expectation)
        assert not found.passed
        assert found.mistake.name == name


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: right(x).astype(np.float32), "should hold integer numbers"),
        (lambda x: right(x)[:, None], "should have the shape (80,), and has (80, 1)"),
        (lambda x: None, "nothing (None)"),
        (lambda x: right(x)[:-1], "has (79,)"),
        (lambda x: 3, "should have the shape"),
        (lambda x: [right(x)], "is a list"),
        (lambda x: 1 / 0, "ZeroDivisionError"),
        (lambda x: right(x) if len(x) > 1 else np.array([0]), "got one label when it came alone"),
    ],
)
def test_other_faults_are_said_plainly(answer, words):
    found = verdict(answer, public(exercise(misconceptions=[]), "lab"))
    assert not found.passed
    assert words in render.text(found)


def test_inputs_may_not_be_changed():
    def changing(x):
        found = right(x)
        x[:] = 0
        return found

    assert "changed its input" in render.text(verdict(changing))


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_examples_are_tensors_of_the_track_or_arrays_when_asked(track):
    seen = []

    def look(x):
        seen.append(type(x).__module__.split(".")[0])
        return right(np.asarray(x))

    for options in ({}, {"numpy": True}):
        assert verdict(look, public(exercise(options=options), "lab"), track, track).passed
    assert {"pytorch": "torch", "tensorflow": "tensorflow"}[track] in seen
    assert seen[-1] == "numpy"


def test_labels_never_reach_the_students_process():
    expectation = fresh(exercise(), "secret")
    step = probe_step("cell", expectation)
    assert set(step.cases[0]) == {"x"}
    assert step.cases[0]["x"]["$array"] == "float32"
    assert "accuracy" not in json.dumps(step.options)


def test_the_judge_gives_points_or_none():
    it = exercise()
    expectation = fresh(it, "secret")
    inputs = [case.inputs for case in expectation.cases]
    for answer, score in ((right, 3), (lambda x: right(x) * 0 + 1, 0)):
        seen = observe("labels", answer, inputs, frameworks.get("numpy"), {})
        given = mark(it, expectation, StepResult("cell", OK, observations=seen), "pytorch")
        assert given.score == score
    assert given.mistake == "always one class"


def test_a_table_of_the_public_answers_is_worth_nothing():
    known = public(exercise(), "lab").cases[0]
    table = {row.tobytes(): int(label) for row, label in zip(known.inputs["x"], known.expected["value"], strict=True)}

    def looked_up(x):
        return np.array([table.get(row.tobytes(), 0) for row in x])

    assert verdict(looked_up).passed
    assert not verdict(looked_up, fresh(exercise(), "secret")).passed


def test_public_cases_of_their_own_keep_the_judges_examples_to_the_judge():
    def few(rng):
        return [Labelled({"x": rng.normal(size=(5, 2)).astype(np.float32)}, np.arange(5) % 4)]

    it = exercise(public_cases=few, misconceptions=[])
    assert public(it, "lab").cases[0].inputs["x"].shape == (5, 2)
    assert fresh(it, "secret").cases[0].inputs["x"].shape == (N, 2)
    np.testing.assert_array_equal(
        draw(it, "a").cases[0].inputs["x"], draw(exercise(misconceptions=[]), "a").cases[0].inputs["x"]
    )


def jpegs(*shades):
    pictures = []
    for shade in shades:
        file = io.BytesIO()
        Image.new("RGB", (6, 4), (shade, shade, shade)).save(file, "JPEG")
        pictures.append(base64.b64encode(file.getvalue()).decode("ascii"))
    return Jpegs(tuple(pictures))


@pytest.mark.parametrize("track", ["numpy", "pytorch", "tensorflow"])
def test_photographs_travel_as_files_and_arrive_as_arrays(track):
    shades = [0, 40, 80, 120, 160, 200]
    it = exercise(
        cases=lambda rng: [Labelled({"images": jpegs(*shades)}, np.arange(6))], options={"numpy": True}, misconceptions=[]
    )
    expectation = thaw(json.loads(json.dumps(freeze(public(it, "lab")))))
    seen = []

    def predict(images):
        seen.append((type(images), images.dtype, images.shape))
        return np.rint(images.mean(axis=(1, 2, 3)) / 40).astype(np.int64)

    assert verdict(predict, expectation, "pytorch", track).passed
    assert seen[0] == (np.ndarray, np.uint8, (6, 4, 6, 3)) and seen[1][2] == (1, 4, 6, 3)
    assert "images = 6 photographs" in render.text(verdict(lambda images: images[:, 0, 0, 0] * 0, expectation))
    assert isinstance(frameworks.get(track).build(jpegs(3)), np.ndarray)


def test_files_that_are_no_photographs_are_an_error_of_ours():
    with pytest.raises(OSError, match="cannot identify"):
        Jpegs((base64.b64encode(b"no picture").decode(),)).array()


def test_it_survives_freezing_and_others_are_frozen_as_before():
    expectation = public(exercise(), "lab")
    text = json.dumps(freeze(expectation), allow_nan=False)
    again = thaw(json.loads(text))
    assert again.accuracy == {"value": 0.9}
    assert [m.share for m in again.mistakes] == [m.share for m in expectation.mistakes]
    assert json.dumps(freeze(again)) == text
    plain = Exercise("f", 1, lambda x: x, lambda rng: [{"x": rng.normal(size=3)}])
    frozen = json.dumps(freeze(public(plain, "lab")))
    assert "accuracy" not in frozen
    assert "share" not in frozen


def test_every_draw_can_tell_and_draws_differ():
    one, other = draw(exercise(), "a"), draw(exercise(), "b")
    prove(exercise(), one)
    assert not np.array_equal(one.cases[0].inputs["x"], other.cases[0].inputs["x"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accuracy": {"value": 0.0}}, "above 0"),
        ({"accuracy": {"value": 1.5}}, "above 0"),
        ({"misconceptions": [Misconception("m", np.zeros_like, "h", share=(0.2, 0.95))]}, "below the accuracy"),
        ({"accuracy": {}, "misconceptions": [GUESSING]}, "below the accuracy"),
    ],
)
def test_a_wrong_specification_is_refused(changes, message):
    with pytest.raises(SpecError, match=message):
        exercise(**changes)


def test_labelled_cases_and_an_accuracy_go_together():
    with pytest.raises(SpecError, match="Labelled cases"):
        public(exercise(accuracy={}, misconceptions=[]), "lab")
    with pytest.raises(SpecError, match="Labelled cases"):
        public(exercise(cases=lambda rng: [{"x": np.zeros((2, 2))}], misconceptions=[]), "lab")
    with pytest.raises(SpecError, match="labels"):
        Labelled({"x": np.zeros((2, 2))}, np.zeros(2))


def test_a_mistake_that_would_pass_is_an_error():
    lenient = exercise(misconceptions=[Misconception("m", lambda y: y.copy(), "h")])
    with pytest.raises(SpecError, match="no case tells"):
        prove(lenient, public(lenient, "lab"))
