"""`autograder report`: a CSV, pictures, and one page that needs nothing else to be read."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from autograder.classroom.attention import FAIR, alike, needs_a_word
from autograder.classroom.exports import write_canvas, write_moodle
from autograder.classroom.figures import Picture, pictures
from autograder.classroom.files import now, write_bytes, write_text
from autograder.classroom.folder import ClassFolder
from autograder.classroom.quarantine import EVERY
from autograder.classroom.standing import Row, Standing
from autograder.classroom.tables import write_csv

COLUMNS = ("student", "first_name", "last_name", "assignment", "status", "score", "max", "late_penalty")


def report(folder: ClassFolder, to: Path | None = None) -> tuple[Standing, dict[str, Path]]:
    """Write the report's files; how the class stands, and the files by what they are."""
    standing = Standing(folder)
    target = (to or folder.report).expanduser().resolve()
    drawn = pictures(standing)
    files = {"Marks": target / "grades.csv"}
    write_marks(files["Marks"], standing)
    for picture in drawn:
        files[picture.title] = target / f"{picture.name}.png"
        write_bytes(files[picture.title], picture.png)
    for platform, write in (("Canvas", write_canvas), ("Moodle", write_moodle)):
        files[f"For {platform}"] = target / f"{platform.lower()}.csv"
        write(files[f"For {platform}"], standing)
    files["Report"] = target / "index.html"
    write_text(files["Report"], page(standing, drawn))
    return standing, files


def write_marks(path: Path, standing: Standing) -> None:
    """The CSV: one row for each hand-in, an empty score where there is no mark, a column for each exercise."""
    titles = list(dict.fromkeys(task.title for tasks in standing.tasks.values() for task in tasks))
    write_csv(path, [*COLUMNS, *titles], (_mark_row(row, standing) for row in [*standing.rows, *standing.missing()]))


def _mark_row(row: Row, standing: Standing) -> dict[str, Any]:
    names = standing.students.get(row.student, {})
    own = {"student": row.student, "assignment": row.assignment, "status": row.status, "score": row.score}
    return names | own | {"max": row.points or None, "late_penalty": row.late or None} | row.exercises


# Nothing in the page may run or load, whatever a student's name holds.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1b1b1b; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: #555; padding-bottom: .3rem; }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #d8d8d8; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; height: auto; } .waits { border-left: 4px solid #b35900; padding-left: 1rem; }
.scroll { overflow-x: auto; }
"""


def page(standing: Standing, drawn: Sequence[Picture]) -> str:
    """The page as HTML: no script, no link to anywhere, everything that came from outside escaped."""
    course = escape(standing.folder.course_id)
    parts = [f"<h1>{course}: how the class stands</h1><p>{now()} UTC</p>"]
    parts.append(_quarantine(standing))
    rows = [
        (a.assignment, a.handed_in, a.marked, "–" if a.mean is None else f"{a.mean:.0%}", a.full, a.waiting)
        for a in standing.by_assignment()
    ]
    parts.append("<h2>Assignments</h2>")
    parts.append(_table(("assignment", "handed in", "marked", "mean", "full marks", "waiting"), rows, numbers_from=1))
    for picture in drawn:
        data = base64.b64encode(picture.png).decode("ascii")
        parts.append(f'<p><img alt="{escape(picture.alt)}" src="data:image/png;base64,{data}"></p>')
    if mistakes := standing.mistakes():
        parts.append("<h2>Misconceptions, and what to say about them</h2>")
        table = [(m.count, f"{m.lesson} {m.exercise}", m.name, m.hint, m.track) for m in mistakes]
        parts.append(_code(_table(("how many", "exercise", "mistake", "hint that students saw", "track"), table)))
    if flags := standing.flags():
        parts.append("<h2>Marked, but worth a look</h2><ul>" + "".join(f"<li>{escape(flag)}</li>" for flag in flags) + "</ul>")
    parts.append(_people(standing))
    parts.append("<h2>Marks</h2>")
    marks = [
        (
            row.student,
            " ".join(names_of(standing, row.student)),
            row.assignment,
            "" if row.score is None else f"{row.score:g}",
            f"{row.points:g}",
            f"-{row.late:g}" if row.late else "",
            row.status,
        )
        for row in standing.rows
    ]
    parts.append(_table(("student", "name", "assignment", "score", "of", "late", "status"), marks))
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{course}: report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _quarantine(standing: Standing) -> str:
    if not standing.quarantine:
        return "<p>Nothing is in quarantine.</p>"
    items = "".join(
        f"<li><strong>{escape(e.student)}</strong>, {escape('whole folder' if e.assignment == EVERY else e.assignment)}: "
        f"{escape(e.reason)}{' The mark in the gradebook stands.' if e.kept else ''}</li>"
        for e in standing.quarantine
    )
    return (
        f'<section class="waits"><h2>In quarantine: {len(standing.quarantine)}</h2>'
        f"<p>Not marked, and not counted as zero. Each needs a person.</p><ul>{items}</ul></section>"
    )


def _people(standing: Standing) -> str:
    """Students who may need a word, and pairs of hand-ins that are alike."""
    parts = []
    if words := needs_a_word(standing):
        rows = [(student, *names_of(standing, student), why) for student, why in words]
        parts += ["<h2>Students who may need a word</h2>", _table(("student", "first name", "last name", "why"), rows)]
    if pairs := alike(standing):
        items = "".join(f"<li>{escape(str(pair))}</li>" for pair in pairs)
        parts.append(f"<h2>Answers that are nearly the same</h2><p>{escape(FAIR)}</p><ul>{items}</ul>")
    return "".join(parts)


def names_of(standing: Standing, student: str) -> tuple[str, str]:
    """First and last name of a student, as far as the roster has them."""
    known = standing.students.get(student, {})
    return known.get("first_name", ""), known.get("last_name", "")


def _code(html: str) -> str:
    """Hints are Markdown: what stands between backticks is code. Applied to what is escaped already."""
    return re.sub(r"`([^`<>]+)`", r"<code>\1</code>", html)


def _table(header: Iterable[str], rows: Iterable[Iterable[Any]], numbers_from: int = 99) -> str:
    def line(cells: Iterable[Any], tag: str) -> str:
        return "".join(
            f"<{tag}{' class=n' if i >= numbers_from else ''}>{escape(str(cell))}</{tag}>" for i, cell in enumerate(cells)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{line(header, "th")}</tr></thead><tbody>{body}</tbody></table></div>'
