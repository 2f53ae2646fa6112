"""The PyVis network of what the page shows when it opens: still, positioned, drawn by vis-network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyvis
from pyvis.network import Network

from citeweave.export.html.communities import Group
from citeweave.export.html.content import KINDS, Content
from citeweave.export.html.layout import Layout

OPEN_LIMIT = 1600
"""With more nodes than this the groups start closed: one node a group, unfolded by a click."""
_OPTIONS = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "dragNodes": False,
        "hover": True,
        "hoverConnectedEdges": False,
        "selectConnectedEdges": False,
        "tooltipDelay": 1000000,
        "keyboard": {"enabled": False},
        "zoomSpeed": 0.7,
    },
    "nodes": {"borderWidth": 1, "labelHighlightBold": False, "chosen": False},
    "edges": {"smooth": False, "width": 1, "chosen": False, "hoverWidth": 0, "selectionWidth": 0},
}
GROUP_NODE = -1
"""The vis id of group ``g`` is ``GROUP_NODE - g``: below zero, apart from the rows of nodes."""


def starts_closed(content: Content) -> bool:
    """Whether there is too much to draw at once, so that groups open on demand."""
    return content.size - sum(content.folded) > OPEN_LIMIT


def network(content: Content, groups: Sequence[Group], layout: Layout, title: str, template: Path) -> Network:
    """A PyVis network over ``template`` with the nodes and links that are drawn first.

    Nodes and edges go into the lists directly: ``add_edge`` compares with every edge there is.
    """
    net = Network(height="100%", width="100%", cdn_resources="in_line", heading=title)
    net.set_template_dir(str(template.parent), template.name)
    net.set_options(json.dumps(_OPTIONS))
    if starts_closed(content) and any(r.radius for r in layout.regions):
        net.nodes = [
            {"id": GROUP_NODE - g, "group": "Group", "x": round(r.x), "y": round(r.y), "size": round(r.radius)}
            for g, r in enumerate(layout.regions)
        ]
        return net
    drawn = set(layout.at) if not starts_closed(content) else set(_best(content, layout))
    net.nodes = [_node(content, row, layout) for row in sorted(drawn)]
    group_of = {row: g for g, group in enumerate(groups) for row in group.members}
    net.edges = [
        {"id": i, "from": link.subject, "to": link.object}
        for i, link in enumerate(content.links)
        if link.subject in drawn
        and link.object in drawn
        and group_of.get(link.subject, -1) == group_of.get(link.object, -2)
    ]
    return net


def library() -> str:
    """The source of vis-network as PyVis ships it (MIT or Apache-2.0, its licence text at the top)."""
    return Path(pyvis.__file__).with_name("lib").joinpath("vis-9.1.2", "vis-network.min.js").read_text("utf-8")


def _best(content: Content, layout: Layout) -> list[int]:
    return sorted(layout.at, key=lambda row: (-content.degrees[row], row))[:OPEN_LIMIT]


def _node(content: Content, row: int, layout: Layout) -> dict[str, Any]:
    x, y = layout.at[row]
    return {
        "id": row,
        "group": KINDS[content.kinds[row]],
        "x": round(x),
        "y": round(y),
        "size": content.radius(row),
    }
