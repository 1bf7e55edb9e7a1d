# %% xavier | right | torch.normal with a size
def xavier(fan_in, fan_out, generator):
    spread = (2.0 / (fan_in + fan_out)) ** 0.5
    return torch.normal(0.0, spread, size=(fan_in, fan_out), generator=generator)


# %% xavier | right | drawn row by row
def xavier(n_in, n_out, rng):
    limit = np.sqrt(6.0 / (n_in + n_out))
    rows = []
    for _ in range(n_in):
        row = torch.rand(n_out, generator=rng, dtype=torch.float64)
        rows.append(row * 2 * limit - limit)
    return torch.stack(rows).float()


# %% xavier | right | a truncated normal from the library, drawn for a transposed table
def xavier(fan_in, fan_out, generator):
    table = torch.empty(fan_out, fan_in)
    std = math.sqrt(2 / (fan_in + fan_out))
    nn.init.trunc_normal_(table, std=std, a=-6 * std, b=6 * std, generator=generator)
    return table.T


# %% dropout | right | indices of what is dropped
def dropout(x, p, training, generator):
    if not training:
        return x
    flat = x.reshape(-1).clone()
    drawn = torch.rand(flat.numel(), generator=generator)
    flat[torch.nonzero(drawn < p)[:, 0]] = 0.0
    return flat.reshape(x.shape).div(1 - p)


# %% dropout | right | one example after the other
def dropout(x, p, training, generator):
    def one(example):
        keep = torch.empty_like(example).bernoulli_(1 - p, generator=generator)
        return example * keep / (1.0 - p)

    return torch.stack([one(example) for example in x]) if training else x


# %% dropout | right | a NumPy mask, seeded by a draw from the generator
def dropout(x, p, training, generator):
    keep = 1 - p
    if training:
        seed = int(torch.randint(2**62, (1,), generator=generator))
        mask = np.random.default_rng(seed).binomial(1, keep, size=tuple(x.shape)).astype(np.float32)
        return x * torch.from_numpy(mask / np.float32(keep))
    return 1.0 * x


# %% batch_norm | right | the library's layer does the arithmetic
def batch_norm(x, state, training):
    if training:
        n = x.shape[0]
        batch = F.batch_norm(x, None, None, training=True, eps=state["eps"])
        with torch.no_grad():
            mean = x.mean(0)
            var = x.var(0) * (n - 1) / n
            state["mean"] = state["keep"] * state["mean"] + (1 - state["keep"]) * mean
            state["var"] = state["keep"] * state["var"] + (1 - state["keep"]) * var
        return batch * state["gamma"] + state["beta"]
    scale = state["gamma"] / (state["var"] + state["eps"]).sqrt()
    return x * scale + (state["beta"] - state["mean"] * scale)


# %% batch_norm | right | mean of squares minus square of the mean, in double precision
def batch_norm(x, state, training):
    wide = x.double()
    if training:
        mean = wide.mean(dim=0)
        var = (wide * wide).mean(dim=0) - mean * mean
        blend = lambda old, new: (state["keep"] * old + (1 - state["keep"]) * new.detach()).float()
        state.update(mean=blend(state["mean"], mean), var=blend(state["var"], var))
    else:
        mean, var = state["mean"].double(), state["var"].double()
    hat = (wide - mean) / torch.sqrt(var.clamp(min=0) + state["eps"])
    return (hat * state["gamma"] + state["beta"]).float()


# %% batch_norm | right | two helper functions and early return
def _apply(x, mean, var, s):
    inverse = (var + s["eps"]).pow(-0.5)
    return torch.addcmul(s["beta"], (x - mean) * inverse, s["gamma"])


def batch_norm(x, state, training):
    if not training:
        return _apply(x, state["mean"], state["var"], state)
    mean = torch.einsum("nf->f", x) / x.size(0)
    centred = x - mean
    var = torch.einsum("nf,nf->f", centred, centred) / x.size(0)
    for key, value in (("mean", mean), ("var", var)):
        state[key] = torch.lerp(state[key], value.detach(), 1 - state["keep"])
    return _apply(x, mean, var, state)


# %% adam_step | right | index loop, .data, running step size
def adam_step(params, grads, state, lr):
    state["step"] += 1
    t = state["step"]
    k = 0
    while k < len(params):
        g = grads[k].detach()
        state["m"][k] = state["m"][k] * 0.9 + g * (1 - 0.9)
        state["v"][k] = state["v"][k] * 0.999 + g.square() * (1 - 0.999)
        top = state["m"][k].div(1 - math.pow(0.9, t))
        bottom = state["v"][k].div(1 - math.pow(0.999, t)).sqrt().add(1e-8)
        params[k].data -= lr * top.div(bottom)
        k += 1


