from __future__ import annotations

import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from citeweave.extract import build, tokens

NLP = build(only=())
PLAIN = spacy.blank("en")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60), st.integers(0, 500))
@settings(max_examples=60, deadline=None)
def test_the_text_is_kept(text: str, times: int) -> None:
    whole = text + "x(" * times + " " + text
    assert NLP(whole).text == whole


@pytest.mark.parametrize("text", ["", " ", "We use RNNs (i.e., LSTMs), don't we?  Yes.\n", "a" * 200])
def test_ordinary_text_is_tokenized_as_by_spacy(text: str) -> None:
    assert [t.text_with_ws for t in NLP(text)] == [t.text_with_ws for t in PLAIN(text)]


@pytest.mark.parametrize("run", ["(" * 8000, "x" * 900_000, "()[]{}" * 3000, "http://" * 3000, "a.b" * 5000])
def test_long_runs_are_capped(run: str) -> None:
    text = f"before {run} after  it"
    begun = time.monotonic()
    doc = NLP(text)
    assert time.monotonic() - begun < 30
    assert doc.text == text
    assert max(len(t) for t in doc) <= tokens.LONGEST_CHUNK
    assert doc[0].text == "before"


def test_a_pipeline_with_the_guard_can_be_saved() -> None:
    data = NLP.tokenizer.to_bytes()
    NLP.tokenizer.from_bytes(data)
    assert [t.text for t in NLP("it isn't")] == ["it", "is", "n't"]
