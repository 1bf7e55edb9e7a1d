"""Known answers of 02-losses in PyTorch: every misconception as a student would write it, and unusual right answers."""


# %% zero_one_loss | wrong | wrong branch: 1 for the right ones
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=1) == labels).float().mean()


# %% zero_one_loss | wrong | a count instead of a fraction
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=1) != labels).sum()


# %% zero_one_loss | wrong | sum instead of mean
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=1) != labels).float().sum()


# %% zero_one_loss | wrong | judged by the sign of the label's logit
def zero_one_loss(logits, labels):
    own = logits[torch.arange(len(labels)), labels]
    return torch.where(own < 0, 1.0, 0.0).mean()


# %% zero_one_loss | wrong | right only with half the probability
def zero_one_loss(logits, labels):
    p = F.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return (p < 0.5).float().mean()


# %% zero_one_loss | wrong | one minus the probability
def zero_one_loss(logits, labels):
    p = F.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return (1 - p).mean()


# %% zero_one_loss | wrong | smallest logit wins
def zero_one_loss(logits, labels):
    return (logits.argmin(dim=1) != labels).float().mean()


# %% zero_one_loss | wrong | largest over the batch
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=0) != labels).float().mean()


# %% zero_one_loss | wrong | largest of the whole table
def zero_one_loss(logits, labels):
    return (logits.argmax() != labels).float().mean()


# %% zero_one_loss | wrong | every prediction with every label
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=1, keepdim=True) != labels).float().mean()


# %% zero_one_loss | wrong | all or nothing
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=1) != labels).any().float()


# %% zero_one_loss | wrong | one number for each example
def zero_one_loss(logits, labels):
    return (logits.argmax(dim=1) != labels).float()


# %% zero_one_loss | right | one minus the accuracy
def zero_one_loss(logits, labels):
    return 1 - (logits.argmax(dim=1) == labels).float().mean()


# %% zero_one_loss | right | a loop and Python's own numbers
def zero_one_loss(logits, labels):
    wrong = 0
    for row, label in zip(logits.tolist(), labels.tolist()):
        wrong += row.index(max(row)) != label
    return wrong / len(labels)


# %% zero_one_loss | right | compares the label's logit with the largest
def zero_one_loss(logits, labels):
    own = logits.gather(1, labels[:, None]).squeeze(1)
    return torch.mean((own < logits.max(dim=1).values).double())


# %% zero_one_loss | right | probabilities first, which change no order
def zero_one_loss(logits, labels):
    _, predicted = torch.max(F.softmax(logits, dim=-1), dim=-1)
    return torch.count_nonzero(predicted - labels) / labels.numel()


# %% softmax | wrong | overflow: the maximum not subtracted
def softmax(logits):
    return logits.exp() / logits.exp().sum(dim=1, keepdim=True)


# %% softmax | wrong | epsilon in the denominator
def softmax(logits):
    powers = torch.exp(logits)
    return powers / (powers.sum(dim=1, keepdim=True) + 1e-8)


# %% softmax | wrong | logits clipped
def softmax(logits):
    powers = torch.exp(logits.clamp(-80, 80))
    return powers / powers.sum(dim=1, keepdim=True)


# %% softmax | wrong | one maximum for the whole table
def softmax(logits):
    powers = torch.exp(logits - logits.max())
    return powers / powers.sum(dim=1, keepdim=True)


# %% softmax | wrong | over the batch
def softmax(logits):
    powers = torch.exp(logits - logits.max(dim=0).values)
    return powers / powers.sum(dim=0)


# %% softmax | wrong | over the batch, and overflow
def softmax(logits):
    return logits.exp() / logits.exp().sum(dim=0)


# %% softmax | wrong | over the whole table
def softmax(logits):
    powers = torch.exp(logits - logits.max())
    return powers / powers.sum()


# %% softmax | wrong | softmax applied twice
def softmax(logits):
    return F.softmax(F.softmax(logits, dim=1), dim=1)


# %% softmax | wrong | without the exponential
def softmax(logits):
    return logits / logits.sum(dim=1, keepdim=True)


# %% softmax | wrong | a sigmoid for each logit
def softmax(logits):
    return torch.sigmoid(logits)


# %% softmax | wrong | not normalised
def softmax(logits):
    return torch.exp(logits - logits.max(dim=1, keepdim=True).values)


# %% softmax | wrong | logarithm of the probabilities
def softmax(logits):
    return F.log_softmax(logits, dim=1)


# %% softmax | wrong | lost axis in the sum
def softmax(logits):
    powers = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return powers / powers.sum(dim=1)


# %% softmax | wrong | lost axis in the maximum and the sum
def softmax(logits):
    powers = torch.exp(logits - logits.max(dim=1).values)
    return powers / powers.sum(dim=1)


