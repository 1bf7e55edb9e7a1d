"""`course`: what a student types."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console()


@app.command()
def lab(
    directory: Annotated[Path, typer.Argument(help="Your own copy; made when it is not there.")] = Path("tandem-lab"),
    browser: Annotated[bool, typer.Option(help="Open the web browser.")] = True,
    port: Annotated[int, typer.Option(help="Port of JupyterLab.", min=1, max=65535)] = 8888,
) -> None:
    """Open JupyterLab at the syllabus, in your own copy of the lessons."""
    from course import workspace

    try:
        added, kept = workspace.prepare(directory)
    except workspace.WorkspaceError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        raise typer.Exit(2) from None
    console.print(f"Your lessons are in {directory.resolve()}.", soft_wrap=True)
    console.print(f"{added} files were added; {kept} notebooks that you have worked in were left as they are.")
    console.print("JupyterLab opens at the syllabus. Stop it with Ctrl-C; your notebooks stay where they are.")
    os.environ |= workspace.lab_environment(directory)
    command = [sys.executable, "-m", "jupyterlab", *workspace.lab_arguments(directory, port=port, browser=browser)]
    os.execv(sys.executable, command)


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
