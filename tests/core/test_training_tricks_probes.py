"""The probes of the lesson about training tricks see what they are said to see."""

import math

import numpy as np
import pytest

from course import frameworks
from course.probes import observe_case
from course.recipes import Seed, Trainable

NUMPY = frameworks.get("numpy")


def see(probe, answer, **inputs):
    return observe_case(probe, answer, inputs, NUMPY, {})


def table(deviation):
    return lambda i, o, rng: rng.normal(0, deviation(i, o), (i, o))


@pytest.mark.parametrize(
    ("deviation", "spread"), [(lambda i, o: math.sqrt(2 / (i + o)), 1.0), (lambda i, o: 1.0, math.sqrt(75))]
)
def test_the_spread_of_a_random_table_is_measured_in_units_of_xaviers(deviation, spread):
    seen = see("random_table", table(deviation), fan_in=50, fan_out=100, generator=Seed(1))
    assert seen["spread"] == pytest.approx(spread, rel=0.05)
    assert seen["shape"] == [50, 100]
    assert seen["mean"] < 5
    assert seen["new"] and seen["repeatable"]


def test_a_random_table_of_integers_is_an_error():
    seen = see("random_table", lambda i, o, rng: rng.integers(0, 2, (i, o)), fan_in=5, fan_out=4, generator=Seed(1))
    assert seen["error"]["type"] == "TypeError"


def dropped(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


def test_dropout_is_seen_by_its_share_its_factor_and_its_masks():
    x = np.full((6, 5), 2.0)
    seen = see("dropping", dropped, x=x, p=0.2, generator=Seed(3))
    assert abs(seen["kept"]) < 5
    assert seen["factor"] == pytest.approx([1.25, 1.25])
    assert seen["in evaluation"] == pytest.approx([1, 1])
    assert seen["own mask"] and seen["new"] and seen["repeatable"] and seen["one factor"]
    assert seen["changed"] == []


def test_dropout_of_everything_and_of_another_shape_are_no_faults_of_the_probe():
    x = np.full((2, 3), 2.0)
    nothing = see("dropping", lambda x, p, training, rng: x * 0, x=x, p=0.5, generator=Seed(3))
    assert nothing["kept"] < -5
    assert see("dropping", lambda x, p, training, rng: x[:1], x=x, p=0.5, generator=Seed(3)) == {"shape": [1, 3]}


def test_a_step_that_only_puts_new_tensors_into_its_list_has_changed_no_parameter():
    def replace(params, grads, lr):
        params[0] = params[0] - lr * grads[0]

    def change(params, grads, lr):
        params[0] -= lr * grads[0]

    given = {"params": Trainable([np.ones(2)]), "grads": [[np.ones(2)], [np.ones(2)]], "lr": 0.5}
    assert [p[0].tolist() for p in see("updates", replace, **given)["params"]] == [[1, 1], [1, 1]]
    assert [p[0].tolist() for p in see("updates", change, **given)["params"]] == [[0.5, 0.5], [0, 0]]


@pytest.mark.parametrize("track", frameworks.TRACKS)
def test_batch_norm_is_watched_with_its_state(track):
    def keeps_the_graph(x, state, training):
        state["mean"] = state["mean"] + x[0]
        return x * 1.0

    state = {"gamma": np.ones(2), "beta": np.zeros(2), "mean": np.zeros(2), "var": np.ones(2), "keep": 0.9, "eps": 0.1}
    inputs = {"x": [np.array([[1.0, 2], [3, 4]])], "state": state, "training": [True]}
    seen = observe_case("normalisation", keeps_the_graph, inputs, frameworks.get(track), {})
    assert seen["mean"][0].tolist() == [1, 2]
    assert seen["live"] == (track == "pytorch")
    assert seen["gradient flows"] and seen["changed"] == []


def test_a_result_that_no_gradient_passes_is_noticed():
    state = {"gamma": np.ones(2), "beta": np.zeros(2), "mean": np.zeros(2), "var": np.ones(2)}
    inputs = {"x": [np.ones((2, 2))], "state": state, "training": [True]}
    seen = observe_case("normalisation", lambda x, state, training: x.detach(), inputs, frameworks.get("pytorch"), {})
    assert not seen["gradient flows"]
