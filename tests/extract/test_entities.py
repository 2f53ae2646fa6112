"""The shipped recogniser, roles and relations on texts made for the purpose."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citeweave.extract.findings import from_doc
from citeweave.extract.pipeline import build, pipeline_version
from citeweave.extract.weights import MODELS
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES

TEXTS = [
    "Recurrent Neural Networks for Machine Translation\nWe train recurrent neural networks (RNNs) on WMT14 and "
    "reach a BLEU score of 28.4. RNNs outperform phrase-based systems. Our code is written in PyTorch.",
    "Dropout in deep networks\nWe study dropout, a regularisation method, in convolutional neural networks for image "
    "classification on CIFAR-10 and ImageNet, and measure test accuracy.",
    "\nThis record has no title. We propose GraphMix, a graph neural network for node classification.",
    "A title only\n",
    "",
    "\n",
    "word",
    "Ünïcödé É e\u0301 \U0001f600 ﬁne-tuning\n"
    "We use naïve Bayes\u2014and k\u2011means \ufffd clustering \u4e2d\u6587 text.",
]


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    return request.param


@pytest.fixture(scope="module")
def nlp(model):
    return build(model)


def test_finds_typed_mentions_with_exact_offsets(nlp):
    doc = nlp(TEXTS[0])
    found = {(m.text, m.type) for m in doc._.mentions}
    assert ("recurrent neural networks", "Model") in found
    assert ("RNNs", "Model") in found
    assert ("WMT14", "Dataset") in found
    assert any("BLEU" in text and kind == "Metric" for text, kind in found)
    assert ("PyTorch", "Software") in found


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_said_holds_of_any_text(nlp, text):
    doc = nlp(text)
    for m in doc._.mentions:
        assert text[m.start : m.end] == m.text
        assert 0 <= m.score <= 1
        assert m.type in ENTITY_TYPES
        assert m.by.startswith("entities/")
    ends = [m.end for m in doc._.mentions]
    assert all(end <= m.start for end, m in zip(ends, doc._.mentions[1:], strict=False))
    names = [e.name for e in doc._.entities]
    assert len(names) == len(set(names))
    assert {s for e in doc._.entities for s in e.mentions} == {m.text for m in doc._.mentions}
    for e in doc._.entities:
        assert e.role in ROLES
        assert 0 <= e.role_score <= 1
    for r in doc._.relations:
        assert r.predicate in RELATION_TYPES
        assert r.subject in names
        assert r.object in names
        assert 0 <= r.start < r.end <= len(text)
    assert len(doc.spans["entities"]) == len(doc._.mentions)


def test_roles_and_relations_of_a_plain_statement(nlp):
    text = (
        "GraphMix for Node Classification\nWe propose GraphMix, a graph neural network for node classification. "
        "We evaluate GraphMix on Cora, where it outperforms graph convolutional networks in accuracy."
    )
    doc = nlp(text)
    roles = {e.name: e.role for e in doc._.entities}
    assert roles["GraphMix"] == "introduces"
    assert roles["Cora"] == "evaluates_on"
    assert roles["node classification"] == "addresses"
    stated = {(r.subject, r.predicate, r.object): text[r.start : r.end] for r in doc._.relations}
    assert ("GraphMix", "used_for", "node classification") in stated
    assert stated["GraphMix", "evaluated_on", "Cora"].startswith("We evaluate GraphMix on Cora")


def test_batches_threads_and_order_change_nothing(nlp, model):
    alone = [from_doc(nlp(text), "x") for text in TEXTS]
    for size in (1, 3, 50):
        assert [from_doc(doc, "x") for doc in nlp.pipe(TEXTS, batch_size=size)] == alone
    assert [from_doc(doc, "x") for doc in nlp.pipe(TEXTS[::-1])] == alone[::-1]
    assert [from_doc(doc, "x") for doc in build(model, threads=1).pipe(TEXTS)] == alone


def test_a_text_longer_than_one_run_of_the_encoder_is_read_to_its_end(nlp):
    filler = "It is known that this holds in general and that nothing else is needed for it to be so. " * 40
    text = f"A title\nWe train a convolutional neural network on ImageNet. {filler} We train a transformer on CIFAR-10."
    found = {m.text for m in nlp(text)._.mentions}
    assert {"ImageNet", "CIFAR-10"} <= found


def test_no_spaces_no_end(nlp):
    for text in ("a" * 20_000, "(" * 8_000, "é" * 5_000 + "\n" + "\u4e2d" * 5_000, "x-" * 8_000):
        doc = nlp(text)
        assert all(text[m.start : m.end] == m.text for m in doc._.mentions)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_string_is_read(nlp, text):
    assert all(text[m.start : m.end] == m.text for m in nlp(text)._.mentions)


def test_nothing_large_stays_on_the_document(nlp):
    assert not [key for key in nlp(TEXTS[0]).user_data if key == "citeweave_reading"]


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="no such model"):
        build("enormous")


def test_each_model_reads_with_its_own_weights():
    assert MODELS == ("accurate", "fast")
    accurate, fast = ({m.by for m in build(model)(TEXTS[0])._.mentions} for model in MODELS)
    assert accurate.isdisjoint(fast)
    assert len({pipeline_version(model) for model in MODELS}) == 2
