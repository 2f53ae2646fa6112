"""From when on things of the graph are there, for formats with a timeline."""

from __future__ import annotations

from collections.abc import Iterable

from citeweave.graph.knowledge import KnowledgeGraph, author_id
from citeweave.model import Paper, PartialDate


def first_day(date: PartialDate | None) -> str:
    """The first day that a partial date can mean (``2021-03`` is ``2021-03-01``); empty without a year."""
    if date is None or not date.year:
        return ""
    return f"{date.year:04d}-{date.month or 1:02d}-{date.day or 1:02d}"


def first_days(graph: KnowledgeGraph) -> dict[str, str]:
    """For each node that is dated by a paper, the first day of the earliest one.

    A paper is there from its own date on; an entity, an author and a link from the first paper on that names them.
    """
    found: dict[str, str] = {}

    def note(node: str, day: str) -> None:
        if day and (node not in found or day < found[node]):
            found[node] = day

    for paper in graph.papers.values():
        day = first_day(paper.date)
        for node in (paper.id, *map(author_id, paper.authors), *paper.links):
            note(node, day)
    for entity, papers in graph.papers_of.items():
        for day in _days(graph.papers[paper] for paper in papers):
            note(entity, day)
    for statement in graph.statements:
        if statement.subject in graph.papers and statement.object in graph.entities:
            note(statement.object, first_day(graph.papers[statement.subject].date))
    return found


def statement_days(graph: KnowledgeGraph) -> dict[tuple[str, str, str], str]:
    """For each statement between entities, the first day of the earliest paper that supports it."""
    found = {}
    for statement in graph.statements:
        if statement.subject in graph.papers:
            continue
        if days := sorted(_days(graph.papers[e.paper] for e in statement.evidence if e.paper in graph.papers)):
            found[statement.subject, statement.predicate, statement.object] = days[0]
    return found


def _days(papers: Iterable[Paper]) -> Iterable[str]:
    return (day for paper in papers if (day := first_day(paper.date)))
