"""The recipe of the fast model on toy data: vocabulary, labels of a teacher, training, export, reading."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")
pytest.importorskip("onnx", reason="training needs onnx")
pytest.importorskip("safetensors", reason="training needs safetensors")
pytest.importorskip("bibtexparser", reason="building a workspace needs the readers")

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models
from training import restore as restoring
from training import student, student_labels, student_vocabulary
from training.student_export import export
from training.student_network import WIDEST, StudentShape, restore

from citeweave.extract.encoder import load
from citeweave.extract.heads import EntityHead
from citeweave.extract.layout import standing
from citeweave.extract.lexicon import Lexicon
from citeweave.weave import build


@pytest.fixture
def shared(corpora):
    """Toy annotations in the layout of the shared material; no dev document, as all texts are alike."""
    return corpora(0)


@pytest.fixture
def vocabulary(shared, tmp_path):
    """The toy texts' words, with vectors from a table of letters."""
    encoder, folder = tmp_path / "encoder", tmp_path / "vocabulary"
    encoder.mkdir()
    folder.mkdir()
    letters = "abcdefghijklmnopqrstuvwxyz."
    tokens = ["[UNK]", *letters, *(f"##{c}" for c in letters)]
    Tokenizer(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]")).save(
        str(encoder / "tokenizer.json")
    )
    table = np.random.default_rng(0).normal(size=(len(tokens), 48)).astype(np.float32)
    save_file({"embeddings.word_embeddings.weight": table}, encoder / "model.safetensors")
    words = student_vocabulary.frequent(shared / "corpora/abstracts/abstracts.jsonl.gz", 1, 12, 1)
    assert words[0] == "."
    assert "nets" in words
    (folder / "words.txt").write_text("\n".join(words), "utf-8")
    np.save(folder / "words.npy", student_vocabulary.vectors(encoder, words, 32))
    return folder


def test_from_a_teacher_to_a_fast_model_that_reads(shared, papers, vocabulary, tmp_path, monkeypatch):
    page = tmp_path / "papers.jsonl"
    page.write_text("".join(json.dumps({"title": t, "abstract": a}) + "\n" for t, a, *_ in papers), "utf-8")
    build(page, tmp_path / "workspace", to=())
    said = list(student_labels.said(tmp_path / "workspace", set()))
    student_labels.write(_folder(tmp_path / "said") / "0000.npz", [t for t, _ in said], [o for _, o in said])
    lessons = list(student_labels.lessons(tmp_path / "said"))
    assert [x.units.text for x in lessons] == [f"{t}\n{a}" for t, a, *_ in papers]
    assert [x.chances.min() for x in lessons if len(x.chances)] and all((x.chances > 0).all() for x in lessons)
    assert all((x.spans[:, 3:] >= 0).all() for x in lessons), [x.spans.tolist() for x in lessons]
    parts = {x.units.part(a, b) for x in lessons for a, b, *_ in x.spans.tolist()}
    assert parts & {"nets", "Nets", "trees", "sorting", "parsing", "ListSet", "TreeSet"}

    read = tmp_path / "read"
    argv = ["labels", "--shared", str(shared), "--out", str(read), "--texts", "4", "--shard", "2"]
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(student_labels, "SHORTEST", 10)
    student_labels.main()
    assert len(list(student_labels.lessons(read))) == 4
    assert all(len(x.vectors) == len(x.units) for x in student_labels.lessons(read))

    monkeypatch.setattr(student, "SHAPE", {"hidden": 32, "span": 16})
    options = ["--shared", shared, "--vocabulary", vocabulary, "--labels", read, tmp_path / "said"]
    options += ["--out", tmp_path / "run", "--epochs", 40, "--budget", 150, "--rate", 1e-2, "--held-out", 0.3]
    options += ["--entities-every", 2, "--forget", 0]
    student.run(student.arguments(map(str, options)))
    log = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text("utf-8").splitlines()]
    assert log[-1]["loss"][0] < log[0]["loss"][0] / 2
    assert log[-1]["held_out"] > 0.5  # the texts are alike, so they can be learnt by heart

    network = restore(tmp_path / "run/last.pt")
    network.eval()
    lexicon = Lexicon((vocabulary / "words.txt").read_text("utf-8").split("\n"))
    example = student.ours(shared, "train")[0]
    batch = student.batch_of([student.item(example, lexicon)])
    with torch.no_grad():
        words = network.words(batch)
        scores = network.scores(words, batch)[0].numpy()
    possible = scores > -1e8
    for precision, most in (("float", 0.2), ("int8", 0.5)):
        export([tmp_path / "run/last.pt"], vocabulary, tmp_path / precision, precision)
        encoder = load(tmp_path / precision)
        assert encoder.width == WIDEST
        reading = encoder.read(example.units.text)
        assert reading.scores.shape == scores.shape
        assert np.abs(reading.words - words[0].numpy()).max() < most
        assert np.abs(reading.scores - scores)[possible].max() < 5 * most
        assert encoder.read("").words.shape == (0, words.shape[2])
        assert len(encoder.read("one").scores) == 1
    texts = [example.units.text, "", "x", "A longer one. " * 300]
    alone = [encoder.read(t) for t in texts]
    together = list(encoder.read_all(texts * 3, threads=3))
    for one, other in zip(alone * 3, together, strict=True):
        assert one.words.tobytes() == other.words.tobytes()
        assert one.scores.tobytes() == other.scores.tobytes()
    head = EntityHead(tmp_path / "int8/heads.npz")
    places = [[example.spans[i][:2] for i in held] for held in example.entities]
    vectors = head.entities(example.units, words[0].numpy(), places, example.types)
    with torch.no_grad():
        where = [standing(example.units, p) for p in places]
        expected = network.entity.entities(words[0], places, example.types, where)
    assert np.abs(vectors - expected.numpy()).max() < 0.02


