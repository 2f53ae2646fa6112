"""RDF terms as text: each as our Turtle writes it, and as N-Triples do.

A term is a string in Turtle's own notation: a prefixed name of :data:`PREFIXES`, an IRI in angle
brackets, a quoted literal with or without a datatype, or a bare number. Writing Turtle is then joining
strings, which matters at millions of triples; whoever needs the other forms expands them.

The grammars: https://www.w3.org/TR/turtle/ and https://www.w3.org/TR/n-triples/.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TypeAlias

from citeweave.graph.vocabulary import PREFIXES

Term: TypeAlias = str
"""A term in Turtle's notation, such as ``cw:uses``, ``<https://x.org/>``, ``"text"``, ``"2024"^^xsd:gYear``, ``12``."""

_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?")
"""The local names that need no escaping, a safe part of the grammar's."""
_ESCAPED, _UNESCAPED = re.compile(r"\\(.)"), r"\1"
_TO_ESCAPE = re.compile(r"[~!$&'()*+,;=/?#@]")
_ESCAPABLE = re.compile(r"[A-Za-z0-9_:](?:(?:[A-Za-z0-9_.\-:~!$&'()*+,;=/?#@]|%[0-9A-Fa-f]{2})*[A-Za-z0-9_\-])?")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that some RDF syntax cannot carry (XML has none for them)."""
_SPECIAL = re.compile('[\x00-\x1f"\\\\\x7f\ud800-\udfff\ufffe\uffff]')
"""Characters that do not stand in a literal as they are."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x7f": "\\u007F"}
"""The backslash first, as the others bring some."""

_NAMED_AS_PREFIXED = (
    "arxiv", "orcid", "paper", "author", "method", "model", "dataset", "task", "metric", "concept", "software",
    "scheme",
)  # fmt: skip
"""The prefixes of papers, entities and authors, which every file that names any of them declares."""
_NAMESPACES = {PREFIXES[prefix]: prefix for prefix in _NAMED_AS_PREFIXED}


def short(iri: str) -> Term:
    """The term of an IRI: with one of our prefixes where it is a paper's, an entity's or an author's."""
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _NAMESPACES.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix and _PLAIN.fullmatch(iri, cut) else f"<{iri}>"


def plain(prefix: str, local: str) -> Term:
    """A prefixed name, or the IRI in full where the local part would need escaping."""
    return f"{prefix}:{local}" if _PLAIN.fullmatch(local) else f"<{PREFIXES[prefix]}{local}>"


def escaped(prefix: str, local: str) -> Term:
    """A prefixed name, escaped as Turtle wants it, or the IRI in full where its local part has more than can be."""
    if _ESCAPABLE.fullmatch(local):
        return f"{prefix}:" + _TO_ESCAPE.sub(r"\\\g<0>", local)
    return f"<{PREFIXES[prefix]}{local}>"


def literal(value: str | int, datatype: str = "") -> Term:
    """A literal that every RDF syntax can carry: a character that one of them cannot becomes U+FFFD.

    One character for one, so that offsets into the text stay right. ``datatype`` is a prefixed name.
    """
    if datatype == "xsd:integer":
        return str(value)
    text = str(value)
    if _SPECIAL.search(text):
        text = _NOT_XML.sub("\ufffd", text)
        for character, escape in _ESCAPES.items():
            text = text.replace(character, escape)
    return f'"{text}"^^{datatype}' if datatype else f'"{text}"'


def decimal(value: float) -> Term | None:
    """A number between 0 and 1 as ``xsd:decimal`` with up to four places; None where it is no number."""
    if not math.isfinite(value):
        return None
    text = f"{value:.4f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def expanded(term: Term) -> str:
    """A term as N-Triples write it."""
    first = term[0]
    if first == "<" or term[-1] == '"':
        return term
    if first == '"':
        text, _, datatype = term.rpartition("^^")
        return f"{text}^^{_expanded_name(datatype)}"
    if first.isalpha():
        return _expanded_name(term)
    return f'"{term}"^^{_expanded_name("xsd:decimal" if "." in term else "xsd:integer")}'


@lru_cache(maxsize=1 << 16)
def _expanded_name(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{_ESCAPED.sub(_UNESCAPED, local)}>"
