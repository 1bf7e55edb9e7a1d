"""Known answers of 10-ideal-and-adversarial in PyTorch: each mistake as a student writes it, and right answers that differ."""


# %% picture_gradient | right | backward on a copy, the weights' gradients cleared
def picture_gradient(model, x, y):
    x = x.clone().detach()
    x.requires_grad = True
    nn.CrossEntropyLoss(reduction="sum")(model(x), y).backward()
    model.zero_grad()
    return x.grad


# %% picture_gradient | right | log_softmax and gather
def picture_gradient(model, x, y):
    x = x.detach().requires_grad_(True)
    logp = torch.log_softmax(model(x), dim=-1)
    loss = -logp.gather(1, y[:, None]).sum()
    return torch.autograd.grad(loss, x)[0]


# %% picture_gradient | right | one picture at a time
def picture_gradient(model, x, y):
    rows = []
    for i in range(len(x)):
        one = x[i : i + 1].clone().requires_grad_()
        rows.append(torch.autograd.grad(F.cross_entropy(model(one), y[i : i + 1]), one)[0])
    return torch.cat(rows)


# %% picture_gradient | wrong | gradient of the weights
def picture_gradient(model, x, y):
    loss = F.cross_entropy(model(x), y, reduction="sum")
    return torch.autograd.grad(loss, list(model.parameters()))


# %% picture_gradient | wrong | mean over the batch
def picture_gradient(model, x, y):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(model(x), y), x)[0]


# %% picture_gradient | wrong | wrong sign
def picture_gradient(model, x, y):
    x = x.clone().requires_grad_()
    logp = F.log_softmax(model(x), dim=1)[torch.arange(len(y)), y].sum()
    return torch.autograd.grad(logp, x)[0]


# %% picture_gradient | wrong | gradient of the logit
def picture_gradient(model, x, y):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(model(x)[torch.arange(len(y)), y].sum(), x)[0]


# %% picture_gradient | wrong | softmax before the loss
def picture_gradient(model, x, y):
    x = x.clone().requires_grad_()
    loss = F.cross_entropy(F.softmax(model(x), dim=1), y, reduction="sum")
    return torch.autograd.grad(loss, x)[0]


# %% picture_gradient | wrong | gradients add up in the picture
def picture_gradient(model, x, y):
    x.requires_grad_()
    F.cross_entropy(model(x), y, reduction="sum").backward()
    model.zero_grad()
    return x.grad


# %% picture_gradient | wrong | gradients left on the weights
def picture_gradient(model, x, y):
    x = x.clone().requires_grad_()
    F.cross_entropy(model(x), y, reduction="sum").backward()
    return x.grad


# %% picture_gradient | wrong | in training mode
def picture_gradient(model, x, y):
    x = x.clone().requires_grad_()
    model.train()
    loss = F.cross_entropy(model(x.repeat(2, 1, 1, 1)), y.repeat(2), reduction="sum")
    model.eval()
    return torch.autograd.grad(loss, x)[0]


# %% picture_gradient | wrong | left in training mode
def picture_gradient(model, x, y):
    model.eval()
    x = x.clone().requires_grad_()
    gradient = torch.autograd.grad(F.cross_entropy(model(x), y, reduction="sum"), x)[0]
    model.train()
    return gradient


# %% ascend | right | SGD that goes up
def ascend(model, x, target, lr, steps):
    x = nn.Parameter(x.detach().clone())
    optimizer = torch.optim.SGD([x], lr=lr, maximize=True)
    for _ in range(steps):
        optimizer.zero_grad()
        model(x)[:, target].sum().backward()
        optimizer.step()
        x.data.clamp_(0, 1)
    model.zero_grad()
    return x.detach()


# %% ascend | right | minus the logit, under no_grad
def ascend(model, x, target, lr, steps):
    x = x.clone()
    for _ in range(steps):
        x.requires_grad_(True)
        loss = -sum(logits[target] for logits in model(x))
        g = torch.autograd.grad(loss, x)[0]
        with torch.no_grad():
            x = torch.clip(x - lr * g, 0.0, 1.0)
    return x


