"""Units: the words and signs that the recogniser labels, and the word shapes a lower-casing encoder hides.

A unit is a run of word characters or one other sign that is not a space, so every whole-word mention
starts and ends at unit borders. Training and inference share this module: change it, train again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

_UNIT = re.compile(r"\w+|[^\w\s]")
_SIGNS = {
    **dict.fromkeys("-‐‑–—", 9),
    ",": 10,
    **dict.fromkeys(".!?", 11),
    **dict.fromkeys("([{", 12),
    **dict.fromkeys(")]}", 13),
    **dict.fromkeys("\"'`´‘’“”", 14),
    **dict.fromkeys(":;", 15),
    "/": 16,
    **dict.fromkeys("$\\^_~", 17),
    **dict.fromkeys("%+=<>*", 18),
}
_OTHER_SIGN = 19
_ENDS = frozenset(".!?:")
FEATURE_SIZES = (20, 4, 4, 4)
"""How many values each feature has: shape, glue to the neighbours, place in the text, count in the text."""


@dataclass(frozen=True, slots=True)
class Units:
    """A text cut into units: offsets (n, 2), features (n, 4), and their strings where these were at hand."""

    text: str
    offsets: NDArray[np.int64]
    features: NDArray[np.int64]
    held: Sequence[str] | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.offsets)

    def words(self) -> Sequence[str]:
        """The units as strings."""
        return self.held or [self.text[start:end] for start, end in self.offsets.tolist()]

    def part(self, start: int, end: int) -> str:
        """The text from unit ``start`` up to, not including, unit ``end``."""
        return self.text[int(self.offsets[start, 0]) : int(self.offsets[end - 1, 1])]


@lru_cache(maxsize=50_000)
def shape(word: str) -> int:
    """Class of a unit's spelling: lower case, title case, capitals, capitals with plural s, mixed, digits, sign."""
    if not (word[0].isalnum() or word[0] == "_"):
        return _SIGNS.get(word, _OTHER_SIGN)
    if word.isdigit():
        return 8
    if any(c.isdigit() for c in word):
        return 7
    if word.islower():
        return 1
    if word.isupper():
        return 3 if len(word) == 1 else 4
    if word[0].isupper() and word[1:].islower():
        return 2
    if word[-1] == "s" and word[:-1].isupper():
        return 5
    return 6 if any(c.isupper() for c in word) else 0


def units(text: str, limit: int = 4096) -> Units:
    """Cut a text into at most ``limit`` units; the title is what stands before the first line feed."""
    spans = [found.span() for found in islice(_UNIT.finditer(text), limit)]
    words = [text[start:end] for start, end in spans]
    folded = [word.casefold() for word in words]
    counts = {word: count.bit_length() if count < 4 else 3 for word, count in Counter(folded).items()}
    n = len(words)
    offsets = np.fromiter(chain.from_iterable(spans), dtype=np.int64, count=2 * n).reshape(-1, 2)
    features = np.zeros((n, 4), dtype=np.int64)
    if n == 0:
        return Units(text, offsets, features)
    starts = offsets[:, 0]
    touching = starts[1:] == offsets[:-1, 1]
    in_title = starts < text.find("\n")
    features[:, 0] = np.fromiter(map(shape, words), dtype=np.int64, count=n)
    features[1:, 1] += 2 * touching
    features[:-1, 1] += touching
    features[:, 2] = 2 * in_title
    features[0, 2] += 1
    ends = np.fromiter(map(_ENDS.__contains__, words), dtype=bool, count=n)[:-1]
    features[1:, 2] += (ends & ~touching) | (in_title[:-1] & ~in_title[1:])
    features[:, 3] = np.fromiter(map(counts.__getitem__, folded), dtype=np.int64, count=n)
    return Units(text, offsets, features, words)
