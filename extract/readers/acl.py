"""The ACL Anthology's own XML: one file a collection, with its volumes and papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import MONTH, make_date, month_number
from citeweave.extract.readers._identify import web_links
from citeweave.extract.readers._markup import Element, inner, local, plain
from citeweave.extract.readers._names import person
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import identify
from citeweave.extract.readers._xml import attribute, children, read_papers, text_at, xml_head
from citeweave.model import Paper, PartialDate, Problem

SUFFIXES = (".xml",)
_START = re.compile(r"<collection\s[^<>]{0,200}id=[\"']|<volume\s[^<>]{0,200}id=[\"'][^<>]{0,200}>\s*<meta>")
_ID = re.compile(r"[A-Z]\d{2}-\d{4,5}|\d{4}\.[\w-]+\.\d+")
_MONTH = re.compile(MONTH, re.IGNORECASE)


def sniff(head: bytes) -> float:
    """Sure where a collection with papers opens."""
    text = xml_head(head)
    return 1.0 if _START.search(text) and re.search(r"<paper[\s>]", text) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each ``paper``; venue and date are those of its volume."""
    volume = _Volume()
    return read_papers(stream, source, ("meta", "paper"), volume.take, ("collection", "volume"))


class _Volume:
    """What the papers of the volume at hand have in common."""

    def __init__(self) -> None:
        self.collection = self.volume = self.title = ""
        self.date: PartialDate | None = None

    def take(self, text: Text, line: int, element: Element) -> Paper | None:
        """A paper of the volume; None for the tags that say where we are."""
        name = local(element)
        if name == "paper":
            return self._paper(text, line, element)
        if name == "collection":
            self.collection = element.get("id", "")
        elif name == "volume":
            self.volume, self.title, self.date = element.get("id", ""), "", None
        else:
            self.title = text_at(element, "booktitle")
            self.date = _date(text, line, element)
        return None

    def _paper(self, text: Text, line: int, paper: Element) -> Paper:
        title, abstract = plain(text_at(paper, "title")), plain(text_at(paper, "abstract"))
        if not title and not abstract:
            raise ValueError("no title and no abstract")
        given = [self._id(paper), text_at(paper, "doi")]
        code = [attribute(link, "url") for link in children(paper, "pwccode")]
        files = [inner(link) for key in ("url", "attachment", "video", "software") for link in children(paper, key)]
        authors = [
            person(text_at(a, "last"), text_at(a, "first"), orcid=a.get("orcid", "")) for a in children(paper, "author")
        ]
        extra = (
            ("key", text_at(paper, "bibkey")),
            ("pages", text_at(paper, "pages")),
            ("retracted", "true" if children(paper, "retracted") else ""),
        )
        return make_paper(
            text.source,
            line,
            title=title,
            abstract=abstract,
            identifiers=identify([("acl", given[0]), ("doi", given[1])], lambda message: text.note(line, message)),
            authors=[name for name in authors if name.family],
            date=_date(text, line, paper) or self.date,
            venue=plain(self.title),
            links=web_links([*code, *files]),
            extra={key: value for key, value in extra if value},
        )

    def _id(self, paper: Element) -> str:
        """The Anthology's id: as its address says, or put together of collection, volume and number."""
        for url in children(paper, "url"):
            if _ID.fullmatch(inner(url)):
                return inner(url)
        number = paper.get("id", "")
        if not (self.collection and self.volume and number):
            return ""
        if re.fullmatch(r"[A-Z]\d{2}", self.collection):
            if not (self.volume.isdecimal() and number.isdecimal()):
                return ""
            wide = self.collection[0] == "W" or (self.collection in ("C69", "D19") and int(self.volume) >= 5)
            return f"{self.collection}-{int(self.volume):0{2 if wide else 1}d}{int(number):0{2 if wide else 3}d}"
        return f"{self.collection}-{self.volume}.{number}"


def _date(text: Text, line: int, element: Element) -> PartialDate | None:
    """Year and first month (``July 5-10``, ``June-July``) of a volume or paper."""
    year = text_at(element, "year")
    month = _MONTH.search(text_at(element, "month"))
    try:
        return make_date(int(year), month_number(month.group()) if month else None) if year.isdecimal() else None
    except ValueError as error:
        text.note(line, str(error))
        return None
