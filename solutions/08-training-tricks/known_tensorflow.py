"""Known answers of 08-training-tricks in TensorFlow: each mistake as a student writes it, and right answers that look different."""


# %% xavier | right | normal instead of uniform
def xavier(fan_in, fan_out, generator):
    return generator.normal((fan_in, fan_out), stddev=math.sqrt(2 / (fan_in + fan_out)))


# %% xavier | right | the framework's own rule
def xavier(fan_in, fan_out, generator):
    seed = int(generator.uniform((), maxval=2**31 - 1, dtype=tf.int32))
    return keras.initializers.GlorotUniform(seed=seed)((fan_in, fan_out))


# %% xavier | right | uniform_ in place / double precision
def xavier(fan_in, fan_out, generator):
    a = tf.constant((6 / (fan_in + fan_out)) ** 0.5, tf.float64)
    return generator.uniform([fan_in, fan_out], -a, a, dtype=tf.float64)


# %% xavier | right | as a parameter
def xavier(fan_in, fan_out, generator):
    w = generator.uniform((fan_in, fan_out)) - 0.5
    return tf.Variable(w * np.sqrt(24 / (fan_in + fan_out)))


# %% xavier | wrong | fan_in and fan_out swapped
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return generator.uniform((fan_out, fan_in), -bound, bound)


# %% xavier | wrong | only positive weights
def xavier(fan_in, fan_out, generator):
    return generator.uniform((fan_in, fan_out), 0, math.sqrt(6 / (fan_in + fan_out)))


# %% xavier | wrong | uniform bound without sqrt(3)
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(2 / (fan_in + fan_out))
    return generator.uniform((fan_in, fan_out), -bound, bound)


# %% xavier | wrong | the uniform bound as the deviation of normal numbers
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return bound * generator.normal((fan_in, fan_out))


# %% xavier | wrong | He instead of Xavier
def xavier(fan_in, fan_out, generator):
    return generator.normal((fan_in, fan_out)) * math.sqrt(2 / fan_in)


# %% xavier | wrong | 1 / fan_in instead of 2 / (fan_in + fan_out)
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(3 / fan_in)
    return generator.uniform((fan_in, fan_out), -bound, bound)


# %% xavier | wrong | fan_out only
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / fan_out)
    return generator.uniform((fan_in, fan_out), -bound, bound)


# %% xavier | wrong | factor 2 forgotten
def xavier(fan_in, fan_out, generator):
    return generator.normal((fan_in, fan_out)) * math.sqrt(1 / (fan_in + fan_out))


# %% xavier | wrong | variance used as standard deviation
def xavier(fan_in, fan_out, generator):
    return generator.normal((fan_in, fan_out)) * (2 / (fan_in + fan_out))


# %% xavier | wrong | standard deviation 1 for every layer
def xavier(fan_in, fan_out, generator):
    return generator.normal((fan_in, fan_out)) * 1.0


# %% xavier | wrong | the same small scale for every layer
def xavier(fan_in, fan_out, generator):
    return generator.normal((fan_in, fan_out)) * 0.01


# %% xavier | wrong | the global random state
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return tf.random.uniform((fan_in, fan_out), -bound, bound)


# %% xavier | wrong | seeded inside
def xavier(fan_in, fan_out, generator):
    return keras.initializers.GlorotUniform(seed=42)((fan_in, fan_out))


# %% dropout | right | where
def dropout(x, p, training, generator):
    if training:
        drawn = generator.uniform(tf.shape(x))
        return tf.where(drawn < p, tf.zeros_like(x), x / (1 - p))
    return x


# %% dropout | right | bernoulli or binomial draws
def dropout(x, p, training, generator):
    if not training:
        return tf.identity(x)
    kept = generator.binomial(x.shape, counts=1.0, probs=1 - p, dtype=tf.float32)
    return x * (kept / (1 - p))


# %% dropout | right | a method for masks
def dropout(x, p, training, generator):
    if not training:
        return x
    seed = generator.make_seeds()[:, 0]
    return tf.nn.experimental.stateless_dropout(x, p, seed=seed)


# %% dropout | wrong | p as the probability to keep
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) < p, tf.float32)
    return x * mask / p


# %% dropout | wrong | p as the probability to keep
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) < p, tf.float32)
    return x * mask / (1 - p)