# %% softmax | wrong | input changed in place
def softmax(logits):
    logits -= logits.max(dim=1, keepdim=True).values
    powers = logits.exp()
    return powers / powers.sum(dim=1, keepdim=True)


# %% softmax | right | the framework's own
def softmax(logits):
    return torch.softmax(logits, -1)


# %% softmax | right | exponential of logits minus logsumexp
def softmax(logits):
    return torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))


# %% softmax | right | one row at a time
def softmax(logits):
    rows = []
    for row in logits:
        powers = torch.exp(row - row.max())
        rows.append(powers / powers.sum())
    return torch.stack(rows)


# %% softmax | right | every difference of two logits, in float64
def softmax(logits):
    wide = logits.double()
    return 1 / torch.exp(wide[:, None, :] - wide[:, :, None]).sum(dim=2)


# %% log_softmax | wrong | logarithm of the softmax
def log_softmax(logits):
    return torch.log(F.softmax(logits, dim=1))


# %% log_softmax | wrong | logarithm of an overflowing softmax
def log_softmax(logits):
    powers = torch.exp(logits)
    return torch.log(powers / powers.sum(dim=1, keepdim=True))


# %% log_softmax | wrong | overflow in the log-sum-exp
def log_softmax(logits):
    return logits - torch.log(torch.exp(logits).sum(dim=1, keepdim=True))


# %% log_softmax | wrong | probabilities kept above 1e-07
def log_softmax(logits):
    return torch.log(F.softmax(logits, dim=1).clamp(min=1e-7))


# %% log_softmax | wrong | probabilities kept above 1e-09
def log_softmax(logits):
    return torch.log(F.softmax(logits, dim=1) + 1e-9)


# %% log_softmax | wrong | probabilities kept above 1e-12
def log_softmax(logits):
    return torch.log(F.softmax(logits, dim=1) + 1e-12)


# %% log_softmax | wrong | the maximum not added back
def log_softmax(logits):
    largest = logits.max(dim=1, keepdim=True).values
    return logits - torch.log(torch.exp(logits - largest).sum(dim=1, keepdim=True))


# %% log_softmax | wrong | one maximum for the whole table
def log_softmax(logits):
    shifted = logits - logits.max()
    return shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))


# %% log_softmax | wrong | over the batch
def log_softmax(logits):
    return logits - torch.logsumexp(logits, dim=0)


# %% log_softmax | wrong | over the whole table
def log_softmax(logits):
    shifted = logits - logits.max()
    return shifted - shifted.exp().sum().log()


# %% log_softmax | wrong | softmax applied twice
def log_softmax(logits):
    return F.log_softmax(F.softmax(logits, dim=1), dim=1)


# %% log_softmax | wrong | probabilities instead of their logarithms
def log_softmax(logits):
    powers = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return powers / powers.sum(dim=1, keepdim=True)


# %% log_softmax | wrong | wrong sign
def log_softmax(logits):
    return torch.logsumexp(logits, dim=1, keepdim=True) - logits


# %% log_softmax | wrong | logarithm to base 10
def log_softmax(logits):
    return F.log_softmax(logits, dim=1) / torch.log(torch.tensor(10.0))


# %% log_softmax | wrong | lost axis in the log-sum-exp
def log_softmax(logits):
    return logits - torch.logsumexp(logits, dim=1)


# %% log_softmax | wrong | lost axis in the maximum and the sum
def log_softmax(logits):
    shifted = logits - logits.max(dim=1).values
    return shifted - shifted.exp().sum(dim=1).log()


# %% log_softmax | wrong | input changed in place
def log_softmax(logits):
    logits -= logits.max(dim=1, keepdim=True).values
    return logits - logits.exp().sum(dim=1, keepdim=True).log()


# %% log_softmax | right | the framework's own
def log_softmax(logits):
    return nn.LogSoftmax(dim=1)(logits)


# %% log_softmax | right | logits minus logsumexp
def log_softmax(logits):
    return logits - torch.logsumexp(logits, dim=1, keepdim=True)


# %% log_softmax | right | one class after another with logaddexp
def log_softmax(logits):
    total = logits[:, 0]
    for k in range(1, logits.shape[1]):
        total = torch.logaddexp(total, logits[:, k])
    return logits - total[:, None]


# %% log_softmax | right | the maximum added back
def log_softmax(logits):
    largest = logits.amax(dim=1, keepdim=True)
    log_sum = largest + (logits - largest).exp().sum(dim=1, keepdim=True).log()
    return logits - log_sum


# %% cross_entropy | wrong | sum instead of mean
def cross_entropy(logits, labels):
    return F.cross_entropy(logits, labels, reduction="sum")


