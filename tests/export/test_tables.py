"""Tables, read back with the standard library and with whatever of pandas, Polars and DuckDB is there."""

import csv
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.tables import TABLES
from citeweave.model import Paper, Source, Statement


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_csv_has_every_row_and_value(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("csv", toy, tmp_path / "csv")
    papers = {row["id"]: row for row in rows(tmp_path / "csv" / "papers.csv")}
    pond = papers["arxiv:2001.00001"]
    assert pond["title"] == 'PondNet: Counting Frogs with "Lily Pads"'
    assert pond["authors"] == "Marsha Reed; Jörg Ångström"
    assert (pond["year"], pond["date"], pond["doi"], pond["stub"]) == ("2020", "2020-01-02", "10.1000/pond", "false")
    assert (pond["cites"], pond["cited_by"], pond["author_count"]) == ("1", "1", "2")
    assert papers["abstract:00000000000000bb"]["author_count"] == "4"
    assert papers["abstract:00000000000000bb"]["year"] == ""
    assert [row["id"] for row in rows(tmp_path / "csv" / "entities.csv")] == list(toy.entities)
    assert len(rows(tmp_path / "csv" / "statements.csv")) == len(toy.statements)
    evidence = rows(tmp_path / "csv" / "evidence.csv")
    assert len(evidence) == sum(len(s.evidence) for s in toy.statements)
    for row in evidence:
        assert toy.papers[row["paper"]].text[int(row["start"]) : int(row["end"])] == row["quote"]


@pytest.mark.parametrize(
    "title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1", " =1", "|calc", "%0A", "＝1", '=cmd|"/C calc"!A0']
)
def test_a_formula_stays_text(title: str, tmp_path: Path) -> None:
    paper = Paper("title:1", title=title, sources=(Source(title, 1),))
    export.write("csv", KnowledgeGraph({paper.id: paper}, {}, (), {}), tmp_path / "csv")
    read = rows(tmp_path / "csv" / "papers.csv")[0]
    assert read["title"] == f"'{title}"
    assert read["sources"] == f"'{title}:1"


def test_ordinary_text_is_as_it_was(hostile: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("csv", hostile, tmp_path / "csv")
    papers = {row["id"]: row for row in rows(tmp_path / "csv" / "papers.csv")}
    first = next(p for p in hostile.papers.values() if p.abstract.startswith("tab"))
    assert papers[first.id]["abstract"] == first.abstract.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert papers[first.id]["title"] == "'" + first.title


def test_missing_papers_come_most_cited_first(toy: KnowledgeGraph, tmp_path: Path) -> None:
    stub = Paper("doi:10.1/more", title="=More", identifiers={"doi": "10.1/more"})
    said = [Statement(p, "cites", stub.id, 1.0) for p in ("arxiv:2001.00001", "title:00000000000000aa")]
    said.append(Statement("arxiv:2001.00001", "cites_in_text", stub.id, 1.0))
    graph = replace(toy, papers={**toy.papers, stub.id: stub}, statements=(*toy.statements, *said))
    export.write("missing", graph, tmp_path / "missing.csv")
    read = rows(tmp_path / "missing.csv")
    assert [(row["cited_by"], row["title"]) for row in read] == [("2", "'=More"), ("1", "A Cited Study")]
    assert read[0]["citing"] == "arxiv:2001.00001; title:00000000000000aa"


def test_parquet_says_what_it_needs(toy: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(export.MissingLibraryError, match="pyarrow"):
        export.write("parquet", toy, tmp_path / "parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("which", ["toy", "hostile"])
def test_parquet_comes_back_typed_in_arrow(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    graph: KnowledgeGraph = request.getfixturevalue(which)
    export.write("parquet", graph, tmp_path / "parquet")
    for table in TABLES:
        read = pq.read_table(tmp_path / "parquet" / f"{table.name}.parquet")
        wanted = [tuple(carried(v) for v in row) for row in table.rows(graph)]
        assert [tuple(row.values()) for row in read.to_pylist()] == wanted
        assert read.column_names == list(table.columns)


def carried(value: Any) -> Any:
    if isinstance(value, tuple):
        return [carried(item) for item in value]
    return value.replace("\ud800", "\ufffd") if isinstance(value, str) else value


@pytest.mark.parametrize("reader", ["pandas", "polars", "duckdb"])
def test_parquet_opens_elsewhere(reader: str, toy: KnowledgeGraph, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow")
    library = pytest.importorskip(reader, reason=f"needs {reader}")
    export.write("parquet", toy, tmp_path / "parquet")
    file = str(tmp_path / "parquet" / "statements.parquet")
    if reader == "duckdb":
        counted = library.sql(
            f"select count(*) from '{file}' join '{file.replace('statements', 'evidence')}' "
            "using (subject, predicate, object)"
        ).fetchall()[0][0]
        assert counted == sum(len(s.evidence) for s in toy.statements)
    else:
        assert len(library.read_parquet(file)) == len(toy.statements)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_papers_frame(library: str, toy: KnowledgeGraph) -> None:
    pytest.importorskip(library, reason=f"needs {library}")
    frame = toy.papers_frame(library)
    assert list(frame["id"]) == list(toy.papers)
    assert list(frame.columns) == list(TABLES[0].columns)
    by_id = dict(zip(frame["id"], frame["year"], strict=True))
    assert by_id["arxiv:2001.00001"] == 2020
    assert type(toy.papers_frame()).__name__ == "DataFrame"


@pytest.mark.parametrize("library", [None, "pandas", "polars"])
def test_papers_frame_says_what_it_needs(
    library: str | None, toy: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=library or "pandas or polars"):
        toy.papers_frame(library)
