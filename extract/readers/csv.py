"""Tables with a header row: values separated by commas, semicolons or tabs (RFC 4180, read leniently)."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from citeweave.extract.readers._fields import FIELDS, field_name, from_fields
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, Problem
from citeweave.text import clean

SUFFIXES = (".csv", ".tsv", ".tab")
_DELIMITERS = ("\t", ",", ";", "|")
_NEEDED = {"title", "abstract"}
_MAX_ROW = 4_000_000
"""Characters of one row beyond which its opening quote is taken for one that was never closed."""
_END = "\x1e"


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
    return [name or ("" if guess in columns else guess) for name, guess in zip(names, guessed, strict=True)]


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
        there = ", ".join(repr(clean(heading)[:40]) for heading in first[:40])
        yield text.problem(header[0], f"no column {', '.join(map(repr, lacking))} in the first row, which has {there}")
        return
    columns = _named(first, chosen)
    if not _NEEDED & set(columns):
        yield text.problem(header[0], "no column 'title' or 'abstract' in the first row", header[1])
        return
    if _bare(chosen):
        lines = chain([header], lines)
    for number, row in _rows(text, lines, delimiter):
        if isinstance(row, Problem):
            yield row
        elif any(cell.strip() for cell in row):
            yield _paper(text, number, columns, row)


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


def _paper(text: Text, number: int, columns: list[str], row: list[str]) -> Paper | Problem:
    record: dict[str, object] = {}
    for name, cell in zip(columns, row, strict=False):
        if name and cell.strip() and not record.get(name):
            record[name] = cell.strip()
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
