"""`autograder adopt`: an nbgrader course folder that somebody else has made becomes one that `autograder grade` works on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from autograder.classroom import config
from autograder.classroom.converters import settings_of
from autograder.classroom.create import CELL_SECONDS
from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_text
from autograder.classroom.folder import ClassFolder
from autograder.engine.work import Limits


def adopt(path: Path) -> ClassFolder:
    """Put `.tandem/` into a course folder; a nbgrader_config.py is written where there is none. Raises ClassError."""
    folder = ClassFolder(path.expanduser().resolve())
    if folder.settings_path.exists():
        return ClassFolder.open(folder.root)
    if not folder.source.is_dir():
        raise ClassError(f"{path} is no nbgrader course folder: it has no source/.")
    course = ""
    if folder.config.exists():
        course = str(settings_of(folder).get("CourseDirectory", {}).get("course_id", "") or "")
    else:
        write_text(folder.config, config.text(course, CELL_SECONDS))
    folder.private.mkdir(mode=0o700, exist_ok=True)
    if not folder.seed_path.exists():
        folder.write_seed()
    folder.write_settings(
        {"course": course, "assignments": [], "limits": asdict(Limits()), "lesson_limits": {}, "trust_timestamps": False}
    )
    return ClassFolder.open(folder.root)
