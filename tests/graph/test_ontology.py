"""The ontology: complete, documented, and the same as what the code writes."""

from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS

from citeweave.graph import ontology, rdf
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import ENTITY_CLASSES, PREDICATES, PREFIXES, term

PAGE = Path(__file__).parent.parent.parent / "docs" / "ontology.md"
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
