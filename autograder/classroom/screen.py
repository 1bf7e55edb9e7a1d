"""What an instructor sees in the terminal while a class is graded, and afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from rich import live as rich_live
from rich.console import Console, Group
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.classroom import grade as grading
from autograder.classroom.attention import alike, needs_a_word
from autograder.classroom.folder import ClassFolder
from autograder.classroom.grade import GRADED, KEPT, QUARANTINED, RENEWED, UNCHANGED, Summary, Watcher
from autograder.classroom.quarantine import EVERY, Entry
from autograder.classroom.record import Record
from autograder.classroom.standing import Standing


class Live(Watcher):
    """A table of the assignments that fills while they are graded, under a line for each submission that is finished."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.task = self.progress.add_task("grading", total=None)
        self.shares: dict[str, list[float]] = {}
        self.counts: dict[str, Counter[str]] = {}
        self.live = rich_live.Live(get_renderable=self.view, console=console, transient=True, refresh_per_second=2)

    def __enter__(self) -> Live:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def view(self) -> Group:
        """What is on the screen at this moment."""
        table = Table("assignment", box=None, pad_edge=False)
        for column in ("done", "mean so far", "unchanged", "in quarantine"):
            table.add_column(column, justify="right")
        for name, counts in self.counts.items():
            shares = self.shares.get(name)
            mean = f"{sum(shares) / len(shares):.0%}" if shares else "–"
            table.add_row(name, *map(str, (counts.total(), mean, counts[UNCHANGED] + counts[RENEWED], counts[QUARANTINED])))
        # The first result takes longest: the framework is loaded for it.
        return Group(table if self.counts else Text("Reading the hand-ins and starting the frameworks ..."), self.progress)

    def started(self, total: int) -> None:
        self.progress.update(self.task, total=total)

    def done(self, student: str, assignment: str, what: str, record: Record | None) -> None:
        self.progress.advance(self.task)
        self.counts.setdefault(assignment, Counter())[what] += 1
        if record and record.points and what in (GRADED, UNCHANGED, RENEWED, KEPT):
            self.shares.setdefault(assignment, []).append(record.score / record.points)
        if what in (UNCHANGED, RENEWED):
            return
        score = f"{record.score:g} of {record.points:g}" if record and what in (GRADED, KEPT) else "–"
        colour = {GRADED: "green", KEPT: "yellow"}.get(what, "red")
        words = "" if what == GRADED else f"  [{colour}]{what}[/]"
        line = f"{escape(assignment):<24} {escape(student):<24} {score:>12}{words}"
        self.live.console.print(line, highlight=False)


def run_grading(
    console: Console,
    folder: ClassFolder,
    names: list[str],
    workers: int,
    *,
    regrade: bool = False,
    students: list[str] | None = None,
    unfenced: bool = False,
    scheduler: str = "",
) -> Summary:
    """Grade some assignments with a live table, and say what was done. Raises ClassError."""
    run = partial(grading.execute, unfenced=unfenced, **({"scheduler": scheduler} if scheduler else {}))
    chosen = folder.choose(names)
    with Live(console) as live:
        summary = grading.grade(folder, chosen, workers=workers, regrade=regrade, students=students, watcher=live, run=run)
    show_summary(console, folder, summary)
    return summary


def show_summary(console: Console, folder: ClassFolder, summary: Summary) -> None:
    """What a run has done, and what waits for a person."""
    counts = summary.counts
    parts = [f"{counts[GRADED]} graded"]
    parts += [f"{counts[what]} {words}" for what, words in _WORDS if counts[what]]
    console.print(", ".join(parts) + ".", highlight=False)
    if not sum(counts.values()):
        console.print("Nothing was handed in: submitted/STUDENT/ASSIGNMENT/ is where submissions are looked for.")
    show_quarantine(console, summary.quarantine)
    if counts[GRADED]:
        where = f"Marks are in nbgrader's gradebook, feedback for students in {folder.feedback}"
        console.print(where, highlight=False, soft_wrap=True, markup=False)


_WORDS = (
    (UNCHANGED, "unchanged since the last time"),
    (RENEWED, "with marks or comments by hand since, now in the feedback"),
    (KEPT, "kept the earlier mark"),
    (QUARANTINED, "in quarantine"),
)


def show_quarantine(console: Console, entries: Iterable[Entry]) -> None:
    """Each hand-in that waits for a person, with the reason."""
    entries = list(entries)
    if not entries:
        return
    console.print("\n[bold yellow]In quarantine[/]: not marked, not counted as zero; each needs a person.")
    for entry in entries:
        kept = " (the mark in the gradebook stands)" if entry.kept else ""
        where = "whole folder" if entry.assignment == EVERY else entry.assignment
        line = f"  [bold]{escape(entry.student)}[/], {escape(where)}: {escape(entry.reason)}{kept}"
        console.print(line, highlight=False, soft_wrap=True)
    console.print()


def show_report(console: Console, standing: Standing, files: dict[str, Path], *, waiting: bool = True) -> None:
    """The class in tables, and where the files are; `waiting` shows the quarantine as well."""
    table = Table("assignment", title="How the class stands", title_justify="left")
    for column in ("handed in", "marked", "mean", "full marks", "waiting"):
        table.add_column(column, justify="right")
    for row in standing.by_assignment():
        mean = "–" if row.mean is None else f"{row.mean:.0%}"
        table.add_row(row.assignment, *map(str, (row.handed_in, row.marked, mean, row.full, row.waiting)))
    console.print(table)
    mistakes = standing.mistakes()
    if mistakes:
        table = Table("misconception", "exercise", title="Commonest misconceptions", title_justify="left")
        table.add_column("made by", justify="right")
        for found in mistakes[:8]:
            table.add_row(escape(found.name), escape(f"{found.lesson} {found.exercise}"), str(found.count))
        console.print(table)
    for line in standing.flags():
        console.print(f"[yellow]Look at[/] {escape(line)}", highlight=False, soft_wrap=True)
    if waiting:
        show_quarantine(console, standing.quarantine)
    people = (
        (len(needs_a_word(standing)), "students who may need a word"),
        (len(alike(standing)), "pairs of answers that are alike"),
    )
    if told := [f"{what} ({number})" for number, what in people if number]:
        console.print(f"On the page as well: {', '.join(told)}.", highlight=False, soft_wrap=True)
    for what, path in files.items():
        console.print(f"{what}: {path}", highlight=False, soft_wrap=True, markup=False)
