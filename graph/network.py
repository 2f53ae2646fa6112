"""The NetworkX view of a knowledge graph, with attributes that every graph format can carry."""

from __future__ import annotations

from typing import Any

import networkx as nx

from citeweave.graph.knowledge import KnowledgeGraph, author_id, best, read_from
from citeweave.model import Paper

PAPER, STUB, AUTHOR, LINK = "Paper", "CitedPaper", "Author", "Link"


def paper_label(paper: Paper) -> str:
    """What to call a paper: its title, else its first author and year, else its id."""
    if paper.title:
        return paper.title
    if paper.authors:
        more = " et al." if len(paper.authors) > 2 else ""
        first = " and ".join(a.family for a in paper.authors[: 1 if more else 2])
        year = f" ({paper.date.year})" if paper.date and paper.date.year else ""
        return f"[untitled] {first}{more}{year}"
    return paper.id


def network(kg: KnowledgeGraph) -> nx.MultiDiGraph:
    """A MultiDiGraph of papers, entities, authors and links.

    Every node has ``kind`` (``Paper``, ``CitedPaper`` for a stub, an entity type, ``Author`` or
    ``Link``) and ``label``. Every edge has ``predicate``, ``confidence``, ``support`` (how many
    papers say so), ``quote``, ``start``, ``end`` and ``by``; its key is unique in the graph.
    Attribute values are str, int or float only, and an attribute keeps one type throughout.
    """
    net = nx.MultiDiGraph()
    for paper in kg.papers.values():
        data: dict[str, Any] = {
            "kind": PAPER if paper.sources else STUB,
            "label": paper_label(paper),
            "date": str(paper.date or ""),
            "venue": paper.venue,
            "authors": "; ".join(str(a) for a in paper.authors),
        }
        if paper.date and paper.date.year:
            data["year"] = paper.date.year
        net.add_node(paper.id, **data)
    for entity in kg.entities.values():
        net.add_node(
            entity.id,
            kind=entity.type,
            label=entity.label,
            aliases="; ".join(entity.aliases),
            papers=len(kg.papers_of.get(entity.id, ())),
        )
    for author, name in kg.authors.items():
        net.add_node(author, kind=AUTHOR, label=str(name))
    for paper in kg.papers.values():
        for name in paper.authors:
            _edge(net, paper.id, "creator", author_id(name), by=read_from(paper, "authors"))
        for link in paper.links:
            net.add_node(link, kind=LINK, label=link)
            _edge(net, paper.id, "link", link, by=read_from(paper, "links") or "the abstract")
    for statement in kg.statements:
        proof = best(statement.evidence)
        _edge(
            net,
            statement.subject,
            statement.predicate,
            statement.object,
            confidence=statement.confidence,
            support=len({e.paper for e in statement.evidence}) or 1,
            quote=proof.quote if proof else "",
            start=proof.start if proof else -1,
            end=proof.end if proof else -1,
            by=proof.by if proof else read_from(kg.papers[statement.subject], "references"),
        )
    return net


def _edge(
    net: nx.MultiDiGraph,
    subject: str,
    predicate: str,
    object_: str,
    *,
    by: str,
    confidence: float = 1.0,
    support: int = 1,
    quote: str = "",
    start: int = -1,
    end: int = -1,
) -> None:
    net.add_edge(
        subject,
        object_,
        key=f"{subject} {predicate} {object_}",
        predicate=predicate,
        confidence=confidence,
        support=support,
        quote=quote,
        start=start,
        end=end,
        by=by,
    )
