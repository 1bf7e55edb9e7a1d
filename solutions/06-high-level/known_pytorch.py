"""Known answers of 06-high-level in PyTorch: each mistake as a student writes it, and right answers that look different."""


# %% build_mlp | right | a module with a list of layers and its own forward
class Mlp(nn.Module):
    def __init__(self, sizes, activation):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.activation = activation()

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def build_mlp(sizes, activation):
    return Mlp(sizes, activation)


# %% build_mlp | right | append to a Sequential
def build_mlp(sizes, activation):
    model = nn.Sequential()
    for i in range(len(sizes) - 1):
        if i > 0:
            model.append(activation())
        model.append(nn.Linear(sizes[i], sizes[i + 1]))
    return model


# %% build_mlp | right | output layer made first, lazy layers
class Net(nn.Module):
    def __init__(self, hidden, outputs, activation):
        super().__init__()
        self.out = nn.LazyLinear(outputs)
        self.hidden = nn.Sequential(*[nn.Sequential(nn.LazyLinear(h), activation()) for h in hidden])

    def forward(self, x):
        return self.out(self.hidden(x))


def build_mlp(sizes, activation):
    return Net(sizes[1:-1], sizes[-1], activation)


# %% build_mlp | wrong | activation after the last layer
def build_mlp(sizes, activation):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), activation()]
    return nn.Sequential(*layers)


# %% build_mlp | wrong | softmax inside the model
def build_mlp(sizes, activation):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), activation()]
    return nn.Sequential(*layers[:-1], nn.Softmax(dim=1))


# %% build_mlp | wrong | no activation between the layers
def build_mlp(sizes, activation):
    return nn.Sequential(*[nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])


# %% build_mlp | wrong | activation before the first layer
def build_mlp(sizes, activation):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [activation(), nn.Linear(a, b)]
    return nn.Sequential(*layers)


# %% build_mlp | wrong | always ReLU
def build_mlp(sizes, activation):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


# %% build_mlp | wrong | the last layer is missing
def build_mlp(sizes, activation):
    layers = []
    for i in range(max(1, len(sizes) - 2)):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), activation()]
    return nn.Sequential(*layers)


# %% build_mlp | wrong | layers without biases
def build_mlp(sizes, activation):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b, bias=False), activation()]
    return nn.Sequential(*layers[:-1])


# %% build_mlp | wrong | one layer object at several places
def build_mlp(sizes, activation):
    made, layers = {}, []
    for a, b in zip(sizes, sizes[1:]):
        if (a, b) not in made:
            made[a, b] = nn.Linear(a, b)
        layers += [made[a, b], activation()]
    return nn.Sequential(*layers[:-1])


# %% build_mlp | wrong | layers in a plain list
class Mlp(nn.Module):
    def __init__(self, sizes, activation):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
        self.activation = activation()

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def build_mlp(sizes, activation):
    return Mlp(sizes, activation)


