"""Papers from records of named fields, as JSON objects and table rows give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from citeweave.extract.readers._dates import make_date, month_number, parse_date
from citeweave.extract.readers._identify import add_identifier, add_recognised, reference, web_links
from citeweave.extract.readers._names import split_name, split_names
from citeweave.extract.readers._record import make_paper
from citeweave.identifiers import SCHEMES
from citeweave.model import Name, Paper, PartialDate, Reference
from citeweave.text import clean

Value = object
Note = Callable[[str], None]

_SAME = {
    "title": ("title", "paper_title", "article_title"),
    "abstract": ("abstract", "summary", "abstract_text", "abstractnote"),
    "authors": ("authors", "author", "author_names", "creators"),
    "author_count": ("author_count", "num_authors"),
    "date": ("date", "published", "publication_date", "published_date", "issued", "submitted"),
    "year": ("year", "publication_year"),
    "month": ("month",),
    "day": ("day",),
    "venue": ("venue", "journal", "booktitle", "conference", "publication_title", "container_title", "publication"),
    "doi": ("doi",),
    "arxiv": ("arxiv", "arxiv_id", "arxivid", "eprint"),
    "acl": ("acl", "acl_id", "anthology_id"),
    "pmid": ("pmid", "pubmed_id"),
    "openalex": ("openalex", "openalex_id"),
    "s2": ("s2", "s2_id", "semantic_scholar_id"),
    "id": ("id", "paper_id"),
    "identifiers": ("identifiers", "ids", "externalids", "external_ids"),
    "url": ("url", "link", "paper_url"),
    "links": ("links", "urls", "code", "code_url", "repository"),
    "references": ("references", "cites", "reference", "referenced_works", "bibliography"),
    "extra": ("extra",),
}
FIELDS: Mapping[str, str] = {name: field for field, names in _SAME.items() for name in names}
"""Names under which a field may stand, in lower case with underscores, and the field each stands for."""
_IGNORED = frozenset({"sources", "source", "text"})


def field_name(name: str) -> str:
    """The field that a key or a column's heading stands for, else the heading itself in lower case."""
    key = re.sub(r"[\s_-]+", "_", clean(name).lower()).strip("_")
    return FIELDS.get(key, key)


def from_fields(record: Mapping[str, Value], source: str, line: int, note: Note) -> Paper:
    """A Paper of a record whose keys went through ``field_name``.

    ``note`` is told of what is left out. Raises ValueError, saying why, where the record is no paper.
    """
    title, abstract = (_text(record.get(key), key) for key in ("title", "abstract"))
    if not clean(title) and not clean(abstract):
        raise ValueError("no title and no abstract")
    extra = _extra(record)
    identifiers = _identifiers(record, extra, note)
    links = [*_strings(record.get("links")), *_strings(record.get("url"))]
    return make_paper(
        source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identifiers,
        authors=_authors(record.get("authors")),
        author_count=_whole(record.get("author_count")),
        date=_date(record, note),
        venue=_text(record.get("venue"), "venue", strict=False),
        references=[r for item in _items(record.get("references")) if (r := _reference(item))],
        links=[link for link in web_links(links) if link != identifiers.get("url")],
        extra=extra,
    )


def _text(value: Value, key: str, strict: bool = True) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Sequence) and all(isinstance(part, str) for part in value):
        return " ".join(value)
    if strict:
        raise ValueError(f"{key} is not text")
    return ""


def _whole(value: Value) -> int | None:
    """A number of something: not negative, and no more digits than one that was counted."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**9 else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value.strip()) else None


def _items(value: Value) -> Sequence[Value]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _strings(value: Value) -> Iterator[str]:
    """All strings of a string, a list or a map's values, one level deep."""
    inside = list(value.values()) if isinstance(value, Mapping) else _items(value)
    yield from (item for item in inside if isinstance(item, str))


