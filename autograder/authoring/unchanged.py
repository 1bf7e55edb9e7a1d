"""Which lessons need no new build: neither what makes their generated files nor these have changed since the last one.

Only `make lessons` takes a stamp's word. `autograder lessons --check`, which CI runs, builds everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from autograder.authoring import source
from course.frameworks import TRACKS

STAMPS = source.ROOT / "build" / "lessons"
TOOLS = ("autograder/authoring", "autograder/spec.py", "course")


SYLLABUS = "README.md"


def is_unchanged(name: str) -> bool:
    """Whether a lesson's generated files are those of its last build, and all that made them is as it was; or the syllabus."""
    try:
        return (STAMPS / name).read_text(encoding="ascii") == _digest(name)
    except OSError:
        return False


def remember(name: str) -> None:
    """The lesson, or the syllabus, has just been built."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(_digest(name), encoding="ascii")


def _digest(name: str) -> str:
    if name == SYLLABUS:  # it is made anew whenever a lesson is
        return hashlib.sha256((source.LESSONS / SYLLABUS).read_bytes()).hexdigest()
    digest = hashlib.sha256(version("numpy").encode())
    for path in _files(name):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        digest.update(f"{path.relative_to(source.ROOT)} {content}\n".encode())
    for other in source.names():
        # A lesson's page names the lessons that it needs by their titles.
        lines = (source.SOLUTIONS / other / "lesson.md").read_text(encoding="utf-8", errors="replace").splitlines()
        digest.update("".join(line for line in lines if line.startswith("title:")).encode())
    return digest.hexdigest()


def _files(name: str) -> Iterator[Path]:
    folders = [source.ROOT / tool for tool in TOOLS] + [source.SOLUTIONS / name]
    for folder in folders:
        found = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)
    yield from (source.LESSONS / name / f for f in ("README.md", "checks.json", *(f"{track}.ipynb" for track in TRACKS)))
