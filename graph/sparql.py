"""SPARQL over a workspace or any RDF file: fast, limited in time, memory and rows, and never off this machine.

Every query runs on Oxigraph in a process of its own, over a snapshot that it cannot change. A query
that breaks a limit is stopped and its caller told why; there is no partial answer.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from citeweave.graph import store
from citeweave.graph.named import Named, find, named
from citeweave.graph.query_check import QueryError, QueryRefusedError, QuerySyntaxError
from citeweave.graph.query_process import Request, SourceError, TooManyRowsError, request_line
from citeweave.graph.vocabulary import PREFIXES

__all__ = [
    "FORMATS",
    "Named",
    "QueryError",
    "QueryMemoryError",
    "QueryRefusedError",
    "QuerySyntaxError",
    "QueryTimeoutError",
    "Result",
    "SourceError",
    "TooManyRowsError",
    "find",
    "named",
    "run",
]

TIMEOUT = 30.0
MAX_ROWS = 100_000
MEMORY = 2 << 30

FORMATS = ("csv", "tsv", "json", "xml", "turtle", "ntriples")
_RESULTS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "xml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


class QueryTimeoutError(QueryError):
    """The query did not end in time."""


class QueryMemoryError(QueryError):
    """The query needs more memory than it may have."""


_ERRORS: Mapping[str, type[QueryError]] = {
    kind.__name__: kind for kind in (QuerySyntaxError, QueryRefusedError, TooManyRowsError, SourceError)
}


@dataclass(frozen=True)
class Result:
    """The whole answer to a query.

    ``kind`` is ``select``, ``ask`` or ``graph`` (CONSTRUCT, DESCRIBE); ``body`` is SPARQL 1.1 Query
    Results JSON for the first two, N-Triples for the last; ``seconds`` tells how long loading,
    checking and running took.
    """

    kind: str
    body: bytes
    seconds: Mapping[str, float]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The columns: the query's variables, or the parts of a triple, or ``answer`` for ASK."""
        if self.kind == "graph":
            return "subject", "predicate", "object"
        return tuple(self._json["head"]["vars"]) if self.kind == "select" else ("answer",)

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The answer as text for people: IRIs with prefixes, literals bare, the unbound as an empty string."""
        if self.kind == "ask":
            return (("yes" if self._json["boolean"] else "no",),)
        if self.kind == "graph":
            return tuple((shown(t.subject), shown(t.predicate), shown(t.object)) for t in self.triples())
        solutions = ox.parse_query_results(self.body, ox.QueryResultsFormat.JSON)
        assert isinstance(solutions, ox.QuerySolutions)
        return tuple(tuple(shown(value) for value in solution) for solution in solutions)

    def triples(self) -> Iterator[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        yield from (quad.triple for quad in ox.parse(self.body, format=ox.RdfFormat.N_TRIPLES))

    def to(self, format: str) -> bytes:
        """The answer in a W3C format, one of ``FORMATS``; raises ValueError where it has no such form."""
        known = _GRAPHS if self.kind == "graph" else _RESULTS
        if format not in known:
            what = {"graph": "a graph", "ask": "a yes or no", "select": "a table of results"}[self.kind]
            raise ValueError(f"{what} cannot be written as {format} (possible: {', '.join(known)})")
        if self.kind == "ask" and format in ("csv", "tsv"):
            return f"{str(self._json['boolean']).lower()}\n".encode()
        if self.kind != "graph":
            if format == "json":
                return self.body + b"\n"
            found = ox.parse_query_results(self.body, ox.QueryResultsFormat.JSON)
            return found.serialize(format=_RESULTS[format]) or b""
        if format == "turtle":
            return _turtle(list(self.triples()))
        return ox.serialize(self.triples(), format=_GRAPHS[format]) or b""

    @cached_property
    def _json(self) -> Any:
        return json.loads(self.body)


def run(
    source: Path,
    query: str,
    *,
    timeout: float = TIMEOUT,
    max_rows: int = MAX_ROWS,
    memory: int = MEMORY,
) -> Result:
    """Run a query over a workspace's folder or an RDF file (.ttl, .nt, .nq, .trig, .rdf, .jsonld ...).

    Our prefixes are known without being declared. Raises QueryError, or a subclass that says more:
    QuerySyntaxError (with line and column), QueryRefusedError (updates, SERVICE, foreign FROM),
    QueryTimeoutError, QueryMemoryError, TooManyRowsError, SourceError (the data cannot be read).
    """
    store_folder, files = _dataset(source)
    request = Request(query, store_folder, files, max_rows, memory, timeout)
    command = [sys.executable, "-P", "-m", "citeweave.graph.query_process"]
    try:
        done = subprocess.run(command, input=request_line(request), capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise QueryTimeoutError(f"stopped: the query took more than {timeout:g} s") from None
    head, newline, body = done.stdout.partition(b"\n")
    if done.returncode or not newline:
        raise _death(done.returncode, done.stderr, request)
    header = json.loads(head)
    if "error" in header:
        if header["error"] == "MemoryError":
            raise QueryMemoryError(_out_of_memory(memory))
        raise _ERRORS.get(header["error"], QueryError)(header["message"])
    return Result(header["kind"], body, header["seconds"])


def _dataset(source: Path) -> tuple[str | None, tuple[str, ...]]:
    try:
        if source.is_dir():
            folder = store.ensure(source)
            return (str(folder), ()) if folder else (None, tuple(map(str, store.files(source))))
    except (FileNotFoundError, ValueError) as error:
        raise SourceError(str(error)) from None
    if not source.exists():
        raise SourceError(f"{source}: no such file or folder")
    return None, (str(source),)


def _death(code: int, stderr: bytes, request: Request) -> QueryError:
    """Why a query's process ended without an answer."""
    said = stderr.decode(errors="replace").strip().splitlines()
    if -code == getattr(signal, "SIGXCPU", 24) or -code == 9:
        return QueryTimeoutError(f"stopped: the query took more than {request.timeout:g} s")
    if -code == getattr(signal, "SIGABRT", 6) or any("memory" in line or "MemoryError" in line for line in said):
        return QueryMemoryError(_out_of_memory(request.memory))
    return QueryError(f"the query broke the engine (exit code {code}{': ' + said[-1] if said else ''})")


def _out_of_memory(memory: int) -> str:
    return f"stopped: the query needs more than {memory >> 20:,} MB of memory"


def shown(value: Any) -> str:
    """A term as a person would want to read it: prefixed names, the bare text of literals."""
    if value is None:
        return ""
    return compact(value.value) if isinstance(value, ox.NamedNode) else getattr(value, "value", str(value))


def compact(iri: str) -> str:
    """An IRI as a prefixed name where one of our prefixes fits, else as it is."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and "/" not in (local := iri.removeprefix(namespace)) and local:
            return f"{prefix}:{local}"
    return iri


def _turtle(triples: Sequence[ox.Triple]) -> bytes:
    """Turtle with the prefixes that are used, declared in our order (Oxigraph's own changes from run to run)."""
    names = {
        node.value for t in triples for node in (t.subject, t.predicate, t.object) if isinstance(node, ox.NamedNode)
    }
    used = {p: n for p, n in PREFIXES.items() if any(name.startswith(n) for name in names)}
    written = (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used) or b"").decode()
    body = "".join(line for line in written.splitlines(keepends=True) if not line.startswith("@prefix "))
    return ("".join(f"@prefix {p}: <{n}> .\n" for p, n in used.items()) + "\n" + body).encode()
