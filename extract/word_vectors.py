"""What the fast model knows of a word before it reads: rows of its tables, summed once for each word."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.lexicon import Lexicon
from citeweave.extract.units import FEATURE_SIZES

_KEPT = 30_000
"""Words whose vectors are remembered: 20 MB of them."""
_AT_FIRST = 1024

Vectors = NDArray[np.float32]


class WordVectors:
    """Vectors of words and of how they stand in the text; safe for several threads."""

    def __init__(self, lexicon: Lexicon, path: Path) -> None:
        """``path`` is a words.npz: the rows of all tables in 8 bits, a scale for each, and where each table begins.

        The first tables are those of a row of :meth:`.Lexicon.row`, the last four those of the units' features.
        """
        with np.load(path) as stored:
            self._codes, self._scale, first = stored["codes"], stored["scale"], stored["first"].tolist()
        words = len(first) - len(FEATURE_SIZES)
        self._first, sizes = first[:words], [n + 1 for n in FEATURE_SIZES]
        standing = np.zeros((*sizes, self._codes.shape[1]), dtype=np.float32)
        for axis, (begin, size) in enumerate(zip(first[words:], sizes, strict=True)):
            across = [size if k == axis else 1 for k in range(len(sizes))]
            standing += self._rows(np.arange(begin, begin + size)).reshape(*across, -1)
        self._standing = standing.reshape(-1, standing.shape[-1])
        self._steps = np.cumprod([1, *sizes[:0:-1]])[::-1]
        self._lexicon = lexicon
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._known: dict[str, int] = {}
        self._by_row: dict[tuple[int, ...], int] = {}
        self._kept = np.zeros((_AT_FIRST, self._codes.shape[1]), dtype=np.float32)

    def __call__(self, words: Sequence[str], features: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.int64]]:
        """A vector for each word, and a number below their count, the same for those that the tables do not tell apart.

        ``features`` (words, 4) are the units'.
        """
        with self._lock:
            if len(self._known) > _KEPT:
                self._forget()
            self._learn(set(words).difference(self._known))
            numbers = np.fromiter(map(self._known.__getitem__, words), dtype=np.int64, count=len(words))
            made = self._kept.take(numbers, axis=0)
        made += self._standing.take(features @ self._steps, axis=0)
        return made, np.unique(numbers, return_inverse=True)[1]

    def _learn(self, words: Iterable[str]) -> None:
        """Give words that were not met before their numbers."""
        begin = len(self._by_row)
        rows: list[tuple[int, ...]] = []
        for word in words:
            row = self._lexicon.row(word)
            number = self._known[word] = self._by_row.setdefault(row, begin + len(rows))
            if number == begin + len(rows):
                rows.append(row)
        while len(self._kept) < begin + len(rows):
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
        if rows:
            self._kept[begin : begin + len(rows)] = self._rows(np.add(rows, self._first)).sum(axis=1)

    def _rows(self, at: NDArray[np.int64]) -> Vectors:
        """Rows of the tables, in the layout of ``at``."""
        made: Vectors = self._codes[at].astype(np.float32)
        made *= self._scale[at][..., None]
        return made
