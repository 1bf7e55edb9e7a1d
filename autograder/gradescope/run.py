"""Inside Gradescope's container: grade the one hand-in that lies in /autograder/submission and write results.json.

What cannot be graded gets no score, so that Gradescope says the autograder did not run, with the reason: never a zero.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.classroom import grade as grading
from autograder.classroom import record
from autograder.classroom.create import create
from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_json, write_text
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.record import Record
from autograder.gradescope.pack import SETTINGS
from autograder.judge import Mark

STUDENT = "student"


def main(root: Annotated[Path, typer.Option(help="Gradescope's folder.")] = Path("/autograder")) -> None:
    """Grade and write the results. Exit status 1, with the reason, when there is no score."""
    try:
        results = run(root)
    except ClassError as error:
        results = {
            "output": f"This hand-in could not be graded: {error}\n\nIt is not a zero. Tell your instructor.",
            "tests": [],
        }
        print(error, file=sys.stderr)
    write_json(root / "results" / "results.json", results)
    if "score" not in results:
        raise typer.Exit(1)


def run(root: Path) -> dict[str, Any]:
    """The results for the hand-in below `root`, in Gradescope's form. Raises ClassError when there is nothing to mark."""
    settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="tandem-gradescope-") as base:
        made = create(Path(base) / "class", [settings["lesson"]], settings["tracks"])
        write_text(made.seed_path, settings["seed"] + "\n", mode=0o600)
        folder = ClassFolder.open(made.root)
        assignments = list(folder.assignments.values())
        for assignment in assignments:
            _copy(root / "submission", folder.submitted / STUDENT / assignment.name)
        execute = partial(grading.execute, unfenced=settings["unfenced"])
        summary = grading.grade(folder, assignments, workers=1, run=execute)
        records = [found for a in assignments if (found := record.load(folder, STUDENT, a))]
        if not records:
            raise ClassError(_reason([entry.reason for entry in summary.quarantine], assignments))
        best = max(records, key=lambda found: found.score)
        others = [found for found in records if found is not best]
        return _results(best, others)


def _copy(submission: Path, target: Path) -> None:
    """What was uploaded, as it is: the intake that reads it follows no links and opens no pipes."""
    shutil.copytree(submission, target, symlinks=True, ignore=_no_files)


def _no_files(folder: str, names: list[str]) -> list[str]:
    # Reading a pipe would wait for ever, and a device is no hand-in; a link is copied as a link and refused later.
    return [name for name in names if not ((path := Path(folder, name)).is_symlink() or path.is_file() or path.is_dir())]


def _reason(reasons: list[str], assignments: list[Assignment]) -> str:
    """One reason: the same hand-in was tried as every track's, and only one of them was meant."""
    meant = [r for r in dict.fromkeys(reasons) if "it belongs into the folder" not in r]
    return "; ".join(meant) or f"there is no notebook of {' or '.join(a.name for a in assignments)}"


def _results(found: Record, others: list[Record]) -> dict[str, Any]:
    lines = [f"Graded as {found.assignment} with fresh cases; the check in your notebook uses others."]
    lines += [
        f"Your hand-in for {other.assignment} got {other.score:g} of {other.points:g}; the better one counts."
        for other in others
    ]
    lines += found.notes + found.flags
    return {
        "score": found.score,
        "output": "\n".join(lines),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(found.seconds),
        "tests": [_test(mark) for mark in found.marks],
    }


def _test(mark: Mark) -> dict[str, Any]:
    return {
        "name": mark.exercise,
        "score": mark.score,
        "max_score": mark.points,
        "status": "passed" if mark.score == mark.points else "failed",
        "output": mark.words,
        "output_format": "text",
        "visibility": "visible",
    }


if __name__ == "__main__":
    typer.run(main)
