"""What the tests of the engine share: short ways to write steps and to read outcomes."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from autograder.engine import Limits, Outcome, ProbeStep, RunStep, Work, run
from autograder.engine.process import GraderFault
from course.codec import encode

SMALL = Limits(step_seconds=5, total_seconds=30, memory_bytes=400 << 20, output_bytes=20_000, file_bytes=4 << 20, processes=12)


def probe(name: str, *cases: dict[str, Any], kind: str = "function", **options: Any) -> ProbeStep:
    """A probe of `name` with these cases."""
    return ProbeStep(f"check-{name}", name, kind, options, [encode(case, binary=True) for case in cases])


def work(*steps: str | ProbeStep, track: str = "numpy", limits: Limits = SMALL) -> Work:
    """Work from the sources of cells and probes."""
    named = [RunStep(f"cell-{i}", step) if isinstance(step, str) else step for i, step in enumerate(steps)]
    return Work("someone", track, tuple(named), limits)


def outcome(*steps: str | ProbeStep, track: str = "numpy", limits: Limits = SMALL) -> Outcome:
    """Run steps, behind the fence where this system has one; the grader itself must not fail."""
    result = run(work(*steps, track=track, limits=limits), unfenced=not fence_works())
    assert not result.fault, result.fault
    assert len(result.results) == len(steps)
    return result


def text(result: Any) -> str:
    """All that was printed, as one text."""
    return "".join(output.get("text", "") for output in result.outputs if output["output_type"] == "stream")


@cache
def fence_works() -> bool:
    """Whether this system can put a fence up."""
    from autograder.engine.parents import Parents

    with Parents() as parents:
        try:
            parents.start("numpy", SMALL).stop()
        except GraderFault:
            return False
    return True


def needs_fence() -> None:
    """Skip a test of the fence where the system has none."""
    if not fence_works():
        pytest.skip("this system refuses namespaces; the engine refuses to run there unless told so in words")
