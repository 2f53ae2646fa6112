"""What a paper states between two of its entities, with the words that say so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, calibration, encoder, heads, sentences
from citeweave.extract.activations import softmax
from citeweave.extract.entities import forget_reading
from citeweave.extract.layout import Place, closest
from citeweave.extract.roles import forget_seen, seen_entities
from citeweave.extract.units import Units
from citeweave.extract.weights import MODELS, folder
from citeweave.model import RELATION_TYPES, PaperEntity, Relation

VERSION = "relations/2"
MOST_ENTITIES = 60
"""Pairs grow with the square of the entities; no abstract names more, and texts that do are cut to the first."""


@Language.factory(
    "citeweave_relations",
    default_config={"model": MODELS[0]},
    requires=["doc._.entities"],
    assigns=["doc._.relations"],
)
def make_relations(nlp: Language, name: str, model: str) -> Relations:
    """Register the component with spaCy."""
    return Relations(model)


class Relations:
    """spaCy component: sets ``doc._.relations``; the last to need the encoder's reading, which it drops."""

    def __init__(self, model: str = MODELS[0]) -> None:
        """``model`` is the recogniser's size; raises ValueError on an unknown one."""
        self.folder = folder(model)
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Find the relations of one document."""
        doc._.relations = self._relations(doc)
        forget_seen(doc)
        forget_reading(doc)
        return doc

    def _relations(self, doc: Doc) -> list[Relation]:
        entities: Sequence[PaperEntity] = doc._.entities
        seen = seen_entities(doc, self.folder)
        where = seen.placed
        known, places = where.known[:MOST_ENTITIES], where.places[:MOST_ENTITIES]
        if len(known) < 2:
            return []
        model, head = encoder.shared(self.folder), heads.shared(self.folder)
        rows, scores = head.relations(seen.words, seen.vectors[: len(known)], places, where.kinds[: len(known)])
        chances = softmax(scores)
        best = chances[:, 1:].argmax(axis=1)
        # A relation is as sure as its statement and as both of its ends being entities.
        sure = np.array([max(m.score for m in where.mentions[i]) for i in known])
        raw = chances[np.arange(len(rows)), 1 + best] * np.sqrt(sure[rows[:, 0]] * sure[rows[:, 1]])
        by = f"{VERSION}/{model.version}"
        borders = sentences.of(doc)
        knots = model.calibration.get("relation")
        made = []
        for row in np.flatnonzero(raw >= model.relation_threshold).tolist():
            s, o = rows[row, :2].tolist()
            start, end = _evidence(seen.units, borders, places[s], places[o])
            made.append(
                Relation(
                    entities[known[s]].name,
                    RELATION_TYPES[best[row]],
                    entities[known[o]].name,
                    calibration.apply(knots, float(raw[row])),
                    start,
                    end,
                    by,
                )
            )
        return made


def _evidence(
    cut: Units, sentences: Sequence[tuple[int, int]], subject: Sequence[Place], obj: Sequence[Place]
) -> tuple[int, int]:
    """The sentence, or the run of sentences, in which the two entities stand closest; without any, their own words."""
    a, b = closest(subject, obj)
    low, high = int(cut.offsets[min(a[0], b[0]), 0]), int(cut.offsets[max(a[1], b[1]) - 1, 1])
    inside = [(start, end) for start, end in sentences if start < high and low < end]
    return (inside[0][0], inside[-1][1]) if inside else (low, high)
