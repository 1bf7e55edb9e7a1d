"""Files from the internet: kept in a cache, checked by their SHA-256, with progress on stdout and patience that ends."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.data.resume import Resuming

CACHE = "TANDEM_DATA"
"""Environment variable that names another folder for the cache."""

TIMEOUT = (4.0, 20.0)
"""Seconds to wait for a connection, and for the next piece of an answer."""
RETRIES = 1


class Unavailable(Exception):
    """Files that are neither in the cache nor to be downloaded: what was tried, and what to do."""

    def __init__(self, message: str, short: str) -> None:
        super().__init__(message)
        self.short = short

    def _render_traceback_(self) -> list[str]:  # IPython asks the exception itself how to show it
        return [f"Unavailable: {self}"]


@dataclass(frozen=True)
class Collection:
    """Files that belong together: `sha256` by file name, the smallest first; `mirrors` are folders that hold them all.

    The environment variable `variable` may name another folder to take the place of the mirrors.
    """

    name: str
    sha256: dict[str, str]
    mirrors: tuple[str, ...]
    variable: str

    def addresses(self) -> tuple[str, ...]:
        own = os.environ.get(self.variable, "").strip()
        return tuple(address.rstrip("/") + "/" for address in ((own,) if own else self.mirrors))


def fetch(collection: Collection, *, resume: bool = False) -> dict[str, Path]:
    """Where each file lies, downloaded if need be; every one has its checksum. Raises Unavailable.

    A download goes into a temporary file, and gets its name only when it is whole and right. With `resume` what came of a
    download that broke off is kept, and the next one goes on from there: for files of hundreds of megabytes.
    """
    import pooch

    folder = cache() / collection.name.lower()
    if all(_right(folder / name, digest) for name, digest in collection.sha256.items()):
        return {name: folder / name for name in collection.sha256}
    tried: list[tuple[str, str]] = []
    for address in collection.addresses():
        source = pooch.create(
            path=folder,
            base_url=address,
            registry={name: f"sha256:{digest}" for name, digest in collection.sha256.items()},
            retry_if_failed=RETRIES,
        )
        try:
            with _quiet_pooch():
                return {name: _fetch_one(source, name, resume) for name in collection.sha256}
        except Exception as error:  # requests, urllib3, TLS and the file system each have errors of their own
            tried.append((address, _reason(error)))
    raise _unavailable(collection, folder, tried)


def cache() -> Path:
    """The folder that keeps what was downloaded: the user's own cache, or the one that TANDEM_DATA names."""
    import pooch

    own = os.environ.get(CACHE, "").strip()
    return Path(own).expanduser() if own else Path(pooch.os_cache("tandem-course"))


def _right(path: Path, digest: str) -> bool:
    import pooch

    try:
        return path.is_file() and pooch.file_hash(str(path), alg="sha256") == digest
    except OSError:
        return False


def _fetch_one(source: Any, name: str, resume: bool) -> Path:
    import pooch

    bar = _Progress(name)
    downloader = Resuming(bar, TIMEOUT) if resume else pooch.HTTPDownloader(progressbar=bar, timeout=TIMEOUT)
    try:
        return Path(source.fetch(name, downloader=downloader))
    finally:
        bar.close()


class _Progress:
    """What pooch wants of a progress bar, drawn by tqdm on stdout: what stands on stderr looks like an error.

    The bar is made when the first bytes come, so that a file from the cache or a failure draws none.
    """

    def __init__(self, name: str) -> None:
        self.name, self.bar, self.total = name, None, 0

    def update(self, count: int) -> None:
        if self.bar is None:
            from tqdm import tqdm

            self.bar = tqdm(desc=self.name, total=self.total, file=sys.stdout, unit="B", unit_scale=True, ascii=True, ncols=80)
        # pooch counts whole chunks, the last one too; and a second try begins again.
        self.bar.total = self.total or None
        self.bar.update(min(count, self.total - self.bar.n) if self.total else count)

    def reset(self) -> None:
        if self.bar is not None:
            self.bar.reset()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """pooch tells on stderr of every download and every second try; our errors say it once."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _reason(error: Exception) -> str:
    """An error of the network in words."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the download broke off"
    if isinstance(error, requests.ConnectionError):
        # requests reports a stalled body as a lost connection.
        return "the server stopped answering" if "timed out" in str(error).lower() else "no connection"
    if isinstance(error, requests.RequestException):
        return f"the address cannot be used ({type(error).__name__})"
    if isinstance(error, ValueError):
        return "the file there has another checksum than it should: damaged, or not this file"
    if isinstance(error, OSError):
        return f"the cache cannot be written ({error.strerror or error})"
    return f"{type(error).__name__}: {error}"


def _unavailable(collection: Collection, folder: Path, tried: list[tuple[str, str]]) -> Unavailable:
    lines = "\n".join(f"  tried {address}: {reason}" for address, reason in tried)
    message = (
        f"{collection.name} is not in {folder}, and it could not be downloaded.\n{lines}\n"
        f"What to do: connect to the internet and run this again; or set the environment variable {collection.variable} to "
        f"the address of a folder that holds the files; or put the files there yourself: {', '.join(collection.sha256)}"
    )
    return Unavailable(message, "; ".join(dict.fromkeys(reason for _, reason in tried)))
