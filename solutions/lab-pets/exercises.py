"""Lab pets, what is graded: references in NumPy, cases, and the mistakes that students really make.

The threshold, from 20 seeds each of right solutions on the 92 photographs as the judge changes them (mean, standard deviation,
minimum), photographs enlarged to 160 pixels and, in brackets, hardly enlarged, to 128, as in lesson 9:

    linear layer on all 188 photographs     0.81  0.024  0.74    (0.74  0.024  0.71)
    the same in minibatches, with dropout   0.82  0.034  0.75    (0.76  0.033  0.71)
    with two copies of each                 0.83  0.021  0.78    (0.77  0.019  0.73)
    with a hidden layer                     0.82  0.023  0.77    (0.76  0.021  0.73)
    features standardised                   0.78  0.026  0.74    (0.74  0.029  0.69)
    nearest mean                            0.78  0.015  0.75    (0.73  0.022  0.70)
    linear layer on 80 % of them            0.79  0.025  0.73    (0.72  0.025  0.67)
    nearest mean of directions, 80 %        0.73  0.020  0.69    (0.66  0.020  0.63)

0.60 is asked for: four standard deviations below every way at 128 pixels but the last, and six below all of them at 160.
A small convolutional network trained from scratch on the same photographs gets 0.35 with 0.034, at most 0.43.
"""

from __future__ import annotations

import base64
from typing import Any
from zipfile import ZipFile

import numpy as np

from autograder.spec import Exercise, Labelled, Misconception, truth
from course.data import photographs
from course.recipes import Jpegs, Seed

Array = np.ndarray
Inputs = dict[str, Any]
Rng = np.random.Generator
CLASSES = photographs.TASKS["kinds"][1]
LEAST = 0.60
PUBLIC_OF_EACH = 7
# Numbers of the files in the package of photographs. A class folder takes this module along and nothing beside it.
JUDGES = {
    "bird of prey": "0014 0177 0193 0371 0427 0439 0501 0525 0529 0678 0777 0854 0905 0941",
    "chicken": "0009 0092 0094 0172 0369 0387 0722 0855 0867 0937",
    "duck": "0261 0268 0299 0426 0469 0494 0506 0542 0572 0608 0653 0719 0775 0804 0853 0926 0998",
    "owl": "0045 0121 0215 0329 0345 0630 0697 0979",
    "parrot": "0040 0082 0115 0152 0476 0615 0674 0986",
    "songbird": "0025 0060 0112 0118 0141 0161 0219 0242 0352 0361 0367 0377 0478 0484 0516 0543 0691 0713 0720 0721 "
    "0731 0774 0785 0819 0933 0966 0995",
    "swan": "0076 0153 0185 0295 0495 0792 0869 0963",
}


# duplicates ---------------------------------------------------------------------------------------------------------


