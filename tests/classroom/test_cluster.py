"""The same class on a Dask cluster of two worker processes, one of which is killed half-way: the same marks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import RIGHT, TRANSPOSED, answered, hand_in
from test_kill import fence
from tests_of_class import export

from autograder.classroom import grade as grading
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.grade import GRADED, QUARANTINED, grade
from autograder.engine import RunStep, Work
from autograder.engine import cluster as on_cluster
from autograder.engine.work import Outcome

PYTORCH = Assignment("00-try", "pytorch")
pytestmark = [pytest.mark.xdist_group("cluster")]


class Workers:
    """Worker processes of one thread each, each started again when it has died, as an administrator would have it."""

    def __init__(self, address: str, count: int) -> None:
        command = f"{sys.executable} -m distributed.cli.dask_worker {address} --no-nanny --nthreads 1 --no-dashboard"
        loop = ["/bin/sh", "-c", f"while :; do {command} --local-directory /tmp; done"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # The grader is this very one, wherever the tests were started.
        settings = os.environ | {"PYTHONPATH": str(Path(on_cluster.__file__).parents[2])}
        self.loops = [subprocess.Popen(loop, start_new_session=True, env=settings, **quiet) for _ in range(count)]  # type: ignore[call-overload]

    def stop(self) -> None:
        for process in self.loops:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def scheduling() -> Iterator[str]:
    """The address of a scheduler without workers."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    quiet = {"silence_logs": 50, "dashboard_address": "127.0.0.1:0"}
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), distributed.LocalCluster(n_workers=0, **quiet) as one:
        yield one.scheduler_address


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two worker processes."""
    from distributed import Client

    with scheduling() as address:
        workers = Workers(address, 2)
        try:
            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=120)
            yield address
        finally:
            workers.stop()


def fill(folder: ClassFolder, blank: dict[str, Any]) -> ClassFolder:
    hand_in(folder, "ana", answered(blank))
    hand_in(folder, "bob", answered(blank, RIGHT | {"one_hot": TRANSPOSED}))
    hand_in(folder, "cy", b"{")
    for i in range(6):
        scale = f"import time, os\ntime.sleep(0.4)\nif {i} == 5: os._exit(1)\ndef scale(x, factor): return x * {i}"
        hand_in(folder, f"dora{i}", answered(blank, RIGHT | {"scale": scale}))
    return folder


def test_a_cluster_that_loses_a_worker_gives_the_marks_of_the_local_pool(
    pristine: Path, tmp_path: Path, blank: dict[str, Any], scheduler: str
) -> None:
    from distributed import Client

    there, here = (
        fill(ClassFolder.open(Path(shutil.copytree(pristine, tmp_path / name / "class"))), blank) for name in ("there", "here")
    )
    unfenced = bool(fence())
    killed: list[int] = []

    def run(works: list[Work], workers: int) -> Iterator[Outcome]:
        for number, outcome in enumerate(grading.execute(works, workers, unfenced=unfenced, scheduler=scheduler)):
            if number == 1:
                with Client(scheduler, set_as_default=False) as client:
                    killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)
            yield outcome

    summary = grade(there, [PYTORCH], run=run)
    assert killed
    assert summary.counts == {GRADED: 8, QUARANTINED: 1}, summary.quarantine
    grade(here, [PYTORCH], workers=2, run=lambda works, workers: grading.execute(works, workers, unfenced=unfenced))
    assert export(there) == export(here)
    with Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
        pids = client.run(os.getpid)
    assert killed[0] not in pids.values()


def test_what_takes_every_worker_down_is_a_fault_and_the_others_are_graded(scheduler: str) -> None:
    """Work that kills the worker itself, as no submission can: after the allowed number of tries it is given up, in words."""
    works = [Work(f"s{i}", "numpy", (RunStep("c", f"{i}"),)) for i in range(3)]
    poison = Work("poison", "numpy", (RunStep("c", "1"),), limits=_Poison())  # type: ignore[arg-type]
    done = {o.submission: o for o in on_cluster.run_all([works[0], poison, *works[1:]], scheduler, unfenced=bool(fence()))}
    assert [done[f"s{i}"].results[0].outputs[0]["data"]["text/plain"] for i in range(3)] == ["0", "1", "2"]
    assert "could not run it (KilledWorker" in done["poison"].fault
    assert done["poison"].results == []


class _Poison:
    def __reduce__(self) -> tuple[Any, ...]:
        return _die, (os.getpid(),)


def _die(but: int) -> _Poison:
    if os.getpid() != but:  # the scheduler lives in this very process, and may look inside
        os.kill(os.getpid(), signal.SIGKILL)
    return _Poison()


def test_leaving_early_stops_the_rest(scheduler: str) -> None:
    works = (Work(f"s{i}", "numpy", (RunStep("c", "1"),)) for i in range(1000))
    outcomes = on_cluster.run_all(works, scheduler, unfenced=bool(fence()))
    assert not next(outcomes).fault
    outcomes.close()
    assert next(works).submission != "s999"


def test_a_cluster_that_has_lost_all_workers_for_good_says_so_and_keeps_what_is_done(
    folder: ClassFolder, blank: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_cluster, "LOST", 2)
    monkeypatch.setattr(on_cluster, "LOOK", 1)
    for student in ("ana", "bob", "cy"):
        hand_in(folder, student, answered(blank))
    with scheduling() as address:
        workers = Workers(address, 1)

        def run(works: list[Work], count: int) -> Iterator[Outcome]:
            for outcome in grading.execute(works, count, unfenced=bool(fence()), scheduler=address):
                yield outcome
                workers.stop()

        with pytest.raises(ClassError, match="no worker any more"):
            grade(folder, [PYTORCH], run=run)
    assert len(list((folder.private / "results" / PYTORCH.name).glob("*.json"))) == 1


def test_a_scheduler_without_workers_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "SECONDS", 2)
    with scheduling() as address, pytest.raises(on_cluster.ClusterError, match="has no worker"):
        list(on_cluster.run_all([Work("s", "numpy", ())], address, unfenced=bool(fence())))


def test_without_a_scheduler_it_is_said_in_words(folder: ClassFolder, blank: dict[str, Any], monkeypatch: Any) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(on_cluster, "SECONDS", 1)
    hand_in(folder, "ana", answered(blank))
    with pytest.raises(ClassError, match="no Dask scheduler at tcp://127.0.0.1:1"):
        grade(folder, [PYTORCH], run=lambda w, n: grading.execute(w, n, scheduler="tcp://127.0.0.1:1"))


def test_another_version_on_a_worker_is_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "version", lambda: "another")
    with pytest.raises(on_cluster.ClusterError, match="another version"):
        list(on_cluster.run_all([Work("s", "numpy", ())], scheduler, unfenced=bool(fence())))
