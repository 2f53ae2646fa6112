"""Each query in a process of its own: the pool hands out processes that wait for one, and kills those that overstay.

pool = Pool(spares=8)
await pool.prepare(folder)
reply = await pool.run(request)  # the whole answer, or QueryError
await pool.stop()
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citeweave.export.endpoint.forks import CAN_FORK, ForkServer
from citeweave.graph import query_check, query_process, sparql
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


class StoppedError(QueryError):
    """The query was stopped because the server stops, or its process could not be started."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its kind (``select``, ``ask``, ``graph``), the format it is in, and its bytes."""

    kind: str
    format: str
    body: bytes


class Pool:
    """Runs each request in a process of its own, and kills it when its time is over or nobody waits for it any more.

    ``spares`` processes with the store open wait for the next requests.
    """

    def __init__(self, spares: int) -> None:
        self._spares = spares
        self._folder = ""
        self._forks: ForkServer | None = None
        self._starting = asyncio.Lock()
        self._stopped = False

    async def prepare(self, folder: str) -> None:
        """Be ready for requests over the store in this folder."""
        self._folder = folder
        if CAN_FORK:
            (await self._started()).prepare(folder, self._spares)

    async def run(self, request: Request) -> Reply:
        """The answer to a request; raises QueryError, or the subclass that says why there is none."""
        if self._stopped:
            raise StoppedError("the server is stopping")
        try:
            async with asyncio.timeout(request.timeout):
                if CAN_FORK:
                    answered, code = await (await self._started()).answer(request_line(request), request.store or "")
                else:
                    answered, code = await _spawned(request)
        except TimeoutError:
            raise sparql.QueryTimeoutError(f"stopped: the query took more than {request.timeout:g} s") from None
        return _reply(request, answered, code, self._stopped)

    def kill(self) -> None:
        """End every query under way; no other is run afterwards."""
        self._stopped = True
        if self._forks:
            self._forks.kill()

    async def stop(self) -> None:
        """End every query under way, and the process that starts them."""
        self.kill()
        if self._forks:
            await self._forks.stop()

    async def _started(self) -> ForkServer:
        async with self._starting:
            if self._stopped:
                raise StoppedError("the server is stopping")
            if self._forks is None or not self._forks.alive:
                try:
                    self._forks = await ForkServer.start()
                except OSError:
                    raise StoppedError("the process that starts queries cannot be started") from None
                self._forks.prepare(self._folder, self._spares)
            return self._forks


async def _spawned(request: Request) -> tuple[bytes, int]:
    """Like :meth:`ForkServer.answer`, for systems that cannot fork: a new interpreter a query."""
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
        await process.communicate()  # or its pipes would outlive the event loop


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
