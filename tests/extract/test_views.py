"""The models' views of a text's entities, put together."""

import numpy as np
import pytest

from citeweave.extract import encoder, heads, views
from citeweave.extract.marks import MARKED_SIZES, marked
from citeweave.extract.units import FEATURE_SIZES, units
from citeweave.extract.weights import folder, pair_reader
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES

TEXT = "Nets for sorting\nWe train deep nets on ListSet."


@pytest.fixture
def places():
    cut = units(TEXT)
    words = cut.words()
    deep, listset = words.index("deep"), words.index("ListSet")
    return [[(0, 1), (deep, deep + 2)], [(listset, listset + 1)]]


def test_marks_tell_where_a_mention_begins_and_of_which_type_it_is(places):
    cut = units(TEXT)
    kinds = [ENTITY_TYPES.index("Model"), ENTITY_TYPES.index("Dataset")]
    made = marked(cut, places, kinds)
    said = {cut.words()[i]: mark for i, mark in enumerate(made.features[:, -1].tolist()) if mark}
    begin = [1 + 2 * kind for kind in kinds]
    assert said == {"Nets": begin[0], "deep": begin[0], "nets": begin[0] + 1, "ListSet": begin[1]}
    assert (made.features[:, :-1] == cut.features).all()
    assert made.features.shape[1] == len(MARKED_SIZES) == len(FEATURE_SIZES) + 1
    assert made.features[:, -1].max() < MARKED_SIZES[-1]


def test_shares_weigh_what_each_view_says(places):
    fast = folder("fast")
    reading, head = encoder.shared(fast).read(TEXT), heads.shared(fast)
    kinds = [1, 2]
    vectors = head.entities(reading.units, reading.words, places, kinds)
    one, other = views.View(head, reading.words, vectors, 0.25), views.View(head, reading.words, -vectors, 0.75)
    expected = 0.25 * heads.softmax(head.roles(vectors)) + 0.75 * heads.softmax(head.roles(-vectors))
    np.testing.assert_allclose(views.roles([one, other]), expected, atol=1e-6)
    assert views.roles([one, other]).shape == (2, len(ROLES))
    rows, chances = views.relations([one, other], places, kinds)
    alone = [heads.softmax(head.relations(v.words, v.vectors, places, kinds)[1]) for v in (one, other)]
    np.testing.assert_allclose(chances, 0.25 * alone[0] + 0.75 * alone[1], atol=1e-6)
    assert rows[:, :2].tolist() == [[0, 1], [1, 0]]
    assert chances.shape == (2, 1 + len(RELATION_TYPES))


@pytest.mark.parametrize("model", ["accurate", "fast"])
def test_what_all_views_say_are_probabilities(model, places):
    of = folder(model)
    seen = views.views(encoder.shared(of).read(TEXT), places, [1, 2], of)
    assert len(seen) == 1 + (pair_reader(of) is not None)
    assert sum(view.share for view in seen) == pytest.approx(1)
    np.testing.assert_allclose(views.roles(seen).sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(views.relations(seen, places, [1, 2])[1].sum(axis=1), 1, atol=1e-5)