# %% cross_entropy | wrong | mean over the classes as well
def cross_entropy(logits, labels):
    targets = F.one_hot(labels, logits.shape[1])
    return -(targets * F.log_softmax(logits, dim=1)).mean()


# %% cross_entropy | wrong | one loss for each example
def cross_entropy(logits, labels):
    return -F.log_softmax(logits, dim=1)[torch.arange(len(labels)), labels]


# %% cross_entropy | wrong | wrong sign
def cross_entropy(logits, labels):
    return F.log_softmax(logits, dim=1)[torch.arange(len(labels)), labels].mean()


# %% cross_entropy | wrong | softmax applied twice
def cross_entropy(logits, labels):
    return F.cross_entropy(F.softmax(logits, dim=1), labels)


# %% cross_entropy | wrong | softmax over the batch
def cross_entropy(logits, labels):
    log_p = F.log_softmax(logits, dim=0)
    return -log_p[torch.arange(len(labels)), labels].mean()


# %% cross_entropy | wrong | logarithm of the softmax
def cross_entropy(logits, labels):
    p = F.softmax(logits, dim=1)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean()


# %% cross_entropy | wrong | logarithm of an overflowing softmax
def cross_entropy(logits, labels):
    p = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean()


# %% cross_entropy | wrong | overflow in the log-sum-exp
def cross_entropy(logits, labels):
    own = logits[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(logits).sum(dim=1)) - own).mean()


# %% cross_entropy | wrong | probabilities kept above 1e-07
def cross_entropy(logits, labels):
    p = F.softmax(logits, dim=1).clamp(1e-7, 1)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean()


# %% cross_entropy | wrong | probabilities kept above 1e-09
def cross_entropy(logits, labels):
    p = F.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return -torch.log(p + 1e-9).mean()


# %% cross_entropy | wrong | probabilities kept above 1e-12
def cross_entropy(logits, labels):
    p = F.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return -torch.log(p + 1e-12).mean()


# %% cross_entropy | wrong | arguments swapped: logits as targets
def cross_entropy(logits, labels):
    return F.cross_entropy(F.one_hot(labels, logits.shape[1]).float(), logits)


# %% cross_entropy | wrong | arguments swapped: probabilities as targets
def cross_entropy(logits, labels):
    return F.cross_entropy(F.one_hot(labels, logits.shape[1]).float(), F.softmax(logits, dim=1))


# %% cross_entropy | wrong | arguments swapped: logarithm of the labels
def cross_entropy(logits, labels):
    targets = F.one_hot(labels, logits.shape[1]).float()
    return -(F.softmax(logits, dim=1) * torch.log(targets)).sum(dim=1).mean()


# %% cross_entropy | wrong | logarithm forgotten
def cross_entropy(logits, labels):
    return F.nll_loss(F.softmax(logits, dim=1), labels)


# %% cross_entropy | wrong | logarithm of the mean
def cross_entropy(logits, labels):
    p = F.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return -torch.log(p.mean())


# %% cross_entropy | wrong | logits taken for logarithms
def cross_entropy(logits, labels):
    return F.nll_loss(logits, labels)


# %% cross_entropy | wrong | every example with every label
def cross_entropy(logits, labels):
    return -F.log_softmax(logits, dim=1)[:, labels].mean()


# %% cross_entropy | wrong | the largest probability instead of the label's
def cross_entropy(logits, labels):
    return -F.log_softmax(logits, dim=1).max(dim=1).values.mean()


# %% cross_entropy | wrong | class count guessed from the batch
def cross_entropy(logits, labels):
    return -(F.one_hot(labels) * F.log_softmax(logits, dim=1)).sum(dim=1).mean()


# %% cross_entropy | right | the framework's own
def cross_entropy(logits, labels):
    return nn.CrossEntropyLoss()(logits, labels)


# %% cross_entropy | right | logsumexp minus the label's logit
def cross_entropy(logits, labels):
    own = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
    return (torch.logsumexp(logits, dim=1) - own).mean()


# %% cross_entropy | right | one-hot targets
def cross_entropy(logits, labels):
    targets = F.one_hot(labels, logits.shape[1]).to(logits.dtype)
    return -(targets * logits.log_softmax(dim=1)).sum() / len(labels)


# %% cross_entropy | right | a loop and a Python float
def cross_entropy(logits, labels):
    total = 0.0
    for row, label in zip(logits.double(), labels.tolist()):
        total += (torch.logsumexp(row, dim=0) - row[label]).item()
    return total / len(labels)


# %% binary_cross_entropy_with_logits | wrong | sum instead of mean
def binary_cross_entropy_with_logits(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="sum")


