"""Four CSV files - papers, entities, statements, evidence - for spreadsheets and for whatever reads tables.

Quoted after RFC 4180, in UTF-8. Lists are joined by ``; ``. A text that a spreadsheet would take for a
formula has an apostrophe before it, so that opening the file runs nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from citeweave.export._files import atomic_folder, atomic_text
from citeweave.export._text import inert
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.tables import TABLES

SUFFIXES = (".csv",)
FILENAME = "csv"


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the tables into the folder ``target``; raises OSError where the file system refuses."""
    with atomic_folder(target) as folder:
        for table in TABLES:
            write_table(folder / f"{table.name}.csv", list(table.columns), table.rows(graph))


def write_table(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one CSV file with a heading and rows of text, numbers, truth values, lists and None."""
    with atomic_text(file) as out:
        writer = csv.writer(out)  # RFC 4180: lines end in CR LF, and a cell that has either is quoted
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return inert("; ".join(value))
    return value
