"""Known answers of the lab with many kinds, in PyTorch: the mistakes as students write them."""


# %% duplicates | right | a loop over earlier rows
def duplicates(features, limit):
    marks = []
    for i in range(len(features)):
        similar = [F.cosine_similarity(features[i], features[j], dim=0) >= limit for j in range(i)]
        marks.append(any(similar))
    return torch.tensor(marks)


# %% duplicates | right | NumPy, a table of booleans
def duplicates(features, limit):
    f = features.numpy().astype(np.float64)
    norm = np.linalg.norm(f, axis=1)
    close = f @ f.T / np.outer(norm, norm) >= limit
    return (close & (np.arange(len(f))[:, None] > np.arange(len(f)))).any(axis=1)


# %% duplicates | right | cosine_similarity with broadcasting, the largest above the diagonal
def duplicates(features, limit):
    table = F.cosine_similarity(features[:, None], features[None], dim=2)
    table = torch.triu(table, diagonal=1) - 2 * torch.tril(torch.ones_like(table))
    return table.max(dim=0).values >= limit


# %% duplicates | wrong | each photograph compared with itself
def duplicates(features, limit):
    unit = F.normalize(features, dim=1)
    return (unit @ unit.T >= limit - 1e-6).any(dim=1)


# %% duplicates | wrong | both of a pair marked
def duplicates(features, limit):
    unit = F.normalize(features, dim=1)
    close = unit @ unit.T
    close.fill_diagonal_(0)
    return (close >= limit).any(dim=1)


# %% duplicates | wrong | the later ones looked at
def duplicates(features, limit):
    unit = F.normalize(features, dim=1)
    return (unit @ unit.T >= limit).triu(diagonal=1).any(dim=1)


# %% duplicates | wrong | only the neighbour looked at
def duplicates(features, limit):
    close = F.cosine_similarity(features[1:], features[:-1], dim=1) >= limit
    return torch.cat([torch.tensor([False]), close])


# %% duplicates | wrong | lengths not divided out
def duplicates(features, limit):
    return (features @ features.T >= limit).tril(diagonal=-1).any(dim=1)


# %% duplicates | wrong | distance instead of similarity
def duplicates(features, limit):
    return (torch.cdist(features, features) <= limit).tril(diagonal=-1).any(dim=1)


# %% duplicates | wrong | unlike ones marked
def duplicates(features, limit):
    unit = F.normalize(features, dim=1)
    return (unit @ unit.T < limit).tril(diagonal=-1).any(dim=1)


# %% duplicates | wrong | places instead of marks
def duplicates(features, limit):
    unit = F.normalize(features, dim=1)
    return torch.nonzero((unit @ unit.T >= limit).tril(diagonal=-1).any(dim=1)).flatten()


# %% augment | right | one photograph after the other
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = np.fliplr(image)
        padded = np.pad(image, [(shift, shift), (shift, shift), (0, 0)], "edge")
        y, x = rng.integers(2 * shift + 1), rng.integers(2 * shift + 1)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.array(out)


# %% augment | right | indices cut off at the edges
def augment(images, shift, rng):
    n, height, width, _ = images.shape
    images = images.copy()
    mirrored = rng.integers(0, 2, n) == 1
    images[mirrored] = images[mirrored, :, ::-1]
    rows = np.arange(height) + rng.integers(-shift, shift + 1, (n, 1))
    columns = np.arange(width) + rng.integers(-shift, shift + 1, (n, 1))
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    return images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


# %% augment | right | torch tensors inside
def augment(images, shift, rng):
    x = torch.tensor(images).permute(0, 3, 1, 2).float()
    x = F.pad(x, (shift, shift, shift, shift), mode="replicate")
    out = []
    for one in x:
        down, across = rng.choice(2 * shift + 1, 2)
        one = one[:, down : down + images.shape[1], across : across + images.shape[2]]
        out.append(one.flip(2) if rng.uniform() > 0.5 else one)
    return torch.stack(out).permute(0, 2, 3, 1).byte().numpy()


