"""Workspaces of older citeweaves are brought up to date; what cannot be read is refused."""

import sqlite3
from pathlib import Path

import pytest

from citeweave.graph.schema import VERSION
from citeweave.graph.workspace import FILE, Workspace, WorkspaceError
from citeweave.model import Paper, Problem

VERSION_1 = """
CREATE TABLE source (id TEXT PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, format TEXT NOT NULL,
    complete INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE record (source TEXT NOT NULL REFERENCES source ON DELETE CASCADE, seq INTEGER NOT NULL,
    paper TEXT NOT NULL, PRIMARY KEY (source, seq)) WITHOUT ROWID;
CREATE TABLE problem (source TEXT NOT NULL REFERENCES source ON DELETE CASCADE, seq INTEGER NOT NULL,
    problem TEXT NOT NULL, PRIMARY KEY (source, seq)) WITHOUT ROWID;
CREATE TABLE finding (key TEXT PRIMARY KEY, findings TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE paper (id TEXT PRIMARY KEY, paper TEXT NOT NULL, mentions TEXT NOT NULL,
    sentences TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (id TEXT PRIMARY KEY, entity TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE statement (subject TEXT NOT NULL, predicate TEXT NOT NULL, object TEXT NOT NULL,
    statement TEXT NOT NULL, PRIMARY KEY (subject, predicate, object)) WITHOUT ROWID;
CREATE TABLE decision (seq INTEGER PRIMARY KEY, decision TEXT NOT NULL);
INSERT INTO source VALUES ('s1', '/pages/a.txt', 'a.txt', '', 1);
INSERT INTO source VALUES ('s2', '/pages/half.txt', 'half.txt', '', 0);
INSERT INTO record VALUES ('s1', 0, '{"id":"title:1","title":"Gardens of Neurons"}');
INSERT INTO record VALUES ('s2', 0, '{"id":"title:2","title":"Half a Page of Moss"}');
INSERT INTO problem VALUES ('s1', 1, '{"source":"a.txt","line":3,"message":"no title"}');
INSERT INTO finding VALUES ('k1', '{"paper":"title:1"}');
INSERT INTO paper VALUES ('title:1', '{"id":"title:1","title":"Gardens of Neurons"}', '{}', '{}');
INSERT INTO entity VALUES ('task/weeding', '{"id":"task/weeding","type":"Task","label":"weeding"}');
INSERT INTO statement VALUES ('title:1', 'addresses', 'task/weeding',
    '{"subject":"title:1","predicate":"addresses","object":"task/weeding","confidence":0.5}');
INSERT INTO decision VALUES (1,
    '{"kind":"paper","verdict":"merged","left":"a:1","right":"b:1","rule":"title","reason":"same title"}');
PRAGMA application_id = 1668773425;
PRAGMA user_version = 1;
"""
"""The schema of version 1 as it was, with a little in it. It never changes."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    db = sqlite3.connect(tmp_path / FILE)
    db.executescript(VERSION_1)
    db.close()
    return tmp_path


def dump(folder: Path) -> tuple[int, list[str]]:
    db = sqlite3.connect(folder / FILE)
    found = db.execute("PRAGMA user_version").fetchone()[0], list(db.iterdump())
    db.close()
    return found


@pytest.mark.parametrize("create", [True, False])
def test_a_workspace_of_version_1_keeps_all_it_holds(old: Path, create: bool) -> None:
    with Workspace(old, create=create) as workspace:
        assert [p.title for p in workspace.records()] == ["Gardens of Neurons"]
        assert list(workspace.problems("s1")) == [Problem("a.txt", 3, "no title")]
        assert workspace.places() == {"/pages/a.txt": ("a.txt", 1)}
        assert workspace.findings("k1") == '{"paper":"title:1"}'
        graph = workspace.graph()
        assert (list(graph.papers), list(graph.entities), len(graph.statements)) == (["title:1"], ["task/weeding"], 1)
        assert [d.rule for d in workspace.decisions()] == ["title"]
    assert dump(old)[0] == VERSION


def test_a_migrated_workspace_has_the_schema_of_a_new_one(old: Path, tmp_path: Path) -> None:
    Workspace(old, create=True).__exit__(None, None, None)
    Workspace(tmp_path / "new", create=True).__exit__(None, None, None)

    def tables(folder: Path) -> dict[str, list[tuple[object, ...]]]:
        db = sqlite3.connect(folder / FILE)
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found = {n: db.execute(f"PRAGMA table_info({n})").fetchall() for n in names}
        found |= {f"{n} refers": db.execute(f"PRAGMA foreign_key_list({n})").fetchall() for n in names}
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.close()
        return found

    assert tables(old) == tables(tmp_path / "new")


def test_a_migrated_workspace_can_be_built_in(old: Path) -> None:
    with Workspace(old, create=True) as workspace:
        workspace.add_source("s3", "b.txt", "", [Paper("title:3", "Tending Neurons")])
        workspace.place("/pages/a.txt", "s3")
        assert [p.id for p in workspace.records()] == ["title:3"]
        assert not workspace.has_source("s1") and not workspace.has_source("s2")


def test_a_migration_that_fails_has_not_begun(old: Path) -> None:
    db = sqlite3.connect(old / FILE)
    db.execute("CREATE TABLE place (in_the TEXT, way TEXT)")
    db.commit()
    db.close()
    before = dump(old)
    with pytest.raises(WorkspaceError, match="place"):
        Workspace(old, create=True)
    assert dump(old) == before


def test_a_migration_waits_for_no_build(old: Path) -> None:
    db = sqlite3.connect(old / FILE, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    with pytest.raises(WorkspaceError, match="in use"):
        Workspace(old)
    db.close()
