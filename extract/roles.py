"""What a paper does with each of its entities, how surely, and whether it asserts, denies or supposes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, calibration, encoder, heads, sentences
from citeweave.extract.activations import Matrix, softmax
from citeweave.extract.entities import reading_of
from citeweave.extract.layout import Place
from citeweave.extract.placed import Placed, placed
from citeweave.extract.stance import stance
from citeweave.extract.units import Units
from citeweave.extract.weights import MODELS, folder
from citeweave.model import ROLES, PaperEntity

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
        if not seen.placed.known:
            return doc
        chances = softmax(heads.shared(self.folder).roles(seen.vectors))
        knots = encoder.shared(self.folder).calibration.get("role")
        made = list(entities)
        borders = sentences.of(doc)
        text = attributes.text_of(doc)
        for row, i in enumerate(seen.placed.known):
            best = int(np.argmax(chances[row]))
            made[i] = replace(
                made[i],
                role=ROLES[best],
                role_score=calibration.apply(knots, float(chances[row, best])),
                stance=stance(text, seen.placed.mentions[i], borders, ROLES[best]),
            )
        doc._.entities = made
        return doc


@dataclass(frozen=True, slots=True)
class Seen:
    """A document's entities as the heads see them: a vector for each unit, and for each known entity."""

    units: Units
    words: Matrix
    placed: Placed
    vectors: Matrix


def seen_entities(doc: Doc, model: Path) -> Seen:
    """What the heads of a model folder see of a document's entities: what a component left on it, else made anew.

    Of entities that have been joined since, only those that are new are looked at again.
    """
    kept = doc.user_data.get(_SEEN)
    if isinstance(kept, Seen) and len(kept.placed.mentions) == len(doc._.entities):
        return kept
    reading = reading_of(doc, model)
    where = placed(doc, reading.units)
    made = dict(zip(_keys(kept.placed), kept.vectors, strict=True)) if isinstance(kept, Seen) else {}
    keys = _keys(where)
    new = [i for i, key in enumerate(keys) if key not in made]
    if new:
        places, kinds = [where.places[i] for i in new], [where.kinds[i] for i in new]
        vectors = heads.shared(model).entities(reading.units, reading.words, places, kinds)
        made.update(zip((keys[i] for i in new), vectors, strict=True))
    whole = np.stack([made[key] for key in keys]) if keys else np.zeros((0, 0), dtype=np.float32)
    seen = Seen(reading.units, reading.words, where, whole)
    doc.user_data[_SEEN] = seen
    return seen


def _keys(where: Placed) -> list[tuple[int, tuple[Place, ...]]]:
    """What an entity's vector depends on within one text: its type and its places."""
    return [(kind, tuple(places)) for kind, places in zip(where.kinds, where.places, strict=True)]


def forget_seen(doc: Doc) -> None:
    """Drop what the heads saw from a document, as spaCy cannot serialise it."""
    doc.user_data.pop(_SEEN, None)
