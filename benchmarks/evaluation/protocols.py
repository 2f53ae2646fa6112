"""Scores as the literature on SciERC and SciER reports them: micro F1 over all texts.

- entities: exact borders and type;
- Rel ("boundaries"): both mentions' borders and the relation's label;
- Rel+ ("strict"): the same with both mentions' types as well (Taillé et al. 2020, Zhong and Chen 2021).

A relation that says the same in either direction counts once, whichever way it is written.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

SYMMETRIC = frozenset({"COMPARE", "CONJUNCTION", "Compare-With", "Synonym-Of"})

Place = Hashable
"""Where a mention stands, or what it is, as a corpus tells mentions apart."""
Entities = Mapping[Place, str]
Relations = Iterable[tuple[Place, str, Place]]


@dataclass
class Count:
    """Right, predicted and true things."""

    right: int = 0
    predicted: int = 0
    true: int = 0

    def add(self, true: set[Hashable], predicted: set[Hashable]) -> None:
        """Count one text."""
        self.right += len(true & predicted)
        self.predicted += len(predicted)
        self.true += len(true)

    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        precision, recall = self.right / max(self.predicted, 1), self.right / max(self.true, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


@dataclass
class Protocol:
    """The three figures over some texts."""

    entities: Count = field(default_factory=Count)
    relations: Count = field(default_factory=Count)
    strict: Count = field(default_factory=Count)

    def add(self, true: tuple[Entities, Relations], predicted: tuple[Entities, Relations]) -> None:
        """Count one text (or sentence): true and predicted mentions with types, and relations between them."""
        self.entities.add(set(true[0].items()), set(predicted[0].items()))
        self.relations.add(*({_plain(r) for r in side[1]} for side in (true, predicted)))
        self.strict.add(*({_typed(r, side[0]) for r in side[1]} for side in (true, predicted)))

    def lines(self) -> list[str]:
        """The figures for reading."""
        rows = (("entities", self.entities), ("Rel (boundaries)", self.relations), ("Rel+ (strict)", self.strict))
        return [
            f"{name:<18}P {p:.3f}  R {r:.3f}  F1 {f:.3f}  ({count.true} true, {count.predicted} said)"
            for name, count in rows
            for p, r, f in [count.figures()]
        ]


def _plain(relation: tuple[Place, str, Place]) -> Hashable:
    subject, label, obj = relation
    return (label, frozenset((subject, obj))) if label in SYMMETRIC else (label, subject, obj)


def _typed(relation: tuple[Place, str, Place], types: Entities) -> Hashable:
    subject, label, obj = relation
    one, two = (subject, types[subject]), (obj, types[obj])
    return (label, frozenset((one, two))) if label in SYMMETRIC else (label, one, two)
