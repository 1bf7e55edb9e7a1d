"""From a hand-in to the one notebook that is run: find it, read it, rebuild it. `submitted/` is never written to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from autograder.classroom import handin, slim
from autograder.classroom.errors import ClassError, Refused
from autograder.classroom.files import read_json, write_json, write_text
from autograder.classroom.folder import Assignment, ClassFolder, Plain
from autograder.classroom.handin import Found, visible
from autograder.classroom.rebuild import Notebook, Rebuilt, rebuild

# Above this many bytes JSON is read in a child process with a memory limit.
LARGE = 8 << 20
CHILD_SECONDS = 120
CHILD_MEMORY = 4 << 30


@dataclass(frozen=True)
class Submission:
    """A hand-in that can be run: the rebuilt notebook, and what was noticed on the way."""

    student: str
    assignment: Assignment
    notebook: Notebook
    received: str
    claimed: str = ""
    """The time that the hand-in itself gives, as `YYYY-MM-DD HH:MM:SS.ffffff` in UTC; "" when it gives none."""
    notes: list[str] = field(default_factory=list)
    """Worth knowing, changes nothing."""
    flags: list[str] = field(default_factory=list)
    """For a person to look at."""


@dataclass(frozen=True)
class _Candidate:
    found: Found
    slim: dict[str, Any]
    rebuilt: Rebuilt

    @property
    def name(self) -> str:
        return self.found.path.rsplit("/", 1)[-1]


def take(folder: ClassFolder, student: str, assignment: Assignment, release: Notebook) -> Submission:
    """Read a hand-in and write its rebuilt notebook to the intake. Raises Refused with the reason."""
    handed_in = handin.read(folder.submitted, student, assignment.name)
    candidates, refused = [], list(handed_in.refused)
    for found in handed_in.notebooks:
        try:
            cells = read(found)
        except Refused as refusal:
            refused.append(str(refusal))
            continue
        candidates.append(_Candidate(found, cells, rebuild(release, cells["cells"])))
    chosen, notes = choose(candidates, refused, handed_in.others, assignment)
    notes += chosen.slim["notes"] + chosen.rebuilt.notes
    notebook = chosen.rebuilt.notebook
    target = folder.intake_folder(student, assignment)
    if target.exists():
        shutil.rmtree(target)
    write_json(target / assignment.notebook, notebook, sync=False)
    # nbgrader counts what is late from this file.
    claimed = claimed_time(handed_in.claimed)
    collected = _collected(folder, student, assignment)
    moment = collected or (claimed if claimed and folder.settings.get("trust_timestamps") else chosen.found.received)
    write_text(target / "timestamp.txt", moment + " UTC\n", sync=False)
    return Submission(student, assignment, notebook, chosen.found.received, claimed, notes, chosen.rebuilt.flags)


def _collected(folder: ClassFolder, student: str, assignment: Assignment) -> str:
    path = folder.received_path(student, assignment)
    return claimed_time(path.read_text(encoding="ascii", errors="replace")) if path.is_file() else ""


def claimed_time(text: str) -> str:
    """A time in any form that nbgrader reads, in UTC; "" for anything else."""
    if not text:
        return ""
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(text).strftime("%Y-%m-%d %H:%M:%S.%f")
    except (ValueError, TypeError, OverflowError, AttributeError):
        return ""


def release_notebook(folder: ClassFolder, assignment: Assignment) -> Notebook:
    """The notebook that students got, with nbgrader's metadata; all cells of several. Raises ClassError."""
    if isinstance(assignment, Plain):
        paths = sorted((folder.release / assignment.name).glob("*.ipynb"))
        return {"cells": [cell for path in paths for cell in released(folder, assignment, path.name)["cells"]]}
    return released(folder, assignment, assignment.notebook)


def released(folder: ClassFolder, assignment: Assignment, name: str) -> Notebook:
    """One notebook of release/. Raises ClassError."""
    path = folder.release / assignment.name / name
    notebook = read_json(path)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ClassError(
            f"{path} is missing or damaged. In {folder.root} run: nbgrader generate_assignment {assignment.name} --force"
        )
    for i, cell in enumerate(notebook["cells"]):
        cell.setdefault("id", f"cell-{i}")
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    return notebook


def read(found: Found) -> dict[str, Any]:
    """A notebook's cells, whatever its format; see `slim.slim`. Raises Refused."""
    try:
        return slim.slim(found.data) if len(found.data) <= LARGE else _read_large(found.data)
    except slim.NoNotebook as problem:
        raise Refused(f"{visible(found.path)} {problem}") from None


def _read_large(data: bytes) -> dict[str, Any]:
    command = [sys.executable, "-I", slim.__file__, str(CHILD_MEMORY)]
    try:
        child = subprocess.run(command, input=data, capture_output=True, timeout=CHILD_SECONDS, check=True)
        result = json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise slim.NoNotebook("is too large to be read: clear its outputs and hand it in again") from None
    if "problem" in result:
        raise slim.NoNotebook(result["problem"])
    return result


def choose(
    candidates: list[_Candidate], refused: list[str], others: list[str], assignment: Assignment
) -> tuple[_Candidate, list[str]]:
    """The one notebook that is this assignment's, and notes on the choice. Raises Refused when that is not clear."""
    mine = [c for c in candidates if (c.slim["lesson"], c.slim["track"]) == (assignment.lesson, assignment.track)]
    # Without any mark of its origin, a notebook under the right name with answers in it is taken for what it is.
    unmarked = [c for c in candidates if not c.slim["track"] and c.rebuilt.answers]
    named = [c for c in mine or unmarked if c.found.path == assignment.notebook]
    pool = named or mine or unmarked
    notes = [f"{visible(path)} beside the notebook was ignored" for path in others[:5] if path != "checks.json"]
    if not pool:
        raise Refused(_nothing(candidates, refused, others, assignment))
    chosen = pool[0]
    if any(c.rebuilt.notebook["cells"] != chosen.rebuilt.notebook["cells"] for c in pool[1:]):
        raise Refused(f"it holds several notebooks with different answers ({_names(pool)}): keep the one that counts")
    if chosen.name != assignment.notebook:
        notes.append(f"the notebook was called {visible(chosen.name)}; it was known by its content")
    if ignored := [c for c in candidates if c is not chosen]:
        notes.append(f"another notebook was ignored ({_names(ignored)})")
    return chosen, notes + [f"refused: {reason}" for reason in refused]


def _names(candidates: list[_Candidate]) -> str:
    return ", ".join(visible(c.found.path) for c in candidates)


def _nothing(candidates: list[_Candidate], refused: list[str], others: list[str], assignment: Assignment) -> str:
    """Why there is no notebook to mark: the most useful thing that can be said."""
    for c in candidates:
        lesson, track = visible(c.slim["lesson"]), visible(c.slim["track"])
        if track and lesson == assignment.lesson:
            return f"{visible(c.found.path)} is the {track} notebook: it belongs into the folder {lesson}-{track}"
        if track:
            return f"{visible(c.found.path)} is a notebook of another lesson ({lesson}, {track})"
    if candidates:
        return f"{visible(candidates[0].found.path)} holds none of this lesson's answers"
    if refused:
        return "; ".join(refused[:3])
    archives = [path for path in others if path.lower().endswith(handin.ARCHIVES)]
    if archives:
        return f"there is no notebook, but an archive ({visible(archives[0])}): unpack it here"
    if others:
        return f"there is no notebook, only {', '.join(visible(path) for path in others[:3])}"
    return "the folder is empty"
