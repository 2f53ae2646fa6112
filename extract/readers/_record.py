"""From the fields of one record to a Paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ftfy import fix_encoding
from ftfy.badness import is_bad

from citeweave.identifiers import paper_id
from citeweave.model import Name, Paper, PartialDate, Reference, Source
from citeweave.text import clean

_NOTHING: tuple[object, ...] = ("", (), {}, None)
_LOOKED_AT = 20_000
"""Characters in which wrongly decoded text shows itself; a text may be a megabyte."""
_RANGE = re.compile(r"(?P<first>\S+?)\s*(?:-+|[\u2010-\u2015\u2212])\s*(?P<last>\S+)")
_LONGEST_PAGES = 200
_SHORT = re.compile(r"([A-Za-z]*)(\d+)-(\d+)")


def make_paper(
    source: str,
    line: int,
    *,
    title: str = "",
    abstract: str = "",
    identifiers: Mapping[str, str] | None = None,
    authors: Iterable[Name] = (),
    author_count: int | None = None,
    date: PartialDate | None = None,
    venue: str = "",
    references: Iterable[Reference] = (),
    links: Iterable[str] = (),
    extra: Mapping[str, str] | None = None,
) -> Paper:
    """A Paper with cleaned texts, its id, and a Source that names every field the record supplied."""
    title, abstract = clean(_mended(title)), clean(_mended(abstract))
    identifiers = dict(identifiers or {})
    values: dict[str, Any] = {
        "title": title,
        "abstract": abstract,
        "identifiers": identifiers,
        "authors": tuple(authors),
        "author_count": author_count,
        "date": date,
        "venue": clean(_mended(venue)),
        "references": tuple(references),
        "links": tuple(dict.fromkeys(links)),
        "extra": dict(extra or {}),
    }
    supplied = tuple(name for name, value in values.items() if value not in _NOTHING)
    return Paper(id=paper_id(identifiers, title, abstract), sources=(Source(source, line, supplied),), **values)


def page_range(first: str, last: str = "") -> str:
    """The pages of a record that gives first and last apart, either of which may be the whole range already."""
    first, last = clean(first), clean(last)
    if not first or not last or first == last:
        return first or last
    if len(first) + len(last) > _LONGEST_PAGES:
        return f"{first}-{last}"
    if (found := _RANGE.fullmatch(last)) and found["first"] == first:
        return last
    if (found := _RANGE.fullmatch(first)) and last in (found["last"], _ending(found["first"], found["last"])):
        return first if last == found["last"] else f"{found['first']}-{last}"
    return f"{first}-{last}"


def full_range(pages: str) -> str:
    """Pages whose last one leaves out the digits that it shares with the first (``123-6``), written out."""
    found = _SHORT.fullmatch(pages)
    return f"{found[1]}{found[2]}-{_ending(found[1] + found[2], found[3])}" if found else pages


def _ending(first: str, last: str) -> str:
    """The last page in full, where it was shortened."""
    digits = re.search(r"\d*$", first)
    shorter = last.isdecimal() and digits is not None and len(last) < len(digits.group())
    full = first[: -len(last)] + last
    return full if shorter and full > first else last


def _mended(text: str) -> str:
    """Text whose UTF-8 somebody took for another encoding (``FrÃ©chet``) put right; other text as it is."""
    return fix_encoding(text) if not text.isascii() and is_bad(text[:_LOOKED_AT]) else text
