"""What the graph says of one IRI: the queries for it, and their answers as a page wants them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from citeweave.graph.vocabulary import BASE, PREFIXES, term

INCOMING = 1000
"""Links to a thing that its description in RDF includes, if there are no more of them."""
SHOWN = 200
"""Links to a thing, and statements about it, that its page shows."""

_LABEL = "skos:prefLabel|dcterms:title|foaf:name|rdfs:label"
# what is said of statements, mentions and lists is told by the statements' own part of the page
_APART = "rdf:subject, rdf:object, rdf:first, itsrdf:taIdentRef, nif:referenceContext"
_DESCRIPTION = f"""
CONSTRUCT {{ <IRI> ?p ?o . ?cell ?cellP ?cellO . ?s ?q <IRI> }}
WHERE {{
  {{ <IRI> ?p ?o }}
  UNION {{ <IRI> bibo:authorList/rdf:rest* ?cell . ?cell ?cellP ?cellO }}
  UNION {{ SELECT ?s ?q {{ ?s ?q <IRI> FILTER(!isBlank(?s)) }} LIMIT {INCOMING + 1} }}
}}"""
_PAGE = f"""
SELECT ?part ?subject ?predicate ?object ?label ?otherLabel ?confidence ?sentence ?where
WHERE {{
  {{ <IRI> ?predicate ?object FILTER(!isBlank(?object))
    OPTIONAL {{ ?object {_LABEL} ?label }}
    BIND("out" AS ?part) }}
  UNION
  {{ {{ SELECT ?subject ?predicate
      {{ ?subject ?predicate <IRI> FILTER(!isBlank(?subject) && ?predicate NOT IN ({_APART})) }} LIMIT {SHOWN + 1} }}
    OPTIONAL {{ ?subject {_LABEL} ?label }}
    BIND("in" AS ?part) }}
  UNION
  {{ {{ SELECT ?statement ?confidence
      {{ ?statement rdf:subject|rdf:object <IRI> ; cw:confidence ?confidence }}
      ORDER BY DESC(?confidence) ?statement LIMIT {SHOWN + 1} }}
    ?statement rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object .
    OPTIONAL {{ ?subject {_LABEL} ?label }}
    OPTIONAL {{ ?object {_LABEL} ?otherLabel }}
    OPTIONAL {{ ?statement prov:wasDerivedFrom ?where . OPTIONAL {{ ?where nif:anchorOf ?sentence }} }}
    BIND("statement" AS ?part) }}
}}"""


@dataclass(frozen=True, slots=True)
class Value:
    """An IRI or a literal, with the name of what the IRI stands for where the graph has one."""

    text: str
    is_iri: bool
    label: str = ""


@dataclass(slots=True)
class Statement:
    """Something said of the thing, how sure it is, and the sentences that say it."""

    subject: Value
    predicate: str
    object: Value
    confidence: str
    sentences: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Resource:
    """All that a page shows of an IRI; the flags say that there is more than is shown."""

    iri: str
    out: dict[str, list[Value]] = field(default_factory=dict)
    incoming: dict[str, list[Value]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    more_incoming: bool = False
    more_statements: bool = False

    @property
    def known(self) -> bool:
        """Does the graph say anything of it?"""
        return bool(self.out or self.incoming or self.statements)

    @property
    def name(self) -> str:
        """What a person would call it."""
        for predicate in ("skos:prefLabel", "dcterms:title", "foaf:name", "rdfs:label", "nif:anchorOf"):
            if values := self.out.get(term(predicate).value):
                return values[0].text
        return short(self.iri)


def checked(iri: str) -> str | None:
    """The IRI, if it is one that can stand in a query as it is."""
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        return None


def of_path(path: str) -> str:
    """The IRI of ours that the path of an address on this server stands for, such as ``/id/model/bert``."""
    return BASE + path.lstrip("/")


def description_query(iri: str) -> str:
    """The query for all triples that describe the thing: what is said of it, its lists, and the links to it."""
    return _DESCRIPTION.replace("<IRI>", str(ox.NamedNode(iri)))


def page_query(iri: str) -> str:
    """The query for what a page shows."""
    return _PAGE.replace("<IRI>", str(ox.NamedNode(iri)))


def description(iri: str, ntriples: bytes, lookup: str) -> bytes:
    """The description as N-Triples, whole: too many links to the thing are left out, and told by where to ask for them.

    ``lookup`` is the address that answers with all links to the thing.
    """
    subject = ox.NamedNode(iri)
    triples = [quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)]
    links = [t for t in triples if t.object == subject and t.subject != subject]
    if len(links) > INCOMING:
        triples = [t for t in triples if t.object != subject or t.subject == subject]
        triples.append(ox.Triple(subject, term("rdfs:seeAlso"), ox.NamedNode(lookup)))
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def read(iri: str, answer: bytes) -> Resource:
    """The answer to :func:`page_query`, in SPARQL Results JSON, in order for a page."""
    found = Resource(iri)
    out: dict[str, dict[str, Value]] = {}
    incoming: dict[str, dict[str, Value]] = {}
    said: dict[tuple[str, str, str], Statement] = {}
    links: set[tuple[str, str]] = set()
    for row in json.loads(answer)["results"]["bindings"]:
        predicate, label = row["predicate"]["value"], row.get("label", {}).get("value", "")
        match row["part"]["value"]:
            case "out":
                out.setdefault(predicate, {}).setdefault(row["object"]["value"], _value(row["object"], label))
            case "in":
                subject = _value(row["subject"], label)
                links.add((subject.text, predicate))
                incoming.setdefault(predicate, {}).setdefault(subject.text, subject)
            case _:
                subject = _value(row["subject"], label)
                object_ = _value(row["object"], row.get("otherLabel", {}).get("value", ""))
                statement = Statement(subject, predicate, object_, row["confidence"]["value"])
                statement = said.setdefault((subject.text, predicate, object_.text), statement)
                if (sentence := row.get("sentence", {}).get("value", "")) and sentence not in statement.sentences:
                    statement.sentences.append(sentence)
    ordered = sorted(said.values(), key=lambda s: (-float(s.confidence), s.predicate, _key(s.subject), _key(s.object)))
    found.statements = ordered[:SHOWN]
    found.more_statements = len(ordered) > SHOWN
    found.more_incoming = len(links) > SHOWN
    found.out = _sorted(out)
    found.incoming = _sorted(incoming)
    return found


def short(iri: str) -> str:
    """The prefixed name, where one of our prefixes covers the IRI, else the IRI."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _value(told: dict[str, Any], label: str) -> Value:
    return Value(told["value"], told["type"] == "uri", label)


def _key(value: Value) -> tuple[str, str]:
    return (value.label or value.text).casefold(), value.text


def _sorted(said: dict[str, dict[str, Value]]) -> dict[str, list[Value]]:
    order = {namespace: index for index, namespace in enumerate(PREFIXES.values())}

    def rank(predicate: str) -> tuple[int, str]:
        return next((i for n, i in order.items() if predicate.startswith(n)), len(order)), predicate

    return {predicate: sorted(said[predicate].values(), key=_key) for predicate in sorted(said, key=rank)}
