"""Files that installed packages carry, found without importing the packages: none of their code runs."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

from course.pretrained.errors import Missing


def package_file(module: str, inside: str, requirement: str, purpose: str) -> Path:
    """The path of the file `inside` the installed package `module`. Raises Missing with the command that installs it."""
    spec = PathFinder.find_spec(module)
    folders = (spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        path = Path(folder) / inside
        if path.is_file():
            return path
    what = "is not installed" if not folders else f"is installed without its file {inside}"
    again = "" if not folders else "--force-reinstall --no-deps "
    raise Missing(
        f"{purpose} {'come' if purpose.endswith('s') else 'comes'} with the package {requirement.partition('==')[0]}, "
        f"which {what}. This mends it:\n\n    python -m pip install {again}{requirement}"
    )
