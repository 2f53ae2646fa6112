"""Limits that a process puts on itself before it runs something it does not trust.

Each is best effort: where the system has no such means (or forbids it) the others still hold, and
the parent's clock always does.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import struct
import sys

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SECCOMP_MODE_FILTER = 2
_SIGKILL, _EPERM = 9, 1
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NETWORK_CALLS = {"x86_64": (0xC000003E, (41, 42, 425)), "aarch64": (0xC00000B7, (198, 203, 425))}
"""By machine: the kernel's name for its calling convention, and the numbers of socket, connect, io_uring_setup."""


def confine(memory: int, seconds: float) -> None:
    """Bound this process: address space for data (bytes), processor time, no network, dies with its parent."""
    limit(memory, seconds)
    die_with_parent()
    cut_network()


def limit(memory: int, seconds: float) -> None:
    """Bound what this process may take: address space for data (bytes) and processor time."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        cpu = max(1, int(seconds) + 1)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent() -> None:
    """Be killed when the parent ends (Linux; not inherited by children of one's own)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def cut_network() -> bool:
    """Leave the network for good, with all children to come; True where the system let us.

    Linux only: a namespace of one's own, and seccomp.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    alone = libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    return _forbid_sockets(libc) or alone


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _forbid_sockets(libc: ctypes.CDLL) -> bool:
    """A seccomp filter under which opening a socket fails with EPERM (see seccomp(2) and linux/filter.h)."""
    machine = platform.machine()
    if machine not in _NETWORK_CALLS or struct.calcsize("P") != 8:
        return False
    convention, numbers = _NETWORK_CALLS[machine]
    load, equal, give = 0x20, 0x15, 0x06
    steps = [(load, 0, 0, 4), (equal, 1, 0, convention), (give, 0, 0, _ERRNO | _EPERM), (load, 0, 0, 0)]
    for index, number in enumerate(numbers):
        steps.append((equal, len(numbers) - index, 0, number))
    steps += [(give, 0, 0, _ALLOW), (give, 0, 0, _ERRNO | _EPERM)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
