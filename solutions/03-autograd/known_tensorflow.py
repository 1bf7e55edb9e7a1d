"""Known answers of lesson 03 in TensorFlow: the mistakes as students write them, and right answers that look different."""


# %% derivative | wrong | the tensor is not watched
def derivative(f, x):
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)


# %% derivative | wrong | the function's value instead of its derivative
def derivative(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    tape.gradient(y, x)
    return y


# %% derivative | wrong | mean instead of sum
def derivative(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_mean(f(x))
    return tape.gradient(y, x)


# %% derivative | wrong | one number instead of one derivative for each element
def derivative(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tf.reduce_sum(tape.gradient(y, x))


# %% derivative | wrong | the whole Jacobian matrix
def derivative(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.jacobian(y, x)


# %% derivative | wrong | the tensor is not watched
def derivative(f, x):
    y = f(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
    return tape.gradient(y, x)


# %% derivative | right | a variable instead of watch
def derivative(f, x):
    v = tf.Variable(x)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(f(v))
    return tape.gradient(total, v)


# %% derivative | right | forward mode
def derivative(f, x):
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = f(x)
    return accumulator.jvp(y)


# %% derivative | right | element by element, in float64
def derivative(f, x):
    slopes = []
    for number in tf.reshape(x, [-1]).numpy():
        v = tf.Variable(number, dtype=tf.float64)
        with tf.GradientTape() as tape:
            y = f(v)
        slopes.append(tape.gradient(y, v))
    return tf.reshape(tf.stack(slopes), x.shape)


# %% derivative | right | a compiled function, NumPy returned
def derivative(f, x):
    @tf.function
    def slope(v):
        return tf.gradients(f(v), v)[0]

    return slope(x).numpy()


# %% numerical_gradient | wrong | one-sided difference
def numerical_gradient(f, x, h):
    result = []
    for i in range(len(x)):
        step = h * tf.one_hot(i, len(x), dtype=x.dtype)
        result.append((f(x + step) - f(x)) / h)
    return tf.stack(result)


# %% numerical_gradient | wrong | divided by h instead of 2h
def numerical_gradient(f, x, h):
    result = []
    for i in range(len(x)):
        step = h * tf.one_hot(i, len(x), dtype=x.dtype)
        result.append((f(x + step) - f(x - step)) / h)
    return tf.stack(result)


# %% numerical_gradient | wrong | the two points swapped
def numerical_gradient(f, x, h):
    result = []
    for i in range(len(x)):
        step = h * tf.one_hot(i, len(x), dtype=x.dtype)
        result.append((f(x - step) - f(x + step)) / (2 * h))
    return tf.stack(result)


# %% numerical_gradient | wrong | all components moved at once
def numerical_gradient(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


# %% numerical_gradient | wrong | moved components stay moved
def numerical_gradient(f, x, h):
    moved = tf.Variable(x)
    result = []
    for i in range(len(x)):
        moved[i].assign(moved[i] + h)
        up = f(moved)
        moved[i].assign(moved[i] - 2 * h)
        result.append((up - f(moved)) / (2 * h))
    return tf.stack(result)


# %% numerical_gradient | wrong | both points are one and the same array
def numerical_gradient(f, x, h):
    result = []
    for i in range(len(x)):
        plus = x.numpy()
        minus = plus
        plus[i] += h
        minus[i] -= h
        result.append((f(tf.constant(plus)) - f(tf.constant(minus))) / (2 * h))
    return tf.stack(result)


# %% numerical_gradient | wrong | differences taken in float32
def numerical_gradient(f, x, h):
    x = tf.cast(x, tf.float32)
    result = []
    for i in range(len(x)):
        step = h * tf.one_hot(i, len(x))
        result.append((f(x + step) - f(x - step)) / (2 * h))
    return tf.stack(result)


# %% numerical_gradient | wrong | the exact gradient instead of the difference
def numerical_gradient(f, x, h):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


# %% numerical_gradient | right | one-hot steps
def numerical_gradient(f, x, h):
    result = []
    for i in range(len(x)):
        step = tf.one_hot(i, len(x), on_value=h, off_value=0.0, dtype=x.dtype)
        result.append((f(x + step) - f(x - step)) / (2 * h))
    return tf.stack(result)


# %% numerical_gradient | right | NumPy copies
def numerical_gradient(f, x, h):
    result = np.zeros(len(x))
    for i in range(len(x)):
        up, down = x.numpy(), x.numpy()
        up[i] += h
        down[i] -= h
        result[i] = float(f(tf.constant(up))) - float(f(tf.constant(down)))
    return result / (2 * h)


# %% numerical_gradient | right | result stored in float32
def numerical_gradient(f, x, h):
    result = tf.Variable(tf.zeros(len(x)))
    for i in range(len(x)):
        step = h * tf.one_hot(i, len(x), dtype=tf.float64)
        result[i].assign(tf.cast((f(x + step) - f(x - step)) / (2 * h), tf.float32))
    return tf.identity(result)


# %% numerical_gradient | right | a variable, moved and put back
def numerical_gradient(f, x, h):
    moved, result = tf.Variable(x), []
    for i in range(len(x)):
        moved[i].assign(x[i] + h)
        up = f(moved)
        moved[i].assign(x[i] - h)
        down = f(moved)
        moved[i].assign(x[i])
        result.append((up - down) / (2 * h))
    return tf.stack(result)


# %% gradient_descent | wrong | ascent
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    path = [x0]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_add(lr * tape.gradient(loss, x))
        path.append(tf.identity(x))
    return tf.stack(path)


# %% gradient_descent | wrong | every row is the last point
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    path = [x]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_sub(lr * tape.gradient(loss, x))
        path.append(x)
    return tf.stack(path)


# %% gradient_descent | wrong | every row after the first is the last point
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    path = [x0]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_sub(lr * tape.gradient(loss, x))
        path.append(x)
    return tf.stack(path)


# %% gradient_descent | wrong | the gradient is taken only once
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    path = [x0]
    with tf.GradientTape() as tape:
        loss = f(x)
    slope = tape.gradient(loss, x)
    for _ in range(steps):
        x.assign_sub(lr * slope)
        path.append(tf.identity(x))
    return tf.stack(path)


# %% gradient_descent | wrong | the learning rate is left out
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    path = [x0]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_sub(tape.gradient(loss, x))
        path.append(tf.identity(x))
    return tf.stack(path)


# %% gradient_descent | wrong | the starting point is missing
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    path = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_sub(lr * tape.gradient(loss, x))
        path.append(tf.identity(x))
    return tf.stack(path)


# %% gradient_descent | wrong | only the last point
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign_sub(lr * tape.gradient(loss, x))
    return x


# %% gradient_descent | right | plain tensors, watched anew
def gradient_descent(f, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        x = path[-1]
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = f(x)
        path.append(x - lr * tape.gradient(loss, x))
    return tf.stack(path)


# %% gradient_descent | right | keras.optimizers.SGD
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    optimiser = tf.keras.optimizers.SGD(learning_rate=lr)
    path = [x.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        optimiser.apply_gradients([(tape.gradient(loss, x), x)])
        path.append(x.numpy())
    return np.array(path)


# %% gradient_descent | right | a TensorArray
def gradient_descent(f, x0, lr, steps):
    path = tf.TensorArray(x0.dtype, size=steps + 1)
    x = x0
    path = path.write(0, x)
    for step in tf.range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = f(x)
        x = x - lr * tape.gradient(loss, x)
        path = path.write(step + 1, x)
    return path.stack()


# %% gradient_descent | right | in float64
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(tf.cast(x0, tf.float64))
    path = [x.value()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        x.assign(x - lr * tape.gradient(loss, x))
        path.append(x.value())
    return tf.stack(path)


# %% fit_line | wrong | lr * b subtracted instead of lr times its gradient
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(lr * dw)
        b.assign_sub(lr * b)
    return float(w), float(b)


# %% fit_line | wrong | b is updated with the already moved w
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        for parameter in (w, b):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((w * x + b - y) ** 2)
            parameter.assign_sub(lr * tape.gradient(loss, parameter))
    return float(w), float(b)


# %% fit_line | wrong | ascent
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w.assign_add(lr * dw)
        b.assign_add(lr * db)
    return float(w), float(b)


# %% fit_line | wrong | sum instead of mean
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = (w * x + b - y) ** 2  # no single number: the tape differentiates its sum
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(w), float(b)


# %% fit_line | wrong | half of the squared error
def fit_line(x, y, w, b, lr, steps):
    for _ in range(steps):
        error = w * x + b - y
        w, b = w - lr * float(tf.reduce_mean(error * x)), b - lr * float(tf.reduce_mean(error))
    return w, b


# %% fit_line | wrong | (n, 1) minus (n,)
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    column = tf.reshape(x, [-1, 1])
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * column + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(w), float(b)


# %% fit_line | wrong | the bias is not trained
def fit_line(x, y, w, b, lr, steps):
    w = tf.Variable(w)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        w.assign_sub(lr * tape.gradient(loss, w))
    return float(w), b


# %% fit_line | wrong | the update is thrown away
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w - lr * dw
        b - lr * db
    return float(w), float(b)


# %% fit_line | wrong | returned in the wrong order
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w), tf.Variable(b)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return float(b), float(w)


# %% fit_line | right | the gradient by hand, plain numbers
def fit_line(x, y, w, b, lr, steps):
    for _ in range(steps):
        error = w * x + b - y
        dw, db = 2 * float(tf.reduce_mean(error * x)), 2 * float(tf.reduce_mean(error))
        w, b = w - lr * dw, b - lr * db
    return w, b


# %% fit_line | right | keras.optimizers.SGD, variables returned
def fit_line(x, y, w, b, lr, steps):
    parameters = [tf.Variable(w), tf.Variable(b)]
    optimiser = tf.keras.optimizers.SGD(learning_rate=lr)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(parameters[0] * x + parameters[1], y))
        optimiser.apply_gradients(zip(tape.gradient(loss, parameters), parameters))
    return tuple(parameters)


# %% fit_line | right | one vector of parameters, watched
def fit_line(x, y, w, b, lr, steps):
    p = tf.constant([w, b])
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(p)
            loss = tf.reduce_mean((p[0] * x + p[1] - y) ** 2)
        p -= lr * tape.gradient(loss, p)
    return p[0], p[1]


# %% fit_line | right | columns throughout, in float64, NumPy returned
def fit_line(x, y, w, b, lr, steps):
    x, y = tf.cast(x, tf.float64)[:, None], tf.cast(y, tf.float64)[:, None]
    w, b = tf.Variable([[w]], dtype=tf.float64), tf.Variable([b], dtype=tf.float64)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(x @ w + b - y))
        for parameter, slope in zip((w, b), tape.gradient(loss, (w, b))):
            parameter.assign_sub(lr * slope)
    return [w.numpy().item(), b.numpy().item()]


# %% train_linear_classifier | wrong | the update is thrown away
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            dw, db = tape.gradient(loss, [w, b])
            w - lr * dw
            b - lr * db
    return w, b


# %% train_linear_classifier | wrong | class count guessed from the data
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    classes = int(tf.reduce_max(y)) + 1
    w = tf.Variable(tf.zeros([x.shape[1], classes]))
    b = tf.Variable(tf.zeros([classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | the batches are used up after the first epoch
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    minibatches = batches(x, y, batch_size, generator)
    for _ in range(epochs):
        for x_batch, y_batch in minibatches:
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | one update for each epoch
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, x @ w + b))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(lr * dw)
        b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | last partial batch dropped
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    data_of_epoch = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(batch_size, drop_remainder=True)
    for _ in range(epochs):
        for x_batch, y_batch in data_of_epoch:
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | sum instead of mean
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, x_batch @ w + b)  # one for each example
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | partial batch averaged over batch_size
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, x_batch @ w + b)
                loss = tf.nn.compute_average_loss(losses, global_batch_size=batch_size)
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | averaged over the classes too
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                log_p = tf.nn.log_softmax(x_batch @ w + b)
                loss = -tf.reduce_mean(tf.one_hot(y_batch, num_classes) * log_p)
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | softmax applied twice
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                probabilities = tf.nn.softmax(x_batch @ w + b)
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, probabilities))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(lr * dw)
            b.assign_sub(lr * db)
    return w, b


# %% train_linear_classifier | wrong | b is updated with the already moved w
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            for parameter in (w, b):
                with tf.GradientTape() as tape:
                    logits = x_batch @ w + b
                    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
                parameter.assign_sub(lr * tape.gradient(loss, parameter))
    return w, b


# %% train_linear_classifier | wrong | ascent
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.Variable(tf.zeros([num_classes]))
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_add(lr * dw)
            b.assign_add(lr * db)
    return w, b


# %% train_linear_classifier | wrong | the bias is not trained
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = tf.Variable(tf.zeros([x.shape[1], num_classes]))
    b = tf.zeros([num_classes])
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                logits = x_batch @ w + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_batch, logits))
            w.assign_sub(lr * tape.gradient(loss, w))
    return w, b


# %% train_linear_classifier | right | the gradient by hand: softmax minus one-hot
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w, b = tf.zeros([x.shape[1], num_classes]), tf.zeros([num_classes])
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            d_logits = (tf.nn.softmax(x_batch @ w + b) - tf.one_hot(y_batch, num_classes)) / len(x_batch)
            w -= lr * tf.transpose(x_batch) @ d_logits
            b -= lr * tf.reduce_sum(d_logits, axis=0)
    return w, b


# %% train_linear_classifier | right | Dense layer and keras.optimizers.SGD
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    layer = tf.keras.layers.Dense(num_classes, kernel_initializer="zeros")
    layer.build(x.shape)
    optimiser = tf.keras.optimizers.SGD(lr)
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                loss = loss_of(y_batch, layer(x_batch))
            slopes = tape.gradient(loss, layer.trainable_variables)
            optimiser.apply_gradients(zip(slopes, layer.trainable_variables))
    return layer.kernel, layer.bias


# %% train_linear_classifier | right | Keras fit
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    layer = tf.keras.layers.Dense(num_classes, kernel_initializer="zeros")
    model = tf.keras.Sequential([tf.keras.Input((x.shape[1],)), layer])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=tf.keras.optimizers.SGD(lr), loss=loss)
    model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return model.get_weights()


