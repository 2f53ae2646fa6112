"""The ontology: complete, documented, and the same as what the code writes."""

import re
from pathlib import Path

import pytest
import rdflib
from rdflib import namespace
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from citeweave.graph import ontology, rdf
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import ENTITY_CLASSES, PREDICATES, PREFIXES, term

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "ontology.md"
GRAPH = ontology.load()
OURS = sorted({s for s in GRAPH.subjects() if str(s).startswith(PREFIXES["cw"])})


@pytest.mark.parametrize("one", OURS, ids=[str(one).rpartition("#")[2] for one in OURS])
def test_every_term_says_what_it_is(one: rdflib.URIRef) -> None:
    assert GRAPH.value(one, RDFS.label)
    assert str(GRAPH.value(one, RDFS.comment)).endswith(".")
    assert GRAPH.value(one, RDFS.isDefinedBy)
    if (one, RDF.type, OWL.Class) in GRAPH:
        assert GRAPH.value(one, RDFS.subClassOf)
    else:
        assert GRAPH.value(one, RDFS.domain)
        assert GRAPH.value(one, RDFS.range)


MAPPINGS = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch)
MAPPED = (
    "fabio", "cito", "schema", "cskg", "mls", "skos", "dcterms", "prov", "itsrdf", "cw", *ontology.MAPPED_TO,
)  # fmt: skip
VOCABULARIES = {
    "rdf": namespace.RDF, "rdfs": namespace.RDFS, "owl": namespace.OWL, "xsd": namespace.XSD,
    "dcterms": namespace.DCTERMS, "skos": namespace.SKOS, "foaf": namespace.FOAF, "prov": namespace.PROV,
    "void": namespace.VOID, "dcat": namespace.DCAT, "schema": namespace.SDO,
}  # fmt: skip
"""Vocabularies that rdflib knows term by term. Its schema.org is at https, ours (as most of the web's) at http."""


def used_terms() -> set[str]:
    """Every prefixed name that the code and the named queries of the room name."""
    files = [*(ROOT / "graph").glob("*.py"), *(ROOT / "graph" / "queries").glob("*.rq"), ROOT / "graph" / "shapes.ttl"]
    names = "|".join(PREFIXES)
    text = "\n".join(file.read_text("utf-8") for file in files)
    return {":".join(found) for found in re.findall(rf"\b({names}):([A-Za-z][A-Za-z]+)\b", text)}


def test_every_term_of_ours_that_the_code_names_is_declared() -> None:
    ours = {term(name).value for name in used_terms() if name.startswith("cw:")}
    assert len(ours) > 25
    assert ours <= {str(one) for one in OURS}


def test_every_term_of_others_that_is_written_has_a_note_and_no_other_has(
    toy: KnowledgeGraph, hostile: KnowledgeGraph
) -> None:
    written = set()
    for kg in (toy, hostile):
        for part in ("graph", "evidence"):
            triples = list(rdf.triples(kg, part))  # type: ignore[arg-type]
            written |= {t.predicate.value for t in triples}
            written |= {t.object.value for t in triples if t.predicate == term("rdf:type")}  # type: ignore[union-attr]
    written |= {term(name).value for classes in ENTITY_CLASSES.values() for name in classes}
    written |= {term(name).value for name in ("prism:doi", "bibo:doi", "fabio:hasArXivId", "fabio:hasPubMedId")}
    noted = {term(name).value for name in ontology.usage()}
    assert noted == {name for name in written if not name.startswith(PREFIXES["cw"])}


def test_terms_of_others_exist_in_their_vocabularies() -> None:
    checked = 0
    for name in sorted(used_terms()):
        prefix, _, local = name.partition(":")
        if (vocabulary := VOCABULARIES.get(prefix)) is not None:
            assert local in vocabulary, name
            checked += 1
    assert checked > 60


def test_mappings_go_to_the_vocabularies_that_the_page_names() -> None:
    known = PREFIXES | ontology.MAPPED_TO
    spaces = tuple(known[prefix] for prefix in MAPPED)
    for predicate in (*MAPPINGS, SKOS.relatedMatch):
        for one, other in GRAPH.subject_objects(predicate):
            assert str(other).startswith(spaces), (one, other)
            assert one != other


def test_every_kind_of_entity_maps_to_another_graph() -> None:
    for classes in ENTITY_CLASSES.values():
        one = rdflib.URIRef(term(classes[0]).value)
        assert any(GRAPH.objects(one, SKOS.exactMatch)) or any(GRAPH.objects(one, SKOS.closeMatch))


def test_no_mapping_says_two_things_at_once() -> None:
    matches = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    for one in OURS:
        objects = [o for predicate in matches for o in GRAPH.objects(one, predicate)]
        assert len(objects) == len(set(objects))


def test_every_term_of_ours_that_is_written_is_in_it(toy: KnowledgeGraph) -> None:
    written = {t.predicate.value for part in ("graph", "evidence") for t in rdf.triples(toy, part)}  # type: ignore[arg-type]
    written |= {term(name).value for names in (*PREDICATES.values(), *ENTITY_CLASSES.values()) for name in names}
    ours = {name for name in written if name.startswith(PREFIXES["cw"])}
    assert ours <= {str(one) for one in OURS}


def test_general_terms_written_out_are_those_of_the_ontology() -> None:
    for names in PREDICATES.values():
        specific = rdflib.URIRef(term(names[0]).value)
        general = {str(o) for o in GRAPH.objects(specific, RDFS.subPropertyOf)}
        assert general == {term(name).value for name in names[1:]}
    for classes in ENTITY_CLASSES.values():
        above = {str(o) for o in GRAPH.objects(rdflib.URIRef(term(classes[0]).value), RDFS.subClassOf)}
        assert above - {f"{PREFIXES['cw']}Entity"} == {term(name).value for name in classes[1:]} - {
            term("skos:Concept").value
        }


def test_the_page_is_the_one_made_from_it() -> None:
    assert PAGE.read_text("utf-8") == ontology.documentation()
