"""Comparison is strict where carelessness hides: type, shape and dtype kind before values; NaN never equal by accident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.compare import Tolerance, compare

TOLERANCE = Tolerance(1e-5, 1e-6)
FINITE = st.floats(-1e6, 1e6, width=32)
ARRAYS = hnp.arrays(np.float32, hnp.array_shapes(max_dims=3, max_side=4), elements=FINITE)


@given(ARRAYS)
def test_equal_arrays_have_no_difference_in_any_float_type(array):
    assert compare(array, array.copy(), TOLERANCE) is None
    assert compare(array.astype(np.float64), array, TOLERANCE) is None
    assert compare(array, array.astype(np.float64), TOLERANCE) is None


@given(ARRAYS, st.data())
def test_one_changed_number_is_found_where_it_is(array, data):
    index = tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)
    other = array.astype(np.float64)
    other[index] += 1e-3 * max(1.0, abs(other[index]))
    difference = compare(array, other, TOLERANCE)
    assert difference.what == "value"
    assert difference.index == index
    assert difference.count == 1


@given(ARRAYS, st.data())
def test_a_nan_never_passes(array, data):
    other = array.copy()
    other[tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)] = np.nan
    assert compare(array, other, TOLERANCE).what == "nan"
    assert compare(other, other, TOLERANCE) is not None
    assert compare(other, other, TOLERANCE, nan_equal=True) is None


@pytest.mark.parametrize(
    ("expected", "received", "what"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape"),
        (np.zeros((2, 1)), np.zeros(2), "shape"),
        (np.zeros(3), np.zeros((0,)), "shape"),
        (np.zeros(3), 0.0, "shape"),
        (np.zeros(3), np.zeros(3, np.int64), "dtype"),
        (np.zeros(3, np.int64), np.zeros(3), "dtype"),
        (np.zeros(3), np.zeros(3, bool), "dtype"),
        (np.zeros(3), np.zeros(3, np.complex64), "dtype"),
        (np.zeros(3), [0.0, 0.0, 0.0], "type"),
        (np.zeros(3), None, "type"),
        (np.zeros(3), "zeros", "type"),
        (1.0, True, "type"),
        (True, 1, "type"),
        (1.0, 10**400, "type"),
        (np.array([np.inf]), np.array([-np.inf]), "value"),
        (np.array([np.inf]), np.array([1e300]), "value"),
        (np.array([1.0]), np.array([np.inf]), "value"),
        ([1.0, 2.0], [1.0], "length"),
        ({"a": 1.0}, {}, "missing"),
        ({"a": 1.0}, [1.0], "type"),
    ],
)
def test_what_differs_is_named(expected, received, what):
    assert compare(expected, received, TOLERANCE).what == what


def test_same_infinities_and_numbers_of_any_width_are_equal():
    assert compare(np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf]), TOLERANCE) is None
    assert compare(1.0, np.float32(1.0), TOLERANCE).what == "type"  # answers are made plain before they are compared
    assert compare(np.array(1.0), 1.0, TOLERANCE) is None
    assert compare(1, np.array(1, np.int32), TOLERANCE) is None
    assert compare([1.0, {"a": [2]}], [1.0, {"a": [2]}], TOLERANCE) is None
