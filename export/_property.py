"""What the property-graph databases share: columns, CSV as their loaders read it, names and literals of Cypher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from citeweave.export._files import atomic_text
from citeweave.export._text import utf8

Value = str | int | float | None

NODE_COLUMNS: dict[str, type] = {
    "kind": str,
    "label": str,
    "date": str,
    "year": int,
    "venue": str,
    "authors": str,
    "aliases": str,
    "papers": int,
}
EDGE_COLUMNS: dict[str, type] = {
    "predicate": str,
    "confidence": float,
    "support": int,
    "quote": str,
    "start": int,
    "end": int,
    "by": str,
}

_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\ufffd"})


def write_csv(file: Path, header: Iterable[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write CSV in which texts are always quoted and nothing else is, so that loaders tell '' from null.

    Quotes are doubled and backslashes stand for themselves (RFC 4180). Texts stay as they are: these
    files are for databases, not for spreadsheets.
    """
    with atomic_text(file) as out:
        out.write(",".join(header) + "\n")
        for row in rows:
            out.write(",".join(map(_cell, row)) + "\n")


def _cell(value: Value) -> str:
    if isinstance(value, str):
        doubled = utf8(value).replace("\0", "\ufffd").replace('"', '""')
        return f'"{doubled}"'
    return "" if value is None else str(value)


def literal(value: str | int | float) -> str:
    """A value as a Cypher literal.

    A backslash is always doubled, so that no ``\\u0027`` in a text can become a quote.
    """
    return f"'{utf8(value).translate(_ESCAPES)}'" if isinstance(value, str) else str(value)


def quoted_name(name: str) -> str:
    """A label, type or property name in backticks."""
    doubled = name.replace("`", "``")
    return f"`{doubled}`"
