# %% picture_gradient | right | a vector of losses, all ones behind
def picture_gradient(model, x, y):
    inp = x.detach().clone().requires_grad_(True)
    losses = F.cross_entropy(model(inp), y, reduction="none")
    (g,) = torch.autograd.grad(losses, inp, grad_outputs=torch.ones_like(losses))
    return g


# %% picture_gradient | right | torch.func
def picture_gradient(model, x, y):
    def loss_of(pictures):
        z = model(pictures)
        return (torch.logsumexp(z, dim=1) - z[range(len(y)), y]).sum()

    return torch.func.grad(loss_of)(x).detach()


# %% picture_gradient | right | the weights told to want nothing, then asked again
def picture_gradient(model, x, y):
    wanted = [p.requires_grad for p in model.parameters()]
    for p in model.parameters():
        p.requires_grad_(False)
    leaf = torch.empty_like(x).copy_(x).requires_grad_()
    F.nll_loss(F.log_softmax(model(leaf), -1), y, reduction="sum").backward()
    for p, before in zip(model.parameters(), wanted):
        p.requires_grad_(before)
    return leaf.grad


# %% picture_gradient | right | mean times the number of pictures, in float64 afterwards
def picture_gradient(model, x, y):
    x = x.clone()
    x.requires_grad = True
    g = torch.autograd.grad(F.cross_entropy(model(x), y) * len(y), x)
    return g[0].double()


# %% ascend | right | while, add_ on data
def ascend(model, x, target, lr, steps):
    picture = x.clone()
    done = 0
    while done < steps:
        leaf = picture.detach().requires_grad_()
        scores = model(leaf)
        slope = torch.autograd.grad(scores.sum(dim=0)[target], leaf)[0]
        picture = picture.add(slope, alpha=lr).clamp_(min=0, max=1)
        done += 1
    return picture


# %% ascend | right | an optimiser with a negative loss
def ascend(model, x, target, lr, steps):
    free = x.clone().detach().requires_grad_(True)
    opt = torch.optim.SGD([free], lr=lr)
    for _ in range(steps):
        loss = model(free)[:, target].sum().neg()
        free.grad = torch.autograd.grad(loss, free)[0]
        opt.step()
        with torch.no_grad():
            free.copy_(free.clip(0, 1))
    return free.detach()


# %% ascend | right | recursion
def ascend(model, x, target, lr, steps):
    if steps == 0:
        return x.detach()
    here = x.detach().clone().requires_grad_()
    up = torch.autograd.grad(model(here)[..., target].sum(), here)[0]
    return ascend(model, torch.clamp(x.detach() + lr * up, 0.0, 1.0), target, lr, steps - 1)


# %% total_variation | right | narrow
def total_variation(x):
    n, c, h, w = x.shape
    v = x.narrow(2, 1, h - 1) - x.narrow(2, 0, h - 1)
    u = x.narrow(3, 1, w - 1) - x.narrow(3, 0, w - 1)
    return (v * v).sum() / v.numel() + (u * u).sum() / u.numel()


# %% total_variation | right | one mean for each picture, then their mean
def total_variation(x):
    each = [(p[:, 1:] - p[:, :-1]).square().mean() + (p[:, :, :-1] - p[:, :, 1:]).square().mean() for p in x]
    return torch.stack(each).mean()


# %% total_variation | right | a convolution
def total_variation(x):
    one = x.reshape(-1, 1, *x.shape[2:])
    kernel = torch.tensor([-1.0, 1.0], dtype=x.dtype)
    return F.conv2d(one, kernel.view(1, 1, 2, 1)).pow(2).mean() + F.conv2d(one, kernel.view(1, 1, 1, 2)).pow(2).mean()


# %% fgsm | right | copysign
def fgsm(model, x, y, eps):
    step = torch.copysign(torch.full_like(x, eps), picture_gradient(model, x, y))
    return torch.clamp(step + x, 0, 1)


# %% fgsm | right | compared with numbers, in NumPy
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y).numpy()
    moved = x.numpy() + np.where(g > 0, eps, np.where(g < 0, -eps, 0.0))
    return torch.from_numpy(np.clip(moved, 0, 1).astype(np.float32))


# %% fgsm | right | division by the size
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return (x + eps * (g / g.abs())).clamp(0, 1).detach()


# %% targeted_attack | right | fgsm downwards, then the ball
def targeted_attack(model, x, target, eps, lr, steps):
    y = x.detach().clone()
    for _ in range(steps):
        y = fgsm(model, y, target, -lr)
        y = x + torch.clamp(y - x, -eps, eps)
        y = y.clamp(0, 1)
    return y


# %% targeted_attack | right | picture after picture
def targeted_attack(model, x, target, eps, lr, steps):
    results = []
    for k in range(x.size(0)):
        o = x[k : k + 1]
        z = o.clone()
        for _ in range(steps):
            z = z - lr * torch.sign(picture_gradient(model, z, target[k : k + 1]))
            z = torch.minimum(torch.maximum(z, o - eps), o + eps)
            z = torch.minimum(torch.maximum(z, torch.tensor(0.0)), torch.tensor(1.0))
        results.append(z)
    return torch.cat(results, dim=0)


