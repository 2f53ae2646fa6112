"""GraphML as NetworkX reads it back."""

from pathlib import Path

import networkx as nx

from citeweave import export
from citeweave.export._property import EDGE_COLUMNS, NODE_COLUMNS
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Paper, Source


def test_nodes_edges_and_attributes_come_back(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("graphml", toy, tmp_path / "graph.graphml")
    read = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    view = toy.network()
    assert dict(read.nodes(data=True)) == dict(view.nodes(data=True))
    edges = {key: (s, t, data) for s, t, key, data in view.edges(keys=True, data=True)}
    assert {
        key: (s, t, {k: v for k, v in data.items() if k != "id"})
        for s, t, key, data in read.edges(keys=True, data=True)
    } == edges
    assert len(edges) == view.number_of_edges()


def test_characters_that_xml_cannot_carry_become_marks(tmp_path: Path) -> None:
    paper = Paper("title:1", title="a\x00b\ud800c\uffff & <d>", sources=(Source("x", 1),))
    graph = KnowledgeGraph({paper.id: paper}, {}, (), {})
    export.write("graphml", graph, tmp_path / "x.graphml")
    read = nx.read_graphml(tmp_path / "x.graphml")
    assert read.nodes["title:1"]["label"] == "a\ufffdb\ufffdc\ufffd & <d>"


def test_same_graph_same_bytes(toy: KnowledgeGraph, tmp_path: Path) -> None:
    for name in ("a", "b"):
        export.write("graphml", toy, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_white_space_comes_back_as_it_was(tmp_path: Path) -> None:
    paper = Paper("title:1", title=" a\r\nb\rc\td  ", sources=(Source("x", 1),))
    export.write("graphml", KnowledgeGraph({paper.id: paper}, {}, (), {}), tmp_path / "x.graphml")
    assert nx.read_graphml(tmp_path / "x.graphml").nodes["title:1"]["label"] == paper.title


def test_every_attribute_of_the_view_is_declared(toy: KnowledgeGraph) -> None:
    """A column that the view gains is to be written, too."""
    view = toy.network()
    assert {name for _, data in view.nodes(data=True) for name in data} == set(NODE_COLUMNS)
    assert {name for *_, data in view.edges(data=True) for name in data} == set(EDGE_COLUMNS)
