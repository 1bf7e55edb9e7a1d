"""Exercises of 09-transfer-learning: references in slow clear NumPy, the cases, and what students get wrong.

The networks of the cases are a few blocks of linear, batch normalisation and ReLU: everything that goes wrong with a
network of millions of weights goes wrong with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.spec import Exercise, Misconception, Tolerance
from course.backbones.numpy import Blocks
from course.frameworks.numpy import live
from course.recipes import Backbone, Model, Trainable

Array = np.ndarray
TORCH, TENSORFLOW = ("pytorch",), ("tensorflow",)
# Measured over 20 seeds in both tracks: right float32 answers stay below a fifth of this.
TOLERANCE = Tolerance(rtol=1e-4, atol=1e-5)


def twin(parent: type, **methods: Callable[..., Any]) -> Any:
    """An instance of the parent in which some methods are wrong."""
    return type(f"Wrong{parent.__name__}", (parent,), methods)()


# preprocess


def preprocess(images: Array) -> Array:
    """Photographs (n, height, width, 3) of uint8 as EfficientNet-Lite0 wants them: (pixel - 127) / 128, float32."""
    return (images.astype(np.float32) - np.float32(127)) / np.float32(128)


def preprocess_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    # No two axes have one length; one photograph alone; the darkest and the lightest pixel.
    cases = [{"images": rng.integers(0, 256, shape).astype(np.uint8)} for shape in ((2, 5, 4, 3), (1, 2, 6, 3), (4, 7, 5, 3))]
    cases[0]["images"][0, 0, 0] = (0, 255, 127)
    return cases


def in_uint8(images: Array) -> Array:
    return (images - np.uint8(127)).astype(np.float32) / np.float32(128)


def reshaped(images: Array) -> Array:
    n, height, width, channels = images.shape
    return np.ascontiguousarray(preprocess(images).reshape(n, channels, height, width).transpose(0, 2, 3, 1))


PREPROCESS = Exercise(
    name="preprocess",
    points=2,
    reference=preprocess,
    cases=preprocess_cases,
    probe="pixels",
    tolerance=Tolerance(rtol=1e-5, atol=1e-6),
    misconceptions=[
        Misconception(
            "pixels scaled to 0..1",
            lambda images: images.astype(np.float32) / np.float32(255),
            "This network was trained on (pixel - 127) / 128, from about -1 to 1. Every family has its own scale.",
        ),
        Misconception(
            "mean and deviation of ImageNet",
            lambda images: ((images / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype(np.float32),
            "Those numbers belong to torchvision's networks. This one was trained on (pixel - 127) / 128.",
        ),
        Misconception(
            "blue before red",
            lambda images: np.ascontiguousarray(preprocess(images)[..., ::-1]),
            "The photographs are red, green, blue, and so were those that the network learned from: leave the order.",
        ),
        Misconception(
            "subtracted in uint8",
            in_uint8,
            "100 - 127 is 229 in uint8, which has no negative numbers. Turn the pixels into float32 first.",
        ),
        Misconception(
            "pixels left as they are",
            lambda images: images.astype(np.float32),
            "Turned into float32, but not scaled: (pixel - 127) / 128.",
        ),
        Misconception(
            "channels left at the end",
            lambda images: np.ascontiguousarray(preprocess(images).transpose(0, 2, 3, 1)),
            "PyTorch wants (n, 3, height, width): move the axis of the colours with permute(0, 3, 1, 2).",
            tracks=TORCH,
        ),
        Misconception(
            "reshaped instead of permuted",
            reshaped,
            "reshape keeps the numbers in their old order and only cuts them up anew, so that colours and places are mixed. "
            "Move the axis with permute(0, 3, 1, 2).",
            tracks=TORCH,
        ),
        Misconception(
            "height and width exchanged",
            lambda images: np.ascontiguousarray(preprocess(images).transpose(0, 2, 1, 3)),
            "Rows stay rows: (n, 3, height, width). transpose(1, 3) exchanges two axes, permute(0, 3, 1, 2) puts one in front.",
            tracks=TORCH,
        ),
    ],
)


# Networks and examples for the cases.


def block(rng: np.random.Generator, inputs: int, outputs: int) -> list[Array]:
    """w, b, gamma, beta, running mean and variance of one block; the statistics are not those of the examples."""
    arrays = [
        rng.normal(0, 1.2 / np.sqrt(inputs), (inputs, outputs)),
        rng.normal(0, 0.3, outputs),
        rng.uniform(0.6, 1.4, outputs),
        rng.uniform(0.1, 0.8, outputs),
        rng.normal(0.5, 0.5, outputs),
        rng.uniform(1.5, 3.0, outputs),
    ]
    return [array.astype(np.float32) for array in arrays]


def backbone(rng: np.random.Generator, *sizes: int) -> Backbone:
    return Backbone([block(rng, i, o) for i, o in zip(sizes[:-1], sizes[1:], strict=True)])


def examples(rng: np.random.Generator, n: int, width: int) -> Array:
    return rng.normal(0, 1, (n, width)).astype(np.float32)


# extract_features


class Extract:
    """Features of all examples, batch by batch, in evaluation mode; the mode is left as it was."""

    def __call__(self, model: Blocks, x: Array, batch_size: int) -> Any:
        before = model.training
        model.training = self.mode(before)
        parts = [self.part(model, x[i : i + batch_size]) for i in range(0, self.end(len(x), batch_size), batch_size)]
        model.training = self.after(before)
        return self.result(parts)

    def mode(self, before: bool) -> bool:
        return False

    def after(self, before: bool) -> bool:
        return before

    def end(self, n: int, batch_size: int) -> int:
        return n

    def part(self, model: Blocks, x: Array) -> Array:
        return model(x)

    def result(self, parts: list[Array]) -> Any:
        return np.concatenate(parts)


def extract_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    # A last batch that is smaller, one that is whole, all in one batch.
    cases = [((4, 6, 5), 11, 4), ((3, 5), 6, 3), ((5, 4, 3, 2), 7, 20)]
    return [{"model": backbone(rng, *sizes), "x": examples(rng, n, sizes[0]), "batch_size": size} for sizes, n, size in cases]


EXTRACT_FEATURES = Exercise(
    name="extract_features",
    points=3,
    reference=Extract(),
    cases=extract_cases,
    probe="features",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "in training mode",
            twin(Extract, mode=lambda self, before: before),
            "The model came in training mode, in which batch normalisation takes the mean of the batch and moves its running "
            "statistics. Call model.eval() first, and give the mode back afterwards.",
            tracks=TORCH,
            keys=("value", "drift"),
        ),
        Misconception(
            "training switched on",
            twin(Extract, mode=lambda self, before: True),
            "In training mode batch normalisation takes the mean of the batch, and moves its running statistics. Features are "
            "computed in evaluation mode: training=False in Keras, model.eval() in PyTorch.",
            keys=("value", "again"),
            tracks=TENSORFLOW,
        ),
        Misconception(
            "mode not given back",
            twin(Extract, after=lambda self, before: False),
            "Whoever called you was training, and now trains in evaluation mode without knowing. Keep model.training, and "
            "set it again with model.train(...).",
            tracks=TORCH,
        ),
        Misconception(
            "always left in training mode",
            twin(Extract, after=lambda self, before: True),
            "The second time the model came in evaluation mode. Give back the mode that it had, not training mode in any case.",
            tracks=TORCH,
        ),
        Misconception(
            "features that hang on their graph",
            twin(Extract, result=lambda self, parts: live(np.concatenate(parts))),
            "Each batch keeps all that lies between the pixels and the features, for a gradient that nobody asks for. "
            "Compute under torch.no_grad().",
            tracks=TORCH,
        ),
        Misconception(
            "the last, smaller batch left out",
            twin(Extract, end=lambda self, n, size: n - n % size if n >= size else n),
            "There are as many features as examples: the last batch may be smaller than the others.",
        ),
        Misconception(
            "batches not put together",
            twin(Extract, result=lambda self, parts: parts),
            "Return one array or tensor (n, features): put the batches together along the first axis.",
        ),
        Misconception(
            "only the first batch",
            twin(Extract, result=lambda self, parts: parts[0]),
            "A return inside the loop ends it after one batch.",
        ),
        Misconception(
            "mean over each batch",
            twin(Extract, part=lambda self, model, x: model(x).mean(axis=0, keepdims=True)),
            "Every example keeps its own features: do not average over the batch.",
        ),
    ],
)


# freeze and unfreeze_last


class Freeze:
    """No parameter is trainable, and batch normalisation uses the statistics that it has."""

    def __call__(self, model: Blocks) -> None:
        self.mode(model)
        for part in model.blocks:
            self.switch(part)

    def mode(self, model: Blocks) -> None:
        model.training = False

    def switch(self, part: Any) -> None:
        part.trainable = set()


def freeze_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    return [{"model": backbone(rng, *sizes), "x": examples(rng, 6, sizes[0])} for sizes in ((4, 6, 5), (3, 5, 2, 4))]


def without(*names: str) -> Callable[[Any, Any], None]:
    def switch(self: Any, part: Any) -> None:
        part.trainable = part.trainable - set(names)

    return switch


FREEZE = Exercise(
    name="freeze",
    points=2,
    reference=Freeze(),
    cases=freeze_cases,
    probe="freezing",
    misconceptions=[
        Misconception(
            "batch statistics still move",
            twin(Freeze, mode=lambda self, model: None),
            "No weight can change any more, and yet the network does: batch normalisation still takes each batch's mean and "
            "moves its running statistics. PyTorch has eval() for that; in Keras the *layer* must have trainable = False.",
        ),
        Misconception(
            "evaluation mode only",
            twin(Freeze, switch=lambda self, part: None),
            "eval() changes what dropout and batch normalisation do. The weights can still be trained: requires_grad_(False).",
            tracks=TORCH,
        ),
        Misconception(
            "biases and normalisation forgotten",
            twin(Freeze, switch=without("w"), mode=lambda self, model: None),
            "Only the matrices are frozen. Every parameter counts: biases, and the scale and shift of batch normalisation.",
            keys=("trainable",),
        ),
        Misconception(
            "only the last block frozen",
            type("FreezeLast", (Freeze,), {"__call__": lambda self, model: self.switch(model.blocks[-1])})(),
            "Go through all blocks; one of them is frozen, the others are not.",
            keys=("trainable",),
        ),
    ],
)


class Unfreeze:
    """The last n blocks are trainable, and nothing else."""

    def __call__(self, model: Blocks, n: int) -> None:
        chosen = self.chosen(model.blocks, n)
        for part in model.blocks:
            self.switch(part, any(part is one for one in chosen))

    def chosen(self, blocks: list[Any], n: int) -> list[Any]:
        return blocks[max(len(blocks) - n, 0) :]

    def switch(self, part: Any, on: bool) -> None:
        part.trainable = {"w", "b", "gamma", "beta"} if on else set()


def unfreeze_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = [
        ((3, 4, 5, 2), 1, "whole"),
        ((4, 3, 2, 5, 3), 2, "no"),
        ((2, 3, 4), 0, "no"),
        ((3, 5, 2, 4), 3, "whole"),
        ((4, 2, 3), 0, "whole"),
        ((3, 2, 4, 3), 2, "blocks"),
    ]
    return [{"model": backbone(rng, *sizes), "n": n, "frozen": frozen} for sizes, n, frozen in cases]


class UnfreezeInWhole(Unfreeze):
    """In Keras: `model.trainable = True` switches the layers on, but only if the model was off."""

    def __call__(self, model, n):
        chosen = self.chosen(model.blocks, n)
        for part in model.blocks:
            if not any(part is one for one in chosen):
                self.switch(part, False)
            elif not model.whole:
                self.switch(part, True)


def only_on(self: Any, part: Any, on: bool) -> None:
    if on:
        part.trainable = {"w", "b", "gamma", "beta"}


UNFREEZE_LAST = Exercise(
    name="unfreeze_last",
    points=2,
    reference=Unfreeze(),
    cases=unfreeze_cases,
    probe="freezing",
    misconceptions=[
        Misconception(
            "everything trainable when n is 0",
            twin(Unfreeze, chosen=lambda self, blocks, n: blocks[-n:]),
            "blocks[-0:] is blocks[0:], that is, all of them. Count from the front: blocks[len(blocks) - n:].",
        ),
        Misconception(
            "the first blocks instead of the last",
            twin(Unfreeze, chosen=lambda self, blocks, n: blocks[:n]),
            "The first blocks see edges and colours, which every picture has. The last ones are to be trained.",
        ),
        Misconception(
            "one block too many",
            twin(Unfreeze, chosen=lambda self, blocks, n: blocks[max(len(blocks) - n - 1, 0) :]),
            "Count again: n blocks from the end.",
        ),
        Misconception(
            "the others not frozen",
            twin(Unfreeze, switch=only_on),
            "In one case everything was trainable when the model came. Switch the others off as well: they must not depend on "
            "what was done before.",
            tracks=TORCH,
        ),
        Misconception(
            "only the matrices trainable",
            twin(Unfreeze, switch=lambda self, part, on: setattr(part, "trainable", {"w"} if on else set())),
            "A block that is trained is trained as a whole: its biases and its normalisation's scale and shift too.",
        ),
        Misconception(
            "everything trainable",
            twin(Unfreeze, chosen=lambda self, blocks, n: blocks),
            "Only the last n blocks are to be trained.",
        ),
        Misconception(
            "a whole that was on already",
            UnfreezeInWhole(),
            "model.trainable = True does nothing if the model is on already, as after an earlier call: its layers stay as they "
            "are. Set the switch of every block yourself, on or off.",
            tracks=TENSORFLOW,
        ),
        Misconception(
            "a switch inside a switch",
            twin(Unfreeze, chosen=lambda self, blocks, n: []),
            "model.trainable = False says of the whole model that it gives no variables to an optimiser, whatever its layers "
            "say. Switch the model on, and the layers off that shall stay frozen.",
            tracks=TENSORFLOW,
        ),
    ],
)


# fine_tune_step


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


class FineTune:
    """One step of gradient descent on head and backbone, each with its own learning rate; the loss before the step."""

    def __call__(self, backbone: Any, head: list[Array], x: Array, y: Array, lr_backbone: float, lr_head: float) -> Any:
        values = self.forward(backbone.weights, x)
        w, b = head
        p, n = softmax(values[-1] @ w + b), len(y)
        loss = -float(np.mean(np.log(p[np.arange(n), y])))
        slope = (p - np.eye(p.shape[1], dtype=p.dtype)[y]) / self.divisor(n)
        gradients = self.backward(values, backbone.weights, slope @ w.T)
        self.update(backbone.weights, self.gradients("backbone", gradients), self.rates(lr_backbone, lr_head)[0])
        self.update(
            head, self.gradients("head", [values[-1].T @ slope, slope.sum(axis=0)]), self.rates(lr_backbone, lr_head)[1]
        )
        return self.result(loss * n / self.divisor(n))

    def forward(self, weights: list[Array], x: Array) -> list[Array]:
        values = [x]
        for i in range(0, len(weights), 2):
            z = values[-1] @ weights[i] + weights[i + 1]
            values.append(relu(z) if i < len(weights) - 2 else z)
        return values

    def backward(self, values: list[Array], weights: list[Array], slope: Array) -> list[Array]:
        found: list[Array] = []
        for i in reversed(range(0, len(weights), 2)):
            found = [values[i // 2].T @ slope, slope.sum(axis=0), *found]
            slope = (slope @ weights[i].T) * (values[i // 2] > 0)
        return found

    def divisor(self, n: int) -> int:
        return n

    def rates(self, lr_backbone: float, lr_head: float) -> tuple[float, float]:
        return lr_backbone, lr_head

    def gradients(self, whose: str, new: list[Array]) -> list[Array]:
        return new

    def update(self, weights: list[Array], gradients: list[Array], lr: float) -> None:
        for weight, gradient in zip(weights, gradients, strict=True):
            weight -= np.float32(lr) * gradient

    def result(self, loss: float) -> Any:
        return loss


class FineTuneNotZeroed(FineTune):
    def __init__(self) -> None:
        self.total: dict[str, list[Array]] = {}

    def gradients(self, whose, new):
        old = self.total.get(whose)
        self.total[whose] = [g.copy() for g in new] if old is None else [o + g for o, g in zip(old, new, strict=True)]
        return self.total[whose]


def weights(rng: np.random.Generator, *sizes: int) -> list[Array]:
    """w, b, w, b, ... with biases that are not zero."""
    pairs = [
        (rng.normal(0, 1.0 / np.sqrt(i), (i, o)).astype(np.float32), rng.normal(0, 0.5, o).astype(np.float32))
        for i, o in zip(sizes[:-1], sizes[1:], strict=True)
    ]
    return [part for pair in pairs for part in pair]


def fine_tune_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    settings = (((4, 6, 5), 3, (5, 5, 5), 0.02, 0.5), ((3, 5), 2, (4, 1, 3), 0.1, 0.4), ((5, 4, 3), 4, (6, 2), 0.05, 0.2))
    for sizes, classes, batches, lr_backbone, lr_head in settings:
        cases.append(
            {
                "backbone": Model(tuple(weights(rng, *sizes))),
                "head": Trainable(weights(rng, sizes[-1], classes)),
                "x": [examples(rng, n, sizes[0]) for n in batches],
                "y": [rng.integers(0, classes, n).astype(np.int64) for n in batches],
                "lr_backbone": lr_backbone,
                "lr_head": lr_head,
            }
        )
    return cases


FINE_TUNE_STEP = Exercise(
    name="fine_tune_step",
    points=3,
    reference=FineTune(),
    cases=fine_tune_cases,
    probe="fine_tuning",
    tolerance=TOLERANCE,
    misconceptions=[
        Misconception(
            "one learning rate for both",
            twin(FineTune, rates=lambda self, lr_backbone, lr_head: (lr_head, lr_head)),
            "The backbone moved as fast as the head, and what it knew is soon gone. Its rate is lr_backbone.",
        ),
        Misconception(
            "learning rates exchanged",
            twin(FineTune, rates=lambda self, lr_backbone, lr_head: (lr_head, lr_backbone)),
            "lr_backbone belongs to the backbone's weights, lr_head to the head's.",
        ),
        Misconception(
            "the backbone's rate for both",
            twin(FineTune, rates=lambda self, lr_backbone, lr_head: (lr_backbone, lr_backbone)),
            "The head is new and has everything to learn: its rate is lr_head.",
        ),
        Misconception(
            "the backbone never moves",
            twin(FineTune, rates=lambda self, lr_backbone, lr_head: (0.0, lr_head)),
            "No gradient reaches the backbone: compute its features inside the graph (no no_grad, no detach; inside the tape), "
            "and update its weights as well.",
        ),
        Misconception(
            "the head never moves",
            twin(FineTune, rates=lambda self, lr_backbone, lr_head: (lr_backbone, 0.0)),
            "head holds w and b; change both in place. `w = w - ...` only gives the name w to a new tensor.",
        ),
        Misconception(
            "gradients not zeroed",
            FineTuneNotZeroed,
            "backward() adds to what is already in .grad, in the backbone and in the head. Set both back before it.",
            tracks=TORCH,
            stateful=True,
        ),
        Misconception(
            "sum instead of mean",
            twin(FineTune, divisor=lambda self, n: 1),
            "The loss is the mean over the batch; with the sum, the step grows with the batch size.",
        ),
        Misconception(
            "a step up instead of down",
            twin(FineTune, rates=lambda self, lr_backbone, lr_head: (-lr_backbone, -lr_head)),
            "The gradient points to where the loss grows: subtract lr times the gradient.",
        ),
        Misconception(
            "loss returned as a live tensor",
            twin(FineTune, result=lambda self, loss: live(loss)),
            "A loss with its graph keeps every intermediate result of the batch in memory: return loss.item().",
            tracks=TORCH,
        ),
    ],
)

EXERCISES = [PREPROCESS, EXTRACT_FEATURES, FREEZE, UNFREEZE_LAST, FINE_TUNE_STEP]
