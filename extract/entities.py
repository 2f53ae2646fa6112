"""The recogniser: mentions of methods, models, datasets, tasks, metrics, concepts and software."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, calibration, chances, encoder, weights
from citeweave.extract.decode import decode
from citeweave.model import ENTITY_TYPES, Mention

VERSION = "entities/2"
_READING = "citeweave_reading"
_MOST_AT_ONCE = 64
"""Documents between two components, at most; each carries the encoder's vectors."""


@Language.factory(
    "citeweave_entities",
    assigns=["doc._.mentions"],
    default_config={"model": "accurate", "threads": 0},
)
def make_entities(nlp: Language, name: str, model: str, threads: int) -> Entities:
    """Register the component with spaCy."""
    return Entities(model, threads)


class Entities:
    """spaCy component: sets ``doc._.mentions``."""

    def __init__(self, model: str = "accurate", threads: int = 0) -> None:
        """The weights are loaded when the first text comes.

        Args:
            model: the recogniser's size, ``accurate`` or ``fast``.
            threads: texts that are read at once; 0 for one a processor.

        Raises:
            ValueError: on an unknown model.
        """
        self.folder = weights.folder(model)
        self.threads = threads
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Find the mentions of one document."""
        ((reading, likely),) = chances.read(self.folder, [attributes.text_of(doc)], 1)
        return self._mark(doc, reading, likely)

    def pipe(self, stream: Iterable[Doc], batch_size: int = 32) -> Iterator[Doc]:
        """Find the mentions of many documents, some at once; the outcome is that of one by one."""
        source = iter(stream)
        while docs := list(islice(source, min(batch_size, _MOST_AT_ONCE))):
            made = chances.read(self.folder, [attributes.text_of(doc) for doc in docs], self.threads)
            for doc, (reading, likely) in zip(docs, made, strict=True):
                yield self._mark(doc, reading, likely)

    def _mark(self, doc: Doc, reading: encoder.Reading, likely: chances.Chances) -> Doc:
        model = encoder.shared(self.folder)
        doc.user_data[_READING] = reading
        cut = reading.units
        spans = decode(cut, likely, model.threshold)
        by = f"{VERSION}/{chances.version(self.folder)}"
        knots = model.calibration.get("mention")
        starts = cut.offsets[[span.first for span in spans], 0].tolist()
        ends = cut.offsets[[span.end - 1 for span in spans], 1].tolist()
        mentions = []
        for span, start, end in zip(spans, starts, ends, strict=True):
            score = calibration.apply(knots, span.score)
            mentions.append(Mention(start, end, cut.text[start:end], ENTITY_TYPES[span.type], score, by))
        doc._.mentions = mentions
        return doc


def reading_of(doc: Doc, folder: Path) -> encoder.Reading:
    """The encoder's reading of a document: what the recogniser left on it, else made anew with a folder's model."""
    kept: Any = doc.user_data.get(_READING)
    return kept if isinstance(kept, encoder.Reading) else encoder.shared(folder).read(attributes.text_of(doc))


def forget_reading(doc: Doc) -> None:
    """Drop the encoder's reading from a document: vectors are large, and spaCy cannot serialise them."""
    doc.user_data.pop(_READING, None)
