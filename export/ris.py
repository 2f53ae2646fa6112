"""RIS of the papers that were read, for EndNote, Zotero, Mendeley and library catalogues.

One value a line, lines ending in CR LF, authors as ``Family, Given``, dates as ``YYYY/MM/DD``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from citeweave.export._bibliography import address, keys, kind, one_line, page_range, pages, works
from citeweave.export._files import atomic_text
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Name, Paper

SUFFIXES = (".ris",)
FILENAME = "papers.ris"

_TYPES = {
    "article": "JOUR",
    "inproceedings": "CPAPER",
    "book": "BOOK",
    "proceedings": "BOOK",
    "incollection": "CHAP",
    "inbook": "CHAP",
    "booklet": "PAMP",
    "manual": "BOOK",
    "phdthesis": "THES",
    "mastersthesis": "THES",
    "techreport": "RPRT",
    "unpublished": "UNPB",
    "online": "ELEC",
    "dataset": "DATA",
    "software": "COMP",
    "patent": "PAT",
    "misc": "GEN",
}


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write a record for each paper; raises OSError where the file system refuses."""
    names = keys(graph)
    with atomic_text(target) as out:
        for paper in works(graph):
            for tag, value in _lines(paper, names[paper.id]):
                if text := one_line(value):
                    out.write(f"{tag}  - {text}\r\n")
            out.write("ER  - \r\n\r\n")


def _lines(paper: Paper, key: str) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[kind(paper)]
    yield "ID", key
    yield "TI", paper.title
    for name in paper.authors:
        yield "AU", _name(name)
    if paper.date and paper.date.year:
        yield "PY", f"{paper.date.year:04d}"
        if paper.date.month:
            day = f"{paper.date.day:02d}" if paper.date.day else ""
            yield "DA", f"{paper.date.year:04d}/{paper.date.month:02d}/{day}"
    yield "T2", paper.venue
    yield "VL", paper.extra.get("volume", "")
    yield "IS", paper.extra.get("number", "")
    yield from zip(("SP", "EP"), page_range(paper), strict=True)
    yield "PB", paper.extra.get("publisher", "")
    yield "N1", paper.extra.get("note", "")
    yield "DO", paper.identifiers.get("doi", "")
    if "pmid" in paper.identifiers:
        yield "AN", paper.identifiers["pmid"]
        yield "DB", "PubMed"
    addresses = pages(paper)
    if paper.links and addresses[0] == address(paper.links[0]) and "doi" in paper.identifiers:
        # The first address is read as the paper's own, those after it as links.
        addresses.insert(0, f"https://doi.org/{quote(paper.identifiers['doi'])}")
    for page in addresses:
        yield "UR", page
    yield "AB", paper.abstract


def _name(name: Name) -> str:
    """``Family, Given``; a comma inside of either, which would part it, becomes a space."""
    return ", ".join(part.replace(",", " ") for part in (name.family, name.given) if part)
