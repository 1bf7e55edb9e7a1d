"""Everything that a cell can do to its process: it costs that cell, and nothing else."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_steps import SMALL, outcome, probe, text, work

from autograder.engine import run
from autograder.engine.work import CRASHED, FAILED, OK, SKIPPED, TIMEOUT, Limits

ONE = {"x": np.arange(3.0)}
SWALLOWS = """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True:
    try:
        while True: pass
    except BaseException: pass
"""


@pytest.mark.parametrize("loop", ["while True: pass", SWALLOWS, "import time\ntime.sleep(1000)"])
def test_endless_cells_are_killed_within_their_limit(loop):
    began = time.monotonic()
    before, endless, after = outcome("x = 1", loop, "x + 1", limits=Limits(step_seconds=1)).results
    assert time.monotonic() - began < 30
    assert (before.status, endless.status, after.status) == (OK, TIMEOUT, OK)
    assert "longer than 1 second" in endless.reason
    assert endless.seconds >= 1
    assert after.outputs[0]["data"]["text/plain"] == "2", "the cells before it were replayed"


def test_an_endless_answer_costs_only_its_own_exercise():
    result = outcome(
        "def endless(x):\n    while True: pass",
        "def right(x):\n    return 2 * x",
        probe("endless", ONE),
        probe("right", ONE),
        limits=Limits(step_seconds=1),
    ).results
    assert (result[2].status, result[2].observations) == (TIMEOUT, None)
    assert result[3].observations[0]["value"].tolist() == [0, 2, 4]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("import os; os._exit(0)", "exit status 0"),
        ("import os; os._exit(7)", "exit status 7"),
        ("import ctypes; ctypes.string_at(0)", "segmentation fault"),
        ("import os; os.abort()", ""),
        ("import threading, os, time\nthreading.Timer(0.2, lambda: os._exit(1)).start(); time.sleep(5)", "exit status 1"),
        ("import faulthandler; faulthandler._stack_overflow()", ""),
    ],
)
def test_a_crash_is_said_and_the_rest_is_run(source, word):
    crash, after, last = outcome("def f(x): return x", source, probe("f", ONE)).results
    assert crash.status == OK
    assert after.status == CRASHED and word in after.reason
    assert last.observations[0]["value"].tolist() == [0, 1, 2]


def test_killing_itself_or_all_it_can_reach_hurts_only_itself():
    killed, after = outcome("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "1").results
    assert killed.status == CRASHED and after.status == OK
    if _fenced():  # elsewhere this would be the end of all that we own
        everyone, after = outcome("import os, signal\nos.kill(-1, signal.SIGKILL)", "1").results
        assert everyone.reason.startswith("ProcessLookupError") and after.status == OK, "there was nobody else"


def _fenced() -> bool:
    from engine_steps import fence_works

    return fence_works()


def test_restarts_are_bounded_and_said():
    result = outcome(*["import os; os._exit(1)"] * 12, "1").results
    assert {r.status for r in result[:9]} == {CRASHED}
    assert {r.status for r in result[9:]} == {SKIPPED}
    assert "had stopped the process" in result[-1].reason


def test_the_whole_notebook_has_a_limit_too():
    """On a busy machine the cells take longer than they sleep, so only the order of what happens is asserted."""
    result = outcome(*["import time; time.sleep(0.7)"] * 5, limits=Limits(step_seconds=5, total_seconds=1.5)).results
    late = [r.status for r in result].index(TIMEOUT)
    assert late in (1, 2)
    assert [r.status for r in result] == [OK] * late + [TIMEOUT] + [SKIPPED] * (4 - late)
    assert "as a whole" in result[late].reason and "as a whole" in result[late + 1].reason


def test_a_memory_bomb_is_an_error_of_its_cell():
    bomb, shared, after = outcome(
        "blocks = []\nwhile True: blocks.append(bytearray(b'x') * (10 << 20))",
        "import mmap\nkept = []\nwhile True:\n    kept.append(mmap.mmap(-1, 10 << 20)); kept[-1].write(b'x' * (10 << 20))",
        "1",
        limits=replace(SMALL, step_seconds=20, total_seconds=60),  # a busy machine takes its time to fill memory
    ).results
    assert bomb.status == FAILED and "MemoryError" in bomb.reason
    assert shared.status in (FAILED, CRASHED) and "memory" in shared.reason.lower()
    assert after.status == OK


def test_memory_of_all_processes_together_is_limited():
    source = """
