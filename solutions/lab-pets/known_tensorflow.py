"""Known answers of the lab with many kinds, in TensorFlow: the mistakes as students write them."""


# %% augment | right | one photograph after the other
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = np.fliplr(image)
        padded = np.pad(image, [(shift, shift), (shift, shift), (0, 0)], "edge")
        y, x = rng.integers(2 * shift + 1), rng.integers(2 * shift + 1)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.array(out)


# %% augment | right | indices cut off at the edges
def augment(images, shift, rng):
    n, height, width, _ = images.shape
    images = images.copy()
    mirrored = rng.integers(0, 2, n) == 1
    images[mirrored] = images[mirrored, :, ::-1]
    rows = np.arange(height) + rng.integers(-shift, shift + 1, (n, 1))
    columns = np.arange(width) + rng.integers(-shift, shift + 1, (n, 1))
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    return images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


# %% augment | wrong | written into the photographs that were given
def augment(images, shift, rng):
    height, width = images.shape[1:3]
    for i in range(len(images)):
        if rng.random() < 0.5:
            images[i] = images[i, :, ::-1].copy()
        padded = np.pad(images[i], ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        images[i] = padded[y : y + height, x : x + width]
    return images


# %% augment | wrong | scaled on the way
def augment(images, shift, rng):
    x = images.astype(np.float32) / 255
    x = np.where(rng.random((len(x), 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    padded = np.pad(x, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    out = []
    for one in padded:
        y, z = rng.integers(0, 2 * shift + 1, 2)
        out.append(one[y : y + x.shape[1], z : z + x.shape[2]])
    return np.stack(out)


# %% augment | wrong | smaller than before
def augment(images, shift, rng):
    height, width = images.shape[1] - 2, images.shape[2] - 2
    out = []
    for image in images:
        y, x = rng.integers(0, 3, 2)
        image = image[y : y + height, x : x + width]
        out.append(image[:, ::-1] if rng.random() < 0.5 else image)
    return np.stack(out)


# %% augment | wrong | upside down
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | colours exchanged instead of sides
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[..., ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | rolled round
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        down, across = rng.integers(-shift, shift + 1, 2)
        out.append(np.roll(image, (down, across), axis=(0, 1)))
    return np.stack(out)


# %% augment | wrong | black edges
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)))
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | random numbers of its own
def augment(images, shift, rng):
    out = []
    for image in images:
        if np.random.rand() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = np.random.randint(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | the same changes every time
def augment(images, shift, rng):
    rng = np.random.default_rng(0)
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | one coin for all photographs
def augment(images, shift, rng):
    if rng.random() < 0.5:
        images = images[:, :, ::-1]
    out = []
    for image in images:
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | one shift for all photographs
def augment(images, shift, rng):
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    y, x = rng.integers(0, 2 * shift + 1, 2)
    moved = padded[:, y : y + height, x : x + width]
    mirrored = rng.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None, None], moved[:, :, ::-1], moved)


# %% augment | wrong | one number for both directions
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        by = rng.integers(0, 2 * shift + 1)
        out.append(padded[by : by + image.shape[0], by : by + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | the largest shift never drawn
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = shift + rng.integers(-shift, shift, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | right | TensorFlow inside
def augment(images, shift, rng):
    n, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    out = []
    for i in range(n):
        down, across = rng.choice(2 * shift + 1, 2)
        one = tf.image.crop_to_bounding_box(padded[i], int(down), int(across), height, width)
        out.append(tf.image.flip_left_right(one) if rng.uniform() > 0.5 else one)
    return tf.stack(out).numpy()


# %% duplicates | right | a loop over earlier rows
def duplicates(features, limit):
    unit = tf.math.l2_normalize(features, axis=1).numpy()
    return np.array([any(unit[i] @ unit[j] >= limit for j in range(i)) for i in range(len(unit))])


# %% duplicates | right | band_part with the diagonal taken out
def duplicates(features, limit):
    unit = tf.math.l2_normalize(features, axis=-1)
    table = tf.linalg.band_part(unit @ tf.transpose(unit), -1, 0)
    table = tf.linalg.set_diag(table, tf.fill([len(features)], -1.0))
    earlier = tf.linalg.band_part(tf.ones_like(table), -1, 0) > 0
    return tf.reduce_any((table >= limit) & earlier, axis=1)


# %% duplicates | right | Keras's cosine similarity, one row against those before
def duplicates(features, limit):
    marks = [False]
    for i in range(1, len(features)):
        loss = keras.losses.cosine_similarity(features[:i], features[i : i + 1])  # minus the cosine
        marks.append(bool(tf.reduce_min(loss) <= -limit))
    return tf.constant(marks)


# %% duplicates | wrong | each photograph compared with itself
def duplicates(features, limit):
    unit = features / tf.norm(features, axis=1, keepdims=True)
    return tf.reduce_any(unit @ tf.transpose(unit) >= limit, axis=1)


# %% duplicates | wrong | both of a pair marked
def duplicates(features, limit):
    unit = features / tf.norm(features, axis=1, keepdims=True)
    close = tf.linalg.set_diag(unit @ tf.transpose(unit), tf.zeros(len(features)))
    return tf.reduce_any(close >= limit, axis=1)


# %% duplicates | wrong | the later ones looked at
def duplicates(features, limit):
    unit = features / tf.norm(features, axis=1, keepdims=True)
    close = unit @ tf.transpose(unit)
    n = len(features)
    return tf.constant([bool(tf.reduce_any(close[i, i + 1 :] >= limit)) for i in range(n)])


# %% duplicates | wrong | only the neighbour looked at
def duplicates(features, limit):
    unit = tf.math.l2_normalize(features, axis=1)
    close = tf.reduce_sum(unit[1:] * unit[:-1], axis=1) >= limit
    return tf.concat([[False], close], axis=0)


# %% duplicates | wrong | lengths not divided out
def duplicates(features, limit):
    close = (features @ tf.transpose(features)).numpy() >= limit
    return np.tril(close, -1).any(axis=1)


# %% duplicates | wrong | distance instead of similarity
def duplicates(features, limit):
    apart = tf.norm(features[:, None] - features[None], axis=2).numpy()
    return np.tril(apart <= limit, -1).any(axis=1)


# %% duplicates | wrong | unlike ones marked
def duplicates(features, limit):
    unit = tf.math.l2_normalize(features, axis=1)
    return np.tril((unit @ tf.transpose(unit)).numpy() < limit, -1).any(axis=1)


# %% duplicates | wrong | places instead of marks
def duplicates(features, limit):
    unit = tf.math.l2_normalize(features, axis=1)
    marks = np.tril((unit @ tf.transpose(unit)).numpy() >= limit, -1).any(axis=1)
    return tf.where(marks)[:, 0]


# %% macro_accuracy | right | a loop over the classes
def macro_accuracy(predicted, labels, classes):
    shares = []
    for c in range(classes):
        mine = labels == c
        if tf.reduce_any(mine):
            shares.append(tf.reduce_mean(tf.cast(predicted[mine] == c, tf.float32)))
    return tf.reduce_mean(shares)


# %% macro_accuracy | right | a confusion matrix and a mask
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, classes), tf.float64)
    count = tf.reduce_sum(table, axis=1)
    recall = tf.math.divide_no_nan(tf.linalg.diag_part(table), count)
    return tf.reduce_sum(recall) / tf.cast(tf.math.count_nonzero(count), tf.float64)


# %% macro_accuracy | right | scikit-learn
def macro_accuracy(predicted, labels, classes):
    from sklearn.metrics import recall_score

    present = np.unique(labels.numpy())
    return float(recall_score(labels.numpy(), predicted.numpy(), labels=present, average="macro", zero_division=0))


# %% macro_accuracy | wrong | every example counts alike
def macro_accuracy(predicted, labels, classes):
    return tf.reduce_mean(tf.cast(predicted == labels, tf.float32))


# %% macro_accuracy | wrong | missing classes counted as wrong
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, classes), tf.float32)
    return tf.reduce_mean(tf.math.divide_no_nan(tf.linalg.diag_part(table), tf.reduce_sum(table, axis=1)))


# %% macro_accuracy | wrong | 0 divided by 0
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, classes), tf.float32)
    return tf.reduce_mean(tf.linalg.diag_part(table) / tf.reduce_sum(table, axis=1))


