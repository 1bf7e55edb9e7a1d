# %% init_params | right | normal with a standard deviation, pairs as lists
def init_params(sizes, generator):
    params = []
    for i, fan_in in enumerate(sizes[:-1]):
        w = generator.normal([fan_in, sizes[i + 1]], mean=0.0, stddev=(2 / fan_in) ** 0.5)
        params.append([tf.Variable(w), tf.Variable(tf.zeros([sizes[i + 1]]))])
    return params


# %% init_params | right | variables of Keras, scaled by assignment
def init_params(sizes, generator):
    def layer(fan_in, fan_out):
        w, b = keras.Variable(np.zeros((fan_in, fan_out), np.float32)), keras.Variable(np.zeros(fan_out, np.float32))
        w.assign(math.sqrt(2 / fan_in) * generator.normal((fan_in, fan_out)))
        return w, b

    return [layer(a, b) for a, b in zip(sizes, sizes[1:], strict=False)]


# %% init_params | right | stateless numbers, with a seed drawn from the generator
def init_params(sizes, generator):
    params = []
    for a, b in zip(sizes[:-1], sizes[1:], strict=True):
        seed = generator.make_seeds(1)[:, 0]
        w = tf.random.stateless_normal((a, b), seed=seed) * tf.sqrt(2.0 / a)
        params.append((tf.Variable(w, trainable=True), tf.Variable(np.zeros(b, "float32"))))
    return params


# %% init_params | right | a NumPy generator seeded by a draw from the one that was passed
def init_params(sizes, generator, dtype=np.float32):
    rng = np.random.default_rng(int(generator.uniform_full_int([], dtype=tf.uint32)))
    pairs = [(rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return [tuple(tf.Variable(part.astype(dtype)) for part in pair) for pair in pairs]


# %% forward | right | ReLU before every layer but the first
def forward(x, params):
    for i, (w, b) in enumerate(params):
        x = tf.matmul(tf.nn.relu(x) if i else x, w) + b
    return x


# %% forward | right | recursion from the last layer
def forward(x, params):
    *others, (w, b) = params
    if others:
        x = tf.maximum(forward(x, others), 0)
    return tf.nn.bias_add(x @ w, b)


# %% forward | right | a compiled fold
@tf.function
def forward(x, params):
    import functools

    logits = lambda h, pair: tf.einsum("ni,io->no", h, pair[0]) + pair[1]  # noqa: E731
    hidden = functools.reduce(lambda h, pair: tf.nn.relu(logits(h, pair)), params[:-1], x)
    return logits(hidden, params[-1])


# %% forward | right | activations from a list that ends with the identity
def forward(x, params):
    bends = [keras.activations.relu] * (len(params) - 1) + [keras.activations.linear]
    for bend, (w, b) in zip(bends, params, strict=True):
        x = bend(tf.add(tf.tensordot(x, w, 1), b))
    return x


# %% train_step | right | a persistent tape, one question for each parameter
def train_step(params, x, y, lr):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))
    slopes = [[tape.gradient(loss, part) for part in pair] for pair in params]
    for pair, pair_slopes in zip(params, slopes, strict=True):
        for part, slope in zip(pair, pair_slopes, strict=True):
            part.assign_sub(lr * slope)
    return float(loss)


# %% train_step | right | a new optimiser of Keras at every call, a loss object
def train_step(params, x, y, lr):
    flat = [part for pair in params for part in pair]
    optimizer = keras.optimizers.SGD(learning_rate=lr)
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(y, two_layer(x, params))
    optimizer.apply_gradients(zip(tape.gradient(loss, flat), flat, strict=True))
    return loss.numpy().item()


# %% train_step | right | loss by softplus, assignment of the whole new value
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        z = two_layer(x, params)
        loss = tf.reduce_mean(tf.nn.softplus(z) - z * y)
    for part, slope in zip(tf.nest.flatten(params), tf.nest.flatten(tape.gradient(loss, params)), strict=True):
        part.assign(part - lr * slope)
    return loss.numpy()


# %% train_step | right | gradients by hand, in NumPy and float64
def train_step(params, x, y, lr):
    (w1, b1), (w2, b2) = [[part.numpy().astype(np.float64) for part in pair] for pair in params]
    x, y = x.numpy().astype(np.float64), y.numpy().astype(np.float64)
    before = x @ w1 + b1
    hidden = np.maximum(before, 0)
    z = hidden @ w2 + b2
    loss = np.mean(np.logaddexp(0, z) - z * y)
    dz = (1 / (1 + np.exp(-z)) - y) / len(x)
    dh = (dz @ w2.T) * (before > 0)
    slopes = [(x.T @ dh, dh.sum(0)), (hidden.T @ dz, dz.sum(0))]
    for pair, pair_slopes in zip(params, slopes, strict=True):
        for part, slope in zip(pair, pair_slopes, strict=True):
            part.assign_sub((lr * slope).astype(np.float32))
    return loss


