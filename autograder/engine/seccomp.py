"""A filter of system calls for a student's process: what no notebook needs, and what would loosen the fence, is refused.

A refused call fails with "operation not permitted", so that a library which only tries it goes on.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from autograder.engine import linux

# Numbers of system calls: (x86_64, aarch64). From 424 on all architectures have the same.
CALLS = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "memfd_create": (319, 279),  # memory that no limit counts
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "syslog": (103, 116),
    "personality": (135, 92),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
    "memfd_secret": (447, 447),
}
CLONE, SOCKET, CLONE3 = (56, 220), (41, 198), 435
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
NAMESPACES = 0x7E020000  # all CLONE_NEW* flags
AF_UNIX = 1
X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def apply() -> None:
    """Set the filter for this process and all it will start. Raises OSError."""
    raw = program(os.uname().machine)
    buffer = ctypes.create_string_buffer(raw, len(raw))

    class Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    wanted = Program(len(raw) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.call("prctl", 22, ctypes.c_ulong(2), ctypes.byref(wanted), ctypes.c_ulong(0), ctypes.c_ulong(0))


def program(machine: str) -> bytes:
    """The filter in classic BPF. Raises OSError on an architecture without a table."""
    if machine not in ARCHITECTURES:
        raise OSError(f"there is no table of system calls for {machine}")
    column, architecture = ARCHITECTURES[machine]
    refuse = _ERROR | errno.EPERM
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, X32),  # the x32 calls are the same ones under other numbers
        (_RETURN, 0, 0, refuse),
    ]
    for numbers in CALLS.values():
        code += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, refuse)]
    # The C library falls back from clone3, whose flags no filter can read, to clone.
    code += [(_EQUAL, 0, 1, CLONE3), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    code += [
        (_EQUAL, 0, 4, CLONE[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        (_ANY_BIT, 0, 1, NAMESPACES),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 3, SOCKET[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        (_EQUAL, 1, 0, AF_UNIX),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in code)
