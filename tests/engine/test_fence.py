"""The fence: the doctor's attacks fail behind it, succeed without it, and it is never left away in silence."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from engine_steps import SMALL, needs_fence, outcome, probe, text, work

from autograder.engine import run
from autograder.engine.doctor import examine
from autograder.engine.seccomp import ARCHITECTURES, program
from autograder.engine.work import OK, Limits


def test_no_attack_of_the_doctor_gets_through():
    needs_fence()
    findings = examine()
    assert len(findings) > 12
    assert [finding.text for finding in findings if not finding.good] == []


def test_the_doctor_sees_where_there_is_no_fence():
    """A doctor who finds everybody healthy proves nothing: without a fence the same attacks must succeed."""
    bad = {finding.text.split(":")[0] for finding in examine(unfenced=True) if not finding.good}
    for fence in ("files outside cannot be read", "other processes cannot be seen or killed", "the network cannot be reached"):
        assert fence in bad
    for limit in ("memory is limited", "the number of processes is limited", "nothing of the environment is inherited"):
        assert limit not in bad, "this holds without namespaces too"
    assert not any("outlive" in fence or "ignores every" in fence for fence in bad)


def test_files_beside_the_notebook_cannot_stand_in_for_a_package():
    """A module that the student writes is found by its name, but never instead of an installed one."""
    source = """
for name in ("torch", "numpy", "json", "course", "random", "mine"):
    open(name + ".py", "w").write("FAKE = True")
import json, random, numpy, mine
import importlib, sys
sys.modules.pop("json"); importlib.invalidate_caches()
import json as again
[hasattr(m, "FAKE") for m in (json, random, numpy, again, mine)]
"""
    result = outcome(source).results[0]
    assert result.outputs[-1]["data"]["text/plain"] == "[False, False, False, False, True]"


def test_neither_solutions_nor_the_grader_can_be_seen():
    needs_fence()
    source = """
import os, importlib.util
root = os.path.dirname(os.path.dirname(importlib.util.find_spec("course").origin))
print([name for name in ("solutions", "autograder", "tests", ".git", "lessons") if os.path.exists(os.path.join(root, name))])
print(os.listdir("/"))
"""
    printed = text(outcome(source).results[0]).splitlines()
    assert printed[0] == "[]"
    assert not {"srv", "mnt", "media", "var", "boot", "opt"} & set(eval(printed[1])), printed[1]


def test_a_fence_that_cannot_be_put_up_is_a_refusal_with_its_reason():
    """In a user namespace that may have no further ones."""
    needs_fence()
    source = """
from autograder.engine import run, Work, RunStep
work = Work("someone", "numpy", (RunStep("a", "print('ran')"),))
for unfenced in (False, True):
    outcome = run(work, unfenced=unfenced)
    print(outcome.results[0].status, len(outcome.results[0].outputs), outcome.fault.splitlines()[:1])
"""
    limit = 'echo 0 > /proc/sys/user/max_user_namespaces; echo 0 > /proc/sys/user/max_pid_namespaces; exec "$@"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", limit, "sh", sys.executable, "-c", source],
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "ran" not in done.stdout and "refused" not in done.stdout and "fence" not in done.stdout:
        pytest.skip(f"no inner user namespace to try it in: {done.stderr[-300:]}")
    refused, allowed = done.stdout.splitlines()
    assert refused.startswith("skipped 0") and "The fence cannot be put up on this system" in refused
    assert allowed == "ok 1 []"


def test_unfenced_is_only_ever_asked_for():
    import inspect

    from autograder.engine import pool, run_all
    from autograder.engine.parents import Parents

    for function in (run, run_all, pool.run_all, Parents, examine):
        parameter = inspect.signature(function).parameters["unfenced"]
        assert parameter.default is False and parameter.kind is parameter.KEYWORD_ONLY


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_of_system_calls_is_well_formed(machine):
    raw = program(machine)
    assert len(raw) % 8 == 0 and 8 < len(raw) // 8 < 4096
    with pytest.raises(OSError, match="no table"):
        program("vax")


def test_scratch_files_work_and_vanish():
    result = outcome(
        "import tempfile, pathlib\npathlib.Path('a.txt').write_text('1')\ntempfile.NamedTemporaryFile().write(b'x')",
        "pathlib.Path('a.txt').read_text(), pathlib.Path.home() == pathlib.Path.cwd()",
    ).results
    assert result[1].outputs[0]["data"]["text/plain"] == "('1', True)"


def test_what_honest_notebooks_need_works_behind_the_fence():
    result = outcome(
        "from course import data\nx, y = data.digits()\nx.shape",
        "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
        "import subprocess; subprocess.run(['ls', '/'], capture_output=True, check=True).returncode",
        "import time, locale, pwd, os; time.localtime(); os.cpu_count() > 0",
        "def f(x): return x",
        probe("f", {"x": np.ones(2)}),
        limits=Limits(step_seconds=20),
    ).results
    assert [(r.status, r.reason) for r in result] == [(OK, "")] * 6
    assert result[0].outputs[0]["data"]["text/plain"] == "(1797, 64)"
    assert "[1, 2]" in text(result[1])


def test_run_says_the_fault_instead_of_raising():
    result = run(work("1", track="no-such-track", limits=SMALL), unfenced=True)
    assert result.fault and result.results[0].status == "skipped"


BELOW_TMP = """
import os, sys
from autograder.engine import fence
from autograder.engine.limits import Limits
from autograder.engine.supervisor import Job

folder, base = sys.argv[1:]
fence.paths = lambda: [folder]
answers, answer = os.pipe()
requests, request = os.pipe()
refusals, refused = os.pipe()
job = Job("numpy", Limits(), base, True, requests, answer, -1, -1)
pid = fence.start(job, lambda job: os.write(job.answers, open(folder + "/module.py", "rb").read()), refused)
os.close(answer), os.close(refused)
os.waitpid(pid, 0)
print(os.read(refusals, 500).decode() or os.read(answers, 500).decode())
"""


def test_a_course_that_lies_below_tmp_is_seen_inside():
    """The scratch covers /tmp: a clone of the course there was hidden by it, and the fence refused."""
    needs_fence()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, tempfile.TemporaryDirectory(dir="/tmp") as base:
        Path(folder, "module.py").write_text("visible")
        Path(folder).chmod(0o755)
        arguments = [sys.executable, "-c", BELOW_TMP, folder, base]
        result = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == "visible", result.stderr