def cosines(features: Array) -> Array:
    """Similarity (n, n) of all pairs of rows: the cosine of the angle between them."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    return unit @ unit.T


def duplicates(features: Array, limit: float) -> Array:
    """Whether each row is as similar as `limit`, or more so, to an earlier row: bool (n,)."""
    close = cosines(features) >= limit
    return np.array([bool(close[i, :i].any()) for i in range(len(features))])


def marked(which: str) -> Any:
    """A wrong twin that looks at other pairs than those with an earlier row."""

    def twin(features: Array, limit: float) -> Array:
        close = cosines(features) >= limit
        others = {"all": close, "others": close & ~np.eye(len(close), dtype=bool), "later": np.triu(close, 1)}
        if which == "neighbour":
            return np.array([i > 0 and bool(close[i, i - 1]) for i in range(len(close))])
        return others[which].any(axis=1)

    return twin


def not_normalised(features: Array, limit: float) -> Array:
    products = features @ features.T
    return np.tril(products >= limit, -1).any(axis=1)


def limit_as_distance(features: Array, limit: float) -> Array:
    apart = np.linalg.norm(features[:, None] - features[None], axis=2)
    return np.tril(apart <= limit, -1).any(axis=1)


def below_the_limit(features: Array, limit: float) -> Array:
    return np.tril(cosines(features) < limit, -1).any(axis=1)


def numbers_of_them(features: Array, limit: float) -> Array:
    return np.flatnonzero(duplicates(features, limit))


def duplicates_cases(rng: Rng) -> list[Inputs]:
    """Rows in groups that lie close together, of very different lengths, never near the limit; one row; no duplicates."""
    cases = []
    for groups, size, limit in (
        ((0, 1, 0, 2, 1, 0, 3), 5, 0.9),
        ((0, 1, 2, 2, 3, 1, 4, 4), 6, 0.8),
        ((0, 1, 2), 4, 0.95),
        ((0,), 3, 0.9),
    ):
        while True:
            centres = rng.normal(0, 1, (max(groups) + 1, size))
            # A common direction, as in features, which have no negative numbers: most pairs are somewhat similar.
            rows = centres[list(groups)] + 0.4 + rng.normal(0, 0.03, (len(groups), size))
            rows *= rng.uniform(0.5, 4, (len(groups), 1))
            similar = cosines(rows)
            same = np.equal.outer(groups, groups)
            if (similar[same] > limit + 0.02).all() and (similar[~same] < limit - 0.02).all():
                break
        cases.append({"features": rows.astype(np.float32), "limit": limit})
    return cases


DUPLICATES = Exercise(
    name="duplicates",
    points=2,
    reference=duplicates,
    cases=duplicates_cases,
    misconceptions=[
        Misconception(
            "each photograph compared with itself",
            marked("all"),
            "Every photograph is like itself: the cosine is 1 there, on the diagonal. Compare with *earlier* ones only.",
        ),
        Misconception(
            "both of a pair marked",
            marked("others"),
            "If both are marked, both are thrown away, and the animal is gone. The first of a group stays: look at earlier "
            "photographs only.",
        ),
        Misconception(
            "the later ones looked at",
            marked("later"),
            "You mark those that have a *later* twin, so that the last one stays. The first is to stay.",
        ),
        Misconception(
            "only the neighbour looked at",
            marked("neighbour"),
            "A near-duplicate may stand anywhere in the file, not just before. Compare all pairs.",
        ),
        Misconception(
            "lengths not divided out",
            not_normalised,
            "A product of two rows also grows with their lengths: bright photographs would be like everything. Divide each "
            "row by its length first.",
        ),
        Misconception(
            "distance instead of similarity",
            limit_as_distance,
            "The limit is for the cosine, which is 1 for the same direction. A distance is 0 there, and depends on the "
            "lengths.",
        ),
        Misconception(
            "unlike ones marked",
            below_the_limit,
            "Similar means that the cosine is at least `limit`, not below it.",
        ),
        Misconception(
            "places instead of marks",
            numbers_of_them,
            "Return True or False for each photograph, not the places of those that are marked.",
        ),
    ],
)


# augment ------------------------------------------------------------------------------------------------------------


class Augment:
    """Each photograph mirrored with probability 1/2 and shifted by up to `shift` pixels across and down, the edge repeated."""

    mode = "edge"

    def __call__(self, images: Array, shift: int, rng: Rng) -> Array:
        rng = self.generator(rng)
        out = self.copy(images)
        for i in range(len(images)):
            image = self.flip(images[i]) if self.coin(rng, i) else images[i]
            out[i] = self.move(image, shift, *self.shifts(shift, rng, i))
        return self.result(out)

    def generator(self, rng: Rng) -> Rng:
        return rng

    def copy(self, images: Array) -> Array:
        return images.copy()

    def flip(self, image: Array) -> Array:
        return image[:, ::-1]

    def coin(self, rng: Rng, i: int) -> bool:
        return bool(rng.random() < 0.5)

    def shifts(self, shift: int, rng: Rng, i: int) -> tuple[int, int]:
        return tuple(rng.integers(-shift, shift + 1, 2))

    def move(self, image: Array, shift: int, down: int, across: int) -> Array:
        height, width, _ = image.shape
        padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode=self.mode)
        return padded[shift + down : shift + down + height, shift + across : shift + across + width]

    def result(self, images: Array) -> Array:
        return images


def change(**methods: Any) -> Augment:
    """A wrong twin: the reference with something done in another way."""
    return type("Twin", (Augment,), methods)()


class AugmentOwnNumbers(Augment):
    """Random numbers from somewhere else: other ones at every call, whatever generator is given."""

    calls = 0

    def generator(self, rng):
        AugmentOwnNumbers.calls += 1
        return np.random.default_rng(AugmentOwnNumbers.calls)


def of_the_first(method: Any) -> Any:
    """What is drawn for the first photograph holds for all."""

    def drawn(self: Any, *arguments: Any) -> Any:
        i, rest = arguments[-1], arguments[:-1]
        if i == 0:
            self.kept = method(self, *rest, 0)
        return self.kept

    return drawn


def augment_cases(rng: Rng) -> list[Inputs]:
    return [
        {
            "images": rng.integers(1, 256, (n, height, width, 3)).astype(np.uint8),
            "shift": shift,
            "rng": Seed(int(rng.integers(1 << 31))),
        }
        for n, height, width, shift in ((64, 6, 8, 2), (5, 9, 7, 3), (1, 8, 6, 1), (48, 5, 4, 1))
    ]


SAME_FLIP, SAME_SHIFT = "about half of the photographs are mirrored", "some are shifted differently from others"
TWO_SHIFTS, RANGE = "across and down are shifted independently", "every shift from -shift to shift occurs"
ON_ITS_HEAD, COLOURS = "a photograph stands on its head", "a photograph has its colours in another order"
WRAPPED, BLACK = "a photograph comes in again on the other side", "a photograph has black pixels at its edge"

AUGMENT = Exercise(
    name="augment",
    points=3,
    reference=Augment(),
    cases=augment_cases,
    probe="augmenting",
    misconceptions=[
        Misconception(
            "written into the photographs that were given",
            change(copy=lambda self, images: images),
            "Your input is changed: the next epoch would shift what is shifted already. Write into a copy or a new array.",
            keys=("changed",),
        ),
        Misconception(
            "scaled on the way",
            change(result=lambda self, images: (images / 255).astype(np.float32)),
            "Photographs come in as uint8 from 0 to 255 and go out as such: preparing them for the network is another step.",
            keys=("dtype", "shape"),
        ),
        Misconception(
            "smaller than before",
            change(
                move=lambda self, image, shift, down, across: Augment.move(self, image, shift, down, across),
                result=lambda self, images: images[:, 1:-1, 1:-1],
            ),
            "The photographs have become smaller. Repeat the pixels at the edge, so that the size stays the same.",
            keys=("shape",),
        ),
        Misconception(
            "upside down",
            change(flip=lambda self, image: image[::-1]),
            "Some photographs stand on their heads. Left and right are the *second* axis of a photograph (height, width, 3).",
            keys=(ON_ITS_HEAD,),
        ),
        Misconception(
            "colours exchanged instead of sides",
            change(flip=lambda self, image: image[..., ::-1]),
            "images[..., ::-1] turns the last axis round, which holds the colours. Left and right are the axis before it.",
            keys=(COLOURS,),
        ),
        Misconception(
            "rolled round",
            change(move=lambda self, image, shift, down, across: np.roll(image, (down, across), (0, 1))),
            "What leaves on one side comes in again on the other: a beak behind the tail. Pad the photograph by repeating its "
            "edge, and cut out a piece of the old size.",
            keys=(WRAPPED,),
        ),
        Misconception(
            "black edges",
            change(mode="constant"),
            'The new pixels at the edge are black: no photograph has such bars. Repeat the edge: np.pad(..., mode="edge").',
            keys=(BLACK,),
        ),
        Misconception(
            "random numbers of its own",
            AugmentOwnNumbers(),
            "The same `rng` should give the same photographs, so that a result can be repeated: take every random number "
            "from it.",
            keys=("repeatable",),
        ),
        Misconception(
            "the same changes every time",
            change(generator=lambda self, rng: np.random.default_rng(0)),
            "A generator made inside with a fixed seed makes the same changes in each epoch. Use the one that is given.",
            keys=("new",),
        ),
        Misconception(
            "one coin for all photographs",
            change(coin=of_the_first(Augment.coin)),
            "All photographs are mirrored, or none is. Each one needs a coin of its own: rng.random(n) < 0.5.",
            keys=(SAME_FLIP,),
        ),
        Misconception(
            "one shift for all photographs",
            change(shifts=of_the_first(Augment.shifts)),
            "All photographs are shifted alike. Draw for each one how far it goes.",
            keys=(SAME_SHIFT, TWO_SHIFTS, RANGE),
        ),
        Misconception(
            "one number for both directions",
            change(shifts=lambda self, shift, rng, i: (int(rng.integers(-shift, shift + 1)),) * 2),
            "The photographs move along a diagonal only. Draw one number for across and another for down.",
            keys=(TWO_SHIFTS,),
        ),
        Misconception(
            "the largest shift never drawn",
            change(shifts=lambda self, shift, rng, i: tuple(rng.integers(-shift, shift, 2))),
            "rng.integers(a, b) gives numbers from a to b - 1. For shifts from -shift to shift, b is shift + 1.",
            keys=(RANGE,),
        ),
    ],
)


# macro_accuracy -----------------------------------------------------------------------------------------------------


def recalls(predicted: Array, labels: Array, classes: int) -> Array:
    """Of the examples of each class that occurs, the share that is right."""
    return np.array([np.mean(predicted[labels == c] == c) for c in range(classes) if (labels == c).any()])


def macro_accuracy(predicted: Array, labels: Array, classes: int) -> float:
    """The mean over the classes that occur of the share of their examples that is right."""
    return float(recalls(predicted, labels, classes).mean())


def precision(predicted: Array, labels: Array, classes: int) -> float:
    return float(np.mean([np.mean(labels[predicted == c] == c) for c in range(classes) if (predicted == c).any()]))


def macro_cases(rng: Rng) -> list[Inputs]:
    """Classes of different sizes; one that does not occur but is predicted, one that occurs and is never predicted."""
    cases = []
    for counts, never in (((9, 4, 2), None), ((7, 0, 3, 5), 3), ((1, 6), None), ((0, 0, 4), None), ((0, 1, 0), None)):
        labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        predicted = np.where(rng.random(len(labels)) < 0.6, labels, rng.integers(0, len(counts), len(labels)))
        largest, n = int(np.argmax(counts)), len(labels)
        rows = np.flatnonzero(labels == largest)
        # In any case the largest class is not all right and not all wrong, and where a class is missing it is predicted once.
        predicted[rows[0]] = largest
        if n > 1:
            missing = next((c for c, count in enumerate(counts) if not count), (largest + 1) % len(counts))
            predicted[rows[1]] = missing
        if never is not None:
            predicted[predicted == never] = 0
        cases.append({"predicted": predicted.astype(np.int64), "labels": labels.astype(np.int64), "classes": len(counts)})
    return cases


MACRO_ACCURACY = Exercise(
    name="macro_accuracy",
    points=2,
    reference=macro_accuracy,
    cases=macro_cases,
    misconceptions=[
        Misconception(
            "every example counts alike",
            lambda predicted, labels, classes: float(np.mean(predicted == labels)),
            "This is the ordinary accuracy, in which a frequent class has many votes. First the share for each class, then "
            "their mean.",
        ),
        Misconception(
            "missing classes counted as wrong",
            lambda predicted, labels, classes: float(recalls(predicted, labels, classes).sum() / classes),
            "A class without a single example has no share that is right, not the share 0. Divide by the number of classes "
            "that occur among the labels.",
        ),
        Misconception(
            "0 divided by 0",
            lambda predicted, labels, classes: float(
                np.mean([np.mean(predicted[labels == c] == c) if (labels == c).any() else np.nan for c in range(classes)])
            ),
            "A class without examples gives 0 / 0, which is NaN, and one NaN makes the mean NaN. Leave such classes out.",
        ),
        Misconception(
            "share of the predictions instead of the labels",
            precision,
            "You divide by how often a class was *predicted*. The question here is how many of a class's own examples were "
            "found: divide by how many carry the label.",
        ),
        Misconception(
            "one share for each class",
            lambda predicted, labels, classes: recalls(predicted, labels, classes),
            "These are the shares of the single classes. One number is asked for: their mean.",
        ),
        Misconception(
            "in per cent",
            lambda predicted, labels, classes: 100 * macro_accuracy(predicted, labels, classes),
            "A share from 0 to 1 is asked for, not per cent.",
        ),
    ],
)


# worst_mistakes -----------------------------------------------------------------------------------------------------


def worst_mistakes(probabilities: Array, labels: Array, k: int) -> Array:
    """The places of the wrong answers that the network was surest of, surest first; at most k."""
    sure, said = probabilities.max(axis=1), probabilities.argmax(axis=1)
    order = np.argsort(-sure, kind="stable")
    return order[said[order] != labels[order]][:k]


def surest(probabilities: Array, labels: Array, k: int) -> Array:
    return np.argsort(-probabilities.max(axis=1), kind="stable")[:k]


def least_sure(probabilities: Array, labels: Array, k: int) -> Array:
    return worst_mistakes(probabilities, labels, len(labels))[::-1][:k]


def least_for_the_label(probabilities: Array, labels: Array, k: int) -> Array:
    rows = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return rows[np.argsort(probabilities[rows, labels[rows]], kind="stable")][:k]


def places_among_mistakes(probabilities: Array, labels: Array, k: int) -> Array:
    wrong = probabilities.argmax(axis=1) != labels
    return np.argsort(-probabilities.max(axis=1)[wrong], kind="stable")[:k]


def filled_up(probabilities: Array, labels: Array, k: int) -> Array:
    wrong = probabilities.argmax(axis=1) != labels
    score = np.where(wrong, probabilities.max(axis=1), 0)
    return np.argsort(-score, kind="stable")[:k]


def first_mistakes(probabilities: Array, labels: Array, k: int) -> Array:
    return np.flatnonzero(probabilities.argmax(axis=1) != labels)[:k]


def how_sure(probabilities: Array, labels: Array, k: int) -> Array:
    return probabilities.max(axis=1)[worst_mistakes(probabilities, labels, k)]


def without_first_cut(probabilities: Array, labels: Array, k: int) -> Array:
    """The k surest answers, and of these the wrong ones."""
    rows = surest(probabilities, labels, k)
    return rows[probabilities.argmax(axis=1)[rows] != labels[rows]]


def worst_cases(rng: Rng) -> list[Inputs]:
    """More mistakes than k, fewer, none, and a single example. The surest answer is right; no two are equally sure."""
    cases = []
    for n, classes, wrong, k in ((14, 4, 8, 3), (9, 3, 3, 5), (6, 5, 0, 2), (11, 3, 6, 4), (1, 2, 1, 1)):
        peaks = rng.permutation(np.linspace(0.52, 0.97, n)) + rng.uniform(-0.004, 0.004, n)
        said = rng.integers(0, classes, n)
        rest = rng.dirichlet(np.ones(classes - 1), n) * (1 - peaks)[:, None]
        probabilities = np.empty((n, classes))
        for i in range(n):
            probabilities[i, said[i]] = peaks[i]
            probabilities[i, np.arange(classes) != said[i]] = rest[i]
        order = np.argsort(-peaks)
        # The wrong ones lie among the less sure, but not the least sure of all.
        rows = rng.permutation(order[1:])[:wrong] if n > 1 else order
        labels = said.copy()
        labels[rows] = (said[rows] + rng.integers(1, classes, len(rows))) % classes
        cases.append({"probabilities": probabilities.astype(np.float32), "labels": labels.astype(np.int64), "k": k})
    return cases


WORST_MISTAKES = Exercise(
    name="worst_mistakes",
    points=2,
    reference=worst_mistakes,
    cases=worst_cases,
    misconceptions=[
        Misconception(
            "right answers among them",
            surest,
            "These are the answers that the network is surest of, right ones among them. Only wrong ones are mistakes.",
        ),
        Misconception(
            "cut off before choosing",
            without_first_cut,
            "You take the k surest answers and keep the wrong ones of them, which leaves too few. First the wrong ones, then "
            "the k surest of these.",
        ),
        Misconception(
            "the least sure first",
            least_sure,
            "These are the mistakes that the network itself was in doubt about. The worst are those that it was sure of.",
        ),
        Misconception(
            "in the order of the file",
            first_mistakes,
            "These are mistakes, in the order in which they come. Sort them by how sure the network was.",
        ),
        Misconception(
            "places among the mistakes only",
            places_among_mistakes,
            "Your numbers count the *wrong* examples only. With them one would show other photographs: translate them back "
            "into places among all examples.",
        ),
        Misconception(
            "filled up with right answers",
            filled_up,
            "If there are fewer than k mistakes, return fewer places. You have filled up with right answers.",
        ),
        Misconception(
            "lowest probability of the label",
            least_for_the_label,
            "You sort by how little the label got. Here the worst are those where the *wrong answer* got most; with more "
            "than two classes that is another order.",
        ),
        Misconception(
            "probabilities instead of places",
            how_sure,
            "You return how sure the network was. Return which examples they are: integers.",
        ),
    ],
)


# predict ------------------------------------------------------------------------------------------------------------


def labels_by_file(part: str) -> dict[str, int]:
    """Names and labels of the test part that students have, or of the judge's part, which is in this module only."""
    if part == "judge":
        return {f"s{number}.jpg": CLASSES.index(kind) for kind, numbers in JUDGES.items() for number in numbers.split()}
    test = photographs.load("kinds", part)
    return dict(zip(test.names, test.labels.tolist(), strict=True))


