"""`autograder grade`: intake, run, judge, record, gradebook, feedback. What is done is on disk as soon as it is done."""

from __future__ import annotations

import difflib
import fcntl
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from autograder.classroom import feedback, gradebook, handin, kinds, quarantine, record
from autograder.classroom.errors import ClassError, Refused
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.handin import visible
from autograder.classroom.quarantine import EVERY, Entry
from autograder.classroom.record import Record
from autograder.engine.work import Outcome, Work

Execute = Callable[[list[Work], int], Iterable[Outcome]]

GRADED, UNCHANGED, QUARANTINED, KEPT = "graded", "unchanged", "quarantined", "kept the earlier mark"
RENEWED = "feedback renewed"


@dataclass
class Watcher:
    """Told what happens while a class is graded; the base class looks away."""

    def started(self, total: int) -> None:
        """`total` submissions were handed in."""

    def done(self, student: str, assignment: str, what: str, record: Record | None) -> None:
        """A submission is finished: `what` is graded, unchanged, renewed, quarantined or kept."""


@dataclass
class Summary:
    """What a run has done: how many of what, and all that is in quarantine now."""

    counts: Counter[str] = field(default_factory=Counter)
    quarantine: list[Entry] = field(default_factory=list)


def execute(works: list[Work], workers: int, *, unfenced: bool = False, scheduler: str = "") -> Iterator[Outcome]:
    """Run submissions with the engine, outcomes as they come; on a Dask cluster where its scheduler's address is given.

    Raises ClassError when the fence cannot be put up, or the cluster not be used.
    """
    from autograder.engine import pool
    from autograder.engine.parents import Parents
    from autograder.engine.process import FenceRefused, GraderFault

    if not works:
        return
    if scheduler:
        yield from _on_cluster(works, scheduler, unfenced)
        return
    with Parents(unfenced=unfenced, ahead=True) as parents:
        # One look in front of the class: better one refusal than the same one for every student.
        with suppress(GraderFault):
            try:
                parents.start(works[0].track, works[0].limits).stop()
            except FenceRefused as refusal:
                raise ClassError(f"{refusal} (autograder grade ... --unfenced)") from None
        yield from pool.run_all(works, workers, parents=parents)


def _on_cluster(works: list[Work], scheduler: str, unfenced: bool) -> Iterator[Outcome]:
    from autograder.engine import cluster
    from autograder.engine.process import FenceRefused

    try:
        yield from cluster.run_all(works, scheduler, unfenced=unfenced)
    except cluster.ClusterError as error:
        raise ClassError(str(error)) from None
    except FenceRefused as refusal:
        raise ClassError(f"{refusal} (autograder grade ... --unfenced)") from None


def grade(
    folder: ClassFolder,
    assignments: list[Assignment],
    *,
    workers: int = 1,
    regrade: bool = False,
    students: list[str] | None = None,
    watcher: Watcher | None = None,
    run: Execute = execute,
) -> Summary:
    """Grade what was handed in for some assignments. Raises ClassError when the class folder itself is at fault."""
    with locked(folder):
        return _Grader(folder, assignments, regrade, students, watcher or Watcher()).grade(workers, run)


@contextmanager
def locked(folder: ClassFolder) -> Iterator[None]:
    """Only one grader works on a class at a time. Raises ClassError when there is one already."""
    folder.lock.parent.mkdir(exist_ok=True)
    handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ClassError(f"Another `autograder grade` is at work on {folder.root}. Wait until it has finished.") from None
        yield
    finally:
        os.close(handle)