# %% dropout | wrong | scaled in evaluation instead of training
def dropout(x, p, training, generator):
    if not training:
        return x * (1 - p)
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask


# %% dropout | wrong | active in evaluation
def dropout(x, p, training, generator):
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask / (1 - p)


# %% dropout | wrong | active in evaluation, and no 1 / (1 - p)
def dropout(x, p, training, generator):
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask


# %% dropout | wrong | scaled in evaluation as well
def dropout(x, p, training, generator):
    if not training:
        return x / (1 - p)
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask / (1 - p)


# %% dropout | wrong | training and evaluation exchanged
def dropout(x, p, training, generator):
    if training:
        return x
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask / (1 - p)


# %% dropout | wrong | no 1 / (1 - p)
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask


# %% dropout | wrong | multiplied by 1 - p
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask * (1 - p)


# %% dropout | wrong | divided by p
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask / p


# %% dropout | wrong | divided by the share that happened to be kept
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape) >= p, tf.float32)
    return x * mask / tf.reduce_mean(mask)


# %% dropout | wrong | one mask for the whole batch
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = tf.cast(generator.uniform(x.shape[1:]) >= p, tf.float32)
    return x * mask / (1 - p)


# %% dropout | wrong | the global random state
def dropout(x, p, training, generator):
    return tf.nn.dropout(x, p) if training else x


# %% dropout | wrong | seeded inside
def dropout(x, p, training, generator):
    if not training:
        return x
    return tf.nn.experimental.stateless_dropout(x, p, seed=(1, 2))


# %% batch_norm | right | a method of the framework in training and one in evaluation
def batch_norm(x, state, training):
    if training:
        mean, var = tf.nn.moments(x, 0)
        for name, value in (("mean", mean), ("var", var)):
            state[name] = state[name] + (1 - state["keep"]) * (value - state[name])
    else:
        mean, var = state["mean"], state["var"]
    return tf.nn.batch_normalization(x, mean, var, state["beta"], state["gamma"], state["eps"])


# %% batch_norm | right | squares by hand, with (1, features) in between
def batch_norm(x, state, training):
    mean, var = state["mean"], state["var"]
    if training:
        mean = tf.reduce_mean(x, axis=0, keepdims=True)
        var = tf.reduce_mean((x - mean) ** 2, axis=0, keepdims=True)
        state["mean"] = state["mean"] - (1 - state["keep"]) * (state["mean"] - mean[0])
        state["var"] = state["var"] - (1 - state["keep"]) * (state["var"] - var[0])
    return (x - mean) * tf.math.rsqrt(var + state["eps"]) * state["gamma"] + state["beta"]


# %% batch_norm | right | update at the end / a loop over the features
def batch_norm(x, state, training):
    columns, means, variances = [], [], []
    for k in range(x.shape[1]):
        column = x[:, k]
        mean = tf.reduce_mean(column) if training else state["mean"][k]
        var = tf.math.reduce_variance(column) if training else state["var"][k]
        columns.append(state["gamma"][k] * (column - mean) / (var + state["eps"]) ** 0.5 + state["beta"][k])
        means.append(mean)
        variances.append(var)
    if training:
        keep = state["keep"]
        state.update(
            mean=keep * state["mean"] + (1 - keep) * tf.stack(means), var=keep * state["var"] + (1 - keep) * tf.stack(variances)
        )
    return tf.stack(columns, axis=1)


# %% batch_norm | wrong | batch statistics in evaluation
def batch_norm(x, state, training):
    mean, var = tf.nn.moments(x, 0)
    if training:
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    return state["gamma"] * (x - mean) / tf.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | wrong | the updated running statistics used in training
def batch_norm(x, state, training):
    if training:
        keep = state["keep"]
        mean, var = tf.nn.moments(x, 0)
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    mean, var = state["mean"], state["var"]
    return state["gamma"] * (x - mean) / tf.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | wrong | running statistics used in training
def batch_norm(x, state, training):
    y = state["gamma"] * (x - state["mean"]) / tf.sqrt(state["var"] + state["eps"]) + state["beta"]
    if training:
        keep = state["keep"]
        mean, var = tf.nn.moments(x, 0)
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    return y


