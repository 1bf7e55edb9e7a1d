# %% xavier | right | a truncated normal of the generator
def xavier(fan_in, fan_out, generator):
    # two standard deviations on each side are left, which makes the numbers narrower by a known factor
    spread = tf.sqrt(2.0 / (fan_in + fan_out)) / 0.87962566
    return generator.truncated_normal([fan_in, fan_out], stddev=spread)


# %% xavier | right | stateless numbers from a seed of the generator
def xavier(n_in, n_out, rng):
    seed = rng.make_seeds(1)[:, 0]
    limit = np.sqrt(6 / (n_in + n_out))
    return tf.random.stateless_uniform((n_in, n_out), seed=seed, minval=-limit, maxval=limit)


# %% xavier | right | Keras's scaling of variances
def xavier(fan_in, fan_out, generator):
    number = generator.uniform([], 0, 10**9, dtype=tf.int64).numpy()
    rule = keras.initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal", seed=int(number))
    return rule(shape=(fan_in, fan_out))


# %% dropout | right | a branch by tf.cond
def dropout(x, p, training, generator):
    def thin():
        survivors = tf.less_equal(p, generator.uniform(shape=x.shape))
        return tf.where(survivors, x, 0.0) / (1.0 - p)

    return tf.cond(tf.constant(bool(training)), thin, lambda: x)


# %% dropout | right | rounding up random numbers
def dropout(x, p, training, generator):
    if training:
        gate = tf.floor(1.0 - p + generator.uniform(tf.shape(x), dtype=x.dtype))
        return tf.math.divide(x, 1.0 - p) * gate
    else:
        return x


# %% dropout | right | Keras's function with a seed from the generator
def dropout(x, p, training, generator):
    if not training:
        return x
    seed = int(generator.uniform([], maxval=2**31 - 1, dtype=tf.int32))
    return keras.random.dropout(x, rate=p, seed=seed)


# %% dropout | right | a NumPy mask, one example after the other
def dropout(x, p, training, generator):
    if not training:
        return tf.convert_to_tensor(x)
    rows = []
    for row in x:
        mask = generator.uniform(row.shape).numpy() > p
        rows.append(row * mask.astype("float32") / (1 - p))
    return tf.stack(rows)


# %% batch_norm | right | mean of squares minus square of the mean, in double precision
def batch_norm(x, state, training):
    wide = tf.cast(x, tf.float64)
    if training:
        mean = tf.reduce_mean(wide, axis=0)
        var = tf.reduce_mean(wide * wide, axis=0) - mean * mean
        for key, new in (("mean", mean), ("var", var)):
            state[key] = state["keep"] * state[key] + (1 - state["keep"]) * tf.cast(new, tf.float32)
    else:
        mean, var = tf.cast(state["mean"], tf.float64), tf.cast(state["var"], tf.float64)
    hat = (wide - mean) / tf.sqrt(tf.nn.relu(var) + state["eps"])
    return tf.cast(hat, tf.float32) * state["gamma"] + state["beta"]


# %% batch_norm | right | one scale and one shift
def batch_norm(x, state, training):
    def fold(mean, var):
        scale = state["gamma"] * (var + state["eps"]) ** -0.5
        return scale * (x - mean) + state["beta"]

    if not training:
        return fold(state["mean"], state["var"])
    n = x.shape[0]
    mean = tf.einsum("nf->f", x) / n
    var = tf.einsum("nf,nf->f", x - mean, x - mean) / n
    state.update(
        {
            k: old + (new - old) * (1 - state["keep"])
            for k, old, new in (("mean", state["mean"], mean), ("var", state["var"], var))
        }
    )
    return fold(mean, var)


# %% batch_norm | right | a layer of Keras that is given the state
def batch_norm(x, state, training):
    layer = keras.layers.BatchNormalization(momentum=state["keep"], epsilon=state["eps"])
    layer.build(x.shape)
    layer.set_weights([np.asarray(tf.convert_to_tensor(state[k])) for k in ("gamma", "beta", "mean", "var")])
    y = layer(x, training=training)
    if training:
        state["mean"] = tf.convert_to_tensor(layer.moving_mean)
        state["var"] = tf.convert_to_tensor(layer.moving_variance)
    return y