import os, time
for i in range(8):
    if os.fork() == 0:
        block = bytearray(b'x') * (150 << 20)
        time.sleep(30)
time.sleep(30)
"""
    bomb, after = outcome(source, "1", limits=Limits(step_seconds=10, memory_bytes=400 << 20)).results
    assert bomb.status == CRASHED and "memory" in bomb.reason
    assert after.status == OK


def test_a_fork_bomb_is_stopped():
    source = "import os, time\nfor i in range(400):\n    if os.fork() == 0: time.sleep(60); os._exit(0)\ntime.sleep(1)"
    bomb, after = outcome(source, "1", limits=Limits(step_seconds=5, processes=12)).results
    assert bomb.status == CRASHED and "more than 12 processes" in bomb.reason
    assert after.status == OK


def test_a_forked_copy_of_the_process_does_not_confuse_the_grader():
    forked, after = outcome("import os\nchild = os.fork()", "1").results
    assert after.status in (OK, CRASHED)
    assert outcome("1").results[0].status == OK


def test_output_floods_are_cut():
    printed, native, rich, error = outcome(
        "for i in range(1000): print('x' * 10_000)",
        "import os\nfor i in range(1000):\n    try: os.write(1, b'y' * 10_000)\n    except OSError: break",
        "from IPython.display import display, HTML\nfor i in range(100): display(HTML('z' * 10_000))",
        "raise ValueError('e' * 10_000_000)",
    ).results
    for result, letter in ((printed, "x"), (native, "y")):
        assert SMALL.output_bytes * 0.9 < len(text(result)) < SMALL.output_bytes + 500 and letter in text(result)
        assert "cut here" in text(result)
    assert len(str(rich.outputs)) < 9 * SMALL.output_bytes
    assert len(str(error.outputs)) < 9 * SMALL.output_bytes and len(error.reason) < 1000


def test_a_disk_filler_gets_an_error():
    big, many, after = outcome(
        "open('big', 'wb').write(b'x' * (5 << 20))",
        "for i in range(100): open(f'file-{i}', 'wb').write(b'x' * (3 << 20))" if _fenced() else "raise OSError",
        "import os\nfor name in os.listdir('.'): os.remove(name)",
    ).results
    assert big.status == many.status == FAILED and "Error" in big.reason
    assert after.status == OK


MARKER = f"outlives-{os.getpid()}"


def test_nothing_outlives_a_submission():
    """Daemons, orphans in sessions of their own and threads: all gone when the outcome is there."""
    daemon = f"""
import subprocess, sys, os, threading, time
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)', '{MARKER}'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(100)', '{MARKER}'])
    os._exit(0)
threading.Thread(target=time.sleep, args=(100,)).start()
time.sleep(0.2)
"""
    assert outcome(daemon, "1").results[1].status == OK
    assert _marked() == []


def _marked() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and MARKER.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_unfenced_runs_keep_the_same_promises():
    """Without namespaces the tree of processes is still killed, the crash still said, the rest still run."""
    sleeper = f"[sys.executable, '-c', 'import time; time.sleep(100)', '{MARKER}']"
    daemon = f"import subprocess, sys\nsubprocess.Popen({sleeper}, start_new_session=True)"
    steps = [daemon, "def f(x): return x", "import os; os._exit(1)", "while True: pass", probe("f", ONE)]
    result = run(work(*steps, limits=Limits(step_seconds=1)), unfenced=True)
    assert [r.status for r in result.results] == [OK, OK, CRASHED, TIMEOUT, OK]
    assert result.results[-1].observations[0]["value"].tolist() == [0, 1, 2]
    assert _marked() == []


def test_a_cold_process_gives_the_same_outcome():
    from autograder.engine.drive import Drive
    from autograder.engine.parents import Parents

    job = work("x = 2\nx", "import os; os._exit(1)", "def f(v): return v * x", probe("f", ONE))
    with Parents(unfenced=not _fenced(), warm=False) as parents:
        cold = Drive(job, parents.start).run()
    warm = outcome(*[step.source if hasattr(step, "source") else step for step in job.steps])
    assert [(r.status, r.outputs, r.reason) for r in cold.results] == [(r.status, r.outputs, r.reason) for r in warm.results]
    np.testing.assert_array_equal(cold.results[-1].observations[0]["value"], warm.results[-1].observations[0]["value"])