# %% batch_norm | wrong | keep and momentum confused
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = (1 - keep) * state["mean"] + keep * mean
        state["var"] = (1 - keep) * state["var"] + keep * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | running statistics not updated
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | running statistics updated in evaluation
def batch_norm(x, state, training):
    used = tf.nn.moments(x, 0) if training else (state["mean"], state["var"])
    keep = state["keep"]
    mean, var = tf.nn.moments(x, 0)
    state["mean"] = keep * state["mean"] + (1 - keep) * mean
    state["var"] = keep * state["var"] + (1 - keep) * var
    mean, var = used
    return state["gamma"] * (x - mean) / tf.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | wrong | running statistics replaced by those of the last batch
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = 0 * state["mean"] + 1 * mean
        state["var"] = 0 * state["var"] + 1 * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | unbiased variance
def batch_norm(x, state, training):
    if training:
        mean = tf.reduce_mean(x, 0)
        var = tf.reduce_sum((x - mean) ** 2, 0) / (len(x) - 1)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | unbiased variance in the running statistics
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * tf.math.reduce_variance(x, 0) * len(x) / (len(x) - 1)
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | standard deviation in place of the variance
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * tf.sqrt(var)
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | eps outside the root
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / (tf.sqrt(var) + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | eps forgotten
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var)
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | divided by the variance
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / (var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | normalised over the features
def batch_norm(x, state, training):
    if training:
        mean, var = tf.nn.moments(x, 1, keepdims=True)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | gamma and beta forgotten
def batch_norm(x, state, training):
    if training:
        mean, var = tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / tf.sqrt(var + state["eps"])
    return z


# %% adam_step | right | in place, by the optimiser's own words
def adam_step(params, grads, state, lr):
    state["step"] = state["step"] + 1
    m = [0.9 * old + 0.1 * g for old, g in zip(state["m"], grads)]
    v = [0.999 * old + 0.001 * tf.square(g) for old, g in zip(state["v"], grads)]
    state["m"], state["v"] = m, v
    for p, a, b in zip(params, m, v):
        a, b = a / (1 - 0.9 ** state["step"]), b / (1 - 0.999 ** state["step"])
        p.assign(p - lr * a / (tf.sqrt(b) + 1e-8))


# %% adam_step | right | the library's functional optimiser / new lists
def adam_step(params, grads, state, lr):
    b1, b2, eps = 0.9, 0.999, 1e-8
    t = state["step"] = state["step"] + 1
    for k in range(len(params)):
        state["m"][k] += (1 - b1) * (grads[k] - state["m"][k])
        state["v"][k] += (1 - b2) * (grads[k] ** 2 - state["v"][k])
        rate = lr * math.sqrt(1 - b2**t) / (1 - b1**t)
        params[k].assign_sub(rate * state["m"][k] / (tf.sqrt(state["v"][k]) + eps * math.sqrt(1 - b2**t)))


# %% adam_step | wrong | no bias correction
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m, v
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | only m corrected
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat = m / (1 - 0.9**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v) + 1e-8))


# %% adam_step | wrong | v corrected outside the root
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat = m / (1 - 0.9**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v) / (1 - 0.999**t) + 1e-8))


# %% adam_step | wrong | step counter not raised
def adam_step(params, grads, state, lr):
    state["step"] += 1
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9), v / (1 - 0.999)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | step counter starting at 0
def adam_step(params, grads, state, lr):
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | step counter not raised
def adam_step(params, grads, state, lr):
    t = state["step"] + 1
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | a step counted for every parameter
def adam_step(params, grads, state, lr):
    for i, (w, g) in enumerate(zip(params, grads)):
        state["step"] += 1
        t = state["step"]
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | m and v not stored
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | corrected m and v stored
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        state["m"][i], state["v"][i] = m_hat, v_hat
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | eps under the root
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat + 1e-8)))


# %% adam_step | wrong | eps added before the correction
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / ((tf.sqrt(v) + 1e-8) / math.sqrt(1 - 0.999**t)))


# %% adam_step | wrong | eps forgotten
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat)))


# %% adam_step | wrong | the root forgotten
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (v_hat + 1e-8))


