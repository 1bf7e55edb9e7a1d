"""The same work on a Dask cluster: submissions run on its workers, and everything that decides stays here.

Each worker keeps warm parents of its own, one for each framework, and puts up the same fences. A worker that dies loses
nothing: the scheduler gives its work to another one, up to `distributed.scheduler.allowed-failures` times (3 unless it is
configured otherwise). What was on a worker at each of that many deaths is tried once more alone; a submission that takes
workers down alone comes back with a fault, never with a mark.

Between us and the workers Dask carries pickles, as it always does: whoever can talk to the scheduler can run code on it. Use a
network of your own, or TLS (`tls://` addresses, with Dask's own settings for certificates). Students' processes talk to their
worker as they do everywhere, by JSON that is read strictly.
"""

from __future__ import annotations

import hashlib
import math
import time
from asyncio import CancelledError
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.engine.process import FenceRefused
from autograder.engine.work import Outcome, Work

if TYPE_CHECKING:
    from distributed import Client, Future

    from autograder.engine.parents import Parents

SECONDS = 20
AHEAD = 2
"""Submissions sent for each thread of the cluster: one that runs and one that waits."""
ATTEMPTS = 2
LOST = 60
"""Seconds to wait for a result that was reported as made, and for a worker when there is none."""
LOOK = 5
"""Seconds between two looks at whether there are workers still."""


class ClusterError(Exception):
    """The cluster cannot be used; the message says why."""


def run_all(works: Iterable[Work], address: str, *, unfenced: bool = False) -> Iterator[Outcome]:
    """Run submissions on the cluster whose scheduler is at `address`, and yield their outcomes as they finish.

    Raises ClusterError when it cannot be used, FenceRefused when one of its workers cannot put up the fence.
    """
    works = iter(works)
    first = next(works, None)
    if first is None:
        return
    with _client(address) as client:
        _look_at(client, first, unfenced)
        yield from _run(client, first, works, unfenced)


@contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("Dask is not installed here. Install it with: pip install 'tandem-course[cluster]'") from None
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"There is no Dask scheduler at {address} ({error}).") from None
    try:
        yield client
    finally:
        client.close()


def _look_at(client: Client, work: Work, unfenced: bool) -> None:
    """One look in front of the class: every worker has this very grader, and its fence holds."""
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError:
        raise ClusterError("The Dask scheduler has no worker. Start some with: dask worker ADDRESS") from None
    for worker, answer in client.run(examine, work.track, unfenced, on_error="return").items():
        if isinstance(answer, BaseException):
            kind = FenceRefused if isinstance(answer, FenceRefused) else ClusterError
            raise kind(f"The worker {worker}: {answer}")
        if answer != version():
            raise ClusterError(f"The worker {worker} has another version of Tandem than this machine: install the same there.")


def _run(client: Client, first: Work, works: Iterator[Work], unfenced: bool) -> Iterator[Outcome]:
    from distributed import KilledWorker

    running: dict[Future, Work] = {}
    suspects: list[Work] = []

    def submit(work: Work) -> Future:
        future = client.submit(run_one, work, unfenced, pure=False)
        running[future] = work
        return future

    submit(first)
    exhausted = False
    try:
        while running:
            while not exhausted and len(running) < AHEAD * max(1, sum(client.nthreads().values())):
                work = next(works, None)
                exhausted = work is None
                if work is not None:
                    submit(work)
            for future in _done(client, running):
                work = running.pop(future)
                try:
                    outcome = _outcome(future, work, LOST)
                except (KilledWorker, TimeoutError):
                    suspects.append(work)
                else:
                    yield outcome
                future.release()
        # Dask blames all that was on a worker when it died. Alone, each shows whether it is to blame.
        for work in suspects:
            future = submit(work)
            try:
                _done(client, [future], LOST + ATTEMPTS * _longest(work))
                yield _outcome(future, work, LOST)
            except (KilledWorker, TimeoutError) as problem:
                yield _fault(work, problem)
            del running[future]
    finally:
        client.cancel(list(running))
        client.run(close, on_error="ignore")


def _done(client: Client, futures: Collection[Future], seconds: float = math.inf) -> list[Future]:
    """Those that have ended, once one has. Raises TimeoutError, and ClusterError when no worker is left to end them."""
    from distributed import wait

    end = time.monotonic() + seconds
    last_seen = time.monotonic()
    while True:
        try:
            with client.as_current():
                return list(wait(list(futures), timeout=LOOK, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            now = time.monotonic()
            if client.nthreads():
                last_seen = now
            elif now - last_seen >= LOST:
                raise ClusterError(
                    "The cluster has no worker any more. What is done is kept: start workers, and run the same command again."
                ) from None
            if now >= end:
                raise


def _outcome(future: Future, work: Work, seconds: float) -> Outcome:
    """What a task gives within some seconds. Raises KilledWorker, TimeoutError.

    A result lies on the worker that made it until it is asked for. When that one has died meanwhile, another worker makes it
    anew; when all of them died at once, the scheduler may wait for it for ever.
    """
    from distributed import KilledWorker

    try:
        return future.result(timeout=seconds)
    except (KilledWorker, TimeoutError):
        raise
    except (Exception, CancelledError) as problem:
        return _fault(work, problem)


def _longest(work: Work) -> float:
    """The most seconds that one attempt may take: cells and probes have the whole time each, and a parent may have to start."""
    return 2 * float(getattr(work.limits, "total_seconds", 0.0)) + LOST


def _fault(work: Work, problem: BaseException) -> Outcome:
    return Outcome(work.submission, [], fault=f"the cluster could not run it ({type(problem).__name__}: {problem}).")


# What follows runs on the workers.


def run_one(work: Work, unfenced: bool) -> Outcome:
    """Run one submission. A fault that is not the student's is tried once more, as the local pool does."""
    from autograder.engine.drive import Drive

    for _ in range(ATTEMPTS):
        outcome = Drive(work, _parents(unfenced).start).run()
        if not outcome.fault:
            break
    return outcome


def examine(track: str, unfenced: bool) -> str:
    """This worker's version, once it has shown that it can start a student's process. Raises GraderFault."""
    from autograder.engine.work import Limits

    _parents(unfenced).start(track, Limits()).stop()
    return version()


def close() -> None:
    """End this worker's warm parents; the next run starts new ones."""
    for unfenced in (False, True):
        _parents(unfenced).close()


@cache
def _parents(unfenced: bool) -> Parents:
    import atexit

    from autograder.engine.parents import Parents

    parents = Parents(unfenced=unfenced)
    atexit.register(parents.close)
    return parents


@cache
def version() -> str:
    """Changes with everything that runs beside a student's code."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for folder in (root / "autograder" / "engine", root / "course"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
