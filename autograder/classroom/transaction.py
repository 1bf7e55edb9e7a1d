"""All that nbgrader writes for one submission, in one transaction of its gradebook.

Its converters open the gradebook ten times for a submission, look each time whether all tables are there, and commit some
thirty times, each commit waiting for the disk. Together that was more than half of what saving a submission cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from autograder.classroom.converters import gradebook
from autograder.classroom.folder import ClassFolder

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

_current: ContextVar[_Shared | None] = ContextVar("gradebook", default=None)


class Undone(Exception):
    """nbgrader took back what it had written: nothing of this transaction may stay."""


class _Held:
    """A database session whose commits wait for the end of the transaction."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.undone = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def commit(self) -> None:
        self._session.flush()
        # As after a commit: sums of scores are computed by the database, and are read again.
        self._session.expire_all()

    def rollback(self) -> None:
        self._session.rollback()
        self.undone = True

    def remove(self) -> None:
        """Nothing: the session is still needed."""


class _Shared:
    """The gradebook that is open already."""

    def __init__(self, book: Gradebook) -> None:
        self.url, self.engine, self.db = str(book.engine.url), book.engine, _Held(book.db)
        self.courses: set[str] = set()


@contextmanager
def one_transaction(folder: ClassFolder) -> Iterator[None]:
    """Whatever nbgrader writes to the class's gradebook inside is written at the end, at once, or not at all.

    Raises Undone, ClassError, or whatever is raised inside; then nothing has been written.
    """
    _teach_nbgrader()
    with gradebook(folder) as book:
        shared = _Shared(book)
        token = _current.set(shared)
        try:
            yield
            if shared.db.undone:
                raise Undone
            book.db.commit()
        except BaseException:
            book.db.rollback()
            raise
        finally:
            _current.reset(token)


@cache
def _teach_nbgrader() -> None:
    """Let nbgrader's Gradebook use the one that is open, where there is one."""
    from nbgrader.api import Gradebook

    opens, closes = Gradebook.__init__, Gradebook.close

    def open_again(self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
        shared = _current.get()
        if shared is None or shared.url != db_url:
            opens(self, db_url, course_id, authenticator)
            return
        self.engine, self.db, self.course_id, self.authenticator = shared.engine, shared.db, course_id, authenticator
        if course_id not in shared.courses:
            shared.courses.add(course_id)
            self.check_course(course_id=course_id)

    def close(self: Any) -> None:
        if not isinstance(self.db, _Held):
            closes(self)

    Gradebook.__init__, Gradebook.close = open_again, close
