"""CSL-JSON, the citation processors' format: Zotero, Mendeley, Pandoc, doi.org."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import make_date, parse_date
from citeweave.extract.readers._identify import add_recognised, links_beside
from citeweave.extract.readers._json import keys_at, read_papers, shape
from citeweave.extract.readers._markup import from_markup, without_heading
from citeweave.extract.readers._names import is_nobody, person
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import Fields, date_of_parts, identify
from citeweave.identifiers import recognise
from citeweave.model import Name, Paper, PartialDate, Problem
from citeweave.text import clean

SUFFIXES = (".json", ".csl", ".csljson")
_OWN = {
    "container-title",
    "title-short",
    "publisher-place",
    "citation-key",
    "collection-title",
    "event-title",
    "issued",
}
_DATED = {"date-parts", "raw", "literal", "season", "circa"}
_NAMED = {"family", "given", "literal", "non-dropping-particle", "dropping-particle"}
_SEASONS = frozenset((*range(13, 17), *range(21, 25)))
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d{2}(?!\d)")
_NUMBERS = re.compile(r"\d{4}[-/.]\d")
_IN_NOTE = re.compile(r"\b(arXiv|DOI|PMID)\s*:\s*(\S+)", re.IGNORECASE)


def sniff(head: bytes) -> float:
    """Sure where the first records have a type and dates or authors in CSL's own form."""
    keys = keys_at(head, "items[]")
    if "type" not in keys or not keys & {"id", "DOI", "citation-key"}:
        return 0.0
    under = shape(head)

    def has(key: str, wanted: set[str]) -> bool:
        places = (key, f"[].{key}", f"items[].{key}")
        return any(wanted & under.get(place, frozenset()) for place in places)

    if has("issued", _DATED) or has("author[]", _NAMED):
        return 0.98
    return 0.95 if _OWN & keys else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each item with a title or an abstract."""
    return read_papers(stream, source, _paper, ("items",))


def _paper(text: Text, line: int, item: Fields) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    title = from_markup(_one(item, "title"))
    abstract = without_heading(clean(from_markup(item.text("abstract"))))
    if not title.strip() and not abstract:
        raise ValueError("no title and no abstract")
    identifiers = _identifiers(item, note)
    url = item.text("URL")
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identifiers,
        authors=[name for author in item.objects("author") if (name := _author(author)).family],
        date=_date(item, note),
        venue=from_markup(_one(item, "container-title") or item.text("event-title", "event")),
        links=links_beside(identifiers, [url]),
        extra={
            key: clean(value)
            for key, value in (
                ("key", item.text("citation-key") or item.word("id")),
                ("kind", item.text("type")),
                ("publisher", item.text("publisher")),
                ("volume", item.word("volume")),
                ("number", item.word("issue")),
                ("pages", item.word("page") or item.word("page-first")),
                ("keywords", item.text("keyword")),
                ("language", item.text("language")),
            )
            if value
        },
    )


def _one(item: Fields, key: str) -> str:
    """A field that some write as a list of one."""
    return next(iter(item.strings(key)), "")


def _identifiers(item: Fields, note: Callable[[str], None]) -> dict[str, str]:
    found = identify([("doi", item.text("DOI")), ("pmid", item.word("PMID"))], note)
    for text in (item.word("number"), item.text("archive_location"), item.word("id")):
        known = recognise(text)
        if known and known[0] != "url" and not re.fullmatch(r"[\d.]{1,8}", text):
            found.setdefault(*known)
    if url := item.text("URL"):
        add_recognised(found, url)
    for scheme, value in _IN_NOTE.findall(item.text("note")):
        found = {**identify([(scheme.lower(), value.rstrip(".,;"))]), **found}
    return identify(list(found.items()))


def _author(author: Fields) -> Name:
    if literal := author.text("literal"):
        return Name("" if is_nobody(literal) else clean(from_markup(literal)))
    particles = [author.text("dropping-particle"), author.text("non-dropping-particle")]
    family = " ".join(part for part in (*particles, author.text("family")) if part)
    given, suffix = from_markup(author.text("given")), author.text("suffix")
    name = person(from_markup(family), given, suffix, author.text("ORCID"))
    return Name("") if is_nobody(str(name)) else name


def _date(item: Fields, note: Callable[[str], None]) -> PartialDate | None:
    """From ``issued``: its first date, else the date that it says in words, or the one year among them.

    Seasons, which CSL numbers after the months, leave the year.
    """
    if isinstance(said := item.raw("issued"), str):
        return _in_words(said, note)
    issued = item.inside("issued")
    parts = issued.raw("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        year, month, *day = [*map(_whole, parts[0]), None, None]
        if year:
            return date_of_parts([year] if month in _SEASONS else [year, month, *day], note)
    elif parts not in (None, []):
        item.wrong.append("issued.date-parts")
    return _in_words(issued.text("raw", "literal"), note)


def _in_words(said: str, note: Callable[[str], None]) -> PartialDate | None:
    said = clean(said).split("/")[0].strip()
    years = set(_YEAR.findall(said))
    try:
        return parse_date(said) if said else None
    except ValueError as error:
        if len(years) == 1 and not _NUMBERS.search(said):
            return make_date(int(*years))
        note(str(error))
        return None


def _whole(part: object) -> int | None:
    if isinstance(part, str) and part.isdecimal() and len(part) < 5:
        return int(part)
    return part if isinstance(part, int) and not isinstance(part, bool) else None