def test_a_seed_fixes_what_is_learnt(shared, vocabulary, tmp_path, monkeypatch):
    monkeypatch.setattr(student, "SHAPE", {"hidden": 32, "span": 16})
    made = []
    for name in ("a", "b"):
        options = ["--shared", shared, "--vocabulary", vocabulary, "--out", tmp_path / name, "--epochs", 1]
        student.run(student.arguments(map(str, options)))
        made.append(restore(tmp_path / name / "last.pt").state_dict())
    assert all(torch.equal(made[0][k], made[1][k]) for k in made[0])


def test_fresh_annotations_are_learnt_from_or_kept_back(shared, vocabulary, fresh, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(student, "SHAPE", {"hidden": 32, "span": 16})
    for share, said in ((0, "8 + 1 annotated, 0 + 0 held out"), (0.899, "1 + 0 annotated, 7 + 1 held out")):
        options = ["--shared", shared, "--vocabulary", vocabulary, "--out", tmp_path / str(share), "--epochs", 1]
        student.run(student.arguments(map(str, [*options, "--fresh", fresh, "--held-out", share])))
        assert capsys.readouterr().out.startswith(said)
        log = json.loads((tmp_path / str(share) / "log.jsonl").read_text("utf-8"))
        assert ("fresh_held_out" in log) == bool(share)


def test_the_student_shape_is_kept_in_the_checkpoint(tmp_path):
    shape = StudentShape(words=10, hidden=32, span=8, distances=(1, 2), echo_after=1)
    student.save(student.Student(shape), tmp_path / "x.pt")
    assert restore(tmp_path / "x.pt").shape == shape


def test_attention_joins_a_student_without_changing_it_and_is_exported(tmp_path, shared):
    torch.manual_seed(0)
    lexicon = Lexicon(["one", "two"])
    before = student.Student(StudentShape(words=len(lexicon), hidden=32, span=8, distances=(1, 2), echo_after=1))
    student.save(before, tmp_path / "before.pt")
    network = restore(tmp_path / "before.pt", attention=2)
    examples = student.ours(shared, "train")[:3]
    batch = student.batch_of([student.item(x, lexicon) for x in examples])
    before.eval()
    network.eval()
    with torch.no_grad():
        assert torch.equal(network.words(batch), before.words(batch))
        torch.nn.init.normal_(network.attention.out.weight)
        words = network.words(batch)
    assert not torch.allclose(words, before.words(batch), atol=0.1)
    student.save(network, tmp_path / "last.pt")
    (tmp_path / "words.txt").write_text("one\ntwo", "utf-8")
    export([tmp_path / "last.pt"], tmp_path, tmp_path / "model", "float")
    encoder = load(tmp_path / "model")
    # read one by one as in a batch with padding, but for the 8 bits of the tables
    for x, row in zip(examples, words.numpy(), strict=True):
        assert np.abs(encoder.read_units(x.units).words - row[: len(x.units)]).max() < 0.04


@pytest.mark.parametrize("attention", [0, 2])
@pytest.mark.parametrize("precision", ["float", "int8"])
def test_a_student_restored_from_its_export_is_exported_alike(tmp_path, precision, attention):
    torch.manual_seed(0)
    shape = StudentShape(words=10, hidden=32, span=8, distances=(1, 2), echo_after=1, attention=attention)
    student.save(student.Student(shape), tmp_path / "last.pt")
    (tmp_path / "words.txt").write_text("one\ntwo", "utf-8")
    first, again = tmp_path / "first", tmp_path / "again"
    export([tmp_path / "last.pt"], tmp_path, first, precision)
    restoring.restore(first, again)
    assert restore(again / "last.pt").shape == shape
    export([again / "last.pt"], again, tmp_path / "second", precision)
    for name in ("encoder.onnx", "heads.npz", "words.txt", "model.json"):
        assert (tmp_path / "second" / name).read_bytes() == (first / name).read_bytes()


def _folder(path):
    path.mkdir()
    return path
