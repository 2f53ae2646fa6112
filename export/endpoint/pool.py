"""The processes that run queries, as the server sees them: one a query, started by a fork server where there is one.

pool = Pool()
reply = await pool.run(request)  # the whole answer, or QueryError
await pool.stop()
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citeweave.graph import query_check, query_process, query_server, sparql
from citeweave.graph.query_check import QueryError
from citeweave.graph.query_process import Request, request_line

_ERRORS: Mapping[str, type[QueryError]] = {
    kind.__name__: kind
    for kind in (
        query_check.QuerySyntaxError,
        query_check.QueryRefusedError,
        query_process.TooManyRowsError,
        query_process.SourceError,
        query_process.FormatError,
    )
}
_CHUNK = 1 << 18
_START = 60.0
"""Seconds that the fork server may take to import what it needs, on a busy machine."""


class StoppedError(QueryError):
    """The query was stopped because the server stops, or its process could not be started."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its kind (``select``, ``ask``, ``graph``), the format it is in, and its bytes."""

    kind: str
    format: str
    body: bytes


class Pool:
    """Runs each request in a process of its own, and kills it when its time is over or nobody waits for it any more."""

    def __init__(self) -> None:
        self._server: _ForkServer | None = None
        self._starting = asyncio.Lock()
        self._stopped = False

    async def start(self) -> None:
        """Start the fork server now, so that the first query need not wait for it."""
        if hasattr(os, "fork") and hasattr(socket, "send_fds"):
            await self._forks()

    async def run(self, request: Request) -> Reply:
        """The answer to a request; raises QueryError, or the subclass that says why there is none."""
        if self._stopped:
            raise StoppedError("the server is stopping")
        try:
            async with asyncio.timeout(request.timeout):
                answered, code = await self._answer(request)
        except TimeoutError:
            raise sparql.QueryTimeoutError(f"stopped: the query took more than {request.timeout:g} s") from None
        return _reply(request, answered, code, self._stopped)

    def kill(self) -> None:
        """End every query under way; no other is run afterwards."""
        self._stopped = True
        if self._server:
            self._server.kill()

    async def stop(self) -> None:
        """End every query under way, and the fork server."""
        self.kill()
        if self._server:
            await self._server.stop()

    async def _answer(self, request: Request) -> tuple[bytes, int]:
        if hasattr(os, "fork") and hasattr(socket, "send_fds"):
            return await (await self._forks()).answer(request)
        return await _spawned(request)

    async def _forks(self) -> _ForkServer:
        async with self._starting:
            if self._server is None or not self._server.alive:
                if self._stopped:
                    raise StoppedError("the server is stopping")
                self._server = await _ForkServer.start()
            return self._server


class _ForkServer:
    """A running :mod:`citeweave.graph.query_server` and the queries under way in it."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._numbers = itertools.count(query_server.READY + 1)
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._listener: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls) -> _ForkServer:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "citeweave.graph.query_server", str(theirs.fileno())]
        # a session of its own: Ctrl-C in a terminal goes to us alone, and we let queries end
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        ours.setblocking(False)
        server = cls(process, ours)
        try:
            async with asyncio.timeout(_START):
                await server._report()
        except (TimeoutError, ConnectionError):
            process.kill()
            ours.close()
            raise StoppedError("the process that starts queries cannot be started") from None
        server._listener = asyncio.create_task(server._listen())
        return server

    @property
    def alive(self) -> bool:
        return self._listener is not None and not self._listener.done()

    async def answer(self, request: Request) -> tuple[bytes, int]:
        """What the query's process wrote, and its exit code; the process is gone when this returns or raises."""
        number = next(self._numbers)
        ended = self._ends[number] = asyncio.get_running_loop().create_future()
        ours, theirs = socket.socketpair()
        try:
            with ours:
                ours.setblocking(False)
                with theirs:
                    socket.send_fds(self._control, [query_server.COMMAND.pack(b"Q", number)], [theirs.fileno()])
                written = await _talk(ours, request_line(request))
                return written, await ended
        except (BrokenPipeError, ConnectionResetError):
            return b"", await ended
        finally:
            if not ended.done():
                self._kill(number)
            self._ends.pop(number, None)

    def kill(self) -> None:
        """Kill the processes of all queries."""
        for number in self._ends:
            self._kill(number)

    def _kill(self, number: int) -> None:
        with contextlib.suppress(OSError):  # a fork server that is gone took its children along
            self._control.send(query_server.COMMAND.pack(b"K", number))

    async def stop(self) -> None:
        if self._listener:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        self._process.terminate()
        await asyncio.to_thread(self._process.wait)

    async def _listen(self) -> None:
        try:
            while True:
                number, code = await self._report()
                if (ended := self._ends.get(number)) and not ended.done():
                    ended.set_result(code)
        except ConnectionError:
            pass
        finally:
            self._control.close()  # which makes the fork server kill its children and end
            for ended in self._ends.values():
                if not ended.done():
                    ended.set_result(-signal.SIGTERM)

    async def _report(self) -> tuple[int, int]:
        loop, told = asyncio.get_running_loop(), b""
        while len(told) < query_server.REPORT.size:
            more = await loop.sock_recv(self._control, query_server.REPORT.size - len(told))
            if not more:
                raise ConnectionResetError
            told += more
        number, code = query_server.REPORT.unpack(told)
        return number, code


async def _talk(channel: socket.socket, request: bytes) -> bytes:
    loop, answer = asyncio.get_running_loop(), bytearray()
    await loop.sock_sendall(channel, request)
    channel.shutdown(socket.SHUT_WR)
    while more := await loop.sock_recv(channel, _CHUNK):
        answer += more
    return bytes(answer)


async def _spawned(request: Request) -> tuple[bytes, int]:
    """Like :meth:`_ForkServer.answer`, for systems that cannot fork: a new interpreter a query."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "citeweave.graph.query_process",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answered, _ = await process.communicate(request_line(request))
        return answered, process.returncode or 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _reply(request: Request, answered: bytes, code: int, stopped: bool) -> Reply:
    head, newline, body = answered.partition(b"\n")
    if stopped and (code or not newline):
        raise StoppedError("stopped: the server is stopping")
    header: dict[str, Any] = json.loads(head) if newline else {}
    if "error" in header:
        if header["error"] == "MemoryError":
            raise sparql.QueryMemoryError(_out_of_memory(request))
        raise _ERRORS.get(header["error"], QueryError)(header["message"])
    if code or header.get("bytes") != len(body):
        raise _death(request, code)
    return Reply(header["kind"], header["format"], body)


def _death(request: Request, code: int) -> QueryError:
    """Why a query's process ended without a whole answer."""
    if -code == getattr(signal, "SIGXCPU", 24):
        return sparql.QueryTimeoutError(f"stopped: the query took more than {request.timeout:g} s")
    if -code in (signal.SIGABRT, getattr(signal, "SIGKILL", 9)):  # Rust gives up on memory; the system kills for it
        return sparql.QueryMemoryError(_out_of_memory(request))
    return QueryError(f"the query broke the engine (exit code {code})")


def _out_of_memory(request: Request) -> str:
    return f"stopped: the query needs more than {request.memory >> 20:,} MB of memory"
