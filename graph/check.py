"""Does a graph keep to its own shapes? SHACL validation of a workspace or an RDF file (``shapes.ttl``).

Needs pySHACL, which is not among the run-time dependencies: ``pip install citeweave[shacl]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF

from citeweave.graph import store
from citeweave.graph.query_process import FORMATS, SourceError
from citeweave.graph.sparql import shown

_SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


class CheckerMissingError(RuntimeError):
    """pySHACL is not installed."""


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One node that breaks a shape: which, in which property, with what value, and what was asked of it."""

    node: str
    path: str
    value: str
    message: str

    def __str__(self) -> str:
        what = f" {self.path}" if self.path else ""
        found = f" (found {self.value!r})" if self.value else ""
        return f"{self.node}{what}: {self.message}{found}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many triples were checked, and what is wrong with them, sorted; empty where all is well."""

    triples: int
    violations: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        """Whether the data keep to all shapes."""
        return not self.violations


def check(source: Path, tell: Callable[[str, int, int | None], None] | None = None) -> Report:
    """Validate a workspace's Turtle (graph and evidence together) or one RDF file.

    Shape after shape, each over the whole graph, so that ``tell`` (what is done, how many shapes are, of how many)
    can say how far it is; pySHACL reports the same as it does of all shapes at once.

    Raises SourceError where the data cannot be read, CheckerMissingError where pySHACL is not installed.
    """
    try:
        from pyshacl import validate
    except ImportError:
        raise CheckerMissingError("checking needs pySHACL: pip install 'citeweave[shacl]'") from None
    tell = tell or (lambda what, done, total: None)
    tell("reading", 0, None)
    data = _load(source)
    shapes = rdflib.Graph().parse(data=(files("citeweave.graph") / "shapes.ttl").read_text("utf-8"), format="turtle")
    names = sorted(str(shape) for shape in shapes.subjects(RDF.type, _SH.NodeShape))
    found: set[Violation] = set()
    for done, name in enumerate(names):
        tell(f"checking {name.rpartition('#')[2]}", done, len(names))
        _, report, _ = validate(data, shacl_graph=shapes, use_shapes=[name], inference="none", inplace=True)
        assert isinstance(report, rdflib.Graph)
        found.update(violations(report))
    return Report(len(data), tuple(sorted(found)))


def violations(report: rdflib.Graph) -> Iterator[Violation]:
    """What a SHACL validation report names, in no particular order."""
    for result in report.subjects(RDF.type, _SH.ValidationResult):
        yield Violation(
            _shown(report.value(result, _SH.focusNode)),
            _shown(report.value(result, _SH.resultPath)),
            _shown(report.value(result, _SH.value)),
            str(report.value(result, _SH.resultMessage) or ""),
        )


def _load(source: Path) -> rdflib.Graph:
    """The data as an ordinary rdflib graph, which pySHACL asks so many small questions of, parsed by Oxigraph."""
    try:
        paths = store.files(source) if source.is_dir() else (source,)
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None
    graph = rdflib.Graph()
    # one object a term: rdflib compares terms all the time, and the same object needs no look at its text
    term = lru_cache(maxsize=None)(_term)
    for path in paths:
        kind = FORMATS.get(path.suffix.lower())
        if kind is None:
            raise SourceError(f"{path}: not an RDF file (known are {', '.join(FORMATS)})")
        try:
            for quad in ox.parse(path=str(path), format=kind):
                graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
        except (SyntaxError, ValueError, OSError) as error:
            raise SourceError(f"{path}: {' '.join(str(error).split())}") from None
    return graph


def _term(term: object) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))
    raise ValueError("triple terms (RDF 1.2) cannot be checked")


def _shown(term: rdflib.term.Node | None) -> str:
    if isinstance(term, rdflib.URIRef):
        return shown(ox.NamedNode(str(term)))
    return "" if term is None or isinstance(term, rdflib.BNode) else str(term)
