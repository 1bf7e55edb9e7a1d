"""The probes of lesson 10: what they see of a right answer, and of what it may do to the network on the way."""

import numpy as np
import pytest

from autograder.authoring import source
from course import classifiers, frameworks
from course.classifiers.numpy import Network
from course.probes import observe_case

TRACKS = ["numpy", "pytorch", "tensorflow"]
NAME = "10-ideal-and-adversarial"


@pytest.fixture(scope="module")
def lesson():
    return source.load(NAME)


@pytest.fixture(scope="module")
def case(lesson):
    return lesson.exercises["fgsm"].cases(np.random.default_rng(3))[0]


def seen_of(track, answer, case):
    return observe_case("changing", answer, case, frameworks.get(track), {})


@pytest.mark.parametrize("track", TRACKS)
def test_the_same_network_gives_the_same_logits_in_every_track(track, case):
    kit = classifiers.get(track)
    model = kit.build(case["model"])
    given = frameworks.get(track).build(kit.turned(case["x"]))
    logits = frameworks.get(track).plain(model(given))
    np.testing.assert_allclose(logits, Network(case["model"])(case["x"]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("track", TRACKS)
def test_nothing_done_is_seen_as_nothing(track, case):
    seen = seen_of(track, lambda model, x, y, eps: x + 0, case)
    assert (seen["form"], seen["changed"], seen["model"], seen["again"]) == ("as x", [], [], "the same")
    np.testing.assert_array_equal(seen["value"], case["x"])


def test_the_hand_written_gradient_is_that_of_differences(case):
    network, x = Network(case["model"]), case["x"].astype(np.float64)
    slope = np.random.default_rng(0).normal(size=network(x).shape)
    found = network.gradient(x, slope)
    for index in [(0, 0, 0, 0), (1, 2, 1, 2), (2, 1, 3, 0)]:
        around = []
        for step in (1e-5, -1e-5):
            moved = x.copy()
            moved[index] += step
            around.append((network(moved) * slope).sum())
        assert found[index] == pytest.approx((around[0] - around[1]) / 2e-5, rel=1e-6)


def test_what_a_pytorch_answer_does_to_the_network_is_named(case):
    import torch

    def with_backward(model, x, y, eps):
        torch.nn.functional.cross_entropy(model(x), y).backward()
        return x.clone()

    def trained(model, x, y, eps):
        model.train()
        model(torch.cat([x, x]))
        return x.clone()

    def frozen(model, x, y, eps):
        model.requires_grad_(False)
        return x.clone()

    def spoilt(model, x, y, eps):
        with torch.no_grad():
            model[1].weight.add_(1)
        return x.clone()

    assert seen_of("pytorch", with_backward, case)["model"] == ["gradients left on the weights"]
    assert seen_of("pytorch", trained, case)["model"] == ["statistics moved", "mode changed"]
    assert seen_of("pytorch", frozen, case)["model"] == ["weights frozen"]
    assert seen_of("pytorch", spoilt, case)["model"] == ["weights changed"]


def test_what_a_keras_answer_does_to_the_network_is_named(case):
    def trained(model, x, y, eps):
        model(x, training=True)
        return x + 0

    assert seen_of("tensorflow", trained, case)["model"] == ["statistics moved"]


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_a_variation_through_which_no_gradient_flows_is_noticed(track, lesson):
    exercise = lesson.exercises["total_variation"]
    inputs = exercise.cases(np.random.default_rng(0))[0]
    seen = observe_case("variation", lambda x: 3.0, inputs, frameworks.get(track), {})
    assert seen == {"value": 3.0, "gradient": None}


@pytest.mark.parametrize("seed", range(8))
def test_no_case_of_a_sign_attack_lies_where_rounding_could_turn_a_sign(lesson, seed):
    """float32 and float64 take the same steps: otherwise a right answer would lose its points by the last bit."""
    for name in ("fgsm", "targeted_attack"):
        exercise = lesson.exercises[name]
        for case in exercise.cases(np.random.default_rng(seed)):
            others = {key: value for key, value in case.items() if key not in ("model", "x")}
            narrow, wide = (
                exercise.reference(Network(case["model"]), case["x"].astype(kind), **others)
                for kind in (np.float32, np.float64)
            )
            np.testing.assert_allclose(narrow, wide, atol=1e-5)


def test_a_verdict_says_what_network_was_given_and_no_table_of_its_weights(lesson, case):
    from course.render import show

    assert show(case["model"]) == "a classifier of pictures, 3 x 4 pixels → 6 → 5 classes"
    transfer = source.load("09-transfer-learning").exercises["extract_features"].cases(np.random.default_rng(0))[0]
    assert show(transfer["model"]) == "blocks of linear, batch normalisation and ReLU, 4 → 6 → 5"
