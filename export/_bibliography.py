"""What the bibliographic formats share: which papers, under which keys, as which kind of work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Paper
from citeweave.text import slug

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_./+-]{0,79}")
_SMALL = frozenset(
    "a an and are at do does for from how in is of on or the to towards toward via what when with".split()
)
_ARTICLE, _TALK, _OTHER = "article", "inproceedings", "misc"
_KINDS = {
    "article": _ARTICLE, "jour": _ARTICLE, "journal-article": _ARTICLE, "article-journal": _ARTICLE,
    "inproceedings": _TALK, "conference": _TALK, "conf": _TALK, "cpaper": _TALK, "paper-conference": _TALK,
    "proceedings-article": _TALK,
}  # fmt: skip
_MEETING = re.compile(r"\b(?:proceedings|conference|workshop|symposium|meeting|findings of)\b", re.IGNORECASE)
_PAGES = {
    "arxiv": "https://arxiv.org/abs/",
    "acl": "https://aclanthology.org/",
    "openalex": "https://openalex.org/",
    "s2": "https://www.semanticscholar.org/paper/",
}


def works(graph: KnowledgeGraph) -> Iterator[Paper]:
    """The papers that were read; those only cited are not the user's bibliography."""
    return (paper for paper in graph.papers.values() if paper.sources)


def keys(graph: KnowledgeGraph) -> dict[str, str]:
    """A citation key for each paper that was read, by its id: the one it came with, else ``family2017word``.

    Keys differ by more than case. Where two would be the same, the paper whose id sorts first has it,
    and the others have a letter or a number after it.
    """
    made: dict[str, str] = {}
    used: set[str] = set()
    for own in (True, False):
        for paper in works(graph):
            given = paper.extra.get("key", "")
            if paper.id in made or own != bool(_KEY.fullmatch(given)):
                continue
            key = next(k for k in _variants(given if own else _made(paper)) if k.casefold() not in used)
            used.add(key.casefold())
            made[paper.id] = key
    return made


def _variants(key: str) -> Iterator[str]:
    yield key
    yield from (f"{key}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1


def _made(paper: Paper) -> str:
    family = slug(paper.authors[0].family).replace("-", "") if paper.authors else "anonymous"
    year = str(paper.date.year) if paper.date and paper.date.year else ""
    words = (word for word in slug(paper.title or paper.abstract).split("-") if word not in _SMALL)
    return f"{family}{year}{next(words, '')}"


def kind(paper: Paper) -> str:
    """``article``, ``inproceedings`` or ``misc``: as the source said, else as the venue's name sounds."""
    said = _KINDS.get(paper.extra.get("kind", "").lower())
    if said:
        return said if paper.venue else _OTHER
    if not paper.venue:
        return _OTHER
    return _TALK if _MEETING.search(paper.venue) else _ARTICLE


def pages(paper: Paper) -> list[str]:
    """Addresses of a paper: its own, those that its identifiers have, then its links."""
    own = [paper.identifiers["url"]] if "url" in paper.identifiers else []
    known = [base + quote(paper.identifiers[scheme]) for scheme, base in _PAGES.items() if scheme in paper.identifiers]
    return [address(link) for link in dict.fromkeys((*own, *known, *paper.links))]


def address(link: str) -> str:
    """A link as one word that ends no field: white space, braces, backslashes and quotes percent-encoded."""
    return re.sub(r"[\s{}\\\"<>^`|\x00-\x20\ud800-\udfff]", lambda found: quote(found.group(), errors="replace"), link)


def one_line(text: str) -> str:
    """Text without line breaks and control characters, which would end a field."""
    spaced = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
    return " ".join(re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", spaced).split())
