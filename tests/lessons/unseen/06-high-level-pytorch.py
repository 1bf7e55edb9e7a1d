# %% build_mlp | right | recursion with nested Sequentials
def build_mlp(sizes, activation):
    first = nn.Linear(sizes[0], sizes[1])
    if len(sizes) == 2:
        return first
    return nn.Sequential(first, activation(), build_mlp(sizes[1:], activation))


# %% build_mlp | right | an ordered dict with names
def build_mlp(sizes, activation):
    from collections import OrderedDict

    parts = OrderedDict()
    n = len(sizes) - 1
    for i in range(n):
        parts[f"fc{i}"] = nn.Linear(in_features=sizes[i], out_features=sizes[i + 1], bias=True)
        if i != n - 1:
            parts[f"act{i}"] = activation()
    return nn.Sequential(parts)


# %% build_mlp | right | parameters of one's own, no nn.Linear
class OwnNet(nn.Module):
    def __init__(self, sizes, act):
        super().__init__()
        self.ws = nn.ParameterList([nn.Parameter(torch.randn(a, b) * (2 / a) ** 0.5) for a, b in zip(sizes, sizes[1:])])
        self.bs = nn.ParameterList([nn.Parameter(torch.zeros(b)) for b in sizes[1:]])
        self.act = act()

    def forward(self, x):
        last = len(self.ws) - 1
        for i, (w, b) in enumerate(zip(self.ws, self.bs)):
            x = x @ w + b
            x = x if i == last else self.act(x)
        return x


build_mlp = OwnNet


# %% train | right | a trainer of one epoch at a time
class OneEpoch(L.LightningModule):
    def __init__(self, net, rate):
        super().__init__()
        self.net, self.rate = net, rate
        self.criterion = nn.CrossEntropyLoss()

    def training_step(self, batch):
        inputs, targets = batch
        loss = self.criterion(self.net(inputs), targets)
        self.log("loss", loss, on_step=False, on_epoch=True, prog_bar=False)
        return loss

    def configure_optimizers(self):
        return [torch.optim.SGD(self.net.parameters(), lr=self.rate)]


def train(model, train, validation, lr, epochs):
    out = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        model.train()
        trainer = quiet_trainer(1, [])
        trainer.fit(OneEpoch(model, lr), train)
        out["loss"].append(trainer.callback_metrics["loss"].item())
        model.eval()
        with torch.inference_mode():
            scored = [(model(a), b) for a, b in validation]
        z, y = torch.cat([s[0] for s in scored]), torch.cat([s[1] for s in scored])
        out["val_loss"].append(F.cross_entropy(z, y).item())
        out["val_accuracy"].append(torch.mean((z.max(1).indices == y).float()).item())
    return out


# %% train | right | Lightning with metrics objects and manual optimisation
def train(model, train, validation, lr, epochs):
    import torchmetrics

    class Module(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.automatic_optimization = False
            self.model = model
            self.mean = torchmetrics.MeanMetric()
            self.val_mean = torchmetrics.MeanMetric()
            self.right = torchmetrics.MeanMetric()
            self.record = {"loss": [], "val_loss": [], "val_accuracy": []}

        def configure_optimizers(self):
            return torch.optim.SGD(model.parameters(), lr=lr)

        def training_step(self, batch, batch_idx):
            x, y = batch
            model.train()
            opt = self.optimizers()
            opt.zero_grad()
            loss = F.cross_entropy(model(x), y)
            self.manual_backward(loss)
            opt.step()
            self.mean.update(loss.detach(), weight=len(x))

        def validation_step(self, batch, batch_idx):
            x, y = batch
            logits = model(x)
            self.val_mean.update(F.cross_entropy(logits, y, reduction="none"))
            self.right.update((logits.argmax(-1) == y).float())

        def on_train_epoch_end(self):
            for name, metric in zip(self.record, (self.mean, self.val_mean, self.right)):
                self.record[name].append(float(metric.compute()))
                metric.reset()

    module = Module()
    quiet_trainer(epochs, []).fit(module, train, validation)
    return module.record


# %% Residual | right | a bias of random numbers, F.linear
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(features, features))
        nn.init.xavier_uniform_(self.weight)
        self.bias = nn.Parameter(torch.rand(features))
        self.scale = nn.Parameter(torch.tensor([0.0]))

    def forward(self, x):
        added = F.linear(x, self.weight, self.bias).relu()
        return x + added * self.scale


# %% Residual | right | a subclass of nn.Linear
class Residual(nn.Linear):
    def __init__(self, features):
        super().__init__(features, features)
        self.alpha = nn.Parameter(torch.zeros(1, 1))

    def forward(self, x):
        return self.alpha * torch.relu(super().forward(x)) + x


# %% Distiller | right | logs at the end of the epoch, functional losses
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.save_hyperparameters(ignore=["student", "teacher"])
        self.student = student
        self.teacher = teacher
        self.total, self.seen = 0.0, 0

    def on_train_start(self):
        self.teacher.eval()
        for p in self.teacher.parameters():
            p.requires_grad = False

    def forward(self, x):
        return self.student(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        out = self(x)
        loss = nn.functional.cross_entropy(out, y)
        loss = loss + self.hparams.weight * nn.MSELoss()(out, self.teacher(x))
        self.total += float(loss.detach()) * len(x)
        self.seen += len(x)
        return loss

    def on_train_epoch_end(self):
        self.log("loss", self.total / self.seen)
        self.total, self.seen = 0.0, 0

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), self.hparams.lr)


# %% Distiller | right | the update written by hand
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.automatic_optimization = False
        self.student, self.teacher, self.weight, self.lr = student, teacher, weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        self.teacher.train(False)
        z, t = self.student(x), self.teacher(x).detach()
        loss = (z.logsumexp(1) - z[torch.arange(len(y)), y]).mean() + self.weight * (z - t).pow(2).mean()
        names = list(self.student.parameters())
        with torch.no_grad():
            for p, g in zip(names, torch.autograd.grad(loss, names)):
                p.sub_(self.lr * g)
        self.log("loss", loss.detach(), on_step=False, on_epoch=True, batch_size=x.shape[0])

    def configure_optimizers(self):
        return None


# %% StepDecay | right | the library's scheduler inside the callback
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.make = lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, step_size=every, gamma=factor)

    def on_fit_start(self, trainer, pl_module):
        self.schedulers = None

    def on_train_epoch_end(self, trainer, pl_module):
        if self.schedulers is None:
            self.schedulers = [self.make(o) for o in trainer.optimizers]
        for s in self.schedulers:
            s.step()


# %% StepDecay | right | set at every batch from the number of the epoch
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every, self.first = factor, every, None

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        groups = [g for o in trainer.optimizers for g in o.param_groups]
        if self.first is None:
            self.first = [g["lr"] for g in groups]
        for g, lr in zip(groups, self.first):
            g["lr"] = lr * self.factor ** (trainer.current_epoch // self.every)
