"""Right answers to the lab with many kinds, written from the task texts alone: TensorFlow."""


# %% duplicates | right | einsum and a mask made of indices
def duplicates(features, limit):
    lengths = tf.sqrt(tf.reduce_sum(features**2, axis=1))
    table = tf.einsum("id,jd->ij", features, features) / (lengths[:, None] * lengths[None, :])
    i, j = tf.meshgrid(tf.range(len(features)), tf.range(len(features)), indexing="ij")
    return tf.math.count_nonzero((j < i) & (table >= limit), axis=1) > 0


# %% duplicates | right | each new one against a growing list, in float64
def duplicates(features, limit):
    found, earlier = [], []
    for row in features.numpy().astype(float):
        row = row / np.linalg.norm(row)
        found.append(len(earlier) > 0 and bool(max(row @ e for e in earlier) >= limit))
        earlier.append(row)
    return np.array(found)


# %% duplicates | right | keras.ops
def duplicates(features, limit):
    unit = keras.ops.normalize(features, axis=-1, order=2)
    close = keras.ops.tril(keras.ops.cast(unit @ keras.ops.transpose(unit) >= limit, "int32"), k=-1)
    return keras.ops.any(close, axis=1)


# %% augment | right | everything drawn first, shifts as slices of one padded array
def augment(images, shift, rng):
    n, h, w = images.shape[:3]
    coins = rng.choice([True, False], size=n)
    dy = rng.integers(low=-shift, high=shift, size=n, endpoint=True)
    dx = rng.integers(low=-shift, high=shift, size=n, endpoint=True)
    big = np.pad(images, ((0,), (shift,), (shift,), (0,)), mode="edge")
    out = np.zeros_like(images)
    for k in range(n):
        piece = big[k, shift - dy[k] : shift - dy[k] + h, shift - dx[k] : shift - dx[k] + w, :]
        out[k] = np.flip(piece, axis=1) if coins[k] else piece
    return out


# %% augment | right | gather with clipped indices
def augment(images, shift, rng):
    result = []
    for image in images:
        rows = np.clip(np.arange(image.shape[0]) + rng.integers(-shift, shift + 1), 0, image.shape[0] - 1)
        columns = np.clip(np.arange(image.shape[1]) + rng.integers(-shift, shift + 1), 0, image.shape[1] - 1)
        if rng.binomial(1, 0.5):
            columns = columns[::-1]
        result.append(tf.gather(tf.gather(image, rows, axis=0), columns, axis=1))
    return np.asarray(result)


# %% augment | right | tf.image for the mirror, a tensor as the result
def augment(images, shift, rng):
    def one(image):
        a, b = (int(v) for v in rng.integers(0, 2 * shift + 1, size=2))
        padded = np.pad(image, [[shift] * 2, [shift] * 2, [0, 0]], mode="edge")
        image = padded[a:, b:][: image.shape[0], : image.shape[1]]
        return tf.image.flip_left_right(image) if rng.random() >= 0.5 else tf.constant(image)

    return tf.stack([one(image) for image in images])


# %% macro_accuracy | right | one-hot tables
def macro_accuracy(predicted, labels, classes):
    belongs = tf.one_hot(labels, classes, dtype=tf.float64)
    right = tf.cast(predicted == labels, tf.float64)
    count = tf.reduce_sum(belongs, axis=0)
    good = tf.linalg.matvec(belongs, right, transpose_a=True)
    return tf.reduce_mean(tf.boolean_mask(good / count, count > 0))


# %% macro_accuracy | right | a plain dictionary
def macro_accuracy(predicted, labels, classes):
    seen, good = {}, {}
    for p, y in zip(predicted.numpy().tolist(), labels.numpy().tolist()):
        seen[y] = seen.get(y, 0) + 1
        good[y] = good.get(y, 0) + (p == y)
    return sum(good[y] / seen[y] for y in seen) / len(seen)


# %% macro_accuracy | right | unique labels
def macro_accuracy(predicted, labels, classes):
    present = tf.unique(labels).y
    return float(np.mean([np.mean(predicted[labels == c] == c) for c in present]))


# %% worst_mistakes | right | sort all, then filter
def worst_mistakes(probabilities, labels, k):
    p = np.array(probabilities)
    guesses = p.argmax(1)
    order = sorted(range(len(p)), key=lambda i: p[i].max(), reverse=True)
    mistaken = [i for i in order if guesses[i] != labels[i].numpy()]
    return np.array(mistaken[:k], dtype=int)


# %% worst_mistakes | right | minus one for the right ones
def worst_mistakes(probabilities, labels, k):
    wrong = tf.not_equal(tf.argmax(probabilities, -1), labels)
    sure = tf.where(wrong, tf.reduce_max(probabilities, -1), -1.0)
    best = tf.argsort(sure, direction="DESCENDING", stable=True)
    return best[: tf.minimum(k, tf.reduce_sum(tf.cast(wrong, tf.int32)))]


# %% predict | right | logistic regression of scikit-learn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

table = describe(train.images)
scaler = StandardScaler().fit(table)
logistic = LogisticRegression(C=0.01, max_iter=300).fit(scaler.transform(table), train.labels)


def predict(images):
    return logistic.predict(scaler.transform(describe(images)))


# %% predict | right | compile and fit, at 128 pixels, a normalisation layer in front
keras.utils.set_random_seed(5)


def seen(images):
    return network.extract_features(enlarge(images, 128))


