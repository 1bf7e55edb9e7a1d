"""`autograder demo`: a sample class, made, graded and reported, with every mark compared with the one that is due."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from autograder.authoring import source
from autograder.authoring.source import LESSONS, SOLUTIONS
from autograder.classroom import gradebook, quarantine, record, samples
from autograder.classroom.create import create
from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_text
from autograder.classroom.folder import ClassFolder
from autograder.classroom.report import report
from autograder.classroom.samples import Material, Sample
from autograder.classroom.screen import run_grading, show_report

WANTED = ("01-tensors", "03-autograd", "05-mlp")
# The endless loop is in the first lesson, whose cells take well under a second each.
LOOP_LIMITS = {"step_seconds": 10.0, "total_seconds": 60.0}
MARKER = "demo"


def demo(path: Path, workers: int, console: Console, *, solutions: Path = SOLUTIONS, generated: Path = LESSONS) -> None:
    """Make, grade and report the sample class. Raises ClassError, also when a mark is not the one that is due."""
    _clear(path)
    there = source.names(solutions)
    lessons = [name for name in WANTED if name in there] or there[:3]
    console.print(f"A sample class for the lessons {', '.join(lessons)}, in {path}", highlight=False, soft_wrap=True)
    with console.status("Making the class") as status:
        folder = create(
            path,
            lessons,
            lesson_limits={lessons[0]: LOOP_LIMITS},
            solutions=solutions,
            generated=generated,
            progress=lambda name: status.update(f"Preparing {name}"),
        )
        write_text(folder.private / MARKER, "Made by `autograder demo`, which may replace this folder.\n")
        planned = hand_in(folder, lessons, solutions)
    kinds = Counter(sample.kind for sample in planned)
    console.print(
        f"{len(planned)} submissions: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()) + ".", highlight=False
    )
    run_grading(console, folder, list(folder.assignments), workers)
    standing, files = report(folder)
    show_report(console, standing, files, waiting=False)
    wrong = compare(folder, planned)
    show_special(console, folder, planned)
    if wrong:
        raise ClassError("Not every mark is the one that is due:\n  " + "\n  ".join(wrong))
    console.print(f"\n[green]All {len(planned)} submissions got the mark that was due.[/]")
    show_next(console, folder, planned)


def _clear(path: Path) -> None:
    """Remove the folder of an earlier demo. Raises ClassError for a folder that is anything else."""
    root = path.expanduser()
    if root.is_symlink():
        raise ClassError(f"{path} is a link; name a folder of its own for the demo.")
    if (root / ".tandem" / MARKER).is_file():
        shutil.rmtree(root)


def hand_in(folder: ClassFolder, lessons: list[str], solutions: Path) -> list[Sample]:
    """Write the sample class's hand-ins into submitted/, and its students into the gradebook."""
    materials: dict[str, Material] = {}
    loaded = {name: source.load(name, solutions) for name in lessons}
    for assignment in folder.assignments.values():
        text = (folder.source / assignment.name / assignment.notebook).read_text(encoding="utf-8")
        materials[assignment.name] = samples.material(loaded[assignment.lesson], assignment, json.loads(text))
    planned = samples.plan(list(materials.values()))
    for sample in planned:
        target = folder.submitted / sample.student / sample.assignment.name
        name = sample.file or sample.assignment.notebook
        write_text(target / name, samples.notebook(sample, materials[sample.assignment.name]))
    used = {sample.student for sample in planned}
    people = [person for track in samples.PEOPLE.values() for person in track if person[0] in used]
    gradebook.add_students(folder, [{"id": i, "first_name": first, "last_name": last} for i, first, last in people])
    return planned


def compare(folder: ClassFolder, planned: list[Sample]) -> list[str]:
    """What is not as it is due, in words; nothing when all is well."""
    waiting = quarantine.unmarked(folder)
    wrong = []
    for sample in planned:
        who = f"{sample.student}, {sample.assignment.name} ({sample.kind})"
        known = record.load(folder, sample.student, sample.assignment)
        if sample.quarantine != ((sample.student, sample.assignment.name) in waiting) or (known is None) != sample.quarantine:
            wrong.append(f"{who}: {'was marked' if sample.quarantine else 'is in quarantine'}")
            continue
        for mark in known.marks if known else ():
            due = sample.due.get(mark.exercise)
            if (due is None) != (mark.score == mark.points):
                wrong.append(f"{who}: {mark.exercise} got {mark.score:g} of {mark.points:g}. {mark.words}")
            elif due and mark.mistake != due:
                wrong.append(f"{who}: {mark.exercise} was called {mark.mistake or 'nothing'!r}, not {due!r}")
    return wrong


def show_special(console: Console, folder: ClassFolder, planned: list[Sample]) -> None:
    """What became of the hand-ins that are out of the ordinary."""
    usual = ("right", "right in another way", "misconceptions")
    reasons = {(entry.student, entry.assignment): entry.reason for entry in quarantine.read(folder)}
    console.print("\n[bold]Out of the ordinary[/]")
    for sample in (s for s in planned if s.kind not in usual):
        known = record.load(folder, sample.student, sample.assignment)
        said = reasons.get((sample.student, sample.assignment.name), "")
        if known:
            failed = [mark.words.splitlines()[-1].strip() for mark in known.marks if sample.due.get(mark.exercise) == ""]
            said = "; ".join([*failed[:1], *known.flags, *known.notes])
        score = f"{known.score:g} of {known.points:g}" if known else "no mark"
        head = f"  [bold]{sample.kind}[/] ({sample.student}, {sample.assignment.name}): {score}. "
        console.print(head + escape(said), highlight=False, soft_wrap=True)


def show_next(console: Console, folder: ClassFolder, planned: list[Sample]) -> None:
    """Where things lie, and what a person may do now."""
    example = next((s for s in planned if s.kind == "misconceptions"), planned[0])
    feedback = folder.feedback / example.student / example.assignment.name / f"{example.assignment.track}.html"
    for line in (
        f"Open the report in a browser:      {folder.report / 'index.html'}",
        f"What a student gets to read:       {feedback}",
        f"Marks for a spreadsheet:           {folder.report / 'grades.csv'}",
        f"Mend what is in quarantine under   {folder.submitted}",
        f"and grade again (only that runs):  autograder grade {folder.root} --all",
        f"Correct by hand in the formgrader: cd {folder.root} && jupyter lab",
        "Make a class of your own:          autograder new-class FOLDER --roster STUDENTS.csv",
    ):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
