"""A description of the graph as a data set: VoID and DCAT, with counts that are counted, not estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from citeweave.graph import evidence, iris, rdf
from citeweave.graph.description import Description
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.terms import Term, expanded, literal
from citeweave.graph.vocabulary import BASE, ID, PREFIXES

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
    """What one part of the graph holds; classes and properties by prefixed name."""

    triples: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)

    def add(self, predicate: str, number: int) -> None:
        """Count triples of one predicate."""
        self.triples += number
        self.properties[predicate] += number


def count(kg: KnowledgeGraph, part: rdf.Part) -> Counts:
    """Count one part of the graph, streaming."""
    found = Counts()
    for _, descriptions in rdf.sections(kg, part):
        for about in descriptions:
            found.subjects += 1
            found.classes.update(str(one) for one in about.properties.get("rdf:type", ()))
            for predicate, objects in about.properties.items():
                found.add(predicate, len(objects))
                for one in objects:
                    if isinstance(one, tuple):  # each cell of a list is a subject, with two triples
                        found.subjects += len(one)
                        found.add("rdf:first", len(one))
                        found.add("rdf:rest", len(one))
    return found


def sections(kg: KnowledgeGraph) -> Iterator[rdf.Section]:
    """The description as headed sections: the whole, its two parts, and the partitions of each."""
    whole = f"{ID}dataset-description"
    counted = {part: count(kg, part) for part in _PARTS}
    yield "The data set", [_whole(whole, kg, sum(c.triples for c in counted.values()))]
    for part, counts in counted.items():
        about = f"{whole}/{part}"
        yield f"{part}: {_PARTS[part]}", [_part(about, part, counts), *_partitions(about, counts)]


def _whole(whole: str, kg: KnowledgeGraph, triples: int) -> Description:
    about = Description(f"<{whole}>")
    about.add("rdf:type", "void:Dataset", "dcat:Dataset")
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
    about.add("void:vocabulary", *(f"<{PREFIXES[name]}>" for name in _VOCABULARIES))
    first = [next(iter(found)) for found in (kg.papers, kg.entities) if found]
    about.add("void:exampleResource", *(f"<{iris.full(one)}>" for one in first))
    about.add("void:subset", *(f"<{whole}/{part}>" for part in _PARTS))
    about.add("dcterms:conformsTo", f"<{BASE}ontology>")
    about.add("prov:wasGeneratedBy", evidence.run_of(kg))
    files = {iris.source(s.file) for p in kg.papers.values() for s in p.sources}
    about.add("prov:wasDerivedFrom", *_sorted(files))
    return about


def _part(about_iri: str, part: rdf.Part, counts: Counts) -> Description:
    about = Description(f"<{about_iri}>")
    about.add("rdf:type", "void:Dataset", "dcat:Distribution")
    about.add("dcterms:title", literal(_PARTS[part]))
    about.add("void:triples", literal(counts.triples, "xsd:integer"))
    about.add("void:distinctSubjects", literal(counts.subjects, "xsd:integer"))
    about.add("void:classes", literal(len(counts.classes), "xsd:integer"))
    about.add("void:properties", literal(len(counts.properties), "xsd:integer"))
    about.add("dcat:mediaType", literal("text/turtle"))
    about.add("void:feature", "<http://www.w3.org/ns/formats/Turtle>")
    about.add("dcterms:identifier", literal(_FILES[part]))
    about.add("void:classPartition", *(_node(about_iri, "class", name) for name in _sorted(counts.classes)))
    about.add("void:propertyPartition", *(_node(about_iri, "property", name) for name in _sorted(counts.properties)))
    return about


def _partitions(about_iri: str, counts: Counts) -> Iterator[Description]:
    for name in _sorted(counts.classes):
        about = Description(_node(about_iri, "class", name))
        about.add("void:class", name)
        about.add("void:entities", literal(counts.classes[name], "xsd:integer"))
        yield about
    for name in _sorted(counts.properties):
        about = Description(_node(about_iri, "property", name))
        about.add("void:property", name)
        about.add("void:triples", literal(counts.properties[name], "xsd:integer"))
        yield about


def _sorted(names: Iterable[Term]) -> list[Term]:
    return sorted(names, key=expanded)


def _node(about_iri: str, kind: str, name: str) -> Term:
    """The node of a partition, named by the prefixed name of what it counts."""
    return f"<{about_iri}/{kind}/{name.replace(':', '-')}>"
