"""A knowledge graph as large as a benchmark wants it: copies of a real one, their papers renamed.

What many papers name stays one thing in all copies, so that the common entities get more common as
they do in a larger corpus; what few name is copied along with them. The same graph and the same
number give the same graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.model import Entity, Evidence, Mention, Name, Paper, Statement

COMMON = 4
"""An entity that at least so many papers name is shared by all copies."""


def scaled(kg: KnowledgeGraph, copies: int) -> KnowledgeGraph:
    """``copies`` times the papers of ``kg``; the first copy is ``kg`` itself."""
    common = {id_ for id_, papers in kg.papers_of.items() if len(papers) >= COMMON}
    made = [_Copy(kg, number, common) for number in range(copies)]
    papers = {p.id: p for copy in made for p in copy.papers()}
    entities = {e.id: e for copy in made for e in copy.entities()}
    # a statement between shared entities is one, and rests on the words of all copies
    statements: dict[tuple[str, str, str], Statement] = {}
    for copy in made:
        for one in copy.statements():
            key = (one.subject, one.predicate, one.object)
            known = statements.get(key)
            statements[key] = replace(known, evidence=known.evidence + one.evidence) if known else one
    return KnowledgeGraph(
        dict(sorted(papers.items())),
        dict(sorted(entities.items())),
        tuple(statements[key] for key in sorted(statements)),
        dict(sorted((id_, mentions) for copy in made for id_, mentions in copy.mentions())),
    )


class _Copy:
    """One copy: what everything is called in it, and where its texts have moved."""

    def __init__(self, kg: KnowledgeGraph, number: int, common: set[str]) -> None:
        self._kg, self._number, self._common = kg, number, common
        self._mark = f" (copy {number})" if number else ""
        self._suffix = f"-copy{number}" if number else ""
        self._moved = {id_: len(paper.title) for id_, paper in kg.papers.items()}

    def _id(self, id_: str) -> str:
        return id_ if id_ in self._common else id_ + self._suffix

    def _at(self, paper: str, offset: int) -> int:
        return offset + len(self._mark) if offset > self._moved[paper] else offset

    def papers(self) -> Iterator[Paper]:
        for paper in self._kg.papers.values():
            yield replace(
                paper,
                id=paper.id + self._suffix,
                title=paper.title + self._mark,
                identifiers={scheme: value + self._suffix for scheme, value in paper.identifiers.items()},
                authors=tuple(Name(n.family + self._mark, n.given) if self._mark else n for n in paper.authors),
                sources=tuple(replace(s, line=s.line + 100_000 * self._number) for s in paper.sources),
            )

    def entities(self) -> Iterator[Entity]:
        for id_, one in self._kg.entities.items():
            if not self._number:
                yield one
            elif id_ not in self._common:
                aliases = tuple(alias + self._mark for alias in one.aliases)
                yield Entity(self._id(id_), one.type, one.label + self._mark, aliases)

    def statements(self) -> Iterator[Statement]:
        for one in self._kg.statements:
            evidence = tuple(map(self._evidence, one.evidence))
            yield replace(one, subject=self._id(one.subject), object=self._id(one.object), evidence=evidence)

    def _evidence(self, one: Evidence) -> Evidence:
        start, end = self._at(one.paper, one.start), self._at(one.paper, one.end)
        return replace(one, paper=one.paper + self._suffix, start=start, end=end)

    def mentions(self) -> Iterator[tuple[str, tuple[LinkedMention, ...]]]:
        for id_, linked in self._kg.mentions.items():
            yield (
                id_ + self._suffix,
                tuple(LinkedMention(self._mention(id_, o.mention), self._id(o.entity)) for o in linked),
            )

    def _mention(self, paper: str, one: Mention) -> Mention:
        return replace(one, start=self._at(paper, one.start), end=self._at(paper, one.end))
