"""Reading an archive that others filled: names that leave it, links and bombs are refused, and sizes are counted as read.

A folder is read as the archive that it came out of: many browsers unpack what they download.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from autograder.classroom.errors import ClassError, Refused
from autograder.classroom.handin import visible

MAX_ENTRIES = 100_000
MAX_FILE = 400 << 20
MAX_ALL = 20 << 30
MAX_RATIO = 200  # a notebook's JSON shrinks ten times; what shrinks much more was made to fill disks
SMALL = 8 << 20
CHUNK = 1 << 20
READ = (".ipynb", ".yml")  # of a folder, which may hold whatever else a person keeps there
UNIX = 3


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path in pieces, and the time it carries (local, as zip has it)."""

    parts: tuple[str, ...]
    time: datetime | None
    info: zipfile.ZipInfo

    @property
    def path(self) -> str:
        return visible("/".join(self.parts))


class Archive:
    """An open archive. `members` are the files worth looking at; `refused` says what was not, and why."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self.left = MAX_ALL
        self.members: list[Member] = []
        self.refused: list[tuple[str, str]] = []
        infos = file.infolist()
        if len(infos) > MAX_ENTRIES:
            raise ClassError(f"The archive holds more than {MAX_ENTRIES:,} files.")
        for info in infos:
            if info.filename and not info.is_dir():
                self._look_at(info)

    def _look_at(self, info: zipfile.ZipInfo) -> None:
        name = info.filename.replace("\\", "/")
        parts = PurePosixPath(name).parts
        if "__MACOSX" in parts or parts[-1:] in ((".DS_Store",), ("Thumbs.db",)):
            return
        kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == UNIX else 0
        problem = ""
        if not parts or name.startswith("/") or ".." in parts or (parts[0][1:2] == ":"):
            problem = "its path leads out of the archive"
        elif kind not in (0, stat.S_IFREG):
            problem = "it is a link or a device"
        elif info.flag_bits & 1:
            problem = "it is encrypted"
        if problem:
            self.refused.append((visible(name), problem))
        else:
            self.members.append(Member(parts, _time(info), info))

    def read(self, member: Member) -> bytes:
        """A file's bytes. Raises Refused when it is damaged or too large; what its header says is not believed."""
        found = bytearray()
        try:
            with self.file.open(member.info) as stream:
                while piece := stream.read(CHUNK):
                    found += piece
                    self.left -= len(piece)
                    small = len(found) <= max(SMALL, MAX_RATIO * member.info.compress_size)
                    if len(found) > MAX_FILE or not small or self.left < 0:
                        raise Refused("it is far larger than it seems: clear its outputs and hand it in again")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise Refused(f"it is damaged in the archive ({error})") from None
        return bytes(found)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A zip archive, or the folder that one was unpacked to. Raises ClassError when it is neither."""
    try:
        if path.is_dir():
            with tempfile.TemporaryFile() as packed:
                yield _packed(path, packed)
        else:
            with zipfile.ZipFile(path) as file:
                yield Archive(file)
    except FileNotFoundError:
        raise ClassError(f"There is no file {path}.") from None
    except zipfile.BadZipFile as error:
        raise ClassError(f"{path} is no zip archive, or is damaged ({error}). Download it again.") from None


def _packed(folder: Path, to: BinaryIO) -> Archive:
    """The folder as an archive, so that what is true of the one is true of the other; links are refused, not followed."""
    files, others = [], []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            others.append(path)
        elif path.suffix.lower() in READ and path.is_file():
            files.append(path)
    with zipfile.ZipFile(to, "w", strict_timestamps=False) as file:
        for path in files:
            file.write(path, path.relative_to(folder))
    archive = Archive(zipfile.ZipFile(to))
    archive.refused += [(visible(path.relative_to(folder).as_posix()), "it is a link or a device") for path in others]
    return archive


def _time(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None
