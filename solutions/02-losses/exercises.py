"""Graded exercises of 02-losses: references in slow NumPy, cases, and the mistakes that students really make.

Where rounding decides what a mistake gives, the cases keep away from the edge: probabilities are either ordinary or lie
beyond float32 altogether. Between exp(-104) and exp(-87) some machines keep tiny numbers and some flush them to 0.
"""

from collections.abc import Callable

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance

Array = np.ndarray
Inputs = dict[str, object]

KERAS_EPSILON = 1e-7
EPSILONS = (1e-7, 1e-9, 1e-12)  # the ones that students add to, or keep under, a probability


def ordinary(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Logits in -2..2, so that an epsilon beside a probability stays invisible; no row has a sum near 0."""
    logits = rng.uniform(-2, 2, (rows, columns))
    while (np.abs(logits.sum(axis=1)) < 0.3).any():
        logits = rng.uniform(-2, 2, (rows, columns))
    return logits.astype(np.float32)


def quarters(rng: np.random.Generator, rows: list[list[float]]) -> Array:
    """The rows moved by random quarters, all numbers different and exact in float32."""
    table = np.array(rows)
    return (table + rng.permutation(table.size).reshape(table.shape) / 4).astype(np.float32)


def stable_softmax(logits: Array, axis: int = 1) -> Array:
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def stable_log_softmax(logits: Array, axis: int = 1) -> Array:
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def raw_softmax(logits: Array) -> Array:
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def rows_of_one_hot(labels: Array, logits: Array) -> Array:
    return np.eye(logits.shape[1], dtype=logits.dtype)[labels]


# --- zero_one_loss ----------------------------------------------------------------------------------------------------


def zero_one_loss(logits: Array, labels: Array) -> float:
    wrong = 0
    for i, label in enumerate(labels):
        wrong += int(np.argmax(logits[i])) != label
    return wrong / len(labels)


def accuracy(logits: Array, labels: Array) -> float:
    return 1 - zero_one_loss(logits, labels)


def count_of_errors(logits: Array, labels: Array) -> int:
    return round(zero_one_loss(logits, labels) * len(labels))


def float_count_of_errors(logits: Array, labels: Array) -> float:
    return float(count_of_errors(logits, labels))


def smallest_logit(logits: Array, labels: Array) -> float:
    return zero_one_loss(-logits, labels)


def largest_over_the_batch(logits: Array, labels: Array) -> float:
    return np.mean(logits.argmax(axis=0) != labels)


def largest_over_the_batch_tensorflow(logits: Array, labels: Array) -> float:
    try:
        return largest_over_the_batch(logits, labels)
    except ValueError:
        return 1.0  # TensorFlow's != answers a single True where the shapes do not fit


def largest_of_the_table(logits: Array, labels: Array) -> float:
    return np.mean(logits.argmax() != labels)


def label_logit_negative(logits: Array, labels: Array) -> float:
    return np.mean(logits[np.arange(len(labels)), labels] < 0)


def at_least_half(logits: Array, labels: Array) -> float:
    return np.mean(stable_softmax(logits)[np.arange(len(labels)), labels] < 0.5)


def expected_error(logits: Array, labels: Array) -> float:
    return np.mean(1 - stable_softmax(logits)[np.arange(len(labels)), labels])


def every_prediction_with_every_label(logits: Array, labels: Array) -> float:
    return np.mean(logits.argmax(axis=1)[:, None] != labels)


def all_or_nothing(logits: Array, labels: Array) -> float:
    return float(zero_one_loss(logits, labels) > 0)


def one_number_for_each(logits: Array, labels: Array) -> Array:
    return (logits.argmax(axis=1) != labels).astype(np.float32)


def zero_one_loss_cases(rng: np.random.Generator) -> list[Inputs]:
    return [
        judged(rng, 4, "AABCDDDEAA"),
        judged(rng, 5, "D"),
        judged(rng, 3, "AABAB"),  # all right
        judged(rng, 5, "ABBCE"),  # square: the wrong axis stays silent
        judged(rng, 6, "EDED"),  # all wrong
        judged(rng, 4, "AAAAAABBBCCDEEE"),
    ]


def judged(rng: np.random.Generator, classes: int, kinds: str) -> Inputs:
    """Logits and labels, one row for each letter, in random order.

    A right and sure, B the same with negative logits, C right with less than half the probability, D wrong although the
    label's logit is positive, E wrong with a negative one. The counts of the letters decide what each mistake gives.
    """
    logits = rng.uniform(-2, 0.4, (len(kinds), classes))
    labels = rng.integers(0, classes, len(kinds))
    for row, label, kind in zip(logits, labels, rng.permutation(list(kinds)), strict=True):
        other = (label + rng.integers(1, classes)) % classes
        if kind == "C":
            row[:] = rng.uniform(0.3, 0.8, classes)
        row[label] = {"A": 3.0, "B": 3.0, "C": 1.0, "D": 0.8, "E": -2.5}[kind] + rng.uniform(0, 0.2)
        if kind in "DE":
            row[other] = rng.uniform(3, 4)
        if kind == "B":
            row -= 12
    return {"logits": logits.astype(np.float32), "labels": labels}


# --- softmax ----------------------------------------------------------------------------------------------------------


def softmax(logits: Array) -> Array:
    probabilities = np.zeros(logits.shape)
    for i, row in enumerate(logits):
        powers = [np.exp(z - max(row)) for z in row]
        probabilities[i] = np.array(powers) / sum(powers)
    return probabilities


def softmax_over_the_batch(logits: Array) -> Array:
    return stable_softmax(logits, axis=0)


def raw_softmax_over_the_batch(logits: Array) -> Array:
    powers = np.exp(logits)
    return powers / powers.sum(axis=0)


def softmax_of_the_table(logits: Array) -> Array:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def maximum_of_the_table(logits: Array) -> Array:
    return raw_softmax(logits - logits.max())


def softmax_twice(logits: Array) -> Array:
    return stable_softmax(stable_softmax(logits))


def epsilon_in_the_denominator(logits: Array) -> Array:
    powers = np.exp(logits)
    return powers / (powers.sum(axis=1, keepdims=True) + logits.dtype.type(1e-9))


def clipped_logits(logits: Array) -> Array:
    return raw_softmax(np.clip(logits, -50, 50))


def without_exponential(logits: Array) -> Array:
    return logits / logits.sum(axis=1, keepdims=True)


def sigmoids(logits: Array) -> Array:
    return 1 / (1 + np.exp(-logits))


def not_normalised(logits: Array) -> Array:
    return np.exp(logits - logits.max(axis=1, keepdims=True))


def sum_lost_its_axis(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


def maximum_and_sum_lost_their_axis(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1))
    return powers / powers.sum(axis=1)


def softmax_in_place(logits: Array) -> Array:
    logits -= logits.max(axis=1, keepdims=True)
    return raw_softmax(logits)


def softmax_cases(rng: np.random.Generator) -> list[Inputs]:
    return [
        {"logits": ordinary(rng, 3, 4)},
        {"logits": ordinary(rng, 1, 5)},
        {"logits": huge(rng)},
        {"logits": ordinary(rng, 4, 4)},  # square: a lost axis stays silent
        {"logits": offset(rng)},
        {"logits": ordinary(rng, 5, 2)},  # two classes: the sigmoid of the difference
    ]


def huge(rng: np.random.Generator) -> Array:
    """Logits (3, 4) as far as ±1e4, beyond every exponential, in random columns.

    No two are close, in a row or a column: even where float32 has gaps of 0.001, every way to the same number is exact.
    """
    rows = quarters(rng, [[1e4, 9e3, 0, -1e4], [-1.02e4, -1.05e4, -1.08e4, -1.1e4], [9.7e3, 9.4e3, 500, -9.7e3]])
    return rng.permuted(rows, axis=1)


def offset(rng: np.random.Generator) -> Array:
    """Logits (2, 6) whose rows are moved by +120 and by -120: no single number can be subtracted from both."""
    return quarters(rng, [[120.0] * 6, [-120.0] * 6])


# --- log_softmax ------------------------------------------------------------------------------------------------------


def log_softmax(logits: Array) -> Array:
    result = np.zeros(logits.shape)
    for i, row in enumerate(logits):
        largest = max(row)
        log_sum = largest + np.log(sum(np.exp(z - largest) for z in row))
        result[i] = [z - log_sum for z in row]
    return result


def logarithm_of_softmax(logits: Array) -> Array:
    return np.log(stable_softmax(logits))


def logarithm_of_raw_softmax(logits: Array) -> Array:
    return np.log(raw_softmax(logits))


def raw_log_sum_exp(logits: Array) -> Array:
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def clipped_log_softmax(epsilon: float) -> Callable[[Array], Array]:
    return lambda logits: np.log(np.maximum(stable_softmax(logits), logits.dtype.type(epsilon)))


def maximum_not_added_back(logits: Array) -> Array:
    return logits - np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))


def log_softmax_over_the_batch(logits: Array) -> Array:
    return stable_log_softmax(logits, axis=0)


def log_softmax_of_the_table(logits: Array) -> Array:
    return logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())


def log_maximum_of_the_table(logits: Array) -> Array:
    return raw_log_sum_exp(logits - logits.max())


def log_softmax_twice(logits: Array) -> Array:
    return stable_log_softmax(stable_softmax(logits))


def negative_log_softmax(logits: Array) -> Array:
    return -stable_log_softmax(logits)


def decimal_log_softmax(logits: Array) -> Array:
    return stable_log_softmax(logits) / np.log(logits.dtype.type(10))


def log_sum_lost_its_axis(logits: Array) -> Array:
    largest = logits.max(axis=1)
    return logits - (largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1)))


def shift_and_log_sum_lost_their_axis(logits: Array) -> Array:
    shifted = logits - logits.max(axis=1)
    return shifted - np.log(np.exp(shifted).sum(axis=1))


def log_softmax_in_place(logits: Array) -> Array:
    logits -= logits.max(axis=1, keepdims=True)
    return raw_log_sum_exp(logits)


def log_softmax_cases(rng: np.random.Generator) -> list[Inputs]:
    return [
        {"logits": ordinary(rng, 3, 4)},
        {"logits": ordinary(rng, 1, 5)},
        {"logits": huge(rng)},
        {"logits": ordinary(rng, 4, 4)},  # square: a lost axis stays silent
        {"logits": quarters(rng, [[0, 130, 0], [-150, 0, 0]])},  # far apart, and no logit is extreme
        {"logits": offset(rng)},
    ]


# --- cross_entropy ----------------------------------------------------------------------------------------------------


def cross_entropy(logits: Array, labels: Array) -> float:
    log_p = log_softmax(logits)
    return sum(-log_p[i, label] for i, label in enumerate(labels)) / len(labels)


def picked(table: Array, labels: Array) -> Array:
    """For each row of a table (batch, classes) the entry of its label."""
    return table[np.arange(len(labels)), labels]


def summed_losses(logits: Array, labels: Array) -> float:
    return -picked(stable_log_softmax(logits), labels).sum()


def averaged_over_classes(logits: Array, labels: Array) -> float:
    return -np.mean(rows_of_one_hot(labels, logits) * stable_log_softmax(logits))


def loss_of_each_example(logits: Array, labels: Array) -> Array:
    return -picked(stable_log_softmax(logits), labels)


def positive_logarithm(logits: Array, labels: Array) -> float:
    return picked(stable_log_softmax(logits), labels).mean()


def entropy_of_softmax(logits: Array, labels: Array) -> float:
    return cross_entropy(stable_softmax(logits), labels)


def entropy_over_the_batch(logits: Array, labels: Array) -> float:
    return -picked(stable_log_softmax(logits, axis=0), labels).mean()


def logarithm_of_probability(logits: Array, labels: Array) -> float:
    return -np.log(picked(stable_softmax(logits), labels)).mean()


def logarithm_of_raw_probability(logits: Array, labels: Array) -> float:
    return -np.log(picked(raw_softmax(logits), labels)).mean()


def entropy_with_raw_log_sum(logits: Array, labels: Array) -> float:
    return -picked(raw_log_sum_exp(logits), labels).mean()


def clipped_entropy(epsilon: float) -> Callable[[Array, Array], float]:
    return lambda logits, labels: -picked(clipped_log_softmax(epsilon)(logits), labels).mean()


def logits_as_targets(logits: Array, labels: Array) -> float:
    return -(logits * stable_log_softmax(rows_of_one_hot(labels, logits))).sum(axis=1).mean()


def probabilities_as_targets(logits: Array, labels: Array) -> float:
    return logits_as_targets(stable_softmax(logits), labels)


def logarithm_of_the_labels(logits: Array, labels: Array) -> float:
    return -(stable_softmax(logits) * np.log(rows_of_one_hot(labels, logits))).sum(axis=1).mean()


def without_logarithm(logits: Array, labels: Array) -> float:
    return -picked(stable_softmax(logits), labels).mean()


def logarithm_of_the_mean(logits: Array, labels: Array) -> float:
    return -np.log(picked(stable_softmax(logits), labels).mean())


def logits_as_logarithms(logits: Array, labels: Array) -> float:
    return -picked(logits, labels).mean()


def every_example_with_every_label(logits: Array, labels: Array) -> float:
    return -stable_log_softmax(logits)[:, labels].mean()


def own_prediction(logits: Array, labels: Array) -> float:
    return -stable_log_softmax(logits).max(axis=1).mean()


def guessed_class_count(logits: Array, labels: Array) -> float:
    guessed = np.eye(labels.max() + 1, dtype=logits.dtype)[labels]
    return -(guessed * stable_log_softmax(logits)).sum(axis=1).mean()


def logits_as_probabilities(logits: Array, labels: Array) -> float:
    # What Keras does with logits when it is not told: keep them between epsilon and 1 - epsilon, as if they were p.
    low, high = logits.dtype.type(KERAS_EPSILON), logits.dtype.type(1 - KERAS_EPSILON)
    return -picked(stable_log_softmax(np.log(np.clip(logits, low, high))), labels).mean()


def cross_entropy_cases(rng: np.random.Generator) -> list[Inputs]:
    # Unequal sizes, so that a mistake with the logits themselves is no small difference of huge numbers.
    sure = quarters(rng, [[1e4, 0, -1e4], [-1e4, -8e3, 9e3], [0, -3e3, -1e4], [-1e4, 9.5e3, -4e3]])
    apart = quarters(rng, [[0, 130, 0, 0, 0], [0, 0, -140, 0, 0]])
    return [
        {"logits": ordinary(rng, 4, 3), "labels": rng.permutation([0, 1, 2, 1])},
        {"logits": ordinary(rng, 1, 5), "labels": rng.integers(1, 4, 1)},
        {"logits": sure, "labels": np.array([0, 2, 1, 2])},  # two sure and right, two sure and wrong
        {"logits": ordinary(rng, 3, 3), "labels": np.array([2, 0, 2])},  # square: the wrong axis stays silent
        {"logits": apart, "labels": np.array([3, 2])},  # sure and wrong, and no logit is extreme
        {"logits": quarters(rng, [[200, 0, 0, 0, 0, 0], [0, 0, 0, 0, 150, 0]]), "labels": np.array([0, 4])},
        {"logits": ordinary(rng, 7, 4), "labels": rng.permutation([0, 0, 0, 1, 1, 2, 2])},  # class 3 does not occur
    ]


# --- binary_cross_entropy_with_logits ---------------------------------------------------------------------------------


def binary_cross_entropy_with_logits(z: Array, y: Array) -> float:
    total = 0.0
    for logit, target in zip(z, y, strict=True):
        total += max(logit, 0) - logit * target + np.log1p(np.exp(-abs(logit)))
    return total / len(z)


def binary_losses(z: Array, y: Array) -> Array:
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def binary_sum(z: Array, y: Array) -> float:
    return binary_losses(z, y).sum()


def binary_swapped(z: Array, y: Array) -> float:
    return binary_losses(y, z).mean()


def binary_of_sigmoid(z: Array, y: Array) -> float:
    return binary_losses(1 / (1 + np.exp(-z)), y).mean()


def binary_from_probabilities(p: Array, y: Array) -> float:
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def binary_logarithm_of_sigmoid(z: Array, y: Array) -> float:
    return binary_from_probabilities(1 / (1 + np.exp(-z)), y)


def binary_raw_logarithm(z: Array, y: Array) -> float:
    return np.mean(np.log(1 + np.exp(z)) - z * y)


def binary_clipped(epsilon: float) -> Callable[[Array, Array], float]:
    def loss(z: Array, y: Array) -> float:
        p = 1 / (1 + np.exp(-z))
        return binary_from_probabilities(np.clip(p, z.dtype.type(epsilon), z.dtype.type(1 - epsilon)), y)

    return loss


def binary_plus_epsilon(epsilon: float) -> Callable[[Array, Array], float]:
    def loss(z: Array, y: Array) -> float:
        p, small = 1 / (1 + np.exp(-z)), z.dtype.type(epsilon)
        return -np.mean(y * np.log(p + small) + (1 - y) * np.log(1 - p + small))

    return loss


def binary_plus_minus_one(z: Array, y: Array) -> float:
    return np.mean(np.logaddexp(0, -y * z))


def binary_first_term_only(z: Array, y: Array) -> float:
    return np.mean(y * np.logaddexp(0, -z))


def binary_without_absolute_value(z: Array, y: Array) -> float:
    return np.mean(np.maximum(z, 0) - z * y + np.log(1 + np.exp(-z)))


def binary_without_maximum(z: Array, y: Array) -> float:
    return np.mean(-z * y + np.log1p(np.exp(-np.abs(z))))


def binary_wrong_sign(z: Array, y: Array) -> float:
    return np.mean(np.maximum(z, 0) + z * y + np.log1p(np.exp(-np.abs(z))))


def binary_negative(z: Array, y: Array) -> float:
    return -binary_losses(z, y).mean()


def binary_logits_as_probabilities(z: Array, y: Array) -> float:
    low, high = z.dtype.type(KERAS_EPSILON), z.dtype.type(1 - KERAS_EPSILON)
    return binary_from_probabilities(np.clip(z, low, high), y)


def binary_cases(rng: np.random.Generator) -> list[Inputs]:
    # Ordinary logits stay within ±3: further out, 1 - sigmoid(z) has few digits left and mistakes would not be exact.
    sizes = [(6, [0, 1, 1, 0, 1, 0]), (1, [1]), (9, [0, 0, 0, 0, 1, 1, 0, 1, 0])]
    ordinary = [{"z": within(rng, n), "y": np.array(y, dtype=np.float32)} for n, y in sizes]
    # Unequal sizes, so that a mistake with z y in it is no small difference of huge numbers.
    extreme = np.concatenate([quarters(rng, [[1e4, -1e4, 1e4, -4e3]])[0], within(rng, 1)])
    return [
        *ordinary,
        {"z": extreme, "y": np.array([1, 0, 0, 1, 0], dtype=np.float32)},  # sure and right, sure and wrong
        {"z": quarters(rng, [[30, 40, 50]])[0], "y": np.array([0, 1, 0], dtype=np.float32)},
        {"z": quarters(rng, [[0, -30, -150, -40]])[0], "y": np.array([0, 1, 1, 0], dtype=np.float32)},
    ]


def within(rng: np.random.Generator, n: int) -> Array:
    return rng.uniform(-3, 3, n).astype(np.float32)


# --- the exercises ----------------------------------------------------------------------------------------------------

LOST_AXIS = (
    "A sum or maximum over the classes has the shape (batch,), and a table (batch, classes) reads it as a row. Keep the axis: "
    "`keepdim=True` in PyTorch, `keepdims=True` in TensorFlow."
)
CLIPPED = (
    "Below {} every probability now costs the same, so a surely wrong example looks no worse than a doubtful one, and has no "
    "slope to learn from. Take the logarithm before anything can round to 0: it is a difference of logits."
)

EXERCISES = [
    Exercise(
        name="zero_one_loss",
        points=2,
        reference=zero_one_loss,
        cases=zero_one_loss_cases,
        misconceptions=[
            Misconception(
                "wrong branch: 1 for the right ones",
                accuracy,
                "This is the accuracy. A loss is high where the model is bad: wrong costs 1, right costs 0.",
            ),
            Misconception(
                "a count instead of a fraction",
                count_of_errors,
                "You counted the errors. The loss is their mean over the examples, a float between 0 and 1.",
            ),
            Misconception(
                "sum instead of mean",
                float_count_of_errors,
                "Divide by the number of examples: the mean, not the sum, so that batches of any size compare.",
            ),
            Misconception(
                "judged by the sign of the label's logit",
                label_logit_negative,
                "A sign decides between two classes. Among several, the largest logit wins, be it positive or negative.",
            ),
            Misconception(
                "right only with half the probability",
                at_least_half,
                "With more than two classes a prediction may win with less than one half: compare it with the other classes.",
            ),
            Misconception(
                "one minus the probability",
                expected_error,
                "The 0-1 loss knows no degrees: the predicted class is right or it is wrong. No probability is needed.",
            ),
            Misconception("smallest logit wins", smallest_logit, "The prediction is the class with the largest logit."),
            Misconception(
                "largest over the batch",
                largest_over_the_batch,
                "You looked for the largest logit in each column, over the examples. Each row is one example: `dim=1`.",
                tracks=("pytorch",),
            ),
            Misconception(
                "largest over the batch, the default of tf.argmax",
                largest_over_the_batch_tensorflow,
                "`tf.argmax` looks along axis 0 unless told otherwise, and `!=` of shapes that do not fit is a single True. "
                "Each row is one example: `axis=1`.",
                tracks=("tensorflow",),
            ),
            Misconception(
                "largest of the whole table",
                largest_of_the_table,
                "Without `dim`, `argmax` gives one position in the whole table, flattened. Each row has its own: `dim=1`.",
                tracks=("pytorch",),
            ),
            Misconception(
                "every prediction with every label",
                every_prediction_with_every_label,
                "(n, 1) against (n,) compares every prediction with every label. Both must have the shape (n,).",
            ),
            Misconception(
                "all or nothing",
                all_or_nothing,
                "One error among many does not make the whole batch wrong: take the mean over the examples, not `any`.",
            ),
            Misconception(
                "one number for each example",
                one_number_for_each,
                "These are the losses of the single examples. The loss of the batch is their mean, one number.",
            ),
        ],
    ),
    Exercise(
        name="softmax",
        points=2,
        reference=softmax,
        cases=softmax_cases,
        misconceptions=[
            Misconception(
                "overflow: the maximum not subtracted",
                raw_softmax,
                "exp(89) is infinite in float32 and exp(-104) is 0, and inf/inf and 0/0 are NaN. Subtract each row's largest "
                "logit first: it changes nothing in the result.",
            ),
            Misconception(
                "epsilon in the denominator",
                epsilon_in_the_denominator,
                "The epsilon turns 0/0 into 0 and hides the underflow; inf/inf stays NaN. Subtract each row's maximum instead: "
                "then the sum is at least 1.",
            ),
            Misconception(
                "logits clipped",
                clipped_logits,
                "Clipping makes 10,000 and 9,999 equal, and loses which of them is right. Only "
                "differences of logits count: subtract the row's maximum.",
            ),
            Misconception(
                "one maximum for the whole table",
                maximum_of_the_table,
                "A row that lies far below another underflows to 0/0. Each row needs its own maximum.",
            ),
            Misconception(
                "over the batch",
                softmax_over_the_batch,
                "Your columns sum to 1. Each row is one example: its probabilities are to sum to 1, so work along axis 1.",
            ),
            Misconception(
                "over the batch, and overflow",
                raw_softmax_over_the_batch,
                "Your columns sum to 1, not your rows: work along axis 1. And subtract each row's maximum first.",
            ),
            Misconception(
                "over the whole table",
                softmax_of_the_table,
                "All numbers together sum to 1. Each row is one example with probabilities of its own: sum along axis 1.",
            ),
            Misconception(
                "softmax applied twice",
                softmax_twice,
                "The second softmax takes probabilities for logits, and flattens them: no two differ by more than a factor e.",
            ),
            Misconception(
                "without the exponential",
                without_exponential,
                "Logits may be negative, and then so are these shares. The exponential comes first: it is positive.",
            ),
            Misconception(
                "a sigmoid for each logit",
                sigmoids,
                "A sigmoid looks at one logit alone, so a row need not sum to 1. Classes that exclude each other share a sum.",
            ),
            Misconception("not normalised", not_normalised, "Divide by the sum of the row, so that each row sums to 1."),
            Misconception(
                "logarithm of the probabilities",
                stable_log_softmax,
                "This is the logarithm of the softmax, the next exercise. Here the probabilities themselves are asked.",
            ),
            Misconception("lost axis in the sum", sum_lost_its_axis, LOST_AXIS),
            Misconception("lost axis in the maximum and the sum", maximum_and_sum_lost_their_axis, LOST_AXIS),
            Misconception(
                "input changed in place",
                softmax_in_place,
                "`-=` writes into the tensor of whoever called you. Make a new one: `shifted = logits - ...`.",
                tracks=("pytorch",),
                keys=("value", "changed"),
            ),
        ],
        tolerance=Tolerance(rtol=5e-5, atol=1e-6),
    ),
    Exercise(
        name="log_softmax",
        points=2,
        reference=log_softmax,
        cases=log_softmax_cases,
        misconceptions=[
            Misconception(
                "logarithm of the softmax",
                logarithm_of_softmax,
                "A probability below about exp(-104) is 0 in float32, and its logarithm -inf. Do not come by way of the "
                "probability: the result is the logit minus the log-sum-exp of its row.",
            ),
            Misconception(
                "logarithm of an overflowing softmax",
                logarithm_of_raw_softmax,
                "The exponential overflows, and the logarithm comes too late to mend it. The result is the logit minus the "
                "log-sum-exp of its row, with the row's maximum taken out first.",
            ),
            Misconception(
                "overflow in the log-sum-exp",
                raw_log_sum_exp,
                "log(sum(exp(z))) overflows for z above 88 and underflows below -104. Take the maximum c out of each row: "
                "c + log(sum(exp(z - c))).",
            ),
            *[
                Misconception(f"probabilities kept above {e:.0e}", clipped_log_softmax(e), CLIPPED.format(f"{e:.0e}"))
                for e in EPSILONS
            ],
            Misconception(
                "the maximum not added back",
                maximum_not_added_back,
                "The maximum c was taken out of the sum and must come back: log-sum-exp is c + log(sum(exp(z - c))). Or start "
                "from z - c on both sides.",
            ),
            Misconception(
                "one maximum for the whole table",
                log_maximum_of_the_table,
                "A row that lies far below another underflows to log(0). Each row needs its own maximum.",
            ),
            Misconception(
                "over the batch",
                log_softmax_over_the_batch,
                "The exponentials of your columns sum to 1. Each row is one example: work along axis 1.",
            ),
            Misconception(
                "over the whole table",
                log_softmax_of_the_table,
                "All exponentials together sum to 1. Each row is one example with a sum of its own: axis 1.",
            ),
            Misconception(
                "softmax applied twice",
                log_softmax_twice,
                "You gave probabilities to a function that wants logits, so they went through a softmax again.",
            ),
            Misconception(
                "probabilities instead of their logarithms",
                stable_softmax,
                "These are the probabilities: the logarithm is missing.",
            ),
            Misconception(
                "wrong sign",
                negative_log_softmax,
                "A probability is at most 1, so its logarithm is at most 0. The minus sign belongs to the loss, not here.",
            ),
            Misconception(
                "logarithm to base 10", decimal_log_softmax, "The exponential undoes the natural logarithm: use `log`."
            ),
            Misconception("lost axis in the log-sum-exp", log_sum_lost_its_axis, LOST_AXIS),
            Misconception("lost axis in the maximum and the sum", shift_and_log_sum_lost_their_axis, LOST_AXIS),
            Misconception(
                "input changed in place",
                log_softmax_in_place,
                "`-=` writes into the tensor of whoever called you. Make a new one: `shifted = logits - ...`.",
                tracks=("pytorch",),
                keys=("value", "changed"),
            ),
        ],
        tolerance=Tolerance(rtol=1e-5, atol=5e-5),
    ),
    Exercise(
        name="cross_entropy",
        points=3,
        reference=cross_entropy,
        cases=cross_entropy_cases,
        misconceptions=[
            Misconception("sum instead of mean", summed_losses, "Divide by the number of examples: the mean, not the sum."),
            Misconception(
                "mean over the classes as well",
                averaged_over_classes,
                "The zeros of the one-hot rows were averaged too, and the loss is too small by the number of classes. Sum over "
                "the classes, then take the mean over the examples.",
            ),
            Misconception(
                "one loss for each example",
                loss_of_each_example,
                "These are the losses of the single examples. The loss of the batch is their mean, one number.",
            ),
            Misconception(
                "wrong sign",
                positive_logarithm,
                "The mean logarithm is negative and is best when large. The loss is its negative: best when small.",
            ),
            Misconception(
                "softmax applied twice",
                entropy_of_softmax,
                "This loss applies a softmax of its own. Give it the logits as they are, not probabilities.",
            ),
            Misconception(
                "softmax over the batch",
                entropy_over_the_batch,
                "The softmax ran down the columns. Each row is one example: its classes lie along axis 1.",
            ),
            Misconception(
                "logarithm of the softmax",
                logarithm_of_probability,
                "For a surely wrong example the probability is 0 in float32, and the loss infinite. Work with log_softmax of "
                "the logits: it never passes through the probability.",
            ),
            Misconception(
                "logarithm of an overflowing softmax",
                logarithm_of_raw_probability,
                "The exponential of a large logit is infinite, and inf/inf is NaN. Work with log_softmax of the logits.",
            ),
            Misconception(
                "overflow in the log-sum-exp",
                entropy_with_raw_log_sum,
                "log(sum(exp(z))) overflows for z above 88. Take each row's maximum out first, or use log_softmax.",
            ),
            *[
                Misconception(f"probabilities kept above {e:.0e}", clipped_entropy(e), CLIPPED.format(f"{e:.0e}"))
                for e in EPSILONS
            ],
            Misconception(
                "arguments swapped: logits as targets",
                logits_as_targets,
                "The labels went where the logits belong. Cross-entropy is not symmetric: PyTorch wants (logits, labels), "
                "Keras (labels, logits), and `tf.nn` names them.",
            ),
            Misconception(
                "arguments swapped: probabilities as targets",
                probabilities_as_targets,
                "The labels went where the prediction belongs, and were put through a softmax. The logarithm is taken of the "
                "predicted probability, the weight is the label's.",
            ),
            Misconception(
                "arguments swapped: logarithm of the labels",
                logarithm_of_the_labels,
                "You took the logarithm of the one-hot labels, which is -inf at every 0. The logarithm belongs to the "
                "predicted probability, the weight is the label's.",
            ),
            Misconception(
                "logarithm forgotten",
                without_logarithm,
                "This is minus the mean probability. A negative log-likelihood wants logarithms: log_softmax first.",
            ),
            Misconception(
                "logarithm of the mean",
                logarithm_of_the_mean,
                "First the logarithm of each example's probability, then the mean. The other way round one bad example hides "
                "behind the good ones.",
            ),
            Misconception(
                "logits taken for logarithms",
                logits_as_logarithms,
                "You picked the label's logit without the log-sum-exp: this loss falls for ever if all logits grow together.",
            ),
            Misconception(
                "every example with every label",
                every_example_with_every_label,
                "The labels picked whole columns, so each example met the labels of all. Pick one entry in each row: pair "
                "row i with labels[i].",
            ),
            Misconception(
                "the largest probability instead of the label's",
                own_prediction,
                "You scored the class that the model likes best, right or wrong. Pick the probability of the label.",
            ),
            Misconception(
                "class count guessed from the batch",
                guessed_class_count,
                "The largest label that happens to be in this batch says nothing about how many classes there are: the logits "
                "have the right number of columns.",
                tracks=("pytorch",),
            ),
            Misconception(
                "logits taken for probabilities",
                logits_as_probabilities,
                "Keras expects probabilities unless it is told: `from_logits=True`. It clipped your logits to 0..1.",
                tracks=("tensorflow",),
            ),
        ],
        tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    ),
    Exercise(
        name="binary_cross_entropy_with_logits",
        points=3,
        reference=binary_cross_entropy_with_logits,
        cases=binary_cases,
        misconceptions=[
            Misconception("sum instead of mean", binary_sum, "Divide by the number of examples: the mean, not the sum."),
            Misconception(
                "one loss for each example",
                binary_losses,
                "These are the losses of the single examples. The loss of the batch is their mean, one number.",
            ),
            Misconception(
                "arguments swapped",
                binary_swapped,
                "The targets went where the logits belong. The formula is not symmetric: z may be any number, y is 0 or 1.",
            ),
            Misconception(
                "sigmoid applied twice",
                binary_of_sigmoid,
                "This loss contains the sigmoid. Give it the logits as they are: a probability taken for a logit never gets "
                "beyond 0..1.",
            ),
            Misconception(
                "logarithm of the sigmoid",
                binary_logarithm_of_sigmoid,
                "Beyond z = 17 the sigmoid is exactly 1 in float32, and log(1 - 1) is -inf. Use the form with max(z, 0), which "
                "never computes the probability.",
            ),
            Misconception(
                "log(1 + exp(z)) overflows",
                binary_raw_logarithm,
                "exp(89) is infinite in float32. Only exp(-|z|) is safe: max(z, 0) takes the large part out first.",
            ),
            *[
                Misconception(
                    f"probabilities clipped at {e:.0e}",
                    binary_clipped(e),
                    CLIPPED.format(f"{e:.0e}")
                    if e > 6e-8
                    else f"1 - {e:.0e} is exactly 1 in float32, so nothing is clipped there, and log(0) comes back. Clipping "
                    "would be wrong in any case: use the form with max(z, 0), which needs no probability.",
                )
                for e in EPSILONS
            ],
            *[
                Misconception(f"{e:.0e} added to the probabilities", binary_plus_epsilon(e), CLIPPED.format(f"{e:.0e}"))
                for e in EPSILONS
            ],
            Misconception(
                "labels taken for -1 and +1",
                binary_plus_minus_one,
                "log(1 + exp(-y z)) is right for labels -1 and +1. With 0 and 1, each example of class 0 costs log 2.",
            ),
            Misconception(
                "class 0 left out",
                binary_first_term_only,
                "Only the examples with y = 1 cost something, so the best model always says 1. The term with 1 - y is missing.",
            ),
            Misconception(
                "absolute value forgotten",
                binary_without_absolute_value,
                "Behind max(z, 0) stands exp(-|z|). Without the bars, exp(-z) is wrong for negative z, and overflows.",
            ),
            Misconception(
                "max(z, 0) left out",
                binary_without_maximum,
                "log(1 + exp(-|z|)) is only the small rest of log(1 + exp(z)): the large part, max(z, 0), is missing.",
            ),
            Misconception(
                "z y added instead of subtracted",
                binary_wrong_sign,
                "For y = 1 a large z is good and must make the loss small: z y is subtracted.",
            ),
            Misconception(
                "wrong sign",
                binary_negative,
                "The loss of a right and sure example is near 0, any other costs more. Yours is never above 0: turn the sign.",
            ),
            Misconception(
                "logits taken for probabilities",
                binary_logits_as_probabilities,
                "Keras expects probabilities unless it is told: `from_logits=True`. It clipped your logits to 0..1.",
                tracks=("tensorflow",),
            ),
        ],
        tolerance=Tolerance(rtol=1e-5, atol=1e-5),
    ),
]
