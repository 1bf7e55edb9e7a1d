"""A lesson read from its four files, with everything checked that a reader of the lesson would trip over."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.errors import AuthorError
from autograder.authoring.markdown import QUIZZES, SLOTS, Block, FrontMatter, load_yaml, read_lesson_text
from autograder.authoring.scripts import BEGIN, END, Slot, has_solution, names_given, read_script, value_at_end
from autograder.spec import Exercise, SpecError
from course.frameworks import TRACKS

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS, LESSONS = ROOT / "solutions", ROOT / "lessons"


@dataclass(frozen=True)
class Lesson:
    """A lesson's source: text blocks, the slots of each track, exercises by name, quiz."""

    name: str
    path: Path
    front: FrontMatter
    blocks: list[Block]
    tracks: dict[str, dict[str, Slot]]
    exercises: dict[str, Exercise]
    quiz: dict[str, list[dict[str, Any]]]

    @property
    def title(self) -> str:
        return self.front.title

    @property
    def answers(self) -> list[Block]:
        """The questions that are answered in words and marked by a person."""
        return [block for block in self.blocks if block.kind == "answer"]

    @property
    def points(self) -> float:
        return sum(task.points for task in (*self.exercises.values(), *self.answers))


def names(solutions: Path = SOLUTIONS) -> list[str]:
    """Names of all lessons that have a source, in the course's order (numbered lessons carry their number)."""
    found = [path.parent.name for path in solutions.glob("*/lesson.md")]
    return sorted(found, key=order)


# A lab follows the lesson that it practises.
LABS = {"lab-digits": "04-z", "lab-frameworks": "06-z", "lab-pets": "09-z"}


def order(name: str) -> str:
    """Sort key of a lesson's name in the syllabus."""
    return LABS.get(name, name)


def load(name: str, solutions: Path = SOLUTIONS) -> Lesson:
    """Read and check a lesson. Raises AuthorError with file and line."""
    path = solutions / name
    front, blocks = read_lesson_text(path / "lesson.md")
    tracks = {track: {slot.name: slot for slot in read_script(path / f"{track}.py")} for track in TRACKS}
    exercises = load_exercises(path / "exercises.py")
    lesson = Lesson(name, path, front, blocks, tracks, exercises, _load_quiz(path / "quiz.yml"))
    _check_slots(lesson)
    _check_blocks(lesson)
    return lesson


