"""RDF/XML: the direct triples for tools that read no newer syntax (https://www.w3.org/TR/rdf-syntax-grammar/)."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".rdf",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the direct triples as RDF/XML, streaming through Oxigraph; raises OSError if it cannot."""
    with atomic_binary(target) as stream:
        ox.serialize(rdf.triples(graph), stream, ox.RdfFormat.RDF_XML)
