"""TriG: the graph as the default graph, the evidence as a named graph, in one file; for stores that keep both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import ID

SUFFIXES = (".trig",)
EVIDENCE = ox.NamedNode(f"{ID}evidence")
"""The name of the graph that holds the evidence."""


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write both parts as TriG, streaming through Oxigraph; raises OSError where the file system refuses.

    Names are written in full: Oxigraph declares prefixes in an order that changes from run to run.
    """
    with atomic_binary(target) as stream:
        ox.serialize(_quads(graph), stream, ox.RdfFormat.TRIG)


def _quads(graph: KnowledgeGraph) -> Iterator[ox.Quad]:
    for triple in rdf.triples(graph, "graph"):
        yield ox.Quad(triple.subject, triple.predicate, triple.object)
    for triple in rdf.triples(graph, "evidence"):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, EVIDENCE)
