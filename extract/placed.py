"""A document's entities as the heads take them: their mentions, and where these stand in the encoder's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from citeweave.extract.layout import Place
from citeweave.extract.units import Units
from citeweave.model import ENTITY_TYPES, Mention, PaperEntity


@dataclass(frozen=True, slots=True)
class Placed:
    """``mentions`` has all entities; ``known`` are the indices of those whose mentions lie in the part that was read,
    and ``places`` (first, end units) and ``kinds`` (indices of types) have a row for each of these.
    """

    mentions: list[list[Mention]]
    known: list[int]
    places: list[list[Place]]
    kinds: list[int]


def placed(doc: Doc, cut: Units) -> Placed:
    """Where a document's entities stand in its units."""
    entities: Sequence[PaperEntity] = doc._.entities
    mentions = mentions_of(entities, doc._.mentions)
    firsts = {start: i for i, start in enumerate(cut.offsets[:, 0].tolist())}
    ends = {end: i + 1 for i, end in enumerate(cut.offsets[:, 1].tolist())}
    places = [
        [(firsts[m.start], ends[m.end]) for m in held if m.start in firsts and m.end in ends] for held in mentions
    ]
    known = [i for i, held in enumerate(places) if held]
    return Placed(mentions, known, [places[i] for i in known], [ENTITY_TYPES.index(entities[i].type) for i in known])


def mentions_of(entities: Sequence[PaperEntity], mentions: Sequence[Mention]) -> list[list[Mention]]:
    """The mentions of each entity, in order: those spelt as one of its forms."""
    spelt: dict[str, list[Mention]] = {}
    for mention in mentions:
        spelt.setdefault(mention.text, []).append(mention)
    return [
        sorted((m for form in dict.fromkeys(entity.mentions) for m in spelt.get(form, ())), key=lambda m: m.start)
        for entity in entities
    ]
