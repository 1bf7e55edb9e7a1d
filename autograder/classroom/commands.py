"""The commands for a class: new-class, grade, report, demo. Light to import; the work is imported when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from autograder.classroom.errors import ClassError

if TYPE_CHECKING:
    from autograder.classroom.folder import ClassFolder

console = Console()
Folder = Annotated[Path, typer.Argument(help="The class folder.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands to `autograder`."""
    app.command("new-class")(new_class)
    app.command()(collect)
    app.command()(adopt)
    app.command("nbgrader-config")(nbgrader_config)
    app.command()(grade)
    app.command()(extend)
    app.command()(report)
    app.command("gradescope-zip")(gradescope_zip)
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
        Path | None, typer.Option(help="CSV with the columns id, first_name, last_name, email.", show_default=False)
    ] = None,
) -> None:
    """Make a class: an nbgrader course folder with the lessons as assignments."""
    from rich.status import Status

    from autograder.classroom.create import create

    with plain_errors(), Status("Making the class", console=console) as status:
        made = create(folder, _names(lessons), _names(tracks), roster, progress=lambda name: status.update(f"Preparing {name}"))
        told = _roster(made)
    console.print(f"Made a class of {len(made.assignments)} assignments in {made.root}", highlight=False, soft_wrap=True)
    console.print(told, highlight=False, soft_wrap=True)
    console.print("Hand out what is in [bold]release/[/]. Put what comes back into [bold]submitted/STUDENT/ASSIGNMENT/[/].")
    console.print(f"Then: [bold]autograder grade {folder} --all[/]", soft_wrap=True)
    console.print("Keep [bold].tandem/[/] private and in your backups: it holds the secret that fresh test cases come from.")


def collect(
    folder: Folder,
    archive: Annotated[
        Path, typer.Argument(help="The zip that Moodle, Canvas or Gradescope gave you, or a folder of it.", show_default=False)
    ],
    assignment: Annotated[
        str | None, typer.Option(help="For notebooks that do not say themselves what they are, such as damaged ones.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option("--from", help="moodle, canvas, gradescope or folders; recognised when left out.")
    ] = None,
) -> None:
    """Put what a learning platform's archive holds into submitted/. Exit status 1 when something could not be placed."""
    from rich.status import Status

    from autograder.classroom.collect import collect as run
    from autograder.classroom.folder import ClassFolder

    with plain_errors():
        opened = ClassFolder.open(folder)
        with Status("Collecting", console=console) as status:
            result = run(opened, archive, assignment, platform, progress=lambda name: status.update(f"Collecting {name}"))
        told = (
            f"{len(result.new)} hand-ins are new, {len(result.replaced)} replace an earlier one, {result.unchanged} were there."
        )
        console.print(f"An archive from {result.platform}. {told}", highlight=False, soft_wrap=True)
        for name, reason in result.refused:
            console.print(f"not taken: {name}: {reason}", style="yellow", markup=False, highlight=False, soft_wrap=True)
        if result.replaced:
            console.print(f"What they replaced is kept in {opened.private / 'replaced'}.", highlight=False, soft_wrap=True)
        names = " ".join(sorted({name for _, name in result.new + result.replaced}))
        if names:
            console.print(f"Next: [bold]autograder grade {folder} {names}[/]", soft_wrap=True)
    if result.refused:
        raise typer.Exit(1)


def adopt(folder: Annotated[Path, typer.Argument(help="An nbgrader course folder.", show_default=False)]) -> None:
    """Make an nbgrader course folder of your own ready for `autograder grade`. Nothing that is there is changed."""
    from autograder.classroom.adopt import adopt as make

    with plain_errors():
        made = make(folder)
        console.print(f"Ready: {made.root}", highlight=False, soft_wrap=True)
        names = ", ".join(made.assignments) or "none yet: nbgrader generate_assignment makes them"
        console.print(f"Assignments: {names}", highlight=False, soft_wrap=True, markup=False)
        console.print(
            f"Next: [bold]autograder grade {folder} --all[/]. What remains open: autograder/dropin.md", soft_wrap=True
        )


def nbgrader_config() -> None:
    """Print settings that let stock `nbgrader autograde` run fenced and warm: put them into nbgrader_config.py."""
    from autograder.classroom.config import SEAM

    typer.echo(SEAM)


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
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Run on the Dask cluster with this scheduler, such as tcp://10.0.0.1:8786.")
    ] = "",
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
        try:
            summary = run_grading(
                console, opened, names, workers, regrade=regrade, students=student, unfenced=unfenced, scheduler=scheduler
            )
        except KeyboardInterrupt:
            console.print("Stopped. What is graded is kept; the same command goes on with the rest.", style="yellow")
            raise typer.Exit(130) from None
        console.print(f"Next: [bold]autograder report {folder}[/]", soft_wrap=True)
    if summary.quarantine:
        raise typer.Exit(1)


