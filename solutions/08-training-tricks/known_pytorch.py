"""Known answers of 08-training-tricks in PyTorch: each mistake as a student writes it, and right answers that look different."""


# %% xavier | right | normal instead of uniform
def xavier(fan_in, fan_out, generator):
    return torch.randn(fan_in, fan_out, generator=generator) * math.sqrt(2 / (fan_in + fan_out))


# %% xavier | right | the framework's own rule
def xavier(fan_in, fan_out, generator):
    w = torch.empty(fan_in, fan_out)
    return nn.init.xavier_uniform_(w, generator=generator)


# %% xavier | right | uniform_ in place / double precision
def xavier(fan_in, fan_out, generator):
    a = (6 / (fan_in + fan_out)) ** 0.5
    return torch.empty((fan_in, fan_out)).uniform_(-a, a, generator=generator)


# %% xavier | right | as a parameter
def xavier(fan_in, fan_out, generator):
    w = torch.rand(fan_in, fan_out, generator=generator) - 0.5
    return nn.Parameter(w * np.sqrt(24 / (fan_in + fan_out)).astype(np.float32))


# %% xavier | wrong | fan_in and fan_out swapped
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return (2 * torch.rand(fan_out, fan_in, generator=generator) - 1) * bound


# %% xavier | wrong | only positive weights
def xavier(fan_in, fan_out, generator):
    return torch.rand(fan_in, fan_out, generator=generator) * math.sqrt(6 / (fan_in + fan_out))


# %% xavier | wrong | uniform bound without sqrt(3)
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(2 / (fan_in + fan_out))
    return (2 * torch.rand(fan_in, fan_out, generator=generator) - 1) * bound


# %% xavier | wrong | the uniform bound as the deviation of normal numbers
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return bound * torch.randn(fan_in, fan_out, generator=generator)


# %% xavier | wrong | He instead of Xavier
def xavier(fan_in, fan_out, generator):
    return torch.randn(fan_in, fan_out, generator=generator) * math.sqrt(2 / fan_in)


# %% xavier | wrong | 1 / fan_in instead of 2 / (fan_in + fan_out)
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(3 / fan_in)
    return (2 * torch.rand(fan_in, fan_out, generator=generator) - 1) * bound


# %% xavier | wrong | fan_out only
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / fan_out)
    return (2 * torch.rand(fan_in, fan_out, generator=generator) - 1) * bound


# %% xavier | wrong | factor 2 forgotten
def xavier(fan_in, fan_out, generator):
    return torch.randn(fan_in, fan_out, generator=generator) * math.sqrt(1 / (fan_in + fan_out))


# %% xavier | wrong | variance used as standard deviation
def xavier(fan_in, fan_out, generator):
    return torch.randn(fan_in, fan_out, generator=generator) * (2 / (fan_in + fan_out))


# %% xavier | wrong | standard deviation 1 for every layer
def xavier(fan_in, fan_out, generator):
    return torch.randn(fan_in, fan_out, generator=generator) * 1.0


# %% xavier | wrong | the same small scale for every layer
def xavier(fan_in, fan_out, generator):
    return torch.randn(fan_in, fan_out, generator=generator) * 0.01


# %% xavier | wrong | the global random state
def xavier(fan_in, fan_out, generator):
    bound = math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-bound, bound)


# %% xavier | wrong | seeded inside
def xavier(fan_in, fan_out, generator):
    torch.manual_seed(42)
    bound = math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-bound, bound)


# %% dropout | right | where
def dropout(x, p, training, generator):
    if training:
        drawn = torch.rand(x.shape, generator=generator)
        return torch.where(drawn < p, torch.zeros_like(x), x / (1 - p))
    return x


# %% dropout | right | bernoulli or binomial draws
def dropout(x, p, training, generator):
    if not training:
        return x.clone()
    kept = torch.bernoulli(torch.full_like(x, 1 - p), generator=generator)
    return x * (kept / (1 - p))


# %% dropout | right | a method for masks
def dropout(x, p, training, generator):
    if not training:
        return x
    return x.masked_fill(torch.rand(x.size(), generator=generator) < p, 0) / (1 - p)


# %% dropout | wrong | x changed in place
def dropout(x, p, training, generator):
    if training:
        x *= torch.rand(x.shape, generator=generator) >= p
        x /= 1 - p
    return x


# %% dropout | wrong | p as the probability to keep
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator) < p).float()
    return x * mask / p


# %% dropout | wrong | p as the probability to keep
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator) < p).float()
    return x * mask / (1 - p)


# %% dropout | wrong | scaled in evaluation instead of training
def dropout(x, p, training, generator):
    if not training:
        return x * (1 - p)
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask


