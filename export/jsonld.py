"""JSON-LD: the direct triples for tools that read JSON, in expanded names, so that no context is fetched."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".jsonld",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the direct triples as JSON-LD, streaming through Oxigraph; raises OSError if it cannot."""
    with atomic_binary(target) as stream:
        ox.serialize(rdf.triples(graph), stream, ox.RdfFormat.JSON_LD)
