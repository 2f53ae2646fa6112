"""From span scores to mentions: a semi-Markov model's marginals, pooled over the strings of one text.

The segmentation model is the semi-Markov conditional random field of Sarawagi and Cohen (2004): a text
is a row of single units outside any mention (score 0) and of typed spans with their scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.forms import normal_form
from citeweave.extract.units import Units

Array = NDArray[np.float64]
Scores = NDArray[np.float32] | NDArray[np.float64]


_HIGHEST = 60.0
"""Scores are cut here: a span of this score is certain, and products of a few such weights stay within range."""
_BLOCK = 8
"""Steps of the recursion between two rescalings; the weights of a step are below exp(65)."""


def marginals(scores: Scores) -> Array:
    """Probability of each typed span, (n, width, types), from its score in the same layout.

    ``scores[i, w, t]`` is the score of the span of ``w + 1`` units from unit ``i``; spans past the end
    are ignored. The result sums, over all spans that cover one unit, to at most one.
    """
    return batch_marginals([scores])[0]


def batch_marginals(batch: Sequence[Scores]) -> list[Array]:
    """:func:`marginals` of many texts, whose numbers of units may differ, in one go over their units.

    A text's result does not depend on the others: nothing is summed across texts.
    """
    held = [np.minimum(scores, _HIGHEST, dtype=np.float64) for scores in batch]
    if not held:
        return []
    widest, longest = held[0].shape[1], max(len(scores) for scores in held)
    count = len(held)
    # Columns: every text from its start, then every text from its end. Rows: the segments that end (or, from
    # the end, start) at a place, by length, the longest first. A single unit may also be outside any mention.
    segments = np.zeros((longest, widest, 2 * count))
    segments[:, widest - 1] = 1.0
    for k, scores in enumerate(held):
        n = len(scores)
        weights = np.einsum("iwt->iw", np.exp(scores))  # several times as fast as sum() over a short axis
        for w in range(min(widest, n)):
            segments[w:n, widest - 1 - w, k] += weights[: n - w, w]
            segments[w:n, widest - 1 - w, count + k] += weights[: n - w, w][::-1]
    sums = _log_sums(segments)
    made = []
    for k, scores in enumerate(held):
        n = len(scores)
        ends = np.arange(n)[:, None] + np.arange(1, widest + 1)[None, :]
        around = sums[:n, k, None] + sums[np.maximum(n - ends, 0), count + k] - sums[n, k]
        around[ends > n] = -np.inf
        made.append(np.exp(scores + around[:, :, None]))
    return made


def _log_sums(segments: Array) -> Array:
    """Logarithm of the summed weights of all segmentations of each prefix, (n + 1, columns).

    ``segments[i, -1 - w]`` are the weights of the segments of ``w + 1`` units that end with unit ``i``.
    """
    steps, widest, columns = segments.shape
    made = np.zeros((steps + 1, columns))
    scale = np.zeros(columns)
    window = np.zeros((widest + _BLOCK, columns))
    window[widest - 1] = 1.0
    product = np.empty((widest, columns))
    for begin in range(0, steps, _BLOCK):
        size = min(_BLOCK, steps - begin)
        for i in range(size):
            np.multiply(window[i : i + widest], segments[begin + i], out=product)
            np.add.reduce(product, axis=0, out=window[i + widest])
        last = window[size + widest - 1].copy()
        made[begin + 1 : begin + 1 + size] = np.log(window[widest : widest + size]) + scale
        window[:widest] = window[size : size + widest] / last
        scale += np.log(last)
    return made


_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_ANY_BRACKET = frozenset("()[]{}")
_NO_BORDER = frozenset(",;:.?")


@dataclass(frozen=True, slots=True)
class Span:
    """A decoded mention: units ``first`` to ``end`` (exclusive), type index and pooled probability."""

    first: int
    end: int
    type: int
    score: float


def is_name(words: tuple[str, ...]) -> bool:
    """Whether words can be a mention: brackets closed in order, and no stop or comma at either end."""
    if words[0] in _NO_BORDER or words[-1] in _NO_BORDER:
        return False
    if _ANY_BRACKET.isdisjoint(words):
        return True
    open_ = []
    for word in words:
        if word in _BRACKETS:
            open_.append(_BRACKETS[word])
        elif word in _ANY_BRACKET and (not open_ or open_.pop() != word):
            return False
    return not open_


def decode(cut: Units, spans: Array, threshold: float = 0.4, floor: float = 0.05) -> list[Span]:
    """Choose the strings of a text that are mentions, and mark all their occurrences, longest first.

    The annotation marks strings, not places: each whole-word occurrence of a marked string counts. So
    the probabilities of all free occurrences of a string, and of its variants in case and number, are
    averaged before the threshold decides, and one type is chosen for all of them.

    Args:
        cut: the text's units.
        spans: marginals as of :func:`marginals`.
        threshold: the least pooled probability of a mention.
        floor: strings that stay below this everywhere are not looked at.
    """
    words = cut.words()
    whole = np.einsum("iwt->iw", spans)
    candidates: dict[tuple[str, ...], float] = {}
    rows, columns = np.nonzero(whole >= floor)
    for i, w, sure in zip(rows.tolist(), columns.tolist(), whole[rows, columns].tolist(), strict=True):
        string = tuple(words[i : i + w + 1])
        if is_name(string):
            candidates[string] = max(sure, candidates.get(string, 0.0))
    by_first: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        by_first.setdefault(word, []).append(i)
    groups: dict[str, list[tuple[str, ...]]] = {}
    likely = set()
    for string, sure in candidates.items():
        form = normal_form(" ".join(string)) or " ".join(string)
        groups.setdefault(form, []).append(string)
        if sure >= threshold:  # where none is, neither is their mean
            likely.add(form)
    taken = bytearray(len(words))
    chosen: list[Span] = []

    def longest(item: tuple[str, list[tuple[str, ...]]]) -> tuple[int, int, str]:
        return -max(len(s) for s in item[1]), -max(sum(map(len, s)) for s in item[1]), item[0]

    for _, strings in sorted(((form, groups[form]) for form in likely), key=longest):
        places = [
            (i, i + len(string))
            for string in strings
            for i in by_first[string[0]]
            if tuple(words[i : i + len(string)]) == string and 1 not in taken[i : i + len(string)]
        ]
        if not places:
            continue
        # A handful of numbers at a time, for which lists are faster than arrays.
        pooled = [
            sum(column) / len(places) for column in zip(*(spans[i, e - i - 1].tolist() for i, e in places), strict=True)
        ]
        if sum(pooled) < threshold:
            continue
        score = max(pooled)
        kind = pooled.index(score)
        for i, end in places:
            if 1 not in taken[i:end]:
                taken[i:end] = b"\1" * (end - i)
                chosen.append(Span(i, end, kind, score))
    return sorted(chosen, key=lambda s: s.first)
