"""MNIST (LeCun, Cortes and Burges): 70,000 handwritten digits; scikit-learn's 1,797 where there is no connection."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Literal

import numpy as np

from course.data.downloads import Collection, Unavailable, fetch
from course.data.made import Examples, digits

MNIST = Collection(
    name="MNIST",
    sha256={
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    },
    mirrors=("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
    variable="TANDEM_MNIST",
)
FILES = {"train": "train", "test": "t10k"}
TEST_SHARE = 5  # every fifth of the small digits, the last ones, stand for the test part: other people wrote them


def mnist(part: Literal["train", "test"] = "train", *, fallback: bool = True) -> Examples:
    """Handwritten digits: x (n, pixels) float32 grey values in 0..1, y (n,) int64; 60,000 to train on, 10,000 to test.

    They are downloaded once (11 MB) and kept. Without them, scikit-learn's real digits of 8 x 8 pixels take their place, and
    a printed line says so; with `fallback=False` that is the error Unavailable.
    """
    if part not in FILES:
        raise ValueError(f"part is 'train' or 'test', not {part!r}")
    try:
        paths = fetch(MNIST)
    except Unavailable as error:
        if not fallback:
            raise
        x, y = digits()
        cut = len(x) - len(x) // TEST_SHARE
        print(f"MNIST is not to be had ({error.short}): these are scikit-learn's real digits instead, 8 x 8 pixels.")
        return (x[:cut], y[:cut]) if part == "train" else (x[cut:], y[cut:])
    images, labels = (read_idx(paths[f"{FILES[part]}-{kind}-ubyte.gz"]) for kind in ("images-idx3", "labels-idx1"))
    return images.reshape(len(images), -1) / np.float32(255), labels.astype(np.int64)


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array of a gzipped IDX file. Raises ValueError when it is none.

    Format: two zero bytes, the type (8 is uint8), the number of axes, the length of each as a big-endian int32, the numbers.
    """
    raw = gzip.decompress(path.read_bytes())
    if len(raw) < 4 or raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of bytes")
    shape = np.frombuffer(raw, ">i4", count=raw[3], offset=4).tolist()
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)
