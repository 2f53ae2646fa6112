"""``/sparql``: the protocol's requests answered over HTTP, and errors told by their status and one line of text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from citeweave.export.endpoint import negotiation, protocol
from citeweave.export.endpoint.gate import BusyError
from citeweave.export.endpoint.pool import Reply, StoppedError
from citeweave.export.endpoint.protocol import Operation, ProtocolError
from citeweave.export.endpoint.service import Service
from citeweave.graph.query_check import QueryError, QueryRefusedError, QuerySyntaxError
from citeweave.graph.query_process import FormatError, SourceError, TooManyRowsError
from citeweave.graph.sparql import QueryMemoryError, QueryTimeoutError

T = TypeVar("T")

MAX_BODY = 1 << 20
_BODY_SECONDS = 20.0
_PIECE = 1 << 18
_STATUS: tuple[tuple[type[QueryError], int], ...] = (
    (QuerySyntaxError, 400),
    (QueryRefusedError, 403),
    (FormatError, 406),
    (TooManyRowsError, 422),
    (StoppedError, 503),
    (SourceError, 503),
    (QueryTimeoutError, 504),
    (QueryMemoryError, 507),
    (QueryError, 500),
)
"""What a query that fails is answered with. None of them is a success: no answer that was cut looks whole."""


class GoneError(Exception):
    """The client went away before it was answered."""


async def read(request: Request) -> Operation:
    """The operation that a request asks for; raises ProtocolError."""
    query_string: bytes = request.scope["query_string"]
    if request.method in ("GET", "HEAD"):
        return protocol.by_get(query_string)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _body(request)
    except TimeoutError:
        raise ProtocolError(408, "the body does not come") from None
    return protocol.by_post(query_string, request.headers.get("content-type", ""), body)


async def answer(service: Service, request: Request) -> Response:
    """Answer a request that has a query, whatever happens."""
    accept = ", ".join(request.headers.getlist("accept"))
    results, graphs = negotiation.choose(accept, negotiation.RESULTS), negotiation.choose(accept, negotiation.GRAPHS)
    try:
        operation = await read(request)
        formats = {"select": results[0] if results else "", "graph": graphs[0] if graphs else ""}
        formats["ask"] = formats["select"]
        reply = await ask(service, operation, formats, request)
    except (ProtocolError, BusyError, QueryError) as error:
        return refusal(error)
    except GoneError:
        return gone()
    _, media = (graphs if reply.kind == "graph" else results) or ("", "")
    return whole(service, reply.body, charset(media))


async def ask(service: Service, operation: Operation, formats: dict[str, str], request: Request) -> Reply:
    """Run an operation for as long as the client stays; raises what :meth:`Service.ask` does."""
    client = request.client.host if request.client else ""
    return await _while_connected(request, service.ask(operation, formats, client))


def refusal(error: ProtocolError | BusyError | QueryError) -> Response:
    """The answer for what went wrong."""
    headers = {}
    if isinstance(error, (ProtocolError, BusyError)):
        status = error.status
    else:
        status = next(code for kind, code in _STATUS if isinstance(error, kind))
    if status == 503:
        headers["retry-after"] = "5"
    if isinstance(error, BusyError):
        headers["retry-after"] = str(error.retry_after)
    return PlainTextResponse(f"{error}\n", status, headers)


def gone() -> Response:
    """What nobody will read."""
    return Response(status_code=499)


def whole(service: Service, body: bytes, content_type: str) -> Response:
    """An answer that is known to its end, sent in pieces as fast as the client reads."""

    async def pieces() -> AsyncIterator[bytes]:
        with service.sending(len(body)):
            for start in range(0, len(body), _PIECE):
                yield body[start : start + _PIECE]

    headers = {"content-type": content_type, "content-length": str(len(body)), "vary": "Accept"}
    return StreamingResponse(pieces(), headers=headers)


def charset(media: str) -> str:
    """The media type with its charset, where the default of the type is another."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise ProtocolError(413, f"the body is larger than {MAX_BODY >> 20} MB")
    except ClientDisconnect:
        raise GoneError from None
    return bytes(body)


async def _while_connected(request: Request, work: Coroutine[None, None, T]) -> T:
    """The result of the work, which is given up when the client goes away."""
    doing = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait({doing, gone}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise GoneError
    finally:
        for task in (doing, gone):
            task.cancel()
        await asyncio.gather(doing, gone, return_exceptions=True)


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
