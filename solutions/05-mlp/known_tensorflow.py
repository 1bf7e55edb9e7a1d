"""Known answers of 05-mlp in TensorFlow: each mistake as a student writes it, and right answers that look different."""


# %% init_params | right | He's initialiser of Keras, seeded from the generator
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        seed = int(generator.uniform((), maxval=2**31 - 1, dtype=tf.int32))
        w = keras.initializers.RandomNormal(stddev=(2 / i) ** 0.5, seed=seed)((i, o))
        params.append([tf.Variable(w), tf.Variable(tf.zeros([o]))])
    return params


# %% init_params | right | keras.Variable
def init_params(sizes, generator):
    pairs = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        w = keras.Variable(generator.normal((n_in, n_out)) * np.float32(np.sqrt(2 / n_in)))
        pairs.append((w, keras.Variable(tf.zeros((n_out,)))))
    return pairs


# %% init_params | right | uniform with the same standard deviation
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        limit = math.sqrt(6 / i)
        w = tf.Variable(generator.uniform([i, o], -limit, limit))
        params.append((w, tf.Variable(np.zeros(o, np.float32))))
    return params


# %% init_params | right | double precision
def init_params(sizes, generator):
    return [
        (
            tf.Variable(generator.normal((i, o), dtype=tf.float64) * tf.sqrt(tf.constant(2 / i, tf.float64))),
            tf.Variable(tf.zeros(o, tf.float64)),
        )
        for i, o in zip(sizes[:-1], sizes[1:])
    ]


# %% init_params | wrong | all weights zero
def init_params(sizes, generator):
    return [(tf.Variable(tf.zeros((i, o))), tf.Variable(tf.zeros(o))) for i, o in zip(sizes[:-1], sizes[1:])]


# %% init_params | wrong | only positive weights
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = generator.uniform((i, o)) * math.sqrt(2 / i)
        params.append((tf.Variable(w), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | standard deviation 1 in every layer
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o))), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | the same small scale in every layer
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o), stddev=0.01)), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | variance used as standard deviation
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o), stddev=2 / i)), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | fan-out instead of fan-in
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o), stddev=math.sqrt(2 / o))), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | Xavier's rule
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = generator.normal((i, o), stddev=math.sqrt(2 / (i + o)))
        params.append((tf.Variable(w), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | factor 2 forgotten
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o)) / math.sqrt(i)), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | random biases
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        w = generator.normal((i, o), stddev=math.sqrt(2 / i))
        params.append((tf.Variable(w), tf.Variable(generator.normal((o,)))))
    return params


# %% init_params | wrong | weights transposed
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((o, i), stddev=math.sqrt(2 / i))), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | constants instead of variables
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((generator.normal((i, o), stddev=math.sqrt(2 / i)), tf.zeros(o)))
    return params


# %% init_params | wrong | constants instead of variables
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o), stddev=math.sqrt(2 / i))), tf.zeros(o)))
    return params


# %% init_params | wrong | the global random state
def init_params(sizes, generator):
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(tf.random.normal((i, o), stddev=math.sqrt(2 / i))), tf.Variable(tf.zeros(o))))
    return params


# %% init_params | wrong | seeded inside
def init_params(sizes, generator):
    generator = tf.random.Generator.from_seed(42)
    params = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        params.append((tf.Variable(generator.normal((i, o), stddev=math.sqrt(2 / i))), tf.Variable(tf.zeros(o))))
    return params


# %% forward | right | an index and keras.ops
def forward(x, params):
    h = x
    for i, (w, b) in enumerate(params):
        h = keras.ops.matmul(h, w) + b
        if i + 1 < len(params):
            h = keras.ops.relu(h)
    return h


# %% forward | right | recursion
def forward(x, params):
    (w, b), *rest = params
    z = tf.nn.bias_add(tf.matmul(x, w), b)
    return forward(tf.maximum(z, 0.0), rest) if rest else z


# %% forward | right | einsum and where
def forward(x, params):
    *hidden, (w_last, b_last) = params
    for w, b in hidden:
        z = tf.einsum("ni,io->no", x, w) + b
        x = tf.where(z > 0, z, tf.zeros_like(z))
    return tf.linalg.matmul(x, w_last) + b_last


# %% forward | right | compiled
@tf.function(reduce_retracing=True)
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.nn.relu(tf.matmul(x, w) + b)
    return tf.matmul(x, params[-1][0]) + params[-1][1]


# %% forward | wrong | activation after the last layer
def forward(x, params):
    for w, b in params:
        x = tf.nn.relu(x @ w + b)
    return x


