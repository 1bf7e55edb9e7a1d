"""Graded exercises of 01-tensors: references in slow NumPy, cases, and the mistakes that students really make."""

from collections.abc import Iterator

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.recipes import Seed

Array = np.ndarray
Inputs = dict[str, object]
Batches = Iterator[tuple[Array, Array]]


# --- affine -----------------------------------------------------------------------------------------------------------


def affine(x: Array, w: Array, b: Array) -> Array:
    z = np.zeros((len(x), w.shape[1]))
    for i in range(len(x)):
        for j in range(w.shape[1]):
            z[i, j] = sum(x[i, k] * w[k, j] for k in range(len(w))) + b[j]
    return z


def bias_forgotten(x: Array, w: Array, b: Array) -> Array:
    return x @ w


def weights_transposed(x: Array, w: Array, b: Array) -> Array:
    return x @ w.T + b


def elementwise_product(x: Array, w: Array, b: Array) -> Array:
    return x * w + b


def bias_down_the_column(x: Array, w: Array, b: Array) -> Array:
    return x @ w + b[:, None]


def affine_transposed(x: Array, w: Array, b: Array) -> Array:
    return (x @ w + b).T


def affine_cases(rng: np.random.Generator) -> list[Inputs]:
    # The last sizes are all equal: only there do some mistakes broadcast silently instead of failing.
    sizes = [(4, 3, 2), (1, 4, 3), (5, 2, 1), (2, 6, 3), (3, 3, 3)]
    return [{"x": normal(rng, n, k), "w": normal(rng, k, m), "b": normal(rng, m)} for n, k, m in sizes]


# --- one_hot ----------------------------------------------------------------------------------------------------------


def one_hot(labels: Array, num_classes: int) -> Array:
    rows = np.zeros((len(labels), num_classes))
    for i, label in enumerate(labels):
        rows[i, label] = 1
    return rows


def guessed_class_count(labels: Array, num_classes: int) -> Array:
    return one_hot(labels, int(labels.max()) + 1)


def one_hot_transposed(labels: Array, num_classes: int) -> Array:
    return one_hot(labels, num_classes).T


def integer_rows(labels: Array, num_classes: int) -> Array:
    return one_hot(labels, num_classes).astype(np.int64)


def boolean_rows(labels: Array, num_classes: int) -> Array:
    return one_hot(labels, num_classes) == 1


def one_hot_cases(rng: np.random.Generator) -> list[Inputs]:
    return [
        {"labels": rng.integers(0, 3, 6), "num_classes": 4},  # the last class does not occur
        {"labels": np.array([rng.integers(0, 4)]), "num_classes": 5},
        {"labels": rng.permutation(4), "num_classes": 4},
        {"labels": np.zeros(3, np.int64), "num_classes": 2},
        {"labels": rng.integers(0, 10, 7), "num_classes": 10},
    ]


# --- mean_squared_error -----------------------------------------------------------------------------------------------


def mean_squared_error(predictions: Array, targets: Array) -> float:
    total = 0.0
    for i in range(len(targets)):
        total += (predictions[i, 0] - targets[i]) ** 2
    return total / len(targets)


def every_pair(predictions: Array, targets: Array) -> float:
    return np.mean((predictions - targets) ** 2)  # (n, 1) - (n,) is (n, n)


def summed(predictions: Array, targets: Array) -> float:
    return np.sum((predictions[:, 0] - targets) ** 2)


def averaged_then_squared(predictions: Array, targets: Array) -> float:
    return np.mean(predictions[:, 0] - targets) ** 2


def absolute_difference(predictions: Array, targets: Array) -> float:
    return np.mean(np.abs(predictions[:, 0] - targets))


def mean_squared_error_cases(rng: np.random.Generator) -> list[Inputs]:
    cases = [{"predictions": normal(rng, n, 1), "targets": normal(rng, n)} for n in (5, 1, 8)]
    perfect = np.arange(6, dtype=np.float32) - 1.5
    noisy = normal(rng, 10)
    return [
        *cases,
        {"predictions": perfect[:, None], "targets": perfect},
        {"predictions": noisy[:, None] + np.float32(0.25), "targets": noisy},
    ]


