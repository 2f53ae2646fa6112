"""How a graph shows itself in a notebook: a few figures and what it holds most of, as a small table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape

from citeweave.graph.knowledge import KnowledgeGraph

_MOST = 5


def summary(graph: KnowledgeGraph) -> str:
    """HTML with the counts of a graph and its most named entities; every text in it is escaped."""
    read = sum(1 for paper in graph.papers.values() if paper.sources)
    years = sorted({p.date.year for p in graph.papers.values() if p.sources and p.date and p.date.year})
    counts = [
        ("papers", f"{read:,}" + (f" ({years[0]}–{years[-1]})" if years else "")),
        ("cited papers besides", f"{len(graph.papers) - read:,}"),
        ("authors", f"{len(graph.authors):,}"),
        ("entities", f"{len(graph.entities):,}"),
        ("statements", f"{len(graph.statements):,}"),
    ]
    kinds = Counter(entity.type for entity in graph.entities.values())
    for kind, number in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
        named = [(-len(graph.papers_of.get(e.id, ())), e.label) for e in graph.entities.values() if e.type == kind]
        counts.append((f"{kind} ({number:,})", _shortened(label for _, label in sorted(named)[:_MOST])))
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in counts)
    return f"<table><caption>KnowledgeGraph</caption>{rows}</table>"


def _shortened(labels: Iterable[str]) -> str:
    return ", ".join(label if len(label) <= 60 else f"{label[:59]}…" for label in labels)