# %% forward | wrong | softmax inside the network
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.nn.relu(x @ w + b)
    w, b = params[-1]
    return tf.nn.softmax(x @ w + b)


# %% forward | wrong | labels instead of logits
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.nn.relu(x @ w + b)
    w, b = params[-1]
    return tf.argmax(x @ w + b, axis=1)


# %% forward | wrong | no activation between the layers
def forward(x, params):
    for w, b in params:
        x = x @ w + b
    return x


# %% forward | wrong | sigmoid instead of ReLU
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.sigmoid(x @ w + b)
    w, b = params[-1]
    return x @ w + b


# %% forward | wrong | activation before the layer
def forward(x, params):
    for w, b in params:
        x = tf.nn.relu(x) @ w + b
    return x


# %% forward | wrong | bias forgotten
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.nn.relu(x @ w)
    return x @ params[-1][0]


# %% forward | wrong | bias added after the activation
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.nn.relu(x @ w) + b
    w, b = params[-1]
    return x @ w + b


# %% forward | wrong | weights transposed
def forward(x, params):
    for w, b in params[:-1]:
        x = tf.nn.relu(tf.matmul(x, w, transpose_b=True) + b)
    w, b = params[-1]
    return tf.matmul(x, w, transpose_b=True) + b


# %% train_step | right | Keras's optimiser and loss
def train_step(params, x, y, lr):
    variables = [part for pair in params for part in pair]
    optimizer = keras.optimizers.SGD(learning_rate=lr)
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(y, two_layer(x, params))
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss.numpy()


# %% train_step | right | loss written out with softplus
def train_step(params, x, y, lr):
    (w1, b1), (w2, b2) = params
    with tf.GradientTape() as tape:
        z = tf.nn.relu(x @ w1 + b1) @ w2 + b2
        loss = tf.reduce_sum(tf.math.softplus(z) - y * z) / len(y)
    variables = (w1, b1, w2, b2)
    for v, g in zip(variables, tape.gradient(loss, variables)):
        v.assign(v - lr * g)
    return float(loss)


# %% train_step | right | probabilities and the loss for probabilities
def train_step(params, x, y, lr):
    with tf.GradientTape(persistent=True) as tape:
        p = tf.sigmoid(two_layer(x, params))
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, p))
    for pair in params:
        for v in pair:
            v.assign_add(-lr * tape.gradient(loss, v))
    return loss


# %% train_step | wrong | sigmoid before a loss that wants logits
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        z = tf.sigmoid(two_layer(x, params))
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(loss)


# %% train_step | wrong | loss arguments reversed
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(two_layer(x, params), y, from_logits=True))
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(loss)


# %% train_step | wrong | logits given to a loss that wants probabilities
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, two_layer(x, params)))
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(loss)


# %% train_step | wrong | sum instead of mean
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(loss)


# %% train_step | wrong | gradient of the losses before their mean
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params))
    for (w, b), (dw, db) in zip(params, tape.gradient(losses, params)):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(tf.reduce_mean(losses))


# %% train_step | wrong | a step up instead of down
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w.assign_add(lr * dw)
        b.assign_add(lr * db)
    return float(loss)


# %% train_step | wrong | parameters never change
def train_step(params, x, y, lr):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w = w - lr * dw
        b = b - lr * db
    return float(loss)


# %% train_step | wrong | biases left out
def train_step(params, x, y, lr):
    weights = [w for w, b in params]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))
    for w, dw in zip(weights, tape.gradient(loss, weights)):
        w.assign_sub(lr * dw)
    return float(loss)


# %% train_step | wrong | loss after the step
def train_step(params, x, y, lr):
    def loss_now():
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=two_layer(x, params)))

    with tf.GradientTape() as tape:
        loss = loss_now()
    for (w, b), (dw, db) in zip(params, tape.gradient(loss, params)):
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(loss_now())


# %% accuracy | right | Keras's metric
def accuracy(logits, labels):
    return float(tf.reduce_mean(keras.metrics.sparse_categorical_accuracy(labels, logits)))


# %% accuracy | right | in NumPy
def accuracy(logits, labels):
    return np.mean(logits.numpy().argmax(-1) == labels.numpy())


# %% accuracy | right | a loop, through probabilities
def accuracy(logits, labels):
    hits = [int(tf.argmax(tf.nn.softmax(row))) == int(label) for row, label in zip(logits, labels)]
    return sum(hits) / len(hits)


