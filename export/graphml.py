"""GraphML, for Gephi, Cytoscape, yEd, igraph and whatever else reads a graph with attributes.

Written by NetworkX from :func:`citeweave.graph.network.network`, whose edge keys are unique (readers
take them for ids) and whose attributes keep one type each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx

from citeweave.export._files import atomic_binary
from citeweave.export._text import xml
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".graphml",)


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view as GraphML; raises OSError where the file system refuses."""
    with atomic_binary(target) as stream:
        # not write_graphml, which picks lxml where it happens to be installed and then gives other bytes
        nx.write_graphml_xml(_for_xml(graph.network()), stream)


def _for_xml(view: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The same network without the characters that XML cannot carry, in ids as in attributes."""
    clean = nx.MultiDiGraph()
    clean.add_nodes_from((xml(node), _values(data)) for node, data in view.nodes(data=True))
    clean.add_edges_from(
        (xml(source), xml(target), xml(key), _values(data))
        for source, target, key, data in view.edges(keys=True, data=True)
    )
    return clean


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {name: xml(value) for name, value in data.items()}
