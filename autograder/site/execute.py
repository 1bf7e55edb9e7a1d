"""Notebooks with solutions, run once and kept until they or the course's code change."""

from __future__ import annotations

import hashlib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from rich.progress import Progress

from autograder.authoring.source import LESSONS, ROOT, Lesson
from autograder.authoring.weave import INSTRUCTOR, to_text, weave

CACHE = ROOT / "build" / "executed"
TIMEOUT = 600  # seconds for a cell


class SiteError(RuntimeError):
    """The site cannot be built; the text says where and why."""


def executed(lessons: list[Lesson], workers: int, kept: Path = CACHE) -> dict[tuple[str, str], NotebookNode]:
    """The executed notebook of each lesson and track. Raises SiteError when a cell fails."""
    wanted = [(lesson, track) for lesson in lessons for track in lesson.tracks]
    with Progress(transient=True) as progress, ThreadPoolExecutor(workers) as pool:
        task = progress.add_task("running the notebooks", total=len(wanted))

        def run(pair: tuple[Lesson, str]) -> NotebookNode:
            notebook = _run(*pair, kept)
            progress.advance(task)
            return notebook

        return {(lesson.name, track): nb for (lesson, track), nb in zip(wanted, pool.map(run, wanted), strict=True)}


def _run(lesson: Lesson, track: str, kept: Path) -> NotebookNode:
    text = to_text(weave(lesson, track, INSTRUCTOR))
    path = kept / f"{lesson.name}-{track}-{hashlib.sha256((code_version() + text).encode()).hexdigest()[:16]}.ipynb"
    if path.is_file():
        return nbformat.read(path, as_version=4)
    notebook = nbformat.reads(text, as_version=4)
    client = NotebookClient(notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(LESSONS / lesson.name)}})
    try:
        client.execute(stderr=subprocess.DEVNULL)  # the kernel's own log; what cells write there is captured as output
    except CellExecutionError as error:
        raise SiteError(f"{lesson.name}, {track}: a cell of the solution fails.\n{error}") from None
    kept.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    nbformat.write(notebook, beside)
    beside.replace(path)
    return notebook


@cache
def code_version() -> str:
    """A digest of the course's code: what a notebook shows depends on it."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "course").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
