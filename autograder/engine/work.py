"""One submission's work and its outcome, as plain data: what goes to a worker and what comes back.

A step either runs a cell of the student's, or probes an object that the cells have made. Inputs go in, plain
observations come out; expected values and misconceptions never enter the student's process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OK, FAILED, TIMEOUT, CRASHED, SKIPPED = "ok", "failed", "timeout", "crashed", "skipped"


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Seconds of wall time, bytes."""

    step_seconds: float = 60.0
    total_seconds: float = 300.0
    memory_bytes: int = 4 << 30
    output_bytes: int = 1 << 20
    file_bytes: int = 64 << 20
    processes: int = 64


@dataclass(frozen=True)
class RunStep:
    """Run one code cell.

    `role` is "author" for a cell of the author's, whose names are remembered, and "test" for a test cell: it runs guarded,
    see `autograder.engine.guard`.
    """

    cell_id: str
    source: str
    role: str = ""


@dataclass(frozen=True)
class ProbeStep:
    """Probe the object called `name`: `cases` are the inputs, already encoded by `course.codec`."""

    cell_id: str
    name: str
    probe: str
    options: dict[str, Any]
    cases: list[Any]


@dataclass(frozen=True)
class Setup:
    """What a process is given before its first cell, where test cells share the student's interpreter.

    `files` are put beside the notebook, base64 by relative path; `genuine` are those of them which are the author's.
    `modules` are imported before the student's code can touch them, `imports` are the author's import statements.
    `classes` are the special methods of the author's own classes, `names` all names which the author's cells bind.
    `doubt` asks for a look at every value that a test touches.
    """

    files: dict[str, str] = field(default_factory=dict)
    genuine: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    doubt: bool = False


@dataclass(frozen=True)
class Work:
    """A submission to be run: steps in the notebook's order."""

    submission: str
    track: str
    steps: tuple[RunStep | ProbeStep, ...]
    limits: Limits = Limits()
    setup: Setup | None = None
    """Needed where there are test cells."""


@dataclass(frozen=True)
class Value:
    """What the last line of a test cell gave, as far as a score may depend on it.

    `text` is its repr, cut; `number` says whether it is any kind of number, or writes itself as one.
    """

    type: str
    text: str
    number: bool


@dataclass
class StepResult:
    """What a step did: `outputs` as nbformat output dicts (of run cells), `observations` decoded (of probes).

    Of test cells also the `value` of the last line, what was `changed` that tests rely on, and the `line` that failed.
    `reason` says in plain words why a step did not end well: for the student, so without any expected value.
    """

    cell_id: str
    status: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    observations: list[Any] | None = None
    reason: str = ""
    seconds: float = 0.0
    value: Value | None = None
    changed: list[str] = field(default_factory=list)
    line: int = 0


@dataclass
class Outcome:
    """All steps' results, in order. `fault` is set when the grader, not the student, failed: then nothing counts."""

    submission: str
    results: list[StepResult]
    fault: str = ""
    seconds: float = 0.0
