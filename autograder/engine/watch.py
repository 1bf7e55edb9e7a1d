"""What a tree of processes uses, read from /proc by the trusted supervisor."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


def descendants(root: int) -> list[int]:
    """All living processes below `root`, which is not among them. Orphans count, as `root` adopts them."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir(PROC):  # noqa: PTH208 - ten times a second: names are all that is needed
        if entry.isdigit():
            with suppress(OSError, ValueError, IndexError):
                # The name in parentheses may itself hold spaces and parentheses.
                fields = (PROC / entry / "stat").read_bytes().rpartition(b")")[2].split()
                if fields[0] != b"Z":
                    children.setdefault(int(fields[1]), []).append(int(entry))
    found, queue = [], [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def memory(pid: int) -> tuple[int, int, int]:
    """Bytes of a process: resident and of its own (what it shares by a fork counts), reserved, and resident shared memory."""
    try:
        size, resident, files = map(int, (PROC / str(pid) / "statm").read_bytes().split()[:3])
        shared = 0
        for line in (PROC / str(pid) / "status").read_bytes().splitlines():
            if line.startswith(b"RssShmem:"):
                shared = int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return 0, 0, 0
    return max(0, resident - files) * PAGE, size * PAGE, shared


def exhausted() -> bool:
    """Whether the machine has less than a twentieth of its memory left."""
    fields = {}
    with suppress(OSError, ValueError):
        for line in (PROC / "meminfo").read_text().splitlines():
            name, _, rest = line.partition(":")
            fields[name] = int(rest.split()[0])
    return fields.get("MemAvailable", 1) < fields.get("MemTotal", 1) / 20


def proportional_memory(pid: int) -> int:
    """Bytes of a process, every shared page divided among those who share it: exact, but slow to read."""
    with suppress(OSError, ValueError, IndexError):
        total = 0
        for line in (PROC / str(pid) / "smaps_rollup").read_bytes().splitlines():
            if line.startswith((b"Pss_Anon:", b"Pss_Shmem:")):
                total += int(line.split()[1]) * 1024
        return total
    return memory(pid)[0]


def kill_all(root: int, seconds: float = 5.0) -> bool:
    """Kill everything below `root`, however fast it forks. Returns whether nothing was left in time.

    First all are stopped, so that none can fork while the others are killed.
    """
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        found = descendants(root)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in found:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        reap()
        quiet = 0 if found else quiet + 1
        if time.monotonic() > deadline:
            return False
        if found:
            time.sleep(0.005)
    return True


def reap() -> None:
    """Collect all dead children."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