# %% adam_step | right | an enumeration and a helper
def _mix(old, new, beta):
    return beta * old + (1 - beta) * new


def adam_step(params, grads, state, lr):
    t = state["step"] + 1
    state["step"] = t
    for index, gradient in enumerate(grads):
        state["m"][index] = _mix(state["m"][index], gradient, 0.9)
        state["v"][index] = _mix(state["v"][index], tf.pow(gradient, 2), 0.999)
        up = tf.divide(state["m"][index], 1 - 0.9**t)
        down = tf.add(tf.sqrt(tf.divide(state["v"][index], 1 - 0.999**t)), 1e-8)
        params[index].assign_add(tf.negative(lr * up / down))


# %% adam_step | right | NumPy inside
def adam_step(params, grads, state, lr):
    state["step"] += 1
    for i in range(len(params)):
        g = grads[i].numpy().astype(np.float64)
        m = 0.9 * np.asarray(state["m"][i]) + 0.1 * g
        v = 0.999 * np.asarray(state["v"][i]) + 0.001 * g * g
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9 ** state["step"]), v / (1 - 0.999 ** state["step"])
        params[i].assign(params[i].numpy() - (lr * m_hat / (np.sqrt(v_hat) + 1e-8)).astype(np.float32))


# %% clip_by_global_norm | right | one flat vector, cut up again
def clip_by_global_norm(grads, limit):
    flat = tf.clip_by_norm(tf.concat([tf.reshape(g, (-1,)) for g in grads], 0), limit)
    pieces = tf.split(flat, [int(tf.size(g)) for g in grads])
    return [tf.reshape(piece, g.shape) for piece, g in zip(pieces, grads, strict=True)]


# %% clip_by_global_norm | right | a factor of at most 1
def clip_by_global_norm(grads, limit):
    squares = [float(tf.reduce_sum(tf.cast(g, tf.float64) ** 2)) for g in grads]
    norm = math.sqrt(sum(squares))
    factor = limit / max(limit, norm)
    return tf.nest.map_structure(lambda g: g * factor, grads)


# %% clip_by_global_norm | right | tf.cond, and division without NaN
def clip_by_global_norm(grads, limit):
    norm = tf.norm([tf.norm(g) for g in grads])
    factor = tf.cond(norm > limit, lambda: tf.math.divide_no_nan(limit, norm), lambda: tf.constant(1.0))
    return [tf.multiply(factor, g) for g in grads]


# %% weight_decay_step | right | a switch for what decays
def weight_decay_step(params, grads, velocity, lr, decay):
    for layer, pair in enumerate(params):
        for which, rate in ((0, decay), (1, 0.0)):
            speed = tf.add(tf.multiply(0.9, velocity[layer][which]), grads[layer][which])
            velocity[layer][which] = speed
            pair[which].assign(pair[which] * (1 - lr * rate) - lr * speed)


# %% weight_decay_step | right | first all velocities, then all parameters
def weight_decay_step(params, grads, velocity, lr, decay):
    velocity[:] = [[0.9 * v + g for v, g in zip(vs, gs, strict=True)] for vs, gs in zip(velocity, grads, strict=True)]
    for (w, b), (vw, vb) in zip(params, velocity, strict=True):
        w.assign_sub(lr * (vw + decay * w))
        b.assign_sub(lr * vb)


# %% weight_decay_step | right | velocities as variables of its own
def weight_decay_step(params, grads, velocity, lr, decay):
    for i, pair in enumerate(params):
        speeds = [tf.Variable(v) for v in velocity[i]]
        for speed, slope in zip(speeds, grads[i], strict=True):
            speed.assign(0.9 * speed + slope)
        velocity[i] = speeds
        shrunk = pair[0] - lr * decay * pair[0]
        pair[0].assign(shrunk - lr * speeds[0])
        pair[1].assign_sub(lr * speeds[1])


