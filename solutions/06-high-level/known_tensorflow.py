"""Known answers of 06-high-level in TensorFlow: each mistake as a student writes it, and right answers that look different."""


# %% build_mlp | right | the functional way
def build_mlp(sizes, activation):
    inputs = keras.Input(shape=(sizes[0],))
    h = inputs
    for width in sizes[1:-1]:
        h = keras.layers.Dense(width, activation=activation)(h)
    return keras.Model(inputs, keras.layers.Dense(sizes[-1])(h))


# %% build_mlp | right | a subclass with the layers in a list, output made first
class Mlp(keras.Model):
    def __init__(self, sizes, activation):
        super().__init__()
        self.out = keras.layers.Dense(sizes[-1])
        self.hidden = [keras.layers.Dense(n) for n in sizes[1:-1]]
        self.activation = keras.activations.get(activation)

    def call(self, x):
        for layer in self.hidden:
            x = self.activation(layer(x))
        return self.out(x)


def build_mlp(sizes, activation):
    return Mlp(sizes, activation)


# %% build_mlp | right | add, activations as layers of their own, built at the first call
def build_mlp(sizes, activation):
    model = keras.models.Sequential()
    for i, width in enumerate(sizes[1:]):
        if i:
            model.add(keras.layers.Activation(activation))
        model.add(keras.layers.Dense(units=width))
    return model


# %% build_mlp | wrong | activation after the last layer
def build_mlp(sizes, activation):
    model = keras.Sequential([keras.Input((sizes[0],))])
    for width in sizes[1:]:
        model.add(keras.layers.Dense(width, activation=activation))
    return model


# %% build_mlp | wrong | softmax inside the model
def build_mlp(sizes, activation):
    model = keras.Sequential([keras.Input((sizes[0],))])
    for width in sizes[1:-1]:
        model.add(keras.layers.Dense(width, activation=activation))
    model.add(keras.layers.Dense(sizes[-1], activation="softmax"))
    return model


# %% build_mlp | wrong | no activation between the layers
def build_mlp(sizes, activation):
    return keras.Sequential([keras.Input((sizes[0],))] + [keras.layers.Dense(n) for n in sizes[1:]])


# %% build_mlp | wrong | activation before the first layer
def build_mlp(sizes, activation):
    layers = [keras.Input((sizes[0],))]
    for n in sizes[1:]:
        layers += [keras.layers.Activation(activation), keras.layers.Dense(n)]
    return keras.Sequential(layers)


# %% build_mlp | wrong | always ReLU
def build_mlp(sizes, activation):
    hidden = [keras.layers.Dense(n, activation="relu") for n in sizes[1:-1]]
    return keras.Sequential([keras.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1])])


# %% build_mlp | wrong | the last layer is missing
def build_mlp(sizes, activation):
    widths = sizes[1:-1] or sizes[1:]
    return keras.Sequential([keras.Input((sizes[0],))] + [keras.layers.Dense(n, activation=activation) for n in widths])


# %% build_mlp | wrong | layers without biases
def build_mlp(sizes, activation):
    hidden = [keras.layers.Dense(n, activation=activation, use_bias=False) for n in sizes[1:-1]]
    return keras.Sequential([keras.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1], use_bias=False)])


# %% build_mlp | wrong | one layer object at several places
def build_mlp(sizes, activation):
    made = {}
    inputs = x = keras.Input((sizes[0],))
    for a, b in zip(sizes[:-1], sizes[1:-1]):
        if (a, b) not in made:
            made[a, b] = keras.layers.Dense(b, activation=activation)
        x = made[a, b](x)
    return keras.Model(inputs, keras.layers.Dense(sizes[-1])(x))


# %% train | right | keyword arguments, the functions' names for loss and metric
def train(model, train, validation, lr, epochs):
    def loss(y, z):
        return keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True)

    model.compile(
        loss=loss,
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")],
    )
    history = model.fit(x=train, epochs=epochs, validation_data=validation, shuffle=False, verbose=0)
    return {name: history.history[name] for name in ("loss", "val_loss", "val_accuracy")}


# %% train | right | a loop by hand
def train(model, train, validation, lr, epochs):
    optimizer = keras.optimizers.SGD(lr)
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        total = n = 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x, training=True)))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            total, n = total + float(loss) * len(y), n + len(y)
        history["loss"].append(total / n)
        z, y = (tf.concat(parts, 0) for parts in zip(*[(model(x, training=False), y) for x, y in validation]))
        history["val_loss"].append(float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))))
        history["val_accuracy"].append(np.mean(z.numpy().argmax(1) == y.numpy()))
    return history


# %% train | right | epoch by epoch, evaluated separately
def train(model, train, validation, lr, epochs):
    model.compile(
        optimizer=keras.optimizers.SGD(lr), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["acc"]
    )
    out = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        out["loss"] += model.fit(train, epochs=1, verbose=0).history["loss"]
        loss, share = model.evaluate(validation, verbose=0)
        out["val_loss"].append(loss)
        out["val_accuracy"].append(share)
    return out


