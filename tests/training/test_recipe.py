"""The whole recipe on toy data with a tiny encoder of random weights: vocabulary, train, export, read."""

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
import torch.nn.functional as F  # noqa: N812
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from training import restore, train
from training.corpora import from_annotation, ours
from training.encoder import Encoder, Shape
from training.export import export
from training.network import Batch, Network, _SemiMarkov
from training.network import EntityHead as TrainedHead
from training.parted import parted, sameness_loss
from training.vocabulary import count, prune

from citeweave.extract.encoder import load
from citeweave.extract.heads import EntityHead

HIDDEN = 64


@pytest.fixture
def shared(corpora):
    """Toy annotations and abstracts in the layout of the shared material."""
    return corpora(2)


@pytest.fixture
def pretrained(tmp_path):
    """A BERT of one layer and random weights, with its tokenizer, as a hub would hand it out."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-.,"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters), "nets", "trees", "unheard"]
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": "bert", "hidden_size": HIDDEN, "num_attention_heads": 2, "intermediate_size": 128}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    torch.manual_seed(0)
    sizes = {
        "embeddings.word_embeddings.weight": (len(tokens), HIDDEN),
        "embeddings.position_embeddings.weight": (512, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
    }
    layer = "encoder.layer.0."
    for name in ("query", "key", "value"):
        sizes[f"{layer}attention.self.{name}.weight"] = (HIDDEN, HIDDEN)
    sizes[f"{layer}attention.output.dense.weight"] = (HIDDEN, HIDDEN)
    sizes[f"{layer}intermediate.dense.weight"] = (128, HIDDEN)
    sizes[f"{layer}output.dense.weight"] = (HIDDEN, 128)
    weights = {name: torch.randn(size) * 0.05 for name, size in sizes.items()}
    biases = {n.replace("weight", "bias"): torch.zeros(v.shape[0]) for n, v in weights.items() if n.startswith(layer)}
    norms = ("embeddings.LayerNorm", f"{layer}attention.output.LayerNorm", f"{layer}output.LayerNorm")
    for name in norms:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = torch.ones(HIDDEN), torch.zeros(HIDDEN)
    save_file({**weights, **biases}, folder / "model.safetensors")
    return folder


def test_from_corpora_to_a_model_that_reads(shared, pretrained, fresh, tmp_path):
    vocabulary, out = tmp_path / "vocabulary", tmp_path / "run"
    tokenizer = Tokenizer.from_file(str(pretrained / "tokenizer.json"))
    kept = prune(pretrained, vocabulary, count(tokenizer, shared / "corpora/abstracts/abstracts.jsonl.gz", 1), 1)
    assert kept < tokenizer.get_vocab_size()
    assert "unheard" not in Tokenizer.from_file(str(vocabulary / "tokenizer.json")).get_vocab()
    args = Namespace(
        shared=shared, encoder=pretrained, vocabulary=vocabulary, out=out, layers=1, epochs=6, warm=0,
        auxiliary_share=0.0, pseudo=None, pseudo_weight=0.5, pseudo_epochs=0, start=None, rate=2e-3, head_rate=5e-3,
        decay=0.9, budget=128, held_out=0.0, limit=0, seed=1, threads=1, rank=0, world=1, meet=20, relation_weight=0.15,
        trusting=1, documents=None, same_weight=0.1, frozen=0, fresh=[fresh], fresh_documents=1,
    )  # fmt: skip
    train.run(args)
    log = [json.loads(line) for line in (out / "log.jsonl").read_text("utf-8").splitlines()]
    assert log[-1]["loss"][0] < log[0]["loss"][0] / 2
    assert log[-1]["dev"][2] > 0.5  # the dev texts are those of the training part, so they can be learnt by heart

    saved = torch.load(out / "last.pt", weights_only=True)
    start = [out / "last.pt", out / "last.pt"]
    on = {"encoder": None, "start": start, "out": tmp_path / "on", "frozen": 1, "epochs": 2}
    train.run(Namespace(**{**vars(args), **on}))
    went_on = torch.load(tmp_path / "on/last.pt", weights_only=True)
    changed = {name for name, value in saved["network"].items() if not torch.equal(value, went_on["network"][name])}
    assert "spans.start.weight" in changed
    assert not {name for name in changed if name.startswith("encoder.")}

    network = Network(train.pretrained(pretrained, 1, json.loads((vocabulary / "keep.json").read_text("utf-8"))))
    network.load_state_dict(saved["network"])
    network.eval()
    example = ours(shared, "dev")[0]
    batch = train.Batcher(Tokenizer.from_file(str(vocabulary / "tokenizer.json"))).batch([example])
    with torch.no_grad():
        words = network.words(batch)
        scores = network.scores(words, batch)[0].numpy()
    for precision, most in (("float", 0.1), ("int8", 0.3)):
        export([out / "last.pt"], vocabulary, tmp_path / precision, precision)
        reading = load(tmp_path / precision).read(example.units.text)
        assert np.abs(reading.words - words[0].numpy()).max() < most
        possible = scores > -1e8
        assert np.abs(reading.scores - scores)[possible].max() < 3 * most
    head = EntityHead(tmp_path / "float/heads.npz")
    places = [[example.spans[i][:2] for i in held] for held in example.entities]
    made = head.entities(example.units, words[0].numpy(), places, example.types)
    with torch.no_grad():
        standing = [train.standing(example.units, p) for p in places]
        expected = network.entity.entities(words[0], places, example.types, standing)
        rows = train.pairs(places)
        pairs = network.entity.pairs(words[0], expected, example.types, rows)
        same = network.entity.alike(words[0], expected, example.types, rows)
    assert np.abs(made - expected.numpy()).max() < 0.02
    assert np.abs(head.relations(words[0].numpy(), made, places, example.types)[1] - pairs.numpy()).max() < 0.1
    square = np.zeros((len(places), len(places)))
    square[rows[:, 0], rows[:, 1]] = same.numpy()
    alike = head.alike(words[0].numpy(), made, places, example.types)
    beside = ~np.eye(len(places), dtype=bool)
    assert np.abs(alike - (square + square.T) / 2)[beside].max() < 0.1


def test_entities_parted_in_two_are_learnt_to_be_one():
    torch.manual_seed(0)
    title, abstract = "Deep gate nets", "We try gate nets on trees. Deep gate nets beat trees."
    record = {
        "id": "toy",
        "entities": [
            {
                "name": "deep gate nets",
                "type": "Model",
                "role": "introduces",
                "mentions": ["Deep gate nets", "gate nets"],
            },
            {"name": "trees", "type": "Model", "role": "compares", "mentions": ["trees"]},
        ],
    }
    example = from_annotation(record, title, abstract)
    made = [parted(example, len(example.units), random.Random(seed)) for seed in range(20)]
    assert {tuple(owners) for _, owners in made} == {(0, 1), (0, 0, 1)}
    whole = sorted(example.spans[i][:2] for i in example.entities[0])
    for places, owners in made:
        assert sorted(p for held, owner in zip(places, owners, strict=True) if owner == 0 for p in held) == whole
    network = Network(Encoder(Shape(30, hidden=32, heads=2, inner=64, layers=1, positions=200, relative=False)))
    words = torch.randn(1, len(example.units), 320)
    zeros = torch.zeros(1, 1)
    batch = Batch("ours", zeros, zeros, zeros, zeros, zeros, zeros, torch.tensor([len(example.units)]), [example])
    optimiser = torch.optim.Adam(network.entity.parameters(), lr=3e-3)
    losses = []
    for seed in range(40):
        loss = sameness_loss(network, words, batch, random.Random(seed))
        if loss.requires_grad:
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
    assert 0 < len(losses) < 40  # where nothing is parted there is nothing to learn
    assert sum(losses[-5:]) / 5 < losses[0] / 3


def test_other_annotators_ways_are_learnt_apart():
    torch.manual_seed(1)
    head = TrainedHead(word=24, head=16, others=True)
    words, rows = torch.randn(9, 24), [(0, 1, 1, 2, 0), (1, 0, 1, 2, 5)]

    def told(style: int) -> torch.Tensor:
        vectors = head.entities(words, [[(0, 1)], [(2, 4)]], [1, 3], [0, 0])
        return head.pairs(words, vectors, [1, 3], rows, style=style)

    head.eval()
    torch.testing.assert_close(told(0), told(2))
    optimiser = torch.optim.Adam([head.styles.weight, head.style_relations.weight], lr=0.1)
    alone = told(0).detach()
    for _ in range(30):  # the second part's annotators join whatever two entities there are
        loss = F.cross_entropy(told(2), torch.tensor([4, 4]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert told(2).argmax(1).tolist() == [4, 4]
    torch.testing.assert_close(told(0), alone)
    torch.testing.assert_close(told(1), alone)


def test_the_semi_markov_loss_has_the_gradient_it_claims():
    torch.manual_seed(0)
    totals = torch.randn(1, 4, 3, dtype=torch.double)
    ends = torch.arange(4)[:, None] + torch.arange(1, 4)[None]
    totals = totals.masked_fill((ends > 4)[None], -1e9).requires_grad_()

    def log_z(t):
        return _SemiMarkov.apply(t, torch.tensor([4])).sum()

    (claimed,) = torch.autograd.grad(log_z(totals), totals)
    for i, w in ((0, 0), (1, 2), (3, 0)):
        step = torch.zeros_like(totals)
        step[0, i, w] = 1e-5
        numeric = (log_z(totals.detach() + step) - log_z(totals.detach() - step)) / 2e-5
        assert claimed[0, i, w].item() == pytest.approx(numeric.item(), abs=1e-6)


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("precision", ["float", "int8"])
def test_a_model_restored_from_its_export_is_exported_alike(tmp_path, precision, relative):
    torch.manual_seed(0)
    shape = Shape(30, hidden=32, heads=2, inner=64, layers=2, positions=200, relative=relative)
    network = Network(Encoder(shape))
    torch.save({"network": network.state_dict(), "shape": vars(shape)}, tmp_path / "last.pt")
    (tmp_path / "tokenizer.json").write_text("{}", "utf-8")
    first, again = tmp_path / "first", tmp_path / "again"
    export([tmp_path / "last.pt"], tmp_path, first, precision)
    restore.restore(first, again)
    export([again / "last.pt"], again, tmp_path / "second", precision)
    for name in ("encoder.onnx", "heads.npz", "tokenizer.json", "model.json"):
        assert (tmp_path / "second" / name).read_bytes() == (first / name).read_bytes()
