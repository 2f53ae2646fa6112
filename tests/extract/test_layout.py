import numpy as np
import pytest

from citeweave.extract.layout import closest, pairs


def one_by_one(places):
    """Every pair's closest mentions looked up by :func:`closest`."""
    rows = []
    for s, subject in enumerate(places):
        for o, other in enumerate(places):
            if s != o:
                a, b = closest(subject, other)
                gap = max(b[0] - a[1], a[0] - b[1], 0)
                start = b[1] if a[0] > b[0] else a[1]
                rows.append([s, o, start, start + gap, sum(gap > g for g in (2, 6, 15, 40)) + 5 * (a[0] > b[0])])
    return rows


@pytest.mark.parametrize("seed", range(20))
def test_all_pairs_at_once_are_those_of_one_by_one(seed):
    draw = np.random.default_rng(seed)
    places = []
    for _ in range(draw.integers(2, 12)):
        firsts = draw.integers(0, 120, draw.integers(1, 6)).tolist()
        places.append([(first, first + int(draw.integers(1, 5))) for first in firsts])
    assert pairs(places).tolist() == one_by_one(places)


def test_order_and_distance():
    assert pairs([[(0, 1), (30, 31)], [(28, 29)]]).tolist() == [[0, 1, 29, 30, 5], [1, 0, 29, 30, 0]]
