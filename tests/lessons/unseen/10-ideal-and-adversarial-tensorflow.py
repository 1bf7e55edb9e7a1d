# %% picture_gradient | right | a vector of losses, which a tape sums by itself
def picture_gradient(model, x, y):
    pictures = tf.identity(x)
    with tf.GradientTape() as t:
        t.watch(pictures)
        losses = tf.keras.losses.sparse_categorical_crossentropy(y, model(pictures, training=False), from_logits=True)
    return t.gradient(losses, pictures)


# %% picture_gradient | right | logsumexp minus the logit
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = model(x)
        own = tf.gather_nd(z, tf.stack([tf.range(len(y), dtype=tf.int64), tf.cast(y, tf.int64)], axis=1))
        loss = tf.reduce_sum(tf.reduce_logsumexp(z, axis=1) - own)
    (g,) = tape.gradient(loss, [x])
    return g


# %% picture_gradient | right | mean times the number, a variable, NumPy at the end
def picture_gradient(model, x, y):
    v = tf.Variable(x, trainable=True)
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = entropy(y, model(v, training=False)) * v.shape[0]
    return tape.gradient(loss, v).numpy()


# %% picture_gradient | right | a persistent tape, one picture after the other
def picture_gradient(model, x, y):
    out = []
    for picture, label in zip(tf.unstack(x), np.asarray(y)):
        one = picture[tf.newaxis]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(one)
            loss = -tf.nn.log_softmax(model(one, training=False))[0, int(label)]
        out.append(tape.gradient(loss, one)[0])
    return tf.stack(out)


# %% ascend | right | while, a column picked late
def ascend(model, x, target, lr, steps):
    picture, left = tf.identity(x), steps
    while left > 0:
        with tf.GradientTape() as tape:
            tape.watch(picture)
            columns = tf.reduce_sum(model(picture, training=False), axis=0)
            score = columns[target]
        slope = tape.gradient(score, picture)
        picture = tf.minimum(1.0, tf.maximum(0.0, picture + lr * slope))
        left -= 1
    return picture


# %% ascend | right | assign_add to a variable with a constraint of its own
def ascend(model, x, target, lr, steps):
    free = tf.Variable(x)
    for _ in tf.range(steps):
        with tf.GradientTape() as tape:
            score = tf.math.reduce_sum(model(free)[..., target])
        free.assign_add(lr * tape.gradient(score, free))
        free.assign(keras.ops.clip(free, 0, 1))
    return free.numpy()


# %% ascend | right | recursion
def ascend(model, x, target, lr, steps):
    if steps == 0:
        return x
    with tf.GradientTape() as tape:
        tape.watch(x)
        up = model(x, training=False)[:, target]
    return ascend(model, tf.clip_by_value(x + lr * tape.gradient(up, x), 0, 1), target, lr, steps - 1)


# %% total_variation | right | experimental diff of NumPy's kind
def total_variation(x):
    vertical = keras.ops.diff(x, axis=1)
    horizontal = keras.ops.diff(x, axis=2)
    return keras.ops.mean(vertical**2) + keras.ops.mean(horizontal**2)


# %% total_variation | right | one mean for each picture, then their mean
def total_variation(x):
    v = tf.reduce_mean(tf.square(x[:, 1:, :, :] - x[:, :-1, :, :]), axis=[1, 2, 3])
    h = tf.reduce_mean(tf.square(x[:, :, 1:, :] - x[:, :, :-1, :]), axis=[1, 2, 3])
    return tf.reduce_mean(v + h)


# %% total_variation | right | image_gradients, whose last row and column are left out
def total_variation(x):
    dy, dx = tf.image.image_gradients(x)
    return tf.reduce_mean(dy[:, :-1] ** 2) + tf.reduce_mean(dx[:, :, :-1] ** 2)


# %% fgsm | right | where, both ways
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    moved = tf.where(g < 0, x - eps, x + eps)
    return tf.clip_by_value(moved, 0.0, 1.0)


# %% fgsm | right | in NumPy
def fgsm(model, x, y, eps):
    g = np.array(picture_gradient(model, x, y))
    return tf.constant(np.clip(np.array(x) + np.float32(eps) * np.sign(g), 0, 1))


# %% fgsm | right | division by the size
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return keras.ops.clip(x + eps * g / tf.abs(g), 0, 1)


# %% targeted_attack | right | fgsm downwards, then the ball
def targeted_attack(model, x, target, eps, lr, steps):
    z = tf.identity(x)
    for _ in range(steps):
        z = fgsm(model, z, target, -lr)
        z = x + tf.clip_by_value(z - x, -eps, eps)
        z = tf.clip_by_value(z, 0, 1)
    return z


