"""How answers are run: in a process of their own, which is fenced, watched and never believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from autograder.engine.work import Limits, Outcome, ProbeStep, RunStep, StepResult, Work

if TYPE_CHECKING:
    from autograder.engine.parents import Parents

__all__ = ["Limits", "Outcome", "ProbeStep", "RunStep", "StepResult", "Work", "run", "run_all"]


def run(work: Work, *, unfenced: bool = False) -> Outcome:
    """Run one submission. The warm parent of its track stays for the next call, until this process ends.

    What the student does never raises; `Outcome.fault` says when the grader itself failed, as when the fence cannot be
    put up. `unfenced` runs without one.
    """
    from autograder.engine.drive import Drive

    return Drive(work, _parents(unfenced).start).run()


@cache
def _parents(unfenced: bool) -> Parents:
    import atexit

    from autograder.engine.parents import Parents

    parents = Parents(unfenced=unfenced)
    atexit.register(parents.close)
    return parents


def run_all(
    works: Iterable[Work], workers: int = 2, on_done: Callable[[Outcome], None] | None = None, *, unfenced: bool = False
) -> Iterator[Outcome]:
    """Run submissions, several at once, and yield their outcomes as they finish: see `autograder.engine.pool`."""
    from autograder.engine import pool

    return pool.run_all(works, workers, on_done, unfenced=unfenced)
