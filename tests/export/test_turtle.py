"""Turtle: golden bytes, equal graphs in two parsers, and text that stays text whatever it holds."""

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from citeweave import export
from citeweave.graph import rdf
from citeweave.graph.iris import iri, local_id
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Statement

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize(("format_", "name"), [("turtle", "toy.ttl"), ("evidence", "toy-evidence.ttl")])
def test_bytes_are_the_golden_ones(toy: KnowledgeGraph, tmp_path: Path, format_: str, name: str) -> None:
    export.write(format_, toy, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (GOLDEN / name).read_bytes()


@pytest.mark.parametrize(("format_", "part"), [("turtle", "graph"), ("evidence", "evidence")])
def test_both_parsers_read_exactly_the_triples_of_the_view(
    toy: KnowledgeGraph, tmp_path: Path, format_: str, part: rdf.Part
) -> None:
    export.write(format_, toy, tmp_path / "x.ttl")
    data = (tmp_path / "x.ttl").read_bytes()
    assert_same(data, toy, part)


def assert_same(data: bytes, graph: KnowledgeGraph, part: rdf.Part) -> None:
    """The data are the view's triples for Oxigraph's parser as for rdflib's, up to the names of blank nodes."""
    meant = list(rdf.triples(graph, part))
    by_oxigraph = [q.triple for q in ox.parse(data, format=ox.RdfFormat.TURTLE)]
    read = rdflib.Graph().parse(data=data, format="turtle").serialize(format="nt", encoding="utf-8")
    by_rdflib = [q.triple for q in ox.parse(read, format=ox.RdfFormat.N_TRIPLES)]
    assert len(meant) == len(by_rdflib) == len(by_oxigraph)
    assert canonical(meant) == canonical(by_oxigraph) == canonical(by_rdflib)


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    found = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_ids_come_back_from_their_iris(text: str) -> None:
    for identifier in (f"doi:10.1/{text}", f"title:{text}", f"method/{text}"):
        assert local_id(iri(identifier).value) == identifier


def test_titles_are_the_same_after_reading_back(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("turtle", toy, tmp_path / "x.ttl")
    read = rdflib.Graph().parse(tmp_path / "x.ttl")
    title = rdflib.URIRef("http://purl.org/dc/terms/title")
    for paper in toy.papers.values():
        told = read.value(rdflib.URIRef(iri(paper.id).value), title)
        assert (str(told) if told else "") == paper.title


def test_a_failed_write_leaves_the_old_file(
    toy: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.ttl"
    target.write_bytes(b"old")
    broken = KnowledgeGraph(toy.papers, toy.entities, (*toy.statements, Statement("x", "no_such", "y", 1.0)), {})
    with pytest.raises(KeyError):
        export.write("evidence", broken, target)
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.ttl"]


def test_nothing_is_held_back_until_the_end(toy: KnowledgeGraph) -> None:
    from citeweave.export import _turtle

    stream = io.BytesIO()
    sections = rdf.sections(toy)
    seen = []

    def watched():  # type: ignore[no-untyped-def]
        for heading, descriptions in sections:
            seen.append(stream.tell())
            yield heading, descriptions

    _turtle.write(watched(), ["cw", "rdf"], stream)
    assert seen == sorted(set(seen))
