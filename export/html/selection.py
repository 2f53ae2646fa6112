"""The part of a graph that a view is about: around one thing, of some types, of some years, or the top of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.network import PAPER
from citeweave.model import ENTITY_TYPES
from citeweave.text import did_you_mean


def find(graph: KnowledgeGraph, name: str) -> str:
    """The id of the paper or entity that a person means by ``name``: an id, a label, an alias or a title.

    Case does not matter; of several the one named in most papers is taken. Raises ValueError, with
    what comes close, when there is none.
    """
    if name in graph.papers or name in graph.entities:
        return name
    wanted = name.casefold().strip()
    by_name: dict[str, list[str]] = defaultdict(list)
    for entity in graph.entities.values():
        for alias in {entity.id, entity.label, *entity.aliases}:
            by_name[alias.casefold()].append(entity.id)
    for paper in graph.papers.values():
        by_name[paper.title.casefold()].append(paper.id)
        for value in paper.identifiers.values():
            by_name[value.casefold()].append(paper.id)
    if by_name.get(wanted):
        return max(sorted(set(by_name[wanted])), key=lambda id_: len(graph.papers_of.get(id_, ())))
    raise ValueError(f"nothing in the graph is called {name!r}{did_you_mean(wanted, filter(None, by_name))}")


def around(graph: KnowledgeGraph, centre: str, depth: int) -> KnowledgeGraph:
    """What is within ``depth`` statements of one node, in either direction."""
    within = _reached(graph, centre, depth)
    part = _restricted(graph, within, within)
    # a statement that only papers further away support went with them, and perhaps the way to its end
    still = _reached(part, centre, depth)
    return _restricted(part, still, still)


def _reached(graph: KnowledgeGraph, centre: str, depth: int) -> set[str]:
    near: dict[str, set[str]] = defaultdict(set)
    for statement in graph.statements:
        near[statement.subject].add(statement.object)
        near[statement.object].add(statement.subject)
    reached, ring = {centre}, {centre}
    for _ in range(depth):
        ring = {n for id_ in ring for n in near[id_]} - reached
        reached |= ring
    return reached


def of_types(graph: KnowledgeGraph, types: Collection[str]) -> KnowledgeGraph:
    """Papers, and the entities of some types; raises ValueError for a type there is not.

    ``Paper`` may be named, and is there anyway: it is through papers that entities hang together.
    """
    known = {t.casefold(): t for t in (PAPER, *ENTITY_TYPES)}
    unknown = sorted(t for t in types if t.casefold() not in known)
    if unknown:
        raise ValueError(f"no such type: {', '.join(unknown)} (there are {', '.join(known.values())})")
    wanted = {known[t.casefold()] for t in types}
    return _restricted(graph, graph.papers, [e.id for e in graph.entities.values() if e.type in wanted])


def of_years(graph: KnowledgeGraph, since: int | None, until: int | None) -> KnowledgeGraph:
    """Papers of the years from ``since`` to ``until`` (inclusive) and what they name; no year, no place."""
    papers = [
        p.id
        for p in graph.papers.values()
        if p.date and p.date.year and (since or 0) <= p.date.year <= (until or p.date.year)
    ]
    return _restricted(graph, papers, _named_by(graph, set(papers)))


def top(graph: KnowledgeGraph, count: int) -> KnowledgeGraph:
    """The ``count`` entities that most papers name, and the papers that name them."""
    ranked = sorted(graph.entities, key=lambda id_: (-len(graph.papers_of.get(id_, ())), id_))[:count]
    return _restricted(graph, {p for id_ in ranked for p in graph.papers_of.get(id_, ())}, ranked)


def _named_by(graph: KnowledgeGraph, papers: set[str]) -> set[str]:
    named = {s.object for s in graph.statements if s.subject in papers}
    return named | {m.entity for p in papers for m in graph.mentions.get(p, ())}


def _restricted(graph: KnowledgeGraph, papers: Iterable[str], entities: Iterable[str]) -> KnowledgeGraph:
    """The graph of these papers and entities only; evidence from papers outside it is left out."""
    keep_papers, keep_entities = set(papers), set(entities)
    kept = keep_papers | keep_entities
    statements = []
    for statement in graph.statements:
        if statement.subject in kept and statement.object in kept:
            inside = tuple(e for e in statement.evidence if e.paper in keep_papers)
            if inside or not statement.evidence:
                statements.append(replace(statement, evidence=inside))
    return KnowledgeGraph(
        papers={i: p for i, p in graph.papers.items() if i in keep_papers},
        entities={i: e for i, e in graph.entities.items() if i in keep_entities},
        statements=tuple(statements),
        mentions={
            i: tuple(m for m in found if m.entity in keep_entities)
            for i, found in graph.mentions.items()
            if i in keep_papers
        },
        sentences={i: s for i, s in graph.sentences.items() if i in keep_papers},
    )
