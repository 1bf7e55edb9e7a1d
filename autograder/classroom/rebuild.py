"""The notebook that is run: the released one, with the student's answers and added cells put in.

Nothing else of the hand-in is kept, so a deleted, edited, re-typed, moved or copied check does not matter: what is run is
always the released check, once, in its place.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]
Slim = dict[str, str]

MAX_ADDED = 300
DEFINED = re.compile(r"^(?:async\s+def|def|class)\s+([A-Za-z_]\w*)", re.MULTILINE)


@dataclass
class Rebuilt:
    """A rebuilt notebook: how many answers were found in the hand-in, and what was noticed."""

    notebook: Notebook
    answers: int
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def rebuild(release: Notebook, cells: list[Slim]) -> Rebuilt:
    """Put a hand-in's answers into the released notebook. `cells` are those of `slim.slim`."""
    return Rebuilder(release, cells).rebuild()


def grading(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata of a cell, or an empty dict."""
    return cell["metadata"].get("nbgrader", {})


def defined_names(source: str) -> set[str]:
    """Functions and classes that a cell defines at its top level; also of a cell that is no valid Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(DEFINED.findall(source))
    return {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}


def _squeeze(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


class Rebuilder:
    """Matches the cells of a hand-in with those of the release, by id, text, name and place, and puts them together."""

    def __init__(self, release: Notebook, cells: list[Slim]) -> None:
        self.release = release
        self.cells = cells
        self.ids = [grading(cell).get("grade_id", "") for cell in release["cells"]]
        self.places = {grade_id: i for i, grade_id in enumerate(self.ids) if grade_id}
        self.solutions = [i for i, cell in enumerate(release["cells"]) if grading(cell).get("solution")]
        self.place: list[int | None] = [None] * len(cells)
        """For each handed-in cell, the released cell that it is."""
        self.taken: dict[int, int] = {}
        """For each released answer cell, the handed-in cell that counts."""
        self.notes: list[str] = []
        self.flags: list[str] = []

    def rebuild(self) -> Rebuilt:
        self.match_by_id()
        self.match_by_text()
        self.match_by_name()
        self.match_by_position()
        self.missing()
        notebook = {
            "cells": self.assemble(),
            "metadata": {
                "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
                **{key: value for key, value in self.release["metadata"].items() if key == "tandem"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return Rebuilt(notebook, len(self.taken), self.notes, self.flags)

    def match_by_id(self) -> None:
        """Cells that still carry nbgrader's id. Of several answers with one id, the last that is no stub counts."""
        found: dict[int, list[int]] = {}
        for j, cell in enumerate(self.cells):
            place = self.places.get(cell["grade_id"])
            if place is None:
                continue
            self.place[j] = place
            found.setdefault(place, []).append(j)
        for place, copies in found.items():
            if place in self.solutions:
                self.take(place, copies)
            else:
                self.look_at_locked(place, copies)

    def take(self, place: int, copies: list[int]) -> None:
        stub = _squeeze(self.release["cells"][place]["source"])
        texts = [_squeeze(self.cells[j]["source"]) for j in copies]
        written = [j for j, text in zip(copies, texts, strict=True) if text and text != stub]
        self.taken[place] = (written or copies)[-1]
        if len({text for text in texts if text and text != stub}) > 1:
            self.flags.append(f"there are {len(written)} different answers to {self.ids[place]}; the last one counts")
        elif len(copies) > 1:
            self.notes.append(f"the answer cell {self.ids[place]} was there {len(copies)} times")
        chosen = self.cells[self.taken[place]]
        if chosen["type"] != self.release["cells"][place]["cell_type"]:
            self.notes.append(f"the answer cell {self.ids[place]} had become a {chosen['type']} cell; it was run as code")

    def look_at_locked(self, place: int, copies: list[int]) -> None:
        cell, name = self.release["cells"][place], self.ids[place]
        check = grading(cell).get("grade")
        if len(copies) > 1 and check:
            self.notes.append(f"the check cell {name} was there {len(copies)} times; it counts once")
        changed = any(
            _squeeze(self.cells[j]["source"]) != _squeeze(cell["source"]) or self.cells[j]["type"] != cell["cell_type"]
            for j in copies
        )
        if changed and check:
            self.flags.append(f"the check cell {name} was changed; the released one was used")
        elif changed and cell["cell_type"] == "code":
            self.notes.append(f"the read-only cell {name} was changed; the released one was used")

    def match_by_text(self) -> None:
        """Released cells that lost their metadata but not their text, in order."""
        texts: dict[str, list[int]] = {}
        for i, cell in enumerate(self.release["cells"]):
            if i not in self.solutions and i not in self.place:
                texts.setdefault(_squeeze(cell["source"]), []).append(i)
        for j, cell in enumerate(self.cells):
            same = texts.get(_squeeze(cell["source"]))
            if self.place[j] is None and same:
                self.place[j] = same.pop(0) if len(same) > 1 else same[0]

    def match_by_name(self) -> None:
        """Answers whose cell has no id any more, known by the function or class that they define."""
        free = [j for j, cell in enumerate(self.cells) if self.place[j] is None and cell["type"] == "code"]
        names = {j: defined_names(self.cells[j]["source"]) for j in free}
        by_name: list[str] = []
        for place in self.solutions:
            wanted = defined_names(self.release["cells"][place]["source"])
            copies = [j for j in free if self.place[j] is None and wanted & names[j]]
            if place in self.taken or not copies:
                continue
            for j in copies:
                self.place[j] = place
            self.take(place, copies)
            by_name.append(self.ids[place])
        if by_name:
            self.notes.append(f"answers without their metadata were known by name: {', '.join(by_name)}")

    def match_by_position(self) -> None:
        """An answer still missing is the only unknown code cell between the neighbours of its place."""
        for place in self.solutions:
            if place in self.taken:
                continue
            known = [(j, p) for j, p in enumerate(self.place) if p is not None]
            after = max((j for j, p in known if p < place), default=None)
            before = min((j for j, p in known if p > place), default=None)
            if after is None or before is None:
                continue
            free = [j for j in range(after + 1, before) if self.place[j] is None and self.cells[j]["type"] == "code"]
            if len(free) == 1 and self.cells[free[0]]["source"].strip():
                self.place[free[0]] = place
                self.take(place, free)
                self.notes.append(f"the answer {self.ids[place]} was known by its place only")

    def missing(self) -> None:
        checked = [self.ids[p] for p in self.solutions if p not in self.taken]
        if checked:
            self.notes.append(f"not in the notebook: {', '.join(checked)}")

    def assemble(self) -> list[Cell]:
        """Released cells in their order, answers filled in, added cells behind the cell that they followed."""
        added = self.added_cells()
        out: list[Cell] = list(added.get(-1, []))
        for i, cell in enumerate(self.release["cells"]):
            cell = copy.deepcopy(cell)
            if i in self.taken:
                cell["source"] = self.cells[self.taken[i]]["source"]
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
            out += [cell, *added.get(i, [])]
        return out

    def may_be_added(self, cell: Slim) -> bool:
        """Whether a cell that the release does not have is kept: code only."""
        return cell["type"] == "code"

    def added_cells(self) -> dict[int, list[Cell]]:
        """What the student added (a helper may be needed by an answer), by the place that it follows."""
        added: dict[int, list[Cell]] = {}
        anchor, count = -1, 0
        for j, cell in enumerate(self.cells):
            place = self.place[j]
            if place is not None:
                # A copy that does not count moves nothing.
                anchor = place if place not in self.taken or self.taken[place] == j else anchor
            elif self.may_be_added(cell) and cell["source"].strip():
                count += 1
                if count > MAX_ADDED:
                    self.flags.append(f"more than {MAX_ADDED} cells were added; the rest was left out")
                    break
                new = {"cell_type": cell["type"], "id": f"added-{count}", "metadata": {}, "source": cell["source"]}
                run = {"outputs": [], "execution_count": None} if cell["type"] == "code" else {}
                added.setdefault(anchor, []).append(new | run)
        return added
