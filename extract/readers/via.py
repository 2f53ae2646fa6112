"""Pages of blocks of authors, abstract and a line ``Via``, without titles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._names import name_list
from citeweave.extract.readers._page import Block, content, is_prose
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, Problem
from citeweave.text import clean

SUFFIXES = (".txt", ".text")
_SHORT = 4


def sniff(head: bytes) -> float:
    """Nearly sure where some line says nothing but ``Via``."""
    lines = [line.strip() for line in head_text(head).split("\n")]
    return 0.95 if any(_closes(line) for line in lines) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper of authors and abstract for each block; a Problem for one cut off or without an abstract."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _closes(line: str) -> bool:
    return line.rstrip(":") == "Via"


def _papers(text: Text) -> Iterator[Paper | Problem]:
    block = Block()
    for number, raw in text.lines():
        line = clean(content(raw))
        if _closes(line):
            yield from _paper(text, block, number)
            block = Block()
        elif line:
            block.add((number, line))
    if any(is_prose(line) or name_list(line) for _, line in block):
        yield text.problem(block[0][0], "record cut off: no 'Via' closes it", block[0][1])


def _paper(text: Text, block: list[Line], end: int) -> Iterator[Paper | Problem]:
    """The last list of names that has text after it opens the record; what stands before it is furniture."""
    at = max((i for i, (_, line) in enumerate(block[:-1]) if name_list(line)), default=-1)
    body = [line for _, line in block[at + 1 :]]
    if at < 0:
        body = [line for line in body if is_prose(line, _SHORT) and not name_list(line)]
    if not body:
        number, line = block[-1] if block else (end, "")
        yield text.problem(number, "record without an abstract", line)
        return
    if at < 0:
        start = next(number for number, line in block if line == body[0])
        text.note(start, "no line of authors before the abstract", body[0])
        yield make_paper(text.source, start, abstract=" ".join(body))
        return
    number, names = block[at]
    yield make_paper(text.source, number, abstract=" ".join(body), authors=name_list(names))
