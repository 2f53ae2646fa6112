"""Where strings stand in a text as whole words: what the annotation guideline calls a mention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Label = TypeVar("Label")


def whole_words(text: str, string: str) -> Iterator[tuple[int, int]]:
    """Offsets of a string in a text where no word character touches either end."""
    # Without a regular expression, whose compilation takes longer than the search.
    start = text.find(string)
    while start >= 0:
        end = start + len(string)
        if (start and _in_word(text[start - 1])) or (end < len(text) and _in_word(text[end])):
            start = text.find(string, start + 1)
        else:
            yield start, end
            start = text.find(string, end)


def _in_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def occurrences(text: str, strings: Iterable[tuple[str, Label]]) -> dict[tuple[int, int], Label]:
    """All whole-word occurrences of labelled strings, the longest first and without overlap."""
    found: dict[tuple[int, int], Label] = {}
    taken = bytearray(len(text))
    for string, label in sorted(strings, key=lambda item: -len(item[0])):
        if not string:
            continue
        for start, end in whole_words(text, string):
            if not any(taken[start:end]):
                found[start, end] = label
                taken[start:end] = b"\1" * (end - start)
    return found
