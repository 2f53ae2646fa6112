"""The pair reader's recipe on toy data: train on marked texts, export, and read as the heads do in use."""

import json
import random
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")
pytest.importorskip("onnx", reason="training needs onnx")
pytest.importorskip("safetensors", reason="training needs safetensors")

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from tokenizers import Tokenizer
from training import pairs
from training.corpora import ours
from training.encoder import pretrained as first_layers
from training.network import Reader
from training.pair_export import export
from training.train import Batcher
from training.vocabulary import count, prune

from citeweave.extract.encoder import load
from citeweave.extract.heads import EntityHead
from citeweave.extract.layout import standing
from citeweave.extract.marks import MARKED_SIZES, marked


@pytest.fixture
def labels(tmp_path, papers):
    """What the accurate model might say of the toy papers."""
    folder = tmp_path / "labels"
    folder.mkdir()
    (folder / "doubtful.jsonl").write_text(json.dumps({"id": "toy-0", "doubtful": [[4, 5, 1, 0.9]]}) + "\n", "utf-8")
    with (folder / "pool.jsonl").open("w", encoding="utf-8") as out:
        for title, abstract, model, task, _ in papers:
            entities = [
                {"name": name, "type": kind, "mentions": [name], "roles": [0.9, *[0.0125] * 8]}
                for name, kind in ((model, "Model"), (task, "Task"))
            ]
            told = [[0, 1, [0.1, 0.9, *[0.0] * 9]]]
            out.write(
                json.dumps({"title": title, "abstract": abstract, "id": title, "entities": entities, "pairs": told})
                + "\n"
            )
    return folder


def test_from_marked_texts_to_a_pair_reader(corpora, pretrained, labels, tmp_path):
    shared, vocabulary, out = corpora(2), tmp_path / "vocabulary", tmp_path / "run"
    (shared / "corpora/scierc").mkdir()
    (shared / "corpora/scierc/train.json").write_text("", "utf-8")
    tokenizer = Tokenizer.from_file(str(pretrained / "tokenizer.json"))
    prune(pretrained, vocabulary, count(tokenizer, shared / "corpora/abstracts/abstracts.jsonl.gz", 1), 1)
    args = Namespace(
        shared=shared, encoder=pretrained, vocabulary=vocabulary, labels=labels, out=out, layers=1, epochs=8, pool=2,
        pool_epochs=2, pool_weight=0.5, rate=2e-3, head_rate=5e-3, decay=0.9, budget=128, held_out=0.2, documents=None,
        limit=0, seed=1, threads=1,
    )  # fmt: skip
    pairs.run(args)
    log = [json.loads(line) for line in (out / "log.jsonl").read_text("utf-8").splitlines()]
    assert log[-1]["loss"][0] < log[0]["loss"][0] / 2
    assert log[-1]["loss"][1] < log[0]["loss"][1] / 2

    export([out / "last.pt"], vocabulary, tmp_path / "pairs", "float", share=0.3)
    reader, head = load(tmp_path / "pairs"), EntityHead(tmp_path / "pairs/heads.npz")
    assert reader.share == 0.3
    one = pairs.lesson(ours(shared, "dev")[0])
    cut = marked(one.example.units, one.places, one.types)
    words = reader.read_units(cut).words
    made = head.entities(cut, words, one.places, one.types)
    keep = json.loads((vocabulary / "keep.json").read_text("utf-8"))
    network = Reader(first_layers(pretrained, 1, keep, sizes=MARKED_SIZES), MARKED_SIZES, pairs.WORD, pairs.HEAD)
    network.load_state_dict(torch.load(out / "last.pt", weights_only=True)["network"])
    network.eval()
    batcher = Batcher(Tokenizer.from_file(str(vocabulary / "tokenizer.json")), MARKED_SIZES)
    with torch.no_grad():
        wanted = network.words(batcher.batch([pairs.marked_example(one)]))[0]
        places = [standing(cut, held) for held in one.places]
        entities = network.entity.entities(wanted, one.places, one.types, places)
    assert np.abs(words - wanted.numpy()).max() < 0.05
    assert np.abs(made - entities.numpy()).max() < 0.05
    plain = reader.read_units(marked(one.example.units, [], [])).words
    assert np.abs(plain - words).max() > 0.01  # the marks are seen
    assert reader.read_units(marked(load(tmp_path / "pairs").read("").units, [], [])).words.shape == (0, pairs.WORD)


def test_wrong_marks_keep_what_is_said_of_the_rest(corpora):
    one = pairs.lesson(ours(corpora(2), "train")[0], [(0, 1, 3, 0.9)])
    rng = random.Random(3)
    seen = [pairs.amiss(one, rng) for _ in range(200)]
    assert {len(made.places) for made in seen} >= {2, 3, 4}
    for made in seen:
        assert len(made.places) == len(made.types) == len(made.roles)
        names = [one.places.index(held) if held in one.places else -1 for held in made.places]
        for (s, o), likely in made.relations.items():
            assert one.relations[names[s], names[o]] is likely
        assert all(made.roles[i].sum() == 0 for i, name in enumerate(names) if name < 0)
    assert one.example.units.features.shape[1] == 4
