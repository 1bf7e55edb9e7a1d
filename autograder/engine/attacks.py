"""Attacks on the fence, as cells of a notebook: each prints BROKEN and what it reached, or nothing."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

BROKEN = "BROKEN"


@dataclass(frozen=True)
class Attack:
    """A cell that tries to break one fence, and prints BROKEN with what it reached. `may_die` when its end is expected."""

    fence: str
    source: str
    remedy: str
    may_die: bool = False


@dataclass(frozen=True)
class Bait:
    """What lies outside the fence for the attacks to reach."""

    secret: Path
    port: int
    abstract: str
    variable: str
    marker: str


REMEDIES = {
    "namespaces": "run as root, or allow users to make namespaces (sysctl kernel.unprivileged_userns_clone=1, "
    "user.max_user_namespaces=10000, kernel.apparmor_restrict_unprivileged_userns=0)",
    "unfenced": "leave `unfenced` away",
}


def attacks(bait: Bait) -> list[Attack]:
    """Every attack, in the order of faults.md."""
    course = Path(__file__).resolve().parents[2] / "course"
    same, limit = REMEDIES["namespaces"], "report this: the kernel ignores a limit"
    return [
        Attack("files outside cannot be read", _READ.format(paths=[str(bait.secret), __file__, "/etc/shadow"]), same),
        Attack(
            "files outside cannot be written", _WRITE.format(folders=[str(bait.secret.parent), str(course), sys.prefix]), same
        ),
        Attack("other processes cannot be seen or killed", _PROCESSES.format(pid=os.getpid()), same),
        Attack("the network cannot be reached", _NETWORK.format(port=bait.port), same),
        Attack("sockets of this machine cannot be reached", _ABSTRACT.format(name=bait.abstract), same),
        Attack("nothing of the environment is inherited", _ENVIRONMENT.format(name=bait.variable), limit),
        Attack("no privileges, and none to be had", _PRIVILEGES, same),
        Attack("dangerous system calls are refused", _CALLS, same),
        Attack("memory is limited", _MEMORY, limit, may_die=True),
        Attack("shared memory is limited", _SHARED, limit, may_die=True),
        Attack("disk space is limited", _DISK, limit),
        Attack("the number of processes is limited", _FORKS, limit, may_die=True),
        Attack("output is limited", "import os\nfor i in range(200): print('x' * 100_000); os.write(1, b'y' * 100_000)", limit),
        Attack("a cell that ignores every signal and error is killed", _ENDLESS, limit, may_die=True),
        Attack("a process does not outlive its cell's notebook", _DAEMON.format(marker=bait.marker), limit),
    ]


_READ = """
for path in {paths!r}:
    try:
        print("BROKEN: read", path, len(open(path).read()))
    except OSError:
        pass
"""
_WRITE = """
import os
for folder in {folders!r}:
    try:
        path = folder + "/tandem-doctor-was-here"
        open(path, "w").close()
        os.remove(path)
        print("BROKEN: wrote to", folder)
    except OSError:
        pass
"""
_PROCESSES = """
import os
try:
    os.kill({pid}, 0)
    print("BROKEN: could kill the grader")
except PermissionError:
    print("BROKEN: saw the grader")
except ProcessLookupError:
    pass
# Process 1 is the fence's own; it cannot be harmed from inside.
others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())]
if others:
    print("BROKEN: saw", len(others), "processes")
"""
_NETWORK = """
import socket
for family, address in ((socket.AF_INET, ("127.0.0.1", {port})), (socket.AF_INET6, ("::ffff:127.0.0.1", {port}))):
    try:
        socket.socket(family).connect(address)
        print("BROKEN: reached a server on this machine")
    except OSError:
        pass
try:
    names = [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]
except OSError:
    names = []
if set(names) - {{"lo"}}:
    print("BROKEN: saw network interfaces", names)
"""
_ABSTRACT = """
import socket
try:
    socket.socket(socket.AF_UNIX).connect("\\0{name}")
    print("BROKEN: reached a socket of this machine")
except OSError:
    pass
"""
_ENVIRONMENT = """
import os
if {name!r} in os.environ or {name!r} in open("/proc/self/environ").read():
    print("BROKEN: read", {name!r})
"""
_PRIVILEGES = """
import os
if os.getuid() == 0:
    print("BROKEN: is root")
for line in open("/proc/self/status"):
    if line.startswith(("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb")) and int(line.split()[1], 16):
        print("BROKEN: has privileges,", line.strip())
    if line.startswith("NoNewPrivs") and line.split()[1] != "1":
        print("BROKEN: a program could give it privileges")
try:
    os.setuid(0)
    print("BROKEN: became root")
except OSError:
    pass
"""
_CALLS = """
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x00020000, 0x40000000):
    if libc.unshare(flag) == 0:
        print("BROKEN: made a namespace of its own", hex(flag))
# These two ask for what does not exist: where nothing refuses the call itself, it fails for another reason and harms nobody.
if libc.mount(b"none", b"/tandem-doctor-no-such-folder", b"tmpfs", 0, None) == 0 or ctypes.get_errno() != errno.EPERM:
    print("BROKEN: may ask for a mount")
if libc.ptrace(0x7777, 0x7fffffff, None, None) == 0 or ctypes.get_errno() != errno.EPERM:
    print("BROKEN: may ask to trace")
if libc.syscall(319, b"x", 0) >= 0:
    print("BROKEN: memory without limit")
for family in (16, 17, 40):
    try:
        socket.socket(family, socket.SOCK_RAW if family != 40 else socket.SOCK_STREAM)
        print("BROKEN: a socket of family", family)
    except OSError:
        pass
"""
_MEMORY = """
blocks = []
try:
    while len(blocks) < 300:
        blocks.append(bytearray(b"x") * (10 << 20))
    print("BROKEN: had 3 GB of 0.5")
except MemoryError:
    pass
"""
_SHARED = """
import mmap
blocks = []
try:
    for i in range(300):
        block = mmap.mmap(-1, 10 << 20)
        block.write(b"x" * len(block))
        blocks.append(block)
    print("BROKEN: had 3 GB of 0.5")
except (OSError, MemoryError):
    pass
"""
_DISK = """
import os
total = 0
for folder in (".", "/tmp", "/dev/shm", "/var/tmp"):
    try:
        for i in range(30):
            with open(f"{folder}/filler-{i}", "wb") as file:
                total += file.write(b"x" * (5 << 20))
    except OSError:
        pass
for folder in (".", "/tmp", "/dev/shm", "/var/tmp"):
    for i in range(30):
        if os.path.exists(f"{folder}/filler-{i}"):
            os.remove(f"{folder}/filler-{i}")
if total > 40 << 20:
    print("BROKEN: filled", total, "bytes")
"""
_FORKS = """
import os, time
children = 0
try:
    for i in range(400):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        children += 1
    time.sleep(1)
    print("BROKEN: started", children, "processes")
except OSError:
    time.sleep(1)
    if children > 350:
        print("BROKEN: started", children, "processes")
"""
_ENDLESS = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
_DAEMON = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", {marker!r}], start_new_session=True)
"""