# %% picture_gradient | right | torch.func.grad of one picture, mapped over the batch by vmap
def picture_gradient(model, x, y):
    def one(picture, label):
        return F.cross_entropy(model(picture.unsqueeze(0)), label.unsqueeze(0))

    return torch.func.vmap(torch.func.grad(one))(x, y).detach()


# %% picture_gradient | right | softmax minus one-hot sent back through the network by hand
def picture_gradient(model, x, y):
    leaf = x.clone().detach().requires_grad_(True)
    logits = model(leaf)
    upstream = logits.detach().softmax(1)
    upstream[torch.arange(len(y)), y] -= 1
    return torch.autograd.grad(logits, leaf, grad_outputs=upstream)[0]


# %% picture_gradient | right | backward for everything, then the gradients of the weights are thrown away
def picture_gradient(model, x, y):
    x = x.detach().clone()
    x.requires_grad = True
    nn.CrossEntropyLoss(reduction="sum")(model(x), y).backward()
    model.zero_grad()
    return x.grad


# %% picture_gradient | right | a list of batches of one, a loss written with log-sum-exp in float64
def picture_gradient(model, x, y):
    found = []
    for picture, label in zip(x.split(1), y.tolist()):
        leaf = nn.Parameter(picture.clone())
        z = model(leaf)[0].double()
        found += torch.autograd.grad(z.logsumexp(0) - z[label], [leaf])
    return torch.cat(found)


# %% picture_gradient | right | the weights are frozen meanwhile and given back as they were
def picture_gradient(model, x, y):
    before = [p.requires_grad for p in model.parameters()]
    for p in model.parameters():
        p.requires_grad_(False)
    try:
        z = x.detach().clone().requires_grad_()
        (-model(z).log_softmax(-1).gather(1, y[:, None])).sum().backward()
        return z.grad.detach()
    finally:
        for p, flag in zip(model.parameters(), before):
            p.requires_grad_(flag)


# %% picture_gradient | right | vjp of the vector of losses with a vector of ones
def picture_gradient(model, x, y):
    losses = lambda z: F.cross_entropy(model(z), y, reduction="none")  # noqa: E731
    return torch.autograd.functional.vjp(losses, x, torch.ones(len(x)))[1]


# %% ascend | right | an optimiser that maximizes, clamped in place on .data
def ascend(model, x, target, lr, steps):
    picture = nn.Parameter(x.detach().clone())
    optimizer = torch.optim.SGD([picture], lr=lr, maximize=True)
    for _ in range(steps):
        optimizer.zero_grad()
        model(picture)[:, target].sum().backward(inputs=[picture])
        optimizer.step()
        picture.data.clamp_(0, 1)
    return picture.data


# %% ascend | right | each picture climbs alone, in a while loop, with the column picked by a one-hot product
def ascend(model, x, target, lr, steps):
    result = torch.empty_like(x)
    for i in range(len(x)):
        now, left = x[i : i + 1].detach(), steps
        while left > 0:
            now = now.clone().requires_grad_()
            logits = model(now)
            wanted = F.one_hot(torch.tensor([target]), logits.shape[1]).to(logits)
            (slope,) = torch.autograd.grad((logits * wanted).sum(), now)
            now = (now.detach() + lr * slope).clip(min=0.0, max=1.0)
            left -= 1
        result[i] = now[0]
    return result


# %% ascend | right | torch.func.grad, one step calls the rest
def ascend(model, x, target, lr, steps):
    if steps == 0:
        return x.detach().clone()
    slope = torch.func.grad(lambda z: model(z).select(1, target).sum())(x.detach())
    return ascend(model, torch.clamp(x + lr * slope, 0, 1), target, lr, steps - 1)


# %% ascend | right | nll_loss of raw logits is minus the logit, so descend on it
def ascend(model, x, target, lr, steps):
    x = x.detach().clone()
    where = torch.full((x.size(0),), int(target), dtype=torch.long)
    for _ in range(steps):
        x.requires_grad_(True)
        g = torch.autograd.grad(F.nll_loss(model(x), where, reduction="sum"), x)[0]
        with torch.no_grad():
            x = torch.minimum(torch.maximum(x - lr * g, torch.zeros(())), torch.ones(()))
    return x


# %% total_variation | right | mse_loss between the picture and itself without its first or last line
def total_variation(x):
    return F.mse_loss(x[..., 1:, :], x[..., :-1, :]) + F.mse_loss(x[..., 1:], x[..., :-1])


# %% total_variation | right | two small convolutions, each colour as a picture of its own
def total_variation(x):
    n, c, h, w = x.shape
    single = x.reshape(n * c, 1, h, w)
    kernel = torch.tensor([-1.0, 1.0], dtype=x.dtype)
    down = F.conv2d(single, kernel.reshape(1, 1, 2, 1))
    right = F.conv2d(single, kernel.reshape(1, 1, 1, 2))
    return down.pow(2).mean() + right.pow(2).mean()