# %% macro_accuracy | wrong | share of the predictions instead of the labels
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, classes), tf.float32)
    count = tf.reduce_sum(table, axis=0)
    return tf.reduce_mean((tf.linalg.diag_part(table) / count)[count > 0])


# %% macro_accuracy | wrong | one share for each class
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, classes), tf.float32)
    count = tf.reduce_sum(table, axis=1)
    return (tf.linalg.diag_part(table) / count)[count > 0]


# %% macro_accuracy | wrong | in per cent
def macro_accuracy(predicted, labels, classes):
    table = tf.cast(tf.math.confusion_matrix(labels, predicted, classes), tf.float32)
    count = tf.reduce_sum(table, axis=1)
    return 100 * tf.reduce_mean((tf.linalg.diag_part(table) / count)[count > 0])


# %% worst_mistakes | right | sorted list
def worst_mistakes(probabilities, labels, k):
    said = tf.argmax(probabilities, axis=1).numpy()
    rows = [i for i in range(len(said)) if said[i] != labels[i]]
    rows.sort(key=lambda i: float(probabilities[i, said[i]]), reverse=True)
    return tf.constant(rows[:k], dtype=tf.int64)


# %% worst_mistakes | right | top_k of probabilities with right ones at zero
def worst_mistakes(probabilities, labels, k):
    wrong = tf.argmax(probabilities, axis=1) != labels
    sure = tf.where(wrong, tf.reduce_max(probabilities, axis=1), 0.0)
    count = tf.minimum(k, tf.math.count_nonzero(wrong, dtype=tf.int32))
    return tf.math.top_k(sure, count).indices


