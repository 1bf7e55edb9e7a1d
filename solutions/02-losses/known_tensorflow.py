"""Known answers of 02-losses in TensorFlow: every misconception as a student would write it, and unusual right answers."""


# %% zero_one_loss | wrong | wrong branch: 1 for the right ones
def zero_one_loss(logits, labels):
    return tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == labels, tf.float32))


# %% zero_one_loss | wrong | a count instead of a fraction
def zero_one_loss(logits, labels):
    return tf.math.count_nonzero(tf.argmax(logits, axis=1) != labels)


# %% zero_one_loss | wrong | sum instead of mean
def zero_one_loss(logits, labels):
    return tf.reduce_sum(tf.cast(tf.argmax(logits, axis=1) != labels, tf.float32))


# %% zero_one_loss | wrong | judged by the sign of the label's logit
def zero_one_loss(logits, labels):
    own = tf.gather(logits, labels, axis=1, batch_dims=1)
    return tf.reduce_mean(tf.where(own < 0, 1.0, 0.0))


# %% zero_one_loss | wrong | right only with half the probability
def zero_one_loss(logits, labels):
    p = tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1)
    return tf.reduce_mean(tf.cast(p < 0.5, tf.float32))


# %% zero_one_loss | wrong | one minus the probability
def zero_one_loss(logits, labels):
    p = tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1)
    return tf.reduce_mean(1 - p)


# %% zero_one_loss | wrong | smallest logit wins
def zero_one_loss(logits, labels):
    return tf.reduce_mean(tf.cast(tf.argmin(logits, axis=1) != labels, tf.float32))


# %% zero_one_loss | wrong | largest over the batch, the default of tf.argmax
def zero_one_loss(logits, labels):
    return tf.reduce_mean(tf.cast(tf.argmax(logits) != labels, tf.float32))


# %% zero_one_loss | wrong | every prediction with every label
def zero_one_loss(logits, labels):
    predicted = tf.argmax(logits, axis=1)[:, None]
    return tf.reduce_mean(tf.cast(predicted != labels, tf.float32))


# %% zero_one_loss | wrong | all or nothing
def zero_one_loss(logits, labels):
    return tf.cast(tf.reduce_any(tf.argmax(logits, axis=1) != labels), tf.float32)


# %% zero_one_loss | wrong | one number for each example
def zero_one_loss(logits, labels):
    return tf.cast(tf.argmax(logits, axis=1) != labels, tf.float32)


# %% zero_one_loss | right | one minus Keras's accuracy
def zero_one_loss(logits, labels):
    return 1 - tf.reduce_mean(keras.metrics.sparse_categorical_accuracy(labels, logits))


# %% zero_one_loss | right | a loop and Python's own numbers
def zero_one_loss(logits, labels):
    wrong = 0
    for row, label in zip(logits.numpy().tolist(), labels.numpy().tolist()):
        wrong += row.index(max(row)) != label
    return wrong / len(labels)


# %% zero_one_loss | right | compares the label's logit with the largest
def zero_one_loss(logits, labels):
    own = tf.gather(logits, labels, axis=1, batch_dims=1)
    return tf.reduce_mean(tf.cast(own < tf.reduce_max(logits, axis=1), tf.float64))


# %% zero_one_loss | right | is the label among the top one
def zero_one_loss(logits, labels):
    right = tf.math.in_top_k(labels, logits, k=1)
    return 1 - tf.math.count_nonzero(right) / len(labels)


# %% softmax | wrong | overflow: the maximum not subtracted
def softmax(logits):
    return tf.exp(logits) / tf.reduce_sum(tf.exp(logits), axis=1, keepdims=True)


# %% softmax | wrong | epsilon in the denominator
def softmax(logits):
    powers = tf.exp(logits)
    return powers / (tf.reduce_sum(powers, axis=1, keepdims=True) + 1e-8)


# %% softmax | wrong | logits clipped
def softmax(logits):
    powers = tf.exp(tf.clip_by_value(logits, -80, 80))
    return powers / tf.reduce_sum(powers, axis=1, keepdims=True)


