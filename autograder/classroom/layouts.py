"""How learning platforms name what students handed in: from a path in their archive to a person and a file.

Moodle: `First Last_4711_assignsubmission_file_/pytorch.ipynb`, since version 4 without the last `_`, or all in one name
without folders; `Group-First Last_...` where the activity has groups.
Canvas: `lastfirst_LATE_4711_815_pytorch-1.ipynb`: the sorted name without spaces, the user's and the file's number.
Gradescope: `assignment_1_export/submission_2/pytorch.ipynb`, with who and when in `submission_metadata.yml`.
Folders: `STUDENT/ASSIGNMENT/pytorch.ipynb` or `STUDENT/pytorch.ipynb`, whatever folders are above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from autograder.classroom.archive import Archive, Member
from autograder.classroom.errors import ClassError, Refused
from autograder.classroom.folder import Assignment

MOODLE = re.compile(r"(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_file(?:_/?|/)(?P<file>.*)")
CANVAS = re.compile(r"(?P<name>[^/_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>[^/]+)")
RESUBMITTED = re.compile(r"-\d+(?=\.ipynb$)", re.IGNORECASE)
METADATA = "submission_metadata.yml"
PLATFORMS = ("moodle", "canvas", "gradescope", "folders")


@dataclass(frozen=True)
class Person:
    """Whoever the platform says it was, as far as it says so; `key` tells two of the same name apart."""

    key: str
    id: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Sent:
    """One file of one person; `time` is the platform's (UTC), None when it does not tell, and so is `assignment`."""

    person: Person
    file: str
    member: Member
    time: datetime | None
    assignment: str | None = None


def recognise(archive: Archive) -> str:
    """Which platform made the archive. Raises ClassError when it is empty."""
    paths = ["/".join(member.parts) for member in archive.members]
    if any(path.endswith(METADATA) for path in paths):
        return "gradescope"
    notebooks = [path for path in paths if path.lower().endswith(".ipynb")]
    if not notebooks:
        raise ClassError("There is no notebook in the archive.")
    if all(MOODLE.search(path) for path in notebooks):
        return "moodle"
    return "canvas" if all(CANVAS.fullmatch(path.rsplit("/", 1)[-1]) for path in notebooks) else "folders"


def sent(archive: Archive, platform: str) -> Iterator[Sent]:
    """The notebooks in the archive, each with its person. Raises ClassError when the archive is another platform's."""
    if platform == "gradescope":
        yield from _gradescope(archive)
        return
    read = {"moodle": _moodle, "canvas": _canvas, "folders": _folders}[platform]
    for member in archive.members:
        if member.parts[-1].lower().endswith(".ipynb"):
            found = read(member, "/".join(member.parts))
            if found is None:
                archive.refused.append((member.path, f"its path is not what {platform} makes"))
            else:
                yield found


def _moodle(member: Member, path: str) -> Sent | None:
    found = MOODLE.search(path)
    person = found and Person(found["number"], name=found["name"])
    return Sent(person, found["file"].rsplit("/", 1)[-1], member, _local(member)) if person else None


def _canvas(member: Member, path: str) -> Sent | None:
    found = CANVAS.fullmatch(path.rsplit("/", 1)[-1])
    person = found and Person(found["number"], name=found["name"])
    return Sent(person, RESUBMITTED.sub("", found["file"]), member, _local(member)) if person else None


def _folders(member: Member, path: str) -> Sent | None:
    *above, file = path.split("/")
    assignment = above.pop() if len(above) > 1 and Assignment.parse(above[-1]) else None
    return Sent(Person("/".join(above), id=above[-1]), file, member, None, assignment) if above else None


def _gradescope(archive: Archive) -> Iterator[Sent]:
    source = next(member for member in archive.members if member.parts[-1] == METADATA)
    try:
        known = yaml.load(archive.read(source), Loader=_Symbols)
        people = {str(key): [_submitter(one) for one in _get(value, "submitters")] for key, value in known.items()}
        times = {str(key): _get(value, "created_at") for key, value in known.items()}
    except (yaml.YAMLError, Refused, AttributeError, KeyError, TypeError) as error:
        raise ClassError(f"{source.path} cannot be read ({error}). Export the submissions again.") from None
    depth = len(source.parts) - 1
    for member in archive.members:
        if not member.parts[-1].lower().endswith(".ipynb"):
            continue
        submission = member.parts[depth] if len(member.parts) > depth + 1 else ""
        if submission not in people:
            archive.refused.append((member.path, f"{METADATA} does not say whose it is"))
            continue
        for person in people[submission]:  # those of a group have the same hand-in each
            time = times[submission]
            time = time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC) if isinstance(time, datetime) else None
            yield Sent(person, member.parts[-1], member, time)


class _Symbols(yaml.SafeLoader):
    """YAML as Ruby writes it: keys are symbols, `:name`. Nothing but plain values is ever made."""


def _get(mapping: Any, name: str) -> Any:
    return mapping[f":{name}"] if f":{name}" in mapping else mapping[name]


def _submitter(one: Any) -> Person:
    values = {str(key).lstrip(":"): "" if value is None else str(value) for key, value in one.items()}
    email, sid, name = (values.get(key, "") for key in ("email", "sid", "name"))
    return Person(email or sid or name, sid, name, email)


def _local(member: Member) -> datetime | None:
    # A platform's zip has the time of handing in, in the time zone of whoever reads it, for zip knows of none.
    return member.time.astimezone(UTC) if member.time and member.time.year > 1980 else None