# %% worst_mistakes | right | boolean_mask of the sorted places
def worst_mistakes(probabilities, labels, k):
    order = tf.argsort(-tf.reduce_max(probabilities, axis=1))
    wrong = tf.argmax(probabilities, axis=1) != labels
    return tf.boolean_mask(order, tf.gather(wrong, order))[:k].numpy()


# %% worst_mistakes | wrong | right answers among them
def worst_mistakes(probabilities, labels, k):
    return tf.argsort(tf.reduce_max(probabilities, axis=1), direction="DESCENDING")[:k]


# %% worst_mistakes | wrong | cut off before choosing
def worst_mistakes(probabilities, labels, k):
    rows = tf.argsort(tf.reduce_max(probabilities, axis=1), direction="DESCENDING")[:k]
    wrong = tf.argmax(probabilities, axis=1) != labels
    return tf.boolean_mask(rows, tf.gather(wrong, rows))


# %% worst_mistakes | wrong | the least sure first
def worst_mistakes(probabilities, labels, k):
    wrong = tf.where(tf.argmax(probabilities, axis=1) != labels)[:, 0]
    return tf.gather(wrong, tf.argsort(tf.gather(tf.reduce_max(probabilities, axis=1), wrong)))[:k]


# %% worst_mistakes | wrong | in the order of the file
def worst_mistakes(probabilities, labels, k):
    return tf.where(tf.argmax(probabilities, axis=1) != labels)[:k, 0]


# %% worst_mistakes | wrong | places among the mistakes only
def worst_mistakes(probabilities, labels, k):
    sure = tf.reduce_max(probabilities, axis=1)
    wrong = tf.argmax(probabilities, axis=1) != labels
    return tf.argsort(sure[wrong], direction="DESCENDING")[:k]


# %% worst_mistakes | wrong | filled up with right answers
def worst_mistakes(probabilities, labels, k):
    wrong = tf.argmax(probabilities, axis=1) != labels
    sure = tf.where(wrong, tf.reduce_max(probabilities, axis=1), 0.0)
    return tf.math.top_k(sure, min(k, len(sure))).indices


# %% worst_mistakes | wrong | lowest probability of the label
def worst_mistakes(probabilities, labels, k):
    own = tf.gather(probabilities, labels, batch_dims=1)
    wrong = tf.where(tf.argmax(probabilities, axis=1) != labels)[:, 0]
    return tf.gather(wrong, tf.argsort(tf.gather(own, wrong)))[:k]


# %% worst_mistakes | wrong | probabilities instead of places
def worst_mistakes(probabilities, labels, k):
    sure = tf.reduce_max(probabilities, axis=1)
    return tf.sort(sure[tf.argmax(probabilities, axis=1) != labels], direction="DESCENDING")[:k]


# %% predict | right | the nearest mean, as a list
birds = describe(train.images)
means = np.stack([birds[train.labels == c].mean(axis=0) for c in range(7)])


def predict(images):
    return [int(np.linalg.norm(means - row, axis=1).argmin()) for row in describe(images)]


# %% predict | right | Keras, a hidden layer and dropout, photographs and mirrored ones
keras.utils.set_random_seed(0)
both = np.concatenate([describe(train.images), describe(train.images[:, :, ::-1])])
net = keras.Sequential(
    [
        keras.Input((1280,)),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(7, activation="softmax"),
    ]
)
net.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", jit_compile=False)
net.fit(both, np.tile(train.labels, 2), batch_size=64, epochs=15, verbose=0)


def predict(images):
    return tf.argmax(net(describe(images), training=False), axis=1)


# %% predict | wrong | probabilities instead of labels
def predict(images):
    return final_head(describe(images))


# %% predict | wrong | the largest probability instead of its place
def predict(images):
    return final_head(describe(images)).max(axis=1)


# %% predict | wrong | argmax over the batch
def predict(images):
    return final_head(describe(images)).argmax(axis=0)


# %% predict | wrong | labels from 1
def predict(images):
    return final_head(describe(images)).argmax(axis=1) + 1


# %% predict | wrong | prepared with statistics of the batch
birds = describe(train.images)
scaled_head = train_head((birds - birds.mean(axis=0)) / (birds.std(axis=0) + 0.1), train.labels, 7)


def predict(images):
    new = describe(images)
    return scaled_head((new - new.mean(axis=0)) / (new.std(axis=0) + 0.1)).argmax(axis=1)


# %% predict | wrong | always the same kind
def predict(images):
    return np.full(len(images), 5)


# %% predict | wrong | no better than guessing
def predict(images):
    return images.reshape(len(images), -1).sum(axis=1).astype(np.int64) % 7


# %% predict | wrong | learned too little
third = describe(np.stack([train.images[train.labels == c][2] for c in range(7)]))


def predict(images):
    return np.array([np.linalg.norm(third - row, axis=1).argmin() for row in describe(images)])
