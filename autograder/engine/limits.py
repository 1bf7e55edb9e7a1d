"""In the child: what the kernel refuses it."""

from __future__ import annotations

import math
import resource
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.engine.work import Limits

# The kernel counts threads as processes; TensorFlow starts about 30 of them in every process.
THREADS = 256
FILES = 512
ADDRESSES = 4 << 30


def apply(limits: Limits) -> None:
    """Set the limits of this process and of all it will start. They cannot be raised again."""
    # Wall time is the parent's; this is a second net, wide enough for two threads and the imports.
    cpu = 2 * math.ceil(limits.total_seconds) + 60
    _limit(resource.RLIMIT_CPU, cpu)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    _limit(resource.RLIMIT_NOFILE, FILES)
    if hasattr(resource, "RLIMIT_NPROC"):
        _limit(resource.RLIMIT_NPROC, limits.processes + THREADS)
    # Private writable memory: a bomb gets a MemoryError in its own cell. The supervisor watches the sum of all processes.
    _limit(resource.RLIMIT_DATA, limits.memory_bytes + reserved("VmData"))
    # Threads and libraries reserve much address space which they never use, so this net is wide. It catches shared
    # memory, which belongs to nobody's private memory.
    _limit(resource.RLIMIT_AS, 2 * limits.memory_bytes + reserved("VmSize") + ADDRESSES)


def reserved(field: str) -> int:
    """Bytes that this process has reserved so far: a field of /proc/self/status, or a guess where there is none."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 1 << 30


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def pack(limits: Limits) -> dict[str, Any]:
    """Limits as JSON."""
    return asdict(limits)


def unpack(data: dict[str, Any]) -> Limits:
    """Limits from JSON."""
    return Limits(**data)
