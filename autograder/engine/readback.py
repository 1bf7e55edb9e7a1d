"""The trusted side's reading of a child's answers: only well-formed outputs and observations get through, cut to size."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

from autograder.engine.work import Limits, Value
from course.codec import CodecError, decode

MAX_OUTPUTS = 2_000
MAX_PIXELS = 25_000_000
RICH_FACTOR = 8
CUT = "\n[output cut here: more than {limit:,} bytes]\n"

Output = dict[str, Any]


class Unreadable(ValueError):
    """A child's answer is not what a child of ours sends."""


def outputs(raw: Any, limits: Limits) -> list[Output]:
    """Outputs of a cell as nbformat writes them. What is malformed or beyond the limits is left out."""
    if not isinstance(raw, list):
        raise Unreadable("no list of outputs")
    kept: list[Output] = []
    text_room, rich_room = limits.output_bytes, RICH_FACTOR * limits.output_bytes
    for item in raw[:MAX_OUTPUTS]:
        output = _output(item)
        if output is None:
            continue
        if output["output_type"] == "stream":
            size = len(output["text"].encode())
            if size > text_room:
                output["text"] = output["text"].encode()[:text_room].decode("utf-8", "ignore") + CUT.format(
                    limit=limits.output_bytes
                )
            text_room = max(0, text_room - size)
            if not text_room and size == 0:
                continue
        else:
            rich_room -= _size(output)
            if rich_room < 0:
                kept.append({"output_type": "stream", "name": "stderr", "text": "[an output was dropped: too much data]\n"})
                break
        kept.append(output)
        if not text_room:
            break
    return kept


def _output(item: Any) -> Output | None:
    kind = item.get("output_type") if isinstance(item, dict) else None
    if kind == "stream" and item.get("name") in ("stdout", "stderr") and isinstance(item.get("text"), str):
        return {"output_type": kind, "name": item["name"], "text": item["text"]}
    if kind in ("display_data", "execute_result"):
        data = _bundle(item.get("data"))
        output = {"output_type": kind, "data": data, "metadata": _metadata(item.get("metadata"))}
        if kind == "execute_result":
            count = item.get("execution_count")
            output["execution_count"] = count if isinstance(count, int) and not isinstance(count, bool) else None
        return output if data else None
    if kind == "error":
        lines = item.get("traceback")
        lines = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
        name, value = item.get("ename"), item.get("evalue")
        if isinstance(name, str) and isinstance(value, str):
            return {"output_type": kind, "ename": name, "evalue": value, "traceback": lines}
    return None


def _bundle(data: Any) -> dict[str, Any]:
    """A MIME bundle: text for every type but JSON, pictures of a bearable size."""
    if not isinstance(data, dict):
        return {}
    kept: dict[str, Any] = {}
    for kind, value in list(data.items())[:20]:
        if kind.count("/") != 1 or len(kind) > 100:
            continue
        is_json = kind == "application/json" or kind.endswith("+json")
        is_text = isinstance(value, str) and (not kind.startswith("image/") or _bearable(kind, value))
        if is_json or is_text:
            kept[kind] = value
    return kept


def _metadata(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) and _size(value) < 10_000 else {}


def _bearable(kind: str, value: str) -> bool:
    """Whether a picture has no more pixels than a browser shows with ease. A small file can unpack to gigabytes."""
    if kind == "image/svg+xml":
        return True
    if kind not in ("image/png", "image/jpeg", "image/gif"):
        return False
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    if kind == "image/png":
        return len(raw) > 24 and raw[:8] == b"\x89PNG\r\n\x1a\n" and _few(*struct.unpack(">II", raw[16:24]))
    if kind == "image/gif":
        return len(raw) > 10 and raw[:4] == b"GIF8" and _few(*struct.unpack("<HH", raw[6:10]))
    return _jpeg(raw)


def _jpeg(raw: bytes) -> bool:
    if raw[:2] != b"\xff\xd8":
        return False
    at = 2
    while at + 9 < len(raw) and raw[at] == 0xFF:
        marker, length = raw[at + 1], struct.unpack(">H", raw[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return _few(width, height)
        at += 2 + length
    return False


def _few(width: int, height: int) -> bool:
    return 0 < width * height <= MAX_PIXELS


def _size(tree: Any) -> int:
    """About how many characters a tree takes as JSON."""
    if isinstance(tree, str):
        return len(tree) + 2
    if isinstance(tree, dict):
        return sum(_size(key) + _size(value) for key, value in tree.items()) + 2
    if isinstance(tree, list):
        return sum(map(_size, tree)) + 2
    return 8


def error(raw: Any) -> str:
    """What a failed cell's error was, in one line; empty when it had none."""
    if raw is None:
        return ""
    if isinstance(raw, list) and len(raw) == 2 and all(isinstance(part, str) for part in raw):
        line = raw[1].strip().splitlines()
        return f"{raw[0][:100]}: {line[0][:300]}" if line else raw[0][:100]
    raise Unreadable("no error")


def test(answer: dict[str, Any]) -> tuple[Value | None, list[str], int]:
    """Of a test cell: the value of its last line, the names of what was changed, the line that failed. Raises Unreadable."""
    raw, names, line = answer.get("value"), answer.get("changed"), answer.get("line")
    value = None
    if raw is not None:
        if not (isinstance(raw, dict) and isinstance(raw.get("type"), str) and isinstance(raw.get("text"), str)):
            raise Unreadable("no value")
        value = Value(raw["type"][:100], raw["text"][:100], raw.get("number") is not False)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unreadable("no names")
    return value, [name[:100] for name in names[:50]], line if isinstance(line, int) else 0


def observations(raw: Any, count: int) -> list[dict[str, Any]]:
    """Decoded observations, one for each case. Raises Unreadable; a single bad observation only counts as an error."""
    if not isinstance(raw, list) or len(raw) != count:
        raise Unreadable("not one observation for each case")
    return [_observation(item) for item in raw]


def _observation(item: Any) -> dict[str, Any]:
    try:
        seen = decode(item, recipes=False)
    except (CodecError, RecursionError, MemoryError) as problem:
        return {"error": {"type": "Unplain", "message": str(problem)[:500], "line": ""}}
    if not isinstance(seen, dict):
        return {"error": {"type": "Unplain", "message": "something that is no observation", "line": ""}}
    return seen
