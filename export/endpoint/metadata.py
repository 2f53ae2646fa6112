"""What the endpoint says of itself: its service description, and a VoID description of what it serves.

https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/. The numbers are
counted by queries, once a snapshot, under the limits that every query has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, VOID

from citeweave.export.endpoint.settings import Settings
from citeweave.graph.vocabulary import BASE, ID, PREFIXES

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_WRITTEN = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
DATASET = URIRef(f"{ID}dataset-description")
_RDFLIB = {"turtle": "turtle", "ntriples": "nt11", "xml": "xml", "jsonld": "json-ld"}

TOTALS = "SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) { ?s ?p ?o }"
CLASSES = "SELECT ?name (COUNT(DISTINCT ?s) AS ?n) { ?s a ?name FILTER(isIRI(?name)) } GROUP BY ?name"
PROPERTIES = "SELECT ?name (COUNT(*) AS ?n) { ?s ?name ?o } GROUP BY ?name"
GRAPHS = "SELECT ?name (COUNT(*) AS ?n) { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of what there is; classes, properties and named graphs by IRI."""

    triples: int
    subjects: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    graphs: Mapping[str, int]

    @classmethod
    def of(cls, totals: bytes, classes: bytes, properties: bytes, graphs: bytes) -> Counts:
        """The counts from the answers to the four queries, in SPARQL Results JSON."""
        [row] = json.loads(totals)["results"]["bindings"]
        triples, subjects = (int(row[name]["value"]) for name in ("triples", "subjects"))
        return cls(triples, subjects, _by_name(classes), _by_name(properties), _by_name(graphs))


def _by_name(answer: bytes) -> dict[str, int]:
    rows = json.loads(answer)["results"]["bindings"]
    return {row["name"]["value"]: int(row["n"]["value"]) for row in rows if "name" in row}


def service(base: str, settings: Settings, counts: Counts | None) -> Graph:
    """The service description; ``base`` is the server's address, which ends with a slash."""
    graph = _graph()
    endpoint, dataset, default = URIRef(f"{base}sparql"), BNode("dataset"), BNode("default")
    graph.add((endpoint, RDF.type, _SD.Service))
    graph.add((endpoint, _SD.endpoint, endpoint))
    graph.add((endpoint, _SD.supportedLanguage, _SD.SPARQL11Query))
    for name in _WRITTEN:
        graph.add((endpoint, _SD.resultFormat, _FORMATS[name]))
    limits = (
        f"Reads only: no updates, no SERVICE, FROM of graphs of this dataset only. A query may take "
        f"{settings.timeout:g} s and {settings.memory >> 20} MB, an answer may have {settings.max_rows} rows; "
        "one that would have more is an error, never a part. These prefixes need not be declared: "
        + ", ".join(PREFIXES)
    )
    graph.add((endpoint, DCTERMS.description, Literal(limits, lang="en")))
    graph.add((endpoint, _SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, _SD.Dataset))
    graph.add((dataset, _SD.defaultGraph, default))
    graph.add((dataset, DCTERMS.isPartOf, DATASET))
    graph.add((default, RDF.type, _SD.Graph))
    if counts:
        graph.add((default, VOID.triples, _number(counts.triples)))
        if counts.graphs:
            graph.add((endpoint, _SD.feature, _SD.UnionDefaultGraph))
        for index, (name, triples) in enumerate(sorted(counts.graphs.items())):
            named, about = BNode(f"named{index}"), BNode(f"graph{index}")
            graph.add((dataset, _SD.namedGraph, named))
            graph.add((named, RDF.type, _SD.NamedGraph))
            graph.add((named, _SD.name, URIRef(name)))
            graph.add((named, _SD.graph, about))
            graph.add((about, RDF.type, _SD.Graph))
            graph.add((about, VOID.triples, _number(triples)))
    return graph


def void(base: str, counts: Counts) -> Graph:
    """The VoID description of what is served."""
    graph = _graph()
    about = URIRef(f"{base}.well-known/void")
    graph.add((about, RDF.type, VOID.DatasetDescription))
    graph.add((about, DCTERMS.title, Literal("Description of a graph of research papers", lang="en")))
    graph.add((about, URIRef(f"{PREFIXES['foaf']}primaryTopic"), DATASET))
    for kind in (VOID.Dataset, DCAT.Dataset):
        graph.add((DATASET, RDF.type, kind))
    title = "A graph of research papers and what they say, made by citeweave"
    graph.add((DATASET, DCTERMS.title, Literal(title, lang="en")))
    rights = "Titles and abstracts are quoted from their sources, whose terms apply."
    graph.add((DATASET, DCTERMS.rights, Literal(rights, lang="en")))
    graph.add((DATASET, DCTERMS.conformsTo, URIRef(f"{BASE}ontology")))
    graph.add((DATASET, VOID.sparqlEndpoint, URIRef(f"{base}sparql")))
    graph.add((DATASET, VOID.uriLookupEndpoint, URIRef(f"{base}resource?iri=")))
    graph.add((DATASET, VOID.uriSpace, Literal(ID)))
    totals = {
        VOID.triples: counts.triples,
        VOID.distinctSubjects: counts.subjects,
        VOID.classes: len(counts.classes),
        VOID.properties: len(counts.properties),
    }
    for term, number in totals.items():
        graph.add((DATASET, term, _number(number)))
    for namespace in sorted({n for n in PREFIXES.values() if any(p.startswith(n) for p in counts.properties)}):
        graph.add((DATASET, VOID.vocabulary, URIRef(namespace)))
    parts = (
        ("class", VOID.classPartition, VOID["class"], VOID.entities, counts.classes),
        ("property", VOID.propertyPartition, VOID.property, VOID.triples, counts.properties),
    )
    for kind_, partition, term, measure, counted in parts:
        for index, (name, number) in enumerate(sorted(counted.items())):
            node = BNode(f"{kind_}{index}")
            graph.add((DATASET, partition, node))
            graph.add((node, term, URIRef(name)))
            graph.add((node, measure, _number(number)))
    return graph


def written(graph: Graph, format: str) -> bytes:
    """A small graph in one of the formats of :data:`citeweave.export.endpoint.negotiation.GRAPHS`."""
    return graph.serialize(format=_RDFLIB[format], encoding="utf-8")


def _graph() -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    graph.bind("sd", _SD)
    graph.bind("formats", _FORMATS)
    return graph


def _number(value: int) -> Literal:
    return Literal(value, datatype=XSD.integer)
