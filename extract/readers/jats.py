"""JATS, the journals' archiving format: PubMed Central, publishers, preprint servers (one article or a set)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from citeweave.extract.readers._identify import reference, web_links
from citeweave.extract.readers._markup import Element, inner, local, plain
from citeweave.extract.readers._names import person, split_name
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import date_or_note, identify
from citeweave.extract.readers._xml import attribute, children, every, find, find_all, read_papers, text_at, xml_head
from citeweave.model import Name, Paper, PartialDate, Problem, Reference
from citeweave.text import clean

SUFFIXES = (".nxml", ".jats", ".xml")
_SCHEMES = {"doi": "doi", "pmid": "pmid", "arxiv": "arxiv"}
_OTHER_ABSTRACTS = frozenset(
    ("graphical", "teaser", "executive-summary", "summary", "key-points", "toc", "web-summary")
)
_CITATIONS = ("element-citation", "mixed-citation", "nlm-citation", "citation")
_DOI_LINK = re.compile(r"(?:dx\.)?doi\.org/(10\.\S+)")


def sniff(head: bytes) -> float:
    """Sure where an article opens and has its metadata in front."""
    text = xml_head(head)
    return 1.0 if re.search(r"<(?:\w{1,20}:)?article[\s>]", text) and re.search(r"<front[\s>]", text) else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each article in the source; figures, footnotes and full text are left aside."""
    return read_papers(stream, source, ("article",), _paper)


def _paper(text: Text, line: int, article: Element) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    meta = find(article, "front/article-meta")
    title = ": ".join(filter(None, (text_at(meta, "title-group/article-title"), text_at(meta, "title-group/subtitle"))))
    abstracts = [a for a in children(meta, "abstract") if a.get("abstract-type") not in _OTHER_ABSTRACTS]
    abstract = _abstract(abstracts[0]) if abstracts else ""
    if not title and not abstract:
        raise ValueError("no title and no abstract")
    ids = [(_SCHEMES.get(i.get("pub-id-type", "").lower(), ""), inner(i)) for i in children(meta, "article-id")]
    addresses = [attribute(e, "href") for e in every(meta, "self-uri", "ext-link")]
    journal = find(article, "front/journal-meta")
    extra = (
        ("keywords", "; ".join(inner(word) for word in every(meta, "kwd"))),
        ("volume", text_at(meta, "volume")),
        ("number", text_at(meta, "issue")),
        ("kind", article.get("article-type", "")),
    )
    return make_paper(
        text.source,
        line,
        title=plain(title),
        abstract=plain(abstract),
        identifiers=identify([(scheme, value) for scheme, value in ids if scheme], note),
        authors=list(_authors(meta)),
        date=_date(meta, note),
        venue=text_at(journal, "journal-title-group/journal-title") or text_at(journal, "journal-title"),
        references=[r for ref in every(find(article, "back"), "ref") if (r := _reference(ref))],
        links=[link for link in web_links(addresses) if "doi.org/" not in link and "creativecommons.org" not in link],
        extra={key: clean(value) for key, value in extra if value},
    )


def _abstract(element: Element) -> str:
    """Paragraphs and sections in order, each section's title before its text; the word Abstract is left out."""
    said = []
    for part in element:
        name = local(part)
        if name == "sec":
            title = text_at(part, "title")
            body = " ".join(inner(child) for child in part if local(child) not in ("title", "label"))
            said.append(f"{title.rstrip('.:')}: {body}" if title and body else body or title)
        elif name not in ("title", "label") and name:
            said.append(inner(part))
    return " ".join(filter(None, said)) or inner(element)


def _authors(meta: Element | None) -> Iterator[Name]:
    for one in find_all(meta, "contrib-group/contrib"):
        if one.get("contrib-type", "author") != "author":
            continue
        orcid = next((inner(i) for i in children(one, "contrib-id") if i.get("contrib-id-type") == "orcid"), "")
        name = next(every(one, "name", "string-name"), None)
        if name is not None:
            found = _name(name)
            yield Name(found.family, found.given, person("x", "x", orcid=orcid).orcid)
        elif group := text_at(one, "collab"):
            yield Name(group)


def _name(name: Element) -> Name:
    if children(name, "surname"):
        return person(text_at(name, "surname"), text_at(name, "given-names"), text_at(name, "suffix"))
    return split_name(inner(name))


def _date(meta: Element | None, note: Callable[[str], None]) -> PartialDate | None:
    """The most exact of the dates of publication; the first of those as exact."""
    known: list[PartialDate] = []
    for date in children(meta, "pub-date"):
        written = date.get("iso-8601-date", "") or "-".join(_parts(date))
        if found := date_or_note(written, note):
            known.append(found)
    return max(known, key=lambda date: len(str(date)), default=None)


def _parts(date: Element) -> Iterator[str]:
    """Year, month and day as far as they follow each other in figures."""
    for part in ("year", "month", "day"):
        value = text_at(date, part)
        if not value.isdecimal():
            return
        yield value


def _reference(ref: Element) -> Reference | None:
    cited = sorted(every(ref, *_CITATIONS), key=lambda e: _CITATIONS.index(local(e)))
    if not cited:
        return None
    printed = clean(next((inner(c) for c in cited if local(c) != "element-citation"), ""))
    found = reference(printed) if printed else Reference()
    first = cited[0]
    pairs = [(_SCHEMES.get(i.get("pub-id-type", "").lower(), ""), inner(i)) for i in every(first, "pub-id")]
    links = [m[1] for link in every(first, "ext-link") if (m := _DOI_LINK.search(attribute(link, "href")))]
    year = next((inner(y)[:4] for y in every(first, "year")), "")
    title = next((inner(t) for kind in ("article-title", "chapter-title", "source") for t in every(first, kind)), "")
    made = Reference(
        raw=printed,
        identifiers={**found.identifiers, **identify([*((s, v) for s, v in pairs if s), *(("doi", d) for d in links)])},
        title=clean(title),
        authors=tuple(name for n in every(first, "name", "string-name") if (name := _name(n)).family),
        year=int(year) if len(year) == 4 and year.isdecimal() else found.year,
    )
    return made if made.raw or made.title or made.identifiers else None
