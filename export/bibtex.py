"""BibTeX of the papers that were read, for LaTeX, Zotero and JabRef.

In UTF-8, what is special to LaTeX escaped, mathematics between dollar signs kept. A field ``references``,
which other programs pass over, names the cited entries by key (or by DOI or arXiv id, so that only papers known
by a printed reference alone are lost between two of ours), and ``links`` the links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from citeweave.export._bibliography import address, keys, kind, one_line, page_range, pages, works
from citeweave.export._files import atomic_text
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Name, Paper

SUFFIXES = (".bib",)
FILENAME = "papers.bib"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MATH = re.compile(r"((?<!\\)\$(?=[^\s$])[^$%]*(?<=[^\s$\\])\$(?!\d))")
_ESCAPES = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "$&%#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_EXTRA = ("publisher", "keywords", "note")
_IN_BOOKS = ("inproceedings", "incollection", "inbook")


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write an entry for each paper; raises OSError where the file system refuses."""
    names = keys(graph)
    cited: dict[str, list[str]] = defaultdict(list)
    for said in graph.statements:
        if said.predicate == "cites" and said.object in graph.papers:
            cited[said.subject].append(names.get(said.object) or _identifier(graph.papers[said.object]))
    with atomic_text(target) as out:
        for paper in works(graph):
            fields = "".join(f"  {name} = {value},\n" for name, value in _fields(paper, cited[paper.id]))
            out.write(f"@{kind(paper)}{{{names[paper.id]},\n{fields}}}\n\n")


def _fields(paper: Paper, cited: list[str]) -> Iterator[tuple[str, str]]:
    # the second pair of braces keeps styles from making capitals small
    yield from _field("title", f"{{{latex(paper.title)}}}" if paper.title else "")
    yield from _field("author", " and ".join(map(_name, paper.authors)))
    if paper.date and paper.date.year:
        yield "year", f"{{{paper.date.year:04d}}}"
    if paper.date and paper.date.month:
        yield "month", _MONTHS[paper.date.month - 1]
        if paper.date.day:
            yield "day", f"{{{paper.date.day}}}"
    yield from _field("booktitle" if kind(paper) in _IN_BOOKS else "journal", latex(paper.venue))
    for name in ("volume", "number"):
        yield from _field(name, latex(paper.extra.get(name, "")))
    # between two pages BibTeX has the two hyphens that elsewhere are kept from becoming a dash
    yield from _field("pages", "--".join(latex(page) for page in page_range(paper) if page))
    for name in _EXTRA:
        yield from _field(name, latex(paper.extra.get(name, "")))
    yield from _field("doi", _verbatim(paper.identifiers.get("doi", "")))
    if arxiv := _verbatim(paper.identifiers.get("arxiv", "")):
        yield "eprint", f"{{{arxiv}}}"
        yield "archiveprefix", "{arXiv}"
    yield from _field("pmid", _verbatim(paper.identifiers.get("pmid", "")))
    found = [page for page in pages(paper) if not page.startswith("https://arxiv.org/abs/")]
    own = [page for page in found if page not in map(address, paper.links)][:1]
    yield from _field("url", *own)
    yield from _field("links", " ".join(page for page in found if page not in own))
    yield from _field("references", ", ".join(dict.fromkeys(key for key in cited if key)))
    yield from _field("abstract", latex(paper.abstract))


def _field(name: str, value: str = "") -> Iterator[tuple[str, str]]:
    if value:
        yield name, f"{{{value}}}"


def _name(name: Name) -> str:
    if name.given:
        return f"{_protected(name.family)}, {_protected(name.given)}"
    return f"{{{latex(name.family)}}}" if " " in name.family else _protected(name.family)


def _protected(part: str) -> str:
    """A part of a name; in braces where BibTeX would take it apart."""
    text = latex(part)
    return f"{{{text}}}" if "," in text or re.search(r"\band\b", text, re.IGNORECASE) else text


def _identifier(paper: Paper) -> str:
    """How to refer to a paper that has no entry; empty where its identifier would not survive in a list."""
    for scheme in ("doi", "arxiv"):
        value = _verbatim(paper.identifiers.get(scheme, ""))
        if value and not re.search(r"[;,\s]", value):
            return value
    return ""


def _verbatim(value: str) -> str:
    """An identifier as it is; empty where it would end its field."""
    return "" if re.search(r"[{}\\\s\x00-\x1f\ud800-\udfff]", value) else value


def latex(text: str) -> str:
    """Text escaped for LaTeX, except mathematics; braces that have no partner become parentheses."""
    text = one_line(text)
    if not _balanced(text):
        text = text.replace("{", "(").replace("}", ")")
    parts = _MATH.split(text)
    if not all(_balanced(part) for part in parts):
        parts = [text]
    return "".join(part if i % 2 else _escaped(part) for i, part in enumerate(parts))


def _escaped(text: str) -> str:
    # doubled marks would be set as one: quotes, dashes
    return re.sub(r"([`'-])(?=\1)", r"\1{}", text.translate(_ESCAPES))


def _balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
