"""Descriptions: what is said of one subject, in the order a person would read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from citeweave.graph.terms import Term, expanded
from citeweave.text import fingerprint

Object: TypeAlias = "Term | tuple[Term, ...]"
"""An object: a term, or an RDF list of terms."""


@dataclass(slots=True)
class Description:
    """A subject and what is said of it: predicates in reading order, the objects of each without repeats.

    Predicates are prefixed names such as ``dcterms:title``.
    """

    subject: Term
    properties: dict[str, list[Object]] = field(default_factory=dict)

    def add(self, predicate: str, *objects: Object | None) -> None:
        """Say something of the subject; None and repeats are left out."""
        known = self.properties.get(predicate, [])
        known.extend(dict.fromkeys(o for o in objects if o is not None and o not in known))
        if known:
            self.properties[predicate] = known

    def ntriples(self) -> Iterator[str]:
        """The description as lines of N-Triples; the cells of lists are blank nodes named after the subject."""
        subject = expanded(self.subject)
        for predicate, objects in self.properties.items():
            said = f"{subject} {expanded(predicate)} "
            for index, one in enumerate(objects):
                if isinstance(one, tuple):
                    yield from _cells(said, one, index)
                else:
                    yield f"{said}{expanded(one)} .\n"


def _cells(said: str, items: Iterable[Term], index: int) -> Iterator[str]:
    subject, predicate = (part[1:-1] for part in said.split())
    name = f"_:l{fingerprint(f'{subject} {predicate} {index}')}"
    cell = said
    for place, item in enumerate(items):
        yield f"{cell}{name}x{place} .\n"
        yield f"{name}x{place} {expanded('rdf:first')} {expanded(item)} .\n"
        cell = f"{name}x{place} {expanded('rdf:rest')} "
    yield f"{cell}{expanded('rdf:nil')} .\n"
