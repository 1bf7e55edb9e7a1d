"""Says which fences hold on this machine, and proves each by trying to break it from inside, as a student's code would."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.engine.attacks import BROKEN, REMEDIES, Attack, Bait, attacks
from autograder.engine.drive import Drive
from autograder.engine.parents import Parents
from autograder.engine.process import GraderFault
from autograder.engine.work import FAILED, OK, Limits, RunStep, StepResult, Work
from course.health import Finding

LIMITS = Limits(
    step_seconds=4, total_seconds=60, memory_bytes=512 << 20, output_bytes=1 << 16, file_bytes=4 << 20, processes=16
)


def examine(*, unfenced: bool = False) -> list[Finding]:
    """Try to break every fence; one finding for each. `unfenced` runs the same attacks without one, to show the difference."""
    with _bait() as bait, Parents(unfenced=unfenced) as parents:
        try:
            parents.start("numpy", LIMITS).stop()
        except GraderFault as error:
            return [Finding(False, str(error), REMEDIES["namespaces"])]
        kind = "no fence: asked for in words" if unfenced else "namespaces, a root file system of its own, no privileges"
        return [Finding(not unfenced, kind, REMEDIES["unfenced"]), *(_try(attack, parents, bait) for attack in attacks(bait))]


def _try(attack: Attack, parents: Parents, bait: Bait) -> Finding:
    outcome = Drive(Work("doctor", "numpy", (RunStep("attack", attack.source),), LIMITS), parents.start).run()
    if outcome.fault:
        return Finding(False, f"{attack.fence}: {outcome.fault}", attack.remedy)
    reached = _reached(outcome.results[0], attack)
    time.sleep(0.05)
    survivors = _survivors(bait.marker)
    if survivors:
        reached = f"{survivors} processes were left"
        _kill(bait.marker)
    return Finding(not reached, f"{attack.fence}: {reached or 'holds'}", attack.remedy)


def _reached(result: StepResult, attack: Attack) -> str:
    printed = "".join(output.get("text", "") for output in result.outputs if output["output_type"] == "stream")
    if BROKEN in printed:
        return printed[printed.index(BROKEN) :].splitlines()[0]
    if len(printed) > 2 * LIMITS.output_bytes:
        return f"{len(printed):,} characters came through"
    if result.status in (OK, FAILED) or attack.may_die:
        return ""
    return f"the attack did not come to its end ({result.reason})"


def _survivors(marker: str) -> int:
    return len(_marked(marker))


def _kill(marker: str) -> None:
    for pid in _marked(marker):
        with suppress(ProcessLookupError):
            os.kill(pid, 9)


def _marked(marker: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and marker.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


@contextmanager
def _bait() -> Iterator[Bait]:
    """A secret file, a server on this machine, a socket without a file, a variable and a name for processes."""
    with tempfile.TemporaryDirectory(prefix="tandem-doctor-") as folder, _server() as port, _abstract() as name:
        secret = Path(folder, "secret")
        secret.write_text("the class's secret seed")
        secret.chmod(0o666)
        Path(folder).chmod(0o777)
        os.environ["TANDEM_DOCTOR_SECRET"] = "the class's secret seed"
        try:
            yield Bait(secret, port, name, "TANDEM_DOCTOR_SECRET", f"tandem-doctor-{os.getpid()}")
        finally:
            del os.environ["TANDEM_DOCTOR_SECRET"]


@contextmanager
def _server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def _abstract() -> Iterator[str]:
    name = f"tandem-doctor-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        if sys.platform == "linux":
            server.bind(f"\0{name}")
            server.listen()
        yield name


def _accept(server: socket.socket) -> None:
    with suppress(OSError):
        while True:
            server.accept()[0].close()
