"""The page in a real browser: it opens without a network, draws, searches, shows cards, filters."""

from pathlib import Path

import pytest

from citeweave.export import html
from citeweave.graph.knowledge import KnowledgeGraph


@pytest.fixture
def page(toy: KnowledgeGraph, tmp_path: Path) -> Path:
    html.write(toy, tmp_path / "graph.html")
    return tmp_path / "graph.html"


def test_all_of_a_small_graph_is_drawn_without_any_request(browser, page: Path, toy: KnowledgeGraph) -> None:
    browser.open(page)
    drawn = browser.js("return citeweave.scene.network.body.data.nodes.getIds().map(n => citeweave.model.ids[n])")
    assert sorted(drawn) == sorted([*toy.papers, *toy.entities])
    assert browser.requests() == []
    assert browser.complaints() == []
