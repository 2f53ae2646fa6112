"""From the fields of one record to a Paper."""

from __future__ import annotations

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


def _mended(text: str) -> str:
    """Text whose UTF-8 somebody took for another encoding (``FrÃ©chet``) put right; other text as it is."""
    return fix_encoding(text) if not text.isascii() and is_bad(text[:_LOOKED_AT]) else text
