"""A command of the course in words that can be typed as they stand."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

HOME_COPY = Path.home() / "tandem-lab"


def typed(verb: str, directory: Path) -> str:
    """`course VERB DIRECTORY`, with the way to `course` where the shell does not find it, and no folder if it is the usual."""
    words = [_course(), verb] if directory == HOME_COPY else [_course(), verb, str(directory)]
    return shlex.join(words)


def _course() -> str:
    program = Path(sys.argv[0])
    if program.stem != "course":
        return "course"
    found = shutil.which("course")
    return "course" if found and Path(found).resolve() == program.resolve() else sys.argv[0]
