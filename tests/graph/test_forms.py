"""Normal forms of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave.graph.forms import initials, is_abbreviation, normal_form, reordered, words


@pytest.mark.parametrize(
    "same",
    [
        ["graph neural network", "Graph Neural Networks", "graph neural-network"],
        ["RNN", "RNNs"],
        ["pre-training", "pretraining", "Pre-Training"],
        ["β-VAE", "beta-VAE", "$\\beta$-VAE"],
        ["k-means", "$k$-means", "K-Means"],
        ["optimisation", "optimization"],
        ["regulariser", "regularizers"],
        ["language modelling", "language modeling"],
        ["policy", "policies"],
        ["loss", "losses"],
        ["CIFAR-10", "CIFAR10", "\\textit{CIFAR}-10"],
        ["Schrödinger's equation", "Schrodinger equation"],
        ["matrix", "matrices"],
    ],
)
def test_spellings_of_one_name_meet(same: list[str]) -> None:
    assert len({normal_form(name) for name in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("GPT-3", "GPT-3.5"), ("C", "C++"), ("noise", "noize"), ("Inception v3", "Inception v4"), ("GPT 3 5", "GPT 35")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_a_word_that_repeats_the_type_is_dropped_after_a_proper_name_only() -> None:
    assert normal_form("ImageNet dataset", "Dataset") == normal_form("ImageNet", "Dataset")
    assert normal_form("Adam optimiser", "Method") == normal_form("Adam", "Method")
    assert normal_form("toy dataset", "Dataset") != normal_form("toy", "Dataset")
    assert normal_form("ImageNet model", "Dataset") != normal_form("ImageNet", "Dataset")


def test_abbreviations_look_like_it() -> None:
    assert all(map(is_abbreviation, ["RNN", "RNNs", "BERT", "PCA", "GANs", "D4RL"]))
    assert not any(map(is_abbreviation, ["Adam", "dropout", "deep RNN", "A", "ImageNet"]))


@given(st.text())
def test_normal_forms_never_fail_and_are_stable(name: str) -> None:
    form = normal_form(name)
    assert form == form.strip()
    assert all(words(name)) or not words(name)


def test_a_capitalised_phrase_is_no_proper_name() -> None:
    for phrase in ("Large Language Models", "Large language models", "large language model"):
        assert normal_form(phrase, "Model") == "largelanguagemodel"
    assert normal_form("Language model", "Model") == "languagemodel"
    assert normal_form("Penn Treebank corpus", "Dataset") == normal_form("Penn Treebank", "Dataset")


@pytest.mark.parametrize(
    ("name", "turned", "safe"),
    [
        ("estimation of pose", "pose estimation", True),
        ("rate of convergence", "convergence rate", True),
        ("classification of the images", "images classification", True),
        ("model of language", "language model", False),
        ("benchmark for question answering", "question answering benchmark", False),
    ],
)
def test_a_name_in_the_other_order(name: str, turned: str, safe: bool) -> None:
    found = reordered(name)
    assert found is not None
    assert (found.name, found.safe) == (turned, safe)


def test_names_of_another_build_have_no_other_order() -> None:
    assert [reordered(n) for n in ("pose estimation", "mixture of experts for moss", "of", "")] == [None] * 4


def test_initials_leave_small_words_out() -> None:
    assert initials("reinforcement learning from human feedback") == "rlhf"
    assert initials("Long Short-Term Memory") == "lstm"


def test_plurals_in_ics_of_things_that_can_be_counted() -> None:
    assert normal_form("evaluation metrics") == normal_form("evaluation metric")
    assert normal_form("dynamics") != normal_form("dynamic")
