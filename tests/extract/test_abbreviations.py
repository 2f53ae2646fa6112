from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave.extract import abbreviations, build

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "corpora" / "sdu-ae22" / "train.json"


def pairs(text: str) -> list[tuple[str, str]]:
    found = abbreviations.find(text)
    for a in found:
        assert text[a.short_start : a.short_start + len(a.short)] == a.short
        assert text[a.long_start : a.long_start + len(a.long)] == a.long
    return [(a.short, a.long) for a in found]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We train a recurrent neural network (RNN) on it.", "RNN", "recurrent neural network"),
        ("We train recurrent neural networks (RNNs) on it.", "RNNs", "recurrent neural networks"),
        ("The RNN (recurrent neural network) is old.", "RNN", "recurrent neural network"),
        ("By neural machine translation (NMT; Smith, 2014) we go.", "NMT", "neural machine translation"),
        ("By neural machine translation (Smith, 2014, NMT) we go.", "NMT", "neural machine translation"),
        ("Use out-of-distribution (OOD) data.", "OOD", "out-of-distribution"),
        ("In-context learning (ICL) is odd.", "ICL", "In-context learning"),
        ("We call it maximum entropy (MaxEnt).", "MaxEnt", "maximum entropy"),
        ("Area under the curve (AUC) rises.", "AUC", "Area under the curve"),
        ("On three-dimensional (3D) scenes.", "3D", "three-dimensional"),
        ("Question answering [QA] is hard.", "QA", "Question answering"),
        ("A mean average precision (or mAP) of 3.", "mAP", "mean average precision"),
        ("Datasets for deep data-driven RL (D4RL) exist.", "D4RL", "Datasets for deep data-driven RL"),
        ("The long short-term memory (the so-called LSTM) and (LSTM (see text)) is.", "", ""),
        ("GNN stands for graph neural network in what follows.", "GNN", "graph neural network"),
        ("FLIP: Fast Learning In Parallel", "FLIP", "Fast Learning In Parallel"),
        ("We use very deep convolutional networks (CNs).", "CNs", "convolutional networks"),
        ("The position-independent word error rate (PER) falls.", "PER", "position-independent word error rate"),
        ("A set of landmarks (LMs) is kept.", "LMs", "landmarks"),
        ("A mixture of experts (MoE (see above)) is used.", "MoE", "mixture of experts"),
    ],
)
def test_definitions(text: str, short: str, long: str) -> None:
    assert pairs(text) == ([(short, long)] if short else [])


@pytest.mark.parametrize(
    "text",
    [
        "It has many applications (ATIS) in speech.",
        "The results are reported (EMNLP 2020) here.",
        "We see this (Figure 2) and that (Table 3).",
        "Some of the models (BERT) are large.",
        "It works (in most cases) well.",
        "The second case (II) is easy.",
        "A model (a) and a method (b) are given.",
        "Of the (OT) kind.",
    ],
)
def test_words_that_merely_start_alike_are_no_definition(text: str) -> None:
    assert pairs(text) == []


def test_each_of_a_list() -> None:
    text = "We use support vector machines (SVMs), decision trees (DTs) and naive Bayes (NB)."
    assert pairs(text) == [("SVMs", "support vector machines"), ("DTs", "decision trees"), ("NB", "naive Bayes")]


@given(st.text(alphabet="aB c(),;:=-.2[]\n", max_size=60))
def test_offsets_hold_for_any_text(text: str) -> None:
    pairs(text)


@pytest.mark.parametrize("text", ["()" * 20_000, "(ABC) " * 5000, "a b c d " * 50 + "(ABCD) " * 3000, "(" * 30_000])
def test_hostile_text_takes_no_quadratic_time(text: str) -> None:
    begun = time.monotonic()
    abbreviations.find(text)
    assert time.monotonic() - begun < 20


def test_component() -> None:
    doc = build(only=("abbreviations",))("T\nWe use a hidden Markov model (HMM).")
    assert [(a.short, a.long) for a in doc._.abbreviations] == [("HMM", "hidden Markov model")]


def test_better_than_the_published_algorithm_on_held_out_texts() -> None:
    if not SHARED.exists():
        pytest.skip("the acronym corpus is not beside this checkout")
    script = ROOT / "benchmarks" / "evaluation" / "abbreviations.py"
    out = subprocess.run([sys.executable, script, SHARED], capture_output=True, text=True, check=True).stdout
    held_out = out[out.index("held-out") :]
    f1 = {
        (line.split()[0], "long" in line): float(line.split()[-1])
        for line in held_out.splitlines()
        if "short forms" in line or "long forms" in line
    }
    assert f1["citeweave", True] >= f1["Schwartz", True] + 0.03
    assert f1["citeweave", False] >= f1["Schwartz", False]
