"""In the child: what a cell shows, gathered as nbformat output dicts in the order it came."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from typing import Any

Output = dict[str, Any]

CUT = "\n[output cut here: the limit is {limit:,} bytes a cell]\n"


class Capture:
    """The outputs of the cell that runs now. Text and rich data are each bounded, so that a flood costs no memory.

    The bounds are a courtesy to the machine: the trusted side cuts again whatever it is sent.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.start()

    def start(self) -> None:
        """Forget everything: a new cell begins."""
        self.outputs: list[Output] = []
        self.text_room = self.limit
        self.rich_room = 8 * self.limit
        self.clear_next = False

    def write(self, name: str, text: str) -> None:
        """Append to the stream `name`, joining it to the output before it where that is the same stream."""
        if not text or self.text_room <= 0:
            return
        self._clear_if_asked()
        # A character takes four bytes at most; exact counting is the trusted side's.
        if len(text) > self.text_room:
            text = text[: self.text_room] + CUT.format(limit=self.limit)
        self.text_room -= len(text)
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"].append(text)
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": [text]})

    def add(self, output: Output, size: int) -> None:
        """Append a rich output of about `size` characters."""
        self._clear_if_asked()
        self.rich_room -= size
        if self.rich_room < 0:
            output = {"output_type": "stream", "name": "stderr", "text": ["[a rich output was dropped: too much data]\n"]}
            if self.outputs and self.outputs[-1] == output:
                return
        self.outputs.append(output)

    def replace(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any], size: int) -> None:
        """Change the outputs of this cell that were displayed under `display_id`."""
        for output in self.outputs:
            if output.get("transient", {}).get("display_id") == display_id:
                # Of a picture that is redrawn only the last stays, so only growth counts.
                output["data"], output["metadata"] = data, metadata
                self.rich_room -= max(0, size - output.pop("size", 0))
                output["size"] = size

    def clear(self, wait: bool) -> None:
        """Remove the outputs so far; with `wait` as soon as the next one comes."""
        self.clear_next = wait
        if not wait:
            self.outputs.clear()

    def take(self) -> list[Output]:
        """The cell's outputs as nbformat writes them."""
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
            output.pop("transient", None)
            output.pop("size", None)
        taken, self.outputs = self.outputs, []
        return taken

    def _clear_if_asked(self) -> None:
        if self.clear_next:
            self.outputs.clear()
            self.clear_next = False


class Stream(io.TextIOBase):
    """Stands for sys.stdout and sys.stderr: what is written goes into the capture."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, descriptor: int, capture: Capture) -> None:
        super().__init__()
        self.name = f"<{name}>"
        self._stream, self._descriptor, self._capture = name, descriptor, capture

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._capture.write(self._stream, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        """Nothing: a cell that closes its stdout must not silence the next one."""


class NativeOutput:
    """What native code and child processes write to file descriptors 1 and 2, by way of two unlinked files.

    Files need no thread, survive a fork, and the limit on file size bounds them.
    """

    def __init__(self, folder: str, capture: Capture) -> None:
        self.capture = capture
        self.files: dict[str, int] = {}
        for name, target in (("stdout", 1), ("stderr", 2)):
            path = os.path.join(folder, f".native-{name}")  # noqa: PTH118 - plain os calls, as the student may patch little of it
            self.files[name] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
            os.unlink(path)  # noqa: PTH108
            os.dup2(self.files[name], target)

    def collect(self) -> None:
        """Move what was written so far into the capture."""
        import ctypes

        with suppress(Exception):
            ctypes.CDLL(None).fflush(None)
        for name, descriptor in self.files.items():
            with suppress(OSError):
                size = os.fstat(descriptor).st_size
                if size:
                    raw = os.pread(descriptor, self.capture.limit + 1, 0)
                    os.ftruncate(descriptor, 0)
                    self.capture.write(name, raw.decode("utf-8", "replace"))
