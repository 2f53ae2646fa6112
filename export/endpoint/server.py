"""Running the application: uvicorn, which stops when it is told to and lets queries end before."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from citeweave.export.endpoint.app import application
from citeweave.export.endpoint.service import Service
from citeweave.export.endpoint.settings import Settings

MAX_CONNECTIONS = 512
_MARGIN = 10.0
"""Seconds after the queries were killed in which clients can read that."""
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

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        if sockets and not self.should_exit:
            host, port = sockets[0].getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop to listen, and wait for the requests under way."""
        self._stopping()
        await super().shutdown(sockets)


def run(settings: Settings, ready: Callable[[str], None], tell: Callable[[str], None]) -> None:
    """Serve until a signal says to stop.

    Args:
        settings: what to serve, and how.
        ready: told the address once requests are accepted.
        tell: told what the operator may want to know, such as that the graph has changed.

    Raises:
        SourceError: there is nothing to serve.
        OSError: the address cannot be had.
    """
    with _bound(settings.host, settings.port) as listener:
        service = Service.over(settings, tell)
        try:
            config = uvicorn.Config(
                application(service),
                log_level="warning",
                access_log=False,
                proxy_headers=False,  # anyone could name any client
                server_header=False,
                lifespan="on",
                limit_concurrency=MAX_CONNECTIONS,
                timeout_keep_alive=20,
                timeout_graceful_shutdown=max(1, round(settings.grace + _MARGIN)),
            )
            asyncio.run(_Server(config, ready, service.close_soon).serve([listener]))
        finally:
            service.clean()


def _bound(host: str, port: int) -> socket.socket:
    """A socket at that address, which does not listen yet."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except BaseException:
        listener.close()
        raise
    return listener
