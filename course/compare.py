"""Comparison of two plain trees: type, shape and dtype kind first, then values; the first difference is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Path = tuple[str | int, ...]
Tree = Any

KIND_NAMES = {"b": "bool", "i": "integer", "u": "integer", "f": "float", "c": "complex"}


@dataclass(frozen=True)
class Tolerance:
    """|received - expected| <= atol + rtol |expected|, elementwise."""

    rtol: float = 1e-5
    atol: float = 1e-6


@dataclass(frozen=True)
class Difference:
    """The first place where two trees differ; `where` leads to it, `index` is the element in an array."""

    what: str
    where: Path
    expected: Any
    received: Any
    index: tuple[int, ...] | None = None
    count: int = 0
    size: int = 0


def compare(
    expected: Tree, received: Tree, tolerance: Tolerance, where: Path = (), *, nan_equal: bool = False
) -> Difference | None:
    """The first difference, or None. NaN equals nothing unless `nan_equal` (used to recognise wrong twins)."""
    if isinstance(expected, dict):
        return _compare_dicts(expected, received, tolerance, where, nan_equal)
    if isinstance(expected, list):
        return _compare_lists(expected, received, tolerance, where, nan_equal)
    if expected is None or isinstance(expected, (str, bool)):
        equal = type(expected) is type(received) and expected == received
        return None if equal else Difference("value" if type(expected) is type(received) else "type", where, expected, received)
    return _compare_numbers(np.asarray(expected), received, tolerance, where, nan_equal)


def _compare_dicts(expected: dict, received: Tree, tolerance: Tolerance, where: Path, nan_equal: bool) -> Difference | None:
    if not isinstance(received, dict):
        return Difference("type", where, expected, received)
    for key, value in expected.items():
        if key not in received:
            return Difference("missing", (*where, key), value, None)
        difference = compare(value, received[key], tolerance, (*where, key), nan_equal=nan_equal)
        if difference:
            return difference
    return None


def _compare_lists(expected: list, received: Tree, tolerance: Tolerance, where: Path, nan_equal: bool) -> Difference | None:
    if not isinstance(received, list):
        return Difference("type", where, expected, received)
    if len(expected) != len(received):
        return Difference("length", where, expected, received)
    for i, (one, other) in enumerate(zip(expected, received, strict=True)):
        difference = compare(one, other, tolerance, (*where, i), nan_equal=nan_equal)
        if difference:
            return difference
    return None


def _compare_numbers(
    expected: np.ndarray, received: Tree, tolerance: Tolerance, where: Path, nan_equal: bool
) -> Difference | None:
    # In Python a bool is an int; here it is only equal to a bool.
    if isinstance(received, bool) != (expected.dtype.kind == "b") and not isinstance(received, np.ndarray):
        return Difference("type", where, expected, received)
    if not isinstance(received, (np.ndarray, bool, int, float)):
        return Difference("type", where, expected, received)
    try:
        received = np.asarray(received)
    except OverflowError:
        return Difference("value", where, expected, received)
    if received.dtype.kind not in KIND_NAMES:
        return Difference("type", where, expected, str(received)[:60])
    if expected.shape != received.shape:
        return Difference("shape", where, expected, received)
    if KIND_NAMES[expected.dtype.kind] != KIND_NAMES[received.dtype.kind]:
        return Difference("dtype", where, expected, received)
    wrong = _unequal(expected, received, tolerance, nan_equal)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    what = "nan" if np.isnan(received[index]) and not np.isnan(expected[index]) else "value"
    return Difference(what, where, expected, received, index, int(wrong.sum()), int(wrong.size))


def too_few(least: float, expected: Tree, received: Tree, where: Path) -> Difference | None:
    """For predicted labels: shape and kind must be right, and at least the share `least` of the labels. None if so."""
    difference = compare(expected, received, Tolerance(), where)
    if difference is None or difference.what != "value" or not difference.size:
        return difference
    if difference.size - difference.count >= least * difference.size - 1e-9:
        return None
    return Difference("accuracy", where, least, difference.received, None, difference.count, difference.size)


def _unequal(expected: np.ndarray, received: np.ndarray, tolerance: Tolerance, nan_equal: bool) -> np.ndarray:
    """Mask of the elements that differ. Infinities are equal only to the same infinity."""
    if expected.dtype.kind in "biu":
        return np.asarray(expected != received)
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    e, r = expected.astype(wide), received.astype(wide)
    with np.errstate(all="ignore"):
        near = np.abs(r - e) <= tolerance.atol + tolerance.rtol * np.abs(e)
    finite = np.isfinite(e) & np.isfinite(r)
    equal = np.where(finite, near, e == r)
    if nan_equal:
        equal |= np.isnan(e) & np.isnan(r)
    return np.asarray(~equal)
