"""What the page draws, numbered: nodes and links of a knowledge graph as columns.

Inside the page a node is its row, a small integer, so that no identifier from outside ever
reaches the drawing library; the identifiers themselves are shown and put into addresses only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.network import PAPER, STUB, paper_label
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES

KINDS: tuple[str, ...] = (PAPER, STUB, *ENTITY_TYPES)
"""The kinds of node a page tells apart, papers first."""
BETWEEN_PAPERS = ("cites", "cites_in_text", "builds_on")
FOLD_ABOVE = 300
"""With more nodes than this, entities that only one paper names are folded away at first."""
LONGEST_LABEL = 300
"""Longer titles are cut on the map and in lists; the card shows them whole."""


@dataclass(frozen=True, slots=True)
class Link:
    """One statement by the rows of its ends, and its own row in ``KnowledgeGraph.statements``."""

    subject: int
    predicate: int
    object: int
    confidence: float
    statement: int


@dataclass(frozen=True, slots=True)
class Content:
    """Columns of nodes (papers first, then entities, each sorted by id), the links, and the predicates' names.

    ``named_in`` counts the papers that name an entity (for papers: the papers that cite it);
    ``folded`` marks the entities that stay hidden until asked for.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    kinds: tuple[int, ...]
    years: tuple[int, ...]
    named_in: tuple[int, ...]
    degrees: tuple[int, ...]
    folded: tuple[bool, ...]
    links: tuple[Link, ...]
    predicates: tuple[str, ...]
    papers: int

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.ids)

    def radius(self, node: int) -> float:
        """How large a node is drawn: its area grows with its papers, citations or links."""
        weight = self.named_in[node] if node >= self.papers else self.named_in[node] + self.degrees[node] / 12
        return round(
            min(
                26.0, (4.5 if node >= self.papers else 5.0) + (2.2 if node >= self.papers else 1.5) * math.sqrt(weight)
            ),
            1,
        )


def content(graph: KnowledgeGraph) -> Content:
    """Number the nodes and links of ``graph``; statements whose ends it does not hold are left out."""
    papers, entities = list(graph.papers.values()), list(graph.entities.values())
    ids = (*(p.id for p in papers), *(e.id for e in entities))
    rows = {id_: row for row, id_ in enumerate(ids)}
    used = {s.predicate for s in graph.statements}
    known = (*ROLES, *RELATION_TYPES, "broader", *BETWEEN_PAPERS)
    predicates = (*(p for p in known if p in used), *sorted(used.difference(known)))
    number = {name: i for i, name in enumerate(predicates)}
    links = tuple(
        Link(rows[s.subject], number[s.predicate], rows[s.object], s.confidence, i)
        for i, s in enumerate(graph.statements)
        if s.subject in rows and s.object in rows
    )
    named = _named_in(graph, links, rows, len(papers))
    degrees = [0] * len(ids)
    for link in links:
        degrees[link.subject] += 1
        degrees[link.object] += 1
    fold = len(ids) > FOLD_ABOVE
    return Content(
        ids=ids,
        labels=(*(_short(paper_label(p)) for p in papers), *(_short(e.label or e.id) for e in entities)),
        kinds=(
            *(KINDS.index(PAPER if p.sources else STUB) for p in papers),
            *(KINDS.index(e.type) for e in entities),
        ),
        years=(*((p.date.year or 0) if p.date else 0 for p in papers), *(0 for _ in entities)),
        named_in=tuple(named),
        degrees=tuple(degrees),
        folded=tuple(fold and row >= len(papers) and named[row] < 2 for row in range(len(ids))),
        links=links,
        predicates=predicates,
        papers=len(papers),
    )


def _named_in(graph: KnowledgeGraph, links: Sequence[Link], rows: dict[str, int], papers: int) -> list[int]:
    found: list[set[int]] = [set() for _ in rows]
    for entity, where in graph.papers_of.items():
        if entity in rows:
            found[rows[entity]].update(rows[p] for p in where if p in rows)
    for link in links:
        if link.subject < papers:
            found[link.object].add(link.subject)
    return [len(f) for f in found]


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"
