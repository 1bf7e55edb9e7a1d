"""The fence round a student's process on Linux: namespaces, a root file system of its own, an own user, no privileges.

Inside there is no network, no other process, no file but the interpreter, its packages and the system's libraries, all
read-only, and one small scratch in memory that vanishes at the end. Needs root, or a system that lets users make
namespaces; nothing else is installed for it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autograder.engine import linux, seccomp
from autograder.engine.supervisor import Job, become, keep_only

HOME = "/home/student"
# First number and how many: by preference one for each process, else what a container usually has.
USERS = ((2_000_000_000, 1 << 22), (20_000, 40_000))
INNER_UID = 1000
SCRATCH_FILES = 20_000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "fonts", "alternatives", "mime.types")
DEVICES = ("null", "zero", "full", "random", "urandom")
PRIVATE = linux.CLONE_NEWNS | linux.CLONE_NEWUTS | linux.CLONE_NEWIPC | linux.CLONE_NEWNET


def start(job: Job, body: Callable[[Job], None], refused: int) -> int:
    """Run `body` in a new child behind the fence; returns the id of the fence's first process, whose end ends all.

    Called by the supervisor, which stays outside. When the fence cannot be put up the reason is written to `refused`.
    """
    visible, uid, root = paths(), INNER_UID, False
    problem: OSError | None = None
    try:
        if not linux.LINUX:
            raise OSError("it is made of namespaces, which only Linux has")
        own = _own_uid()
        if own is not None:
            with suppress(PermissionError):  # a root without privileges, as in containers, may do what users may
                linux.unshare(linux.CLONE_NEWPID)
                uid, root = own, True
        if not root:
            _own_user_namespace()
    except OSError as error:
        problem = error
    child = os.fork()
    if child == 0:
        _first_process(job, body, visible, uid, root, refused, problem)
    return child


def paths() -> list[str]:
    """Folders that are visible inside: the system's libraries, the interpreter, its packages and `course`."""
    import course

    # A folder on the path that holds this package may hold solutions too; `course` alone is made visible.
    package = Path(__file__).resolve().parents[1]
    wanted = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, str(Path(course.__file__).parent)]
    found = {str(Path(entry).absolute()) for entry in wanted if entry and Path(entry).is_dir()}
    found |= {str(Path(entry).resolve()) for entry in found}
    return sorted(entry for entry in found if not package.is_relative_to(entry) or entry == sys.prefix)


def _own_uid() -> int | None:
    """A user that nobody has, for this one process; None when we are not root, or root of too small a namespace."""
    if os.geteuid() != 0:
        return None
    ranges = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    for first, spread in USERS:
        uid = first + os.getpid() % spread
        if any(start <= uid < start + count for start, _, count in ranges):
            return uid
    return None


def _own_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWPID)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INNER_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{INNER_UID} {gid} 1")


def _first_process(
    job: Job, body: Callable[[Job], None], visible: list[str], uid: int, root: bool, refused: int, problem: OSError | None
) -> None:
    """Process 1 of the new namespace: builds the inside, starts the student's process, collects orphans. Never returns."""
    code = 70
    try:
        if problem is not None:
            raise problem
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        linux.unshare(PRIVATE)
        with suppress(OSError):  # older kernels have none
            linux.unshare(linux.CLONE_NEWCGROUP)
        build(job.folder, visible, uid, 4 * job.limits.file_bytes)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        child = os.fork()
        if child == 0:
            become(replace(job, folder=HOME), body, lambda: drop(uid, root, refused))
        keep_only()
        code = _collect(child)
    except BaseException as error:
        os.write(refused, _why(error))
    finally:
        os._exit(code)


def _why(error: BaseException) -> bytes:
    return (getattr(error, "strerror", None) or f"{type(error).__name__}: {error}").encode()[:1000]


def _collect(child: int) -> int:
    """Wait for the student's process, and for every orphan before it. Returns its exit status as a shell would say it."""
    while True:
        pid, status = os.wait()
        if pid == child:
            return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else min(os.WEXITSTATUS(status), 128)


