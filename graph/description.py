"""Descriptions: what is said of one subject, in the order a person would read it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from citeweave.graph.vocabulary import term
from citeweave.text import fingerprint

Object: TypeAlias = "NamedNode | Literal | tuple[NamedNode, ...]"
"""An object: an IRI, a literal, or an RDF list of IRIs."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that some RDF syntax cannot carry (XML has none for them)."""


def literal(value: str | int, datatype: str = "") -> Literal:
    """A literal that every RDF syntax can carry: a character that one of them cannot becomes U+FFFD.

    One character for one, so that offsets into the text stay right. ``datatype`` is a prefixed name.
    """
    text = _NOT_XML.sub("\ufffd", str(value))
    return Literal(text, datatype=term(datatype)) if datatype else Literal(text)


def decimal(value: float) -> Literal | None:
    """A number between 0 and 1 as ``xsd:decimal`` with up to four places; None where it is no number."""
    if not math.isfinite(value):
        return None
    text = f"{value:.4f}".rstrip("0")
    return literal(text + "0" if text.endswith(".") else text, "xsd:decimal")


@dataclass(slots=True)
class Description:
    """A subject and what is said of it: predicates in reading order, the objects of each without repeats."""

    subject: NamedNode
    properties: dict[NamedNode, list[Object]] = field(default_factory=dict)

    def add(self, predicate: str, *objects: Object | None) -> None:
        """Say something of the subject, by the predicate's prefixed name; None and repeats are left out."""
        known = self.properties.setdefault(term(predicate), [])
        known.extend(dict.fromkeys(o for o in objects if o is not None and o not in known))
        if not known:
            del self.properties[term(predicate)]

    def add_sorted(self, predicate: str, objects: Iterable[NamedNode | Literal]) -> None:
        """Say several things at once, in the order of their text."""
        self.add(predicate, *sorted(objects, key=lambda o: o.value))

    def triples(self) -> Iterator[Triple]:
        """The description as triples; the cells of lists are blank nodes named after the subject."""
        for predicate, objects in self.properties.items():
            for index, one in enumerate(objects):
                if isinstance(one, tuple):
                    yield from _cells(self.subject, predicate, one, index)
                else:
                    yield Triple(self.subject, predicate, one)


def _cells(subject: NamedNode, predicate: NamedNode, items: tuple[NamedNode, ...], index: int) -> Iterator[Triple]:
    name = f"l{fingerprint(f'{subject.value} {predicate.value} {index}')}"
    cells: list[BlankNode | NamedNode] = [BlankNode(f"{name}x{i}") for i in range(len(items))]
    cells.append(term("rdf:nil"))
    yield Triple(subject, predicate, cells[0])
    for cell, item, rest in zip(cells, items, cells[1:], strict=False):
        yield Triple(cell, term("rdf:first"), item)
        yield Triple(cell, term("rdf:rest"), rest)
