"""Answers to the exercises of 01-tensors as TensorFlow students write them: each misconception, and right ones that look different."""

import tensorflow as tf


# %% affine | wrong | bias forgotten
def affine(x, w, b):
    return tf.matmul(x, w)


# %% affine | wrong | weights transposed
def affine(x, w, b):
    return tf.matmul(x, w, transpose_b=True) + b


# %% affine | wrong | elementwise product
def affine(x, w, b):
    return tf.multiply(x, w) + b


# %% affine | wrong | bias down the column
def affine(x, w, b):
    return tf.matmul(x, w) + tf.expand_dims(b, 1)


# %% affine | wrong | transposed result
def affine(x, w, b):
    return tf.transpose(x @ w + b)


# %% affine | right | bias_add
def affine(x, w, b):
    return tf.nn.bias_add(tf.matmul(x, w), b)


# %% affine | right | tensordot
def affine(x, w, b):
    return tf.tensordot(x, w, axes=1) + b[None, :]


# %% affine | right | einsum in float64
def affine(x, w, b):
    x, w, b = (tf.cast(t, tf.float64) for t in (x, w, b))
    return tf.einsum("nk,kj->nj", x, w) + b


# %% affine | right | sum of a broadcast product
def affine(x, w, b):
    return tf.reduce_sum(x[:, :, None] * w[None], axis=1) + b


# %% one_hot | wrong | class count guessed from the data
def one_hot(labels, num_classes):
    return tf.one_hot(labels, int(tf.reduce_max(labels)) + 1)


# %% one_hot | wrong | transposed result
def one_hot(labels, num_classes):
    return tf.one_hot(labels, num_classes, axis=0)


# %% one_hot | wrong | integers instead of floats
def one_hot(labels, num_classes):
    return tf.one_hot(labels, num_classes, dtype=tf.int32)


# %% one_hot | wrong | true and false instead of numbers
def one_hot(labels, num_classes):
    return tf.expand_dims(labels, 1) == tf.range(num_classes, dtype=tf.int64)


# %% one_hot | right | the library's
def one_hot(labels, num_classes):
    return tf.one_hot(labels, num_classes)


# %% one_hot | right | rows of the identity
def one_hot(labels, num_classes):
    return tf.gather(tf.eye(num_classes), labels)


# %% one_hot | right | scatter
def one_hot(labels, num_classes):
    rows = tf.range(len(labels), dtype=labels.dtype)
    return tf.scatter_nd(
        tf.stack([rows, labels], axis=1), tf.ones(len(labels)), tf.constant([len(labels), num_classes], tf.int64)
    )


# %% one_hot | right | Keras
import keras


def one_hot(labels, num_classes):
    return keras.utils.to_categorical(labels, num_classes)


# %% mean_squared_error | wrong | (n, 1) minus (n,) broadcast to (n, n)
def mean_squared_error(predictions, targets):
    return tf.reduce_mean(tf.square(predictions - targets))


# %% mean_squared_error | wrong | sum instead of mean
def mean_squared_error(predictions, targets):
    return tf.reduce_sum(tf.square(predictions[:, 0] - targets))


# %% mean_squared_error | wrong | averaged before squaring
def mean_squared_error(predictions, targets):
    return tf.square(tf.reduce_mean(tf.squeeze(predictions, -1) - targets))


# %% mean_squared_error | wrong | absolute instead of squared
def mean_squared_error(predictions, targets):
    return tf.reduce_mean(tf.abs(tf.squeeze(predictions, 1) - targets))


# %% mean_squared_error | right | the library's loss on equal shapes
import keras


def mean_squared_error(predictions, targets):
    return keras.losses.MeanSquaredError()(targets[:, None], predictions)


# %% mean_squared_error | right | squared_difference
def mean_squared_error(predictions, targets):
    return tf.reduce_mean(tf.math.squared_difference(tf.reshape(predictions, [-1]), targets))


# %% mean_squared_error | right | a Python loop and a Python number
def mean_squared_error(predictions, targets):
    total = 0.0
    for p, t in zip(predictions.numpy()[:, 0], targets.numpy()):
        total += (float(p) - float(t)) ** 2
    return total / len(targets)


# %% pairwise_distances | wrong | squared but not rooted
def pairwise_distances(a, b):
    return tf.reduce_sum(tf.square(a[:, None] - b[None]), axis=-1)


