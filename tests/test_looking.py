"""``citeweave merges``: lists, filters, picks and explains."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from citeweave.cli import app
from citeweave.weave import build


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def built(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("looking")
    build([pages], out, to=["turtle"])
    return out


def test_merges_come_as_csv_and_json_with_their_evidence(built: Path) -> None:
    as_json = json.loads(run("merges", built, "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(run("merges", built, "--format", "csv").stdout, newline="")))
    assert as_json == as_csv
    assert {row["verdict"] for row in as_json} >= {"merged"}
    assert all(row["evidence"] for row in as_json)
    assert run("merges", built, "--format", "xml").exit_code == 2


def test_merges_are_filtered_and_picked(built: Path) -> None:
    papers = json.loads(run("merges", built, "--kind", "paper", "--format", "json").stdout)
    assert papers and all(":" in row["what"] for row in papers)
    title = json.loads(run("merges", built, "--rule", "title", "--format", "json").stdout)
    assert title and {row["rule"] for row in title} == {"title"}
    picked = run("merges", built, "--sample", 3, "--seed", 5, "--format", "csv").stdout
    assert picked == run("merges", built, "--sample", 3, "--seed", 5, "--format", "csv").stdout
    assert sum(row["verdict"] == "merged" for row in csv.DictReader(io.StringIO(picked, newline=""))) == 3


def test_a_merge_is_explained(built: Path) -> None:
    (row, *_) = json.loads(run("merges", built, "--rule", "spelling", "--format", "json").stdout)
    said = run("merges", built, "--why", row["what"].rpartition(" (")[0], row["and"])
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("one thing: ")
    assert "spelling, same normal form" in said.stdout
    one, other = json.loads(run("merges", built, "--kind", "paper", "--format", "json").stdout)[0]["what"], "no such"
    assert run("merges", built, "--why", one, other).exit_code == 2
    assert run("merges", built, "--why", one, one).stdout.startswith("one thing: ")


def test_stats_count_from_the_records_to_the_nodes(built: Path) -> None:
    said = run("stats", built).stdout
    for row in ("files read", "records", "papers", "mentions", "names as written", "entities"):
        assert row in said


def test_diff_says_what_appeared_as_text_and_json(tmp_path: Path) -> None:
    line = '{"title": "Paper %d on Moss", "abstract": "We introduce MossNet%d for weeding of gardens."}\n'
    for name, numbers in (("old", (1, 2)), ("new", (1, 3))):
        page = tmp_path / f"{name}.jsonl"
        page.write_text("".join(line % (n, n) for n in numbers), "utf-8")
        build(page, tmp_path / name, to=["turtle"])
    said = run("diff", tmp_path / "old", tmp_path / "new")
    assert said.exit_code == 0, said.output
    assert "papers: 1 appeared, 1 vanished, 1 changed\n  + Paper 3 on Moss\n  - Paper 2 on Moss\n" in said.stdout
    changes = json.loads(run("diff", tmp_path / "old", tmp_path / "new", "--json").stdout)
    assert set(changes) == {"papers", "entities", "statements", "merges"}
    assert [c["name"] for c in changes["papers"]["appeared"]] == ["Paper 3 on Moss"]
    assert any("MossNet3" in c["name"] for c in changes["entities"]["appeared"])
    nothing = json.loads(run("diff", tmp_path / "old", tmp_path / "old", "--json").stdout)
    assert not any(found for part in nothing.values() for found in part.values())
