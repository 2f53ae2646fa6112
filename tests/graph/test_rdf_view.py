"""The RDF view: a genuine rdflib graph, right dates, links that are IRIs, every statement with its evidence."""

from dataclasses import replace

import pytest
import rdflib
from rdflib.namespace import DCTERMS, PROV, RDF

from citeweave.graph import iris, rdf
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.terms import expanded
from citeweave.graph.vocabulary import PREDICATES, PREFIXES
from citeweave.model import RELATION_TYPES, ROLES, PartialDate

CW = rdflib.Namespace(PREFIXES["cw"])
NIF = rdflib.Namespace(PREFIXES["nif"])


def test_the_view_is_an_rdflib_graph_that_can_be_asked_and_changed(toy: KnowledgeGraph) -> None:
    graph = toy.rdf()
    assert type(graph) is rdflib.Graph
    assert len(graph) == len(list(rdf.triples(toy)))
    found = graph.query("SELECT ?t { ?p cw:introduces model:pondnet ; dcterms:title ?t }")
    assert [str(row[0]) for row in found] == ['PondNet: Counting Frogs with "Lily Pads"']  # type: ignore[index]
    graph.add((CW.x, RDF.type, CW.y))
    assert (CW.x, RDF.type, CW.y) in graph


def test_every_statement_leads_to_its_sentence_in_one_hop(toy: KnowledgeGraph) -> None:
    graph = rdf.graph(toy, evidence=True)
    for one in toy.statements:
        node = rdflib.URIRef(expanded(iris.statement(one.subject, one.predicate, one.object))[1:-1])
        assert graph.value(node, RDF.subject) == rdflib.URIRef(iris.iri(one.subject).value)
        quotes = {str(graph.value(s, NIF.anchorOf)) for s in graph.objects(node, PROV.wasDerivedFrom)}
        assert quotes == ({e.quote for e in one.evidence} or {"None"})
        # and what it states is among the direct triples
        assert tuple(graph.value(node, p) for p in (RDF.subject, RDF.predicate, RDF.object)) in graph


def test_offsets_point_at_the_words(toy: KnowledgeGraph) -> None:
    graph = rdf.graph(toy, evidence=True)
    spans = list(graph.subjects(NIF.anchorOf))
    assert len(spans) == len(set(spans)) > 8
    for span in spans:
        context = graph.value(span, NIF.referenceContext)
        text = str(graph.value(context, NIF.isString))
        begin, end = (int(str(graph.value(span, p))) for p in (NIF.beginIndex, NIF.endIndex))
        assert text[begin:end] == str(graph.value(span, NIF.anchorOf))


def test_authors_keep_their_order(toy: KnowledgeGraph) -> None:
    graph = toy.rdf()
    bibo = rdflib.Namespace(PREFIXES["bibo"])
    head = graph.value(rdflib.URIRef("https://arxiv.org/abs/2001.00001"), bibo.authorList)
    assert head
    assert [str(a) for a in graph.items(head)] == [
        "https://orcid.org/0000-0002-1825-0097",
        "https://w3id.org/citeweave/id/author/jorg-angstrom",
    ]


@pytest.mark.parametrize(
    ("value", "lexical", "datatype"),
    [
        (PartialDate(2024, 1, 24), "2024-01-24", "date"),
        (PartialDate(2024, 1), "2024-01", "gYearMonth"),
        (PartialDate(2024), "2024", "gYear"),
        (PartialDate(None, 2, 29), "--02-29", "gMonthDay"),
        (PartialDate(2023, 2, 31), "2023-02", "gYearMonth"),
        (PartialDate(7, 13), "0007", "gYear"),
    ],
)
def test_dates_are_typed_by_what_is_known(value: PartialDate, lexical: str, datatype: str) -> None:
    assert rdf.date(value) == f'"{lexical}"^^xsd:{datatype}'


@pytest.mark.parametrize("value", [None, PartialDate(), PartialDate(0), PartialDate(12024), PartialDate(None, 2, 30)])
def test_dates_that_are_none_are_left_out(value: PartialDate | None) -> None:
    assert rdf.date(value) is None


def test_every_predicate_of_the_model_has_its_terms() -> None:
    assert {*ROLES, *RELATION_TYPES, "broader", "cites", "cites_in_text", "builds_on"} == PREDICATES.keys()


def test_dois_with_angle_brackets_are_one_node_and_come_back(toy: KnowledgeGraph) -> None:
    graph = toy.rdf()
    [cited] = graph.subjects(RDF.type, CW.CitedPaper)
    assert iris.local_id(str(cited)) in toy.papers
    assert str(graph.value(cited, DCTERMS.title)) == "A Cited Study"


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://github.com/a/b", "<https://github.com/a/b>"),
        ("https://arxiv.org/abs/2001.00001", "arxiv:2001.00001"),
        ("https://x.org/a b?<c>", "<https://x.org/a%20b?%3Cc%3E>"),
        ("https://x.org/100%", "<https://x.org/100%25>"),
        ("https://x.org/é", "<https://x.org/%C3%A9>"),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("file:///etc/passwd", None),
    ],
)
def test_links_become_iris_or_nothing(link: str, told: str | None) -> None:
    assert iris.web(link) == told


def test_the_collection_holds_what_more_than_one_paper_names_the_most_named_first(toy: KnowledgeGraph) -> None:
    (about,) = (one for _, held in rdf.sections(toy) for one in held if one.subject == rdf.MOST_NAMED)
    described = (one for _, held in rdf.sections(toy) for one in held if "cw:paperCount" in one.properties)
    counts = {one.subject: int(str(one.properties["cw:paperCount"][0])) for one in described}
    held = [(-counts[str(member)], str(member)) for member in about.properties["skos:member"]]
    assert held == sorted((-count, name) for name, count in counts.items() if count > 1)
    assert len(held) == 3


def test_where_nothing_is_named_twice_there_is_no_collection(toy: KnowledgeGraph) -> None:
    once = replace(toy, mentions=dict([next(iter(toy.mentions.items()))]))
    assert not [one for _, held in rdf.sections(once) for one in held if one.subject == rdf.MOST_NAMED]
