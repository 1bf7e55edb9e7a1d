"""Reading `lesson.md`: front matter, prose, and the directives that name slots."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autograder.authoring.errors import AuthorError
from course.frameworks import TRACKS

OPEN = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<kind>[^}]*)\}[ \t]*(?P<name>.*?)[ \t]*$")
# What somebody wrote who meant a directive: a space or a colon too few, a brace that is not closed, a ::: without a beginning.
NEARLY = re.compile(r"^ *(:{2,}|`{3,} *\{)")
PLAIN_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
DIRECTIVES = {"code", "exercise", "own", "challenge", "answer", "quiz", "review", "only"}
SLOTS = {"code", "exercise", "own", "challenge"}
QUIZZES = ("pre", "post")


@dataclass(frozen=True)
class Block:
    """A piece of a lesson: prose (kind "prose") or a directive, with its text and the line where it begins.

    An `answer` is a question to be answered in words: its points, and the model answer that only instructors see.
    """

    kind: str
    name: str
    text: str
    line: int
    points: float = 0
    model: str = ""


@dataclass(frozen=True)
class FrontMatter:
    """What stands above a lesson's prose."""

    title: str
    minutes: int
    goals: tuple[str, ...]
    needs: tuple[str, ...]
    summary: str
    grading: dict[str, float] = field(default_factory=dict)
    """Limits of its own when it is graded, as in `Limits`: seconds for a lesson that computes much."""