def public_photographs(rng: Rng) -> list[Labelled]:
    """Seven photographs of each kind from the test part, as the files that they are: checks.json stays small."""
    known = labels_by_file("test")
    names = rng.permutation(sorted(known))
    chosen = [name for label in range(len(CLASSES)) for name in [n for n in names if known[n] == label][:PUBLIC_OF_EACH]]
    chosen = rng.permutation(chosen).tolist()
    with ZipFile(photographs.wheel()) as package:
        files = [base64.b64encode(package.read(photographs.INSIDE + name)).decode("ascii") for name in chosen]
    return [Labelled({"images": Jpegs(tuple(files))}, np.array([known[name] for name in chosen], np.int64))]


def judges_photographs(rng: Rng) -> list[Labelled]:
    """The 92 photographs that nobody has been given, each mirrored or not, a little shifted, lighter or darker."""
    known = labels_by_file("judge")
    names = rng.permutation(sorted(known)).tolist()
    images = Augment()(photographs.pictures(names), 3, rng)
    light = rng.uniform(0.88, 1.12, (len(images), 1, 1, 1))
    changed = np.clip(np.rint(images * light), 0, 255).astype(np.uint8)
    return [Labelled({"images": changed}, np.array([known[name] for name in names], np.int64))]


PREDICT = Exercise(
    name="predict",
    points=5,
    reference=truth,
    cases=judges_photographs,
    public_cases=public_photographs,
    probe="labels",
    options={"numpy": True},
    accuracy={"value": LEAST},
    misconceptions=[
        Misconception(
            "probabilities instead of labels",
            lambda y: np.eye(len(CLASSES))[y],
            "These are numbers for all classes. The label is the place of the largest: argmax over axis 1.",
        ),
        Misconception(
            "the largest probability instead of its place",
            lambda y: y + 0.5,
            "max gives the probability, argmax the class that it belongs to.",
        ),
        Misconception(
            "argmax over the batch",
            lambda y: np.zeros(len(CLASSES), np.int64),
            "You took the argmax down the columns, which gives the best photograph for each class. The class of a photograph "
            "is found along axis 1.",
        ),
        Misconception(
            "labels from 1",
            lambda y: y + 1,
            "Your labels are one too high: classes are counted from 0.",
        ),
        Misconception(
            "prepared with statistics of the batch",
            lambda y: y if len(y) > 1 else (y + 1) % len(CLASSES),
            "A photograph gets another label when it comes alone. Whatever you subtract from features or divide them by "
            "comes from the *training* photographs: keep these numbers.",
            keys=("company",),
        ),
        Misconception(
            "always the same kind",
            np.zeros_like,
            "Every photograph gets the same label. Either nothing was learned, or the photographs are not described here as in "
            "training.",
            keys=("constant",),
        ),
        Misconception(
            "no better than guessing",
            lambda y: (y + 1 + y % 2) % len(CLASSES),
            "This is what guessing gets. Is this the trained classifier, are photographs and labels still in the same order, "
            "and are the photographs enlarged and prepared as in training?",
            share=(0.0, 0.3),
        ),
        Misconception(
            "learned too little",
            lambda y: np.where((y > 2) & (y < 6), y, (y + 1) % len(CLASSES)),
            "It has learned something, but a right solution gets more. Use the features of the pretrained network, compute "
            "them here exactly as in training (same size), and watch the accuracy on photographs that you held out.",
            share=(0.3, LEAST - 0.03),
        ),
    ],
)

EXERCISES = [DUPLICATES, AUGMENT, MACRO_ACCURACY, WORST_MISTAKES, PREDICT]
