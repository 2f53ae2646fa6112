"""RDF/XML and N-Quads say what the other syntaxes say, to rdflib and to Oxigraph."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from citeweave import export
from citeweave.export.trig import EVIDENCE
from citeweave.graph.knowledge import KnowledgeGraph


@pytest.fixture(params=["toy", "hostile"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


def test_rdfxml_says_what_ntriples_say(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("rdfxml", graph, tmp_path / "g.rdf")
    export.write("ntriples", graph, tmp_path / "g.nt")
    triples = rdflib.Graph().parse(tmp_path / "g.nt", format="nt")
    assert isomorphic(rdflib.Graph().parse(tmp_path / "g.rdf", format="xml"), triples)
    assert len(list(ox.parse(path=str(tmp_path / "g.rdf")))) == len(triples)


def test_nquads_hold_graph_and_evidence_apart_as_trig_does(graph: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("nquads", graph, tmp_path / "g.nq")
    export.write("trig", graph, tmp_path / "g.trig")
    quads = list(ox.parse(path=str(tmp_path / "g.nq")))
    assert {str(q) for q in quads} == {str(q) for q in ox.parse(path=str(tmp_path / "g.trig"))}
    assert {q.graph_name for q in quads} == {ox.DefaultGraph(), EVIDENCE}
    assert len(rdflib.Dataset().parse(tmp_path / "g.nq", format="nquads")) == len(set(quads))
