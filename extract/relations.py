"""What a paper states between two of its entities, with the words that say so."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, calibration, encoder, heads
from citeweave.extract.entities import forget_reading, reading_of
from citeweave.extract.layout import Place, closest
from citeweave.extract.roles import places_of, sentences_of
from citeweave.extract.units import Units
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, PaperEntity, Relation

VERSION = "relations/1"
MOST_ENTITIES = 60
"""Pairs grow with the square of the entities; no abstract names more, and texts that do are cut to the first."""


@Language.factory("citeweave_relations", requires=["doc._.entities"], assigns=["doc._.relations"])
def make_relations(nlp: Language, name: str) -> Relations:
    """Register the component with spaCy."""
    return Relations()


class Relations:
    """spaCy component: sets ``doc._.relations``; the last to need the encoder's reading, which it drops."""

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Find the relations of one document."""
        doc._.relations = self._relations(doc)
        forget_reading(doc)
        return doc

    def _relations(self, doc: Doc) -> list[Relation]:
        entities: Sequence[PaperEntity] = doc._.entities
        reading = reading_of(doc)
        places = places_of(reading.units, entities, doc._.mentions)
        known = [i for i, held in enumerate(places) if held][:MOST_ENTITIES]
        if len(known) < 2:
            return []
        model, head = encoder.shared(), heads.shared()
        held = [places[i] for i in known]
        kinds = [ENTITY_TYPES.index(entities[i].type) for i in known]
        vectors = head.entities(reading.units, reading.words, held, kinds)
        rows, scores = head.relations(reading.words, vectors, held, kinds)
        chances = heads.softmax(scores)
        best = chances[:, 1:].argmax(axis=1)
        by = f"{VERSION}/{model.version}"
        sentences = sentences_of(doc)
        knots = model.calibration.get("relation")
        made = []
        for row, (s, o, *_) in enumerate(rows):
            raw = float(chances[row, 1 + best[row]])
            if raw < model.relation_threshold:
                continue
            start, end = _evidence(reading.units, sentences, held[s], held[o])
            made.append(
                Relation(
                    entities[known[s]].name,
                    RELATION_TYPES[best[row]],
                    entities[known[o]].name,
                    calibration.apply(knots, raw),
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