def build(base: str, visible: list[str], uid: int, room: int) -> None:
    """Make a new root file system on the folder `base`, and move into it."""
    linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", base, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=1m")
    for path in SYSTEM:
        if os.path.islink(path):  # noqa: PTH114 - plain calls of os, here and below: what is built are paths as text
            os.symlink(os.readlink(path), base + path)  # noqa: PTH115, PTH211
        else:
            _show(base, path)
    # Before the visible folders: a course that lies below /tmp must be seen inside the scratch, not hidden by it.
    _scratch(base, uid, room)
    covered = list(SYSTEM)
    for path in visible:
        if not any(path == other or path.startswith(other + "/") for other in covered):
            _show(base, path)
            covered.append(path)
    _etc(base, uid)
    _show(base, "/sys/devices/system/cpu")
    for name in DEVICES:
        _touch(f"{base}/dev/{name}")
        linux.mount(f"/dev/{name}", f"{base}/dev/{name}", "", linux.MS_BIND)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"{base}/dev/{name}")  # noqa: PTH211
    _terminals(base)
    _proc(base)
    linux.mount("", base, "", linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV)
    linux.pivot_root(base)


def _show(base: str, path: str) -> None:
    """Make a folder or file visible inside, read-only with everything mounted below it."""
    if not os.path.exists(path):  # noqa: PTH110
        return
    target = base + path
    if os.path.isdir(path):  # noqa: PTH112
        os.makedirs(target, mode=0o755, exist_ok=True)  # noqa: PTH103
    else:
        _touch(target)
    linux.mount(path, target, "", linux.MS_BIND | linux.MS_REC)
    linux.make_read_only(target)


def _touch(path: str) -> None:
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)  # noqa: PTH103, PTH120
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))


def _etc(base: str, uid: int) -> None:
    """Only what libraries look up, and a list of users that has no one but the student."""
    os.makedirs(f"{base}/etc", mode=0o755, exist_ok=True)  # noqa: PTH103
    for name in ETC:
        _show(base, f"/etc/{name}")
    for name, text in (
        ("passwd", f"student:x:{uid}:{uid}::{HOME}:/bin/sh\n"),
        ("group", f"student:x:{uid}:\n"),
        ("hosts", "127.0.0.1 localhost\n"),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
    ):
        Path(f"{base}/etc/{name}").write_text(text)


def _terminals(base: str) -> None:
    """Pseudo-terminals of its own: `!command` in a cell runs in one."""
    os.mkdir(f"{base}/dev/pts", 0o755)  # noqa: PTH102
    linux.mount("devpts", f"{base}/dev/pts", "devpts", linux.MS_NOSUID | linux.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=600")
    os.symlink("pts/ptmx", f"{base}/dev/ptmx")  # noqa: PTH211


def _scratch(base: str, uid: int, room: int) -> None:
    """Home, /tmp and shared memory: one small file system in memory, owned by the student."""
    scratch = f"{base}/scratch"
    os.mkdir(scratch, 0o755)  # noqa: PTH102
    flags = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", scratch, "tmpfs", flags, f"mode=755,size={room},nr_inodes={SCRATCH_FILES}")
    for name, target in (("home", HOME), ("tmp", "/tmp"), ("shm", "/dev/shm")):
        os.mkdir(f"{scratch}/{name}", 0o700)  # noqa: PTH102
        os.chown(f"{scratch}/{name}", uid, uid)
        os.makedirs(base + target, mode=0o755, exist_ok=True)  # noqa: PTH103
        linux.mount(f"{scratch}/{name}", base + target, "", linux.MS_BIND)


def _proc(base: str) -> None:
    """The new namespace's own processes. Those of others cannot be seen, nor those of root inside."""
    os.mkdir(f"{base}/proc", 0o755)  # noqa: PTH102
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    try:
        linux.mount("proc", f"{base}/proc", "proc", flags, "hidepid=2")
    except OSError:
        linux.mount("proc", f"{base}/proc", "proc", flags)


def drop(uid: int, root: bool, refused: int) -> None:
    """Become the student's own user, without any privilege, for good. A failure is written to `refused`."""
    try:
        linux.drop_bounding_set()
        if root:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        linux.drop_capabilities()
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        # Without this the process could not read its own /proc/self/fd, since its user has changed.
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
        seccomp.apply()
    except OSError as error:
        os.write(refused, _why(error))
        raise
