"""The other side of :mod:`citeweave.graph.query_server`: starting it, and talking to the processes it starts."""

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
from dataclasses import dataclass

from citeweave.graph import query_server

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")
_CHUNK = 1 << 18
_LONG = 0.5
"""Seconds between looks whether a query should let others go first."""
_START = 120.0
"""Seconds that the fork server may take to import what it needs, on a busy machine."""


@dataclass(eq=False, slots=True)
class _Child:
    """A process for one query: where to talk to it, and its exit code once it has ended."""

    number: int
    folder: str
    channel: socket.socket
    ended: asyncio.Future[int]


class ForkServer:
    """A running fork server, the processes that wait for queries, and those that run one."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._numbers = itertools.count(query_server.READY + 1)
        self._children: dict[int, _Child] = {}
        self._spares: list[_Child] = []
        self._wanted = 0
        self._folder = ""
        self._listener: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls) -> ForkServer:
        """Start one and wait until it is ready; raises OSError (TimeoutError) where it does not come up."""
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "citeweave.graph.query_server", str(theirs.fileno())]
        # a process group of its own: Ctrl-C in a terminal goes to us alone, and we let queries end
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )
        theirs.close()
        ours.setblocking(False)
        server = cls(process, ours)
        try:
            async with asyncio.timeout(_START):
                await server._report()
        except OSError:
            process.kill()
            process.wait()
            ours.close()
            raise
        server._listener = asyncio.create_task(server._listen())
        return server

    @property
    def alive(self) -> bool:
        """Can it start processes?"""
        return self._listener is not None and not self._listener.done()

    def prepare(self, folder: str, number: int) -> None:
        """Keep so many processes waiting that have the store in this folder open."""
        self._folder, self._wanted = folder, number
        for spare in self._spares:
            if spare.folder != folder:
                spare.channel.close()  # which ends it
        self._spares = [spare for spare in self._spares if spare.folder == folder]
        self._refill()

    async def answer(self, request: bytes, folder: str) -> tuple[bytes, int]:
        """What a process wrote in answer to a request, and its exit code where that is not a whole answer.

        The process is gone, or about to be, when this returns or raises.
        """
        child = self._take(folder)
        polite = asyncio.create_task(self._let_others_go_first(child))
        try:
            with child.channel:
                answered = await _talk(child.channel, request)
            if is_whole(answered):
                return answered, 0  # its end is not worth waiting for
            return answered, await asyncio.shield(child.ended)
        except (BrokenPipeError, ConnectionResetError):
            return b"", await asyncio.shield(child.ended)
        finally:
            polite.cancel()
            if not child.ended.done():
                self._command(b"K", child)
            self._refill()

    def kill(self) -> None:
        """Kill all processes, and let no new ones wait."""
        self._wanted = 0
        for child in self._children.values():
            self._command(b"K", child)

    async def stop(self) -> None:
        """End the fork server, which kills what is left."""
        if self._listener:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        self._process.terminate()
        await asyncio.to_thread(self._process.wait)

    def _take(self, folder: str) -> _Child:
        while self._spares:
            child = self._spares.pop(0)
            if child.folder == folder and not child.ended.done():
                return child
            child.channel.close()
        return self._spawn(folder)

    def _refill(self) -> None:
        with contextlib.suppress(OSError):  # no more files or processes to be had: the next request will see
            while self.alive and len(self._spares) < self._wanted:
                self._spares.append(self._spawn(self._folder))

    def _spawn(self, folder: str) -> _Child:
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [query_server.COMMAND.pack(b"Q", number)], [theirs.fileno()])
            ours.setblocking(False)
            ours.send(f"{folder}\n".encode())
        except BaseException:
            ours.close()
            raise
        child = _Child(number, folder, ours, asyncio.get_running_loop().create_future())
        self._children[number] = child
        return child

    def _command(self, command: bytes, child: _Child) -> None:
        with contextlib.suppress(OSError):  # a fork server that is gone took its children along
            self._control.send(query_server.COMMAND.pack(command, child.number))

    async def _let_others_go_first(self, child: _Child) -> None:
        while True:
            await asyncio.sleep(_LONG)
            self._command(b"L", child)

    async def _listen(self) -> None:
        try:
            while True:
                number, code = await self._report()
                if child := self._children.pop(number, None):
                    child.ended.set_result(code)
        except OSError:
            pass
        finally:
            self._control.close()  # which makes the fork server kill its children and end
            for spare in self._spares:
                spare.channel.close()
            for child in self._children.values():
                child.ended.set_result(-signal.SIGTERM)
            self._children.clear()

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


def is_whole(answered: bytes) -> bool:
    """Is this all that a process had to say: its header, and as many bytes as that announces?"""
    head, newline, body = answered.partition(b"\n")
    if not newline:
        return False
    header = json.loads(head)
    return "error" in header or header.get("bytes") == len(body)
