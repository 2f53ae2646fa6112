"""The workspace on disk: one SQLite file with what was read, what was found in it, and what was decided.

It is the source of truth of a build; exports are made from it. Sources, records and findings are
kept as they come, in committed batches, so that a killed build goes on where it stopped; papers,
entities and statements are derived from them and replaced in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from citeweave.codec import dumps, loads
from citeweave.graph import schema
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.graph.ledger import Decision
from citeweave.model import Entity, Paper, Problem, Statement

T = TypeVar("T")

FILE = "citeweave.sqlite"
BATCH = 500


class WorkspaceError(Exception):
    """A workspace that cannot be used, with a one-line reason for the user."""


@dataclass(frozen=True, slots=True)
class _Mentions:
    items: tuple[LinkedMention, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sentences:
    items: tuple[tuple[int, int], ...] = ()


class Workspace:
    """An open workspace folder; use it as a context manager.

    Args:
        folder: the workspace's folder; it is made, with its database, when ``create`` is true.
        create: open for building: the file is locked until closed, and a second build is refused.

    Raises:
        WorkspaceError: no workspace there, in use, made by a newer citeweave, or damaged.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        file = folder / FILE
        if create:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise WorkspaceError(f"{folder}: cannot make the folder: {error.strerror}") from error
        elif not file.is_file():
            raise WorkspaceError(f"{folder}: no workspace here ({FILE} is missing); make one with 'citeweave build'")
        self._db = sqlite3.connect(file, timeout=1.0, isolation_level=None)
        try:
            if create:
                self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute("COMMIT")
            schema.prepare(self._db, create)
            self._db.execute("PRAGMA foreign_keys = ON")
        except (sqlite3.DatabaseError, schema.ForeignDatabaseError, schema.NewerVersionError) as error:
            self._db.close()
            raise WorkspaceError(_explain(file, error)) from error

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        if isinstance(value, sqlite3.DatabaseError):
            raise WorkspaceError(_explain(self.folder / FILE, value)) from value

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ── what was chosen ──────────────────────────────────────────────────────────────────────

    def chosen(self, name: str) -> str | None:
        """What was last chosen under a name, such as ``model``."""
        row = self._db.execute("SELECT value FROM choice WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def choose(self, name: str, value: str) -> None:
        """Keep a choice for later builds."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO choice VALUES (?, ?)", (name, value))

    # ── what was read ────────────────────────────────────────────────────────────────────────

    def has_source(self, source: str) -> bool:
        """Whether this content (by its hash) is read to its end already."""
        row = self._db.execute("SELECT 1 FROM source WHERE id = ? AND complete", (source,)).fetchone()
        return row is not None

    def add_source(self, source: str, name: str, format_: str, items: Iterable[Paper | Problem]) -> None:
        """Read a content in committed batches; what an earlier, unfinished reading left is replaced.

        It counts from when it is put in its place.
        """
        with self._transaction():
            self._db.execute("DELETE FROM source WHERE NOT complete")
            self._db.execute("INSERT INTO source VALUES (?, ?, ?, 0)", (source, name, format_))
        seq = 0
        for batch in _batches(items, BATCH):
            with self._transaction():
                for item in batch:
                    table = "record" if isinstance(item, Paper) else "problem"
                    self._db.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (source, seq, dumps(item)))
                    seq += 1

    def place(self, path: str, source: str) -> None:
        """Say that a path holds a content that was read to its end; what it held before goes, unless held elsewhere."""
        if self._db.execute("SELECT 1 FROM place WHERE path = ? AND source = ?", (path, source)).fetchone():
            return
        with self._transaction():
            self._db.execute("UPDATE source SET complete = 1 WHERE id = ?", (source,))
            self._db.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", (path, source))
            self._drop_homeless()

    def places(self) -> dict[str, tuple[str, int]]:
        """Every path that was read, with the name it goes by and how many records it gave."""
        query = """SELECT path, name, (SELECT count(*) FROM record WHERE record.source = id)
            FROM place JOIN source ON id = place.source ORDER BY path"""
        return {path: (name, records) for path, name, records in self._db.execute(query)}

    def withdraw(self, paths: Iterable[str]) -> None:
        """Forget what these paths hold, unless another path holds the same."""
        with self._transaction():
            self._db.executemany("DELETE FROM place WHERE path = ?", ((path,) for path in paths))
            self._drop_homeless()

    def _drop_homeless(self) -> None:
        self._db.execute("DELETE FROM source WHERE complete AND id NOT IN (SELECT source FROM place)")

    def records(self) -> Iterator[Paper]:
        """All records of all complete sources, sources by their content's hash.

        Contents that go by one name, as of files in two folders, are told apart by that hash in what they are
        called: ``papers.csv~1f0c63a9``. Their paths would be others on another machine.
        """
        query = """SELECT source, paper, name IN
                (SELECT name FROM source WHERE complete GROUP BY name HAVING count(*) > 1)
            FROM record JOIN source ON id = source WHERE complete ORDER BY source, seq"""
        for source, stored, shared in self._db.execute(query):
            paper = loads(Paper, stored)
            if shared:
                told_apart = (replace(one, file=f"{one.file}~{source[:8]}") for one in paper.sources)
                paper = replace(paper, sources=tuple(told_apart))
            yield paper

    def problems(self, source: str) -> Iterator[Problem]:
        """The problems met while reading one source, in the order of its lines."""
        for (problem,) in self._db.execute("SELECT problem FROM problem WHERE source = ? ORDER BY seq", (source,)):
            yield loads(Problem, problem)

    def count(self, table: str) -> int:
        """How many rows a table of the schema has; raises ValueError for any other name."""
        if table not in {"source", "record", "problem", "finding", "paper", "entity", "statement", "decision"}:
            raise ValueError(f"no such table: {table}")
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    # ── what was found in it ─────────────────────────────────────────────────────────────────

    def has_findings(self, key: str) -> bool:
        """Whether a text was already extracted from by this pipeline (the key names both)."""
        return self._db.execute("SELECT 1 FROM finding WHERE key = ?", (key,)).fetchone() is not None

    def add_findings(self, batch: Iterable[tuple[str, str]]) -> None:
        """Keep a batch of (key, findings as JSON) in one transaction."""
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO finding VALUES (?, ?)", batch)

    def findings(self, key: str) -> str | None:
        """The findings kept under a key, as the JSON that was given."""
        row = self._db.execute("SELECT findings FROM finding WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def keep_findings(self, keys: Iterable[str]) -> None:
        """Forget all findings but those under these keys: what was withdrawn leaves nothing behind."""
        with self._transaction():
            self._db.execute("CREATE TEMP TABLE kept (key TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((key,) for key in keys))
            self._db.execute("DELETE FROM finding WHERE key NOT IN (SELECT key FROM kept)")
            self._db.execute("DROP TABLE kept")

    # ── what was decided ─────────────────────────────────────────────────────────────────────

    def save_graph(self, kg: KnowledgeGraph, decisions: Iterable[Decision]) -> None:
        """Replace the derived tables with this graph and its ledger, all in one transaction."""
        with self._transaction():
            for table in ("paper", "entity", "statement", "decision"):
                self._db.execute(f"DELETE FROM {table}")
            self._db.executemany(
                "INSERT INTO paper VALUES (?, ?, ?, ?)",
                (
                    (
                        paper.id,
                        dumps(paper),
                        dumps(_Mentions(kg.mentions.get(paper.id, ()))),
                        dumps(_Sentences(kg.sentences.get(paper.id, ()))),
                    )
                    for paper in kg.papers.values()
                ),
            )
            self._db.executemany("INSERT INTO entity VALUES (?, ?)", ((e.id, dumps(e)) for e in kg.entities.values()))
            self._db.executemany(
                "INSERT INTO statement VALUES (?, ?, ?, ?)",
                ((s.subject, s.predicate, s.object, dumps(s)) for s in kg.statements),
            )
            self._db.executemany("INSERT INTO decision (decision) VALUES (?)", ((dumps(d),) for d in sorted(decisions)))

    def compact(self) -> None:
        """Write the file anew, without the space, and the text, of what was deleted."""
        self._db.execute("VACUUM")

    def graph(self) -> KnowledgeGraph:
        """The knowledge graph of the last finished build."""
        papers, mentions, sentences = {}, {}, {}
        for id_, paper, named, spans in self._db.execute("SELECT * FROM paper ORDER BY id"):
            papers[id_] = loads(Paper, paper)
            if linked := loads(_Mentions, named).items:
                mentions[id_] = linked
            if bounds := loads(_Sentences, spans).items:
                sentences[id_] = bounds
        entities = {i: loads(Entity, e) for i, e in self._db.execute("SELECT * FROM entity ORDER BY id")}
        rows = self._db.execute("SELECT statement FROM statement ORDER BY subject, predicate, object")
        statements = tuple(loads(Statement, s) for (s,) in rows)
        return KnowledgeGraph(papers, entities, statements, mentions, sentences)

    def paper(self, id_: str) -> Paper | None:
        """One paper of the graph, without the rest of it."""
        row = self._db.execute("SELECT paper FROM paper WHERE id = ?", (id_,)).fetchone()
        return loads(Paper, row[0]) if row else None

    def papers(self) -> Iterator[Paper]:
        """The papers of the graph one by one, sorted by id."""
        for (paper,) in self._db.execute("SELECT paper FROM paper ORDER BY id"):
            yield loads(Paper, paper)

    def entities(self) -> Iterator[Entity]:
        """The entities of the graph one by one, sorted by id."""
        for (entity,) in self._db.execute("SELECT entity FROM entity ORDER BY id"):
            yield loads(Entity, entity)

    def between(self, subject: str, object_: str) -> Iterator[Statement]:
        """The statements from one node to another."""
        query = "SELECT statement FROM statement WHERE subject = ? AND object = ? ORDER BY predicate"
        for (statement,) in self._db.execute(query, (subject, object_)):
            yield loads(Statement, statement)

    def decisions(self) -> Iterator[Decision]:
        """The ledger of the last finished build."""
        for (decision,) in self._db.execute("SELECT decision FROM decision ORDER BY seq"):
            yield loads(Decision, decision)


def _explain(file: Path, error: Exception) -> str:
    """What a failure of the database means to the user."""
    said = str(error)
    if isinstance(error, schema.ForeignDatabaseError):
        return f"{file}: not a citeweave workspace"
    if isinstance(error, schema.NewerVersionError):
        return f"{file}: made by a newer citeweave ({said})"
    if "locked" in said:
        return f"{file}: in use by another build"
    if "full" in said:
        return f"{file}: the disk is full; what was finished is kept, run the build again when there is space"
    if "readonly" in said:
        return f"{file}: cannot be written, and is to be: {said}"
    if "disk I/O" in said:
        return f"{file}: cannot be written or read ({said}): is the disk full, or a limit reached?"
    if isinstance(error, sqlite3.OperationalError):
        return f"{file}: {said}"
    return f"{file}: damaged or not a citeweave workspace ({said})"


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
