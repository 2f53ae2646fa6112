"""TriG, N-Triples, JSON-LD and VoID: the same graph in other clothes, and counts that are right."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from citeweave import export
from citeweave.export.trig import EVIDENCE
from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph

VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


def canonical(quads: object) -> ox.Dataset:
    found = ox.Dataset(quads)  # type: ignore[arg-type]
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def meant(graph: KnowledgeGraph, part: rdf.Part = "graph", name: ox.NamedNode | None = None) -> list[ox.Quad]:
    return [ox.Quad(t.subject, t.predicate, t.object, name) for t in rdf.triples(graph, part)]


@pytest.mark.parametrize(("format_", "rdflib_name"), [("ntriples", "nt"), ("jsonld", "json-ld")])
def test_the_direct_triples_in_other_syntaxes(
    toy: KnowledgeGraph, tmp_path: Path, format_: str, rdflib_name: str
) -> None:
    target = tmp_path / export.filename(format_)
    export.write(format_, toy, target)
    assert canonical(ox.parse(path=str(target))) == canonical(meant(toy))
    again = rdflib.Graph().parse(target, format=rdflib_name).serialize(format="nt", encoding="utf-8")
    assert canonical(ox.parse(again, format=ox.RdfFormat.N_TRIPLES)) == canonical(meant(toy))


def test_trig_keeps_the_evidence_apart(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("trig", toy, tmp_path / "x.trig")
    read = canonical(ox.parse(path=str(tmp_path / "x.trig")))
    assert read == canonical([*meant(toy), *meant(toy, "evidence", EVIDENCE)])
    by_rdflib = rdflib.Dataset().parse(tmp_path / "x.trig", format="trig")
    assert len(by_rdflib.graph(rdflib.URIRef(EVIDENCE.value))) == len(list(rdf.triples(toy, "evidence")))  # type: ignore[attr-defined]


@pytest.mark.parametrize("format_", ["trig", "ntriples", "jsonld", "void"])
def test_same_graph_same_bytes(toy: KnowledgeGraph, tmp_path: Path, format_: str) -> None:
    for name in ("a", "b"):
        export.write(format_, toy, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(("part", "format_"), [("graph", "turtle"), ("evidence", "evidence")])
def test_void_counts_are_those_of_the_files(toy: KnowledgeGraph, tmp_path: Path, part: str, format_: str) -> None:
    export.write("void", toy, tmp_path / "void.ttl")
    export.write(format_, toy, tmp_path / "x.ttl")
    data, void = rdflib.Graph().parse(tmp_path / "x.ttl"), rdflib.Graph().parse(tmp_path / "void.ttl")
    [subset] = [s for s in void.objects(None, VOID.subset) if str(s).endswith(f"/{part}")]
    assert int(str(void.value(subset, VOID.triples))) == len(data)
    assert int(str(void.value(subset, VOID.distinctSubjects))) == len(set(data.subjects()))
    properties = {
        str(void.value(p, VOID.property)): int(str(void.value(p, VOID.triples)))
        for p in void.objects(subset, VOID.propertyPartition)
    }
    assert properties == {str(p): len(list(data.triples((None, p, None)))) for p in set(data.predicates())}
    classes = {
        str(void.value(c, VOID["class"])): int(str(void.value(c, VOID.entities)))
        for c in void.objects(subset, VOID.classPartition)
    }
    kinds = set(data.objects(None, rdflib.RDF.type))
    assert classes == {str(k): len(set(data.subjects(rdflib.RDF.type, k))) for k in kinds}
