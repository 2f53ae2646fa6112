"""Which records are one paper: by identifier, normalised title, the abstract's text, or nearly that text.

Records are joined with a disjoint-set forest over shared keys, the most trustworthy keys first. A
join that would put two different identifiers of one scheme into one paper is refused and noted,
unless the abstracts agree letter for letter. The outcome does not depend on the order of the records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from citeweave.graph.corrections import NO_CORRECTIONS, Corrections, paper_ids
from citeweave.graph.ledger import Decision
from citeweave.graph.similar import similar
from citeweave.identifiers import SCHEMES, paper_id
from citeweave.model import Name, Paper, PartialDate, Reference, Source
from citeweave.text import fingerprint, normal_title

T = TypeVar("T")

YEARS_APART = 5
"""Years between two dates at which a shared title alone, without authors, does not make one paper."""
MIN_TITLE = 12
"""Letters below which a title alone does not identify a paper ("Editorial", "Reply")."""
SIMILAR, SIMILAR_TITLED = 0.6, 0.85
"""Resemblance at which two abstracts are one paper's: where a title is missing or shared, and where two differ."""
MIN_ABSTRACT = 80
"""Letters below which an abstract's text alone does not identify a paper."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The papers of a corpus, one a node, sorted by id, and the decisions that made them so.

    ``records`` holds, by id, the records of each paper that has several: a reference may mean it by a
    title or an identifier that it no longer goes by.
    """

    papers: tuple[Paper, ...]
    decisions: tuple[Decision, ...]
    records: Mapping[str, tuple[Paper, ...]] = field(default_factory=dict)


def merge(records: Iterable[Paper], corrections: Corrections = NO_CORRECTIONS) -> Merged:
    """Merge records into papers; the result is the same for any order of ``records``."""
    ordered = sorted(records, key=_canonical)
    groups = _Groups(ordered)
    decisions = [
        *_join_said(ordered, groups, corrections),
        *_join_same(ordered, groups),
        *_join_similar(ordered, groups),
    ]
    papers: dict[str, Paper] = {}
    several: dict[str, tuple[Paper, ...]] = {}
    for members in groups.members():
        paper = _combine([ordered[i] for i in members])
        while paper.id in papers:  # two papers kept apart on purpose can share a title
            paper = replace(paper, id=f"{paper.id}-{fingerprint(paper.text, 6)}")
        papers[paper.id] = paper
        if len(members) > 1:
            several[paper.id] = tuple(ordered[i] for i in members)
    return Merged(tuple(papers[i] for i in sorted(papers)), tuple(sorted(decisions)), several)


def _canonical(record: Paper) -> tuple[str, int, str, str]:
    source = record.sources[0] if record.sources else Source("", 0)
    return source.file, source.line, record.title, record.abstract


def _keys(record: Paper) -> Iterator[tuple[str, str]]:
    for scheme in SCHEMES[:-1]:
        if value := record.identifiers.get(scheme):
            yield "identifier", f"{scheme}:{value}"
    title, abstract = normal_title(record.title), normal_title(record.abstract)
    if len(abstract) >= MIN_ABSTRACT:
        yield "abstract", fingerprint(abstract)
        # a listing without a mark between title and abstract may have been cut in the wrong place
        yield "text", fingerprint(title + abstract)
    if len(title) >= MIN_TITLE:
        yield "title", title


_RULES = ("identifier", "abstract", "text", "title")
_REASONS = {
    "text": "same title and abstract as one text",
    "title": "same title",
    "abstract": "same abstract",
    "similar": "{} of the abstracts' words agree",
}


def _shared_keys(records: Sequence[Paper]) -> Iterator[tuple[str, str, list[int]]]:
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        for key in _keys(record):
            holders[key].append(index)
    shared = ((key, members) for key, members in holders.items() if len(members) > 1)
    for (rule, value), members in sorted(shared, key=lambda kv: (_RULES.index(kv[0][0]), kv[0][1])):
        yield rule, value, members