# %% augment | wrong | written into the photographs that were given
def augment(images, shift, rng):
    height, width = images.shape[1:3]
    for i in range(len(images)):
        if rng.random() < 0.5:
            images[i] = images[i, :, ::-1].copy()
        padded = np.pad(images[i], ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        images[i] = padded[y : y + height, x : x + width]
    return images


# %% augment | wrong | scaled on the way
def augment(images, shift, rng):
    x = images.astype(np.float32) / 255
    x = np.where(rng.random((len(x), 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    padded = np.pad(x, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    out = []
    for one in padded:
        y, z = rng.integers(0, 2 * shift + 1, 2)
        out.append(one[y : y + x.shape[1], z : z + x.shape[2]])
    return np.stack(out)


# %% augment | wrong | smaller than before
def augment(images, shift, rng):
    height, width = images.shape[1] - 2, images.shape[2] - 2
    out = []
    for image in images:
        y, x = rng.integers(0, 3, 2)
        image = image[y : y + height, x : x + width]
        out.append(image[:, ::-1] if rng.random() < 0.5 else image)
    return np.stack(out)


# %% augment | wrong | upside down
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | colours exchanged instead of sides
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[..., ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | rolled round
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        down, across = rng.integers(-shift, shift + 1, 2)
        out.append(np.roll(image, (down, across), axis=(0, 1)))
    return np.stack(out)


# %% augment | wrong | black edges
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)))
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | random numbers of its own
def augment(images, shift, rng):
    out = []
    for image in images:
        if np.random.rand() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = np.random.randint(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | the same changes every time
def augment(images, shift, rng):
    rng = np.random.default_rng(0)
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | one coin for all photographs
def augment(images, shift, rng):
    if rng.random() < 0.5:
        images = images[:, :, ::-1]
    out = []
    for image in images:
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = rng.integers(0, 2 * shift + 1, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | one shift for all photographs
def augment(images, shift, rng):
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="edge")
    y, x = rng.integers(0, 2 * shift + 1, 2)
    moved = padded[:, y : y + height, x : x + width]
    mirrored = rng.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None, None], moved[:, :, ::-1], moved)


# %% augment | wrong | one number for both directions
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        by = rng.integers(0, 2 * shift + 1)
        out.append(padded[by : by + image.shape[0], by : by + image.shape[1]])
    return np.stack(out)


# %% augment | wrong | the largest shift never drawn
def augment(images, shift, rng):
    out = []
    for image in images:
        if rng.random() < 0.5:
            image = image[:, ::-1]
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode="edge")
        y, x = shift + rng.integers(-shift, shift, 2)
        out.append(padded[y : y + image.shape[0], x : x + image.shape[1]])
    return np.stack(out)


# %% macro_accuracy | right | a loop over the classes
def macro_accuracy(predicted, labels, classes):
    shares = []
    for c in range(classes):
        mine = labels == c
        if mine.any():
            shares.append((predicted[mine] == c).float().mean())
    return torch.stack(shares).mean()


# %% macro_accuracy | right | scikit-learn
def macro_accuracy(predicted, labels, classes):
    from sklearn.metrics import recall_score

    present = np.unique(labels.numpy())
    return float(recall_score(labels.numpy(), predicted.numpy(), labels=present, average="macro", zero_division=0))


# %% macro_accuracy | right | the diagonal of a confusion matrix, NaN left out
def macro_accuracy(predicted, labels, classes):
    table = torch.zeros(classes, classes, dtype=torch.float64)
    for p, l in zip(predicted.tolist(), labels.tolist()):
        table[l, p] += 1
    return (table.diag() / table.sum(dim=1)).nanmean().item()


# %% macro_accuracy | wrong | every example counts alike
def macro_accuracy(predicted, labels, classes):
    return (predicted == labels).float().mean()


# %% macro_accuracy | wrong | missing classes counted as wrong
def macro_accuracy(predicted, labels, classes):
    right = torch.bincount(labels[predicted == labels], minlength=classes)
    return (right / torch.bincount(labels, minlength=classes).clamp(min=1)).mean()


# %% macro_accuracy | wrong | 0 divided by 0
def macro_accuracy(predicted, labels, classes):
    right = torch.bincount(labels[predicted == labels], minlength=classes)
    return (right / torch.bincount(labels, minlength=classes)).mean()


# %% macro_accuracy | wrong | share of the predictions instead of the labels
def macro_accuracy(predicted, labels, classes):
    right = torch.bincount(labels[predicted == labels], minlength=classes)
    count = torch.bincount(predicted, minlength=classes)
    return (right[count > 0] / count[count > 0]).mean()


# %% macro_accuracy | wrong | one share for each class
def macro_accuracy(predicted, labels, classes):
    right = torch.bincount(labels[predicted == labels], minlength=classes)
    count = torch.bincount(labels, minlength=classes)
    return right[count > 0] / count[count > 0]


# %% macro_accuracy | wrong | in per cent
def macro_accuracy(predicted, labels, classes):
    right = torch.bincount(labels[predicted == labels], minlength=classes)
    count = torch.bincount(labels, minlength=classes)
    return 100 * (right[count > 0] / count[count > 0]).mean()


# %% worst_mistakes | right | sorted list
def worst_mistakes(probabilities, labels, k):
    rows = []
    for i, row in enumerate(probabilities):
        if row.argmax() != labels[i]:
            rows.append((-row.max().item(), i))
    return torch.tensor([i for _, i in sorted(rows)[:k]], dtype=torch.long)


# %% worst_mistakes | right | topk of probabilities with right ones at zero
def worst_mistakes(probabilities, labels, k):
    sure, said = probabilities.max(dim=1)
    sure = torch.where(said == labels, torch.zeros_like(sure), sure)
    count = min(k, int((said != labels).sum()))
    return sure.topk(count).indices


# %% worst_mistakes | right | NumPy, sorted first
def worst_mistakes(probabilities, labels, k):
    p, y = probabilities.numpy(), labels.numpy()
    order = np.argsort(p.max(axis=1))[::-1]
    return order[p.argmax(axis=1)[order] != y[order]][:k]


# %% worst_mistakes | wrong | right answers among them
def worst_mistakes(probabilities, labels, k):
    return probabilities.max(dim=1).values.argsort(descending=True)[:k]


# %% worst_mistakes | wrong | cut off before choosing
def worst_mistakes(probabilities, labels, k):
    rows = probabilities.max(dim=1).values.argsort(descending=True)[:k]
    return rows[probabilities.argmax(dim=1)[rows] != labels[rows]]


# %% worst_mistakes | wrong | the least sure first
def worst_mistakes(probabilities, labels, k):
    sure, said = probabilities.max(dim=1)
    wrong = torch.nonzero(said != labels).flatten()
    return wrong[sure[wrong].argsort()][:k]


# %% worst_mistakes | wrong | in the order of the file
def worst_mistakes(probabilities, labels, k):
    return torch.nonzero(probabilities.argmax(dim=1) != labels).flatten()[:k]


# %% worst_mistakes | wrong | places among the mistakes only
def worst_mistakes(probabilities, labels, k):
    sure, said = probabilities.max(dim=1)
    return sure[said != labels].argsort(descending=True)[:k]


# %% worst_mistakes | wrong | filled up with right answers
def worst_mistakes(probabilities, labels, k):
    sure, said = probabilities.max(dim=1)
    return (sure * (said != labels)).argsort(descending=True, stable=True)[:k]


# %% worst_mistakes | wrong | lowest probability of the label
def worst_mistakes(probabilities, labels, k):
    own = probabilities[torch.arange(len(labels)), labels]
    wrong = torch.nonzero(probabilities.argmax(dim=1) != labels).flatten()
    return wrong[own[wrong].argsort()][:k]


# %% worst_mistakes | wrong | probabilities instead of places
def worst_mistakes(probabilities, labels, k):
    sure, said = probabilities.max(dim=1)
    return sure[said != labels].sort(descending=True).values[:k]


# %% predict | right | the nearest mean, as a list
birds = describe(train.images)
means = np.stack([birds[train.labels == c].mean(axis=0) for c in range(7)])


def predict(images):
    return [int(np.linalg.norm(means - row, axis=1).argmin()) for row in describe(images)]


# %% predict | right | a hidden layer and dropout on photographs and mirrored ones
torch.manual_seed(0)
both = torch.tensor(np.concatenate([describe(train.images), describe(train.images[:, :, ::-1])]))
kind = torch.tensor(np.tile(train.labels, 2))
net = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 7))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(60):
    optimizer.zero_grad()
    F.cross_entropy(net(both), kind).backward()
    optimizer.step()