# %% dropout | wrong | active in evaluation
def dropout(x, p, training, generator):
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask / (1 - p)


# %% dropout | wrong | active in evaluation, and no 1 / (1 - p)
def dropout(x, p, training, generator):
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask


# %% dropout | wrong | scaled in evaluation as well
def dropout(x, p, training, generator):
    if not training:
        return x / (1 - p)
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask / (1 - p)


# %% dropout | wrong | training and evaluation exchanged
def dropout(x, p, training, generator):
    if training:
        return x
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask / (1 - p)


# %% dropout | wrong | no 1 / (1 - p)
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask


# %% dropout | wrong | multiplied by 1 - p
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask * (1 - p)


# %% dropout | wrong | divided by p
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask / p


# %% dropout | wrong | divided by the share that happened to be kept
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator) >= p).float()
    return x * mask / mask.mean()


# %% dropout | wrong | one mask for the whole batch
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape[1:], generator=generator) >= p).float()
    return x * mask / (1 - p)


# %% dropout | wrong | the global random state
def dropout(x, p, training, generator):
    return F.dropout(x, p, training)


# %% dropout | wrong | seeded inside
def dropout(x, p, training, generator):
    torch.manual_seed(0)
    return F.dropout(x, p, training)


# %% batch_norm | right | a method of the framework in training and one in evaluation
def batch_norm(x, state, training):
    if not training:
        return F.batch_norm(x, state["mean"], state["var"], state["gamma"], state["beta"], False, 0.0, state["eps"])
    with torch.no_grad():
        state["mean"] = torch.lerp(x.mean(dim=0), state["mean"], state["keep"])
        state["var"] = torch.lerp(x.var(dim=0, unbiased=False), state["var"], state["keep"])
    return F.batch_norm(x, None, None, state["gamma"], state["beta"], True, 0.0, state["eps"])


# %% batch_norm | right | squares by hand, with (1, features) in between
def batch_norm(x, state, training):
    mean, var = state["mean"], state["var"]
    if training:
        mean = x.sum(0, keepdim=True) / len(x)
        var = ((x - mean) ** 2).sum(0, keepdim=True) / len(x)
        with torch.no_grad():
            state["mean"] = state["mean"] - (1 - state["keep"]) * (state["mean"] - mean[0])
            state["var"] = state["var"] - (1 - state["keep"]) * (state["var"] - var[0])
    return (x - mean) * torch.rsqrt(var + state["eps"]) * state["gamma"] + state["beta"]


# %% batch_norm | right | update at the end / a loop over the features
def batch_norm(x, state, training):
    if training:
        var, mean = torch.var_mean(x, dim=0, correction=0)
    else:
        mean, var = state["mean"], state["var"]
    y = torch.addcmul(state["beta"], state["gamma"], (x - mean) / (var + state["eps"]).sqrt())
    if training:
        for name, value in {"mean": mean, "var": var}.items():
            state[name].mul_(state["keep"]).add_((1 - state["keep"]) * value.detach())
    return y


# %% batch_norm | wrong | batch statistics in evaluation
def batch_norm(x, state, training):
    mean, var = x.mean(0), x.var(0, correction=0)
    if training:
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    return state["gamma"] * (x - mean) / torch.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | wrong | the updated running statistics used in training
def batch_norm(x, state, training):
    if training:
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * x.mean(0).detach()
        state["var"] = keep * state["var"] + (1 - keep) * x.var(0, correction=0).detach()
    mean, var = state["mean"], state["var"]
    return state["gamma"] * (x - mean) / torch.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | wrong | running statistics used in training
def batch_norm(x, state, training):
    y = state["gamma"] * (x - state["mean"]) / torch.sqrt(state["var"] + state["eps"]) + state["beta"]
    if training:
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * x.mean(0).detach()
        state["var"] = keep * state["var"] + (1 - keep) * x.var(0, correction=0).detach()
    return y


