"""A hand-in of an assignment of one's own: its notebooks, rebuilt, and the files that lie beside them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field

from autograder.classroom import handin
from autograder.classroom.errors import Refused
from autograder.classroom.files import write_bytes, write_json, write_text
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.handin import HandIn, visible
from autograder.classroom.intake import claimed_time, read
from autograder.classroom.outputs import verbatim
from autograder.classroom.plain import PlainPlan, canonical, is_manual
from autograder.classroom.rebuild import Cell, Notebook, Rebuilder, Rebuilt, Slim, grading

MOST_BYTES = 32 << 20
MOST_FILES = 500
# What Markdown can do beyond text, and a page should not do for a stranger.
MARKUP = re.compile(r"<[A-Za-z/!?]|\]\s*[\(:\[]|script:|data:", re.IGNORECASE)


@dataclass(frozen=True)
class PlainSubmission:
    """A hand-in that can be run: each notebook that was found, rebuilt, and the student's other files."""

    student: str
    assignment: Assignment
    notebooks: dict[str, Notebook]
    files: dict[str, bytes]
    received: str
    claimed: str = ""
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def take(folder: ClassFolder, student: str, plan: PlainPlan) -> PlainSubmission:
    """Read a hand-in and write what is run to the intake. Raises Refused with the reason."""
    handed_in = handin.read(folder.submitted, student, plan.name, files=True)
    notes = [f"refused: {reason}" for reason in handed_in.refused]
    found, received = _match(handed_in, plan, notes)
    flags: list[str] = []
    notebooks = {}
    for name, rebuilt in found.items():
        several = f"{name}: " if len(plan.notebooks) > 1 else ""
        notes += [several + note for note in rebuilt.notes]
        flags += [several + flag for flag in rebuilt.flags]
        notebooks[name] = canonical(rebuilt.notebook, plan.cells[name])
    for name in plan.notebooks.keys() - found.keys():
        flags.append(f"the notebook {name}.ipynb was not handed in; it counts as 0")
    manual = sum(is_manual(cell) for notebook in notebooks.values() for cell in notebook["cells"])
    if manual:
        notes.append(f"{manual} cells are for a person to mark, in the formgrader")
    files = _files(handed_in)
    claimed = claimed_time(handed_in.claimed)
    target = folder.intake_folder(student, plan.assignment)
    if target.exists():
        shutil.rmtree(target)
    for name, notebook in notebooks.items():
        write_json(target / f"{name}.ipynb", _shown(notebook, plan.notebooks[name]), sync=False)
    for name, data in files.items():
        write_bytes(target / name, data, sync=False)
    moment = claimed if claimed and folder.settings.get("trust_timestamps") else received
    write_text(target / "timestamp.txt", moment + " UTC\n", sync=False)
    return PlainSubmission(student, plan.assignment, notebooks, files, received, claimed, notes, flags)


def _match(handed_in: HandIn, plan: PlainPlan, notes: list[str]) -> tuple[dict[str, Rebuilt], str]:
    """The hand-in's notebook for each of the assignment's, and when the last of them came. Raises Refused."""
    by_name = {found.path: found for found in handed_in.notebooks}
    taken: dict[str, Rebuilt] = {}
    times = []
    for name in plan.notebooks:
        if found := by_name.pop(f"{name}.ipynb", None):
            taken[name] = rebuild(plan.notebooks[name], read(found)["cells"])
            times.append(found.received)
    for name in plan.notebooks.keys() - taken.keys():
        own = {grading(cell)["grade_id"] for cell in plan.notebooks[name]["cells"] if grading(cell).get("grade_id")}
        fitting = []
        for found in by_name.values():
            try:
                cells = read(found)["cells"]
            except Refused as refusal:
                notes.append(f"refused: {refusal}")
                continue
            if own and len({cell["grade_id"] for cell in cells} & own) > len(own) / 2:
                fitting.append((found, cells))
        if len({str(cells) for _, cells in fitting}) > 1:
            names = ", ".join(visible(found.path) for found, _ in fitting)
            raise Refused(f"several notebooks could be {name}.ipynb ({names}): rename the one that counts")
        if fitting:
            taken[name] = rebuild(plan.notebooks[name], fitting[0][1])
            times.append(fitting[0][0].received)
            notes.append(f"the notebook {visible(fitting[0][0].path)} was known by its content as {name}.ipynb")
            by_name.pop(fitting[0][0].path)
    if not taken:
        reasons = [note.removeprefix("refused: ") for note in notes if note.startswith("refused: ")]
        there = [visible(path) for path in [*by_name, *handed_in.others]][:3]
        raise Refused(
            "; ".join(reasons[:3]) or f"none of the assignment's notebooks is there, only {', '.join(there) or 'nothing'}"
        )
    notes += [f"the notebook {visible(path)} was ignored" for path in list(by_name)[:5]]
    return {name: taken[name] for name in plan.notebooks if name in taken}, max(times)


def _files(handed_in: HandIn) -> dict[str, bytes]:
    """The student's other files, within bounds. Raises Refused."""
    files = {
        path: data for path, data in handed_in.files.items() if path.isprintable() and not path.split("/")[-1].startswith(".")
    }
    if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_BYTES:
        raise Refused(f"its other files are more than {MOST_FILES}, or make more than {MOST_BYTES >> 20} MB")
    return files


def _shown(notebook: Notebook, release: Notebook) -> Notebook:
    """The notebook as graders and students see it: a student's Markdown that could do more than show text is shown as it is."""
    given = {cell["source"] for cell in release["cells"]}
    cells = []
    for cell in notebook["cells"]:
        students = cell["cell_type"] == "markdown" and cell["source"] not in given and not _is_locked(cell)
        harmful = students and MARKUP.search(cell["source"])
        cells.append({**cell, "source": verbatim(cell["source"])} if harmful else cell)
    return {**notebook, "cells": cells}


def _is_locked(cell: Cell) -> bool:
    mark = grading(cell)
    return bool(mark) and not mark.get("solution")


def rebuild(release: Notebook, cells: list[Slim]) -> Rebuilt:
    """The student's notebook with the author's cells as they were released, in the author's order."""
    return _PlainRebuilder(release, cells).rebuild()


class _PlainRebuilder(Rebuilder):
    """Cells without nbgrader's mark are the student's: they are kept as handed in, and those deleted stay deleted."""

    def assemble(self) -> list[Cell]:
        kept = {place for place in self.place if place is not None}
        assembled = super().assemble()
        gone = {cell["id"] for i, cell in enumerate(self.release["cells"]) if not self.ids[i] and i not in kept}
        return [cell for cell in assembled if cell["id"] not in gone]

    def may_be_added(self, cell: Slim) -> bool:
        return True
