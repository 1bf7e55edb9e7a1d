"""`autograder`: what instructors and authors type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from autograder.bench.command import bench
from autograder.classroom import commands

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console()
commands.register(app)
app.command()(bench)


@contextmanager
def _authors_mistakes_told() -> Iterator[None]:
    """A mistake in a lesson's source is one line with file and line number, never a traceback."""
    from autograder.authoring.errors import AuthorError

    try:
        yield
    except AuthorError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


def _refuse_unknown(names: list[str] | None) -> None:
    """End with a list of the lessons when one that is named does not exist."""
    from autograder.authoring import source

    unknown = set(names or ()) - set(source.names())
    if unknown:
        there = ", ".join(source.names())
        console.print(f"[red]There is no lesson {escape(', '.join(sorted(unknown)))}.[/] There are: {there}.", soft_wrap=True)
        raise typer.Exit(2)


@app.command()
def lessons(
    names: Annotated[list[str] | None, typer.Argument(help="Lessons to build; all of them when none is named.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when something is out of date.")] = False,
) -> None:
    """Build the notebooks, checks and pages of the lessons from their sources."""
    from autograder.authoring import build, source, unchanged

    _refuse_unknown(names)
    old_folders = build.leftover(source.SOLUTIONS, source.LESSONS)
    for path in old_folders:
        where = path.relative_to(source.ROOT)
        console.print(f"[red]left over:[/] {where}, which no lesson makes. Remove it: [bold]rm -r {where}[/]", soft_wrap=True)
    with _authors_mistakes_told():
        if check:
            old = build.stale(build.build(names))
            for path in old:
                console.print(f"[red]out of date:[/] {path.relative_to(source.ROOT)}", soft_wrap=True)
            if old:
                console.print("Run [bold]make lessons[/] and commit what it writes.")
            if old or old_folders:
                raise typer.Exit(1)
            console.print("Everything generated is what its sources make.")
            return
        # A lesson that is named is built in any case.
        chosen = names or [name for name in source.names() if not unchanged.is_unchanged(name)]
        if not chosen and unchanged.is_unchanged(unchanged.SYLLABUS):
            console.print("No lesson has changed since it was built. Next: [bold]make lab[/] to read them.")
            return
        written, _ = build.write(build.build(chosen))
        for name in (*chosen, unchanged.SYLLABUS):
            unchanged.remember(name)
    for path in written:
        console.print(f"wrote {path.relative_to(source.ROOT)}", soft_wrap=True)
    built = f"Built {', '.join(chosen) or 'the syllabus'}; {len(written)} file{'s' * (len(written) != 1)} changed by it."
    console.print(f"{built} Next: [bold]make lab[/] to read them.", highlight=False, soft_wrap=True)


@app.command("new-lesson")
def new_lesson(
    name: Annotated[str, typer.Argument(help="Its folder: two digits and words, such as 11-attention.")],
    title: Annotated[str, typer.Option(help="What the lesson is called.")],
) -> None:
    """Begin a lesson: its files in solutions/, with one exercise that already works in both tracks."""
    from autograder.authoring import source
    from autograder.authoring.scaffold import ScaffoldError, scaffold

    try:
        written = scaffold(name, title)
    except ScaffoldError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
    for path in written:
        console.print(f"wrote {path.relative_to(source.ROOT)}", highlight=False, soft_wrap=True)
    console.print(f"Next: [bold]autograder lessons {name}[/], then [bold]autograder prove {name}[/]; edit, and do both again.")
    console.print("What belongs in which file: solutions/README.md", highlight=False)


@app.command()
def probes() -> None:
    """List the ways in which an exercise's answer can be tried: what `probe=` of an Exercise may name."""
    from rich.table import Table

    from course.probes import PROBES

    table = Table("probe", "what it does with the answer", box=None, pad_edge=False)
    for name, probe in sorted(PROBES.items()):
        table.add_row(name, escape((probe.__doc__ or "").splitlines()[0]))
    console.print(table)
    console.print("Without one an Exercise has `function`. They are in course/probes/, with what each reports.")


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
    _refuse_unknown(names)
    bad = total = 0
    for name in names or source.names():
        with _authors_mistakes_told():
            lesson = source.load(name)
        table = Table("exercise", "answer", *TRACKS, title=f"{name}: the verdict due, and given")
        rows: dict[tuple[str, str, bool], dict[str, str]] = {}
        reasons = []
        for track in TRACKS:
            with _authors_mistakes_told(), native_stderr_closed():
                found = list(proof.matrix(lesson, track, seed))
            for row in found:
                rows.setdefault((row.exercise, row.label, row.right), {})[track] = "✔" if row.ok else f"✘ {row.given}"
                total, bad = total + 1, bad + (not row.ok)
                if not row.ok:
                    reasons.append(f"{track}, {row.exercise}, {row.label}: {row.why}")
        for (exercise, label, right), cells in rows.items():
            table.add_row(exercise, f"{'right' if right else 'wrong'}: {label}", *(cells.get(track, "–") for track in TRACKS))
        console.print(table)
        for reason in reasons:
            console.print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{total - bad} of {total} answers get the verdict that is due.")
    if bad:
        raise typer.Exit(1)


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(help="Where the pages go; an older site there is replaced.")],
    names: Annotated[list[str] | None, typer.Option("--lesson", help="Only this lesson; may be repeated.")] = None,
    workers: Annotated[int, typer.Option(help="How many notebooks run at the same time.", min=1)] = 2,
) -> None:
    """Build the lessons, with what their code prints and draws, as a website that needs no server."""
    from autograder.site.build import SiteError, build

    _refuse_unknown(names)
    try:
        with _authors_mistakes_told():
            first = build(folder.resolve(), names, workers)
    except SiteError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    console.print(f"The site is in {folder}. Next: open {first} in a browser.", soft_wrap=True, highlight=False)


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
