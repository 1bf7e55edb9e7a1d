"""Two large sets of photographs, where the internet is there: breeds of cats and dogs, and cats against dogs.

Both are downloaded once (0.8 GB each), checked, unpacked and kept; a download that breaks off goes on the next time.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from course.data import archives, downloads
from course.data.archives import Limits, Refused
from course.data.downloads import Collection, Unavailable
from course.data.photographs import Photographs

SIDE = 160


@dataclass(frozen=True)
class Source:
    """A data set: its files, what is unpacked of them, and whom to thank. `sha256` as other projects publish them."""

    collection: Collection
    wanted: str
    limits: Limits
    credit: str


SOURCES = {
    "breeds": Source(
        Collection(
            name="Oxford-IIIT-Pet",
            sha256={
                "annotations.tar.gz": "52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
                "images.tar.gz": "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
            },
            mirrors=("https://thor.robots.ox.ac.uk/~vgg/data/pets/", "https://www.robots.ox.ac.uk/~vgg/data/pets/data/"),
            variable="TANDEM_PETS",
        ),
        wanted=r"images/\w+\.jpg|annotations/(trainval|test)\.txt",
        limits=Limits(files=10_000, bytes=1_500_000_000, bytes_a_file=20_000_000),
        credit="Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman and Jawahar, 2012): 37 breeds; licence CC BY-SA 4.0.",
    ),
    "cats-and-dogs": Source(
        Collection(
            name="Cats-vs-Dogs",
            sha256={"kagglecatsanddogs_5340.zip": "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9"},
            mirrors=("https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/",),
            variable="TANDEM_CATS_AND_DOGS",
        ),
        wanted=r"PetImages/(Cat|Dog)/\d+\.jpg",
        limits=Limits(files=30_000, bytes=2_000_000_000, bytes_a_file=20_000_000),
        credit="Cats vs. Dogs (Asirra; Elson, Douceur, Howell and Saul, 2007): from Petfinder, by way of Microsoft.",
    ),
}


def load(
    task: str, part: str = "train", side: int = SIDE, per_class: int | None = None, classes: Sequence[str] | None = None
) -> Photographs:
    """Photographs of a task, "breeds" or "cats-and-dogs", cut to squares of `side` pixels: the form of `photographs.load`.

    Parts are fixed, "train" and "test". `per_class` takes the same few each time; `classes` chooses among the 37 breeds.
    Files that are no pictures, of which both sets have some, are left out, and a printed line says so. Raises Unavailable.
    """
    if task not in SOURCES:
        raise ValueError(f"there is no task {task!r}: choose of {', '.join(SOURCES)}")
    if part not in ("train", "test"):
        raise ValueError(f"the task {task!r} has no part {part!r}: choose train or test")
    folder = _unpacked(SOURCES[task])
    found = _breeds(folder, part) if task == "breeds" else _cats_and_dogs(folder, part)
    names = tuple(sorted(found)) if classes is None else tuple(classes)
    for name in names:
        if name not in found:
            raise ValueError(f"the task {task!r} has no class {name!r}: choose of {', '.join(sorted(found))}")
    return _read(folder, {name: found[name] for name in names}, side, per_class, SOURCES[task].credit)


def _unpacked(source: Source) -> Path:
    """The folder with the unpacked files, made the first time. The archives go when it is there."""
    collection = source.collection
    digest = sha256("".join(collection.sha256.values()).encode()).hexdigest()[:12]
    folder = downloads.cache() / collection.name.lower() / f"unpacked-{digest}"
    done = folder / "done"
    if done.is_file():
        return folder
    paths = downloads.fetch(collection, resume=True)
    try:
        shutil.rmtree(folder, ignore_errors=True)  # what an unpacking left that was stopped
        for name, path in paths.items():
            print(f"Unpacking {name}, once.")
            part = folder / name.partition(".")[0]
            archives.unpack(path, part, source.wanted, source.limits)
            _merge(part, folder)
        done.write_text("all files are here\n", encoding="utf-8")
    except (Refused, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable(f"{collection.name} could not be unpacked: {error}", str(error)) from None
    for path in paths.values():
        path.unlink(missing_ok=True)
    return folder


def _merge(part: Path, folder: Path) -> None:
    """Move what an archive held, folder by folder, to where all archives of the set come together."""
    work = part.rename(part.with_name(f"{part.name}.new"))
    for child in work.iterdir():
        child.replace(folder / child.name)
    work.rmdir()


def _breeds(folder: Path, part: str) -> dict[str, list[str]]:
    """The published split: "trainval" to learn from. A line is a name, and three numbers that the name says as well."""
    found: dict[str, list[str]] = {}
    table = folder / "annotations" / ("trainval.txt" if part == "train" else "test.txt")
    for line in table.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name = line.split()[0]
            found.setdefault(name.rpartition("_")[0].replace("_", " ").lower(), []).append(f"images/{name}.jpg")
    return found


def _cats_and_dogs(folder: Path, part: str) -> dict[str, list[str]]:
    """There is no published split: every fifth number is for the test."""
    found: dict[str, list[str]] = {}
    for kind in ("Cat", "Dog"):
        paths = [path for path in (folder / "PetImages" / kind).iterdir() if (int(path.stem) % 5 == 0) == (part == "test")]
        found[kind.lower()] = [path.relative_to(folder).as_posix() for path in paths]
    return found


def _read(folder: Path, found: dict[str, list[str]], side: int, per_class: int | None, credit: str) -> Photographs:
    rows: list[tuple[str, int, np.ndarray]] = []
    broken = 0
    for label, names in enumerate(found.values()):
        taken = 0
        for name in sorted(names, key=lambda name: sha256(name.encode()).digest()):
            if taken == per_class:
                break
            picture = _picture(folder / name, side)
            if picture is None:
                broken += 1
                continue
            rows.append((name, label, picture))
            taken += 1
    if broken:
        print(f"{broken} files are no pictures that can be read, and are left out.")
    rows.sort(key=lambda row: row[0])
    images = np.stack([row[2] for row in rows]) if rows else np.empty((0, side, side, 3), np.uint8)
    labels = np.array([row[1] for row in rows], dtype=np.int64)
    return Photographs(images, labels, tuple(found), tuple(row[0] for row in rows), credit)


def _picture(path: Path, side: int) -> np.ndarray | None:
    """The middle square of a picture, resized: (side, side, 3); None for a file that is none."""
    import warnings

    from PIL import Image, ImageOps

    try:
        # A picture that claims to be enormous is an error, not a warning.
        with warnings.catch_warnings(action="ignore"), Image.open(path) as picture:
            if picture.width * picture.height > 50_000_000:
                return None
            square = ImageOps.fit(picture.convert("RGB"), (side, side), Image.Resampling.BICUBIC)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # what Pillow raises for broken files
        return None
    return np.asarray(square)