# %% targeted_attack | right | picture after picture
def targeted_attack(model, x, target, eps, lr, steps):
    results = []
    for k in range(x.shape[0]):
        original = x[k : k + 1]
        z = original
        for _ in range(steps):
            z -= lr * tf.sign(picture_gradient(model, z, target[k : k + 1]))
            z = tf.maximum(tf.minimum(z, original + eps), original - eps)
            z = tf.maximum(tf.minimum(z, 1.0), 0.0)
        results.append(z)
    return tf.concat(results, axis=0)


# %% picture_gradient | right | a Keras loss object with reduction sum, x as a variable
def picture_gradient(model, x, y):
    picture = tf.Variable(x)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(picture)
        value = loss(y, model(picture, training=False))
    return tape.gradient(value, picture)


# %% picture_gradient | right | the vector of losses: the tape sums it by itself
def picture_gradient(model, x, y):
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x))
    return tape.gradient(losses, x)


# %% picture_gradient | right | softmax minus one-hot sent back as output_gradients
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x, training=False)
    upstream = tf.nn.softmax(logits) - tf.one_hot(y, logits.shape[-1])
    return tape.gradient(logits, x, output_gradients=upstream)


# %% picture_gradient | right | a list of batches of one, a loss written with log-sum-exp in float64
def picture_gradient(model, x, y):
    found = []
    for i in range(x.shape[0]):
        one = x[i : i + 1]
        with tf.GradientTape() as tape:
            tape.watch(one)
            z = tf.cast(model(one, training=False)[0], tf.float64)
            loss = tf.reduce_logsumexp(z) - z[int(y[i])]
        found.append(tape.gradient(loss, one))
    return tf.concat(found, axis=0)


# %% picture_gradient | right | the diagonal of the Jacobian of all losses
def picture_gradient(model, x, y):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        p = tf.nn.log_softmax(model(x, training=False))
        losses = -tf.reduce_sum(p * tf.one_hot(y, tf.shape(p)[1]), axis=1)
    rows = tape.jacobian(losses, x, experimental_use_pfor=False)
    return tf.stack([rows[i, i] for i in range(len(x))])


# %% picture_gradient | right | compiled inside, with tf.gradients
def picture_gradient(model, x, y):
    @tf.function
    def inner(x):
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x, training=False), from_logits=True)
        return tf.gradients(losses, x)[0]

    return inner(x)


# %% ascend | right | a variable with a constraint, and Keras's SGD on minus the logit
def ascend(model, x, target, lr, steps):
    picture = tf.Variable(x, constraint=lambda z: keras.ops.clip(z, 0, 1))
    optimizer = keras.optimizers.SGD(lr)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            height = -tf.reduce_sum(model(picture, training=False)[:, target])
        optimizer.apply([tape.gradient(height, picture)], [picture])
    return tf.convert_to_tensor(picture)


# %% ascend | right | assign_add on a tf.Variable, clipped afterwards
def ascend(model, x, target, lr, steps):
    picture = tf.Variable(x)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            logits = model(picture, training=False)
            wanted = tf.gather(logits, target, axis=1)
        picture.assign_add(lr * tape.gradient(wanted, picture))
        picture.assign(tf.clip_by_value(picture, 0.0, 1.0))
    return picture.read_value()


# %% ascend | right | a loop of TensorFlow's own, tf.while_loop
def ascend(model, x, target, lr, steps):
    def climb(i, x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.reduce_sum(model(x, training=False)[:, target])
        return i + 1, tf.clip_by_value(x + lr * tape.gradient(score, x), 0, 1)

    return tf.while_loop(lambda i, x: i < steps, climb, (0, x))[1]


# %% ascend | right | each picture climbs alone, one step calls the rest
def ascend(model, x, target, lr, steps):
    if steps == 0:
        return tf.identity(x)
    rows = []
    for one in tf.split(x, x.shape[0]):
        with tf.GradientTape() as tape:
            tape.watch(one)
            logit = model(one, training=False)[0, target]
        rows.append(tf.minimum(tf.maximum(one + lr * tape.gradient(logit, one), 0.0), 1.0))
    return ascend(model, tf.concat(rows, 0), target, lr, steps - 1)


# %% total_variation | right | tf.image.image_gradients, whose last row and column are zeros
def total_variation(x):
    down, right = tf.image.image_gradients(x)
    n, h, w, c = x.shape
    return tf.reduce_sum(down**2) / (n * (h - 1) * w * c) + tf.reduce_sum(right**2) / (n * h * (w - 1) * c)


# %% total_variation | right | depthwise convolutions with the kernel minus one, one
def total_variation(x):
    kernel = tf.constant([-1.0, 1.0])
    total = 0.0
    for shape in ((2, 1, 1, 1), (1, 2, 1, 1)):
        k = tf.tile(tf.reshape(kernel, shape), (1, 1, x.shape[-1], 1))
        total += tf.reduce_mean(tf.square(tf.nn.depthwise_conv2d(x, k, strides=(1, 1, 1, 1), padding="VALID")))
    return total


# %% total_variation | right | keras.ops: diff, square, mean
def total_variation(x):
    return sum(keras.ops.mean(keras.ops.square(keras.ops.diff(x, axis=axis))) for axis in (1, 2))


# %% total_variation | right | Keras's mean squared error of the picture and its neighbours, averaged again
def total_variation(x):
    mse = keras.losses.MeanSquaredError()
    return mse(x[:, 1:], x[:, :-1]) + mse(x[:, :, 1:], x[:, :, :-1])


# %% total_variation | right | in float64, l2_loss counts half a sum of squares
def total_variation(x):
    x = tf.cast(x, tf.float64)
    down, right = x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1]
    count = lambda d: tf.cast(tf.size(d), tf.float64)  # noqa: E731
    return 2 * tf.nn.l2_loss(down) / count(down) + 2 * tf.nn.l2_loss(right) / count(right)