# %% accuracy | right | a count in Python's own numbers
def accuracy(logits, labels):
    guesses = logits.numpy().argmax(axis=1)
    return sum(bool(guess == label) for guess, label in zip(guesses, labels.numpy(), strict=True)) / len(labels)


# %% accuracy | right | a metric of Keras
def accuracy(logits, labels):
    metric = keras.metrics.SparseCategoricalAccuracy()
    metric.update_state(labels, logits)
    return metric.result()


# %% accuracy | right | compiled, positions from in_top_k, in float64
@tf.function
def accuracy(logits, labels):
    return tf.reduce_mean(tf.cast(tf.math.in_top_k(labels, logits, 1), tf.float64))


# %% evaluate | right | all batches joined first, one call of the model
def evaluate(model, loader):
    x, y = (tf.concat(parts, 0) for parts in zip(*loader, strict=True))
    logits = model(x, training=False)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    return loss.numpy(), tf.reduce_mean(tf.cast(tf.argmax(logits, 1) == y, tf.float32)).numpy()


# %% evaluate | right | two metrics of Keras that are updated batch by batch
def evaluate(model, loader):
    loss = keras.metrics.SparseCategoricalCrossentropy(from_logits=True)
    share = keras.metrics.SparseCategoricalAccuracy()
    for x, y in loader:
        logits = model(x, training=False)
        loss.update_state(y, logits)
        share.update_state(y, logits)
    return float(loss.result()), float(share.result())


# %% evaluate | right | predict on the dataset, NumPy in float64 for the rest
def evaluate(model, loader):
    logits = model.predict(loader, verbose=0).astype(np.float64)
    labels = np.concatenate([y.numpy() for _, y in loader])
    shifted = logits - logits.max(axis=1, keepdims=True)
    costs = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return costs.mean(), np.mean(logits.argmax(axis=1) == labels)


# %% evaluate | right | the dataset is cut anew into single examples
class Evaluation:
    def __call__(self, model, loader):
        criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
        total, right, count = 0.0, 0, 0
        for x, y in loader.unbatch().batch(1):
            logits = model(x, training=False)
            total += float(criterion(y, logits))
            right += int(np.argmax(logits) == y.numpy()[0])
            count += 1
        return [total / count, right / count]


evaluate = Evaluation()


# %% fit | right | Keras's own compile and fit, with the record renamed
def fit(model, train, validation, lr, epochs):
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    history = model.fit(train, validation_data=validation, epochs=epochs, shuffle=False, verbose=0).history
    return {"train": history["loss"], "validation": history["val_loss"]}


# %% fit | right | a compiled step, updates by hand, sums over examples
def fit(model, train, validation, lr, epochs):
    variables = model.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            costs = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=True))
            loss = tf.reduce_mean(costs)
        for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(lr * slope)
        return tf.reduce_sum(costs)

    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total = count = 0
        for x, y in train:
            total += float(step(x, y))
            count += len(y)
        history["train"].append(total / count)
        costs = [keras.losses.sparse_categorical_crossentropy(y, model(x), from_logits=True) for x, y in validation]
        history["validation"].append(float(tf.reduce_mean(tf.concat(costs, 0))))
    return history


# %% fit | right | metrics of Keras as running means, a defaultdict
def fit(model, train, validation, lr, epochs):
    from collections import defaultdict

    criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer, history = keras.optimizers.SGD(lr), defaultdict(list)
    for _ in range(epochs):
        means = {"train": keras.metrics.Mean(), "validation": keras.metrics.Mean()}
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = criterion(y, model(x, training=True))
            optimizer.apply_gradients(
                zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
            )
            means["train"].update_state(loss, sample_weight=x.shape[0])
        for x, y in validation:
            means["validation"].update_state(criterion(y, model(x, training=False)), sample_weight=x.shape[0])
        for name, mean in means.items():
            history[name].append(float(mean.result()))
    return history


# %% fit | right | a tape that watches by hand, log_softmax and one-hot, records as pairs first
def fit(net, learn_from, judge_by, rate, count):
    def costs_of(x, y, learn):
        table = tf.nn.log_softmax(net(x, training=learn))
        return -tf.reduce_sum(tf.one_hot(y, table.shape[1]) * table, axis=1)

    records = []
    for _ in range(count):
        ours, theirs = [], []
        for x, y in learn_from:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([v.value for v in net.trainable_variables])
                costs = costs_of(x, y, True)
                loss = tf.reduce_mean(costs)
            slopes = tape.gradient(loss, [v.value for v in net.trainable_variables])
            for v, slope in zip(net.trainable_variables, slopes, strict=True):
                v.assign(v - rate * slope)
            ours += costs.numpy().tolist()
        for x, y in judge_by:
            theirs += costs_of(x, y, False).numpy().tolist()
        records.append((sum(ours) / len(ours), sum(theirs) / len(theirs)))
    return {"train": [one for one, _ in records], "validation": [other for _, other in records]}