# %% softmax | wrong | one maximum for the whole table
def softmax(logits):
    powers = tf.exp(logits - tf.reduce_max(logits))
    return powers / tf.reduce_sum(powers, axis=1, keepdims=True)


# %% softmax | wrong | over the batch
def softmax(logits):
    return tf.nn.softmax(logits, axis=0)


# %% softmax | wrong | over the batch, and overflow
def softmax(logits):
    return tf.exp(logits) / tf.reduce_sum(tf.exp(logits), axis=0)


# %% softmax | wrong | over the whole table
def softmax(logits):
    powers = tf.exp(logits - tf.reduce_max(logits))
    return powers / tf.reduce_sum(powers)


# %% softmax | wrong | softmax applied twice
def softmax(logits):
    return tf.nn.softmax(tf.nn.softmax(logits))


# %% softmax | wrong | without the exponential
def softmax(logits):
    return logits / tf.reduce_sum(logits, axis=1, keepdims=True)


# %% softmax | wrong | a sigmoid for each logit
def softmax(logits):
    return tf.sigmoid(logits)


# %% softmax | wrong | not normalised
def softmax(logits):
    return tf.exp(logits - tf.reduce_max(logits, axis=1, keepdims=True))


# %% softmax | wrong | logarithm of the probabilities
def softmax(logits):
    return tf.nn.log_softmax(logits)


# %% softmax | wrong | lost axis in the sum
def softmax(logits):
    powers = tf.exp(logits - tf.reduce_max(logits, axis=1, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=1)


# %% softmax | wrong | lost axis in the maximum and the sum
def softmax(logits):
    powers = tf.exp(logits - tf.reduce_max(logits, axis=1))
    return powers / tf.reduce_sum(powers, axis=1)


# %% softmax | right | the framework's own
def softmax(logits):
    return keras.ops.softmax(logits, axis=-1)


# %% softmax | right | exponential of logits minus logsumexp
def softmax(logits):
    return tf.exp(logits - tf.reduce_logsumexp(logits, axis=1, keepdims=True))


# %% softmax | right | one row at a time
def softmax(logits):
    rows = []
    for row in logits:
        powers = tf.exp(row - tf.reduce_max(row))
        rows.append(powers / tf.reduce_sum(powers))
    return tf.stack(rows)


# %% softmax | right | every difference of two logits, in float64
def softmax(logits):
    wide = tf.cast(logits, tf.float64)
    return 1 / tf.reduce_sum(tf.exp(wide[:, None, :] - wide[:, :, None]), axis=2)


# %% log_softmax | wrong | logarithm of the softmax
def log_softmax(logits):
    return tf.math.log(tf.nn.softmax(logits))


# %% log_softmax | wrong | logarithm of an overflowing softmax
def log_softmax(logits):
    powers = tf.exp(logits)
    return tf.math.log(powers / tf.reduce_sum(powers, axis=1, keepdims=True))


# %% log_softmax | wrong | overflow in the log-sum-exp
def log_softmax(logits):
    return logits - tf.math.log(tf.reduce_sum(tf.exp(logits), axis=1, keepdims=True))


# %% log_softmax | wrong | probabilities kept above 1e-07
def log_softmax(logits):
    return tf.math.log(tf.clip_by_value(tf.nn.softmax(logits), keras.config.epsilon(), 1.0))


# %% log_softmax | wrong | probabilities kept above 1e-09
def log_softmax(logits):
    return tf.math.log(tf.nn.softmax(logits) + 1e-9)


# %% log_softmax | wrong | probabilities kept above 1e-12
def log_softmax(logits):
    return tf.math.log(tf.nn.softmax(logits) + 1e-12)


# %% log_softmax | wrong | the maximum not added back
def log_softmax(logits):
    largest = tf.reduce_max(logits, axis=1, keepdims=True)
    return logits - tf.math.log(tf.reduce_sum(tf.exp(logits - largest), axis=1, keepdims=True))


# %% log_softmax | wrong | one maximum for the whole table
def log_softmax(logits):
    shifted = logits - tf.reduce_max(logits)
    return shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1, keepdims=True))


# %% log_softmax | wrong | over the batch
def log_softmax(logits):
    return tf.nn.log_softmax(logits, axis=0)


