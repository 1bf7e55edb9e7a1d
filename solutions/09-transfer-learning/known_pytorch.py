"""Known answers of 09-transfer-learning in PyTorch: each mistake as a student writes it, and right answers that look different."""


# %% preprocess | right | torch.tensor, movedim
def preprocess(images):
    return torch.movedim((torch.tensor(images, dtype=torch.float32) - 127.0) / 128.0, -1, 1)


# %% preprocess | right | NumPy first
def preprocess(images):
    x = (images.astype(np.float32) - 127) / 128
    return torch.from_numpy(np.transpose(x, (0, 3, 1, 2)).copy())


# %% preprocess | right | in place on a copy
def preprocess(images):
    x = torch.as_tensor(images).permute(0, 3, 1, 2).to(torch.float32)
    return x.sub_(127).div_(128)


# %% preprocess | wrong | pixels scaled to 0..1
def preprocess(images):
    return torch.from_numpy(images).float().permute(0, 3, 1, 2) / 255


# %% preprocess | wrong | mean and deviation of ImageNet
def preprocess(images):
    x = torch.from_numpy(images).float() / 255
    x = (x - torch.tensor([0.485, 0.456, 0.406])) / torch.tensor([0.229, 0.224, 0.225])
    return x.permute(0, 3, 1, 2)


# %% preprocess | wrong | blue before red
def preprocess(images):
    x = (torch.from_numpy(images[..., ::-1].copy()).float() - 127) / 128
    return x.permute(0, 3, 1, 2)


# %% preprocess | wrong | subtracted in uint8
def preprocess(images):
    return ((torch.from_numpy(images) - 127).float() / 128).permute(0, 3, 1, 2)


# %% preprocess | wrong | pixels left as they are
def preprocess(images):
    return torch.from_numpy(images).float().permute(0, 3, 1, 2)


# %% preprocess | wrong | channels left at the end
def preprocess(images):
    return (torch.from_numpy(images).float() - 127) / 128


# %% preprocess | wrong | reshaped instead of permuted
def preprocess(images):
    n, h, w, c = images.shape
    return ((torch.from_numpy(images).float() - 127) / 128).reshape(n, c, h, w)


# %% preprocess | wrong | height and width exchanged
def preprocess(images):
    return ((torch.from_numpy(images).float() - 127) / 128).transpose(1, 3)


# %% extract_features | right | inference mode and slices
def extract_features(model, x, batch_size):
    was_training = model.training
    model.eval()
    out = []
    with torch.inference_mode():
        for start in range(0, len(x), batch_size):
            out.append(model(x[start : start + batch_size]))
    if was_training:
        model.train()
    return torch.cat(out, dim=0)


# %% extract_features | right | a DataLoader, NumPy at the end
def extract_features(model, x, batch_size):
    from torch.utils.data import DataLoader, TensorDataset

    mode = model.training
    model.train(False)
    parts = []
    for (batch,) in DataLoader(TensorDataset(x), batch_size=batch_size):
        parts.append(model(batch).detach().numpy())
    model.train(mode)
    return np.concatenate(parts)


# %% extract_features | right | a copy of the model
def extract_features(model, x, batch_size):
    import copy

    twin = copy.deepcopy(model).eval()
    return torch.vstack([twin(part).detach() for part in torch.split(x, batch_size)])


# %% extract_features | wrong | in training mode
def extract_features(model, x, batch_size):
    with torch.no_grad():
        return torch.cat([model(batch) for batch in x.split(batch_size)])


# %% extract_features | wrong | mode not given back
def extract_features(model, x, batch_size):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(batch) for batch in x.split(batch_size)])


# %% extract_features | wrong | always left in training mode
def extract_features(model, x, batch_size):
    model.eval()
    with torch.no_grad():
        out = torch.cat([model(batch) for batch in x.split(batch_size)])
    model.train()
    return out


# %% extract_features | wrong | features that hang on their graph
def extract_features(model, x, batch_size):
    training = model.training
    model.eval()
    out = torch.cat([model(batch) for batch in x.split(batch_size)])
    model.train(training)
    return out


# %% extract_features | wrong | the last, smaller batch left out
def extract_features(model, x, batch_size):
    from torch.utils.data import DataLoader

    training = model.training
    model.eval()
    drop = len(x) >= batch_size
    with torch.no_grad():
        out = [model(batch) for batch in DataLoader(x, batch_size=batch_size, drop_last=drop)]
    model.train(training)
    return torch.cat(out)


# %% extract_features | wrong | batches not put together
def extract_features(model, x, batch_size):
    training = model.training
    model.eval()
    with torch.no_grad():
        out = [model(batch) for batch in x.split(batch_size)]
    model.train(training)
    return out


# %% extract_features | wrong | only the first batch
def extract_features(model, x, batch_size):
    training = model.training
    model.eval()
    with torch.no_grad():
        for batch in x.split(batch_size):
            out = model(batch)
            model.train(training)
            return out


# %% extract_features | wrong | mean over each batch
def extract_features(model, x, batch_size):
    training = model.training
    model.eval()
    with torch.no_grad():
        out = [model(batch).mean(dim=0, keepdim=True) for batch in x.split(batch_size)]
    model.train(training)
    return torch.cat(out)


# %% freeze | right | the methods of nn.Module
def freeze(model):
    model.requires_grad_(False)
    return model.eval()


# %% freeze | right | module by module
def freeze(model):
    for module in model.modules():
        module.training = False
    for _, parameter in model.named_parameters():
        parameter.requires_grad = False


