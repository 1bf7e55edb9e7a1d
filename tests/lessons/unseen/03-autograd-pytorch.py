# %% derivative | right | autograd.grad on a detached tensor that shares the caller's memory
def derivative(f, x):
    z = x.detach().requires_grad_()
    return torch.autograd.grad(f(z).sum(), z)[0]


# %% derivative | right | backward of a whole tensor, started with ones
def derivative(f, x, seed=1.0):
    leaf = torch.nn.Parameter(x.clone())
    y = f(leaf)
    y.backward(torch.full_like(y, seed))
    return leaf.grad


# %% derivative | right | the function transform grad, partially applied
import functools  # noqa: E402

derivative = functools.partial(lambda transform, f, x: transform(lambda z: f(z).sum())(x), torch.func.grad)


# %% derivative | right | forward mode: one push of a tangent of ones
def derivative(f, x):
    return torch.func.jvp(f, (x,), (torch.ones_like(x),))[1]


# %% derivative | right | a loop over single elements, each with a graph of its own
def derivative(f, x):
    slopes = []
    for value in x.flatten().tolist():
        z = torch.tensor(value, dtype=x.dtype, requires_grad=True)
        f(z).backward()
        slopes.append(z.grad.item())
    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)


# %% derivative | right | the diagonal of the full Jacobian
def derivative(f, x):
    table = torch.autograd.functional.jacobian(lambda v: f(v.reshape(x.shape)).flatten(), x.flatten())
    return table.diagonal().reshape(x.shape)


# %% derivative | right | computed in float64 and left there
def derivative(f, x):
    z = x.double().requires_grad_() if x.dtype != torch.float64 else x.clone().requires_grad_()
    f(z).sum().backward()
    return z.grad.detach()


# %% numerical_gradient | right | moved points are rows of x + h * identity
def numerical_gradient(f, x, h):
    moves = h * torch.eye(len(x), dtype=x.dtype)
    return torch.stack([f(x + move) - f(x - move) for move in moves]) / (2 * h)


# %% numerical_gradient | right | one clone, moved there and restored from the original
def numerical_gradient(f, x, h):
    moved, result = x.clone(), torch.empty_like(x)
    for i in range(len(x)):
        moved[i] = x[i] + h
        high = float(f(moved))
        moved[i] = x[i] - h
        low = float(f(moved))
        moved[i] = x[i]
        result[i] = (high - low) / (2 * h)
    return result


# %% numerical_gradient | right | Python lists, a fresh tensor for each call, the quotient divided by the distance really moved
def numerical_gradient(f, x, h):
    base, slopes = x.tolist(), []
    for i, value in enumerate(base):
        up, down = value + h, value - h
        ends = [f(torch.tensor([*base[:i], end, *base[i + 1 :]], dtype=torch.float64)).item() for end in (up, down)]
        slopes.append((ends[0] - ends[1]) / (up - down))
    return torch.tensor(slopes, dtype=torch.float64)


# %% numerical_gradient | right | NumPy inside, the result is an array
@torch.no_grad()
def numerical_gradient(function, point, step):
    point = point.numpy()
    units = np.identity(len(point))
    evaluate = lambda p: function(torch.from_numpy(p)).numpy()  # noqa: E731
    return np.array([(evaluate(point + step * e) - evaluate(point - step * e)) / (2 * step) for e in units])


# %% numerical_gradient | right | all moved points at once by vmap
def numerical_gradient(f, x, h):
    moves = torch.diag(torch.full_like(x, h))
    high, low = torch.vmap(f)(torch.cat([x + moves, x - moves])).chunk(2)
    return (high - low) / h / 2


