"""Reading `pytorch.py` and `tensorflow.py`: slots as percent cells, with balanced solution markers."""

from __future__ import annotations

import ast
import re
import symtable
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.errors import AuthorError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
MARKER = re.compile(r"^# %%(?P<title>.*)$")


@dataclass(frozen=True)
class Slot:
    """A named percent cell: its source and the line of its first line of code."""

    name: str
    source: str
    line: int


def read_script(path: Path) -> list[Slot]:
    """The slots of a track's script, in order. Raises AuthorError."""
    slots = read_cells(path)
    seen: dict[str, int] = {}
    for slot in slots:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", slot.name):
            raise AuthorError(path, slot.line - 1, f"a cell begins with `# %% name`, not {slot.name!r}")
        if slot.name in seen:
            raise AuthorError(path, slot.line - 1, f"the slot {slot.name!r} is already at line {seen[slot.name]}")
        seen[slot.name] = slot.line - 1
        check_markers(path, slot)
    return slots


def read_cells(path: Path) -> list[Slot]:
    """All percent cells of a script, read with jupytext; the title is the slot's name. Raises AuthorError."""
    import jupytext

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AuthorError(path, 1, "this file is missing") from None
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise AuthorError(path, error.lineno or 1, f"Python: {error.msg}") from None
    lines = [(i + 1, m["title"].strip()) for i, line in enumerate(text.splitlines()) if (m := MARKER.match(line))]
    cells = [cell for cell in jupytext.reads(text, fmt="py:percent").cells if cell.cell_type == "code"]
    if lines:  # what stands above the first marker is the script's own docstring
        cells = cells[len(cells) - len(lines) :]
    if len(cells) != len(lines):
        raise AuthorError(path, 1, "every cell must be a code cell that begins with `# %% name`")
    return [Slot(title, cell.source.strip("\n"), line + 1) for (line, title), cell in zip(lines, cells, strict=True)]


def check_markers(path: Path, slot: Slot) -> None:
    """Solution markers come in pairs, not nested. Raises AuthorError at the odd one."""
    opened = 0
    for i, line in enumerate(slot.source.splitlines()):
        if line.strip() == BEGIN:
            if opened:
                raise AuthorError(path, slot.line + i, f"{BEGIN} inside a solution that began at line {opened}")
            opened = slot.line + i
        elif line.strip() == END:
            if not opened:
                raise AuthorError(path, slot.line + i, f"{END} without a {BEGIN}")
            opened = 0
    if opened:
        raise AuthorError(path, opened, f"{BEGIN} without an {END}")


def has_solution(slot: Slot) -> bool:
    return BEGIN in slot.source


def strip_solutions(source: str) -> str:
    """The source with every solution replaced by the stub, just as nbgrader's ClearSolutions does it."""
    out: list[str] = []
    inside = False
    for line in source.splitlines():
        if line.strip() == BEGIN:
            indent = line[: len(line) - len(line.lstrip())]
            out += [indent + stub for stub in STUB]
            inside = True
        elif line.strip() == END:
            inside = False
        elif not inside:
            out.append(line)
    return "\n".join(out)


def names_given(source: str) -> set[str]:
    """The names that a cell defines, assigns or imports at its top level."""
    symbols = symtable.symtable(source, "<cell>", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def value_at_end(source: str) -> int | None:
    """Line (from 0) of a bare expression that ends a cell, which nbgrader would read as a score; None without one."""
    body = ast.parse(source).body
    if not body or not isinstance(body[-1], ast.Expr) or isinstance(body[-1].value, ast.Constant):
        return None
    return body[-1].lineno - 1
