# %% zero_one_loss | right | a count in Python's own numbers, result a Python float
def zero_one_loss(logits, labels):
    wrong = 0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        wrong += row.index(max(row)) != label
    return wrong / len(labels)


# %% zero_one_loss | right | one minus the accuracy, positions from max, mean in float64
def zero_one_loss(logits, labels):
    _, guess = torch.max(logits, dim=1)
    return 1 - guess.eq(labels).double().mean()


# %% zero_one_loss | right | counted by the framework, divided
def zero_one_loss(scores, truth, axis=-1):
    return torch.count_nonzero(scores.argmax(axis) - truth) / truth.numel()


# %% zero_one_loss | right | NumPy, result a NumPy scalar
def zero_one_loss(logits, labels):
    return np.not_equal(np.argmax(logits.numpy(), axis=1), labels.numpy()).mean()


# %% softmax | right | classes in the first axis: nothing needs to be kept, a transposed view is given back
def softmax(logits):
    z = logits.T
    powers = torch.exp(z - z.amax(0))
    return (powers / powers.sum(0)).T


# %% softmax | right | one row at a time, in float64
def softmax(logits):
    rows = []
    for row in logits.double():
        powers = (row - max(row)).exp()
        rows.append(powers / sum(powers))
    return torch.stack(rows)


# %% softmax | right | in place, on a clone
def softmax(logits):
    p = logits.clone()
    p -= p.max(dim=1, keepdim=True).values
    p.exp_()
    return p.div_(p.sum(dim=1)[:, None])


# %% softmax | right | a function of one row, mapped by vmap
def of_row(z):
    powers = torch.exp(z - z.max())
    return powers / powers.sum()


softmax = torch.vmap(of_row)


# %% softmax | right | sum as a product with a table of ones, maximum from a sorted row
class Softmax:
    def __call__(self, logits):
        largest = torch.sort(logits, dim=1).values[:, -1:]
        powers = torch.exp(logits - largest)
        return powers / (powers @ torch.ones(logits.shape[1], logits.shape[1], dtype=logits.dtype))


softmax = Softmax()


# %% log_softmax | right | shifted rows minus the logarithm of their sum of powers
def log_softmax(logits):
    shifted = logits - torch.amax(logits, 1, keepdim=True)
    return shifted - torch.log(torch.einsum("bk->b", shifted.exp()))[:, None]


# %% log_softmax | right | the formula z - LSE(z) of the text, in float64
def log_softmax(logits):
    z = logits.double()
    m = z.max(dim=1, keepdim=True).values
    return (z - (m + (z - m).exp().sum(dim=1, keepdim=True).log())).float()


# %% log_softmax | right | shifted, then log-sum-exp of the framework
def log_softmax(logits):
    z = logits - logits.max(dim=1)[0].unsqueeze(1)
    return z - torch.logsumexp(z, dim=1, keepdim=True)


# %% log_softmax | right | Python's own mathematics
def log_softmax(logits):
    import math

    table = []
    for row in logits.tolist():
        m = max(row)
        rest = math.log(math.fsum(math.exp(z - m) for z in row))
        table.append([z - m - rest for z in row])
    return torch.tensor(table)


# %% cross_entropy | right | gather along the classes
def cross_entropy(logits, labels):
    return -torch.log_softmax(logits, dim=1).gather(1, labels.unsqueeze(1)).mean()


# %% cross_entropy | right | a one-hot table as a mask, sum divided by the number of examples
def cross_entropy(logits, labels):
    truth = F.one_hot(labels, logits.shape[1])
    return -(truth * F.log_softmax(logits, dim=1)).sum() / len(labels)


# %% cross_entropy | right | the diagonal of the table of every example with every label
def cross_entropy(logits, labels):
    return F.log_softmax(logits, dim=1)[:, labels].diagonal().neg().mean()


# %% cross_entropy | right | a distribution of the framework
def cross_entropy(logits, labels):
    return -torch.distributions.Categorical(logits=logits).log_prob(labels).mean()


# %% cross_entropy | right | a running total in Python, result a Python float, in float64
def cross_entropy(logits, labels):
    table = nn.LogSoftmax(dim=1)(logits.double())
    total = 0.0
    for i, label in enumerate(labels):
        total -= table[i, label].item()
    return total / len(labels)


# %% binary_cross_entropy_with_logits | right | the boxed form with relu and log1p
def binary_cross_entropy_with_logits(z, y):
    return (torch.relu(z) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


# %% binary_cross_entropy_with_logits | right | the boxed form, one example after another in Python
def binary_cross_entropy_with_logits(z, y):
    from math import exp, log1p
    from statistics import fmean

    return fmean(max(a, 0.0) - a * t + log1p(exp(-abs(a))) for a, t in zip(z.tolist(), y.tolist(), strict=True))


# %% binary_cross_entropy_with_logits | right | the boxed form in parts, products as an inner product, in float64
def binary_cross_entropy_with_logits(z, y):
    z, y = z.double(), y.double()
    return (z.clamp(min=0).sum() - z @ y + (1 + (-z.abs()).exp()).log().sum()) / z.numel()


# %% binary_cross_entropy_with_logits | right | softplus of the logit with the sign of the wrong side
def binary_cross_entropy_with_logits(logits, targets, reduce=torch.mean):
    return reduce(F.softplus((1 - 2 * targets) * logits))


# %% binary_cross_entropy_with_logits | right | log-sum-exp of (0, z), as the text says
def binary_cross_entropy_with_logits(z, y):
    return (torch.logaddexp(torch.zeros_like(z), z) - z * y).mean()