def load_exercises(path: Path) -> dict[str, Exercise]:
    """The EXERCISES of an exercises.py, by name. Raises AuthorError at the line that fails."""
    if not path.is_file():
        raise AuthorError(path, 1, "this file is missing")
    module_name = "tandem_exercises_" + "".join(c if c.isalnum() else "_" for c in str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses and pickling look their module up
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise AuthorError(path, error.lineno or 1, f"Python: {error.msg}") from None
    except Exception as error:
        frames = [f.lineno or 1 for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        what = str(error) if isinstance(error, SpecError) else f"{type(error).__name__}: {error}"
        raise AuthorError(path, frames[-1] if frames else 1, what) from None
    exercises = getattr(module, "EXERCISES", None)
    if not isinstance(exercises, list) or not exercises or not all(isinstance(e, Exercise) for e in exercises):
        raise AuthorError(path, 1, "EXERCISES = [...] must list the lesson's exercises")
    by_name: dict[str, Exercise] = {}
    for exercise in exercises:
        if exercise.name in by_name:
            raise AuthorError(path, lines_of_exercise(path, exercise.name)[-1], f"two exercises are called {exercise.name!r}")
        by_name[exercise.name] = exercise
    return by_name


def line_of_exercise(path: Path, name: str) -> int:
    """Where an exercise is specified, to point an author at it."""
    return lines_of_exercise(path, name)[0]


def lines_of_exercise(path: Path, name: str) -> list[int]:
    """The lines that give an exercise this name; the first line of the file when none is recognised."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [i for i, line in lines if f'name="{name}"' in line or f'Exercise("{name}"' in line] or [1]


def _check_slots(lesson: Lesson) -> None:
    text_path = lesson.path / "lesson.md"
    wanted = [block for block in lesson.blocks if block.kind in SLOTS]
    seen: dict[str, int] = {}
    for block in wanted:
        if block.name in seen:
            raise AuthorError(text_path, block.line, f"the slot {block.name!r} is already at line {seen[block.name]}")
        seen[block.name] = block.line
    for track in TRACKS:
        path, slots = lesson.path / f"{track}.py", lesson.tracks[track]
        for block in wanted:
            if block.name not in slots:
                raise AuthorError(text_path, block.line, f"the slot {block.name!r} is missing in {path.name}")
        for slot in slots.values():
            if slot.name not in seen:
                raise AuthorError(path, slot.line - 1, f"the slot {slot.name!r} has no place in lesson.md")
        for block, slot in zip(wanted, slots.values(), strict=True):
            if block.name != slot.name:
                raise AuthorError(path, slot.line - 1, f"the slot {slot.name!r} stands where lesson.md has {block.name!r}")
            _check_slot(path, block, slot)


def _check_slot(path: Path, block: Block, slot: Slot) -> None:
    if block.kind == "code" and has_solution(slot):
        raise AuthorError(path, slot.line, f"{slot.name!r} is shown to students as it is, but holds a solution")
    if block.kind != "code" and not has_solution(slot):
        raise AuthorError(path, slot.line, f"{slot.name!r} is the student's to write, but marks no solution: {BEGIN} … {END}")
    if block.kind == "exercise" and block.name not in names_given(slot.source):
        raise AuthorError(path, slot.line, f"the slot {slot.name!r} does not define {slot.name!r}, which its check looks at")
    if block.kind == "exercise" and (at := value_at_end(slot.source)) is not None:
        raise AuthorError(path, slot.line + at, f"{slot.name!r} ends in a value, which nbgrader reads as a score; assign it")


def _check_blocks(lesson: Lesson) -> None:
    text_path, spec_path = lesson.path / "lesson.md", lesson.path / "exercises.py"
    placed = {block.name: block for block in lesson.blocks if block.kind == "exercise"}
    for name, block in placed.items():
        if name not in lesson.exercises:
            raise AuthorError(text_path, block.line, f"the exercise {name!r} is not in exercises.py")
    for name in lesson.exercises:
        if name not in placed:
            raise AuthorError(spec_path, line_of_exercise(spec_path, name), f"the exercise {name!r} has no place in lesson.md")
    taken = {block.name for block in lesson.blocks if block.kind in SLOTS}
    for block in lesson.answers:
        if block.name in taken:
            raise AuthorError(text_path, block.line, f"the name {block.name!r} is already taken")
        taken.add(block.name)
    for part in QUIZZES:
        if not any(block.kind == "quiz" and block.name == part for block in lesson.blocks):
            raise AuthorError(text_path, 1, f"the lesson has no {{quiz}} {part}")
    if not any(block.kind == "review" for block in lesson.blocks):
        raise AuthorError(text_path, 1, "the lesson has no {review}")


def check_needs(lesson: Lesson, there: Collection[str]) -> None:
    """What a lesson needs is among the lessons that there are. Raises AuthorError."""
    path = lesson.path / "lesson.md"
    for name in lesson.front.needs:
        if name not in there:
            line = _find(path.read_text(encoding="utf-8"), name)
            raise AuthorError(path, line, f"`needs` names {name!r}, which is no lesson; there are {', '.join(there)}")


def _load_quiz(path: Path) -> dict[str, list[dict[str, Any]]]:
    if not path.is_file():
        raise AuthorError(path, 1, "this file is missing")
    text = path.read_text(encoding="utf-8")
    data = load_yaml(path, text)
    if not isinstance(data, dict) or set(data) != {*QUIZZES, "review"}:
        raise AuthorError(path, 1, f"a quiz has the parts {', '.join(QUIZZES)} and review")
    for part, items in data.items():
        if not isinstance(items, list) or not items:
            raise AuthorError(path, _find(text, f"{part}:"), f"{part} is a list of questions")
        for item in items:
            problem = _review_problem(item) if part == "review" else _question_problem(item)
            if problem:
                question = str(item.get("question", part))[:30] if isinstance(item, dict) else part
                raise AuthorError(path, _find(text, question), problem)
    return data


def _find(text: str, piece: str) -> int:
    return next((i + 1 for i, line in enumerate(text.splitlines()) if piece in line), 1)


def _review_problem(item: Any) -> str:
    if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in ("question", "answer")):
        return "a review question has a question and a model answer"
    return ""


def _question_problem(item: Any) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("question"), str):
        return "a question has the key `question`"
    options = item.get("options")
    if not isinstance(options, list) or len(options) < 2:
        return "a question has at least two options"
    for number, option in enumerate(options, 1):
        if not isinstance(option, dict) or not all(isinstance(option.get(key), str) for key in ("text", "why")):
            what = "an option has `text` and `why` (the reason that it is right or wrong), both texts"
            return f"{what}; look at option {number} (a number or yes stands in quotation marks)"
        for key in option:
            if key not in ("text", "why", "right"):
                return f"an option has `text`, `why` and perhaps `right: true`, but option {number} has `{key}`"
    right = sum(option.get("right") is True for option in options)
    return "" if right == 1 else f"exactly one option is `right: true`, and here {right} are"
