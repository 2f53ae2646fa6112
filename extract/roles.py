"""What a paper does with each of its entities, how surely, and whether it asserts, denies or supposes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, calibration, encoder, sentences
from citeweave.extract.entities import reading_of
from citeweave.extract.layout import Place
from citeweave.extract.stance import stance
from citeweave.extract.units import Units
from citeweave.extract.views import View, roles, views
from citeweave.extract.weights import MODELS, folder
from citeweave.model import ENTITY_TYPES, ROLES, Mention, PaperEntity

VERSION = "roles/2"
_SEEN = "citeweave_seen"


@Language.factory(
    "citeweave_roles",
    default_config={"model": MODELS[0]},
    requires=["doc._.entities"],
    assigns=["doc._.entities"],
)
def make_roles(nlp: Language, name: str, model: str) -> Roles:
    """Register the component with spaCy."""
    return Roles(model)


class Roles:
    """spaCy component: fills role, role_score and stance of ``doc._.entities``."""

    def __init__(self, model: str = MODELS[0]) -> None:
        """``model`` is the recogniser's size; raises ValueError on an unknown one."""
        self.folder = folder(model)
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Give the entities of one document their roles."""
        entities: Sequence[PaperEntity] = doc._.entities
        seen = seen_entities(doc, self.folder)
        if not seen.known:
            return doc
        chances = roles(seen.views)
        knots = encoder.shared(self.folder).calibration.get("role")
        made = list(entities)
        borders = sentences.of(doc)
        text = attributes.text_of(doc)
        for row, i in enumerate(seen.known):
            best = int(np.argmax(chances[row]))
            made[i] = replace(
                made[i],
                role=ROLES[best],
                role_score=calibration.apply(knots, float(chances[row, best])),
                stance=stance(text, seen.mentions[i], borders, ROLES[best]),
            )
        doc._.entities = made
        return doc


@dataclass(frozen=True, slots=True)
class Seen:
    """A document's entities as the heads see them.

    ``mentions`` has all entities; ``known`` are the indices of those whose mentions lie in the part that was read,
    and ``places`` (first, end units), ``kinds`` (indices of types) and the ``views`` have a row for each of these.
    """

    units: Units
    mentions: list[list[Mention]]
    known: list[int]
    places: list[list[Place]]
    kinds: list[int]
    views: list[View]


def seen_entities(doc: Doc, model: Path) -> Seen:
    """What the heads of a model folder see of a document's entities: what a component left on it, else made anew."""
    kept = doc.user_data.get(_SEEN)
    if isinstance(kept, Seen) and len(kept.mentions) == len(doc._.entities):
        return kept
    entities: Sequence[PaperEntity] = doc._.entities
    reading = reading_of(doc, model)
    mentions = mentions_of(entities, doc._.mentions)
    firsts = {start: i for i, start in enumerate(reading.units.offsets[:, 0].tolist())}
    ends = {end: i + 1 for i, end in enumerate(reading.units.offsets[:, 1].tolist())}
    places = [
        [(firsts[m.start], ends[m.end]) for m in held if m.start in firsts and m.end in ends] for held in mentions
    ]
    known = [i for i, held in enumerate(places) if held]
    places = [places[i] for i in known]
    kinds = [ENTITY_TYPES.index(entities[i].type) for i in known]
    of_these = views(reading, places, kinds, model) if known else []
    seen = Seen(reading.units, mentions, known, places, kinds, of_these)
    doc.user_data[_SEEN] = seen
    return seen


def forget_seen(doc: Doc) -> None:
    """Drop what the heads saw from a document, as spaCy cannot serialise it."""
    doc.user_data.pop(_SEEN, None)


def mentions_of(entities: Sequence[PaperEntity], mentions: Sequence[Mention]) -> list[list[Mention]]:
    """The mentions of each entity, in order: those spelt as one of its forms."""
    spelt: dict[str, list[Mention]] = {}
    for mention in mentions:
        spelt.setdefault(mention.text, []).append(mention)
    return [
        sorted((m for form in dict.fromkeys(entity.mentions) for m in spelt.get(form, ())), key=lambda m: m.start)
        for entity in entities
    ]
