"""The VoID description counts what the knowledge graph holds, class by class and property by property."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import ENTITY_CLASSES, PREDICATES, term
from citeweave.model import ENTITY_TYPES


@pytest.fixture(params=["toy", "hostile"])
def kg(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


@dataclass
class Described:
    """A description as it is written, and its numbers."""

    graph: rdflib.Graph

    def classes(self, part: str, name: str) -> int:
        return self._of(part, VOID.classPartition, VOID["class"], VOID.entities, name)

    def properties(self, part: str, name: str) -> int:
        return self._of(part, VOID.propertyPartition, VOID.property, VOID.triples, name)

    def _of(self, part: str, *terms: rdflib.URIRef | str) -> int:
        partition, key, number, name = terms
        [subset] = [s for s in self.graph.objects(None, VOID.subset) if str(s).endswith(f"/{part}")]
        wanted = rdflib.URIRef(term(str(name)).value)
        nodes = [
            n
            for n in self.graph.objects(subset, rdflib.URIRef(partition))
            if (n, rdflib.URIRef(key), wanted) in self.graph
        ]
        return int(str(self.graph.value(nodes[0], rdflib.URIRef(number)))) if nodes else 0


@pytest.fixture
def described(kg: KnowledgeGraph, tmp_path: Path) -> Described:
    export.write("void", kg, tmp_path / "void.ttl")
    return Described(rdflib.Graph().parse(tmp_path / "void.ttl"))


def test_classes_are_as_many_as_papers_entities_authors_and_statements(
    kg: KnowledgeGraph, described: Described
) -> None:
    assert (
        described.classes("graph", "fabio:ResearchPaper")
        == described.classes("graph", "schema:ScholarlyArticle")
        == len(kg.papers)
    )
    assert described.classes("graph", "cw:CitedPaper") == sum(not paper.sources for paper in kg.papers.values())
    assert described.classes("graph", "foaf:Person") == len(kg.authors)
    assert described.classes("graph", "skos:Concept") == len(kg.entities)
    assert described.classes("graph", "skos:ConceptScheme") == len(ENTITY_TYPES)
    for type_ in ENTITY_TYPES:
        number = sum(entity.type == type_ for entity in kg.entities.values())
        assert described.classes("graph", ENTITY_CLASSES[type_][0]) == number
    assert described.classes("evidence", "rdf:Statement") == len(kg.statements)
    assert described.classes("evidence", "prov:Activity") == 1


def test_properties_are_as_many_as_the_statements_that_they_write(kg: KnowledgeGraph, described: Described) -> None:
    for predicate, names in PREDICATES.items():
        if names[0].startswith("cw:"):
            assert described.properties("graph", names[0]) == sum(s.predicate == predicate for s in kg.statements)
    assert described.properties("graph", "dcterms:title") == len(ENTITY_TYPES) + sum(
        bool(p.title) for p in kg.papers.values()
    )
    assert described.properties("graph", "dcterms:abstract") == sum(bool(p.abstract) for p in kg.papers.values())
    assert described.properties("graph", "skos:prefLabel") == len(kg.entities)
    named = {(s.subject, s.object) for s in kg.statements if "schema:mentions" in PREDICATES[s.predicate]}
    assert described.properties("graph", "schema:mentions") == len(named)
    assert (
        described.properties("evidence", "cw:support")
        == described.properties("evidence", "rdf:subject")
        == len(kg.statements)
    )
    assert described.properties("evidence", "itsrdf:taConfidence") == len(
        {(p, m.mention.start, m.mention.end) for p, ms in kg.mentions.items() for m in ms}
    )


def test_the_description_says_the_same_in_words(kg: KnowledgeGraph, described: Described) -> None:
    [whole] = set(described.graph.subjects(VOID.subset))
    told = str(described.graph.value(whole, rdflib.DCTERMS.description))
    read = sum(bool(paper.sources) for paper in kg.papers.values())
    assert told == (
        f"{read} papers read, {len(kg.papers) - read} only cited, {len(kg.entities)} entities, "
        f"{len(kg.authors)} authors, {len(kg.statements)} statements."
    )
    parts = [int(str(described.graph.value(s, VOID.triples))) for s in described.graph.objects(whole, VOID.subset)]
    assert int(str(described.graph.value(whole, VOID.triples))) == sum(parts)
    assert len(parts) == 2
