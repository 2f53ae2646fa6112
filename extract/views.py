"""What the models see in a text's entities: the recogniser's own view, and that of the pair reader beside it.

The pair reader is a small encoder that reads the text once more with the entities marked, as in PURE (Zhong and Chen
2021): it knows from the first layer on what it is asked about, and it errs apart from the recogniser, whose vectors
serve the mentions first. Where a model folder has none, the recogniser is alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from citeweave.extract import encoder, heads
from citeweave.extract.layout import Place
from citeweave.extract.marks import marked
from citeweave.extract.weights import pair_reader


@dataclass(frozen=True, slots=True)
class View:
    """One model's vectors of a text's units and entities, its head, and its share in what is said of them."""

    head: heads.EntityHead
    words: heads.Matrix
    vectors: heads.Matrix
    share: float


def views(
    reading: encoder.Reading, places: Sequence[Sequence[Place]], kinds: Sequence[int], folder: Path
) -> list[View]:
    """The views of entities, at least one, by a model folder that gave ``reading``; none is empty of mentions."""
    cut = reading.units
    own = heads.shared(folder)
    beside = pair_reader(folder)
    if beside is None:
        return [View(own, reading.words, own.entities(cut, reading.words, places, kinds), 1.0)]
    second, head = encoder.shared(beside), heads.shared(beside)
    words = second.read_units(marked(cut, places, kinds)).words
    return [
        View(own, reading.words, own.entities(cut, reading.words, places, kinds), 1.0 - second.share),
        View(head, words, head.entities(cut, words, places, kinds), second.share),
    ]


def roles(seen: Sequence[View]) -> heads.Matrix:
    """Probabilities of the roles, one row an entity."""
    made: heads.Matrix = sum(np.float32(view.share) * heads.softmax(view.head.roles(view.vectors)) for view in seen)  # type: ignore[assignment]
    return made


def relations(
    seen: Sequence[View], places: Sequence[Sequence[Place]], kinds: Sequence[int]
) -> tuple[heads.Numbers, heads.Matrix]:
    """The ordered pairs of the first entities, those of ``places``, and how likely each relation or none is."""
    told = [view.head.relations(view.words, view.vectors[: len(places)], places, kinds) for view in seen]
    chances: heads.Matrix = sum(  # type: ignore[assignment]
        np.float32(view.share) * heads.softmax(scores) for view, (_, scores) in zip(seen, told, strict=True)
    )
    return told[0][0], chances
