"""Reading what was handed in, without following anything: no link, no pipe, no device, nothing too large.

Folders are opened one below the other by descriptor, so that nothing can be swapped for a link in between.
Nothing is written here, and nothing but notebooks is read: a `torch.py` beside the notebook means nothing.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograder.classroom.errors import Refused

MAX_BYTES = 400 << 20
MAX_ENTRIES = 5_000
MAX_DEPTH = 4
MAX_NOTEBOOKS = 20
MAX_NAME = 100
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
IGNORED = {"__pycache__", "__MACOSX", "nbproject"}
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Opening a pipe waits for its other end, unless told not to.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Found:
    """A notebook that was handed in: where it lay, its bytes, when it came into the class folder (UTC)."""

    path: str
    data: bytes
    received: str


@dataclass
class HandIn:
    """All notebooks of one hand-in, what was refused among them and why, and which other files lay beside.

    `claimed` is what its timestamp.txt says: written by nbgrader's exchange, or by the student.
    """

    notebooks: list[Found] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    claimed: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    """Content of the other files, by path, where it was asked for."""


def name_problem(name: str) -> str:
    """Why a name cannot be a student's id; "" when it can. Letters and digits of any script, and . _ - @ inside."""
    if len(name.encode("utf-8", "replace")) > MAX_NAME:
        return f"the name is longer than {MAX_NAME} bytes"
    if unicodedata.normalize("NFC", name) != name:
        return "the name holds letters and accents in separate pieces; type it anew"
    for character in name:
        category = unicodedata.category(character)
        if character not in "._-@" and category[0] not in "LN" and category not in ("Mn", "Mc"):
            return f"the name holds {describe(character)}; use letters, digits and . _ - @ only"
    if not name or unicodedata.category(name[0])[0] not in "LN":
        return "the name must begin with a letter or a digit"
    return ""


def describe(character: str) -> str:
    """A character that may not be visible, in words."""
    if character == " ":
        return "a space"
    if character.isprintable() and not character.isspace():
        return f"the character {character}"
    return f"an invisible character ({unicodedata.name(character, f'U+{ord(character):04X}').lower()})"


def visible(name: str) -> str:
    """A name as it can be shown anywhere: what is invisible or turns the direction of writing is spelt out."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)[:200]


def students(submitted: Path) -> tuple[list[str], dict[str, str]]:
    """The students' ids in `submitted/`, and for names that are none, why. Empty when the folder is not there."""
    ids: list[str] = []
    problems: dict[str, str] = {}
    with suppress(FileNotFoundError), os.scandir(submitted) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            if entry.is_symlink():
                problems[entry.name] = "it is a link, and links are not followed: put the folder itself here"
            elif entry.is_dir(follow_symlinks=False):
                if entry.name.startswith("."):
                    continue
                if problem := name_problem(entry.name):
                    problems[entry.name] = f"{problem}. Rename the folder to the student's id"
                else:
                    ids.append(entry.name)
            elif not entry.is_file(follow_symlinks=False):
                problems[entry.name] = "it is neither a folder nor a file, and was not opened"
            elif entry.name.lower().endswith((*ARCHIVES, ".ipynb")):
                problems[entry.name] = "it lies loose in submitted/: put it into submitted/STUDENT/ASSIGNMENT/, unpacked"
    return ids, problems


def has_handed_in(submitted: Path, student: str, assignment: str) -> bool:
    """Whether there is anything at submitted/STUDENT/ASSIGNMENT, a link included."""
    return os.path.lexists(submitted / student / assignment)


def folders_of(submitted: Path, student: str) -> list[str]:
    """Names of everything in a student's folder that looks like a hand-in."""
    with os.scandir(submitted / student) as entries:
        found = [e.name for e in entries if not e.name.startswith(".") and not e.is_file(follow_symlinks=False)]
    return sorted(found)


