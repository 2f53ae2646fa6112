"""Content negotiation (RFC 9110, section 12): which of the forms that there are does the client want?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Offers = Mapping[str, Sequence[str]]
"""Formats by name, the preferred one first, each with its media types, its own first."""

RESULTS: Offers = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
"""What a table of results, or a yes or no, can be had as (the W3C's SPARQL 1.1 result formats)."""
GRAPHS: Offers = {
    "turtle": ("text/turtle", "application/x-turtle"),
    "ntriples": ("application/n-triples", "text/plain"),
    "xml": ("application/rdf+xml", "application/xml", "text/xml"),
    "jsonld": ("application/ld+json", "application/json"),
}
"""What a graph can be had as."""
PAGE: Offers = {"html": ("text/html", "application/xhtml+xml")}
_MAX_RANGES = 50


def choose(accept: str, offers: Offers) -> tuple[str, str] | None:
    """The format to answer in, with the media type to call it by; None where the client accepts none of them.

    The client's highest quality wins, then our order. A media type gets the quality of the most
    specific range that covers it; parameters other than ``q`` are ignored.
    """
    ranges = _ranges(accept) or {"*/*": 1.0}
    best: tuple[float, str, str] | None = None
    for name, medias in offers.items():
        for media in medias:
            quality = ranges.get(media, ranges.get(f"{media.split('/')[0]}/*", ranges.get("*/*", 0.0)))
            if quality > (best[0] if best else 0.0):
                best = quality, name, media
    return (best[1], best[2]) if best else None


def _ranges(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(",")[:_MAX_RANGES]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = min(max(float(parameter[2:]), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if "/" in media:
            found[media] = max(quality, found.get(media, 0.0))
    return found
