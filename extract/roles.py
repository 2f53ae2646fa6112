"""What a paper does with each of its entities, how surely, and whether it asserts, denies or supposes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, calibration, encoder, heads
from citeweave.extract.entities import reading_of
from citeweave.extract.layout import Place
from citeweave.extract.stance import stance
from citeweave.extract.units import Units
from citeweave.model import ENTITY_TYPES, ROLES, Mention, PaperEntity

VERSION = "roles/2"


@Language.factory("citeweave_roles", requires=["doc._.entities"], assigns=["doc._.entities"])
def make_roles(nlp: Language, name: str) -> Roles:
    """Register the component with spaCy."""
    return Roles()


class Roles:
    """spaCy component: fills role, role_score and stance of ``doc._.entities``."""

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Give the entities of one document their roles."""
        entities: Sequence[PaperEntity] = doc._.entities
        reading = reading_of(doc)
        places = places_of(reading.units, entities, doc._.mentions)
        known = [i for i, held in enumerate(places) if held]
        if not known:
            return doc
        head = heads.shared()
        kinds = [ENTITY_TYPES.index(entities[i].type) for i in known]
        vectors = head.entities(reading.units, reading.words, [places[i] for i in known], kinds)
        chances = heads.softmax(head.roles(vectors))
        knots = encoder.shared().calibration.get("role")
        made = list(entities)
        sentences = sentences_of(doc)
        text = doc.text  # spaCy joins the tokens' texts each time
        for row, i in enumerate(known):
            best = int(np.argmax(chances[row]))
            made[i] = replace(
                made[i],
                role=ROLES[best],
                role_score=calibration.apply(knots, float(chances[row, best])),
                stance=stance(text, mentions_of(made[i], doc._.mentions), sentences, ROLES[best]),
            )
        doc._.entities = made
        return doc


def mentions_of(entity: PaperEntity, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions that belong to an entity: those spelt as one of its forms."""
    forms = set(entity.mentions)
    return [m for m in mentions if m.text in forms]


def places_of(cut: Units, entities: Sequence[PaperEntity], mentions: Sequence[Mention]) -> list[list[Place]]:
    """Each entity's mentions as (first, end) units; what lies past the units that were read is left out."""
    firsts = {start: i for i, start in enumerate(cut.offsets[:, 0].tolist())}
    ends = {end: i + 1 for i, end in enumerate(cut.offsets[:, 1].tolist())}
    return [
        [(firsts[m.start], ends[m.end]) for m in mentions_of(entity, mentions) if m.start in firsts and m.end in ends]
        for entity in entities
    ]


def sentences_of(doc: Doc) -> list[tuple[int, int]]:
    """Offsets of a document's sentences without the space around them; none where no component has set any."""
    if not doc.has_annotation("SENT_START"):
        return []
    text = doc.text
    made = []
    for sentence in doc.sents:
        start, end = sentence.start_char, sentence.end_char
        words = text[start:end]
        made.append((start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))))
    return made
