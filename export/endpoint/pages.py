"""The pages for people: one for each IRI, and one for our own terms. Plain HTML, no script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from citeweave.export.endpoint.negotiation import GRAPHS
from citeweave.export.endpoint.resource import SHOWN, Resource, Statement, Value, short
from citeweave.graph.iris import local_id
from citeweave.graph.vocabulary import BASE, PREFIXES, term
from citeweave.model import ENTITY_TYPES

_TYPE, _ABSTRACT = term("rdf:type").value, term("dcterms:abstract").value
_NAMES = {"turtle": "Turtle", "ntriples": "N-Triples", "xml": "RDF/XML", "jsonld": "JSON-LD"}
_ON_THE_MAP = tuple(f"{kind.lower()}/" for kind in ENTITY_TYPES)


def local(iri: str) -> str:
    """The address on this server that describes an IRI: its own path where it is one of ours, else a look-up."""
    if iri.startswith(BASE) and not set(iri) & {"?", "#"}:
        return "/" + iri.removeprefix(BASE)
    if iri.startswith(PREFIXES["cw"]):
        return f"/ontology#{quote(iri.removeprefix(PREFIXES['cw']))}"
    return f"/resource?iri={quote(iri, safe='')}"


def resource(found: Resource) -> str:
    """The page of a thing."""
    links = "".join(
        f'<link rel="alternate" type="{medias[0]}" href="{_form(found.iri, name)}">' for name, medias in GRAPHS.items()
    )
    kinds = "".join(f"<li>{_link(value)}</li>" for value in found.out.get(_TYPE, ()))
    abstract = "".join(f"<p>{escape(value.text)}</p>" for value in found.out.get(_ABSTRACT, ()))
    facts = {p: values for p, values in found.out.items() if p not in (_TYPE, _ABSTRACT)}
    parts = [
        f"<h1>{escape(found.name)}</h1>",
        f'<p class="iri">{_elsewhere(found.iri)}</p>',
        f'<ul class="kinds">{kinds}</ul>' if kinds else "",
        abstract,
        f"<h2>What is said of it</h2>{_facts(facts)}" if facts else "",
        _statements(found.statements, found.more_statements),
        f"<h2>What links to it</h2>{_facts(found.incoming)}" if found.incoming else "",
        _more(found.more_incoming, "links"),
        f'<p class="soft">As data: {", ".join(_as(found.iri, name) for name in GRAPHS)}{_map(found.iri)}</p>',
    ]
    return _page(found.name, "".join(parts), links)


def ontology(vocabulary: Mapping[str, Any]) -> str:
    """The page of our own terms, each under its own name as fragment."""
    parts = ["<h1>The terms of citeweave</h1>", f'<p class="iri">{escape(PREFIXES["cw"])}</p>']
    for kind, heading in (("class", "Classes"), ("property", "Properties")):
        rows = "".join(
            f'<tr id="{escape(one["name"].partition(":")[2])}"><th>{escape(one["name"])}</th>'
            f"<td>{escape(one['label'])}</td><td>{escape(one['comment'])}</td></tr>"
            for one in vocabulary["terms"]
            if one["kind"] == kind and one["name"].startswith("cw:")
        )
        parts.append(f"<h2>{heading}</h2><table>{rows}</table>")
    parts.append(f'<p class="soft">As data: {", ".join(_as(f"{BASE}ontology", name) for name in GRAPHS)}</p>')
    return _page("The terms of citeweave", "".join(parts))


def missing(iri: str) -> str:
    """The page of an IRI that the graph does not know."""
    said = f'<h1>Not in this graph</h1><p class="iri">{_elsewhere(iri)}</p><p>Nothing is said of it here.</p>'
    return _page("Not in this graph", said)


def _page(title: str, body: str, links: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/page.css">{links}</head><body>'
        '<header><a href="/">Ask</a> <a href="/explore">Explore</a> <a href="/ontology">Terms</a></header>'
        f"<main>{body}</main></body></html>\n"
    )


def _facts(said: Mapping[str, Iterable[Value]]) -> str:
    rows = []
    for predicate, values in said.items():
        shown = "".join(f"<li>{_link(value)}</li>" for value in values)
        rows.append(f'<tr><th scope="row">{_property(predicate)}</th><td><ul>{shown}</ul></td></tr>')
    return f"<table>{''.join(rows)}</table>"


def _statements(statements: Iterable[Statement], more: bool) -> str:
    rows = []
    for one in statements:
        quotes = "".join(f"<blockquote>{escape(sentence)}</blockquote>" for sentence in one.sentences)
        rows.append(
            f"<tr><td>{_link(one.subject)}</td><td>{_property(one.predicate)}</td>"
            f"<td>{_link(one.object)}{quotes}</td><td>{escape(one.confidence)}</td></tr>"
        )
    if not rows:
        return ""
    head = "<thead><tr><th>subject</th><th>does</th><th>object, and the sentence</th><th>confidence</th></tr></thead>"
    table = f'<table class="statements">{head}{"".join(rows)}</table>'
    return f"<h2>Statements and their evidence</h2>{table}{_more(more, 'statements')}"


def _more(more: bool, what: str) -> str:
    return f'<p class="soft">These are {SHOWN} {what}; there are more. Ask for all in SPARQL.</p>' if more else ""


def _link(value: Value) -> str:
    if not value.is_iri:
        return escape(value.text)
    return f'<a href="{escape(local(value.text))}">{escape(value.label or short(value.text))}</a>'


def _property(iri: str) -> str:
    """A property's name, as a link to what it means: on our page of terms, or where its vocabulary is on the web."""
    if iri.startswith(PREFIXES["cw"]) or not iri.startswith(("https://", "http://")):
        return _link(Value(iri, True))
    return f'<a href="{escape(iri)}" rel="noreferrer">{escape(short(iri))}</a>'


def _elsewhere(iri: str) -> str:
    """The IRI itself, as a link to where it leads on the web, if it does."""
    if iri.startswith(("https://", "http://")) and not iri.startswith(BASE):
        return f'<a href="{escape(iri)}" rel="noreferrer">{escape(iri)}</a>'
    return escape(iri)


def _form(iri: str, format: str) -> str:
    address = local(iri)
    return escape(f"{address}{'&' if '?' in address else '?'}format={format}")


def _as(iri: str, format: str) -> str:
    return f'<a href="{_form(iri, format)}">{_NAMES[format]}</a>'


def _map(iri: str) -> str:
    identifier = local_id(iri)
    scheme, colon, _ = (identifier or "").partition(":")
    is_paper = bool(colon) and "/" not in scheme
    if identifier is None or not (is_paper or identifier.startswith(_ON_THE_MAP)):
        return ""
    return f' · <a href="/explore#node={escape(quote(identifier, safe=""))}">On the map</a>'
