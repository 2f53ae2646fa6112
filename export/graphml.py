"""GraphML, for Gephi, Cytoscape, yEd, igraph and whatever else reads a graph with attributes.

See http://graphml.graphdrawing.org. Edge ids are unique (two edges of one id break some readers), each
attribute has one type, and the file is written as it goes: NetworkX's own writer holds all of it in
memory, and gives other bytes where lxml is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from citeweave.export._files import atomic_text
from citeweave.export._property import EDGE_COLUMNS, NODE_COLUMNS
from citeweave.export._text import xml
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".graphml",)

_TYPES = {str: "string", int: "long", float: "double"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view as GraphML; raises OSError where the file system refuses."""
    view = graph.network()
    with atomic_text(target) as out:
        out.write(_HEAD)
        out.writelines(_keys("node", NODE_COLUMNS))
        out.writelines(_keys("edge", EDGE_COLUMNS))
        out.write('  <graph id="citeweave" edgedefault="directed">\n')
        for node, data in view.nodes(data=True):
            out.write(f"    <node id={_quoted(node)}>\n")
            out.writelines(_data("node", data, NODE_COLUMNS))
            out.write("    </node>\n")
        for source, sink, key, data in view.edges(keys=True, data=True):
            out.write(f"    <edge id={_quoted(key)} source={_quoted(source)} target={_quoted(sink)}>\n")
            out.writelines(_data("edge", data, EDGE_COLUMNS))
            out.write("    </edge>\n")
        out.write("  </graph>\n</graphml>\n")


def _keys(of: str, columns: Mapping[str, type]) -> Iterator[str]:
    for name, type_ in columns.items():
        yield f'  <key id="{of}-{name}" for="{of}" attr.name="{name}" attr.type="{_TYPES[type_]}"/>\n'


def _data(of: str, data: Mapping[str, Any], columns: Mapping[str, type]) -> Iterator[str]:
    for name in columns:
        if name in data:
            # a carriage return that is not escaped is read as a line feed
            value = escape(xml(str(data[name])), {"\r": "&#13;"})
            yield f'      <data key="{of}-{name}">{value}</data>\n'


def _quoted(value: str) -> str:
    return quoteattr(xml(value))