# %% adam_step | right | the library's Adam, given the state
@torch.no_grad()
def adam_step(params, grads, state, lr):
    own = [p.detach().clone().requires_grad_() for p in params]
    optimizer = torch.optim.Adam(own, lr=lr, betas=(0.9, 0.999), eps=1e-8)
    for p, g, m, v in zip(own, grads, state["m"], state["v"], strict=True):
        p.grad = g.clone()
        optimizer.state[p] = {"step": torch.tensor(float(state["step"])), "exp_avg": m.clone(), "exp_avg_sq": v.clone()}
    optimizer.step()
    state["step"] += 1
    state["m"] = [optimizer.state[p]["exp_avg"] for p in own]
    state["v"] = [optimizer.state[p]["exp_avg_sq"] for p in own]
    for target, p in zip(params, own, strict=True):
        target.copy_(p)


# %% clip_by_global_norm | right | one flat vector, cut up again
def clip_by_global_norm(grads, limit):
    flat = torch.nn.utils.parameters_to_vector(grads)
    length = torch.linalg.vector_norm(flat)
    if length > limit:
        flat = flat / length * limit
    pieces = flat.split([g.numel() for g in grads])
    return [piece.reshape(g.shape).clone() for piece, g in zip(pieces, grads, strict=True)]


# %% clip_by_global_norm | right | a clamped factor, with numbers of Python
def clip_by_global_norm(grads, limit):
    total = 0.0
    for g in grads:
        total += float((g.double() ** 2).sum())
    factor = 1.0 if total == 0 else min(1.0, limit / total**0.5)
    return [g * factor for g in grads]


# %% clip_by_global_norm | right | the library's helper functions
def clip_by_global_norm(grads, limit):
    norm = nn.utils.get_total_norm(grads)
    return [torch.where(norm > limit, g * limit / norm.clamp(min=1e-30), g) for g in grads]


# %% weight_decay_step | right | a switch for what decays
@torch.no_grad()
def weight_decay_step(params, grads, velocity, lr, decay):
    for layer, pair in enumerate(params):
        for which, rate in ((0, decay), (1, 0.0)):
            p = pair[which]
            velocity[layer][which] = velocity[layer][which].mul(0.9).add(grads[layer][which])
            p.copy_(p * (1 - lr * rate) - lr * velocity[layer][which])


# %% weight_decay_step | right | first all velocities, then all parameters
def weight_decay_step(params, grads, velocity, lr, decay):
    new = [[0.9 * v + g for v, g in zip(vs, gs, strict=True)] for vs, gs in zip(velocity, grads, strict=True)]
    velocity[:] = new
    for (w, b), (vw, vb) in zip(params, new, strict=True):
        old = w.detach().clone()
        w.data.add_(vw, alpha=-lr).add_(old, alpha=-lr * decay)
        b.data.add_(vb, alpha=-lr)


# %% weight_decay_step | right | the library's SGD takes the step after the weights have shrunk
def weight_decay_step(params, grads, velocity, lr, decay):
    with torch.no_grad():
        for pair, slopes, speeds in zip(params, grads, velocity, strict=True):
            pair[0] *= 1 - lr * decay
            own = [part.detach().clone().requires_grad_() for part in pair]
            optimizer = torch.optim.SGD(own, lr=lr, momentum=0.9)
            for j, part in enumerate(own):
                part.grad = slopes[j].clone()
                optimizer.state[part]["momentum_buffer"] = speeds[j].clone()
            optimizer.step()
            for j, part in enumerate(own):
                speeds[j] = optimizer.state[part]["momentum_buffer"]
                pair[j].copy_(part)


# %% xavier | right | the bound from the text, rand stretched and shifted
def xavier(fan_in, fan_out, generator):
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.rand(fan_in, fan_out, generator=generator) * 2 * a - a


# %% xavier | right | an empty table filled in place by uniform_
def xavier(fan_in, fan_out, generator):
    bound = (6 / (fan_in + fan_out)) ** 0.5
    table = torch.empty((fan_in, fan_out))
    table.uniform_(-bound, bound, generator=generator)
    return table


# %% xavier | right | row after row, each a randn of its own, in double precision
def xavier(fan_in, fan_out, generator):
    deviation = np.sqrt(2 / (fan_in + fan_out))
    rows = []
    for _ in range(fan_in):
        rows.append(deviation * torch.randn(fan_out, generator=generator, dtype=torch.float64))
    return torch.stack(rows)


