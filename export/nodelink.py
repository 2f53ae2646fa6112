"""Node-link JSON, as NetworkX reads it (``networkx.node_link_graph(data, edges="edges")``) and D3 likes it."""

from __future__ import annotations

from pathlib import Path

from citeweave.export._files import atomic_text
from citeweave.export._json import lines
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".json",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view as node-link JSON; raises OSError where the file system refuses."""
    view = graph.network()
    with atomic_text(target) as out:
        out.write('{"directed": true, "multigraph": true, "graph": {},\n"nodes": ')
        lines(out, ({"id": node, **data} for node, data in view.nodes(data=True)))
        out.write(',\n"edges": ')
        lines(
            out,
            (
                {"source": source, "target": sink, "key": key, **data}
                for source, sink, key, data in view.edges(keys=True, data=True)
            ),
        )
        out.write("}\n")
