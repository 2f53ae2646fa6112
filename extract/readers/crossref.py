"""Crossref works: pages of the REST API (``message.items``), one work, JSON Lines, and the public data file's parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from citeweave.extract.readers._identify import reference, web_links
from citeweave.extract.readers._json import keys_at, read_papers, shape
from citeweave.extract.readers._markup import from_markup, without_heading
from citeweave.extract.readers._names import is_nobody, person, split_name
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text, head_text
from citeweave.extract.readers._typed import Fields, date_of_parts, identify
from citeweave.model import Name, Paper, PartialDate, Problem, Reference
from citeweave.text import clean

SUFFIXES = (".json", ".jsonl", ".ndjson")
_OWN = {
    "DOI",
    "reference-count",
    "references-count",
    "is-referenced-by-count",
    "indexed",
    "member",
    "prefix",
    "deposited",
}
_ANSWER = re.compile(r'"message-type"\s*:\s*"work(?:-list)?"')
_OF_ARXIV = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)
_DATES = ("published", "issued", "published-online", "published-print", "posted", "created")


def sniff(head: bytes) -> float:
    """Sure where an answer of the API says that it holds works, however few fields were asked for, and where
    the first records have a DOI and the counts and stamps that only Crossref keeps."""
    if {"status", "message-type"} <= shape(head).get("", frozenset()) and _ANSWER.search(head_text(head)):
        return 1.0
    keys = keys_at(head, "items[]", "message", "message.items[]")
    return 1.0 if "DOI" in keys and len(_OWN & keys) >= 3 else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each work; JATS in abstracts becomes text."""
    return read_papers(stream, source, _paper, ("items",))


def _paper(text: Text, line: int, work: Fields) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    if "message" in work:
        work = work.inside("message")
    title = _title(work)
    abstract = without_heading(clean(from_markup(work.text("abstract"))))
    if not title and not abstract:
        raise ValueError("no title and no abstract")
    addresses = [work.text("URL"), work.inside("resource").inside("primary").text("URL")]
    addresses += [link.text("URL") for link in work.objects("link")]
    venue = next(iter(work.strings("container-title")), "") or work.inside("event").text("name")
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify([("doi", work.text("DOI")), *_preprint(work)], note),
        authors=[name for author in work.objects("author") if (name := _author(author)).family],
        date=_date(work, note),
        venue=from_markup(venue),
        references=[r for cited in work.objects("reference") if (r := _reference(cited))],
        links=[link for link in web_links(addresses) if "doi.org/" not in link],
        extra={
            key: clean(value)
            for key, value in (
                ("kind", work.text("type")),
                ("publisher", work.text("publisher")),
                ("volume", work.word("volume")),
                ("number", work.word("issue")),
                ("pages", work.text("page") or work.word("article-number")),
                ("cited_by_count", work.word("is-referenced-by-count")),
            )
            if value
        },
    )


def _title(work: Fields) -> str:
    """Title and subtitle, which some publishers put into the title, too."""
    title, below = (clean(from_markup(next(iter(work.strings(key)), ""))) for key in ("title", "subtitle"))
    if title.casefold().endswith(below.casefold()):
        return title
    return f"{title.removesuffix(':').rstrip()}: {below}" if title else below


def _preprint(work: Fields) -> list[tuple[str, str]]:
    """The arXiv id that a work names as its preprint, perhaps by the DOI that arXiv gives it."""
    related = [(one.text("id-type").lower(), one.text("id")) for one in work.inside("relation").objects("has-preprint")]
    return [(scheme, id) for scheme, id in related if scheme == "arxiv" or (scheme == "doi" and _OF_ARXIV.search(id))]


def _author(author: Fields) -> Name:
    given, family = from_markup(author.text("given")), from_markup(author.text("family"))
    if not family and (group := author.text("name")):
        return Name("" if is_nobody(group) else clean(from_markup(group)))
    name = person(family, given, author.text("suffix"), author.text("ORCID"))
    return Name("") if is_nobody(str(name)) else name


def _date(work: Fields, note: Callable[[str], None]) -> PartialDate | None:
    """The first date; a more exact one of the same year goes before it. ``created`` only where nothing else is."""
    known: list[PartialDate] = []
    for key in _DATES:
        if key == "created" and known:
            break
        parts = work.inside(key).raw("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        if isinstance(first, list):
            whole = [part if isinstance(part, int) and not isinstance(part, bool) else None for part in first]
            if date := date_of_parts(whole, note):
                known.append(date)
        elif first is not None:
            work.wrong.append(key)
    return next((date for date in known if date.month and date.year == known[0].year), next(iter(known), None))


def _reference(cited: Fields) -> Reference | None:
    printed = clean(from_markup(cited.text("unstructured")))
    found = reference(printed) if printed else Reference()
    identifiers = {**found.identifiers, **identify([("doi", cited.text("DOI"))])}
    year = cited.word("year")[:4]
    author = clean(from_markup(cited.text("author")))
    title = clean(from_markup(cited.text("article-title", "volume-title")))
    made = Reference(
        raw=printed,
        identifiers=identifiers,
        title=title,
        authors=(split_name(author),) if author else (),
        year=int(year) if year.isdecimal() and len(year) == 4 else found.year,
    )
    return made if made.raw or made.identifiers or made.title else None
