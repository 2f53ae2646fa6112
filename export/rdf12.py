"""RDF 1.2: the evidence with reifiers (``rdf:reifies`` and triple terms) in place of ``rdf:Statement``.

Everything else of the evidence is as in :mod:`citeweave.export.evidence`, and the nodes have the same
names. rdflib cannot read it yet; Oxigraph and Jena can. See https://www.w3.org/TR/rdf12-concepts/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import term

SUFFIXES = (".ttl",)
FILENAME = "evidence.rdf12.ttl"


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the evidence as Turtle 1.2, streaming through Oxigraph; raises OSError if it cannot."""
    with atomic_binary(target) as stream:
        ox.serialize(_reified(graph), stream, ox.RdfFormat.TURTLE)


def _reified(graph: KnowledgeGraph) -> Iterator[ox.Triple]:
    parts: dict[ox.NamedNode, ox.NamedNode] = {}
    names = {term("rdf:subject"), term("rdf:predicate"), term("rdf:object")}
    for triple in rdf.triples(graph, "evidence"):
        if triple.predicate in names and isinstance(triple.object, ox.NamedNode):
            parts[triple.predicate] = triple.object
            if len(parts) == len(names):  # a statement's three parts come one after the other
                said = ox.Triple(*(parts[term(f"rdf:{part}")] for part in ("subject", "predicate", "object")))
                yield ox.Triple(triple.subject, term("rdf:reifies"), said)
                parts.clear()
        elif triple.object != term("rdf:Statement"):
            yield triple
