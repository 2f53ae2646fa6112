"""One thing under several names in one text."""

import numpy as np
import pytest

from citeweave.extract import coreference
from citeweave.extract.coreference import clusters, shared
from citeweave.extract.grouping import regrouped
from citeweave.extract.occurrences import whole_words
from citeweave.extract.pipeline import build
from citeweave.extract.sameness import candidates, things
from citeweave.extract.weights import MODELS, folder
from citeweave.model import Mention, PaperEntity


def marked(text, *entities):
    """Entities and their mentions from (type, form, form, ...) rows."""
    made, mentions = [], []
    for kind, *forms in entities:
        made.append(PaperEntity(forms[0], kind, tuple(forms)))
        mentions.append([Mention(*span, form, kind, 0.9, "test") for form in forms for span in whole_words(text, form)])
    return made, mentions


def compared(text, *entities):
    made, mentions = marked(text, *entities)
    borders = [(s.start_char, s.end_char) for s in build("fast", only=("sentences",))(text).sents]
    vectors = np.eye(len(made), 4, dtype=np.float32)
    held = things(text, made, mentions, borders, [0] * len(made), vectors)
    return {(i, j): row for i, j, row in candidates(held, text)}


def test_only_pairs_with_a_sign_of_sameness_are_judged():
    text = (
        "Fast kernels\nShift-invariant kernels are studied. Kernels help ranking. Augmented Trigger Learning, or ATL, "
        "is used. Reports (case studies) are read."
    )
    rows = compared(
        text,
        ("Concept", "Shift-invariant kernels"),
        ("Concept", "Kernels", "kernels"),
        ("Task", "ranking"),
        ("Method", "Augmented Trigger Learning"),
        ("Method", "ATL"),
        ("Dataset", "Reports"),
        ("Dataset", "case studies"),
    )
    assert set(rows) == {(0, 1), (3, 4), (5, 6)}
    assert len({len(row) for row in rows.values()}) == 1


def test_other_names_and_negations_are_never_one_thing():
    text = (
        "T\nLASER3 (LASER) is used. Convex and non-convex optimization differ. BERT-large, BERT-base. "
        "Caltech-101 (PASCAL VOC); mamba, Mamba-3B. CommonsenseQA tests "
        "commonsense reasoning by top-1 accuracy and top-5 accuracy."
    )
    rows = compared(
        text,
        ("Model", "LASER3"),
        ("Model", "LASER"),
        ("Task", "Convex"),
        ("Task", "non-convex optimization"),
        ("Model", "BERT-large"),
        ("Model", "BERT-base"),
        ("Dataset", "Caltech-101"),
        ("Dataset", "PASCAL VOC"),
        ("Model", "mamba"),
        ("Model", "Mamba-3B"),
        ("Dataset", "CommonsenseQA"),
        ("Task", "commonsense reasoning"),
        ("Metric", "top-1 accuracy"),
        ("Metric", "top-5 accuracy"),
    )
    assert rows == {}


def test_the_order_of_two_entities_does_not_matter():
    text = "T\nTwo-stream CNNs beat CNNs (networks). Neural networks help."
    rows = [("Model", "Two-stream CNNs"), ("Model", "CNNs"), ("Model", "networks"), ("Model", "Neural networks")]
    one, other = compared(text, *rows), compared(text, *rows[::-1])
    assert len(one) == len(other) > 1
    for (i, j), row in one.items():
        assert other[3 - j, 3 - i] == pytest.approx(row)


def test_the_best_pairs_join_first_and_a_doubtful_third_stays_apart():
    pairs = [(0.9, 0, 2), (0.6, 2, 3), (0.7, 1, 4)]
    assert clusters(5, pairs, 0.5) == [[0, 2], [1, 4], [3]]  # 3 is near 2 only: 0.3 on average
    assert clusters(5, [*pairs, (0.5, 0, 3)], 0.5) == [[0, 2, 3], [1, 4]]
    assert clusters(3, [], 0.5) == [[0], [1], [2]]


def test_joined_entities_have_the_fullest_name_one_type_and_all_mentions():
    text = "Consensus in networks\nThe consensus problem is hard. Consensus matters."
    entities, mentions = marked(text, ("Concept", "Consensus"), ("Concept", "networks"), ("Task", "consensus problem"))
    flat = sorted((m for held in mentions for m in held), key=lambda m: m.start)
    typed, made = regrouped(text, flat, entities, [[0, 2], [1]], [])
    assert [(e.name, e.type) for e in made] == [("consensus problem", "Concept"), ("networks", "Concept")]
    assert made[0].mentions == ("Consensus", "consensus problem")
    assert [m.text for m in typed] == [m.text for m in flat]
    assert {m.type for m in typed} == {"Concept"}


@pytest.mark.parametrize("model", MODELS)
def test_the_shipped_judges_tell_a_shortened_name_from_another_thing(model):
    judge = shared(folder(model))
    assert judge is not None
    rows = compared(
        "Adaptive gate scheduler\nWe propose this. The gate scheduler beats random forests and isolation forests.",
        ("Method", "Adaptive gate scheduler"),
        ("Method", "gate scheduler"),
        ("Model", "random forests"),
        ("Model", "isolation forests"),
    )
    assert list(rows) == [(0, 1), (2, 3)]
    heard = [-3.0] if "same.weight" in np.load(folder(model) / "heads.npz").files else []
    shortened, another = judge.chances([[*row, *heard] for row in rows.values()])
    assert 0 < another < shortened < 1


def test_the_judges_hear_what_the_text_says_of_a_pair():
    judge = shared(folder("accurate"))
    assert judge is not None
    rows = compared("T\nGate nets are deep. Such nets help.", ("Model", "Gate nets"), ("Model", "nets"))
    one, other = judge.chances([[*row, heard] for row in rows.values() for heard in (-6.0, 6.0)])
    assert one < other


def test_only_heads_that_judge_sameness_add_their_word():
    text = "Deep gate nets for parsing\nWe propose deep gate nets for parsing. Our gate nets are trained on TreeSet."
    sizes = {}
    for model in MODELS:
        doc = build(model, only=("sentences", "entities", "abbreviations", "grouping"))(text)
        _, rows = coreference.compared(doc, folder(model))
        sizes[model] = {len(row) for _, _, row in rows}
    assert sizes["fast"] == {43}
    assert sizes["accurate"] == {44}


def test_a_joined_entity_has_one_role_and_its_relations(monkeypatch):
    nlp = build("fast")
    text = "Deep gate nets for parsing\nWe propose deep gate nets for parsing. Our gate nets are trained on TreeSet."
    monkeypatch.setattr(shared(folder("fast")), "threshold", 0.0)
    doc = nlp(text)
    spelt = [form for e in doc._.entities for form in e.mentions]
    assert len(spelt) == len(set(spelt))
    assert {m.text for m in doc._.mentions} == set(spelt)
    assert any(len(e.mentions) > 1 for e in doc._.entities)
    assert all(e.role for e in doc._.entities)
    names = {e.name for e in doc._.entities}
    assert all({r.subject, r.object} <= names for r in doc._.relations)


def test_without_judges_nothing_is_joined(tmp_path):
    assert shared(tmp_path) is None
