"""A fresh process for one submission: the child imports its framework itself. Slower than a fork of a warm parent, and
possible where forking a process that has imported a framework is not."""

from __future__ import annotations

import json
import sys

from autograder.engine import child
from autograder.engine import limits as limiting
from autograder.engine.protocol import ChildEnd
from autograder.engine.supervisor import Job, supervise


def main() -> None:
    """Run the job that stands as JSON in the last argument. Never returns."""
    supervise(Job.unpack(json.loads(sys.argv[-1])), body)


def body(job: Job) -> None:
    """In the fenced child: import everything, then serve."""
    child.home(job.folder)
    shell = child.prepare(job.limits.output_bytes)
    child.load(job.track)
    limiting.apply(job.limits)
    child.serve(shell, ChildEnd(job.requests, job.answers), job.track, job.folder, job.limits.output_bytes)
