"""Where a text's entities stand: the numbers that the role and relation heads see besides the vectors.

Shared by training and inference, as :mod:`citeweave.extract.units` is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.units import Units

Place = tuple[int, int]
Numbers = NDArray[np.int64]
_GAPS = np.array((2, 6, 15, 40))


def standing(cut: Units, places: Sequence[Place]) -> int:
    """Class 0 to 7 of an entity: four and more if the title names it, plus its mentions beyond one, up to three."""
    in_title = any(int(cut.features[first, 2]) >= 2 for first, _ in places)
    return 4 * in_title + min(len(places), 4) - 1


def closest(subject: Sequence[Place], obj: Sequence[Place]) -> tuple[Place, Place]:
    """The mentions of two entities with the fewest units between them, the earliest where several are as near."""
    return min(((a, b) for a in subject for b in obj), key=lambda p: (_gap(*p), *p))


def _gap(a: Place, b: Place) -> int:
    return max(b[0] - a[1], a[0] - b[1], 0)


def pairs(places: Sequence[Sequence[Place]]) -> Numbers:
    """All ordered pairs of entities, a row each: subject, object, from unit, to unit, class of distance.

    The units are those between the :func:`closest` mentions of the two; the class, 0 to 9, tells order and distance.
    """
    return rows_of(grid(places))


def grid(places: Sequence[Sequence[Place]]) -> Numbers:
    """From unit, to unit and class as of :func:`pairs`, (3, subjects, objects), with each entity beside itself too."""
    held = np.array([place for of_one in places for place in of_one], dtype=np.int64).reshape(-1, 2)
    firsts, ends = held.T
    count = len(held)
    ordered = np.lexsort((ends, firsts))
    rank = np.empty(count, dtype=np.int64)
    rank[ordered] = np.arange(count)
    apart = firsts - ends[:, None]
    gaps = np.maximum(np.maximum(apart, apart.T), 0)
    # One number orders pairs of mentions by gap, then by where the first and the second stand.
    keys = (gaps * count + rank[:, None]) * count + rank
    if len(places) < count:
        borders = np.cumsum([0, *map(len, places)])[:-1]
        keys = np.minimum.reduceat(np.minimum.reduceat(keys, borders, axis=0), borders, axis=1)
    rest, second = np.divmod(keys, count)
    gap, first = np.divmod(rest, count)
    a, b = ordered[first], ordered[second]
    reverse = firsts[a] > firsts[b]
    start = np.where(reverse, ends[b], ends[a])
    distance = np.searchsorted(_GAPS, gap) + (len(_GAPS) + 1) * reverse
    return np.stack([start, start + gap, distance])


def rows_of(between: Numbers) -> Numbers:
    """The rows of :func:`pairs` from a :func:`grid`."""
    subjects, objects = ordered_pairs(between.shape[1])
    return np.stack([subjects, objects, *between[:, subjects, objects]], axis=1)


@lru_cache(maxsize=128)
def ordered_pairs(count: int) -> tuple[Numbers, Numbers]:
    """Subjects and objects of all ordered pairs of so many things."""
    subjects, objects = np.nonzero(~np.eye(count, dtype=bool))
    return subjects, objects
