"""One photograph that travels with the course: Chelsea, a cat. It is in the public domain (CC0)."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

CREDIT = (
    "Photograph of Chelsea the cat by Stefan van der Walt, in the public domain (CC0), by way of scikit-image; "
    "cropped to a square and reduced to 224 x 224 pixels."
)
SIDE = 224


def cat(side: int = SIDE) -> np.ndarray:
    """The cat as (1, side, side, 3) uint8."""
    from PIL import Image

    with (files("course.data") / "pictures" / "chelsea.png").open("rb") as file, Image.open(file) as picture:
        resized = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(resized)[None].copy()
