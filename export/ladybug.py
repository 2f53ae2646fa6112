"""Ladybug, and Kuzu before it: a folder with a schema, a CSV file a table, and the statements that load them.

Run in that folder ``schema.cypher`` and then ``copy.cypher``, whose paths are relative to it. A node table is
a kind of node, a relationship table a predicate.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from citeweave.export._files import atomic_folder, write_text
from citeweave.export._property import EDGE_COLUMNS, NODE_COLUMNS, quoted_name, write_csv
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".cypher",)
FILENAME = "ladybug"

_TYPES = {str: "STRING", int: "INT64", float: "DOUBLE"}
_OPTIONS = "header=true, parallel=false, escape='\"'"
"""A line break inside quotes needs the reader that is not parallel."""
_RENAMED = {"link": "links_to"}
"""Tables of nodes and of relationships share their names, whatever the case."""


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view into the folder ``target``; raises OSError where the file system refuses."""
    view = graph.network()
    nodes: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for node, data in view.nodes(data=True):
        nodes[data["kind"]].append((node, *(data.get(name) for name in NODE_COLUMNS)))
    kinds = dict(view.nodes(data="kind"))
    edges: dict[str, dict[tuple[str, str], list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for source, sink, key, data in view.edges(keys=True, data=True):
        row = (source, sink, key, *(data.get(name) for name in EDGE_COLUMNS))
        table = _RENAMED.get(data["predicate"], data["predicate"])
        edges[table][kinds[source], kinds[sink]].append(row)
    schema, copy = [], []
    with atomic_folder(target) as folder:
        for kind, rows in sorted(nodes.items()):
            schema.append(f"CREATE NODE TABLE {quoted_name(kind)} (id STRING PRIMARY KEY, {_columns(NODE_COLUMNS)});")
            copy.append(f"COPY {quoted_name(kind)} FROM '{kind}.csv' ({_OPTIONS});")
            write_csv(folder / f"{kind}.csv", ("id", *NODE_COLUMNS), rows)
        for table, pairs in sorted(edges.items()):
            ends = ", ".join(f"FROM {quoted_name(a)} TO {quoted_name(b)}" for a, b in sorted(pairs))
            columns = _columns(EDGE_COLUMNS)
            schema.append(f"CREATE REL TABLE {quoted_name(table)} ({ends}, key STRING, {columns});")
            for (a, b), rows in sorted(pairs.items()):
                file = f"{table}-{a}-{b}.csv"
                where = f"from='{a}', to='{b}', {_OPTIONS}" if len(pairs) > 1 else _OPTIONS
                copy.append(f"COPY {quoted_name(table)} FROM '{file}' ({where});")
                write_csv(folder / file, ("from", "to", "key", *EDGE_COLUMNS), rows)
        write_text(folder / "schema.cypher", "".join(f"{line}\n" for line in schema))
        write_text(folder / "copy.cypher", "".join(f"{line}\n" for line in copy))


def _columns(columns: dict[str, type]) -> str:
    return ", ".join(f"{quoted_name(name)} {_TYPES[type_]}" for name, type_ in columns.items())
