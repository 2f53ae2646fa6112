"""Every RDF export, whatever stands in titles, labels and identifiers: two parsers read the triples of the view."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citeweave import export
from citeweave.export.trig import EVIDENCE
from citeweave.graph import iris, rdf, void
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.graph.vocabulary import PREDICATES, term
from citeweave.model import Entity, Evidence, Mention, Name, Paper, PartialDate, Source, Statement

# every character, and lone surrogates, which Python's strings may hold
TEXT = st.text(st.one_of(st.characters(), st.characters(categories=("Cs",)), st.sampled_from("\\\"'\n\r\t<>{}#%@^")))
WORST = [
    "\x00\x07\x1b\x7f\x85\u2028\ufeff",  # control characters, and what some take for the end of a line
    '\'\'\'""" \\" \\u0041 \\',
    "10.1002/(sici)1097-0258(199808)17:15<1661::aid-sim968>3.0.co;2-2",
    "\ud800 half \udfff",
    "🐸👩‍🔬 \U0010ffff",
    "\u202eשלום\u202c مرحبا \u2067",
    "> . <urn:a> <urn:b> <urn:c> .\n@prefix x: <urn:x> . # {}",
    "%zz %3C %",
    "",
]
FORMATS = {
    "turtle": ("turtle", ox.RdfFormat.TURTLE),
    "evidence": ("turtle", ox.RdfFormat.TURTLE),
    "void": ("turtle", ox.RdfFormat.TURTLE),
    "ntriples": ("nt", ox.RdfFormat.N_TRIPLES),
    "jsonld": ("json-ld", ox.RdfFormat.JSON_LD),
    "trig": ("trig", ox.RdfFormat.TRIG),
}


def saying(text: str, id_: str) -> KnowledgeGraph:
    """A small graph that has one text in every field that holds text, and one in every identifier."""
    paper = Paper(
        f"doi:10.1/{id_}",
        title=text,
        abstract=text[::-1],
        identifiers={"doi": f"10.1/{id_}", "url": id_, "arxiv": id_},
        authors=(Name(text, id_), Name(id_)),
        date=PartialDate(2020, 1, 24),
        venue=text,
        links=(id_, f"https://github.com/{id_}"),
        sources=(Source(id_, 1, ("title",)),),
    )
    cited = Paper(f"arxiv:{id_}", identifiers={"arxiv": id_})
    entity = Entity(f"method/{id_}", "Method", text, (id_, text.upper()))
    proof = Evidence(paper.id, 0, len(text), text, id_, 0.5)
    statements = [
        Statement(paper.id, "cites_in_text", cited.id, 1.0, (proof,)),
        Statement(paper.id, "uses", entity.id, 0.5, (proof,)),
    ]
    mention = Mention(0, len(text), text, "Method", 0.5, id_)
    return KnowledgeGraph(
        {one.id: one for one in sorted((paper, cited), key=lambda p: p.id)},
        {entity.id: entity},
        tuple(statements),
        {paper.id: (LinkedMention(mention, entity.id),)},
    )


def quads(graph: KnowledgeGraph, format_: str) -> list[ox.Quad]:
    """What an export has to say, as the view says it."""
    if format_ == "void":
        lines = "".join(line for _, found in void.sections(graph) for about in found for line in about.ntriples())
        return list(ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
    direct = [ox.Quad(t.subject, t.predicate, t.object) for t in rdf.triples(graph)]
    name = EVIDENCE if format_ == "trig" else None
    proofs = [ox.Quad(t.subject, t.predicate, t.object, name) for t in rdf.triples(graph, "evidence")]
    return proofs if format_ == "evidence" else [*direct, *proofs] if format_ == "trig" else direct


def by_rdflib(path: Path, name: str) -> list[ox.Quad]:
    read = rdflib.Dataset().parse(path, format=name) if name == "trig" else rdflib.Graph().parse(path, format=name)
    graphs = {None: read.default_graph, EVIDENCE: read.graph(EVIDENCE.value)} if name == "trig" else {None: read}
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        for graph, one in graphs.items()
        for quad in ox.parse(one.serialize(format="nt", encoding="utf-8"), format=ox.RdfFormat.N_TRIPLES)
    ]


def canonical(found: Iterable[ox.Quad]) -> ox.Dataset:
    """In which blank nodes are named by what is said of them, so that equal means isomorphic."""
    made = ox.Dataset(found)
    made.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return made


@pytest.mark.parametrize("format_", FORMATS)
def test_both_parsers_read_what_the_view_says(format_: str) -> None:
    name, ours = FORMATS[format_]

    @settings(max_examples=25, deadline=None)
    @given(TEXT, TEXT)
    def holds(text: str, id_: str) -> None:
        graph = saying(text, id_)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x")
            export.write(format_, graph, path)
            meant = quads(graph, format_)
            assert len(meant) == len(set(meant)) > 10
            assert canonical(meant) == canonical(ox.parse(path=str(path), format=ours))
            assert canonical(meant) == canonical(by_rdflib(path, name))

    for one in WORST:
        holds = example(one, one)(holds)
    holds()


@settings(max_examples=25, deadline=None)
@given(TEXT, TEXT)
@example(WORST[0], WORST[2])
@example(WORST[3], WORST[5])
def test_rdf_1_2_says_the_same_with_reifiers(text: str, id_: str) -> None:
    graph = saying(text, id_)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.ttl")
        export.write("rdf12", graph, path)
        read = [quad.triple for quad in ox.parse(path=str(path))]
    reified = {t.object: t.subject for t in read if isinstance(t.object, ox.Triple)}
    assert set(reified) == {
        ox.Triple(iris.iri(one.subject), term(PREDICATES[one.predicate][0]), iris.iri(one.object))
        for one in graph.statements
    }
    parts = ("subject", "predicate", "object", "type")
    left = [t for t in read if not isinstance(t.object, ox.Triple)]
    kept = [
        t
        for t in rdf.triples(graph, "evidence")
        if t.subject not in reified.values()
        or t.predicate.value.rpartition("#")[2] not in parts
        or "Citation" in str(t)
    ]
    assert canonical(ox.Quad(*t) for t in left) == canonical(ox.Quad(*t) for t in kept)
