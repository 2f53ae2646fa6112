"""The data being served, and how it is asked: the current snapshot, the pool of processes, the gate before them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from citeweave.export.endpoint.gate import BusyError, Gate
from citeweave.export.endpoint.pool import Pool, Reply
from citeweave.export.endpoint.protocol import Operation
from citeweave.export.endpoint.settings import Settings
from citeweave.export.endpoint.snapshot import Snapshot, being_written, stamp, sweep, take
from citeweave.graph.query_check import QueryError
from citeweave.graph.query_process import Request

Tell = Callable[[str], None]
MAX_OUTGOING = 512 << 20
"""Bytes of answers that wait to be read by slow clients, before others are told to come back later."""


class Service:
    """Answers queries over the newest finished snapshot; ``start`` and ``stop`` frame its life.

    ``tell`` is called with a line for the operator when something happens by itself.
    """

    def __init__(self, settings: Settings, snapshot: Snapshot, tell: Tell) -> None:
        self.settings = settings
        self.snapshot = snapshot
        self._tell = tell
        self._gate = Gate(settings.sizes)
        self._pool = Pool(settings.sizes.slots)
        self._users: Counter[Snapshot] = Counter()
        self._watch: asyncio.Task[None] | None = None
        self._outgoing = 0

    @classmethod
    def over(cls, settings: Settings, tell: Tell) -> Service:
        """A service over the source as it is now; raises SourceError where it cannot be read."""
        sweep(settings.source)
        return cls(settings, take(settings.source), tell)

    async def start(self) -> None:
        """Start what queries need, and look after changes of the source."""
        await self._pool.prepare(str(self.snapshot.folder))
        self._watch = asyncio.create_task(self._follow())

    def close_soon(self) -> None:
        """Let nothing new in; what runs gets its moment of grace and is killed then."""
        self._gate.close()
        asyncio.get_running_loop().call_later(self.settings.grace, self._pool.kill)

    async def stop(self) -> None:
        """Stop all queries."""
        if self._watch:
            self._watch.cancel()
        await self._pool.stop()

    def clean(self) -> None:
        """Remove the copy that was served."""
        for snapshot in {self.snapshot, *self._users}:
            snapshot.remove()

    async def ask(self, operation: Operation, formats: Mapping[str, str], client: str) -> Reply:
        """The answer, in the format for its kind; raises QueryError, or BusyError where there is no room."""
        settings = self.settings
        if self._outgoing > MAX_OUTGOING:
            raise BusyError(503, "too many large answers are waiting to be read", 10)
        async with self._gate.enter(client):
            with self._using() as snapshot:
                request = Request(
                    query=operation.query,
                    store=str(snapshot.folder),
                    files=(),
                    max_rows=settings.max_rows,
                    memory=settings.memory,
                    timeout=settings.timeout,
                    default_graphs=operation.default_graphs,
                    named_graphs=operation.named_graphs,
                    formats=formats,
                    max_bytes=settings.max_bytes,
                )
                return await self._pool.run(request)

    @contextmanager
    def sending(self, size: int) -> Iterator[None]:
        """Count an answer as long as it is on its way to the client."""
        self._outgoing += size
        try:
            yield
        finally:
            self._outgoing -= size

    @contextmanager
    def _using(self) -> Iterator[Snapshot]:
        """The current snapshot, which stays there while it is used, also when a newer one takes its place."""
        snapshot = self.snapshot
        self._users[snapshot] += 1
        try:
            yield snapshot
        finally:
            self._users[snapshot] -= 1
            if not self._users[snapshot]:
                del self._users[snapshot]
                if snapshot != self.snapshot:
                    snapshot.remove()

    async def _follow(self) -> None:
        """Take a new snapshot whenever the source has changed and then stayed the same from one look to the next."""
        tried = seen = self.snapshot.stamp
        trouble = ""
        while True:
            await asyncio.sleep(self.settings.refresh)
            try:
                last, seen = seen, await asyncio.to_thread(stamp, self.settings.source)
                if seen == tried or seen != last or await asyncio.to_thread(being_written, self.settings.source):
                    continue
                tried = seen
                fresh = await asyncio.to_thread(take, self.settings.source)
            except (QueryError, OSError) as error:
                if str(error) != trouble:
                    trouble = str(error)
                    self._tell(f"the graph has changed, but cannot be read; serving the old one: {trouble}")
                continue
            old, self.snapshot = self.snapshot, fresh
            trouble = ""
            with contextlib.suppress(QueryError):  # the next query will tell
                await self._pool.prepare(str(fresh.folder))
            if old not in self._users:
                await asyncio.to_thread(old.remove)
            self._tell("the graph has changed; serving the new one")
