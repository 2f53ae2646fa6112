"""Role and relation heads: small networks over the encoder's unit vectors, in numpy.

The same computation as ``EntityHead`` in ``training/network.py``, without dropout, in the order that needs the
fewest products: sums over words are taken before they are projected, and only where something stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from citeweave.extract.layout import Place, pairs, standing
from citeweave.extract.units import Units
from citeweave.model import ENTITY_TYPES

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int64]


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
        self._of_mention = np.concatenate([self._w[f"{n}.weight"] for n in ("start", "end", "inside")], axis=1)
        self._of_entity = np.concatenate([self._w[f"{n}.weight"] for n in _OF_ENTITY])
        none = np.zeros_like(self._w["subject.bias"])
        self._of_entity_bias = np.concatenate([self._w.get(f"{n}.bias", none) for n in _OF_ENTITY])
        self._libraries = ThreadpoolController()

    def entities(self, cut: Units, words: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]) -> Matrix:
        """One row an entity; ``places`` are its mentions as (first, end) units, none empty."""
        held = np.array([place for of_one in places for place in of_one], dtype=np.int64)
        counts = [len(of_one) for of_one in places]
        kinds, standings = np.array(types), np.array([standing(cut, of_one) for of_one in places])
        inside = _short_means(words, held[:, 0], held[:, 1])
        with self._alone():
            shared = words.mean(axis=0, keepdims=True) @ self._w["text.weight"].T
            shared = (
                shared + self._w["types.weight"][kinds] + self._w["where.weight"][standings] + self._w["start.bias"]
            )
            rows = np.concatenate([words[held[:, 0]], words[held[:, 1] - 1], inside], axis=1) @ self._of_mention.T
        vectors = gelu(rows + np.repeat(shared, counts, axis=0))
        starts = np.cumsum([0, *counts])[:-1]
        means = np.add.reduceat(vectors, starts, axis=0) / np.array(counts, dtype=np.float32)[:, None]
        return np.concatenate([means, np.maximum.reduceat(vectors, starts, axis=0)], axis=1)

    def roles(self, vectors: Matrix) -> Matrix:
        """Scores of the roles, one row an entity."""
        with self._alone():
            made: Matrix = vectors @ self._w["role.weight"].T + self._w["role.bias"]
        return made

    def relations(
        self, words: Matrix, vectors: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]
    ) -> tuple[Numbers, Matrix]:
        """All ordered pairs as of :func:`.layout.pairs`, and for each the scores of no relation and of the ten."""
        rows = pairs(places)
        s, o, start, end, distance = rows.T
        kinds = np.array(types)
        gaps, gap_of = np.unique(np.stack([start, end], axis=1), axis=0, return_inverse=True)
        low, high = np.triu_indices(len(places), 1)
        unordered = np.zeros((len(places), len(places)), dtype=np.int64)
        unordered[low, high] = unordered[high, low] = np.arange(len(low))
        roles = softmax(self.roles(vectors))
        with self._alone():
            parts = np.split(vectors @ self._of_entity.T + self._of_entity_bias, len(_OF_ENTITY), axis=1)
            subject, object_, left, right, query = parts
            between = _means(_sums(words), gaps[:, 0], gaps[:, 1]) @ self._w["between.weight"].T
            attention = (query @ self._w["key.weight"]) @ words.T / np.float32(np.sqrt(query.shape[1]))
            context = softmax(attention[low] + attention[high]) @ words @ self._w["context.weight"].T
            role_pairs = (roles[s][:, :, None] * roles[o][:, None, :]).reshape(len(rows), -1)
            both = subject[s] + object_[o] + left[s] * right[o]
            both += between[gap_of.reshape(-1)] + context[unordered[s, o]] + role_pairs @ self._w["role_pairs.weight"].T
            both += self._w["distance.weight"][distance]
            both += self._w["pair_types.weight"][kinds[s] * len(ENTITY_TYPES) + kinds[o]]
            scores: Matrix = gelu(both) @ self._w["relation.weight"].T + self._w["relation.bias"]
        return rows, scores

    def _alone(self) -> AbstractContextManager[object]:
        # One thread: the matrices are so small that threads wait for each other (seven times slower on a
        # busy machine), and how rows are split between them must not show in the last digit.
        limited: AbstractContextManager[object] = self._libraries.limit(limits=1, user_api="blas")
        return limited


_OF_ENTITY = ("subject", "object", "left", "right", "query")


def _sums(words: Matrix) -> NDArray[np.float64]:
    """Running sums over units, one row more than there are units."""
    made = np.zeros((len(words) + 1, words.shape[1]))
    np.cumsum(words, axis=0, dtype=np.float64, out=made[1:])
    return made


def _short_means(words: Matrix, start: Numbers, end: Numbers) -> Matrix:
    """Means over the units of stretches that are short and not empty, which need no running sums."""
    lengths = end - start
    begin = np.cumsum(lengths) - lengths
    rows = words[np.arange(lengths.sum()) + np.repeat(start - begin, lengths)]
    made: Matrix = (np.add.reduceat(rows, begin, axis=0) / lengths[:, None]).astype(np.float32)
    return made


def _means(sums: NDArray[np.float64], start: Numbers, end: Numbers) -> Matrix:
    """Means over the units of each stretch, zero where it is empty."""
    made: Matrix = ((sums[end] - sums[start]) / np.maximum(end - start, 1)[:, None]).astype(np.float32)
    return made


@lru_cache(maxsize=2)
def shared(folder: Path) -> EntityHead:
    """The process's one head for a model folder, loaded on first use."""
    return EntityHead(folder / "heads.npz")
