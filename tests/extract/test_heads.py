"""The heads' short cuts beside the same computation pair by pair."""

import warnings
from math import erf, sqrt

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from citeweave.extract.activations import gelu, softmax
from citeweave.extract.heads import EntityHead, one_thread
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
    assert rows.tolist() == pairs(places)[:, :2].tolist()
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


def others_one_by_one(w, beside, count):
    """What the other pairs add to each pair's scores, as ``training/network.py`` has it, a pair at a time."""
    wide, narrow = 3 * SIZE // 8, SIZE // 8
    ends = [(s, o) for s in range(count) for o in range(count) if s != o]
    told = {}
    for pair, row in zip(ends, beside, strict=True):
        normed = (row - row.mean()) / np.sqrt(row.var() + 1e-5) * w["others.norm.weight"] + w["others.norm.bias"]
        told[pair] = w["others.told.weight"] @ normed + w["others.told.bias"]
    rows = []
    for s, o in ends:
        own = gelu(told[s, o])[:wide]
        reverse = gelu(told[o, s])[wide : 2 * wide]
        of_subject = np.max([gelu(told[s, k])[2 * wide : 3 * wide] for k in range(count) if k != s], axis=0)
        of_object = np.max([gelu(told[k, o])[3 * wide : 4 * wide] for k in range(count) if k != o], axis=0)
        legs = {p: t[4 * wide :][: 2 * narrow] / (1 + np.exp(-t[4 * wide + 2 * narrow :])) for p, t in told.items()}
        between = [k for k in range(count) if k not in (s, o)]
        onward = sum((legs[s, k][:narrow] * legs[k, o][narrow:] for k in between), np.zeros(narrow))
        together = sum((legs[s, k][:narrow] * legs[o, k][narrow:] for k in between), np.zeros(narrow))
        parts = [own, reverse, of_subject, of_object, onward / sqrt(count), together / sqrt(count)]
        hidden = gelu(w["others.mixed.weight"] @ np.concatenate(parts) + w["others.mixed.bias"])
        rows.append(w["others.relation.weight"] @ hidden + w["others.relation.bias"])
    return np.array(rows)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_other_pairs_add_to_a_pair_what_they_would_one_by_one(count, weights, tmp_path):
    draw = np.random.default_rng(4)
    wide, narrow, told = 3 * SIZE // 8, SIZE // 8, 4 * (3 * SIZE // 8) + 4 * (SIZE // 8)
    shapes = {"norm.weight": (SIZE,), "norm.bias": (SIZE,), "told.weight": (told, SIZE), "told.bias": (told,)}
    shapes |= {"mixed.weight": (SIZE, 4 * wide + 2 * narrow), "mixed.bias": (SIZE,)}
    shapes |= {"relation.weight": (1 + len(RELATION_TYPES), SIZE), "relation.bias": (1 + len(RELATION_TYPES),)}
    more = weights | {f"others.{k}": draw.normal(size=shape).astype(np.float32) for k, shape in shapes.items()}
    made = []
    cut = units(TEXT)
    words = draw.normal(size=(len(cut), WORD)).astype(np.float32)
    places, types = [[(3 * i, 3 * i + 2)] for i in range(count)], [i % len(ENTITY_TYPES) for i in range(count)]
    for held in (weights, more):
        np.savez(tmp_path / "heads.npz", **held)
        head = EntityHead(tmp_path / "heads.npz")
        vectors = head.entities(cut, words, places, types)
        made.append(head.relations(words, vectors, places, types)[1])
    beside = one_by_one(weights, words, vectors, places, types)
    np.testing.assert_allclose(made[1] - made[0], others_one_by_one(more, beside, count), rtol=2e-3, atol=2e-3)


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
