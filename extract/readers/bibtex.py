"""BibTeX and BibLaTeX databases, read entry by entry so that a broken one costs only itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String

from citeweave.extract.readers._bibtex_keys import KnownKeys
from citeweave.extract.readers._bibtex_parents import VOLUMES, Parents
from citeweave.extract.readers._dates import MONTH, make_date, month_number, parse_date
from citeweave.extract.readers._identify import add_identifier, add_recognised, web_links
from citeweave.extract.readers._latex import plain, plain_link
from citeweave.extract.readers._markup import from_markup
from citeweave.extract.readers._names import split_names
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.identifiers import SCHEMES
from citeweave.model import Name, Paper, PartialDate, Problem
from citeweave.text import clean

SUFFIXES = (".bib", ".bibtex")
_START = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]{1,60})[ \t]*[{(]", re.MULTILINE)
_LONG = 64 * 1024
_NEXT = re.compile(r"(?<=\})[ \t]*(?=@[A-Za-z]{1,60}[ \t]*[{(])")
"""Where one entry ends and the next opens on a line beyond ``_LONG`` characters."""
_MONTH_DAY = re.compile(r"(?:(?P<before>\d{1,2})[ ~.]+)?(?P<month>[A-Za-z]+|\d{1,2})\.?(?:[ ~]*(?P<after>\d{1,2}))?")
_MAX_STRING = 10_000
"""Characters to which an abbreviation (``@string``) may grow: those that double each other would not end."""
_MAX_STRINGS = 4_000_000
"""Characters of all abbreviations of a file beyond which no more are kept."""
_MAX_ENTRY = 4 * 1024 * 1024
"""Characters of one entry beyond which it is left out: the parser takes many times as much memory."""
_EXTRA = ("volume", "number", "pages", "publisher", "keywords", "note", "primaryclass")
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


def sniff(head: bytes) -> float:
    """Sure where a line opens an entry (``@article{``) that has a field."""
    text = head_text(head)
    found = _START.search(text)
    if not found:
        return 0.0
    return 1.0 if re.match(r"[^=,]{0,200},\s*[\w-]+\s*=", text[found.end() : found.end() + 400]) else 0.7


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each entry with a title or an abstract; a Problem for an entry that does not parse.

    ``references`` and ``crossref`` may name keys of entries further down: from the first entry that has
    such a field on, entries wait, on disk, until the file is read. Volumes always do, since an entry
    further down may name them, and what is there as a parent alone is no paper.
    """
    text = Text(stream, source)
    return text.checked(_papers(text))


class _Strings(dict[str, str]):
    """The abbreviations of a file, as long as they have a bearable length, each and together."""

    size = 0

    def define(self, name: str, value: str) -> None:
        if self.size < _MAX_STRINGS:
            self[name.lower()] = value[:_MAX_STRING]
            self.size += len(name) + min(len(value), _MAX_STRING)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An entry's paper, and the entries it refers to by key or otherwise."""

    key: str
    paper: Paper
    cited: tuple[str, ...]


def _papers(text: Text) -> Iterator[Paper | Problem]:
    strings, parents = _Strings(), Parents()
    waiting = False
    with KnownKeys() as keys:
        for line, kind, chunk in _chunks(text):
            if kind in ("comment", "preamble"):
                continue
            for item in _items(text, line, kind, chunk, strings):
                paper, cited = (item, ()) if isinstance(item, Problem) else (item.paper, item.cited)
                found: list[tuple[Paper | Problem, tuple[str, ...]]] = [(paper, cited)]
                if isinstance(item, _Kept) and not keys.add(item.key, item.paper):
                    found.append((text.problem(line, f"key {item.key!r} is used twice"), ()))
                if isinstance(item, _Kept):
                    parents.see(item.key, item.paper)
                    waiting = waiting or bool(cited) or "crossref" in item.paper.extra
                if waiting or (isinstance(item, _Kept) and item.paper.extra.get("kind") in VOLUMES):
                    keys.wait([*((noted, ()) for noted in text.drain()), *found])
                else:
                    yield from (one for one, _ in found)
        yield from (settled for item in keys.waiting() if (settled := parents.settle(item)))


def _chunks(text: Text) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each entry: from one that opens at a line's start to the next such."""
    start, kind, size = 0, "", 0
    lines: list[str] = []
    for number, line in _lines(text):
        if found := _START.match(line):
            if lines:
                yield start, kind, "\n".join(lines)
            start, kind, size, lines = number, found[1].lower(), 0, []
        elif not kind:
            continue
        size += len(line) + 1
        if size <= _MAX_ENTRY:
            lines.append(line)
        elif lines or size == len(line) + 1:
            text.note(start, f"entry of more than {_MAX_ENTRY // 1024 // 1024} megabytes left out", line)
            lines = []
    if lines:
        yield start, kind, "\n".join(lines)


def _lines(text: Text) -> Iterator[Line]:
    """The lines of a file, those apart that some programs write without line feeds between their entries."""
    for number, line in text.lines():
        if len(line) < _LONG:
            yield number, line
        else:
            yield from ((number, part) for part in _NEXT.split(line))


def _items(text: Text, line: int, kind: str, chunk: str, strings: _Strings) -> Iterator[_Kept | Problem]:
    """Papers and problems of a chunk, which holds one entry as a rule; abbreviations go into ``strings``."""
    try:
        library = parse_string(chunk, parse_stack=[])
    except RecursionError:
        yield text.problem(line, "entry nested too deeply", chunk)
        return
    for block in library.blocks:
        at = line + (block.start_line or 0)
        if isinstance(block, DuplicateFieldKeyBlock):
            text.note(at, f"a field is given twice, the first counts: {', '.join(sorted(block.duplicate_keys))}")
        whole = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        if isinstance(whole, String):
            strings.define(whole.key, _value(str(whole.value), strings))
        elif isinstance(whole, Entry):
            yield _kept(text, at, whole, strings)
        elif isinstance(block, ParsingFailedBlock):
            yield text.problem(at, f"@{kind} entry cut off or malformed: a brace, quote or comma is missing", chunk)


def _value(raw: str, strings: Mapping[str, str]) -> str:
    """A field's text: its pieces (quoted, braced, number or abbreviation) joined, as ``#`` says."""
    raw = raw.strip()
    if len(raw) > 1 and raw[0] + raw[-1] in ("{}", '""') and "#" not in raw:
        return raw[1:-1]
    joined: list[str] = []
    for piece in _pieces(raw):
        bare = piece[0] not in '{"'
        joined.append(strings.get(piece.lower(), piece) if bare else piece[1:-1])
    return "".join(joined)


def _pieces(raw: str) -> Iterator[str]:
    """The operands of ``#`` in a field's value; a ``#`` inside braces or quotes is text."""
    depth, quoted, start = 0, False, 0
    for at, letter in enumerate(raw):
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
        elif letter == '"' and depth == 0:
            quoted = not quoted
        elif letter == "#" and depth == 0 and not quoted:
            if piece := raw[start:at].strip():
                yield piece
            start = at + 1
    if piece := raw[start:].strip():
        yield piece


def _kept(text: Text, line: int, entry: Entry, strings: Mapping[str, str]) -> _Kept | Problem:
    fields = {f.key.lower(): _value(str(f.value), strings) for f in reversed(entry.fields)}
    key, kind = clean(entry.key), clean(entry.entry_type).lower()
    if kind in VOLUMES and not fields.get("title"):
        fields["title"] = fields.get("booktitle", "")
    if not clean(plain(fields.get("title", ""))) and not clean(fields.get("abstract", "")):
        return text.problem(line, f"entry {key!r}: no title and no abstract")
    identifiers = _identifiers(text, line, fields)
    url = plain_link(fields.get("url", ""))
    code = [plain_link(link) for key in ("links", "code", "repository") for link in fields.get(key, "").split()]
    extra = {
        "key": key,
        "kind": kind,
        **{k: clean(plain(fields[k])) for k in _EXTRA if fields.get(k)},
        "crossref": clean(fields.get("crossref", "")),
    }
    paper = make_paper(
        text.source,
        line,
        title=_readable(fields.get("title", "")),
        abstract=_readable(fields.get("abstract", "")),
        identifiers=identifiers,
        authors=[name for one in split_multiple_persons_names(fields.get("author", "")) for name in _author(one)],
        date=_date(text, line, fields),
        venue=plain(next((fields[k] for k in ("journal", "journaltitle", "booktitle") if fields.get(k)), "")),
        links=[link for link in web_links([url, *code]) if link != identifiers.get("url")],
        extra={k: v for k, v in extra.items() if v},
    )
    cited = [c for k in ("references", "cites") for c in re.split(r"[;,\n]", fields.get(k, ""))]
    return _Kept(key, paper, tuple(c for name in cited if (c := clean(plain_link(name)))))


def _readable(value: str) -> str:
    """A field's text; tags are markup only where Zotero wrote them as text: ``{\\textless}i{\\textgreater}``."""
    return from_markup(plain(value)) if r"\textless" in value else plain(value)


def _author(written: str) -> tuple[Name, ...]:
    """One name, split unless braces around the whole of it say that it is an institution's; nobody's is left out."""
    written = written.strip()
    said = plain(written)
    names = split_names([said])
    if names and _is_literal(written):
        return (Name(clean(said)),)
    given, family = _half_in_braces(written)
    return split_names([f"{plain(given)}{{{plain(family)}}}"]) if family else names


def _half_in_braces(name: str) -> tuple[str, str]:
    """Given names and a family name of several words that braces keep together (``José {García Márquez}``).

    The family name is empty where the name has a comma or does not end with such braces.
    """
    if not name.endswith("}"):
        return name, ""
    depth = opened = 0
    for mark in re.finditer(r"\\.|[{},]", name, re.DOTALL):
        if mark.group() == "{":
            opened = opened if depth else mark.start()
            depth += 1
        elif mark.group() == "}":
            depth -= 1
        elif mark.group() == "," and depth == 0:
            return name, ""
    given, family = name[:opened], name[opened:]
    whole = depth == 0 and given[-1:] in (" ", "\t", "\n", "~") and _is_literal(family)
    return (given, family) if whole and " " in clean(plain(family)) else (name, "")


def _is_literal(name: str) -> bool:
    """Whether one pair of braces is around the whole of a name (``{Barnes and Noble}``, not ``{\\'A}lvarez, {J}.``)."""
    if not (name.startswith("{") and name.endswith("}")):
        return False
    depth = 0
    for mark in re.finditer(r"\\.|[{}]", name, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        if depth == 0 and mark.end() < len(name) and mark.group() == "}":
            return False
    return depth == 0


def _identifiers(text: Text, line: int, fields: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").strip("{} ").lower()
    given = [("doi", fields.get("doi", "")), ("arxiv", fields.get("arxiv", "")), ("pmid", fields.get("pmid", ""))]
    if archive == "arxiv":
        given.append(("arxiv", fields.get("eprint", "")))
    for scheme, value in given:
        if value.strip() and not add_identifier(found, scheme, plain_link(value)):
            text.note(line, f"not an identifier of {scheme}: {clean(value)[:60]!r}")
    if url := plain_link(fields.get("url", "")):
        add_recognised(found, url)
    return {scheme: found[scheme] for scheme in SCHEMES if scheme in found}


def _date(text: Text, line: int, fields: Mapping[str, str]) -> PartialDate | None:
    """From ``date`` (BibLaTeX) or ``year``, ``month`` and ``day``; a range counts by its start.

    A month that is none (``Spring``) leaves the year.
    """
    date, year, month = (clean(fields.get(key, "")).strip("{}") for key in ("date", "year", "month"))
    day = clean(fields.get("day", ""))
    found = _MONTH_DAY.fullmatch(month)
    try:
        if date:
            return parse_date(date.split("/")[0] if "-" in date else date)
        if not year.isdecimal() or len(year) > 4:
            return parse_date(year) if year else None
        if not found or not _is_month(found["month"]):
            return make_date(int(year))
        day = day or found["after"] or found["before"] or ""
        return make_date(int(year), month_number(found["month"]), int(day) if day.isdecimal() else None)
    except ValueError as error:
        text.note(line, str(error))
        return None


def _is_month(text: str) -> bool:
    return text.isdecimal() or re.fullmatch(MONTH, text, re.IGNORECASE) is not None
