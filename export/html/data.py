"""The data inside the page, as columns of plain JSON that no browser mistakes for markup.

What the map needs comes in one block. What only a card shows (abstracts, authors, mentions,
evidence) comes in blocks that are parsed when first needed. Quotes are not repeated: they are
offsets into the abstracts, counted in UTF-16 units as JavaScript does.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from citeweave.export.html.communities import Group
from citeweave.export.html.content import KINDS, Content
from citeweave.export.html.layout import Layout
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Paper

PAPERS_A_BLOCK = 200
_ESCAPES = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_WIDE = re.compile("[\U00010000-\U0010ffff]")


def safe_json(value: Any) -> str:
    """JSON that may stand inside a script element: no ``<``, ``>``, ``&`` or line separator is left in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def core(
    graph: KnowledgeGraph, content: Content, groups: Sequence[Group], layout: Layout, notes: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything the map, the search and the lists need. ``notes`` is added as it is."""
    group_of = {row: g for g, group in enumerate(groups) for row in group.members}
    entities = list(graph.entities.values())
    return {
        **notes,
        "kinds": KINDS,
        "predicates": content.predicates,
        "papers": content.papers,
        "ids": content.ids,
        "labels": content.labels,
        "kind": content.kinds,
        "year": content.years[: content.papers],
        "date": [str(p.date or "") for p in graph.papers.values()],
        "named": content.named_in,
        "folded": [int(f) for f in content.folded],
        "radius": [content.radius(row) for row in range(content.size)],
        "group": [group_of.get(row, -1) for row in range(content.size)],
        "x": [round(layout.at[row][0]) if row in layout.at else None for row in range(content.size)],
        "y": [round(layout.at[row][1]) if row in layout.at else None for row in range(content.size)],
        "aliases": {
            content.papers + i: [a for a in e.aliases if a != e.label]
            for i, e in enumerate(entities)
            if any(a != e.label for a in e.aliases)
        },
        "groups": [{"telling": group.telling} for group in groups],
        "regions": [[round(v) for v in (r.x, r.y, r.radius, r.half_width, r.half_height)] for r in layout.regions],
        "axis": [[round(x), name] for x, name in layout.axis],
        "links": {
            "s": [link.subject for link in content.links],
            "p": [link.predicate for link in content.links],
            "o": [link.object for link in content.links],
            "c": [round(link.confidence * 100) for link in content.links],
        },
    }


def evidence(graph: KnowledgeGraph, content: Content) -> dict[str, Any]:
    """For each link its evidence: paper, start, end, component, score; components by name once."""
    rows = {id_: row for row, id_ in enumerate(graph.papers)}
    by: dict[str, int] = {}
    count = _Utf16(graph.papers)
    links = [
        [
            [rows[e.paper], *count(e.paper, e.start, e.end), by.setdefault(e.by, len(by)), round(e.score * 100)]
            for e in graph.statements[link.statement].evidence
            if e.paper in rows
        ]
        for link in content.links
    ]
    return {"by": list(by), "links": links}


def texts(graph: KnowledgeGraph, content: Content) -> Iterator[list[dict[str, Any]]]:
    """What a paper's card shows, in blocks of :data:`PAPERS_A_BLOCK` papers; empty fields are left out."""
    rows = {id_: row for row, id_ in enumerate(content.ids)}
    count = _Utf16(graph.papers)
    papers = list(graph.papers.values())
    for first in range(0, len(papers), PAPERS_A_BLOCK):
        yield [_card(graph, paper, rows, count) for paper in papers[first : first + PAPERS_A_BLOCK]]


def _card(graph: KnowledgeGraph, paper: Paper, rows: Mapping[str, int], count: _Utf16) -> dict[str, Any]:
    mentions = [
        [*count(paper.id, m.mention.start, m.mention.end), rows[m.entity]]
        for m in graph.mentions.get(paper.id, ())
        if m.entity in rows
    ]
    card: dict[str, Any] = {
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [str(a) for a in paper.authors],
        "count": paper.author_count or 0,
        "venue": paper.venue,
        "ids": dict(sorted(paper.identifiers.items())),
        "links": list(paper.links),
        "sources": [f"{s.file}:{s.line}" for s in paper.sources],
        "mentions": mentions,
    }
    return {key: value for key, value in card.items() if value}


class _Utf16:
    """Character offsets of papers' texts as UTF-16 offsets; the same but after characters beyond U+FFFF."""

    def __init__(self, papers: Mapping[str, Paper]) -> None:
        self._shift: dict[str, Callable[[int], int]] = {}
        for paper in papers.values():
            wide = [found.start() for found in _WIDE.finditer(paper.text)]
            if wide:
                self._shift[paper.id] = lambda offset, wide=wide: offset + bisect_right(wide, offset - 1)  # type: ignore[misc]

    def __call__(self, paper: str, start: int, end: int) -> tuple[int, int]:
        shift = self._shift.get(paper)
        return (shift(start), shift(end)) if shift else (start, end)
