"""IRIs from citeweave's ids and back: the only place that decides what anything is called in RDF.

Papers are named by their real identifiers where they have one (doi.org, arxiv.org and the like),
everything else under :data:`citeweave.graph.vocabulary.ID`. Whatever an IRI may not contain (a SICI
DOI has ``<``) is percent-encoded, and decoding gives the id back.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from citeweave.graph.terms import Term, escaped, plain, short
from citeweave.graph.vocabulary import ID
from citeweave.text import fingerprint

_PAPERS = {
    "doi": "https://doi.org/",
    "arxiv": "https://arxiv.org/abs/",
    "acl": "https://aclanthology.org/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "openalex": "https://openalex.org/",
    "s2": "https://www.semanticscholar.org/paper/",
    "title": f"{ID}paper/title-",
    "abstract": f"{ID}paper/abstract-",
}
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]")
_ORCID_SPACE = "https://orcid.org/"
_SAFE = "/:;()._-~!$&'*+,=@"
"""What may stand in the path of an IRI as it is (RFC 3987); everything else is percent-encoded."""
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def encode(text: str) -> str:
    """The text as part of an IRI's path: percent-encoded where needed, lone surrogates as ``?`` would be."""
    return quote(text, safe=_SAFE, encoding="utf-8", errors="replace")


@lru_cache(maxsize=1 << 16)
def full(identifier: str) -> str:
    """The IRI, as plain text, of anything that has an id in the knowledge graph: a paper, an entity or an author."""
    scheme, colon, value = identifier.partition(":")
    if colon and scheme in _PAPERS:
        return _PAPERS[scheme] + encode(value)
    kind, _, rest = identifier.partition("/")
    if kind == "author" and _ORCID.fullmatch(rest):
        return _ORCID_SPACE + rest
    return ID + encode(identifier)


def iri(identifier: str) -> NamedNode:
    """The same as a node."""
    return NamedNode(full(identifier))


@lru_cache(maxsize=1 << 16)
def name(identifier: str) -> Term:
    """The same as a term of Turtle."""
    return short(full(identifier))


def local_id(name: str) -> str | None:
    """The id that an IRI stands for (the inverse of :func:`iri`), or None for an IRI that is no id of ours."""
    for scheme, space in _PAPERS.items():
        if name.startswith(space):
            return f"{scheme}:{unquote(name.removeprefix(space))}"
    if name.startswith(_ORCID_SPACE):
        return f"author/{name.removeprefix(_ORCID_SPACE)}"
    if name.startswith(ID):
        return unquote(name.removeprefix(ID))
    return None


def web(link: str) -> Term | None:
    """A link found in a paper as a term, mended where it has characters that IRIs may not have.

    None where nothing usable remains: a link without a host, or of another scheme than http(s) and ftp.
    """
    if not re.match(r"(?:https?|ftp)://[^/\s?#]", link):
        return None
    try:
        return short(NamedNode(quote(_BAD_PERCENT.sub("%25", link), safe=_SAFE + "%?#", errors="replace")).value)
    except ValueError:
        return None


def statement(subject: str, predicate: str, object_: str) -> Term:
    """The node of a statement, named by its content."""
    return f"statement:{fingerprint(f'{subject} {predicate} {object_}')}"


@lru_cache(maxsize=1 << 10)
def text(paper: str) -> Term:
    """The node of a paper's text (title, line feed, abstract), which offsets count in."""
    return escaped("text", encode(paper))


def span(paper: str, start: int, end: int) -> Term:
    """The node of a stretch of a paper's text, after NIF's offset-based scheme."""
    before, after = _span(paper)
    return f"{before}{start}_{end}{after}"


@lru_cache(maxsize=1 << 16)
def _span(paper: str) -> tuple[str, str]:
    before, _, after = escaped("text", f"{encode(paper)}#offset_0").rpartition("0")
    return before, after


@lru_cache(maxsize=1 << 10)
def agent(component: str) -> Term:
    """The node of a component of the pipeline, with its version (``entities/1`` is ``entities-1``)."""
    local = encode(re.sub(r"[/ ]+", "-", component.strip())) or "unknown"
    return plain("agent", local)


def source(file: str, line: int | None = None) -> Term:
    """The node of a file that was read, or of the record that starts on one of its lines."""
    return plain("source", encode(file) + ("" if line is None else f"#line={line}"))