class _Groups:
    """A disjoint-set forest that knows each group's identifiers and refuses contradictions."""

    def __init__(self, records: Sequence[Paper]) -> None:
        self._records = records
        self._parent = list(range(len(records)))
        self._refused: set[tuple[int, int]] = set()
        self._apart: list[tuple[int, int]] = []
        self._identifiers: list[dict[str, set[str]]] = [
            {s: {v} for s, v in r.identifiers.items() if s != "url"} for r in records
        ]

    def find(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def keep_apart(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Never join the groups of these pairs of records."""
        self._apart.extend(pairs)

    def join(self, first: int, second: int, rule: str, key: str, refuse: bool = False) -> Decision | None:
        """Join two records' groups, or refuse in doubt; None when they are one group already."""
        a, b = sorted((self.find(first), self.find(second)))
        if a == b or (first, second) in self._refused:
            return None
        one, other = self._records[first], self._records[second]
        mine, theirs = self._identifiers[a], self._identifiers[b]
        clash = [s for s in sorted(mine.keys() & theirs.keys()) if not mine[s] & theirs[s]]

        def row(verdict: Literal["merged", "refused"], rule: str, reason: str) -> Decision:
            return Decision("paper", verdict, _where(one), _where(other), rule, reason, _titles(one, other))

        if any({self.find(one), self.find(other)} == {a, b} for one, other in self._apart):
            return row("refused", "user", "corrections.csv says so")
        reason = _REASONS.get(rule, "{}").format(key)
        if rule in ("title", "similar"):
            if clash:
                against = f"{clash[0]} {min(mine[clash[0]])} and {min(theirs[clash[0]])}"
                return row("refused", rule, f"{reason}, but {against}")
            if rule == "title" and (against := _other_work(one, other)):
                self._refused.add((first, second))
                return row("refused", rule, f"{reason}, but {against}")
        if refuse:
            self._refused.add((first, second))
            return row("refused", rule, f"{reason}, under different titles")
        self._parent[b] = a
        for scheme, values in theirs.items():
            mine.setdefault(scheme, set()).update(values)
        return row("merged", rule, reason)

    def members(self) -> list[list[int]]:
        groups: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            groups[self.find(index)].append(index)
        return list(groups.values())


def _join_said(records: Sequence[Paper], groups: _Groups, said: Corrections) -> Iterator[Decision]:
    """What the user says comes first; papers are named by their ids."""
    named: dict[str, list[int]] = defaultdict(list)
    if said.same_papers or said.papers_apart:
        for index, record in enumerate(records):
            for id_ in paper_ids(record):
                named[id_].append(index)
    for one, other in said.papers_apart:
        groups.keep_apart((a, b) for a in named[one] for b in named[other])
    for one, other in said.same_papers:
        for a, b in ((a, b) for a in named[one] for b in named[other]):
            if decision := groups.join(a, b, "user", "corrections.csv says so"):
                yield decision


def _join_same(records: Sequence[Paper], groups: _Groups) -> Iterator[Decision]:
    """Join records that share a key; one abstract under two unrelated titles is a slip of the source."""
    for rule, key, members in _shared_keys(records):
        for other in members[1:]:
            unrelated = rule == "abstract" and not _related(records[members[0]].title, records[other].title)
            if decision := groups.join(members[0], other, rule, key, refuse=unrelated):
                yield decision


def _join_similar(records: Sequence[Paper], groups: _Groups) -> Iterator[Decision]:
    """Join records whose abstracts nearly agree; a pair with two titles of its own has to agree more."""
    for one, other, resemblance in similar([r.abstract for r in records], SIMILAR):
        titles = {t for i in (one, other) if (t := normal_title(records[i].title))}
        enough = len(titles) < 2 or (
            resemblance >= SIMILAR_TITLED and _related(records[one].title, records[other].title)
        )
        if decision := groups.join(one, other, "similar", f"{resemblance:.2f}", refuse=not enough):
            yield decision


def _other_work(one: Paper, other: Paper) -> str:
    """What speaks against one title being one paper: other first authors, or years far apart; empty if nothing."""
    if one.authors and other.authors:
        mine, theirs = one.authors[0].family, other.authors[0].family
        if normal_title(mine) != normal_title(theirs) and not _same_people(one, other):
            return f"by {mine} and by {theirs}"
    if one.date and other.date and one.date.year and other.date.year:
        years = sorted((one.date.year, other.date.year))
        if years[1] - years[0] > YEARS_APART and not one.authors + other.authors:
            return f"of {years[0]} and of {years[1]}"
    return ""


def _same_people(one: Paper, other: Paper) -> bool:
    """Whether half the family names agree: lists differ in order, initials and transcription."""
    mine, theirs = ({normal_title(a.family) for a in p.authors} for p in (one, other))
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


def _related(title: str, other: str) -> bool:
    """Whether two titles could be versions of one: half the words of the shorter are in the longer."""
    mine, theirs = ({*t.casefold().replace(":", " ").split()} for t in (title, other))
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


def _titles(one: Paper, other: Paper) -> str:
    """What a reader can tell two records by: their titles, or how their abstracts begin."""
    names = [p.title or f"[{p.abstract[:60].rstrip()} …]" for p in (one, other)]
    return names[0] if names[0] == names[1] else " / ".join(names)


def _where(record: Paper) -> str:
    source = record.sources[0] if record.sources else Source(record.id, 0)
    return f"{source.file}:{source.line}"


def _combine(records: Sequence[Paper]) -> Paper:
    """One paper of all records of it: each field from the record that knows it best."""
    if len(records) == 1:
        return records[0]
    title = _best_title([r.title for r in records if r.title])
    abstract = max((r.abstract for r in records), key=lambda a: (len(a), a))
    identifiers = {
        scheme: min(values)
        for scheme in SCHEMES
        if (values := {r.identifiers[scheme] for r in records if r.identifiers.get(scheme)})
    }
    counts = [r.author_count for r in records if r.author_count is not None]
    chosen: dict[str, Any] = {
        "title": title,
        "abstract": abstract,
        "identifiers": identifiers,
        "authors": max((r.authors for r in records), key=_authors_rank),
        "author_count": max(counts, default=None),
        "date": max((r.date for r in records if r.date), key=_date_rank, default=None),
        "venue": max((r.venue for r in records), key=lambda v: (len(v), v)),
        "references": _distinct((ref for r in records for ref in r.references), _reference_key),
        "links": tuple(sorted({link for r in records for link in r.links})),
        "extra": {k: v for r in reversed(records) for k, v in r.extra.items()},
    }
    paper = Paper(id=paper_id(identifiers, title, abstract), **chosen)
    return replace(paper, sources=tuple(s for r in records for s in _sources(r, paper)))


def _sources(record: Paper, paper: Paper) -> Iterator[Source]:
    """The record's sources, with only those fields whose value the merged paper took from it."""
    for source in record.sources:
        kept = tuple(f for f in source.fields if _took(getattr(record, f), getattr(paper, f)))
        yield replace(source, fields=kept)


def _took(mine: Any, chosen: Any) -> bool:
    if isinstance(mine, Mapping):
        return any(chosen.get(k) == v for k, v in mine.items())
    if isinstance(mine, tuple) and isinstance(chosen, tuple):
        return mine == chosen or bool(set(map(repr, mine)) & set(map(repr, chosen)))
    return bool(mine == chosen)


def _best_title(titles: Sequence[str]) -> str:
    """The title that most records have; of equals, the one with nothing around it that another does without."""
    counts = Counter(map(normal_title, titles))

    def rank(title: str) -> tuple[int, bool, int, str]:
        mine = normal_title(title)
        padded = any(t and t != mine and t in mine and not _subtitled(title, t) for t in counts)
        return counts[mine], not padded, titles.count(title), title

    return max(titles, key=rank, default="")


def _subtitled(title: str, other: str) -> bool:
    """Whether a title goes on with a subtitle where the other (its normal form) ends."""
    main, colon, _ = title.partition(":")
    return bool(colon) and normal_title(main) == other


def _authors_rank(authors: tuple[Name, ...]) -> tuple[int, int, list[str]]:
    return len(authors), sum(bool(a.given) + bool(a.orcid) for a in authors), [str(a) for a in authors]


def _date_rank(date: PartialDate) -> tuple[bool, int, tuple[int, ...]]:
    known = (date.year, date.month, date.day)
    # the earlier of two full dates: a preprint dates the idea
    return date.year is not None, sum(x is not None for x in known), tuple(-(x or 0) for x in known)


def _reference_key(reference: Reference) -> str:
    if reference.identifiers:
        return repr(sorted(reference.identifiers.items()))
    return normal_title(reference.title or reference.raw)


def _distinct(values: Iterable[T], key: Any) -> tuple[T, ...]:
    return tuple({key(v): v for v in values}.values())