# %% freeze | wrong | batch statistics still move
def freeze(model):
    for parameter in model.parameters():
        parameter.requires_grad = False


# %% freeze | wrong | evaluation mode only
def freeze(model):
    model.eval()


# %% freeze | wrong | biases and normalisation forgotten
def freeze(model):
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Linear):
            module.weight.requires_grad = False


# %% freeze | wrong | only the last block frozen
def freeze(model):
    model[-1].eval()
    model[-1].requires_grad_(False)


# %% unfreeze_last | right | all off, then slices
def unfreeze_last(model, n):
    model.requires_grad_(False)
    model[len(model) - n :].requires_grad_(True)


# %% unfreeze_last | right | children in reverse
def unfreeze_last(model, n):
    for i, block in enumerate(reversed(list(model.children()))):
        for parameter in block.parameters():
            parameter.requires_grad = i < n


# %% unfreeze_last | wrong | everything trainable when n is 0
def unfreeze_last(model, n):
    model.requires_grad_(False)
    for block in model[-n:]:
        block.requires_grad_(True)


# %% unfreeze_last | wrong | the first blocks instead of the last
def unfreeze_last(model, n):
    for i, block in enumerate(model):
        block.requires_grad_(i < n)


# %% unfreeze_last | wrong | one block too many
def unfreeze_last(model, n):
    for i, block in enumerate(model):
        block.requires_grad_(i >= len(model) - 1 - n)


# %% unfreeze_last | wrong | the others not frozen
def unfreeze_last(model, n):
    for block in model[len(model) - n :]:
        block.requires_grad_(True)


# %% unfreeze_last | wrong | only the matrices trainable
def unfreeze_last(model, n):
    model.requires_grad_(False)
    for block in list(model)[len(model) - n :]:
        for name, parameter in block.named_parameters():
            parameter.requires_grad = name == "0.weight"


# %% unfreeze_last | wrong | everything trainable
def unfreeze_last(model, n):
    for parameter in model.parameters():
        parameter.requires_grad = True


# %% fine_tune_step | right | an optimiser with two groups
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    groups = [{"params": backbone.parameters(), "lr": lr_backbone}, {"params": head, "lr": lr_head}]
    optimizer = torch.optim.SGD(groups, lr=lr_head)
    loss = nn.CrossEntropyLoss()(torch.addmm(head[1], backbone(x), head[0]), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% fine_tune_step | right | two optimisers
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    slow = torch.optim.SGD(backbone.parameters(), lr_backbone)
    fast = torch.optim.SGD(head, lr_head)
    slow.zero_grad()
    fast.zero_grad()
    logits = backbone(x) @ head[0] + head[1]
    loss = F.nll_loss(logits.log_softmax(1), y)
    loss.backward()
    slow.step()
    fast.step()
    return float(loss.detach())


# %% fine_tune_step | right | by hand, gradients set to None
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    for p in [*backbone.parameters(), *head]:
        p.grad = None
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    loss.backward()
    with torch.no_grad():
        for p in backbone.parameters():
            p.sub_(lr_backbone * p.grad)
        for p in head:
            p.sub_(lr_head * p.grad)
    return loss.detach()


# %% fine_tune_step | wrong | one learning rate for both
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    optimizer = torch.optim.SGD([*backbone.parameters(), *head], lr=lr_head)
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% fine_tune_step | wrong | learning rates exchanged
def fine_tune_step(backbone, head, x, y, lr_head, lr_backbone):
    groups = [{"params": backbone.parameters(), "lr": lr_backbone}, {"params": head, "lr": lr_head}]
    optimizer = torch.optim.SGD(groups)
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% fine_tune_step | wrong | the backbone's rate for both
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    optimizer = torch.optim.SGD([*backbone.parameters(), *head], lr=lr_backbone)
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% fine_tune_step | wrong | the backbone never moves
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    with torch.no_grad():
        features = backbone(x)
    loss = F.cross_entropy(features @ head[0] + head[1], y)
    dw, db = torch.autograd.grad(loss, head)
    with torch.no_grad():
        head[0] -= lr_head * dw
        head[1] -= lr_head * db
    return loss.item()


# %% fine_tune_step | wrong | the head never moves
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    optimizer = torch.optim.SGD(backbone.parameters(), lr=lr_backbone)
    w, b = head
    w.grad = b.grad = None
    loss = F.cross_entropy(backbone(x) @ w + b, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    w = w - lr_head * w.grad
    b = b - lr_head * b.grad
    return loss.item()


# %% fine_tune_step | wrong | gradients not zeroed
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    loss.backward()
    with torch.no_grad():
        for p in backbone.parameters():
            p -= lr_backbone * p.grad
        for p in head:
            p -= lr_head * p.grad
    return loss.item()


# %% fine_tune_step | wrong | sum instead of mean
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    optimizer = torch.optim.SGD([{"params": backbone.parameters(), "lr": lr_backbone}, {"params": head, "lr": lr_head}])
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y, reduction="sum")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% fine_tune_step | wrong | a step up instead of down
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    parameters = [*backbone.parameters(), *head]
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for p, g in zip(parameters[:-2], gradients[:-2]):
            p += lr_backbone * g
        for p, g in zip(head, gradients[-2:]):
            p += lr_head * g
    return loss.item()


# %% fine_tune_step | wrong | loss returned as a live tensor
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    optimizer = torch.optim.SGD([{"params": backbone.parameters(), "lr": lr_backbone}, {"params": head, "lr": lr_head}])
    loss = F.cross_entropy(backbone(x) @ head[0] + head[1], y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
