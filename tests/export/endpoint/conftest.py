"""A server in a process of its own, as a user starts it, and a plain HTTP client that hides nothing."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
import rdflib

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph

pytest.importorskip("starlette", reason="needs citeweave[serve]")
pytest.importorskip("uvicorn", reason="needs citeweave[serve]")

START = 240
"""Seconds that a server may take to start on a busy machine."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


class Server:
    """A running server: its process, what it says, and requests to it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.errors: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        line = process.stdout.readline() if process.stdout else ""
        assert " at http://" in line, f"the server did not start: {line} {self.errors}"
        self.address = line.split(" at ")[1].split()[0]

    def _listen(self) -> None:
        for line in self.process.stderr or ():
            self.errors.append(line.rstrip())

    def call(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 120,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
        finally:
            connection.close()

    def ask(self, query: str, accept: str = "*/*", **more: str | list[str]) -> Answer:
        """A query by GET."""
        parameters = urlencode({"query": query, **more}, doseq=True, quote_via=quote)
        return self.call(f"/sparql?{parameters}", headers={"Accept": accept})

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def _running(*command: str) -> Iterator[Server]:
    process = subprocess.Popen(
        [sys.executable, "-P", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(START, process.kill)
    watchdog.start()
    try:
        server = Server(process)
        watchdog.cancel()
        yield server
    finally:
        watchdog.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


@contextmanager
def serve(source: Path, *options: str) -> Iterator[Server]:
    """``citeweave serve`` on a free port, killed at the end unless it was stopped."""
    with _running("-m", "citeweave", "serve", str(source), "--port", "0", *options) as server:
        yield server


@contextmanager
def serve_with(source: Path, settings: str, sizes: str) -> Iterator[Server]:
    """A server with settings that the command line does not offer, given as Python keyword arguments."""
    program = (
        "from pathlib import Path\n"
        "from citeweave.export.endpoint.gate import Sizes\n"
        "from citeweave.export.endpoint.server import run\n"
        "from citeweave.export.endpoint.settings import Settings\n"
        f"settings = Settings(Path({str(source)!r}), port=0, sizes=Sizes({sizes}), {settings})\n"
        "run(settings, lambda a: print('serving at', a, flush=True), lambda line: None)\n"
    )
    with _running("-c", program) as server:
        yield server


@pytest.fixture(scope="session")
def starting() -> Callable[..., Any]:
    """Starts ``citeweave serve SOURCE OPTIONS...``; a context manager."""
    return serve


@pytest.fixture(scope="session")
def starting_with() -> Callable[..., Any]:
    """Starts a server with other settings and sizes of the gate; a context manager."""
    return serve_with


def write_workspace(graph: KnowledgeGraph, folder: Path) -> Path:
    """A workspace as a build leaves it, without its database."""
    for name in ("turtle", "evidence", "html"):
        export.write(name, graph, folder / export.filename(name))
    return folder


@pytest.fixture(scope="session")
def writing() -> Callable[[KnowledgeGraph, Path], Path]:
    """Writes a graph into a folder as a build does."""
    return write_workspace


@pytest.fixture(scope="session")
def toys(made: Callable[[str], KnowledgeGraph], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the toy graph."""
    return write_workspace(made("toy_graph"), tmp_path_factory.mktemp("served") / "toys")


@pytest.fixture(scope="session")
def server(toys: Path) -> Iterator[Server]:
    """A server over the toy graph, shared by the tests."""
    with serve(toys) as running:
        yield running


@pytest.fixture(scope="session")
def everything(toys: Path) -> rdflib.Graph:
    """What the server holds of the toy graph, as rdflib reads it from the same files."""
    graph = rdflib.Graph()
    for name in ("graph.ttl", "evidence.ttl"):
        graph.parse(toys / name)
    return graph
