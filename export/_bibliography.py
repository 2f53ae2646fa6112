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
_WORDS = {
    _ARTICLE: "article jour ejour mgzn news journal-article article-journal article-magazine article-newspaper "
    "research-article review-article",
    _TALK: "inproceedings conference conf cpaper paper-conference proceedings-article",
    "book": "book ebook edbook mvbook collection edited-book monograph reference-book",
    "proceedings": "proceedings",
    "incollection": "incollection chap echap chapter book-chapter book-section book-part",
    "inbook": "inbook",
    "booklet": "booklet pamp pamphlet",
    "manual": "manual",
    "phdthesis": "phdthesis thesis thes dissertation",
    "mastersthesis": "mastersthesis",
    "techreport": "techreport report rprt",
    "unpublished": "unpublished unpb manuscript",
    "online": "online electronic www elec webpage",
    "dataset": "dataset data",
    "software": "software comp",
    "patent": "patent pat",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_MEETING = re.compile(r"\b(?:proceedings|conference|workshop|symposium|meeting|findings of)\b", re.IGNORECASE)
_DASHES = re.compile(r"(?<=\S)\s*(?:-{2,}|[\u2012-\u2015\u2212])\s*(?=\S)")
_PAGE = re.compile(r"(?=\S*\d)\S+|[ivxlcdm]+|[IVXLCDM]+")
_SITES = {
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
    """What BibTeX would call a paper: as the source said, else as its venue's name sounds, else ``misc``.

    CSL says ``article`` of preprints: what names no venue, but arXiv or a publisher, is ``misc``.
    """
    word = paper.extra.get("kind", "").lower()
    known = "arxiv" in paper.identifiers or "publisher" in paper.extra
    preprint = word == "article" and not paper.venue and known
    if word in _KINDS and not preprint:
        return _KINDS[word]
    if not paper.venue:
        return _OTHER
    return _TALK if _MEETING.search(paper.venue) else _ARTICLE


def page_range(paper: Paper) -> tuple[str, str]:
    """First and last page; the last one empty for a single page, an article's number, or several ranges."""
    given = one_line(paper.extra.get("pages", ""))
    given = re.sub(r"^pp?\.\s*(?=\S)", "", given.replace("\u2010", "-").replace("\u2011", "-"))
    ends = _DASHES.split(given)
    if len(ends) != 2 or any(re.search(r"[,;]", end) for end in ends):
        ends = _DASHES.sub("-", given).split("-")
        # pages may have hyphens of their own, as many in the last as in the first: C1-12-C1-34
        half = len(ends) // 2
        ends = ["-".join(ends[:half]).strip(), "-".join(ends[half:]).strip()] if len(ends) == 2 * half else []
        if not all(map(_PAGE.fullmatch, ends)):
            ends = []
    return (ends[0], ends[1]) if ends else (_DASHES.sub("-", given), "")


def pages(paper: Paper) -> list[str]:
    """Addresses of a paper: its own, those that its identifiers have, then its links."""
    own = [paper.identifiers["url"]] if "url" in paper.identifiers else []
    known = [base + quote(paper.identifiers[scheme]) for scheme, base in _SITES.items() if scheme in paper.identifiers]
    return [address(link) for link in dict.fromkeys((*own, *known, *paper.links))]


def address(link: str) -> str:
    """A link as one word that ends no field: white space, braces, backslashes and quotes percent-encoded."""
    return re.sub(r"[\s{}\\\"<>^`|\x00-\x20\ud800-\udfff]", lambda found: quote(found.group(), errors="replace"), link)


def one_line(text: str) -> str:
    """Text without line breaks and control characters, which would end a field."""
    spaced = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
    return " ".join(re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", spaced).split())
