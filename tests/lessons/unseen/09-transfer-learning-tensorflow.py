# %% preprocess | right | saturate, subtract, multiply
def preprocess(images):
    x = tf.convert_to_tensor(images, dtype=tf.uint8)
    return tf.multiply(tf.subtract(tf.cast(x, "float32"), 127.0), 1 / 128)


# %% preprocess | right | photographs one by one
def preprocess(photos):
    return tf.stack([tf.constant((p.astype(np.float32) - 127) / 128) for p in photos])


# %% preprocess | right | float64 first, then back
def preprocess(images):
    return tf.cast(tf.constant(images / 128.0 - 127 / 128.0), tf.float32)


# %% extract_features | right | a TensorArray
def extract_features(model, x, batch_size):
    count = -(-x.shape[0] // batch_size)
    pieces = tf.TensorArray(tf.float32, size=count, infer_shape=False)
    for k in range(count):
        pieces = pieces.write(k, model(x[k * batch_size : (k + 1) * batch_size], training=False))
    return pieces.concat()


# %% extract_features | right | predict_on_batch
def extract_features(model, x, batch_size):
    x = np.asarray(x)
    return np.concatenate([model.predict_on_batch(x[i : i + batch_size]) for i in range(0, len(x), batch_size)], axis=0)


# %% extract_features | right | a list of rows
def extract_features(net, data, size):
    rows = []
    start = 0
    while start < len(data):
        rows += list(net(data[start : start + size], training=False))
        start += size
    return tf.stack(rows)


# %% freeze | right | setattr over the layers and the model
def freeze(model):
    for block in [model, *model.layers]:
        setattr(block, "trainable", False)


# %% freeze | right | innermost layers
def freeze(model):
    for block in model.layers:
        for layer in block.layers:
            layer.trainable = False


# %% unfreeze_last | right | counting down
def unfreeze_last(model, n):
    model.trainable = True
    for depth, block in enumerate(reversed(model.layers), start=1):
        block.trainable = depth <= n


# %% unfreeze_last | right | a list of answers
def unfreeze_last(model, n):
    model.trainable = True
    total = len(model.layers)
    for block, on in zip(model.layers, [False] * (total - n) + [True] * n):
        block.trainable = on


# %% unfreeze_last | right | an early return for none
def unfreeze_last(model, n):
    if n == 0:
        model.trainable = False
        return model
    model.trainable = True
    for block in model.layers[:-n]:
        block.trainable = False
    for block in model.layers[-n:]:
        block.trainable = True
    return model


# %% fine_tune_step | right | one optimiser, gradients scaled
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    variables = backbone.trainable_variables + list(head)
    with tf.GradientTape() as tape:
        scores = tf.nn.bias_add(backbone(x, training=False) @ head[0], head[1])
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, scores, from_logits=True))
    gradients = tape.gradient(loss, variables)
    rates = [lr_backbone] * len(backbone.trainable_variables) + [lr_head] * 2
    for v, g, rate in zip(variables, gradients, rates):
        v.assign(v - rate * g)
    return loss.numpy().item()


# %% fine_tune_step | right | cross-entropy from one-hot rows, two tapes
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    w, b = head
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        logits = backbone(x) @ w + b
        rows = tf.one_hot(y, w.shape[1])
        loss = -tf.reduce_mean(tf.reduce_sum(rows * tf.nn.log_softmax(logits), axis=1))
    dw, db = inner.gradient(loss, [w, b])
    slow = outer.gradient(loss, backbone.trainable_weights)
    w.assign_sub(lr_head * dw)
    b.assign_sub(lr_head * db)
    for v, g in zip(backbone.trainable_weights, slow):
        v.assign_sub(g * lr_backbone)
    return float(loss)


# %% preprocess | right | a Rescaling layer
def preprocess(images):
    return keras.layers.Rescaling(scale=1 / 128, offset=-127 / 128)(images)


# %% preprocess | right | a Normalization layer with mean and variance
def preprocess(images):
    return keras.layers.Normalization(axis=None, mean=127.0, variance=128.0**2)(images.astype("float32"))


# %% extract_features | right | a dataset
def extract_features(model, x, batch_size):
    return np.vstack([model(batch, training=False) for batch in tf.data.Dataset.from_tensor_slices(x).batch(batch_size)])


# %% unfreeze_last | right | off and on again
def unfreeze_last(model, n):
    model.trainable = True
    model.trainable = False
    model.trainable = True
    for block in model.layers[: len(model.layers) - n]:
        block.trainable = False


# %% fine_tune_step | right | two Keras optimisers
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    weights = backbone.trainable_variables
    with tf.GradientTape() as tape:
        logits = backbone(x, training=False) @ head[0] + head[1]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
    grads = tape.gradient(loss, weights + head)
    if weights:
        keras.optimizers.SGD(lr_backbone).apply(grads[: len(weights)], weights)
    keras.optimizers.SGD(lr_head).apply_gradients(zip(grads[len(weights) :], head, strict=True))
    return float(loss)
