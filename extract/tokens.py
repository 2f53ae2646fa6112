"""spaCy's tokenizer, guarded against texts on which it takes quadratic time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

LONGEST_CHUNK = 200
"""Characters without a space that the tokenizer is handed at once; no word of a real text is longer."""

_LONG = re.compile(rf"\S{{{LONGEST_CHUNK + 1},}}")


class GuardedTokenizer:
    """Hands spaCy's tokenizer a text in pieces where a run without spaces is too long for it.

    The tokenizer peels prefixes and suffixes off a run one by one and looks at the rest each time
    (8,000 opening brackets take seconds). Any text still satisfies ``doc.text == text``, and
    texts without such a run are tokenized just as by spaCy alone.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(self, text: str) -> Doc:
        """Tokenize one text."""
        if not _LONG.search(text):
            doc: Doc = self.inner(text)
            return doc
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _pieces(text):
            for token in self.inner(piece):
                words.append(token.text)
                spaces.append(bool(token.whitespace_))
        return Doc(self.inner.vocab, words=words, spaces=spaces)

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """Tokenize a stream of texts."""
        return map(self, texts)

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Save the wrapped tokenizer, as spaCy asks of any tokenizer."""
        self.inner.to_disk(path, **kwargs)

    def from_disk(self, path: str | Path, **kwargs: Any) -> GuardedTokenizer:
        """Load the wrapped tokenizer."""
        self.inner.from_disk(path, **kwargs)
        return self

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Serialise the wrapped tokenizer."""
        data: bytes = self.inner.to_bytes(**kwargs)
        return data

    def from_bytes(self, data: bytes, **kwargs: Any) -> GuardedTokenizer:
        """Restore the wrapped tokenizer."""
        self.inner.from_bytes(data, **kwargs)
        return self


def guard(nlp: Language) -> None:
    """Put the guard around the tokenizer of a pipeline."""
    nlp.tokenizer = GuardedTokenizer(nlp.tokenizer)


def _pieces(text: str) -> Iterator[str]:
    """The text cut before and inside its over-long runs, and nowhere else."""
    done = 0
    for found in _LONG.finditer(text):
        if found.start() > done:
            yield text[done : found.start()]
        for start in range(found.start(), found.end(), LONGEST_CHUNK):
            yield text[start : min(start + LONGEST_CHUNK, found.end())]
        done = found.end()
    if done < len(text):
        yield text[done:]
