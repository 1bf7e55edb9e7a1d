"""The results as a page in Markdown and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.bench.classes import LESSONS
from autograder.bench.overhead import ASIDE, STAGES
from course.frameworks import TRACKS
from course.plots import PALETTE

NAMES = {
    "stock": "nbgrader autograde",
    "stock-one-thread": "nbgrader, one numeric thread",
    "otter": "otter run",
    "ours-1": "autograder grade, 1 worker",
    "ours-2": "autograder grade, 2 workers",
}
Results = dict[str, Any]


def write(folder: Path, results: Results) -> list[Path]:
    """Write bench.md and bench.png; returns what was written."""
    page, picture = folder / "bench.md", folder / "bench.png"
    lines = ["# Benchmark", "", *_facts(results), *_compared(results), *_overhead(results), *_growth(results)]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _draw(picture, results)
    return [page, picture]


def _facts(results: Results) -> list[str]:
    facts = results.get("machine", {})
    loads = [load for one in results.values() for load in one.get("load", [])]
    told = [f"- {name}: {value}" for name, value in facts.items()]
    if loads:
        told.append(f"- load while measuring: {min(loads)} to {max(loads)} (above the number of cores all times are too long)")
    told.append("- every submission is right; otter and stock nbgrader write no feedback here, `autograder grade` does")
    return [*told, ""]


def _compared(results: Results) -> list[str]:
    lines: list[str] = []
    for lesson in LESSONS:
        for track in TRACKS:
            rows = {name: results[key] for name in NAMES if (key := f"{lesson}-{track}-{name}") in results}
            if not rows:
                continue
            base = rows.get("stock")
            lines += [f"## {lesson} notebook, {track}", "", "| grader | submissions | seconds each | times stock | peak MB |"]
            lines.append("|---|--:|--:|--:|--:|")
            for name, one in rows.items():
                each = one["seconds"] / one["submissions"]
                times = f"{base['seconds'] / base['submissions'] / each:.1f}" if base else "–"
                lines.append(f"| {NAMES[name]} | {one['submissions']} | {each:.2f} | {times} | {one['peak']:.0f} |")
            lines.append("")
    if lines:
        lines += ["Seconds each are the whole command divided by the submissions, starting and ending included.", ""]
    return lines


def _overhead(results: Results) -> list[str]:
    rows = {key.removesuffix("-overhead"): one for key, one in results.items() if key.endswith("-overhead")}
    if not rows:
        return []
    lines = ["## Where a submission's time goes, in ms (median, one after the other)", ""]
    lines += [
        "| notebook | the student's own | overhead | " + " | ".join([*STAGES, ASIDE]) + " |",
        "|---|--:|--:|" + "--:|" * (len(STAGES) + 1),
    ]
    for name, one in rows.items():
        values = [one["the student's own"], one["overhead"], *(one[stage] for stage in [*STAGES, ASIDE])]
        lines.append(f"| {name} | " + " | ".join(f"{1000 * value:.0f}" for value in values) + " |")
    return [*lines, ""]


def _grown(results: Results, track: str) -> list[dict[str, Any]]:
    return sorted(
        (one for key, one in results.items() if key.startswith(f"growth-{track}-")), key=lambda one: one["submissions"]
    )


def _growth(results: Results) -> list[str]:
    if not any(_grown(results, track) for track in TRACKS):
        return []
    lines = ["## Growth: the light notebook, 2 workers", "", "| track | submissions | seconds | each | stock would take |"]
    lines[-1] += " grader MB, a quarter in | grader MB, end | warm parent MB, end | peak MB |"
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for track in TRACKS:
        stock = results.get(f"light-{track}-stock")
        for one in _grown(results, track):
            count, series = one["submissions"], one["series"]
            guess = f"{stock['seconds'] / stock['submissions'] * count:,.0f} s (extrapolated)" if stock else "–"
            series = [row for row in series if row[2]] or [[0, 0, 0, 0]]  # while there was a warm parent
            early, late = series[len(series) // 4], series[-1]
            memory = f"{early[1]:.0f} | {late[1]:.0f} | {late[2]:.0f} | {one['peak']:.0f}"
            lines.append(f"| {track} | {count} | {one['seconds']:.1f} | {one['seconds'] / count:.3f} | {guess} | {memory} |")
    return [*lines, ""]


def _draw(path: Path, results: Results) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.6), layout="constrained")
    groups = [(lesson, track) for lesson in LESSONS for track in TRACKS]
    for k, (name, words) in enumerate(NAMES.items()):
        found = [results.get(f"{lesson}-{track}-{name}") for lesson, track in groups]
        places = [i + (k - 2) * 0.16 for i in range(len(groups))]
        for ax, value in ((left, lambda one: one["seconds"] / one["submissions"]), (middle, lambda one: one["peak"])):
            heights = [value(one) if one else 0 for one in found]
            bars = ax.bar(places, heights, 0.16, color=PALETTE[k], label=words)
            if ax is left:
                ax.bar_label(bars, [f"{h:.2g}" if h else "" for h in heights], fontsize=6)
    for ax, title, label in (
        (left, "Seconds for a submission (less is better)", "seconds, logarithmic"),
        (middle, "Peak memory of all processes", "MB"),
    ):
        ax.set(title=title, ylabel=label, xticks=range(len(groups)), xticklabels=[f"{a}\n{b}" for a, b in groups])
    if any(f"{a}-{b}-{name}" in results for a, b in groups for name in NAMES):
        left.set_yscale("log")
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=len(NAMES), fontsize=8)
    for k, track in enumerate(TRACKS):
        for one in _grown(results, track)[-1:]:
            seconds = [row[0] for row in one["series"]]
            for column, words, dash in ((1, "grader", "-"), (2, "warm parent", "--"), (3, "all together", ":")):
                values = [row[column] for row in one["series"]]
                right.plot(seconds, values, dash, color=PALETTE[k], label=f"{track}, {words}")
    largest = max((one["submissions"] for track in TRACKS for one in _grown(results, track)), default=0)
    right.set(title=f"Memory while {largest:,} submissions are graded", xlabel="seconds", ylabel="MB", ylim=(0, None))
    if right.lines:
        right.set_ylim(0, 1.4 * right.get_ylim()[1])  # room for the legend
        right.legend(fontsize=7, loc="upper center", ncols=2)
    figure.savefig(path, dpi=120)
    plt.close(figure)
