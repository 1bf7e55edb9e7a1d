"""Known answers of 10-ideal-and-adversarial in TensorFlow: each mistake as a student writes it, and right answers that differ."""


# %% picture_gradient | right | a variable of its own
def picture_gradient(model, x, y):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x), from_logits=True)
    return tape.gradient(losses, x)


# %% picture_gradient | right | log_softmax and one_hot
def picture_gradient(model, x, y):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        logits = model(x, training=False)
        loss = -tf.reduce_sum(tf.one_hot(y, logits.shape[1]) * tf.nn.log_softmax(logits))
    return tape.gradient(loss, x)


# %% picture_gradient | right | one picture at a time
def picture_gradient(model, x, y):
    rows = []
    for i in range(len(x)):
        one = x[i : i + 1]
        with tf.GradientTape() as tape:
            tape.watch(one)
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y[i : i + 1], model(one))
        rows.append(tape.gradient(loss, one))
    return tf.concat(rows, axis=0)


# %% picture_gradient | wrong | gradient of the weights
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, model(x), from_logits=True))
    return tape.gradient(loss, model.trainable_variables)


# %% picture_gradient | wrong | the picture not watched
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=False)))
    return tape.gradient(loss, x)


# %% picture_gradient | wrong | mean over the batch
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=False)))
    return tape.gradient(loss, x)


# %% picture_gradient | wrong | wrong sign
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = -tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=False)))
    return tape.gradient(loss, x)


# %% picture_gradient | wrong | gradient of the logit
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(tf.gather(model(x, training=False), y, axis=1, batch_dims=1))
    return tape.gradient(loss, x)


# %% picture_gradient | wrong | softmax before the loss
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=tf.nn.softmax(model(x))))
    return tape.gradient(loss, x)


# %% picture_gradient | wrong | in training mode
def picture_gradient(model, x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=True)))
    return tape.gradient(loss, x)


# %% ascend | right | a variable that SGD moves
def ascend(model, x, target, lr, steps):
    picture = tf.Variable(x)
    optimizer = keras.optimizers.SGD(lr)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_sum(model(picture, training=False)[:, target])
        optimizer.apply_gradients([(tape.gradient(loss, picture), picture)])
        picture.assign(tf.clip_by_value(picture, 0, 1))
    return tf.convert_to_tensor(picture)


# %% ascend | right | logits picked with one_hot, clipped with minimum and maximum
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            logits = model(x)
            value = logits * tf.one_hot([target], logits.shape[1])
        x = tf.maximum(tf.minimum(x + lr * tape.gradient(value, x), 1.0), 0.0)
    return x


# %% ascend | wrong | descent instead of ascent
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False)[:, target])
        x = tf.clip_by_value(x - lr * tape.gradient(value, x), 0, 1)
    return x


# %% ascend | wrong | no clipping
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False)[:, target])
        x = x + lr * tape.gradient(value, x)
    return x


# %% ascend | wrong | clipped only at the end
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False)[:, target])
        x = x + lr * tape.gradient(value, x)
    return tf.clip_by_value(x, 0, 1)


# %% ascend | wrong | clipped to 0..255
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False)[:, target])
        x = tf.clip_by_value(x + lr * tape.gradient(value, x), 0, 255)
    return x


# %% ascend | wrong | mean over the batch
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_mean(model(x, training=False)[:, target])
        x = tf.clip_by_value(x + lr * tape.gradient(value, x), 0, 1)
    return x


# %% ascend | wrong | the probability instead of the logit
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(tf.nn.softmax(model(x))[:, target])
        x = tf.clip_by_value(x + lr * tape.gradient(value, x), 0, 1)
    return x


# %% ascend | wrong | the loss instead of the logit
def ascend(model, x, target, lr, steps):
    y = tf.fill([len(x)], target)
    for _ in range(steps):
        x = tf.clip_by_value(x - lr * picture_gradient(model, x, y), 0, 1)
    return x


# %% ascend | wrong | all logits at once
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False))
        x = tf.clip_by_value(x + lr * tape.gradient(value, x), 0, 1)
    return x


# %% ascend | wrong | the gradient of the first picture only
def ascend(model, x, target, lr, steps):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(model(x)[:, target])
    g = tape.gradient(value, x)
    for _ in range(steps):
        x = tf.clip_by_value(x + lr * g, 0, 1)
    return x


# %% ascend | wrong | only one step
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False)[:, target])
        x = tf.clip_by_value(x + lr * tape.gradient(value, x), 0, 1)
        return x


