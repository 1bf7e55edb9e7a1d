"""nbgrader's own converters and its gradebook, run in this process as its commands run them."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.classroom.errors import ClassError
from autograder.classroom.folder import PRIVATE, Assignment, ClassFolder

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from traitlets.config import Config

TRIES = 5


@contextmanager
def gradebook(folder: ClassFolder) -> Iterator[Gradebook]:
    """The class's gradebook, open. Raises ClassError when it cannot be read."""
    from sqlalchemy.exc import DatabaseError

    with nbgraders_world():
        try:
            with _opened(folder) as book:
                yield book
        except DatabaseError as error:
            raise ClassError(
                f"{folder.gradebook} cannot be used: {error.orig}. If another program has it open, close that and run this "
                "again; if the file is damaged, restore it from a backup. No mark is lost: .tandem/ has them as well."
            ) from None


def _opened(folder: ClassFolder) -> Gradebook:
    """The gradebook; tried again for a while when another program is writing to it."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import OperationalError

    for attempt in range(1, TRIES):
        try:
            return Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id)
        except OperationalError as error:
            if "locked" not in str(error):
                raise
        time.sleep(attempt)
    return Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id)


@contextmanager
def nbgraders_world() -> Iterator[None]:
    """What nbgrader needs around it, and no warnings about its own insides.

    It calls `alembic` by name when it makes a gradebook, which is not on the path of an environment that nobody activated.
    """
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _keep_engines()
            yield
    finally:
        os.environ["PATH"] = path


@cache
def _keep_engines() -> None:
    """Let nbgrader open a gradebook with the engine that it opened it with before.

    A converter opens the gradebook five times; compiling the same queries again for each took a third of a submission's time.
    Connections are closed as before: it is what SQLAlchemy has compiled that stays.
    """
    from nbgrader import api

    if not hasattr(api.create_engine, "cache_info"):
        api.create_engine = lru_cache(maxsize=8)(api.create_engine)


def convert(
    folder: ClassFolder,
    kind: type,
    assignment: Assignment,
    student: str,
    *,
    intake: bool = False,
    tries: int | None = None,
    defaults: dict[str, dict[str, Any]] | None = None,
    **traits: Any,
) -> None:
    """Run one of nbgrader's converters on one submission, `tries` times where the gradebook is busy.

    `defaults` are settings that nbgrader_config.py goes before. Raises ClassError with the reason from nbgrader's log.
    """
    from nbgrader.coursedir import CourseDirectory

    config = settings_of(folder)
    for section, values in (defaults or {}).items():
        if not values.keys() & config[section].keys():
            config[section].update(values)
    # A notebook is looked at once behind all steps, not behind each.
    config.Exporter.optimistic_validation = True
    log = _log(folder)
    places = {"submitted_directory": f"{PRIVATE}/intake"} if intake else {}
    with nbgraders_world():
        coursedir = CourseDirectory(
            config=config, root=str(folder.root), assignment_id=assignment.name, student_id=student, log=log, **places
        )
        converter = kind(coursedir=coursedir, config=config, log=log, **traits)
        _retry(converter.start, folder, f"{assignment.name}, {student}", TRIES if tries is None else tries)


def _retry(start: Callable[[], None], folder: ClassFolder, what: str, tries: int) -> None:
    from nbgrader.converters.base import NbGraderException
    from sqlalchemy.exc import OperationalError

    for attempt in range(1, tries + 1):
        before = folder.log.stat().st_size if folder.log.exists() else 0
        try:
            return start()
        except (NbGraderException, OperationalError) as error:
            # Another program may be writing to the gradebook; nbgrader says so in its log only.
            said = _since(folder, before)
            if attempt < tries and "locked" in str(error) + said:
                time.sleep(attempt)
                continue
            raise ClassError(f"nbgrader could not process {what} ({_why(said) or error}); its log is {folder.log}") from None
    return None


def _since(folder: ClassFolder, offset: int) -> str:
    """What nbgrader has logged behind an offset."""
    with suppress(FileNotFoundError), folder.log.open("rb") as file:
        file.seek(offset)
        return file.read(100_000).decode("utf-8", "replace")
    return ""


def _why(log: str) -> str:
    """The error of the last traceback in a piece of nbgrader's log."""
    lines = [line for line in log.splitlines() if re.match(r"[A-Za-z_.]+(Error|Exception|Missing\w*): ", line)]
    return lines[-1][:300] if lines else ""


def settings_of(folder: ClassFolder) -> Config:
    """nbgrader_config.py as nbgrader reads it, so that an instructor's own settings count here too."""
    from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

    try:
        return PyFileConfigLoader(folder.config.name, path=str(folder.root)).load_config()
    except ConfigFileNotFound:
        raise ClassError(f"{folder.config} is missing.") from None
    except Exception as error:
        raise ClassError(f"{folder.config} has a mistake: {type(error).__name__}: {error}") from None


class _QuietHandler(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: a log that cannot be written, as on a full disk, is no reason to show tracebacks to an instructor."""


def _log(folder: ClassFolder) -> logging.Logger:
    log = logging.getLogger(f"tandem.nbgrader.{folder.root}")
    if not log.handlers:
        folder.private.mkdir(exist_ok=True)
        handler = _QuietHandler(folder.log, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
        log.propagate = False
        log.setLevel(logging.WARNING)
    return log