# %% pairwise_distances | wrong | transposed result
def pairwise_distances(a, b):
    return tf.norm(tf.expand_dims(a, 0) - tf.expand_dims(b, 1), axis=2)


# %% pairwise_distances | wrong | only row i against row i
def pairwise_distances(a, b):
    return tf.norm(a - b, axis=1)


# %% pairwise_distances | wrong | summed over the wrong axis
def pairwise_distances(a, b):
    return tf.sqrt(tf.reduce_sum((a[:, None] - b[None]) ** 2, axis=1))


# %% pairwise_distances | wrong | squared lengths without a column
def pairwise_distances(a, b):
    square = tf.reduce_sum(a**2, 1) + tf.reduce_sum(b**2, 1) - 2 * tf.matmul(a, b, transpose_b=True)
    return tf.sqrt(tf.maximum(square, 0))


# %% pairwise_distances | wrong | expanded square loses close points
def pairwise_distances(a, b):
    aa = tf.reduce_sum(tf.square(a), axis=1, keepdims=True)
    bb = tf.reduce_sum(tf.square(b), axis=1)
    return tf.sqrt(tf.maximum(aa - 2 * tf.matmul(a, b, transpose_b=True) + bb, 0.0))


# %% pairwise_distances | wrong | expanded square loses close points
def pairwise_distances(a, b):
    square = tf.reduce_sum(a**2, axis=1)[:, None] + tf.reduce_sum(b**2, axis=1) - 2 * tf.matmul(a, tf.transpose(b))
    return square**0.5


# %% pairwise_distances | right | norm of the difference
def pairwise_distances(a, b):
    return tf.norm(a[:, tf.newaxis, :] - b[tf.newaxis, :, :], axis=-1)


# %% pairwise_distances | right | one row after another
def pairwise_distances(a, b):
    rows = []
    for i in range(a.shape[0]):
        rows.append(tf.sqrt(tf.reduce_sum(tf.math.squared_difference(a[i], b), axis=1)))
    return tf.stack(rows)


# %% pairwise_distances | right | map_fn
def pairwise_distances(a, b):
    return tf.map_fn(lambda point: tf.norm(point - b, axis=1), a)


# %% pairwise_distances | right | expanded square in float64
def pairwise_distances(a, b):
    a, b = tf.cast(a, tf.float64), tf.cast(b, tf.float64)
    square = tf.reduce_sum(a * a, 1, keepdims=True) + tf.reduce_sum(b * b, 1) - 2 * a @ tf.transpose(b)
    return tf.cast(tf.sqrt(tf.maximum(square, 0)), tf.float32)


# %% pairwise_distances | right | expanded square after moving to the origin
def pairwise_distances(a, b):
    centre = tf.reduce_mean(b, axis=0)
    a, b = a - centre, b - centre
    square = tf.reduce_sum(a * a, 1, keepdims=True) + tf.reduce_sum(b * b, 1) - 2 * a @ tf.transpose(b)
    return tf.sqrt(tf.maximum(square, 0))


# %% standardize | wrong | NaN on a constant column
def standardize(train, test):
    mean, std = tf.reduce_mean(train, 0), tf.math.reduce_std(train, 0)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | unbiased standard deviation
def standardize(train, test):
    mean = tf.reduce_mean(train, axis=0)
    std = tf.sqrt(tf.reduce_sum((train - mean) ** 2, axis=0) / (len(train) - 1))
    std = tf.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | variance instead of standard deviation
def standardize(train, test):
    mean, var = tf.nn.moments(train, axes=[0])
    var = tf.where(var == 0, 1.0, var)
    return (train - mean) / var, (test - mean) / var


# %% standardize | wrong | statistics of the test set
def standardize(train, test):
    def z(t):
        return tf.math.divide_no_nan(t - tf.reduce_mean(t, axis=0), tf.math.reduce_std(t, axis=0))

    return z(train), z(test)


# %% standardize | wrong | statistics of both tables together
def standardize(train, test):
    table = tf.concat([train, test], axis=0)
    mean, std = tf.reduce_mean(table, axis=0), tf.math.reduce_std(table, axis=0)
    std = tf.where(std > 0, std, 1.0)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | one mean for the whole table
def standardize(train, test):
    mean, std = tf.reduce_mean(train), tf.math.reduce_std(train)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | statistics over the wrong axis
