"""Abstracts that are nearly the same text: reprints, preprints, and the same text with other LaTeX.

Candidates share some of their smallest shingle hashes (a bottom-k sketch; Broder 1997, "On the
resemblance and containment of documents"), so that cost stays near linear; the resemblance given is
the exact Jaccard coefficient of their word shingles.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

WIDTH = 3
"""Words in a shingle."""
SKETCH = 12
"""Hashes kept of each text to find candidates by."""
COMMON = 40
"""A shingle in more texts than this is boilerplate and makes no candidates."""

_WORD = re.compile(r"[^\W_]+")


def similar(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """(index, index, resemblance) of pairs of texts with a resemblance of at least ``least``, in order.

    Texts of fewer than ``SKETCH`` shingles resemble nothing.
    """
    shingles = [_shingles(text) for text in texts]
    holders: dict[int, list[int]] = defaultdict(list)
    for index, mine in enumerate(shingles):
        if len(mine) >= SKETCH:
            for code in sorted(mine)[:SKETCH]:
                holders[code].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for having in holders.values():
        if 1 < len(having) <= COMMON:
            shared.update((one, other) for n, other in enumerate(having) for one in having[:n])
    for one, other in sorted(shared):
        resemblance = len(shingles[one] & shingles[other]) / len(shingles[one] | shingles[other])
        if resemblance >= least:
            yield one, other, resemblance


def _shingles(text: str) -> frozenset[int]:
    words = _WORD.findall(text.casefold())
    return frozenset(
        zlib.crc32(" ".join(words[i : i + WIDTH]).encode("utf-8", "replace")) for i in range(len(words) - WIDTH + 1)
    )