# %% fgsm | right | three cases with where: up, down, or stay
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return tf.clip_by_value(tf.where(g > 0, x + eps, tf.where(g < 0, x - eps, x)), 0, 1)


# %% fgsm | right | its own tape on a mean loss, whose sign is the same
def fgsm(model, x, y, eps):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x, training=False), from_logits=True))
    return keras.ops.clip(x + eps * keras.ops.sign(tape.gradient(loss, x)), 0, 1)


# %% fgsm | right | through NumPy, and an array comes back
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y).numpy()
    return np.clip(x.numpy() + eps * np.sign(g), 0, 1).astype("float32")


# %% fgsm | right | a variable of zeros is added to the picture, its gradient is the picture's
def fgsm(model, x, y, eps):
    delta = tf.Variable(tf.zeros_like(x))
    with tf.GradientTape() as tape:
        logits = model(x + delta, training=False)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)(tf.one_hot(y, logits.shape[1]), logits)
    delta.assign(eps * tf.sign(tape.gradient(loss, delta)))
    return tf.minimum(tf.maximum(x + delta, 0), 1)


# %% targeted_attack | right | one box for both limits, made once before the loop
def targeted_attack(model, x, target, eps, lr, steps):
    low, high = tf.maximum(x - eps, 0), tf.minimum(x + eps, 1)
    new = x
    for _ in range(steps):
        new = tf.clip_by_value(new - lr * tf.sign(picture_gradient(model, new, target)), low, high)
    return new


# %% targeted_attack | right | only the change is kept, and starts at zero
def targeted_attack(model, x, target, eps, lr, steps):
    delta = tf.Variable(tf.zeros_like(x))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(target, model(x + delta, training=False))
        delta.assign_sub(lr * tf.sign(tape.gradient(loss, delta)))
        delta.assign(tf.clip_by_value(delta, -eps, eps))
        delta.assign(tf.clip_by_value(x + delta, 0, 1) - x)
    return x + delta


# %% targeted_attack | right | fgsm with minus lr as the step, then the projection
def targeted_attack(model, x, target, eps, lr, steps):
    new = tf.identity(x)
    for _ in range(steps):
        new = fgsm(model, new, target, -lr)
        new = x + tf.clip_by_value(new - x, -eps, eps)
        new = tf.clip_by_value(new, 0.0, 1.0)
    return new


# %% targeted_attack | right | Keras's SGD fed with signs
def targeted_attack(model, x, target, eps, lr, steps):
    z = tf.Variable(x)
    optimizer = keras.optimizers.SGD(learning_rate=lr)
    for _ in range(steps):
        optimizer.apply_gradients([(tf.sign(picture_gradient(model, z, target)), z)])
        z.assign(keras.ops.clip(keras.ops.clip(z, x - eps, x + eps), 0, 1))
    return tf.convert_to_tensor(z)


# %% targeted_attack | right | one picture after the other, pictures kept in float64 between the steps
def targeted_attack(model, x, target, eps, lr, steps):
    done = []
    for i in range(len(x)):
        first = new = x[i].numpy().astype(np.float64)
        for _ in range(steps):
            g = picture_gradient(model, tf.constant(new[None], tf.float32), target[i : i + 1])[0].numpy()
            new = np.clip(np.clip(new - lr * np.sign(g), first - eps, first + eps), 0, 1)
        done.append(new)
    return tf.constant(np.stack(done), tf.float32)