# %% ascend | wrong | sign instead of gradient
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=False)[:, target])
        x = tf.clip_by_value(x + lr * tf.sign(tape.gradient(value, x)), 0, 1)
    return x


# %% ascend | wrong | in training mode
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model(x, training=True)[:, target])
        x = tf.clip_by_value(x + lr * tape.gradient(value, x), 0, 1)
    return x


# %% total_variation | right | mean squared error of two slices
def total_variation(x):
    down = keras.ops.mean(keras.losses.mean_squared_error(x[:, 1:], x[:, :-1]))
    across = keras.ops.mean(keras.losses.mean_squared_error(x[:, :, 1:], x[:, :, :-1]))
    return down + across


# %% total_variation | right | squared_difference, divided by the number
def total_variation(x):
    total = 0.0
    for one, other in ((x[:, 1:], x[:, :-1]), (x[:, :, 1:], x[:, :, :-1])):
        squares = tf.math.squared_difference(one, other)
        total += tf.reduce_sum(squares) / tf.cast(tf.size(squares), squares.dtype)
    return total


# %% total_variation | wrong | a plain number
def total_variation(x):
    return float(tf.reduce_mean((x[:, 1:] - x[:, :-1]) ** 2) + tf.reduce_mean((x[:, :, 1:] - x[:, :, :-1]) ** 2))


# %% total_variation | wrong | only one direction: across
def total_variation(x):
    return tf.reduce_mean((x[:, :, 1:] - x[:, :, :-1]) ** 2)


# %% total_variation | wrong | only one direction: down
def total_variation(x):
    return tf.reduce_mean((x[:, 1:] - x[:, :-1]) ** 2)


# %% total_variation | wrong | absolute differences
def total_variation(x):
    return tf.reduce_mean(tf.abs(x[:, 1:] - x[:, :-1])) + tf.reduce_mean(tf.abs(x[:, :, 1:] - x[:, :, :-1]))


# %% total_variation | wrong | differences that cancel
def total_variation(x):
    return tf.reduce_mean(x[:, 1:] - x[:, :-1]) ** 2 + tf.reduce_mean(x[:, :, 1:] - x[:, :, :-1]) ** 2


# %% total_variation | wrong | sums instead of means
def total_variation(x):
    return tf.reduce_sum((x[:, 1:] - x[:, :-1]) ** 2) + tf.reduce_sum((x[:, :, 1:] - x[:, :, :-1]) ** 2)


# %% total_variation | wrong | root of the sum
def total_variation(x):
    return tf.sqrt(tf.reduce_mean((x[:, 1:] - x[:, :-1]) ** 2) + tf.reduce_mean((x[:, :, 1:] - x[:, :, :-1]) ** 2))


# %% total_variation | wrong | the edge has a neighbour on the other side
def total_variation(x):
    return tf.reduce_mean((tf.roll(x, -1, 1) - x) ** 2) + tf.reduce_mean((tf.roll(x, -1, 2) - x) ** 2)


# %% total_variation | wrong | over colours and the wrong axis
def total_variation(x):
    return tf.reduce_mean((x[:, :, 1:] - x[:, :, :-1]) ** 2) + tf.reduce_mean((x[..., 1:] - x[..., :-1]) ** 2)


# %% fgsm | right | written out with a tape
def fgsm(model, x, y, eps):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, model(x, training=False))
    return tf.clip_by_value(x + eps * tf.sign(tape.gradient(loss, x)), 0.0, 1.0)


# %% fgsm | right | where
def fgsm(model, x, y, eps):
    up = picture_gradient(model, x, y) > 0
    return tf.clip_by_value(tf.where(up, x + eps, x - eps), 0, 1)


# %% fgsm | wrong | wrong sign
def fgsm(model, x, y, eps):
    return tf.clip_by_value(x - eps * tf.sign(picture_gradient(model, x, y)), 0, 1)


# %% fgsm | wrong | gradient instead of its sign
def fgsm(model, x, y, eps):
    return tf.clip_by_value(x + eps * picture_gradient(model, x, y), 0, 1)


# %% fgsm | wrong | a gradient of length one
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return tf.clip_by_value(x + eps * g / tf.sqrt(tf.reduce_sum(g**2, axis=(1, 2, 3), keepdims=True)), 0, 1)


# %% fgsm | wrong | no clipping
def fgsm(model, x, y, eps):
    return x + eps * tf.sign(picture_gradient(model, x, y))


