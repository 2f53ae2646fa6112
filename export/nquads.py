"""N-Quads: graph and evidence one statement a line, the evidence in a named graph; for bulk loaders of quad stores."""

from __future__ import annotations

from pathlib import Path

from citeweave.export._files import atomic_binary
from citeweave.export.trig import EVIDENCE
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".nq",)
_END = b" .\n"


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write both parts as N-Quads, streaming; raises OSError where the file system refuses."""
    named = f" {EVIDENCE}".encode() + _END
    with atomic_binary(target) as stream:
        stream.writelines(rdf.ntriples(graph))
        # a line feed within a literal is escaped, so these three bytes are the end of a statement
        stream.writelines(lines.replace(_END, named) for lines in rdf.ntriples(graph, "evidence"))
