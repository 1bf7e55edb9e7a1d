"""`course`: what a student types."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from course.typed import HOME_COPY, typed

if TYPE_CHECKING:
    from course.workspace import Prepared, Update

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console()
Copy = Annotated[Path, typer.Argument(help="Your own copy of the lessons.", show_default="~/tandem-lab")]


@app.command()
def lab(
    directory: Copy = HOME_COPY,
    browser: Annotated[bool, typer.Option(help="Open the web browser.")] = True,
    port: Annotated[int, typer.Option(help="Port of JupyterLab.", min=1, max=65535)] = 8888,
) -> None:
    """Open JupyterLab at the syllabus, in your own copy of the lessons. The copy is made when it is not there."""
    from course import workspace

    try:
        prepared = workspace.prepare(directory)
    except workspace.WorkspaceError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        raise typer.Exit(2) from None
    console.print(f"Your lessons are in {directory.resolve()}.", soft_wrap=True)
    for line in _what_was_prepared(prepared, directory):
        console.print(line, soft_wrap=True)
    if address := workspace.running(directory):
        console.print(f"JupyterLab is open there already: {address}", soft_wrap=True)
        if browser:
            typer.launch(address)
        return
    console.print("JupyterLab opens at the syllabus. Stop it with Ctrl-C; your notebooks stay where they are.", soft_wrap=True)
    os.environ |= workspace.lab_environment(directory)
    command = [sys.executable, "-m", "jupyterlab", *workspace.lab_arguments(directory, port=port, browser=browser)]
    os.execv(sys.executable, command)


def _what_was_prepared(prepared: Prepared, directory: Path) -> list[str]:
    told = [f"{_count(prepared.added, 'file was', 'files were')} added."] if prepared.added else []
    if prepared.kept:
        told.append(f"Your work in {_count(prepared.kept, 'notebook', 'notebooks')} stays as it is.")
    if prepared.newer:
        newer = _count(prepared.newer, "of them has", "of them have")
        told.append(f"{newer} a newer version. To get it and keep your answers: {typed('update', directory)}")
    return told


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


@app.command()
def update(
    directory: Copy = HOME_COPY,
) -> None:
    """Bring your copy up to date with the course. Your answers and your own cells stay, and the old notebook is kept."""
    from course import workspace

    try:
        done = workspace.update(directory)
    except workspace.WorkspaceError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        raise typer.Exit(2) from None
    for one in done:
        name = one.path.relative_to(directory.resolve())
        console.print(f"{name}: {_what_happened(one)}", highlight=False, soft_wrap=True)
    if not done:
        console.print("Everything is up to date.")
        return
    if any(one.status in ("merged", "replaced") for one in done):
        console.print(f"The notebooks as they were are in {directory / workspace.BACKUPS}.", soft_wrap=True)
    if any(one.status != "unreadable" for one in done):
        told = f"Next: {typed('lab', directory)}   (close notebooks that are open, or reload them from disk)"
        console.print(told, soft_wrap=True)
    if any(one.status == "unreadable" for one in done):
        raise typer.Exit(1)


def _what_happened(one: Update) -> str:
    if one.status == "unreadable":
        return "cannot be read as a notebook, and was left alone. To start it anew, move it away and run the update again."
    if one.status == "new":
        return "new"
    told = []
    if one.answers:
        told.append(f"your answers are in it ({', '.join(one.answers)})")
    if one.homeless:
        told.append(f"answers that have no place any more stand in cells of their own ({', '.join(one.homeless)})")
    if one.own:
        told.append(f"{_count(one.own, 'cell of your own is', 'cells of your own are')} in it")
    if one.edited:
        told.append(f"cells of the course that you had changed are the course's again ({', '.join(one.edited)})")
    return f"brought up to date; {'; '.join(told) or 'there was no answer in it'}"


@app.command()
def progress(
    directory: Copy = HOME_COPY,
) -> None:
    """Show what you have done: for each notebook the exercises whose last check passed, and what comes next."""
    from course import workspace
    from course.progress import standings
    from course.screen import progress_table

    found = standings(directory)
    if not found:
        told = f"There are no lessons in {directory.resolve()}: `{typed('lab', directory)}` makes a copy there."
        if copy := workspace.around(directory.resolve()):
            told = f"{directory} is inside your copy of the lessons: {typed('progress', copy)}"
        console.print(told, soft_wrap=True)
        raise typer.Exit(2)
    begun = [one for one in found if one.last]
    tracks = {one.track for one in begun or found}
    console.print(progress_table([one for one in found if one.track in tracks]))
    console.print("■ passes its public cases   ▨ does not yet   □ not checked")
    console.print("Your grade is made with other cases; answers in words are read by a person. Neither is counted here.")
    if begun:
        latest = max(begun, key=lambda one: one.last)
        track = [one for one in found if one.track == latest.track]
        unfinished = [one for one in track if one.passed < len(one.exercises)]
        after = [one for one in unfinished if track.index(one) >= track.index(latest)] or unfinished
        if after:
            missing = next(name for name, passed in after[0].exercises.items() if not passed)
            console.print(f"Next: {after[0].lesson}/{after[0].track}.ipynb, exercise {missing}.", soft_wrap=True)
        else:
            console.print(f"Every exercise of the {latest.track} track passes its public cases.")
    else:
        told = f"Nothing is checked yet. Next: {typed('lab', directory)}, and the first notebook of the track you like."
        console.print(told, soft_wrap=True)


@app.command()
def doctor() -> None:
    """Say what is installed, which device is used, what is missing and how to mend it."""
    from course import health

    findings = health.examine()
    for finding in findings:
        # The texts hold square brackets, which rich would read as its own markup.
        mark, style = ("✔", "green") if finding.good else ("✘", "yellow")
        console.print(mark, style=style, end=" ")
        console.print(finding.text, markup=False, soft_wrap=True)
        if not finding.good:
            console.print(f"  mend it: {finding.remedy}", markup=False, highlight=False, soft_wrap=True)
    # One framework is enough for its track; none at all is not.
    if not any(f.good and f.framework for f in findings):
        raise typer.Exit(1)
