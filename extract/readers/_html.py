"""Saved pages in HTML: records cut out of them by where they begin, each parsed by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from citeweave.extract.readers._markup import Element, inner, legal, local
from citeweave.extract.readers._source import Line, Text
from citeweave.extract.readers._xml import line_parts
from citeweave.text import clean

MAX_SEGMENT = 4 * 1024 * 1024
"""Characters of one record beyond which the rest of it is left out."""
_BLOCK_NAMES = (
    "address article aside blockquote body br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "html li main nav ol p pre section table tbody td th tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset("script style noscript svg button template head select textarea".split())


def segments(text: Text, opener: re.Pattern[str]) -> Iterator[Line]:
    """The text from each match of ``opener`` (which ends where a tag ends, or sooner) to the next, with its line."""
    start, size = 0, 0
    kept: list[str] = []
    for number, line in line_parts(text):
        at = 0
        for found in opener.finditer(line):
            if start:
                yield start, "".join((*kept, line[at : found.start()]))[:MAX_SEGMENT]
            start, size, kept, at = number, 0, [], found.start()
        if start and size < MAX_SEGMENT:
            kept.append(line[at:])
            size += len(line) - at
    if start:
        yield start, "".join(kept)[:MAX_SEGMENT]


def parsed(segment: str) -> Element | None:
    """The tree of a piece of HTML, as a browser would mend it; None where there is nothing in it."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(legal(segment), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def blocks(root: Element | None) -> list[tuple[str, Element]]:
    """The paragraphs of a tree as they stand on the page, each with the element that holds its start."""
    found: list[tuple[str, Element]] = []
    line: list[str] = []
    holder = root

    def close() -> None:
        if said := clean("".join(line)):
            found.append((said, holder))
        line.clear()

    for event, element in etree.iterwalk(root, ("start", "end")) if root is not None else ():
        name = local(element)
        if event == "start" and name in _SILENT:
            element.text = None
            for child in list(element):
                element.remove(child)
        if name in _BLOCKS:
            close()
        text = element.text if event == "start" else element.tail
        if text:
            if not line:
                holder = element if event == "start" else element.getparent()
            line.append(text)
    close()
    return found


def classed(root: Element | None, name: str) -> list[Element]:
    """The elements that have a class, in order."""
    if root is None:
        return []
    return [one for one in root.iter() if isinstance(one.tag, str) and name in (one.get("class") or "").split()]


def text_of(root: Element | None, name: str) -> str:
    """The text of the first element that has a class, or the empty string."""
    return inner(next(iter(classed(root, name)), None))


def links_in(root: Element | None) -> Iterator[tuple[str, str]]:
    """Address and text of the links, in order."""
    for link in root.iter("a") if root is not None else ():
        yield (link.get("href") or "").strip(), inner(link)
