"""`autograder gradescope-zip`: the course's code, one lesson and a secret, with the two scripts that Gradescope calls."""

from __future__ import annotations

import json
import secrets
import zipfile
from pathlib import Path

from autograder.authoring import source
from autograder.authoring.source import ROOT
from autograder.classroom.errors import ClassError
from course.frameworks import TRACKS

SETTINGS = "tandem.json"
EXTRAS = {"pytorch": "pytorch", "tensorflow": "tensorflow"}
CODE = ("course", "autograder")
FIRST = (1980, 1, 1, 0, 0, 0)

# Gradescope runs setup.sh once, while it builds the image, with the zip unpacked in /autograder/source.
SETUP = """#!/usr/bin/env bash
set -euo pipefail
cd /autograder/source
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq bubblewrap >/dev/null || echo "bubblewrap is not to be had: the fence uses what there is"
for python in python3.13 python3.12 python3.11 python3; do
    if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then break; fi
    python=""
done
if [ -z "$python" ]; then
    apt-get install -y -qq python3.11 >/dev/null
    python=python3.11
fi
apt-get install -y -qq "$python-venv" >/dev/null || apt-get install -y -qq python3-venv >/dev/null
"$python" -m venv /autograder/venv
{first}/autograder/venv/bin/python -m pip install --quiet --editable ".[{extras},instructor]"
# The secret, the references and the grader's code are nobody's business but root's.
chmod -R go-rwx /autograder/source
"""
TORCH = "/autograder/venv/bin/python -m pip install --quiet torch==2.13.0\n"
# And run_autograder for every hand-in.
RUN = """#!/usr/bin/env bash
cd /autograder/source
exec /autograder/venv/bin/python -m autograder.gradescope.run
"""


def pack(lesson: str, to: Path, tracks: tuple[str, ...] = TRACKS, *, unfenced: bool = False, seed: str | None = None) -> Path:
    """Write the zip and give its path. Raises ClassError for an unknown lesson or a zip that cannot be written.

    The secret seed is drawn anew: keep the zip as private as a class folder.
    """
    if lesson not in source.names():
        raise ClassError(f"There is no lesson {lesson}. There are: {', '.join(source.names())}.")
    settings = {"lesson": lesson, "tracks": list(tracks), "unfenced": unfenced, "seed": seed or secrets.token_hex(32)}
    extras = ",".join(EXTRAS[track] for track in tracks)
    first = TORCH if "pytorch" in tracks else ""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as file:
            _add(file, "setup.sh", SETUP.replace("{extras}", extras).replace("{first}", first).encode(), executable=True)
            _add(file, "run_autograder", RUN.encode(), executable=True)
            _add(file, SETTINGS, json.dumps(settings, indent=1).encode())
            for path in _files(lesson):
                _add(file, str(path.relative_to(ROOT)), path.read_bytes())
    except OSError as error:
        raise ClassError(f"{to} cannot be written: {error.strerror or error}.") from None
    return to


def _files(lesson: str) -> list[Path]:
    """The code, the one lesson, and what pip needs to install them."""
    found = [ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "lessons" / "README.md"]
    for folder in (*CODE, f"lessons/{lesson}", f"solutions/{lesson}"):
        inside = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        found += [path for path in inside if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)]
    return sorted(found)


def _add(file: zipfile.ZipFile, name: str, data: bytes, *, executable: bool = False) -> None:
    info = zipfile.ZipInfo(name, FIRST)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    file.writestr(info, data)
