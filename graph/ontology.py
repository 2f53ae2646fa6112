"""The ontology that ships with citeweave (``ontology.ttl``), and its documentation made from it.

``python -m citeweave.graph.ontology > docs/ontology.md`` writes the page anew; a test sees that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

from citeweave.graph.vocabulary import PREFIXES

MAPPED_TO = {
    "orkgc": "http://orkg.org/orkg/class/",
    "orkgp": "http://orkg.org/orkg/predicate/",
    "lpwcc": "https://linkedpaperswithcode.com/class/",
    "lpwcp": "https://linkedpaperswithcode.com/property/",
}
"""Vocabularies that ours is mapped to, but that no graph of ours uses a term of."""
_USAGE = rdflib.URIRef("http://purl.org/vocab/vann/usageNote")
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
    ("narrower than", SKOS.broadMatch),
    ("broader than", SKOS.narrowMatch),
    ("related to", SKOS.relatedMatch),
)


def text() -> str:
    """The ontology as Turtle."""
    return (files("citeweave.graph") / "ontology.ttl").read_text("utf-8")


def load() -> rdflib.Graph:
    """The ontology as an rdflib graph."""
    return rdflib.Graph().parse(data=text(), format="turtle")


def usage() -> dict[str, str]:
    """How a graph of ours uses the terms of other vocabularies: a note for each prefixed name, sorted."""
    notes = load().subject_objects(_USAGE)
    return dict(sorted((_short(term), str(note)) for term, note in notes))


def documentation() -> str:
    """A page in Markdown on every class and property of ours, and on those of others as they are used."""
    graph = load()
    [ontology] = graph.subjects(RDF.type, OWL.Ontology)
    lines = [
        f"# {graph.value(ontology, DCTERMS.title)}",
        "",
        str(graph.value(ontology, DCTERMS.description)),
        "",
        f"Namespace: `{PREFIXES['cw']}`, prefix `cw:`. Version {graph.value(ontology, OWL.versionInfo)}.",
        "This page is made from `graph/ontology.ttl` by `python -m citeweave.graph.ontology`.",
        "",
        "Mappings go to SPAR (`fabio:`, `cito:`), schema.org, CS-KG (`cskg:`), the Open Research Knowledge Graph "
        "(`orkgc:`, `orkgp:`), Linked Papers With Code (`lpwcc:`, `lpwcp:`) and ML-Schema (`mls:`), each read in that "
        "vocabulary's own source. *Same as* and *close to* are `skos:exactMatch` and `skos:closeMatch`; *related to* "
        "(`skos:relatedMatch`) is the inverse, or the like between other kinds of things.",
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
    lines += ["", "## Terms of others, as a graph of ours uses them", "", "| term | meaning here |", "|---|---|"]
    lines += [f"| `{name}` | {note} |" for name, note in usage().items()]
    return "\n".join(lines) + "\n"


def _listed(terms: Iterable[object]) -> str:
    return ", ".join(sorted(f"`{_short(term)}`" for term in terms))


def _short(term: object) -> str:
    name = str(term)
    for prefix, namespace in (PREFIXES | MAPPED_TO).items():
        if name.startswith(namespace):
            return f"{prefix}:{name.removeprefix(namespace)}"
    return name


if __name__ == "__main__":
    import sys

    sys.stdout.write(documentation())
