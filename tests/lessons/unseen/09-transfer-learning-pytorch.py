# %% preprocess | right | einsum-free: unbind the colours and stack them in front
def preprocess(images):
    red, green, blue = (torch.from_numpy(np.ascontiguousarray(images[..., c])) for c in range(3))
    return torch.stack([(plane.type(torch.float32) - 127).mul(1 / 128) for plane in (red, green, blue)], dim=1)


# %% preprocess | right | one photograph at a time
def preprocess(photos):
    out = torch.empty(len(photos), 3, photos.shape[1], photos.shape[2])
    for i, photo in enumerate(photos):
        out[i] = torch.tensor(photo.transpose(2, 0, 1) / 128 - 127 / 128)
    return out


# %% preprocess | right | swapaxes twice
def preprocess(images):
    x = torch.from_numpy(images).to(torch.float).sub(127).div(128)
    return x.swapaxes(1, 3).swapaxes(2, 3)


# %% extract_features | right | a table filled row by row
@torch.no_grad()
def extract_features(model, x, batch_size):
    mode = model.training
    model.eval()
    table = None
    i = 0
    while i < x.size(0):
        part = model(x[i : i + batch_size])
        if table is None:
            table = torch.zeros(x.size(0), part.size(1))
        table[i : i + part.size(0)] = part
        i += batch_size
    model.train(mode)
    return table


# %% extract_features | right | modes of all modules kept
def extract_features(model, x, batch_size):
    modes = {m: m.training for m in model.modules()}
    try:
        for m in modes:
            m.training = False
        return torch.cat([model(c).detach() for c in torch.chunk(x, -(-len(x) // batch_size))])
    finally:
        for m, training in modes.items():
            m.training = training


# %% extract_features | right | a list of rows, gradients off by hand
def extract_features(net, data, size):
    before = net.training
    net.train(False)
    torch.set_grad_enabled(False)
    rows = []
    for k in range(0, data.shape[0], size):
        rows.extend(net(data[k : k + size]))
    torch.set_grad_enabled(True)
    net.train(before)
    return torch.stack(rows)


# %% freeze | right | apply
def freeze(model):
    def off(module):
        module.eval()
        for p in module.parameters(recurse=False):
            p.requires_grad_(False)

    model.apply(off)


# %% freeze | right | block by block
def freeze(network):
    for block in network:
        block.train(mode=False)
        for part in block:
            for weight in part.parameters():
                weight.requires_grad = False


# %% unfreeze_last | right | counting down
def unfreeze_last(model, n):
    left = n
    for index in range(len(model) - 1, -1, -1):
        on = left > 0
        left -= 1
        for p in model[index].parameters():
            p.requires_grad_(on)


# %% unfreeze_last | right | sets of identities
def unfreeze_last(model, n):
    blocks = list(model.children())
    keep = {id(p) for block in blocks[len(blocks) - n :] for p in block.parameters()}
    for p in model.parameters():
        p.requires_grad = id(p) in keep


# %% unfreeze_last | right | an early return for none
def unfreeze_last(model, n):
    model.requires_grad_(False)
    if n == 0:
        return
    for block in model[-n:]:
        block.requires_grad_()


# %% fine_tune_step | right | functional: gradients by autograd.grad, weights copied over
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    theta = list(backbone.parameters())
    scores = F.linear(backbone(x), head[0].T, head[1])
    loss = -torch.log_softmax(scores, dim=-1)[torch.arange(len(y)), y].mean()
    slow = torch.autograd.grad(loss, theta, retain_graph=True)
    fast = torch.autograd.grad(loss, head)
    with torch.no_grad():
        for p, g in zip(theta, slow):
            p.copy_(p - lr_backbone * g)
        for p, g in zip(head, fast):
            p.copy_(p - lr_head * g)
    return round(loss.item(), 12)


# %% fine_tune_step | right | the data attribute
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    rates = [(p, lr_backbone) for p in backbone.parameters()] + [(p, lr_head) for p in head]
    for p, _ in rates:
        if p.grad is not None:
            p.grad.zero_()
    loss = nn.functional.cross_entropy(torch.matmul(backbone(x), head[0]).add(head[1]), y)
    loss.backward()
    for p, rate in rates:
        p.data = p.data - rate * p.grad
    return loss.data.numpy()


# %% preprocess | right | a table of the 256 possible values
def preprocess(images):
    table = ((np.arange(256) - 127) / 128).astype("float32")
    return torch.as_tensor(np.ascontiguousarray(np.rollaxis(table[images], 3, 1)))


# %% extract_features | right | a data loader, try and finally
def extract_features(model, x, batch_size):
    mode = model.training
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x), batch_size=batch_size, shuffle=False)
    try:
        model.eval()
        with torch.inference_mode():
            return torch.vstack([model(batch) for (batch,) in loader]).clone()
    finally:
        model.train(mode)


# %% extract_features | right | a deep copy does the work
def extract_features(model, x, batch_size):
    import copy

    twin = copy.deepcopy(model).eval().requires_grad_(False)
    return torch.cat([twin(part) for part in torch.split(x, batch_size)])


# %% unfreeze_last | right | names beginning with the block's number
def unfreeze_last(model, n):
    wanted = {str(i) for i in range(len(model))[len(model) - n :]}
    for name, p in model.named_parameters():
        p.requires_grad = name.split(".")[0] in wanted


# %% fine_tune_step | right | one optimiser with two groups, addmm
def fine_tune_step(backbone, head, x, y, lr_backbone, lr_head):
    opt = torch.optim.SGD(
        [{"params": backbone.parameters(), "lr": lr_backbone}, {"params": head, "lr": lr_head}], lr=0.0, momentum=0.0
    )
    opt.zero_grad(set_to_none=True)
    loss = F.nll_loss(F.log_softmax(torch.addmm(head[1], backbone(x), head[0]), dim=1), y)
    loss.backward()
    opt.step()
    return float(loss)