# %% ascend | wrong | descent instead of ascent
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x - lr * g).clamp(0, 1).detach()
    return x


# %% ascend | wrong | no clipping
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g).detach()
    return x


# %% ascend | wrong | clipped only at the end
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g).detach()
    return x.clamp(0, 1)


# %% ascend | wrong | clipped to 0..255
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g).clamp(0, 255).detach()
    return x


# %% ascend | wrong | mean over the batch
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].mean(), x)
        x = (x + lr * g).clamp(0, 1).detach()
    return x


# %% ascend | wrong | the probability instead of the logit
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(F.softmax(model(x), dim=1)[:, target].sum(), x)
        x = (x + lr * g).clamp(0, 1).detach()
    return x


# %% ascend | wrong | the loss instead of the logit
def ascend(model, x, target, lr, steps):
    y = torch.full((len(x),), target)
    for _ in range(steps):
        x = (x - lr * picture_gradient(model, x, y)).clamp(0, 1)
    return x


# %% ascend | wrong | all logits at once
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x).sum(), x)
        x = (x + lr * g).clamp(0, 1).detach()
    return x


# %% ascend | wrong | the gradient of the first picture only
def ascend(model, x, target, lr, steps):
    x = x.detach().clone().requires_grad_()
    (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
    for _ in range(steps):
        x = (x + lr * g).clamp(0, 1)
    return x.detach()


# %% ascend | wrong | only one step
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g).clamp(0, 1).detach()
        return x


# %% ascend | wrong | sign instead of gradient
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g.sign()).clamp(0, 1).detach()
    return x


# %% ascend | wrong | gradients left on the weights
def ascend(model, x, target, lr, steps):
    x = x.detach().clone().requires_grad_()
    for _ in range(steps):
        x.grad = None
        model(x)[:, target].sum().backward()
        with torch.no_grad():
            x += lr * x.grad
            x.clamp_(0, 1)
    return x.detach()


# %% ascend | wrong | in training mode
def ascend(model, x, target, lr, steps):
    model.train()
    model(x.repeat(2, 1, 1, 1))
    model.eval()
    for _ in range(steps):
        x = x.detach().clone().requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g).clamp(0, 1).detach()
    return x


# %% ascend | wrong | a result that hangs on its graph
def ascend(model, x, target, lr, steps):
    x = x.clone().requires_grad_()
    for _ in range(steps):
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        x = (x + lr * g).clamp(0, 1)
    return x