# %% train | right | everything inside, logged and collected in the module
def train(model, train, validation, lr, epochs):
    history = {"loss": [], "val_loss": [], "val_accuracy": []}

    class Lit(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = model

        def training_step(self, batch, i):
            x, y = batch
            loss = nn.CrossEntropyLoss()(self.net(x), y)
            self.log("loss", loss, on_epoch=True, batch_size=len(x))
            return loss

        def validation_step(self, batch, i):
            x, y = batch
            z = self.net(x)
            self.log_dict({"val_loss": F.cross_entropy(z, y), "val_accuracy": (z.argmax(1) == y).double().mean()})

        def on_train_epoch_end(self):
            for name in history:
                history[name].append(float(self.trainer.callback_metrics[name]))

        def configure_optimizers(self):
            return torch.optim.SGD(self.net.parameters(), lr)

    model.train()
    trainer = L.Trainer(
        max_epochs=epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        accelerator="cpu",
    )
    trainer.fit(Lit(), train, validation)
    return {name: values[-epochs:] for name, values in history.items()}


# %% train | right | a loop by hand
def train(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        model.train()
        total = n = 0
        for x, y in train:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        history["loss"].append(total / n)
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in validation:
                z = model(x)
                total += F.cross_entropy(z, y, reduction="sum").item()
                right += (z.argmax(1) == y).sum().item()
                n += len(y)
        history["val_loss"].append(total / n)
        history["val_accuracy"].append(right / n)
    return history


# %% train | right | sums by hand in Lightning, more than was asked for
class Sums(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr
        self.history = {"loss": [], "val_loss": [], "val_accuracy": [], "loss_of_batches": []}

    def on_train_epoch_start(self):
        self.model.train()
        self.sums = [0.0, 0]

    def training_step(self, batch, batch_idx):
        loss = F.nll_loss(self.model(batch[0]).log_softmax(1), batch[1])
        self.sums[0] += loss.item() * len(batch[1])
        self.sums[1] += len(batch[1])
        self.history["loss_of_batches"].append(loss.item())
        return {"loss": loss}

    def on_validation_epoch_start(self):
        self.val = []

    def validation_step(self, batch, batch_idx):
        self.val.append((self.model(batch[0]), batch[1]))

    def on_validation_epoch_end(self):
        z, y = (torch.cat(parts) for parts in zip(*self.val))
        self.history["val_loss"].append(F.cross_entropy(z, y).item())
        self.history["val_accuracy"].append((z.argmax(1) == y).float().mean().item())

    def on_train_epoch_end(self):
        self.history["loss"].append(self.sums[0] / self.sums[1])

    def configure_optimizers(self):
        return torch.optim.SGD(self.model.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    module = Sums(model, lr)
    quiet_trainer(epochs, []).fit(module, train_dataloaders=train, val_dataloaders=validation)
    return module.history


# %% train | wrong | dropout never active
class Given(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    record = Record()
    quiet_trainer(epochs, [record]).fit(Given(model, lr), train, validation)
    return record.history


# %% train | wrong | validated with dropout
class Given(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.model.train()
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    model.train()
    record = Record()
    quiet_trainer(epochs, [record]).fit(Given(model, lr), train, validation)
    return record.history


# %% train | wrong | softmax before a loss that wants logits
class Given(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = nn.Sequential(model, nn.Softmax(dim=1)), lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    model.train()
    record = Record()
    quiet_trainer(epochs, [record]).fit(Given(model, lr), train, validation)
    return record.history


# %% train | wrong | the loss of the last batch
class Given(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    model.train()
    record = Record()
    quiet_trainer(epochs, [record]).fit(Given(model, lr), train, validation)
    return record.history


# %% train | wrong | mean of the batch means
class Given(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr
        self.losses, self.epochs = [], []

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.losses.append(loss.item())
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())

    def on_train_epoch_end(self):
        self.epochs.append(np.mean(self.losses))
        self.losses = []

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    model.train()
    record, module = Record(), Given(model, lr)
    quiet_trainer(epochs, [record]).fit(module, train, validation)
    return {**record.history, "loss": module.epochs}


# %% train | wrong | gradients add up over the steps
def train(model, train, validation, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        model.train()
        total = n = 0
        for x, y in train:
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        history["loss"].append(total / n)
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in validation:
                z = model(x)
                total += F.cross_entropy(z, y, reduction="sum").item()
                right += (z.argmax(1) == y).sum().item()
                n += len(y)
        history["val_loss"].append(total / n)
        history["val_accuracy"].append(right / n)
    return history


# %% train | wrong | Adam instead of plain gradient descent
class Given(L.LightningModule):
    def __init__(self, model, lr):
        super().__init__()
        self.model, self.lr = model, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self.model(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_accuracy", (logits.argmax(dim=1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def train(model, train, validation, lr, epochs):
    record = Record()
    model.train()
    quiet_trainer(epochs, [record]).fit(Given(model, lr), train, validation)
    return record.history


# %% Residual | right | parameters of one's own
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.w = nn.Parameter(torch.randn(features, features) / features**0.5)
        self.b = nn.Parameter(torch.zeros(features))
        self.alpha = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.alpha * torch.clamp(x @ self.w + self.b, min=0)


# %% Residual | right | a Sequential inside, registered by name
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.register_parameter("alpha", nn.Parameter(torch.tensor(0.0)))
        self.branch = nn.Sequential(nn.Linear(features, features), nn.ReLU())

    def forward(self, x):
        return torch.add(x, self.branch(x).mul(self.alpha))


# %% Residual | wrong | no parameter is registered
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.w = torch.randn(features, features, requires_grad=True)
        self.b = torch.zeros(features, requires_grad=True)
        self.alpha = torch.zeros((), requires_grad=True)

    def forward(self, x):
        return x + self.alpha * F.relu(x @ self.w + self.b)


# %% Residual | wrong | alpha is not registered
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = torch.zeros((), requires_grad=True)

    def forward(self, x):
        return x + self.alpha * F.relu(self.linear(x))


# %% Residual | wrong | w and b are not registered
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.layers = [nn.Linear(features, features)]
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return x + self.alpha * F.relu(self.layers[0](x))


# %% Residual | wrong | one alpha for each feature
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        return x + self.alpha * F.relu(self.linear(x))


# %% Residual | wrong | no gradient reaches alpha
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return x + self.alpha.item() * F.relu(self.linear(x))


# %% Residual | wrong | w starts at zero
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(features, features))
        self.b = nn.Parameter(torch.zeros(features))
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return x + self.alpha * F.relu(x @ self.w + self.b)


# %% Residual | wrong | alpha does not start at 0
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return x + self.alpha * F.relu(self.linear(x))


# %% Residual | wrong | the input is not added
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.alpha * F.relu(self.linear(x))


# %% Residual | wrong | alpha multiplies the input as well
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.alpha * (x + F.relu(self.linear(x)))


# %% Residual | wrong | ReLU of the sum
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return F.relu(x + self.alpha * self.linear(x))


# %% Residual | wrong | ReLU forgotten
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return x + self.alpha * self.linear(x)


# %% Residual | wrong | alpha inside the ReLU
class Residual(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return x + F.relu(self.alpha * self.linear(x))


# %% Distiller | right | manual optimisation, teacher switched in every step
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.automatic_optimization = False
        self.student, self.teacher, self.weight, self.lr = student, teacher, weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        self.teacher.eval()
        z = self.student(x)
        t = self.teacher(x).detach()
        loss = nn.CrossEntropyLoss()(z, y) + self.weight * torch.mean((z - t) ** 2)
        optimizer = self.optimizers()
        optimizer.zero_grad()
        self.manual_backward(loss)
        optimizer.step()
        self.log("loss", loss, on_epoch=True, on_step=True)

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | right | a frozen teacher that is no submodule
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student = student
        self.hidden = [teacher]
        teacher.requires_grad_(False)
        teacher.train(False)
        self.options = (weight, lr)

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits, wanted = self.student(x), self.hidden[0](x)
        hard = -F.log_softmax(logits, 1).gather(1, y[:, None]).mean()
        loss = hard + self.options[0] * (logits - wanted).square().mean()
        self.log_dict({"loss": loss, "hard": hard}, on_step=False, on_epoch=True, batch_size=len(y))
        return {"loss": loss}

    def configure_optimizers(self):
        return {"optimizer": torch.optim.SGD([p for p in self.parameters() if p.requires_grad], lr=self.options[1])}


# %% Distiller | wrong | the teacher is trained too
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, self.teacher(x))
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


# %% Distiller | wrong | the teacher in training mode
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, wanted)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | the student without dropout
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher
        self.weight, self.lr = weight, lr
        self.eval()

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, wanted)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | the loss of the last batch
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, wanted)
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | mean of the batch means
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr
        self.losses = []

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, wanted)
        self.losses.append(loss.detach())
        return loss

    def on_train_epoch_end(self):
        self.log("loss", torch.stack(self.losses).mean())
        self.losses.clear()

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | softmax before a loss that wants logits
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits.softmax(dim=1), y) + self.weight * F.mse_loss(logits, wanted)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | probabilities compared instead of logits
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits.softmax(1), wanted.softmax(1))
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | squared differences added up over the classes
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + self.weight * ((logits - wanted) ** 2).sum(dim=1).mean()
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | weight forgotten
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = F.cross_entropy(logits, y) + F.mse_loss(logits, wanted)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | the teacher is ignored
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.student(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% Distiller | wrong | the two weights add up to one
class Distiller(L.LightningModule):
    def __init__(self, student, teacher, weight, lr):
        super().__init__()
        self.student, self.teacher = student, teacher.eval()
        self.weight, self.lr = weight, lr

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.student(x)
        with torch.no_grad():
            wanted = self.teacher(x)
        loss = (1 - self.weight) * F.cross_entropy(logits, y) + self.weight * F.mse_loss(logits, wanted)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=self.lr)


# %% StepDecay | right | at the start of an epoch
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        super().__init__()
        self.factor, self.every = factor, every

    def on_train_epoch_start(self, trainer, pl_module):
        epoch = trainer.current_epoch
        if epoch > 0 and epoch % self.every == 0:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] = group["lr"] * self.factor


# %% StepDecay | right | counts for itself, from the first learning rate
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor = factor
        self.every = every

    def on_train_start(self, trainer, pl_module):
        self.over = 0
        self.first = [[g["lr"] for g in o.param_groups] for o in trainer.optimizers]

    def on_train_epoch_end(self, trainer, pl_module):
        self.over += 1
        for optimizer, rates in zip(trainer.optimizers, self.first):
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * self.factor ** (self.over // self.every)


# %% StepDecay | wrong | counts batches instead of epochs
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every, self.count = factor, every, 0

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.count += 1
        if self.count % self.every == 0:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] *= self.factor


# %% StepDecay | wrong | decays before the first epoch
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_start(self, trainer, pl_module):
        if trainer.current_epoch % self.every == 0:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] *= self.factor


# %% StepDecay | wrong | one epoch too early
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        if trainer.current_epoch % self.every == 0:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] *= self.factor


# %% StepDecay | wrong | decays after every epoch
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        for group in trainer.optimizers[0].param_groups:
            group["lr"] *= self.factor


# %% StepDecay | wrong | decays only once
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        if trainer.current_epoch + 1 == self.every:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] *= self.factor


# %% StepDecay | wrong | the factor is used as the learning rate
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        if (trainer.current_epoch + 1) % self.every == 0:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] = self.factor


# %% StepDecay | wrong | powers of the factor pile up
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        for group in trainer.optimizers[0].param_groups:
            group["lr"] *= self.factor ** ((trainer.current_epoch + 1) // self.every)


# %% StepDecay | wrong | the learning rate does not change
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        if (trainer.current_epoch + 1) % self.every == 0:
            pl_module.lr *= self.factor


# %% StepDecay | wrong | only the first group of parameters
class StepDecay(L.Callback):
    def __init__(self, factor, every):
        self.factor, self.every = factor, every

    def on_train_epoch_end(self, trainer, pl_module):
        if (trainer.current_epoch + 1) % self.every == 0:
            trainer.optimizers[0].param_groups[0]["lr"] *= self.factor
