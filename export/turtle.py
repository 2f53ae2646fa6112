"""Turtle: the direct triples of the graph, papers first, readable and the same bytes for the same graph."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from citeweave.export import _turtle
from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".ttl",)
_PREFIXES = (
    "cw", "rdf", "rdfs", "xsd", "dcterms", "skos", "foaf", "schema", "prov", "fabio", "cito", "bibo", "prism", "mls",
    "cskg", "arxiv", "orcid", "paper", "author", "method", "model", "dataset", "task", "metric", "concept", "software",
    "scheme", "collection",
)  # fmt: skip


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the direct triples as Turtle, streaming; raises OSError where the file system refuses."""
    with atomic_binary(target) as stream:
        dump(graph, stream)


def dump(graph: KnowledgeGraph, stream: BinaryIO) -> None:
    """The same to a stream that is open already."""
    _turtle.write(rdf.sections(graph), _PREFIXES, stream)