def _extra(record: Mapping[str, Value]) -> dict[str, str]:
    given = record.get("extra")
    rest = {k: v for k, v in record.items() if k not in _SAME and k not in _IGNORED}
    found = {**(given if isinstance(given, Mapping) else {}), **rest}
    plain = {clean(str(k)): _scalar(v) for k, v in found.items()}
    return {k: v for k, v in sorted(plain.items()) if k and v}


def _scalar(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**300:
        return ""
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def _identifiers(record: Mapping[str, Value], extra: dict[str, str], note: Note) -> dict[str, str]:
    found: dict[str, str] = {}
    given = record.get("identifiers")
    named = {field_name(str(k)): v for k, v in given.items()} if isinstance(given, Mapping) else {}
    for scheme in SCHEMES[:-1]:
        for value in (record.get(scheme), named.get(scheme)):
            if (text := _scalar(value)) and not add_identifier(found, scheme, text):
                note(f"not an identifier of {scheme}: {text[:60]!r}")
    for value in (record.get("id"), record.get("url"), named.get("url")):
        for text in map(_scalar, _items(value)):
            if text and not add_recognised(found, text) and value is record.get("id"):
                extra.setdefault("id", text)
    return {scheme: found[scheme] for scheme in SCHEMES if scheme in found}


def _authors(value: Value) -> tuple[Name, ...]:
    if isinstance(value, str):
        return split_names(split_author_list(value))
    names: list[Name] = []
    for item in _items(value):
        if isinstance(item, str):
            names.extend(split_names([item]))
        elif isinstance(item, Mapping):
            names.extend(_person(item))
    return tuple(names)


def split_author_list(text: str) -> list[str]:
    """Names apart that stand in one string: by semicolons, else by ``and``, else by commas between whole names."""
    text = clean(text)
    if ";" in text or "|" in text:
        return re.split(r"[;|]", text)
    parts = re.split(r"\s+(?:and|&)\s+", text)
    if len(parts) == 1 or "," in parts[0]:
        pieces = [p for part in parts for p in re.split(r",\s*", part) if p.strip()]
        if all(" " in p.strip() for p in pieces):
            return pieces
    return parts


def _person(item: Mapping[str, Value]) -> Iterator[Name]:
    """One author given as an object: ``given`` and ``family``, or ``name``, and perhaps ``orcid``."""
    parts = {str(k).lower().replace("_", ""): clean(v) for k, v in item.items() if isinstance(v, str)}
    given = parts.get("given") or parts.get("firstname") or parts.get("forename") or ""
    family = parts.get("family") or parts.get("lastname") or parts.get("surname") or ""
    orcid = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]", parts.get("orcid", ""))
    if family:
        name = Name(family, given)
    else:
        name = split_name(parts.get("name") or parts.get("literal") or parts.get("displayname") or given)
    if name.family:
        yield Name(name.family, name.given, orcid.group().upper() if orcid else "")


def _date(record: Mapping[str, Value], note: Note) -> PartialDate | None:
    date, year = _scalar(record.get("date")), _scalar(record.get("year"))
    try:
        if date:
            return parse_date(date)
        if year.isdecimal():
            month, day = (_scalar(record.get(key)) for key in ("month", "day"))
            if month:
                return make_date(int(year[:9]), month_number(month[:12]), int(day) if day.isdecimal() else None)
        return parse_date(year) if year else None
    except ValueError as error:
        note(str(error))
        return None


def _reference(item: Value) -> Reference | None:
    if isinstance(item, str):
        return reference(item) if clean(item) else None
    if not isinstance(item, Mapping):
        return None
    record = {field_name(str(k)): v for k, v in item.items()}
    identifiers = _identifiers(record, {}, lambda _: None)
    raw, title = _scalar(record.get("raw")), _scalar(record.get("title"))
    year = _whole(record.get("year"))
    made = Reference(raw, identifiers, title, _authors(record.get("authors")), year)
    return made if made != Reference() else None
