"""Downloads that go on where they broke off: for files that are too large to begin again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PIECE = 1 << 16
ATTEMPTS = 20
"""How often one call goes on after a break, as long as each time something has come."""


class Resuming:
    """A downloader for pooch. What has come lies beside the file as `.NAME.part`, also when Python is stopped.

    The server may know nothing of ranges, or hold another file by now: then the download begins again, and in the end the
    checksum, which pooch compares, decides.
    """

    def __init__(self, progress: Any, timeout: tuple[float, float]) -> None:
        self.progress, self.timeout = progress, timeout

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:
        """Download `url` into `output_file`. Raises what requests raises."""
        import requests

        part = Path(output_file).with_name(f".{url.rpartition('/')[2]}.part")
        for attempt in range(ATTEMPTS):
            before = _size(part)
            try:
                self._go_on(url, part)
                break
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
                if _size(part) <= before or attempt == ATTEMPTS - 1:
                    raise
        part.replace(output_file)

    def _go_on(self, url: str, part: Path) -> None:
        """Ask for what is missing and append it; begin again where the server sends the whole file."""
        import requests

        have = _size(part)
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with requests.get(url, headers=headers, stream=True, timeout=self.timeout) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable and have:
                if answer.headers.get("Content-Range") == f"bytes */{have}":
                    return None  # there is nothing after what we have: it is whole
                part.unlink()  # it is of another file
                return self._go_on(url, part)
            answer.raise_for_status()
            goes_on = answer.status_code == requests.codes.partial_content
            if goes_on and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                part.unlink()
                raise requests.ConnectionError("the server sent another piece than was asked for")
            have = have if goes_on else 0
            length = int(answer.headers.get("Content-Length", 0))
            self.progress.reset()
            self.progress.total = have + length if length else 0
            if have:
                self.progress.update(have)
            with part.open("ab" if goes_on else "wb") as file:
                for piece in answer.iter_content(PIECE):
                    file.write(piece)
                    self.progress.update(len(piece))
            if length and _size(part) < have + length:
                raise requests.ConnectionError("the download broke off")
        return None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