# %% xavier | right | uniform between the bounds
def xavier(fan_in, fan_out, generator):
    a = math.sqrt(6 / (fan_in + fan_out))
    return generator.uniform((fan_in, fan_out), -a, a)


# %% xavier | right | uniform from 0 to 1, stretched and shifted
def xavier(fan_in, fan_out, generator):
    bound = np.sqrt(6.0 / (fan_in + fan_out))
    return (generator.uniform(shape=[fan_in, fan_out]) - 0.5) * 2 * bound


# %% xavier | right | normal with its deviation, in double precision
def xavier(fan_in, fan_out, generator):
    variance = 2 / (fan_in + fan_out)
    return generator.normal((fan_in, fan_out), mean=0.0, stddev=variance**0.5, dtype=tf.float64)


# %% xavier | right | column after column, then transposed
def xavier(fan_in, fan_out, generator):
    columns = [generator.normal((fan_in,)) for _ in range(fan_out)]
    return tf.transpose(tf.stack(columns)) * tf.sqrt(2 / (fan_in + fan_out))


# %% xavier | right | the framework's stateless Glorot start, seeded by the generator
def xavier(fan_in, fan_out, generator):
    seed = int(generator.uniform((), 0, 2**31 - 1, dtype=tf.int32))
    return tf.keras.initializers.GlorotUniform(seed=seed)((fan_in, fan_out))


# %% batch_norm | right | tf.nn.moments and tf.nn.batch_normalization
def batch_norm(x, state, training):
    if training:
        mean, var = tf.nn.moments(x, axes=[0])
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    return tf.nn.batch_normalization(x, mean, var, state["beta"], state["gamma"], state["eps"])


# %% batch_norm | right | by hand with keepdims, records squeezed and cut off from the gradient
def batch_norm(x, state, training):
    m, v = state["mean"], state["var"]
    if training:
        m = tf.reduce_mean(x, axis=0, keepdims=True)
        v = tf.reduce_mean(tf.square(x - m), axis=0, keepdims=True)
        for name, new in {"mean": m, "var": v}.items():
            state[name] = state["keep"] * state[name] + (1 - state["keep"]) * tf.stop_gradient(tf.squeeze(new, axis=0))
    return (x - m) / tf.sqrt(v + state["eps"]) * state["gamma"] + state["beta"]


# %% batch_norm | right | reduce_variance and rsqrt, gamma folded into a scale and a shift
def batch_norm(x, state, training):
    if not training:
        scale = state["gamma"] * tf.math.rsqrt(state["var"] + state["eps"])
        return x * scale + (state["beta"] - state["mean"] * scale)
    mean, var = tf.math.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
    old, new = state["keep"], 1.0 - state["keep"]
    state.update(mean=state["mean"] * old + mean * new, var=state["var"] * old + var * new)
    return state["gamma"] * ((x - mean) * tf.math.rsqrt(var + state["eps"])) + state["beta"]


# %% batch_norm | right | the records kept as NumPy arrays
def batch_norm(x, state, training):
    if training:
        mean = tf.reduce_mean(x, axis=0)
        var = tf.math.reduce_std(x, axis=0) ** 2
        k = state["keep"]
        state["mean"] = (k * np.asarray(state["mean"]) + (1 - k) * mean.numpy()).astype(np.float32)
        state["var"] = (k * np.asarray(state["var"]) + (1 - k) * var.numpy()).astype(np.float32)
    else:
        mean, var = state["mean"], state["var"]
    return state["gamma"] * (x - mean) / tf.sqrt(var + state["eps"]) + state["beta"]


# %% dropout | right | uniform against p, cast to a mask
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) >= p, x.dtype)
    return x * mask / (1 - p)


# %% dropout | right | where, with tf.shape
def dropout(x, p, training, generator):
    if training:
        lost = generator.uniform(tf.shape(x), 0.0, 1.0) < p
        return tf.where(lost, tf.zeros_like(x), x / (1.0 - p))
    return tf.identity(x)


