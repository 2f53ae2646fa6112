"""Pages of blocks of title, abstract, ``• K authors``, ``·`` and a date, with a number of comments after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import parse_date
from citeweave.extract.readers._page import AUTHOR_COUNT, WHEN, Block, content, is_prose
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, PartialDate, Problem

SUFFIXES = (".txt", ".text")
_AUTHORS = re.compile(rf"[•*‣◦·-]\s*{AUTHOR_COUNT}(?:\s*·\s*{WHEN})?")
_WHEN = re.compile(rf"(?:·\s*)?{WHEN}")


def sniff(head: bytes) -> float:
    """Nearly sure where a line gives nothing but a number of authors behind a bullet."""
    return 0.95 if any(_AUTHORS.fullmatch(line.strip()) for line in head_text(head).split("\n")) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each block; a Problem for a block cut off or without a title, or a date that is none."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    block = Block()
    authors: re.Match[str] | None = None
    authors_line = 0
    for number, raw in text.lines():
        line = raw.strip()
        if authors is not None:
            if line in ("", "·"):
                continue
            when = _WHEN.fullmatch(line)
            if when is None:
                text.note(authors_line, "no date after the number of authors")
            yield from _paper(text, block, authors_line, authors, when)
            block, authors = Block(), None
            if when is not None:
                continue
        found = _AUTHORS.fullmatch(line)
        if found and found["date"]:
            yield from _paper(text, block, number, found, found)
            block = Block()
        elif found:
            authors, authors_line = found, number
        elif kept := content(raw):
            block.add((number, kept))
    if authors is not None:
        text.note(authors_line, "no date after the number of authors: cut off")
        yield from _paper(text, block, authors_line, authors, None)
    elif block:
        yield text.problem(block[0][0], "record cut off: no authors and date after it", block[0][1])


def _paper(
    text: Text, block: list[Line], end: int, authors: re.Match[str], when: re.Match[str] | None
) -> Iterator[Paper | Problem]:
    """The last line, and any prose before it, is the abstract; the line before that is the title."""
    if not block:
        yield text.problem(end, "number of authors without a title", authors.group())
        return
    first = len(block) - 1
    while first > 1 and is_prose(block[first - 1][1]):
        first -= 1
    lone = first == 0
    if lone and is_prose(block[0][1]):
        yield text.problem(block[0][0], "abstract without a title", block[0][1])
        return
    number, title = block[0] if lone else block[first - 1]
    lost = [(n, line) for n, line in block[: max(first - 1, 0)] if is_prose(line)]
    if lost:
        text.note(lost[0][0], "abstract without authors and date left out", lost[0][1])
    yield make_paper(
        text.source,
        number,
        title=title,
        abstract="" if lone else " ".join(line for _, line in block[first:]),
        author_count=int(authors["authors"].replace(",", "")),
        date=_date(text, number, when),
        extra={"comments": when["comments"]} if when and when["comments"] else {},
    )


def _date(text: Text, number: int, when: re.Match[str] | None) -> PartialDate | None:
    if when is None:
        return None
    try:
        return parse_date(when["date"])
    except ValueError as error:
        text.note(number, str(error), when.group())
        return None
