from __future__ import annotations

import time
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from citeweave.extract import build, tokens
from citeweave.extract.units import units

NLP = build(only=())


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60), st.integers(0, 500))
@settings(max_examples=60, deadline=None)
def test_the_text_is_kept(text: str, times: int) -> None:
    whole = text + "x(" * times + " " + text
    assert NLP(whole).text == whole


@pytest.mark.parametrize(
    "text", ["", " ", "  a", "GPT-2 isn't (e.g.)  state-of-the-art.\n\n\tIt ends ", "é\u0301\u00a0中文 😀"]
)
def test_tokens_are_the_units_and_odd_white_space(text: str) -> None:
    doc = NLP(text)
    assert doc.text == text
    cut = units(text)
    assert [t.text for t in doc if not t.is_space] == cut.words()
    assert [t.idx for t in doc if not t.is_space] == cut.offsets[:, 0].tolist()


@pytest.mark.parametrize("run", ["(" * 8000, "x" * 900_000, "()[]{}" * 3000, "http://" * 3000, "a.b" * 5000])
def test_long_runs_take_no_quadratic_time(run: str) -> None:
    text = f"before {run} after  it"
    begun = time.process_time()
    doc = NLP(text)
    assert time.process_time() - begun < 1
    assert doc.text == text
    assert max(len(t) for t in doc) <= tokens.LONGEST_CHUNK
    assert doc[0].text == "before"


def test_a_pipeline_with_these_tokens_can_be_saved(tmp_path: Path) -> None:
    again = spacy.blank("en", config=NLP.config).from_bytes(NLP.to_bytes())
    assert [t.text for t in again("it isn't")] == ["it", "isn", "'", "t"]
    NLP.to_disk(tmp_path / "saved")
    assert [t.text for t in spacy.load(tmp_path / "saved")("GPT-2")] == ["GPT", "-", "2"]
