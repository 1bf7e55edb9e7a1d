"""Known answers of the lab with frameworks, in TensorFlow: the mistakes as students write them."""


# %% split | right | a mask of held-out examples
def split(y, fraction, rng):
    mask = np.zeros(len(y), dtype=bool)
    for label in set(y.tolist()):
        rows = np.where(y == label)[0]
        mask[rng.choice(rows, round(fraction * len(rows)), replace=False)] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


# %% split | right | one permutation, then the first of each class in it
def split(y, fraction, rng):
    order = rng.permutation(len(y))
    held = np.concatenate([order[y[order] == label][: round(fraction * np.sum(y == label))] for label in np.unique(y)])
    return np.setdiff1d(order, held), held


# %% split | right | shuffled lists
def split(y, fraction, rng):
    train, held = [], []
    for label in range(y.max() + 1):
        rows = [i for i in range(len(y)) if y[i] == label]
        rng.shuffle(rows)
        n = round(len(rows) * fraction)
        train, held = train + rows[n:], held + rows[:n]
    return np.array(sorted(train)), np.array(sorted(held))


# %% split | wrong | the end of the file held out
def split(y, fraction, rng):
    cut = len(y) - round(fraction * len(y))
    return np.arange(cut), np.arange(cut, len(y))


# %% split | wrong | the first of each class, nothing drawn
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        cut = round(fraction * len(rows))
        held.extend(rows[:cut])
        train.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | the parts exchanged
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        cut = round(fraction * len(rows))
        train.extend(rows[:cut])
        held.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | held-out examples trained on as well
def split(y, fraction, rng):
    held = []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        held.extend(rows[: round(fraction * len(rows))])
    return np.arange(len(y)), np.array(held)


# %% split | wrong | drawn with replacement
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        chosen = rng.choice(rows, round(fraction * len(rows)))
        held.extend(chosen)
        train.extend(np.setdiff1d(rows, chosen))
    return np.array(train), np.array(held)


# %% split | wrong | the same split every time
def split(y, fraction, rng):
    rng = np.random.default_rng(42)
    train, held = [], []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        cut = round(fraction * len(rows))
        held.extend(rows[:cut])
        train.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | random numbers of its own
def split(y, fraction, rng):
    train, held = [], []
    for label in np.unique(y):
        rows = np.random.permutation(np.flatnonzero(y == label))
        cut = round(fraction * len(rows))
        held.extend(rows[:cut])
        train.extend(rows[cut:])
    return np.array(train), np.array(held)


# %% split | wrong | classes left to chance
def split(y, fraction, rng):
    order = rng.permutation(len(y))
    cut = round(fraction * len(y))
    return order[cut:], order[:cut]


# %% confusion_matrix | right | a loop
def confusion_matrix(predicted, labels, classes):
    table = np.zeros((classes, classes), dtype=int)
    for p, l in zip(predicted.numpy(), labels.numpy()):
        table[l][p] += 1
    return tf.constant(table)


# %% confusion_matrix | right | scatter_nd adds up
def confusion_matrix(predicted, labels, classes):
    return tf.scatter_nd(tf.stack([labels, predicted], axis=1), tf.ones_like(labels), tf.constant([classes, classes], tf.int64))


# %% confusion_matrix | right | product of one-hot tables
def confusion_matrix(predicted, labels, classes):
    return tf.matmul(
        tf.one_hot(labels, classes, dtype=tf.int32), tf.one_hot(predicted, classes, dtype=tf.int32), transpose_a=True
    )


# %% confusion_matrix | wrong | rows and columns exchanged
def confusion_matrix(predicted, labels, classes):
    return tf.math.confusion_matrix(predicted, labels, classes)


# %% confusion_matrix | wrong | number of classes guessed from the data
def confusion_matrix(predicted, labels, classes):
    return tf.math.confusion_matrix(labels, predicted)


# %% confusion_matrix | wrong | shares instead of counts
def confusion_matrix(predicted, labels, classes):
    table = tf.math.confusion_matrix(labels, predicted, classes, dtype=tf.float64)
    return table / tf.maximum(tf.reduce_sum(table, axis=1, keepdims=True), 1)


# %% confusion_matrix | wrong | each pair counted once
def confusion_matrix(predicted, labels, classes):
    table = np.zeros((classes, classes), dtype=int)
    table[labels.numpy(), predicted.numpy()] += 1
    return table


# %% confusion_matrix | wrong | only the right ones counted
def confusion_matrix(predicted, labels, classes):
    return tf.linalg.diag(tf.linalg.diag_part(tf.math.confusion_matrix(labels, predicted, classes)))


# %% confusion_matrix | wrong | only the number of right ones
def confusion_matrix(predicted, labels, classes):
    return tf.reduce_sum(tf.cast(predicted == labels, tf.int32))


