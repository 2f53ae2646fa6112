"""A narrower student out of a trained one: what stays, and that it computes the same where nothing goes."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from training import narrow
from training.network import WORD
from training.student import batch_of, item
from training.student_network import Student, StudentShape, restore, save

from citeweave.extract.lexicon import Lexicon


@pytest.fixture
def shared(corpora):
    return corpora(0)


@pytest.fixture
def lexicon():
    return Lexicon("we nets trees sorting parsing on beat for".split())


@pytest.fixture
def items(shared, lexicon):
    return [item(x, lexicon) for x in narrow.ours(shared, "train")]


@pytest.fixture
def student(lexicon):
    torch.manual_seed(3)
    made = Student(StudentShape(len(lexicon), hidden=32, span=16, attention=2, word=48, head=24))
    torch.nn.init.normal_(made.attention.out.weight, std=0.1)
    return made


def test_where_all_channels_stay_nothing_changes(student, items):
    same = narrow.narrowed(student, narrow.worth(student, items[:2]), 32, 48, 24).eval()
    batch = batch_of(items[:2])
    student.eval()
    with torch.no_grad():
        words, again = student.words(batch), same.words(batch)
        torch.testing.assert_close(again, words)
        torch.testing.assert_close(same.scores(again, batch), student.scores(words, batch))
        example = items[0].example
        places = [[example.spans[i][:2] for i in held] for held in example.entities]
        gaps = [(s, o, 0, 2, 1) for s in range(len(places)) for o in range(len(places)) if s != o]
        for network, rows in ((student, words[0]), (same, again[0])):
            vectors = network.entity.eval().entities(rows, places, example.types, [0] * len(places))
            network.told = network.entity.pairs(rows, vectors, example.types, gaps)
    torch.testing.assert_close(same.told, student.told, atol=1e-4, rtol=1e-3)


def test_the_channels_that_matter_stay(student, items):
    worths = narrow.worth(student, items[:2])
    assert {name: len(value) for name, value in worths.items()} == {
        narrow.STREAM: 32,
        narrow.WORDS: 48,
        narrow.ENTITIES: 24,
        narrow.PAIRS: 24,
    }
    assert all((value > 0).any() for value in worths.values())
    worths[narrow.STREAM][7] = worths[narrow.STREAM].max() + 1
    made = narrow.narrowed(student, worths, 1, 8, 8)
    assert made.shape == replace(student.shape, hidden=1, word=8, head=8)
    torch.testing.assert_close(made.tables[0].weight[:, 0], student.tables[0].weight[:, 7])


def test_a_narrower_start_is_written(shared, student, tmp_path, monkeypatch):
    save(student, tmp_path / "wide.pt")
    (tmp_path / "words.txt").write_text("we\nnets\ntrees\nsorting\nparsing\non\nbeat\nfor", "utf-8")
    options = ["--shared", shared, "--start", tmp_path / "wide.pt", "--vocabulary", tmp_path, "--out", tmp_path / "out"]
    options += ["--hidden", 16, "--word", 24, "--head", 8, "--texts", 3]
    monkeypatch.setattr(sys, "argv", ["narrow", *map(str, options)])
    narrow.main()
    made = restore(tmp_path / "out/last.pt")
    assert (made.shape.hidden, made.shape.word, made.shape.head) == (16, 24, 8)
    assert made.taught.out_features == WORD
