"""PubMed and MEDLINE XML: articles and books, as downloaded or from the yearly baseline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from citeweave.extract.readers._identify import reference
from citeweave.extract.readers._markup import Element, inner, plain
from citeweave.extract.readers._names import person
from citeweave.extract.readers._record import full_range, make_paper, page_range
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import date_or_note, identify
from citeweave.extract.readers._xml import children, every, find, find_all, read_papers, text_at, xml_head
from citeweave.model import Name, Paper, PartialDate, Problem, Reference

SUFFIXES = (".xml",)
_RECORD = re.compile(r"<(?:PubmedArticle|PubmedBookArticle|MedlineCitation)[\s>]")
_SCHEMES = {"doi": "doi", "pubmed": "pmid", "arxiv": "arxiv"}
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4})(?!\d)(?:\s+([A-Za-z]{3})[a-z]*)?")
_NO_TITLE = re.compile(r"\[?not available\]?\.?", re.IGNORECASE)


def sniff(head: bytes) -> float:
    """Sure where a PubMed article opens."""
    return 1.0 if _RECORD.search(xml_head(head)) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each article or book; labels of structured abstracts become headings in the text."""
    return read_papers(stream, source, ("PubmedArticle", "PubmedBookArticle"), _paper)


def _paper(text: Text, line: int, record: Element) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    citation = find(record, "medlinecitation")
    book = find(record, "bookdocument")
    article = find(citation, "article") if book is None else book
    titles = [text_at(article, "articletitle"), text_at(article, "vernaculartitle"), text_at(book, "book/booktitle")]
    title = next((one for one in titles if one and not _NO_TITLE.fullmatch(one)), "")
    book_title = "" if title == titles[2] else titles[2]
    abstract = " ".join(filter(None, map(_section, find_all(article, "abstract/abstracttext"))))
    if not title and not abstract:
        raise ValueError("no title and no abstract")
    title = _unbracketed(title)
    journal = find(article, "journal")
    keywords = [inner(word) for word in find_all(citation, "keywordlist/keyword")]
    return make_paper(
        text.source,
        line,
        title=plain(title.removesuffix(".")),
        abstract=plain(abstract),
        identifiers=_identifiers(record, citation if book is None else book, article, note),
        authors=[name for people in children(article, "authorlist")[:1] for name in _authors(people)],
        date=_date(article, journal, book, note),
        venue=text_at(journal, "title") or text_at(journal, "isoabbreviation") or book_title,
        references=[r for one in every(find(record, "pubmeddata"), "reference") if (r := _reference(one))],
        extra={
            key: value
            for key, value in (
                ("keywords", "; ".join(keywords)),
                ("volume", text_at(journal, "journalissue/volume")),
                ("number", text_at(journal, "journalissue/issue")),
                ("pages", _pages(find(article, "pagination"))),
                ("language", text_at(article, "language")),
            )
            if value
        },
    )


def _unbracketed(title: str) -> str:
    """A title without the brackets that say it is a translation; others (``[18F]FDG or [11C]PiB``) stay."""
    bare = title.rstrip(".")
    depth, closed = 0, -1
    for mark in re.finditer(r"[\[\]]", bare):
        depth += 1 if mark.group() == "[" else -1
        if depth == 0:
            closed = mark.end()
            break
    return bare[1:-1] if bare.startswith("[") and closed == len(bare) else title


def _pages(place: Element | None) -> str:
    printed = text_at(place, "medlinepgn")
    return full_range(printed) if printed else page_range(text_at(place, "startpage"), text_at(place, "endpage"))


def _section(element: Element) -> str:
    """A part of an abstract behind its label; PubMed labels so, too, what has none."""
    label, said = element.get("Label", ""), inner(element)
    label = "" if label.upper() in ("UNLABELLED", "UNLABELED") else label
    return f"{label}: {said}" if label and said else said


def _identifiers(
    record: Element, citation: Element | None, article: Element | None, note: Callable[[str], None]
) -> dict[str, str]:
    pairs = [("pmid", text_at(citation, "pmid"))]
    pairs += [("doi", inner(e)) for e in children(article, "elocationid") if e.get("EIdType") == "doi"]
    for data in ("pubmeddata", "pubmedbookdata"):
        listed = find_all(record, f"{data}/articleidlist/articleid")
        pairs += [(_SCHEMES[kind], inner(e)) for e in listed if (kind := e.get("IdType", "")) in _SCHEMES]
    return identify(pairs, note)


def _authors(people: Element) -> Iterator[Name]:
    for author in children(people, "author"):
        if author.get("ValidYN") == "N":  # a misspelling, kept beside the name that corrects it
            continue
        if group := text_at(author, "collectivename"):
            yield Name(group)
            continue
        orcid = next((inner(i) for i in children(author, "identifier") if i.get("Source", "").upper() == "ORCID"), "")
        given = text_at(author, "forename") or text_at(author, "initials")
        name = person(text_at(author, "lastname"), given, text_at(author, "suffix"), orcid)
        if name.family:
            yield name


def _date(
    article: Element | None, journal: Element | None, book: Element | None, note: Callable[[str], None]
) -> PartialDate | None:
    """The day of electronic publication where it is given, else the issue's date as far as that goes."""
    for place in (find(article, "articledate"), find(journal, "journalissue/pubdate"), find(book, "book/pubdate")):
        parts = [text_at(place, part) for part in ("day", "month", "year")]
        if parts[2]:
            day, month, year = parts
            if month.isdecimal():
                return date_or_note("-".join(part for part in (year, month, day) if part), note)
            return date_or_note(" ".join(part for part in ((day, month, year) if month else (year,)) if part), note)
        if found := _YEAR_MONTH.search(text_at(place, "medlinedate")):
            try:
                return date_or_note(" ".join(part for part in (found[2], found[1]) if part), _raise)
            except ValueError:
                return date_or_note(found[1], note)
    return None


def _raise(message: str) -> None:
    raise ValueError(message)


def _reference(element: Element) -> Reference | None:
    found = reference(text_at(element, "citation"))
    listed = find_all(element, "articleidlist/articleid")
    pairs = [(_SCHEMES[kind], inner(e)) for e in listed if (kind := e.get("IdType", "")) in _SCHEMES]
    made = Reference(found.raw, {**found.identifiers, **identify(pairs)}, year=found.year)
    return made if made.raw or made.identifiers else None
