"""Pages of title line and abstract line in turn, with or without blank lines, under site furniture."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from citeweave.extract.readers._page import content, is_prose
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, Problem

SUFFIXES = (".txt", ".text")
_LEAST = 0.2
"""Below this, a text that merely has a heading somewhere would pass for a listing."""
_SHORT = 4
"""Words from which a line closed by a full stop is an abstract, where an abstract is due."""


def sniff(head: bytes) -> float:
    """Sure in proportion to the lines of prose that directly follow a line that is none."""
    lines = [line for raw in head_text(head).split("\n") if (line := content(raw))]
    prose = [is_prose(line) for line in lines]
    pairs = sum(after and not before for before, after in pairwise(prose))
    sure = 0.6 * 2 * pairs / len(lines) if pairs else 0.0
    return sure if sure >= _LEAST else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each title and the abstract after it; a Problem where one of them is missing."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    title: Line | None = None
    for number, raw in text.lines():
        line = content(raw)
        if not line:
            continue
        if title is None:
            if is_prose(line):
                yield text.problem(number, "abstract without a title", line)
            else:
                title = number, line
        elif is_prose(line, _SHORT):
            yield make_paper(text.source, title[0], title=title[1], abstract=line)
            title = None
        else:
            yield text.problem(title[0], "title without an abstract", title[1])
            title = number, line
    if title:
        yield text.problem(title[0], "title without an abstract", title[1])
