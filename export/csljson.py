"""CSL-JSON of the papers that were read, for citation processors: Pandoc, Zotero, citeproc, Quarto.

See https://github.com/citation-style-language/schema. ORCIDs stand where Crossref puts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from citeweave.export._bibliography import keys, kind, one_line, page_range, pages, works
from citeweave.export._files import atomic_text
from citeweave.export._json import lines
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Name, Paper

SUFFIXES = (".json",)
FILENAME = "papers.csl.json"

_TYPES = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    "book": "book",
    "proceedings": "book",
    "incollection": "chapter",
    "inbook": "chapter",
    "booklet": "pamphlet",
    "manual": "book",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "techreport": "report",
    "unpublished": "manuscript",
    "online": "webpage",
    "dataset": "dataset",
    "software": "software",
    "patent": "patent",
    "misc": "document",
}
_EXTRA = {"publisher": "publisher", "volume": "volume", "number": "issue", "note": "note"}


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write an item for each paper; raises OSError where the file system refuses."""
    names = keys(graph)
    with atomic_text(target) as out:
        lines(out, (dict(_item(paper, names[paper.id])) for paper in works(graph)))
        out.write("\n")


def _item(paper: Paper, key: str) -> Iterator[tuple[str, Any]]:
    yield "id", key
    sort = kind(paper)
    yield "type", "article" if sort == "misc" and "arxiv" in paper.identifiers else _TYPES[sort]
    texts = {
        "title": paper.title,
        "container-title": paper.venue,
        "abstract": paper.abstract,
        "DOI": paper.identifiers.get("doi", ""),
        "PMID": paper.identifiers.get("pmid", ""),
        "URL": next(iter(pages(paper)), ""),
        "page": _pages(paper),
        **{name: paper.extra.get(field, "") for field, name in _EXTRA.items()},
    }
    for name, text in texts.items():
        if value := one_line(text):
            yield name, value
    if "arxiv" in paper.identifiers:
        yield "number", f"arXiv:{paper.identifiers['arxiv']}"
    if paper.authors:
        yield "author", [_name(name) for name in paper.authors]
    if paper.date and paper.date.year:
        parts = (paper.date.year, paper.date.month, paper.date.day if paper.date.month else None)
        yield "issued", {"date-parts": [[part for part in parts if part]]}


def _pages(paper: Paper) -> str:
    """Pages as ``12-34``; with an en dash where a page has a hyphen of its own."""
    ends = [page for page in page_range(paper) if page]
    return ("\u2013" if any("-" in page for page in ends) else "-").join(ends)


def _name(name: Name) -> dict[str, str]:
    named = {"family": one_line(name.family), "given": one_line(name.given)} if name.given else {}
    named = named or {"literal": one_line(name.family)}
    return named | ({"ORCID": f"https://orcid.org/{name.orcid}"} if name.orcid else {})
