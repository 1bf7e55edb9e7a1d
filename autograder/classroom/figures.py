"""The report's pictures: colours and patterns that colour-blind readers can tell apart, titles, labelled axes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from autograder.classroom.standing import MistakeRow, PassRow, Standing
from course.frameworks import TITLES, TRACKS
from course.plots import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = dict(zip(TRACKS, PALETTE, strict=False))
HATCHES = {"pytorch": "", "tensorflow": "//"}
MOST_MISTAKES = 14
MOST_EXERCISES = 40
DPI = 144


@dataclass(frozen=True)
class Picture:
    """A figure as PNG, with what it shows in words for who cannot see it."""

    name: str
    title: str
    alt: str
    png: bytes


def pictures(standing: Standing) -> list[Picture]:
    """All pictures for which there is anything to show."""
    drawn = (_scores(standing), _passes(standing.pass_rates()), _mistakes(standing.mistakes()))
    return [picture for picture in drawn if picture]


def _picture(name: str, title: str, alt: str, size: tuple[float, float], draw: Callable[[Axes], None]) -> Picture:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"axes.spines.top": False, "axes.spines.right": False, "font.size": 10, "axes.titleweight": "bold"}):
        figure: Figure = Figure(figsize=size, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        draw(ax)
        ax.set_title(title, loc="left")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI)
    return Picture(name, title, alt, buffer.getvalue())


def _scores(standing: Standing) -> Picture | None:
    shares: dict[str, list[float]] = {track: [] for track in TRACKS}
    for row in standing.marked():
        track = standing.folder.assignments[row.assignment].track
        if track in shares and row.points:  # an assignment of one's own may have no framework, and no automatic points
            shares[track].append(100 * (row.score or 0.0) / row.points)
    used = {track: values for track, values in shares.items() if values}
    if not used:
        return None

    def draw(ax: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        ax.hist(
            list(used.values()),
            bins=list(range(0, 101, 10)),
            stacked=True,
            label=[f"{TITLES[track]} ({len(values)})" for track, values in used.items()],
            color=[COLOURS[track] for track in used],
            hatch=[HATCHES[track] for track in used],
            edgecolor="white",
        )
        ax.set_xlabel("score (per cent of the points)")
        ax.set_ylabel("submissions")
        ax.set_xticks(range(0, 101, 10))
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(axis="y", alpha=0.25)
        ax.set_axisbelow(True)
        ax.legend(frameon=False)

    everything = [value for values in used.values() for value in values]
    low, high = sum(value < 50 for value in everything), sum(value >= 100 for value in everything)
    alt = f"Histogram of the scores of {len(everything)} submissions: {low} have less than half of the points, {high} all."
    return _picture("scores", "Scores of all marked submissions", alt, (6.8, 3.6), draw)


def _passes(rows: list[PassRow]) -> Picture | None:
    rows = [row for row in rows if row.task.assignment.track in TRACKS]
    if not rows:
        return None
    rates: dict[str, dict[str, PassRow]] = {}
    for row in rows:
        rates.setdefault(row.task.title, {})[row.task.assignment.track] = row
    titles = list(rates)
    if len(titles) > MOST_EXERCISES:
        titles = sorted(titles, key=lambda title: min(row.rate for row in rates[title].values()))[:MOST_EXERCISES]
    tracks = [track for track in TRACKS if any(track in found for found in rates.values())]
    height = 0.8 / len(tracks)

    def draw(ax: Axes) -> None:
        for t, track in enumerate(tracks):
            at = [(i + (t - (len(tracks) - 1) / 2) * height, rates[title].get(track)) for i, title in enumerate(titles)]
            there = [(y, row) for y, row in at if row]
            ax.barh(
                [y for y, _ in there],
                [100 * row.rate for _, row in there],
                height * 0.92,
                label=TITLES[track],
                color=COLOURS[track],
                hatch=HATCHES[track],
                edgecolor="white",
            )
            for y, row in there:
                ax.text(100 * row.rate + 1, y, f"{row.passed}/{row.total}", va="center", fontsize=8)
        ax.set_yticks(range(len(titles)), titles)
        ax.set_ylim(len(titles) - 0.4, -0.6)
        ax.set_xlim(0, 110)
        ax.set_xticks(range(0, 101, 20))
        ax.set_xlabel("submissions with full points (per cent)")
        ax.set_ylabel("exercise")
        ax.grid(axis="x", alpha=0.25)
        ax.set_axisbelow(True)
        if len(tracks) > 1:
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))

    worst = min(rows, key=lambda row: row.rate)
    alt = (
        f"Bar chart of the pass rate of {len(titles)} exercises; the lowest is {worst.task.title} in "
        f"{TITLES[worst.task.assignment.track]}, with {worst.passed} of {worst.total}."
    )
    return _picture("passes", "Pass rate of each exercise", alt, (8.2, 1.4 + 0.42 * len(titles)), draw)


def _mistakes(rows: list[MistakeRow]) -> Picture | None:
    rows = rows[:MOST_MISTAKES]
    if not rows:
        return None
    tracks = [track for track in TRACKS if any(row.tracks[track] for row in rows)]

    def draw(ax: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        left = [0] * len(rows)
        for track in tracks:
            counts = [row.tracks[track] for row in rows]
            ax.barh(
                range(len(rows)),
                counts,
                left=left,
                label=TITLES[track],
                color=COLOURS[track],
                hatch=HATCHES[track],
                edgecolor="white",
            )
            left = [a + b for a, b in zip(left, counts, strict=True)]
        ax.set_yticks(range(len(rows)), [f"{shorten(row.name, 58)}\n{row.lesson} {row.exercise}" for row in rows], fontsize=8)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel("submissions")
        ax.set_ylabel("misconception")
        ax.grid(axis="x", alpha=0.25)
        ax.set_axisbelow(True)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        if len(tracks) > 1:
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))

    first = rows[0]
    alt = f"Bar chart of the commonest misconceptions; first is “{first.name}” in {first.exercise}, made {first.count} times."
    return _picture("misconceptions", "Commonest misconceptions", alt, (8.2, 1.4 + 0.42 * len(rows)), draw)
