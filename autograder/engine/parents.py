"""The trusted side of the warm parents: one for each track, started when first needed and started again if it dies."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict

from autograder.engine.process import (
    END_SECONDS,
    START_SECONDS,
    ColdProcess,
    GraderFault,
    Pipes,
    Process,
    command,
    environment,
    remove,
    tail,
)
from autograder.engine.protocol import FOLDER, READY
from autograder.engine.supervisor import Job
from autograder.engine.work import Limits

ATTEMPTS = 2


class WarmParent:
    """One warm parent process. Thread-safe."""

    def __init__(self, track: str, fenced: bool) -> None:
        self.track, self.fenced = track, fenced
        self.folder = tempfile.mkdtemp(prefix=FOLDER)
        self.errors = os.open(f"{self.folder}/log", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.lock = threading.Lock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.popen = subprocess.Popen(
                command("warm", str(theirs.fileno()), track),
                cwd=self.folder,
                env=environment(self.folder),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self.errors,
                stderr=self.errors,
                start_new_session=True,
            )
        self.control.settimeout(START_SECONDS)
        try:
            ready = self.control.recv(len(READY)) == READY
        except OSError:
            ready = False
        if not ready:
            text = self.log()
            self.close()
            raise GraderFault(f"the warm parent for {track} could not be started{text}")

    def alive(self) -> bool:
        """Whether the parent process is still there."""
        return self.popen.poll() is None

    def fork(self, limits: Limits) -> WarmProcess:
        """A child that waits for requests. Raises GraderFault; OSError when the parent process has died."""
        process = WarmProcess(self)
        job = Job(self.track, limits, process.folder or self.folder, self.fenced, -1, -1, -1, -1)
        try:
            with self.lock:
                socket.send_fds(self.control, [json.dumps(asdict(job)).encode()], list(process.pipes.theirs()))
        except OSError:
            process.pipes.close_theirs()
            process.pipes.close()
            process.clean()
            raise
        process.pipes.close_theirs()
        process.wait_ready()
        return process

    def log(self) -> str:
        """The end of what was written on its stderr."""
        return tail(self.errors)

    def close(self) -> None:
        """End it, and with it every child that is left."""
        self.control.close()
        try:
            self.popen.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        os.close(self.errors)
        remove(self.folder)


class WarmProcess(Process):
    """A fork of a warm parent, for one submission."""

    def __init__(self, parent: WarmParent) -> None:
        super().__init__(Pipes())
        self.parent = parent
        # Behind a fence the scratch is a file system of its own, which vanishes by itself.
        self.folder = "" if parent.fenced else tempfile.mkdtemp(prefix="tandem-")

    def log(self) -> str:
        return self.parent.log()

    def clean(self) -> None:
        if self.folder:
            remove(self.folder)


class Parents:
    """All warm parents of an engine, by track. Close it at the end, or use it in a `with` statement.

    With `ahead` a process is started while the one before it is still at work, and ended while the next begins: a class is
    graded as before, and nobody waits for forks, fences and their removal.
    """

    def __init__(self, *, unfenced: bool = False, warm: bool | None = None, ahead: bool = False) -> None:
        self.fenced = not unfenced
        # Forking a process that has imported a framework is only safe where it has been measured to be.
        self.warm = sys.platform == "linux" if warm is None else warm
        self.lock = threading.Lock()
        self.parents: dict[str, WarmParent] = {}
        self.aside = ThreadPoolExecutor(2, "grader-aside") if ahead and self.warm else None
        self.spares: dict[str, tuple[Limits, Future[WarmProcess]]] = {}

    def start(self, track: str, limits: Limits) -> Process:
        """A process for a submission. Raises GraderFault."""
        if not self.warm:
            return ColdProcess(track, limits, self.fenced)
        process = self._spare(track, limits) or self._fork(track, limits)
        if self.aside is not None:
            process.aside = self.aside
            with self.lock:
                if track not in self.spares:
                    self.spares[track] = limits, self.aside.submit(self._fork, track, limits)
        return process

    def _spare(self, track: str, limits: Limits) -> WarmProcess | None:
        """The process that was started ahead, if it is one with these limits and still there."""
        with self.lock:
            kept, spare = self.spares.pop(track, (limits, None))
        if spare is None:
            return None
        try:
            process = spare.result()
        except GraderFault:
            return None  # tried again, that says why
        if kept == limits and process.alive():
            return process
        process.stop()
        return None

    def _fork(self, track: str, limits: Limits) -> WarmProcess:
        for _ in range(ATTEMPTS):
            parent = self.parent(track)
            try:
                return parent.fork(limits)
            except OSError:
                self._forget(parent)
            except GraderFault:
                if parent.alive():
                    raise
                self._forget(parent)
        raise GraderFault(f"the warm parent for {track} died {ATTEMPTS} times")

    def parent(self, track: str) -> WarmParent:
        """The living parent of a track."""
        with self.lock:
            parent = self.parents.get(track)
            if parent is None or not parent.alive():
                if parent is not None:
                    parent.close()
                parent = self.parents[track] = WarmParent(track, self.fenced)
            return parent

    def _forget(self, parent: WarmParent) -> None:
        with self.lock:
            if self.parents.get(parent.track) is parent:
                del self.parents[parent.track]
                with suppress(OSError):
                    parent.close()

    def close(self) -> None:
        """End all parents, and what was started ahead or is still being ended."""
        with self.lock:
            aside, self.aside = self.aside, None
            spares, self.spares = list(self.spares.values()), {}
        for _, spare in spares:
            with suppress(GraderFault):
                spare.result().stop()
        if aside is not None:
            aside.shutdown()
        with self.lock:
            parents, self.parents = list(self.parents.values()), {}
        for parent in parents:
            parent.close()

    def __enter__(self) -> Parents:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
