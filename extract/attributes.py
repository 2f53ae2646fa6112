"""The attributes that the room's components leave on a spaCy ``Doc``, declared in one place.

Each is a list once its component has run, and an empty tuple before: ``doc._.mentions``,
``doc._.abbreviations``, ``doc._.entities``, ``doc._.relations``, ``doc._.citations``, ``doc._.links``
and ``doc._.results`` hold the types of :mod:`citeweave.model` of these names.
"""

from __future__ import annotations

from spacy.tokens import Doc

NAMES = ("mentions", "abbreviations", "entities", "relations", "citations", "links", "results")

TEXT = "citeweave_text"
"""Where a document's text lies among its ``user_data``."""


def declare() -> None:
    """Make the attributes known to spaCy; may be called any number of times."""
    for name in NAMES:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=())


def text_of(doc: Doc) -> str:
    """A document's text, kept: spaCy joins it from the tokens each time it is asked."""
    kept = doc.user_data.get(TEXT)
    text: str = kept if isinstance(kept, str) else doc.text
    doc.user_data[TEXT] = text
    return text


declare()
