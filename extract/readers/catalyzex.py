"""Saved pages of CatalyzeX: lists of papers with their abstracts, and the page of one paper.

Their markup changes; what is relied on is what a visitor sees: a heading that links to the paper's page
(``/paper/...``), links to its authors (``/author/...``), a date, a paragraph that begins with
``Abstract:``, and behind ``Via`` a link to where the paper is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import DAY, parse_date
from citeweave.extract.readers._html import blocks, links_in, parsed, segments
from citeweave.extract.readers._identify import web_links
from citeweave.extract.readers._markup import Element, inner, local, plain
from citeweave.extract.readers._names import name_list, split_names
from citeweave.extract.readers._page import is_prose
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import identify
from citeweave.extract.readers._xml import xml_head
from citeweave.identifiers import recognise
from citeweave.model import Name, Paper, PartialDate, Problem

SUFFIXES = (".html", ".htm")
_TO_PAPER = r"<a\b[^<>]{0,500}\bhref\s*=\s*[\"']?[^\"'<>\s]{0,100}/paper/[^<>]{0,500}>"
_RECORD = re.compile(rf"(?:{_TO_PAPER}\s{{0,200}})?<h[1-4]\b", re.IGNORECASE)
_LINKED = re.compile(rf"{_TO_PAPER}\s{{0,200}}<h[1-4]\b|<h[1-4]\b[^<>]{{0,500}}>\s{{0,200}}{_TO_PAPER}", re.IGNORECASE)
_ABSTRACT = re.compile(r"Abstract\s*:\s*", re.IGNORECASE)
_DATE = re.compile(rf"(?:Published\s*(?:on|:)?\s*)?({DAY})", re.IGNORECASE)
_CODE = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|huggingface\.co)/[^\s?#]+")
_FOUND = ("arxiv", "doi", "acl", "pmid")


def sniff(head: bytes) -> float:
    """Sure where a page that names the site has a heading that links to a paper, or an abstract under a heading."""
    text = xml_head(head)
    if "catalyzex" not in text.lower():
        return 0.0
    return 1.0 if _LINKED.search(text) else 0.8 if "<h1" in text and _ABSTRACT.search(text) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each heading that links to one; a Problem where its abstract is missing."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    for line, segment in segments(text, _RECORD):
        if "/paper/" not in segment and not _ABSTRACT.search(segment):
            continue
        root = parsed(segment)
        heading = next((one for one in root.iter("h1", "h2", "h3", "h4")), None) if root is not None else None
        if heading is None or root is None:
            continue
        title = plain(inner(heading))
        said = [(block, holder) for block, holder in blocks(root) if holder is not heading]
        abstract = plain(_abstract([block for block, _ in said]))
        if not (_links_to_paper(heading) or _ABSTRACT.match(abstract) or _labelled(said)):
            continue
        if not abstract or not title:
            yield text.problem(line, "paper without an abstract" if title else "paper without a title", title)
            continue
        yield _paper(text, line, root, title, abstract, [block for block, _ in said])


def _links_to_paper(heading: Element) -> bool:
    around = [one for one in heading.iterancestors() if local(one) == "a"]
    return any("/paper/" in (link.get("href") or "") for link in (*around, *heading.iter("a")))


def _labelled(said: list[tuple[str, Element]]) -> bool:
    return any(_ABSTRACT.match(block) for block, _ in said)


def _abstract(said: list[str]) -> str:
    """What is labelled as the abstract, else the first running text."""
    for at, block in enumerate(said):
        if label := _ABSTRACT.match(block):
            return block[label.end() :] or next(iter(said[at + 1 :]), "")
    return next((block for block in said if is_prose(block, 8)), "")


def _paper(text: Text, line: int, root: Element, title: str, abstract: str, said: list[str]) -> Paper:
    links = [(address, words) for address, words in links_in(root) if address]
    known = [found for address, _ in links if (found := recognise(address)) and found[0] in _FOUND]
    code = [link.group() for address, _ in links if (link := _CODE.match(address))]
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify(known[:1]),
        authors=_authors(links, said),
        date=_date(text, line, said),
        links=web_links(code),
    )


def _authors(links: list[tuple[str, str]], said: list[str]) -> tuple[Name, ...]:
    linked = [words for address, words in links if "/author/" in address and words]
    if linked:
        return split_names(dict.fromkeys(linked))
    return next((names for block in said if len(block) < 2000 and (names := name_list(block))), ())


def _date(text: Text, line: int, said: list[str]) -> PartialDate | None:
    found = next((day for block in said if (day := _DATE.fullmatch(block))), None)
    if found is None:
        return None
    try:
        return parse_date(found[1])
    except ValueError as error:
        text.note(line, str(error), found.group())
        return None
