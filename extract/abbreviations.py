"""Abbreviations that a text defines itself: ``recurrent neural network (RNN)``, ``RNN (recurrent ...)``.

After A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text" (2003): candidates come from brackets, the long form from aligning letters. That
algorithm takes the nearest words that contain the letters in order, so it pairs a short form with
a word that merely starts alike (``applications (ATIS)``). Here every candidate long form is
aligned and scored by where in its words the letters stand, and the best one must be good enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes
from citeweave.extract.wordset import word_set
from citeweave.model import Abbreviation

VERSION = "abbreviations/1"

_WORD = re.compile(r"[^\W_]+")
_SHORT = re.compile(r"[^\W_][\w&/+.'’*-]*(?: [A-Z0-9][\w&-]{0,4})?")
_NEST = re.compile(r"[()\[\]]")
_ROMAN = re.compile(r"[ivx]+|[IVX]{2,4}")
_LEAD = re.compile(
    r"(?:(?:or|and|aka|a\.k\.a\.|i\.e\.,?|e\.g\.,?|abbreviated(?: as| to)?|abbr\."
    r"|henceforth|hereafter|hereinafter|denoted(?: as| by)?"
    r"|called|termed|dubbed|short|for short|known as|referred to as|simply|in short)[,:]?\s+|[\"'“‘`*\s]+)+",
    re.IGNORECASE,
)
_EQUALS = re.compile(
    r"(?<![\w-])(?P<short>[A-Z][\w-]{1,9})\s?"
    r"(?P<sign>:|=|, (?:which )?stands for|(?: which)? stands for| is short for)\s?(?=\w)"
)
_LIMIT = re.compile(r"[.;:?!](?=\s|$)|[()\[\]{}=]|,(?! and )")
_STOP_WORDS = word_set(
    """a an the of for in on and or to with by from as at via into using is are be that which its their our"""
)
_NOT_FIRST = _STOP_WORDS - {"using", "as"}
_DIGITS = {
    "2": ("to", "two", "too"),
    "4": ("for", "four"),
    "1": ("one",),
    "3": ("three",),
    "0": ("zero",),
    "&": ("and",),
}
_LONGEST_ASIDE = 300

_INITIAL, _PREFIX, _CAMEL, _CONSONANT, _VOWEL = 1.0, 0.7, 0.9, 0.4, 0.1
_SKIPPED, _SKIPPED_PART, _SKIPPED_STOP = -0.6, -0.1, -0.05
_ENOUGH, _ENOUGH_REVERSED = 0.55, 0.65


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, or a part of a hyphenated word, with its offsets."""

    text: str
    start: int
    end: int
    part: bool

    @property
    def stop(self) -> bool:
        return self.text.lower() in _STOP_WORDS


def find(text: str) -> list[Abbreviation]:
    """All definitions in a text, in order, each short form's best long form at each place."""
    found: dict[int, Abbreviation] = {}
    for start, end in _asides(text):
        for abbreviation in _in_brackets(text, start, end):
            found.setdefault(abbreviation.short_start, abbreviation)
    for match in _EQUALS.finditer(text):
        explained = _explained(text, match)
        if explained is not None:
            found.setdefault(explained.short_start, explained)
    return [found[at] for at in sorted(found)]


@Language.factory("citeweave_abbreviations", assigns=["doc._.abbreviations"])
def make_abbreviations(nlp: Language, name: str) -> Abbreviations:
    """Register the component with spaCy."""
    return Abbreviations()


