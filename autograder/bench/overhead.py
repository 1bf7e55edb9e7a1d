"""Where the grader's own time goes: each stage of one submission after the other, in this process, measured by itself."""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import median

from autograder.bench.classes import Classes
from autograder.classroom import feedback, gradebook, record
from autograder.classroom.intake import release_notebook, take
from autograder.classroom.plan import plan, work
from autograder.engine.drive import Drive
from autograder.engine.parents import Parents

STAGES = ("read and rebuild", "start, fence, protocol, end", "judge and record", "gradebook")
ASIDE = "feedback page, by a second process"


def stages(classes: Classes, lesson: str, track: str, submissions: int, unfenced: bool) -> dict[str, float]:
    """Median seconds of each stage, of the student's own cells and checks, and of the overhead in all."""
    folder, assignment = classes.make(lesson, track, submissions, f"{lesson}-{track}-overhead")
    planned = plan(folder, assignment, release_notebook(folder, assignment))
    times: dict[str, list[float]] = defaultdict(list)
    with Parents(unfenced=unfenced, ahead=True) as parents:
        parents.start(track, planned.limits).stop()
        gradebook.prepare()
        for number in range(submissions):
            marks = [time.perf_counter()]
            submission = take(folder, f"s{number:04}", assignment, planned.release)
            job = work(submission, planned)
            marks.append(time.perf_counter())
            outcome = Drive(job, parents.start).run()
            marks.append(time.perf_counter())
            done = record.judge(submission, planned, outcome)
            record.save(folder, done)
            marks.append(time.perf_counter())
            gradebook.save_marks(folder, done)
            marks.append(time.perf_counter())
            feedback.write(folder, assignment, done.student)
            times[ASIDE].append(time.perf_counter() - marks[-1])
            own = sum(result.seconds for result in outcome.results)
            spent = [b - a for a, b in zip(marks, marks[1:], strict=False)]
            spent[1] -= own
            for name, seconds in zip(STAGES, spent, strict=True):
                times[name].append(seconds)
            times["the student's own"].append(own)
            times["overhead"].append(sum(spent))
    return {name: median(values) for name, values in times.items()}
