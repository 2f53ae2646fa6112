"""The ontology that ships with citeweave (``ontology.ttl``), and its documentation made from it.

``python -m citeweave.graph.ontology > docs/ontology.md`` writes the page anew; a test sees that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

from citeweave.graph.vocabulary import PREFIXES

_MORE = {"orkgc": "http://orkg.org/orkg/class/", "orkgp": "http://orkg.org/orkg/predicate/"}
_KINDS = (
    ("Classes", OWL.Class),
    ("Properties between things", OWL.ObjectProperty),
    ("Properties with values", OWL.DatatypeProperty),
)
_FACTS = (
    ("subclass of", RDFS.subClassOf),
    ("subproperty of", RDFS.subPropertyOf),
    ("from", RDFS.domain),
    ("to", RDFS.range),
    ("same as", SKOS.exactMatch),
    ("close to", SKOS.closeMatch),
    ("related to", SKOS.relatedMatch),
)


def text() -> str:
    """The ontology as Turtle."""
    return (files("citeweave.graph") / "ontology.ttl").read_text("utf-8")


def load() -> rdflib.Graph:
    """The ontology as an rdflib graph."""
    return rdflib.Graph().parse(data=text(), format="turtle")


def documentation() -> str:
    """A page in Markdown on every class and property of ours, in the order of their names."""
    graph = load()
    [ontology] = graph.subjects(RDF.type, OWL.Ontology)
    lines = [
        f"# {graph.value(ontology, DCTERMS.title)}",
        "",
        str(graph.value(ontology, DCTERMS.description)),
        "",
        f"Namespace: `{PREFIXES['cw']}`, prefix `cw:`. Version {graph.value(ontology, OWL.versionInfo)}.",
        "This page is made from `graph/ontology.ttl` by `python -m citeweave.graph.ontology`.",
    ]
    for heading, kind in _KINDS:
        lines += ["", f"## {heading}", "", "| term | meaning | |", "|---|---|---|"]
        for term in sorted(graph.subjects(RDF.type, kind), key=str):
            facts = [
                f"{name} {_listed(graph.objects(term, predicate))}"
                for name, predicate in _FACTS
                if (term, predicate, None) in graph
            ]
            lines.append(f"| `{_short(term)}` | {graph.value(term, RDFS.comment)} | {'; '.join(facts)} |")
    return "\n".join(lines) + "\n"


def _listed(terms: Iterable[object]) -> str:
    return ", ".join(sorted(f"`{_short(term)}`" for term in terms))


def _short(term: object) -> str:
    name = str(term)
    for prefix, namespace in (PREFIXES | _MORE).items():
        if name.startswith(namespace):
            return f"{prefix}:{name.removeprefix(namespace)}"
    return name


if __name__ == "__main__":
    import sys

    sys.stdout.write(documentation())
