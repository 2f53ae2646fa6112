"""VoID: what the graph holds, counted, for catalogues and for those who want to know before they load it."""

from __future__ import annotations

from pathlib import Path

from citeweave.export import _turtle
from citeweave.export._files import atomic_binary
from citeweave.graph import void
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".ttl",)
FILENAME = "void.ttl"
_PREFIXES = (
    "cw", "rdf", "rdfs", "xsd", "dcterms", "skos", "foaf", "schema", "prov", "fabio", "cito", "bibo", "prism", "nif",
    "itsrdf", "mls", "cskg", "void", "dcat", "source", "run",
)  # fmt: skip


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the description of the graph and its evidence as Turtle; raises OSError if it cannot."""
    with atomic_binary(target) as stream:
        _turtle.write(void.sections(graph), _PREFIXES, stream)
