"""Role and relation heads: small networks over the encoder's unit vectors, in numpy.

The same computation as ``EntityHead`` in ``training/network.py``, without dropout.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from citeweave.extract.layout import Place, pairs, standing
from citeweave.extract.units import Units
from citeweave.extract.weights import MODEL
from citeweave.model import ENTITY_TYPES

Matrix = NDArray[np.float32]


def gelu(x: Matrix) -> Matrix:
    """The Gaussian error linear unit in its tanh form, which is within 0.001 of the exact one."""
    inner = np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)
    result: Matrix = np.float32(0.5) * x * (1 + np.tanh(inner))
    return result


def softmax(x: Matrix) -> Matrix:
    """Probabilities over the last axis."""
    made = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Matrix = made / made.sum(axis=-1, keepdims=True)
    return result


class EntityHead:
    """Vectors of a text's entities from their mentions, and what they tell of roles and relations."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self._w = {name: stored[name].astype(np.float32) for name in stored.files}
        self._libraries = ThreadpoolController()

    def _linear(self, x: Matrix, name: str) -> Matrix:
        # On one thread: the matrices are so small that threads wait for each other (seven times slower on a
        # busy machine), and how rows are split between them must not show in the last digit.
        with self._libraries.limit(limits=1, user_api="blas"):
            y: Matrix = x @ self._w[f"{name}.weight"].T
        return y + self._w[f"{name}.bias"] if f"{name}.bias" in self._w else y

    def _sums(self, words: Matrix, name: str) -> Matrix:
        inner = self._linear(words, name)
        return np.concatenate([np.zeros_like(inner[:1]), inner.cumsum(axis=0, dtype=np.float32)])

    def entities(self, cut: Units, words: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]) -> Matrix:
        """One row an entity; ``places`` are its mentions as (first, end) units, none empty."""
        starts, ends = self._linear(words, "start"), self._linear(words, "end")
        sums = self._sums(words, "inside")
        text = self._linear(words.mean(axis=0, keepdims=True), "text")[0]
        rows = []
        for held, kind in zip(places, types, strict=True):
            a = np.array([first for first, _ in held])
            b = np.array([end for _, end in held])
            mean = (sums[b] - sums[a]) / (b - a)[:, None].astype(np.float32)
            shared = text + self._w["types.weight"][kind] + self._w["where.weight"][standing(cut, held)]
            vectors = gelu(starts[a] + ends[b - 1] + mean + shared)
            rows.append(np.concatenate([vectors.mean(axis=0), vectors.max(axis=0)]))
        return np.stack(rows)

    def roles(self, vectors: Matrix) -> Matrix:
        """Scores of the roles, one row an entity."""
        return self._linear(vectors, "role")

    def relations(
        self, words: Matrix, vectors: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]
    ) -> tuple[list[tuple[int, int, int, int, int]], Matrix]:
        """All ordered pairs, and for each the scores of no relation and of the ten relations."""
        rows = pairs(places)
        s, o, a, b, distance = np.array(rows, dtype=np.int64).reshape(-1, 5).T
        kinds = np.array(types)
        sums = self._sums(words, "between")
        between = (sums[b] - sums[a]) / np.maximum(b - a, 1)[:, None].astype(np.float32)
        both = self._linear(vectors, "subject")[s] + self._linear(vectors, "object")[o] + between
        both = both + self._w["distance.weight"][distance]
        both = both + self._w["pair_types.weight"][kinds[s] * len(ENTITY_TYPES) + kinds[o]]
        return rows, self._linear(gelu(both), "relation")


@lru_cache(maxsize=2)
def shared(folder: Path = MODEL) -> EntityHead:
    """The process's one head for a model folder, loaded on first use."""
    return EntityHead(folder / "heads.npz")
