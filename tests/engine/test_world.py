"""The world round a student's process: the network (fault 21), a GPU (31), the clock (33); and hidden cases (25)."""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from engine_steps import SMALL, fence_works, needs_fence, outcome, probe, text

from autograder import engine
from autograder.engine import RunStep, Work
from autograder.engine.pool import run_all
from autograder.engine.work import CRASHED, OK, SKIPPED, TIMEOUT, Limits

ROOMY = Limits(step_seconds=30, total_seconds=60)
ONE = {"x": np.array([41.25, -7.5], np.float32)}

REACH = """
import socket
reached = []
for family, kind, address in {addresses!r}:
    try:
        with socket.socket(getattr(socket, family), getattr(socket, kind)) as one:
            one.settimeout(3)
            if kind == "SOCK_DGRAM":
                one.sendto(b"hello", tuple(address))
            else:
                one.connect(tuple(address))
            reached.append(address)
    except OSError:
        pass
try:
    reached.append(socket.getaddrinfo("example.org", 80))
except OSError:
    pass
reached
"""


def test_no_service_of_this_machine_or_any_other_can_be_reached():
    """A service on every address of this machine, the metadata address of clouds, and the world's name servers."""
    needs_fence()
    heard = []

    def listen(server):
        with suppress(OSError):
            while True:
                connection, address = server.accept()
                connection.close()
                heard.append(address)

    with socket.create_server(("0.0.0.0", 0)) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as post:
        post.bind(("127.0.0.1", 0))
        post.settimeout(0.2)
        threading.Thread(target=listen, args=(server,), daemon=True).start()
        port, letters = server.getsockname()[1], post.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
        own = {"127.0.0.1", "127.0.0.2", "0.0.0.0", *socket.gethostbyname_ex(socket.gethostname())[2]}
        addresses = [("AF_INET", "SOCK_STREAM", (ip, port)) for ip in sorted(own)]
        addresses += [("AF_INET", "SOCK_STREAM", (ip, 80)) for ip in ("169.254.169.254", "100.100.100.200", "192.168.0.1")]
        addresses += [("AF_INET6", "SOCK_STREAM", (ip, 80)) for ip in ("::1", "fd00:ec2::254", "::ffff:169.254.169.254")]
        addresses += [("AF_INET", "SOCK_DGRAM", ("127.0.0.1", letters)), ("AF_INET", "SOCK_DGRAM", ("8.8.8.8", 53))]
        began = time.monotonic()
        result = outcome(REACH.format(addresses=addresses), limits=Limits(step_seconds=50)).results[0]
        assert result.outputs[-1]["data"]["text/plain"] == "[]"
        assert time.monotonic() - began < 30, "refused at once, not waited for"
        with pytest.raises(TimeoutError):
            post.recv(10)
        server.shutdown(socket.SHUT_RDWR)
    assert len(heard) == 1, "only this test's own call was heard"


def test_without_a_gpu_what_asks_politely_works_and_what_insists_gets_a_reason():
    """The GPU is hidden where there is one, so every machine gives the same marks."""
    cells = (
        "import torch\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'",
        "def polite(x): return (x.to(device) * 2).cpu()",
        "def insists(x): return (x.cuda() * 2).cpu()",
        "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'\ntorch.cuda.device_count(), device",
    )
    steps = (*cells, probe("polite", ONE), probe("insists", ONE))
    result = outcome(*steps, track="pytorch", limits=ROOMY).results
    assert result[3].outputs[-1]["data"]["text/plain"] == "(0, 'cpu')"
    assert result[4].observations[0]["value"].tolist() == [82.5, -15]
    assert result[5].status == OK and set(result[5].observations[0]) == {"error"}
    assert result[5].observations[0]["error"]["type"] in ("AssertionError", "RuntimeError")


def test_without_a_gpu_tensorflow_works_too():
    choose = "import tensorflow as tf\nfound = tf.config.list_physical_devices('GPU')\nplace = '/GPU:0' if found else '/CPU:0'"
    result = outcome(
        choose, "with tf.device(place): x = tf.ones(2)\nfound, x.device[-5:]", track="tensorflow", limits=ROOMY
    ).results
    assert result[1].outputs[-1]["data"]["text/plain"] == "([], 'CPU:0')"


