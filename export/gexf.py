"""GEXF 1.3, for Gephi's timeline: every node and edge is there from the day of its first paper on.

See https://gexf.net for the format. ``kind`` tells parallel edges apart, ``start`` is a day, and the
column ``year`` is a number, for filters. There is no date of writing in the file, so that the same
graph gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from citeweave.export._dates import first_days, statement_days
from citeweave.export._files import atomic_text
from citeweave.export._text import xml
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".gexf",)

_TYPES = {str: "string", int: "integer", float: "double"}
_NODE: dict[str, type] = {
    "kind": str, "date": str, "year": int, "venue": str, "authors": str, "aliases": str, "papers": int,
}  # fmt: skip
_EDGE: dict[str, type] = {
    "predicate": str, "confidence": float, "support": int, "quote": str,
    "quote_start": int, "quote_end": int, "by": str, "year": int,
}  # fmt: skip
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
  <meta>
    <creator>citeweave</creator>
    <description>Citation and knowledge graph</description>
  </meta>
  <graph defaultedgetype="directed" idtype="string" mode="dynamic" timeformat="date" timerepresentation="interval">
"""


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view as GEXF; raises OSError where the file system refuses."""
    view, days = graph.network(), first_days(graph)
    between = statement_days(graph)
    with atomic_text(target) as out:
        out.write(_HEAD)
        _declare(out, "node", _NODE)
        _declare(out, "edge", _EDGE)
        out.write(f'    <nodes count="{view.number_of_nodes()}">\n')
        for node, data in view.nodes(data=True):
            day = days.get(node, "")
            values = {**({"year": int(day[:4])} if day else {}), **data}
            named = {"id": node, "label": data["label"], **({"start": day} if day else {})}
            _element(out, "node", named, values, _NODE)
        out.write(f'    </nodes>\n    <edges count="{view.number_of_edges()}">\n')
        for source, sink, key, data in view.edges(keys=True, data=True):
            said = data["predicate"]
            day = between.get((source, said, sink), "") or (days.get(source, "") if source in graph.papers else "")
            named = {"id": key, "source": source, "target": sink, "kind": said, "label": said}
            named |= {"weight": str(float(data["support"])), **({"start": day} if day else {})}
            values = {**data, "quote_start": data["start"], "quote_end": data["end"]}
            if day:
                values["year"] = int(day[:4])
            _element(out, "edge", named, values, _EDGE)
        out.write("    </edges>\n  </graph>\n</gexf>\n")


def _declare(out: TextIO, kind: str, columns: Mapping[str, type]) -> None:
    out.write(f'    <attributes class="{kind}">\n')
    for name, type_ in columns.items():
        out.write(f'      <attribute id="{name}" title="{name}" type="{_TYPES[type_]}"/>\n')
    out.write("    </attributes>\n")


def _element(
    out: TextIO, tag: str, named: Mapping[str, str], values: Mapping[str, Any], columns: Mapping[str, type]
) -> None:
    attributes = "".join(f" {name}={_quoted(value)}" for name, value in named.items())
    out.write(f"      <{tag}{attributes}>\n        <attvalues>\n")
    for line in _values(values, columns):
        out.write(line)
    out.write(f"        </attvalues>\n      </{tag}>\n")


def _values(values: Mapping[str, Any], columns: Mapping[str, type]) -> Iterator[str]:
    for name in columns:
        if name in values:
            yield f'          <attvalue for="{name}" value={_quoted(values[name])}/>\n'


def _quoted(value: object) -> str:
    return quoteattr(xml(str(value)))
