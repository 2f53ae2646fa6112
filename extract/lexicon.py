"""Words as numbers for the fast model: the word itself if it is common, and hashes of its spelling.

After the hash embeddings of spaCy's tok2vec (Miranda et al. 2022): a word that is not in the list is still known
by how it begins, how it ends and how it is spelt. Training and inference share this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = (3072, 3072, 1024)
"""How many values the hashes of a word's beginning, its end and its shape have."""
_KEPT = 50_000
_LONG = 64


class Lexicon:
    """Numbers of words: (place in the list, beginning, end, shape), the place 0 for words that are not listed."""

    def __init__(self, words: Sequence[str]) -> None:
        """``words`` are lower-cased; the first of them gets number 1."""
        self._number = {word: i for i, word in enumerate(words, 1)}
        self._known: dict[str, tuple[int, int, int, int]] = {}

    def __len__(self) -> int:
        return len(self._number) + 1

    def numbers(self, words: Sequence[str]) -> NDArray[np.int64]:
        """One row of four numbers a word."""
        known = self._known
        if len(known) > _KEPT:
            known.clear()
        rows = []
        for word in words:
            row = known.get(word)
            if row is None:
                row = known[word] = self.row(word)
            rows.append(row)
        return np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=4 * len(rows)).reshape(-1, 4)

    def words(self) -> Iterable[str]:
        """The listed words."""
        return self._number

    def row(self, word: str) -> tuple[int, int, int, int]:
        """The four numbers of a word."""
        cut = word[:_LONG]
        lower = cut.lower()
        parts = (lower[:4], lower[-3:], _shape(cut))
        a, b, c = (crc32(p.encode("utf-8", "replace")) % n for p, n in zip(parts, BUCKETS, strict=True))
        return self._number.get(lower, 0), a, b, c


_RUN = 4
_RUNS = re.compile(r"(.)\1{4,}")


def _shape(word: str) -> str:
    """Letters as X and x, digits as d, the rest as it is; runs of one class are cut at four, as spaCy does."""
    classes = word.translate(_CLASSES) if word.isascii() else "".join(map(_class, word))
    return classes if len(classes) <= _RUN else _RUNS.sub(_cut, classes)


def _cut(run: re.Match[str]) -> str:
    return run[0][:_RUN]


def _class(sign: str) -> str:
    return ("X" if sign.isupper() else "x") if sign.isalpha() else "d" if sign.isdigit() else sign


_CLASSES = {code: _class(chr(code)) for code in range(128)}
