"""Neo4j, and other databases that speak openCypher: a folder with bulk CSV and with a script.

``nodes.csv`` and ``relationships.csv`` are for an empty database, however large::

    neo4j-admin database import full --multiline-fields=true --nodes=nodes.csv --relationships=relationships.csv neo4j

``import.cypher`` adds to a database that runs, and may be run again (``cypher-shell -f import.cypher``).
It carries its data as escaped literals, not by ``LOAD CSV``, which reads backslashes otherwise than
``neo4j-admin`` does and needs the files in a folder of the server's. Every node is a ``Citeweave``
besides what it is (``Paper``, ``CitedPaper``, ``Author``, ``Link``, or an entity's type).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import networkx as nx

from citeweave.export._files import atomic_folder, atomic_text
from citeweave.export._property import EDGE_COLUMNS, NODE_COLUMNS, literal, quoted_name, write_csv
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".cypher",)
FILENAME = "neo4j"

_EVERY = "Citeweave"
_TYPES = {str: "", int: ":long", float: ":double"}
_BATCH = 200


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the NetworkX view into the folder ``target``; raises OSError where the file system refuses."""
    view = graph.network()
    with atomic_folder(target) as folder:
        write_csv(
            folder / "nodes.csv",
            ("id:ID", ":LABEL", *(f"{name}{_TYPES[type_]}" for name, type_ in NODE_COLUMNS.items())),
            (
                (node, f"{_EVERY};{data['kind']}", *(data.get(name) for name in NODE_COLUMNS))
                for node, data in view.nodes(data=True)
            ),
        )
        write_csv(
            folder / "relationships.csv",
            (":START_ID", ":END_ID", ":TYPE", "key", *(f"{n}{_TYPES[t]}" for n, t in EDGE_COLUMNS.items())),
            (
                (source, sink, _type(data), key, *(data.get(name) for name in EDGE_COLUMNS))
                for source, sink, key, data in view.edges(keys=True, data=True)
            ),
        )
        with atomic_text(folder / "import.cypher") as out:
            _script(view, out)


def _type(data: Mapping[str, Any]) -> str:
    return str(data["predicate"]).upper()


def _script(view: nx.MultiDiGraph, out: TextIO) -> None:
    out.write(f"CREATE CONSTRAINT citeweave_id IF NOT EXISTS FOR (n:{_EVERY}) REQUIRE n.id IS UNIQUE;\n")
    nodes: dict[str, list[str]] = defaultdict(list)
    for node, data in view.nodes(data=True):
        nodes[data["kind"]].append(f"{{id: {literal(node)}, properties: {_map(data, NODE_COLUMNS)}}}")
    for kind, rows in sorted(nodes.items()):
        for batch in _batches(rows):
            out.write(f"UNWIND [\n{batch}\n] AS row\nMERGE (n:{_EVERY} {{id: row.id}})\n")
            out.write(f"SET n:{quoted_name(kind)}, n += row.properties;\n")
    edges: dict[str, list[str]] = defaultdict(list)
    for source, sink, key, data in view.edges(keys=True, data=True):
        ends = f"source: {literal(source)}, target: {literal(sink)}, key: {literal(key)}"
        edges[_type(data)].append(f"{{{ends}, properties: {_map(data, EDGE_COLUMNS)}}}")
    for type_, rows in sorted(edges.items()):
        for batch in _batches(rows):
            out.write(f"UNWIND [\n{batch}\n] AS row\n")
            out.write(f"MATCH (a:{_EVERY} {{id: row.source}})\nMATCH (b:{_EVERY} {{id: row.target}})\n")
            out.write(f"MERGE (a)-[r:{quoted_name(type_)} {{key: row.key}}]->(b)\nSET r += row.properties;\n")


def _map(data: Mapping[str, Any], columns: Mapping[str, type]) -> str:
    said = (f"{quoted_name(name)}: {literal(data[name])}" for name in columns if name in data)
    return f"{{{', '.join(said)}}}"


def _batches(rows: list[str]) -> Iterator[str]:
    for at in range(0, len(rows), _BATCH):
        yield ",\n".join(rows[at : at + _BATCH])
