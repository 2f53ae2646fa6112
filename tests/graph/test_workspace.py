"""The workspace on disk."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.graph.ledger import Decision
from citeweave.graph.schema import VERSION
from citeweave.graph.workspace import FILE, Workspace, WorkspaceError
from citeweave.model import Entity, Evidence, Mention, Paper, Problem, Source, Statement


def read(workspace: Workspace, source: str, path: str, items: Iterable[Paper | Problem]) -> None:
    """Read a content to its end, as a build does."""
    workspace.add_source(source, path.rpartition("/")[2], "", items)
    workspace.place(path, source)


PAPERS = [Paper(f"title:{i}", f"Paper {i}", sources=(Source("a", i, ("title",)),)) for i in range(3)]


def test_records_and_problems_come_back(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        read(workspace, "s", "/a", [*PAPERS, Problem("a", 9, "no title")])
        assert list(workspace.records()) == PAPERS
        assert list(workspace.problems("s")) == [Problem("a", 9, "no title")]
        assert workspace.has_source("s") and not workspace.has_source("t")


def test_a_changed_file_replaces_its_old_records(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        read(workspace, "old", "/a", PAPERS)
        read(workspace, "new", "/a", PAPERS[:1])
        assert list(workspace.records()) == PAPERS[:1]
        assert not workspace.has_source("old")


def test_an_interrupted_reading_does_not_count_and_can_be_repeated(tmp_path: Path) -> None:
    def dies() -> Iterator[Paper]:
        yield PAPERS[0]
        raise KeyboardInterrupt

    with Workspace(tmp_path, create=True) as workspace:
        read(workspace, "old", "/a", PAPERS[2:])
        with pytest.raises(KeyboardInterrupt):
            read(workspace, "s", "/a", dies())
        assert not workspace.has_source("s")
        assert list(workspace.records()) == PAPERS[2:]  # what the file held before stays until it is read
        read(workspace, "s", "/a", PAPERS)
        assert list(workspace.records()) == PAPERS


def test_one_content_in_two_places_goes_with_the_second(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        read(workspace, "s", "/one/a", PAPERS)
        workspace.place("/two/a", "s")
        assert workspace.places() == {"/one/a": ("a", 3), "/two/a": ("a", 3)}
        workspace.withdraw(["/one/a"])
        assert list(workspace.records()) == PAPERS
        workspace.withdraw(["/two/a"])
        assert list(workspace.records()) == [] and not workspace.has_source("s")


def test_findings_that_are_not_kept_are_forgotten(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        workspace.add_findings([("a", "{}"), ("b", "{}")])
        workspace.keep_findings(["b", "c"])
        assert (workspace.findings("a"), workspace.findings("b")) == (None, "{}")


def test_the_graph_comes_back_as_it_was(tmp_path: Path) -> None:
    kg = KnowledgeGraph(
        papers={p.id: p for p in PAPERS},
        entities={"task/a": Entity("task/a", "Task", "a", ("A",))},
        statements=(Statement("title:0", "cites", "title:1", 1.0, (Evidence("title:0", 0, 1, "P", "x/1", 0.5),)),),
        mentions={"title:0": (LinkedMention(Mention(0, 1, "P", "Task", 0.5, "e/1"), "task/a"),)},
        sentences={"title:0": ((0, 7),)},
    )
    decision = Decision("paper", "merged", "a:1", "a:2", "title", "same title")
    with Workspace(tmp_path, create=True) as workspace:
        workspace.save_graph(kg, [decision])
    with Workspace(tmp_path) as workspace:
        assert workspace.graph() == kg
        assert list(workspace.decisions()) == [decision]


def test_a_second_build_hears_that_the_workspace_is_in_use(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True), pytest.raises(WorkspaceError, match="in use"):
        Workspace(tmp_path, create=True)
    Workspace(tmp_path, create=True).__exit__(None, None, None)


def test_reading_during_a_build_hears_it_too(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True), pytest.raises(WorkspaceError, match="in use"):
        Workspace(tmp_path)


def test_no_workspace_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no workspace here"):
        Workspace(tmp_path)


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    Workspace(tmp_path, create=True).__exit__(None, None, None)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    with pytest.raises(WorkspaceError, match="newer citeweave"):
        Workspace(tmp_path)


def test_a_damaged_or_foreign_file_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database at all, however long it is" * 100)
    with pytest.raises(WorkspaceError, match="damaged"):
        Workspace(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    with sqlite3.connect(other / FILE) as db:
        db.execute("CREATE TABLE x (y)")
    db.close()
    with pytest.raises(WorkspaceError, match="not a citeweave workspace"):
        Workspace(other, create=True)


def test_a_full_disk_is_said_and_what_was_finished_is_kept(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        read(workspace, "s", "/a", PAPERS)
    many = (Paper(f"title:{i}", "x" * 500) for i in range(5000))
    with pytest.raises(WorkspaceError, match="disk is full"), Workspace(tmp_path, create=True) as workspace:
        workspace._db.execute("PRAGMA max_page_count = 60")  # SQLite then reports a full disk
        read(workspace, "t", "/b", many)
    with Workspace(tmp_path, create=True) as workspace:
        assert list(workspace.records()) == PAPERS
        read(workspace, "t", "/b", PAPERS[:1])
        assert len(list(workspace.records())) == 4


def test_damage_in_the_middle_is_named_when_it_is_met(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        read(workspace, "s", "/a", [Paper(f"title:{i}", "x" * 900) for i in range(300)])
    raw = bytearray((tmp_path / FILE).read_bytes())
    raw[8192:] = b"\xff" * (len(raw) - 8192)
    (tmp_path / FILE).write_bytes(raw)
    with pytest.raises(WorkspaceError, match="damaged"), Workspace(tmp_path) as workspace:
        list(workspace.records())
