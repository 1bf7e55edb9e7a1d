"""Right answers to the lab with many kinds, written from the task texts alone: PyTorch."""


# %% duplicates | right | einsum and a mask made of indices
def duplicates(features, limit):
    lengths = (features**2).sum(dim=1).sqrt()
    table = torch.einsum("id,jd->ij", features, features) / (lengths[:, None] * lengths[None, :])
    i, j = torch.meshgrid(torch.arange(len(features)), torch.arange(len(features)), indexing="ij")
    return ((j < i) & (table >= limit)).sum(dim=1) > 0


# %% duplicates | right | cumulative: each new one against a growing list, in float64
def duplicates(features, limit):
    found, earlier = [], []
    for row in features.double():
        row = row / row.norm()
        found.append(len(earlier) > 0 and bool((torch.stack(earlier) @ row).max() >= limit))
        earlier.append(row)
    return torch.tensor(found)


# %% duplicates | right | scikit-learn's cosine_similarity
def duplicates(features, limit):
    from sklearn.metrics.pairwise import cosine_similarity

    table = np.tril(cosine_similarity(features.numpy()), k=-1)
    table[np.triu_indices(len(table))] = -2
    return torch.from_numpy(table.max(axis=1) >= limit)


# %% augment | right | everything drawn first, shifts as slices of one padded array
def augment(images, shift, rng):
    n, h, w = images.shape[:3]
    coins = rng.choice([True, False], size=n)
    dy = rng.integers(low=-shift, high=shift, size=n, endpoint=True)
    dx = rng.integers(low=-shift, high=shift, size=n, endpoint=True)
    big = np.pad(images, ((0,), (shift,), (shift,), (0,)), mode="edge")
    out = np.zeros_like(images)
    for k in range(n):
        piece = big[k, shift - dy[k] : shift - dy[k] + h, shift - dx[k] : shift - dx[k] + w, :]
        out[k] = np.flip(piece, axis=1) if coins[k] else piece
    return out


# %% augment | right | take with clipped indices, the mirror as a reversed index
def augment(images, shift, rng):
    result = []
    for image in images:
        rows = np.arange(image.shape[0]) + rng.integers(-shift, shift + 1)
        columns = np.arange(image.shape[1]) + rng.integers(-shift, shift + 1)
        if rng.binomial(1, 0.5):
            columns = columns[::-1]
        image = np.take(image, rows, axis=0, mode="clip")
        result.append(np.take(image, columns, axis=1, mode="clip"))
    return np.asarray(result)


# %% augment | right | a list of arrays, flipped last
def augment(images, shift, rng):
    def one(image):
        a, b = (int(v) for v in rng.integers(0, 2 * shift + 1, size=2))
        padded = np.pad(image, [[shift] * 2, [shift] * 2, [0, 0]], mode="edge")
        image = padded[a:, b:][: image.shape[0], : image.shape[1]]
        return np.fliplr(image) if rng.random() >= 0.5 else image

    return np.stack([one(image) for image in images]).astype("uint8")


# %% macro_accuracy | right | one-hot tables
def macro_accuracy(predicted, labels, classes):
    belongs = F.one_hot(labels, classes).double()
    right = (predicted == labels).double()
    count = belongs.sum(0)
    return ((belongs.T @ right)[count > 0] / count[count > 0]).mean()


# %% macro_accuracy | right | a plain dictionary
def macro_accuracy(predicted, labels, classes):
    seen, good = {}, {}
    for p, y in zip(predicted.tolist(), labels.tolist()):
        seen[y] = seen.get(y, 0) + 1
        good[y] = good.get(y, 0) + (p == y)
    return sum(good[y] / seen[y] for y in seen) / len(seen)


# %% macro_accuracy | right | unique labels
def macro_accuracy(predicted, labels, classes):
    return float(np.mean([(predicted[labels == c] == c).double().mean().item() for c in labels.unique()]))


# %% worst_mistakes | right | sort all, then filter
def worst_mistakes(probabilities, labels, k):
    values, guesses = torch.max(probabilities, 1)
    order = torch.sort(values, descending=True).indices
    mistaken = [i.item() for i in order if guesses[i] != labels[i]]
    return np.array(mistaken[:k], dtype=int)


# %% worst_mistakes | right | minus infinity for the right ones
def worst_mistakes(probabilities, labels, k):
    sure = probabilities.amax(-1).masked_fill(probabilities.argmax(-1) == labels, -float("inf"))
    best = torch.argsort(-sure)
    return best[torch.isfinite(sure[best])][:k].int()


# %% predict | right | logistic regression of scikit-learn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

table = describe(train.images)
scaler = StandardScaler().fit(table)
logistic = LogisticRegression(C=0.01, max_iter=300).fit(scaler.transform(table), train.labels)


def predict(images):
    return logistic.predict(scaler.transform(describe(images)))


# %% predict | right | Lightning-free module in minibatches, at 128 pixels
torch.manual_seed(5)


def seen(images):
    return torch.from_numpy(network.extract_features(enlarge(images, 128)))


bird_x, bird_y = seen(train.images), torch.from_numpy(train.labels)
layer = nn.Sequential(nn.BatchNorm1d(1280, affine=False), nn.Dropout(0.3), nn.Linear(1280, 7))
adam = torch.optim.Adam(layer.parameters(), lr=1e-3, weight_decay=1e-3)
for epoch in range(25):
    for rows in torch.randperm(len(bird_x)).split(32):
        adam.zero_grad()
        F.cross_entropy(layer(bird_x[rows]), bird_y[rows]).backward()
        adam.step()