# %% ascend | wrong | the given picture overwritten
def ascend(model, x, target, lr, steps):
    for _ in range(steps):
        x.requires_grad_()
        (g,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        with torch.no_grad():
            x += lr * g
            x.clamp_(0, 1)
    return x.detach()


# %% total_variation | right | diff
def total_variation(x):
    return torch.diff(x, dim=2).pow(2).mean() + torch.diff(x, dim=3).pow(2).mean()


# %% total_variation | right | mse_loss of two slices
def total_variation(x):
    return F.mse_loss(x[..., 1:, :], x[..., :-1, :]) + F.mse_loss(x[..., 1:], x[..., :-1])


# %% total_variation | wrong | a plain number
def total_variation(x):
    down, across = x[:, :, 1:] - x[:, :, :-1], x[..., 1:] - x[..., :-1]
    return ((down**2).mean() + (across**2).mean()).item()


# %% total_variation | wrong | only one direction: across
def total_variation(x):
    return ((x[..., 1:] - x[..., :-1]) ** 2).mean()


# %% total_variation | wrong | only one direction: down
def total_variation(x):
    return ((x[:, :, 1:] - x[:, :, :-1]) ** 2).mean()


# %% total_variation | wrong | absolute differences
def total_variation(x):
    return (x[:, :, 1:] - x[:, :, :-1]).abs().mean() + (x[..., 1:] - x[..., :-1]).abs().mean()


# %% total_variation | wrong | differences that cancel
def total_variation(x):
    return (x[:, :, 1:] - x[:, :, :-1]).mean() ** 2 + (x[..., 1:] - x[..., :-1]).mean() ** 2


# %% total_variation | wrong | sums instead of means
def total_variation(x):
    return ((x[:, :, 1:] - x[:, :, :-1]) ** 2).sum() + ((x[..., 1:] - x[..., :-1]) ** 2).sum()


# %% total_variation | wrong | root of the sum
def total_variation(x):
    return torch.sqrt(((x[:, :, 1:] - x[:, :, :-1]) ** 2).mean() + ((x[..., 1:] - x[..., :-1]) ** 2).mean())


# %% total_variation | wrong | the edge has a neighbour on the other side
def total_variation(x):
    return ((torch.roll(x, -1, 2) - x) ** 2).mean() + ((torch.roll(x, -1, 3) - x) ** 2).mean()


# %% total_variation | wrong | over colours and height
def total_variation(x):
    return ((x[:, 1:] - x[:, :-1]) ** 2).mean() + ((x[:, :, 1:] - x[:, :, :-1]) ** 2).mean()


# %% fgsm | right | written out, clipped with min and max
def fgsm(model, x, y, eps):
    copy = x.clone().requires_grad_()
    loss = F.cross_entropy(model(copy), y)
    g = torch.autograd.grad(loss, copy)[0]
    return torch.minimum(torch.maximum(x + eps * torch.sign(g), torch.zeros_like(x)), torch.ones_like(x))


# %% fgsm | right | where
def fgsm(model, x, y, eps):
    up = picture_gradient(model, x, y) > 0
    return torch.where(up, x + eps, x - eps).clip(0, 1)


# %% fgsm | wrong | wrong sign
def fgsm(model, x, y, eps):
    return (x - eps * picture_gradient(model, x, y).sign()).clamp(0, 1)


# %% fgsm | wrong | gradient instead of its sign
def fgsm(model, x, y, eps):
    return (x + eps * picture_gradient(model, x, y)).clamp(0, 1)


# %% fgsm | wrong | a gradient of length one
def fgsm(model, x, y, eps):
    g = picture_gradient(model, x, y)
    return (x + eps * g / g.flatten(1).norm(dim=1)[:, None, None, None]).clamp(0, 1)


# %% fgsm | wrong | no clipping
def fgsm(model, x, y, eps):
    return x + eps * picture_gradient(model, x, y).sign()


# %% fgsm | wrong | eps on the scale to 255
def fgsm(model, x, y, eps):
    return (x + eps / 255 * picture_gradient(model, x, y).sign()).clamp(0, 1)


# %% fgsm | wrong | only the sign returned
def fgsm(model, x, y, eps):
    return picture_gradient(model, x, y).sign()


# %% fgsm | wrong | only the change returned
def fgsm(model, x, y, eps):
    return eps * picture_gradient(model, x, y).sign()


# %% fgsm | wrong | the logit instead of the loss
def fgsm(model, x, y, eps):
    copy = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(model(copy)[torch.arange(len(y)), y].sum(), copy)
    return (x - eps * g.sign()).clamp(0, 1)


# %% fgsm | wrong | gradients left on the weights
def fgsm(model, x, y, eps):
    copy = x.clone().requires_grad_()
    F.cross_entropy(model(copy), y).backward()
    return (x + eps * copy.grad.sign()).clamp(0, 1)


# %% fgsm | wrong | in training mode
def fgsm(model, x, y, eps):
    model.train()
    model(torch.cat([x, x]))
    model.eval()
    return (x + eps * picture_gradient(model, x, y).sign()).clamp(0, 1)


# %% fgsm | wrong | a result that hangs on its graph
def fgsm(model, x, y, eps):
    x = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(F.cross_entropy(model(x), y), x)
    return (x + eps * g.sign()).clamp(0, 1)


# %% fgsm | wrong | the given picture overwritten
def fgsm(model, x, y, eps):
    x += eps * picture_gradient(model, x, y).sign()
    return x.clamp_(0, 1)


# %% targeted_attack | right | the change is kept and clipped
def targeted_attack(model, x, target, eps, lr, steps):
    delta = torch.zeros_like(x)
    for _ in range(steps):
        delta = (delta - lr * picture_gradient(model, x + delta, target).sign()).clamp(-eps, eps)
        delta = (x + delta).clamp(0, 1) - x
    return x + delta


# %% targeted_attack | right | both bounds at once, before the loop
def targeted_attack(model, x, target, eps, lr, steps):
    low, high = (x - eps).clamp(min=0), (x + eps).clamp(max=1)
    now = x.clone()
    for _ in range(steps):
        now.requires_grad_()
        g = torch.autograd.grad(F.cross_entropy(model(now), target), now)[0]
        now = torch.max(torch.min(now.detach() - lr * torch.sign(g), high), low)
    return now


# %% targeted_attack | wrong | away from the target
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now + lr * picture_gradient(model, now, target).sign()
        now = torch.clamp(now, x - eps, x + eps).clamp(0, 1)
    return now


# %% targeted_attack | wrong | no projection
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = (now - lr * picture_gradient(model, now, target).sign()).clamp(0, 1)
    return now


# %% targeted_attack | wrong | projected about the previous step
def targeted_attack(model, x, target, eps, lr, steps):
    for _ in range(steps):
        new = x - lr * picture_gradient(model, x, target).sign()
        x = torch.clamp(new, x - eps, x + eps).clamp(0, 1)
    return x


# %% targeted_attack | wrong | projected only at the end
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = (now - lr * picture_gradient(model, now, target).sign()).clamp(0, 1)
    return torch.clamp(now, x - eps, x + eps)


# %% targeted_attack | wrong | a ball of the whole picture's length
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        delta = now - lr * picture_gradient(model, now, target).sign() - x
        length = delta.flatten(1).norm(dim=1)[:, None, None, None]
        now = (x + delta * (eps / length).clamp(max=1)).clamp(0, 1)
    return now


# %% targeted_attack | wrong | no clipping
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now - lr * picture_gradient(model, now, target).sign()
        now = torch.clamp(now, x - eps, x + eps)
    return now


# %% targeted_attack | wrong | gradient instead of its sign
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    for _ in range(steps):
        now = now - lr * picture_gradient(model, now, target)
        now = torch.clamp(now, x - eps, x + eps).clamp(0, 1)
    return now


# %% targeted_attack | wrong | the gradient of the first picture only
def targeted_attack(model, x, target, eps, lr, steps):
    now, direction = x, picture_gradient(model, x, target).sign()
    for _ in range(steps):
        now = torch.clamp(now - lr * direction, x - eps, x + eps).clamp(0, 1)
    return now


# %% targeted_attack | wrong | each step begins at the original
def targeted_attack(model, x, target, eps, lr, steps):
    for _ in range(steps):
        now = x - lr * picture_gradient(model, x, target).sign()
        now = torch.clamp(now, x - eps, x + eps).clamp(0, 1)
    return now


# %% targeted_attack | wrong | gradients left on the weights
def targeted_attack(model, x, target, eps, lr, steps):
    now = x.clone()
    for _ in range(steps):
        now = now.detach().requires_grad_()
        F.cross_entropy(model(now), target).backward()
        now = torch.clamp(now - lr * now.grad.sign(), x - eps, x + eps).clamp(0, 1)
    return now.detach()


# %% targeted_attack | wrong | in training mode
def targeted_attack(model, x, target, eps, lr, steps):
    now = x
    model.train()
    model(torch.cat([x, x]))
    model.eval()
    for _ in range(steps):
        now = now - lr * picture_gradient(model, now, target).sign()
        now = torch.clamp(now, x - eps, x + eps).clamp(0, 1)
    return now


# %% targeted_attack | wrong | a result that hangs on its graph
def targeted_attack(model, x, target, eps, lr, steps):
    now = x.clone().requires_grad_()
    for _ in range(steps):
        (g,) = torch.autograd.grad(F.cross_entropy(model(now), target), now)
        now = torch.clamp(now - lr * g.sign(), x - eps, x + eps).clamp(0, 1)
    return now


# %% targeted_attack | wrong | the given picture overwritten
def targeted_attack(model, x, target, eps, lr, steps):
    original = x.clone()
    for _ in range(steps):
        x -= lr * picture_gradient(model, x, target).sign()
        x.copy_(torch.clamp(x, original - eps, original + eps).clamp(0, 1))
    return x
