"""The web application: which address is answered by what."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from citeweave.export.endpoint import sparql
from citeweave.export.endpoint.guard import Guard
from citeweave.export.endpoint.lookups import Lookups
from citeweave.export.endpoint.service import Service
from citeweave.export.endpoint.vocabulary import queries

_HERE = Path(__file__).parent
_SUFFIXES = (".html", ".js", ".css", ".svg")
"""Of the files in ``editor`` and ``static``, what the server gives away."""
_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"<>&\r\n]+)">')
_EVERYWHERE = ("0.0.0.0", "::", "")


def application(service: Service) -> Starlette:
    """The application over a service, which lives as long as it does."""
    settings = service.settings
    lookups = Lookups(service)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    async def endpoint(request: Request) -> Response:
        if request.method != "POST" and not request.scope["query_string"]:
            return await lookups.endpoint(request)
        return await sparql.answer(service, request)

    def explore(_: Request) -> Response:
        return _explorer(settings.source / "graph.html")

    routes = [
        Route("/sparql", endpoint, methods=["GET", "POST"]),
        Route("/.well-known/void", lookups.dataset),
        Route("/resource", lookups.any_iri),
        Route("/id/{rest:path}", lookups.ours),
        Route("/ontology", lookups.terms),
        Route("/explore", explore),
        Route("/vocabulary.json", lookups.vocabulary),
        Route("/queries.json", lambda _: JSONResponse(queries())),
        *(Route(path, _giving(file)) for path, file in _files().items()),
    ]
    guard = Middleware(
        Guard,
        hosts=(f"[{settings.host}]" if ":" in settings.host else settings.host, socket.gethostname(), *settings.hosts),
        any_address=settings.host in _EVERYWHERE,
        origins=settings.origins,
    )
    return Starlette(routes=routes, middleware=[guard], lifespan=lifespan)


def _files() -> dict[str, Path]:
    """The files of the editor and of our pages, by their addresses."""
    found = sorted(p for room in ("editor", "static") for p in (_HERE / room).iterdir() if p.suffix in _SUFFIXES)
    return {"/" if file.name == "index.html" else f"/{file.name}": file for file in found}


def _giving(file: Path) -> Callable[[Request], Response]:
    return lambda _: FileResponse(file)


def _explorer(page: Path) -> Response:
    """The workspace's picture, under the policy that it brings (its scripts are allowed by a nonce), and unframed."""
    try:
        content = page.read_bytes()
    except OSError:
        return PlainTextResponse(f"there is no {page.name} here; make it with: citeweave export DIR --to html\n", 404)
    policy = _POLICY.search(content, 0, 1 << 16)
    if policy is None:
        return PlainTextResponse(
            f"{page.name} was not made by this version; make it with: citeweave export DIR --to html\n", 404
        )
    told = f"{policy[1].decode('ascii', 'replace')}; frame-ancestors 'none'"
    return HTMLResponse(content, headers={"content-security-policy": told})
