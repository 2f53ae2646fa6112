"""``--explain``: the steps of a query in words, what its patterns match, its limits and its run; nothing made up."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from citeweave import export
from citeweave.cli import app
from citeweave.graph import sparql
from citeweave.graph.explain import explain, steps
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.named import named

TITLES = (
    "SELECT DISTINCT ?paper ?title { ?paper dcterms:title ?title OPTIONAL { ?paper rdfs:label ?l } } ORDER BY ?title"
)


@pytest.fixture
def workspace(toy: KnowledgeGraph, tmp_path: Path) -> Path:
    for name in ("turtle", "evidence"):
        export.write(name, toy, tmp_path / export.filename(name))
    return tmp_path


def words(query: str) -> list[str]:
    return ["  " * step.depth + step.words for step in steps(query)]


def test_steps_are_the_algebra_with_what_is_done_first_deepest() -> None:
    assert words(TITLES) == [
        "drop rows that are there already",
        "  keep ?paper, ?title",
        "    sort by ?title",
        "      the first, with the second where there is one (OPTIONAL)",
        "        ?paper dcterms:title ?title",
        "        ?paper rdfs:label ?l",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "ASK { ?s a cw:Task FILTER(?s != cw:x) }",
            ["answer yes at the first match, else no", "  keep what passes a test of ?s"],
        ),
        (
            "SELECT * { { ?a cw:uses ?b } UNION { ?b ^cw:uses/cito:cites* ?a } }",
            ["either of the two (UNION)", "?b ^cw:uses/cito:cites* ?a"],
        ),
        ("SELECT * { ?a cw:uses ?b MINUS { ?a cw:studies ?b } }", ["the first without what is in the second (MINUS)"]),
        (
            "SELECT ?x (COUNT(*) AS ?n) { ?x cw:uses ?y } GROUP BY ?x ORDER BY DESC(?n) LIMIT 5 OFFSET 2",
            [
                "at most 5 rows after the first 2",
                "sort by ?n, descending",
                "aggregate each group: ?n = count of matches",
                "group by ?x",
            ],
        ),
        (
            "SELECT (SUM(?n) * 2 AS ?m) { { SELECT ?x (SUM(?c) AS ?n) { ?x cw:paperCount ?c } GROUP BY ?x } }",
            ["compute ?m from aggregate 1", "the rows of an inner query", "?n = sum of ?c"],
        ),
        ("CONSTRUCT { ?a cw:uses [] } WHERE { ?a cw:uses ?b }", ["make triples of each match: ?a cw:uses []"]),
        ("SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ?y }", ["?n = count of distinct ?x", "all is one group"]),
        ("DESCRIBE <urn:x>", ["describe <urn:x>: all triples that start from it"]),
        ("SELECT * { GRAPH ?g { ?s ?p 'x'@en } }", ["in the graph ?g", '?s ?p "x"@en']),
        (
            "SELECT * { VALUES (?a ?b) { (1 2) (3 4) } BIND(?a + ?b AS ?c) }",
            ["compute ?c from ?a, ?b", "2 given values of ?a, ?b"],
        ),
        ("SELECT * { ?z ?y ?x }", ["keep ?z, ?y, ?x"]),
    ],
)
def test_every_kind_of_step_has_words(query: str, expected: list[str]) -> None:
    told = "\n".join(words(query))
    for one in expected:
        assert one in told
    assert "__agg" not in told


@pytest.mark.parametrize("one", named(), ids=lambda one: one.name)
def test_every_named_query_is_told_in_words_alone(one: sparql.Named) -> None:
    told = words(one.text)
    assert len(told) > 2
    assert not any(re.search(r"__agg|rdflib|<https?:|[A-Z][a-z]+[A-Z][a-z]+Query", line) for line in told)


def test_patterns_are_counted_alone_and_the_run_is_told(workspace: Path) -> None:
    lines = explain(workspace, TITLES, timeout=20, max_rows=50)
    assert lines[0] == "prefixes  dcterms, rdfs (known without declaration)"
    titles = sparql.run(workspace, "SELECT (COUNT(*) AS ?n) { ?x dcterms:title ?y }").rows[0][0]
    assert any(line.endswith(f"?paper dcterms:title ?title   [{titles} alone]") for line in lines)
    assert lines[-2] == "limits    20 s, 2,048 MB, 50 rows; no network, no updates"
    rows = len(sparql.run(workspace, TITLES).rows)
    assert re.fullmatch(rf"run       {rows} rows \(load [\d.]+ s, check [\d.]+ s, run [\d.]+ s\)", lines[-1])


def test_a_query_that_a_limit_stops_is_explained_all_the_same(workspace: Path) -> None:
    lines = explain(workspace, TITLES, max_rows=1)
    assert lines[-1] == "run       more than 1 rows: add LIMIT to the query, or allow more"
    assert any("drop rows" in line for line in lines)


def test_what_only_oxigraph_can_parse_is_said_to_have_no_plan(workspace: Path) -> None:
    lines = explain(workspace, "SELECT * { ?s ?p <<( ?a ?b 'c' )>> }")
    assert lines[1].startswith("steps     not told: Oxigraph alone knows this syntax")
    assert lines[-1].startswith("run       0 rows")


def test_errors_are_the_ones_of_a_query(workspace: Path) -> None:
    with pytest.raises(sparql.QuerySyntaxError, match="line 1, column 12"):
        explain(workspace, "SELECT * { foo:x ?p ?o }")
    with pytest.raises(sparql.QueryRefusedError):
        explain(workspace, "DROP ALL")
    with pytest.raises(sparql.SourceError):
        explain(workspace / "nowhere", "ASK {}")


def test_the_command_prints_the_explanation_instead_of_rows(workspace: Path) -> None:
    result = CliRunner().invoke(app, ["query", str(workspace), "--name", "overview", "--explain"])
    assert result.exit_code == 0
    assert result.stdout.startswith("prefixes  ")
    assert "run       " in result.stdout
