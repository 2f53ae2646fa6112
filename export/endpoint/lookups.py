"""The addresses that describe: the endpoint, the data set, every IRI in it, and our own terms."""

from __future__ import annotations

import asyncio
from functools import cache
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from citeweave.export.endpoint import metadata, negotiation, pages, resource, sparql
from citeweave.export.endpoint.gate import BusyError
from citeweave.export.endpoint.metadata import Counts
from citeweave.export.endpoint.protocol import Operation, ProtocolError
from citeweave.export.endpoint.service import Service
from citeweave.export.endpoint.snapshot import Snapshot
from citeweave.export.endpoint.vocabulary import vocabulary
from citeweave.graph import ontology
from citeweave.graph.query_check import QueryError
from citeweave.graph.sparql import Result
from citeweave.graph.vocabulary import BASE, PREFIXES

_ANY_FORM = {**negotiation.PAGE, **negotiation.GRAPHS}
_JSON = {"select": "json", "ask": "json", "graph": "ntriples"}
_ONTOLOGY = f"{BASE}ontology"


class Lookups:
    """Answers what is asked about the data rather than of it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._counted: tuple[Snapshot, Counts | QueryError] | None = None
        self._counting = asyncio.Lock()

    async def endpoint(self, request: Request) -> Response:
        """The service description, or the editor for a browser."""
        form = negotiation.choose(_accept(request), {**negotiation.GRAPHS, **negotiation.PAGE})
        if form and form[0] == "html":
            return RedirectResponse("/", 303, {"vary": "Accept"})
        try:
            counts = await self.counts()
        except (BusyError, QueryError):  # a description without numbers is better than none
            counts = None
        graph = metadata.service(str(request.base_url), self._service.settings, counts)
        return _graph_as(form, metadata.written(graph, form[0]) if form else b"")

    async def dataset(self, request: Request) -> Response:
        """The VoID description of what is served."""
        form = _wanted(request, negotiation.GRAPHS)
        try:
            counts = await self.counts()
        except (BusyError, QueryError) as error:
            return sparql.refusal(error)
        return _graph_as(form, metadata.written(metadata.void(str(request.base_url), counts), form[0]) if form else b"")

    async def ours(self, request: Request) -> Response:
        """An IRI of ours, by its own path."""
        raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        return await self._resource(request, resource.of_path(raw.decode("ascii", "replace")))

    async def any_iri(self, request: Request) -> Response:
        """Any IRI, by the parameter ``iri``."""
        iri = request.query_params.get("iri", "")
        if not iri:
            return sparql.refusal(ProtocolError(400, "which IRI? ask for /resource?iri=..."))
        if iri == _ONTOLOGY or iri.startswith(PREFIXES["cw"]):
            return RedirectResponse(pages.local(iri), 303)
        return await self._resource(request, iri)

    async def terms(self, request: Request) -> Response:
        """The ontology."""
        form = _wanted(request, _ANY_FORM)
        if form and form[0] == "html":
            return HTMLResponse(_terms_page(), headers={"vary": "Accept"})
        if form and form[0] == "turtle":
            return _graph_as(form, ontology.text().encode())
        return _graph_as(form, metadata.written(ontology.load(), form[0]) if form else b"", _ANY_FORM)

    async def vocabulary(self, _: Request) -> Response:
        """Prefixes and terms, for the editor."""
        try:
            counts = await self.counts()
        except (BusyError, QueryError):  # our own terms are known without
            counts = None
        return JSONResponse(vocabulary(counts))

    async def _resource(self, request: Request, iri: str) -> Response:
        form = _wanted(request, _ANY_FORM)
        if resource.checked(iri) is None:
            return sparql.refusal(ProtocolError(400, f"this is no IRI: {iri[:200]!r}"))
        if form is None:
            return _graph_as(None, b"", _ANY_FORM)
        html = form[0] == "html"
        try:
            query = resource.page_query(iri) if html else resource.description_query(iri)
            reply = await sparql.ask(self._service, Operation(query), _JSON, request)
        except (BusyError, QueryError) as error:
            return sparql.refusal(error)
        except sparql.GoneError:
            return sparql.gone()
        if html:
            found = await asyncio.to_thread(resource.read, iri, reply.body)
            page = pages.resource(found) if found.known else pages.missing(iri)
            return HTMLResponse(page, 200 if found.known else 404, {"vary": "Accept"})
        if not reply.body:
            return sparql.refusal(ProtocolError(404, "nothing is said of this IRI here"))
        links = f"SELECT ?s ?p {{ ?s ?p <{iri}> }}"
        lookup = f"{request.base_url}sparql?query={quote(links, safe='')}"
        body = await asyncio.to_thread(_described, iri, reply.body, lookup, form[0])
        return _graph_as(form, body)

    async def counts(self) -> Counts:
        """The counts of the current snapshot, made when they are first asked for; raises QueryError or BusyError."""
        async with self._counting:
            service = self._service
            snapshot = service.snapshot
            if self._counted is None or self._counted[0] != snapshot:
                queries = (metadata.TOTALS, metadata.CLASSES, metadata.PROPERTIES, metadata.GRAPHS)
                counted: Counts | QueryError
                try:
                    answers = [(await service.ask(Operation(query), _JSON, "")).body for query in queries]
                    counted = Counts.of(*answers)
                except QueryError as error:  # too much to count: it will not be less next time
                    counted = error
                self._counted = snapshot, counted
            if isinstance(self._counted[1], QueryError):
                raise self._counted[1]
            return self._counted[1]


@cache
def _terms_page() -> str:
    return pages.ontology(vocabulary())


def _described(iri: str, ntriples: bytes, lookup: str, format: str) -> bytes:
    return Result("graph", resource.description(iri, ntriples, lookup), {}).to(format)


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept"))


def _wanted(request: Request, offers: negotiation.Offers) -> tuple[str, str] | None:
    """The form that the address names (``?format=turtle``), else the one that the client accepts."""
    if (named := request.query_params.get("format")) is not None:
        return (named, offers[named][0]) if named in offers else None
    return negotiation.choose(_accept(request), offers)


def _graph_as(form: tuple[str, str] | None, body: bytes, offers: negotiation.Offers = negotiation.GRAPHS) -> Response:
    if form is None:
        return sparql.refusal(ProtocolError(406, "this can be had as " + ", ".join(offers)))
    return Response(body, headers={"content-type": sparql.charset(form[1]), "vary": "Accept"})
