"""Which paper each key of a BibTeX file stands for, on disk, so that memory does not grow with the file."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType

from citeweave.extract.readers._identify import reference
from citeweave.model import Paper, Problem, Reference


class KnownKeys:
    """The entries of one file by key, and those that wait until all keys are known, in order.

    Kept in a private temporary database, which lives in memory while it is small and on disk when it
    is not, and which nobody else can write to: what is pickled into it comes from this process alone.
    """

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._base.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE known (key TEXT PRIMARY KEY, reference BLOB) WITHOUT ROWID;"
            "CREATE TABLE waiting (number INTEGER PRIMARY KEY, item BLOB)"
        )

    def __enter__(self) -> KnownKeys:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def add(self, key: str, paper: Paper) -> bool:
        """Let a key stand for a paper; False where it stands for another one already."""
        year = paper.date.year if paper.date else None
        known = Reference(key, dict(paper.identifiers), paper.title, paper.authors, year)
        row = (key.lower(), pickle.dumps(known))
        return self._base.execute("INSERT OR IGNORE INTO known VALUES (?, ?)", row).rowcount > 0

    def wait(self, items: Iterable[tuple[Paper | Problem, tuple[str, ...]]]) -> None:
        """Keep papers, each with the names of those it cites, and problems until all keys are known."""
        self._base.executemany("INSERT INTO waiting (item) VALUES (?)", ((pickle.dumps(item),) for item in items))

    def waiting(self) -> Iterator[Paper | Problem]:
        """What was kept, in order, papers with their references."""
        for (row,) in self._base.execute("SELECT item FROM waiting ORDER BY number"):
            item, cited = pickle.loads(row)
            yield self._with_references(item, cited) if cited else item

    def _with_references(self, paper: Paper, cited: tuple[str, ...]) -> Paper:
        """The paper with its references: a key of this file stands for that entry's identifiers, or its title."""
        made: list[Reference] = []
        for name in dict.fromkeys(cited):
            row = self._base.execute("SELECT reference FROM known WHERE key = ?", (name.lower(),)).fetchone()
            made.append(replace(pickle.loads(row[0]), raw=name) if row else reference(name))
        source = replace(paper.sources[0], fields=(*paper.sources[0].fields, "references"))
        return replace(paper, references=tuple(made), sources=(source,))