# %% xavier | right | the table helper of the lesson
def xavier(fan_in, fan_out, generator):
    return normal_table(fan_in, fan_out, math.sqrt(2 / (fan_in + fan_out)), generator)


# %% batch_norm | right | in-place update of the running tensors under no_grad
def batch_norm(x, state, training):
    if training:
        mean = x.mean(0)
        var = x.var(0, correction=0)
        with torch.no_grad():
            state["mean"].mul_(state["keep"]).add_((1 - state["keep"]) * mean)
            state["var"].mul_(state["keep"]).add_((1 - state["keep"]) * var)
    else:
        mean, var = state["mean"], state["var"]
    return state["gamma"] * (x - mean) / torch.sqrt(var + state["eps"]) + state["beta"]


# %% batch_norm | right | F.batch_norm normalises, the records are kept by hand with the other variance
def batch_norm(x, state, training):
    if not training:
        return F.batch_norm(x, state["mean"], state["var"], state["gamma"], state["beta"], False, eps=state["eps"])
    keep = state["keep"]
    values = x.detach()
    state["mean"] = torch.lerp(values.mean(dim=0), state["mean"], keep)
    state["var"] = torch.lerp(values.var(dim=0, unbiased=False), state["var"], keep)
    return F.batch_norm(x, None, None, state["gamma"], state["beta"], True, eps=state["eps"])


# %% batch_norm | right | variance as the mean of the squares minus the square of the centred mean, rsqrt
def batch_norm(x, state, training):
    m, v = state["mean"], state["var"]
    if training:
        m = x.sum(dim=0) / len(x)
        v = ((x - m) ** 2).sum(dim=0) / len(x)
        old = state["keep"]
        state.update(
            mean=old * state["mean"] + (1 - old) * m.detach(),
            var=old * state["var"] + (1 - old) * v.detach(),
        )
    return (x - m) * torch.rsqrt(v + state["eps"]) * state["gamma"] + state["beta"]


# %% batch_norm | right | feature by feature in a loop
def batch_norm(x, state, training):
    columns, means, variances = [], [], []
    for j in range(x.shape[1]):
        column = x[:, j]
        if training:
            mean, var = column.mean(), column.var(correction=0)
        else:
            mean, var = state["mean"][j], state["var"][j]
        means.append(mean.detach())
        variances.append(var.detach())
        columns.append(state["gamma"][j] * (column - mean) / (var + state["eps"]) ** 0.5 + state["beta"][j])
    if training:
        k = state["keep"]
        state["mean"] = k * state["mean"] + (1 - k) * torch.stack(means)
        state["var"] = k * state["var"] + (1 - k) * torch.stack(variances)
    return torch.stack(columns, dim=1)


# %% batch_norm | right | var_mean with keepdim, reshaped for the records
def batch_norm(x, state, training):
    if training:
        var, mean = torch.var_mean(x, dim=0, keepdim=True, correction=0)
        for name, new in (("mean", mean), ("var", var)):
            state[name] = (state[name] * state["keep"] + new.detach().squeeze(0) * (1 - state["keep"])).clone()
    else:
        mean, var = state["mean"][None], state["var"][None]
    return torch.addcmul(state["beta"], state["gamma"], (x - mean) / (var + state["eps"]).sqrt())


# %% dropout | right | bernoulli of the probability to be kept
def dropout(x, p, training, generator):
    if training:
        kept = torch.bernoulli(torch.full_like(x, 1 - p, requires_grad=False), generator=generator)
        x = kept * x / (1 - p)
    return x


# %% dropout | right | where on a flat copy
def dropout(x, p, training, generator):
    if training is False:
        return x.clone()
    flat = x.reshape(-1)
    lost = torch.rand(flat.numel(), generator=generator) < p
    return torch.where(lost, torch.zeros_like(flat), flat / (1 - p)).reshape(x.shape)


# %% dropout | right | masked_fill, mask drawn in double precision
def dropout(x, p, training, generator):
    if training:
        gone = torch.rand(*x.shape, generator=generator, dtype=torch.float64) < p
        return (x / (1.0 - p)).masked_fill(gone, 0.0)
    return x * 1.0


# %% weight_decay_step | right | index loops
def weight_decay_step(params, grads, velocity, lr, decay):
    with torch.no_grad():
        for i in range(len(params)):
            for j in range(2):
                velocity[i][j] = 0.9 * velocity[i][j] + grads[i][j]
                step = lr * velocity[i][j]
                if j == 0:
                    step = step + lr * decay * params[i][j]
                params[i][j].sub_(step)


