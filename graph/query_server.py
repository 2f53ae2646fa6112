"""A process that starts the processes of queries: everything is imported once, and a query costs a fork.

Importing what a query needs takes longer than most queries run. This process imports it, gives up the
network for itself and its children, and then forks once for each query; it never runs a query nor
opens the data itself, so a query gets a clean process of its own that ends with it.

It is spoken to over a socket, in messages of a fixed size. ``Q`` with a number, and with one end of a
socket attached, starts the process of a query. The child reads from there a line that names a store,
and opens it, so that it can do so before there is a query; then the request until the end of the
stream, and answers as :mod:`citeweave.graph.query_process` does. ``K`` with a number kills that child,
``L`` makes it let others go first if it has computed for long.
For each child that ended its number and exit code come back; number 0 says that all is ready. When
the other side closes the socket, every child is killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import select
import signal
import socket
import struct
import sys
from pathlib import Path

from pyoxigraph import Store

from citeweave.graph.query_check import check
from citeweave.graph.query_process import Request, answer
from citeweave.graph.sandbox import cut_network, die_with_parent, limit

COMMAND = struct.Struct("!cQ")
"""A command: ``Q``, ``K`` or ``L``, and the number of the query."""
REPORT = struct.Struct("!Qi")
"""A report: the number of the query, and the exit code (negative: the signal that killed it)."""
READY = 0
_LATER = 10
"""The priority (nice value) of what lets others go first."""
_LONG = 0.3
"""Seconds of processor time after which a query does so."""


def main() -> None:
    """Serve over the socket whose descriptor is the first argument, until it is closed."""
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=int(sys.argv[1]))
    check("SELECT * { ?s ?p ?o }")  # the parser builds itself at its first use
    import citeweave.graph.sparql  # noqa: F401  (what answers are formatted with)

    cut_network()
    die_with_parent()
    gc.collect()
    gc.freeze()  # so that collections in the children do not copy our pages
    _serve(control)


def _serve(control: socket.socket) -> None:
    woken, waker = os.pipe()
    for descriptor in (woken, waker):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    children: dict[int, int] = {}
    control.sendall(REPORT.pack(READY, 0))
    try:
        while True:
            ready, _, _ = select.select([control.fileno(), woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
                _report(control, children)
            if control.fileno() not in ready:
                continue
            message, descriptors, _, _ = socket.recv_fds(control, COMMAND.size, 1)
            if not message:
                return
            command, number = COMMAND.unpack(message)
            if command != b"Q":
                for child in (pid for pid, started in children.items() if started == number):
                    _tell(child, command)
                continue
            pid = os.fork()
            if not pid:
                _run(descriptors[0], (control.fileno(), woken, waker))
            with contextlib.suppress(OSError):  # the child does the same: whoever comes first
                os.setpgid(pid, pid)
            children[pid] = number
            os.close(descriptors[0])
    except ConnectionError:  # the other side is gone
        return
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _tell(child: int, command: bytes) -> None:
    """Kill a child, or lower the priority of all its threads, for which it is a process group of its own."""
    if command == b"K":
        os.kill(child, signal.SIGKILL)
    elif _processor_time(child) > _LONG:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PGRP, child, _LATER)


def _processor_time(process: int) -> float:
    """Seconds that a process has computed (proc(5)); infinite where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.inf
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _report(control: socket.socket, children: dict[int, int]) -> None:
    """Tell which children have ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        control.sendall(REPORT.pack(children.pop(pid), os.waitstatus_to_exitcode(status)))


def _run(descriptor: int, others: tuple[int, ...]) -> None:
    """The child's whole life: read the request, be confined, answer, end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        die_with_parent()
        os.setpgid(0, 0)
        for other in others:
            os.close(other)
        with open(descriptor, "rb", closefd=False) as asked:
            folder = asked.readline().decode().removesuffix("\n")
            store = _opened(folder)
            wanted = asked.read()
        if wanted:
            request = Request(**json.loads(wanted))
            limit(request.memory, request.timeout)
            with open(descriptor, "wb") as told:
                answer(request, told, store if request.store == folder else None)
        code = 0
    finally:
        os._exit(code)  # not our parent's clean-up, and none of our own is worth waiting for


def _opened(folder: str) -> Store | None:
    """The store, or None where it cannot be opened: the request will find out why."""
    with contextlib.suppress(OSError, RuntimeError):
        return Store.read_only(folder)
    return None


if __name__ == "__main__":
    main()
