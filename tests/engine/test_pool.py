"""Many submissions at once: the same outcomes whatever the number of workers, nothing lost, nothing left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from engine_steps import SMALL, fence_works

from autograder.engine import RunStep, Work, watch
from autograder.engine.parents import Parents
from autograder.engine.pool import run_all
from autograder.engine.process import remove
from autograder.engine.work import CRASHED, OK, Limits


def submission(number: int, *sources: str) -> Work:
    cells = sources or (f"import random\nx = {number}", "print(x, random.random())")
    return Work(f"student-{number}", "numpy", tuple(RunStep(f"c{i}", source) for i, source in enumerate(cells)), SMALL)


@pytest.fixture(scope="module")
def parents():
    with Parents(unfenced=not fence_works()) as made:
        yield made


def shown(outcomes) -> dict:
    return {o.submission: [(r.status, r.outputs, r.reason) for r in o.results] for o in outcomes}


def test_outcomes_do_not_depend_on_the_number_of_workers(parents):
    works = [submission(i) for i in range(8)] + [submission(8, "import os; os._exit(1)", "1")]
    one, three = shown(run_all(works, 1, parents=parents)), shown(run_all(works, 3, parents=parents))
    assert one == three and len(one) == 9
    assert [status for status, _, _ in one["student-8"]] == [CRASHED, OK]


def test_each_outcome_is_told_as_it_comes(parents):
    told = []
    slow = submission(0, "import time; time.sleep(1)")
    outcomes = list(run_all([slow, *(submission(i) for i in range(1, 4))], 2, told.append, parents=parents))
    assert told == outcomes
    assert [o.submission for o in outcomes][-1] == "student-0", "the slow one did not hold the others up"


def test_works_are_drawn_as_they_are_needed(parents):
    drawn = []

    def many():
        for i in range(1000):
            drawn.append(i)
            yield submission(i)

    outcomes = run_all(many(), 2, parents=parents)
    next(outcomes)
    outcomes.close()
    assert len(drawn) < 20


def test_a_parent_that_dies_is_started_again_and_its_work_redone(parents):
    works = [submission(i, "import time; time.sleep(0.4)", "1") for i in range(6)]
    killed = []

    def kill(outcome):
        if not killed:
            killed.append(parents.parent("numpy").popen.pid)
            os.kill(killed[0], signal.SIGKILL)

    outcomes = list(run_all(works, 2, kill, parents=parents))
    assert len({o.submission for o in outcomes}) == 6
    assert {o.fault for o in outcomes} == {""}
    assert parents.parent("numpy").popen.pid != killed[0]


def test_leaving_early_kills_what_runs(parents):
    works = [submission(0), submission(1, "import time; time.sleep(60)"), submission(2, "import time; time.sleep(60)")]
    works = [Work(w.submission, w.track, w.steps, Limits(step_seconds=100)) for w in works]
    began = time.monotonic()
    outcomes = run_all(works, 2, parents=parents)
    assert next(outcomes).submission == "student-0"
    outcomes.close()
    assert time.monotonic() - began < 10


def test_an_error_of_the_callback_reaches_the_caller(parents):
    def fail(outcome):
        raise RuntimeError("the gradebook is full")

    with pytest.raises(RuntimeError, match="the gradebook is full"):
        list(run_all([submission(0), submission(1)], 2, fail, parents=parents))


def test_a_killed_grader_leaves_no_process_behind(tmp_path):
    """kill -9 of the grader: the leash is pulled by the kernel, and everything below goes."""
    marker = f"left-{os.getpid()}"
    source = f"""
