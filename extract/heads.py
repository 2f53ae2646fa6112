"""Role and relation heads: small networks over the encoder's unit vectors, in numpy.

The same computation as ``EntityHead`` in ``training/network.py``, without dropout, in the order that needs the
fewest products and the fewest arrays: sums over words are taken before they are projected, and only where something
stands; what a pair is made of is laid out as a square of entities, so that few rows are gathered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from citeweave.extract.activations import Matrix, gelu, softmax
from citeweave.extract.layout import Place, grid, ordered_pairs, standing
from citeweave.extract.other_pairs import OtherPairs
from citeweave.extract.units import Units
from citeweave.model import ENTITY_TYPES

Numbers = NDArray[np.int64]


class EntityHead:
    """Vectors of a text's entities from their mentions, and what they tell of roles and relations."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self._w = {name: stored[name].astype(np.float32) for name in stored.files}
        # Transposed once: a product with what lies the other way round takes up to twice as long.
        self._of_mention = np.concatenate([self._w[f"{n}.weight"].T for n in ("start", "end", "inside")])
        self._of_entity = np.stack([self._w[f"{n}.weight"].T for n in _OF_ENTITY])
        self._between_weight = np.ascontiguousarray(self._w["between.weight"].T)
        self._context = np.ascontiguousarray(self._w["context.weight"].T)
        none = np.zeros_like(self._w["subject.bias"])
        self._of_entity_bias = np.stack([self._w.get(f"{n}.bias", none) for n in _OF_ENTITY])
        roles, size = len(self._w["role.weight"]), len(none)
        by_pair = self._w["role_pairs.weight"].reshape(size, roles, roles)
        self._of_roles = np.ascontiguousarray(by_pair.transpose(1, 2, 0)).reshape(roles, roles * size)
        self._others = OtherPairs(self._w) if "others.told.weight" in self._w else None

    def entities(self, cut: Units, words: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]) -> Matrix:
        """One row an entity; ``places`` are its mentions as (first, end) units, none empty."""
        held = np.array([place for of_one in places for place in of_one], dtype=np.int64)
        counts = [len(of_one) for of_one in places]
        kinds, standings = np.array(types), np.array([standing(cut, of_one) for of_one in places])
        first, end = held.T
        with one_thread():
            seen = np.concatenate([words[first], words[end - 1], _means(words, first, end)], axis=1)
            shared = words.mean(axis=0, keepdims=True) @ self._w["text.weight"].T
            rows = seen @ self._of_mention
        shared = shared + self._w["types.weight"][kinds] + self._w["where.weight"][standings] + self._w["start.bias"]
        vectors = gelu(rows + np.repeat(shared, counts, axis=0))
        starts = np.cumsum([0, *counts])[:-1]
        means = np.add.reduceat(vectors, starts, axis=0) / np.array(counts, dtype=np.float32)[:, None]
        return np.concatenate([means, np.maximum.reduceat(vectors, starts, axis=0)], axis=1)

    def roles(self, vectors: Matrix) -> Matrix:
        """Scores of the roles, one row an entity."""
        with one_thread():
            return self._roles(vectors)

    def _roles(self, vectors: Matrix) -> Matrix:
        made: Matrix = vectors @ self._w["role.weight"].T + self._w["role.bias"]
        return made

    def relations(
        self, words: Matrix, vectors: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]
    ) -> tuple[Numbers, Matrix]:
        """All ordered pairs of entities, (pairs, 2), and for each the scores of no relation and of the ten."""
        where = grid(places)
        with one_thread():
            beside = self._beside(words, vectors, where, np.array(types))
            told = beside @ self._w["relation.weight"].T
            if self._others is not None:
                told += self._others.scores(beside, len(places))
        subjects, objects = ordered_pairs(len(places))
        scores: Matrix = told[subjects * len(places) + objects] + self._w["relation.bias"]
        return np.stack([subjects, objects], axis=1), scores

    def alike(
        self, words: Matrix, vectors: Matrix, places: Sequence[Sequence[Place]], types: Sequence[int]
    ) -> Matrix | None:
        """Scores (entities, entities) that two entities are one thing; None where the heads do not judge that."""
        if "same.weight" not in self._w:
            return None
        with one_thread():
            told = self._beside(words, vectors, grid(places), np.array(types)) @ self._w["same.weight"][0]
        square = told.reshape(len(places), len(places))
        made: Matrix = (square + square.T) / 2 + self._w["same.bias"][0]
        return made

    def _beside(self, words: Matrix, vectors: Matrix, where: Numbers, kinds: Numbers) -> Matrix:
        """What the scores of pairs are made of, one row for each entity beside each, itself included."""
        count, size = len(kinds), self._of_entity_bias.shape[1]
        start, end, distance = where
        low, high, unordered = _unordered_pairs(count)
        probable = softmax(self._roles(vectors))
        subject, object_, left, right, query = vectors @ self._of_entity + self._of_entity_bias[:, None]
        both = left[:, None] * right
        both += subject[:, None]
        both += object_
        query *= np.float32(1 / np.sqrt(size))
        attention = np.ascontiguousarray((words @ (query @ self._w["key.weight"]).T).T)
        seen = softmax(attention.take(low, axis=0) + attention.take(high, axis=0))
        few = len(low) < len(words) * 2 // 3  # the order of fewer products
        shared = (seen @ words @ self._context) if few else (seen @ (words @ self._context))
        shared += self._between(words, start[low, high], end[low, high])
        both += shared.take(unordered, axis=0)
        of_subject = (probable @ self._of_roles).reshape(count, -1, size)
        both += probable @ of_subject
        both += self._w["distance.weight"].take(distance, axis=0)
        both += self._w["pair_types.weight"].take(kinds[:, None] * len(ENTITY_TYPES) + kinds, axis=0)
        return gelu(both).reshape(count * count, size)

    def _between(self, words: Matrix, start: Numbers, end: Numbers) -> Matrix:
        """The projected means over the units of each stretch, zero where it is empty."""
        # Stretches begin and end at few places: what stands before each of these is summed and projected once.
        marked = np.zeros(len(words) + 1, dtype=bool)
        marked[start] = marked[end] = True
        before = np.arange(len(words)) < np.flatnonzero(marked)[:, None]
        until = before.astype(np.float32) @ words @ self._between_weight
        number = np.cumsum(marked) - 1
        made: Matrix = until.take(number[end], axis=0)
        made -= until.take(number[start], axis=0)
        made *= (1 / np.maximum(end - start, 1).astype(np.float32))[:, None]
        return made


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, matrices are multiplied by one thread; within another such stretch it costs nothing.

    They are so small that threads wait for each other (seven times slower on a busy machine), and how rows are split
    between threads must not show in the last digit.
    """
    if getattr(_inside, "alone", False):
        yield
        return
    with _libraries().limit(limits=1, user_api="blas"):
        _inside.alone = True
        try:
            yield
        finally:
            _inside.alone = False


_inside = threading.local()
_libraries = cache(ThreadpoolController)
_OF_ENTITY = ("subject", "object", "left", "right", "query")


@lru_cache(maxsize=128)
def _unordered_pairs(count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Both ends of all unordered pairs of so many things, and the number of each pair by its ends, in any order."""
    low, high = np.triu_indices(count, 1)
    number = np.zeros((count, count), dtype=np.int64)
    number[low, high] = number[high, low] = np.arange(len(low))
    return low, high, number


def _means(words: Matrix, start: Numbers, end: Numbers) -> Matrix:
    """Means over the units of stretches that are not empty."""
    at = np.arange(len(words))
    inside = (at >= start[:, None]) & (at < end[:, None])
    made: Matrix = inside.astype(np.float32) @ words
    made /= (end - start)[:, None].astype(np.float32)
    return made


@lru_cache(maxsize=2)
def shared(folder: Path) -> EntityHead:
    """The process's one head for a model folder, loaded on first use."""
    return EntityHead(folder / "heads.npz")