def extend(
    folder: Folder,
    assignment: Annotated[str, typer.Argument(help="The assignment, such as 01-tensors-pytorch.", show_default=False)],
    student: Annotated[str, typer.Argument(help="Who gets more time.", show_default=False)],
    days: Annotated[float, typer.Option(min=0, help="Days after the due date.")] = 0,
    hours: Annotated[float, typer.Option(min=0, help="Hours after the due date.")] = 0,
) -> None:
    """Give a student more time after the due date; a later extension replaces an earlier, none at all takes it back."""
    from datetime import timedelta

    from autograder.classroom.extend import extend as run
    from autograder.classroom.folder import ClassFolder

    with plain_errors():
        told = run(ClassFolder.open(folder), assignment, student, timedelta(days=days, hours=hours))
    due = f"due {told.due:%Y-%m-%d %H:%M} UTC" if told.due else "the assignment has no due date (set it in the formgrader)"
    console.print(f"{student}, {assignment}: {due}", highlight=False, soft_wrap=True, markup=False)
    change = f"penalty {told.penalty_before:g} before, {told.penalty:g} now; score {told.score:g}"
    console.print(change, highlight=False, soft_wrap=True)


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


def gradescope_zip(
    lesson: Annotated[str, typer.Argument(help="The lesson, such as 01-tensors.", show_default=False)],
    to: Annotated[
        Path | None, typer.Option(help="The zip to write; LESSON.zip here when left out.", show_default=False)
    ] = None,
    tracks: Annotated[list[str] | None, typer.Option("--tracks", help="pytorch or tensorflow; both when left out.")] = None,
    unfenced: Annotated[
        bool, typer.Option("--unfenced", help="Where Gradescope's container allows no fence, run without one.")
    ] = False,
) -> None:
    """Make the zip that a Gradescope course uploads as the autograder of a programming assignment."""
    from autograder.authoring import source
    from autograder.gradescope.pack import pack
    from course.frameworks import TRACKS

    with plain_errors():
        chosen = tuple(_names(tracks) or TRACKS)
        if strange := [track for track in chosen if track not in TRACKS]:
            raise ClassError(f"There is no track {', '.join(strange)}. There are: {', '.join(TRACKS)}.")
        path = pack(lesson, (to or Path(f"{lesson}.zip")).expanduser(), chosen, unfenced=unfenced)
    console.print(f"Wrote {path}. It holds the references and a secret seed: give it to nobody.", soft_wrap=True)
    points = sum(exercise.points for exercise in source.load(lesson).exercises.values())
    console.print(f"Next, in Gradescope: make a Programming Assignment with {points:g} autograder points.", soft_wrap=True)
    console.print(
        "In its settings choose the largest container, for a framework does not fit into the smallest. In Configure Autograder "
        "upload the zip, wait until it is built (it installs the frameworks), and test it with a notebook.",
        soft_wrap=True,
    )
    notebooks = " or ".join(f"{track}.ipynb" for track in chosen)
    console.print(f"Students hand in {notebooks}, as it is in lessons/{lesson}/.", soft_wrap=True)


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


def _roster(folder: ClassFolder) -> str:
    """How many students the class has, and what `collect` will miss when it looks for them."""
    from autograder.classroom import gradebook

    students = gradebook.students(folder).values()
    if not students:
        return "It has no students yet: give a --roster, or add them in the formgrader before you collect an archive."
    words = {"first_name": "first names", "last_name": "last names", "email": "e-mail addresses"}
    empty = [word for key, word in words.items() if not any(student[key] for student in students)]
    lacking = f" There are no {' and no '.join(empty)}: Moodle and Canvas are matched by them." if empty else ""
    return f"Students: {len(students)}.{lacking}"


def _names(options: list[str] | None) -> list[str] | None:
    return [name.strip() for option in options for name in option.split(",") if name.strip()] if options else None
