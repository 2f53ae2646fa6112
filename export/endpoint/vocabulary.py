"""What the editor completes and offers: our prefixes, the classes and properties, the named queries."""

from __future__ import annotations

from typing import Any

from rdflib.namespace import OWL, RDF, RDFS

from citeweave.graph import ontology
from citeweave.graph.named import named
from citeweave.graph.vocabulary import PREFIXES


def queries() -> list[dict[str, Any]]:
    """The named queries, each with its parameters and their defaults."""
    return [
        {
            "name": query.name,
            "comment": query.comment,
            "query": query.text,
            "parameters": {p.name: p.default for p in query.parameters},
        }
        for query in named()
    ]


def vocabulary() -> dict[str, Any]:
    """The prefixes that queries know, and the terms with a label and a comment."""
    graph = ontology.load()
    terms = []
    for kind, types in (("class", (OWL.Class,)), ("property", (OWL.ObjectProperty, OWL.DatatypeProperty))):
        for term in sorted({t for type_ in types for t in graph.subjects(RDF.type, type_)}, key=str):
            name = str(term).replace(PREFIXES["cw"], "cw:")
            label, comment = graph.value(term, RDFS.label), graph.value(term, RDFS.comment)
            terms.append({"name": name, "kind": kind, "label": str(label or ""), "comment": str(comment or "")})
    return {"prefixes": PREFIXES, "terms": terms}
