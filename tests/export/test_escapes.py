"""Escapes hold for any text: nothing breaks out, and what is read back is what was written."""

import csv
import io
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from citeweave.export import bibtex
from citeweave.export._bibliography import one_line
from citeweave.export._notes import file_names, text
from citeweave.export._property import literal, write_csv
from citeweave.export._text import inert
from citeweave.extract.readers._latex import plain

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NASTY = "\\'\"`{}[]()<>$&#%_~^|=+-*!.:;,/@ \n\r\t\0u0027ab1\ud800"
TEXTS = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=40)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'"}


def carried(value: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", value).replace("\0", "\ufffd")


@QUICK
@given(TEXTS)
def test_markdown_shows_the_text(value: str) -> None:
    wanted = one_line(value)
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(text(value))
    if not wanted:
        assert tokens == []
        return
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == wanted


@QUICK
@given(TEXTS)
def test_a_cypher_literal_is_one_string(value: str) -> None:
    made = literal(value)
    assert re.fullmatch(r"'(?:[^'\\\n\r]|\\[nrt'\\])*'", made)
    assert re.sub(r"\\(.)", lambda m: ESCAPES[m[1]], made[1:-1]) == carried(value)


@QUICK
@given(st.lists(st.one_of(TEXTS, st.none(), st.integers()), min_size=2, max_size=4))
def test_csv_for_databases_comes_back(row: list[str | int | None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_csv(Path(folder) / "x.csv", ["a", "b"], [row])
        with (Path(folder) / "x.csv").open(encoding="utf-8", newline="") as stream:
            _, read = csv.reader(stream, strict=True)
    assert read == [carried(v) if isinstance(v, str) else "" if v is None else str(v) for v in row]


@QUICK
@given(TEXTS)
def test_no_cell_begins_like_a_formula(value: str) -> None:
    cell = inert(value)
    assert not re.match(r"[\s\x00]*[=+\-@]|[\t\r]", cell)
    assert cell.removeprefix("'") == carried(value).removeprefix("'")
    out = io.StringIO()
    csv.writer(out).writerow([cell, "x"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [cell, "x"]


@QUICK
@given(TEXTS)
def test_latex_keeps_its_braces_in_pairs(value: str) -> None:
    made = bibtex.latex(value)
    depth = 0
    for brace in re.findall(r"[{}]", made):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert "\n" not in made and "\r" not in made


@QUICK
@given(st.text(st.sampled_from("\\'`{}&#%_~^-ab1 é中"), max_size=30))
def test_latex_is_read_back(value: str) -> None:
    wanted = one_line(value)
    if bibtex._balanced(wanted):
        assert plain(bibtex.latex(value)) == wanted


@QUICK
@given(st.lists(TEXTS, max_size=6))
def test_file_names_are_safe_and_differ(labels: list[str]) -> None:
    names = file_names({("F", f"id/{i}"): label for i, label in enumerate(labels)}).values()
    assert len({name.casefold() for name in names}) == len(labels)
    for name in names:
        assert name == name.strip(" .") != ""
        assert not re.search(r'[\\/:*?"<>|#^\[\]\x00-\x1f]', name)
        assert len(f"{name}.md".encode()) <= 255
