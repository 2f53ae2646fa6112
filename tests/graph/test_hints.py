"""What is said of a named query's names that no entity has."""

from pathlib import Path

import pytest

from citeweave import export
from citeweave.graph import hints
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.named import find


@pytest.fixture
def graph(toy: KnowledgeGraph, tmp_path: Path) -> Path:
    export.write("turtle", toy, tmp_path / "graph.ttl")
    return tmp_path / "graph.ttl"


def of(graph: Path, query: str, /, **values: str) -> list[str]:
    return list(hints.unknown_names(graph, find(query), values))


def test_a_name_that_comes_close_is_offered(graph: Path) -> None:
    assert of(graph, "papers-using-dataset", dataset=" FrogBanch ") == [
        "no entity is called ' FrogBanch ' (did you mean frogbench, frog bench?)"
    ]
    assert of(graph, "entity", name="pond networks") == [
        "no entity is called 'pond networks' (did you mean pond network, pondnet?)"
    ]


def test_each_unknown_name_has_a_line_and_defaults_count(graph: Path) -> None:
    assert of(graph, "between", first='"zzz\\"') == [
        "no entity is called '\"zzz\\\\\"'",
        "no entity is called 'machine translation'",
    ]


def test_nothing_is_said_of_known_names_and_of_parts_of_titles(graph: Path) -> None:
    assert of(graph, "entity", name="PONDNET") == []
    assert of(graph, "papers-using-dataset", dataset="PondNet") == []  # a Model, but a name
    assert of(graph, "similar", paper="no such title") == []
    assert of(graph, "overview") == []


def test_what_no_text_can_hold_is_asked_for_as_the_query_does(graph: Path) -> None:
    assert of(graph, "entity", name="pondne\udcff") == [
        "no entity is called 'pondne\\udcff' (did you mean pondnet, pond network?)"
    ]


def test_a_graph_that_cannot_be_read_gives_no_hint(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<urn:a> <urn:b>")
    assert of(tmp_path / "bad.ttl", "entity", name="bert") == []
