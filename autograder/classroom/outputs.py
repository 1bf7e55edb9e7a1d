"""Outputs of a student's cells, made harmless: text and pictures only, bounded in bytes and pixels."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from html import unescape
from typing import Any

Output = dict[str, Any]

TEXT_LIMIT = 20_000
LINE_LIMIT = 2_000
PICTURE_BYTES = 4 << 20
PICTURE_PIXELS = 16_000_000
OUTPUTS_PER_CELL = 50
# The lines round what nbgrader keeps from students in a test cell.
BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,80}")
# The one HTML that is understood: a picture as `course.plots.show` writes it.
FIGURE = re.compile(
    r'<img alt="(?P<alt>[^"<>]*)" width="(?P<width>[0-9]{1,4})" src="data:image/png;base64,(?P<png>[A-Za-z0-9+/=]+)">'
)


def harmless(outputs: list[Any]) -> list[Output]:
    """The outputs with everything removed that a browser could run. What decides a score for nbgrader stays."""
    kept = [clean for output in outputs[:OUTPUTS_PER_CELL] if isinstance(output, dict) and (clean := _clean(output))]
    if len(outputs) > OUTPUTS_PER_CELL:
        kept.append(stream(f"... {len(outputs) - OUTPUTS_PER_CELL} more outputs left out"))
    return kept


def stream(text: str) -> Output:
    """A printed text as an output."""
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def display(html: str, text: str) -> Output:
    """A display of our own; the HTML must be trusted and escaped already."""
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": html, "text/plain": text}}


def error(kind: str, message: str, lines: list[str]) -> Output:
    """An error as an output: for nbgrader, the check cell has failed."""
    return {"output_type": "error", "ename": kind, "evalue": message, "traceback": lines}


def _clean(output: Output) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": short(_text(output.get("text")))}
    if kind == "error":
        name = _text(output.get("ename"))
        lines = output.get("traceback")
        lines = [short(_text(line)) for line in lines[:100]] if isinstance(lines, list) else []
        return error(name if NAMES.fullmatch(name) else "Error", short(_text(output.get("evalue"))), lines)
    if kind in ("display_data", "execute_result"):
        data, metadata = _clean_data(output.get("data"))
        if kind == "display_data":
            return {"output_type": kind, "metadata": metadata, "data": data} if data else None
        return {"output_type": kind, "metadata": metadata, "data": data, "execution_count": None}
    return None


def _clean_data(data: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """Data and metadata of a rich output; the only metadata are a picture's words and width."""
    if not isinstance(data, dict):
        return {}, {}
    figure = FIGURE.fullmatch(_text(data.get("text/html")))
    if figure and is_picture(figure["png"], "image/png"):
        words = short(unescape(figure["alt"]))
        return {"image/png": figure["png"], "text/plain": words}, {"image/png": {"width": int(figure["width"]), "alt": words}}
    kept: dict[str, str] = {}
    for mime in ("image/png", "image/jpeg"):
        picture = re.sub(r"\s", "", _text(data.get(mime)))
        if picture and is_picture(picture, mime):
            kept[mime] = picture
    plain = _text(data.get("text/plain"))
    if plain or kept:
        kept["text/plain"] = short(plain)
    elif data:
        kept["text/plain"] = f"[{short(', '.join(sorted(map(str, data))[:5]))}: not shown here]"
    return kept, {mime: {"alt": "Picture that this cell shows"} for mime in kept if mime.startswith("image/")}


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def short(text: str) -> str:
    """A text cut to what a page can show: long lines first, then as a whole."""
    lines = [line if len(line) <= LINE_LIMIT else line[:LINE_LIMIT] + " ... (line cut)" for line in text.split("\n")]
    text = "\n".join(lines)
    return text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT] + "\n... (output cut)"


def is_picture(encoded: str, mime: str) -> bool:
    """Whether this is a PNG or JPEG of reasonable size, told from its own first bytes and not from its label."""
    if len(encoded) > PICTURE_BYTES * 4 // 3 + 4:
        return False
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    if mime == "image/jpeg":
        # A JPEG's size stands somewhere behind its first bytes; the bound on bytes has to do.
        return data[:3] == b"\xff\xd8\xff"
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        return False
    width, height = struct.unpack(">II", data[16:24])
    return 0 < width * height <= PICTURE_PIXELS


def verbatim(text: str) -> str:
    """Markdown that shows a text exactly as it is: an indented block, in which no HTML and no link lives."""
    return "\n".join("    " + line for line in text.splitlines())
