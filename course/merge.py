"""A newer version of a notebook with a student's work in it: their answers, their own cells, and what they have run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

OUTDATED = "# From an earlier version of this lesson, where it was your answer to `{}`."


@dataclass(frozen=True)
class Merged:
    """The merged notebook, and what happened: answers carried over, own cells kept, answers without a place, changed texts."""

    notebook: NotebookNode
    answers: tuple[str, ...]
    own: int
    homeless: tuple[str, ...]
    edited: tuple[str, ...]


def merge(mine: NotebookNode, base: NotebookNode, new: NotebookNode) -> Merged:
    """`new` with the work in `mine`, which began as a copy of `base`. None of the three is changed.

    A cell belongs to the course when its nbgrader id is in `base`; of a copied cell only the first does. An answer that
    differs from the base's goes where the same id stands in `new`, or, if nowhere, becomes a cell of the student's own.
    Their own cells stay behind the cell that they stood behind.
    """
    before, place = by_id(base), {name: i for i, name in enumerate(ids(new))}
    result = [NotebookNode(cell | {"metadata": NotebookNode(cell.metadata)}) for cell in new.cells]
    behind: dict[int, list[NotebookNode]] = {}
    answers, homeless, edited, seen = [], [], [], set()
    own = 0
    position = -1
    for cell in mine.cells:
        name = cell_id(cell)
        if name is None or name not in before or name in seen:
            behind.setdefault(position, []).append(_own(cell))
            own += 1
            continue
        seen.add(name)
        position = place.get(name, position)
        changed = cell.source != before[name].source
        target = result[position] if name in place else None
        fits = target is not None and is_answer(target) and cell.cell_type == target.cell_type
        if changed and fits:
            target.source = cell.source
            answers.append(name)
        elif changed and is_answer(before[name]):
            behind.setdefault(position, []).append(_own(cell, OUTDATED.format(name)))
            homeless.append(name)
        elif changed:
            edited.append(name)
        if target is not None and target.source == cell.source and cell.cell_type == target.cell_type == "code":
            target.outputs, target.execution_count = cell.get("outputs", []), cell.get("execution_count")
    cells = behind.get(-1, []) + [c for i, cell in enumerate(result) for c in (cell, *behind.get(i, []))]
    notebook = NotebookNode(new | {"cells": _distinct(cells)})
    return Merged(notebook, tuple(answers), own, tuple(homeless), tuple(edited))


def cell_id(cell: NotebookNode) -> str | None:
    """A cell's id in the course (nbgrader's), None for a cell of the student's own."""
    metadata = cell.get("metadata", {}).get("nbgrader")
    name = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def ids(notebook: NotebookNode) -> list[str | None]:
    """The course's id of each cell, in order."""
    return [cell_id(cell) for cell in notebook.cells]


def by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The course's cells by their ids."""
    return {name: cell for name, cell in zip(ids(notebook), notebook.cells, strict=True) if name is not None}


def is_answer(cell: NotebookNode) -> bool:
    """Whether a cell is the student's to write."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _own(cell: NotebookNode, heading: str = "") -> NotebookNode:
    """A copy of a cell as the student's own: without the course's marks, which would make it a second answer."""
    metadata = {k: v for k, v in cell.get("metadata", {}).items() if k not in ("nbgrader", "deletable", "editable", "tandem")}
    source = f"{heading}\n{cell.source}" if heading else cell.source
    kept: dict[str, Any] = {**cell, "metadata": NotebookNode(metadata), "source": source}
    return NotebookNode(kept)


def _distinct(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Ids are unique in a notebook: the course's cells keep theirs, a copied cell of the student's gets a new one."""
    seen = {cell.id for cell in cells if cell_id(cell) is not None}
    for cell in cells:
        if cell_id(cell) is None:
            if cell.get("id") is None or cell.id in seen:
                cell["id"] = new_code_cell().id
            seen.add(cell.id)
    return cells
