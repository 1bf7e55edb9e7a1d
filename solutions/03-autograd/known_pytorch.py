"""Known answers of lesson 03 in PyTorch: the mistakes as students write them, and right answers that look different."""


# %% derivative | wrong | gradients accumulate over calls
def derivative(f, x):
    x.requires_grad_()
    f(x).sum().backward()
    return x.grad


# %% derivative | wrong | live graph returned
def derivative(f, x):
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return slope


# %% derivative | wrong | the function's value instead of its derivative
def derivative(f, x):
    x = x.clone().requires_grad_()
    y = f(x)
    y.sum().backward()
    return y


# %% derivative | wrong | mean instead of sum
def derivative(f, x):
    x = x.clone().requires_grad_()
    f(x).mean().backward()
    return x.grad


# %% derivative | wrong | one number instead of one derivative for each element
def derivative(f, x):
    x = x.clone().requires_grad_()
    f(x).sum().backward()
    return x.grad.sum()


# %% derivative | wrong | the whole Jacobian matrix
def derivative(f, x):
    return torch.autograd.functional.jacobian(f, x)


# %% derivative | right | backward with a vector of ones
def derivative(f, x):
    leaf = x.detach().clone()
    leaf.requires_grad = True
    y = f(leaf)
    y.backward(torch.ones_like(y))
    return leaf.grad


# %% derivative | right | torch.func.grad
def derivative(f, x):
    return torch.func.grad(lambda v: f(v).sum())(x)


# %% derivative | right | element by element, in float64
def derivative(f, x):
    slopes = []
    for number in x.reshape(-1).tolist():
        leaf = torch.tensor(number, dtype=torch.float64, requires_grad=True)
        f(leaf).backward()
        slopes.append(leaf.grad.item())
    return torch.tensor(slopes, dtype=torch.float64).reshape(x.shape)


# %% derivative | right | the caller's own tensor, emptied before use
def derivative(f, x):
    x.requires_grad_()
    x.grad = None
    f(x).sum().backward()
    return x.grad


# %% derivative | right | diagonal of the Jacobian
def derivative(f, x):
    full = torch.autograd.functional.jacobian(f, x).reshape(x.numel(), x.numel())
    return full.diagonal().reshape(x.shape)


# %% numerical_gradient | wrong | one-sided difference
def numerical_gradient(f, x, h):
    result = torch.zeros_like(x)
    for i in range(len(x)):
        moved = x.clone()
        moved[i] += h
        result[i] = (f(moved) - f(x)) / h
    return result


# %% numerical_gradient | wrong | divided by h instead of 2h
def numerical_gradient(f, x, h):
    result = torch.zeros_like(x)
    for i in range(len(x)):
        up, down = x.clone(), x.clone()
        up[i] += h
        down[i] -= h
        result[i] = (f(up) - f(down)) / h
    return result


# %% numerical_gradient | wrong | the two points swapped
def numerical_gradient(f, x, h):
    result = torch.zeros_like(x)
    for i in range(len(x)):
        up, down = x.clone(), x.clone()
        up[i] += h
        down[i] -= h
        result[i] = (f(down) - f(up)) / (2 * h)
    return result


