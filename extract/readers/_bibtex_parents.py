"""What BibTeX entries inherit of the entry that their ``crossref`` names: a paper its date and venue, of its volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from citeweave.model import Name, Paper, PartialDate, Problem

VOLUMES = {"proceedings", "mvproceedings", "collection", "mvcollection", "periodical"}
"""Kinds of entries that hold papers and are none themselves where an entry names them by ``crossref``."""
_PARENTS = {*VOLUMES, "book", "mvbook", "reference", "mvreference"}
_MAX_PARENTS = 4_000_000
"""Characters of what is remembered of possible parents, before an entry names them, for entries to inherit."""
_INHERITED = ("volume", "number", "publisher")


@dataclass(frozen=True, slots=True)
class _Parent:
    """What an entry may inherit of the one that its ``crossref`` names."""

    authors: tuple[Name, ...]
    date: PartialDate | None
    venue: str
    extra: Mapping[str, str]


@dataclass(slots=True)
class Parents:
    """The entries that others name by ``crossref``, and, while there is room, those that others may yet name."""

    named: set[str] = field(default_factory=set)
    known: dict[str, _Parent] = field(default_factory=dict)
    size: int = 0

    def see(self, key: str, paper: Paper) -> None:
        """Remember an entry that is or may become a parent, and which entry it has for a parent itself."""
        parent = paper.extra.get("crossref", "").lower()
        if parent not in ("", key.lower()):
            self.named.add(parent)
        venue = paper.venue or paper.title
        size = len(key) + len(venue) + sum(len(str(name)) for name in paper.authors)
        possible = paper.extra.get("kind") in _PARENTS and self.size + size <= _MAX_PARENTS
        if key.lower() not in self.known and (possible or key.lower() in self.named):
            self.size += size
            extra = {name: paper.extra[name] for name in _INHERITED if name in paper.extra}
            self.known[key.lower()] = _Parent(paper.authors, paper.date, venue, extra)

    def settle(self, item: Paper | Problem) -> Paper | Problem | None:
        """A paper with what it inherits, once all entries were seen; None for a volume that is only a parent."""
        if isinstance(item, Problem):
            return item
        if item.extra.get("kind") in VOLUMES and item.extra.get("key", "").lower() in self.named:
            return None
        name = item.extra.get("crossref", "").lower()
        return _child(item, self.known[name]) if name in self.known else item


def _child(paper: Paper, parent: _Parent) -> Paper:
    """The paper with those fields of its parent that it lacks; ``crossref`` has said all that it had to say."""
    own = {name: value for name, value in paper.extra.items() if name != "crossref"}
    made = replace(
        paper,
        authors=paper.authors or parent.authors,
        date=paper.date or parent.date,
        venue=paper.venue or ("" if own.get("kind") in _PARENTS else parent.venue),
        extra=own | {name: value for name, value in parent.extra.items() if name not in own},
    )
    lacked = [name for name in ("authors", "date", "venue") if getattr(made, name) and not getattr(paper, name)]
    source = replace(paper.sources[0], fields=(*paper.sources[0].fields, *lacked))
    return replace(made, sources=(source,))
