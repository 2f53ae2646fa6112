"""Queries over a workspace and files: answers in every form, errors with a place, limits that hold."""

import csv
import io
import json
import time
from pathlib import Path

import pytest
import rdflib

from citeweave import export
from citeweave.graph import sparql, store
from citeweave.graph.knowledge import KnowledgeGraph

TITLES = "SELECT ?paper ?title WHERE { ?paper a fabio:ResearchPaper ; dcterms:title ?title } ORDER BY ?title"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def workspace(toy: KnowledgeGraph, tmp_path: Path) -> Path:
    for name in ("turtle", "evidence"):
        export.write(name, toy, tmp_path / "ws" / export.filename(name))
    return tmp_path / "ws"


def test_rows_for_people_and_forms_for_machines(workspace: Path) -> None:
    found = sparql.run(workspace, TITLES)
    assert found.variables == ("paper", "title")
    assert found.rows[2] == ("arxiv:2001.00001", 'PondNet: Counting Frogs with "Lily Pads"')
    assert json.loads(found.to("json"))["results"]["bindings"][2]["paper"] == {
        "type": "uri",
        "value": "https://arxiv.org/abs/2001.00001",
    }
    rows = list(csv.reader(io.StringIO(found.to("csv").decode(), newline="")))
    assert rows[0] == ["paper", "title"]
    assert rows[3] == ["https://arxiv.org/abs/2001.00001", 'PondNet: Counting Frogs with "Lily Pads"']
    assert found.to("tsv").decode().splitlines()[0] == "?paper\t?title"
    for name, parse in (("json", "json"), ("xml", "xml")):
        read = rdflib.query.Result.parse(io.BytesIO(found.to(name)), format=parse)
        assert [str(row.title) for row in read] == [row[1] for row in found.rows]  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="a table of results cannot be written as turtle"):
        found.to("turtle")


def test_a_graph_comes_as_turtle_with_the_prefixes_it_needs(workspace: Path) -> None:
    found = sparql.run(workspace, "CONSTRUCT { ?p cw:introduces ?x } WHERE { ?p cw:introduces ?x }")
    text = found.to("turtle").decode()
    assert text.startswith("@prefix cw: <https://w3id.org/citeweave/ontology#> .\n@prefix arxiv: ")
    assert "arxiv:2001.00001 cw:introduces model:pondnet ." in text
    assert len(rdflib.Graph().parse(data=text)) == len(found.rows) == 2
    assert len(rdflib.Graph().parse(data=found.to("xml"), format="xml")) == 2
    assert ("arxiv:2001.00001", "cw:introduces", "model:pondnet") in found.rows


def test_ask_answers_yes_or_no(workspace: Path) -> None:
    found = sparql.run(workspace, "ASK { ?x skos:prefLabel 'PondNet' }")
    assert found.rows == (("yes",),)
    assert json.loads(found.to("json")) == {"head": {}, "boolean": True}


def test_files_of_other_kinds_answer_too(toy: KnowledgeGraph, tmp_path: Path) -> None:
    graph = toy.rdf()
    for suffix, name in ((".nt", "nt"), (".rdf", "xml"), (".jsonld", "json-ld")):
        path = tmp_path / f"x{suffix}"
        graph.serialize(path, format=name, encoding="utf-8")
        found = sparql.run(path, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        assert found.rows == ((str(len(graph)),),)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"@prefix x: <", "bad.ttl", "bad.ttl: "),
        (b"", "notes.docx", "not an RDF file"),
        (b"\xff\xfe\x00", "bad.nt", "bad.nt: "),
    ],
)
def test_data_that_cannot_be_read_is_one_clear_line(tmp_path: Path, content: bytes, name: str, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(sparql.SourceError, match=message) as caught:
        sparql.run(tmp_path / name, "ASK {}")
    assert "\n" not in str(caught.value)


def test_no_such_place(tmp_path: Path) -> None:
    with pytest.raises(sparql.SourceError, match="no such file or folder"):
        sparql.run(tmp_path / "nowhere", "ASK {}")
    with pytest.raises(sparql.SourceError, match=r"no graph\.ttl here"):
        sparql.run(tmp_path, "ASK {}")


def test_a_query_without_end_is_stopped_in_time_and_the_next_one_answers(workspace: Path) -> None:
    big = workspace / "evidence.ttl"
    started = time.monotonic()
    with pytest.raises(sparql.QueryTimeoutError, match="stopped: the query took more than 2 s"):
        sparql.run(big, ENDLESS, timeout=2)
    assert time.monotonic() - started < 20
    assert sparql.run(big, "ASK {}").rows == (("yes",),)


def test_a_query_that_eats_memory_is_stopped(workspace: Path) -> None:
    query = "SELECT (GROUP_CONCAT(STR(?b)) AS ?x) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with pytest.raises(sparql.QueryMemoryError, match="more than 300 MB"):
        sparql.run(workspace, query, memory=300 << 20, timeout=300)


def test_too_many_rows_are_an_error_and_not_a_part_of_the_answer(workspace: Path) -> None:
    with pytest.raises(sparql.TooManyRowsError, match="more than 3 rows"):
        sparql.run(workspace, TITLES.replace("dcterms:title ?title", "?p ?title"), max_rows=3)


def test_the_store_is_kept_and_made_anew_only_for_new_files(workspace: Path, toy: KnowledgeGraph) -> None:
    first = store.ensure(workspace)
    assert first is not None
    stamp = first.stat().st_mtime_ns
    assert store.ensure(workspace) == first
    assert first.stat().st_mtime_ns == stamp
    (workspace / "graph.ttl").write_text("<urn:a> <urn:b> 1 .\n")
    second = store.ensure(workspace)
    assert second != first
    assert not first.exists()
    assert sparql.run(workspace, "SELECT ?o WHERE { <urn:a> ?p ?o }").rows == (("1",),)


def test_turtle_that_does_not_parse_leaves_no_store(workspace: Path) -> None:
    (workspace / "graph.ttl").write_text("<urn:a> <urn:b>")
    with pytest.raises(sparql.SourceError, match=r"graph\.ttl: "):
        sparql.run(workspace, "ASK {}")
    assert list((workspace / "store").iterdir()) == []
