"""The arXiv metadata snapshot: JSON Lines, one object a paper, with LaTeX in titles and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from citeweave.extract.readers._fields import split_author_list
from citeweave.extract.readers._identify import web_links
from citeweave.extract.readers._json import keys_at, read_papers
from citeweave.extract.readers._latex import plain
from citeweave.extract.readers._names import person, split_names
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import Fields, date_or_note, identify
from citeweave.model import Name, Paper, PartialDate, Problem
from citeweave.text import clean

SUFFIXES = (".json", ".jsonl", ".ndjson")
_OWN = {"authors_parsed", "journal-ref", "report-no", "update_date", "submitter", "versions", "categories"}
_REMARK = re.compile(r"\([^()]*\)")
_LINK = re.compile(r"https?://[^\s<>\"')\]}]+[^\s<>\"')\]}.,;:]")


def sniff(head: bytes) -> float:
    """Sure where the first records have an id and three of the snapshot's own keys."""
    keys = keys_at(head)
    return 1.0 if "id" in keys and len(_OWN & keys) >= 3 else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each object; its date is that of the first version."""
    return read_papers(stream, source, _paper)


def _paper(text: Text, line: int, record: Fields) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    title, abstract = plain(record.text("title")), plain(record.text("abstract"))
    if not title.strip() and not abstract.strip():
        raise ValueError("no title and no abstract")
    comments, categories = plain(record.text("comments")), record.text("categories")
    dois = record.text("doi").split()
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify([("arxiv", record.word("id")), *(("doi", doi) for doi in dois[:1])], note),
        authors=_authors(record),
        date=_date(record, note),
        venue=plain(record.text("journal-ref")),
        links=web_links(_LINK.findall(f"{comments} {abstract}")),
        extra={
            key: clean(value)
            for key, value in (("categories", categories), ("comments", comments), ("license", record.text("license")))
            if value.strip()
        },
    )


def _authors(record: Fields) -> list[Name]:
    parsed = record.raw("authors_parsed")
    names = []
    for parts in parsed if isinstance(parsed, list) else ():
        if isinstance(parts, list) and parts and all(isinstance(part, str) for part in parts):
            family, given, suffix = [plain(part) for part in [*parts, "", ""][:3]]
            names.append(person(family, given, suffix))
        else:
            record.wrong.append("authors_parsed")
    found = [name for name in names if name.family]
    return found or list(split_names(split_author_list(_REMARK.sub(" ", plain(record.text("authors"))))))


def _date(record: Fields, note: Callable[[str], None]) -> PartialDate | None:
    for version in record.objects("versions")[:1]:
        try:
            created = parsedate_to_datetime(version.text("created"))
            return PartialDate(created.year, created.month, created.day)
        except (ValueError, TypeError, IndexError, OverflowError):
            break
    return date_or_note(record.text("update_date"), note)
