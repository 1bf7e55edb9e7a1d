"""Probe of changing photographs at random for training: which changes were made, and whether each photograph has its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from course.frameworks import Framework
from course.frameworks.numpy import framework as numpy_framework
from course.probes.base import Inputs, Observation, call, changed_inputs, probe, same, snapshot

MANY = 40
HALF = (0.2, 0.8)
Change = tuple[bool, int, int]


@probe
def augmenting(answer: Any, inputs: Inputs, framework: Framework, options: dict[str, Any]) -> Observation:
    """Call `answer(images, shift, rng)` on NumPy photographs (n, height, width, 3), which returns as many changed ones.

    Each photograph may be mirrored left to right and shifted by up to `shift` pixels, the edge repeated. Observes the form of
    what came back, whether any photograph is changed otherwise and how, and the inputs `changed`. With many photographs also
    whether each has its own changes, over the whole range, whether the same seed is `repeatable` and another call `new`.
    """
    images, shift = inputs["images"], inputs["shift"]
    arguments = {name: numpy_framework.build(value) for name, value in inputs.items()}
    before = {name: snapshot(arguments[name], framework) for name in ("images", "shift")}
    first = _plain(call(answer, arguments), framework)
    changed = changed_inputs(before, {name: arguments[name] for name in before}, framework)
    # Whoever writes into the input shall not spoil the other calls.
    arguments["images"] = numpy_framework.build(images)
    second = _plain(call(answer, arguments), framework)
    fresh = {name: numpy_framework.build(value) for name, value in inputs.items()}
    again = _plain(call(answer, fresh), framework)
    seen: Observation = {"shape": list(first.shape), "dtype": str(first.dtype)}
    if first.shape == images.shape:
        seen |= _facts(images, first, shift)
    if len(images) >= MANY:  # with few, equal changes may be chance
        seen |= {"repeatable": same(first, again), "new": not same(first, second)}
    return seen | {"changed": changed}


def _plain(returned: Any, framework: Framework) -> np.ndarray:
    value = framework.plain(returned)
    array = np.asarray(value) if isinstance(value, list) else value
    if not isinstance(array, np.ndarray):
        raise TypeError("it must return an array of photographs")
    return array


def _facts(images: np.ndarray, returned: np.ndarray, shift: int) -> Observation:
    found = [_change(one, other, shift) for one, other in zip(images, returned, strict=True)]
    known = [change for change in found if not isinstance(change, str)]
    seen: Observation = {f"a photograph {what}": what in found for what in OTHERS}
    if len(images) < MANY:
        return seen
    flipped = [flip for flip, _, _ in known]
    across, up = ({change[axis] for change in known} for axis in (2, 1))
    shifts, whole = {change[1:] for change in known}, set(range(-shift, shift + 1))
    return seen | {
        "about half of the photographs are mirrored": bool(known) and bool(HALF[0] <= np.mean(flipped) <= HALF[1]),
        # One shift looks like two where the photograph is mirrored after it.
        "some are shifted differently from others": len(shifts) > 2,
        "across and down are shifted independently": len(shifts) > 2 * len(whole),
        "every shift from -shift to shift occurs": across == up == whole,
    }


def _change(image: np.ndarray, other: np.ndarray, shift: int) -> Change | str:
    """How a photograph was changed: mirrored or not, shifted down and across; or what else was done to it."""
    for change, picture in _allowed(image, shift):
        if np.array_equal(picture, other):
            return change
    for what, look in OTHERS.items():
        if any(np.array_equal(picture, other) for picture in look(image, shift)):
            return what
    return LAST


def _shifted(image: np.ndarray, shift: int, mode: str) -> Iterator[tuple[int, int, np.ndarray]]:
    height, width, _ = image.shape
    padded = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode=mode)
    for down in range(-shift, shift + 1):
        for across in range(-shift, shift + 1):
            top, left = shift - down, shift - across
            yield down, across, padded[top : top + height, left : left + width]


def _allowed(image: np.ndarray, shift: int) -> Iterator[tuple[Change, np.ndarray]]:
    for flip in (False, True):
        for down, across, picture in _shifted(image[:, ::-1] if flip else image, shift, "edge"):
            yield (flip, down, across), picture


def _all(image: np.ndarray, shift: int, mode: str) -> Iterator[np.ndarray]:
    for picture in (image, image[:, ::-1]):
        yield from (moved for _, _, moved in _shifted(picture, shift, mode))


LAST = "is changed in a way that was not asked for"
OTHERS = {
    "stands on its head": lambda image, shift: _all(image[::-1], shift, "edge"),
    "has its colours in another order": lambda image, shift: _all(image[..., ::-1], shift, "edge"),
    "comes in again on the other side": lambda image, shift: _all(image, shift, "wrap"),
    "has black pixels at its edge": lambda image, shift: _all(image, shift, "constant"),
    LAST: lambda image, shift: (),
}