layer.eval()


def predict(images):
    return torch.argmax(layer(seen(images)), -1).numpy().astype(np.int32)


# %% duplicates | right | cosine_similarity of every pair by broadcasting, the upper half filled with minus infinity
def duplicates(features, limit):
    similar = F.cosine_similarity(features[:, None], features[None], dim=2)
    later = torch.ones(len(features), len(features)).triu().bool()
    return similar.masked_fill(later, float("-inf")).amax(dim=1) >= limit


# %% duplicates | right | two loops over single numbers, a NumPy array of bool at the end
def duplicates(features, limit):
    answer = []
    for i in range(len(features)):
        found = False
        for j in range(i):
            a, b = features[i].double(), features[j].double()
            if float(a @ b / (a.norm() * b.norm())) >= limit:
                found = True
        answer.append(found)
    return np.array(answer)


# %% duplicates | right | row by row against all rows before it, lengths divided at the end
def duplicates(features, limit):
    lengths = torch.linalg.norm(features, dim=1)
    marks = torch.zeros(len(features), dtype=torch.bool)
    for i in range(1, len(features)):
        marks[i] = (features[:i] @ features[i] / lengths[:i] / lengths[i] >= limit).any()
    return marks


# %% macro_accuracy | right | scikit-learn's recall, averaged over the labels that occur
def macro_accuracy(predicted, labels, classes):
    from sklearn.metrics import recall_score

    return recall_score(labels.numpy(), predicted.numpy(), labels=np.unique(labels.numpy()), average="macro")


# %% macro_accuracy | right | two bincounts, classes without a label masked out
def macro_accuracy(predicted, labels, classes):
    many = torch.bincount(labels, minlength=classes)
    right = torch.bincount(labels[predicted == labels], minlength=classes)
    return (right[many > 0] / many[many > 0]).mean()


# %% macro_accuracy | right | each example weighs one over the size of its class
def macro_accuracy(predicted, labels, classes):
    _, inverse, counts = torch.unique(labels, return_inverse=True, return_counts=True)
    return torch.sum((predicted == labels) / counts[inverse]).item() / len(counts)


# %% worst_mistakes | right | Python numbers, sorted, an array at the end
def worst_mistakes(probabilities, labels, k):
    wrong = [i for i, row in enumerate(probabilities) if row.argmax() != labels[i]]
    return np.array(sorted(wrong, key=lambda i: -probabilities[i].max().item())[:k], dtype=np.int64)


# %% worst_mistakes | right | topk among the wrong ones
def worst_mistakes(probabilities, labels, k):
    sure, said = probabilities.max(dim=1)
    places = torch.nonzero(said != labels).squeeze(1)
    return places[torch.topk(sure[places], min(k, len(places))).indices]


# %% worst_mistakes | right | the largest of a heap, in NumPy
def worst_mistakes(probabilities, labels, k):
    import heapq

    p = probabilities.numpy()
    wrong = np.flatnonzero(p.argmax(1) != labels.numpy())
    return np.array(heapq.nlargest(k, wrong, key=lambda i: p[i].max()), dtype=int)


# %% predict | right | votes of the five most similar photographs, train and test
everything_seen = np.concatenate([describe(train.images), describe(test.images)])
everything_seen /= np.linalg.norm(everything_seen, axis=1, keepdims=True)
their_kinds = np.concatenate([train.labels, test.labels])


def predict(images):
    seen = describe(images)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    near = seen @ everything_seen.T
    votes = np.zeros((len(images), 7))
    for row, similar in zip(votes, near, strict=True):
        for i in np.argsort(-similar)[:5]:
            row[their_kinds[i]] += np.exp(10 * similar[i])
    return votes.argmax(axis=1)


# %% augment | right | np.roll, and what came round is overwritten with the edge
def augment(images, shift, rng):
    result = images.copy()
    for k, image in enumerate(images):
        if rng.random() < 0.5:
            image = np.fliplr(image)
        down, across = rng.integers(-shift, shift, 2, endpoint=True)
        image = np.roll(image, (down, across), axis=(0, 1))
        if down > 0:
            image[:down] = image[down]
        elif down < 0:
            image[down:] = image[down - 1]
        if across > 0:
            image[:, :across] = image[:, across : across + 1]
        elif across < 0:
            image[:, across:] = image[:, across - 1 : across]
        result[k] = image
    return result


# %% augment | right | SciPy's shift with mode nearest, mirrored afterwards, coins by choice
def augment(images, shift, rng):
    from scipy.ndimage import shift as move

    def one(image):
        moved = move(image, (*rng.choice(np.arange(-shift, shift + 1), 2), 0), order=0, mode="nearest")
        return moved[:, ::-1] if rng.choice([True, False]) else moved

    return np.array([one(image) for image in images], dtype=np.uint8)


# %% augment | right | one index array for all photographs, no loop
def augment(images, shift, rng):
    n, height, width, _ = images.shape
    rows = np.clip(np.arange(height) - rng.integers(-shift, shift + 1, (n, 1)), 0, height - 1)
    columns = np.clip(np.arange(width) - rng.integers(-shift, shift + 1, (n, 1)), 0, width - 1)
    columns = np.where(rng.uniform(size=(n, 1)) < 0.5, width - 1 - columns, columns)
    return images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