# %% predict_iris | right | one layer, its eight numbers as tensors
m, s = tf.constant(x.mean(axis=0)), tf.constant(x.std(axis=0))
lone = fit(start_weights([4, 3], 1), (x - x.mean(axis=0)) / x.std(axis=0), y, 80, 0.1, 20, 1)


def predict_iris(x):
    return np.argmax(lone((x - m) / s).numpy(), axis=-1)


# %% predict_iris | right | a Keras model with a normalisation layer
import keras

keras.utils.set_random_seed(1)
norm = keras.layers.Normalization()
norm.adapt(x)
model = keras.Sequential([keras.Input((4,)), norm, keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3)])
model.compile(keras.optimizers.Adam(0.03), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, batch_size=32, epochs=30, verbose=0)


def predict_iris(x):
    return tf.argmax(model(x), axis=1)


# %% predict_digits | right | one wide hidden layer, answered in pieces
wide = fit(start_weights([64, 100, 10], 3), digit_x, digit_y, 15, 0.05, 64, 3)


def predict_digits(x):
    return tf.concat([tf.argmax(wide(x[i : i + 50]), axis=1) for i in range(0, len(x), 50)], axis=0)


# %% predict_digits | right | dropout and batch norm in a Keras model
import keras

keras.utils.set_random_seed(2)
deep = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(64),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
deep.compile("adam", "sparse_categorical_crossentropy")
deep.fit(digit_x, digit_y, batch_size=25, epochs=12, verbose=0)


def predict_digits(x):
    return tf.cast(tf.argmax(deep(x, training=False), axis=1), tf.int32)


# %% predict_iris | wrong | scores instead of labels


def predict_iris(x):
    return iris_network((x - tf.constant(final_mean)) / tf.constant(final_spread))


# %% predict_iris | wrong | the largest score instead of its place


def predict_iris(x):
    return tf.reduce_max(iris_network((x - tf.constant(final_mean)) / tf.constant(final_spread)), axis=1)


# %% predict_iris | wrong | argmax over the batch


def predict_iris(x):
    return tf.argmax(iris_network((x - tf.constant(final_mean)) / tf.constant(final_spread)))


# %% predict_iris | wrong | labels from 1


def predict_iris(x):
    return tf.argmax(iris_network((x - tf.constant(final_mean)) / tf.constant(final_spread)), axis=1) + 1


# %% predict_iris | wrong | prepared with statistics of the batch
batchwise = fit(start_weights([4, 16, 3], 6), (x - x.mean(axis=0)) / (x.std(axis=0) + 0.1), y, 20, 0.05, 16, 6)


def predict_iris(x):
    x = (x - tf.reduce_mean(x, axis=0)) / (tf.math.reduce_std(x, axis=0) + 0.1)
    return tf.argmax(batchwise(x), axis=1)


# %% predict_iris | wrong | always the same class


def predict_iris(x):
    return tf.ones(len(x), tf.int64)


# %% predict_iris | wrong | no better than guessing


def predict_iris(x):
    return tf.cast(tf.reduce_sum(x, axis=1) * 1000, tf.int64) % 3


# %% predict_iris | wrong | learned too little
hasty = fit(start_weights([4, 16, 3], 8), (x - final_mean) / final_spread, y, 6, 0.005, 32, 8)


def predict_iris(x):
    return tf.argmax(hasty((x - tf.constant(final_mean)) / tf.constant(final_spread)), axis=1)


# %% predict_digits | wrong | scores instead of labels


def predict_digits(x):
    return digit_network(x)


# %% predict_digits | wrong | the largest score instead of its place


def predict_digits(x):
    return tf.reduce_max(digit_network(x), axis=1)


# %% predict_digits | wrong | argmax over the batch


def predict_digits(x):
    return tf.argmax(digit_network(x))


# %% predict_digits | wrong | labels from 1


def predict_digits(x):
    return tf.argmax(digit_network(x), axis=1) + 1


# %% predict_digits | wrong | prepared with statistics of the batch
batchwise = fit(
    start_weights([64, 32, 10], 6), (digit_x - digit_x.mean(axis=0)) / (digit_x.std(axis=0) + 0.1), digit_y, 20, 0.05, 16, 6
)


def predict_digits(x):
    x = (x - tf.reduce_mean(x, axis=0)) / (tf.math.reduce_std(x, axis=0) + 0.1)
    return tf.argmax(batchwise(x), axis=1)


# %% predict_digits | wrong | always the same class


def predict_digits(x):
    return tf.ones(len(x), tf.int64)


# %% predict_digits | wrong | no better than guessing


def predict_digits(x):
    return tf.cast(tf.reduce_sum(x, axis=1) * 1000, tf.int64) % 10


# %% predict_digits | wrong | learned too little
hasty = fit(start_weights([64, 32, 10], 8), digit_x, digit_y, 2, 0.002, 32, 8)


def predict_digits(x):
    return tf.argmax(hasty(x), axis=1)