# --- pairwise_distances -----------------------------------------------------------------------------------------------


def pairwise_distances(a: Array, b: Array) -> Array:
    distances = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            distances[i, j] = np.sqrt(np.sum((a[i] - b[j]) ** 2))
    return distances


def not_rooted(a: Array, b: Array) -> Array:
    return pairwise_distances(a, b) ** 2


def distances_transposed(a: Array, b: Array) -> Array:
    return pairwise_distances(a, b).T


def row_by_row(a: Array, b: Array) -> Array:
    return np.sqrt(np.sum((a - b) ** 2, axis=1))


def summed_over_points(a: Array, b: Array) -> Array:
    return np.sqrt(np.sum((a[:, None] - b[None]) ** 2, axis=1))


def lengths_without_a_column(a: Array, b: Array) -> Array:
    square = np.sum(a**2, axis=1) + np.sum(b**2, axis=1) - 2 * a @ b.T
    return np.sqrt(np.maximum(square, 0))


def expanded_square(a: Array, b: Array) -> Array:
    square = np.sum(a**2, axis=1, keepdims=True) + np.sum(b**2, axis=1) - 2 * a @ b.T
    return np.sqrt(np.maximum(square, 0))


def pairwise_distances_cases(rng: np.random.Generator) -> list[Inputs]:
    # Only the last case may tell the expanded square, whose rounding differs from one right way of writing it to the next:
    # in the others the clusters lie apart, so that no digits cancel.
    cluster = normal(rng, 4, 3)
    return [
        {"a": normal(rng, 3, 2), "b": normal(rng, 5, 2) + np.float32(6)},
        {"a": normal(rng, 1, 3), "b": normal(rng, 4, 3) - np.float32(5)},
        {"a": normal(rng, 6, 9), "b": normal(rng, 2, 9) + np.float32(3)},
        {"a": cluster, "b": np.roll(cluster, 1, axis=0) + np.float32(4)},  # as many rows in a as in b
        far_from_the_origin(rng),
    ]


def far_from_the_origin(rng: np.random.Generator) -> Inputs:
    """Points a (3, 2) and b (4, 2) near 10,000 with whole coordinates: two points are in both, the others at least 1 apart.

    Both lie evenly around one middle. Moved there, by the mean of either or of both, their squares are exact, so that an
    expanded square that was written with care is right.
    """
    middle = 10_000 + rng.integers(-50, 50, 2)
    one, other = np.stack([1 + rng.permutation(6)[:2], rng.integers(-4, 5, 2)], axis=1)
    a, b = np.stack([0 * one, one, -one]), np.stack([other, one, -one, -other])
    return {"a": (middle + rng.permutation(a)).astype(np.float32), "b": (middle + rng.permutation(b)).astype(np.float32)}


# --- standardize ------------------------------------------------------------------------------------------------------


def standardize(train: Array, test: Array) -> tuple[Array, Array]:
    results = np.zeros(train.shape), np.zeros(test.shape)
    for column in range(train.shape[1]):
        mean = sum(train[:, column]) / len(train)
        std = np.sqrt(sum((train[:, column] - mean) ** 2) / len(train))
        for table, result in zip((train, test), results, strict=True):
            if std > 0:
                result[:, column] = (table[:, column] - mean) / std
    return results


def scale(table: Array, mean: Array, std: Array) -> Array:
    return (table - mean) / np.where(std == 0, 1, std)


def test_statistics(train: Array, test: Array) -> tuple[Array, Array]:
    return scale(train, train.mean(0), train.std(0)), scale(test, test.mean(0), test.std(0))


def both_tables(train: Array, test: Array) -> tuple[Array, Array]:
    table = np.concatenate([train, test])
    return scale(train, table.mean(0), table.std(0)), scale(test, table.mean(0), table.std(0))


def one_mean_for_all(train: Array, test: Array) -> tuple[Array, Array]:
    return scale(train, train.mean(), train.std()), scale(test, train.mean(), train.std())


def wrong_axis(train: Array, test: Array) -> tuple[Array, Array]:
    mean, std = train.mean(1, keepdims=True), train.std(1, keepdims=True)
    return scale(train, mean, std), scale(test, mean, std)


