"""The form of a name in which its variants of case, number and hyphen within one text meet."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from citeweave.words import singular

NAMED_TYPES = frozenset(("Model", "Dataset", "Software"))
"""Types of what mostly has a proper name."""
_NOT_ALNUM = re.compile(r"[\W_]+")
_BROKEN = re.compile(r"\b([A-Za-z][a-z]+)- (?!(?:and|or|nor|to|but|as|than)\b)([a-z]{2,})\b")


@lru_cache(maxsize=20_000)
def normal_form(name: str) -> str:
    """Lower case, words parted by one space, hyphens and signs dropped, last word singular.

    >>> normal_form("Recurrent Neural-Networks")
    'recurrent neural network'
    """
    words = _NOT_ALNUM.sub(" ", name).split()
    if words:
        words[-1] = singular(words[-1])
    return " ".join(words).casefold()


def is_broken(name: str) -> bool:
    """Whether a printed line ended within the name, and its hyphen stayed: ``propaga- tion``."""
    return "- " in name and _BROKEN.search(name) is not None


def unbroken(name: str) -> str:
    """The name with words that a line's end broke made whole, and compounds as they are written within a line.

    >>> unbroken("semi- supervised belief propaga- tion"), unbroken("pre- and post-processing")
    ('semi-supervised belief propagation', 'pre- and post-processing')
    """
    return _BROKEN.sub(_whole, name)


def _whole(found: re.Match[str]) -> str:
    """The word itself where it is more common than one of its halves, or one of them is no word."""
    whole, *halves = (_rank(word.lower()) for word in (found[1] + found[2], found[1], found[2]))
    return f"{found[1]}{found[2]}" if whole <= max(halves) else f"{found[1]}-{found[2]}"


def _rank(word: str) -> int:
    ranks = _ranks()
    return ranks.get(word, len(ranks))


@cache
def _ranks() -> dict[str, int]:
    """The words of the pool's abstracts that the fast model has a vector for, the most common first."""
    words = (Path(__file__).parent / "model_fast" / "words.txt").read_text("utf-8").split("\n")
    return {word: rank for rank, word in enumerate(words)}
