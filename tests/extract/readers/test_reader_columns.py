"""Tables whose columns the user names."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from citeweave.cli import app
from citeweave.extract import readers
from citeweave.model import Paper, Problem

TABLE = "Nr;Headline;Summary;Written by;When;Colour\n1;A Stone;It rolls, and rests.;Ada Pebble;2020;grey\n"
COLUMNS = {"title": "headline", "abstract": "Summary", "authors": "Written by", "year": "When"}


def run(text: str, columns: dict[str, str], format: str | None = None) -> tuple[list[Paper], list[str]]:
    items = list(readers.read_stream(io.BytesIO(text.encode()), "toy", format, columns))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
@pytest.mark.parametrize("format", [None, "csv"])
def test_columns_by_heading(delimiter: str, format: str | None) -> None:
    quoted = TABLE.replace("It rolls, and rests.", '"It rolls, and rests."').replace(";", delimiter)
    (paper,), problems = run(quoted, COLUMNS, format)
    assert not problems
    assert (paper.title, paper.abstract, str(paper.date)) == ("A Stone", "It rolls, and rests.", "2020")
    assert [str(name) for name in paper.authors] == ["Ada Pebble"]
    assert paper.extra == {"nr": "1", "colour": "grey"}


def test_a_column_named_goes_before_one_that_is_guessed() -> None:
    (paper,), _ = run("title,headline\nWrong,Right\n", {"title": "Headline"})
    assert paper.title == "Right"


def test_columns_by_number_are_of_a_table_without_headings() -> None:
    papers, problems = run("7\tA Stone\tIt rolls.\n8\tA Rock\tIt rests.\n", {"title": "2", "abstract": "3"})
    assert [(p.title, p.abstract, p.sources[0].line) for p in papers] == [
        ("A Stone", "It rolls.", 1),
        ("A Rock", "It rests.", 2),
    ]
    assert not problems


def test_a_heading_that_is_not_there_is_one_problem_that_names_those_that_are() -> None:
    papers, problems = run(TABLE, {"title": "Headlines"}, "csv")
    assert not papers
    there = "'Nr', 'Headline', 'Summary', 'Written by', 'When', 'Colour'"
    assert problems == [f"toy:1: no column 'Headlines' in the first row, which has {there}"]
    assert run("a,b\n", {"title": "9"}, "csv")[1] == ["toy:1: no column '9' in the first row, which has 'a', 'b'"]


def test_other_formats_in_the_same_folder_are_read_as_ever() -> None:
    papers, problems = run(json.dumps({"title": "A Stone"}) + "\n", COLUMNS)
    assert [p.title for p in papers] == ["A Stone"]
    assert not problems


def test_unknown_fields_and_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="no field 'titel' to take a column for: choose of title, abstract"):
        run(TABLE, {"titel": "Headline"})
    with pytest.raises(ValueError, match=r"columns are of tables \(csv\), not of ris"):
        run(TABLE, {"title": "Headline"}, "ris")


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("title", "must be FIELD=HEADING"),
        ("title=", "must be FIELD=HEADING"),
        ("titel=Headline", "no field 'titel'"),
    ],
)
def test_the_command_line_refuses_in_one_line(option: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    result = CliRunner().invoke(
        app, ["build", str(tmp_path / "t.csv"), "-o", str(tmp_path / "out"), "--column", option]
    )
    assert result.exit_code == 2
    assert why in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_command_line_builds_and_extracts_from_named_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    columns = [part for field, heading in COLUMNS.items() for part in ("--column", f"{field}={heading}")]
    result = CliRunner().invoke(app, ["extract", str(tmp_path / "t.csv"), *columns])
    assert (result.exit_code, json.loads(result.stdout)["title"]) == (0, "A Stone")
    out = str(tmp_path / "out")
    result = CliRunner().invoke(app, ["build", str(tmp_path / "t.csv"), *columns, "-o", out, "--to", "ris"])
    assert result.exit_code == 0, result.output
    assert "TI  - A Stone" in (tmp_path / "out" / "papers.ris").read_text()
