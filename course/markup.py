"""Text to HTML: everything from outside is escaped, and `code` between backticks is set as code."""

from __future__ import annotations

from html import escape


def inline(text: str) -> str:
    """Escaped text in which `code` is set as code."""
    pieces = escape(text.strip()).split("`")
    return "".join(f"<code>{piece}</code>" if i % 2 else piece for i, piece in enumerate(pieces))


def block(text: str) -> str:
    """Escaped text with its own line breaks and spaces, as numbers and arrays need it."""
    style = "margin:0;padding:0;background:transparent;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"
    return f"<pre style='{style}'>{escape(text)}</pre>"
