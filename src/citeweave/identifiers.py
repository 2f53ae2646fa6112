"""Identifiers of papers: recognising them in text and links, normalising them, and the id they give a paper."""

from __future__ import annotations

import re
from collections.abc import Mapping

from citeweave.text import fingerprint, normal_title

SCHEMES = ("doi", "arxiv", "acl", "pmid", "openalex", "s2", "url")
"""Known schemes, the strongest first: the first one a paper has gives its id."""

ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE)
DOI = re.compile(r"10\.\d{4,9}/\S+")
_PREFIX = re.compile(
    r"^(?:https?://)?(?:(?:dx\.)?doi\.org/|doi:\s*|(?:www\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv:\s*"
    r"|(?:www\.)?aclanthology\.org/|(?:api\.)?openalex\.org/(?:works/)?"
    r"|pubmed\.ncbi\.nlm\.nih\.gov/|pmid:\s*|(?:www\.)?semanticscholar\.org/paper/(?:[^/]*/)?)",
    re.IGNORECASE,
)


def normalise(scheme: str, value: str) -> str:
    """The one spelling of an identifier, or the empty string where it is not one of its scheme."""
    value = value.strip()
    bare = _PREFIX.sub("", value)
    if scheme == "doi":
        found = DOI.fullmatch(bare.rstrip(".,;"))
        return found.group().lower() if found else ""
    if scheme == "arxiv":
        found = ARXIV.fullmatch(bare.removesuffix(".pdf"))
        return found.group(1).lower() if found else ""
    if scheme == "acl":
        return bare.strip("/").removesuffix(".pdf")
    if scheme == "openalex":
        return bare.upper() if re.fullmatch(r"[Ww]\d+", bare) else ""
    if scheme == "pmid":
        return bare.strip("/") if bare.strip("/").isdigit() else ""
    return bare if scheme == "s2" else value


def recognise(text: str) -> tuple[str, str] | None:
    """(scheme, value) of a string that is one identifier, such as a DOI, an arXiv id or a link to either."""
    text = text.strip()
    lower = text.lower()
    for scheme, marks in (
        ("doi", ("10.", "doi:", "doi.org")),
        ("arxiv", ("arxiv",)),
        ("acl", ("aclanthology.org",)),
        ("openalex", ("openalex.org",)),
        ("pmid", ("pmid:", "pubmed.ncbi")),
        ("s2", ("semanticscholar.org/paper",)),
    ):
        if any(m in lower for m in marks) and (value := normalise(scheme, text)):
            if scheme == "doi" and value.startswith("10.48550/arxiv."):
                return "arxiv", value.removeprefix("10.48550/arxiv.")
            return scheme, value
    if ARXIV.fullmatch(text):
        return "arxiv", normalise("arxiv", text)
    return ("url", text) if lower.startswith(("http://", "https://")) else None


def paper_id(identifiers: Mapping[str, str], title: str, abstract: str) -> str:
    """The id of a paper from its content: its strongest identifier, else a hash of its title, else of its abstract."""
    for scheme in SCHEMES[:-1]:
        if value := identifiers.get(scheme):
            return f"{scheme}:{value}"
    key = normal_title(title)
    return f"title:{fingerprint(key)}" if key else f"abstract:{fingerprint(normal_title(abstract))}"
