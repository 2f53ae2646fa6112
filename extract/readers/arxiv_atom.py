"""The arXiv API's answers: Atom, one ``entry`` a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._identify import web_links
from citeweave.extract.readers._markup import Element, from_markup, inner
from citeweave.extract.readers._names import split_names
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import date_or_note, identify
from citeweave.extract.readers._xml import children, find_all, read_papers, text_at, xml_head
from citeweave.identifiers import recognise
from citeweave.model import Paper, Problem

SUFFIXES = (".atom", ".xml")
_LINK = re.compile(r"https?://[^\s<>\"')\]}]+[^\s<>\"')\]}.,;:]")


def sniff(head: bytes) -> float:
    """Sure where an Atom entry has the address of an arXiv abstract."""
    text = xml_head(head)
    if not re.search(r"<(?:\w{1,20}:)?entry[\s>]", text):
        return 0.0
    return 1.0 if "arxiv.org/" in text else 0.6


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each entry; its date is that of the first version. An answer of an error is a Problem."""
    return read_papers(stream, source, ("entry",), _paper)


def _paper(text: Text, line: int, entry: Element) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    title, abstract = from_markup(text_at(entry, "title")), from_markup(text_at(entry, "summary"))
    address = text_at(entry, "id")
    if "/api/errors" in address:
        raise ValueError(f"the API answered with an error: {abstract[:100]}")
    if not title and not abstract:
        raise ValueError("no title and no abstract")
    comment = from_markup(text_at(entry, "comment"))
    known = recognise(address)
    dois = [inner(doi) for doi in children(entry, "doi")]
    links = [link.get("href", "") for link in children(entry, "link") if link.get("rel") == "related"]
    categories = [category.get("term", "") for category in children(entry, "category")]
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify([*([known] if known else []), *(("doi", doi.split()[0]) for doi in dois if doi)], note),
        authors=split_names(from_markup(inner(name)) for name in find_all(entry, "author/name")),
        date=date_or_note(text_at(entry, "published") or text_at(entry, "updated"), note),
        venue=from_markup(text_at(entry, "journal_ref")),
        links=[link for link in web_links([*links, *_LINK.findall(f"{comment} {abstract}")]) if "doi.org/" not in link],
        extra={
            key: value for key, value in (("categories", " ".join(categories).strip()), ("comments", comment)) if value
        },
    )