class _Grader:
    def __init__(
        self,
        folder: ClassFolder,
        assignments: list[Assignment],
        regrade: bool,
        students: list[str] | None,
        watcher: Watcher,
    ) -> None:
        self.folder, self.assignments, self.regrade, self.only = folder, assignments, regrade, students
        self.watcher = watcher
        self.seen: list[tuple[str, str]] = []
        self.entries: list[Entry] = []
        self.summary = Summary()
        self.plans: dict[str, kinds.AnyPlan] = {}
        self.waiting: dict[str, kinds.AnySubmission] = {}
        """Submissions to be run, by the name that their work carries."""
        self.pieces: dict[str, list[Outcome]] = {}
        """What is done already of submissions that are several pieces of work."""
        self.same: list[tuple[Record, kinds.AnySubmission]] = []
        """Hand-ins that were graded before as they are."""
        self.marked: dict[str, dict[str, float]] = {}
        """Automatic marks in the gradebook when the run began, by assignment and student."""
        self.hands: dict[str, dict[str, str]] = {}
        """What persons had marked or written by then, as `gradebook.by_hand` tells it."""

    def grade(self, workers: int, run: Execute) -> Summary:
        self.clear_gone()
        try:
            handed_in = self.look()
            for made in self.plans.values():
                kinds.prove(self.folder, made, run)
            self.watcher.started(len(handed_in))
            for student, assignment in handed_in:
                self.take(student, assignment)
            works = [work for submission in self.waiting.values() for work in kinds.works(submission, self.plan_of(submission))]
            # nbgrader takes as long to import as a framework, so the two are imported at the same time.
            with feedback.Pages(self.folder, len(self.waiting), self.hands) as self.pages, ThreadPoolExecutor(1) as aside:
                looked_up = aside.submit(self.look_up)
                if self.same:
                    looked_up.result()
                for old, submission in self.same:
                    self.keep(old, submission)
                for outcome in run(works, workers):
                    looked_up.result()
                    self.arrived(outcome)
                looked_up.result()
            for known, why in self.pages.failed:
                reason = f"marked, but its feedback page could not be written: {why}"
                self.entries.append(Entry(known.student, known.assignment, reason, "", kept=True))
            for submission in list(self.waiting.values()):
                self.refuse(submission.student, submission.assignment, "the grader gave no result for it: grade again")
        finally:
            # An interrupted run keeps what it has found out so far.
            self.summary.quarantine = quarantine.update(self.folder, self.seen, self.entries)
        return self.summary

    def plan_of(self, submission: kinds.AnySubmission) -> kinds.AnyPlan:
        return self.plans[submission.assignment.name]

    def arrived(self, outcome: Outcome) -> None:
        """A piece of work is done. A submission is finished with the last of its pieces."""
        name = kinds.submission_name(outcome.submission)
        pieces = self.pieces.setdefault(name, [])
        pieces.append(outcome)
        submission = self.waiting.get(name)
        if submission is not None and len(pieces) == kinds.pieces(submission):
            del self.waiting[name]
            self.finish(submission, self.pieces.pop(name))

    def look_up(self) -> None:
        """Read the marks that are there. Raises ClassError when the gradebook cannot be used."""
        for assignment in self.assignments:
            if assignment.name in self.plans:
                self.marked[assignment.name] = gradebook.automatic_scores(self.folder, assignment)
                self.hands[assignment.name] = gradebook.by_hand(self.folder, assignment)
        gradebook.prepare()

    def clear_gone(self) -> None:
        """What was in quarantine and is no longer handed in leaves it."""
        for entry in quarantine.read(self.folder):
            path = self.folder.submitted / entry.student
            if entry.assignment != EVERY:
                path = path / entry.assignment
            if not os.path.lexists(path):
                self.seen.append((entry.student, entry.assignment))

    def look(self) -> list[tuple[str, Assignment]]:
        """What was handed in; names that no student has go to quarantine. Plans are made for what there is."""
        ids, problems = handin.students(self.folder.submitted)
        for name, problem in problems.items():
            shown = visible(name)
            self.seen.append((shown, EVERY))
            self.entries.append(Entry(shown, EVERY, f"submitted/{shown}: {problem}. Nothing in it was read.", ""))
            self.summary.counts[QUARANTINED] += 1
        self.seen += [(entry.student, EVERY) for entry in quarantine.read(self.folder) if entry.assignment == EVERY]
        if self.only is not None:
            ids = [student for student in ids if student in self.only]
        for student in ids:
            self.look_for_strangers(student)
        found = []
        for assignment in self.assignments:
            mine = [student for student in ids if handin.has_handed_in(self.folder.submitted, student, assignment.name)]
            if mine:
                self.plans[assignment.name] = kinds.plan(self.folder, assignment)
            found += [(student, assignment) for student in mine]
        return found

    def look_for_strangers(self, student: str) -> None:
        """A hand-in for an assignment that the class does not have is most likely misspelt: it must not go unseen."""
        for name in handin.folders_of(self.folder.submitted, student):
            # What an instructor has added to source/ by hand is graded by nbgrader's own commands.
            if name not in self.folder.assignments and not (self.folder.source / name).is_dir():
                shown = visible(name)
                close = difflib.get_close_matches(name, self.folder.assignments, 1)
                hint = f" Is it {close[0]}?" if close else ""
                self.seen.append((student, shown))
                self.entries.append(Entry(student, shown, f"this class has no assignment {shown}.{hint}", ""))
                self.summary.counts[QUARANTINED] += 1

    def take(self, student: str, assignment: Assignment) -> None:
        """Read a hand-in; run it unless the very same was run before."""
        plan = self.plans[assignment.name]
        try:
            submission = kinds.take(self.folder, student, assignment, plan)
        except Refused as refusal:
            self.refuse(student, assignment, f"{refusal}.")
            return
        except Exception as error:
            # Whatever a file can do to the reader, it costs its own hand-in a look by a person and nobody else's.
            self.refuse(student, assignment, f"it could not be read ({type(error).__name__}: {visible(str(error))}).")
            return
        old = record.load(self.folder, student, assignment)
        if old and not self.regrade and old.fingerprint == kinds.fingerprint(submission, plan):
            self.same.append((old, submission))
        else:
            self.waiting[f"{assignment.name}/{student}"] = submission

    def keep(self, old: Record, submission: kinds.AnySubmission) -> None:
        """The same was graded before: at most the gradebook has still to hear of it."""
        assignment = submission.assignment
        self.seen.append((old.student, old.assignment))
        if old.stale or old.claimed != submission.claimed:
            old.stale, old.claimed = "", submission.claimed
            record.save(self.folder, old)
        if not gradebook.is_saved(self.folder, old, self.marked[assignment.name]):
            if self.store(old, assignment):
                self.count(old.student, assignment, UNCHANGED, old)
        elif not gradebook.is_told(self.folder, old, self.hands[assignment.name].get(old.student, "")):
            self.pages.write(old)
            self.count(old.student, assignment, RENEWED, old)
        else:
            self.count(old.student, assignment, UNCHANGED, old)

    def finish(self, submission: kinds.AnySubmission, outcomes: list[Outcome]) -> None:
        """Judge a run, write its record, and then the gradebook and the feedback."""
        student, assignment = submission.student, submission.assignment
        for outcome in outcomes:
            if outcome.fault:
                self.refuse(student, assignment, f"the grader failed, not the student: {outcome.fault} Grade again.")
                return
        try:
            new = kinds.judge(submission, self.plans[assignment.name], outcomes)
        except Refused as refusal:
            self.refuse(student, assignment, f"{refusal}.")
            return
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__} at {where.name}, line {where.lineno}"
            self.refuse(student, assignment, f"the judge failed, not the student ({what}). Please report this.")
            return
        record.save(self.folder, new)
        self.seen.append((student, assignment.name))
        if self.store(new, assignment):
            self.count(student, assignment, GRADED, new)

    def store(self, new: Record, assignment: Assignment) -> bool:
        try:
            gradebook.save_marks(self.folder, new)
        except ClassError as error:
            self.entries.append(Entry(new.student, assignment.name, f"marked, but not in the gradebook: {error}", ""))
            self.count(new.student, assignment, QUARANTINED, new)
            return False
        self.pages.write(new)
        return True

    def refuse(self, student: str, assignment: Assignment, reason: str) -> None:
        """Put a hand-in into quarantine. An earlier mark stays, and is flagged."""
        self.seen.append((student, assignment.name))
        self.waiting.pop(f"{assignment.name}/{student}", None)
        old = record.load(self.folder, student, assignment)
        if old:
            old.stale = reason
            record.save(self.folder, old)
        self.entries.append(Entry(student, assignment.name, reason, "", kept=old is not None))
        self.count(student, assignment, KEPT if old else QUARANTINED, old)

    def count(self, student: str, assignment: Assignment, what: str, known: Record | None) -> None:
        self.summary.counts[what] += 1
        self.watcher.done(student, assignment.name, what, known)
