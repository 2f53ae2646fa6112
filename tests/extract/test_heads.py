"""The heads' short cuts beside the same computation pair by pair."""

import warnings
from math import erf, sqrt

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from citeweave.extract.heads import EntityHead, gelu, one_thread, softmax
from citeweave.extract.layout import pairs
from citeweave.extract.units import units
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES

WORD, SIZE = 12, 8
TEXT = "Kites with two tails\nWe fly kites. Kites with two tails, such as KiteNet, beat TailNet on WindBench by 2.3."


@pytest.fixture
def weights():
    draw = np.random.default_rng(3)
    of_word = ("start", "end", "inside", "text", "key", "context", "between")
    shapes = {f"{name}.weight": (SIZE, WORD) for name in of_word}
    for name in ("subject", "object", "left", "right", "query"):
        shapes[f"{name}.weight"] = (SIZE, 2 * SIZE)
    for name in ("start", "subject", "left", "right", "query"):
        shapes[f"{name}.bias"] = (SIZE,)
    shapes |= {"types.weight": (len(ENTITY_TYPES), SIZE), "where.weight": (8, SIZE), "distance.weight": (10, SIZE)}
    shapes |= {"role.weight": (len(ROLES), 2 * SIZE), "role.bias": (len(ROLES),)}
    shapes |= {"role_pairs.weight": (SIZE, len(ROLES) ** 2), "pair_types.weight": (len(ENTITY_TYPES) ** 2, SIZE)}
    shapes |= {"relation.weight": (1 + len(RELATION_TYPES), SIZE), "relation.bias": (1 + len(RELATION_TYPES),)}
    return {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def one_by_one(w, words, vectors, places, types):
    """What the pairs' scores are made of, as ``training/network.py`` computes it, a pair at a time."""
    rows = []
    roles = softmax(vectors @ w["role.weight"].T + w["role.bias"])
    subject, left, right, query = (
        vectors @ w[f"{n}.weight"].T + w[f"{n}.bias"] for n in ("subject", "left", "right", "query")
    )
    attention = query @ (words @ w["key.weight"].T).T / np.sqrt(SIZE)
    for s, o, start, end, distance in pairs(places).tolist():
        between = words[start:end].mean(axis=0) if end > start else np.zeros(WORD)
        both = subject[s] + vectors[o] @ w["object.weight"].T + left[s] * right[o] + between @ w["between.weight"].T
        both += softmax(attention[s] + attention[o]) @ words @ w["context.weight"].T
        both += w["role_pairs.weight"] @ np.outer(roles[s], roles[o]).ravel() + w["distance.weight"][distance]
        both += w["pair_types.weight"][types[s] * len(ENTITY_TYPES) + types[o]]
        rows.append(gelu(both))
    return np.array(rows)


@pytest.mark.parametrize(
    "places",
    [
        [[(0, 4), (8, 12)], [(15, 16)], [(18, 19)], [(20, 21)], [(6, 7), (8, 9)]],
        [[(0, 1)], [(1, 2)]],
        [[(3, 5)], [(3, 5)], [(0, 23)]],
    ],
)
def test_all_pairs_at_once_are_scored_as_one_by_one(places, weights, tmp_path):
    np.savez(tmp_path / "heads.npz", **weights)
    head, cut = EntityHead(tmp_path / "heads.npz"), units(TEXT)
    words = np.random.default_rng(5).normal(size=(len(cut), WORD)).astype(np.float32)
    types = [i % len(ENTITY_TYPES) for i in range(len(places))]
    vectors = head.entities(cut, words, places, types)
    rows, scores = head.relations(words, vectors, places, types)
    assert rows.tolist() == pairs(places).tolist()
    beside = one_by_one(weights, words, vectors, places, types)
    expected = beside @ weights["relation.weight"].T + weights["relation.bias"]
    np.testing.assert_allclose(scores, expected, rtol=1e-3, atol=1e-3)
    assert head.alike(words, vectors, places, types) is None
    weights |= {"same.weight": weights["relation.weight"][:1], "same.bias": np.array([0.5], dtype=np.float32)}
    np.savez(tmp_path / "heads.npz", **weights)
    alike = EntityHead(tmp_path / "heads.npz").alike(words, vectors, places, types)
    for (s, o), one_way in zip(rows[:, :2].tolist(), beside @ weights["same.weight"][0] + 0.5, strict=True):
        back = (beside @ weights["same.weight"][0] + 0.5)[(rows[:, 0] == o) & (rows[:, 1] == s)][0]
        assert alike[s, o] == pytest.approx((one_way + back) / 2, abs=1e-3)


def test_gelu_is_near_the_exact_one_and_silent_where_numbers_are_large():
    x = np.linspace(-9, 9, 400, dtype=np.float32)
    exact = [v / 2 * (1 + erf(v / sqrt(2))) for v in x.tolist()]
    assert np.abs(gelu(x) - exact).max() < 0.001
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gelu(np.array([-1e4, 0, 1e4], dtype=np.float32)).tolist() == [0, 0, 1e4]


def test_one_thread_multiplies_within_and_as_many_as_before_after_it():
    def threads() -> list[int]:
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    before = threads()
    with one_thread(), one_thread():
        assert set(threads()) <= {1}
    assert threads() == before
    with pytest.raises(RuntimeError), one_thread():
        raise RuntimeError
    assert threads() == before
    with one_thread():
        assert set(threads()) <= {1}
