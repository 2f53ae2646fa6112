"""Tables with a header row: values separated by commas, semicolons or tabs (RFC 4180, read leniently).

Those that Scopus and the Web of Science export have the venue under ``Source title``, by which they are
known, authors as ``Family I.I.``, perhaps their full names in a column of their own, and first and last
page, or an article's number, in columns that are not called pages.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from citeweave.extract.readers._fields import FIELDS, field_name, from_fields, split_author_list
from citeweave.extract.readers._record import page_range
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, Problem
from citeweave.text import clean

SUFFIXES = (".csv", ".tsv", ".tab")
_DELIMITERS = ("\t", ",", ";", "|")
_NEEDED = {"title", "abstract"}
_MAX_ROW = 4_000_000
"""Characters of one row beyond which its opening quote is taken for one that was never closed."""
_END = "\x1e"
_VENUE, _FULL_NAMES = "source_title", "author_full_names"
_PAGE_COLUMNS = (("page_start", "start_page"), ("page_end", "end_page"), ("art._no.", "article_number"))
_INITIALS = re.compile(r"(?:-?[^\W\d_][^\W\d_]?\.)+")
_NUMBER = re.compile(r"\s*\(\d+\)")
_NO_VALUE = re.compile(r"\[no [\w() ]{1,30} available\]", re.IGNORECASE)


def sniff(head: bytes) -> float:
    """Nearly sure where the first line names a title or an abstract among two or more known columns."""
    header = head_text(head).lstrip("\n ").split("\n", 1)[0]
    columns = _columns(header, _delimiter(header))
    if not _NEEDED & set(columns):
        return 0.0
    known = sum(name in FIELDS.values() for name in columns)
    return 0.9 if known >= 2 else 0.65 if len(columns) > 1 else 0.3


def has_columns(head: bytes, columns: Mapping[str, str]) -> bool:
    """Whether the first line of a source has all of the headings (or as many columns) that ``columns`` names."""
    header = head_text(head).lstrip("\n ").split("\n", 1)[0]
    return any(not _lacking(_row(header, d), columns) for d in _DELIMITERS)


def read(stream: BinaryIO, source: str, columns: Mapping[str, str] | None = None) -> Iterator[Paper | Problem]:
    """Yield a paper for each row; a Problem for a row without title and abstract, or with an open quote.

    ``columns`` says in which column a field stands, by its heading; where it gives numbers only, counted
    from 1, the table has no headings. Other columns count by their headings as ever.
    """
    text = Text(stream, source)
    return text.checked(_papers(text, columns or {}))


def _row(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line[:10_000]], delimiter=delimiter), [])


def _bare(columns: Mapping[str, str]) -> bool:
    """Whether columns are given by number."""
    return bool(columns) and all(heading.isdecimal() and len(heading) < 6 for heading in columns.values())


def _lacking(row: list[str], columns: Mapping[str, str]) -> list[str]:
    """Which of the named columns a first row does not have."""
    if _bare(columns):
        return [number for number in columns.values() if not 1 <= int(number) <= len(row)]
    headings = {clean(heading).lower() for heading in row}
    return [heading for heading in columns.values() if clean(heading).lower() not in headings]


def _named(row: list[str], columns: Mapping[str, str]) -> list[str]:
    """What each column holds: as ``columns`` says, else as its heading says; empty for nothing."""
    if _bare(columns):
        fields = {int(number) - 1: field for field, number in columns.items()}
        return [fields.get(at, "") for at in range(len(row))]
    chosen = {clean(heading).lower(): field for field, heading in columns.items()}
    names = [chosen.get(clean(heading).lower(), "") for heading in row]
    guessed = (field_name(heading) for heading in row)
    taken = {*columns, _FULL_NAMES} if "authors" in columns else columns
    return [name or ("" if guess in taken else guess) for name, guess in zip(names, guessed, strict=True)]


def _delimiter(header: str, columns: Mapping[str, str] | None = None) -> str:
    """The separator that makes most known columns of the header."""
    if columns:
        return min(_DELIMITERS, key=lambda d: (len(_lacking(_row(header, d), columns)), -len(_row(header, d))))
    return max(_DELIMITERS, key=lambda d: sum(name in FIELDS.values() for name in _columns(header, d)))


def _columns(header: str, delimiter: str) -> list[str]:
    return [field_name(name) for name in _row(header, delimiter)]


def _papers(text: Text, chosen: Mapping[str, str]) -> Iterator[Paper | Problem]:
    csv.field_size_limit(2**31 - 1)
    lines = text.lines()
    header = next(((number, line) for number, line in lines if line.strip()), None)
    if header is None:
        return
    delimiter = _delimiter(header[1], chosen)
    first = _row(header[1], delimiter)
    if lacking := _lacking(first, chosen):
        message = f"no column {', '.join(map(repr, lacking))} in the first row, which has {_headings(first)}"
        yield text.problem(header[0], message)
        return
    columns = _named(first, chosen)
    if not _NEEDED & set(columns):
        yield text.problem(header[0], "no column 'title' or 'abstract' in the first row", header[1])
        return
    if _bare(chosen):
        lines = chain([header], lines)
    elif "title" not in columns:
        message = f"no title column among {_headings(first)}: name it by --column title=NAME"
        yield text.problem(header[0], message)
    database = not _bare(chosen) and _VENUE in map(field_name, first)
    for number, row in _rows(text, lines, delimiter):
        if isinstance(row, Problem):
            yield row
        elif any(cell.strip() for cell in row):
            yield _paper(text, number, columns, row, database)


def _headings(row: list[str]) -> str:
    return ", ".join(repr(clean(heading)[:40]) for heading in row[:40])


def _rows(text: Text, lines: Iterator[Line], delimiter: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Rows with the line each starts on. A quote that is never closed costs its own line and no more."""
    waiting: deque[Line] = deque()
    lines = _bearable(text, lines)
    while True:
        taken: list[Line] = []

        def feed(taken: list[Line] = taken) -> Iterator[str]:
            size = 0
            while size < _MAX_ROW and (line := waiting.popleft() if waiting else next(lines, None)):
                taken.append(line)
                size += len(line[1])
                yield line[1] + "\n"

        row = next(csv.reader(feed(), delimiter=delimiter), None)
        if row is None:
            return
        number, first = taken[0]
        if len(taken) > 1 or first.count('"') % 2:
            probe = [line + "\n" for _, line in taken]
            if _is_open(probe, delimiter):
                yield number, text.problem(number, "row cut off: a quote is never closed", first)
                waiting.extendleft(reversed(taken[1:]))
                continue
        yield number, row


