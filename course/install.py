"""The frameworks as packages: which are there, and the command that installs one."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

MODULES = {"pytorch": "torch", "tensorflow": "tensorflow"}
ROOT = Path(__file__).resolve().parent.parent


def is_there(track: str) -> bool:
    """Whether a track's framework can be imported; it is not imported here."""
    module = MODULES[track]
    return module in sys.modules or find_spec(module) is not None


def command(track: str) -> str:
    """What to type, in any folder and without an environment made active, to install a track's framework."""
    return shlex.join([sys.executable, "-m", "pip", "install", "-e", f"{ROOT}[{track}]"])
