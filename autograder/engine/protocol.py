"""The private pipe pair between the trusted parent and a child: one JSON object a line, bounded, never pickle.

The parent asks, the child answers once. What comes from a child is hostile: its length, its number of parts, its
numbers and its text are bounded before anything else looks at it.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import time
from contextlib import suppress
from typing import Any

MAX_LINE = 32 << 20
MAX_PARTS = 2_000_000
MAX_DIGITS = 20
MAX_DEPTH = 64
PIPE_BYTES = 1 << 20
READY = b"ready"
FOLDER = "tandem-warm-"


class ChannelError(Exception):
    """The other side cannot be talked to."""


class Closed(ChannelError):
    """The other side has closed its end: its process is gone."""


class Late(ChannelError):
    """The deadline passed."""


class Garbled(ChannelError):
    """The other side sent what no child of ours sends."""


class Channel:
    """The parent's end. Every call has a deadline on the monotonic clock."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd
        self.buffer = bytearray()
        self.closed = False
        for descriptor in (read_fd, write_fd):
            os.set_blocking(descriptor, False)

    def send(self, message: dict[str, Any], deadline: float) -> None:
        """Send one message. Raises Closed, Late, or Garbled when something was said out of turn."""
        if self.buffer:
            raise Garbled("it spoke out of turn")
        view = memoryview(json.dumps(message, allow_nan=False).encode() + b"\n")
        while view:
            self._wait(self.write_fd, select.POLLOUT, deadline)
            try:
                view = view[os.write(self.write_fd, view) :]
            except BlockingIOError:
                continue
            except OSError:
                self.closed = True
                raise Closed from None

    def receive(self, deadline: float, status_fd: int | None = None) -> dict[str, Any]:
        """The next message. Raises Closed, Late or Garbled.

        `status_fd` becomes readable when the child is dead, though a process that it left behind may hold the pipe open.
        """
        searched = 0
        while True:
            end = self.buffer.find(b"\n", searched)
            if end >= 0:
                line = bytes(self.buffer[:end])
                del self.buffer[: end + 1]
                return parse(line)
            searched = len(self.buffer)
            if searched > MAX_LINE:
                raise Garbled("it sent too much")
            ready = self._wait(self.read_fd, select.POLLIN, deadline, status_fd)
            if self.read_fd not in ready:
                self.closed = True
                raise Closed
            try:
                chunk = os.read(self.read_fd, PIPE_BYTES)
            except BlockingIOError:
                continue
            if not chunk:
                self.closed = True
                raise Closed
            self.buffer += chunk

    def close(self) -> None:
        """Close both ends."""
        for descriptor in (self.read_fd, self.write_fd):
            os.close(descriptor)

    @staticmethod
    def _wait(descriptor: int, event: int, deadline: float, other: int | None = None) -> set[int]:
        """The descriptors that are ready, of one and perhaps another that is read. Raises Late."""
        poll = select.poll()
        poll.register(descriptor, event)
        if other is not None:
            poll.register(other, select.POLLIN)
        ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise Late
        return {number for number, _ in ready}


def pipe() -> tuple[int, int]:
    """A pipe with room for a large message where the system allows it."""
    read_fd, write_fd = os.pipe()
    with suppress(OSError, AttributeError):  # the user's share of pipe memory is used up: smaller pieces do as well
        fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return read_fd, write_fd


def parse(line: bytes) -> dict[str, Any]:
    """One message from a child. Raises Garbled."""
    if line.count(b",") + line.count(b"[") + line.count(b"{") > MAX_PARTS:
        raise Garbled("it sent too many parts")
    try:
        message = json.loads(line, parse_int=_integer, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Garbled("it sent no JSON") from None
    if not isinstance(message, dict):
        raise Garbled("it sent no message")
    return _valid_text(message, 0)


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a huge integer")
    return int(digits)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _valid_text(tree: Any, depth: int) -> Any:
    """The same tree with text that can be written as UTF-8: lone surrogates would break every file they are written to."""
    if depth > MAX_DEPTH:
        raise Garbled("it sent something too deep")
    if isinstance(tree, str):
        return tree if tree.isascii() else tree.encode("utf-8", "replace").decode()
    if isinstance(tree, list):
        return [_valid_text(item, depth + 1) for item in tree]
    if isinstance(tree, dict):
        return {_valid_text(key, depth + 1): _valid_text(item, depth + 1) for key, item in tree.items()}
    return tree


class ChildEnd:
    """The child's end: blocking, as the child does nothing but what it is asked."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self.reader = os.fdopen(read_fd, "rb", buffering=1 << 16)
        self.write_fd = write_fd

    def ask(self) -> dict[str, Any] | None:
        """The next request, or None when the parent has gone."""
        line = self.reader.readline()
        return json.loads(line) if line else None

    def answer(self, message: dict[str, Any]) -> None:
        """Send one message."""
        view = memoryview(json.dumps(message, allow_nan=False).encode() + b"\n")
        while view:
            view = view[os.write(self.write_fd, view) :]
