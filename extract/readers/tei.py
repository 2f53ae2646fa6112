"""TEI as GROBID makes it of a paper's PDF: header, abstract and reference list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._identify import web_links
from citeweave.extract.readers._markup import Element, inner, without_heading
from citeweave.extract.readers._names import person
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import date_or_note, identify
from citeweave.extract.readers._xml import attribute, children, every, find, find_all, read_papers, text_at, xml_head
from citeweave.model import Name, Paper, PartialDate, Problem, Reference
from citeweave.text import clean

SUFFIXES = (".tei.xml", ".tei", ".xml")
_SCHEMES = {"doi": "doi", "arxiv": "arxiv", "pmid": "pmid"}
_CLASS = re.compile(r"\s*\[[^\]]*\]$")


def sniff(head: bytes) -> float:
    """Sure where a TEI document opens and has a header."""
    text = xml_head(head)
    return 1.0 if re.search(r"<(?:tei:)?(?:TEI|teiCorpus)[\s>]", text) and "teiHeader" in text else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each TEI document in the source, which is one as a rule."""
    return read_papers(stream, source, ("TEI",), _paper)


def _paper(text: Text, line: int, document: Element) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    description = find(document, "teiheader/filedesc")
    work = find(description, "sourcedesc/biblstruct")
    title = text_at(description, "titlestmt/title") or text_at(work, "analytic/title")
    abstract = without_heading(text_at(document, "teiheader/profiledesc/abstract"))
    if not title and not abstract:
        raise ValueError("no title and no abstract")
    when = find(description, "publicationstmt/date")
    pointers = [attribute(e, "target") for e in every(find(document, "teiheader"), "ptr", "ref")]
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify(_identifiers(work), note),
        authors=_authors(find(work, "analytic")),
        date=_date(work) or date_or_note(when.get("when", "") if when is not None else "", note),
        venue=text_at(work, "monogr/title"),
        references=[r for one in every(find(document, "text/back"), "biblstruct") if (r := _reference(one))],
        links=[link for link in web_links(pointers) if "doi.org/" not in link and "kermitt2/grobid" not in link],
    )


def _identifiers(work: Element | None) -> list[tuple[str, str]]:
    pairs = []
    for number in every(work, "idno"):
        scheme = _SCHEMES.get(number.get("type", "").lower())
        if scheme:
            pairs.append((scheme, _CLASS.sub("", inner(number))))
    return pairs


def _authors(part: Element | None) -> tuple[Name, ...]:
    names = []
    for author in children(part, "author"):
        parts = find(author, "persname")
        given = " ".join(inner(name) for name in children(parts, "forename"))
        orcid = next((inner(n) for n in children(author, "idno") if n.get("type", "").upper() == "ORCID"), "")
        names.append(person(text_at(parts, "surname"), given, orcid=orcid))
    return tuple(name for name in names if name.family)


def _date(work: Element | None) -> PartialDate | None:
    for date in find_all(work, "monogr/imprint/date"):
        if found := date_or_note(date.get("when", "") or inner(date), lambda _: None):
            return found
    return None


def _reference(work: Element) -> Reference | None:
    analytic = find(work, "analytic")
    title = text_at(analytic, "title") or text_at(work, "monogr/title")
    raw = next((inner(n) for n in children(work, "note") if n.get("type") == "raw_reference"), "")
    date = _date(work)
    made = Reference(
        raw=clean(raw),
        identifiers=identify(_identifiers(work)),
        title=clean(title),
        authors=_authors(analytic) or _authors(find(work, "monogr")),
        year=date.year if date else None,
    )
    return made if made.raw or made.title or made.identifiers else None
