"""OpenAlex works: JSON Lines of a snapshot, a page of the API (``results``), or one work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from citeweave.extract.readers._identify import add_recognised, web_links
from citeweave.extract.readers._json import keys_at, read_papers
from citeweave.extract.readers._markup import from_markup, without_heading
from citeweave.extract.readers._names import person
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import Fields, date_of_parts, date_or_note, identify
from citeweave.model import Name, Paper, Problem, Reference

SUFFIXES = (".jsonl", ".json", ".ndjson")
_OWN = {"authorships", "abstract_inverted_index", "referenced_works", "host_venue", "display_name", "primary_location"}
_INDEXES = ("abstract_inverted_index", "abstract_inverted_index_v3")
_MAX_WORDS = 1_000_000


def sniff(head: bytes) -> float:
    """Sure where the first records have two of the keys that only OpenAlex uses."""
    return 1.0 if len(_OWN & keys_at(head, "results[]")) >= 2 else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each work; inverted abstracts are put in order, references are OpenAlex ids."""
    return read_papers(stream, source, _paper, ("results",))


def _paper(text: Text, line: int, work: Fields) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    title = from_markup(work.text("title", "display_name"))
    abstract = without_heading(from_markup(work.text("abstract") or _abstract(work)))
    if not title.strip() and not abstract.strip():
        raise ValueError("no title and no abstract")
    ids = work.inside("ids")
    places = [work.inside("primary_location"), work.inside("best_oa_location"), *work.objects("locations")]
    addresses = [place.text(key) for place in places for key in ("landing_page_url", "pdf_url")]
    identifiers = {
        **_found_in([work.word("id"), *addresses]),
        **identify([(s, work.word(s) or ids.word(s)) for s in ("doi", "openalex", "pmid")], note),
    }
    url = identifiers.pop("url", "")
    date = date_or_note(work.text("publication_date"), note) or date_of_parts([work.number("publication_year")], note)
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=identify(list(identifiers.items())),
        authors=_authors(work),
        date=date,
        venue=from_markup(
            places[0].inside("source").text("display_name") or work.inside("host_venue").text("display_name")
        ),
        references=[r for cited in work.strings("referenced_works") if (r := _reference(cited))],
        links=[link for link in web_links([url, *addresses]) if "//doi.org/" not in link],
        extra={
            key: value
            for key, value in (
                ("kind", work.text("type")),
                ("cited_by_count", work.word("cited_by_count")),
                ("retracted", "true" if work.raw("is_retracted") is True else ""),
                ("language", work.text("language")),
            )
            if value
        },
    )


def _found_in(texts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        if text:
            add_recognised(found, text)
    return found


def _reference(cited: str) -> Reference | None:
    identifiers = identify([("openalex", cited)])
    return Reference(identifiers=identifiers) if identifiers else None


def _authors(work: Fields) -> list[Name]:
    names = []
    for authorship in work.objects("authorships"):
        author = authorship.inside("author")
        printed = author.text("display_name") or authorship.text("raw_author_name")
        if printed:
            names.append(person(printed, orcid=author.text("orcid")))
    return [name for name in names if name.family]


def _abstract(work: Fields) -> str:
    """The text of an inverted index (word to positions), which may be null, an object, or one as a string."""
    for key in _INDEXES:
        index = work.raw(key)
        if isinstance(index, str) and index.strip():
            try:
                index = json.loads(index)
            except (ValueError, RecursionError):
                work.wrong.append(key)
                continue
        if isinstance(index, Mapping):
            inner = index.get("InvertedIndex", index)
            index = inner if isinstance(inner, Mapping) else index
            placed = [
                (at, str(word))
                for word, positions in index.items()
                if isinstance(positions, list)
                for at in positions
                if isinstance(at, int)
            ]
            if placed and len(placed) <= _MAX_WORDS:
                return " ".join(word for _, word in sorted(placed))
        if index:
            work.wrong.append(key)
    return ""