# %% numerical_gradient | wrong | all components moved at once
def numerical_gradient(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


# %% numerical_gradient | wrong | moved components stay moved
def numerical_gradient(f, x, h):
    moved = x.clone()
    result = torch.zeros_like(x)
    for i in range(len(x)):
        moved[i] += h
        up = f(moved)
        moved[i] -= 2 * h
        result[i] = (up - f(moved)) / (2 * h)
    return result


# %% numerical_gradient | wrong | the input is moved and not put back
def numerical_gradient(f, x, h):
    result = torch.zeros_like(x)
    for i in range(len(x)):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        result[i] = (up - down) / (2 * h)
    return result


# %% numerical_gradient | wrong | both points are one and the same array
def numerical_gradient(f, x, h):
    result = torch.zeros_like(x)
    for i in range(len(x)):
        plus = x
        minus = x
        plus[i] += h
        minus[i] -= h
        result[i] = (f(plus) - f(minus)) / (2 * h)
    return result


# %% numerical_gradient | wrong | differences taken in float32
def numerical_gradient(f, x, h):
    x = x.float()
    result = torch.zeros(len(x))
    for i in range(len(x)):
        up, down = x.clone(), x.clone()
        up[i] += h
        down[i] -= h
        result[i] = (f(up) - f(down)) / (2 * h)
    return result


# %% numerical_gradient | wrong | the exact gradient instead of the difference
def numerical_gradient(f, x, h):
    x = x.clone().requires_grad_()
    f(x).backward()
    return x.grad


# %% numerical_gradient | right | rows of an identity matrix
def numerical_gradient(f, x, h):
    steps = h * torch.eye(len(x), dtype=x.dtype)
    return torch.stack([(f(x + step) - f(x - step)) / (2 * h) for step in steps])


# %% numerical_gradient | right | NumPy array filled in a loop
def numerical_gradient(f, x, h):
    result = np.zeros(len(x))
    for i in range(len(x)):
        up, down = x.clone(), x.clone()
        up[i] += h
        down[i] -= h
        result[i] = f(up).item() - f(down).item()
    return result / (2 * h)


# %% numerical_gradient | right | result stored in float32
def numerical_gradient(f, x, h):
    result = torch.zeros(len(x))
    for i in range(len(x)):
        step = F.one_hot(torch.tensor(i), len(x)).double() * h
        result[i] = (f(x + step) - f(x - step)) / (2 * h)
    return result


# %% numerical_gradient | right | one copy, moved and put back
def numerical_gradient(f, x, h):
    moved, result = x.clone(), torch.empty_like(x)
    for i in range(len(x)):
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        down = f(moved)
        moved[i] = x[i]
        result[i] = (up - down) / (2 * h)
    return result


# %% gradient_descent | wrong | gradients accumulate over steps
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x0]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | wrong | ascent
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x0]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x += lr * x.grad
        x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | wrong | the starting point is changed in place
def gradient_descent(f, x0, lr, steps):
    x = x0.requires_grad_()
    path = [x.detach().clone()]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | wrong | every row is the last point
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad.zero_()
        path.append(x)
    return torch.stack(path)


# %% gradient_descent | wrong | every row after the first is the last point
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x0]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad.zero_()
        path.append(x.detach())
    return torch.stack(path)


# %% gradient_descent | wrong | the gradient is taken only once
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x0]
    f(x).backward()
    for _ in range(steps):
        with torch.no_grad():
            x -= lr * x.grad
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | wrong | the learning rate is left out
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x0]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= x.grad
        x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | wrong | the starting point is missing
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = []
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | wrong | only the last point
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad.zero_()
    return x.detach()


# %% gradient_descent | wrong | live graph returned
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(f(x), x)
        x = x - lr * slope
        path.append(x)
    return torch.stack(path)


# %% gradient_descent | right | a new leaf for every step
def gradient_descent(f, x0, lr, steps):
    x, path = x0.clone(), [x0.clone()]
    for _ in range(steps):
        x = x.detach().requires_grad_()
        f(x).backward()
        x = (x - lr * x.grad).detach()
        path.append(x)
    return torch.stack(path)


