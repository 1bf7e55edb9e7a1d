"""What the notebook's kernel knows of the cells that were run, so that a check is not taken in by an older answer."""

from __future__ import annotations

import ast
import os
import re
import sys
import warnings
from collections.abc import Container
from typing import Any


def shell() -> Any:
    """The IPython shell that runs this code, None outside of one."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def broken(name: str) -> bool:
    """Whether the cell that was last run to define `name` is no Python: what `name` stands for is then an older answer.

    Not asked by nbgrader's autograde, where cells run once and in order, and the answer that is there is the one meant.
    """
    running = shell()
    if running is None or os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return False
    defines = re.compile(rf"^(?:(?:def|class)\s+{re.escape(name)}\b|{re.escape(name)}\s*=(?!=))", re.MULTILINE)
    cells = (cell for cell in reversed(running.history_manager.input_hist_parsed) if defines.search(cell))
    return not _compiles(next(cells, ""))


def _compiles(cell: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(cell, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def explain_missing(names: Container[str]) -> None:
    """From now on a NameError for one of these names says what it means: that the cell with the answer was not run."""
    running = shell()
    if running is None:
        return

    def show(self: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None = None) -> None:
        if kind is NameError and error.name in names:
            told = f"✎ There is no {error.name} yet: run the cell with your answer first. If it ends in an error, mend that."
            error._render_traceback_ = lambda: [told]  # IPython asks the exception itself how to show it
        self.showtraceback((kind, error, trace), tb_offset=tb_offset)

    running.set_custom_exc((NameError,), show)
