# %% derivative | right | a variable made from x
def derivative(f, x):
    z = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = f(z)
    return tape.gradient(y, z)


# %% derivative | right | a persistent tape that watches nothing but x, and an explicit sum
def derivative(f, x):
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        total = tf.reduce_sum(f(x))
    slope = tape.gradient(total, x)
    del tape
    return slope


# %% derivative | right | forward mode: one push of a tangent of ones
def derivative(f, x):
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = f(x)
    return accumulator.jvp(y)


# %% derivative | right | tf.gradients in a compiled function
@tf.function
def derivative(f, x):
    return tf.gradients(f(x), x)[0]


# %% derivative | right | a loop over single elements, each with a tape of its own
def derivative(f, x):
    slopes = []
    for value in tf.reshape(x, [-1]):
        with tf.GradientTape() as tape:
            tape.watch(value)
            y = f(value)
        slopes.append(tape.gradient(y, value))
    return tf.reshape(tf.stack(slopes), x.shape)


# %% derivative | right | an object that computes in float64 and leaves it there
class Derivative:
    def __call__(self, f, x):
        z = tf.cast(x, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(z)
            y = f(z)
        return tape.gradient(y, z, output_gradients=tf.ones_like(y))


derivative = Derivative()


# %% numerical_gradient | right | moved points are rows of x + h * identity
def numerical_gradient(f, x, h):
    moves = h * tf.eye(len(x), dtype=x.dtype)
    return tf.stack([f(x + move) - f(x - move) for move in moves]) / (2 * h)


# %% numerical_gradient | right | NumPy inside, one component overwritten in a copy
def numerical_gradient(f, x, h):
    x = x.numpy()
    result = np.zeros_like(x)
    for i in range(x.size):
        high, low = x.copy(), x.copy()
        high[i] += h
        low[i] -= h
        result[i] = (f(tf.constant(high)) - f(tf.constant(low))) / (2 * h)
    return tf.convert_to_tensor(result)


# %% numerical_gradient | right | a variable moved in place and put back, Python floats
def numerical_gradient(f, x, h):
    point, slopes = tf.Variable(x), []
    for i in range(x.shape[0]):
        ends = []
        for step in (h, -h):
            point[i].assign(x[i] + step)
            ends.append(float(f(point)))
        point[i].assign(x[i])
        slopes.append((ends[0] - ends[1]) / (2 * h))
    return tf.constant(slopes, tf.float64)


# %% numerical_gradient | right | all moved points one after another by map_fn
def numerical_gradient(f, x, h):
    return tf.map_fn(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), tf.linalg.diag(tf.ones_like(x)))


# %% numerical_gradient | right | a scatter moves one component, the result is a NumPy array
def numerical_gradient(f, x, h, places=None):
    def at(i, step):
        return float(f(tf.tensor_scatter_nd_add(x, [[i]], tf.constant([step], x.dtype))))

    return np.array([(at(i, h) - at(i, -h)) / 2 / h for i in range(len(x))])


# %% gradient_descent | right | an optimiser of Keras
def gradient_descent(f, x0, lr, steps):
    x = tf.Variable(x0)
    optimizer = tf.keras.optimizers.SGD(learning_rate=lr)
    path = [x.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(x)
        optimizer.apply_gradients([(tape.gradient(loss, x), x)])
        path.append(x.numpy())
    return tf.stack(path)


# %% gradient_descent | right | plain tensors, no variable: the tape watches each new point
def gradient_descent(f, x0, lr, steps):
    path = x0[None]
    for _ in range(steps):
        x = path[-1]
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = f(x)
        path = tf.concat([path, [x - lr * tape.gradient(loss, x)]], axis=0)
    return path


# %% gradient_descent | right | a compiled loop with a TensorArray
def gradient_descent(f, x0, lr, steps):
    @tf.function
    def step(x):
        return x - lr * tf.gradients(f(x), x)[0]

    points = tf.TensorArray(x0.dtype, size=steps + 1, clear_after_read=False).write(0, x0)
    for k in range(steps):
        points = points.write(k + 1, step(points.read(k)))
    return points.stack()


# %% gradient_descent | right | accumulate over a pure function of the point, as a NumPy array in the end
def gradient_descent(f, x0, lr, steps):
    import itertools

    def step(x, _):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = f(x)
        return x - lr * tape.gradient(loss, x)

    return np.stack([point.numpy() for point in itertools.accumulate(range(steps), step, initial=x0)])


# %% gradient_descent | right | the rows are written into a variable that holds the whole path
def gradient_descent(f, x0, lr, steps):
    path = tf.Variable(tf.zeros([steps + 1, len(x0)], x0.dtype))
    path[0].assign(x0)
    for k in range(steps):
        with tf.GradientTape() as tape:
            loss = f(path[k])
        slope = tf.convert_to_tensor(tape.gradient(loss, path))[k]
        path[k + 1].assign(path[k] - lr * slope)
    return path.value()


# %% fit_line | right | the formulas, in Python's own numbers
def fit_line(x, y, w, b, lr, steps):
    xs, ys, n = x.numpy().tolist(), y.numpy().tolist(), len(x)
    for _ in range(steps):
        errors = [w * p + b - q for p, q in zip(xs, ys, strict=True)]
        slope_w = 2 / n * sum(e * p for e, p in zip(errors, xs, strict=True))
        slope_b = 2 / n * sum(errors)
        w, b = w - lr * slope_w, b - lr * slope_b
    return w, b


# %% fit_line | right | two variables and a tape; the variables themselves are given back
def fit_line(x, y, w, b, lr, steps):
    w, b = tf.Variable(w, dtype=x.dtype), tf.Variable(b, dtype=x.dtype)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(w * x + b - y))
        for variable, slope in zip((w, b), tape.gradient(loss, (w, b)), strict=True):
            variable.assign_sub(lr * slope)
    return w, b


