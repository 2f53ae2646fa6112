"""Which words sentences write with a capital, counted on toy texts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from training.proper_words import inside, proper


def test_only_words_inside_sentences_count():
    text = "Networks learn. We train Potts models, Chinese corpora (Zenodo) and Random Forests; BERT and x-ray too."
    assert list(inside(text)) == ["train", "Potts", "Chinese", "Zenodo", "and", "Random", "too"]


def test_a_proper_word_is_hardly_ever_written_small():
    texts = ["we fit a Potts model to graphs", "the Potts model on Graphs", "all Potts models", "networks, Networks"]
    assert proper(texts, 2) == ["potts"]
    assert proper(texts, 4) == []
    assert proper([*texts, "the potts model"], 2) == []
