"""Known answers of a lesson: every misconception as a student would write it, and right answers that look different.

`known_pytorch.py` and `known_tensorflow.py` stand beside a lesson's source. Each percent cell is titled
`# %% exercise | wrong | misconception` or `# %% exercise | right | what is different about it`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.errors import AuthorError
from autograder.authoring.scripts import names_given, read_cells
from autograder.authoring.source import Lesson


@dataclass(frozen=True)
class Known:
    """An answer to one exercise whose verdict is known; `label` is the misconception's name or the difference."""

    exercise: str
    right: bool
    label: str
    source: str
    line: int


def load(lesson: Lesson, track: str) -> list[Known]:
    """Known answers of a lesson's track. Raises AuthorError."""
    return read(lesson.path / f"known_{track}.py", lesson, track)


def read(path: Path, lesson: Lesson, track: str) -> list[Known]:
    """Known answers from a file. Raises AuthorError."""
    answers = []
    for cell in read_cells(path):
        parts = [part.strip() for part in cell.name.split("|")]
        if len(parts) != 3 or parts[1] not in ("right", "wrong"):
            raise AuthorError(path, cell.line - 1, "a known answer begins with `# %% exercise | right or wrong | label`")
        exercise, kind, label = parts
        if exercise not in lesson.exercises:
            raise AuthorError(path, cell.line - 1, f"there is no exercise {exercise!r}")
        if kind == "wrong" and label not in {m.name for m in lesson.exercises[exercise].misconceptions if track in m.tracks}:
            raise AuthorError(path, cell.line - 1, f"{exercise} has no misconception {label!r} in the {track} track")
        if exercise not in names_given(cell.source):
            # The script's own answer would be tried in its place.
            raise AuthorError(path, cell.line, f"this answer does not define {exercise!r}")
        answers.append(Known(exercise, kind == "right", label, cell.source, cell.line))
    return answers
