"""Tables that a student sees in the terminal."""

from __future__ import annotations

from rich.table import Table

from course.progress import Standing


def progress_table(standings: list[Standing]) -> Table:
    """One line a notebook: a bar, the exercises that passed, their points, and the day of the last check."""
    table = Table(title="Checks passed", title_justify="left", box=None, pad_edge=False)
    for column, justify in (("lesson", "left"), ("track", "left"), ("", "left"), ("exercises", "right"), ("points", "right")):
        table.add_column(column, justify=justify, no_wrap=True)
    table.add_column("last check", no_wrap=True)
    for one in standings:
        points = sum(value for name, value in one.points.items() if one.exercises[name])
        full = sum(one.points.values())
        table.add_row(
            one.lesson,
            one.track,
            "".join({True: "[green]■[/]", False: "[yellow]▨[/]", None: "□"}[value] for value in one.exercises.values()),
            f"{one.passed} of {len(one.exercises)}",
            f"{points:g} of {full:g}",
            one.last[:10] or "–",
        )
    return table
