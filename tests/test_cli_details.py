"""The command line where it is easily wrong: brackets, choices that there are not, query files, empty pictures."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from citeweave.cli import app, asking
from citeweave.cli.shared import out, plain
from citeweave.graph import sparql
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.why import RULES
from citeweave.weave import build

DOCS = Path(__file__).parents[1] / "docs"
RECORDS = """\
{"title": "Lantern Attention for Moss", "abstract": "We introduce Lantern Attention on ImageNet.", "year": 2019}
{"title": "Moss without Lanterns", "abstract": "We use Lantern Attention on ImageNet.", "year": 2020}
{"title": "Moss without Lanterns", "abstract": "We use Lantern Attention on ImageNet.", "year": 2020}
"""


def run(*arguments: object, text: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], input=text)


def refused(result: Result) -> str:
    """The one line that a command ends with."""
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1 and result.stdout == "", result.output
    return result.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("details")
    (folder / "moss.jsonl").write_text(RECORDS, "utf-8")
    build(folder / "moss.jsonl", folder / "out", to=["turtle"], model="fast")
    return folder / "out"


@pytest.mark.parametrize(("command", "extra"), [("check", "shacl"), ("serve", "serve")])
def test_help_names_the_extra_to_install(command: str, extra: str) -> None:
    assert f"pip install 'citeweave[{extra}]'" in " ".join(run(command, "--help").stdout.split())


@pytest.mark.parametrize("text", ["[bold]x", "[/]", "[1]", "\\[x]", "a [x", "ends\\"])
def test_text_in_a_table_keeps_its_brackets(text: str) -> None:
    with out.capture() as shown:
        out.print(plain(text))
    assert shown.get() == f"{text}\n"


def test_the_counts_of_a_workspace_keep_the_brackets_of_its_name(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, folder := tmp_path / "moss [old]")
    assert "moss [old]" in " ".join(run("stats", folder).stdout.split())


def test_a_kind_or_rule_that_there_is_not_is_refused(built: Path) -> None:
    assert "--kind foo: must be paper or entity" in refused(run("merges", built, "--kind", "foo"))
    said = refused(run("merges", built, "--rule", "nosuchrule"))
    assert "--rule nosuchrule: " in said and "spelling" in said and "word order" in said
    assert "no such merge" in run("merges", built, "--rule", "user").stdout  # a rule that decided nothing here


def test_the_rules_are_those_that_are_documented() -> None:
    table = (DOCS / "merges.md").read_text("utf-8").partition("\n## The rules\n")[2]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert sorted(name for row in rows for name in re.findall(r"`(.+?)`", row)) == sorted(RULES)


def test_a_picture_of_nothing_is_refused(built: Path, tmp_path: Path) -> None:
    page = tmp_path / "view.html"
    said = refused(run("view", built, "--since", 2050, "--type", "Model", "-o", page))
    assert "nothing of the graph is left by --type Model --since 2050" in said
    refused(run("view", built, "--since", 2020, "--until", 2019, "-o", page))
    refused(run("view", built, "--type", "Hardware", "--top", 3, "-o", page))
    refused(run("view", built, "--since", 2050, "--around", "ImageNet", "-o", page))
    assert not page.exists()
    assert run("view", built, "--since", 2020, "--top", 3, "-o", page).exit_code == 0
    assert page.exists()


def test_a_query_is_read_from_a_file_as_windows_writes_it(built: Path, tmp_path: Path) -> None:
    query = tmp_path / "query.rq"
    query.write_bytes(b"\xef\xbb\xbfASK { ?s ?p ?o }\r\n")
    assert run("query", built, "--file", query, "-f", "csv").stdout == "true\n"
    assert run("query", built, "--file", "-", "-f", "csv", text=query.read_bytes()).stdout == "true\n"


def test_a_query_that_cannot_be_read_is_one_line(built: Path, tmp_path: Path) -> None:
    query = tmp_path / "query.rq"
    assert refused(run("query", built, "--file", query)) == f"citeweave: {query}: no such file\n"
    assert f"citeweave: {tmp_path}: " in refused(run("query", built, "--file", tmp_path))
    query.write_bytes("# é\nASK {}".encode("latin-1"))
    assert refused(run("query", built, "--file", query)) == f"citeweave: {query}: not a text in UTF-8\n"


QUERIES = {"select": "SELECT ?s { ?s a ?c } LIMIT 1", "ask": "ASK {}", "graph": "CONSTRUCT WHERE { ?s a ?c }"}


@pytest.mark.parametrize("kind", QUERIES)
def test_the_formats_of_an_answer_are_those_that_are_named(built: Path, kind: str) -> None:
    everything = "table, csv, tsv, json, xml, turtle, ntriples or jsonld"
    assert everything in refused(run("query", built, QUERIES[kind], "-f", "nosuch"))
    assert everything in " ".join(run("query", "--help").stdout.replace("│", "").split())
    assert {*sparql.FORMATS} < {*asking._FORMATS}
    for format_ in asking._FORMATS:
        result = run("query", built, QUERIES[kind], "-f", format_)
        possible = asking._TRIPLES if kind == "graph" else asking._ROWS
        if format_ in possible:
            assert result.exit_code == 0 and result.stdout, result.output
        else:
            assert f"must be {', '.join(possible[:-1])} or {possible[-1]}\n" in refused(result)


def test_a_query_is_shown_without_a_graph(tmp_path: Path) -> None:
    shown = run("query", "--name", "overview", "--show")
    assert shown.exit_code == 0 and "SELECT" in shown.stdout
    assert shown.stdout == run("query", tmp_path, "--name", "overview", "--show").stdout
    assert "what to query?" in refused(run("query", "--name", "overview"))


def test_a_named_query_that_finds_nothing_names_what_comes_close(built: Path) -> None:
    result = run("query", built, "--name", "papers-using-dataset", "--set", "dataset=nosuchset", "--format", "csv")
    assert result.exit_code == 0 and len(result.stdout.splitlines()) == 1
    assert "citeweave: no entity is called 'nosuchset'" in result.stderr


def test_a_graph_is_short_in_words(toy: KnowledgeGraph) -> None:
    assert repr(toy) == str(toy)
    assert repr(toy).startswith("<KnowledgeGraph: 3 papers (+ 1 cited), ")
    assert repr(toy).endswith(f", {len(toy.entities)} entities, {len(toy.statements)} statements>")
    assert repr(KnowledgeGraph({}, {}, (), {})) == "<KnowledgeGraph: 0 papers, 0 entities, 0 statements>"


def test_an_export_without_a_format_is_refused(built: Path) -> None:
    assert "name at least one format" in refused(run("export", built, "--to", ""))
