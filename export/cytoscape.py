"""Cytoscape JSON (``.cyjs``), for Cytoscape and for pages with cytoscape.js.

Nodes and edges carry ``name`` and ``interaction`` as Cytoscape expects them, ``value`` and ``key`` as
``networkx.cytoscape_graph`` does. In cytoscape.js nodes and edges share one space of ids: an edge's id
has spaces in it, a node's has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx

from citeweave.export._files import atomic_text
from citeweave.export._json import lines
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".cyjs",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view as Cytoscape JSON; raises OSError where the file system refuses."""
    view = graph.network()
    with atomic_text(target) as out:
        out.write('{"format_version": "1.0", "generated_by": "citeweave", "target_cytoscapejs_version": "~3.0",\n')
        out.write('"directed": true, "multigraph": true, "data": {"name": "citeweave"},\n"elements": {"nodes": ')
        lines(out, _nodes(view))
        out.write(',\n"edges": ')
        lines(out, _edges(view))
        out.write("}}\n")


def _nodes(view: nx.MultiDiGraph) -> Iterator[dict[str, Any]]:
    for node, data in view.nodes(data=True):
        yield {"data": {"id": node, "value": node, "name": data["label"], **data}}


def _edges(view: nx.MultiDiGraph) -> Iterator[dict[str, Any]]:
    for source, target, key, data in view.edges(keys=True, data=True):
        named = {"id": key, "key": key, "source": source, "target": target}
        yield {"data": {**named, "name": data["predicate"], "interaction": data["predicate"], **data}}
