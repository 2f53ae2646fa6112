"""Names that the end of a printed line broke."""

import doctest

import pytest

from citeweave.extract import forms
from citeweave.extract.forms import is_broken, unbroken


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("loopy belief propaga- tion", "loopy belief propagation"),
        ("Gen- erative adver- sarial net- works", "Generative adversarial networks"),
        ("ex- ample", "example"),  # though `ample` is a word
        ("semi- supervised learning", "semi-supervised learning"),
        ("zero- shot", "zero-shot"),
        ("quasiconformal- izer", "quasiconformalizer"),  # neither is in the list
        ("image- text retrieval", "image-text retrieval"),
    ],
)
def test_a_broken_word_is_made_whole_and_a_compound_keeps_its_hyphen(broken, whole):
    assert is_broken(broken)
    assert unbroken(broken) == whole
    assert not is_broken(whole)


@pytest.mark.parametrize("name", ["pre- and post-processing", "BLEU- 4", "x - y plots", "T5-base", "a- b"])
def test_what_is_no_broken_word_stays(name):
    assert not is_broken(name)
    assert unbroken(name) == name


def test_the_examples_hold():
    assert doctest.testmod(forms).attempted >= 2
    assert doctest.testmod(forms).failed == 0
