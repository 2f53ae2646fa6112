"""SciERC and SciER as the literature reads and scores them, on toy texts."""

import itertools
import json
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from training import protocols
from training.encoder import Encoder, Shape
from training.network import Network
from training.train import Batcher

RECORD = {
    "doc_key": "toy",
    "sentences": [["We", "use", "LSTMs", "(", "LSTM", ")", "for", "parsing", "."], ["LSTMs", "beat", "trees", "."]],
    "ner": [[[2, 2, "Method"], [4, 4, "Method"], [7, 7, "Task"]], [[9, 9, "Method"], [11, 11, "Method"]]],
    "relations": [[[2, 2, 7, 7, "USED-FOR"]], [[9, 9, 11, 11, "COMPARE"]]],
}


@pytest.fixture
def shared(tmp_path):
    (tmp_path / "corpora/scierc").mkdir(parents=True)
    (tmp_path / "corpora/scier").mkdir()
    (tmp_path / "corpora/scierc/dev.json").write_text(json.dumps(RECORD) + "\n", "utf-8")
    rows = [
        {"doc_id": "1", "sentence": "We use LSTMs for parsing .", "ner": [["LSTMs", "Method"], ["parsing", "Task"]],
         "rel": [["LSTMs", "Used-For", "parsing"]]},
        {"doc_id": "1", "sentence": "LSTMs win , LSTMs last .", "ner": [["LSTMs", "Method"]], "rel": []},
        {"doc_id": "2", "sentence": "No name here .", "ner": [], "rel": []},
    ]  # fmt: skip
    (tmp_path / "corpora/scier/dev.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return tmp_path


def test_scierc_is_told_apart_by_place(shared):
    (text,) = protocols.scierc(shared, "dev")
    words = text.example.units.text
    assert {words[a:b]: label for (a, b), label in text.entities.items()} == {
        "LSTMs": "Method", "LSTM": "Method", "parsing": "Task", "trees": "Method",
    }  # fmt: skip
    assert {text.key(first, end) for first, end, _ in text.example.spans} == set(text.entities)
    assert {(words[slice(*s)], p, words[slice(*o)]) for s, p, o in text.relations} == {
        ("LSTMs", "USED-FOR", "parsing"), ("LSTMs", "COMPARE", "trees"),
    }  # fmt: skip
    rows = protocols.pair_rows(text, text.example.spans)
    assert {(s, o) for s, o, *_ in rows} == {*itertools.permutations((0, 1, 2), 2), *itertools.permutations((3, 4), 2)}


def test_scier_is_told_apart_by_sentence_and_string(shared):
    first, second = protocols.scier(shared, "dev")
    assert first.entities == {(0, "LSTMs"): "Method", (0, "parsing"): "Task", (1, "LSTMs"): "Method"}
    assert first.relations == {((0, "LSTMs"), "Used-For", (0, "parsing"))}
    assert [first.key(a, b) for a, b, _ in first.example.spans] == [
        (0, "LSTMs"), (0, "parsing"), (1, "LSTMs"), (1, "LSTMs"),
    ]  # fmt: skip
    assert (second.entities, second.relations, second.example.spans) == ({}, set(), [])


def test_the_best_segmentation_is_the_best_of_all():
    scores = np.random.default_rng(3).normal(size=(5, 3, 2))

    def total(spans):
        return sum(scores[a, b - a - 1, t] for a, b, t in spans)

    possible = [(a, b, t) for a in range(5) for b in range(a + 1, min(a + 3, 5) + 1) for t in range(2)]
    apart = [
        chosen
        for size in range(6)
        for chosen in itertools.combinations(possible, size)
        if all(x[1] <= y[0] for x, y in itertools.pairwise(chosen))
    ]
    assert protocols.best_spans(scores) == list(max(apart, key=total))


def test_a_tiny_network_is_trained_and_scored(shared, capsys):
    letters = "abcdefghijklmnopqrstuvwxyz().,"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters)]
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = Network(Encoder(Shape(len(tokens), 32, 2, 64, 1, 512, False)))
    texts = list(protocols.scierc(shared, "dev"))
    args = Namespace(seed=1, epochs=6, budget=512, rate=2e-3, head_rate=5e-3, decay=0.9, relation_weight=0.3)
    batcher = Batcher(tokenizer)
    protocols.fit(network, batcher, texts, args)
    losses = [float(line.split("[")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert len(losses) == 6
    assert losses[-1] < losses[0] / 2
    own, given = protocols.evaluate(network, batcher, texts)
    assert (own.entities.true, own.relations.true, given.relations.true) == (5, 2, 2)
    assert given.entities.figures()[2] == 1
