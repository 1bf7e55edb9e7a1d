# %% build_mlp | right | recursion over nested models
def build_mlp(sizes, activation):
    if len(sizes) == 2:
        return keras.Sequential([keras.Input((sizes[0],)), keras.layers.Dense(sizes[1])])
    head = keras.layers.Dense(sizes[1], activation=activation)
    return keras.Sequential([keras.Input((sizes[0],)), head, build_mlp(sizes[1:], activation)])


# %% build_mlp | right | pop the last activation
def build_mlp(sizes, activation):
    model = keras.Sequential([keras.layers.InputLayer(shape=[sizes[0]])])
    for n in sizes[1:]:
        model.add(keras.layers.Dense(n, kernel_initializer="he_uniform"))
        model.add(keras.layers.Activation(activation))
    model.pop()
    return model


# %% build_mlp | right | weights of one's own in build
class OwnNet(keras.Model):
    def __init__(self, sizes, activation):
        super().__init__()
        self.sizes = list(sizes)
        self.act = getattr(tf.nn, activation)

    def build(self, input_shape):
        self.pairs = []
        for a, b in zip(self.sizes, self.sizes[1:]):
            w = self.add_weight(shape=(a, b), initializer="glorot_normal")
            self.pairs.append((w, self.add_weight(shape=(b,), initializer="zeros")))

    def call(self, x):
        for k, (w, b) in enumerate(self.pairs):
            x = tf.matmul(x, w) + b
            if k + 1 < len(self.pairs):
                x = self.act(x)
        return x


def build_mlp(sizes, activation):
    return OwnNet(sizes, activation)


# %% train | right | a callback that fills the record
def train(model, train, validation, lr, epochs):
    record = {"loss": [], "val_loss": [], "val_accuracy": []}

    def keep(epoch, logs):
        for name in record:
            record[name].append(logs[name])

    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr, momentum=0.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["sparse_categorical_accuracy"],
    )
    rename = lambda epoch, logs: keep(epoch, {**logs, "val_accuracy": logs["val_sparse_categorical_accuracy"]})  # noqa: E731
    model.fit(
        train,
        epochs=epochs,
        verbose=0,
        validation_data=validation,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=rename)],
    )
    return record


# %% train | right | a softmax at the end and a loss of probabilities
def train(model, train, validation, lr, epochs):
    with_softmax = keras.Sequential([model, keras.layers.Softmax()])
    with_softmax.compile(optimizer=keras.optimizers.SGD(lr), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return with_softmax.fit(train, validation_data=validation, epochs=epochs, verbose=0).history


# %% train | right | train_on_batch, weighed by hand
def train(model, train, validation, lr, epochs):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss, metrics=["accuracy"])
    out = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        parts = []
        for x, y in train:
            model.reset_metrics()
            parts.append((float(model.train_on_batch(x, y)[0]), len(x)))
        out["loss"].append(sum(a * n for a, n in parts) / sum(n for _, n in parts))
        logs = model.evaluate(validation, verbose=0, return_dict=True)
        out["val_loss"].append(logs["loss"])
        out["val_accuracy"].append(logs["accuracy"])
    return out


# %% Residual | right | a functional model inside
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        inputs = keras.Input((features,))
        outputs = keras.layers.ReLU()(keras.layers.Dense(features, bias_initializer="ones")(inputs))
        self.inner = keras.Model(inputs, outputs)
        self.gate = self.add_weight(name="gate", shape=(1,), initializer=keras.initializers.Zeros(), trainable=True)

    def call(self, x):
        return tf.add(x, tf.multiply(self.gate, self.inner(x)))


# %% Residual | right | Keras's Add layer and einsum
class Residual(keras.Layer):
    def __init__(self, features):
        super().__init__()
        self.table = self.add_weight(shape=(features, features), initializer=keras.initializers.RandomNormal(0, 0.1))
        self.shift = self.add_weight(shape=(features,), initializer="zeros")
        self.alpha = self.add_weight(shape=(1, 1), initializer="zeros")
        self.together = keras.layers.Add()

    def call(self, x):
        z = keras.ops.einsum("bi,ij->bj", x, self.table) + self.shift
        return self.together([x, self.alpha * keras.ops.maximum(z, 0)])


# %% Distiller | right | minimise by Keras's own losses, mean over examples by hand
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student = student
        self.teacher = teacher
        self.weight = weight
        self.hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.soft = keras.losses.MeanSquaredError()
        self.total = keras.metrics.Sum()
        self.seen = keras.metrics.Sum()

    def train_step(self, data):
        x, y = data
        targets = tf.stop_gradient(self.teacher(x, training=False))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in self.student.trainable_variables])
            out = self.student(x, training=True)
            loss = self.hard(y, out) + self.weight * self.soft(targets, out)
        gradients = tape.gradient(loss, [v.value for v in self.student.trainable_variables])
        self.optimizer.apply(gradients, self.student.trainable_variables)
        n = tf.cast(tf.shape(x)[0], tf.float32)
        self.total.update_state(loss * n)
        self.seen.update_state(n)
        return {"loss": self.total.result() / self.seen.result(), "batch": loss}


# %% Distiller | right | a frozen teacher, all trainable variables, two trackers
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight, **kwargs):
        super().__init__(**kwargs)
        teacher.trainable = False
        self.student, self.teacher, self.w = student, teacher, float(weight)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.hard_tracker = keras.metrics.Mean(name="hard")

    def call(self, inputs, training=False):
        return self.student(inputs, training=training)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            z = self(x, training=True)
            hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z)
            loss = tf.reduce_mean(hard) + self.w * tf.reduce_mean(tf.math.squared_difference(z, self.teacher(x)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(
            loss, sample_weight=tf.cast(len(hard), tf.float32) if tf.executing_eagerly() else tf.shape(x)[0]
        )
        self.hard_tracker.update_state(hard)
        return {"loss": self.loss_tracker.result(), "hard": self.hard_tracker.result()}


# %% StepDecay | right | set at every epoch from the first rate
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_train_begin(self, logs=None):
        self.first = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = self.first * self.factor ** (epoch // self.every)


# %% StepDecay | right | counts down
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor = factor
        self.every = self.left = every

    def on_epoch_end(self, epoch, logs=None):
        self.left -= 1
        if self.left == 0:
            self.left = self.every
            lr = self.model.optimizer.learning_rate.numpy()
            self.model.optimizer.learning_rate.assign(lr * self.factor)