# %% accuracy | right | a tensor of one number
def accuracy(logits, labels):
    return tf.math.count_nonzero(tf.equal(tf.argmax(logits, -1), labels)) / tf.size(labels, tf.int64)


# %% accuracy | wrong | only the first example compared
def accuracy(logits, labels):
    return float(tf.argmax(logits[0]) == labels[0])


# %% accuracy | wrong | argmax down the columns
def accuracy(logits, labels):
    return float(tf.reduce_mean(tf.cast(tf.argmax(logits) == labels, tf.float32)))


# %% accuracy | wrong | percent
def accuracy(logits, labels):
    return 100 * float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == labels, tf.float32)))


# %% accuracy | wrong | number of right answers
def accuracy(logits, labels):
    return int(tf.math.count_nonzero(tf.argmax(logits, axis=1) == labels))


# %% accuracy | wrong | share of wrong answers
def accuracy(logits, labels):
    return float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) != labels, tf.float32)))


# %% evaluate | right | Keras's metrics
def evaluate(model, loader):
    loss = keras.metrics.SparseCategoricalCrossentropy(from_logits=True)
    share = keras.metrics.SparseCategoricalAccuracy()
    for x, y in loader:
        logits = model(x, training=False)
        loss.update_state(y, logits)
        share.update_state(y, logits)
    return loss.result(), share.result()


# %% evaluate | right | everything gathered first
def evaluate(model, loader):
    pairs = [(model(x, training=False), y) for x, y in loader]
    logits, labels = tf.concat([z for z, _ in pairs], 0), tf.concat([y for _, y in pairs], 0)
    losses = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    return np.mean(losses), np.mean(np.argmax(logits, axis=1) == labels.numpy())


# %% evaluate | right | loss by log_softmax, weighted batch means, a list returned
def evaluate(model, loader):
    losses, hits, sizes = [], [], []
    for x, y in loader:
        logp = tf.nn.log_softmax(model(x), axis=1)  # Keras's default outside fit is evaluation mode
        losses.append(-float(tf.reduce_mean(tf.gather(logp, y, axis=1, batch_dims=1))))
        hits.append(float(tf.reduce_mean(tf.cast(tf.argmax(logp, 1) == y, tf.float64))))
        sizes.append(len(x))
    return [np.average(losses, weights=sizes), np.average(hits, weights=sizes)]


# %% evaluate | wrong | evaluated in training mode
def evaluate(model, loader):
    loss, right, examples = 0.0, 0, 0
    for x, y in loader:
        logits = model(x, training=True)
        loss += float(tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)))
        right += int(tf.math.count_nonzero(tf.argmax(logits, axis=1) == y))
        examples += len(y)
    return loss / examples, right / examples


# %% evaluate | wrong | mean of the batch means
def evaluate(model, loader):
    losses, shares = [], []
    for x, y in loader:
        logits = model(x, training=False)
        losses.append(float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))))
        shares.append(float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == y, tf.float32))))
    return sum(losses) / len(losses), sum(shares) / len(shares)


# %% evaluate | wrong | softmax before a loss that wants logits
def evaluate(model, loader):
    loss, right, examples = 0.0, 0, 0
    for x, y in loader:
        probabilities = tf.nn.softmax(model(x, training=False))
        loss += float(tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=probabilities)))
        right += int(tf.math.count_nonzero(tf.argmax(probabilities, axis=1) == y))
        examples += len(y)
    return loss / examples, right / examples


# %% evaluate | wrong | logits given to a loss that wants probabilities
def evaluate(model, loader):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy()
    loss, right, examples = 0.0, 0, 0
    for x, y in loader:
        logits = model(x, training=False)
        loss += float(cross_entropy(y, logits)) * len(y)
        right += int(tf.math.count_nonzero(tf.argmax(logits, axis=1) == y))
        examples += len(y)
    return loss / examples, right / examples


# %% evaluate | wrong | only the last batch
def evaluate(model, loader):
    for x, y in loader:
        logits = model(x, training=False)
        loss = float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)))
        share = float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == y, tf.float32)))
    return loss, share


# %% evaluate | wrong | batch means divided by the number of examples
def evaluate(model, loader):
    loss, right, examples = 0.0, 0, 0
    for x, y in loader:
        logits = model(x, training=False)
        loss += float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)))
        right += int(tf.math.count_nonzero(tf.argmax(logits, axis=1) == y))
        examples += len(y)
    return loss / examples, right / examples


