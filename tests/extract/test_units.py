import re

import pytest

from citeweave.extract.forms import normal_form
from citeweave.extract.occurrences import occurrences, whole_words
from citeweave.extract.units import FEATURE_SIZES, shape, units
from citeweave.words import singular


def test_units_tile_the_words_and_signs():
    cut = units("ImageNet-pretrained nets\nGPT-2, e.g.")
    assert cut.words() == ["ImageNet", "-", "pretrained", "nets", "GPT", "-", "2", ",", "e", ".", "g", "."]
    assert cut.part(4, 7) == "GPT-2"


@pytest.mark.parametrize("text", ["", " ", "\n", "\u0301", "\U0001f600", "a_b", "中文", "ß ǅ ٣"])
def test_features_stay_within_their_tables(text):
    cut = units(text)
    assert cut.features.shape == (len(cut), 4)
    assert all((cut.features[:, i] < FEATURE_SIZES[i]).all() and (cut.features[:, i] >= 0).all() for i in range(4))


def test_shapes_tell_spellings_apart():
    assert len({shape(w) for w in ("adam", "Adam", "ADAM", "RNNs", "ResNet", "A", "12", "VGG16", "-", ",")}) == 10


def test_units_are_capped():
    assert len(units("a " * 50, limit=10)) == 10


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("networks", "network"),
        ("RNNs", "RNN"),
        ("strategies", "strategy"),
        ("losses", "loss"),
        ("analysis", "analysis"),
        ("SGNS", "SGNS"),
        ("dynamics", "dynamics"),
        ("corpus", "corpus"),
        ("bias", "bias"),
    ],
)
def test_singular(word, expected):
    assert singular(word) == expected


def test_normal_form_joins_variants():
    assert normal_form("Recurrent Neural-Networks") == normal_form("recurrent neural network")
    assert normal_form("--") == ""


@pytest.mark.parametrize(
    ("text", "string"),
    [("ab ab_ abab éab ab", "ab"), ("aa aaa", "aa"), ("a.a.a", "a."), ("x", "x"), ("", "x"), ("²a a", "a")],
)
def test_whole_words_are_those_of_the_regular_expression(text, string):
    expected = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(string)}(?!\w)", text)]
    assert list(whole_words(text, string)) == expected


def test_occurrences_longest_first_whole_words_only():
    text = "deep networks, networks, subnetworks"
    made = occurrences(text, [("networks", "a"), ("deep networks", "b")])
    assert made == {(0, 13): "b", (15, 23): "a"}


def test_features_tell_glue_place_and_count():
    cut = units("Deep-nets\nDeep nets. deep ...")
    assert cut.words() == ["Deep", "-", "nets", "Deep", "nets", ".", "deep", ".", ".", "."]
    assert cut.features[:, 1].tolist() == [1, 3, 2, 0, 1, 2, 0, 1, 3, 2]
    assert cut.features[:, 2].tolist() == [3, 2, 2, 1, 0, 0, 1, 0, 0, 0]
    assert cut.features[:, 3].tolist() == [2, 1, 2, 2, 2, 3, 2, 3, 3, 3]
