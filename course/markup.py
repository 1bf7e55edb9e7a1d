"""Text to HTML: everything from outside is escaped; `code`, *stress* and **bold** are set as in Markdown."""

from __future__ import annotations

import re
from html import escape

STRESSED = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*\n]*[^\s*])\1(?![\w*])")


def inline(text: str) -> str:
    """Escaped text in which `code` is set as code, *words* as stressed and **words** as bold."""
    pieces = escape(text.strip()).split("`")
    return "".join(f"<code>{piece}</code>" if i % 2 else _stressed(piece) for i, piece in enumerate(pieces))


def _stressed(piece: str) -> str:
    return STRESSED.sub(lambda m: f"<strong>{m[2]}</strong>" if len(m[1]) == 2 else f"<em>{m[2]}</em>", piece)


def block(text: str) -> str:
    """Escaped text with its own line breaks and spaces, as numbers and arrays need it."""
    style = "margin:0;padding:0;background:transparent;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"
    return f"<pre style='{style}'>{escape(text)}</pre>"
