# %% polynomial_features | right | cumulative products
def polynomial_features(x, degree):
    steps = tf.concat([tf.ones((len(x), 1)), tf.tile(tf.reshape(x, (-1, 1)), (1, degree))], axis=1)
    return tf.math.cumprod(steps, axis=1)


# %% polynomial_features | right | lists of Python numbers in double precision
def polynomial_features(x, degree):
    rows = [[float(v) ** k for k in range(degree + 1)] for v in x.numpy()]
    return tf.constant(rows, dtype=tf.float64)


# %% polynomial_features | right | recursion on the degree
def polynomial_features(x, degree):
    if degree == 0:
        return tf.ones_like(x)[:, tf.newaxis]
    smaller = polynomial_features(x, degree - 1)
    return tf.concat([smaller, smaller[:, -1:] * x[:, None]], axis=1)


# %% polynomial_features | right | einsum of nothing but columns, through keras.ops
def polynomial_features(x, degree):
    columns = [keras.ops.power(x, k) for k in range(degree + 1)]
    return keras.ops.stack(columns, axis=-1)


# %% split | right | boolean masks over a place for each row
def split(x, y, fractions, generator):
    n = int(tf.shape(x)[0])
    place = tf.argsort(tf.argsort(generator.normal((n,))))
    edges = np.concatenate([[0], np.cumsum(fractions)]) * n
    edges = np.ceil(edges - 1e-6).astype(int)
    parts = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        mask = tf.logical_and(place >= low, place < high)
        parts.append([tf.boolean_mask(x, mask), tf.boolean_mask(y, mask)])
    return parts


# %% split | right | every size rounded, the first part takes what is left
def split(x, y, fractions, generator):
    n = len(y)
    counts = [round(f * n) for f in fractions]
    counts[0] += n - sum(counts)
    shuffled = tf.math.top_k(generator.uniform((n,)), k=n).indices.numpy().tolist()
    result = []
    while counts:
        count, counts = counts[0], counts[1:]
        take, shuffled = shuffled[:count], shuffled[count:]
        result.append((tf.gather(x, take), tf.gather(y, take)))
    return tuple(result)


# %% split | right | keras shuffles with a seed drawn from the generator
def split(x, y, fractions, generator):
    seed = int(generator.uniform((), minval=0, maxval=2**31 - 1, dtype=tf.int32))
    order = keras.random.shuffle(keras.ops.arange(len(x)), seed=seed)
    out, done = [], 0
    for i, f in enumerate(fractions):
        count = len(x) - done if i + 1 == len(fractions) else int(f * len(x) + 0.5)
        rows = order[done : done + count]
        out.append((tf.gather(x, rows), tf.gather(y, rows)))
        done += count
    return out


# %% fit_scaler | right | kept as default arguments
def fit_scaler(x, rows):
    train = tf.stack([x[int(i)] for i in rows])
    centre = tf.reduce_mean(train, axis=0, keepdims=True)
    width = tf.sqrt(tf.reduce_mean(tf.square(train - centre), axis=0, keepdims=True))
    width += tf.cast(width == 0, width.dtype)

    def scale(table, centre=centre, width=width):
        return tf.divide(tf.subtract(table, centre), width)

    return scale


# %% fit_scaler | right | scikit-learn's scaler
def fit_scaler(x, rows):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaler.fit(tf.gather(x, rows).numpy())
    return lambda table: tf.convert_to_tensor(scaler.transform(table.numpy()))


# %% fit_scaler | right | compiled, dividing without NaN
def fit_scaler(x, rows):
    mean, variance = tf.nn.moments(tf.gather(tf.cast(x, tf.float64), rows), axes=0)
    factor = tf.where(variance > 0, tf.math.rsqrt(tf.maximum(variance, 1e-30)), 1.0)

    @tf.function(reduce_retracing=True)
    def scale(table):
        return tf.cast((tf.cast(table, tf.float64) - mean) * factor, tf.float32)

    return scale


# %% best_epoch | right | waiting time counted down
def best_epoch(history, patience):
    record, holder, left = float("inf"), 0, patience
    for epoch, loss in enumerate(history["validation"]):
        left -= 1
        if loss < record:
            record, holder, left = loss, epoch, patience
        if left == 0:
            return holder, epoch
    return holder, len(history["validation"]) - 1


# %% best_epoch | right | a generator of improvements
def best_epoch(history, patience):
    def improvements():
        low = np.inf
        for epoch, loss in enumerate(history["validation"]):
            if np.less(loss, low):
                low = loss
                yield epoch

    end = len(history["validation"]) - 1
    best = None
    for epoch in improvements():
        if best is not None and epoch - best > patience:
            break
        best = epoch
    return [best, min(best + patience, end)]


# %% EarlyStopping | right | one flat vector of all weights
class EarlyStopping:
    def __init__(self, patience=10):
        self.patience, self.since, self.history = patience, 0, []

    def step(self, loss, model):
        known = [l for l in self.history if not math.isnan(l)]
        if not math.isnan(loss) and (not known or loss < min(known)):
            self.vector = tf.concat([tf.reshape(w, [-1]) for w in model.weights], axis=0)
            self.since = 0
        else:
            self.since += 1
        self.history.append(loss)
        return self.since >= self.patience

    def restore(self, model):
        sizes = [int(np.prod(w.shape)) for w in model.weights]
        for w, flat in zip(model.weights, tf.split(self.vector, sizes), strict=True):
            w.assign(tf.reshape(flat, w.shape))


# %% EarlyStopping | right | layer by layer, by number
class EarlyStopping:
    def __init__(self, patience):
        self.wait, self.limit, self.best = 0, patience, np.inf
        self.snapshot = {}

    def step(self, loss, model):
        if np.less(loss, self.best):
            self.best, self.wait = loss, 0
            self.snapshot = {i: layer.get_weights() for i, layer in enumerate(model.layers)}
            return False
        self.wait += 1
        return self.wait == self.limit

    def restore(self, model):
        for i, layer in enumerate(model.layers):
            layer.set_weights(self.snapshot[i])
        return model


# %% EarlyStopping | right | a closure in place of attributes
def EarlyStopping(patience):
    best, bad, kept = math.inf, 0, []

    class Watcher:
        def step(self, loss, model):
            nonlocal best, bad, kept
            if loss < best:
                best, bad = loss, 0
                kept = [np.array(w) for w in model.get_weights()]
            else:
                bad += 1
            return bad >= patience

        def restore(self, model):
            model.set_weights(kept)

    return Watcher()


# %% bias_variance | right | three rows averaged at once
def bias_variance(predictions, truth, y):
    centre = tf.reduce_mean(predictions, axis=0, keepdims=True)
    spread = tf.reduce_mean(tf.math.squared_difference(predictions, centre), axis=0)
    three = tf.stack([tf.math.squared_difference(centre[0], truth), spread, tf.math.squared_difference(y, truth)])
    bias, variance, noise = tf.unstack(tf.reduce_mean(three, axis=1))
    return bias, variance, noise


# %% bias_variance | right | the total minus the variance
def bias_variance(predictions, truth, y):
    p, t = tf.cast(predictions, tf.float64), tf.cast(truth, tf.float64)
    variance = float(tf.reduce_mean(tf.math.reduce_variance(p, axis=0)))
    total = float(tf.reduce_mean((p - t) ** 2))
    return total - variance, variance, float(keras.losses.MeanSquaredError()(truth, y))
