"""Known answers of 09-transfer-learning in TensorFlow: each mistake as a student writes it, and right answers that look different."""


# %% preprocess | right | NumPy first
def preprocess(images):
    return tf.constant((images.astype("float32") - 127) / 128)


# %% preprocess | right | a Rescaling layer
def preprocess(images):
    return keras.layers.Rescaling(1 / 128, offset=-127 / 128)(tf.cast(images, tf.float32))


# %% preprocess | right | convert_to_tensor, one channel after another
def preprocess(images):
    x = tf.convert_to_tensor(images)
    return tf.stack([(tf.cast(x[..., c], tf.float32) - 127.0) / 128.0 for c in range(3)], axis=-1)


# %% preprocess | wrong | pixels scaled to 0..1
def preprocess(images):
    return tf.image.convert_image_dtype(images, tf.float32)


# %% preprocess | wrong | mean and deviation of ImageNet
def preprocess(images):
    return (tf.cast(images, tf.float32) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]


# %% preprocess | wrong | blue before red
def preprocess(images):
    return (tf.cast(images[..., ::-1], tf.float32) - 127) / 128


# %% preprocess | wrong | subtracted in uint8
def preprocess(images):
    return tf.cast(tf.constant(images) - 127, tf.float32) / 128


# %% preprocess | wrong | pixels left as they are
def preprocess(images):
    return tf.cast(images, tf.float32)


# %% extract_features | right | predict
def extract_features(model, x, batch_size):
    return model.predict(x, batch_size=batch_size, verbose=0)


# %% extract_features | right | a tf.data pipeline
def extract_features(model, x, batch_size):
    out = []
    for batch in tf.data.Dataset.from_tensor_slices(x).batch(batch_size):
        out.append(model(batch, training=False).numpy())
    return np.vstack(out)


# %% extract_features | right | training left at its default, tf.split by sizes
def extract_features(model, x, batch_size):
    n = x.shape[0]
    sizes = [batch_size] * (n // batch_size) + ([n % batch_size] if n % batch_size else [])
    return tf.concat([model(part) for part in tf.split(x, sizes)], 0)


# %% extract_features | wrong | training switched on
def extract_features(model, x, batch_size):
    return tf.concat([model(x[i : i + batch_size], training=True) for i in range(0, len(x), batch_size)], axis=0)


# %% extract_features | wrong | the last, smaller batch left out
def extract_features(model, x, batch_size):
    data = tf.data.Dataset.from_tensor_slices(x).batch(batch_size, drop_remainder=len(x) >= batch_size)
    return tf.concat([model(batch, training=False) for batch in data], axis=0)


# %% extract_features | wrong | batches not put together
def extract_features(model, x, batch_size):
    return [model(x[i : i + batch_size], training=False) for i in range(0, len(x), batch_size)]


# %% extract_features | wrong | only the first batch
def extract_features(model, x, batch_size):
    for i in range(0, len(x), batch_size):
        return model(x[i : i + batch_size], training=False)


# %% extract_features | wrong | mean over each batch
def extract_features(model, x, batch_size):
    parts = [model(x[i : i + batch_size], training=False) for i in range(0, len(x), batch_size)]
    return tf.stack([tf.reduce_mean(part, axis=0) for part in parts])


# %% freeze | right | block by block
def freeze(model):
    for block in model.layers:
        block.trainable = False
    return model


# %% freeze | right | every layer there is
def freeze(model):
    for layer in model._flatten_layers():
        layer.trainable = False


# %% freeze | wrong | batch statistics still move
def freeze(model):
    for variable in model.trainable_variables:
        variable.trainable = False


# %% freeze | wrong | biases and normalisation forgotten
def freeze(model):
    for block in model.layers:
        for layer in block.layers:
            if isinstance(layer, keras.layers.Dense):
                layer.kernel.trainable = False


# %% freeze | wrong | only the last block frozen
def freeze(model):
    model.layers[-1].trainable = False


# %% unfreeze_last | right | one switch for each block
def unfreeze_last(model, n):
    model.trainable = True
    for i, block in enumerate(model.layers):
        block.trainable = i >= len(model.layers) - n


# %% unfreeze_last | right | all off, the whole on again, the last on
def unfreeze_last(model, n):
    model.trainable = True
    for block in model.layers:
        block.trainable = False
    for k in range(1, n + 1):
        model.layers[-k].trainable = True


# %% unfreeze_last | wrong | everything trainable when n is 0
def unfreeze_last(model, n):
    model.trainable = True
    for block in model.layers:
        block.trainable = False
    for block in model.layers[-n:]:
        block.trainable = True


# %% unfreeze_last | wrong | the first blocks instead of the last
def unfreeze_last(model, n):
    model.trainable = True
    for i, block in enumerate(model.layers):
        block.trainable = i < n


# %% unfreeze_last | wrong | one block too many
def unfreeze_last(model, n):
    model.trainable = True
    for i, block in enumerate(model.layers):
        block.trainable = i >= len(model.layers) - 1 - n


# %% unfreeze_last | wrong | only the matrices trainable
def unfreeze_last(model, n):
    model.trainable = True
    for i, block in enumerate(model.layers):
        block.trainable = i >= len(model.layers) - n
        if block.trainable:
            block.layers[0].bias.trainable = False
            block.layers[1].gamma.trainable = False
            block.layers[1].beta.trainable = False


# %% unfreeze_last | wrong | everything trainable
def unfreeze_last(model, n):
    model.trainable = True
    for block in model.layers:
        block.trainable = True


# %% unfreeze_last | wrong | a whole that was on already
def unfreeze_last(model, n):
    model.trainable = True
    for block in model.layers[: len(model.layers) - n]:
        block.trainable = False


# %% unfreeze_last | wrong | a switch inside a switch
def unfreeze_last(model, n):
    model.trainable = False
    for block in model.layers[len(model.layers) - n :]:
        block.trainable = True


# %% fine_tune_step | right | two optimisers
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    with tf.GradientTape() as tape:
        logits = tf.matmul(backbone(x), head[0]) + head[1]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
    slow, fast = tape.gradient(loss, [backbone.trainable_variables, head])
    keras.optimizers.SGD(lr_backbone).apply_gradients(zip(slow, backbone.trainable_variables))
    for variable, gradient in zip(head, fast):
        variable.assign(variable - lr_head * gradient)
    return loss


# %% fine_tune_step | right | a persistent tape
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    w, b = head
    with tf.GradientTape(persistent=True) as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, backbone(x, training=False) @ w + b)
        loss = tf.reduce_mean(losses)
    for v in backbone.trainable_variables:
        v.assign_add(-lr_backbone * tape.gradient(loss, v))
    w.assign_sub(lr_head * tape.gradient(loss, w))
    b.assign_sub(lr_head * tape.gradient(loss, b))
    return loss.numpy()


