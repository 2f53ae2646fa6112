"""Pages of one paper a line: upvotes (or ``-``), title, abstract, ``K authors · Month D, YYYY``, comments.

Nothing but a space stands between title and abstract: ``_title_end`` finds where the title ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import parse_date
from citeweave.extract.readers._page import AUTHOR_COUNT, WHEN, content
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text, head_text
from citeweave.extract.readers._title_end import title_end
from citeweave.model import Paper, Problem
from citeweave.text import clean

SUFFIXES = (".txt", ".text")
_HEAD = re.compile(r"(?P<upvotes>-|\d{1,6}(?:,\d{3})*)\s+(?=\S)")
_TAIL = re.compile(rf"\s{AUTHOR_COUNT}\s*·\s*{WHEN}\s*$")
_TAIL_LENGTH = 120
_RECORD_LENGTH = 100
"""Characters from which a line without the closing number of authors is a damaged record, not furniture."""


def sniff(head: bytes) -> float:
    """Nearly sure where a line begins as a record and closes with a number of authors and a date."""
    lines = head_text(head).split("\n")
    return 0.95 if any(_HEAD.match(line.lstrip()) and _tail(line) for line in lines) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each record; a Problem for a line cut off, and for a date that is none."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _tail(line: str) -> re.Match[str] | None:
    return _TAIL.search(line, max(0, len(line.rstrip()) - _TAIL_LENGTH))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    for number, raw in text.lines():
        line = clean(content(raw))
        head, tail = _HEAD.match(line), _tail(line)
        if tail is None:
            if len(line) >= _RECORD_LENGTH:
                yield text.problem(number, "record cut off: no 'authors · date' closes the line", line)
            continue
        body = line[head.end() if head else 0 : tail.start()].strip()
        if not body:
            yield text.problem(number, "record without a title", line)
            continue
        extra = {"upvotes": head["upvotes"].replace(",", "")} if head and head["upvotes"] != "-" else {}
        if tail["comments"]:
            extra["comments"] = tail["comments"]
        try:
            date = parse_date(tail["date"])
        except ValueError as error:
            date = None
            text.note(number, str(error), tail.group())
        end = title_end(body)
        yield make_paper(
            text.source,
            number,
            title=body[:end],
            abstract=body[end:],
            author_count=int(tail["authors"].replace(",", "")),
            date=date,
            extra=extra,
        )
