"""The recipe of the coreference judges, and what the accurate model says of a text's pairs."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")

sys.path.insert(0, str(Path(__file__).parents[2]))

from training import coreference, lessons, pair_labels

from citeweave.extract.coreference import Judge
from citeweave.extract.pipeline import build


def test_judges_learn_and_the_shipped_reader_of_their_weights_agrees(tmp_path):
    draw = np.random.default_rng(1)
    x = draw.normal(size=(600, 5)).astype(np.float32)
    y = (x[:, 1] > 0.3).astype(np.float32)
    weights = coreference.fit(x, y, count=2, epochs=300, seed=1)
    np.savez(tmp_path / "coreference.npz", threshold=np.array(0.5), **weights)
    made = Judge(tmp_path / "coreference.npz").chances(x.tolist()) >= 0.5
    assert (made == (y > 0)).mean() > 0.95


def test_pairs_of_the_annotated_texts_are_labelled_by_the_annotators():
    text = "Deep gate nets\nWe propose deep gate nets for parsing. Gate nets beat deep random forests on parsing."
    record = {
        "text": text,
        "entities": [
            {"name": "deep gate net", "mentions": ["Deep gate nets", "deep gate nets", "Gate nets"]},
            {"name": "deep random forest", "mentions": ["deep random forests"]},
            {"name": "parsing", "mentions": ["parsing"]},
        ],
    }
    features, same = coreference.pairs([record])
    assert len(features) == len(same) > 0
    assert set(same.tolist()) <= {0.0, 1.0}


def test_what_the_model_says_of_a_text_becomes_a_lesson(tmp_path):
    title = "Recurrent networks for machine translation"
    abstract = "We train recurrent networks on WMT14 and report BLEU. Recurrent networks beat phrase-based systems."
    nlp = build(only=("sentences", "entities", "abbreviations", "grouping", "coreference"))
    said = pair_labels.seen(nlp, {"id": "toy", "title": title, "abstract": abstract})
    (tmp_path / "pool.jsonl").write_text(json.dumps(said) + "\n", "utf-8")
    (one,) = lessons.taught(tmp_path / "pool.jsonl", 0.5)
    assert len(one.places) == len(said["entities"]) > 1
    np.testing.assert_allclose(one.roles.sum(1).numpy(), 1, atol=0.01)
    assert one.relations
    assert all(abs(float(likely.sum()) - 1) < 0.01 for likely in one.relations.values())
    assert one.weight == 0.5