def read(submitted: Path, student: str, assignment: str, *, files: bool = False) -> HandIn:
    """Read one hand-in. Raises Refused when its folder is none, or holds more than anyone hands in.

    With `files` the other files are read as well, for assignments whose notebooks may need them.
    """
    reader = _Reader(files)
    with _folder(None, str(submitted)) as top, _folder(top, student) as own, _folder(own, assignment) as folder:
        reader.walk(folder, "", 0)
    return reader.handin


@contextmanager
def _folder(parent: int | None, name: str) -> Iterator[int]:
    # The class's own submitted/ may be a link that the instructor made; what is below it may not.
    flags = FOLDER & ~os.O_NOFOLLOW if parent is None else FOLDER
    try:
        handle = os.open(name, flags, dir_fd=parent)
    except PermissionError:
        raise Refused(f"the folder {visible(name)} cannot be opened (no permission)") from None
    except OSError:
        raise Refused(f"{visible(name)} is a link or no folder: put the folder itself here") from None
    try:
        yield handle
    finally:
        os.close(handle)


class _Reader:
    """Walks one hand-in with a budget of files and bytes."""

    def __init__(self, files: bool = False) -> None:
        self.handin = HandIn()
        self.files = files
        self.entries = MAX_ENTRIES
        self.bytes = MAX_BYTES

    def walk(self, folder: int, prefix: str, depth: int) -> None:
        for entry in self.listed(folder):
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name.startswith(".") or entry.name in IGNORED:
                    continue
                if depth >= MAX_DEPTH:
                    self.handin.refused.append(f"{visible(path)} lies too deep in folders")
                    continue
                with _folder(folder, entry.name) as inner:
                    self.walk(inner, path + "/", depth + 1)
            elif path == "timestamp.txt":
                self.handin.claimed = self.claim(folder)
            elif entry.name.startswith(".") or not entry.name.lower().endswith(".ipynb"):
                self.handin.others.append(path)
                if self.files:
                    try:
                        self.handin.files[path] = self.read(folder, entry.name, path).data
                    except Refused as refusal:
                        self.handin.refused.append(str(refusal))
            elif len(self.handin.notebooks) >= MAX_NOTEBOOKS:
                raise Refused(f"it holds more than {MAX_NOTEBOOKS} notebooks: hand in one")
            else:
                try:
                    self.handin.notebooks.append(self.read(folder, entry.name, path))
                except Refused as refusal:
                    self.handin.refused.append(str(refusal))

    def claim(self, folder: int) -> str:
        try:
            return self.read(folder, "timestamp.txt", "timestamp.txt").data[:100].decode("ascii", "replace").strip()
        except Refused:
            return ""

    def listed(self, folder: int) -> list[os.DirEntry[str]]:
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                self.entries -= 1
                if self.entries < 0:
                    raise Refused(f"it holds more than {MAX_ENTRIES:,} files: hand in the notebook only")
                found.append(entry)
        return sorted(found, key=lambda entry: entry.name)

    def read(self, folder: int, name: str, path: str) -> Found:
        shown = visible(path)
        try:
            handle = os.open(name, FILE, dir_fd=folder)
        except PermissionError:
            raise Refused(f"{shown} cannot be opened (no permission)") from None
        except OSError:
            raise Refused(f"{shown} is a link or cannot be opened; links are not followed") from None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise Refused(f"{shown} is no file but a {_kind(status.st_mode)}, and was not read")
            if status.st_nlink > 1:
                raise Refused(f"{shown} is a hard link to a file that has another name elsewhere: put a copy here")
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(self.bytes + 1)
            if len(data) > self.bytes:
                raise Refused(f"{shown} makes more than {MAX_BYTES >> 20} MB: clear the outputs and hand it in again")
            self.bytes -= len(data)
            return Found(path, data, _receipt(status))
        finally:
            os.close(handle)


def _receipt(status: os.stat_result) -> str:
    """When this machine's file system got the file, in UTC; what the student's own files say is not asked."""
    seconds = min(status.st_ctime, datetime.now(UTC).timestamp())
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "pipe"
    if stat.S_ISSOCK(mode):
        return "socket"
    return "folder" if stat.S_ISDIR(mode) else "device"