def each_row_alone(train: Array, test: Array) -> tuple[Array, Array]:
    rows = [scale(table, table.mean(1, keepdims=True), table.std(1, keepdims=True)) for table in (train, test)]
    return rows[0], rows[1]


def unbiased(train: Array, test: Array) -> tuple[Array, Array]:
    std = train.std(0, ddof=1)
    return scale(train, train.mean(0), std), scale(test, train.mean(0), std)


def variance(train: Array, test: Array) -> tuple[Array, Array]:
    return scale(train, train.mean(0), train.var(0)), scale(test, train.mean(0), train.var(0))


def unguarded(train: Array, test: Array) -> tuple[Array, Array]:
    return (train - train.mean(0)) / train.std(0), (test - train.mean(0)) / train.std(0)


def in_place(train: Array, test: Array) -> tuple[Array, Array]:
    mean, std = train.mean(0), train.std(0)
    for table in (train, test):
        table -= mean
        table /= np.where(std == 0, 1, std)
    return train, test


def standardize_cases(rng: np.random.Generator) -> list[Inputs]:
    blank = table(rng, 5, 3), table(rng, 2, 3)
    for part in blank:
        part[:, 1] = 3.5  # exact in float32, and so is its mean: its standard deviation is exactly 0
    return [
        {"train": table(rng, 6, 3), "test": table(rng, 4, 3)},
        {"train": table(rng, 9, 4), "test": table(rng, 1, 4)},
        {"train": blank[0], "test": blank[1]},
        {"train": table(rng, 4, 3), "test": table(rng, 4, 3)},  # equal sizes: the wrong axis stays silent
        {"train": table(rng, 12, 2) * np.float32(10), "test": table(rng, 3, 2) * np.float32(10)},
    ]


