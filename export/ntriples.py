"""N-Triples: the direct triples one a line, for bulk loaders, ``sort``, ``diff`` and ``grep``."""

from __future__ import annotations

from pathlib import Path

from citeweave.export._files import atomic_binary
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".nt",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the direct triples as N-Triples, streaming; raises OSError if it cannot."""
    with atomic_binary(target) as stream:
        stream.writelines(rdf.ntriples(graph))
