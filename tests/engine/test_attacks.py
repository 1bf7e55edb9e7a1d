"""What a student's code might try to learn, to reach or to break, beyond what the doctor tries."""

import numpy as np
import pytest
from engine_steps import SMALL, needs_fence, outcome, probe, text

from autograder.engine import RunStep, Work, run
from autograder.engine.drive import request
from autograder.engine.work import OK, Limits

# The pattern does not hold what it looks for, so it does not find itself.
SEARCH = """
import re
found = 0
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        start, end, access = re.match(r"(\\w+)-(\\w+) (....)", line).groups()
        if access.startswith("rw") and "[v" not in line:
            try:
                memory.seek(int(start, 16))
                found += sum(1 for _ in re.finditer({pattern}, memory.read(int(end, 16) - int(start, 16))))
            except (OSError, OverflowError):
                continue
print("found", found)
"""


def test_nothing_but_the_questions_is_in_the_students_memory():
    """What the parent knows beyond a step's own fields is nowhere in the process, not even freed."""
    needs_fence()
    hidden, planted = SEARCH.format(pattern="b'the-name-[o]f-a-submission'"), SEARCH.format(pattern="b'the-[s]entinel'")
    sources = (hidden, "x = 'the-sentinel'", planted)
    steps = tuple(RunStep(f"c{i}", source) for i, source in enumerate(sources))
    result = run(Work("the-name-of-a-submission", "numpy", steps, Limits()))
    assert [r.status for r in result.results] == [OK] * 3
    assert text(result.results[0]) == "found 0\n"
    assert text(result.results[2]) != "found 0\n", "the search finds what is there"


def test_a_question_holds_inputs_only():
    asked = request(3, probe("f", {"x": np.ones(2)}, detached=True))
    assert set(asked) == {"do", "step", "name", "probe", "options", "cases"}
    assert list(asked["cases"][0]) == ["x"]


FENCE_ATTACKS = {
    "the fence's first process is out of reach": """
for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/root/etc/shadow", "/proc/1/fd/1", "/proc/1/cwd"):
    try:
        open(path, "r+b" if path.endswith("mem") else "rb").read(1)
        print("reached", path)
    except OSError:
        pass
import os
try:
    os.kill(1, 9); os.kill(1, 19)
except OSError:
    pass
""",
    "kernel settings are out of reach": """
import glob
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches", "/proc/self/oom_score_adj"):
    try:
        with open(path, "w") as file: file.write("-900" if "oom" in path else "1")
        print("wrote", path)
    except OSError:
        pass
for path in ("/proc/kmsg", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/net/tun"):
    try:
        open(path, "rb").read(1)
        print("read", path)
    except OSError:
        pass
""",
    "no way out of the root": """
import os
for way in (lambda: os.chroot("/tmp"), lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(254, 0)),
            lambda: os.link("/usr/bin/su", "/tmp/su"), lambda: os.chmod("/usr", 0o777), lambda: os.setgroups([0])):
    try:
        way()
        print("a way out")
    except OSError:
        pass
if os.path.exists("/proc/self/root/" + "../" * 20 + "work/main/solutions"):
    print("saw solutions")
""",
    "programs with extra rights have none": """
import os, subprocess, sys
for path in ("/usr/bin/su", "/tmp", "/dev/shm", sys.prefix, os.getcwd(), "/dev/null"):
    if not os.statvfs(path).f_flag & os.ST_NOSUID and path != "/dev/null":
        print("set-user-id programs work in", path)
if subprocess.run(["su", "-c", "id"], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0:
    print("became root")
""",
    "limits cannot be raised": """
import resource
for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_AS,
             resource.RLIMIT_CPU, resource.RLIMIT_CORE):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("raised", kind)
    except (ValueError, OSError):
        pass
""",
    "another user's processes and priorities are out of reach": """
import os
try:
    os.nice(-5)
    print("took priority")
except OSError:
    pass
for pid in range(1, 400):
    try:
        os.kill(pid, 0)
        if pid not in (1, os.getpid()): print("saw", pid)
    except OSError:
        pass
""",
    "32-bit and x32 system calls do not pass the filter": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if os.uname().machine == "x86_64" and libc.syscall(0x40000000 | 272, 0x10000000) == 0:
    print("unshared by another number")
""",
    "modules of the grader give no privileges": """
import sys
from pathlib import Path
fence = sys.modules.get("autograder.engine.fence")
for attempt in (lambda: fence.linux.unshare(0x10000000), lambda: fence.linux.mount("tmpfs", "/tmp", "tmpfs", 0)):
    try:
        attempt()
        print("did", attempt)
    except (OSError, AttributeError):
        pass
try:
    Path(sys.modules["autograder"].__file__).read_text()
    print("read the grader's source")
except OSError:
    pass
""",
}


@pytest.mark.parametrize("name", FENCE_ATTACKS)
def test_attacks_from_inside_the_fence_reach_nothing(name):
    needs_fence()
    result = outcome(FENCE_ATTACKS[name], "'alive'", limits=Limits(step_seconds=20)).results
    assert result[0].reason == ""
    assert text(result[0]) == ""
    assert result[1].status == OK


def test_descriptors_of_the_parent_are_not_inherited():
    """Only the standard three, the two ends of the private pipe and the two files of native output."""
    source = "import os\nsorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in os.listdir('/proc/self/fd')[:-1])"
    shown = outcome(source).results[0].outputs[0]["data"]["text/plain"]
    names = [name for name in eval(shown) if not name.startswith("/proc")]
    assert names.count("pipe") == 2
    assert set(names) <= {"pipe", "/dev/null"} | {name for name in names if "native" in name}


def test_a_patched_shell_and_patched_probes_only_change_what_the_student_says():
    """Everything in the child may be patched. It can say that the answer was 42; it cannot learn whether that is right."""
    source = """
import course.probes, course.codec, json
course.probes.observe = lambda *a, **k: [{"value": 42, "changed": [], "again": "the same"}]
json.loads = None
"""
    result = outcome("def f(x): return x", source, probe("f", {"x": 1.0}), probe("f", {"x": 2.0})).results
    for one in result[2:]:
        assert one.observations in ([{"value": 42, "changed": [], "again": "the same"}], None)


def test_symlinks_and_odd_names_in_the_scratch_touch_nothing_outside(tmp_path):
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "kept").write_text("kept")
    source = f"""
import os
os.symlink({str(tmp_path / "victim")!r}, "link"); os.symlink("/etc", "etc"); os.mkfifo("fifo")
os.mkdir("a"); os.chmod("a", 0); open("-rf *", "w").close(); open("\\u202egnp.exe", "w").close()
"""
    result = run(Work("s", "numpy", (RunStep("c", source),), SMALL), unfenced=True)
    assert result.results[0].status == OK
    assert [path.name for path in (tmp_path / "victim").iterdir()] == ["kept"]
