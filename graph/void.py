"""A description of the graph as a data set: VoID and DCAT, with counts that are counted, not estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, NamedNode, Triple

from citeweave.graph import evidence, iris, rdf
from citeweave.graph.description import Description, literal
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import BASE, ID, PREFIXES, term

_VOCABULARIES = (
    "cw", "dcterms", "skos", "foaf", "schema", "prov", "fabio", "cito", "bibo", "prism", "nif", "itsrdf", "mls", "cskg",
)  # fmt: skip
_PARTS: dict[rdf.Part, str] = {
    "graph": "Papers, entities and authors, and what is said between them",
    "evidence": "Statements with confidence and sentences, mentions with offsets, provenance",
}
_FILES: dict[rdf.Part, str] = {"graph": "graph.ttl", "evidence": "evidence.ttl"}


@dataclass(slots=True)
class Counts:
    """What a stream of triples holds."""

    triples: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)


def count(kg: KnowledgeGraph, part: rdf.Part) -> Counts:
    """Count one part of the graph, streaming: every subject comes once, so nothing has to be kept."""
    found = Counts()
    kind = term("rdf:type")
    last: NamedNode | Triple | None = None
    for triple in rdf.triples(kg, part):
        found.triples += 1
        found.properties[triple.predicate.value] += 1
        if triple.predicate == kind and isinstance(triple.object, NamedNode):
            found.classes[triple.object.value] += 1
        if isinstance(triple.subject, BlankNode):  # a cell of a list, between the triples of its owner
            found.subjects += triple.predicate == term("rdf:first")
        elif triple.subject != last:
            found.subjects += 1
            last = triple.subject
    return found


def sections(kg: KnowledgeGraph) -> Iterator[rdf.Section]:
    """The description as headed sections: the whole, its two parts, and the partitions of each."""
    whole = NamedNode(f"{ID}dataset-description")
    counted = {part: count(kg, part) for part in _PARTS}
    yield "The data set", [_whole(whole, kg, sum(c.triples for c in counted.values()))]
    for part, counts in counted.items():
        about = NamedNode(f"{whole.value}/{part}")
        yield f"{part}: {_PARTS[part]}", [_part(about, part, counts), *_partitions(about, counts)]


def _whole(whole: NamedNode, kg: KnowledgeGraph, triples: int) -> Description:
    about = Description(whole)
    about.add("rdf:type", term("void:Dataset"), term("dcat:Dataset"))
    about.add("dcterms:title", literal("A graph of research papers and what they say, made by citeweave"))
    read = sum(1 for paper in kg.papers.values() if paper.sources)
    told = (
        f"{read} papers read, {len(kg.papers) - read} only cited, {len(kg.entities)} entities, "
        f"{len(kg.authors)} authors, {len(kg.statements)} statements."
    )
    about.add("dcterms:description", literal(told))
    about.add("dcterms:rights", literal("Titles and abstracts are quoted from their sources, whose terms apply."))
    about.add("void:triples", literal(triples, "xsd:integer"))
    about.add("void:uriSpace", literal(ID))
    about.add("void:vocabulary", *(NamedNode(PREFIXES[name]) for name in _VOCABULARIES))
    about.add("void:exampleResource", *(iris.iri(next(iter(found))) for found in (kg.papers, kg.entities) if found))
    about.add("void:subset", *(NamedNode(f"{whole.value}/{part}") for part in _PARTS))
    about.add("dcterms:conformsTo", NamedNode(f"{BASE}ontology"))
    about.add("prov:wasGeneratedBy", evidence.run_of(kg))
    about.add_sorted("prov:wasDerivedFrom", {iris.source(s.file) for p in kg.papers.values() for s in p.sources})
    return about


def _part(about_iri: NamedNode, part: rdf.Part, counts: Counts) -> Description:
    about = Description(about_iri)
    about.add("rdf:type", term("void:Dataset"), term("dcat:Distribution"))
    about.add("dcterms:title", literal(_PARTS[part]))
    about.add("void:triples", literal(counts.triples, "xsd:integer"))
    about.add("void:distinctSubjects", literal(counts.subjects, "xsd:integer"))
    about.add("void:classes", literal(len(counts.classes), "xsd:integer"))
    about.add("void:properties", literal(len(counts.properties), "xsd:integer"))
    about.add("dcat:mediaType", literal("text/turtle"))
    about.add("void:feature", NamedNode("http://www.w3.org/ns/formats/Turtle"))
    about.add("dcterms:identifier", literal(_FILES[part]))
    about.add("void:classPartition", *(_node(about_iri, "class", name) for name in sorted(counts.classes)))
    about.add("void:propertyPartition", *(_node(about_iri, "property", name) for name in sorted(counts.properties)))
    return about


def _partitions(about_iri: NamedNode, counts: Counts) -> Iterator[Description]:
    for name, number in sorted(counts.classes.items()):
        about = Description(_node(about_iri, "class", name))
        about.add("void:class", NamedNode(name))
        about.add("void:entities", literal(number, "xsd:integer"))
        yield about
    for name, number in sorted(counts.properties.items()):
        about = Description(_node(about_iri, "property", name))
        about.add("void:property", NamedNode(name))
        about.add("void:triples", literal(number, "xsd:integer"))
        yield about


def _node(about_iri: NamedNode, kind: str, name: str) -> NamedNode:
    """The node of a partition, named by the prefixed name of what it counts."""
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace):
            return NamedNode(f"{about_iri.value}/{kind}/{prefix}-{name.removeprefix(namespace)}")
    return NamedNode(f"{about_iri.value}/{kind}/{iris.encode(name)}")
