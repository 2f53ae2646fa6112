"""The process that runs one query and ends: started by :mod:`citeweave.graph.sparql`, never by a person.

It reads a request (one JSON object) from standard input and answers on standard output with a line of
JSON (what came of it, and how many bytes follow) and, if all went well, the result: SPARQL 1.1 Query
Results JSON for SELECT and ASK, N-Triples for CONSTRUCT and DESCRIBE, or the formats that were asked
for. Nothing is written before the whole answer is known, so an answer that is cut short cannot be
taken for a whole one.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from citeweave.graph.query_check import QueryError, QueryRefusedError, QuerySyntaxError, check
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


class FormatError(QueryError):
    """The answer has none of the forms that the caller takes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run over what: a store's folder, or files to load, and the limits.

    ``default_graphs`` and ``named_graphs`` make up the dataset, whatever the query says (SPARQL 1.1
    Protocol, 2.1.4); both None leaves it to the query. ``formats`` says in which format the answer is
    wanted, by its kind (``select``, ``ask``, ``graph``); None is the form described above.
    """

    query: str
    store: str | None
    files: tuple[str, ...]
    max_rows: int
    memory: int
    timeout: float
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    formats: Mapping[str, str] | None = None
    max_bytes: int | None = None


def main() -> None:
    """Read a request, confine this process, answer."""
    request = Request(**json.loads(sys.stdin.buffer.read()))
    confine(request.memory, request.timeout)
    answer(request, sys.stdout.buffer)


def answer(request: Request, stream: BinaryIO, store: ox.Store | None = None) -> None:
    """Run the query in a thread with a deep stack, and write what came of it; the process must be confined already.

    ``store`` is that of the request, where it is open already.
    """
    threading.stack_size(STACK)
    sys.setrecursionlimit(RECURSION)
    worker = threading.Thread(target=_answer, args=(request, stream, store))
    worker.start()
    worker.join()


def _answer(request: Request, stream: BinaryIO, store: ox.Store | None) -> None:
    header: dict[str, Any]
    body = b""
    try:
        header, body = execute(request, store)
        if request.formats is not None:
            body = _formatted(request.formats, header, body)
        if request.max_bytes is not None and len(body) > request.max_bytes:
            raise TooManyRowsError(f"the answer has more than {request.max_bytes >> 20} MB: add LIMIT to the query")
        header["bytes"] = len(body)
    except QueryError as error:
        header = {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        header = {"error": "MemoryError", "message": ""}
    except Exception as error:
        header = {"error": "QueryError", "message": " ".join(f"{type(error).__name__}: {error}".split())}
    if "error" in header:
        body = b""
    stream.write(json.dumps(header).encode() + b"\n")
    stream.write(body)
    stream.flush()


def _formatted(formats: Mapping[str, str], header: dict[str, Any], body: bytes) -> bytes:
    from citeweave.graph.sparql import Result

    kind = header["kind"]
    if not formats.get(kind):
        raise FormatError("the answer cannot be had in any of the formats that the request accepts")
    header["format"] = formats[kind]
    return Result(kind, body, header["seconds"]).to(formats[kind])


def execute(request: Request, store: ox.Store | None = None) -> tuple[dict[str, Any], bytes]:
    """Check and run a query; raises QueryError for what is wrong with it or with the data."""
    started = time.perf_counter()
    store = store or _open(request)
    loaded = time.perf_counter()
    graphs = [g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode)]
    dataset = _dataset(request, graphs, check(request.query, graphs))
    checked = time.perf_counter()
    try:
        found = store.query(request.query, prefixes=PREFIXES, **dataset)
        header, body = _collect(found, request.max_rows)
    except SyntaxError as error:
        raise QuerySyntaxError(" ".join(str(error).split())) from None
    done = time.perf_counter()
    header["seconds"] = {"load": loaded - started, "check": checked - loaded, "run": done - checked}
    return header, body


def _dataset(request: Request, graphs: Collection[str], chooses: bool) -> dict[str, Any]:
    """What the query runs over, as Oxigraph wants it; ``chooses``: the query has FROM clauses of its own.

    Raises QueryRefusedError where the request names a graph that we lack.
    """
    if request.default_graphs is None and request.named_graphs is None:
        return {} if chooses or not graphs else {"use_default_graph_as_union": True}
    asked = (*(request.default_graphs or ()), *(request.named_graphs or ()))
    if missing := [name for name in asked if name not in graphs]:
        raise QueryRefusedError(f"refused: there is no such graph in the dataset: {missing[0]}")
    return {
        "default_graph": [ox.NamedNode(name) for name in request.default_graphs or ()],
        "named_graphs": [ox.NamedNode(name) for name in request.named_graphs or ()],
    }


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
