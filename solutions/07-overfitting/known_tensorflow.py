"""Known answers of 07-overfitting in TensorFlow: each mistake as a student writes it, and right answers that look different."""


# %% polynomial_features | right | broadcasting a column against the exponents
def polynomial_features(x, degree):
    return tf.pow(x[:, tf.newaxis], tf.range(degree + 1, dtype=x.dtype))


# %% polynomial_features | right | multiplied again and again
def polynomial_features(x, degree):
    columns = [tf.ones_like(x)]
    for _ in range(degree):
        columns.append(columns[-1] * x)
    return tf.transpose(tf.stack(columns))


# %% polynomial_features | right | NumPy's vander, and back
def polynomial_features(x, degree):
    return tf.constant(np.vander(x.numpy(), degree + 1, increasing=True))


# %% polynomial_features | wrong | column of ones missing
def polynomial_features(x, degree):
    if degree == 0:
        return tf.zeros((len(x), 0))
    return tf.stack([x**k for k in range(1, degree + 1)], axis=1)


# %% polynomial_features | wrong | last power missing
def polynomial_features(x, degree):
    return x[:, None] ** tf.range(degree, dtype=tf.float32)


# %% polynomial_features | wrong | powers in falling order
def polynomial_features(x, degree):
    return keras.ops.vander(x, degree + 1) if hasattr(keras.ops, "vander") else tf.constant(np.vander(x, degree + 1))


# %% polynomial_features | wrong | transposed result
def polynomial_features(x, degree):
    return tf.stack([x**k for k in range(degree + 1)])


# %% polynomial_features | wrong | multiples instead of powers
def polynomial_features(x, degree):
    return x[:, None] * tf.range(degree + 1, dtype=x.dtype)


# %% polynomial_features | wrong | base and exponent exchanged
def polynomial_features(x, degree):
    return tf.stack([tf.constant(float(k)) ** x for k in range(degree + 1)], axis=1)


# %% polynomial_features | wrong | logarithm of a negative number
def polynomial_features(x, degree):
    return tf.exp(tf.math.log(x)[:, None] * tf.range(degree + 1, dtype=x.dtype))


# %% split | right | sizes rounded down, the last part gets the rest
def split(x, y, fractions, generator):
    n = len(x)
    sizes = [int(n * f) for f in fractions[:-1]]
    sizes.append(n - sum(sizes))
    order = tf.argsort(generator.uniform([n]))
    return [(tf.gather(x, rows), tf.gather(y, rows)) for rows in tf.split(order, sizes)]


# %% split | right | a stateless shuffle with a seed from the generator
def split(x, y, fractions, generator):
    order = tf.random.experimental.stateless_shuffle(tf.range(x.shape[0]), seed=generator.make_seeds(1)[:, 0])
    edges = np.round(np.cumsum([0.0, *fractions]) * x.shape[0]).astype(int)
    x, y = tf.gather(x, order), tf.gather(y, order)
    return [(x[a:b], y[a:b]) for a, b in zip(edges[:-1], edges[1:])]


# %% split | right | shuffled in NumPy, with a seed from the generator
def split(x, y, fractions, generator):
    rng = np.random.default_rng(int(generator.uniform((), maxval=2**31 - 1, dtype=tf.int64)))
    order = rng.permutation(len(x))
    cuts = [round(len(x) * sum(fractions[: k + 1])) for k in range(len(fractions) - 1)]
    return [(x.numpy()[rows], y.numpy()[rows]) for rows in np.split(order, cuts)]


# %% split | wrong | not shuffled
def split(x, y, fractions, generator):
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        parts.append((x[start:end], y[start:end]))
        start = end
    return parts


# %% split | wrong | shuffled inside the parts only
def split(x, y, fractions, generator):
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        rows = start + tf.argsort(generator.uniform((end - start,)))
        parts.append((tf.gather(x, rows), tf.gather(y, rows)))
        start = end
    return parts


# %% split | wrong | x and y shuffled apart
def split(x, y, fractions, generator):
    x = tf.gather(x, tf.argsort(generator.uniform((len(x),))))
    y = tf.gather(y, tf.argsort(generator.uniform((len(y),))))
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        parts.append((x[start:end], y[start:end]))
        start = end
    return parts


