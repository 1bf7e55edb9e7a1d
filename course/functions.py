"""Differentiable functions for exercises, written once over the array operations of any framework.

`ops` is a namespace with `sin`, `exp`, `tanh` and `sum`; powers and sums use operators. In NumPy they also accept
complex numbers, so a reference may differentiate them by the complex step, exact to rounding:
f'(x) = Im f(x + ih) / h (Squire and Trapp, 1998).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Ops = Any
Coefficients = tuple[float, ...]


def polynomial(ops: Ops, x: Any, c: Coefficients) -> Any:
    """c[0] + c[1] x + c[2] x^2 + ..., elementwise."""
    total = c[-1] + 0 * x
    for coefficient in reversed(c[:-1]):
        total = total * x + coefficient
    return total


def wave(ops: Ops, x: Any, c: Coefficients) -> Any:
    """c[0] sin(c[1] x) + c[2] x, elementwise."""
    return c[0] * ops.sin(c[1] * x) + c[2] * x


def bump(ops: Ops, x: Any, c: Coefficients) -> Any:
    """c[0] exp(-c[1] x^2), elementwise."""
    return c[0] * ops.exp(-c[1] * x * x)


def saturation(ops: Ops, x: Any, c: Coefficients) -> Any:
    """c[0] tanh(c[1] x) + c[2], elementwise."""
    return c[0] * ops.tanh(c[1] * x) + c[2]


def bowl(ops: Ops, x: Any, c: Coefficients) -> Any:
    """Sum over i of (i + 1) c[0] (x[i] - c[1])^2: a scalar; elongated, with its minimum at c[1] in every axis."""
    total = 0.0
    for i in range(x.shape[0]):
        total = total + (i + 1) * c[0] * (x[i] - c[1]) * (x[i] - c[1])
    return total


def valley(ops: Ops, x: Any, c: Coefficients) -> Any:
    """(c[0] - x[0])^2 + c[1] (x[1] - x[0]^2)^2: Rosenbrock's curved valley, a scalar; minimum at (c[0], c[0]^2)."""
    along, across = c[0] - x[0], x[1] - x[0] * x[0]
    return along * along + c[1] * across * across


FUNCTIONS: dict[str, Callable[[Ops, Any, Coefficients], Any]] = {
    f.__name__: f for f in (polynomial, wave, bump, saturation, bowl, valley)
}


def formula(name: str) -> str:
    """A function in symbols, for a person: its docstring up to the first comma or colon."""
    return re.split("[,:]", FUNCTIONS[name].__doc__ or "")[0]
