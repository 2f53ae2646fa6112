"""The process that runs one query and ends: started by :mod:`citeweave.graph.sparql`, never by a person.

It reads a request (one JSON object) from standard input and answers on standard output with a line of
JSON (what came of it) and, if all went well, the result: SPARQL 1.1 Query Results JSON for SELECT and
ASK, N-Triples for CONSTRUCT and DESCRIBE. Nothing is written before the whole answer is known, so an
answer that is cut short cannot be taken for a whole one.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from citeweave.graph.query_check import QueryError, QuerySyntaxError, check
from citeweave.graph.sandbox import confine
from citeweave.graph.vocabulary import PREFIXES

STACK = 64 << 20
"""Bytes of stack for parsing and evaluating: both recurse with the query's depth."""
RECURSION = 20_000

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".n3": ox.RdfFormat.N3,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
"""What RDF files may be queried, by suffix."""


class TooManyRowsError(QueryError):
    """The query has more results than the limit allows."""


class SourceError(QueryError):
    """The data cannot be read."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run over what: a store's folder, or files to load, and the limits."""

    query: str
    store: str | None
    files: tuple[str, ...]
    max_rows: int
    memory: int
    timeout: float


def main() -> None:
    """Read a request, confine this process, run the query in a thread with a deep stack, answer."""
    request = Request(**json.loads(sys.stdin.buffer.read()))
    confine(request.memory, request.timeout)
    threading.stack_size(STACK)
    sys.setrecursionlimit(RECURSION)
    worker = threading.Thread(target=_answer, args=(request,))
    worker.start()
    worker.join()


def _answer(request: Request) -> None:
    header: dict[str, Any]
    body = b""
    try:
        header, body = execute(request)
    except QueryError as error:
        header = {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        header = {"error": "MemoryError", "message": ""}
    except Exception as error:
        header = {"error": "QueryError", "message": " ".join(f"{type(error).__name__}: {error}".split())}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def execute(request: Request) -> tuple[dict[str, Any], bytes]:
    """Check and run a query; raises QueryError for what is wrong with it or with the data."""
    started = time.perf_counter()
    store = _open(request)
    loaded = time.perf_counter()
    graphs = [g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode)]
    check(request.query, graphs)
    checked = time.perf_counter()
    try:
        found = store.query(request.query, prefixes=PREFIXES, use_default_graph_as_union=bool(graphs))
        header, body = _collect(found, request.max_rows)
    except SyntaxError as error:
        raise QuerySyntaxError(" ".join(str(error).split())) from None
    done = time.perf_counter()
    header["seconds"] = {"load": loaded - started, "check": checked - loaded, "run": done - checked}
    return header, body


def _open(request: Request) -> ox.Store:
    if request.store:
        try:
            return ox.Store.read_only(request.store)
        except (OSError, RuntimeError) as error:
            raise SourceError(f"{request.store}: {error}") from None
    store = ox.Store()
    for name in request.files:
        suffix = Path(name).suffix.lower()
        if suffix not in FORMATS:
            raise SourceError(f"{name}: not an RDF file (known are {', '.join(FORMATS)})")
        try:
            store.bulk_load(path=name, format=FORMATS[suffix])
        except SyntaxError as error:
            raise SourceError(f"{name}: {' '.join(str(error).split())}") from None
        except (OSError, ValueError) as error:
            raise SourceError(f"{name}: {error}") from None
    return store


def _collect(found: Any, max_rows: int) -> tuple[dict[str, Any], bytes]:
    if isinstance(found, ox.QueryBoolean):
        return {"kind": "ask"}, json.dumps({"head": {}, "boolean": bool(found)}).encode()
    if isinstance(found, ox.QueryTriples):
        triples: dict[ox.Triple, None] = {}
        for triple in found:
            triples[triple] = None
            _count(len(triples), max_rows, "triples")
        return {"kind": "graph", "rows": len(triples)}, b"".join(f"{t} .\n".encode() for t in sorted(triples, key=str))
    names = [variable.value for variable in found.variables]
    rows = []
    for solution in found:
        rows.append({name: _term(value) for name, value in zip(names, solution, strict=True) if value is not None})
        _count(len(rows), max_rows, "rows")
    body = {"head": {"vars": names}, "results": {"bindings": rows}}
    return {"kind": "select", "rows": len(rows)}, json.dumps(body, ensure_ascii=False).encode()


def _count(number: int, limit: int, what: str) -> None:
    if number > limit:
        raise TooManyRowsError(f"more than {limit:,} {what}: add LIMIT to the query, or allow more")


def _term(value: Any) -> dict[str, Any]:
    """A term in SPARQL 1.1 Query Results JSON (and triple terms as SPARQL 1.2 has them)."""
    if isinstance(value, ox.NamedNode):
        return {"type": "uri", "value": value.value}
    if isinstance(value, ox.BlankNode):
        return {"type": "bnode", "value": value.value}
    if isinstance(value, ox.Triple):
        parts = {"subject": value.subject, "predicate": value.predicate, "object": value.object}
        return {"type": "triple", "value": {name: _term(part) for name, part in parts.items()}}
    told = {"type": "literal", "value": value.value}
    if value.language:
        told["xml:lang"] = value.language
    elif value.datatype.value != f"{PREFIXES['xsd']}string":
        told["datatype"] = value.datatype.value
    return told


def request_line(request: Request) -> bytes:
    """The request as the bytes that :func:`main` reads."""
    return json.dumps(asdict(request)).encode()


if __name__ == "__main__":
    main()
