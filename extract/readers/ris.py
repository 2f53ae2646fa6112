"""RIS as reference managers export it: Zotero, Mendeley, EndNote, Scopus and publishers' sites.

The format is read by what lines mean, so that a byte order mark, any line end, one space before the
dash, lines that go on without a tag, and a missing ``ER`` cost no record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import make_date, month_number, parse_date
from citeweave.extract.readers._identify import add_identifier, links_beside, reference
from citeweave.extract.readers._markup import from_markup, without_heading
from citeweave.extract.readers._names import is_nobody, split_name
from citeweave.extract.readers._record import make_paper, page_range
from citeweave.extract.readers._source import Text, head_text
from citeweave.identifiers import SCHEMES, recognise
from citeweave.model import Name, Paper, PartialDate, Problem, Reference
from citeweave.text import clean

SUFFIXES = (".ris",)
_LINE = re.compile(r"\s{0,4}([A-Z][A-Z0-9])(\s{0,3})-(?:\s(.*)|$)")
_TAG_NAMES = (
    "TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CR CT CY DA DB DI DO DP ED EP ER ET H1 H2 ID "
    "IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RI RN RP SE SN SP ST SV T1 T2 T3 TA TI "
    "TT U1 U2 U3 U4 U5 UK UR VL VO Y1 Y2"
)
_TAGS = frozenset(_TAG_NAMES.split())
_TYPE = re.compile(r"^\s{0,4}TY\s{1,3}-\s?([A-Z]{2,8}\d?)\s*$", re.MULTILINE)
_DATE = re.compile(r"(\d{4})(?:[/-](\d{1,2}|[A-Za-z]{3,9})?(?:[/-](\d{1,2})?)?)?(?:/.*)?")
_EXTRA = {"TY": "kind", "ID": "key", "VL": "volume", "IS": "number", "PB": "publisher", "N1": "note", "LA": "language"}
_TITLE = ("TI", "T1", "CT", "BT")
"""Where the title may stand; ``BT`` is the book's, and that of what is in it only where nothing else is."""
_ARTICLES = frozenset({"JOUR", "EJOUR", "CONF", "CPAPER"})
_VENUE = ("T2", "JF", "JO", "C3", "JA", "J2")
_MAX_RECORD = 4 * 1024 * 1024
"""Characters of one record beyond which its further lines are left out."""

_Fields = dict[str, list[str]]


def sniff(head: bytes) -> float:
    """Sure where a line gives a record's type (``TY  - JOUR``)."""
    return 1.0 if _TYPE.search(head_text(head)) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each record with a title or an abstract; note records that ``ER`` does not close."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    fields: _Fields = {}
    start = size = stray = 0
    tag = ""
    for number, line in text.lines():
        found = _LINE.fullmatch(line)
        if found is None or (found.group(2) != "  " and found.group(1) not in _TAGS):
            if tag and size < _MAX_RECORD:
                size += len(line) + 1
                fields[tag].append(f"\n{line.strip()}")
            elif not fields and line.strip() and not stray:
                stray = number
                text.note(number, "text outside of any record left out", line)
            continue
        new, value = found.group(1), (found.group(3) or "").strip()
        if new in ("ER", "TY"):
            if fields and new == "TY":
                text.note(start, "record not closed by ER", fields.get("TI", fields["TY"])[0])
            if fields:
                yield _paper(text, start, fields)
            fields, tag, size = {}, "", 0
            if new == "ER":
                continue
            start = number
        elif not fields:
            if not stray:
                stray = number
                text.note(number, "text outside of any record left out", line)
            continue
        tag = new
        full = size >= _MAX_RECORD
        size += len(value)
        if size < _MAX_RECORD:
            fields.setdefault(tag, []).append(value)
            continue
        if not full:
            text.note(start, "record of more than 4 megabytes: the rest of it left out")
        tag, size = "", _MAX_RECORD
    if fields:
        text.note(start, "record not closed by ER: cut off", fields["TY"][0])
        yield _paper(text, start, fields)


def _values(fields: _Fields, *tags: str) -> list[str]:
    """The values under the tags, with the lines that went on without a tag."""
    found: list[str] = []
    for tag in tags:
        for value in fields.get(tag, ()):
            if value.startswith("\n") and found:
                found[-1] += value
            else:
                found.append(value)
    return [value for value in found if value.strip()]


def _first(fields: _Fields, *tags: str) -> str:
    return next(iter(_values(fields, *tags)), "")


