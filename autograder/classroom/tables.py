"""CSV files that open in a spreadsheet as what they are: no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.classroom.files import write_text

FORMULA = ("=", "+", "-", "@")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def escape_cell(value: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe in front; it stays on one line. Numbers stay, None is empty."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else value
    text = CONTROL.sub(" ", str(value))
    # Some spreadsheets skip spaces before they look for a formula.
    return "'" + text if text.lstrip().startswith(FORMULA) else text


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A table with one row for each mapping; a missing key is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([escape_cell(column) for column in columns])
    for row in rows:
        writer.writerow([escape_cell(row.get(column)) for column in columns])
    write_text(path, buffer.getvalue())
