"""Turtle of the evidence: statements with confidence and sentences, mentions with offsets, provenance."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from citeweave.export import _turtle
from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".ttl",)
FILENAME = "evidence.ttl"
_PREFIXES = (
    "cw", "rdf", "rdfs", "xsd", "dcterms", "skos", "foaf", "schema", "prov", "cito", "nif", "itsrdf",
    "arxiv", "orcid", "paper", "author", "method", "model", "dataset", "task", "metric", "concept", "software",
    "text", "statement", "source", "agent", "run",
)  # fmt: skip


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the evidence part as Turtle, streaming; raises OSError where the file system refuses."""
    with atomic_binary(target) as stream:
        dump(graph, stream)


def dump(graph: KnowledgeGraph, stream: BinaryIO) -> None:
    """The same to a stream that is open already."""
    _turtle.write(rdf.sections(graph, "evidence"), _PREFIXES, stream)