# %% binary_cross_entropy_with_logits | wrong | one loss for each example
def binary_cross_entropy_with_logits(z, y):
    return z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs()))


# %% binary_cross_entropy_with_logits | wrong | arguments swapped
def binary_cross_entropy_with_logits(z, y):
    return F.binary_cross_entropy_with_logits(y, z)


# %% binary_cross_entropy_with_logits | wrong | sigmoid applied twice
def binary_cross_entropy_with_logits(z, y):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(z), y)


# %% binary_cross_entropy_with_logits | wrong | logarithm of the sigmoid
def binary_cross_entropy_with_logits(z, y):
    p = torch.sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


# %% binary_cross_entropy_with_logits | wrong | log(1 + exp(z)) overflows
def binary_cross_entropy_with_logits(z, y):
    return (torch.log(1 + torch.exp(z)) - z * y).mean()


# %% binary_cross_entropy_with_logits | wrong | probabilities clipped at 1e-07
def binary_cross_entropy_with_logits(z, y):
    p = torch.sigmoid(z).clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


# %% binary_cross_entropy_with_logits | wrong | probabilities clipped at 1e-09
def binary_cross_entropy_with_logits(z, y):
    p = torch.clamp(torch.sigmoid(z), 1e-9, 1 - 1e-9)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


# %% binary_cross_entropy_with_logits | wrong | probabilities clipped at 1e-12
def binary_cross_entropy_with_logits(z, y):
    p = torch.clamp(torch.sigmoid(z), 1e-12, 1 - 1e-12)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


# %% binary_cross_entropy_with_logits | wrong | 1e-07 added to the probabilities
def binary_cross_entropy_with_logits(z, y):
    p = torch.sigmoid(z)
    return -(y * torch.log(p + 1e-7) + (1 - y) * torch.log(1 - p + 1e-7)).mean()


# %% binary_cross_entropy_with_logits | wrong | 1e-09 added to the probabilities
def binary_cross_entropy_with_logits(z, y):
    p = torch.sigmoid(z)
    return -(y * torch.log(p + 1e-9) + (1 - y) * torch.log(1 - p + 1e-9)).mean()


# %% binary_cross_entropy_with_logits | wrong | 1e-12 added to the probabilities
def binary_cross_entropy_with_logits(z, y):
    p = torch.sigmoid(z)
    return -(y * torch.log(p + 1e-12) + (1 - y) * torch.log(1 - p + 1e-12)).mean()


# %% binary_cross_entropy_with_logits | wrong | labels taken for -1 and +1
def binary_cross_entropy_with_logits(z, y):
    return F.softplus(-y * z).mean()


# %% binary_cross_entropy_with_logits | wrong | class 0 left out
def binary_cross_entropy_with_logits(z, y):
    return -(y * F.logsigmoid(z)).mean()


# %% binary_cross_entropy_with_logits | wrong | absolute value forgotten
def binary_cross_entropy_with_logits(z, y):
    return (z.clamp(min=0) - z * y + torch.log(1 + torch.exp(-z))).mean()


# %% binary_cross_entropy_with_logits | wrong | max(z, 0) left out
def binary_cross_entropy_with_logits(z, y):
    return (torch.log1p(torch.exp(-z.abs())) - z * y).mean()


# %% binary_cross_entropy_with_logits | wrong | z y added instead of subtracted
def binary_cross_entropy_with_logits(z, y):
    return (z.clamp(min=0) + z * y + torch.log1p(torch.exp(-z.abs()))).mean()


# %% binary_cross_entropy_with_logits | wrong | wrong sign
def binary_cross_entropy_with_logits(z, y):
    return (y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z)).mean()


# %% binary_cross_entropy_with_logits | right | the framework's own
def binary_cross_entropy_with_logits(z, y):
    return nn.BCEWithLogitsLoss()(z, y)


# %% binary_cross_entropy_with_logits | right | softplus
def binary_cross_entropy_with_logits(z, y):
    return (F.softplus(z) - z * y).mean()


# %% binary_cross_entropy_with_logits | right | two logarithms of sigmoids
def binary_cross_entropy_with_logits(z, y):
    return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z)).mean()


# %% binary_cross_entropy_with_logits | right | one branch for each label
def binary_cross_entropy_with_logits(z, y):
    zero = torch.zeros_like(z)
    losses = torch.where(y == 1, torch.logaddexp(zero, -z), torch.logaddexp(zero, z))
    return losses.sum() / len(losses)


# %% binary_cross_entropy_with_logits | right | a softmax of two classes
def binary_cross_entropy_with_logits(z, y):
    return F.cross_entropy(torch.stack([torch.zeros_like(z), z], dim=1), y.long())