# %% fit_line | right | a Dense layer with an optimiser of Keras
def fit_line(x, y, w, b, lr, steps):
    layer = tf.keras.layers.Dense(1)
    layer.build([None, 1])
    layer.set_weights([np.array([[w]]), np.array([b])])
    optimizer = tf.keras.optimizers.SGD(lr)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.keras.losses.mse(y[:, None], layer(x[:, None])))
        optimizer.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
    return layer.kernel[0, 0], layer.bias[0]


# %% fit_line | right | all steps at once: a step is a linear map, so its power is taken
def fit_line(x, y, w, b, lr, steps):
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    step = np.eye(3)
    step[0] -= 2 * lr * np.array([np.mean(x * x), np.mean(x), -np.mean(x * y)])
    step[1] -= 2 * lr * np.array([np.mean(x), 1, -np.mean(y)])
    return tuple((np.linalg.matrix_power(step, steps) @ [w, b, 1])[:2])


# %% fit_line | right | two constants in float64, a persistent tape asked twice, results as a list
def fit_line(x, y, w, b, lr, steps):
    x, y = tf.cast(x, tf.float64), tf.cast(y, tf.float64)
    w, b = tf.constant(w, tf.float64), tf.constant(b, tf.float64)
    for _ in range(steps):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([w, b])
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        w, b = w - lr * tape.gradient(loss, w), b - lr * tape.gradient(loss, b)
    return [w, b]


# %% train_linear_classifier | right | the gradient by its formula, softmax minus one-hot
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w, b = tf.zeros([x.shape[1], num_classes]), tf.zeros([num_classes])
    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            error = (tf.nn.softmax(xb @ w + b) - tf.one_hot(yb, num_classes)) / len(xb)
            w, b = w - lr * tf.matmul(xb, error, transpose_a=True), b - lr * tf.reduce_sum(error, axis=0)
    return w, b


# %% train_linear_classifier | right | a Dense layer with zeros, a loss object and an optimiser of Keras
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    layer = tf.keras.layers.Dense(num_classes, kernel_initializer="zeros")
    layer.build(x.shape)
    criterion = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.SGD(lr)
    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                loss = criterion(yb, layer(xb))
            slopes = tape.gradient(loss, layer.trainable_variables)
            optimizer.apply_gradients(zip(slopes, layer.trainable_variables, strict=True))
    return layer.kernel, layer.bias


# %% train_linear_classifier | right | one table for weights and bias in float64, dense one-hot labels
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    table = tf.Variable(tf.zeros([x.shape[1] + 1, num_classes], tf.float64))
    for _ in range(epochs):
        for xb, yb in list(batches(x, y, batch_size, generator)):
            xb = tf.pad(tf.cast(xb, tf.float64), [[0, 0], [0, 1]], constant_values=1)
            labels = tf.one_hot(yb, num_classes, dtype=tf.float64)
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels, xb @ table))
            table.assign_sub(lr * tape.gradient(loss, table))
    return table[:-1], table[-1]


# %% train_linear_classifier | right | a compiled step with a dictionary of variables
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    params = {"w": tf.Variable(tf.zeros((x.shape[1], num_classes))), "b": tf.Variable(tf.zeros(num_classes))}

    @tf.function(reduce_retracing=True)
    def step(xb, yb):
        with tf.GradientTape() as tape:
            logits = tf.nn.bias_add(xb @ params["w"], params["b"])
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits))
        for name, slope in tape.gradient(loss, params).items():
            params[name].assign_add(-lr * slope)

    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            step(xb, yb)
    return params["w"], params["b"]


# %% train_linear_classifier | right | the sum of the losses by hand, with the step divided by the size of the batch; arrays at the end
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w, b = tf.zeros([x.shape[1], num_classes], x.dtype), tf.zeros([num_classes], x.dtype)
    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            with tf.GradientTape() as tape:
                tape.watch((w, b))
                logits = xb @ w + b
                loss = tf.reduce_sum(tf.reduce_logsumexp(logits, axis=1) - tf.gather(logits, yb, axis=1, batch_dims=1))
            slope_w, slope_b = tape.gradient(loss, (w, b))
            w, b = w - lr / len(xb) * slope_w, b - lr / len(xb) * slope_b
    return w.numpy(), b.numpy()


# %% stop_gradient_branch | right | the answer by thought: f'(x) g(x)
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x) * g(x)


# %% stop_gradient_branch | right | g outside of the tape
def stop_gradient_branch(f, g, x):
    z = tf.Variable(x)
    weight = g(x)
    with tf.GradientTape() as tape:
        product = f(z) * weight
    return tape.gradient(product, z)


# %% stop_gradient_branch | right | g's values start the backward pass of f
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x, output_gradients=g(x))


# %% stop_gradient_branch | right | recording is paused while g runs
def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tape.stop_recording():
            weight = g(x)
        product = f(x) * weight
    return tape.gradient(product, x)


# %% stop_gradient_branch | right | tf.gradients with the list of constants, compiled
@tf.function
def stop_gradient_branch(f, g, x):
    weight = g(x)
    return tf.gradients(f(x) * weight, x, stop_gradients=[weight])[0]


# %% stop_gradient_branch | right | a custom gradient that is zero
@tf.custom_gradient
def wall(values):
    return tf.identity(values), lambda slopes: tf.zeros_like(slopes)


def stop_gradient_branch(f, g, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(f(x) * wall(g(x)))
    return tape.gradient(total, x)
