"""What could not be marked, and why, in words that a person can act on. Never a zero, never skipped in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from autograder.classroom.files import now, read_json, write_json
from autograder.classroom.folder import ClassFolder

EVERY = "*"
"""In place of an assignment: the student's whole folder could not be read."""


@dataclass(frozen=True)
class Entry:
    """One hand-in that waits for a person. `kept` says that there is a mark which stands meanwhile."""

    student: str
    assignment: str
    reason: str
    since: str
    kept: bool = False


def read(folder: ClassFolder) -> list[Entry]:
    """The quarantine of a class, in order."""
    data = read_json(folder.quarantine)
    items: list[Any] = data if isinstance(data, list) else []
    return sorted((Entry(**item) for item in items), key=lambda entry: (entry.assignment, entry.student))


def update(folder: ClassFolder, seen: Iterable[tuple[str, str]], entries: Iterable[Entry]) -> list[Entry]:
    """Write the quarantine anew after some (student, assignment) pairs were looked at; returns all of it.

    What was looked at and is not in `entries` has left the quarantine; what was not looked at stays as it is.
    """
    looked_at = set(seen)
    old = {(entry.student, entry.assignment): entry for entry in read(folder)}
    kept = {key: entry for key, entry in old.items() if key not in looked_at}
    for entry in entries:
        before = old.get((entry.student, entry.assignment))
        since = before.since if before and before.reason == entry.reason else entry.since or now()
        kept[entry.student, entry.assignment] = Entry(**{**asdict(entry), "since": since})
    everything = sorted(kept.values(), key=lambda entry: (entry.assignment, entry.student))
    write_json(folder.quarantine, [asdict(entry) for entry in everything])
    return everything


def unmarked(folder: ClassFolder) -> set[tuple[str, str]]:
    """(student, assignment) pairs whose score must stay empty; for a whole folder, with every assignment."""
    pairs: set[tuple[str, str]] = set()
    for entry in read(folder):
        if entry.kept:
            continue
        names = folder.assignments if entry.assignment == EVERY else (entry.assignment,)
        pairs |= {(entry.student, name) for name in names}
    return pairs
