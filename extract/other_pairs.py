"""What the other pairs of a text say of a pair of entities: a part of the relation head, in numpy.

The same computation as ``OtherPairs`` in ``training/network.py``, without dropout, over the whole square of entities.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from citeweave.extract.activations import Matrix, gelu, sigmoid

_EPSILON = np.float32(1e-5)
_LEAST = np.finfo(np.float32).min


class OtherPairs:
    """Scores of relations to be added to those that each pair has by itself."""

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        """``weights`` by their names in heads.npz, of which those that begin with ``others.`` are used."""
        # The norm's scale and offset go into the product after it.
        told = weights["others.told.weight"]
        self._told = np.ascontiguousarray((told * weights["others.norm.weight"]).T)
        self._told_bias = told @ weights["others.norm.bias"] + weights["others.told.bias"]
        self._mixed = np.ascontiguousarray(weights["others.mixed.weight"].T)
        self._mixed_bias = weights["others.mixed.bias"]
        self._relation = np.ascontiguousarray(weights["others.relation.weight"].T)
        self._bias = weights["others.relation.bias"]
        head = told.shape[1]
        self._wide, self._narrow = 3 * head // 8, head // 8

    def scores(self, pairs: Matrix, count: int) -> Matrix:
        """Scores (count * count, 1 + relations) from pairs (count * count, head).

        An entity beside itself is no pair: it counts for nothing, and its scores mean nothing.
        """
        normed = pairs - pairs.mean(axis=1, keepdims=True)
        normed /= np.sqrt(np.square(normed).mean(axis=1, keepdims=True) + _EPSILON)
        made = (normed @ self._told + self._told_bias).reshape(count, count, -1)
        itself = np.arange(count)
        wide = gelu(made[:, :, : 4 * self._wide])
        own, reverse, of_subject, of_object = np.split(wide, 4, axis=2)
        of_subject[itself, itself] = of_object[itself, itself] = _LEAST
        legs, gates = np.split(made[:, :, 4 * self._wide :], 2, axis=2)
        legs = legs * sigmoid(gates)
        legs[itself, itself] = 0
        legs *= np.float32(count**-0.25)  # a product of two of them is divided by the root of their number
        first, second = (half.transpose(2, 0, 1) for half in np.split(legs, 2, axis=2))
        mixed = np.empty((count, count, len(self._mixed)), dtype=np.float32)
        parts = np.split(mixed, np.cumsum([self._wide] * 4 + [self._narrow]), axis=2)
        parts[0][...] = own
        parts[1][...] = reverse.transpose(1, 0, 2)
        parts[2][...] = of_subject.max(axis=1)[:, None]
        parts[3][...] = of_object.max(axis=0)
        parts[4][...] = (first @ second).transpose(1, 2, 0)
        parts[5][...] = (first @ second.transpose(0, 2, 1)).transpose(1, 2, 0)
        hidden = gelu(mixed.reshape(count * count, -1) @ self._mixed + self._mixed_bias)
        scores: Matrix = hidden @ self._relation + self._bias
        return scores
