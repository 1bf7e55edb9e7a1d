"""Many submissions at once: as many workers as asked for, each driving one submission's process at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator

from autograder.engine.drive import Drive
from autograder.engine.parents import Parents
from autograder.engine.work import Outcome, Work

ATTEMPTS = 2


def run_all(
    works: Iterable[Work],
    workers: int = 2,
    on_done: Callable[[Outcome], None] | None = None,
    *,
    unfenced: bool = False,
    warm: bool | None = None,
    parents: Parents | None = None,
) -> Iterator[Outcome]:
    """Run submissions and yield their outcomes as they finish; `on_done` is called with each, in the caller's thread.

    A submission whose process failed through no fault of its own is tried once more; after that its outcome says what
    went wrong in `fault`. Leaving the loop early, or an error in it, kills what still runs. `works` is consumed in
    the caller's thread, and only as far as the workers need it, so it may be a generator over a large class.
    """
    if workers < 1:
        raise ValueError("at least one worker is needed")
    own = parents is None
    parents = Parents(unfenced=unfenced, warm=warm) if parents is None else parents
    crew = _Crew(parents, workers)
    try:
        waiting = 0
        for work in works:
            crew.todo.put(work)
            waiting += 1
            if waiting > 2 * workers:
                yield _reported(crew.done.get(), on_done)
                waiting -= 1
        for _ in range(waiting):
            yield _reported(crew.done.get(), on_done)
    finally:
        crew.stop()
        if own:
            parents.close()


def _reported(outcome: Outcome | BaseException, on_done: Callable[[Outcome], None] | None) -> Outcome:
    if isinstance(outcome, BaseException):
        raise outcome
    if on_done is not None:
        on_done(outcome)
    return outcome


class _Crew:
    """The worker threads. They only wait on pipes: the work is done in the students' processes."""

    def __init__(self, parents: Parents, workers: int) -> None:
        self.parents = parents
        self.todo: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.running: set[Drive] = set()
        self.threads = [threading.Thread(target=self._labour, name=f"grader-{i}", daemon=True) for i in range(workers)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Let each worker end; submissions that still run are killed."""
        self.stopping.set()
        for drive in list(self.running):
            drive.cancel()
        for _ in self.threads:
            self.todo.put(None)
        for thread in self.threads:
            thread.join()

    def _labour(self) -> None:
        while (work := self.todo.get()) is not None and not self.stopping.is_set():
            try:
                self.done.put(self._attempt(work))
            except BaseException as error:  # a defect of the grader's must not leave the caller waiting for ever
                self.done.put(error)

    def _attempt(self, work: Work) -> Outcome:
        for _ in range(ATTEMPTS):
            drive = Drive(work, self.parents.start)
            self.running.add(drive)
            if self.stopping.is_set():  # set between the last look and the line above: nobody else would cancel it
                drive.cancel()
            outcome = drive.run()
            self.running.discard(drive)
            if not outcome.fault or self.stopping.is_set():
                break
        return outcome