# %% log_softmax | wrong | over the whole table
def log_softmax(logits):
    return logits - tf.reduce_logsumexp(logits)


# %% log_softmax | wrong | softmax applied twice
def log_softmax(logits):
    return tf.nn.log_softmax(tf.nn.softmax(logits))


# %% log_softmax | wrong | probabilities instead of their logarithms
def log_softmax(logits):
    return tf.nn.softmax(logits)


# %% log_softmax | wrong | wrong sign
def log_softmax(logits):
    return tf.reduce_logsumexp(logits, axis=1, keepdims=True) - logits


# %% log_softmax | wrong | logarithm to base 10
def log_softmax(logits):
    return tf.nn.log_softmax(logits) / tf.math.log(10.0)


# %% log_softmax | wrong | lost axis in the log-sum-exp
def log_softmax(logits):
    return logits - tf.reduce_logsumexp(logits, axis=1)


# %% log_softmax | wrong | lost axis in the maximum and the sum
def log_softmax(logits):
    shifted = logits - tf.reduce_max(logits, axis=1)
    return shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1))


# %% log_softmax | right | the framework's own
def log_softmax(logits):
    return keras.ops.log_softmax(logits, axis=-1)


# %% log_softmax | right | logits minus logsumexp
def log_softmax(logits):
    return logits - tf.reduce_logsumexp(logits, axis=1, keepdims=True)


# %% log_softmax | right | a running maximum, row by row
def log_softmax(logits):
    rows = []
    for row in tf.unstack(logits):
        shifted = row - tf.reduce_max(row)
        rows.append(shifted - tf.math.log(tf.math.reduce_sum(tf.math.exp(shifted))))
    return tf.stack(rows)


# %% log_softmax | right | the maximum added back
def log_softmax(logits):
    largest = tf.reduce_max(logits, axis=1, keepdims=True)
    log_sum = largest + tf.math.log(tf.reduce_sum(tf.exp(logits - largest), axis=1, keepdims=True))
    return logits - log_sum


# %% cross_entropy | wrong | sum instead of mean
def cross_entropy(logits, labels):
    return tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


# %% cross_entropy | wrong | mean over the classes as well
def cross_entropy(logits, labels):
    targets = tf.one_hot(labels, logits.shape[1])
    return -tf.reduce_mean(targets * tf.nn.log_softmax(logits))


# %% cross_entropy | wrong | one loss for each example
def cross_entropy(logits, labels):
    return keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)


# %% cross_entropy | wrong | wrong sign
def cross_entropy(logits, labels):
    return tf.reduce_mean(tf.gather(tf.nn.log_softmax(logits), labels, axis=1, batch_dims=1))


# %% cross_entropy | wrong | softmax applied twice
def cross_entropy(logits, labels):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, tf.nn.softmax(logits))


# %% cross_entropy | wrong | softmax over the batch
def cross_entropy(logits, labels):
    log_p = tf.nn.log_softmax(logits, axis=0)
    return -tf.reduce_mean(tf.gather(log_p, labels, axis=1, batch_dims=1))


# %% cross_entropy | wrong | logarithm of the softmax
def cross_entropy(logits, labels):
    p = tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1)
    return -tf.reduce_mean(tf.math.log(p))


# %% cross_entropy | wrong | logarithm of an overflowing softmax
def cross_entropy(logits, labels):
    p = tf.exp(logits) / tf.reduce_sum(tf.exp(logits), axis=1, keepdims=True)
    return -tf.reduce_mean(tf.math.log(tf.gather(p, labels, axis=1, batch_dims=1)))


# %% cross_entropy | wrong | overflow in the log-sum-exp
def cross_entropy(logits, labels):
    own = tf.gather(logits, labels, axis=1, batch_dims=1)
    return tf.reduce_mean(tf.math.log(tf.reduce_sum(tf.exp(logits), axis=1)) - own)


# %% cross_entropy | wrong | probabilities kept above 1e-07
def cross_entropy(logits, labels):
    return keras.losses.SparseCategoricalCrossentropy()(labels, tf.nn.softmax(logits))


