"""Where a text's entities stand: the numbers that the role and relation heads see besides the vectors.

Shared by training and inference, as :mod:`citeweave.extract.units` is.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def between(subject: Sequence[Place], obj: Sequence[Place]) -> tuple[int, int, int]:
    """The units between the closest mentions of two entities, and the class (0 to 9) of order and distance."""
    a, b = closest(subject, obj)
    gap, reverse = _gap(a, b), a[0] > b[0]
    start = b[1] if reverse else a[1]
    return start, start + gap, sum(gap > g for g in _GAPS) + 5 * reverse


def _gap(a: Place, b: Place) -> int:
    return max(b[0] - a[1], a[0] - b[1], 0)


def pairs(places: Sequence[Sequence[Place]]) -> list[tuple[int, int, int, int, int]]:
    """All ordered pairs of entities as (subject, object, from unit, to unit, class of distance)."""
    return [(s, o, *between(places[s], places[o])) for s in range(len(places)) for o in range(len(places)) if s != o]
