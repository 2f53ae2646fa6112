"""The formats of the network view, each read back by somebody else's reader."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Paper, PartialDate, Source

GEXF = "{http://gexf.net/1.3}"
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def utf8(value: Any) -> Any:
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def xml(value: Any) -> Any:
    return NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value


def expected(graph: KnowledgeGraph, clean: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Nodes and edges of the view, texts as the format carries them."""
    view = graph.network()
    nodes = {clean(n): {k: clean(v) for k, v in d.items()} for n, d in view.nodes(data=True)}
    edges = {
        (clean(s), clean(t), clean(k)): {name: clean(v) for name, v in d.items()}
        for s, t, k, d in view.edges(keys=True, data=True)
    }
    return nodes, edges


def parts(net: nx.MultiDiGraph) -> tuple[dict[Any, Any], dict[Any, Any]]:
    return dict(net.nodes(data=True)), {(s, t, k): d for s, t, k, d in net.edges(keys=True, data=True)}


@pytest.fixture(params=["toy", "hostile"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


def test_node_link_comes_back_whole_in_networkx(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("nodelink", graph, tmp_path / "g.json")
    read = nx.node_link_graph(json.loads((tmp_path / "g.json").read_text("utf-8")), edges="edges")
    assert isinstance(read, nx.MultiDiGraph)
    assert parts(read) == expected(graph, utf8)


def test_cytoscape_json_comes_back_whole_in_networkx(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("cytoscape", graph, tmp_path / "g.cyjs")
    read = nx.cytoscape_graph(json.loads((tmp_path / "g.cyjs").read_text("utf-8")), name="label", ident="value")
    assert isinstance(read, nx.MultiDiGraph)
    nodes, edges = expected(graph, utf8)
    known = ("id", "value", "name", "key", "source", "target", "interaction")
    got_nodes, got_edges = parts(read)
    assert {n: {k: v for k, v in d.items() if k not in known} for n, d in got_nodes.items()} == nodes
    assert {e: {k: v for k, v in d.items() if k not in known} for e, d in got_edges.items()} == edges
    assert all(d["name"] == d["label"] for d in got_nodes.values())


def test_cytoscape_ids_are_unique_over_nodes_and_edges(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("cytoscape", graph, tmp_path / "g.cyjs")
    elements = json.loads((tmp_path / "g.cyjs").read_text("utf-8"))["elements"]
    ids = [item["data"]["id"] for group in ("nodes", "edges") for item in elements[group]]
    assert len(ids) == len(set(ids))


def test_graphology_json_has_keys_and_attributes(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("graphology", graph, tmp_path / "g.json")
    data = json.loads((tmp_path / "g.json").read_text("utf-8"))
    assert data["options"] == {"type": "directed", "multi": True, "allowSelfLoops": True}
    nodes, edges = expected(graph, utf8)
    assert {n["key"]: n["attributes"] for n in data["nodes"]} == nodes
    assert {(e["source"], e["target"], e["key"]): e["attributes"] for e in data["edges"]} == edges


def test_gexf_comes_back_whole_in_networkx(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("gexf", graph, tmp_path / "g.gexf")
    read = nx.read_gexf(tmp_path / "g.gexf", version="1.3")
    assert read.graph["mode"] == "dynamic"
    nodes, edges = expected(graph, xml)
    got_nodes = dict(read.nodes(data=True))
    assert got_nodes.keys() == nodes.keys()
    for node, data in nodes.items():
        got = {k: v for k, v in got_nodes[node].items() if k not in ("start", "year")}
        assert got == {k: v for k, v in data.items() if k != "year"}
    keyed = nx.MultiDiGraph(read)
    assert keyed.number_of_edges() == len(edges)
    by_id = {d["id"]: d for _, _, d in keyed.edges(data=True)}
    for (_, _, key), data in edges.items():
        same = ("predicate", "confidence", "support", "quote", "by")
        assert {k: by_id[key][k] for k in same} == {k: data[k] for k in same}
        assert (by_id[key]["quote_start"], by_id[key]["quote_end"]) == (data["start"], data["end"])
        assert by_id[key]["weight"] == data["support"]


def test_gexf_keeps_to_its_schema(graph: KnowledgeGraph, tmp_path: Path) -> None:
    """What the schema of GEXF 1.3 asks for: order, required attributes, types, references, unique ids."""
    export.write("gexf", graph, tmp_path / "g.gexf")
    root = ET.parse(tmp_path / "g.gexf").getroot()
    assert root.tag == f"{GEXF}gexf"
    assert root.get("version") == "1.3"
    assert [child.tag for child in root] == [f"{GEXF}meta", f"{GEXF}graph"]
    assert "lastmodifieddate" not in root[0].attrib
    assert [child.tag.removeprefix(GEXF) for child in root[1]] == ["attributes", "attributes", "nodes", "edges"]
    checks = {"string": r"(?s).*", "integer": r"-?\d+", "double": r"-?\d+(\.\d+)?(e-?\d+)?"}
    for kind, group in zip(("node", "edge"), root[1][2:], strict=True):
        declared = {
            a.get("id"): str(a.get("type"))
            for a in root[1].findall(f"{GEXF}attributes[@class='{kind}']/{GEXF}attribute")
        }
        assert group.get("count") == str(len(group))
        assert len({child.get("id") for child in group}) == len(group)
        for child in group:
            assert child.tag == f"{GEXF}{kind}"
            assert re.fullmatch(r"(\d{4}-\d\d-\d\d)?", child.get("start", ""))
            assert [inside.tag for inside in child] == [f"{GEXF}attvalues"]
            for value in child[0]:
                assert re.fullmatch(checks[declared[value.get("for")]], str(value.get("value")))
        parallel = [(e.get("source"), e.get("target"), e.get("kind")) for e in group if kind == "edge"]
        assert len(parallel) == len(set(parallel))


def test_gexf_starts_each_thing_with_its_first_paper(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("gexf", toy, tmp_path / "g.gexf")
    read = nx.read_gexf(tmp_path / "g.gexf", version="1.3")
    starts = {node: data.get("start") for node, data in read.nodes(data=True)}
    assert starts["arxiv:2001.00001"] == starts["model/pondnet"] == starts["https://github.com/example/pondnet"]
    assert starts["arxiv:2001.00001"] == "2020-01-02"
    assert starts["title:00000000000000aa"] == "2021-03-01"
    assert starts["abstract:00000000000000bb"] is None
    assert starts["author/consortium"] == "2021-03-01"
    assert read.nodes["dataset/frogbench"]["year"] == 2020
    edges = {d["id"]: d for _, _, d in read.edges(data=True)}
    assert edges["title:00000000000000aa builds_on arxiv:2001.00001"]["start"] == "2021-03-01"
    assert edges["model/pondnet evaluated_on dataset/frogbench"]["start"] == "2020-01-02"
    assert edges["model/pondnet evaluated_on dataset/frogbench"]["year"] == 2020


def test_gexf_carries_line_breaks_and_a_year_of_four_digits(tmp_path: Path) -> None:
    paper = Paper("title:1", title="a\r\nb\tc", date=PartialDate(987), sources=(Source("x", 1),))
    export.write("gexf", KnowledgeGraph({paper.id: paper}, {}, (), {}), tmp_path / "g.gexf")
    node = nx.read_gexf(tmp_path / "g.gexf", version="1.3").nodes["title:1"]
    assert (node["label"], node["start"], node["year"]) == ("a\r\nb\tc", "0987-01-01", 987)