# %% train | wrong | dropout never active
def train(model, train, validation, lr, epochs):
    optimizer = keras.optimizers.SGD(lr)
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        total = n = 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x)))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            total, n = total + float(loss) * len(y), n + len(y)
        history["loss"].append(total / n)
        z, y = (tf.concat(parts, 0) for parts in zip(*[(model(x), y) for x, y in validation]))
        history["val_loss"].append(float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))))
        history["val_accuracy"].append(np.mean(z.numpy().argmax(1) == y.numpy()))
    return history


# %% train | wrong | validated with dropout
def train(model, train, validation, lr, epochs):
    optimizer = keras.optimizers.SGD(lr)
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        total = n = 0
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x, training=True)))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            total, n = total + float(loss) * len(y), n + len(y)
        history["loss"].append(total / n)
        z, y = (tf.concat(parts, 0) for parts in zip(*[(model(x, training=True), y) for x, y in validation]))
        history["val_loss"].append(float(tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))))
        history["val_accuracy"].append(np.mean(z.numpy().argmax(1) == y.numpy()))
    return history


# %% train | wrong | softmax before a loss that wants logits
def train(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        optimizer=keras.optimizers.SGD(lr),
        loss=lambda y, z: cross_entropy(y, tf.nn.softmax(z)),
        metrics=["accuracy"],
    )
    return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history


# %% train | wrong | logits given to a loss that wants probabilities
def train(model, train, validation, lr, epochs):
    model.compile(optimizer=keras.optimizers.SGD(lr), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history


# %% train | wrong | the loss of the last batch
def train(model, train, validation, lr, epochs):
    optimizer = keras.optimizers.SGD(lr)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=cross_entropy, metrics=["accuracy"])
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        history["loss"].append(float(loss))
        loss, share = model.evaluate(validation, verbose=0)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(share)
    return history


# %% train | wrong | mean of the batch means
def train(model, train, validation, lr, epochs):
    optimizer = keras.optimizers.SGD(lr)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=cross_entropy, metrics=["accuracy"])
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        losses = []
        for x, y in train:
            with tf.GradientTape() as tape:
                loss = cross_entropy(y, model(x, training=True))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            losses.append(float(loss))
        history["loss"].append(sum(losses) / len(losses))
        loss, share = model.evaluate(validation, verbose=0)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(share)
    return history


# %% train | wrong | the optimiser's own learning rate
def train(model, train, validation, lr, epochs):
    model.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history


# %% train | wrong | Keras's Adam instead of plain gradient descent
def train(model, train, validation, lr, epochs):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(lr), loss=cross_entropy, metrics=["accuracy"])
    return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history


# %% Residual | right | weights made in build
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.features = features

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.features), initializer="he_normal", name="w")
        self.b = self.add_weight(shape=(self.features,), initializer="zeros", name="b")
        self.alpha = self.add_weight(shape=(1,), initializer="zeros", name="alpha")

    def call(self, inputs):
        return inputs + self.alpha * tf.nn.relu(tf.matmul(inputs, self.w) + self.b)


# %% Residual | right | Keras variables and Keras operations
class Residual(keras.Layer):
    def __init__(self, features, **kwargs):
        super().__init__(**kwargs)
        self.alpha = keras.Variable(0.0)
        self.branch = keras.Sequential([keras.layers.Dense(features), keras.layers.ReLU()])

    def call(self, x, training=None):
        return keras.ops.add(x, keras.ops.multiply(self.alpha, self.branch(x)))


# %% Residual | wrong | no parameter is registered
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.w = tf.Variable(tf.random.normal((features, features)))
        self.b = tf.Variable(tf.zeros(features))
        self.alpha = tf.Variable(0.0)

    def call(self, x):
        return x + self.alpha * tf.nn.relu(x @ self.w + self.b)


# %% Residual | wrong | alpha is not registered
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = tf.Variable(0.0)

    def call(self, x):
        return x + self.alpha * self.dense(x)


# %% Residual | wrong | w and b are not registered
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.w = tf.Variable(tf.random.normal((features, features)))
        self.b = tf.Variable(tf.zeros(features))
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + self.alpha * tf.nn.relu(x @ self.w + self.b)


# %% Residual | wrong | one alpha for each feature
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = self.add_weight(shape=(features,), initializer="zeros")

    def call(self, x):
        return x + self.alpha * self.dense(x)


# %% Residual | wrong | no gradient reaches alpha
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + float(self.alpha) * self.dense(x)


# %% Residual | wrong | w starts at zero
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.w = self.add_weight(shape=(features, features), initializer="zeros")
        self.b = self.add_weight(shape=(features,), initializer="zeros")
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + self.alpha * tf.nn.relu(x @ self.w + self.b)


# %% Residual | wrong | alpha does not start at 0
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = self.add_weight(shape=(), initializer="ones")

    def call(self, x):
        return x + self.alpha * self.dense(x)


