import numpy as np
import pytest

from citeweave.extract.decode import batch_marginals, decode, marginals
from citeweave.extract.units import units


def brute_force(scores):
    """Marginals by listing every segmentation."""
    n, widest, types = scores.shape
    found = np.zeros_like(scores)
    total = 0.0

    def walk(at, weight, chosen):
        nonlocal total
        if at == n:
            total += np.exp(weight)
            for span in chosen:
                found[span] += np.exp(weight)
            return
        walk(at + 1, weight, chosen)
        for w in range(min(widest, n - at)):
            for t in range(types):
                walk(at + w + 1, weight + scores[at, w, t], [*chosen, (at, w, t)])

    walk(0, 0.0, [])
    return found / total


@pytest.mark.parametrize("n", [1, 2, 5])
def test_marginals_are_those_of_all_segmentations(n):
    scores = np.random.default_rng(n).normal(size=(n, 3, 2))
    assert np.allclose(marginals(scores), brute_force(scores))


def test_marginals_of_nothing_and_of_extreme_scores():
    assert marginals(np.zeros((0, 3, 2))).shape == (0, 3, 2)
    extreme = marginals(np.full((4, 3, 2), 800.0))
    assert np.isfinite(extreme).all()
    assert extreme.sum(axis=2).sum() <= 4 + 1e-9
    assert np.allclose(marginals(np.full((4, 3, 2), -800.0)), 0)


def test_marginals_are_the_same_whatever_they_are_batched_with():
    draw = np.random.default_rng(3)
    batch = [draw.normal(scale=4, size=(n, 10, 7)).astype(np.float32) for n in (40, 0, 1, 133, 9, 8, 300)]
    together = batch_marginals(batch)
    assert all(np.array_equal(made, marginals(scores)) for made, scores in zip(together, batch, strict=True))
    assert batch_marginals([]) == []


def test_marginals_of_a_long_text_neither_vanish_nor_overflow():
    scores = np.random.default_rng(4).normal(loc=30, scale=30, size=(3000, 4, 2))
    made = marginals(scores)
    assert np.isfinite(made).all()
    covered = sum(np.roll(np.pad(made[:, w].sum(axis=1), (0, 4)), k) for w in range(4) for k in range(w + 1))
    assert covered.max() < 1 + 1e-9
    assert covered[:3000].mean() > 0.95


def given(text, chances):
    """Marginals for a text from {(words): (type, probability of each occurrence)}."""
    cut = units(text)
    words = cut.words()
    spans = np.zeros((len(words), 10, 7))
    for string, (kind, values) in chances.items():
        parts = string.split()
        places = [i for i in range(len(words)) if words[i : i + len(parts)] == parts]
        for i, value in zip(places, values, strict=True):
            spans[i, len(parts) - 1, kind] = value
    return cut, spans


def test_all_occurrences_of_a_string_are_marked_or_none():
    cut, spans = given("We use dropout . Later dropout again", {"dropout": (0, [0.9, 0.2])})
    assert [(s.first, s.end) for s in decode(cut, spans, 0.4)] == [(2, 3), (5, 6)]
    assert decode(cut, spans, 0.6) == []


def test_variants_in_case_and_number_share_their_evidence_and_one_type():
    cut, spans = given("Dropout Layers \n dropout layer", {"Dropout Layers": (1, [0.3]), "dropout layer": (0, [0.8])})
    made = decode(cut, spans, 0.4)
    assert [(s.first, s.end, s.type) for s in made] == [(0, 2, 0), (2, 4, 0)]


def test_the_longer_string_wins():
    cut, spans = given("deep linear networks", {"deep linear networks": (1, [0.5]), "linear networks": (1, [0.45])})
    assert [(s.first, s.end) for s in decode(cut, spans, 0.4)] == [(0, 3)]


def test_no_mention_tears_brackets_apart_or_ends_in_a_comma():
    cut, spans = given(
        "( approximate ) inference , we", {"approximate ) inference": (0, [0.9]), "inference ,": (0, [0.9])}
    )
    assert decode(cut, spans, 0.4) == []
    cut, spans = given("f ( x ) nets", {"f ( x ) nets": (1, [0.9])})
    assert len(decode(cut, spans, 0.4)) == 1
