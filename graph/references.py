"""Which paper a reference means: one of the corpus, or a stub with what is known of it.

A reference is linked by identifier, then by its title, then by a corpus title found inside the
printed reference. A citation in the running text is linked by identifier, else by first author and
year when exactly one paper of the corpus fits.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from citeweave.graph.papers import MIN_TITLE, merge
from citeweave.graph.printed import PrintedTitles
from citeweave.identifiers import paper_id
from citeweave.model import Paper, PartialDate, Reference, TextCitation
from citeweave.text import normal_title

NO_RECORDS: Mapping[str, Sequence[Paper]] = MappingProxyType({})


class Library:
    """An index over the corpus' papers that answers which of them a reference means."""

    def __init__(self, papers: Iterable[Paper], records: Mapping[str, Sequence[Paper]] = NO_RECORDS) -> None:
        """Index papers, and those that were merged also by what their ``records`` (by paper id) are known by."""
        self._by_identifier: dict[tuple[str, str], str] = {}
        self._by_title: dict[str, str] = {}
        self._by_author: dict[tuple[str, int], list[str]] = defaultdict(list)
        titles = []
        papers = list(papers)
        for known, id_ in (*((p, p.id) for p in papers), *((r, p.id) for p in papers for r in records.get(p.id, ()))):
            for item in known.identifiers.items():
                self._by_identifier.setdefault(item, id_)
            title = normal_title(known.title)
            if len(title) >= MIN_TITLE:
                self._by_title.setdefault(title, id_)
            titles.append((id_, known.title))
        for paper in papers:
            if paper.authors and paper.date and paper.date.year:
                self._by_author[_folded(paper.authors[0].family), paper.date.year].append(paper.id)
        self._printed = PrintedTitles(titles)

    def find(self, reference: Reference) -> str | None:
        """The id of the corpus' paper that a reference-list entry means, or None."""
        for item in reference.identifiers.items():
            if found := self._by_identifier.get(item):
                return found
        if reference.title:
            return self._by_title.get(normal_title(reference.title))
        return self._printed.find(reference.raw)

    def find_cited(self, citation: TextCitation) -> str | None:
        """The id of the corpus' paper that a citation in running text means, or None when in doubt."""
        for item in citation.identifiers.items():
            if found := self._by_identifier.get(item):
                return found
        if not citation.authors or citation.year is None:
            return None
        fitting = self._by_author.get((_folded(citation.authors[0]), citation.year), [])
        return fitting[0] if len(fitting) == 1 else None


def stub(reference: Reference) -> Paper | None:
    """A paper that is only known from a reference to it; None where nothing identifies it."""
    identifiers = {s: v for s, v in reference.identifiers.items() if s != "url"}
    if not identifiers and len(normal_title(reference.title)) < MIN_TITLE:
        return None
    return Paper(
        id=paper_id(identifiers, reference.title, ""),
        title=reference.title,
        identifiers=identifiers,
        authors=reference.authors,
        date=PartialDate(reference.year) if reference.year else None,
    )


def merge_stubs(stubs: Iterable[Paper]) -> tuple[dict[str, Paper], dict[str, str]]:
    """One stub a cited paper: the merged stubs by id, and for each stub id given the id it went into."""
    given = {s.id: s for s in sorted(stubs, key=lambda s: (s.id, repr(s)))}
    found = merge(given.values())
    merged = {p.id: p for p in found.papers}
    library = Library(found.papers, found.records)
    into = {id_: library.find(Reference(identifiers=s.identifiers, title=s.title)) or id_ for id_, s in given.items()}
    return merged, into


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in decomposed if c.isalpha())
