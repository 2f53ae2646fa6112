"""What holds for every format that is listed, whoever wrote it."""

import csv
import hashlib
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Paper, Source

FORMATS = export.formats()
ONE = Paper("title:1", title="One paper", abstract="Of one line.", sources=(Source("x", 1),))
UNTITLED = Paper("abstract:1", abstract="An abstract and nothing else.", sources=(Source("x", 1),))
GRAPHS = {
    "empty": KnowledgeGraph({}, {}, (), {}),
    "one paper": KnowledgeGraph({ONE.id: ONE}, {}, (), {}),
    "untitled": KnowledgeGraph({UNTITLED.id: UNTITLED}, {}, (), {}),
}


@pytest.fixture(params=[*GRAPHS, "toy", "hostile"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = GRAPHS.get(request.param) or request.getfixturevalue(request.param)
    return found


def write(format: str, graph: KnowledgeGraph, folder: Path) -> Path:
    """Write into a folder under the format's own name; skips where the format's library is not installed."""
    target = folder / export.filename(format)
    try:
        export.write(format, graph, target)
    except export.MissingLibraryError as error:
        pytest.skip(str(error))
    return target


def content(path: Path) -> dict[str, str]:
    """The digests of the files at or under a path."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return {p.relative_to(path).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("format", FORMATS)
def test_any_graph_is_written_the_same_each_time(format: str, graph: KnowledgeGraph, tmp_path: Path) -> None:
    first, again = (write(format, graph, tmp_path / name) for name in ("a", "b"))
    assert content(first) == content(again) != {}
    assert [p.name for p in (tmp_path / "a").iterdir()] == [first.name]
    write(format, graph, tmp_path / "a")
    assert content(first) == content(again)


@pytest.mark.parametrize("format", FORMATS)
def test_a_smaller_graph_leaves_nothing_of_a_larger_one(format: str, toy: KnowledgeGraph, tmp_path: Path) -> None:
    write(format, toy, tmp_path / "a")
    over = write(format, GRAPHS["one paper"], tmp_path / "a")
    assert content(over) == content(write(format, GRAPHS["one paper"], tmp_path / "b"))


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_written_is_utf8_without_dates_of_writing(format: str, toy: KnowledgeGraph, tmp_path: Path) -> None:
    target = write(format, toy, tmp_path)
    for file in [target] if target.is_file() else [p for p in target.rglob("*") if p.is_file()]:
        if file.suffix != ".parquet":
            text = file.read_bytes().decode("utf-8")
            assert date.today().isoformat() not in text


@pytest.mark.parametrize("format", FORMATS)
def test_where_nothing_can_be_written_nothing_is_left(format: str, toy: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        write(format, toy, tmp_path / "file")
    occupied = tmp_path / "there" / export.filename(format)
    occupied.mkdir(parents=True)
    (occupied / "mine.txt").write_text("mine")
    with pytest.raises(OSError):
        write(format, toy, tmp_path / "there")
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert left == ["file", f"there/{export.filename(format)}/mine.txt"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_leaves_the_old_export(
    format: str, toy: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write(format, GRAPHS["one paper"], tmp_path)
    before = content(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(format, toy, tmp_path)
    assert content(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


def test_no_two_formats_have_one_file_in_a_workspace() -> None:
    names = [export.filename(format) for format in FORMATS]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(name and "/" not in name and not name.startswith(".") for name in names)


def test_the_order_of_sets_does_not_show(tmp_path: Path) -> None:
    """Two processes that hash strings differently write the same bytes."""
    script = (
        "import sys, importlib.util as u; from pathlib import Path; from citeweave import export\n"
        "s = u.spec_from_file_location('toy_graph', sys.argv[1]); m = u.module_from_spec(s); s.loader.exec_module(m)\n"
        "for f in export.formats():\n"
        "    try: export.write(f, m.toy_graph(), Path(sys.argv[2]) / export.filename(f))\n"
        "    except export.MissingLibraryError: pass\n"
    )
    toy = Path(__file__).parents[1] / "toy_graph.py"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(toy), str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert content(tmp_path / "1") == content(tmp_path / "2") != {}


def _graphml(target: Path) -> tuple[int, int]:
    read = nx.read_graphml(target, force_multigraph=True)
    return read.number_of_nodes(), read.number_of_edges()


def _gexf(target: Path) -> tuple[int, int]:
    read = nx.read_gexf(target, version="1.3")
    return read.number_of_nodes(), read.number_of_edges()


def _nodelink(target: Path) -> tuple[int, int]:
    read = nx.node_link_graph(json.loads(target.read_text("utf-8")), edges="edges")
    return read.number_of_nodes(), read.number_of_edges()


def _cytoscape(target: Path) -> tuple[int, int]:
    read = nx.cytoscape_graph(json.loads(target.read_text("utf-8")))
    return read.number_of_nodes(), read.number_of_edges()


def _graphology(target: Path) -> tuple[int, int]:
    read = json.loads(target.read_text("utf-8"))
    return len({n["key"] for n in read["nodes"]}), len({e["key"] for e in read["edges"]})


def _rows(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream, strict=True)) - 1


def _neo4j(target: Path) -> tuple[int, int]:
    return _rows(target / "nodes.csv"), _rows(target / "relationships.csv")


def _ladybug(target: Path) -> tuple[int, int]:
    files = list(target.glob("*.csv"))
    edges = [f for f in files if "-" in f.name]
    return sum(_rows(f) for f in files if f not in edges), sum(map(_rows, edges))


COUNTS: dict[str, Callable[[Path], tuple[int, int]]] = {
    "graphml": _graphml,
    "gexf": _gexf,
    "nodelink": _nodelink,
    "cytoscape": _cytoscape,
    "graphology": _graphology,
    "neo4j": _neo4j,
    "ladybug": _ladybug,
}


@pytest.mark.parametrize("format", COUNTS)
def test_every_graph_format_has_as_many_nodes_and_edges(format: str, graph: KnowledgeGraph, tmp_path: Path) -> None:
    view = graph.network()
    assert COUNTS[format](write(format, graph, tmp_path)) == (view.number_of_nodes(), view.number_of_edges())


def test_igraph_reads_graphml(graph: KnowledgeGraph, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph", reason="needs igraph")
    read = igraph.Graph.Read_GraphML(str(write("graphml", graph, tmp_path)))
    view = graph.network()
    assert (read.vcount(), read.ecount()) == (view.number_of_nodes(), view.number_of_edges())


def test_xml_formats_are_well_formed(graph: KnowledgeGraph, tmp_path: Path) -> None:
    for format in ("graphml", "gexf"):
        assert ET.parse(write(format, graph, tmp_path)).getroot().tag.endswith(format)
