"""Probes run beside the student's code and give plain observations; right and wrong are decided elsewhere."""

import numpy as np
import pytest
from engine_steps import SMALL, outcome, probe

from autograder.engine.work import OK, Limits
from course.recipes import Seed, Trainable

ROOMY = Limits(step_seconds=30, total_seconds=60)
X = np.array([[1.0, 2.0], [3.0, 5.0]], dtype=np.float32)
ANSWERS = {
    "pytorch": """
from course import start
check = start("02-losses", "pytorch")
import torch
def softmax(z): return torch.softmax(z, dim=1)
def wrong(z): return torch.softmax(z, dim=0)
def mutates(z): z += 1; return z
def step(params, x, y, lr):
    w, = params
    loss = ((x @ w - y) ** 2).mean()
    grad, = torch.autograd.grad(loss, [w])
    with torch.no_grad(): w -= lr * grad
    return loss.item()
""",
    "tensorflow": """
from course import start
check = start("02-losses", "tensorflow")
import tensorflow as tf
def softmax(z): return tf.nn.softmax(z, axis=1)
def wrong(z): return tf.nn.softmax(z, axis=0)
def mutates(z): return z + 1
def step(params, x, y, lr):
    w, = params
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w - y) ** 2)
    w.assign_sub(lr * tape.gradient(loss, w))
    return float(loss)
""",
}


@pytest.mark.parametrize("track", ANSWERS)
def test_observations_of_right_and_wrong_answers(track):
    w = np.array([[0.5], [-1.0]], dtype=np.float32)
    y = np.ones((2, 1), dtype=np.float32)
    steps = {"params": Trainable([w]), "x": [X, X], "y": [y, y], "lr": 0.01}
    result = outcome(
        ANSWERS[track],
        probe("softmax", {"z": X}, {"z": X[:1]}),
        probe("wrong", {"z": X}),
        probe("mutates", {"z": X}),
        probe("step", steps, kind="steps"),
        track=track,
        limits=ROOMY,
    ).results
    assert [r.status for r in result] == [OK] * 5
    expected = np.exp(X) / np.exp(X).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(result[1].observations[0]["value"], expected, rtol=1e-5)
    assert result[1].observations[0]["value"].dtype == np.float32
    assert len(result[1].observations) == 2
    assert not np.allclose(result[2].observations[0]["value"], expected)
    assert result[3].observations[0]["changed"] == (["z"] if track == "pytorch" else [])
    losses = result[4].observations[0]["losses"]
    assert losses[0] == pytest.approx(13.25, rel=1e-4) and losses[1] < losses[0]


@pytest.mark.parametrize("track", ANSWERS)
def test_training_works_in_a_child_of_a_warm_parent(track):
    """A fork of a process that has run operations with several threads hangs here; ours must not."""
    sources = {
        "pytorch": """
import torch
x, y = torch.randn(256, 8), torch.randint(0, 3, (256,))
model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), 0.01)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), 32, shuffle=True, num_workers=2)
for epoch in range(2):
    for a, b in loader:
        optimizer.zero_grad(); loss = torch.nn.functional.cross_entropy(model(a), b); loss.backward(); optimizer.step()
float(loss) > 0
""",
        "tensorflow": """
import keras, numpy as np
model = keras.Sequential([keras.layers.Dense(16, activation='relu'), keras.layers.Dense(3)])
model.compile('adam', keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
history = model.fit(np.random.randn(128, 8), np.random.randint(0, 3, 128), epochs=2, verbose=0)
history.history['loss'][0] > 0
""",
    }
    result = outcome(sources[track], track=track, limits=ROOMY).results[0]
    assert result.reason == ""
    assert result.outputs[-1]["data"]["text/plain"] == "True"


def test_a_missing_object_is_a_name_error_in_every_case():
    seen = outcome(probe("softmax", {"z": X}, {"z": X})).results[0].observations
    assert [one["error"]["type"] for one in seen] == ["NameError", "NameError"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise NotImplementedError", "NotImplementedError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("return object()", "Unplain"),
        ("return 10 ** 5000", "Unplain"),
        ("return input()", "EOFError"),
        ("f(x)", "RecursionError"),
        ("return [0] * 2_100_000", "Unplain"),
        ("class E(BaseException):\n        def __str__(self): raise E\n    raise E", "E"),
    ],
)
def test_whatever_an_answer_does_becomes_an_observation(body, kind):
    limits = Limits(step_seconds=20, memory_bytes=2 << 30)
    bad, good = outcome(
        f"def f(x):\n    {body}\ndef g(x): return x", probe("f", {"x": X}), probe("g", {"x": X}), limits=limits
    ).results[1:]
    assert bad.observations[0]["error"]["type"] == kind
    np.testing.assert_array_equal(good.observations[0]["value"], X)


def test_odd_but_plain_values_come_back_as_they_are():
    values = "[float('nan'), float('inf'), 2**62, True, None, 'é\\ud800', np.array([1+2j]), np.zeros((0, 3)), (1, {'a': 2})]"
    result = outcome(f"import numpy as np\ndef f(seed): return {values}", probe("f", {"seed": Seed(1)}))
    value = result.results[1].observations[0]["value"]
    assert np.isnan(value[0]) and value[1] == np.inf and value[2:5] == [2**62, True, None]
    assert value[5] == "é?" and value[6].tolist() == [1 + 2j] and value[7].shape == (0, 3) and value[8] == [1, {"a": 2}]


def test_printing_in_an_answer_is_not_an_output():
    result = outcome("def f(x):\n    print('noise'); return x", probe("f", {"x": X}), "1").results
    assert result[1].outputs == [] and len(result[2].outputs) == 1


def test_a_student_who_returns_the_graders_own_forms_gains_nothing():
    sources = [
        "return {'$recipe': 'Seed', 'fields': {'value': 1}}",
        "return {'$array': 'float64', 'shape': [10**9], 'base64': ''}",
        "return {'$array': 'object', 'shape': [1], 'data': ['x']}",
    ]
    for source in sources:
        seen = outcome(f"def f(x): {source}", probe("f", {"x": X}), limits=SMALL).results[1].observations[0]
        assert "error" in seen
