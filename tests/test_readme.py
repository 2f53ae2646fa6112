"""The README's commands do what it says."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from citeweave import export
from citeweave.cli import app
from citeweave.extract import readers
from citeweave.graph import sparql
from citeweave.graph.named import Named, named
from citeweave.weave import build

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [line.strip() for line in README.splitlines() if line.startswith("    citeweave ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a newcomer stands after the first command."""
    made = tmp_path_factory.mktemp("readme")
    report = build(ROOT / "examples" / "landmarks.bib", made / "landmarks")
    assert report.problems == ()
    (made / "examples").symlink_to(ROOT / "examples")
    return made


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", [c for c in COMMANDS if "any.ttl" not in c])
def test_a_command_of_the_readme_answers(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert not re.search(r"(?<![\d,])0 rows", result.stdout)
    assert len(result.stdout.splitlines()) > 1 or "-o" in command or "view" in command


def test_a_query_file_over_any_turtle_answers(folder: Path) -> None:
    (folder / "my.rq").write_text("SELECT (COUNT(*) AS ?papers) { ?p a fabio:ResearchPaper }", "utf-8")
    graph = folder / "landmarks" / "graph.ttl"
    result = CliRunner().invoke(app, ["query", str(graph), "--file", str(folder / "my.rq"), "--format", "csv"])
    assert result.stdout.split() == ["papers", "66"]


@pytest.mark.parametrize("query", named(), ids=lambda query: query.name)
def test_every_named_query_answers_of_the_example_as_it_stands(query: Named, folder: Path) -> None:
    assert sparql.run(folder / "landmarks", query.text).rows


def test_every_format_and_query_is_told_and_none_that_is_not_there() -> None:
    told = set(re.findall(r"`([a-z0-9_-]+)`", README))
    assert set(readers.formats()) <= told
    assert {q.name for q in named()} <= told
    assert set(export.formats()) - {"turtle", "evidence", "html", "graphml"} <= told


def test_the_pictures_are_there() -> None:
    for picture in re.findall(r"\]\((docs/[^)]+)\)", README):
        assert (ROOT / picture).is_file()
