"""What a notebook shows of a graph."""

from citeweave.graph.knowledge import KnowledgeGraph


def test_a_graph_shows_its_counts(toy: KnowledgeGraph) -> None:
    shown = toy._repr_html_()
    assert "<tr><th>papers</th><td>3 (2020–2021)</td></tr>" in shown
    assert "<tr><th>Model (2)</th><td>PondNet, neural network</td></tr>" in shown


def test_texts_are_escaped_and_short(hostile: KnowledgeGraph) -> None:
    shown = hostile._repr_html_()
    assert "<b>" not in shown
    assert "…" in shown
    assert len(shown) < 2000


def test_an_empty_graph_shows_zeros() -> None:
    assert "<td>0</td>" in KnowledgeGraph({}, {}, (), {})._repr_html_()