def read_lesson_text(path: Path) -> tuple[FrontMatter, list[Block]]:
    """Front matter and blocks of a lesson.md. Raises AuthorError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise AuthorError(path, 1, "the lesson's text is missing") from None
    except UnicodeDecodeError as error:
        raise AuthorError(path, 1, f"the text is not UTF-8: {error}") from None
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        raise AuthorError(path, 1, "the text begins with front matter between two lines of ---")
    end = lines.index("---", 1)
    return _front_matter(path, lines[1:end]), _blocks(path, lines, end + 1)


def load_yaml(path: Path, text: str, first_line: int = 1) -> Any:
    """YAML, or an AuthorError at its line."""
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        problem = error.problem or str(error)
        hint = "; a text that holds a colon stands in quotation marks" if "mapping values" in problem else ""
        raise AuthorError(path, first_line + line, f"YAML: {problem}{hint}") from None
    except yaml.YAMLError as error:
        raise AuthorError(path, first_line, f"YAML: {error}") from None


def _front_matter(path: Path, lines: list[str]) -> FrontMatter:
    data = load_yaml(path, "\n".join(lines), 2)
    if not isinstance(data, dict):
        raise AuthorError(path, 2, "front matter is a list of `key: value` lines")
    wanted = {"title": str, "minutes": int, "summary": str, "goals": list, "needs": list}
    words = {str: "a text", int: "a whole number", list: "a list"}
    for key, kind in wanted.items():
        if not isinstance(data.get(key), kind):
            raise AuthorError(path, _line_of(lines, key), f"front matter needs `{key}`: {words[kind]}")
    for key in data:
        if key not in (*wanted, "grading"):
            there = ", ".join((*wanted, "grading"))
            raise AuthorError(path, _line_of(lines, str(key)), f"front matter has no key `{key}`; it has {there}")
    if not data["goals"]:
        raise AuthorError(path, _line_of(lines, "goals"), "a lesson has goals")
    goals, needs = tuple(map(str, data["goals"])), tuple(map(str, data["needs"]))
    grading = _grading(path, data.get("grading", {}), _line_of(lines, "grading"))
    return FrontMatter(data["title"], data["minutes"], goals, needs, data["summary"].strip(), grading)


SECONDS = ("step_seconds", "total_seconds")


def _grading(path: Path, value: Any, line: int) -> dict[str, float]:
    """Seconds for one cell and for the whole notebook, where the usual ones do not do. Raises AuthorError."""
    right = isinstance(value, dict) and all(
        key in SECONDS and isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 0 < seconds < 86_400
        for key, seconds in value.items()
    )
    if not right:
        raise AuthorError(path, line, f"`grading` gives {' and '.join(SECONDS)}, such as {{step_seconds: 240}}")
    return {key: float(seconds) for key, seconds in value.items()}


def _line_of(lines: list[str], key: str) -> int:
    return next((i + 2 for i, line in enumerate(lines) if line.startswith(f"{key}:")), 1)


def _blocks(path: Path, lines: list[str], start: int) -> list[Block]:
    blocks: list[Block] = []
    prose: list[str] = []
    prose_line, i, fence, fence_line = start + 1, start, "", 0

    def flush() -> None:
        text = "\n".join(prose).strip("\n")
        if text.strip():
            blocks.append(Block("prose", "", text, prose_line))
        prose.clear()

    while i < len(lines):
        line = lines[i]
        opened = OPEN.match(line)
        if opened and fence:
            raise AuthorError(path, fence_line, f"the code block opened with {fence} is not closed before line {i + 1}")
        if opened:
            flush()
            block, i = _directive(path, lines, i, opened)
            blocks.append(block)
            prose_line = i + 1
            continue
        if not fence and NEARLY.match(line):
            raise AuthorError(path, i + 1, _nearly(line))
        plain = PLAIN_FENCE.match(line)
        if plain and not fence:
            fence, fence_line = plain.group(1), i + 1
        elif plain and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence and line.startswith("## ") and prose:
            flush()  # a cell of its own for every section
            prose_line = i + 1
        prose.append(line)
        i += 1
    if fence:
        raise AuthorError(path, fence_line, f"the code block opened with {fence} is never closed")
    flush()
    return blocks


def _nearly(line: str) -> str:
    """What to say of a line that is nearly a directive."""
    if not line.strip().strip(":"):
        return f"{line.strip()} closes nothing: no directive is open here"
    right = "```{code} name or :::{exercise} name"
    return f"a directive begins with {right} at the start of a line, not with {line.strip()[:40]!r}"


def _directive(path: Path, lines: list[str], start: int, opened: re.Match[str]) -> tuple[Block, int]:
    kind, name, fence, line = opened["kind"], opened["name"], opened["fence"], start + 1
    if kind not in DIRECTIVES:
        raise AuthorError(path, line, f"unknown directive {{{kind}}}; there are {', '.join(sorted(DIRECTIVES))}")
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == fence), None)
    if end is None:
        raise AuthorError(path, line, f"the directive {{{kind}}} {name} is never closed with {fence}")
    for i in range(start + 1, end):
        if OPEN.match(lines[i]):
            raise AuthorError(path, line, f"the directive {{{kind}}} {name} is not closed with {fence} before line {i + 1}")
    body = "\n".join(lines[start + 1 : end]).strip("\n")
    if kind in SLOTS and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise AuthorError(path, line, f"{{{kind}}} needs the name of a slot, not {name!r}")
    if kind == "answer":
        return _answer(path, name, body, line), end + 1
    if kind in ("exercise", "own", "challenge") and not body.strip():
        raise AuthorError(path, line, f"{{{kind}}} {name} has no text: say what the student is to do")
    if kind in ("code", "quiz", "review") and body.strip():
        raise AuthorError(path, line, f"{{{kind}}} {name} takes no text")
    if kind == "quiz" and name not in QUIZZES:
        raise AuthorError(path, line, f"{{quiz}} is followed by {' or '.join(QUIZZES)}, not {name!r}")
    if kind == "only" and name not in TRACKS:
        raise AuthorError(path, line, f"{{only}} is followed by {' or '.join(TRACKS)}, not {name!r}")
    return Block(kind, name, body, line), end + 1


def _answer(path: Path, head: str, body: str, line: int) -> Block:
    """`{answer} name points`: the question, a line of ---, the model answer."""
    found = re.fullmatch(r"([A-Za-z][A-Za-z0-9_-]*) +(\d+(?:\.\d+)?)", head)
    if not found or not float(found[2]) > 0:
        raise AuthorError(path, line, f"{{answer}} is followed by a name and points, like `{{answer}} layers 2`, not {head!r}")
    question, _, model = (part.strip() for part in f"{body}\n".partition("\n---\n"))
    if not question or not model:
        raise AuthorError(path, line, f"{{answer}} {found[1]} holds a question, a line of ---, and a model answer")
    return Block("answer", found[1], question, line, float(found[2]), model)
