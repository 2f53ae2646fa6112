"""Identifiers, references and links as records name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from citeweave.identifiers import DOI, SCHEMES, normalise, recognise
from citeweave.model import Reference
from citeweave.text import clean

_ARXIV_INSIDE = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf)/|[:\s]\s*)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})", re.IGNORECASE
)
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d{2}(?![\d.]*\d)")
_WEB = ("http://", "https://")


def add_identifier(identifiers: dict[str, str], scheme: str, value: str) -> bool:
    """Put a normalised identifier in, unless its scheme has one already; whether it was a valid one."""
    value = normalise(scheme, clean(value)) if scheme in SCHEMES else ""
    if scheme == "doi" and value.startswith("10.48550/arxiv."):
        scheme, value = "arxiv", value.removeprefix("10.48550/arxiv.")
    if value:
        identifiers.setdefault(scheme, value)
    return bool(value)


def add_recognised(identifiers: dict[str, str], text: str) -> bool:
    """Put in whatever identifier a string is (a DOI, an arXiv id, a link); whether it is one."""
    found = recognise(clean(text))
    if found:
        identifiers.setdefault(*found)
    return found is not None


def reference(text: str) -> Reference:
    """A reference from one string: an identifier, or a printed entry that may contain some."""
    text = clean(text)
    identifiers: dict[str, str] = {}
    if add_recognised(identifiers, text) and "url" not in identifiers:
        return Reference(raw=text, identifiers=identifiers)
    if found := DOI.search(text):
        add_identifier(identifiers, "doi", found.group().rstrip(".,;)]}"))
    if found := _ARXIV_INSIDE.search(text):
        add_identifier(identifiers, "arxiv", found.group(1))
    years = set(_YEAR.findall(_ARXIV_INSIDE.sub(" ", DOI.sub(" ", text))))
    return Reference(raw=text, identifiers=identifiers, year=int(years.pop()) if len(years) == 1 else None)


def web_links(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the strings that are links to the web, each once."""
    cleaned = (clean(t) for t in texts)
    return tuple(dict.fromkeys(t for t in cleaned if t.lower().startswith(_WEB) and " " not in t))


def links_beside(identifiers: Mapping[str, str], texts: Iterable[str]) -> list[str]:
    """Those of the strings that are links to the web and do not say what an identifier says already."""
    return [link for link in web_links(texts) if (recognise(link) or ("", "")) not in identifiers.items()]
