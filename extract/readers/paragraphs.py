"""Plain text, one abstract a paragraph: what is left when no other format knows a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._page import Block, content, is_prose
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, Problem

SUFFIXES = (".txt", ".text", ".md")
_SURE, _WRAPPED = 0.1, 0.62
"""Below whatever any other reader says, so that no page is taken from a reader that knows more; but of text
whose lines were broken to one width, a listing of titles knows nothing."""


def sniff(head: bytes) -> float:
    """Hardly sure, and only where at least half of the paragraphs are running text; surer where lines are wrapped."""
    text = head_text(head)
    if text.lstrip().startswith(("<", "{", "[", "@", "%")):
        return 0.0
    blocks = list(_blocks((number, line) for number, line in enumerate(text.split("\n"), 1)))
    prose = sum(is_prose(_joined(part)) for part in blocks)
    if not prose or 2 * prose < len(blocks):
        return 0.0
    return _WRAPPED if 2 * sum(map(_is_wrapped, blocks)) >= len(blocks) else _SURE


def _is_wrapped(block: list[Line]) -> bool:
    """Whether the lines of a paragraph, the last one aside, are of about one width."""
    widths = [len(line) for _, line in block[:-1]]
    return len(widths) > 1 and min(widths) >= 45 and max(widths) <= 120 and max(widths) - min(widths) <= 25


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper of an abstract alone for each paragraph; a Problem for one too short to be an abstract."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    for block in _blocks(text.lines()):
        said = _joined(block)
        if is_prose(said):
            yield make_paper(text.source, block[0][0], abstract=said)
        else:
            yield text.problem(block[0][0], "no abstract: too short, or no full stop at its end", said)


def _joined(block: list[Line]) -> str:
    return " ".join(line for _, line in block)


def _blocks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Paragraphs between blank lines; where each line is running text by itself, each is one."""
    block = Block()
    for number, raw in lines:
        if raw.strip():
            if line := content(raw):
                block.add((number, line))
        elif block:
            yield from _apart(block)
            block = Block()
    if block:
        yield from _apart(block)


def _apart(block: list[Line]) -> Iterator[list[Line]]:
    if len(block) > 1 and all(is_prose(line) for _, line in block):
        for line in block:
            yield [line]
    else:
        yield block