def _bearable(text: Text, lines: Iterator[Line]) -> Iterator[Line]:
    for number, line in lines:
        if len(line) > _MAX_ROW:
            text.note(number, f"row of more than {_MAX_ROW // 1_000_000} megabytes left out", line)
        else:
            yield number, line


def _is_open(lines: list[str], delimiter: str) -> bool:
    """Whether a row of these lines would go on into the next line."""
    return sum(1 for _ in csv.reader([*lines, _END], delimiter=delimiter)) == 1


def _paper(text: Text, number: int, columns: list[str], row: list[str], database: bool) -> Paper | Problem:
    record: dict[str, object] = {}
    for name, cell in zip(columns, row, strict=False):
        if name and cell.strip() and not record.get(name) and not _NO_VALUE.fullmatch(cell.strip()):
            record[name] = cell.strip()
    if database:
        _settle(record)
    for name in ("references", "links"):
        if name in record:
            record[name] = [part for part in str(record[name]).split(";") if part.strip()]
    raw = " | ".join(cell[:80] for cell in row)
    short = f"row cut off: {len(row)} of {len(columns)} columns" if len(row) < len(columns) else ""
    if short and not _NEEDED & {name for name in record if name != columns[len(row) - 1]}:
        return text.problem(number, short, raw)
    try:
        paper = from_fields(record, text.source, number, lambda message: text.note(number, message))
    except ValueError as error:
        return text.problem(number, short or str(error), raw)
    if short:
        text.note(number, short, raw)
    return paper


def _settle(record: dict[str, object]) -> None:
    """Put venue and authors of a bibliographic database's row where they are looked for."""
    if _VENUE in record:
        record.setdefault("venue", record.pop(_VENUE))
    authors = clean(str(record.pop(_FULL_NAMES, record.get("authors", ""))))
    if authors:
        record["authors"] = [_person(name) for name in _apart(authors)]
    if "issue" in record and "number" not in record:
        record["number"] = record.pop("issue")
    given = ([str(record.pop(name)) for name in names if name in record] for names in _PAGE_COLUMNS)
    first, last, article = (next(iter(pages), "") for pages in given)
    if pages := page_range(first, last) or clean(article):
        record.setdefault("pages", pages)


def _apart(authors: str) -> list[str]:
    """Names parted by semicolons; in older tables by commas, which may stand before the initials too."""
    if ";" in authors:
        return authors.split(";")
    parts = [part.strip() for part in authors.split(",") if part.strip()]
    if all(map(_initialled, parts)):
        return parts
    if len(parts) > 2 and len(parts) % 2 == 0 and all(map(_is_initials, parts[1::2])):
        return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return split_author_list(authors)


def _is_initials(text: str) -> bool:
    return text[:1].isupper() and text not in ("Jr.", "Sr.") and bool(_INITIALS.fullmatch(text))


def _initialled(name: str) -> bool:
    """Whether a name is ``Family I.I.``."""
    family, _, last = name.rpartition(" ")
    return bool(family) and _is_initials(last)


def _person(name: str) -> object:
    """A name as the parts that are known, else as it is; one that Scopus numbers has a comma or no parts."""
    bare = _NUMBER.sub("", name).strip()
    if "," in bare:
        return bare
    if _initialled(bare):
        family, _, given = bare.rpartition(" ")
        return {"family": family, "given": given}
    return {"family": bare} if _NUMBER.search(name) else bare
