"""What several tests of a class ask of it."""

from __future__ import annotations

from autograder.classroom import gradebook
from autograder.classroom.folder import ClassFolder


def export(folder: ClassFolder) -> str:
    """nbgrader's own export, as its command writes it."""
    from traitlets.config import LoggingConfigurable

    from autograder.classroom.stock import HonestCsvExport

    parent = LoggingConfigurable()
    parent.coursedir = type("CourseDirectory", (), {"root": str(folder.root)})()
    path = folder.root.parent / "export.csv"
    with gradebook.gradebook(folder) as book:
        plugin = HonestCsvExport(to=str(path))
        plugin.parent = parent
        plugin.export(book)
    return path.read_text()
