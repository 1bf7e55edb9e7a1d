"""Everything that is generated: which files a lesson makes, writing them, and comparing them with what is committed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring import source
from autograder.authoring.errors import AuthorError
from autograder.authoring.pages import lesson_page, syllabus
from autograder.authoring.source import LESSONS, SOLUTIONS, Lesson
from autograder.authoring.weave import INSTRUCTOR, STUDENT, to_text, weave
from autograder.spec import SpecError, prove, public
from course.frameworks import TRACKS
from course.frozen import freeze


@dataclass(frozen=True)
class Generated:
    """A generated file and its text."""

    path: Path
    text: str


def build(names: list[str] | None = None, solutions: Path = SOLUTIONS, lessons: Path = LESSONS) -> Iterator[Generated]:
    """All generated files of the named lessons (default: all), and the syllabus. Raises AuthorError."""
    loaded = [source.load(name, solutions) for name in source.names(solutions)]
    titles = {lesson.name: lesson.title for lesson in loaded}
    for lesson in loaded:
        source.check_needs(lesson, titles)
        if names is None or lesson.name in names:
            yield from build_lesson(lesson, lessons / lesson.name, titles)
    yield Generated(lessons / "README.md", syllabus(loaded))


def build_lesson(lesson: Lesson, target: Path, titles: dict[str, str]) -> Iterator[Generated]:
    """The generated files of one lesson."""
    yield Generated(target / "README.md", lesson_page(lesson, titles))
    yield Generated(target / "checks.json", checks(lesson))
    for track in TRACKS:
        yield Generated(target / f"{track}.ipynb", to_text(weave(lesson, track, STUDENT)))
        yield Generated(lesson.path / f"instructor-{track}.ipynb", to_text(weave(lesson, track, INSTRUCTOR)))


def checks(lesson: Lesson) -> str:
    """checks.json: the public cases of every exercise, proven to tell, and the quiz; one case a line."""
    frozen = []
    for exercise in lesson.exercises.values():
        try:
            expectation = public(exercise, lesson.name)
            prove(exercise, expectation)
        except SpecError as error:
            path = lesson.path / "exercises.py"
            raise AuthorError(path, source.line_of_exercise(path, exercise.name), str(error)) from None
        frozen.append(freeze(expectation) | {"points": exercise.points})
    quiz = {part: lesson.quiz[part] for part in ("pre", "post")}
    head = {"lesson": lesson.name, "title": lesson.title, "order": source.order(lesson.name)}
    return _readable(head | {"exercises": frozen, "quiz": quiz}) + "\n"


def _readable(value: Any, depth: int = 0) -> str:
    """JSON whose first levels are indented and whose inner values stay on one line: a diff shows which case changed."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if depth > 4 or len(flat) < 120 or not isinstance(value, (dict, list)):
        return flat
    pad = " " * (depth + 1)
    if isinstance(value, dict):
        inner = [f"{pad}{json.dumps(key, ensure_ascii=False)}: {_readable(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n" + " " * depth + "}"
    return "[\n" + ",\n".join(pad + _readable(item, depth + 1) for item in value) + "\n" + " " * depth + "]"


def leftover(solutions: Path, lessons: Path) -> list[Path]:
    """Folders in lessons/ that no lesson makes any more: students would still find them there."""
    there = source.names(solutions)
    return sorted(checks.parent for checks in lessons.glob("*/checks.json") if checks.parent.name not in there)


def write(files: Iterator[Generated]) -> tuple[list[Path], int]:
    """Write what has changed; the paths written, and how many files there are in all."""
    written, total = [], 0
    for file in files:
        total += 1
        if not file.path.is_file() or file.path.read_text(encoding="utf-8") != file.text:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            file.path.write_text(file.text, encoding="utf-8", newline="\n")
            written.append(file.path)
    return written, total


def stale(files: Iterator[Generated]) -> list[Path]:
    """Generated files that are missing or not what the sources make."""
    return [f.path for f in files if not f.path.is_file() or f.path.read_text(encoding="utf-8") != f.text]
