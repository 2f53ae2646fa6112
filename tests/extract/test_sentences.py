from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave.extract import build, sentences


def parts(abstract: str, title: str = "A title") -> list[str]:
    text = f"{title}\n{abstract}"
    return [text[start:end] for start, end in sentences.split(text)][1:]


@pytest.mark.parametrize(
    "one",
    [
        "Li et al. (2020) showed that it works.",
        "We follow Smith et al. in using beams.",
        "Large models, e.g. Falcon, are slow.",
        "The output, i.e. The Last Layer, is kept.",
        "We minimise w.r.t. Theta over all runs.",
        "As in Fig. 3, errors fall by 3.14 points.",
        "See Eq. (2) and Sec. IV for proofs.",
        "A theorem of J. R. Smith and P. Jones is used.",
        "It compares CNNs vs. Transformers.",
        "Many kinds (e.g. ImageNet. No others) are used.",
        "Our aims are: 1. We speed it up, and 2. We keep it exact.",
        "The bound $O(n. M)$ holds.",
        "The measure is 7 %. of all.",
        "This uses Node.js and torch.nn for all runs.",
    ],
)
def test_no_sentence_ends_here(one: str) -> None:
    assert parts(one) == [one]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("We study loss.", "It falls."),
        ("We beat Smith et al.", "We also win."),
        ("Is it so?", "Yes."),
        ("It is tested on CIFAR, SVHN, etc.", "Existing methods fail."),
        ("Gains come from an ESP.", "Our cases show it."),
        ("It reaches 3.5.", "2D data help."),
        ("It is fast (and small).", "mBERT is not."),
        ('They say "it works."', "We agree."),
        ("it is lower case .", "we go on ."),
        ("We keep matrix A.", "The rest is dropped."),
        ("It holds by current scholarship.1", "We disagree."),
        ("It grows ...", "Then it stops."),
    ],
)
def test_a_sentence_ends_here(first: str, second: str) -> None:
    assert parts(f"{first} {second}") == [first, second]


def test_words_glued_by_a_pdf_are_parted() -> None:
    assert parts("We train it.We test it. Then we stop.") == ["We train it.", "We test it.", "Then we stop."]


def test_the_title_is_one_sentence() -> None:
    text = "Attention? Yes. Always! And more\nWe ask."
    assert [text[a:b] for a, b in sentences.split(text)] == ["Attention? Yes. Always! And more", "We ask."]


@given(st.text(alphabet="aB .?!()[]$\n1\\,", max_size=80))
def test_sentences_cover_all_but_space(text: str) -> None:
    spans = sentences.split(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


def test_cut_ends_at_a_sentence() -> None:
    text = "T\n" + "This is a sentence. " * 100
    kept = sentences.cut(text, 1000)
    assert text.startswith(kept)
    assert kept.endswith("sentence.")
    assert 900 < len(kept) <= 1000
    assert len(sentences.cut("x" * 5000, 1000)) == 1000


def test_component_marks_tokens() -> None:
    nlp = build(only=("sentences",))
    doc = nlp("What? A title.\nWe do this, e.g. that. It ends")
    assert [s.text.strip() for s in doc.sents] == ["What? A title.", "We do this, e.g. that.", "It ends"]
    assert list(nlp("").sents) == []


@pytest.mark.parametrize("text", ["." * 50_000, "(" * 50_000, "$a" * 25_000, "A. " * 20_000, ". " * 20_000])
def test_hostile_text_takes_no_quadratic_time(text: str) -> None:
    begun = time.monotonic()
    sentences.split("T\n" + text)
    assert time.monotonic() - begun < 20


def test_sentences_of_a_document_are_those_of_its_text():
    text = "What? A title.\nWe do this, e.g. that.  It ends "
    nlp = build(only=("sentences",))
    assert sentences.of(nlp(text)) == sentences.split(text) == [(0, 14), (15, 37), (39, 46)]
    assert sentences.of(nlp("")) == sentences.of(nlp(" \n ")) == []
    assert sentences.of(build(only=())(text)) == []
