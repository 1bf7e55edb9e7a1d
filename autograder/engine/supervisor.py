"""The trusted process between the parent and a student's process: it starts it, watches it and kills its whole tree.

It holds a leash, a pipe whose other end only the parent holds: when that closes, because the parent wants it or has
died, everything below is killed. What became of the student's process goes to the parent as one line of JSON on a pipe
which the student's process does not have.
"""

from __future__ import annotations

import json
import os
import resource
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.engine import limits as limiting
from autograder.engine import linux, watch
from autograder.engine.work import Limits

TICK = 0.05
LOOK = 0.1
OUT_OF_MEMORY = 71
SLACK = 64 << 20


@dataclass(frozen=True)
class Job:
    """One student's process: its track, limits, folder, whether it is fenced, and the four file descriptors."""

    track: str
    limits: Limits
    folder: str
    fenced: bool
    requests: int
    answers: int
    status: int
    leash: int

    @staticmethod
    def unpack(data: dict[str, Any]) -> Job:
        """A job from JSON."""
        return Job(**{**data, "limits": limiting.unpack(data["limits"])})


@dataclass
class End:
    """How a student's process ended: "exit" with a code, "signal" with a number, "leash", "memory", "processes".

    "fence" when that cannot be put up, "fault" when the supervisor itself failed; `text` says why.
    """

    how: str
    code: int = 0
    text: str = ""
    peak_bytes: int = 0
    cpu_seconds: float = 0.0


def supervise(job: Job, body: Callable[[Job], None]) -> None:
    """Run `body` in a fenced child and watch it until its end, then report. Never returns."""
    end = End("fault", text="the supervisor failed")
    try:
        with suppress(PermissionError):
            os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        refusals, refused = os.pipe()
        child = _start(job, body, refused)
        for descriptor in (job.requests, job.answers, refused):
            os.close(descriptor)
        end = _watch(job, child)
        refusal = os.read(refusals, 2000)
        if refusal:
            end = End("fence", text=refusal.decode("utf-8", "replace"))
    except BaseException as error:
        traceback.print_exc()
        end = End("fault", text=f"{type(error).__name__}: {error}")
    if not job.fenced:  # the end of a fence's first process is the end of all behind it
        with suppress(OSError):
            watch.kill_all(os.getpid())
        shutil.rmtree(job.folder, ignore_errors=True)  # the parent does so too, unless it has been killed
    with suppress(OSError):
        os.write(job.status, json.dumps(vars(end)).encode() + b"\n")
    os._exit(0)


def _start(job: Job, body: Callable[[Job], None], refused: int) -> int:
    if job.fenced:
        from autograder.engine import fence

        return fence.start(job, body, refused)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        become(job, body, lambda: linux.die_with_parent(parent))
    return child


def become(job: Job, body: Callable[[Job], None], ready: Callable[[], None]) -> None:
    """In the child: let go of what only the supervisor may have, and run `body`. Never returns."""
    code = 70
    try:
        with suppress(OSError):  # if the machine runs out of memory it is this process that goes, not the grader
            Path("/proc/self/oom_score_adj").write_text("1000")
        ready()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        keep_only(job.requests, job.answers)
        body(job)
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException:
        with suppress(BaseException):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(code)


def keep_only(*descriptors: int) -> None:
    """Close all file descriptors but these and the standard three, of which the first leads nowhere."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    kept = sorted({0, 1, 2, *descriptors})
    for low, high in zip(kept, [*kept[1:], 1 << 16], strict=True):
        os.closerange(low + 1, high)


def _watch(job: Job, child: int) -> End:
    poll = select.poll()
    poll.register(job.leash, select.POLLIN | select.POLLHUP)
    with suppress(AttributeError, OSError):  # without it the end of a child is seen at the next tick
        poll.register(os.pidfd_open(child), select.POLLIN)
    meter = Meter(job.limits)
    while True:
        ready = poll.poll(TICK * 1000)
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return _ended(status, usage, meter, job.fenced)
        reason = "leash" if any(descriptor == job.leash for descriptor, _ in ready) else meter.excess()
        if reason:
            os.kill(child, signal.SIGKILL)
            usage = os.wait4(child, 0)[2]
            return End(reason, 0, "", meter.peak, usage.ru_utime + usage.ru_stime)


def _ended(status: int, usage: resource.struct_rusage, meter: Meter, fenced: bool) -> End:
    how, code = ("signal", os.WTERMSIG(status)) if os.WIFSIGNALED(status) else ("exit", os.WEXITSTATUS(status))
    if fenced and code > 128:  # the fence's first process passes a signal on as shells do
        how, code = "signal", code - 128
    return End(how, code, "", meter.peak, usage.ru_utime + usage.ru_stime)


class Meter:
    """Memory and number of the processes below this one."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.next = 0.0
        self.base: tuple[int, int] | None = None
        self.peak = 0

    def excess(self) -> str:
        """ "memory" or "processes" when there is too much of it, else nothing."""
        started = time.monotonic()
        if started < self.next or not linux.LINUX:
            return ""
        pids = watch.descendants(os.getpid())
        sizes = [watch.memory(pid) for pid in pids]
        if self.base is None:  # what a fork shares with the warm parent is not the student's
            self.base = max((size[:2] for size in sizes), default=(0, 0))
        own = sum(max(0, size[0] - self.base[0]) for size in sizes)
        reserved = sum(max(0, size[1] - self.base[1]) for size in sizes)
        shared = [size[2] for size in sizes]
        self.peak = max(self.peak, own + max(shared, default=0))
        limit, reason = self.limits.memory_bytes, ""
        if len(pids) > self.limits.processes:
            reason = "processes"
        # Pages that several processes share were counted for each: look closer before killing. Shared memory that is
        # mapped nowhere belongs to no process at all: when the machine runs out, whoever has reserved much has made it.
        elif (own + sum(shared) > limit + SLACK and sum(map(watch.proportional_memory, pids)) > limit) or (
            reserved > 2 * limit and watch.exhausted()
        ):
            reason = "memory"
        # On a machine with thousands of processes a look costs more: never spend more than a thirtieth of the time.
        now = time.monotonic()
        self.next = now + max(LOOK, 30 * (now - started))
        return reason
