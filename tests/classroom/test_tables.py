"""CSV cells are what they are in any spreadsheet (fault 32)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.classroom.tables import escape_cell, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\n=1", "=cmd|' /C calc'!A0"])
def test_formulas_are_disarmed(text: str) -> None:
    assert escape_cell(text) == "'" + text.replace("\t", " ").replace("\n", " ")


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (2.0, "2"), (2.5, "2.5"), (-1.5, "-1.5"), (3, 3), ("Ana", "Ana"), ("", "")]
)
def test_plain_cells_stay(value: object, cell: object) -> None:
    assert escape_cell(value) == cell


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_keep_their_shape_whatever_is_in_them(tmp_path: Path, values: list[str]) -> None:
    columns = [f"c{i}" for i in range(len(values))]
    write_csv(tmp_path / "x.csv", columns, [dict(zip(columns, values, strict=True)), {}])
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        header, row, empty = list(csv.reader(file))
    assert header == columns
    assert len(row) == len(empty) == len(values)
    assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