def standardize(train, test):
    mean = tf.reduce_mean(train, axis=1, keepdims=True)
    std = tf.math.reduce_std(train, axis=1, keepdims=True)
    return (train - mean) / std, (test - mean) / std


# %% standardize | wrong | each row by itself
def standardize(train, test):
    result = []
    for t in (train, test):
        mean, var = tf.nn.moments(t, axes=[1], keepdims=True)
        result.append((t - mean) / tf.sqrt(var))
    return tuple(result)


# %% standardize | right | a tiny number below the line
def standardize(train, test):
    mean, var = tf.nn.moments(train, axes=[0])
    std = tf.sqrt(var) + 1e-7
    return (train - mean) / std, (test - mean) / std


# %% standardize | right | divide_no_nan
def standardize(train, test):
    mean, std = tf.reduce_mean(train, 0), tf.math.reduce_std(train, 0)
    return tf.math.divide_no_nan(train - mean, std), tf.math.divide_no_nan(test - mean, std)


# %% standardize | right | a Keras layer
import keras


def standardize(train, test):
    layer = keras.layers.Normalization(axis=-1)
    layer.adapt(train)
    return layer(train), layer(test)


# %% standardize | right | float64 with NumPy
def standardize(train, test):
    mean, std = train.numpy().astype("float64").mean(0), train.numpy().astype("float64").std(0)
    std[std == 0] = 1
    return (train.numpy() - mean) / std, (test.numpy() - mean) / std


# %% batches | wrong | last partial batch dropped
def batches(x, y, batch_size, generator):
    order = tf.argsort(generator.uniform([len(x)]))
    x, y = tf.gather(x, order), tf.gather(y, order)
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size, drop_remainder=True)


# %% batches | wrong | empty batch at the end
def batches(x, y, batch_size, generator):
    order = tf.argsort(generator.uniform([len(x)]))
    for i in range(len(x) // batch_size + 1):
        chosen = order[i * batch_size : (i + 1) * batch_size]
        yield tf.gather(x, chosen), tf.gather(y, chosen)


# %% batches | wrong | the same order each epoch
def batches(x, y, batch_size, generator):
    generator = tf.random.Generator.from_seed(42)
    order = tf.argsort(generator.uniform([len(x)]))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield tf.gather(x, chosen), tf.gather(y, chosen)


# %% batches | wrong | random numbers not from the generator
def batches(x, y, batch_size, generator):
    order = tf.random.shuffle(tf.range(len(x)))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield tf.gather(x, chosen), tf.gather(y, chosen)


# %% batches | wrong | x and y shuffled apart
def batches(x, y, batch_size, generator):
    x = tf.gather(x, tf.argsort(generator.uniform([len(x)])))
    y = tf.gather(y, tf.argsort(generator.uniform([len(y)])))
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


# %% batches | wrong | rows drawn with replacement
def batches(x, y, batch_size, generator):
    order = generator.uniform([len(x)], 0, len(x), dtype=tf.int32)
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield tf.gather(x, chosen), tf.gather(y, chosen)


# %% batches | right | a tf.data pipeline over a drawn order
def batches(x, y, batch_size, generator):
    order = tf.argsort(generator.normal([len(x)]))
    return tf.data.Dataset.from_tensor_slices((tf.gather(x, order), tf.gather(y, order))).batch(batch_size)


# %% batches | right | Dataset.shuffle with a seed from the generator
def batches(x, y, batch_size, generator):
    seed = generator.uniform([], 0, 2**31 - 1, dtype=tf.int32)
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=tf.cast(seed, tf.int64)).batch(batch_size)


# %% batches | right | stateless shuffle, as a list
def batches(x, y, batch_size, generator):
    seed = generator.make_seeds(1)[:, 0]
    order = tf.random.experimental.stateless_shuffle(tf.range(len(x)), seed=seed)
    return [
        (tf.gather(x, order[i : i + batch_size]), tf.gather(y, order[i : i + batch_size])) for i in range(0, len(x), batch_size)
    ]


# %% batches | right | NumPy with a seed drawn from the generator
def batches(x, y, batch_size, generator):
    seed = int(generator.uniform([], 0, 2**31 - 1, dtype=tf.int32))
    order = np.random.default_rng(seed).permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x.numpy()[chosen], y.numpy()[chosen]
