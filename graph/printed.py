"""Finding a known title inside a printed reference, also when printing or PDF extraction has damaged it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from citeweave.text import normal_title

EDGE = 14
"""Letters at a title's beginning or end by which it is found; of one wrong letter, one edge stays whole."""
SHORTEST = 8
"""Letters below which a title is not looked for; below ``EDGE`` it must fill the space between two stops."""
ALIKE = 94.0
"""Similarity (rapidfuzz ratio, 0 to 100) at which a damaged title is the known one."""

_QUOTES = "\"'`“”‘’«» "
_STOPS = ".,:;!?()[]{}–—-/|"


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters and digits of a printed text, folded, and where each stands in it."""

    printed: str
    folded: str
    place: tuple[int, ...]

    @classmethod
    def of(cls, printed: str) -> _Letters:
        pairs = [
            (letter, place)
            for place, character in enumerate(printed)
            for letter in unicodedata.normalize("NFKD", character).casefold()
            if letter.isalnum()
        ]
        return cls(printed, "".join(letter for letter, _ in pairs), tuple(place for _, place in pairs))

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether a stop, a digit or an edge of the text surrounds the letters from ``start`` to ``end``."""
        before = self.printed[: self.place[start]].rstrip(_QUOTES)
        after = self.printed[self.place[end - 1] + 1 :].lstrip(_QUOTES)
        return _is_stop(before[-1:]) and _is_stop(after[:1])


class PrintedTitles:
    """The titles of a corpus, to be found in printed references."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        """Index (paper id, title) pairs; of two papers with one title the first is found."""
        self._whole: dict[str, str] = {}
        main: dict[str, list[str]] = defaultdict(list)
        for paper, title in titles:
            self._whole.setdefault(normal_title(title), paper)
            if ": " in title:
                main[normal_title(title.split(": ")[0])].append(paper)
        for title, papers in main.items():
            if len(papers) == 1 and len(title) >= EDGE:
                self._whole.setdefault(title, papers[0])
        self._starting: dict[str, list[str]] = defaultdict(list)
        self._ending: dict[str, list[str]] = defaultdict(list)
        for title in self._whole:
            if len(title) >= EDGE:
                self._starting[title[:EDGE]].append(title)
                self._ending[title[-EDGE:]].append(title)

    def find(self, printed: str) -> str | None:
        """The id of the paper whose title the reference prints, or None; the best, then the longest, match wins."""
        letters = _Letters.of(printed)
        found = max(self._matches(letters), default=None)
        if found:
            return self._whole[found[2]]
        return next((self._whole[t] for t in _between_stops(printed) if t in self._whole), None)

    def _matches(self, letters: _Letters) -> Iterator[tuple[float, int, str]]:
        folded = letters.folded
        for at in range(len(folded) - EDGE + 1):
            edge = folded[at : at + EDGE]
            for title in self._starting.get(edge, ()):
                yield from _match(letters, title, at, min(at + len(title), len(folded)))
            for title in self._ending.get(edge, ()):
                yield from _match(letters, title, max(at + EDGE - len(title), 0), at + EDGE)


def _match(letters: _Letters, title: str, start: int, end: int) -> Iterator[tuple[float, int, str]]:
    there = letters.folded[start:end]
    score = 100.0 if there == title else fuzz.ratio(title, there, score_cutoff=ALIKE)
    if score >= ALIKE and letters.stands_alone(start, end):
        yield score, len(title), title


def _between_stops(printed: str) -> Iterator[str]:
    """The pieces of a reference between two stops, folded: a short title fills one of them."""
    pieces = printed.translate({ord(stop): "\n" for stop in '.,:;!?()[]“”"'}).split("\n")
    yield from (folded for piece in pieces if len(folded := normal_title(piece)) >= SHORTEST)


def _is_stop(character: str) -> bool:
    return not character or character in _STOPS or character.isdigit()
