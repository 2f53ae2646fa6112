"""Four Parquet files - papers, entities, statements, evidence - for DuckDB, Polars, pandas and Spark.

Columns are typed, lists are lists, and what is not known is null. Needs pyarrow
(``pip install 'citeweave[parquet]'``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from citeweave.export import MissingLibraryError
from citeweave.export._files import atomic_folder
from citeweave.export._text import utf8
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.tables import TABLES, Table

SUFFIXES = (".parquet",)
FILENAME = "parquet"
_ROWS = 50_000
"""Rows in a group: what is held in memory at a time."""


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the tables into the folder ``target``.

    Raises MissingLibraryError where pyarrow is not installed, OSError where the file system refuses.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingLibraryError("Parquet needs pyarrow: pip install 'citeweave[parquet]'", name="pyarrow") from error
    types = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "whole": pa.int64(),
        "number": pa.float64(),
        "truth": pa.bool_(),
    }
    with atomic_folder(target) as folder:
        for table in TABLES:
            schema = pa.schema([(name, types[kind]) for name, kind in table.columns.items()])
            with pq.ParquetWriter(folder / f"{table.name}.parquet", schema, compression="zstd") as out:
                for columns in _groups(table, graph):
                    out.write_table(pa.table(columns, schema=schema))


def _groups(table: Table, graph: KnowledgeGraph) -> Iterator[dict[str, list[Any]]]:
    rows = table.rows(graph)
    while group := list(islice(rows, _ROWS)):
        yield {name: [_carried(row[i]) for row in group] for i, name in enumerate(table.columns)}


def _carried(value: Any) -> Any:
    return [utf8(item) for item in value] if isinstance(value, tuple) else utf8(value)