# %% train_linear_classifier | right | tf.data, one-hot targets, one table with a column of ones
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    table = tf.concat([x, tf.ones([len(x), 1])], axis=1)
    both = tf.Variable(tf.zeros([table.shape[1], num_classes]))
    dataset = tf.data.Dataset.from_tensor_slices((table, tf.one_hot(y, num_classes)))
    dataset = dataset.shuffle(len(x), seed=int(generator.state[0])).batch(batch_size)
    for _ in range(epochs):
        for rows, targets in dataset:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(-tf.reduce_sum(targets * tf.nn.log_softmax(rows @ both), axis=1))
            both.assign_sub(lr * tape.gradient(loss, both))
    return both[:-1], both[-1]


# %% stop_gradient_branch | wrong | the tensor is not watched
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        product = f(x) * tf.stop_gradient(g(x))
    return tape.gradient(product, x)


# %% stop_gradient_branch | wrong | the tensor is not watched
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = tf.stop_gradient(f(x) * g(x))
    return tape.gradient(product, x)


# %% stop_gradient_branch | wrong | nothing is stopped
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = f(x) * g(x)
    return tape.gradient(product, x)


# %% stop_gradient_branch | wrong | the wrong branch is stopped
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = tf.stop_gradient(f(x)) * g(x)
    return tape.gradient(product, x)


# %% stop_gradient_branch | wrong | the stopped branch is left out
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


# %% stop_gradient_branch | wrong | the function's value instead of its derivative
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = f(x) * tf.stop_gradient(g(x))
    return product


# %% stop_gradient_branch | wrong | mean instead of sum
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_mean(f(x) * tf.stop_gradient(g(x)))
    return tape.gradient(y, x)


# %% stop_gradient_branch | right | g computed outside the tape
def stop_gradient_branch(f, g, x):
    factor = g(x)
    v = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(f(v) * factor)
    return tape.gradient(y, v)


# %% stop_gradient_branch | right | the recording is paused for g
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
        with tape.stop_recording():
            factor = g(x)
        y = y * factor
    return tape.gradient(y, x)


# %% stop_gradient_branch | right | output_gradients carries the factor
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x, output_gradients=g(x))
