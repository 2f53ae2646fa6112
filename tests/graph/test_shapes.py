"""SHACL: the toy graph keeps to the shapes, and every way of breaking one is found."""

from importlib.resources import files
from pathlib import Path

import pytest
import rdflib
from typer.testing import CliRunner

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.query_process import SourceError
from citeweave.graph.vocabulary import PREFIXES

pytest.importorskip("pyshacl", reason="checking needs the extra `shacl`")

from pyshacl import validate

from citeweave.cli import app
from citeweave.graph.check import Violation, check, violations

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
    "a kind that is not its scheme's": (
        'method:x a cw:Model, skos:Concept ; skos:prefLabel "x" ; skos:inScheme scheme:method .',
        "an entity has one kind",
    ),
    "a scheme of somebody else's": (
        "method:x a cw:Method, skos:Concept ; skos:inScheme scheme:other . scheme:other a skos:ConceptScheme .",
        "an entity is in the scheme of its kind",
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


PREFIXED = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())


def whole(workspace: Path) -> set[Violation]:
    """What pySHACL says of the files as rdflib reads them, all shapes at once."""
    data = rdflib.Graph()
    for name in ("graph.ttl", "evidence.ttl"):
        data.parse(workspace / name)
    shapes = rdflib.Graph().parse(data=(files("citeweave.graph") / "shapes.ttl").read_text("utf-8"), format="turtle")
    _, report, _ = validate(data, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    return set(violations(report))


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
    with (workspace / "evidence.ttl").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{PREFIXED}{turtle}\n")
    found = [str(one) for one in check(workspace).violations]
    assert any(message in line for line in found)
    assert not any("\n" in line for line in found)


def test_a_file_that_is_no_rdf(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text("a b")
    with pytest.raises(SourceError, match=r"x\.ttl: "):
        check(tmp_path / "x.ttl")


def test_shape_after_shape_finds_what_pyshacl_finds_at_once(workspace: Path) -> None:
    with (workspace / "evidence.ttl").open("a", encoding="utf-8") as stream:
        stream.write(PREFIXED + "\n".join(turtle for turtle, _ in BREAKS.values()))
    found = check(workspace).violations
    assert set(found) == whole(workspace)
    assert {v.message for v in found} >= {"a paper has one title", "an entity has one kind, that of its scheme"}
    assert len(found) >= len(BREAKS)


def test_progress_is_told_shape_by_shape(hostile: KnowledgeGraph, tmp_path: Path) -> None:
    for name in ("turtle", "evidence"):
        export.write(name, hostile, tmp_path / export.filename(name))
    told: list[tuple[str, int, int | None]] = []
    report = check(tmp_path, lambda what, done, total: told.append((what, done, total)))
    assert set(report.violations) == whole(tmp_path)
    assert told[0] == ("reading", 0, None)
    steps = [done for _, done, total in told[1:] if total == len(told) - 1]
    assert steps == list(range(len(told) - 1))


def test_the_command_lists_violations_and_counts_them(workspace: Path) -> None:
    assert CliRunner().invoke(app, ["check", str(workspace)]).stdout.endswith(" triples, no violations\n")
    (workspace / "evidence.ttl").write_text(PREFIXED + "paper:x a fabio:ResearchPaper .\n", "utf-8")
    result = CliRunner().invoke(app, ["check", str(workspace)])
    assert result.exit_code == 1
    assert "paper:x" in result.stdout
    assert result.stdout.endswith(" triples, 1 violation\n")
    assert result.stderr == ""
