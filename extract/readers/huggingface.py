"""Saved pages of the Hugging Face paper listing: HTML that carries its papers as JSON in an attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO

from citeweave.extract.readers._identify import web_links
from citeweave.extract.readers._json import papers_of
from citeweave.extract.readers._json_values import Record, spread
from citeweave.extract.readers._markup import plain
from citeweave.extract.readers._names import split_names
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import Fields, date_or_note, identify
from citeweave.extract.readers._xml import xml_head
from citeweave.model import Paper, Problem

SUFFIXES = (".html", ".htm")
_TARGET = re.compile(r"<[a-z]{1,10}\s[^<>]{0,2000}?data-target\s*=\s*[\"']?\w{0,40}Papers\b")
_PROPS = re.compile(r"data-props\s*=\s*([\"'])")
_LIST = re.compile(r'"(?:dailyPapers|papers)"\s*:\s*\[')
_NEAR = 4000


def sniff(head: bytes) -> float:
    """Sure where an element is the target of a list of papers."""
    return 1.0 if _TARGET.search(xml_head(head)) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each entry of the list; a page cut off gives those before the cut."""
    text = Text(stream, source)
    return text.checked(papers_of(text, _entries(text), _paper))


def _entries(text: Text) -> Iterator[Record | Problem]:
    whole = text.whole()
    if whole is None:
        return
    done = 0
    for target in _TARGET.finditer(whole):
        if target.start() < done:
            continue
        props = _PROPS.search(whole, target.start(), target.end() + _NEAR)
        if props is None:
            continue
        end = whole.find(props[1], props.end())
        done = end if end >= 0 else len(whole)
        data = unescape(whole[props.end() : done])
        if _LIST.search(data):
            yield from spread(text, [data], _LIST, 1 + whole.count("\n", 0, props.end()))


def _paper(text: Text, line: int, entry: Fields) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    paper = entry.inside("paper") if "paper" in entry else entry
    title, abstract = plain(paper.text("title")), plain(paper.text("summary"))
    if not title.strip() and not abstract.strip():
        raise ValueError("no title and no abstract")
    extra = (("upvotes", paper.word("upvotes")), ("comments", entry.word("numComments")))
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify([("arxiv", paper.word("id"))], note),
        authors=split_names(author.text("name") for author in paper.objects("authors")),
        date=date_or_note(paper.text("publishedAt") or entry.text("publishedAt"), note),
        links=web_links([paper.text("githubRepo"), paper.text("projectPage")]),
        extra={key: value for key, value in extra if value},
    )
