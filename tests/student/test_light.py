"""Importing the course is instant: nothing heavy is loaded, and arrows go one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import course

ROOT = Path(course.__file__).parent.parent
HEAVY = {"torch", "tensorflow", "keras", "sklearn", "matplotlib", "nbgrader", "nbconvert", "pandas", "IPython"}


@pytest.mark.parametrize(
    "module", ["course", "course.cli", "course.check", "autograder.cli", "autograder.spec", "course.plots"]
)
def test_nothing_heavy_is_loaded(module):
    code = f"import sys, {module}; print(sorted({HEAVY!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def imports(path, *, top_only):
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", sorted((ROOT / "course").rglob("*.py")), ids=lambda p: p.name)
def test_arrows_go_one_way(path):
    assert "autograder" not in set(imports(path, top_only=False))
    if path.stem.split("_")[0] not in ("pytorch", "tensorflow"):  # only the modules named after a framework import it
        assert not {"torch", "tensorflow", "keras"} & set(imports(path, top_only=True))
