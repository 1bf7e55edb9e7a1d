"""The test of the test: run a lesson's reference and known answers in a track, and see that each gets its due verdict."""

from __future__ import annotations

import ast
import hashlib
import linecache
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring import known
from autograder.authoring.errors import AuthorError
from autograder.authoring.source import Lesson
from autograder.spec import draw, public
from course import frameworks, render
from course.compare import Difference, compare
from course.frameworks import TRACKS
from course.probes import observe
from course.verdict import PASS, WRONG, Expectation, Observation, Verdict, decide

RUNS = "__runs__"
# A right answer that comes nearer than this to the edge of the tolerance will one day be refused on other cases.
ROOM = 0.5
_made: dict[tuple[Path, str], dict[str, Any]] = {}
LOADERS = ("data", "photographs", "pretrained")
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Row:
    """One answer of the matrix: what it is, the verdict due and the verdict given.

    `share` is a right answer's largest deviation from the expected values, as a share of what is tolerated.
    """

    exercise: str
    track: str
    label: str
    right: bool
    verdict: Verdict
    share: float = 0.0

    @property
    def ok(self) -> bool:
        """Right answers pass well inside the tolerance; each mistake fails and is called by its own name."""
        if self.right:
            return self.verdict.passed and self.share < ROOM
        return not self.verdict.passed and self.verdict.mistake is not None and self.verdict.mistake.name == self.label

    @property
    def given(self) -> str:
        if self.verdict.mistake:
            return self.verdict.mistake.name
        if self.verdict.passed and self.share >= ROOM:
            return f"right, but {self.share:.0%} of the tolerance is used up"
        return self.verdict.status

    @property
    def why(self) -> str:
        """For a verdict that is not due: what an author wants to know in order to mend the answer, the twin or the cases."""
        if self.right:
            return self.given if self.verdict.passed else render.text(self.verdict)
        if self.verdict.mistake:
            return f"taken for {self.verdict.mistake.name!r}"
        if self.verdict.error:
            return f"fails unlike its twin: {self.verdict.error['type']}: {self.verdict.error['message']}"
        return {PASS: "no case tells it from a right answer", WRONG: "wrong, but its result is not its twin's"}.get(
            self.verdict.status, f"known_{self.track}.py has no such answer"
        )


def namespace(lesson: Lesson, track: str) -> dict[str, Any]:
    """The imports, functions and classes of a track's script, without its demonstrations (which take time).

    What stands in a cell of the student's own ({own}) runs as a whole, on what `data.…(…)` and other LOADERS give: later
    answers may need a network trained there. Such names are made once, and so is every answer over them (`run`).
    """
    key = (lesson.path, track)
    if key in _made:
        return dict(_made[key])
    own = {block.name for block in lesson.blocks if block.kind == "own"}
    shown = {block.name for block in lesson.blocks if own and block.kind == "code"}
    names: dict[str, Any] = {"__name__": f"tandem_{track}"}
    if own:
        frameworks.get(track).seed(0)
    for slot in lesson.tracks[track].values():
        tree = ast.parse(slot.source)
        if slot.name not in own:
            tree.body = [node for node in tree.body if _is_light(node) or (slot.name in shown and _is_data(node))]
        _execute(tree, lesson.path / f"{track}.py", slot.line, names)
    if own:
        names[RUNS] = {}
        _made[key] = dict(names)
    return names


def _execute(tree: ast.Module, path: Path, first_line: int, names: dict[str, Any]) -> None:
    """Run a slot's statements. Raises AuthorError at the line that fails."""
    try:
        exec(compile(tree, str(path), "exec"), names)
    except Exception as error:
        raise _mistake(error, str(path), path, first_line) from None


