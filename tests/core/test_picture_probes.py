"""The probe of augmentation: what it sees of right and wrong changes of photographs."""

import numpy as np
import pytest

from course import frameworks
from course.probes import observe_case
from course.recipes import Seed

NUMPY = frameworks.get("numpy")
RNG = np.random.default_rng(0)
MANY = {"images": RNG.integers(1, 256, (64, 6, 8, 3)).astype(np.uint8), "shift": 2, "rng": Seed(5)}
FEW = MANY | {"images": MANY["images"][:3]}
OWN = [
    "about half of the photographs are mirrored",
    "some are shifted differently from others",
    "across and down are shifted independently",
    "every shift from -shift to shift occurs",
    "repeatable",
    "new",
]


def changing(flip=lambda image: image[:, ::-1], mode="edge", coin=None, low=None, order="flip first"):
    def augment(images, shift, rng):
        out = []
        for image in images:
            turn = rng.random() < 0.5 if coin is None else coin
            y, x = rng.integers(0 if low is None else low, 2 * shift + 1, 2)
            image = flip(image) if turn and order == "flip first" else image
            image = np.pad(image, ((shift, shift), (shift, shift), (0, 0)), mode=mode)[y : y + 6, x : x + 8]
            out.append(flip(image) if turn and order != "flip first" else image)
        return np.stack(out)

    return augment


def seen_of(answer, inputs=MANY, framework=NUMPY):
    return observe_case("augmenting", answer, inputs, framework, {})


@pytest.mark.parametrize("order", ["flip first", "flip last"])
@pytest.mark.parametrize("track", ["numpy", "pytorch", "tensorflow"])
def test_a_right_answer_is_seen_as_right_in_either_order(order, track):
    seen = seen_of(changing(order=order), framework=frameworks.get(track))
    assert seen["shape"] == [64, 6, 8, 3] and seen["dtype"] == "uint8" and seen["changed"] == []
    assert [key for key, value in seen.items() if value is True] == OWN
    assert not any(value is True for value in seen_of(changing(order=order), FEW).values())


@pytest.mark.parametrize(
    "answer, what",
    [
        (changing(flip=lambda image: image[::-1]), "stands on its head"),
        (changing(flip=lambda image: image[..., ::-1]), "has its colours in another order"),
        (changing(mode="wrap"), "comes in again on the other side"),
        (changing(mode="constant"), "has black pixels at its edge"),
        (changing(mode="reflect"), "is changed in a way that was not asked for"),
    ],
)
def test_other_changes_are_called_what_they_are(answer, what):
    seen = seen_of(answer)
    assert [key for key, value in seen.items() if value is True and key.startswith("a photograph")] == [f"a photograph {what}"]


@pytest.mark.parametrize("coin", [True, False])
def test_one_coin_for_all_shows(coin):
    seen = seen_of(changing(coin=coin))
    assert not seen["about half of the photographs are mirrored"] and seen["every shift from -shift to shift occurs"]


def test_a_shift_that_is_never_drawn_shows():
    seen = seen_of(changing(low=1))
    assert not seen["every shift from -shift to shift occurs"] and seen["across and down are shifted independently"]


@pytest.mark.parametrize("order", ["flip first", "flip last"])
def test_one_shift_for_all_shows_whether_it_comes_before_the_mirror_or_after(order):
    def augment(images, shift, rng):
        coins = rng.random(len(images)) < 0.5
        fixed = np.random.default_rng(3)
        state = fixed.bit_generator.state
        out = []
        for image, coin in zip(images, coins, strict=True):
            fixed.bit_generator.state = state
            out.append(changing(coin=bool(coin), order=order)(image[None], shift, fixed)[0])
        return np.stack(out)

    seen = seen_of(augment)
    assert seen["about half of the photographs are mirrored"]
    assert not seen["some are shifted differently from others"]
    assert not seen["across and down are shifted independently"]


def test_randomness_of_its_own_and_none_at_all_show():
    own = np.random.default_rng()
    assert not seen_of(lambda images, shift, rng: changing()(images, shift, own))["repeatable"]
    fixed = seen_of(lambda images, shift, rng: changing()(images, shift, np.random.default_rng(1)))
    assert fixed["repeatable"] and not fixed["new"]


def test_input_written_into_shows_and_spoils_nothing_else():
    def inside(images, shift, rng):
        images[:] = changing()(images, shift, rng)
        return images

    seen = seen_of(inside)
    assert seen["changed"] == ["images"]
    assert [key for key, value in seen.items() if value is True] == OWN


@pytest.mark.parametrize(
    "answer, key, value",
    [
        (lambda images, shift, rng: images / 255, "dtype", "float64"),
        (lambda images, shift, rng: images[:, 1:], "shape", [64, 5, 8, 3]),
        (lambda images, shift, rng: list(changing()(images, shift, rng)), "shape", [64, 6, 8, 3]),
    ],
)
def test_the_form_of_what_comes_back(answer, key, value):
    assert seen_of(answer)[key] == value


def test_no_photographs_at_all_are_an_error():
    assert seen_of(lambda images, shift, rng: None)["error"]["type"] == "TypeError"
