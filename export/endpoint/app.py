"""The web application: which address is answered by what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from citeweave.export.endpoint import sparql
from citeweave.export.endpoint.guard import Guard
from citeweave.export.endpoint.service import Service
from citeweave.export.endpoint.vocabulary import queries, vocabulary

EDITOR = Path(__file__).parent / "editor"
_EDITOR_FILES = {"/": "index.html", "/editor.js": "editor.js", "/editor.css": "editor.css"}


def application(service: Service) -> Starlette:
    """The application over a service, which lives as long as it does."""
    settings = service.settings

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    async def endpoint(request: Request) -> Response:
        return await sparql.answer(service, request)

    async def editor(request: Request) -> Response:
        file = EDITOR / _EDITOR_FILES[request.url.path]
        return FileResponse(file) if file.is_file() else _missing("the editor is not installed")

    async def terms(_: Request) -> Response:
        return JSONResponse(vocabulary())

    async def named(_: Request) -> Response:
        return JSONResponse(queries())

    routes = [
        Route("/sparql", endpoint, methods=["GET", "POST"]),
        *(Route(path, editor) for path in _EDITOR_FILES),
        Route("/vocabulary.json", terms),
        Route("/queries.json", named),
    ]
    guard = Middleware(Guard, hosts=(settings.host, *settings.hosts), origins=settings.origins)
    return Starlette(routes=routes, middleware=[guard], lifespan=lifespan)


def _missing(reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", 404)