def table(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Measurements (rows, columns) whose columns lie in different places and spread differently."""
    place, spread = 8.0 * np.arange(1, columns + 1), 2.0 + 3.0 * np.arange(columns)
    # Evenly spread ranks with noise: no column is almost constant by accident.
    ranks = np.stack([rng.permutation(rows) for _ in range(columns)], axis=1) / max(rows - 1, 1) - 0.5
    return (place + spread * (2 * ranks + 0.2 * rng.standard_normal((rows, columns)))).astype(np.float32)


# --- batches ----------------------------------------------------------------------------------------------------------


def batches(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    order = generator.permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]


def last_batch_dropped(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    return (batch for batch in batches(x, y, batch_size, generator) if len(batch[0]) == batch_size)


def empty_batch(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    order = generator.permutation(len(x))
    for i in range(len(x) // batch_size + 1):
        chosen = order[i * batch_size : (i + 1) * batch_size]
        yield x[chosen], y[chosen]


def same_order(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


def global_generator(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    order = np.random.permutation(len(x))  # noqa: NPY002 - the global state is the mistake
    return same_order(x[order], y[order], batch_size, generator)


def shuffled_apart(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    x, y = x[generator.permutation(len(x))], y[generator.permutation(len(y))]
    return same_order(x, y, batch_size, generator)


def with_replacement(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    for start in range(0, len(x), batch_size):
        chosen = generator.integers(0, len(x), min(batch_size, len(x) - start))
        yield x[chosen], y[chosen]


def shuffled_in_place(x: Array, y: Array, batch_size: int, generator: np.random.Generator) -> Batches:
    order = generator.permutation(len(x))
    x[:], y[:] = x[order], y[order]
    return same_order(x, y, batch_size, generator)


def batches_cases(rng: np.random.Generator) -> list[Inputs]:
    # Equal rows of x, of y, or of both show which rows are wrong: those of a pair, or the rows themselves.
    row, label = normal(rng, 1, 2), np.full(12, rng.integers(0, 3))
    return [
        {"x": normal(rng, 17, 3), "y": rng.permutation(17), "batch_size": 5, "generator": seed(rng)},
        {"x": normal(rng, 24, 2), "y": rng.permutation(24), "batch_size": 6, "generator": seed(rng)},
        {"x": np.repeat(row, 13, axis=0), "y": rng.permutation(13), "batch_size": 4, "generator": seed(rng)},
        {"x": normal(rng, 12, 2), "y": label, "batch_size": 20, "generator": seed(rng)},
        {"x": np.repeat(row, 12, axis=0), "y": label, "batch_size": 7, "generator": seed(rng)},
        {"x": row, "y": label[:1], "batch_size": 1, "generator": seed(rng)},
    ]


# --- helpers ----------------------------------------------------------------------------------------------------------


def normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.standard_normal(shape).astype(np.float32)


def seed(rng: np.random.Generator) -> Seed:
    return Seed(int(rng.integers(1, 10_000)))


NOT_THE_ROWS = ("sizes", "reshuffled", "repeatable", "changed")

EXERCISES = [
    Exercise(
        name="affine",
        points=2,
        reference=affine,
        cases=affine_cases,
        misconceptions=[
            Misconception("bias forgotten", bias_forgotten, "The product is right, but `b` is never added to it."),
            Misconception(
                "weights transposed",
                weights_transposed,
                "`w` is (features, outputs) here: it already fits behind `x`, so do not transpose it. Some functions, such "
                "as PyTorch's `F.linear`, expect weights stored as (outputs, features).",
            ),
            Misconception(
                "elementwise product",
                elementwise_product,
                "`*` multiplies number by number. The matrix product, which sums over the features, is `@`.",
            ),
            Misconception(
                "bias down the column",
                bias_down_the_column,
                "Output j gets b[j] in every row. A shape (outputs,) already lines up with the last axis; made into a "
                "column, it is added along the examples.",
            ),
            Misconception("transposed result", affine_transposed, "Keep one row for each example: (batch, outputs)."),
        ],
        tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    ),
    Exercise(
        name="one_hot",
        points=2,
        reference=one_hot,
        cases=one_hot_cases,
        misconceptions=[
            Misconception(
                "class count guessed from the data",
                guessed_class_count,
                "The largest label that happens to be in this batch says nothing about how many classes there are: make "
                "`num_classes` columns.",
            ),
            Misconception(
                "transposed result",
                one_hot_transposed,
                "One row for each label, one column for each class: (n, num_classes), not (num_classes, n).",
            ),
            Misconception(
                "integers instead of floats",
                integer_rows,
                "The numbers are right, their type is not: these rows will meet float32 weights and losses. Convert them.",
            ),
            Misconception(
                "true and false instead of numbers",
                boolean_rows,
                "A comparison gives True and False. Convert them to float32 before you return them.",
            ),
        ],
    ),
    Exercise(
        name="mean_squared_error",
        points=2,
        reference=mean_squared_error,
        cases=mean_squared_error_cases,
        misconceptions=[
            Misconception(
                "(n, 1) minus (n,) broadcast to (n, n)",
                every_pair,
                "(n, 1) minus (n,) is (n, n): every prediction against every target, and the mean hides it. Give both the "
                "same shape first.",
            ),
            Misconception("sum instead of mean", summed, "Divide by the number of examples: the mean, not the sum."),
            Misconception(
                "averaged before squaring",
                averaged_then_squared,
                "Square each difference first, then average. The other way round, errors of opposite sign cancel.",
            ),
            Misconception("absolute instead of squared", absolute_difference, "Square the differences: no absolute value."),
        ],
    ),
    Exercise(
        name="pairwise_distances",
        points=3,
        reference=pairwise_distances,
        cases=pairwise_distances_cases,
        misconceptions=[
            Misconception("squared but not rooted", not_rooted, "These are the squared distances: take the root at the end."),
            Misconception(
                "transposed result",
                distances_transposed,
                "Row i belongs to point i of `a`, column j to point j of `b`: the new axis of `a` comes second.",
            ),
            Misconception(
                "only row i against row i",
                row_by_row,
                "`a - b` pairs the rows one to one. Insert axes, (n, 1, d) and (1, m, d), so that every point of `a` meets "
                "every point of `b`.",
            ),
            Misconception(
                "summed over the wrong axis",
                summed_over_points,
                "After the difference (n, m, d), sum over the features, which are the last axis; n and m must stay.",
            ),
            Misconception(
                "squared lengths without a column",
                lengths_without_a_column,
                "The squared lengths of `a` must stand in a column, (n, 1), and those of `b` in a row, (m,). Two flat shapes "
                "are added one to one. Or do without the expanded square.",
            ),
            Misconception(
                "expanded square loses close points",
                expanded_square,
                "|a|² + |b|² - 2 a·b subtracts huge numbers that are almost equal, and their digits are gone: points near "
                "10,000 that are 1 apart come out equal, or as NaN. Subtract the points first, then square.",
                # Which wrong digits remain depends on the order of the terms: right everywhere else is what tells it.
                keys=("changed", "again"),
            ),
        ],
        tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    ),
    Exercise(
        name="standardize",
        points=3,
        reference=standardize,
        cases=standardize_cases,
        misconceptions=[
            Misconception(
                "NaN on a constant column",
                unguarded,
                "A column that never changes has the standard deviation 0, and 0/0 is NaN. Divide by 1 where it is 0.",
            ),
            Misconception(
                "unbiased standard deviation",
                unbiased,
                "You divided by n - 1. Here the biased one is asked, which divides by n: PyTorch's `std` needs "
                "`correction=0`, TensorFlow's `reduce_std` does it without being told.",
            ),
            Misconception(
                "variance instead of standard deviation", variance, "You divided by the variance: take its square root first."
            ),
            Misconception(
                "statistics of the test set",
                test_statistics,
                "The test rows were moved by their own mean. Use the training mean and standard deviation for both tables.",
            ),
            Misconception(
                "statistics of both tables together",
                both_tables,
                "The test rows took part in the mean: what is learned, be it only a mean, is learned from `train` alone.",
            ),
            Misconception(
                "one mean for the whole table",
                one_mean_for_all,
                "There is one mean and one standard deviation for each column: say over which axis.",
            ),
            Misconception(
                "statistics over the wrong axis",
                wrong_axis,
                "You averaged along each row. A column's mean runs down the rows: axis 0 disappears.",
            ),
            Misconception(
                "each row by itself",
                each_row_alone,
                "Each example was standardised by its own mean. The statistics belong to the columns, and come from `train`.",
            ),
            Misconception(
                "input changed in place",
                in_place,
                "`-=` and `/=` write into the tensors of whoever called you. Make new ones: `train - mean`.",
                tracks=("pytorch",),
                keys=("value", "changed"),
            ),
        ],
        tolerance=Tolerance(rtol=1e-4, atol=1e-5),
    ),
    Exercise(
        name="batches",
        points=3,
        reference=batches,
        cases=batches_cases,
        probe="epochs",
        misconceptions=[
            Misconception(
                "last partial batch dropped",
                last_batch_dropped,
                "Some examples never come: what is left over at the end makes a smaller batch, and is not dropped.",
                keys=("sizes", "reshuffled", "repeatable", "changed"),
            ),
            Misconception(
                "empty batch at the end",
                empty_batch,
                "When the batch size divides n, one batch too many comes, with nothing in it. Stop where the data stop.",
            ),
            Misconception(
                "the same order each epoch",
                same_order,
                "Every call must draw a new order from `generator`. Do not seed it again, and do not leave the order as it is.",
            ),
            Misconception(
                "random numbers not from the generator",
                global_generator,
                "The order did not come from `generator`, so the same seed does not repeat it. Hand the generator to the "
                "function that draws.",
            ),
            Misconception(
                "input shuffled in place",
                shuffled_in_place,
                "Shuffling `x` and `y` themselves changes the caller's data. Shuffle row numbers, and pick rows with them.",
                tracks=("pytorch",),
            ),
            Misconception(
                "x and y shuffled apart",
                shuffled_apart,
                "Examples got the labels of others. Draw one order and pick both `x` and `y` with it.",
                keys=NOT_THE_ROWS,
            ),
            Misconception(
                "rows drawn with replacement",
                with_replacement,
                "Some examples come twice and some never. An epoch is a permutation: every row exactly once.",
                keys=NOT_THE_ROWS,
            ),
        ],
    ),
]
