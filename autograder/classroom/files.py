"""Writing files so that a crash leaves either the old or the new one, never half of one."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write_bytes(path: Path, data: bytes, *, mode: int = 0o644, sync: bool = True) -> None:
    """Replace a file's content in one step, folders made as needed. With `sync` it outlives a power cut as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def write_text(path: Path, text: str, *, mode: int = 0o644, sync: bool = True) -> None:
    """The same for text. Lone surrogates, which a hostile notebook may hold, become question marks."""
    write_bytes(path, text.encode("utf-8", "replace"), mode=mode, sync=sync)


def write_json(path: Path, value: Any, *, mode: int = 0o644, sync: bool = True) -> None:
    """The same for JSON, with sorted keys, so that equal values make equal files."""
    write_text(path, json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n", mode=mode, sync=sync)


def read_json(path: Path) -> Any:
    """A JSON file of our own, or None when it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def now() -> str:
    """The time in UTC, to the second: what records are stamped with. Durations are measured with a monotonic clock."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
