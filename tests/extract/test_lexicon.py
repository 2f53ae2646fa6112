"""Words as numbers, as the fast model sees them."""

import numpy as np
import pytest

from citeweave.extract import weights
from citeweave.extract.lexicon import BUCKETS, Lexicon


@pytest.fixture
def lexicon():
    return Lexicon(["the", "network", "bert"])


def test_a_listed_word_has_its_place_in_any_case(lexicon):
    assert len(lexicon) == 4
    assert lexicon.numbers(["the", "Network", "BERT", "unlisted"])[:, 0].tolist() == [1, 2, 3, 0]


def test_words_are_told_apart_by_their_spelling(lexicon):
    rows = lexicon.numbers(["BERT", "Bert", "bert", "DistilBERT", "RoBERTa-2", "77"])
    assert len({tuple(row) for row in rows.tolist()}) == 6
    assert rows[0, 1] == rows[1, 1] == rows[2, 1]  # they begin alike
    assert rows[0, 2] == rows[3, 2]  # they end alike
    assert len({int(shape) for shape in rows[:3, 3]}) == 3


def test_numbers_stay_within_their_tables(lexicon):
    odd = ["", "\ud800", "a" * 5000, "漢字", "é", "_", "\u0000", "🙂", "İ"]
    rows = lexicon.numbers(odd)
    assert rows.shape == (len(odd), 4)
    assert (rows >= 0).all()
    assert (rows < np.array([len(lexicon), *BUCKETS])).all()


def test_no_words_are_no_rows(lexicon):
    assert lexicon.numbers([]).shape == (0, 4)


def test_words_have_the_same_numbers_in_every_process(lexicon):
    # The tables are trained against these numbers, so a change here means that the weights are made anew.
    assert lexicon.numbers(["Transformer"]).tolist() == [[0, 2640, 1683, 124]]


def test_what_is_known_is_forgotten_before_it_grows_without_end(lexicon, monkeypatch):
    monkeypatch.setattr("citeweave.extract.lexicon._KEPT", 10)
    before = lexicon.numbers([f"word{i}" for i in range(50)])
    after = lexicon.numbers([f"word{i}" for i in range(50)])
    assert (before == after).all()
    lexicon.numbers(["more"])
    assert len(lexicon._known) < 10


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="no such model: huge"):
        weights.folder("huge")