# %% total_variation | right | torch.diff, and norms squared over counts
def total_variation(x):
    total = 0
    for axis in (-2, -1):
        d = torch.diff(x, dim=axis)
        total = total + torch.linalg.vector_norm(d) ** 2 / d.numel()
    return total


# %% total_variation | right | rolled all the way round, and the wrapped line left out; in float64
def total_variation(x):
    x = x.double()
    down = ((torch.roll(x, -1, 2) - x) ** 2)[:, :, :-1]
    right = ((torch.roll(x, -1, 3) - x) ** 2)[:, :, :, :-1]
    return down.sum() / down.nelement() + right.sum() / right.nelement()


# %% total_variation | right | a loop over rows and a loop over columns
def total_variation(x):
    n, c, h, w = x.shape
    down = sum(((x[:, :, i + 1] - x[:, :, i]) ** 2).mean() for i in range(h - 1)) / (h - 1)
    right = sum(((x[:, :, :, j + 1] - x[:, :, :, j]) ** 2).mean() for j in range(w - 1)) / (w - 1)
    return down + right


# %% fgsm | right | three cases with where: up, down, or stay
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return torch.where(g > 0, x + eps, torch.where(g < 0, x - eps, x)).clamp(min=0, max=1).detach()


# %% fgsm | right | its own leaf, mean loss (its sign is the same), sgn and add with alpha
def fgsm(model, x, y, eps):
    z = x.detach().clone().requires_grad_()
    g = torch.autograd.grad(F.cross_entropy(model(z), y), [z])[0]
    return torch.add(x.detach(), torch.sgn(g), alpha=eps).clip(0, 1)


# %% fgsm | right | booleans subtracted as numbers, hardtanh as the clip
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return F.hardtanh(x + eps * ((g > 0).float() - (g < 0).float()), 0.0, 1.0)


# %% fgsm | right | through NumPy and back
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y).numpy()
    return torch.from_numpy(np.clip(x.numpy() + eps * np.sign(g), 0, 1).astype(np.float32))


# %% fgsm | right | a targeted attack of one step with the sign turned, unclamped bounds by hand
def fgsm(model, x, y, eps):
    z = x.detach().clone().requires_grad_()
    (F.one_hot(y, model(z).shape[1]) * F.log_softmax(model(z), dim=1)).sum().backward(inputs=z)
    moved = x - eps * z.grad.sign()
    moved[moved < 0] = 0
    moved[moved > 1] = 1
    return moved


# %% targeted_attack | right | one box for both limits, made once before the loop
def targeted_attack(model, x, target, eps, lr, steps):
    low, high = (x - eps).clamp(min=0), (x + eps).clamp(max=1)
    new = x.detach().clone()
    for _ in range(steps):
        new = torch.clamp(new - lr * picture_gradient(model, new, target).sign(), low, high)
    return new


# %% targeted_attack | right | only the change is kept, and starts at zero
def targeted_attack(model, x, target, eps, lr, steps):
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(steps):
        loss = F.cross_entropy(model(x + delta), target, reduction="sum")
        (g,) = torch.autograd.grad(loss, delta)
        with torch.no_grad():
            delta -= lr * g.sign()
            delta.clamp_(-eps, eps)
            delta.copy_((x + delta).clamp(0, 1) - x)
    return (x + delta).detach()


# %% targeted_attack | right | SGD fed with signs, projection with minimum and maximum
def targeted_attack(model, x, target, eps, lr, steps):
    z = nn.Parameter(x.clone())
    optimizer = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        z.grad = picture_gradient(model, z, target).sign()
        optimizer.step()
        with torch.no_grad():
            z.copy_(torch.minimum(torch.maximum(z, x - eps), x + eps).clamp_(0, 1))
    return z.detach()


# %% targeted_attack | right | fgsm with minus lr as the step, then the projection
def targeted_attack(model, x, target, eps, lr, steps):
    new = x.clone()
    for _ in range(steps):
        new = fgsm(model, new, target, -lr)
        new = x + torch.clamp(new - x, -eps, eps)
        new = torch.clamp(new, 0.0, 1.0)
    return new.detach()


# %% targeted_attack | right | one picture after the other, pictures kept in float64 between the steps
def targeted_attack(model, x, target, eps, lr, steps):
    done = []
    for first, wanted in zip(x.double(), target):
        new = first.clone()
        for _ in range(steps):
            leaf = new.float()[None].requires_grad_()
            (g,) = torch.autograd.grad(-model(leaf).log_softmax(1)[0, wanted], leaf)
            new = new - lr * g[0].sign().double()
            new = torch.max(torch.min(new, first + eps), first - eps).clamp(0, 1)
        done.append(new.float())
    return torch.stack(done)