# %% dropout | right | floor of keep probability plus a uniform number
def dropout(x, p, training, generator):
    keep = 1 - p
    if training:
        x = tf.floor(keep + generator.uniform(x.shape)) * x / keep
    return x


# %% dropout | right | the framework's stateless dropout with seeds from the generator
def dropout(x, p, training, generator):
    if not training:
        return x
    seed = generator.make_seeds(1)[:, 0]
    return tf.nn.experimental.stateless_dropout(x, rate=p, seed=seed, rng_alg="philox")


# %% weight_decay_step | right | index loops
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            velocity[i][j] = 0.9 * velocity[i][j] + grads[i][j]
            step = lr * velocity[i][j]
            if j == 0:
                step = step + lr * decay * params[i][j]
            params[i][j].assign_sub(step)


# %% weight_decay_step | right | decay first by multiplication, then the step
def weight_decay_step(params, grads, velocity, lr, decay):
    for (w, b), (dw, db), v in zip(params, grads, velocity):
        v[0] = v[0] * 0.9 + dw
        v[1] = v[1] * 0.9 + db
        w.assign(w * (1 - lr * decay))
        w.assign_add(-lr * v[0])
        b.assign_add(-lr * v[1])


# %% weight_decay_step | right | new pairs for the velocity, then assign of the whole right side
def weight_decay_step(params, grads, velocity, lr, decay):
    for k, ((w, b), (dw, db)) in enumerate(zip(params, grads)):
        velocity[k] = [0.9 * velocity[k][0] + dw, 0.9 * velocity[k][1] + db]
        w.assign(w - lr * velocity[k][0] - lr * decay * w)
        b.assign(b - lr * velocity[k][1])


# %% adam_step | right | new lists, corrections as factors
def adam_step(params, grads, state, lr):
    b1, b2, eps = 0.9, 0.999, 1e-8
    t = state["step"] + 1
    m = [b1 * old + (1 - b1) * g for old, g in zip(state["m"], grads)]
    v = [b2 * old + (1 - b2) * tf.square(g) for old, g in zip(state["v"], grads)]
    for p, a, s in zip(params, m, v):
        p.assign(p - lr / (1 - b1**t) * a / (tf.sqrt(s) / math.sqrt(1 - b2**t) + eps))
    state["step"], state["m"], state["v"] = t, m, v


# %% adam_step | right | powers as tensors, old values moved towards the new ones
def adam_step(params, grads, state, lr):
    state.update(step=state["step"] + 1)
    t = tf.cast(state["step"], tf.float32)
    for k in range(len(params)):
        state["m"][k] += 0.1 * (grads[k] - state["m"][k])
        state["v"][k] += 0.001 * (grads[k] * grads[k] - state["v"][k])
        m = state["m"][k] / (1 - tf.pow(0.9, t))
        v = state["v"][k] / (1 - tf.pow(0.999, t))
        params[k].assign_add(-lr * m / (v**0.5 + 1e-8))


# %% clip_by_global_norm | right | the sum of squares, an if
def clip_by_global_norm(grads, limit):
    norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in grads))
    if norm > limit:
        return [g * (limit / norm) for g in grads]
    return [tf.identity(g) for g in grads]


# %% clip_by_global_norm | right | the framework's own function
def clip_by_global_norm(grads, limit):
    clipped, _ = tf.clip_by_global_norm(grads, limit)
    return list(clipped)


# %% clip_by_global_norm | right | the global norm of the framework, the factor at most 1
def clip_by_global_norm(grads, limit):
    norm = tf.linalg.global_norm(grads)
    factor = tf.minimum(1.0, tf.math.divide_no_nan(limit, norm))
    factor = tf.where(norm > 0, factor, 1.0)
    return [factor * g for g in grads]


# %% clip_by_global_norm | right | the norm in Python's double precision
def clip_by_global_norm(grads, limit):
    norm = math.hypot(*[float(tf.norm(g)) for g in grads])
    if norm <= limit:
        return grads
    return [g / norm * limit for g in grads]
