"""A student's own copy of the lessons: made once, added to and brought up to date later, answers never overwritten."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from course.notebook import LESSONS
from course.progress import HIDDEN
from course.typed import typed

SETTINGS = f"{HIDDEN}/lab-settings"
ORIGINALS = f"{HIDDEN}/originals"
BACKUPS = f"{HIDDEN}/before-update"
LAB_SETTINGS = {
    # The syllabus and the lessons' pages open as pages, not as Markdown source.
    "@jupyterlab/docmanager-extension/plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class WorkspaceError(Exception):
    """The copy cannot be made or brought up to date there."""


@dataclass(frozen=True)
class Prepared:
    """What `prepare` did: files added or replaced, notebooks that the course has changed since, and those worked in."""

    added: int
    newer: int
    kept: int


@dataclass(frozen=True)
class Update:
    """What an update did with one notebook; `status` is new, replaced, merged or unreadable."""

    path: Path
    status: str
    answers: tuple[str, ...] = ()
    own: int = 0
    homeless: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()


def prepare(directory: Path, lessons: Path = LESSONS) -> Prepared:
    """Copy what is missing into `directory`. Only notebooks hold a student's work: checks and pages follow the course.

    Raises WorkspaceError.
    """
    directory = _own_folder(directory, lessons)
    added = newer = kept = 0
    try:
        _refuse_to_replace(directory, lessons)
        for source, target, original in _files(directory, lessons):
            if target.exists() and target.read_bytes() == source.read_bytes():
                _keep_original(source, original)
            elif target.exists() and target.suffix == ".ipynb":
                newer += not original.exists() or original.read_bytes() != source.read_bytes()
                kept += 1
            else:
                _copy(source, target, original)
                added += 1
        _write_settings(directory)
    except OSError as error:
        raise WorkspaceError(f"{directory} cannot be written: {error.strerror or error}.") from None
    return Prepared(added, newer, kept)


def update(directory: Path, lessons: Path = LESSONS) -> list[Update]:
    """Bring a copy up to date; a notebook that was worked in is merged with the new one, and kept as it was in a backup.

    Raises WorkspaceError; each notebook is written whole or not at all.
    """
    directory = _own_folder(directory, lessons)
    if not is_copy(directory):
        raise WorkspaceError(f"There are no lessons in {directory}: `{typed('lab', directory)}` makes a copy there.")
    backup = directory / BACKUPS / datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    done = []
    try:
        for source, target, original in _files(directory, lessons):
            if target.exists() and target.read_bytes() == source.read_bytes():
                _keep_original(source, original)
                continue
            if target.suffix != ".ipynb" or not target.exists():
                _copy(source, target, original)
                if target.suffix == ".ipynb":
                    done.append(Update(target, "new"))
            elif not original.exists() or original.read_bytes() != source.read_bytes():
                done.append(_bring_up_to_date(source, target, original, backup / target.relative_to(directory)))
            elif not _readable(target):
                done.append(Update(target, "unreadable"))
        _write_settings(directory)
    except OSError as error:
        raise WorkspaceError(f"{directory} cannot be written: {error.strerror or error}.") from None
    return done


def _bring_up_to_date(source: Path, target: Path, original: Path, backup: Path) -> Update:
    import nbformat

    from course.merge import merge

    new = nbformat.read(source, as_version=4)
    try:
        mine = nbformat.read(target, as_version=4)
        # Copies made by an older course kept no originals: then whatever differs from the new version counts as work.
        base = nbformat.read(original if original.exists() else source, as_version=4)
        merged = merge(mine, base, new)
    except Exception:  # whatever a damaged file makes of the reader; the file itself stays as it is
        return Update(target, "unreadable")
    backup.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target, backup)
    beside = target.with_suffix(".updated")
    nbformat.write(merged.notebook, beside)
    beside.replace(target)
    _keep_original(source, original)
    untouched = not (merged.answers or merged.own or merged.homeless or merged.edited)
    status = "replaced" if untouched else "merged"
    return Update(target, status, merged.answers, merged.own, merged.homeless, merged.edited)


def _readable(notebook: Path) -> bool:
    import nbformat

    try:
        nbformat.read(notebook, as_version=4)
    except Exception:  # whatever a damaged file makes of the reader
        return False
    return True


def _own_folder(directory: Path, lessons: Path) -> Path:
    if not (lessons / "README.md").is_file():
        raise WorkspaceError(f"The lessons are not at {lessons}: run `make lessons` in the course's folder first.")
    directory, lessons = directory.resolve(), lessons.resolve()
    if directory in (lessons, lessons.parent) or lessons in directory.parents:
        raise WorkspaceError(f"{directory} holds the originals: choose a folder of your own.")
    if copy := around(directory):
        raise WorkspaceError(f"{directory} is inside your copy of the lessons: name the whole copy, {copy}.")
    return directory


def around(directory: Path) -> Path | None:
    """The copy of the lessons that a folder lies in, such as a single lesson's."""
    return next((folder for folder in directory.parents if (folder / ORIGINALS).is_dir()), None)


def is_copy(directory: Path) -> bool:
    """Whether a folder is a copy of the lessons; copies made by an older course kept no originals."""
    return (directory / ORIGINALS).is_dir() or ((directory / "README.md").is_file() and any(directory.glob("*/checks.json")))


def _refuse_to_replace(directory: Path, lessons: Path) -> None:
    """Raises WorkspaceError when the copy would write over a file of somebody else's, such as another README.md."""
    if is_copy(directory):
        return
    for source, target, _ in _files(directory, lessons):
        if target.is_file() and target.read_bytes() != source.read_bytes():
            raise WorkspaceError(f"{target} is there already and is not the course's: choose a new folder for the lessons.")


def _files(directory: Path, lessons: Path) -> Iterator[tuple[Path, Path, Path]]:
    """Each file of the course with its place in the copy and the place where its original is kept."""
    for source in sorted(path for path in lessons.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts):
        name = source.relative_to(lessons)
        yield source, directory / name, directory / ORIGINALS / name


def _copy(source: Path, target: Path, original: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    _keep_original(source, original)


def _keep_original(source: Path, original: Path) -> None:
    """Remember a notebook as it was handed out: only beside it can one tell later what a student has written."""
    if source.suffix == ".ipynb" and not (original.exists() and original.read_bytes() == source.read_bytes()):
        original.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, original)


def _write_settings(directory: Path) -> None:
    for plugin, settings in LAB_SETTINGS.items():
        path = directory / SETTINGS / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def running(directory: Path) -> str | None:
    """The address of a JupyterLab that is open on this copy already: two would save over each other's notebooks."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server.get("root_dir", "")) == directory.resolve():
            return f"{server['url']}lab/tree/README.md?token={server['token']}"
    return None


def lab_environment(directory: Path) -> dict[str, str]:
    """Environment variables for JupyterLab in a student's copy."""
    return {"JUPYTERLAB_SETTINGS_DIR": str((directory / SETTINGS).resolve())}


def lab_arguments(directory: Path, *, port: int = 8888, browser: bool = True) -> list[str]:
    """Arguments for JupyterLab, opening at the syllabus."""
    arguments = [
        f"--ServerApp.root_dir={directory.resolve()}",
        f"--ServerApp.port={port}",
        "--LabApp.default_url=/lab/tree/README.md",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.log_level=WARN",
        "--ServerApp.log_level=WARN",  # the address to open then stands alone, not after thirty lines of start-up
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # in a container there is often no other user, and Jupyter would refuse
    return arguments if browser else [*arguments, "--no-browser"]
