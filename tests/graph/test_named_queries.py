"""The named queries: each runs, answers what its comment says, and takes values as values."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from citeweave.graph import rdf
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.named import find, named
from citeweave.graph.query_check import QueryError, check
from citeweave.graph.sparql import shown
from citeweave.graph.vocabulary import PREDICATES, PREFIXES

NAMES = [query.name for query in named()]


@pytest.fixture
def data(toy: KnowledgeGraph) -> ox.Store:
    made = ox.Store()
    for part in ("graph", "evidence"):
        made.extend(ox.Quad(t.subject, t.predicate, t.object) for t in rdf.triples(toy, part))  # type: ignore[arg-type]
    return made


def ask(data: ox.Store, query: str, /, **values: str) -> list[tuple[str, ...]]:
    text = find(query).with_values(values)
    check(text)
    found = data.query(text, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(shown(value) for value in row) for row in found]


def test_there_are_enough_and_each_says_what_it_answers() -> None:
    assert len(NAMES) >= 10
    for query in named():
        assert len(query.comment) > 20
        assert all(parameter.meaning for parameter in query.parameters)
        assert query.text.count("# param:") == len(query.parameters)


@pytest.mark.parametrize("name", NAMES)
def test_each_runs_as_it_is_with_standard_sparql_too(name: str, toy: KnowledgeGraph) -> None:
    toy.rdf().query(find(name).text)


def test_papers_using_dataset(data: ox.Store) -> None:
    for spelling in ("FrogBench", "frogbench", "FROG BENCH"):
        assert ask(data, "papers-using-dataset", dataset=spelling) == [
            ("2020", 'PondNet: Counting Frogs with "Lily Pads"', "evaluates on", "arxiv:2001.00001"),
            ("", "abstract:00000000000000bb", "introduces", "paper:abstract-00000000000000bb"),
        ]


def test_methods(data: ox.Store) -> None:
    title = 'PondNet: Counting Frogs with "Lily Pads"'
    assert ask(data, "methods-introduced") == [("PondNet", "2", "2020", title, "arxiv:2001.00001")]
    assert ask(data, "methods-compared") == [("PondNet", "1")]
    assert ask(data, "co-used", **{"with": "pondnet"}) == [("FrogBench", "Dataset", "1")]
    assert ask(data, "methods-on-dataset", dataset="frogbench") == [("PondNet", "evaluated on", "2")]
    assert ask(data, "metrics-of-task", task="counting") == [("F1", "1")]
    assert ask(data, "authors-methods", who="REED") == [("Marsha Reed", "PondNet", "Model", "2020", title)]


def test_papers_between_and_around(data: ox.Store) -> None:
    rows = ask(data, "between", first="pondnet", second="frog counting")
    assert [(row[0], *row[2:4]) for row in rows] == [
        ("2021", "compares", "mentions"),
        ("2020", "introduces", "addresses"),
    ]
    cited = ask(data, "citations", paper="Counting Frogs")
    assert [(row[0], row[2]) for row in cited] == [
        ("cites", "A Cited Study"),
        ("is cited by", "Frogs 🐸 without Labels \\ Backslashes"),
    ]
    for paper in ("A Cited STUDY", "cited stud"):
        assert [row[0] for row in ask(data, "citations", paper=paper)] == ["is cited by"]
    assert ask(data, "citations", paper="no such words") == ask(data, "similar", paper="no such words") == []
    assert [row[0] for row in ask(data, "most-cited")] == ["1", "1"]
    assert [row[0] for row in ask(data, "recent", task="frog counting")] == ["2020-01-02"]
    assert [row[3] for row in ask(data, "similar", paper="pondnet")] == [
        "paper:title-00000000000000aa",
        "paper:abstract-00000000000000bb",
    ]
    assert [row[2] for row in ask(data, "builds-on", of="pondnet")] == ["paper:title-00000000000000aa"]
    assert ask(data, "trend", name="PondNet") == [("2020", "1"), ("2021", "1")]


def test_evidence_is_the_paper_s_own_words(data: ox.Store) -> None:
    rows = ask(data, "evidence", name="f1")
    assert rows == [
        (
            'PondNet: Counting Frogs with "Lily Pads"',
            "measures",
            "F1",
            "0.8333",
            "On FrogBench it reaches 91.2 F1.",
            "entities-1",
        )
    ]


def test_entity_and_overview(data: ox.Store) -> None:
    assert ("Model", "PondNet", "from it", "subtypeOf", "neural network", "1") in ask(data, "entity", name="pondnet")
    assert ("papers", "4") in ask(data, "overview")
    assert ("of these only cited", "1") in ask(data, "overview")


def test_entity_asks_for_every_relation_between_things() -> None:
    between = list(PREDICATES)[list(PREDICATES).index("used_for") : list(PREDICATES).index("cites")]
    asked = re.search(r"\?link IN \((?:[^)]*#.*\n)?([^)]*)\)", find("entity").text)
    assert asked is not None
    assert set(re.findall(r"\w+:\w+", asked[1])) == {PREDICATES[relation][0] for relation in between}


@pytest.mark.parametrize(
    "value", ['x" } SERVICE <http://x/> { ?s ?p ?o } VALUES ?y { "', "a\\", "\n}\r#", "\ud800", "🐸'''"]
)
def test_values_never_become_query(data: ox.Store, value: str) -> None:
    assert ask(data, "papers-using-dataset", dataset=value) == []


def test_unknown_names_and_parameters_are_told(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="no query is named 'nope'"):
        find("nope")
    with pytest.raises(QueryError, match="query trend has no parameter 'x' \\(it has: name\\)"):
        find("trend").with_values({"x": "1"})
