"""From span scores to mentions: a semi-Markov model's marginals, pooled over the strings of one text.

The segmentation model is the semi-Markov conditional random field of Sarawagi and Cohen (2004): a text
is a row of single units outside any mention (score 0) and of typed spans with their scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.forms import normal_form
from citeweave.extract.units import Units

Array = NDArray[np.float64]


def marginals(scores: Array) -> Array:
    """Probability of each typed span, (n, width, types), from its score in the same layout.

    ``scores[i, w, t]`` is the score of the span of ``w + 1`` units from unit ``i``; spans past the end
    are ignored. The result sums, over all spans that cover one unit, to at most one.
    """
    n, widest, _ = scores.shape
    if n == 0:
        return np.zeros_like(scores)
    top = scores.max(axis=2)
    totals = top + np.log(np.exp(scores - top[:, :, None]).sum(axis=2))
    starts = np.arange(n)[:, None]
    totals = np.where(starts + np.arange(1, widest + 1)[None, :] > n, -np.inf, totals)
    by_end = np.full((n + 1, widest), -np.inf)
    for w in range(min(widest, n)):
        by_end[w + 1 :, w] = totals[: n - w, w]
    forward = np.full(n + 1 + widest, -np.inf)  # shifted, so that places before the text read as impossible
    forward[widest] = 0.0
    for t in range(1, n + 1):
        before = forward[t : t + widest][::-1] + by_end[t]
        forward[t + widest] = np.logaddexp(forward[t + widest - 1], _log_sum(before))
    backward = np.full(n + 1 + widest, -np.inf)
    backward[n] = 0.0
    for t in range(n - 1, -1, -1):
        backward[t] = np.logaddexp(backward[t + 1], _log_sum(backward[t + 1 : t + 1 + widest] + totals[t]))
    ends = starts + np.arange(1, widest + 1)[None, :]
    whole = np.exp(forward[widest : widest + n, None] + totals + backward[ends] - backward[0])
    possible = np.isfinite(totals)[:, :, None]
    shares = np.exp(np.where(possible, scores - np.where(possible[:, :, 0], totals, 0.0)[:, :, None], -np.inf))
    result: Array = whole[:, :, None] * shares
    return result


def _log_sum(values: Array) -> float:
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum())) if np.isfinite(top) else -np.inf


_BRACKETS = {"(": ")", "[": "]", "{": "}"}
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
    open_ = []
    for word in words:
        if word in _BRACKETS:
            open_.append(_BRACKETS[word])
        elif word in _BRACKETS.values() and (not open_ or open_.pop() != word):
            return False
    return not open_ and words[0] not in _NO_BORDER and words[-1] not in _NO_BORDER


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
    whole = spans.sum(axis=2)
    candidates: dict[tuple[str, ...], None] = {}
    for i, w in np.argwhere(whole >= floor).tolist():
        string = tuple(words[i : i + w + 1])
        if is_name(string):
            candidates[string] = None
    by_first: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        by_first.setdefault(word, []).append(i)
    groups: dict[str, list[tuple[str, ...]]] = {}
    for string in candidates:
        groups.setdefault(normal_form(" ".join(string)) or " ".join(string), []).append(string)
    taken = np.zeros(len(words), dtype=bool)
    chosen: list[Span] = []

    def longest(item: tuple[str, list[tuple[str, ...]]]) -> tuple[int, int, str]:
        return -max(len(s) for s in item[1]), -max(sum(map(len, s)) for s in item[1]), item[0]

    for _, strings in sorted(groups.items(), key=longest):
        places = [
            (i, i + len(string))
            for string in strings
            for i in by_first[string[0]]
            if tuple(words[i : i + len(string)]) == string and not taken[i : i + len(string)].any()
        ]
        if not places:
            continue
        pooled = np.mean([spans[i, end - i - 1] for i, end in places], axis=0)
        score = float(pooled.sum())
        if score < threshold:
            continue
        kind = int(pooled.argmax())
        for i, end in places:
            if not taken[i:end].any():
                taken[i:end] = True
                chosen.append(Span(i, end, kind, float(pooled[kind])))
    return sorted(chosen, key=lambda s: s.first)
