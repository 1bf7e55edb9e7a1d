"""Plain trees to JSON and back: the only form in which inputs and answers travel. Never pickle.

A plain tree is made of None, bool, int, float, str, lists, dicts with string keys, NumPy arrays and recipes.
Decoding is strict and bounded, because the text may come from a student's process.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import math
from typing import Any

import numpy as np

from course.recipes import KINDS

DTYPES = frozenset(
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    + ["float16", "float32", "float64", "complex64", "complex128"]
)
MAX_ELEMENTS = 20_000_000
MAX_DEPTH = 32
MAX_NODES = 200_000


class CodecError(ValueError):
    """The text is no plain tree, or is larger than the limits."""


def encode(tree: Any, *, binary: bool = False) -> Any:
    """JSON-ready form of a plain tree; `binary` packs arrays as base64 (smaller), else as readable numbers."""
    if tree is None or isinstance(tree, (bool, np.bool_)):
        return None if tree is None else bool(tree)
    if isinstance(tree, (int, np.integer)):
        return int(tree)
    if isinstance(tree, str):
        return str(tree)
    if isinstance(tree, (float, np.floating)):
        return _encode_float(tree)
    if isinstance(tree, np.ndarray):
        return _encode_array(tree, binary)
    if isinstance(tree, (list, tuple)):
        return [encode(item, binary=binary) for item in tree]
    if isinstance(tree, dict):
        return {str(key): encode(item, binary=binary) for key, item in tree.items()}
    if type(tree).__name__ in KINDS:
        fields = {f.name: encode(getattr(tree, f.name), binary=binary) for f in dataclasses.fields(tree)}
        return {"$recipe": type(tree).__name__, "fields": fields}
    raise CodecError(f"a value of type {type(tree).__name__} cannot be written down")


def _encode_float(value: float | np.floating) -> Any:
    if not math.isfinite(value):
        return {"$float": str(float(value))}
    # str(np.float32(0.1)) is '0.1': the shortest text that reads back as the same float32.
    return float(str(value))


def _encode_array(array: np.ndarray, binary: bool) -> dict[str, Any]:
    if array.dtype.name not in DTYPES:
        raise CodecError(f"an array of {array.dtype.name} cannot be written down")
    head = {"$array": array.dtype.name, "shape": list(array.shape)}
    if binary or array.dtype.kind == "c":
        little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
        return head | {"base64": base64.b64encode(little.tobytes()).decode("ascii")}
    flat = array.ravel()
    if array.dtype.kind == "f":
        return head | {"data": [float(str(v)) if np.isfinite(v) else str(float(v)) for v in flat]}
    return head | {"data": flat.tolist()}


def decode(tree: Any, *, recipes: bool = True) -> Any:
    """Plain tree from its JSON form. `recipes=False` for what comes from a student. Raises CodecError."""
    return _Decoder(recipes).decode(tree, 0)


class _Decoder:
    def __init__(self, recipes: bool) -> None:
        self.recipes = recipes
        self.elements = 0
        self.nodes = 0

    def decode(self, tree: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise CodecError("the tree is too deep or has too many parts")
        if tree is None or isinstance(tree, (bool, int, str)):
            return tree
        if isinstance(tree, float):
            return tree
        if isinstance(tree, list):
            return [self.decode(item, depth + 1) for item in tree]
        if not isinstance(tree, dict):
            raise CodecError(f"{type(tree).__name__} is no part of a plain tree")
        if "$float" in tree:
            if tree["$float"] not in ("nan", "inf", "-inf"):
                raise CodecError("a $float is nan, inf or -inf")
            return float(tree["$float"])
        if "$array" in tree:
            return self._array(tree)
        if "$recipe" in tree:
            return self._recipe(tree, depth)
        return {str(key): self.decode(item, depth + 1) for key, item in tree.items()}

    def _array(self, tree: dict[str, Any]) -> np.ndarray:
        name, shape = tree["$array"], tree.get("shape")
        if not isinstance(name, str) or name not in DTYPES:
            raise CodecError(f"arrays of {name!r} are not accepted")
        if not isinstance(shape, list) or len(shape) > MAX_DEPTH:
            raise CodecError("an array needs a shape")
        if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= MAX_ELEMENTS for n in shape):
            raise CodecError("an array's shape is made of sizes")
        size = math.prod(shape)
        self.elements += size
        if self.elements > MAX_ELEMENTS:
            raise CodecError(f"more than {MAX_ELEMENTS:,} numbers")
        dtype = np.dtype(name)
        try:
            if "base64" in tree:
                raw = base64.b64decode(tree["base64"], validate=True)
                flat = np.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype)
            else:
                flat = np.asarray(tree["data"], dtype=dtype)
        except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
            raise CodecError(f"an array's numbers cannot be read: {error}") from None
        if flat.ndim != 1 or flat.size != size:
            raise CodecError(f"an array of shape {tuple(shape)} holds {flat.size} numbers")
        return flat.reshape(shape)

    def _recipe(self, tree: dict[str, Any], depth: int) -> Any:
        name = tree["$recipe"]
        kind = KINDS.get(name) if self.recipes and isinstance(name, str) else None
        fields = tree.get("fields")
        if kind is None or not isinstance(fields, dict):
            raise CodecError("a recipe is not accepted here")
        values = {str(key): self.decode(item, depth + 1) for key, item in fields.items()}
        values = {key: tuple(item) if isinstance(item, list) and key != "value" else item for key, item in values.items()}
        try:
            return kind(**values)
        except TypeError as error:
            raise CodecError(f"a recipe's fields are wrong: {error}") from None
