"""Who may run a query now, who waits, and who is told to come back later.

A query takes a slot. One that turns out long gives it back and goes on beside, as long as there is
room for it there, so that short queries never wait for long ones. Whoever waits is served in order,
but the client that runs least comes first, and no client may hold more than its share.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


class BusyError(Exception):
    """No room: the HTTP status (503, or 429 where it is one client's doing) and in how many seconds to come back."""

    def __init__(self, status: int, reason: str, retry_after: int) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many queries run and wait at once.

    ``slots`` queries run, and ``long`` more that have run for ``long_after`` seconds; ``waiting`` others
    wait, each at most ``patience`` seconds. Of these one client may run ``client`` and wait with
    ``client_waiting``.
    """

    slots: int
    long: int
    waiting: int = 256
    client: int = 8
    client_waiting: int = 32
    long_after: float = 0.5
    patience: float = 15.0


@dataclass(eq=False, slots=True)
class _Ticket:
    client: str
    admitted: asyncio.Future[None]
    timer: asyncio.TimerHandle | None = None
    long: bool = False
    overdue: bool = False


@dataclass
class Gate:
    """Admits queries, one ``async with gate.enter(client)`` each."""

    sizes: Sizes
    _running: list[_Ticket] = field(default_factory=list)
    _waiting: list[_Ticket] = field(default_factory=list)
    _closed: bool = False

    @asynccontextmanager
    async def enter(self, client: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it; raises BusyError where there is no hope of one."""
        sizes = self.sizes
        if self._closed:
            raise _stopping()
        if sum(t.client == client for t in self._waiting) >= sizes.client_waiting:
            raise BusyError(429, "too many requests at once from your address", self._retry_after())
        if len(self._waiting) >= sizes.waiting:
            raise BusyError(503, "too many queries are waiting already", self._retry_after())
        ticket = _Ticket(client, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        try:
            self._dispatch()
            try:
                await asyncio.wait_for(asyncio.shield(ticket.admitted), sizes.patience)
            except TimeoutError:
                raise BusyError(503, "all slots are taken by other queries", self._retry_after()) from None
            yield
        finally:
            self._leave(ticket)

    def close(self) -> None:
        """Let nobody in any more, and send those away who wait."""
        self._closed = True
        for ticket in self._waiting:
            ticket.admitted.set_exception(_stopping())

    def _dispatch(self) -> None:
        while self._waiting and sum(not t.long for t in self._running) < self.sizes.slots:
            running = Counter(t.client for t in self._running)
            fair = [t for t in self._waiting if running[t.client] < self.sizes.client]
            if not fair:
                return
            ticket = min(fair, key=lambda t: running[t.client])
            self._waiting.remove(ticket)
            self._running.append(ticket)
            ticket.timer = asyncio.get_running_loop().call_later(self.sizes.long_after, self._overdue, ticket)
            ticket.admitted.set_result(None)

    def _overdue(self, ticket: _Ticket) -> None:
        ticket.overdue = True
        self._set_aside()

    def _set_aside(self) -> None:
        """Let queries that run for long give their slots back, while there is room beside."""
        room = self.sizes.long - sum(t.long for t in self._running)
        for ticket in [t for t in self._running if t.overdue and not t.long][:room]:
            ticket.long = True
        self._dispatch()

    def _leave(self, ticket: _Ticket) -> None:
        if ticket.timer:
            ticket.timer.cancel()
        if ticket in self._running:
            self._running.remove(ticket)
        else:
            self._waiting.remove(ticket)
        if not self._closed:
            self._set_aside()

    def _retry_after(self) -> int:
        """Seconds after which it may be worth to ask again: the more wait, the later."""
        return 1 + len(self._waiting) // (4 * self.sizes.slots)


def _stopping() -> BusyError:
    return BusyError(503, "the server is stopping", 5)