net.eval()


def predict(images):
    with torch.inference_mode():
        return net(torch.tensor(describe(images))).argmax(dim=1)


# %% predict | wrong | probabilities instead of labels
def predict(images):
    return final_head(describe(images))


# %% predict | wrong | the largest probability instead of its place
def predict(images):
    return final_head(describe(images)).max(axis=1)


# %% predict | wrong | argmax over the batch
def predict(images):
    return final_head(describe(images)).argmax(axis=0)


# %% predict | wrong | labels from 1
def predict(images):
    return final_head(describe(images)).argmax(axis=1) + 1


# %% predict | wrong | prepared with statistics of the batch
birds = describe(train.images)
scaled_head = train_head((birds - birds.mean(axis=0)) / (birds.std(axis=0) + 0.1), train.labels, 7)


def predict(images):
    new = describe(images)
    return scaled_head((new - new.mean(axis=0)) / (new.std(axis=0) + 0.1)).argmax(axis=1)


# %% predict | wrong | always the same kind
def predict(images):
    return np.full(len(images), 5)


# %% predict | wrong | no better than guessing
def predict(images):
    return images.reshape(len(images), -1).sum(axis=1).astype(np.int64) % 7


# %% predict | wrong | learned too little
third = describe(np.stack([train.images[train.labels == c][2] for c in range(7)]))


def predict(images):
    return np.array([np.linalg.norm(third - row, axis=1).argmin() for row in describe(images)])
