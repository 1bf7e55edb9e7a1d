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
    """Run one code cell."""

    cell_id: str
    source: str


@dataclass(frozen=True)
class ProbeStep:
    """Probe the object called `name`: `cases` are the inputs, already encoded by `course.codec`."""

    cell_id: str
    name: str
    probe: str
    options: dict[str, Any]
    cases: list[Any]


@dataclass(frozen=True)
class Work:
    """A submission to be run: steps in the notebook's order."""

    submission: str
    track: str
    steps: tuple[RunStep | ProbeStep, ...]
    limits: Limits = Limits()


@dataclass
class StepResult:
    """What a step did: `outputs` as nbformat output dicts (of run cells), `observations` decoded (of probes).

    `reason` says in plain words why a step did not end well: for the student, so without any expected value.
    """

    cell_id: str
    status: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    observations: list[Any] | None = None
    reason: str = ""
    seconds: float = 0.0


@dataclass
class Outcome:
    """All steps' results, in order. `fault` is set when the grader, not the student, failed: then nothing counts."""

    submission: str
    results: list[StepResult]
    fault: str = ""
    seconds: float = 0.0
