"""The papers that are cited most and not among those read: what to fetch next, as CSV."""

from __future__ import annotations

from pathlib import Path

from citeweave.export.csv import write_table
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.tables import citations

SUFFIXES = (".csv",)
FILENAME = "missing.csv"
_COLUMNS = ("cited_by", "id", "title", "authors", "year", "doi", "arxiv", "citing")


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write a row for each stub, the most cited first; raises OSError where the file system refuses."""
    citing: dict[str, list[str]] = {paper.id: [] for paper in graph.papers.values() if not paper.sources}
    for one, other in sorted(citations(graph)):
        if other in citing:
            citing[other].append(one)
    order = sorted(citing, key=lambda stub: (-len(citing[stub]), stub))
    papers = (graph.papers[stub] for stub in order)
    write_table(
        target,
        _COLUMNS,
        (
            (
                len(citing[paper.id]),
                paper.id,
                paper.title,
                tuple(str(name) for name in paper.authors),
                paper.date.year if paper.date else None,
                paper.identifiers.get("doi", ""),
                paper.identifiers.get("arxiv", ""),
                tuple(citing[paper.id]),
            )
            for paper in papers
        ),
    )
