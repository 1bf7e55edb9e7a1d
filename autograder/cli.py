"""`autograder`: what instructors and authors type."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from autograder.classroom import commands

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console()
commands.register(app)


@app.command()
def lessons(
    names: Annotated[list[str] | None, typer.Argument(help="Lessons to build; all of them when none is named.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when something is out of date.")] = False,
) -> None:
    """Build the notebooks, checks and pages of the lessons from their sources."""
    from autograder.authoring import build, source
    from autograder.authoring.errors import AuthorError

    unknown = set(names or ()) - set(source.names())
    if unknown:
        console.print(f"[red]There is no lesson {', '.join(sorted(unknown))}.[/] There are: {', '.join(source.names())}.")
        raise typer.Exit(2)
    try:
        if check:
            old = build.stale(build.build(names))
            for path in old:
                console.print(f"[red]out of date:[/] {path.relative_to(source.ROOT)}", soft_wrap=True)
            if old:
                console.print("Run [bold]make lessons[/] and commit what it writes.")
                raise typer.Exit(1)
            console.print("Everything generated is what its sources make.")
            return
        written, total = build.write(build.build(names))
    except AuthorError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for path in written:
        console.print(f"wrote {path.relative_to(source.ROOT)}", soft_wrap=True)
    console.print(f"{len(written)} of {total} files were out of date. Next: [bold]make lab[/] to read them.")


@app.command()
def prove(
    names: Annotated[list[str] | None, typer.Argument(help="Lessons to prove; all of them when none is named.")] = None,
    seed: Annotated[str, typer.Option(help="Draw fresh cases from this seed; without it the public cases are used.")] = "",
) -> None:
    """Show that every known right answer passes and every misconception is caught by its own name, in both tracks."""
    from rich.table import Table

    from autograder.authoring import proof, source
    from course.frameworks import TRACKS
    from course.notebook import native_stderr_closed, quiet

    quiet()
    bad = total = 0
    for name in names or source.names():
        lesson = source.load(name)
        table = Table("exercise", "answer", *TRACKS, title=f"{name}: the verdict due, and given")
        rows: dict[tuple[str, str, bool], dict[str, str]] = {}
        for track in TRACKS:
            with native_stderr_closed():
                found = list(proof.matrix(lesson, track, seed))
            for row in found:
                rows.setdefault((row.exercise, row.label, row.right), {})[track] = "✔" if row.ok else f"✘ {row.given}"
                total, bad = total + 1, bad + (not row.ok)
        for (exercise, label, right), cells in rows.items():
            table.add_row(exercise, f"{'right' if right else 'wrong'}: {label}", *(cells.get(track, "–") for track in TRACKS))
        console.print(table)
    console.print(f"{total - bad} of {total} answers get the verdict that is due.")
    if bad:
        raise typer.Exit(1)


@app.command()
def doctor(
    unfenced: Annotated[
        bool, typer.Option("--unfenced", help="Try the same attacks without a fence, to see the difference.")
    ] = False,
) -> None:
    """Say which fences hold on this machine, and prove each by trying to break it."""
    from autograder.engine import doctor as engine_doctor

    findings = engine_doctor.examine(unfenced=unfenced)
    for finding in findings:
        console.print(
            f"{'[green]✔[/]' if finding.good else '[red]✘[/]'} {escape(finding.text)}", soft_wrap=True, highlight=False
        )
        if not finding.good:
            console.print(f"  mend it: [bold]{escape(finding.remedy)}[/]", soft_wrap=True, highlight=False)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)
