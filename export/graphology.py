"""The JSON that graphology imports (``Graph.from(data)``), for pages drawn with Sigma."""

from __future__ import annotations

from pathlib import Path

from citeweave.export._files import atomic_text
from citeweave.export._json import lines
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".graphology.json",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view as graphology's JSON; raises OSError where the file system refuses."""
    view = graph.network()
    with atomic_text(target) as out:
        out.write('{"options": {"type": "directed", "multi": true, "allowSelfLoops": true},\n')
        out.write('"attributes": {},\n"nodes": ')
        lines(out, ({"key": node, "attributes": data} for node, data in view.nodes(data=True)))
        out.write(',\n"edges": ')
        lines(
            out,
            (
                {"key": key, "source": source, "target": sink, "attributes": data}
                for source, sink, key, data in view.edges(keys=True, data=True)
            ),
        )
        out.write("}\n")
