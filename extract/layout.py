"""Where a text's entities stand: the numbers that the role and relation heads see besides the vectors.

Shared by training and inference, as :mod:`citeweave.extract.units` is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.units import Units

Place = tuple[int, int]
_GAPS = (2, 6, 15, 40)


def standing(cut: Units, places: Sequence[Place]) -> int:
    """Class 0 to 7 of an entity: four and more if the title names it, plus its mentions beyond one, up to three."""
    in_title = any(int(cut.features[first, 2]) >= 2 for first, _ in places)
    return 4 * in_title + min(len(places), 4) - 1


def closest(subject: Sequence[Place], obj: Sequence[Place]) -> tuple[Place, Place]:
    """The mentions of two entities with the fewest units between them, the earliest where several are as near."""
    return min(((a, b) for a in subject for b in obj), key=lambda p: (_gap(*p), *p))


def _gap(a: Place, b: Place) -> int:
    return max(b[0] - a[1], a[0] - b[1], 0)


def pairs(places: Sequence[Sequence[Place]]) -> NDArray[np.int64]:
    """All ordered pairs of entities, a row each: subject, object, from unit, to unit, class of distance.

    The units are those between the :func:`closest` mentions of the two; the class, 0 to 9, tells order and distance.
    """
    held = np.array([place for of_one in places for place in of_one], dtype=np.int64).reshape(-1, 2)
    firsts, ends = held.T
    count = len(held)
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((ends, firsts))] = np.arange(count)
    gaps = np.maximum(np.maximum(firsts[None, :] - ends[:, None], firsts[:, None] - ends[None, :]), 0)
    # One number orders pairs of mentions by gap, then by where the first and the second stand.
    keys = (gaps * count + rank[:, None]) * count + rank[None, :]
    borders = np.cumsum([0, *map(len, places)])[:-1]
    nearest = np.minimum.reduceat(np.minimum.reduceat(keys, borders, axis=0), borders, axis=1)
    subjects, objects = np.nonzero(~np.eye(len(places), dtype=bool))
    chosen = nearest[subjects, objects]
    ordered = np.argsort(rank)
    a, b = ordered[chosen // count % count], ordered[chosen % count]
    reverse = firsts[a] > firsts[b]
    gap = gaps[a, b]
    start = np.where(reverse, ends[b], ends[a])
    distance = (gap[:, None] > np.array(_GAPS)).sum(axis=1) + 5 * reverse
    return np.stack([subjects, objects, start, start + gap, distance], axis=1)
