"""Probes of splitting, scaling and early stopping: what they see of right and wrong answers, in every framework."""

import math

import numpy as np
import pytest

from course import data, frameworks
from course.probes import observe_case
from course.recipes import Model, Seed

X = np.column_stack([np.arange(30), np.linspace(-1, 1, 30)]).astype(np.float32)
EXAMPLES = {"x": X, "y": np.arange(30) * 2, "fractions": [0.5, 0.3, 0.2], "generator": Seed(3)}
MODEL = Model((np.ones((2, 1), np.float32), np.zeros(1, np.float32)))
NUMPY = frameworks.get("numpy")


def cut(rows, x, y):
    return [(x[rows[a:b]], y[rows[a:b]]) for a, b in ((0, 15), (15, 24), (24, 30))]


def seen_of(answer):
    return observe_case("splitting", answer, EXAMPLES, NUMPY, {})


def test_a_right_split_and_what_is_seen_of_it():
    seen = seen_of(lambda x, y, fractions, generator: cut(generator.permutation(len(x)), x, y))
    assert seen["examples too many or too few"] == 0
    assert [key for key, value in seen.items() if value is True] == [
        "every example is in some part",
        "every x has its own y",
        "the parts are drawn at random",
        "repeatable",
        "new",
    ]
    assert seen["changed"] == []


def test_facts_of_wrong_splits():
    assert not seen_of(lambda x, y, f, g: cut(np.arange(30), x, y))["the parts are drawn at random"]
    assert not seen_of(lambda x, y, f, g: cut(g.permutation(30), x, y[::-1]))["every x has its own y"]
    overlapping = seen_of(lambda x, y, f, g: cut(g.integers(0, 30, 30), x, y))
    assert overlapping["an example stands in two parts"]
    assert not overlapping["every example is in some part"]
    assert "TypeError" in seen_of(lambda x, y, f, g: (x, y))["error"]["type"]
    assert "3 fractions" in seen_of(lambda x, y, f, g: [(x, y)])["error"]["message"]
    assert "no way a row" in seen_of(lambda x, y, f, g: cut(g.permutation(30), x + 1, y))["error"]["message"]


@pytest.mark.parametrize("leaking", [False, True])
def test_corrupted_held_out_rows_betray_a_leak(leaking):
    def fit_scaler(x, rows):
        train = x if leaking else x[rows]
        mean, deviation = train.mean(0), train.std(0)
        return lambda table: (table - mean) / deviation

    seen = observe_case("scaler", fit_scaler, {"x": X, "rows": np.array([3, 7, 20, 28])}, NUMPY, {})
    assert seen["held-out rows have an influence"] == leaking
    assert seen["changed"] == []


class Watcher:
    shared: list = []

    def __init__(self, patience):
        self.patience, self.best, self.bad = patience, math.inf, 0

    def keep(self, parameters):
        return [np.array(p) for p in parameters]

    def step(self, loss, model):
        self.shared.append(loss)
        if loss < self.best:
            self.best, self.bad, self.kept = loss, 0, self.keep(model.weights)
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        for parameter, kept in zip(model.weights, self.kept, strict=True):
            parameter[...] = kept


class Alias(Watcher):
    def keep(self, parameters):
        return parameters


def test_a_snapshot_and_an_alias():
    inputs = {"model": MODEL, "patience": 2, "losses": [3.0, 1.0, 2.0, 2.0, 0.0]}
    right = observe_case("stopping", Watcher, inputs, NUMPY, {})
    assert right["stop after each epoch"] == [False, False, False, True]
    assert right["epoch of each restored parameter"] == right["restored later"] == [1.0, 1.0]
    assert Watcher.shared == []  # what a class keeps for all its objects does not reach the next case
    alias = observe_case("stopping", Alias, inputs, NUMPY, {})
    assert alias["epoch of each restored parameter"] == [3.0, 3.0]
    assert observe_case("stopping", object, inputs, NUMPY, {})["error"]["type"] == "TypeError"


@pytest.mark.parametrize("track", ["numpy", "pytorch", "tensorflow"])
def test_parameters_are_live_and_shift_in_place(track):
    framework = frameworks.get(track)
    model = framework.build(MODEL)
    parameters = framework.parameters(model)
    framework.shift(model, 2.0)
    assert [p.ravel().tolist() for p in framework.plain(parameters)] == [[3.0, 3.0], [2.0]]


def test_diabetes_data():
    x, y = data.diabetes()
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((442, 10), (442,), np.float32, np.float32)
    assert 18 <= x[:, 2].min() < x[:, 2].max() < 43  # body mass index, in its own unit
