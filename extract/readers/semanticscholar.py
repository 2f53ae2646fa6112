"""Semantic Scholar: objects and pages of the Graph API, lines of the S2AG data sets ``papers`` and ``abstracts``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._identify import add_recognised, web_links
from citeweave.extract.readers._json import keys_at, read_papers
from citeweave.extract.readers._markup import from_markup
from citeweave.extract.readers._names import person
from citeweave.extract.readers._record import make_paper
from citeweave.extract.readers._source import Text
from citeweave.extract.readers._typed import Fields, date_of_parts, date_or_note, identify
from citeweave.model import Name, Paper, Problem, Reference

SUFFIXES = (".jsonl", ".json", ".ndjson")
_OWN = {"paperId", "corpusId", "externalIds", "corpusid", "externalids", "citedPaper", "citingPaper", "openaccessinfo"}
_SCHEMES = {"doi": "doi", "arxiv": "arxiv", "acl": "acl", "pubmed": "pmid"}


def sniff(head: bytes) -> float:
    """Sure where the first records have keys that only Semantic Scholar uses."""
    keys = keys_at(head, "data[]", "recommendedPapers[]")
    return (
        1.0 if len(_OWN & keys) >= 2 else 0.95 if keys & {"paperId", "corpusid", "citedPaper", "citingPaper"} else 0.0
    )


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each object. A line of ``abstracts`` has no title; its id leads to that of ``papers``."""
    return read_papers(stream, source, _paper, ("data", "recommendedPapers"))


def _paper(text: Text, line: int, record: Fields) -> Paper:
    def note(message: str) -> None:
        text.note(line, message)

    for wrapper in ("citedPaper", "citingPaper"):
        if wrapper in record:
            record = record.inside(wrapper)
    title, abstract = from_markup(record.text("title")), from_markup(record.text("abstract"))
    if not title.strip() and not abstract.strip():
        raise ValueError("no title and no abstract")
    date = record.text("publicationDate", "publicationdate")
    open_pdf = record.inside("openAccessPdf").text("url") or record.inside("openaccessinfo").text("url")
    venues = (
        record.inside("publicationVenue").text("name"),
        record.text("venue"),
        record.inside("journal").text("name"),
    )
    return make_paper(
        text.source,
        line,
        title=title,
        abstract=abstract,
        identifiers=_identifiers(record),
        authors=_authors(record),
        date=date_or_note(date, note) or date_of_parts([record.number("year")], note),
        venue=next((from_markup(venue) for venue in venues if venue), ""),
        references=[r for cited in record.objects("references") if (r := _reference(cited))],
        links=web_links([open_pdf]),
        extra={
            key: value
            for key, value in (
                ("citation_count", record.word("citationCount") or record.word("citationcount")),
                ("tldr", from_markup(record.inside("tldr").text("text"))),
            )
            if value
        },
    )


def _identifiers(record: Fields) -> dict[str, str]:
    open_access = record.inside("openaccessinfo")
    pairs: list[tuple[str, str]] = []
    for at, key in ((record, "externalIds"), (record, "externalids"), (open_access, "externalids")):
        given, outside = at.raw(key), at.inside(key)
        names = list(given) if isinstance(given, dict) else []
        pairs += [(_SCHEMES[n.lower()], outside.word(n)) for n in names if n.lower() in _SCHEMES]
    corpus = record.word("corpusId") or record.word("corpusid")
    pairs += [("s2", record.text("paperId")), ("s2", f"CorpusId:{corpus}" if corpus else "")]
    seen: dict[str, str] = {}
    if address := record.text("url"):
        add_recognised(seen, address)
    return identify([*pairs, ("s2", seen.get("s2", ""))])


def _authors(record: Fields) -> list[Name]:
    names = []
    for author in record.objects("authors"):
        if printed := author.text("name"):
            orcid = author.inside("externalIds").raw("ORCID")
            names.append(person(printed, orcid=orcid if isinstance(orcid, str) else ""))
    return [name for name in names if name.family]


def _reference(cited: Fields) -> Reference | None:
    made = Reference(
        identifiers=_identifiers(cited),
        title=" ".join(from_markup(cited.text("title")).split()),
        authors=tuple(_authors(cited)),
        year=cited.number("year"),
    )
    return made if made.identifiers or made.title else None
