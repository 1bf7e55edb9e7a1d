"""The warm parent of one track: imports the framework and the notebook machinery once, and forks a child per submission.

It gets jobs on a socket, each with four file descriptors, and never sees a submission's code or answers.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.engine import child, fence, linux, watch  # noqa: F401 - imported once, before any fork
from autograder.engine import limits as limiting
from autograder.engine.protocol import FOLDER, READY, ChildEnd
from autograder.engine.shell import NotebookShell
from autograder.engine.supervisor import Job, supervise

JOB_BYTES = 1 << 16


def main() -> None:
    """Serve the socket whose number is the last argument but one, for the track named by the last."""
    track = sys.argv[-1]
    control = socket.socket(fileno=int(sys.argv[-2]))
    shell = child.prepare()
    child.load(track)
    rehearse(shell, track)
    # What is frozen is never visited by the collector, so its pages stay shared with every child.
    gc.collect()
    gc.freeze()
    # Ctrl-C reaches the whole terminal group; the parent process decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control.send(READY)
    while serve_one(control, shell):
        pass
    if Path.cwd().name.startswith(FOLDER):  # the parent does so too, unless it has been killed
        shutil.rmtree(Path.cwd(), ignore_errors=True)
    os._exit(0)  # taking a framework down in order costs a fifth of a second, and serves nobody


def serve_one(control: socket.socket, shell: NotebookShell) -> bool:
    """Fork a supervisor for the next job. Returns False when the parent has gone."""
    select.select([control], [], [], 1.0)
    watch.reap()
    try:
        message, descriptors, _, _ = socket.recv_fds(control, JOB_BYTES, 4, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False
    if not message:
        return False
    with suppress(OSError):  # no process to be had: the parent sees the descriptors close
        parent = os.getpid()
        if os.fork() == 0:
            _supervise(parent, control, message, descriptors, shell)
    for descriptor in descriptors:
        os.close(descriptor)
    return True


def _supervise(parent: int, control: socket.socket, message: bytes, descriptors: list[int], shell: NotebookShell) -> None:
    """In the fork: become a supervisor. Never returns."""
    try:
        linux.die_with_parent(parent)
        control.close()
        supervise(_job(message, descriptors), lambda job: _body(job, shell))
    finally:
        os._exit(1)


def _job(message: bytes, descriptors: list[int]) -> Job:
    data: dict[str, Any] = json.loads(message)
    names = ("requests", "answers", "status", "leash")
    return replace(Job.unpack(data), **dict(zip(names, descriptors, strict=True)))


def _body(job: Job, shell: NotebookShell) -> None:
    child.home(job.folder)
    limiting.apply(job.limits)
    child.serve(shell, ChildEnd(job.requests, job.answers), job.track, job.folder, job.limits.output_bytes)


REHEARSAL = (
    "import matplotlib.pyplot as plt; figure, axes = plt.subplots(); axes.plot([0, 1], label='rehearsal'); axes.legend()",
    "print(1); {'a': [1.0, None]}",
    "def f(x):\n    raise ValueError(x)\nf('rehearsed')",
)
TRAINING = """
import torch
model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
optimizer = torch.optim.Adam(model.parameters())
torch.nn.functional.cross_entropy(model(torch.ones(2, 2)), torch.tensor([0, 1])).backward()
optimizer.step()
"""


def rehearse(shell: NotebookShell, track: str) -> None:
    """Do once what every notebook does, so that no child has to: a figure, a value, a traceback, a training step.

    No operation of TensorFlow: its threads do not survive a fork, and the child would hang in its first one.
    """
    streams, namespace = (sys.stdout, sys.stderr), dict(shell.user_ns)
    for source in (*REHEARSAL, *([TRAINING] if track == "pytorch" else [])):
        error = shell.run(source)
        if error and error[1] != "rehearsed":
            raise RuntimeError(f"the rehearsal failed: {error}")
    sys.stdout, sys.stderr = streams
    shell.reset(new_session=True)
    for name, value in namespace.items():  # a reset takes a little more away than a run has added
        shell.user_ns.setdefault(name, value)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        sys.__dict__.pop(name, None)
    shell.capture.start()