def _paper(text: Text, line: int, fields: _Fields) -> Paper | Problem:
    title = from_markup(_first(fields, *_TITLE))
    abstract = without_heading(clean(from_markup(_first(fields, "AB", "N2"))))
    if not clean(title) and not abstract:
        return text.problem(line, "no title and no abstract", _first(fields, "TY", "ID"))
    identifiers = _identifiers(text, line, fields)
    links = [part for value in _values(fields, "UR", "L1", "L2", "L3", "LK") for part in re.split(r"[;\s]+", value)]
    cited, remarks = _remarks(fields)
    extra = {name: clean(from_markup(_first(fields, tag))) for tag, name in _EXTRA.items() if tag != "N1"}
    pages = page_range(_first(fields, "SP"), _first(fields, "EP")) or _article_number(fields)
    keywords = [word for value in _values(fields, "KW") for part in value.split("\n") if (word := clean(part))]
    extra |= {"pages": pages, "keywords": "; ".join(keywords), "note": remarks}
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identifiers,
        authors=_authors(fields),
        date=_date(text, line, fields),
        venue=from_markup(_first(fields, *_VENUE, *(["BT"] if _first(fields, *_TITLE[:-1]) else []))),
        references=cited,
        links=links_beside(identifiers, links),
        extra={name: value for name, value in extra.items() if value},
    )


def _authors(fields: _Fields) -> tuple[Name, ...]:
    """The authors; EndNote ends a name that is not to be split with a comma."""
    said = (from_markup(value) for value in _values(fields, "AU", "A1"))
    names = (clean(name) for value in said for name in value.split(";"))
    known = (_author(name) for name in names if not is_nobody(name.strip(" ,")))
    return tuple(name for name in known if name.family)


def _author(name: str) -> Name:
    return Name(name[:-1].strip()) if name.endswith(",") and name.count(",") == 1 else split_name(name)


def _article_number(fields: _Fields) -> str:
    """What EndNote and Scopus write under ``C7`` for articles that have no pages."""
    kind, number = clean(_first(fields, "TY")), clean(_first(fields, "C7"))
    return number if kind in _ARTICLES and re.fullmatch(r"(?=\D{0,20}\d)\S{1,20}", number) else ""


def _identifiers(text: Text, line: int, fields: _Fields) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in _values(fields, "DO"):
        if not add_identifier(found, "doi", value):
            text.note(line, f"not an identifier of doi: {clean(value)[:60]!r}")
    number = clean(_first(fields, "AN"))
    if number.isdecimal() and "pubmed" in " ".join(_values(fields, "DB", "DP")).lower():
        add_identifier(found, "pmid", number)
    for value in (number, *_values(fields, "M3", "C2", "UR", "L3", "ID")):
        first = re.split(r"[;\n]", value)[0].strip()
        known = None if re.fullmatch(r"\d+(\.\d+)?", first) else recognise(clean(first))
        # The first address is the paper's own; those after it lead to code, data and copies.
        if known and (known[0] != "url" or value == _first(fields, "UR", "L3")):
            found.setdefault(*known)
    return {scheme: found[scheme] for scheme in SCHEMES if scheme in found}


def _remarks(fields: _Fields) -> tuple[list[Reference], str]:
    """Notes apart: the reference list that Scopus puts there, and the rest as text."""
    cited: list[Reference] = []
    rest: list[str] = []
    for note in _values(fields, "N1"):
        if note.lower().startswith("references:"):
            parts = re.split(r";\s*\n|;\s*(?=[A-Z][\w'’-]+, [A-Z]\.)|\n", note[len("references:") :])
            cited += [reference(part.strip(" ;")) for part in parts if part.strip(" ;")]
        else:
            rest.append(clean(from_markup(note)))
    cited += [reference(part) for value in _values(fields, "CR") for part in value.split("\n") if part.strip()]
    return cited, " ".join(rest)


def _date(text: Text, line: int, fields: _Fields) -> PartialDate | None:
    """The most exact of the dates given; parts that are none (``2020///Spring``) leave the year."""
    known: list[PartialDate] = []
    wrong = ""
    for value in map(clean, _values(fields, "DA", "PY", "Y1")):
        found = _DATE.fullmatch(value)
        try:
            known.append(_of_parts(found) if found else parse_date(value))
        except ValueError as error:
            wrong = wrong or str(error)
    if wrong and not known:
        text.note(line, wrong)
    full = max(known, key=lambda date: len(str(date)), default=None)
    if full is not None and full.year is None:
        return next((PartialDate(d.year, full.month, full.day) for d in known if d.year), full)
    return full


def _of_parts(found: re.Match[str]) -> PartialDate:
    year, month, day = found.groups()
    if not month or month.strip("0") == "":
        return make_date(int(year))
    try:
        number = month_number(month)
    except ValueError:
        return make_date(int(year))
    return make_date(int(year), number, int(day) if day and day.strip("0") else None)
