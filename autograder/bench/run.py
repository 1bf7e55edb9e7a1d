"""The pieces of the benchmark, and their results on disk: each can be run by itself, and again."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.bench import meter, overhead
from autograder.bench.classes import LESSONS
from autograder.bench.contestants import Arena
from course.frameworks import TRACKS

GROWTH = (10, 100, 1000)
Say = Callable[[str], None]


def pieces(arena: Arena, submissions: int, growth: tuple[int, ...]) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """Name and work of each piece: side by side, then where the overhead goes, then growth."""
    for lesson in LESSONS:
        for track in TRACKS:
            for name, contestant in arena.contestants().items():

                def compare(lesson: str = lesson, track: str = track, run: Any = contestant) -> dict[str, Any]:
                    return {"submissions": submissions, **asdict(run(lesson, track, submissions))}

                yield f"{lesson}-{track}-{name}", compare

            def look(lesson: str = lesson, track: str = track) -> dict[str, Any]:
                return overhead.stages(arena.classes, lesson, track, submissions, arena.unfenced)

            yield f"{lesson}-{track}-overhead", look
    for track in TRACKS:
        for count in growth:

            def grow(track: str = track, count: int = count) -> dict[str, Any]:
                done = arena.ours("light", track, count, workers=2, name=f"growth-{track}-{count}")
                return {"submissions": count, **asdict(done)}

            yield f"growth-{track}-{count}", grow


def run(folder: Path, only: list[str], submissions: int, growth: tuple[int, ...], unfenced: bool, say: Say) -> dict[str, Any]:
    """Run the pieces whose name holds one of `only` (all without), write each result at once, and return all there are."""
    arena = Arena((folder / "work").resolve(), unfenced)
    arena.base.mkdir(parents=True, exist_ok=True)
    chosen = [piece for piece in pieces(arena, submissions, growth) if not only or any(word in piece[0] for word in only)]
    for number, (name, work) in enumerate(chosen, 1):
        say(f"[{number} of {len(chosen)}] {name} ...")
        load, began = _load(), time.monotonic()
        try:
            result = work()
        except (RuntimeError, OSError, subprocess.CalledProcessError) as problem:
            say(f"    FAILED, left out: {problem}")
            continue
        result.pop("output", None)
        result |= {"load": [load, _load()], "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}
        path = folder / "results" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        say(f"    {time.monotonic() - began:.1f} s")
    facts = folder / "results" / "machine.json"
    if chosen:
        facts.parent.mkdir(parents=True, exist_ok=True)
        facts.write_text(json.dumps(meter.machine(), indent=1) + "\n", encoding="utf-8")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "results").glob("*.json"))}


def _load() -> float:
    """Processes that wanted the processor in the last minute: beside other work all times are longer."""
    return round(os.getloadavg()[0], 1)