# %% gradient_descent | right | an optimiser of the framework
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    optimizer = torch.optim.SGD([x], lr=lr)
    path = [x.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        f(x).backward()
        optimizer.step()
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | right | a table filled row by row, each row a new leaf
def gradient_descent(f, x0, lr, steps):
    path = torch.empty(steps + 1, len(x0), dtype=x0.dtype)
    path[0] = x0
    for k in range(steps):
        here = path[k].clone().requires_grad_()
        (slope,) = torch.autograd.grad(f(here), here)
        path[k + 1] = path[k] - lr * slope
    return path


# %% gradient_descent | right | accumulate over a pure function of the point
def gradient_descent(f, x0, lr, steps):
    import itertools

    slope = torch.func.grad(f)
    return torch.vstack(list(itertools.accumulate(range(steps), lambda x, _: x - lr * slope(x), initial=x0)))


# %% gradient_descent | right | the gradient by a hook, the points in a double-ended queue
def gradient_descent(f, x0, lr, steps):
    from collections import deque

    points, caught = deque([x0.detach().clone()]), []
    while len(points) <= steps:
        leaf = points[-1].clone().requires_grad_(True)
        leaf.register_hook(caught.append)
        f(leaf).backward()
        points.append(points[-1] - lr * caught.pop())
    return torch.cat([point.unsqueeze(0) for point in points])


# %% gradient_descent | right | a generator of points, in place under no_grad, gradient set to None
class Descent:
    def points(self, f, x0, lr, steps):
        x = x0.clone().requires_grad_()
        yield x0.clone()
        for _ in range(steps):
            f(x).backward()
            with torch.no_grad():
                x.add_(x.grad, alpha=-lr)
            x.grad = None
            yield x.detach().clone()

    def __call__(self, f, x0, lr, steps):
        return torch.stack(tuple(self.points(f, x0, lr, steps)))


gradient_descent = Descent()


# %% gradient_descent | right | through .data, with the record kept as Python lists
def gradient_descent(f, x0, lr, steps):
    x = torch.nn.Parameter(x0.clone())
    record = [x.tolist()]
    for _ in range(steps):
        x.grad = None
        f(x).backward()
        x.data -= lr * x.grad
        record.append(x.tolist())
    return torch.tensor(record, dtype=x0.dtype)


# %% fit_line | right | the formulas, in Python's own numbers
def fit_line(x, y, w, b, lr, steps):
    xs, ys, n = x.tolist(), y.tolist(), len(x)
    for _ in range(steps):
        errors = [w * p + b - q for p, q in zip(xs, ys, strict=True)]
        slope_w = 2 / n * sum(e * p for e, p in zip(errors, xs, strict=True))
        slope_b = 2 / n * sum(errors)
        w, b = w - lr * slope_w, b - lr * slope_b
    return w, b


# %% fit_line | right | a linear layer and an optimiser; views of the parameters are given back
def fit_line(x, y, w, b, lr, steps):
    layer = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(layer.weight, w)
    torch.nn.init.constant_(layer.bias, b)
    optimizer = torch.optim.SGD(layer.parameters(), lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(layer(x[:, None]), y[:, None]).backward()
        optimizer.step()
    return layer.weight.detach()[0, 0], layer.bias.detach()[0]


# %% fit_line | right | one vector of two parameters, a column of ones, grad with respect to the vector
def fit_line(x, y, w, b, lr, steps):
    table = torch.stack([x, torch.ones_like(x)], dim=1)
    p = torch.tensor([w, b], dtype=x.dtype)
    slope = torch.func.grad(lambda p: ((table @ p - y) ** 2).mean())
    for _ in range(steps):
        p = p - lr * slope(p)
    return [p[0], p[1]]


# %% fit_line | right | all steps at once: a step is a linear map, so its power is taken
def fit_line(x, y, w, b, lr, steps):
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    step = np.eye(3)
    step[0] -= 2 * lr * np.array([np.mean(x * x), np.mean(x), -np.mean(x * y)])
    step[1] -= 2 * lr * np.array([np.mean(x), 1, -np.mean(y)])
    return tuple((np.linalg.matrix_power(step, steps) @ [w, b, 1])[:2])


# %% fit_line | right | both gradients by one call of autograd.grad, new leaves by detach, float64
def fit_line(x, y, w, b, lr, steps):
    x, y = x.double(), y.double()
    params = [torch.tensor(float(p), dtype=torch.float64, requires_grad=True) for p in (w, b)]
    for _ in range(steps):
        loss = (params[0] * x + params[1] - y).square().mean()
        slopes = torch.autograd.grad(loss, params)
        params = [(p - lr * s).detach().requires_grad_() for p, s in zip(params, slopes, strict=True)]
    return tuple(p.detach() for p in params)


# %% fit_line | right | a list of two leaves changed in place; the leaves themselves are given back without their gradient flag
def fit_line(inputs, targets, slope, offset, rate, count):
    pair = [torch.tensor(float(value), requires_grad=True) for value in (slope, offset)]
    for _ in range(count):
        (inputs * pair[0] + pair[1] - targets).pow(2).mean().backward()
        for p in pair:
            p.data.sub_(rate * p.grad)
            p.grad.zero_()
    return tuple(p.requires_grad_(False) for p in pair)


# %% train_linear_classifier | right | the gradient by its formula, softmax minus one-hot
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w, b = torch.zeros(x.shape[1], num_classes), torch.zeros(num_classes)
    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            error = (torch.softmax(xb @ w + b, dim=1) - F.one_hot(yb, num_classes)) / len(xb)
            w -= lr * xb.T @ error
            b -= lr * error.sum(dim=0)
    return w, b


# %% train_linear_classifier | right | a linear layer and an optimiser; the transposed view of the weights is given back
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    layer = torch.nn.Linear(x.shape[1], num_classes)
    for p in layer.parameters():
        torch.nn.init.zeros_(p)
    optimizer, criterion = torch.optim.SGD(layer.parameters(), lr=lr), torch.nn.CrossEntropyLoss()
    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            optimizer.zero_grad(set_to_none=False)
            criterion(layer(xb), yb).backward()
            optimizer.step()
    return layer.weight.detach().T, layer.bias.detach()


# %% train_linear_classifier | right | one table for weights and bias, float64 throughout, grad as a function transform
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    def loss(table, xb, yb):
        logits = torch.cat([xb, torch.ones_like(xb[:, :1])], dim=1).double() @ table
        return (torch.logsumexp(logits, dim=1) - logits.gather(1, yb[:, None])[:, 0]).mean()

    table = torch.zeros(x.shape[1] + 1, num_classes, dtype=torch.float64)
    for _ in range(epochs):
        for batch in list(batches(x, y, batch_size, generator)):
            table = table - lr * torch.func.grad(loss)(table, *batch)
    return table[:-1], table[-1]


# %% train_linear_classifier | right | log_softmax and nll_loss, gradients emptied after the step, a flat loop over all batches
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    import itertools

    w = torch.zeros((x.size(1), num_classes), requires_grad=True)
    b = torch.zeros((num_classes,), requires_grad=True)
    for xb, yb in itertools.chain.from_iterable(batches(x, y, batch_size, generator) for _ in range(epochs)):
        F.nll_loss(torch.log_softmax(torch.addmm(b, xb, w), dim=1), yb).backward()
        with torch.no_grad():
            for p in (w, b):
                p -= lr * p.grad
                p.grad.zero_()
    return [w.detach().clone(), b.detach().clone()]


# %% train_linear_classifier | right | the sum of the losses, with the step divided by the size of the batch
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    params = torch.zeros(x.shape[1], num_classes), torch.zeros(num_classes)
    for _ in range(epochs):
        for xb, yb in batches(x, y, batch_size, generator):
            w, b = (p.detach().requires_grad_() for p in params)
            slopes = torch.autograd.grad(F.cross_entropy(xb @ w + b, yb, reduction="sum"), (w, b))
            params = tuple((p - lr / len(yb) * s).detach() for p, s in zip((w, b), slopes, strict=True))
    return params


# %% stop_gradient_branch | right | the answer by thought: f'(x) g(x)
def stop_gradient_branch(f, g, x):
    z = x.clone().requires_grad_()
    f(z).sum().backward()
    return z.grad * g(x)


# %% stop_gradient_branch | right | g under no_grad
def stop_gradient_branch(f, g, x):
    z = x.detach().clone().requires_grad_()
    with torch.no_grad():
        weight = g(z)
    (slope,) = torch.autograd.grad((f(z) * weight).sum(), z)
    return slope


# %% stop_gradient_branch | right | g's values start the backward pass of f
def stop_gradient_branch(f, g, x):
    value, pull = torch.func.vjp(f, x)
    return pull(g(x))[0]


# %% stop_gradient_branch | right | an autograd function of one's own that passes no gradient
class Wall(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        return values.clone()

    @staticmethod
    def backward(ctx, slopes):
        return torch.zeros_like(slopes)


def stop_gradient_branch(f, g, x):
    z = x.clone().requires_grad_()
    product = f(z) * Wall.apply(g(z))
    product.backward(torch.ones_like(product))
    return z.grad.clone()


# %% stop_gradient_branch | right | forward mode, with detach inside
def stop_gradient_branch(f, g, x):
    _, slope = torch.func.jvp(lambda z: f(z) * g(x).detach(), (x,), (torch.ones_like(x),))
    return slope
