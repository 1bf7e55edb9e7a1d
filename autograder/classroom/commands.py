"""The commands for a class: new-class, grade, report, demo. Light to import; the work is imported when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.classroom.errors import ClassError

console = Console()
Folder = Annotated[Path, typer.Argument(help="The class folder.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands to `autograder`."""
    app.command("new-class")(new_class)
    app.command()(grade)
    app.command()(report)
    app.command()(demo)


@contextmanager
def plain_errors() -> Iterator[None]:
    """What an instructor has to mend is said in words, without a traceback; exit status 2."""
    from autograder.authoring.errors import AuthorError

    try:
        yield
    except (ClassError, AuthorError, OSError) as error:
        # A full disk, a folder that may not be written to: what is recorded stays, and the same command goes on later.
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None


def new_class(
    folder: Annotated[Path, typer.Argument(help="A new folder, outside the course's repository.", show_default=False)],
    lessons: Annotated[
        list[str] | None, typer.Option("--lessons", help="Lessons, repeated or with commas; all when left out.")
    ] = None,
    tracks: Annotated[list[str] | None, typer.Option("--tracks", help="pytorch or tensorflow; both when left out.")] = None,
    roster: Annotated[
        Path | None, typer.Option(help="CSV with the columns id, first name, last name, email.", show_default=False)
    ] = None,
) -> None:
    """Make a class: an nbgrader course folder with the lessons as assignments."""
    from rich.status import Status

    from autograder.classroom.create import create

    with plain_errors(), Status("Making the class", console=console) as status:
        made = create(folder, _names(lessons), _names(tracks), roster, progress=lambda name: status.update(f"Preparing {name}"))
    console.print(f"Made a class of {len(made.assignments)} assignments in {made.root}", highlight=False, soft_wrap=True)
    console.print("Hand out what is in [bold]release/[/]. Put what comes back into [bold]submitted/STUDENT/ASSIGNMENT/[/].")
    console.print(f"Then: [bold]autograder grade {folder} --all[/]", soft_wrap=True)
    console.print("Keep [bold].tandem/[/] private and in your backups: it holds the secret that fresh test cases come from.")


def grade(
    folder: Folder,
    assignments: Annotated[list[str] | None, typer.Argument(help="Assignments, such as 01-tensors-pytorch.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All assignments.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="How many submissions run at the same time.")] = os.cpu_count() or 1,
    regrade: Annotated[bool, typer.Option("--regrade", help="Run unchanged submissions again as well.")] = False,
    student: Annotated[list[str] | None, typer.Option("--student", help="Only these students.")] = None,
    unfenced: Annotated[
        bool, typer.Option("--unfenced", help="Run students' code with your own rights where no fence is possible.")
    ] = False,
) -> None:
    """Grade what was handed in, write the gradebook and the feedback. Exit status 1 when something is in quarantine."""
    from autograder.classroom.folder import ClassFolder
    from autograder.classroom.screen import run_grading

    with plain_errors():
        opened = ClassFolder.open(folder)
        if bool(assignments) == everything:
            there = "\n  ".join(opened.assignments)
            raise ClassError(f"Name the assignments to grade, or say --all. This class has:\n  {there}")
        names = list(opened.assignments) if everything else assignments or []
        summary = run_grading(console, opened, names, workers, regrade=regrade, students=student, unfenced=unfenced)
        console.print(f"Next: [bold]autograder report {folder}[/]", soft_wrap=True)
    if summary.quarantine:
        raise typer.Exit(1)


def report(
    folder: Folder,
    to: Annotated[Path | None, typer.Option(help="Where the files go; report/ in the class folder when left out.")] = None,
) -> None:
    """Show how the class stands: a table here, and CSV, pictures and a page as files."""
    from autograder.classroom.folder import ClassFolder
    from autograder.classroom.report import report as make
    from autograder.classroom.screen import show_report

    with plain_errors():
        opened = ClassFolder.open(folder)
        standing, files = make(opened, to)
        show_report(console, standing, files)


def demo(
    folder: Annotated[
        Path, typer.Argument(help="Where the sample class is made; the folder of an earlier demo is replaced.")
    ] = Path("~/tandem-demo"),
    workers: Annotated[int, typer.Option(min=1, help="How many submissions run at the same time.")] = os.cpu_count() or 1,
) -> None:
    """Make a sample class of right, wrong and hostile submissions, grade it and show the report."""
    from autograder.classroom.demo import demo as run

    with plain_errors():
        run(folder, workers, console)


def _names(options: list[str] | None) -> list[str] | None:
    return [name.strip() for option in options for name in option.split(",") if name.strip()] if options else None
