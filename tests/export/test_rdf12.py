"""RDF 1.2: every statement as a reifier that a query finds from its edge."""

from pathlib import Path

import pyoxigraph as ox

from citeweave import export
from citeweave.graph import iris, rdf, sparql
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.terms import expanded
from citeweave.graph.vocabulary import term
from citeweave.model import Statement


def node(one: Statement) -> ox.NamedNode:
    return ox.NamedNode(expanded(iris.statement(one.subject, one.predicate, one.object))[1:-1])


def test_each_statement_is_one_reifier(toy: KnowledgeGraph, tmp_path: Path) -> None:
    target = tmp_path / export.filename("rdf12")
    export.write("rdf12", toy, target)
    read = [quad.triple for quad in ox.parse(path=str(target))]
    reified = {(t.subject, t.object) for t in read if t.predicate == term("rdf:reifies")}
    meant = {
        (
            node(one),
            next(
                ox.Triple(iris.iri(one.subject), p.object, iris.iri(one.object))
                for p in rdf.triples(toy, "evidence")
                if p.predicate == term("rdf:predicate") and p.subject == node(one)
            ),
        )
        for one in toy.statements
    }
    assert reified == meant
    # type, subject, predicate and object became one triple
    assert len(read) == len(list(rdf.triples(toy, "evidence"))) - 3 * len(toy.statements)


def test_a_query_goes_from_an_edge_to_its_sentence(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("rdf12", toy, tmp_path / "x.ttl")
    found = sparql.run(
        tmp_path / "x.ttl",
        "SELECT ?quote { ?statement rdf:reifies <<( ?paper cw:measures metric:f1 )>> ;"
        " prov:wasDerivedFrom/nif:anchorOf ?quote }",
    )
    assert found.rows == (("On FrogBench it reaches 91.2 F1.",),)