# %% fit | right | Keras's optimiser, means by NumPy
def fit(model, train, validation, lr, epochs):
    optimizer = keras.optimizers.SGD(learning_rate=lr)
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        losses, sizes = [], []
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=True)))
            gradients = tape.gradient(loss, model.trainable_weights)
            optimizer.apply_gradients(zip(gradients, model.trainable_weights))
            losses.append(loss.numpy())
            sizes.append(len(x))
        history["train"].append(np.average(losses, weights=sizes))
        pairs = [(model(x, training=False), y) for x, y in validation]
        logits, labels = (tf.concat(parts, 0) for parts in zip(*pairs))
        history["validation"].append(
            float(tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)))
        )
    return history


# %% fit | right | one helper for both passes, sums of losses
def fit(model, train, validation, lr, epochs):
    def one_pass(loader, learning):
        total, n = 0.0, 0
        for x, y in loader:
            with tf.GradientTape() as tape:
                logits = model(x, training=learning)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
                loss = tf.reduce_mean(losses)
            if learning:
                for v, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
                    v.assign(v - lr * g)
            total, n = total + tf.reduce_sum(losses), n + len(y)
        return total / n

    curves = [(one_pass(train, True), one_pass(validation, False)) for _ in range(epochs)]
    return {"train": [a for a, _ in curves], "validation": [b for _, b in curves]}


# %% fit | right | Keras's own fit
def fit(model, train, validation, lr, epochs):
    model.compile(
        optimizer=keras.optimizers.SGD(lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    record = model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history
    return {"train": record["loss"], "validation": record["val_loss"]}


# %% fit | right | Keras's metrics, more than was asked for
def fit(model, train, validation, lr, epochs):
    mean = keras.metrics.Mean()
    history = {"train": [], "validation": [], "accuracy": []}
    for _ in range(epochs):
        mean.reset_state()
        for x, y in train:
            with tf.GradientTape() as tape:
                logp = tf.nn.log_softmax(model(x, training=True))
                loss = -tf.reduce_mean(tf.gather(logp, y, axis=1, batch_dims=1))
            for v, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
                v.assign_sub(lr * g)
            mean.update_state(loss, sample_weight=len(y))
        history["train"].append(float(mean.result()))
        total = right = n = 0
        for x, y in validation:
            z = model(x, training=False)
            total += float(tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z)))
            right += int(tf.reduce_sum(tf.cast(tf.argmax(z, 1) == y, tf.int32)))
            n += len(y)
        history["validation"].append(total / n)
        history["accuracy"].append(right / n)
    return history


# %% fit | wrong | validated with dropout
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
            total, n = total + float(loss) * len(y), n + len(y)
        history["train"].append(total / n)
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, model(x, training=True))) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | dropout never active
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
            total, n = total + float(loss) * len(y), n + len(y)
        history["train"].append(total / n)
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, model(x))) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | mean of the batch means
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        losses = []
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
            losses.append(float(loss))
        history["train"].append(np.mean(losses))
        history["validation"].append(np.mean([float(cross_entropy(y, model(x, training=False))) for x, y in validation]))
    return history


# %% fit | wrong | batch means divided by the number of examples
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
            total, n = total + float(loss), n + len(y)
        history["train"].append(total / n)
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, model(x, training=False))), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | only the last batch's training loss
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
        history["train"].append(float(loss))
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, model(x, training=False))) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | trained on the validation set
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        for name, loader in (("train", train), ("validation", validation)):
            total, n = 0.0, 0
            for x, y in loader:
                with tf.GradientTape() as tape:
                    loss = cross_entropy(y, model(x, training=name == "train"))
                for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                    variable.assign_sub(lr * gradient)
                total, n = total + float(loss) * len(y), n + len(y)
            history[name].append(total / n)
    return history


# %% fit | wrong | one update per epoch
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            total, n = total + float(loss) * len(y), n + len(y)
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(lr * gradient)
        history["train"].append(total / n)
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, model(x, training=False))) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | softmax before a loss that wants logits
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, tf.nn.softmax(model(x, training=True)))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
            total, n = total + float(loss) * len(y), n + len(y)
        history["train"].append(total / n)
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, tf.nn.softmax(model(x, training=False)))) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history


# %% fit | wrong | logits given to a loss that wants probabilities
def fit(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy()
    variables = model.trainable_variables
    history = {"train": [], "validation": []}
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(lr * gradient)
            total, n = total + float(loss) * len(y), n + len(y)
        history["train"].append(total / n)
        total, n = 0.0, 0
        for x, y in validation:
            total, n = total + float(cross_entropy(y, model(x, training=False))) * len(y), n + len(y)
        history["validation"].append(total / n)
    return history