# %% Residual | wrong | the input is not added
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return self.alpha * self.dense(x)


# %% Residual | wrong | alpha multiplies the input as well
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features, activation="relu")
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return self.alpha * (x + self.dense(x))


# %% Residual | wrong | ReLU of the sum
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features)
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return tf.nn.relu(x + self.alpha * self.dense(x))


# %% Residual | wrong | ReLU forgotten
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features)
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + self.alpha * self.dense(x)


# %% Residual | wrong | alpha inside the ReLU
class Residual(keras.layers.Layer):
    def __init__(self, features):
        super().__init__()
        self.dense = keras.layers.Dense(features)
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + tf.nn.relu(self.alpha * self.dense(x))


# %% Distiller | right | compute_loss of Keras's own step, a frozen teacher
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        teacher.trainable = False

    def call(self, x, training=None):
        return self.student(x, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        wanted = self.teacher(x, training=False)
        hard = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
        return tf.reduce_mean(hard) + self.weight * tf.reduce_mean(tf.square(y_pred - wanted))


# %% Distiller | right | sums of its own, variables changed by hand, a teacher out of sight
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student = student
        self.ask = lambda x: teacher(x, training=False)
        self.weight = weight
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, batch):
        x, y = batch
        with tf.GradientTape() as tape:
            z = self.student(x, training=True)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z)
            each += self.weight * tf.reduce_mean((z - self.ask(x)) ** 2, axis=1)
            loss = tf.reduce_mean(each)
        gradients = tape.gradient(loss, self.student.trainable_weights)
        for v, g in zip(self.student.trainable_weights, gradients):
            v.assign_sub(self.optimizer.learning_rate * g)
        self.tracker.update_state(each)
        return {m.name: m.result() for m in self.metrics}


# %% Distiller | wrong | the teacher is trained too
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | the teacher in training mode
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=True)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | the student without dropout
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x)
            wanted = self.teacher(x)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | the loss is returned and not tracked
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return {"loss": loss}


# %% Distiller | wrong | mean of the batch means
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | softmax before a loss that wants logits
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = self.cross_entropy(y, tf.nn.softmax(logits)) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | logits given to a loss that wants probabilities
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy()
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = self.cross_entropy(y, logits) + self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | probabilities compared instead of logits
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            distance = tf.reduce_mean((tf.nn.softmax(logits) - tf.nn.softmax(wanted)) ** 2)
            loss = self.cross_entropy(y, logits) + self.weight * distance
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | squared differences added up over the classes
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            distance = tf.reduce_mean(tf.reduce_sum((logits - wanted) ** 2, axis=1))
            loss = self.cross_entropy(y, logits) + self.weight * distance
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | weight forgotten
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = self.cross_entropy(y, logits) + tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | the teacher is ignored
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.cross_entropy(y, self.student(x, training=True))
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% Distiller | wrong | the two weights add up to one
class Distiller(keras.Model):
    def __init__(self, student, teacher, weight):
        super().__init__()
        self.student, self.teacher, self.weight = student, teacher, weight
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self.student(x, training=True)
            wanted = self.teacher(x, training=False)
            loss = (1 - self.weight) * self.cross_entropy(y, logits)
            loss += self.weight * tf.reduce_mean((logits - wanted) ** 2)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        return {"loss": self.mean_loss.result()}


# %% StepDecay | right | at the start of an epoch, assign
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor = factor
        self.every = every

    def on_epoch_begin(self, epoch, logs=None):
        if epoch and epoch % self.every == 0:
            rate = self.model.optimizer.learning_rate
            rate.assign(rate * self.factor)


# %% StepDecay | right | from the first learning rate, with Keras's own scheduler
class StepDecay(keras.callbacks.LearningRateScheduler):
    def __init__(self, factor, every):
        super().__init__(lambda epoch, lr: lr * factor if epoch > 0 and epoch % every == 0 else lr)


# %% StepDecay | wrong | counts batches instead of epochs
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every, self.count = factor, every, 0

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1
        if self.count % self.every == 0:
            self.model.optimizer.learning_rate *= self.factor


# %% StepDecay | wrong | decays before the first epoch
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_begin(self, epoch, logs=None):
        if epoch % self.every == 0:
            self.model.optimizer.learning_rate *= self.factor


# %% StepDecay | wrong | one epoch too early
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        if epoch % self.every == 0:
            self.model.optimizer.learning_rate *= self.factor


# %% StepDecay | wrong | decays after every epoch
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate *= self.factor


# %% StepDecay | wrong | decays only once
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.every:
            self.model.optimizer.learning_rate *= self.factor


# %% StepDecay | wrong | the factor is used as the learning rate
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.model.optimizer.learning_rate = self.factor


# %% StepDecay | wrong | powers of the factor pile up
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate *= self.factor ** ((epoch + 1) // self.every)


# %% StepDecay | wrong | the learning rate does not change
class StepDecay(keras.callbacks.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.model.optimizer.lr = float(self.model.optimizer.learning_rate) * self.factor
