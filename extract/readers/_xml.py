"""Records of XML sources, cut out by their tags and parsed one at a time.

The document around them never reaches a parser: neither a DOCTYPE nor what it declares can fetch or
expand anything, a broken record costs only itself, and memory holds one record whatever the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from html.entities import html5
from typing import BinaryIO

from lxml import etree

from citeweave.extract.readers._markup import Element, inner, legal, local, strict_parser
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.model import Paper, Problem

_MAX_RECORD = 6 * 1024 * 1024
"""Characters of one record beyond which it is refused: its tree takes many times as much memory."""
_LONG = 64 * 1024
"""Characters of a line beyond which it is looked at in parts."""
_RAW = 1000
_UNCLOSED = "record cut off: its closing tag is missing"
_REFERENCE = re.compile(r"&(?:(#\d{1,9}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z]\w{0,40});)?")
_PREFIX = re.compile(r"[<\s]([A-Za-z_][\w.-]{0,40}):[A-Za-z_]")
_KEPT = ("amp", "lt", "gt", "quot", "apos")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"

Make = Callable[[Text, int, Element], Paper | None]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A record's text as it stands in the file, or its start and what is wrong with it."""

    line: int
    text: str
    fault: str = ""


def xml_head(head: bytes) -> str:
    """The start of a source as text where it opens like XML, else the empty string."""
    text = head_text(head).lstrip()
    return text if text.startswith("<") else ""


def read_papers(
    stream: BinaryIO, source: str, tags: tuple[str, ...], make: Make, opened: tuple[str, ...] = ()
) -> Iterator[Paper | Problem]:
    """Papers that ``make`` finds in the elements named ``tags``.

    ``make`` gives None for an element that is no record and raises ValueError, saying why, for a bad
    one. Of the elements named ``opened`` it gets the opening tag alone: they hold records.
    """
    text = Text(stream, source)
    return text.checked(_papers(text, tags, make, opened))


def _papers(text: Text, tags: tuple[str, ...], make: Make, opened: tuple[str, ...]) -> Iterator[Paper | Problem]:
    for cut in _cuts(text, tags, opened):
        if cut.fault:
            yield text.problem(cut.line, cut.fault, cut.text)
            continue
        try:
            element = _parsed(cut.text)
        except etree.XMLSyntaxError as error:
            deep = "depth" in str(error.msg)
            why = "XML nested too deeply" if deep else f"XML malformed: {error.msg}"
            yield text.problem(cut.line + max((error.lineno or 1) - 1, 0), why, cut.text)
            continue
        try:
            paper = make(text, cut.line, element)
        except ValueError as error:
            yield text.problem(cut.line, str(error), cut.text)
            continue
        if paper is not None:
            yield paper


def _cuts(text: Text, tags: tuple[str, ...], opened: tuple[str, ...]) -> Iterator[_Cut]:
    """The records of a text one after the other; a second opening tag ends a record that was never closed."""
    opener = re.compile(rf"<(?:[\w.-]{{1,40}}:)?({'|'.join((*tags, *opened))})(?=[\s/>]|$)(?P<rest>[^<>]{{0,4000}}>)?")
    name, start, size = "", 0, 0
    parts: list[str] = []
    closers = {
        tag: re.compile(rf"</(?:[\w.-]{{1,40}}:)?{tag}\s*>|<(?:[\w.-]{{1,40}}:)?{tag}(?=[\s/>]|$)") for tag in tags
    }
    for number, line in line_parts(text):
        at = 0
        while True:
            if not name:
                found = opener.search(line, at)
                if found is None:
                    break
                at, rest = found.end(), found["rest"] or ""
                if found[1] in opened or rest.endswith("/>"):
                    yield _Cut(number, f"{found.group().rstrip('/>')}/>")
                    continue
                name, start, size, parts = found[1], number, 0, [found.group()]
            end = closers[name].search(line, at)
            if end is None:
                if size <= _MAX_RECORD:
                    parts.append(line[at:])
                size += len(line) - at
                break
            closes = end.group().startswith("</")
            parts.append(line[at : end.end() if closes else end.start()])
            fault = "" if closes else _UNCLOSED
            if size > _MAX_RECORD:
                fault = f"record of more than {_MAX_RECORD // 1024 // 1024} megabytes left out"
            yield _Cut(start, "".join(parts)[: _RAW if fault else None], fault)
            name, at = "", end.end() if closes else end.start()
    if name:
        yield _Cut(start, "".join(parts)[:_RAW], _UNCLOSED)


def line_parts(text: Text) -> Iterator[Line]:
    """Lines with their line feeds; a long one in parts that end between tags, so that no length is too much."""
    number, held = 1, ""
    for piece in text.pieces():
        *ended, held = f"{held}{piece}".split("\n")
        for line in ended:
            yield number, line + "\n"
            number += 1
        if len(held) > _LONG:
            last = held.rfind("<")
            cut = last if 0 <= len(held) - last < _LONG and last > held.rfind(">") else len(held)
            yield number, held[:cut]
            held = held[cut:]
    if held:
        yield number, held


def _parsed(record: str) -> Element:
    """The element of a record: entities of HTML resolved, prefixes declared that the document declared."""
    if _CDATA in record:
        record = "".join(_without_cdata(record))
    if "&" in record:
        record = _REFERENCE.sub(_resolved, record)
    prefixes = sorted({*_PREFIX.findall(record)} - {"xml", "xmlns"})
    declared = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in prefixes)
    return etree.fromstring(f"<r{declared}>{legal(record)}</r>", strict_parser())[0]


def _without_cdata(record: str) -> Iterator[str]:
    done = 0
    while (start := record.find(_CDATA, done)) >= 0 and (end := record.find(_CDATA_END, start)) >= 0:
        yield record[done:start]
        yield escape(record[start + len(_CDATA) : end])
        done = end + len(_CDATA_END)
    yield record[done:]


def _resolved(found: re.Match[str]) -> str:
    """A reference that XML allows; a named one of HTML as its character, any other one as plain text."""
    name = found[1]
    if not name:
        return "&amp;"
    if name in _KEPT:
        return found.group()
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return escape(legal(chr(code))) if code < 0x110000 and code not in (0x7F, 0) else "\ufffd"
    return escape(html5[f"{name};"]) if f"{name};" in html5 else f"&amp;{name};"


def children(element: Element | None, name: str) -> list[Element]:
    """The children of that (lower-case, local) name."""
    return [] if element is None else [child for child in element if local(child) == name]


def find(element: Element | None, path: str) -> Element | None:
    """The first descendant down a path of local names (``front/article-meta``), or None."""
    return next(iter(find_all(element, path)), None)


def find_all(element: Element | None, path: str) -> list[Element]:
    """All descendants down a path of local names."""
    found = [] if element is None else [element]
    for name in path.split("/"):
        found = [child for parent in found for child in children(parent, name)]
    return found


def every(element: Element | None, *names: str) -> Iterator[Element]:
    """All elements of those local names anywhere below, in order."""
    if element is not None:
        yield from (one for one in element.iter() if local(one) in names)


def text_at(element: Element | None, path: str) -> str:
    """The text down a path, or the empty string."""
    return inner(find(element, path))


def attribute(element: Element, name: str) -> str:
    """An attribute by its local name, whatever its prefix."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
