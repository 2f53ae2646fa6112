"""SHACL: the toy graph keeps to the shapes, and every way of breaking one is found."""

from pathlib import Path

import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.query_process import SourceError
from citeweave.graph.vocabulary import PREFIXES

pytest.importorskip("pyshacl", reason="checking needs the extra `shacl`")

from citeweave.graph.check import check

BREAKS = {
    "two titles": ('arxiv:2001.00001 dcterms:title "Another" .', "a paper has one title"),
    "a date that is text": (
        'paper:x a fabio:ResearchPaper ; rdfs:label "x" ; dcterms:issued "May" .',
        "a paper's date",
    ),
    "citing a text": ('arxiv:2001.00001 cito:cites "Reed 2020" .', "what a paper cites is a paper"),
    "no title": ("paper:x a fabio:ResearchPaper .", "a paper has one title, or a label"),
    "no label": ("method:x a cw:Method, skos:Concept ; skos:inScheme scheme:method .", "an entity has one preferred"),
    "two kinds": ("model:pondnet a cw:Task .", "an entity has one kind"),
    "no kind": (
        'method:x a skos:Concept ; skos:prefLabel "x" ; skos:inScheme scheme:method .',
        "an entity has one kind",
    ),
    "same label twice over": ('model:pondnet skos:altLabel "PondNet" .', "not an alternative one too"),
    "too sure": ("statement:x a rdf:Statement ; cw:confidence 1.5 .", "confidence is one decimal from 0 to 1"),
    "without a source": ("statement:x a rdf:Statement .", "derived from"),
    "backwards": (
        'text:x a nif:OffsetBasedString ; nif:beginIndex "5"^^xsd:nonNegativeInteger ;'
        ' nif:endIndex "5"^^xsd:nonNegativeInteger .',
        "begins before it ends",
    ),
    "beyond the text": (
        'text:x nif:anchorOf "x" ; nif:endIndex "9999"^^xsd:nonNegativeInteger ;'
        " nif:referenceContext text:arxiv:2001.00001 .",
        "ends within its text",
    ),
    "a mention without a run": ("text:x itsrdf:taIdentRef model:pondnet ; itsrdf:taConfidence 0.5 .", "names the run"),
}


@pytest.fixture
def workspace(toy: KnowledgeGraph, tmp_path: Path) -> Path:
    for name in ("turtle", "evidence"):
        export.write(name, toy, tmp_path / export.filename(name))
    return tmp_path


def test_the_toy_graph_keeps_to_the_shapes(workspace: Path) -> None:
    report = check(workspace)
    assert report.violations == ()
    assert report.conforms
    assert report.triples > 300


@pytest.mark.parametrize(("turtle", "message"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_a_shape_is_found(workspace: Path, turtle: str, message: str) -> None:
    prefixes = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
    with (workspace / "evidence.ttl").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{prefixes}{turtle}\n")
    found = [str(one) for one in check(workspace).violations]
    assert any(message in line for line in found)
    assert not any("\n" in line for line in found)


def test_a_file_that_is_no_rdf(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text("a b")
    with pytest.raises(SourceError, match=r"x\.ttl: "):
        check(tmp_path / "x.ttl")