bird_x = seen(train.images)
scale = keras.layers.Normalization()
scale.adapt(bird_x)
model = keras.Sequential([keras.Input((1280,)), scale, keras.layers.Dropout(0.3), keras.layers.Dense(7)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.AdamW(1e-3, weight_decay=0.01), loss, jit_compile=False)
model.fit(bird_x, train.labels, epochs=25, batch_size=32, verbose=0)


def predict(images):
    return np.argmax(model.predict(seen(images), verbose=0), axis=-1)


# %% duplicates | right | band_part keeps what is below the diagonal, a mask of ones beside it
def duplicates(features, limit):
    unit = tf.math.l2_normalize(features, axis=1)
    earlier = tf.linalg.band_part(tf.ones((len(features), len(features))), -1, 0) - tf.eye(len(features))
    return tf.reduce_any((tf.matmul(unit, unit, transpose_b=True) >= limit) & (earlier > 0), axis=1)


# %% duplicates | right | Keras's cosine similarity of every pair, two loops
def duplicates(features, limit):
    answer = [False] * len(features)
    for i in range(len(features)):
        for j in range(i):
            if float(keras.losses.cosine_similarity(features[i], features[j])) <= -limit:
                answer[i] = True
    return np.array(answer)


# %% duplicates | right | row by row against all rows before it, in NumPy
def duplicates(features, limit):
    f = features.numpy()
    lengths = np.sqrt((f * f).sum(1))
    return np.array([bool(np.any(f[:i] @ f[i] / (lengths[:i] * lengths[i]) >= limit)) for i in range(len(f))])


# %% macro_accuracy | right | the diagonal of a confusion matrix over its rows' sums, divide_no_nan
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, num_classes=classes), tf.float64)
    many = tf.reduce_sum(table, axis=1)
    shares = tf.math.divide_no_nan(tf.linalg.diag_part(table), many)
    return tf.reduce_sum(shares) / tf.math.count_nonzero(many, dtype=tf.float64)


# %% macro_accuracy | right | scikit-learn's recall, averaged over the labels that occur
def macro_accuracy(predicted, labels, classes):
    from sklearn.metrics import recall_score

    return recall_score(labels.numpy(), predicted.numpy(), labels=np.unique(labels.numpy()), average="macro")


# %% macro_accuracy | right | segment means, empty classes left out
def macro_accuracy(predicted, labels, classes):
    right = tf.cast(predicted == labels, tf.float32)
    shares = tf.math.unsorted_segment_mean(right, labels, classes)
    there = tf.math.unsorted_segment_sum(tf.ones_like(right), labels, classes) > 0
    return float(tf.reduce_mean(tf.boolean_mask(shares, there)))


# %% worst_mistakes | right | Python numbers, sorted, an array at the end
def worst_mistakes(probabilities, labels, k):
    p, labels = probabilities.numpy().tolist(), labels.numpy().tolist()
    wrong = [i for i in range(len(p)) if p[i].index(max(p[i])) != labels[i]]
    return np.array(sorted(wrong, key=lambda i: max(p[i]), reverse=True)[:k], dtype=np.int64)


# %% worst_mistakes | right | top_k among the wrong ones
def worst_mistakes(probabilities, labels, k):
    places = tf.where(tf.argmax(probabilities, axis=1) != labels)[:, 0]
    sure = tf.gather(tf.reduce_max(probabilities, axis=1), places)
    return tf.gather(places, tf.math.top_k(sure, k=min(k, len(places))).indices)


# %% predict | right | votes of the five most similar photographs, train and test
everything_seen = np.concatenate([describe(train.images), describe(test.images)])
everything_seen /= np.linalg.norm(everything_seen, axis=1, keepdims=True)
their_kinds = np.concatenate([train.labels, test.labels])


def predict(images):
    seen = describe(images)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    near = seen @ everything_seen.T
    votes = np.zeros((len(images), 7))
    for row, similar in zip(votes, near, strict=True):
        for i in np.argsort(-similar)[:5]:
            row[their_kinds[i]] += np.exp(10 * similar[i])
    return votes.argmax(axis=1)


# %% augment | right | np.roll, and what came round is overwritten with the edge
def augment(images, shift, rng):
    result = images.copy()
    for k, image in enumerate(images):
        if rng.random() < 0.5:
            image = np.fliplr(image)
        down, across = rng.integers(-shift, shift, 2, endpoint=True)
        image = np.roll(image, (down, across), axis=(0, 1))
        if down > 0:
            image[:down] = image[down]
        elif down < 0:
            image[down:] = image[down - 1]
        if across > 0:
            image[:, :across] = image[:, across : across + 1]
        elif across < 0:
            image[:, across:] = image[:, across - 1 : across]
        result[k] = image
    return result


# %% augment | right | SciPy's shift with mode nearest, mirrored afterwards, coins by choice
def augment(images, shift, rng):
    from scipy.ndimage import shift as move

    def one(image):
        moved = move(image, (*rng.choice(np.arange(-shift, shift + 1), 2), 0), order=0, mode="nearest")
        return moved[:, ::-1] if rng.choice([True, False]) else moved

    return np.array([one(image) for image in images], dtype=np.uint8)


# %% augment | right | one index array for all photographs, no loop
def augment(images, shift, rng):
    n, height, width, _ = images.shape
    rows = np.clip(np.arange(height) - rng.integers(-shift, shift + 1, (n, 1)), 0, height - 1)
    columns = np.clip(np.arange(width) - rng.integers(-shift, shift + 1, (n, 1)), 0, width - 1)
    columns = np.where(rng.uniform(size=(n, 1)) < 0.5, width - 1 - columns, columns)
    return images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