# %% cross_entropy | wrong | probabilities kept above 1e-09
def cross_entropy(logits, labels):
    p = tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1)
    return -tf.reduce_mean(tf.math.log(p + 1e-9))


# %% cross_entropy | wrong | probabilities kept above 1e-12
def cross_entropy(logits, labels):
    p = tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1)
    return -tf.reduce_mean(tf.math.log(p + 1e-12))


# %% cross_entropy | wrong | arguments swapped: logits as targets
def cross_entropy(logits, labels):
    targets = tf.one_hot(labels, logits.shape[1])
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=logits, logits=targets))


# %% cross_entropy | wrong | arguments swapped: probabilities as targets
def cross_entropy(logits, labels):
    targets = tf.one_hot(labels, logits.shape[1])
    return keras.losses.CategoricalCrossentropy(from_logits=True)(tf.nn.softmax(logits), targets)


# %% cross_entropy | wrong | arguments swapped: logarithm of the labels
def cross_entropy(logits, labels):
    targets = tf.one_hot(labels, logits.shape[1])
    return -tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(logits) * tf.math.log(targets), axis=1))


# %% cross_entropy | wrong | logarithm forgotten
def cross_entropy(logits, labels):
    return -tf.reduce_mean(tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1))


# %% cross_entropy | wrong | logarithm of the mean
def cross_entropy(logits, labels):
    p = tf.gather(tf.nn.softmax(logits), labels, axis=1, batch_dims=1)
    return -tf.math.log(tf.reduce_mean(p))


# %% cross_entropy | wrong | logits taken for logarithms
def cross_entropy(logits, labels):
    return -tf.reduce_mean(tf.gather(logits, labels, axis=1, batch_dims=1))


# %% cross_entropy | wrong | every example with every label
def cross_entropy(logits, labels):
    return -tf.reduce_mean(tf.gather(tf.nn.log_softmax(logits), labels, axis=1))


# %% cross_entropy | wrong | the largest probability instead of the label's
def cross_entropy(logits, labels):
    return -tf.reduce_mean(tf.reduce_max(tf.nn.log_softmax(logits), axis=1))


# %% cross_entropy | wrong | logits taken for probabilities
def cross_entropy(logits, labels):
    return keras.losses.SparseCategoricalCrossentropy()(labels, logits)


# %% cross_entropy | right | Keras, told that these are logits
def cross_entropy(logits, labels):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)


# %% cross_entropy | right | TensorFlow's own loss of each example
def cross_entropy(logits, labels):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


# %% cross_entropy | right | logsumexp minus the label's logit
def cross_entropy(logits, labels):
    pairs = tf.stack([tf.range(len(labels), dtype=labels.dtype), labels], axis=1)
    return tf.reduce_mean(tf.reduce_logsumexp(logits, axis=1) - tf.gather_nd(logits, pairs))


# %% cross_entropy | right | one-hot targets
def cross_entropy(logits, labels):
    targets = tf.one_hot(labels, logits.shape[1])
    return -tf.reduce_sum(targets * tf.nn.log_softmax(logits)) / len(labels)


# %% binary_cross_entropy_with_logits | wrong | sum instead of mean
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))


# %% binary_cross_entropy_with_logits | wrong | one loss for each example
def binary_cross_entropy_with_logits(z, y):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z)


# %% binary_cross_entropy_with_logits | wrong | arguments swapped
def binary_cross_entropy_with_logits(z, y):
    return keras.losses.BinaryCrossentropy(from_logits=True)(z, y)


# %% binary_cross_entropy_with_logits | wrong | sigmoid applied twice
def binary_cross_entropy_with_logits(z, y):
    return keras.losses.BinaryCrossentropy(from_logits=True)(y, tf.sigmoid(z))


# %% binary_cross_entropy_with_logits | wrong | logarithm of the sigmoid
def binary_cross_entropy_with_logits(z, y):
    p = tf.sigmoid(z)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


# %% binary_cross_entropy_with_logits | wrong | log(1 + exp(z)) overflows
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.math.log(1 + tf.exp(z)) - z * y)


