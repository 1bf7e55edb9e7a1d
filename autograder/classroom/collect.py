"""`autograder collect`: hand-ins from a learning platform's archive into the class folder. What was there is kept."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from os.path import commonprefix
from pathlib import Path

from autograder.classroom import gradebook
from autograder.classroom.archive import Archive, opened
from autograder.classroom.errors import ClassError, Refused
from autograder.classroom.files import now, write_bytes, write_text
from autograder.classroom.folder import Assignment, ClassFolder, Plain
from autograder.classroom.handin import Found, name_problem, visible
from autograder.classroom.intake import read
from autograder.classroom.layouts import PLATFORMS, Person, Sent, recognise, sent


@dataclass
class Collected:
    """What became of an archive: hand-ins that are new, replaced and unchanged, and what was refused with its reason."""

    platform: str
    new: list[tuple[str, str]] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def collect(
    folder: ClassFolder,
    path: Path,
    assignment: str | None = None,
    platform: str | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Collected:
    """Put each notebook of the archive to its student and assignment. Raises ClassError when it is no such archive.

    Each notebook says itself which assignment it is of; `assignment` is for those that do not. A student is found by id,
    e-mail address or name in the class's roster; a name that two have, or none, is refused rather than guessed.
    """
    if assignment is not None:
        folder.choose([assignment])
    if platform is not None and platform not in PLATFORMS:
        raise ClassError(f"There is no platform {platform}: choose {', '.join(PLATFORMS)}.")
    roster = Roster(folder)
    with opened(path.expanduser()) as archive:
        result = Collected(platform or recognise(archive))
        for item in _latest(roster.ungrouped(list(sent(archive, result.platform)))):
            progress(item.member.path)
            try:
                _place(folder, roster, archive, item, assignment, result)
            except Refused as refusal:
                result.refused.append((item.member.path, str(refusal)))
        result.refused += archive.refused
    return result


def _latest(items: list[Sent]) -> list[Sent]:
    """Of one person's files with one name, as when a platform numbers what is handed in again, only the last."""
    last: dict[tuple[str, str], Sent] = {}
    for item in sorted(items, key=lambda i: (i.time.timestamp() if i.time else 0.0, len(i.member.path), i.member.path)):
        last[item.person.key, item.file] = item
    return list(last.values())


def _place(
    folder: ClassFolder, roster: Roster, archive: Archive, item: Sent, assignment: str | None, result: Collected
) -> None:
    student = roster.find(item.person)
    data = archive.read(item.member)
    lies_in = item.assignment if item.assignment in folder.assignments else None
    name = _assignment_of(folder, item, data, assignment or lies_in)
    place = folder.submitted / student / name
    chosen = folder.assignments[name]
    target = place / (chosen.notebook if len(item.file) > 100 or "/" in item.file else item.file)
    if target.is_symlink() or place.is_symlink() or (folder.submitted / student).is_symlink():
        raise Refused("there is a link in submitted/ where it belongs")
    there = target.read_bytes() if target.is_file() else None
    if there == data:
        result.unchanged += 1
        return
    if there is not None:
        stamp = now().replace(":", "").replace(" ", "-")
        write_bytes(folder.private / "replaced" / student / name / f"{stamp}-{target.name}", there)
    write_bytes(target, data)
    _note_time(folder, student, chosen, item.time)
    (result.new if there is None else result.replaced).append((student, name))


def _assignment_of(folder: ClassFolder, item: Sent, data: bytes, otherwise: str | None) -> str:
    if otherwise and isinstance(folder.assignments[otherwise], Plain):
        return otherwise  # an assignment of the instructor's own, perhaps made of a lesson's notebook
    try:
        found = read(Found(item.file, data, ""))
    except Refused as refusal:
        if otherwise:
            return otherwise
        raise Refused(f"{refusal}. With --assignment it goes into quarantine there, where it is not forgotten") from None
    name = Assignment(found["lesson"], found["track"]).name
    if name in folder.assignments:
        return name
    if otherwise:
        return otherwise
    said = f"it is of {visible(name)}, which this class does not have" if found["track"] else "it does not say its lesson"
    raise Refused(f"{said}: name the assignment with --assignment")


def _note_time(folder: ClassFolder, student: str, assignment: Assignment, time: datetime | None) -> None:
    """When the platform received it: from that, and not from today, nbgrader counts what is late."""
    path = folder.received_path(student, assignment)
    if time is None:
        path.unlink(missing_ok=True)
    else:
        write_text(path, time.strftime("%Y-%m-%d %H:%M:%S"))


class Roster:
    """The class's students by everything a platform may call them."""

    def __init__(self, folder: ClassFolder) -> None:
        self.ids: dict[str, str] = {}
        self.names: dict[str, set[str]] = defaultdict(set)
        for student, known in gradebook.students(folder).items():
            self.ids[student.casefold()] = student
            if known.get("email"):
                self.ids[known["email"].casefold()] = student
            first, last = plain(known["first_name"]), plain(known["last_name"])
            if first or last:
                self.names[first + last].add(student)
                self.names[last + first].add(student)

    def find(self, person: Person) -> str:
        """The student's id. Raises Refused when the roster does not say who it is."""
        for key in (person.id, person.email):
            if key and key.casefold() in self.ids:
                return self.ids[key.casefold()]
        found = self.names.get(plain(person.name), set()) if person.name else set()
        if len(found) == 1:
            return next(iter(found))
        if len(found) > 1:
            raise Refused(f"{len(found)} students have that name ({', '.join(sorted(found))}): put it into submitted/ by hand")
        if person.id and not person.name and not name_problem(person.id):
            return person.id  # folders are named by id; a student may be new
        if person.id and person.name and not self.ids and not name_problem(person.id):
            return person.id
        raise Refused(
            "nobody in the class's roster has that name: add them (formgrader, Manage Students) and collect again, or put it "
            "into submitted/ by hand"
        )

    def ungrouped(self, items: list[Sent]) -> list[Sent]:
        """Names without the group that Moodle puts before each of them, as in `Group A-Ada Lovelace`.

        Only where all have the same one and nobody is known by the longer name: Anna-Maria Lee is not Maria Lee.
        """
        names = {item.person.name for item in items}
        group = "".join(commonprefix(sorted(names)).rpartition("-")[:2])
        if len(names) < 2 or not group or any(plain(name) in self.names for name in names):
            return items
        return [replace(item, person=replace(item.person, name=item.person.name.removeprefix(group))) for item in items]


def plain(name: str) -> str:
    """A name without accents, spaces, signs and capitals: platforms leave out different ones."""
    pieces = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in pieces if unicodedata.category(c)[0] in "LN")
