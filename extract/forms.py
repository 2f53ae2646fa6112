"""Forms of a name: the one in which variants of case, number and hyphen meet, and the singular."""

from __future__ import annotations

import re

_NOT_ALNUM = re.compile(r"[\W_]+")
_KEEP_S = ("ss", "us", "is", "ics", "ias", "os", "as")


def singular(word: str) -> str:
    """A word's singular by rule: ``networks``, ``RNNs``, ``strategies``, ``losses``; other words stay.

    >>> [singular(w) for w in ("RNNs", "strategies", "losses", "analysis", "bias", "ImageNets")]
    ['RNN', 'strategy', 'loss', 'analysis', 'bias', 'ImageNet']
    """
    if len(word) < 3 or not word.endswith("s") or word.endswith(_KEEP_S) or word.isupper():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + ("ie" if word.lower() in {"movies", "cookies"} else "y")
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def normal_form(name: str) -> str:
    """Lower case, words parted by one space, hyphens and signs dropped, last word singular.

    >>> normal_form("Recurrent Neural-Networks")
    'recurrent neural network'
    """
    words = _NOT_ALNUM.sub(" ", name).split()
    if words:
        words[-1] = singular(words[-1])
    return " ".join(words).casefold()
