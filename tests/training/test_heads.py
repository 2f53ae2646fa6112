"""The heads trained further over a model's encoder as it is, on toy data."""

import json
import random
import shutil
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")
pytest.importorskip("onnx", reason="training needs onnx")
pytest.importorskip("safetensors", reason="training needs safetensors")

sys.path.insert(0, str(Path(__file__).parents[2]))

from training import heads, lessons
from training.corpora import ours

from citeweave.extract import encoder
from citeweave.extract.activations import softmax
from citeweave.extract.heads import EntityHead
from citeweave.extract.weights import folder
from citeweave.model import RELATION_TYPES, ROLES


@pytest.fixture
def labels(tmp_path, papers):
    """What the accurate model might say of the toy papers."""
    made = tmp_path / "labels"
    made.mkdir()
    (made / "doubtful.jsonl").write_text(json.dumps({"id": "toy-0", "doubtful": [[4, 5, 1, 0.9]]}) + "\n", "utf-8")
    with (made / "pool.jsonl").open("w", encoding="utf-8") as out:
        for title, abstract, model, task, _ in papers:
            entities = [
                {"name": name, "type": kind, "mentions": [name], "roles": [0.9, *[0.0125] * 8]}
                for name, kind in ((model, "Model"), (task, "Task"))
            ]
            told = [[0, 1, [0.1, 0.9, *[0.0] * 9]]]
            line = {"title": title, "abstract": abstract, "id": title, "entities": entities, "pairs": told}
            out.write(json.dumps(line) + "\n")
    return made


def test_heads_learn_what_the_texts_say_while_the_encoder_stays(corpora, labels, fresh, tmp_path, monkeypatch):
    shared, out, fast = corpora(2), tmp_path / "run", folder("fast")
    monkeypatch.setenv("CITEWEAVE_MODEL", str(fast))
    args = Namespace(
        shared=shared, labels=labels, model=fast, out=out, epochs=15, pool=10, pool_weight=0.5, gold_times=2,
        rate=1e-3, forget=0.0, batch=4, held_out=0.0, seed=1, threads=1, fresh=[fresh], others=True,
        only_relations=False,
    )  # fmt: skip
    heads.run(args)
    log = [json.loads(line) for line in (out / "log.jsonl").read_text("utf-8").splitlines()]
    assert log[-1]["loss"][1] < log[0]["loss"][1]
    one = lessons.lesson(ours(shared, "train")[0])
    words = encoder.shared(fast).read_units(one.example.units).words
    after = EntityHead(out / "heads.npz")
    vectors = after.entities(one.example.units, words, one.places, one.types)
    assert [ROLES[i] for i in after.roles(vectors).argmax(axis=1)] == ["introduces", "addresses", "evaluates_on"]
    rows, scores = after.relations(words, vectors, one.places, one.types)
    best = {(s, o): k for (s, o), k in zip(rows[:, :2].tolist(), softmax(scores).argmax(axis=1), strict=True) if k}
    assert best == {pair: int(likely.argmax()) for pair, likely in one.relations.items()}
    assert np.load(out / "heads.npz")["start.weight"].dtype == np.float16

    own = shutil.copytree(fast, tmp_path / "model")
    heads.adopt([out], own)
    adopted, made, start = (np.load(where / "heads.npz") for where in (own, out, fast))
    assert all(np.array_equal(adopted[name], made[name]) for name in made.files)
    assert encoder.load(own).version != encoder.load(fast).version
    heads.adopt([out, fast], own)
    halfway = np.load(own / "heads.npz")["role.weight"].astype(np.float32)
    np.testing.assert_allclose(halfway * 2 - made["role.weight"], start["role.weight"].astype(np.float32), atol=1e-2)


def test_wrong_entities_keep_what_is_said_of_the_rest(corpora):
    one = lessons.lesson(ours(corpora(2), "train")[0], [(0, 1, 3, 0.9)])
    rng = random.Random(3)
    seen = [lessons.amiss(one, rng) for _ in range(200)]
    assert {len(made.places) for made in seen} >= {2, 3, 4}
    for made in seen:
        assert len(made.places) == len(made.types) == len(made.roles)
        names = [one.places.index(held) if held in one.places else -1 for held in made.places]
        for (s, o), likely in made.relations.items():
            assert one.relations[names[s], names[o]] is likely
        assert all(made.roles[i].sum() == 0 for i, name in enumerate(names) if name < 0)


def test_a_text_met_has_the_entities_that_the_model_finds_and_what_the_annotators_say_of_them(tmp_path):
    title = "Recurrent networks for machine translation"
    abstract = "We train recurrent networks on WMT14 and report BLEU. Recurrent networks beat phrase-based systems."
    entities = [
        {"name": "recurrent network", "type": "Model", "role": "uses", "mentions": ["Recurrent networks"]},
        {"name": "machine translation", "type": "Task", "role": "addresses", "mentions": ["machine translation"]},
        {"name": "we", "type": "Concept", "role": "mentions", "mentions": ["We"]},
    ]
    relations = [["recurrent network", "used_for", "machine translation"], ["we", "used_for", "machine translation"]]
    record = {"id": "toy", "title": title, "abstract": abstract, "entities": entities, "relations": relations}
    (one,) = lessons.met(folder(), [record])
    assert one.found
    assert one.beyond == 1  # `We` is no entity that a model finds
    assert [ROLES[i] for i in one.roles[one.roles.sum(1) > 0].argmax(1)] == ["uses", "addresses"]
    ((s, o),) = one.relations
    assert RELATION_TYPES[int(one.relations[s, o].argmax()) - 1] == "used_for"
    with pytest.raises(ValueError, match="CITEWEAVE_MODEL"):
        next(lessons.met(tmp_path, [record]))


def test_relations_can_be_learnt_alone(corpora, labels, fresh, tmp_path, monkeypatch):
    out, fast = tmp_path / "run", folder("fast")
    monkeypatch.setenv("CITEWEAVE_MODEL", str(fast))
    args = Namespace(
        shared=corpora(2), labels=labels, model=fast, out=out, epochs=3, pool=10, pool_weight=0.5, gold_times=2,
        rate=1e-2, forget=0.0, batch=4, held_out=0.0, seed=1, threads=1, fresh=[fresh], others=True,
        only_relations=True,
    )  # fmt: skip
    heads.run(args)
    before, after = np.load(fast / "heads.npz"), np.load(out / "heads.npz")
    assert {name for name in before.files if not np.array_equal(before[name], after[name])} == {
        "relation.weight",
        "relation.bias",
    }
    added = set(after.files) - set(before.files)
    assert {name.partition(".")[0] for name in added} == {"others"}
    assert np.abs(after["others.relation.weight"].astype(np.float32)).max() > 0
