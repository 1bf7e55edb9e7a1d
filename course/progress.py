"""What a student's checks have shown so far, kept beside their lessons; a file per notebook, written at each check."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.frameworks import TRACKS

HIDDEN = ".tandem"


@dataclass(frozen=True)
class Standing:
    """How one notebook stands: its exercises in order, and of each whether its last check passed (None: not checked)."""

    lesson: str
    title: str
    track: str
    exercises: dict[str, bool | None]
    points: dict[str, float]
    last: str

    @property
    def passed(self) -> int:
        return sum(value is True for value in self.exercises.values())


def record(checks: Path, lesson: str, track: str, exercise: str, passed: bool) -> None:
    """Note a check's outcome. Only in a student's copy, and never at the cost of the check: a full disk is no mistake."""
    folder = checks.resolve().parent.parent / HIDDEN
    if not folder.is_dir():
        return
    path = _notes(folder.parent, lesson, track)
    with suppress(OSError):
        seen = _read(path)
        seen[exercise] = {"passed": passed, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(seen, indent=1, sort_keys=True), encoding="utf-8")
        beside.replace(path)


def earlier(checks: Path, lesson: str, track: str) -> dict[str, str]:
    """For each exercise whose last check passed, in this session or an earlier one, when that was (UTC, ISO 8601)."""
    seen = _read(_notes(checks.resolve().parent.parent, lesson, track))
    return {name: entry["at"] for name, entry in seen.items() if entry["passed"]}


def standings(directory: Path) -> list[Standing]:
    """Every notebook of a student's copy, in the order of the lessons."""
    found: list[tuple[str, Standing]] = []
    for checks in directory.glob("*/checks.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(checks.read_text(encoding="utf-8"))
            found += [
                (data["order"], _standing(directory, data, track))
                for track in TRACKS
                if checks.with_name(f"{track}.ipynb").is_file()
            ]
    return [standing for _, standing in sorted(found, key=lambda pair: (pair[0], pair[1].track))]


def _standing(directory: Path, data: dict[str, Any], track: str) -> Standing:
    seen = _read(_notes(directory, data["lesson"], track))
    points = {item["name"]: float(item["points"]) for item in data["exercises"]}
    exercises = {name: seen[name]["passed"] if name in seen else None for name in points}
    last = max((seen[name]["at"] for name in points if name in seen), default="")
    return Standing(data["lesson"], data["title"], track, exercises, points, last)


def _notes(directory: Path, lesson: str, track: str) -> Path:
    """Where the notes of one notebook are kept in a student's copy."""
    return directory / HIDDEN / "progress" / f"{lesson}-{track}.json"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The notes of one notebook; nothing when there are none or the file is damaged, for they can be made again."""
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        return {str(k): {"passed": bool(v["passed"]), "at": str(v["at"])[:25]} for k, v in notes.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
