"""A new lesson to begin with: one exercise that works in both tracks, in files that say what belongs where."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Template

from autograder.authoring.source import SOLUTIONS

TEMPLATE = Path(__file__).parent / "template"
NAME = re.compile(r"(\d\d|lab)-[a-z0-9]+(-[a-z0-9]+)*")


class ScaffoldError(ValueError):
    """The lesson cannot be begun under that name."""


def scaffold(name: str, title: str, solutions: Path = SOLUTIONS) -> list[Path]:
    """Write the files of a new lesson and give their paths. Raises ScaffoldError; nothing is ever overwritten."""
    if not NAME.fullmatch(name):
        raise ScaffoldError(f"{name!r} is no name of a lesson: two digits or `lab`, then words in small letters: 11-attention.")
    if (solutions / name).exists():
        raise ScaffoldError(f"{solutions / name} is there already.")
    for other in sorted(solutions.glob(f"{name[:3]}*/lesson.md") if name[:2].isdigit() else ()):
        raise ScaffoldError(f"{name[:2]} is the number of {other.parent.name} already: take one that is free.")
    if not title.strip() or "\n" in title:
        raise ScaffoldError("A lesson has a title, in one line.")
    written = []
    for file in sorted(TEMPLATE.iterdir()):
        if file.suffix in (".md", ".py", ".yml"):
            target = solutions / name / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            # In the front matter the title is a YAML text, which JSON's quotation marks make it whatever it holds.
            words = json.dumps(title, ensure_ascii=False) if file.suffix == ".md" else re.sub(r"[\\\"]", "", title)
            target.write_text(Template(file.read_text(encoding="utf-8")).safe_substitute(title=words), encoding="utf-8")
            written.append(target)
    return written
