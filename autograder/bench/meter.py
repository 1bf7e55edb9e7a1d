"""How long a command takes and how much memory it and all its processes use, sampled while it runs."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from autograder.engine import watch

EVERY = 0.5
MB = 1 << 20


@dataclass
class Measured:
    """One run. Memory in MB: `peak` is the most that all processes had together, what they share counted once.

    `series` holds (seconds, the command's own resident memory, its largest child's, all together).
    """

    seconds: float
    peak: float
    status: int
    series: list[tuple[float, float, float, float]] = field(default_factory=list)
    output: str = ""


def run(command: list[str | Path], folder: Path, environment: dict[str, str], log: Path) -> Measured:
    """Run a command in a folder to its end."""
    series = []
    with log.open("wb") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
        while True:
            try:
                process.wait(EVERY)
                break
            except subprocess.TimeoutExpired:
                pids = [process.pid, *watch.descendants(process.pid)]
                resident = [_resident(pid) for pid in pids]
                together = sum(map(watch.proportional_memory, pids))
                series.append((time.monotonic() - began, resident[0] / MB, max(resident[1:], default=0) / MB, together / MB))
        seconds = time.monotonic() - began
    text = log.read_text(encoding="utf-8", errors="replace")
    return Measured(seconds, max((s[3] for s in series), default=0.0), process.returncode, series, text)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * watch.PAGE
    except (OSError, ValueError, IndexError):
        return 0


def machine() -> dict[str, str]:
    """What the numbers were measured on."""
    import platform
    from importlib.metadata import version

    def first(path: str, key: str) -> str:
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except OSError:
            return "unknown"
        return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "unknown")

    packages = ("torch", "tensorflow", "keras", "nbgrader", "nbconvert", "ipykernel", "numpy")
    return {
        "processor": first("/proc/cpuinfo", "model name"),
        "cores": str(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else str(os.cpu_count()),
        "memory": first("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in packages),
    }
