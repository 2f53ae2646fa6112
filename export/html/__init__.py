"""The interactive page: one HTML file that opens offline, made with PyVis.

from citeweave.export.html import page

Path("view.html").write_text(page(graph, around="dropout", depth=2), "utf-8")
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from citeweave.export._files import write_text
from citeweave.export.html import data, selection
from citeweave.export.html.content import content
from citeweave.graph.knowledge import KnowledgeGraph

SUFFIXES = (".html", ".htm")
LAYOUT_NAMES = ("communities", "force", "radial", "time")
_HERE = Path(__file__).parent


class NothingLeftError(ValueError):
    """The choices leave nothing of the graph to show."""


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the page of the whole graph to ``target``."""
    write_text(target, page(graph))


def page(
    graph: KnowledgeGraph,
    *,
    around: str | None = None,
    depth: int = 1,
    types: Collection[str] | None = None,
    since: int | None = None,
    until: int | None = None,
    layout: str | None = None,
    top: int | None = None,
    title: str = "",
) -> str:
    """The page of a graph, or of a part of it, as one string of HTML.

    Args:
        graph: what to show.
        around: a paper or entity (id, label, alias or title); only what is near it is shown.
        depth: how many statements away still counts as near.
        types: entity types to keep.
        since: the first year to keep; papers without a year are left out.
        until: the last year to keep.
        layout: one of :data:`LAYOUT_NAMES`; ``radial`` around a node and ``communities`` otherwise.
        top: keep this many entities, those that most papers name, and their papers.
        title: what the page is called, besides what it says of its contents.

    Raises:
        NothingLeftError: no paper and no entity goes with all of the choices.
        ValueError: nothing is called ``around``, or a type or layout does not exist.
    """
    chosen = layout or ("radial" if around else "communities")
    if chosen not in LAYOUT_NAMES:
        raise ValueError(f"no such layout: {chosen} (there are {', '.join(LAYOUT_NAMES)})")
    if depth < 0 or (top is not None and top < 1):
        raise ValueError("depth must be 0 or more, top 1 or more")
    centre = selection.find(graph, around) if around else None
    parts: list[str] = []
    if types:
        graph = selection.of_types(graph, types)
        parts.append(f"only {', '.join(types)}")
    if since is not None or until is not None:
        graph = selection.of_years(graph, since, until)
        parts.append(f"years {since or '…'} to {until or '…'}")
    if top is not None:
        graph = selection.top(graph, top)
        parts.append(f"the {top} entities that most papers name")
    if parts and centre is None and not (graph.papers or graph.entities):
        raise NothingLeftError(f"nothing of the graph is left: {'; '.join(parts)}")
    if centre is not None:
        if centre not in graph.papers and centre not in graph.entities:
            raise ValueError(f"{around!r} is not in what the other options leave of the graph")
        graph = selection.around(graph, centre, depth)
        parts.insert(0, f"within {depth} steps of {around}" if depth != 1 else f"around {around}")
    return _render(graph, chosen, centre, title, "; ".join(parts))


def _render(graph: KnowledgeGraph, layout_name: str, centre: str | None, title: str, scope: str) -> str:
    # PyVis and the layout are loaded when a page is made: both take longer to import than most commands run
    from citeweave.export.html import engine
    from citeweave.export.html.communities import communities
    from citeweave.export.html.layout import LAYOUTS, radial

    drawn = content(graph)
    groups, rest = communities(drawn)
    if layout_name == "radial" and centre is not None:
        placed = radial(drawn, groups, rest, drawn.ids.index(centre))
    else:
        placed = LAYOUTS[layout_name](drawn, groups, rest)
    closed = engine.starts_closed(drawn)
    notes: dict[str, Any] = {
        "title": title or "citeweave",
        "scope": scope,
        "layout": layout_name,
        "closed": closed and layout_name == "communities",
        "limit": engine.OPEN_LIMIT,
        "centre": centre or "",
        "block": data.PAPERS_A_BLOCK,
    }
    style, script, library = _joined("style", "css"), _joined("script", "js"), engine.library()
    blocks = {
        "core": data.safe_json(data.core(graph, drawn, groups, placed, notes)),
        "evidence": data.safe_json(data.evidence(graph, drawn)),
        **{f"texts-{i}": data.safe_json(block) for i, block in enumerate(data.texts(graph, drawn))},
    }
    net = engine.network(drawn, groups, placed, title or "citeweave", _HERE / "page.html")
    net.templateEnv.globals.update(
        nonce=_nonce(style, script, library, *blocks.values()),
        style=style,
        script=script,
        library=library,
        core=blocks.pop("core"),
        blocks=blocks,
        summary=_summary(graph),
        safe_json=data.safe_json,
    )
    return str(net.generate_html("page.html"))


def _summary(graph: KnowledgeGraph) -> str:
    papers = sum(1 for p in graph.papers.values() if p.sources)
    return f"{papers:,} {'paper' if papers == 1 else 'papers'}, {len(graph.entities):,} entities"


def _nonce(*parts: str) -> str:
    """A nonce from all that the page holds: the same page gets the same one, and no content can foresee its own."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


@cache
def _joined(folder: str, suffix: str) -> str:
    """The page's own files of one kind as one text, in order of their names."""
    return "\n".join(f.read_text("utf-8").strip() for f in sorted((_HERE / folder).glob(f"*.{suffix}")))
