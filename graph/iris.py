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
def iri(identifier: str) -> NamedNode:
    """The IRI of anything that has an id in the knowledge graph: a paper, an entity or an author."""
    scheme, colon, value = identifier.partition(":")
    if colon and scheme in _PAPERS:
        return NamedNode(_PAPERS[scheme] + encode(value))
    kind, _, rest = identifier.partition("/")
    if kind == "author" and _ORCID.fullmatch(rest):
        return NamedNode(_ORCID_SPACE + rest)
    return NamedNode(ID + encode(identifier))


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


def web(link: str) -> NamedNode | None:
    """A link found in a paper as an IRI, mended where it has characters that IRIs may not have.

    None where nothing usable remains: a link without a host, or of another scheme than http(s) and ftp.
    """
    if not re.match(r"(?:https?|ftp)://[^/\s?#]", link):
        return None
    try:
        return NamedNode(quote(_BAD_PERCENT.sub("%25", link), safe=_SAFE + "%?#", errors="replace"))
    except ValueError:
        return None


def statement(subject: str, predicate: str, object_: str) -> NamedNode:
    """The node of a statement, named by its content."""
    return NamedNode(f"{ID}statement/{fingerprint(f'{subject} {predicate} {object_}')}")


def text(paper: str) -> NamedNode:
    """The node of a paper's text (title, line feed, abstract), which offsets count in."""
    return NamedNode(f"{ID}text/{encode(paper)}")


def span(paper: str, start: int, end: int) -> NamedNode:
    """The node of a stretch of a paper's text, after NIF's offset-based scheme."""
    return NamedNode(f"{ID}text/{encode(paper)}#offset_{start}_{end}")


def agent(component: str) -> NamedNode:
    """The node of a component of the pipeline, with its version (``entities/1`` is ``entities-1``)."""
    return NamedNode(f"{ID}agent/{encode(re.sub(r'[/ ]+', '-', component.strip())) or 'unknown'}")


def source(file: str, line: int | None = None) -> NamedNode:
    """The node of a file that was read, or of the record that starts on one of its lines."""
    return NamedNode(f"{ID}source/{encode(file)}" + ("" if line is None else f"#line={line}"))