# %% batch_norm | wrong | keep and momentum confused
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = (1 - keep) * state["mean"] + keep * mean.detach()
        state["var"] = (1 - keep) * state["var"] + keep * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | running statistics not updated
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | running statistics updated in evaluation
def batch_norm(x, state, training):
    used = (x.mean(0), x.var(0, correction=0)) if training else (state["mean"], state["var"])
    mean, var = used
    keep = state["keep"]
    state["mean"] = keep * state["mean"] + (1 - keep) * x.mean(0).detach()
    state["var"] = keep * state["var"] + (1 - keep) * x.var(0, correction=0).detach()
    return state["gamma"] * (x - mean) / torch.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | wrong | running statistics replaced by those of the last batch
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = 0 * state["mean"] + 1 * mean.detach()
        state["var"] = 0 * state["var"] + 1 * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | unbiased variance
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | unbiased variance in the running statistics
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * x.var(0).detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | standard deviation in place of the variance
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * torch.sqrt(var).detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | eps outside the root
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / (torch.sqrt(var) + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | eps forgotten
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var)
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | divided by the variance
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / (var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | normalised over the features
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(1, keepdim=True), x.var(1, correction=0, keepdim=True)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | gamma and beta forgotten
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
        state["var"] = keep * state["var"] + (1 - keep) * var.detach()
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return z


# %% batch_norm | wrong | no gradient through the layer
def batch_norm(x, state, training):
    with torch.no_grad():
        if training:
            mean, var = x.mean(0), x.var(0, correction=0)
            keep = state["keep"]
            state["mean"] = keep * state["mean"] + (1 - keep) * mean.detach()
            state["var"] = keep * state["var"] + (1 - keep) * var.detach()
        else:
            mean, var = state["mean"], state["var"]
        z = (x - mean) / torch.sqrt(var + state["eps"])
        return state["gamma"] * z + state["beta"]


# %% batch_norm | wrong | running statistics keep the graph
def batch_norm(x, state, training):
    if training:
        mean, var = x.mean(0), x.var(0, correction=0)
        keep = state["keep"]
        state["mean"] = keep * state["mean"] + (1 - keep) * mean
        state["var"] = keep * state["var"] + (1 - keep) * var
    else:
        mean, var = state["mean"], state["var"]
    z = (x - mean) / torch.sqrt(var + state["eps"])
    return state["gamma"] * z + state["beta"]


# %% adam_step | right | in place, by the optimiser's own words
def adam_step(params, grads, state, lr):
    state["step"] = state["step"] + 1
    scale1, scale2 = 1 - 0.9 ** state["step"], 1 - 0.999 ** state["step"]
    for p, g, m, v in zip(params, grads, state["m"], state["v"]):
        m.lerp_(g, 0.1)
        v.mul_(0.999).addcmul_(g, g, value=0.001)
        p.data.addcdiv_(m / scale1, (v / scale2).sqrt_().add_(1e-8), value=-lr)


# %% adam_step | right | the library's functional optimiser / new lists
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    b1, b2, eps = 0.9, 0.999, 1e-8
    new_m, new_v = [], []
    for w, g, m, v in zip(params, grads, state["m"], state["v"]):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        with torch.no_grad():
            w.copy_(w - lr * m / (1 - b1**t) / (torch.sqrt(v / (1 - b2**t)) + eps))
        new_m.append(m)
        new_v.append(v)
    state["m"], state["v"] = new_m, new_v


# %% adam_step | wrong | no bias correction
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m, v
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | only m corrected
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat = m / (1 - 0.9**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v) + 1e-8)


# %% adam_step | wrong | v corrected outside the root
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat = m / (1 - 0.9**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v) / (1 - 0.999**t) + 1e-8)


# %% adam_step | wrong | step counter not raised
def adam_step(params, grads, state, lr):
    state["step"] += 1
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9), v / (1 - 0.999)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | step counter starting at 0
def adam_step(params, grads, state, lr):
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | step counter not raised
def adam_step(params, grads, state, lr):
    t = state["step"] + 1
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | a step counted for every parameter
def adam_step(params, grads, state, lr):
    for i, (w, g) in enumerate(zip(params, grads)):
        state["step"] += 1
        t = state["step"]
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | m and v not stored
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | corrected m and v stored
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        state["m"][i], state["v"][i] = m_hat, v_hat
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | eps under the root
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat + 1e-8))


# %% adam_step | wrong | eps added before the correction
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / ((torch.sqrt(v) + 1e-8) / math.sqrt(1 - 0.999**t))


# %% adam_step | wrong | eps forgotten
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat))


# %% adam_step | wrong | the root forgotten
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (v_hat + 1e-8)


# %% adam_step | wrong | one norm for the whole tensor
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g.norm() ** 2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | betas exchanged
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.999 * state["m"][i] + 0.001 * g
        v = 0.9 * state["v"][i] + 0.1 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.999**t), v / (1 - 0.9**t)
        with torch.no_grad():
            w -= lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | parameters never change
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        params[i] = w - lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% adam_step | wrong | a step up instead of down
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    for i, (w, g) in enumerate(zip(params, grads)):
        m = 0.9 * state["m"][i] + 0.1 * g
        v = 0.999 * state["v"][i] + 0.001 * g**2
        state["m"][i], state["v"][i] = m, v
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        with torch.no_grad():
            w += lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


