"""Running the application: uvicorn, which stops when it is told to and lets queries end before."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator

import uvicorn

from citeweave.export.endpoint.app import application
from citeweave.export.endpoint.service import Service
from citeweave.export.endpoint.settings import Settings

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and for which a signal is a wish to stop, not a failure."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let signals end the server; unlike uvicorn's own, they are not raised again when it has ended."""
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop gently at the first signal, at once at the second."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        if not self.should_exit:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    async def shutdown(self, sockets: object = None) -> None:
        self._stopping()
        await super().shutdown()


def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until a signal says to stop; ``ready`` is told the address once requests are accepted.

    Raises SourceError where there is nothing to serve, and OSError where the address cannot be had.
    """
    service = Service.over(settings)
    config = uvicorn.Config(
        application(service),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # anyone could name any client
        server_header=False,
        lifespan="on",
        limit_concurrency=1000,
        timeout_graceful_shutdown=max(1, round(settings.grace + 2)),
    )
    asyncio.run(_Server(config, ready, lambda: None).serve())