# %% split | wrong | rows drawn with replacement
def split(x, y, fractions, generator):
    parts = []
    for f in fractions:
        rows = generator.uniform((round(len(x) * f),), maxval=len(x), dtype=tf.int32)
        parts.append((tf.gather(x, rows), tf.gather(y, rows)))
    return parts


# %% split | wrong | overlapping parts
def split(x, y, fractions, generator):
    parts = []
    for f in fractions:
        rows = tf.argsort(generator.uniform((len(x),)))[: round(len(x) * f)]
        parts.append((tf.gather(x, rows), tf.gather(y, rows)))
    return parts


# %% split | wrong | overlapping parts
def split(x, y, fractions, generator):
    order = tf.argsort(generator.uniform((len(x),)))
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        rows = order[max(start - 1, 0) : end]
        parts.append((tf.gather(x, rows), tf.gather(y, rows)))
        start = end
    return parts


# %% split | wrong | fractions of what is left
def split(x, y, fractions, generator):
    rest = tf.argsort(generator.uniform((len(x),)))
    parts = []
    for f in fractions[:-1]:
        size = round(len(rest) * f)
        rows, rest = rest[:size], rest[size:]
        parts.append((tf.gather(x, rows), tf.gather(y, rows)))
    return [*parts, (tf.gather(x, rest), tf.gather(y, rest))]


# %% split | wrong | examples lost to rounding
def split(x, y, fractions, generator):
    order = tf.argsort(generator.uniform((len(x),)))
    parts, start = [], 0
    for f in fractions:
        size = int(len(x) * f)
        rows = order[start : start + size]
        parts.append((tf.gather(x, rows), tf.gather(y, rows)))
        start += size
    return parts


# %% split | wrong | the global random state
def split(x, y, fractions, generator):
    order = tf.random.shuffle(tf.range(len(x)))
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        parts.append((tf.gather(x, order[start:end]), tf.gather(y, order[start:end])))
        start = end
    return parts


# %% split | wrong | seeded inside
def split(x, y, fractions, generator):
    order = tf.argsort(tf.random.Generator.from_seed(42).uniform((len(x),)))
    parts, start = [], 0
    for k in range(len(fractions)):
        end = round(len(x) * sum(fractions[: k + 1]))
        parts.append((tf.gather(x, order[start:end]), tf.gather(y, order[start:end])))
        start = end
    return parts


