"""arXiv's lists of new papers and its search results, saved as HTML or copied as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._dates import MONTH, make_date, parse_date
from citeweave.extract.readers._html import classed, links_in, parsed, segments, text_of
from citeweave.extract.readers._identify import add_identifier, web_links
from citeweave.extract.readers._markup import Element, inner, plain
from citeweave.extract.readers._names import split_names
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text, head_text
from citeweave.identifiers import SCHEMES
from citeweave.model import Name, Paper, PartialDate, Problem
from citeweave.text import clean

SUFFIXES = (".html", ".htm", ".txt")
_ID = r"(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?"
_RECORD = re.compile(r"<dt\b|<li\b[^<>]{0,200}\barxiv-result\b[^<>]{0,200}>", re.IGNORECASE)
_OWN = re.compile(r"class\s*=\s*[\"']?(?:list-title\b|arxiv-result\b|list-identifier\b)")
_ABSTRACT_PAGE = re.compile(rf"(?:^|/)(?:abs|pdf)/{_ID}(?:\.pdf)?/?$")
_ITEM = re.compile(rf"\[\d{{1,6}}\]\s+arXiv:\s?{_ID}(?=\s|$)(?P<rest>.*)")
_LABEL = re.compile(
    r"(Title|Authors?|Comments?|Journal[- ]ref|Subjects?|DOI|Report-no|MSC-class|ACM-class|Abstract)\s*:\s*", re.I
)
_SUBMITTED = re.compile(rf"\bsubmitted\s+(\d{{1,2}} {MONTH},? \d{{4}})", re.IGNORECASE)
_NEW_STYLE = re.compile(r"(\d\d)(\d\d)\.")
_OLD_STYLE = re.compile(r".*/(\d\d)(\d\d)\d{3}")
_HEADINGS = re.compile(
    r"(?:New submissions|Cross(?:-lists| submissions)|Replacements?)\b.{0,80}|Total of \d.{0,80}", re.I
)
_MAX_ABSTRACT = 2_000_000


def sniff(head: bytes) -> float:
    """Sure where a page has the classes of arXiv's lists, or a line opens an item as those do (``[1] arXiv:...``)."""
    text = head_text(head)
    if text.lstrip().startswith("<"):
        return 1.0 if "arxiv" in text.lower() and _OWN.search(text) else 0.0
    return 0.97 if any(_ITEM.match(line.strip()) for line in text.split("\n")) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each item; where there is no other date, its number says year and month of submission."""
    text = Text(stream, source)
    return text.checked(_of_page(text) if text.head.lstrip().startswith("<") else _of_text(text))


def _of_page(text: Text) -> Iterator[Paper | Problem]:
    for line, segment in segments(text, _RECORD):
        if "list-title" not in segment and "arxiv" not in segment[:2000].lower():
            continue
        root = parsed(segment)
        found = _result(root) if "arxiv-result" in segment[:500] else _item(root)
        if found or "arXiv:" in segment[:2000]:
            yield _paper(text, line, found, segment)


def _item(root: Element | None) -> dict[str, str]:
    """The fields of an item of a list (``dt`` and ``dd``)."""
    found = {key: text_of(root, f"list-{key}") for key in ("title", "authors", "comments", "journal-ref", "subjects")}
    found = {key: _LABEL.sub("", value, count=1) for key, value in found.items()}
    if found["authors"]:
        names = [said for _, said in links_in(classed(root, "list-authors")[0])]
        found["authors"] = "; ".join(names) if names else found["authors"]
    prose = [p for p in (root.iter("p") if root is not None else ()) if "mathjax" in (p.get("class") or "")]
    found |= {"abstract": inner(prose[0]) if prose else "", "id": _number(root)}
    return {key: value for key, value in found.items() if value}


def _result(root: Element | None) -> dict[str, str]:
    """The fields of a search result."""
    found = {"title": text_of(root, "title"), "id": _number(root)}
    authors = next(iter(classed(root, "authors")), None)
    found["authors"] = "; ".join(said for _, said in links_in(authors))
    full = next(iter(classed(root, "abstract-full")), None)
    for link in list(full.iter("a")) if full is not None else ():
        if "less" in inner(link).lower()[-8:]:
            link.text = None
    found["abstract"] = re.sub(r"^Abstract\s*:\s*", "", inner(full) if full is not None else text_of(root, "abstract"))
    for paragraph in root.iter("p") if root is not None else ():
        said = inner(paragraph)
        if label := re.match(r"(Comments|Journal ref|Submitted)\b:?\s*", said):
            key = label[1].lower().replace(" ", "-")
            found[key] = said if key == "submitted" else said[label.end() :]
    dois = [said for address, said in links_in(root) if "doi.org/" in address]
    return {key: value for key, value in {**found, "doi": dois[0] if dois else ""}.items() if value}


def _number(root: Element | None) -> str:
    for address, _ in links_in(root):
        if page := _ABSTRACT_PAGE.search(address):
            return page["id"]
    return ""


def _of_text(text: Text) -> Iterator[Paper | Problem]:
    found: dict[str, str] = {}
    start, last, raw = 0, "", ""
    for number, line in text.lines():
        said = clean(line)
        if item := _ITEM.match(said):
            if start:
                yield _paper(text, start, found, raw)
            start, last, raw, found = number, "id", said, {"id": item["id"]}
        elif start and said and not _HEADINGS.fullmatch(said):
            label = _LABEL.match(said)
            if label:
                last = label[1].lower().rstrip("s").replace(" ", "-")
                last = {"author": "authors", "comment": "comments", "subject": "subjects"}.get(last, last)
                said = said[label.end() :]
            elif last in ("title", "subjects", "abstract"):
                last = "authors" if last == "title" else "abstract"
            if last != "id" and len(found.get(last, "")) < _MAX_ABSTRACT:
                found[last] = f"{found[last]} {said}" if last in found else said
    if start:
        yield _paper(text, start, found, raw)


def _paper(text: Text, line: int, found: dict[str, str], raw: str) -> Paper | Problem:
    title, abstract = plain(found.get("title", "")), plain(found.get("abstract", ""))
    if not clean(title):
        return text.problem(line, "item without a title: cut off", raw)
    identifiers: dict[str, str] = {}
    for scheme, value in (("arxiv", found.get("id", "")), ("doi", found.get("doi", ""))):
        if value and not add_identifier(identifiers, scheme, value):
            text.note(line, f"not an identifier of {scheme}: {clean(value)[:60]!r}")
    comments = plain(found.get("comments", ""))
    extra = {
        "comments": comments,
        "categories": " ".join(re.findall(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)", _subjects(found))),
    }
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers={scheme: identifiers[scheme] for scheme in SCHEMES if scheme in identifiers},
        authors=_authors(found.get("authors", "")),
        date=_date(found, identifiers.get("arxiv", "")),
        venue=plain(found.get("journal-ref", "")),
        links=web_links(re.findall(r"https?://[^\s<>\"')\]}]+[^\s<>\"')\]}.,;:]", f"{comments} {abstract}")),
        extra={key: clean(value) for key, value in extra.items() if clean(value)},
    )


def _subjects(found: dict[str, str]) -> str:
    return found.get("subjects", "")


def _authors(listed: str) -> tuple[Name, ...]:
    names = listed.split(";") if ";" in listed else re.split(r",\s+(?:and\s+)?|\s+and\s+", listed)
    return split_names(re.sub(r"\s*\([^()]*\)", "", plain(name)) for name in names)


def _date(found: dict[str, str], number: str) -> PartialDate | None:
    """The day of the first version where the page says it, else the month that the number stands for."""
    days = _SUBMITTED.findall(found.get("submitted", ""))
    month = _NEW_STYLE.match(number) or _OLD_STYLE.match(number)
    try:
        if days:
            return parse_date(days[-1])
        if month:
            return make_date((1900 if month[1] > "90" else 2000) + int(month[1]), int(month[2]))
    except ValueError:
        pass
    return None
