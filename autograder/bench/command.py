"""`autograder bench`. Light to import; the work is imported when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

console = Console()


def bench(
    folder: Annotated[Path, typer.Argument(help="Where results, table and picture go; results of earlier pieces there stay.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", help="Pieces whose name holds this, such as light, pytorch-stock, overhead, growth-pytorch-100."
        ),
    ] = None,
    submissions: Annotated[int, typer.Option(min=1, help="Submissions for the comparison.")] = 10,
    growth: Annotated[str, typer.Option(help="Sizes of the growing class.")] = "10,100,1000",
    names: Annotated[bool, typer.Option("--list", help="Name the pieces and stop.")] = False,
    unfenced: Annotated[bool, typer.Option("--unfenced", help="Without a fence, where none is possible.")] = False,
) -> None:
    """Measure this grader beside stock nbgrader and otter, on this machine. All of it takes about an hour."""
    from autograder.bench import page, run
    from autograder.bench.contestants import Arena

    sizes = tuple(int(size) for size in growth.split(","))
    if names:
        for name, _ in run.pieces(Arena(folder, unfenced), submissions, sizes):
            typer.echo(name)
        return

    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

    folder.mkdir(parents=True, exist_ok=True)
    results = run.run(folder, only or [], submissions, sizes, unfenced, say)
    for path in page.write(folder, results):
        say(f"wrote {path}")
