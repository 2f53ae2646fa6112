"""From the fields of one record to a Paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from citeweave.identifiers import paper_id
from citeweave.model import Name, Paper, PartialDate, Reference, Source
from citeweave.text import clean

_NOT_SUPPLIED = ("id", "sources")


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
    title, abstract = clean(title), clean(abstract)
    identifiers = dict(identifiers or {})
    paper = Paper(
        id=paper_id(identifiers, title, abstract),
        title=title,
        abstract=abstract,
        identifiers=identifiers,
        authors=tuple(authors),
        author_count=author_count,
        date=date,
        venue=clean(venue),
        references=tuple(references),
        links=tuple(dict.fromkeys(links)),
        extra=dict(extra or {}),
    )
    supplied = tuple(
        f.name
        for f in fields(Paper)
        if f.name not in _NOT_SUPPLIED and getattr(paper, f.name) not in ("", (), {}, None)
    )
    return Paper(
        **{f.name: getattr(paper, f.name) for f in fields(Paper) if f.name != "sources"},
        sources=(Source(source, line, supplied),),
    )
