"""The trusted side of one student's process: start it, ask it, end it."""

from __future__ import annotations

import json
import os
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.engine.protocol import Channel, ChannelError, Closed, Garbled, Late, pipe
from autograder.engine.supervisor import End, Job
from autograder.engine.work import Limits

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180.0
END_SECONDS = 20.0
STATUS_BYTES = 4096
LOG_BYTES = 10_000

# The package is put on the path only while it is imported: beside it may lie what no student should import.
BOOT = (
    "import sys; sys.path.insert(0, {root!r}); from autograder.engine import {module} as m; import course; "
    "del sys.path[0]; m.main()"
)


class GraderFault(Exception):
    """The grader failed, not the student: nothing that the submission did counts."""


class FenceRefused(GraderFault):
    """The fence cannot be put up on this system."""


REFUSED = (
    "The fence cannot be put up on this system: {reason}. Students' code could then read, change and send away what you "
    "can; `autograder doctor` says what is missing. To run it without a fence all the same, ask for that in words: unfenced."
)


def environment(folder: str) -> dict[str, str]:
    """The whole environment of a student's process: nothing is inherited, so no secret can be."""
    one = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
        + ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
        "1",
    )
    return one | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "IPYTHONDIR": f"{folder}/.ipython",
        "MPLCONFIGDIR": f"{folder}/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",  # the CPU gives every machine the same grades, and a GPU does not survive a fork
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `main()` of one of the engine's modules in a fresh interpreter.

    -P and -s: neither the current folder nor the user's own packages are on its path.
    """
    return [sys.executable, "-P", "-s", "-c", BOOT.format(root=str(ROOT), module=module), *arguments]


class Pipes:
    """The descriptors of one student's process: ours, and those which its supervisor gets."""

    def __init__(self) -> None:
        self.requests, self._requests_in = pipe()
        self._answers_out, self.answers = pipe()
        self._status_out, self.status = os.pipe()
        self.leash, self._leash_in = os.pipe()
        self.lock = threading.Lock()
        self.channel = Channel(self._answers_out, self._requests_in)

    def theirs(self) -> tuple[int, int, int, int]:
        """The supervisor's ends: requests, answers, status, leash."""
        return self.requests, self.answers, self.status, self.leash

    def close_theirs(self) -> None:
        """Close the supervisor's ends here, once it has them."""
        for descriptor in self.theirs():
            os.close(descriptor)

    def pull_leash(self) -> None:
        """Let the supervisor kill everything. Safe from any thread, and more than once."""
        with self.lock:
            if self._leash_in >= 0:
                os.close(self._leash_in)
                self._leash_in = -1

    def end(self, deadline: float) -> End | None:
        """What the supervisor reports at the end; None when it does not."""
        raw = b""
        poll = select.poll()
        poll.register(self._status_out, select.POLLIN)
        while not raw.endswith(b"\n"):
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                return None
            chunk = os.read(self._status_out, STATUS_BYTES)
            if not chunk:
                return None
            raw += chunk
        return End(**json.loads(raw))

    def ended(self) -> bool:
        """Whether the supervisor has reported an end, or has gone without."""
        poll = select.poll()
        poll.register(self._status_out, select.POLLIN)
        return bool(poll.poll(0))

    def wait(self, deadline: float) -> dict[str, Any]:
        """The child's next message. Raises ChannelError."""
        return self.channel.receive(deadline, self._status_out)

    def close(self) -> None:
        """Close our ends."""
        self.pull_leash()
        self.channel.close()
        os.close(self._status_out)


