"""Tokens as the recogniser counts them: words and single signs, so that every mention starts and ends at one.

spaCy's own tokenizer keeps ``state-of-the-art`` and ``GPT-2`` in one piece or not by rules for general English,
is four times as slow, and takes quadratic time on long runs without spaces (8,000 opening brackets take seconds).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from citeweave.extract import attributes

LONGEST_CHUNK = 200
"""Characters of the longest token; no word of a real text is longer."""

NAME = "citeweave_units.v1"
_TOKEN = re.compile(rf"(\w{{1,{LONGEST_CHUNK}}}|[^\w\s]|\s)( ?)")


class UnitTokenizer:
    """Cuts a text into the units of :mod:`citeweave.extract.units` and the white space besides single spaces.

    Any text satisfies ``doc.text == text``, and no text takes more than linear time.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Tokenize one text."""
        found = _TOKEN.findall(text)
        words, spaces = [word for word, _ in found], [bool(space) for _, space in found]
        return Doc(self.vocab, words=words, spaces=spaces, user_data={attributes.TEXT: text})

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """Tokenize a stream of texts."""
        return map(self, texts)

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Save nothing: there are no settings. spaCy asks this of any tokenizer."""

    def from_disk(self, path: str | Path, **kwargs: Any) -> UnitTokenizer:
        """Load nothing."""
        return self

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Serialise nothing."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> UnitTokenizer:
        """Restore nothing."""
        return self


def make_tokenizer() -> Callable[[Language], UnitTokenizer]:
    """What spaCy's registry holds under :data:`NAME`."""
    return lambda nlp: UnitTokenizer(nlp.vocab)


registry.tokenizers.register(NAME, func=make_tokenizer)


def blank() -> Language:
    """An empty English pipeline with this tokenizer."""
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": NAME}}})