# %% fit_scaler | right | moments and a lambda
def fit_scaler(x, rows):
    mean, variance = tf.nn.moments(tf.gather(x, rows), axes=[0])
    std = tf.sqrt(variance)
    std = tf.where(tf.equal(std, 0.0), 1.0, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | right | NumPy inside, one column at a time
def fit_scaler(x, rows):
    train = x.numpy()[rows.numpy()].astype("float64")
    means, stds = train.mean(axis=0), train.std(axis=0)
    stds[stds == 0] = 1

    def scale(table):
        return tf.stack([(tf.cast(table[:, j], tf.float64) - means[j]) / stds[j] for j in range(len(means))], axis=1)

    return scale


# %% fit_scaler | wrong | NaN on a constant column
def fit_scaler(x, rows):
    train = tf.gather(x, rows)
    mean, std = tf.reduce_mean(train, axis=0), tf.math.reduce_std(train, axis=0)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | fitted before the split
def fit_scaler(x, rows):
    mean, std = tf.reduce_mean(x, axis=0), tf.math.reduce_std(x, axis=0)
    std = tf.where(std == 0, 1.0, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | the first rows instead of the chosen ones
def fit_scaler(x, rows):
    train = x[: len(rows)]
    mean, std = tf.reduce_mean(train, axis=0), tf.math.reduce_std(train, axis=0)
    std = tf.where(std == 0, 1.0, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | fitted on the held-out rows
def fit_scaler(x, rows):
    others = np.delete(x.numpy(), rows.numpy(), axis=0)
    mean, std = others.mean(0), others.std(0)
    std[std == 0] = 1
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | every table scaled by itself
def fit_scaler(x, rows):
    def scale(table):
        mean, std = tf.reduce_mean(table, axis=0), tf.math.reduce_std(table, axis=0)
        return (table - mean) / tf.where(std == 0, 1.0, std)

    return scale


# %% fit_scaler | wrong | unbiased standard deviation
def fit_scaler(x, rows):
    train = tf.gather(x, rows)
    mean = tf.reduce_mean(train, axis=0)
    std = tf.sqrt(tf.reduce_sum((train - mean) ** 2, axis=0) / (len(train) - 1))
    std = tf.where(std == 0, 1.0, std)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | variance instead of standard deviation
def fit_scaler(x, rows):
    mean, variance = tf.nn.moments(tf.gather(x, rows), axes=[0])
    variance = tf.where(variance == 0, 1.0, variance)
    return lambda table: (table - mean) / variance


# %% fit_scaler | wrong | one mean for the whole table
def fit_scaler(x, rows):
    train = tf.gather(x, rows)
    mean, std = tf.reduce_mean(train), tf.math.reduce_std(train)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | statistics over the wrong axis
def fit_scaler(x, rows):
    train = tf.gather(x, rows)
    mean, std = tf.reduce_mean(train, axis=1), tf.math.reduce_std(train, axis=1)
    return lambda table: (table - mean) / std


# %% fit_scaler | wrong | scaled to the range from 0 to 1
def fit_scaler(x, rows):
    train = tf.gather(x, rows)
    low, high = tf.reduce_min(train, axis=0), tf.reduce_max(train, axis=0)
    width = tf.where(high == low, 1.0, high - low)
    return lambda table: (table - low) / width


# %% fit_scaler | wrong | mean not subtracted
def fit_scaler(x, rows):
    std = tf.math.reduce_std(tf.gather(x, rows), axis=0)
    std = tf.where(std == 0, 1.0, std)
    return lambda table: table / std


# %% best_epoch | right | a while loop over indices
def best_epoch(history, patience):
    losses = history["validation"]
    best, epoch = None, 0
    while epoch < len(losses):
        if not math.isnan(losses[epoch]) and (best is None or losses[epoch] < losses[best]):
            best = epoch
        since = epoch + 1 if best is None else epoch - best
        if since >= patience:
            break
        epoch += 1
    return best or 0, min(epoch, len(losses) - 1)


# %% best_epoch | right | the minimum of every beginning of the list
def best_epoch(history, patience):
    losses = np.nan_to_num(np.array(history["validation"]), nan=np.inf)
    for last in range(len(losses)):
        best = int(np.argmin(losses[: last + 1]))
        bad = last - best if np.isfinite(losses[best]) else last + 1
        if bad >= patience:
            return best, last
    return best, last


# %% best_epoch | wrong | chosen on the test set
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["test"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | chosen on the training loss
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["train"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | stops one epoch too late
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
        if bad > patience:
            break
    return best, last


# %% best_epoch | wrong | stops one epoch too early
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 1
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best, bad = loss, last, 1
        else:
            bad += 1
            if bad >= patience:
                break
    return best, last


# %% best_epoch | wrong | best of all epochs, also those after the stop
def best_epoch(history, patience):
    losses = history["validation"]
    lowest, last, bad = math.inf, 0, 0
    for last, loss in enumerate(losses):
        bad = 0 if loss < lowest else bad + 1
        if loss < lowest:
            lowest = loss
        if bad == patience:
            break
    return int(np.nanargmin(losses)), last


# %% best_epoch | wrong | a tie taken for an improvement
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss <= lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | NaN taken for an improvement
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss >= lowest:
            bad += 1
            if bad == patience:
                break
        else:
            lowest, best, bad = loss, last, 0
    return best, last


# %% best_epoch | wrong | nothing is better than a NaN at the start
def best_epoch(history, patience):
    losses = history["validation"]
    best, last, bad = 0, 0, 0
    for last in range(1, len(losses)):
        if losses[last] < losses[best]:
            best, bad = last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | NaN epochs not counted
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if math.isnan(loss):
            continue
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | bad epochs counted in all, not in a row
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, best = loss, last
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% best_epoch | wrong | compared with the epoch before
def best_epoch(history, patience):
    before, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"]):
        if last == 0 or loss < before:
            best, bad = last, 0
        else:
            bad += 1
            if bad == patience:
                break
        before = loss
    return best, last


# %% best_epoch | wrong | the last epoch instead of the best
def best_epoch(history, patience):
    lowest, last, bad = math.inf, 0, 0
    for last, loss in enumerate(history["validation"]):
        if loss < lowest:
            lowest, bad = loss, 0
        else:
            bad += 1
            if bad == patience:
                break
    return last, last


# %% best_epoch | wrong | epochs counted from 1
def best_epoch(history, patience):
    lowest, best, last, bad = math.inf, 0, 0, 0
    for last, loss in enumerate(history["validation"], 1):
        if loss < lowest:
            lowest, best, bad = loss, last, 0
        else:
            bad += 1
            if bad == patience:
                break
    return best, last


# %% EarlyStopping | right | tensors of every variable, and the epoch of the best
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.epoch, self.best_epoch, self.best = patience, -1, -1, float("inf")

    def step(self, loss, model):
        self.epoch += 1
        if loss < self.best:
            self.best, self.best_epoch = loss, self.epoch
            self.snapshot = [tf.identity(v) for v in model.trainable_variables]
        return self.epoch - self.best_epoch >= self.patience

    def restore(self, model):
        for v, kept in zip(model.trainable_variables, self.snapshot):
            v.assign(kept)


# %% EarlyStopping | right | a clone of the model, and None instead of False
class EarlyStopping:
    def __init__(self, patience):
        self.left = self.patience = patience
        self.best_loss = None
        self.best_model = None

    def step(self, loss, model):
        if not np.isnan(loss) and (self.best_loss is None or loss < self.best_loss):
            self.best_loss, self.left = loss, self.patience
            self.best_model = keras.models.clone_model(model)
            self.best_model.set_weights(model.get_weights())
            return
        self.left -= 1
        if self.left == 0:
            return True

    def restore(self, model):
        model.set_weights(self.best_model.get_weights())


# %% EarlyStopping | right | NumPy arrays of the variables, losses in a list
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.losses, self.bad = patience, [], 0

    def step(self, loss, model):
        earlier = [l for l in self.losses if l == l]
        self.losses.append(float(loss))
        if loss < min(earlier, default=math.inf):
            self.kept, self.bad = [w.numpy().copy() for w in model.weights], 0
        else:
            self.bad += 1
        return tf.constant(self.bad >= self.patience)

    def restore(self, model):
        for variable, kept in zip(model.weights, self.kept):
            variable.assign(kept)


# %% EarlyStopping | wrong | snapshot aliases the live weights
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.weights
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | snapshot aliases the live weights
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = list(model.trainable_variables)  # a copy of the list, not of the variables
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        for variable, kept in zip(model.trainable_variables, self.kept):
            variable.assign(kept)


# %% EarlyStopping | wrong | snapshot aliases the live weights
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept.get_weights())


# %% EarlyStopping | wrong | last weights instead of the best
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        return self.kept  # gives them back, and the model stays as it is


# %% EarlyStopping | wrong | all objects share one memory
class EarlyStopping:
    losses = []

    def __init__(self, patience):
        self.patience, self.bad = patience, 0

    def step(self, loss, model):
        if loss < min((l for l in self.losses if l == l), default=math.inf):
            self.kept = model.get_weights()
            self.bad = 0
        else:
            self.bad += 1
        self.losses.append(loss)
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | snapshot of every epoch
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        self.kept = model.get_weights()
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | snapshot taken only once
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad, self.kept = patience, math.inf, 0, None

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            if self.kept is None:
                self.kept = model.get_weights()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | stops one epoch too late
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
        else:
            self.bad += 1
        return self.bad > self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | stops one epoch too early
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
            return False
        self.bad += 1
        return self.bad + 1 >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | never says stop
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad, self.stopped = patience, math.inf, 0, False

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
        else:
            self.bad += 1
        self.stopped = self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | a tie taken for an improvement
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss <= self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | NaN taken for an improvement
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss >= self.lowest:
            self.bad += 1
        else:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | nothing is better than a NaN at the start
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, None, 0

    def step(self, loss, model):
        if self.lowest is None or loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.kept = model.get_weights()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | bad epochs counted in all, not in a row
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.lowest, self.bad = patience, math.inf, 0

    def step(self, loss, model):
        if loss < self.lowest:
            self.lowest = loss
            self.kept = model.get_weights()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% EarlyStopping | wrong | compared with the epoch before
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.before, self.bad = patience, None, 0

    def step(self, loss, model):
        if self.before is None or loss < self.before:
            self.bad = 0
            self.kept = model.get_weights()
        else:
            self.bad += 1
        self.before = loss
        return self.bad >= self.patience

    def restore(self, model):
        model.set_weights(self.kept)


# %% bias_variance | right | moments over the runs
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_mean((mean - truth) ** 2), tf.reduce_mean(variance), tf.reduce_mean(tf.square(y - truth))


# %% bias_variance | right | NumPy, as a list of numbers
def bias_variance(predictions, truth, y):
    p, f = predictions.numpy().astype(float), truth.numpy().astype(float)
    return [float(v) for v in (((p.mean(0) - f) ** 2).mean(), p.var(0).mean(), ((y.numpy() - f) ** 2).mean())]


# %% bias_variance | wrong | bias not squared
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_mean(mean - truth), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | absolute bias instead of squared
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_mean(tf.abs(mean - truth)), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | squared after averaging over the points
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_mean(mean - truth) ** 2, tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | variance counted in the bias
def bias_variance(predictions, truth, y):
    variance = tf.math.reduce_variance(predictions, axis=0)
    return tf.reduce_mean((predictions - truth) ** 2), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | noise counted in the bias
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_mean((mean - y) ** 2), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | variance divided by runs - 1
def bias_variance(predictions, truth, y):
    mean = tf.reduce_mean(predictions, axis=0)
    variance = tf.reduce_sum((predictions - mean) ** 2, axis=0) / (len(predictions) - 1)
    return tf.reduce_mean((mean - truth) ** 2), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | standard deviation instead of variance
def bias_variance(predictions, truth, y):
    mean, std = tf.reduce_mean(predictions, axis=0), tf.math.reduce_std(predictions, axis=0)
    return tf.reduce_mean((mean - truth) ** 2), tf.reduce_mean(std), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | variance around the truth
def bias_variance(predictions, truth, y):
    mean = tf.reduce_mean(predictions, axis=0)
    variance = tf.reduce_mean((predictions - truth) ** 2)
    return tf.reduce_mean((mean - truth) ** 2), variance, tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | spread along the points
def bias_variance(predictions, truth, y):
    mean, variance = tf.reduce_mean(predictions, axis=0), tf.math.reduce_variance(predictions, axis=1)
    return tf.reduce_mean((mean - truth) ** 2), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | spread of all numbers
def bias_variance(predictions, truth, y):
    mean, variance = tf.reduce_mean(predictions, axis=0), tf.math.reduce_variance(predictions)
    return tf.reduce_mean((mean - truth) ** 2), variance, tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | averaged over the points instead of the runs
def bias_variance(predictions, truth, y):
    mean, variance = tf.reduce_mean(predictions, axis=1), tf.math.reduce_variance(predictions, axis=0)
    return tf.reduce_mean((mean - truth) ** 2), tf.reduce_mean(variance), tf.reduce_mean((y - truth) ** 2)


# %% bias_variance | wrong | variance of y instead of noise
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_mean((mean - truth) ** 2), tf.reduce_mean(variance), tf.math.reduce_variance(y)


# %% bias_variance | wrong | sum instead of mean over the points
def bias_variance(predictions, truth, y):
    mean, variance = tf.nn.moments(predictions, axes=[0])
    return tf.reduce_sum((mean - truth) ** 2), tf.reduce_sum(variance), tf.reduce_sum((y - truth) ** 2)
