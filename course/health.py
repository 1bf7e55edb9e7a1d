"""What is installed and what is missing, each with the command that mends it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from course import install
from course.notebook import native_stderr_closed, quiet


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is good, in words, and the command that mends it."""

    good: bool
    text: str
    remedy: str = ""
    framework: bool = False


def examine() -> list[Finding]:
    """Look at Python, JupyterLab, the two frameworks and their devices."""
    here = ".".join(map(str, sys.version_info[:3]))
    python = sys.version_info >= (3, 11)
    findings = [Finding(python, f"Python {here}", "install Python 3.11 or newer")]
    findings += [_package(name) for name in ("jupyterlab", "numpy", "matplotlib", "scikit-learn")]
    findings.append(_framework("torch", "PyTorch", "pytorch", _torch_device))
    findings.append(_framework("tensorflow", "TensorFlow", "tensorflow", _tensorflow_device))
    return findings


def _package(name: str) -> Finding:
    try:
        return Finding(True, f"{name} {version(name)}")
    except PackageNotFoundError:
        return Finding(False, f"{name} is not installed", shlex.join([sys.executable, "-m", "pip", "install", name]))


def _framework(package: str, title: str, extra: str, device) -> Finding:
    remedy = f"{install.command(extra)}   (only needed for the {title} track)"
    try:
        number = version(package)
    except PackageNotFoundError:
        return Finding(False, f"{title} is not installed", remedy, framework=True)
    quiet()
    try:
        with native_stderr_closed():
            where = device()
    except Exception as error:  # a broken installation may fail in any way; the finding says how
        return Finding(False, f"{title} {number} does not start: {type(error).__name__}: {error}", remedy, framework=True)
    return Finding(True, f"{title} {number}, computing on {where}", framework=True)


def _torch_device() -> str:
    import torch

    if torch.cuda.is_available():
        return f"the GPU {torch.cuda.get_device_name(0)} (cuda) and the CPU"
    if torch.backends.mps.is_available():
        return "the Apple GPU (mps) and the CPU"
    return "the CPU"


def _tensorflow_device() -> str:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return f"{len(gpus)} GPU and the CPU" if gpus else "the CPU"
