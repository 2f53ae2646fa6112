"""The data being served, and how it is asked: the current snapshot, the pool of processes, the gate before them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from citeweave.export.endpoint.gate import Gate
from citeweave.export.endpoint.pool import Pool, Reply
from citeweave.export.endpoint.protocol import Operation
from citeweave.export.endpoint.settings import Settings
from citeweave.export.endpoint.snapshot import Snapshot, sweep, take
from citeweave.graph.query_process import Request


class Service:
    """Answers queries over the newest finished snapshot; ``start`` and ``stop`` frame its life."""

    def __init__(self, settings: Settings, snapshot: Snapshot) -> None:
        self.settings = settings
        self.snapshot = snapshot
        self._gate = Gate(settings.sizes)
        self._pool = Pool()

    @classmethod
    def over(cls, settings: Settings) -> Service:
        """A service over the source as it is now; raises SourceError where it cannot be read."""
        sweep(settings.source)
        return cls(settings, take(settings.source))

    async def start(self) -> None:
        """Start what queries need."""
        await self._pool.start()

    async def stop(self) -> None:
        """Stop all queries and forget the snapshot."""
        await self._pool.stop()
        await asyncio.to_thread(self.snapshot.remove)

    async def ask(self, operation: Operation, formats: Mapping[str, str], client: str) -> Reply:
        """The answer, in the format for its kind; raises QueryError, or BusyError where there is no room."""
        settings = self.settings
        async with self._gate.enter(client):
            request = Request(
                query=operation.query,
                store=str(self.snapshot.folder),
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
