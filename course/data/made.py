"""Small data sets that are computed, or come with scikit-learn: no internet needed."""

from __future__ import annotations

from typing import Literal

import numpy as np

Examples = tuple[np.ndarray, np.ndarray]


Part = Literal["all", "practice", "kept"]
KEPT = {"digits": 497, "iris": 45}
"""How many examples the labs' judge keeps, to ask about."""


def digits(part: Part = "all") -> Examples:
    """1,797 handwritten digits of scikit-learn: x (1797, 64) grey values in 0..1 of 8 x 8 pixels, y (1797,) in 0..9.

    A lab trains on the 1,300 of the part "practice" and is graded on the others, "kept": to train on those is cheating.
    """
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return _part((x / 16).astype(np.float32), y.astype(np.int64), part, KEPT["digits"])


def iris(part: Part = "all") -> Examples:
    """150 irises of three kinds: x (150, 4) lengths and widths in centimetres, y (150,) in 0..2, sorted by kind.

    A lab trains on the 105 of the part "practice" (35 of each kind, sorted too) and is graded on the others, "kept".
    """
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    return _part(x.astype(np.float32), y.astype(np.int64), part, KEPT["iris"])


def _part(x: np.ndarray, y: np.ndarray, part: Part, kept: int) -> Examples:
    """All examples, or those of a part in their order; each class gives the same share of its examples to both parts."""
    if part == "all":
        return x, y
    if part not in ("practice", "kept"):
        raise ValueError(f"part is 'all', 'practice' or 'kept', not {part!r}")
    from sklearn.model_selection import train_test_split

    practice, others = train_test_split(np.arange(len(y)), test_size=kept, stratify=y, random_state=2024)
    rows = np.sort(practice if part == "practice" else others)
    return x[rows], y[rows]


def diabetes() -> Examples:
    """442 patients (Efron and others, 2004): x (442, 10) measurements in their own units, y (442,) how ill a year later.

    The columns are age, sex, body mass index, blood pressure and six values of the blood; both are float32.
    """
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return x.astype(np.float32), y.astype(np.float32)


def moons(n: int = 200, noise: float = 0.15, seed: int = 0) -> Examples:
    """Two interleaved half circles: x (n, 2), y (n,) in 0..1; no straight line separates them."""
    from sklearn.datasets import make_moons

    x, y = make_moons(n, noise=noise, random_state=seed)
    return x.astype(np.float32), y.astype(np.int64)


def corners(n: int = 200, spread: float = 0.12, seed: int = 0) -> Examples:
    """Exclusive or: clouds around the corners of the unit square, x (n, 2); y (n,) is 1 where one coordinate is large."""
    rng = np.random.default_rng(seed)
    corner = rng.permutation(np.arange(n) % 4)  # as many examples at each corner
    high = np.column_stack([corner % 2, corner // 2])
    x = high + rng.normal(0, spread, (n, 2))
    return x.astype(np.float32), (high[:, 0] != high[:, 1]).astype(np.int64)


def curve(n: int = 60, noise: float = 0.1, seed: int = 0) -> Examples:
    """A curve seen through noise: x (n, 1) in -1..1, y (n, 1) = sin(4 x) + 0.5 x + noise, both float32."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 1))
    y = np.sin(4 * x) + 0.5 * x + rng.normal(0, noise, (n, 1))
    return x.astype(np.float32), y.astype(np.float32)


def blobs(n: int = 200, classes: int = 3, spread: float = 1.0, seed: int = 0) -> Examples:
    """Round clouds of points: x (n, 2), y (n,) in 0..classes-1."""
    from sklearn.datasets import make_blobs

    x, y = make_blobs(n, centers=classes, cluster_std=spread, center_box=(-5, 5), random_state=seed)
    return x.astype(np.float32), y.astype(np.int64)


def split(x: np.ndarray, y: np.ndarray, fraction: float = 0.25, seed: int = 0) -> tuple[Examples, Examples]:
    """Training and held-out examples, shuffled once; `fraction` of the examples is held out."""
    order = np.random.default_rng(seed).permutation(len(x))
    cut = len(x) - round(len(x) * fraction)
    train, held_out = order[:cut], order[cut:]
    return (x[train], y[train]), (x[held_out], y[held_out])