class Abbreviations:
    """spaCy component: sets ``doc._.abbreviations``."""

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Find the definitions of one document."""
        doc._.abbreviations = find(attributes.text_of(doc))
        return doc


def _asides(text: str) -> Iterator[tuple[int, int]]:
    """The inside of every pair of brackets, nested ones too, without what is nested in it at its end."""
    open_: list[int] = []
    for sign in _NEST.finditer(text):
        if sign.group() in "([":
            open_.append(sign.end())
        elif open_:
            start = open_.pop()
            if sign.start() - start <= _LONGEST_ASIDE:
                yield start, sign.start()


def _in_brackets(text: str, start: int, end: int) -> Iterator[Abbreviation]:
    """Definitions made by one bracket: ``long (SHORT)`` first, else ``SHORT (long)``."""
    outside = start - 1
    before = text[:outside] if outside < 400 else text[outside - 400 : outside]
    offset = outside - len(before)
    content = text[start:end]
    for piece_start, piece in _pieces(content):
        short = _SHORT.fullmatch(piece)
        if not short or not _is_short(piece):
            continue
        best = _long_before(before, piece)
        if best is not None:
            at, long_end = best
            yield Abbreviation(piece, before[at:long_end], start + piece_start, offset + at)
            return
    if (last := re.search(r"(?<![\w-])([^\W_][\w&/+-]{1,9})[\"'”’]?\s?$", before)) and _looks_defined(last.group(1)):
        for piece_start, piece in _pieces(content):
            words = _words(piece, 0, len(piece))
            if words and _align(last.group(1), words, piece) >= _ENOUGH_REVERSED:
                stop = words[-1].end
                yield Abbreviation(
                    last.group(1),
                    piece[words[0].start : stop],
                    offset + last.start(1),
                    start + piece_start + words[0].start,
                )
                return


def _pieces(content: str) -> Iterator[tuple[int, str]]:
    """What stands between commas, semicolons and nested brackets, without words such as ``or``, and its offset."""
    for found in re.finditer(r"[^,;:()\[\]]+", content):
        piece = found.group().rstrip(" \t\n\"'”’`*.")
        lead = _LEAD.match(piece)
        skip = lead.end() if lead else 0
        piece = piece[skip:]
        if piece:
            yield found.start() + skip, piece


def _is_short(text: str) -> bool:
    """Whether a string can be a short form at all."""
    letters = [c for c in text if c.isalnum()]
    return (
        2 <= len(letters) <= 12
        and any(c.isalpha() for c in letters)
        and any(c.isupper() for c in text)
        and not _ROMAN.fullmatch(text)
    )


def _looks_defined(word: str) -> bool:
    """Whether the word before a bracket looks like an abbreviation that the bracket explains."""
    return _is_short(word) and sum(c.isupper() or c.isdigit() for c in word) >= 2


def _words(text: str, start: int, end: int) -> list[_Word]:
    return [
        _Word(m.group(), m.start(), m.end(), m.start() > 0 and text[m.start() - 1] in "-‐‑–/")
        for m in _WORD.finditer(text, start, end)
    ]


def _long_before(before: str, short: str) -> tuple[int, int] | None:
    """Where the long form of ``short`` starts and ends at the end of ``before``, if there is one."""
    limits = [m.end() for m in _LIMIT.finditer(before.rstrip())]
    words = _words(before, limits[-1] if limits else 0, len(before))
    letters = _letters(short)
    most = min(len(letters) + 5, 2 * len(letters)) + 3
    words = words[-most:]
    best, best_score = None, _ENOUGH
    for first in range(len(words) - 1, -1, -1):
        word = words[first]
        if before[word.start : words[-1].end] == short:
            continue
        score = _align(short, words[first:], before)
        if score > best_score + 1e-9:
            best, best_score = word.start, score
    return None if best is None else (best, words[-1].end)


def _explained(text: str, match: re.Match[str]) -> Abbreviation | None:
    """``SHORT: long form ...``, ``SHORT = long form`` and ``SHORT stands for long form``."""
    short = match["short"]
    if not _looks_defined(short):
        return None
    limit = _LIMIT.search(text, match.end(), match.end() + 200)
    end = limit.start() if limit else min(len(text), match.end() + 200)
    words = _words(text, match.end(), end)[: 2 * len(short)]
    best, best_score = None, 0.85
    for last in range(0 if match["sign"] == "=" else 1, len(words)):
        score = _align(short, words[: last + 1], text)
        if score > best_score + 1e-9:
            best, best_score = words[last].end, score
    if best is None:
        return None
    start = words[0].start
    return Abbreviation(short, text[start:best], match.start("short"), start)


def _letters(short: str) -> str:
    """The signs of a short form that its long form must account for: without the plural's s."""
    plural = len(short) > 2 and short[-1] == "s" and (short[-2].isupper() or short[-2] in "'’")
    return "".join(c for c in (short[:-1] if plural else short) if c.isalnum() or c == "&")


def _align(short: str, words: list[_Word], text: str) -> float:
    """How well the words account for the short form's letters, as a mean over the letters; 1 is all initials.

    The first letter must open the first word, and every letter must be found, in order.
    """
    letters = _letters(short)
    count = len(letters)
    impossible = float("-inf")
    if not letters or not words:
        return impossible
    first = words[0]
    hyphenated = len(words) > 1 and words[1].part
    if first.text.lower() in _NOT_FIRST and not hyphenated:
        return impossible
    mixed = any(c.isupper() for c in letters) and any(c.islower() for c in letters)
    best = [impossible] * (count + 1)
    best[0] = 0.0
    for index, word in enumerate(words):
        following = [impossible] * (count + 1)
        skip = _SKIPPED_STOP if word.stop else _SKIPPED_PART if word.part else _SKIPPED
        for done in range(count + 1):
            so_far = best[done]
            if so_far == impossible:
                continue
            if index > 0:
                following[done] = max(following[done], so_far + skip)
            for taken, score in _take(letters[done:], word.text, mixed):
                following[done + taken] = max(following[done + taken], so_far + score)
        best = following
    return best[count] / count


def _take(letters: str, word: str, mixed: bool) -> list[tuple[int, float]]:
    """The ways in which a word accounts for the next letters: how many, and with what score."""
    ways: list[tuple[int, float]] = []
    if not letters:
        return ways
    lower = word.lower()
    head = letters[0].lower()
    if lower in _DIGITS.get(head, ()):
        ways.append((1, _INITIAL))
    if head == "x" and lower.startswith("ex"):
        ways.append((1, _INITIAL - 0.1))
    if lower[0] != head:
        return ways
    score, position, run = _INITIAL, 0, True
    ways.append((1, score))
    for taken, letter in enumerate(letters[1:], start=2):
        small = mixed and letter.islower()
        if run and position + 1 < len(word) and lower[position + 1] == letter.lower():
            position += 1
            score += _INITIAL if small or word[position].isupper() else _PREFIX
        else:
            run = False
            position = lower.find(letter.lower(), position + 1)
            if position < 0:
                break
            if word[position].isupper():
                score += _CAMEL
            else:
                score += _VOWEL if lower[position] in "aeiou" else _CONSONANT
        ways.append((taken, score))
    return ways
