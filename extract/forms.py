"""The form of a name in which its variants of case, number and hyphen within one text meet."""

from __future__ import annotations

import re
from functools import lru_cache

from citeweave.words import singular

_NOT_ALNUM = re.compile(r"[\W_]+")


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
