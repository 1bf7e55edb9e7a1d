"""Plain trees survive the way through JSON, and nothing else gets through."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.codec import DTYPES, MAX_DEPTH, MAX_ELEMENTS, CodecError, decode, encode
from course.probes.base import same
from course.recipes import Function, Loader, Model, Seed, Trainable

DTYPE = st.sampled_from(sorted(DTYPES)).map(np.dtype)
ARRAYS = hnp.arrays(DTYPE, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ARRAYS
NAMES = st.text().filter(lambda name: not name.startswith("$"))
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=8)


@given(TREES, st.booleans())
@settings(max_examples=150)
def test_a_tree_survives_json(tree, binary):
    text = json.dumps(encode(tree, binary=binary), allow_nan=False)
    assert same(decode(json.loads(text)), tree)


@pytest.mark.parametrize(
    "recipe",
    [Seed(3), Function("wave", (1.0, 2.0, 3.0)), Trainable([np.eye(2)]), Model((np.eye(2), np.ones(2)), 0.5)]
    + [Loader(np.eye(3), np.arange(3), 2)],
)
def test_a_recipe_survives_only_where_it_is_wanted(recipe):
    text = json.loads(json.dumps(encode(recipe)))
    again = decode(text)
    assert type(again) is type(recipe)
    assert same(list(vars(again).values()), list(vars(recipe).values()))
    with pytest.raises(CodecError):
        decode(text, recipes=False)


@pytest.mark.parametrize(
    "hostile",
    [
        {"$array": "object", "shape": [1], "data": [1]},
        {"$array": "float32", "shape": [2, 3], "data": [1.0]},
        {"$array": "float32", "shape": [-1], "data": [1.0]},
        {"$array": "float32", "shape": [True], "data": [1.0]},
        {"$array": "float32", "shape": "x", "data": [1.0]},
        {"$array": "float32", "shape": [1], "data": ["__import__"]},
        {"$array": "float32", "shape": [1], "data": [[1.0]]},
        {"$array": "float32", "shape": [1], "base64": "AAAA"},
        {"$array": "float32", "shape": [1], "base64": "%%%%"},
        {"$array": "int64", "shape": [1], "data": [2**80]},
        {"$array": "float32", "shape": [1]},
        {"$array": ["float32"], "shape": [1], "data": [1]},
        {"$array": "float32", "shape": [MAX_ELEMENTS, 100], "data": []},
        {"$float": "1e999"},
        {"$float": ["nan"]},
        {"$recipe": "os.system", "fields": {}},
        {"$recipe": "Seed", "fields": {"command": 1}},
        {"$recipe": "Seed", "fields": 3},
        {"$recipe": ["Seed"], "fields": {}},
    ],
)
def test_hostile_text_is_refused(hostile):
    with pytest.raises(CodecError):
        decode(hostile)


def test_depth_and_size_are_bounded():
    deep = leaf = []
    for _ in range(MAX_DEPTH + 2):
        leaf.append([])
        leaf = leaf[0]
    with pytest.raises(CodecError, match="deep"):
        decode(deep)
    with pytest.raises(CodecError, match="parts"):
        decode([0] * 300_000)


@pytest.mark.parametrize("thing", [object(), {1, 2}, b"bytes", np.array(["text"]), lambda: None])
def test_only_plain_things_are_written(thing):
    with pytest.raises(CodecError):
        encode(thing)
