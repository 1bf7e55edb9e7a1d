"""A lesson as one page of MyST Markdown: what both tracks share stands once, what differs stands in tabs."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from html import escape

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from autograder.authoring.source import Lesson
from autograder.authoring.weave import STUDENT, weave
from course import quiz
from course.frameworks import TITLES

PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
LEFT_OUT = {"title", "set-up", "done-text", "done"}
SavePicture = Callable[[bytes], str]
"""Stores a PNG and gives its address as seen from a page."""


def page(lesson: Lesson, runs: dict[str, NotebookNode], save: SavePicture) -> str:
    """The page of a lesson; `runs` holds the executed notebook of each track, from which only outputs are taken."""
    parts = [_head(lesson)]
    parts += [_cell(lesson, cells, runs, save) for cells in _aligned(lesson)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _aligned(lesson: Lesson) -> Iterator[dict[str, NotebookNode]]:
    """The student's cells of both tracks side by side; those that one track has alone come in a group with their neighbours."""
    first, second = lesson.tracks
    woven = {track: [c for c in weave(lesson, track, STUDENT).cells if c.id not in LEFT_OUT] for track in lesson.tracks}
    a, b = woven[first], woven[second]
    matcher = SequenceMatcher(None, [c.id for c in a], [c.id for c in b], autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            yield from ({first: x, second: y} for x, y in zip(a[i:i_end], b[j:j_end], strict=True))
        else:
            sides = {first: a[i:i_end], second: b[j:j_end]}
            for k in range(max(map(len, sides.values()))):
                yield {track: cells[k] for track, cells in sides.items() if k < len(cells)}


def _head(lesson: Lesson) -> str:
    links = " · ".join(f"{{download}}`{name} notebook <{lesson.name}-{track}.ipynb>`" for track, name in TITLES.items())
    goals = "\n".join(f"- {goal}" for goal in lesson.front.goals)
    return (
        f"# {lesson.title}\n\n{lesson.front.summary}\n\n{lesson.front.minutes} minutes · {links}\n\n"
        f"**You will be able to**\n\n{goals}"
    )


def _cell(lesson: Lesson, cells: dict[str, NotebookNode], runs: dict[str, NotebookNode], save: SavePicture) -> str:
    one = next(iter(cells.values()))
    if one.id.startswith("check-"):
        return "*The notebook has a cell here that checks your answer and names the mistake if it knows it.*"
    if one.id.startswith("quiz-") and one.cell_type == "code":
        return _raw(quiz.html(lesson.quiz[one.id.removeprefix("quiz-")]))
    if one.cell_type == "markdown":
        if len(cells) > 1 and len({cell.source for cell in cells.values()}) == 1:
            return one.source
        return _tabs({track: cell.source for track, cell in cells.items()})
    return _tabs({track: _code(cell, runs[track], save) for track, cell in cells.items()})


def _code(cell: NotebookNode, run: NotebookNode, save: SavePicture) -> str:
    shown = f"``````{{code-block}} python\n{cell.source}\n``````"
    if cell.metadata.nbgrader.solution:
        return shown  # what the reference prints would give its answer away
    outputs = next((c.outputs for c in run.cells if c.id == cell.id), [])
    html = "".join(_output(output, save) for output in outputs)
    return f"{shown}\n\n" + _raw(f"<div class='tandem-output'>{html}</div>") if html else shown


def _output(output: NotebookNode, save: SavePicture) -> str:
    if output.output_type == "stream":
        return f"<pre>{escape(strip_ansi(output.text))}</pre>"
    data = output.get("data", {})
    if "text/html" in data:
        # Generous readers of base64 skip line breaks; browsers do not.
        return PNG.sub(lambda m: save(base64.b64decode(m[1])), data["text/html"])
    return f"<pre>{escape(data['text/plain'])}</pre>" if "text/plain" in data else ""


def _tabs(texts: dict[str, str]) -> str:
    items = "\n".join(
        f"````````{{tab-item}} {TITLES[track]}\n:sync: {track}\n\n{text}\n````````" for track, text in texts.items()
    )
    return f"``````````{{tab-set}}\n:sync-group: track\n\n{items}\n``````````"


def _raw(html: str) -> str:
    # A blank line would end the block for some readers of Markdown.
    return "``````{raw} html\n" + re.sub(r"\n\s*\n", "\n&nbsp;\n", html) + "\n``````"