# %% adam_step | wrong | one norm for the whole tensor
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * tf.norm(g) ** 2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | betas exchanged
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.999 * state["m"][i] + 0.001 * g
        v = 0.9 * state["v"][i] + 0.1 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.999**t), v / (1 - 0.9**t)
        w.assign_sub(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% adam_step | wrong | parameters never change
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        params[i] = w - lr * m_hat / (tf.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | a step up instead of down
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w.assign_add(lr * m_hat / (tf.sqrt(v_hat) + 1e-8))


# %% clip_by_global_norm | right | the library's own
def clip_by_global_norm(grads, limit):
    return tf.clip_by_global_norm(grads, limit)[0]


# %% clip_by_global_norm | right | divided by the larger of the two
def clip_by_global_norm(grads, limit):
    everything = tf.concat([tf.reshape(g, [-1]) for g in grads], axis=0)
    factor = limit / tf.maximum(tf.norm(everything), limit)
    return [factor * g for g in grads]


# %% clip_by_global_norm | right | norm of the norms, a tuple
def clip_by_global_norm(grads, limit):
    norm = tf.linalg.global_norm(grads)
    if norm > limit:
        grads = [g * limit / norm for g in grads]
    return tuple(grads)


# %% clip_by_global_norm | wrong | each tensor clipped alone
def clip_by_global_norm(grads, limit):
    return [tf.clip_by_norm(g, limit) for g in grads]


# %% clip_by_global_norm | wrong | each number clipped
def clip_by_global_norm(grads, limit):
    return [tf.clip_by_value(g, -limit, limit) for g in grads]


# %% clip_by_global_norm | wrong | always rescaled
def clip_by_global_norm(grads, limit):
    norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in grads))
    return [g * limit / norm for g in grads]


# %% clip_by_global_norm | wrong | always rescaled, and saved from 0 / 0
def clip_by_global_norm(grads, limit):
    norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in grads))
    return [g * limit / (norm + 1e-6) for g in grads]


# %% clip_by_global_norm | wrong | limit forgotten
def clip_by_global_norm(grads, limit):
    norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in grads))
    return [g / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | sum of the norms
def clip_by_global_norm(grads, limit):
    norm = sum(tf.norm(g) for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | largest of the norms
def clip_by_global_norm(grads, limit):
    norm = max(tf.norm(g) for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | square of the norm
def clip_by_global_norm(grads, limit):
    norm = sum(tf.reduce_sum(g * g) for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | sum of the magnitudes
def clip_by_global_norm(grads, limit):
    norm = sum(tf.reduce_sum(tf.abs(g)) for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | clipped to zero
def clip_by_global_norm(grads, limit):
    norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in grads))
    return [tf.zeros_like(g) if norm > limit else g for g in grads]


# %% weight_decay_step | right | shrunk first, velocities in place / assigned
def weight_decay_step(params, grads, velocity, lr, decay):
    for k, ((w, b), (dw, db)) in enumerate(zip(params, grads)):
        velocity[k] = (0.9 * velocity[k][0] + dw, 0.9 * velocity[k][1] + db)
        w.assign(w * (1 - lr * decay))
        for part, speed in zip((w, b), velocity[k]):
            part.assign_add(-lr * speed)


# %% weight_decay_step | right | velocities that contain the learning rate
def weight_decay_step(params, grads, velocity, lr, decay):
    for (w, b), (dw, db), v in zip(params, grads, velocity):
        v[0] = 0.9 * v[0] - lr * dw
        v[1] = 0.9 * v[1] - lr * db
        w.assign_add(v[0] - lr * decay * w)
        b.assign_add(v[1])


# %% weight_decay_step | wrong | biases decayed
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = lr * decay * w
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | L2 penalty instead of decoupled decay
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            g = g + decay * w if j == 0 else g
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | L2 penalty on weights and biases
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            g = g + decay * w
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | no momentum
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            shrink = lr * decay * w if j == 0 else 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | velocity as a mean
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + 0.1 * g
            velocity[i][j] = v
            shrink = lr * decay * w if j == 0 else 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | decay without lr
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = decay * w if j == 0 else 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | decay twice as strong
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = lr * 2 * decay * w if j == 0 else 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | weights grow
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = -lr * decay * w if j == 0 else 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | decay after the step
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            w.assign_sub(lr * v)
            if j == 0:
                w.assign_sub(lr * decay * w)


# %% weight_decay_step | wrong | decay forgotten
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = 0.0
            w.assign_sub(lr * v + shrink)


# %% weight_decay_step | wrong | parameters never change
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = lr * decay * w if j == 0 else 0.0
            w = w - lr * v - shrink


# %% weight_decay_step | wrong | a step up instead of down
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = lr * decay * w if j == 0 else 0.0
            w.assign_add(lr * v - shrink)
