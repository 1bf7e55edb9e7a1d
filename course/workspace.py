"""A student's own copy of the lessons: made once, added to later, never overwritten."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from course.notebook import LESSONS

SETTINGS = ".tandem/lab-settings"
LAB_SETTINGS = {
    # The syllabus and the lessons' pages open as pages, not as Markdown source.
    "@jupyterlab/docmanager-extension/plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class WorkspaceError(Exception):
    """The copy cannot be made there."""


def prepare(directory: Path, lessons: Path = LESSONS) -> tuple[int, int]:
    """Copy what is missing into `directory`; the numbers of files added and of changed files left alone.

    Only notebooks hold a student's work: checks and pages follow the course. Raises WorkspaceError.
    """
    if not (lessons / "README.md").is_file():
        raise WorkspaceError(f"The lessons are not at {lessons}: run `make lessons` in the course's folder first.")
    directory = directory.resolve()
    if directory == lessons.resolve() or lessons.resolve() in directory.parents:
        raise WorkspaceError(f"{directory} holds the originals: choose a folder of your own.")
    added = kept = 0
    try:
        for source in sorted(path for path in lessons.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts):
            target = directory / source.relative_to(lessons)
            if target.exists() and target.read_bytes() == source.read_bytes():
                continue
            if target.exists() and target.suffix == ".ipynb":
                kept += 1
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            added += 1
        _write_settings(directory)
    except OSError as error:
        raise WorkspaceError(f"{directory} cannot be written: {error.strerror or error}.") from None
    return added, kept


def _write_settings(directory: Path) -> None:
    for plugin, settings in LAB_SETTINGS.items():
        path = directory / SETTINGS / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


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
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # in a container there is often no other user, and Jupyter would refuse
    return arguments if browser else [*arguments, "--no-browser"]