# %% fine_tune_step | wrong | one learning rate for both
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    variables = [*backbone.trainable_variables, *head]
    with tf.GradientTape() as tape:
        logits = backbone(x) @ head[0] + head[1]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    for v, g in zip(variables, tape.gradient(loss, variables)):
        v.assign_sub(lr_head * g)
    return float(loss)


# %% fine_tune_step | wrong | learning rates exchanged
def fine_tune_step(backbone, head, x, y, lr_head, lr_backbone):
    with tf.GradientTape() as tape:
        logits = backbone(x) @ head[0] + head[1]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    slow, fast = tape.gradient(loss, [backbone.trainable_variables, head])
    for v, g in zip(backbone.trainable_variables, slow):
        v.assign_sub(lr_backbone * g)
    for v, g in zip(head, fast):
        v.assign_sub(lr_head * g)
    return float(loss)


# %% fine_tune_step | wrong | the backbone's rate for both
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    variables = [*backbone.trainable_variables, *head]
    with tf.GradientTape() as tape:
        logits = backbone(x) @ head[0] + head[1]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    for v, g in zip(variables, tape.gradient(loss, variables)):
        v.assign_sub(lr_backbone * g)
    return float(loss)


# %% fine_tune_step | wrong | the backbone never moves
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    features = backbone(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=features @ head[0] + head[1]))
    for v, g in zip(head, tape.gradient(loss, head)):
        v.assign_sub(lr_head * g)
    return float(loss)


# %% fine_tune_step | wrong | the head never moves
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    w, b = head
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=backbone(x) @ w + b))
    slow, (dw, db) = tape.gradient(loss, [backbone.trainable_variables, [w, b]])
    for v, g in zip(backbone.trainable_variables, slow):
        v.assign_sub(lr_backbone * g)
    w = w - lr_head * dw
    b = b - lr_head * db
    return float(loss)


# %% fine_tune_step | wrong | sum instead of mean
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    with tf.GradientTape() as tape:
        logits = backbone(x) @ head[0] + head[1]
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    slow, fast = tape.gradient(loss, [backbone.trainable_variables, head])
    for v, g in zip(backbone.trainable_variables, slow):
        v.assign_sub(lr_backbone * g)
    for v, g in zip(head, fast):
        v.assign_sub(lr_head * g)
    return float(loss)


# %% fine_tune_step | wrong | a step up instead of down
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    with tf.GradientTape() as tape:
        logits = backbone(x) @ head[0] + head[1]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    slow, fast = tape.gradient(loss, [backbone.trainable_variables, head])
    for v, g in zip(backbone.trainable_variables, slow):
        v.assign_add(lr_backbone * g)
    for v, g in zip(head, fast):
        v.assign_add(lr_head * g)
    return float(loss)
