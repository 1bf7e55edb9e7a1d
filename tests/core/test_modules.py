"""Putting given numbers into a model's parameters: by shape, whatever the order and the orientation."""

import numpy as np
import pytest

from course import frameworks
from course.codec import decode, encode
from course.probes.modules import alike_weights, fill
from course.recipes import Activation, Model


@pytest.mark.parametrize("track", ["numpy", "pytorch", "tensorflow"])
@pytest.mark.parametrize("sizes", [[4, 3], [3, 5, 4, 2], [2, 7, 1], [6, 5, 5, 3]])
def test_a_filled_model_is_the_model_with_these_weights(track, sizes):
    rng = np.random.default_rng(0)
    framework, weights = frameworks.get(track), alike_weights(rng, sizes)
    x = rng.normal(size=(5, sizes[0])).astype(np.float32)
    empty = framework.model(Model(tuple(np.zeros_like(w) for w in weights)))
    assert fill(framework, empty, weights[::-1])
    expected = framework.model(Model(tuple(weights)))(framework.tensor(x))
    np.testing.assert_allclose(framework.plain(empty(framework.tensor(x))), framework.plain(expected), rtol=1e-6)


def test_it_says_when_a_parameter_is_missing_or_left_over():
    framework, weights = frameworks.get("numpy"), alike_weights(np.random.default_rng(0), [3, 5, 2])
    model = framework.model(Model(tuple(weights)))
    assert not fill(framework, model, weights[:2])
    assert not fill(framework, model, [*weights, np.zeros(9, np.float32)])


def test_an_activation_travels():
    assert decode(encode(Activation("tanh"))) == Activation("tanh")
    assert frameworks.get("numpy").build(Activation("tanh")) is np.tanh
    assert frameworks.get("tensorflow").build(Activation("tanh")) == "tanh"
    assert frameworks.get("pytorch").build(Activation("tanh")).__name__ == "Tanh"