# %% binary_cross_entropy_with_logits | wrong | probabilities clipped at 1e-07
def binary_cross_entropy_with_logits(z, y):
    return keras.losses.BinaryCrossentropy()(y, tf.sigmoid(z))


# %% binary_cross_entropy_with_logits | wrong | probabilities clipped at 1e-09
def binary_cross_entropy_with_logits(z, y):
    p = tf.clip_by_value(tf.sigmoid(z), 1e-9, 1 - 1e-9)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


# %% binary_cross_entropy_with_logits | wrong | probabilities clipped at 1e-12
def binary_cross_entropy_with_logits(z, y):
    p = tf.clip_by_value(tf.sigmoid(z), 1e-12, 1 - 1e-12)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


# %% binary_cross_entropy_with_logits | wrong | 1e-07 added to the probabilities
def binary_cross_entropy_with_logits(z, y):
    p = tf.sigmoid(z)
    return -tf.reduce_mean(y * tf.math.log(p + 1e-7) + (1 - y) * tf.math.log(1 - p + 1e-7))


# %% binary_cross_entropy_with_logits | wrong | 1e-09 added to the probabilities
def binary_cross_entropy_with_logits(z, y):
    p = tf.sigmoid(z)
    return -tf.reduce_mean(y * tf.math.log(p + 1e-9) + (1 - y) * tf.math.log(1 - p + 1e-9))


# %% binary_cross_entropy_with_logits | wrong | 1e-12 added to the probabilities
def binary_cross_entropy_with_logits(z, y):
    p = tf.sigmoid(z)
    return -tf.reduce_mean(y * tf.math.log(p + 1e-12) + (1 - y) * tf.math.log(1 - p + 1e-12))


# %% binary_cross_entropy_with_logits | wrong | labels taken for -1 and +1
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.nn.softplus(-y * z))


# %% binary_cross_entropy_with_logits | wrong | class 0 left out
def binary_cross_entropy_with_logits(z, y):
    return -tf.reduce_mean(y * tf.math.log_sigmoid(z))


# %% binary_cross_entropy_with_logits | wrong | absolute value forgotten
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.maximum(z, 0) - z * y + tf.math.log(1 + tf.exp(-z)))


# %% binary_cross_entropy_with_logits | wrong | max(z, 0) left out
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.math.log1p(tf.exp(-tf.abs(z))) - z * y)


# %% binary_cross_entropy_with_logits | wrong | z y added instead of subtracted
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.nn.relu(z) + z * y + tf.math.log1p(tf.exp(-tf.abs(z))))


# %% binary_cross_entropy_with_logits | wrong | wrong sign
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(y * tf.math.log_sigmoid(z) + (1 - y) * tf.math.log_sigmoid(-z))


# %% binary_cross_entropy_with_logits | wrong | logits taken for probabilities
def binary_cross_entropy_with_logits(z, y):
    return keras.losses.BinaryCrossentropy()(y, z)


# %% binary_cross_entropy_with_logits | right | Keras, told that these are logits
def binary_cross_entropy_with_logits(z, y):
    return keras.losses.BinaryCrossentropy(from_logits=True)(y, z)


# %% binary_cross_entropy_with_logits | right | softplus
def binary_cross_entropy_with_logits(z, y):
    return tf.reduce_mean(tf.nn.softplus(z) - z * y)


# %% binary_cross_entropy_with_logits | right | two logarithms of sigmoids
def binary_cross_entropy_with_logits(z, y):
    return -tf.reduce_mean(y * tf.math.log_sigmoid(z) + (1 - y) * tf.math.log_sigmoid(-z))


# %% binary_cross_entropy_with_logits | right | one branch for each label
def binary_cross_entropy_with_logits(z, y):
    losses = tf.where(y == 1, tf.nn.softplus(-z), tf.nn.softplus(z))
    return tf.reduce_sum(losses) / len(losses)


# %% binary_cross_entropy_with_logits | right | a softmax of two classes
def binary_cross_entropy_with_logits(z, y):
    pair = tf.stack([tf.zeros_like(z), z], axis=1)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(y, tf.int64), logits=pair)
    return tf.reduce_mean(losses)