from autograder.engine import run, Work, RunStep
cell = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)', '{marker}']); "
print("started", flush=True)
run(Work("someone", "numpy", (RunStep("a", cell + "time.sleep(99)"),)), unfenced={not fence_works()})
"""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, env=environment) as grader:
        assert _until(lambda: _running(marker + "\0") > 0, 30), "the student's process did not come up"
        grader.kill()
        assert _until(lambda: _running(marker + "\0") == 0, 10)
        assert _until(lambda: list(tmp_path.iterdir()) == [], 10), "nor a folder"


def _until(true, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _running(marker: str) -> int:
    count = 0
    for entry in Path("/proc").iterdir():
        try:
            count += entry.name.isdigit() and marker.encode() in (entry / "cmdline").read_bytes()
        except OSError:
            continue
    return count


def test_no_folder_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Parents(unfenced=True) as made:
        works = [submission(0, "import os\nos.mkdir('d'); open('d/f', 'w').close(); os.chmod('d', 0)\nos.symlink('/etc', 'l')")]
        assert list(run_all(works, 1, parents=made))[0].results[0].status == OK
    assert list(tmp_path.iterdir()) == []
    assert Path("/etc/passwd").exists()


def test_removing_a_scratch_changes_nothing_outside_it(tmp_path):
    """Neither the folder above, when the scratch is gone already, nor what links and second names lead to."""
    outside, scratch = tmp_path / "outside", tmp_path / "scratch"
    outside.mkdir()
    (outside / "file").write_text("kept")
    (outside / "file").chmod(0o640)
    for path, mode in ((outside, 0o750), (tmp_path, 0o755)):
        path.chmod(mode)
    (scratch / "locked" / "below").mkdir(parents=True)
    (scratch / "link").symlink_to(outside)
    os.link(outside / "file", scratch / "locked" / "name")
    (scratch / "locked").chmod(0)
    remove(str(scratch))
    assert not scratch.exists()
    remove(str(scratch))
    modes = [path.stat().st_mode & 0o7777 for path in (tmp_path, outside, outside / "file")]
    assert modes == [0o755, 0o750, 0o640]
    assert (outside / "file").read_text() == "kept"


def test_memory_and_descriptors_stay_flat(parents):
    list(run_all([submission(i) for i in range(4)], 2, parents=parents))
    descriptors = _count("/proc/self/fd")
    theirs = _count(f"/proc/{parents.parent('numpy').popen.pid}/fd")
    list(run_all([submission(i) for i in range(20)], 2, parents=parents))
    assert _count("/proc/self/fd") <= descriptors
    assert _count(f"/proc/{parents.parent('numpy').popen.pid}/fd") <= theirs


def _count(folder: str) -> int:
    return len(list(Path(folder).iterdir()))


def test_importing_the_engine_is_light():
    heavy = "{'torch', 'tensorflow', 'matplotlib', 'IPython', 'numpy'}"
    source = f"import autograder.engine, autograder.engine.pool, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert set(eval(done.stdout)) <= {"numpy"}


@pytest.fixture
def ahead():
    with Parents(unfenced=not fence_works(), ahead=True) as made:
        yield made


def test_a_process_started_ahead_gives_the_same_outcomes(parents, ahead):
    works = [submission(i) for i in range(8)] + [submission(8, "import os; os._exit(1)", "1")]
    plain, early = shown(run_all(works, 2, parents=parents)), shown(run_all(works, 2, parents=ahead))
    assert plain == early
    # One that was ended by itself, and one with which something had happened: each started with nothing of another's.
    assert early["student-0"][1][1][0]["text"].startswith("0 ")


def test_the_next_process_is_there_before_it_is_asked_for(ahead):
    ahead.start("numpy", SMALL).stop()
    _, spare = ahead.spares["numpy"]
    waiting = spare.result()
    assert waiting.alive()
    assert ahead.start("numpy", SMALL) is waiting
    waiting.stop()
    assert not waiting.alive()


def test_one_that_died_while_it_waited_is_nobodys(ahead):
    ahead.start("numpy", SMALL).stop()
    lost = ahead.spares["numpy"][1].result()
    lost.pipes.pull_leash()
    assert lost.pipes.end(time.monotonic() + 20) is not None
    outcomes = list(run_all([submission(i) for i in range(3)], 1, parents=ahead))
    assert [result.status for outcome in outcomes for result in outcome.results] == [OK] * 6


def test_one_with_other_limits_is_not_used(ahead):
    ahead.start("numpy", SMALL).stop()
    other = ahead.spares["numpy"][1].result()
    process = ahead.start("numpy", Limits(step_seconds=3.0))
    assert process is not other
    assert not other.alive()
    process.stop()


def test_nothing_that_was_started_ahead_is_left():
    before = set(watch.descendants(os.getpid()))
    with Parents(unfenced=not fence_works(), ahead=True) as made:
        list(run_all([submission(i) for i in range(5)], 2, parents=made))
        parent = made.parent("numpy").popen.pid
    assert not Path(f"/proc/{parent}").exists()
    assert made.spares == {}
    assert set(watch.descendants(os.getpid())) <= before
