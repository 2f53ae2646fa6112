"""What the editor completes and offers: prefixes, classes and properties, the named queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from rdflib.namespace import OWL, RDF, RDFS

from citeweave.export.endpoint.metadata import Counts
from citeweave.graph import ontology
from citeweave.graph.named import named
from citeweave.graph.vocabulary import PREFIXES

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?")
"""Local names that can stand in a query behind a prefix as they are."""


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


def vocabulary(counts: Counts | None = None) -> dict[str, Any]:
    """The prefixes that queries know, and the terms: our own, and with ``counts`` the others that the data use."""
    terms, notes = {name: dict(term) for name, term in _ours().items()}, _notes()
    for kind, used in (("class", counts.classes), ("property", counts.properties)) if counts else ():
        for name, number in _prefixed(used).items():
            times = f"{number:,} time{'s' * (number != 1)} in this graph"
            if name in terms:
                terms[name]["comment"] += f" ({times})"
            else:
                label = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.partition(":")[2]).lower()
                terms[name] = {
                    "name": name,
                    "kind": kind,
                    "label": label,
                    "comment": f"{notes[name]} ({times})" if name in notes else times,
                }
    return {"prefixes": PREFIXES, "terms": [terms[name] for name in sorted(terms)]}


@cache
def _notes() -> dict[str, str]:
    return ontology.usage()


@cache
def _ours() -> dict[str, dict[str, str]]:
    graph = ontology.load()
    found = {}
    for kind, types in (("class", (OWL.Class,)), ("property", (OWL.ObjectProperty, OWL.DatatypeProperty))):
        for term in (t for type_ in types for t in graph.subjects(RDF.type, type_)):
            name = f"cw:{str(term).removeprefix(PREFIXES['cw'])}"
            label, comment = graph.value(term, RDFS.label), graph.value(term, RDFS.comment)
            found[name] = {"name": name, "kind": kind, "label": str(label or ""), "comment": str(comment or "")}
    return found


def _prefixed(used: Mapping[str, int]) -> dict[str, int]:
    """Those that one of our prefixes covers, by their prefixed names."""
    return {
        f"{prefix}:{iri.removeprefix(namespace)}": number
        for iri, number in used.items()
        for prefix, namespace in PREFIXES.items()
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri.removeprefix(namespace))
    }