def _mistake(error: Exception, file: str, path: Path, first_line: int) -> AuthorError:
    """An error in code that was compiled as `file`, at its line in `path`, where that code begins at `first_line`."""
    lines = [frame.lineno or 1 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return AuthorError(path, first_line + (lines[0] if lines else 1) - 1, f"{type(error).__name__}: {error}")


def _is_light(node: ast.stmt) -> bool:
    """Whether a statement defines or imports something, or gives names a literal."""
    return isinstance(node, DEFINITIONS) or _is_constant(node)


def _is_constant(node: ast.stmt) -> bool:
    """Whether a statement gives names a literal (`lr = 0.1`), and is not one that writes into something (`x[0] = 7`)."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and all(isinstance(target, ast.Name) for target in node.targets)
    )


def _is_data(node: ast.stmt) -> bool:
    """Whether a statement only gives names to data that are loaded: to what a function of one of the LOADERS returns."""
    call = node.value if isinstance(node, ast.Assign) else None
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id in LOADERS


def run(source: str, names: dict[str, Any], name: str) -> Any:
    """The object called `name` after running a piece of code over a copy of the names."""
    made = names.get(RUNS, {})
    if (name, source) not in made:
        names = dict(names)
        file = _file(source)
        # As in a notebook, an answer's source can be looked up: AutoGraph compiles a Python loop from it.
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), names)
        made[name, source] = names[name]
    return made[name, source]


def _file(source: str) -> str:
    """The name under which an answer is compiled."""
    return f"<answer {hashlib.sha256(source.encode()).hexdigest()[:16]}>"


def run_known(answer: known.Known, path: Path, names: dict[str, Any]) -> Any:
    """The object that a known answer of the file `path` makes. Raises AuthorError where the answer itself fails."""
    try:
        return run(answer.source, names, answer.exercise)
    except Exception as error:
        raise _mistake(error, _file(answer.source), path, answer.line) from None


def verdict(expectation: Expectation, answer: Any, track: str) -> Verdict:
    """The verdict on an object, run in this process: for answers of our own only."""
    return decide(expectation, see(expectation, answer, track), track)


def see(expectation: Expectation, answer: Any, track: str) -> list[Observation]:
    """The observations of an object on an expectation's cases."""
    cases = [case.inputs for case in expectation.cases]
    return observe(expectation.probe, answer, cases, frameworks.get(track), expectation.options)


def matrix(
    lesson: Lesson, track: str, seed: str = "", only: Callable[[known.Known], bool] = lambda answer: True
) -> Iterator[Row]:
    """Every known answer of a lesson's track against the public cases, or against fresh ones from a seed.

    A misconception without a known answer in a track where it can exist counts as not caught. `only` chooses what is run.
    """
    names = namespace(lesson, track)
    answers, path = known.load(lesson, track), lesson.path / f"known_{track}.py"
    for exercise in lesson.exercises.values():
        expectation = draw(exercise, f"{seed}/{exercise.name}") if seed else public(exercise, lesson.name)
        mine = [answer for answer in answers if answer.exercise == exercise.name]
        planted = {answer.label for answer in mine if not answer.right}
        mine = [answer for answer in mine if only(answer)]
        tried = [("the reference answer", True, names[exercise.name])]
        tried += [(answer.label, answer.right, run_known(answer, path, names)) for answer in mine]
        for label, right, answer in tried:
            seen = see(expectation, answer, track)
            given = decide(expectation, seen, track)
            share = deviation(expectation, seen) if given.passed else 0.0
            yield Row(exercise.name, track, label, right, given, share)
        for m in exercise.misconceptions:
            if track in m.tracks and m.name not in planted:
                yield Row(exercise.name, track, m.name, False, Verdict("not planted", exercise.name, len(expectation.cases)))


def parity(lesson: Lesson, seed: str) -> Iterator[tuple[str, Difference | None]]:
    """For each exercise, the first difference between the two tracks' reference answers on fresh cases.

    Banded observations are random and differ by nature, and so do predictions; the matrix holds each track's to what is asked.
    """
    names = {track: namespace(lesson, track) for track in TRACKS}
    for exercise in lesson.exercises.values():
        expectation = draw(exercise, f"{seed}/{exercise.name}")
        seen = {track: see(expectation, names[track][exercise.name], track) for track in TRACKS}
        differences = (
            compare(_comparable(one, expectation), other, expectation.tolerance)
            for one, other in zip(seen["pytorch"], seen["tensorflow"], strict=True)
        )
        yield exercise.name, next((d for d in differences if d), None)


def _comparable(seen: Observation, expectation: Expectation) -> Observation:
    return {key: value for key, value in seen.items() if key not in expectation.bands and key not in expectation.accuracy}


def deviation(expectation: Expectation, seen: list[Observation]) -> float:
    """The largest deviation of a right answer from the expected values, as a share of what is tolerated."""
    cases = zip(expectation.cases, seen, strict=True)
    return max(_share(_comparable(case.expected, expectation), one, expectation) for case, one in cases)


def _share(expected: Any, received: Any, expectation: Expectation) -> float:
    if isinstance(expected, dict):
        return max((_share(value, received.get(key), expectation) for key, value in expected.items()), default=0.0)
    if isinstance(expected, list):
        return max((_share(e, r, expectation) for e, r in zip(expected, received, strict=True)), default=0.0)
    if isinstance(expected, (bool, str)) or expected is None:
        return 0.0
    e, r = np.asarray(expected, dtype=np.float64), np.asarray(received, dtype=np.float64)
    finite = np.isfinite(e)
    allowed = expectation.tolerance.atol + expectation.tolerance.rtol * np.abs(e[finite])
    return float(np.max(np.abs(r[finite] - e[finite]) / allowed, initial=0.0))
