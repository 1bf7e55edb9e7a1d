# %% affine | right | einsum names the axes, and bias_add adds the bias
def affine(x, w, b):
    return tf.nn.bias_add(tf.einsum("nf,fo->no", x, w), b)


# %% affine | right | compiled by tf.function, with other names and a default argument
@tf.function
def affine(inputs, weights, bias, transposed=False):
    return tf.linalg.matmul(inputs, weights, transpose_b=transposed) + bias[tf.newaxis, :]


# %% affine | right | Python loops over rows and columns, in float64
def affine(x, w, b):
    x, w, b = (tf.cast(tensor, tf.float64).numpy() for tensor in (x, w, b))
    return tf.constant(
        [
            [sum(p * q for p, q in zip(row, column, strict=True)) + bias for column, bias in zip(w.T, b, strict=True)]
            for row in x
        ]
    )


# %% affine | right | the bias is a last row of w, and x gets a column of ones
def affine(x, w, b):
    return tf.tensordot(tf.concat([x, tf.ones_like(x[:, :1])], 1), tf.concat([w, b[None]], 0), axes=1)


# %% affine | right | a Dense layer that is given the weights
def affine(x, w, b):
    layer = tf.keras.layers.Dense(w.shape[1])
    layer.build(x.shape)
    layer.set_weights([w.numpy(), b.numpy()])
    return layer(x)


# %% affine | right | an instance of a class, one example after another by map_fn
class Affine:
    def __call__(self, x, w, b):
        return tf.map_fn(lambda row: tf.linalg.matvec(w, row, transpose_a=True) + b, x)


affine = Affine()


# %% one_hot | right | rows of the identity matrix
def one_hot(labels, num_classes):
    return tf.gather(tf.eye(num_classes), labels)


# %% one_hot | right | the framework's ready function, partially applied
import functools  # noqa: E402

one_hot = functools.partial(tf.one_hot, dtype=tf.float32)


# %% one_hot | right | a scatter of ones at pairs (row, label)
def one_hot(labels, num_classes):
    n = tf.shape(labels)[0]
    places = tf.stack([tf.range(n), tf.cast(labels, tf.int32)], axis=1)
    return tf.scatter_nd(places, tf.ones([n]), [n, num_classes])


# %% one_hot | right | Keras's helper for NumPy, turned into a tensor
def one_hot(labels, num_classes):
    return tf.constant(tf.keras.utils.to_categorical(labels.numpy(), num_classes), tf.float32)


# %% one_hot | right | classes in a column, transposed at the end, under tf.function
@tf.function
def one_hot(labels, num_classes):
    classes = tf.range(num_classes, dtype=labels.dtype)
    return tf.transpose(tf.where(classes[:, None] == labels, 1.0, 0.0))


# %% mean_squared_error | right | the targets become a column
def mean_squared_error(predictions, targets):
    return tf.reduce_mean(tf.math.squared_difference(predictions, tf.expand_dims(targets, 1)))


# %% mean_squared_error | right | the framework's loss as an object
def mean_squared_error(predictions, targets):
    return tf.keras.losses.MeanSquaredError()(targets, tf.reshape(predictions, [-1]))


# %% mean_squared_error | right | a running total in Python's own numbers, result a Python float
def mean_squared_error(predictions, targets):
    pairs = list(zip(predictions.numpy()[:, 0].tolist(), targets.numpy().tolist(), strict=True))
    return sum((p - t) ** 2 for p, t in pairs) / len(pairs)


# %% mean_squared_error | right | norm of the error, squared, divided by the number of examples
def mean_squared_error(predictions, targets):
    error = predictions[:, 0] - targets
    return tf.norm(error) ** 2 / tf.cast(tf.size(error), error.dtype)


# %% mean_squared_error | right | the metric that is updated and asked, from a method of an object
class Meter:
    def measure(self, predictions, targets):
        metric = tf.keras.metrics.MeanSquaredError()
        metric.update_state(targets[:, None], predictions)
        return metric.result()


mean_squared_error = Meter().measure


# %% pairwise_distances | right | a loop over the points of a
def pairwise_distances(a, b):
    return tf.stack([tf.norm(point - b, axis=1) for point in a])


# %% pairwise_distances | right | norm over the last axis, as a compiled function with a signature
@tf.function(reduce_retracing=True)
def pairwise_distances(a, b):
    return tf.linalg.norm(tf.expand_dims(a, 1) - tf.expand_dims(b, 0), ord="euclidean", axis=-1)


# %% pairwise_distances | right | a loop over the features, squares added up in float64
def pairwise_distances(a, b):
    a, b = tf.cast(a, tf.float64), tf.cast(b, tf.float64)
    total = tf.zeros([a.shape[0], b.shape[0]], tf.float64)
    for k in range(a.shape[1]):
        total += tf.square(a[:, k][:, None] - b[:, k])
    return tf.sqrt(total)


# %% pairwise_distances | right | SciPy's cdist
def pairwise_distances(a, b):
    from scipy.spatial.distance import cdist

    return tf.constant(cdist(a.numpy(), b.numpy()))


# %% pairwise_distances | right | one function for two points, mapped twice
def pairwise_distances(a, b):
    def from_one(p):
        return tf.vectorized_map(lambda q: tf.sqrt(tf.reduce_sum((p - q) ** 2)), b)

    return tf.map_fn(from_one, a)