class Process:
    """A student's process that waits for requests. Always `stop` it."""

    def __init__(self, pipes: Pipes) -> None:
        self.pipes = pipes
        self.end: End | None = None
        self.aside: Executor | None = None
        """Where it may be ended without anybody waiting for it."""

    def wait_ready(self) -> None:
        """Wait until it serves. Raises GraderFault when it does not start."""
        try:
            message = self.pipes.wait(time.monotonic() + START_SECONDS)
        except ChannelError as error:
            end = self.stop()
            if end.how == "fence":
                raise FenceRefused(REFUSED.format(reason=end.text)) from None
            raise GraderFault(f"a student's process could not be started: {end.text or end.how}{self.log()}") from error
        if message != {"ready": True}:
            self.stop()
            raise GraderFault("a student's process did not start as it should")

    def ask(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """The answer to one request. Raises Late, Closed or Garbled; then the process must be stopped."""
        self.pipes.channel.send(request, deadline)
        answer = self.pipes.wait(deadline)
        if answer.get("step") != request["step"]:
            raise Garbled("it answered another question")
        return answer

    def alive(self) -> bool:
        """Whether it is there as far as is known: its supervisor has not reported its end."""
        return self.end is None and not self.pipes.ended()

    def dismiss(self) -> None:
        """As `stop`, for one that has done its work: how it ends does not matter, and is not waited for."""
        self.pipes.pull_leash()
        if self.aside is None:
            self.stop()
            return
        try:
            self.aside.submit(self.stop)
        except RuntimeError:  # shut down meanwhile
            self.stop()

    def kill(self) -> None:
        """From another thread: let everything be killed; whoever waits for an answer gets none."""
        self.pipes.pull_leash()

    def stop(self) -> End:
        """Kill it and all it has started, and say how it had ended before that."""
        if self.end is None:
            # A process that has closed its pipe is about to be reported; give its supervisor a moment to say how it died.
            self.end = self.pipes.end(time.monotonic() + 0.5) if self.pipes.channel.closed else None
            self.pipes.pull_leash()
            self.end = self.end or self.pipes.end(time.monotonic() + END_SECONDS) or End("fault", text="its supervisor is gone")
            self.pipes.close()
            self.clean()
        return self.end

    def log(self) -> str:
        """What the trusted part of it wrote on stderr, if anything."""
        return ""

    def clean(self) -> None:
        """Remove what it leaves behind."""


class ColdProcess(Process):
    """A fresh interpreter for one submission."""

    def __init__(self, track: str, limits: Limits, fenced: bool) -> None:
        super().__init__(Pipes())
        self.folder = tempfile.mkdtemp(prefix="tandem-")
        self.errors = os.open(f"{self.folder}/log", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        scratch = f"{self.folder}/scratch"
        Path(scratch).mkdir()
        job = Job(track, limits, scratch, fenced, *self.pipes.theirs())
        self.popen = subprocess.Popen(
            command("cold", json.dumps(asdict(job))),
            cwd=self.folder,
            env=environment(self.folder),
            pass_fds=self.pipes.theirs(),
            stdin=subprocess.DEVNULL,
            stdout=self.errors,
            stderr=self.errors,
            start_new_session=True,
        )
        self.pipes.close_theirs()
        self.wait_ready()

    def log(self) -> str:
        return tail(self.errors)

    def clean(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(END_SECONDS)
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        os.close(self.errors)
        remove(self.folder)


def tail(log: int) -> str:
    """The end of a log file on a line of its own, if anything was written there."""
    text = os.pread(log, LOG_BYTES, max(0, os.fstat(log).st_size - LOG_BYTES)).decode("utf-8", "replace").strip()
    return f"\n{text}" if text else ""


def remove(folder: str) -> None:
    """Remove a scratch folder if it is there, whatever permissions the student has set in it.

    Only real directories below `folder` are made accessible: never what is above it, never the target of a link, and no
    file, which might be a second name of one outside.
    """
    for parent, names, _ in os.walk(folder):  # top down, so that each is opened before it is entered; links are not
        for name in names:
            path = Path(parent, name)
            if not path.is_symlink():
                with suppress(OSError):
                    path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


__all__ = ["ChannelError", "Closed", "ColdProcess", "Garbled", "GraderFault", "Late", "Process"]
