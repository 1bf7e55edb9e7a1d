# %% zero_one_loss | right | a count in Python's own numbers, result a Python float
def zero_one_loss(logits, labels):
    wrong = 0
    for row, label in zip(logits.numpy().tolist(), labels.numpy().tolist(), strict=True):
        wrong += row.index(max(row)) != label
    return wrong / len(labels)


# %% zero_one_loss | right | one minus a metric of Keras
def zero_one_loss(logits, labels):
    return 1 - tf.reduce_mean(keras.metrics.sparse_categorical_accuracy(labels, logits))


# %% zero_one_loss | right | compiled, positions from top_k, mean in float64
@tf.function
def zero_one_loss(scores, truth):
    guess = tf.math.top_k(scores).indices[:, 0]
    return tf.reduce_mean(tf.where(tf.cast(guess, truth.dtype) == truth, tf.zeros([], tf.float64), 1.0))


# %% zero_one_loss | right | NumPy, result a NumPy scalar
def zero_one_loss(logits, labels):
    return np.mean(np.argmax(logits, axis=1) != labels)


# %% softmax | right | classes in the first axis: nothing needs to be kept, transposed at the end
def softmax(logits):
    z = tf.transpose(logits)
    powers = tf.exp(z - tf.reduce_max(z, axis=0))
    return tf.transpose(powers / tf.reduce_sum(powers, axis=0))


# %% softmax | right | one row at a time by map_fn, compiled
@tf.function
def softmax(logits):
    def of_row(z):
        powers = tf.exp(z - tf.reduce_max(z))
        return tf.divide(powers, tf.reduce_sum(powers))

    return tf.map_fn(of_row, logits)


# %% softmax | right | NumPy in place on a copy, in float64
def softmax(logits):
    p = logits.numpy().astype(np.float64)
    p -= p.max(axis=1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=1, keepdims=True)
    return tf.constant(p)


# %% softmax | right | sum as a product with a table of ones, maximum from a sorted row
class Softmax:
    def __call__(self, logits):
        largest = tf.sort(logits, axis=1, direction="DESCENDING")[:, :1]
        powers = tf.exp(logits - largest)
        classes = logits.shape[1]
        return powers / (powers @ tf.ones([classes, classes], logits.dtype))


softmax = Softmax()


# %% softmax | right | powers times the reciprocal of their sum, axes counted from the end
def softmax(logits):
    z = logits - tf.reduce_max(logits, -1, True)
    return tf.exp(z) * tf.math.reciprocal(tf.reduce_sum(tf.exp(z), -1))[..., None]


# %% log_softmax | right | shifted rows minus the logarithm of their sum of powers
def log_softmax(logits):
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    return shifted - tf.math.log(tf.einsum("bk->b", tf.exp(shifted)))[:, None]


# %% log_softmax | right | the formula z - LSE(z) of the text, in float64
def log_softmax(logits):
    z = tf.cast(logits, tf.float64)
    m = tf.reduce_max(z, axis=1, keepdims=True)
    lse = m + tf.math.log(tf.reduce_sum(tf.exp(z - m), axis=1, keepdims=True))
    return tf.cast(z - lse, tf.float32)


# %% log_softmax | right | shifted, then log-sum-exp of the framework
def log_softmax(logits):
    z = tf.subtract(logits, tf.reduce_max(logits, axis=-1)[:, tf.newaxis])
    return z - tf.reduce_logsumexp(z, axis=1, keepdims=True)


# %% log_softmax | right | Python's own mathematics
def log_softmax(logits):
    import math

    table = []
    for row in logits.numpy().tolist():
        m = max(row)
        rest = math.log(math.fsum(math.exp(z - m) for z in row))
        table.append([z - m - rest for z in row])
    return tf.constant(table)


# %% cross_entropy | right | gather_nd with pairs (row, label)
def cross_entropy(logits, labels):
    places = tf.stack([tf.range(len(labels), dtype=labels.dtype), labels], axis=1)
    return -tf.reduce_mean(tf.gather_nd(tf.nn.log_softmax(logits), places))


# %% cross_entropy | right | a one-hot table as a mask, sum divided by the number of examples
def cross_entropy(logits, labels):
    truth = tf.one_hot(labels, logits.shape[1])
    return -tf.reduce_sum(truth * tf.nn.log_softmax(logits)) / len(labels)


# %% cross_entropy | right | the diagonal of the table of every example with every label
def cross_entropy(logits, labels):
    table = tf.gather(tf.nn.log_softmax(logits, axis=1), labels, axis=1)
    return tf.reduce_mean(tf.negative(tf.linalg.diag_part(table)))


# %% cross_entropy | right | a mask of booleans, compiled
@tf.function
def cross_entropy(logits, labels):
    classes = tf.range(tf.shape(logits)[1], dtype=labels.dtype)
    return -tf.reduce_mean(tf.boolean_mask(tf.nn.log_softmax(logits), labels[:, None] == classes))


# %% cross_entropy | right | a running total in Python, result a Python float, in float64
def cross_entropy(logits, labels):
    table = tf.nn.log_softmax(tf.cast(logits, tf.float64)).numpy()
    return sum(-table[i, label] for i, label in enumerate(labels.numpy())) / len(labels)


# %% binary_cross_entropy_with_logits | right | the boxed form with relu and log1p
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.nn.relu(z) - z * y + tf.math.log1p(tf.exp(-tf.abs(z))))


# %% binary_cross_entropy_with_logits | right | the boxed form, one example after another in Python
def binary_cross_entropy_with_logits(z, y):
    from math import exp, log1p
    from statistics import fmean

    pairs = zip(z.numpy().tolist(), y.numpy().tolist(), strict=True)
    return fmean(max(a, 0.0) - a * t + log1p(exp(-abs(a))) for a, t in pairs)


# %% binary_cross_entropy_with_logits | right | the boxed form in parts, products as an inner product, in float64
def binary_cross_entropy_with_logits(z, y):
    z, y = tf.cast(z, tf.float64), tf.cast(y, tf.float64)
    total = tf.reduce_sum(tf.maximum(z, 0)) - tf.tensordot(z, y, 1) + tf.reduce_sum(tf.math.log(1 + tf.exp(-tf.abs(z))))
    return total / len(z)


# %% binary_cross_entropy_with_logits | right | softplus of the logit with the sign of the wrong side
def binary_cross_entropy_with_logits(logits, targets, reduce=tf.reduce_mean):
    return reduce(tf.nn.softplus((1 - 2 * targets) * logits))


# %% binary_cross_entropy_with_logits | right | log-sum-exp of (0, z), as the text says
def binary_cross_entropy_with_logits(z, y):
    pairs = tf.stack([tf.zeros_like(z), z], axis=1)
    return tf.reduce_mean(tf.reduce_logsumexp(pairs, axis=1) - z * y)