# %% fgsm | wrong | eps on the scale to 255
def fgsm(model, x, y, eps):
    return tf.clip_by_value(x + eps / 255 * tf.sign(picture_gradient(model, x, y)), 0, 1)


# %% fgsm | wrong | only the sign returned
def fgsm(model, x, y, eps):
    return tf.sign(picture_gradient(model, x, y))


# %% fgsm | wrong | only the change returned
def fgsm(model, x, y, eps):
    return eps * tf.sign(picture_gradient(model, x, y))


# %% fgsm | wrong | the logit instead of the loss
def fgsm(model, x, y, eps):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(tf.gather(model(x), y, axis=1, batch_dims=1))
    return tf.clip_by_value(x - eps * tf.sign(tape.gradient(value, x)), 0, 1)


# %% fgsm | wrong | in training mode
def fgsm(model, x, y, eps):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, model(x, training=True), from_logits=True))
    return tf.clip_by_value(x + eps * tf.sign(tape.gradient(loss, x)), 0, 1)


# %% targeted_attack | right | the change is kept and clipped
def targeted_attack(model, x, target, eps, lr, steps):
    delta = tf.zeros_like(x)
    for _ in range(steps):
        delta = tf.clip_by_value(delta - lr * tf.sign(picture_gradient(model, x + delta, target)), -eps, eps)
        delta = tf.clip_by_value(x + delta, 0, 1) - x
    return x + delta


# %% targeted_attack | right | both bounds at once, before the loop
def targeted_attack(model, x, target, eps, lr, steps):
    low, high = tf.maximum(x - eps, 0), tf.minimum(x + eps, 1)
    now = tf.Variable(x)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(target, model(now), from_logits=True)
        now.assign_sub(lr * tf.sign(tape.gradient(loss, now)))
        now.assign(tf.minimum(tf.maximum(now, low), high))
    return now.read_value()


# %% targeted_attack | wrong | away from the target
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now + lr * tf.sign(picture_gradient(model, now, target))
        now = tf.clip_by_value(tf.clip_by_value(now, x - eps, x + eps), 0, 1)
    return now


# %% targeted_attack | wrong | no projection
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now - lr * tf.sign(picture_gradient(model, now, target))
        now = tf.clip_by_value(now, 0, 1)
    return now


# %% targeted_attack | wrong | projected about the previous step
def targeted_attack(model, x, target, eps, lr, steps):
    for _ in range(steps):
        new = x - lr * tf.sign(picture_gradient(model, x, target))
        x = tf.clip_by_value(tf.clip_by_value(new, x - eps, x + eps), 0, 1)
    return x


# %% targeted_attack | wrong | projected only at the end
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now - lr * tf.sign(picture_gradient(model, now, target))
        now = tf.clip_by_value(now, 0, 1)
    return tf.clip_by_value(now, x - eps, x + eps)


# %% targeted_attack | wrong | a ball of the whole picture's length
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        delta = now - lr * tf.sign(picture_gradient(model, now, target)) - x
        length = tf.sqrt(tf.reduce_sum(delta**2, axis=(1, 2, 3), keepdims=True))
        now = tf.clip_by_value(x + delta * tf.minimum(eps / length, 1), 0, 1)
    return now


# %% targeted_attack | wrong | no clipping
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now - lr * tf.sign(picture_gradient(model, now, target))
        now = tf.clip_by_value(now, x - eps, x + eps)
    return now


# %% targeted_attack | wrong | gradient instead of its sign
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now - lr * picture_gradient(model, now, target)
        now = tf.clip_by_value(tf.clip_by_value(now, x - eps, x + eps), 0, 1)
    return now


# %% targeted_attack | wrong | the gradient of the first picture only
def targeted_attack(model, x, target, eps, lr, steps):
    now, direction = x, tf.sign(picture_gradient(model, x, target))
    for _ in range(steps):
        now = now - lr * direction
        now = tf.clip_by_value(tf.clip_by_value(now, x - eps, x + eps), 0, 1)
    return now


# %% targeted_attack | wrong | each step begins at the original
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = x - lr * tf.sign(picture_gradient(model, x, target))
        now = tf.clip_by_value(tf.clip_by_value(now, x - eps, x + eps), 0, 1)
    return now


# %% targeted_attack | wrong | in training mode
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(now)
            loss = keras.losses.sparse_categorical_crossentropy(target, model(now, training=True), from_logits=True)
        now = now - lr * tf.sign(tape.gradient(loss, now))
        now = tf.clip_by_value(tf.clip_by_value(now, x - eps, x + eps), 0, 1)
    return now
