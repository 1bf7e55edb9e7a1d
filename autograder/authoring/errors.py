"""What an author is told: which file, which line, what is wrong."""

from __future__ import annotations

from pathlib import Path


class AuthorError(Exception):
    """A mistake in a lesson's source. Its text is `file:line: message`, which editors can jump to."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}")