@pytest.mark.parametrize("jump", [-86_400 * 400, 86_400 * 400])
def test_a_clock_that_jumps_while_cells_run_changes_no_limit(monkeypatch, jump):
    """Set back or forward by more than a year, in the grader's own process."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + (jump if time.monotonic() > at else 0))
    at = time.monotonic() + 0.5
    slow, endless, after = outcome(
        "import time; time.sleep(1); 1", "while True: pass", "2", limits=Limits(step_seconds=2)
    ).results
    assert [slow.status, endless.status, after.status] == [OK, TIMEOUT, OK]
    assert 0.9 < slow.seconds < 2 and 2 <= endless.seconds < 10


def test_the_engine_measures_with_a_clock_that_nobody_can_set():
    sources = "".join(path.read_text() for path in Path(engine.__file__).parent.glob("*.py"))
    assert not re.search(r"\btime\.time\(|datetime\.now\(\)|utcnow", sources)


def test_a_student_cannot_set_the_clock():
    needs_fence()
    source = "import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)"
    assert outcome(source).results[0].reason.startswith("PermissionError")


# Hidden cases: probes follow when all cells have run.

KEEPING = """
import threading, time, atexit, sys
kept = []
def keeps(x):
    kept.append(x.tolist())
    print("kept", kept, file=sys.stderr)
    open("kept", "a").write(repr(kept))
    raise ValueError(f"kept {kept}")
def watch():
    while True:
        if kept: print("watched", kept)
        time.sleep(0.005)
threading.Thread(target=watch, daemon=True).start()
atexit.register(lambda: print("at exit", kept))
"""


def test_nothing_of_a_hidden_case_is_in_any_output():
    tells = "print('told', kept, open('kept').read() if kept else '')\nkept"
    slow = "import time; time.sleep(0.2)\ndef slow(x):\n    time.sleep(0.3); print('slow', kept); return x"
    steps = (
        KEEPING,
        probe("keeps", ONE),
        tells,
        slow,
        probe("slow", ONE),
        tells,
        "def last(x): return kept",
        probe("last", ONE),
    )
    result = outcome(*steps).results
    assert "41.25" not in str([one.outputs for one in result])
    assert [text(result[i]) for i in (2, 5)] == ["told [] \n"] * 2
    # What the student's process says to the judge may hold them: it never gets further than the judge.
    assert "41.25" in str(result[1].observations)


def test_a_probe_finds_the_names_as_they_were_at_its_place():
    """A notebook uses a name twice, or trains on under the same name: each check asks what stood above it."""
    result = outcome(
        "def helper(x): return x + 1",
        "def first(x): return helper(x)\nlr = 3",
        probe("first", ONE),
        "def helper(x): return x * 0\nlr = 4\ndef second(x): return helper(x) + lr\ndef first(x): return None",
        probe("second", ONE),
        "del helper, second, lr",
        probe("first", ONE),
    ).results
    values = [result[i].observations[0]["value"] for i in (2, 4, 6)]
    assert values[0].tolist() == [42.25, -6.5]
    assert values[1].tolist() == [4, 4]
    assert values[2] is None


def test_a_process_that_dies_in_a_probe_finds_the_same_names_again():
    result = outcome(
        "def helper(x): return x + 1\ndef first(x): return helper(x)",
        "def dies(x): import os; os._exit(3)",
        probe("dies", ONE),
        probe("first", ONE),
        "def helper(x): return None",
        "import os; os._exit(4)",
        "'on'",
    ).results
    assert [one.status for one in result] == [OK, OK, CRASHED, OK, OK, CRASHED, OK]
    assert result[3].observations[0]["value"].tolist() == [42.25, -6.5]


def test_cells_that_use_up_everything_take_nothing_from_the_checks_above_them():
    """Time or restarts used up below: what was answered above is still asked; what stands below is not."""
    answer = ("def f(x): return x", probe("f", ONE))
    limits = Limits(step_seconds=1, total_seconds=2.5, processes=12, memory_bytes=SMALL.memory_bytes)
    late = outcome(*answer, *["while True: pass"] * 4, "1", probe("f", ONE), limits=limits).results
    assert (late[1].status, late[-1].status) == (OK, SKIPPED)
    assert "as a whole" in late[-1].reason
    many = outcome(*answer, *["import os; os._exit(1)"] * 10, probe("f", ONE)).results
    assert (many[1].status, many[-1].status) == (OK, SKIPPED)
    assert "had stopped the process" in many[-1].reason
    asked = outcome("def f(x): import os; os._exit(1)", *[probe("f", ONE)] * 10, "2").results
    assert [one.status for one in asked] == [OK, *[CRASHED] * 9, SKIPPED, OK]


def test_works_with_probes_are_the_same_whatever_the_number_of_workers():
    cells = (RunStep("a", "n = 1\ndef f(x): return x * n"), probe("f", ONE), RunStep("b", "n = 2"), probe("f", ONE))
    works = [Work(f"s{i}", "numpy", cells, SMALL) for i in range(4)]
    found = {}
    for workers in (1, 2):
        for done in run_all(works, workers, unfenced=not fence_works()):
            values = [done.results[i].observations[0]["value"].tolist() for i in (1, 3)]
            assert found.setdefault(done.submission, values) == values == [[41.25, -7.5], [82.5, -15]]
