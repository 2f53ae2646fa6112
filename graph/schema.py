"""The schema of the workspace's database: what a new one gets, and how an older one is brought up to date.

SQLite's ``user_version`` holds the version. Each step leads from one version to the next and runs in
one transaction, so that a migration that was killed has not begun.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

APPLICATION_ID = 0x63777631
"""Kept in SQLite's ``application_id``: tells a workspace from any other database."""

_NEW = (
    # what was read: a source is a content, known by its hash, and a place is where it was found
    """CREATE TABLE source (id TEXT PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL,
        complete INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
    "CREATE TABLE place (path TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source) WITHOUT ROWID",
    """CREATE TABLE record (source TEXT NOT NULL REFERENCES source ON DELETE CASCADE, seq INTEGER NOT NULL,
        paper TEXT NOT NULL, PRIMARY KEY (source, seq)) WITHOUT ROWID""",
    """CREATE TABLE problem (source TEXT NOT NULL REFERENCES source ON DELETE CASCADE, seq INTEGER NOT NULL,
        problem TEXT NOT NULL, PRIMARY KEY (source, seq)) WITHOUT ROWID""",
    # what was found in it
    "CREATE TABLE finding (key TEXT PRIMARY KEY, findings TEXT NOT NULL) WITHOUT ROWID",
    # what was decided
    """CREATE TABLE paper (id TEXT PRIMARY KEY, paper TEXT NOT NULL, mentions TEXT NOT NULL,
        sentences TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE entity (id TEXT PRIMARY KEY, entity TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE statement (subject TEXT NOT NULL, predicate TEXT NOT NULL, object TEXT NOT NULL,
        statement TEXT NOT NULL, PRIMARY KEY (subject, predicate, object)) WITHOUT ROWID""",
    "CREATE TABLE decision (seq INTEGER PRIMARY KEY, decision TEXT NOT NULL)",
    # what was chosen for it, and holds until something else is
    "CREATE TABLE choice (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

_TO_2 = (
    # one content in two folders is one source in two places; without the other, neither was kept
    """CREATE TABLE source_2 (id TEXT PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL,
        complete INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
    "INSERT INTO source_2 SELECT id, name, format, complete FROM source",
    "CREATE TABLE place (path TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source) WITHOUT ROWID",
    "INSERT OR REPLACE INTO place SELECT path, id FROM source WHERE complete ORDER BY id",
    "DROP TABLE source",
    "ALTER TABLE source_2 RENAME TO source",
    "DROP TABLE meta",  # was never written to
)

_TO_3 = ("CREATE TABLE choice (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",)

STEPS: tuple[Sequence[str], ...] = (_TO_2, _TO_3)
"""The statements that lead from version 1 to 2, from 2 to 3, and so on."""
VERSION = 1 + len(STEPS)
"""The version that this citeweave writes."""


class ForeignDatabaseError(Exception):
    """The database is not a workspace of ours."""


class NewerVersionError(Exception):
    """The database was made by a citeweave that knows more than this one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"schema {version}, this one knows {VERSION}")


def prepare(db: sqlite3.Connection, create: bool) -> None:
    """Make the tables in an empty database, if told to, or bring those of an older version up to date.

    Call it before foreign keys are enforced: tables are replaced on the way.

    Raises:
        ForeignDatabaseError: it holds something else, or nothing and ``create`` is false.
        NewerVersionError: its version is newer than ours.
        sqlite3.DatabaseError: as SQLite does, when it is damaged, locked or cannot be written.
    """
    if _migrated(db, create):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # another process may have done it since we looked
        for statement in () if _migrated(db, create) else _missing(db):
            db.execute(statement)
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _is_empty(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _migrated(db: sqlite3.Connection, create: bool) -> bool:
    """Whether nothing is to be done; raises where nothing can be done."""
    if _is_empty(db) and create:
        return False
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ForeignDatabaseError
    if (version := _version(db)) > VERSION:
        raise NewerVersionError(version)
    return version == VERSION


def _missing(db: sqlite3.Connection) -> Sequence[str]:
    stamp = (f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {VERSION}")
    if _is_empty(db):
        return (*_NEW, *stamp)
    return (*(statement for step in STEPS[_version(db) - 1 :] for statement in step), *stamp)