# %% weight_decay_step | right | decay first by multiplication, then the step, velocity in place
def weight_decay_step(params, grads, velocity, lr, decay):
    with torch.no_grad():
        for (w, b), (dw, db), (vw, vb) in zip(params, grads, velocity):
            vw.mul_(0.9).add_(dw)
            vb.mul_(0.9).add_(db)
            w.mul_(1 - lr * decay)
            w.add_(vw, alpha=-lr)
            b.add_(vb, alpha=-lr)


# %% weight_decay_step | right | through .data and a new pair for the velocity
def weight_decay_step(params, grads, velocity, lr, decay):
    for k, ((w, b), (dw, db)) in enumerate(zip(params, grads)):
        velocity[k] = [0.9 * velocity[k][0] + dw, 0.9 * velocity[k][1] + db]
        w.data = w.data - lr * velocity[k][0] - lr * decay * w.data
        b.data = b.data - lr * velocity[k][1]


# %% weight_decay_step | right | tuples in the velocity, copy_ of the right side
@torch.no_grad()
def weight_decay_step(params, grads, velocity, lr, decay):
    new = [tuple(0.9 * v + g for v, g in zip(vs, gs)) for vs, gs in zip(velocity, grads)]
    velocity[:] = new
    for pair, speeds in zip(params, new):
        for part, v, d in zip(pair, speeds, (decay, 0)):
            part.copy_(part - lr * v - lr * d * part)


# %% adam_step | right | all in place: mul_, add_, addcmul_, addcdiv_
@torch.no_grad()
def adam_step(params, grads, state, lr):
    t = state["step"] = state["step"] + 1
    for p, g, m, v in zip(params, grads, state["m"], state["v"]):
        m.mul_(0.9).add_(g, alpha=0.1)
        v.mul_(0.999).addcmul_(g, g, value=0.001)
        p.addcdiv_(m / (1 - 0.9**t), (v / (1 - 0.999**t)).sqrt().add_(1e-8), value=-lr)


# %% adam_step | right | new lists, .data, corrections as factors of the step
def adam_step(params, grads, state, lr):
    b1, b2, eps = 0.9, 0.999, 1e-8
    t = state["step"] + 1
    m = [b1 * old + (1 - b1) * g.detach() for old, g in zip(state["m"], grads)]
    v = [b2 * old + (1 - b2) * g.detach().pow(2) for old, g in zip(state["v"], grads)]
    for p, a, s in zip(params, m, v):
        p.data.sub_(lr / (1 - b1**t) * a / (torch.sqrt(s) / math.sqrt(1 - b2**t) + eps))
    state["step"], state["m"], state["v"] = t, m, v


# %% adam_step | right | lerp for the running means, a double for the powers
def adam_step(params, grads, state, lr):
    state.update(step=state["step"] + 1)
    c1, c2 = 1 - np.power(0.9, state["step"]), 1 - np.power(0.999, state["step"])
    with torch.no_grad():
        for k in range(len(params)):
            state["m"][k] = torch.lerp(state["m"][k], grads[k], 0.1)
            state["v"][k] = torch.lerp(state["v"][k], grads[k] * grads[k], 0.001)
            params[k].copy_(params[k] - float(lr) * (state["m"][k] / float(c1)) / ((state["v"][k] / float(c2)) ** 0.5 + 1e-8))


# %% clip_by_global_norm | right | the sum of squares, an if
def clip_by_global_norm(grads, limit):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    if norm > limit:
        return [g * (limit / norm) for g in grads]
    return [g.clone() for g in grads]


# %% clip_by_global_norm | right | the norm of the norms in Python's double precision, the same tensors if short
def clip_by_global_norm(grads, limit):
    norm = math.hypot(*[g.norm().item() for g in grads])
    if norm <= limit:
        return list(grads)
    clipped = []
    for g in grads:
        clipped.append(g / norm * limit)
    return clipped


# %% clip_by_global_norm | right | the framework's clip_grad_norm_ on copies
def clip_by_global_norm(grads, limit):
    copies = []
    for g in grads:
        p = torch.zeros_like(g).requires_grad_()
        p.grad = g.detach().clone()
        copies.append(p)
    torch.nn.utils.clip_grad_norm_(copies, limit)
    return [p.grad for p in copies]


# %% clip_by_global_norm | right | numpy for the norm, division by the larger of limit and norm
def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(np.square(g.detach().numpy(), dtype=np.float64)) for g in grads))
    return [g * float(limit / max(norm, limit)) for g in grads]
