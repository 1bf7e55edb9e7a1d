"""A notebook file of any age and any make -> its cells' sources. Standard library only, and bounded.

Everything else in the file is dropped here: outputs, attachments, widgets, metadata. Large files are read in a child
process with its own memory limit (this module is then run as a script), because JSON of little bytes can make objects of
many.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from typing import Any

MAX_CELLS = 2_000
MAX_SOURCE = 1 << 20
MAX_ALL_SOURCES = 8 << 20
START = re.compile(r"""\bstart\(\s*["']([\w.-]{1,80})["']\s*,\s*["'](pytorch|tensorflow)["']""")
# UTF-32's mark begins with UTF-16's, so it is asked first.
UTF = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoNotebook(ValueError):
    """The bytes are no notebook that can be read; the message says why, to be put after the file's name."""


def slim(data: bytes) -> dict[str, Any]:
    """`cells` (type, source, grade_id), `lesson` and `track` ("" when unknown), `notes` on how it was read."""
    if not data.strip():
        raise NoNotebook("is empty")
    notes: list[str] = []
    tree = _parse(_decode(data, notes))
    if not isinstance(tree, dict):
        raise NoNotebook(f"is no notebook: its content is a {type(tree).__name__}")
    cells = _cells(tree, notes)
    lesson, track = _identity(tree, cells)
    return {"cells": cells, "lesson": lesson, "track": track, "notes": notes}


def _decode(data: bytes, notes: list[str]) -> str:
    for mark, encoding in UTF:
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                raise NoNotebook(f"says that it is {encoding} text, and is not") from None
            notes.append("the file began with a byte order mark")
            return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        notes.append("the file was not UTF-8 and was read as latin-1: look at accented letters")
        return data.decode("latin-1")


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise NoNotebook("is nested too deep") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NoNotebook(f"is damaged or cut off: its JSON cannot be read{where}") from None


def _cells(tree: dict[str, Any], notes: list[str]) -> list[dict[str, str]]:
    version = tree.get("nbformat")
    if not isinstance(version, int) or not 1 <= version <= 99:
        raise NoNotebook("is no notebook: it does not say its format")
    minor = tree.get("nbformat_minor")
    minor = minor if isinstance(minor, int) and 0 <= minor <= 999 else 0
    if version < 4:
        notes.append(f"the notebook's format is {version}, and was converted")
    elif version > 4 or minor > 5:
        notes.append(f"the notebook's format is {version}.{minor}, newer than this grader knows; its cells were read")
    raw = tree.get("cells")
    if raw is None and isinstance(tree.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in tree["worksheets"] if isinstance(sheet, dict)]
        raw = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if not isinstance(raw, list) or not raw:
        raise NoNotebook("is no notebook: it has no cells")
    if len(raw) > MAX_CELLS:
        raise NoNotebook(f"has more than {MAX_CELLS:,} cells")
    cells, size = [], 0
    for cell in raw:
        if isinstance(cell, dict):
            cells.append(_cell(cell))
            size += len(cells[-1]["source"])
    if not cells:
        raise NoNotebook("is no notebook: it has no cells")
    if size > MAX_ALL_SOURCES:
        raise NoNotebook("has more text than anyone writes")
    return cells


def _cell(cell: dict[str, Any]) -> dict[str, str]:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        source = ""
    if len(source) > MAX_SOURCE:
        raise NoNotebook("has a cell with more text than anyone writes")
    # A lone surrogate cannot be written to any file; Windows and old Mac line ends are not the student's.
    source = source.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    kind = cell.get("cell_type")
    return {
        "type": kind if kind in ("code", "markdown", "raw") else "raw",
        "source": source,
        "grade_id": grade_id if isinstance(grade_id, str) else "",
    }


def _identity(tree: dict[str, Any], cells: list[dict[str, str]]) -> tuple[str, str]:
    """Lesson and track, from the notebook's own metadata or else from its first `start(...)`."""
    metadata = tree.get("metadata")
    mark = metadata.get("tandem") if isinstance(metadata, dict) else None
    if isinstance(mark, dict) and all(isinstance(mark.get(key), str) for key in ("lesson", "track")):
        return mark["lesson"][:80], mark["track"][:80]
    for cell in cells:
        if cell["type"] == "code" and (found := START.search(cell["source"])):
            return found[1], found[2]
    return "", ""


def main() -> None:
    """Read a notebook from stdin, write its slim form, or {"problem": ...}, to stdout. Takes the bytes of memory."""
    import resource

    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    try:
        result = slim(sys.stdin.buffer.read())
    except NoNotebook as problem:
        result = {"problem": str(problem)}
    sys.stdout.buffer.write(json.dumps(result).encode())


if __name__ == "__main__":
    main()
