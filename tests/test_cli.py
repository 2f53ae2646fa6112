"""The command line as a user meets it: what it prints, where, and with which exit code."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from citeweave.cli import app

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: object, text: bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], input=text)

    return invoke


GOOD = '{"title": "Lantern Attention for Moss", "abstract": "We introduce Lantern Attention for image recognition."}\n'


def test_build_counts_and_names_its_files(run: Run, pages: Path, tmp_path: Path) -> None:
    result = run("build", pages, "-o", tmp_path / "out", "--to", "turtle,graphml")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("24 records, 10 papers (+ 1 cited), no problem\n")
    assert "graph.ttl" in result.stdout and "graph.graphml" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("name", "content", "line", "reason"),
    [
        ("cut.jsonl", GOOD.encode() + b'{"title": "A Paper that is c', 2, ""),
        ("latin.jsonl", GOOD.encode() + '{"title": "Fréchet Gardens of Neurons"}\n'.encode("latin-1"), 2, ""),
        ("number.jsonl", GOOD.encode() + b"12\n", 2, ""),
        ("open.bib", b"@article{a, title = {Lantern Attention for Moss}}\n\n@article{b, title = {Unclosed\n", 3, ""),
    ],
)
def test_a_bad_record_is_one_line_on_stderr_and_the_good_ones_go_through(
    run: Run, tmp_path: Path, name: str, content: bytes, line: int, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("build", tmp_path / name, "-o", tmp_path / "out", "--to", "turtle")
    assert result.exit_code == 1, result.output
    (said,) = result.stderr.splitlines()
    assert said.startswith(f"{name}:{line}: ")
    assert "1 problem\n" in result.stdout
    assert "Lantern Attention" in (tmp_path / "out" / "graph.ttl").read_text("utf-8")
    again = run("build", tmp_path / name, "-o", tmp_path / "out", "--to", "turtle")
    assert (again.exit_code, again.stderr) == (1, result.stderr)


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.txt", b""), ("binary.txt", bytes(range(256)) * 50), ("prose.txt", b"Just a note to self.\n")],
)
def test_nothing_usable_is_one_line_with_the_reason_and_exit_code_2(
    run: Run, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("build", tmp_path / name, "-o", tmp_path / "out")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"{name}:1: ")
    assert lines[1:] == ["citeweave: no paper found in the input"]
    assert not list((tmp_path / "out").glob("graph*"))


def test_a_surrogate_and_a_megabyte_without_spaces_go_through(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "odd.jsonl"
    odd = json.dumps({"title": "A Megabyte of Nothing at All", "abstract": "x" * 1_000_000})
    page.write_text(GOOD + '{"title": "Lone \\ud800 Surrogates in Gardens", "abstract": "Moss."}\n' + odd + "\n")
    result = run("build", page, "-o", tmp_path / "out", "--to", "turtle")
    assert result.exit_code in (0, 1), result.output
    assert result.stdout.startswith("3 records, 3 papers")
    assert all(line.startswith("odd.jsonl:3: ") for line in result.stderr.splitlines())


def test_missing_things_are_named(run: Run, tmp_path: Path) -> None:
    for arguments in (
        ("build", tmp_path / "no.txt"),
        ("stats", tmp_path / "no"),
        ("view", tmp_path),
        ("merges", tmp_path),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("citeweave: ")
        assert "Traceback" not in result.output


def test_standard_input_is_read(run: Run, tmp_path: Path) -> None:
    result = run("build", "-", "-o", tmp_path / "out", "--to", "turtle", text=GOOD.encode())
    assert result.exit_code == 0, result.output
    assert "stdin" in (tmp_path / "out" / "graph.ttl").read_text("utf-8") or result.stdout.startswith("1 records")


def test_extract_prints_one_object_a_paper_in_input_order(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "toy.jsonl"
    page.write_text(GOOD.replace("Lantern", "Zebra") + GOOD)
    result = run("extract", page)
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["title"].split()[0] for r in records] == ["Zebra", "Lantern"]
    for record in records:
        assert set(record) >= {
            "id",
            "title",
            "text",
            "mentions",
            "entities",
            "relations",
            "citations",
            "links",
            "results",
        }
        assert record["mentions"]
        for mention in record["mentions"]:
            assert record["text"][mention["start"] : mention["end"]] == mention["text"]


def test_extract_to_html_is_a_page_for_eyes(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "toy.jsonl"
    page.write_text(GOOD.replace("for image", "<script>alert(1)</script>"))
    result = run("extract", page, "--to", "html")
    assert result.exit_code == 0, result.output
    assert result.stdout.lower().startswith("<!doctype html>")
    assert "<script>alert" not in result.stdout and "&lt;script&gt;" in result.stdout


def test_the_workspace_can_be_looked_at(run: Run, pages: Path, tmp_path: Path) -> None:
    assert run("build", pages, "-o", tmp_path, "--to", "turtle").exit_code == 0
    assert "papers" in run("stats", tmp_path).stdout
    assert "merged" in run("merges", tmp_path, "--kind", "paper").stdout
    assert "no such merge" in run("merges", tmp_path, "--about", "nothing of the kind").stdout
    exported = run("export", tmp_path, "--to", "graphml", "-o", tmp_path / "elsewhere")
    assert exported.exit_code == 0 and (tmp_path / "elsewhere" / "graph.graphml").is_file()
    assert run("export", tmp_path, "--to", "pdf").exit_code == 2
    viewed = run("view", tmp_path, "-o", tmp_path / "v.html")
    assert viewed.exit_code == 0 and (tmp_path / "v.html").stat().st_size > 10_000
    assert run("view", tmp_path, "--around", "no such thing").exit_code == 2
    assert run("view", tmp_path, "--type", "Robot").exit_code == 2


@pytest.mark.parametrize(
    "command", ["build", "extract", "query", "check", "view", "export", "stats", "merges", "diff", "formats"]
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and "Usage" in result.stdout


def test_check_counts_what_breaks_a_shape(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyshacl", reason="needs pySHACL")
    good = tmp_path / "good.ttl"
    page = tmp_path / "toy.jsonl"
    page.write_text(GOOD)
    assert run("build", page, "-o", tmp_path / "out", "--to", "turtle").exit_code == 0
    whole = (tmp_path / "out" / "graph.ttl").read_text("utf-8")
    good.write_text(whole, "utf-8")
    checked = run("check", good)
    assert checked.exit_code == 0 and checked.stdout.endswith("no violations\n"), checked.output
    title = '    dcterms:title "Lantern Attention for Moss" ;\n'
    assert title in whole
    good.write_text(whole.replace(title, ""), "utf-8")
    checked = run("check", good)
    assert checked.exit_code == 1 and "1 violation\n" in checked.stdout, checked.output
    assert run("check", tmp_path / "missing.ttl").exit_code == 2


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    page = tmp_path / "toy.jsonl"
    page.write_text("".join(GOOD.replace("Moss", f"Moss {i}") for i in range(60)))
    command = f"{shlex.quote(sys.executable)} -m citeweave extract {shlex.quote(str(page))} | head -c 10"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    assert (len(done.stdout), done.stderr) == (10, b"")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("query", "moss.ttl", "SELECT * { ?s ?p ?o }"), 0),
        (("query", "moss.ttl", "SELECT * { ?s ?p ?o }", "--format", "csv"), 0),
        (("query", "--show", "--name", "overview"), 0),
        (("extract", "empty.txt"), 2),
        (("--help",), 0),
        (("formats",), 0),
    ],
)
def test_a_reader_that_went_away_before_the_first_line_is_no_error(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "moss.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    (tmp_path / "empty.txt").touch()
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "citeweave", *arguments]
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (code, b"empty.txt:1: empty file\n" if code else b"")


def test_a_reader_of_messages_that_goes_away_does_not_stop_the_build(tmp_path: Path) -> None:
    (tmp_path / "toy.jsonl").write_text(GOOD + "not json\n", "utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "citeweave", "build", "toy.jsonl", "--to", "turtle", "--model", "fast"]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=writing, check=False)
    os.close(writing)
    assert done.returncode == 1 and b"1 papers, 1 problem" in done.stdout
    assert (tmp_path / "citeweave-out" / "graph.ttl").is_file()


def test_version_and_formats(run: Run) -> None:
    assert run("--version").stdout.startswith("citeweave ")
    listed = run("formats").stdout
    assert "bibtex" in listed and "turtle" in listed


def test_the_model_is_chosen_and_changing_it_reads_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(GOOD, "utf-8")
    versions = {}
    for model in ("accurate", "fast", "accurate"):
        result = run("extract", tmp_path / "one.jsonl", "--model", model)
        assert result.exit_code == 0, result.output
        built = run("build", tmp_path / "one.jsonl", "-o", tmp_path / "out", "--to", "evidence", "--model", model)
        assert built.exit_code == 0, built.output
        said = (result.stdout, (tmp_path / "out" / "evidence.ttl").read_text("utf-8"))
        assert versions.setdefault(model, said) == said
    assert versions["fast"] != versions["accurate"]


def test_a_model_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(GOOD, "utf-8")
    for command in (("extract",), ("build", "-o", tmp_path / "out")):
        result = run(*command, tmp_path / "one.jsonl", "--model", "huge")
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert line == "citeweave: no such model: huge; there are: accurate, fast"
    assert not (tmp_path / "out").exists()