# %% gradient_descent | right | torch.optim.SGD
def gradient_descent(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    optimiser = torch.optim.SGD([x], lr=lr)
    path = [x.detach().clone()]
    for _ in range(steps):
        optimiser.zero_grad()
        f(x).backward()
        optimiser.step()
        path.append(x.detach().clone())
    return torch.stack(path)


# %% gradient_descent | right | an array allocated beforehand
def gradient_descent(f, x0, lr, steps):
    path = torch.zeros(steps + 1, len(x0))
    path[0] = x0
    slope_of = torch.func.grad(f)
    for step in range(steps):
        path[step + 1] = path[step] - lr * slope_of(path[step])
    return path


# %% gradient_descent | right | NumPy rows, in float64
def gradient_descent(f, x0, lr, steps):
    path = [x0.double().numpy()]
    for _ in range(steps):
        x = torch.tensor(path[-1], requires_grad=True)
        f(x).backward()
        path.append(path[-1] - lr * x.grad.numpy())
    return np.array(path)


# %% fit_line | wrong | gradients accumulate over steps
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return w.item(), b.item()


# %% fit_line | wrong | the weights zeroed instead of the gradients, before backward
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        w.data.zero_()
        b.data.zero_()
        loss.backward()
        w.data.sub_(lr * w.grad)
        b.data.sub_(lr * b.grad)
    return w.item(), b.item()


# %% fit_line | wrong | the weights zeroed instead of the gradients, after the update
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
            w.zero_()
            b.zero_()
    return w.item(), b.item()


# %% fit_line | wrong | lr * b subtracted instead of lr times its gradient
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        w.data.sub_(lr * w.grad)
        b.data.sub_(lr * b)
        w.grad.zero_()
        b.grad.zero_()
    return w.item(), b.item()


# %% fit_line | wrong | b is updated with the already moved w
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        for parameter in (w, b):
            w.grad = b.grad = None
            loss = ((w * x + b - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                parameter -= lr * parameter.grad
    return w.item(), b.item()


# %% fit_line | wrong | ascent
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w += lr * w.grad
            b += lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return w.item(), b.item()


# %% fit_line | wrong | sum instead of mean
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).sum()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return w.item(), b.item()


# %% fit_line | wrong | half of the squared error
def fit_line(x, y, w, b, lr, steps):
    for _ in range(steps):
        error = w * x + b - y
        w, b = w - lr * (error * x).mean().item(), b - lr * error.mean().item()
    return w, b


# %% fit_line | wrong | (n, 1) minus (n,)
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    column = x.reshape(-1, 1)
    for _ in range(steps):
        loss = ((w * column + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return w.item(), b.item()


# %% fit_line | wrong | the bias is not trained
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w.item(), b


# %% fit_line | wrong | the update is thrown away
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w.sub(lr * w.grad)
            b.sub(lr * b.grad)
        w.grad.zero_()
        b.grad.zero_()
    return w.item(), b.item()


# %% fit_line | wrong | returned in the wrong order
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        dw, db = torch.autograd.grad(((w * x + b - y) ** 2).mean(), (w, b))
        with torch.no_grad():
            w -= lr * dw
            b -= lr * db
    return b.item(), w.item()


# %% fit_line | wrong | live graph returned
def fit_line(x, y, w, b, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        dw, db = torch.autograd.grad(((w * x + b - y) ** 2).mean(), (w, b))
        w = w - lr * dw
        b = b - lr * db
    return w, b


# %% fit_line | right | the gradient by hand, plain numbers
def fit_line(x, y, w, b, lr, steps):
    for _ in range(steps):
        error = w * x + b - y
        dw, db = 2 * (error * x).mean().item(), 2 * error.mean().item()
        w, b = w - lr * dw, b - lr * db
    return w, b


# %% fit_line | right | torch.optim.SGD, tensors returned
def fit_line(x, y, w, b, lr, steps):
    parameters = [torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)]
    optimiser = torch.optim.SGD(parameters, lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        F.mse_loss(parameters[0] * x + parameters[1], y).backward()
        optimiser.step()
    return tuple(p.detach() for p in parameters)


# %% fit_line | right | one vector of parameters
def fit_line(x, y, w, b, lr, steps):
    p = torch.tensor([w, b])
    table = torch.stack([x, torch.ones_like(x)], dim=1)
    for _ in range(steps):
        p = p - lr * 2 / len(x) * table.T @ (table @ p - y)
    return p[0], p[1]


# %% fit_line | right | columns throughout, in float64
def fit_line(x, y, w, b, lr, steps):
    x, y = x.double()[:, None], y.double()[:, None]
    w = torch.full((1, 1), w, dtype=torch.float64, requires_grad=True)
    b = torch.full((1,), b, dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        w.grad = b.grad = None
        (x @ w + b - y).square().mean().backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            b.sub_(lr * b.grad)
    return [w.item(), b.item()]


# %% train_linear_classifier | wrong | gradients accumulate over steps
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            loss = F.cross_entropy(x_batch @ w + b, y_batch)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | the weights zeroed instead of the gradients
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            loss = F.cross_entropy(x_batch @ w + b, y_batch)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
                w.zero_()
                b.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | class count guessed from the data
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    classes = int(y.max()) + 1
    w = torch.zeros(x.shape[1], classes, requires_grad=True)
    b = torch.zeros(classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            dw, db = torch.autograd.grad(F.cross_entropy(x_batch @ w + b, y_batch), (w, b))
            with torch.no_grad():
                w -= lr * dw
                b -= lr * db
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | the batches are used up after the first epoch
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    minibatches = batches(x, y, batch_size, generator)
    for _ in range(epochs):
        for x_batch, y_batch in minibatches:
            loss = F.cross_entropy(x_batch @ w + b, y_batch)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | one update for each epoch
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        loss = F.cross_entropy(x @ w + b, y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | last partial batch dropped
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for k in range(len(x) // batch_size):
            rows = order[k * batch_size : (k + 1) * batch_size]
            F.cross_entropy(x[rows] @ w + b, y[rows]).backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | sum instead of mean
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            F.cross_entropy(x_batch @ w + b, y_batch, reduction="sum").backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | partial batch averaged over batch_size
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            loss = F.cross_entropy(x_batch @ w + b, y_batch, reduction="sum") / batch_size
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | averaged over the classes too
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            targets = F.one_hot(y_batch, num_classes)
            loss = -(targets * F.log_softmax(x_batch @ w + b, dim=1)).mean()
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | softmax applied twice
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            probabilities = torch.softmax(x_batch @ w + b, dim=1)
            loss = F.cross_entropy(probabilities, y_batch)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | b is updated with the already moved w
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            for parameter in (w, b):
                (slope,) = torch.autograd.grad(F.cross_entropy(x_batch @ w + b, y_batch), parameter)
                with torch.no_grad():
                    parameter -= lr * slope
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | ascent
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            log_likelihood = -F.cross_entropy(x_batch @ w + b, y_batch)
            log_likelihood.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad.zero_()
            b.grad.zero_()
    return w.detach(), b.detach()


# %% train_linear_classifier | wrong | the bias is not trained
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            F.cross_entropy(x_batch @ w + b, y_batch).backward()
            with torch.no_grad():
                w -= lr * w.grad
            w.grad.zero_()
    return w.detach(), b


# %% train_linear_classifier | wrong | live graph returned
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w = torch.zeros(x.shape[1], num_classes, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            dw, db = torch.autograd.grad(F.cross_entropy(x_batch @ w + b, y_batch), (w, b))
            w = w - lr * dw
            b = b - lr * db
    return w, b


# %% train_linear_classifier | right | the gradient by hand: softmax minus one-hot
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    w, b = torch.zeros(x.shape[1], num_classes), torch.zeros(num_classes)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            d_logits = torch.softmax(x_batch @ w + b, dim=1) - F.one_hot(y_batch, num_classes)
            d_logits = d_logits / len(x_batch)
            w = w - lr * x_batch.T @ d_logits
            b = b - lr * d_logits.sum(dim=0)
    return w, b


# %% train_linear_classifier | right | nn.Linear and torch.optim.SGD
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    layer = torch.nn.Linear(x.shape[1], num_classes)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD(layer.parameters(), lr=lr)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y, batch_size, generator):
            optimiser.zero_grad()
            F.cross_entropy(layer(x_batch), y_batch).backward()
            optimiser.step()
    return layer.weight.detach().T, layer.bias.detach()


# %% train_linear_classifier | right | DataLoader with the generator
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    dataset = torch.utils.data.TensorDataset(x, y)
    loader = torch.utils.data.DataLoader(dataset, batch_size=batch_size, shuffle=True, generator=generator)
    parameters = [torch.zeros(x.shape[1], num_classes, requires_grad=True), torch.zeros(num_classes, requires_grad=True)]
    for _ in range(epochs):
        for x_batch, y_batch in loader:
            logits = x_batch @ parameters[0] + parameters[1]
            loss = -torch.log_softmax(logits, dim=1)[torch.arange(len(y_batch)), y_batch].mean()
            slopes = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                for parameter, slope in zip(parameters, slopes):
                    parameter -= lr * slope
    return [parameter.detach() for parameter in parameters]


# %% train_linear_classifier | right | one table with a column of ones, in float64
def train_linear_classifier(x, y, num_classes, lr, epochs, batch_size, generator):
    table = torch.cat([x.double(), torch.ones(len(x), 1, dtype=torch.float64)], dim=1)
    both = torch.zeros(table.shape[1], num_classes, dtype=torch.float64, requires_grad=True)
    for _ in range(epochs):
        for rows, labels in batches(table, y, batch_size, generator):
            both.grad = None
            F.cross_entropy(rows @ both, labels).backward()
            both.data -= lr * both.grad
    return both.detach()[:-1], both.detach()[-1]


# %% stop_gradient_branch | wrong | gradients accumulate over calls
def stop_gradient_branch(f, g, x):
    x.requires_grad_()
    (f(x) * g(x).detach()).sum().backward()
    return x.grad


# %% stop_gradient_branch | wrong | live graph returned
def stop_gradient_branch(f, g, x):
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad((f(x) * g(x).detach()).sum(), x, create_graph=True)
    return slope


# %% stop_gradient_branch | wrong | nothing is stopped
def stop_gradient_branch(f, g, x):
    x = x.clone().requires_grad_()
    (f(x) * g(x)).sum().backward()
    return x.grad


# %% stop_gradient_branch | wrong | the wrong branch is stopped
def stop_gradient_branch(f, g, x):
    x = x.clone().requires_grad_()
    (f(x).detach() * g(x)).sum().backward()
    return x.grad


# %% stop_gradient_branch | wrong | the stopped branch is left out
def stop_gradient_branch(f, g, x):
    x = x.clone().requires_grad_()
    f(x).sum().backward()
    return x.grad


# %% stop_gradient_branch | wrong | the function's value instead of its derivative
def stop_gradient_branch(f, g, x):
    x = x.clone().requires_grad_()
    product = f(x) * g(x).detach()
    product.sum().backward()
    return product


# %% stop_gradient_branch | wrong | mean instead of sum
def stop_gradient_branch(f, g, x):
    x = x.clone().requires_grad_()
    (f(x) * g(x).detach()).mean().backward()
    return x.grad


# %% stop_gradient_branch | right | g computed without recording
def stop_gradient_branch(f, g, x):
    with torch.no_grad():
        factor = g(x)
    x = x.clone().requires_grad_()
    (factor * f(x)).sum().backward()
    return x.grad


# %% stop_gradient_branch | right | the input of g is detached
def stop_gradient_branch(f, g, x):
    leaf = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad((f(leaf) * g(leaf.detach())).sum(), leaf)
    return slope


# %% stop_gradient_branch | right | the product rule without its second term
def stop_gradient_branch(f, g, x):
    return torch.func.grad(lambda v: f(v).sum())(x) * g(x)
