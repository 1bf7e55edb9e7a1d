"""Archives unpacked with suspicion: files only, into their folder only, no more than was agreed, whole or not at all."""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

PIECE = 1 << 16
ENTRIES = 5
"""How many entries there may be to a wanted file: data sets carry folders, outlines and a computer's litter along."""


class Refused(Exception):
    """An archive is damaged, or would do something that no archive of photographs needs to do."""


@dataclass(frozen=True)
class Limits:
    """What an archive may hold at most. What is written is counted, whatever the archive says of itself."""

    files: int
    bytes: int
    bytes_a_file: int


@dataclass(frozen=True)
class _Entry:
    name: str
    folder: bool
    open: Callable[[], IO[bytes]]


def unpack(archive: Path, folder: Path, wanted: str, limits: Limits) -> int:
    """Unpack the files of `archive` (.tar.gz or .zip) whose names match the expression `wanted`; returns their count.

    `folder` appears when all is unpacked, and not before. Links, devices, and names that lead out of the folder are no
    part of a data set: one of them and the whole archive is refused. Raises Refused, OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        with _entries(archive) as entries:
            count = _write(entries, work, re.compile(wanted), limits)
        if folder.exists():
            shutil.rmtree(folder)
        work.replace(folder)
    except (tarfile.TarError, BadZipFile, ZlibError, EOFError) as error:
        raise Refused(f"{archive.name} is damaged ({error})") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return count


def _write(entries: Iterator[_Entry], work: Path, wanted: re.Pattern[str], limits: Limits) -> int:
    count = total = seen = 0
    for entry in entries:
        seen += 1
        if seen > ENTRIES * limits.files:
            raise Refused(f"the archive has more than {ENTRIES * limits.files:,} entries")
        name = _safe(entry.name)
        if entry.folder or not wanted.fullmatch(name.as_posix()):
            continue
        path = work / name
        count += 1
        if count > limits.files:
            raise Refused(f"the archive has more than {limits.files:,} files")
        path.parent.mkdir(parents=True, exist_ok=True)
        with entry.open() as source, path.open("xb") as target:
            total += _copy(source, target, min(limits.bytes_a_file, limits.bytes - total), entry.name)
    return count


def _copy(source: IO[bytes], target: IO[bytes], limit: int, name: str) -> int:
    written = 0
    while piece := source.read(PIECE):
        written += len(piece)
        if written > limit:
            raise Refused(f"{name} makes the archive larger than was agreed: it grows as it is unpacked")
        target.write(piece)
    return written


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    # Backslashes and colons mean something on Windows: a folder, a drive, a stream.
    if path.is_absolute() or ".." in path.parts or any(character in name for character in "\\:\0"):
        raise Refused(f"the name {name!r} leads out of the folder")
    return path


@contextmanager
def _entries(archive: Path) -> Iterator[Iterator[_Entry]]:
    if archive.suffix == ".zip":
        with ZipFile(archive) as file:
            yield (_zipped(file, info) for info in file.infolist())
    else:
        with tarfile.open(archive, "r|gz") as file:  # as a stream: nothing is read twice, and no index built in memory
            yield (_tarred(file, member) for member in file)


def _zipped(file: ZipFile, info: ZipInfo) -> _Entry:
    kind = info.external_attr >> 28  # the upper half of a Unix mode: 4 a folder, 8 a file, 0 not said
    if kind not in (0, 4, 8) or info.flag_bits & 1:
        raise Refused(f"{info.filename!r} is a link, a device or encrypted")
    return _Entry(info.filename, info.is_dir(), lambda: file.open(info))


def _tarred(file: tarfile.TarFile, member: tarfile.TarInfo) -> _Entry:
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise Refused(f"{member.name!r} is a link or a device")
    return _Entry(member.name, member.isdir(), lambda: file.extractfile(member))