# %% pairwise_distances | right | the expanded square after all, in float64 and with the points moved to the origin
def pairwise_distances(a, b):
    a, b = tf.cast(a, tf.float64), tf.cast(b, tf.float64)
    middle = tf.reduce_mean(tf.concat([a, b], 0), axis=0)
    a, b = a - middle, b - middle
    squares = tf.reduce_sum(a * a, 1, keepdims=True) + tf.reduce_sum(b * b, 1) - 2 * tf.matmul(a, b, transpose_b=True)
    return tf.cast(tf.sqrt(tf.nn.relu(squares)), tf.float32)


# %% standardize | right | moments, and a mask of columns that equal their first row
def standardize(train, test):
    mean, variance = tf.nn.moments(train, axes=[0])
    constant = tf.reduce_all(train == train[:1], axis=0)
    std = tf.where(constant, 1.0, tf.sqrt(variance))
    return [tf.where(constant, 0.0, (table - mean) / std) for table in (train, test)]


# %% standardize | right | divide_no_nan makes 0 of a division by 0
def standardize(train, test):
    mean = tf.reduce_mean(train, axis=0, keepdims=True)
    std = tf.math.reduce_std(train, axis=0, keepdims=True)
    return tf.math.divide_no_nan(train - mean, std), tf.math.divide_no_nan(test - mean, std)


# %% standardize | right | NumPy in float64, results left in float64
def standardize(train, test):
    train, test = np.asarray(train, np.float64), np.asarray(test, np.float64)
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[np.ptp(train, axis=0) == 0] = np.inf
    return tf.constant((train - mean) / std), tf.constant((test - mean) / std)


# %% standardize | right | a named pair, columns one after another in Python
def standardize(train, test):
    from collections import namedtuple
    from statistics import fmean, pstdev

    Tables = namedtuple("Tables", "train test")
    mine, theirs = [], []
    for column, other in zip(train.numpy().T.tolist(), test.numpy().T.tolist(), strict=True):
        mu, sigma = fmean(column), pstdev(column)
        if min(column) == max(column):
            mu, sigma = column[0], 1.0
        mine.append([(value - mu) / sigma for value in column])
        theirs.append([(value - mu) / sigma for value in other])
    return Tables(tf.transpose(tf.constant(mine)), tf.transpose(tf.constant(theirs)))


# %% standardize | right | the batch normalisation function without its epsilon, columns of zeros put back, compiled
@tf.function
def standardize(train, test):
    mean = tf.reduce_mean(train, axis=0)
    variance = tf.math.reduce_variance(train, axis=0)
    safe = tf.where(variance == 0, tf.ones_like(variance), variance)
    return tuple(tf.nn.batch_normalization(t, mean, safe, None, None, 0.0) for t in (train, test))


# %% batches | right | gather of a whole epoch, then split, handed out as a zip
def batches(x, y, batch_size, generator):
    n = len(x)
    order = tf.argsort(generator.normal([n]))
    sizes = [min(batch_size, n - start) for start in range(0, n, batch_size)]
    return zip(tf.split(tf.gather(x, order), sizes), tf.split(tf.gather(y, order), sizes), strict=True)


# %% batches | right | a stateless shuffle whose seed is drawn from the generator
def batches(x, y, batch_size, generator):
    seed = generator.make_seeds(1)[:, 0]
    order = tf.random.experimental.stateless_shuffle(tf.range(tf.shape(x)[0]), seed=seed)
    for start in range(0, x.shape[0], batch_size):
        rows = order[start : start + batch_size]
        yield tf.gather(x, rows), tf.gather(y, rows)


# %% batches | right | tf.data cuts the batches, the order comes from the generator
def batches(x, y, batch_size, generator):
    order = tf.math.top_k(generator.uniform([x.shape[0]]), k=x.shape[0]).indices
    numbers = tf.data.Dataset.from_tensor_slices(order).batch(batch_size)
    return numbers.map(lambda rows: (tf.gather(x, rows), tf.gather(y, rows)))


# %% batches | right | tf.data shuffles, with a seed drawn from the generator, and the dataset itself is returned
def batches(x, y, batch_size, generator):
    seed = int(generator.uniform([], maxval=2**31 - 1, dtype=tf.int64))
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(y), seed=seed).batch(batch_size)


# %% batches | right | a NumPy generator seeded by a draw, pairs as lists, a list eaten from its end
def batches(x, y, batch_size, generator):
    seed = int(generator.uniform_full_int([], dtype=tf.uint32))
    left = np.random.default_rng(seed).permutation(len(x)).tolist()
    result = []
    while left:
        rows, left = left[-batch_size:], left[:-batch_size]
        result.append([tf.gather(x, rows), tf.gather(y, rows)])
    return result


# %% batches | right | an object with __iter__, exchanging places one by one
class batches:  # noqa: N801
    def __init__(self, x, y, batch_size, generator):
        self.order = list(range(len(x)))
        for i in range(len(x) - 1, 0, -1):
            j = int(generator.uniform([], maxval=i + 1, dtype=tf.int32))
            self.order[i], self.order[j] = self.order[j], self.order[i]
        self.x, self.y, self.batch_size = x, y, batch_size

    def __iter__(self):
        for start in range(0, len(self.order), self.batch_size):
            rows = self.order[start : start + self.batch_size]
            yield tf.stack([self.x[i] for i in rows]), tf.stack([self.y[i] for i in rows])
