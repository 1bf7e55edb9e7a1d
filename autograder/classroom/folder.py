"""The class folder: an ordinary nbgrader course folder, with the grader's own things under `.tandem/`."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.classroom.errors import ClassError
from autograder.classroom.files import read_json, write_json
from autograder.engine.work import Limits
from course.frameworks import TRACKS

PRIVATE = ".tandem"
VERSION = 1


@dataclass(frozen=True)
class Assignment:
    """One lesson in one track: `01-tensors-pytorch` holds the notebook `pytorch.ipynb`."""

    lesson: str
    track: str

    @property
    def name(self) -> str:
        return f"{self.lesson}-{self.track}"

    @property
    def notebook(self) -> str:
        return f"{self.track}.ipynb"

    @classmethod
    def parse(cls, name: str) -> Assignment | None:
        """The assignment of a name, or None."""
        for track in TRACKS:
            if name.endswith(f"-{track}"):
                return cls(name.removesuffix(f"-{track}"), track)
        return None


@dataclass(frozen=True)
class Plain(Assignment):
    """An assignment that is none of Tandem's lessons: any nbgrader assignment in source/, called `lesson`.

    Its tests are cells with asserts, in one notebook or several; `track` is the framework that they import, or "numpy".
    """

    @property
    def name(self) -> str:
        return self.lesson

    @property
    def notebook(self) -> str:
        return ".none.ipynb"


class ClassFolder:
    """Paths and settings of one class. Open it with `ClassFolder.open`; make it with `create.create`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.private = root / PRIVATE
        self.submitted = root / "submitted"
        self.release = root / "release"
        self.source = root / "source"
        self.autograded = root / "autograded"
        self.feedback = root / "feedback"
        self.report = root / "report"
        self.intake = self.private / "intake"
        self.gradebook = root / "gradebook.db"
        self.config = root / "nbgrader_config.py"
        self.quarantine = self.private / "quarantine.json"
        self.lock = self.private / "lock"
        self.log = self.private / "nbgrader.log"

    @classmethod
    def open(cls, path: Path) -> ClassFolder:
        """The class folder at a path. Raises ClassError when it is none."""
        folder = cls(path.expanduser().resolve())
        if not folder.root.is_dir():
            raise ClassError(f"There is no folder {path}. Make a class with: autograder new-class {path}")
        if not folder.settings_path.is_file():
            raise ClassError(f"{path} is no class folder of Tandem. Make one with: autograder new-class SOME-NEW-FOLDER")
        if not folder.settings:
            raise ClassError(f"{folder.settings_path} is damaged. Restore it from a backup of the class.")
        if folder.settings.get("version") != VERSION:
            raise ClassError(f"{path} was made by another version of Tandem ({folder.settings.get('version')}).")
        return folder

    @property
    def settings_path(self) -> Path:
        return self.private / "class.json"

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What `new-class` wrote down, and an instructor may change: course id, limits."""
        settings = read_json(self.settings_path)
        return settings if isinstance(settings, dict) else {}

    @property
    def course_id(self) -> str:
        return str(self.settings["course"])

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        """The assignments of the class by name, in the course's order."""
        found = [Assignment(item["lesson"], item["track"]) for item in self.settings["assignments"]]
        known = {assignment.name for assignment in found}
        return {assignment.name: assignment for assignment in found + [p for p in self._plain() if p.name not in known]}

    def _plain(self) -> Iterator[Plain]:
        """What an instructor has put into source/ by hand, and nbgrader generate_assignment into release/."""
        for path in sorted(self.release.iterdir()) if self.release.is_dir() else ():
            if path.is_dir() and (self.source / path.name).is_dir() and any(path.glob("*.ipynb")):
                yield Plain(path.name, framework_of(path))

    def limits(self, assignment: Assignment) -> Limits:
        """What one submission may use: the class's limits, or the lesson's own. Raises ClassError for an unknown one."""
        own = self.settings.get("lesson_limits", {}).get(assignment.lesson, {})
        try:
            return Limits(**{**self.settings.get("limits", {}), **own})
        except TypeError as error:
            raise ClassError(f"{self.settings_path}: {error}") from None

    def choose(self, names: list[str]) -> list[Assignment]:
        """The assignments of some names. Raises ClassError for an unknown one."""
        unknown = [name for name in names if name not in self.assignments]
        for name in unknown:
            if (self.source / name).is_dir():
                raise ClassError(f"{name} is in source/ only. In {self.root} run: nbgrader generate_assignment {name}")
        if unknown:
            there = "\n  ".join(self.assignments)
            raise ClassError(f"This class has no assignment {', '.join(unknown)}. It has:\n  {there}")
        return [self.assignments[name] for name in dict.fromkeys(names)]

    # The secret seed: fresh cases are drawn from it, so it must not reach a student.

    @property
    def seed_path(self) -> Path:
        return self.private / "seed"

    def write_seed(self) -> None:
        """Make the class's secret, readable by nobody else from the first moment."""
        handle = os.open(self.seed_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")

    @cached_property
    def seed(self) -> str:
        """The class's secret. Raises ClassError when it is gone, for other cases would make other marks."""
        try:
            text = self.seed_path.read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            text = ""
        if not re.fullmatch(r"[0-9a-f]{64}", text):
            raise ClassError(f"{self.seed_path} is missing or damaged. Restore it from a backup of the class.")
        return text

    # Snapshots: a class keeps the lessons that it began with.

    def exercises_path(self, lesson: str) -> Path:
        return self.private / "lessons" / lesson / "exercises.py"

    def fingerprint(self, assignment: Assignment) -> str:
        """Changes whenever the same answers might be marked differently: other exercises, seed or limits."""
        digest = hashlib.sha256(self.exercises_path(assignment.lesson).read_bytes())
        digest.update(f"{self.seed}/{self.limits(assignment)}".encode())
        return digest.hexdigest()[:16]

    # Per submission. Student and assignment names have been checked by `handin`.

    def intake_folder(self, student: str, assignment: Assignment) -> Path:
        return self.intake / student / assignment.name

    def received_path(self, student: str, assignment: Assignment) -> Path:
        """When a learning platform got the hand-in, written by `collect`."""
        return self.private / "received" / assignment.name / student

    def result_path(self, student: str, assignment: Assignment) -> Path:
        return self.private / "results" / assignment.name / f"{student}.json"

    def saved_path(self, student: str, assignment: Assignment) -> Path:
        """Says which record nbgrader's gradebook and the feedback hold."""
        return self.private / "saved" / assignment.name / student

    def write_settings(self, settings: dict[str, Any]) -> None:
        write_json(self.settings_path, {"version": VERSION, **settings}, mode=0o600)


FRAMEWORKS = re.compile(r"^[\s\"']*(?:import|from)\s+(torch|tensorflow|keras)\b", re.MULTILINE)


def framework_of(release: Path) -> str:
    """The track whose warm parent has imported what the notebooks of a folder import; "numpy" where that is no framework."""
    for path in sorted(release.glob("*.ipynb")):
        if found := FRAMEWORKS.search(path.read_text(encoding="utf-8", errors="replace")):
            return "pytorch" if found[1] == "torch" else "tensorflow"
    return "numpy"