# %% clip_by_global_norm | right | the library's own
def clip_by_global_norm(grads, limit):
    copies = [torch.zeros_like(g) for g in grads]
    for c, g in zip(copies, grads):
        c.grad = g.clone()
    nn.utils.clip_grad_norm_(copies, limit)
    return [c.grad for c in copies]


# %% clip_by_global_norm | right | divided by the larger of the two
def clip_by_global_norm(grads, limit):
    everything = torch.cat([g.reshape(-1) for g in grads])
    factor = limit / max(everything.norm().item(), limit)
    return [factor * g for g in grads]


# %% clip_by_global_norm | right | norm of the norms, a tuple
def clip_by_global_norm(grads, limit):
    norm = torch.stack([torch.linalg.vector_norm(g) for g in grads]).norm()
    return tuple(g * min(1.0, limit / (norm.item() + 1e-12)) for g in grads)


# %% clip_by_global_norm | wrong | gradients changed in place
def clip_by_global_norm(grads, limit):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    if norm > limit:
        for g in grads:
            g *= limit / norm
    return grads


# %% clip_by_global_norm | wrong | each tensor clipped alone
def clip_by_global_norm(grads, limit):
    return [g * limit / g.norm() if g.norm() > limit else g for g in grads]


# %% clip_by_global_norm | wrong | each number clipped
def clip_by_global_norm(grads, limit):
    return [g.clamp(-limit, limit) for g in grads]


# %% clip_by_global_norm | wrong | always rescaled
def clip_by_global_norm(grads, limit):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    return [g * limit / norm for g in grads]


# %% clip_by_global_norm | wrong | always rescaled, and saved from 0 / 0
def clip_by_global_norm(grads, limit):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    return [g * limit / (norm + 1e-6) for g in grads]


# %% clip_by_global_norm | wrong | limit forgotten
def clip_by_global_norm(grads, limit):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    return [g / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | sum of the norms
def clip_by_global_norm(grads, limit):
    norm = sum(g.norm() for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | largest of the norms
def clip_by_global_norm(grads, limit):
    norm = max(g.norm() for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | square of the norm
def clip_by_global_norm(grads, limit):
    norm = sum((g**2).sum() for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | sum of the magnitudes
def clip_by_global_norm(grads, limit):
    norm = sum(g.abs().sum() for g in grads)
    return [g * limit / norm if norm > limit else g for g in grads]


# %% clip_by_global_norm | wrong | clipped to zero
def clip_by_global_norm(grads, limit):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    return [torch.zeros_like(g) if norm > limit else g for g in grads]


# %% weight_decay_step | right | shrunk first, velocities in place / assigned
def weight_decay_step(params, grads, velocity, lr, decay):
    for pair, slopes, speeds in zip(params, grads, velocity):
        for part, slope, speed in zip(pair, slopes, speeds):
            speed.mul_(0.9).add_(slope)
        with torch.no_grad():
            pair[0].mul_(1 - lr * decay)
            for part, speed in zip(pair, speeds):
                part.sub_(speed, alpha=lr)


# %% weight_decay_step | right | velocities that contain the learning rate
def weight_decay_step(params, grads, velocity, lr, decay):
    for (w, b), (dw, db), v in zip(params, grads, velocity):
        v[0] = 0.9 * v[0] - lr * dw
        v[1] = 0.9 * v[1] - lr * db
        w.data = w.data + v[0] - lr * decay * w.data
        b.data = b.data + v[1]


# %% weight_decay_step | wrong | biases decayed
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = lr * decay * w
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | L2 penalty instead of decoupled decay
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            g = g + decay * w.detach() if j == 0 else g
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | L2 penalty on weights and biases
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            g = g + decay * w.detach()
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | no momentum
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            shrink = lr * decay * w if j == 0 else 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | velocity as a mean
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + 0.1 * g
            velocity[i][j] = v
            shrink = lr * decay * w if j == 0 else 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | decay without lr
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = decay * w if j == 0 else 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | decay twice as strong
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = lr * 2 * decay * w if j == 0 else 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | weights grow
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = -lr * decay * w if j == 0 else 0.0
            with torch.no_grad():
                w -= lr * v + shrink


# %% weight_decay_step | wrong | decay after the step
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            with torch.no_grad():
                w -= lr * v
                if j == 0:
                    w -= lr * decay * w


# %% weight_decay_step | wrong | decay forgotten
def weight_decay_step(params, grads, velocity, lr, decay):
    for i in range(len(params)):
        for j in range(2):
            w, g = params[i][j], grads[i][j]
            v = 0.9 * velocity[i][j] + g
            velocity[i][j] = v
            shrink = 0.0
            with torch.no_grad():
                w -= lr * v + shrink


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
            with torch.no_grad():
                w += lr * v - shrink
