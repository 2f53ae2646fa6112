"""Readers: one module a format, found by listing this package; each turns a source into papers and problems.

A reader module has ``SUFFIXES`` (file name endings, with the dot), ``sniff(head) -> float`` (0 to 1,
how sure it is from a source's first bytes) and ``read(stream, source)``, which yields a ``Paper`` or
a ``Problem`` for each record, never raises for what the source contains, and yields a Problem where
the source holds no paper. The module's name is the format's name; modules whose names begin with an
underscore are helpers. Nothing else has to be edited to add a format. Other packages add formats by
entry points of the group ``citeweave.readers``, each naming such a module or object::

    [project.entry-points."citeweave.readers"]
    mods = "my_package.mods"

A format of citeweave's own goes before one of the same name from elsewhere.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from citeweave.extract.readers._fields import FIELDS
from citeweave.extract.readers._packed import bare_name, unpacked
from citeweave.extract.readers._plugins import GROUP, Reader, loaded, plugins
from citeweave.extract.readers._source import HEAD, head_text, rejoined, unusable
from citeweave.model import Paper, Problem

__all__ = ["GROUP", "Columns", "Reader", "detect", "formats", "read", "read_stream", "reader"]

Columns = Mapping[str, str]
"""For tables: which field stands in which column, by its heading, or by its number where there are no headings."""
_NBIB = re.compile(r"\s*PMID- ?\d+[ \t]*\n")
"""How PubMed's records for citation managers open, whose abstracts would pass for paragraphs of prose."""


@cache
def _own() -> tuple[str, ...]:
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def formats() -> tuple[str, ...]:
    """The names of all formats that can be read, sorted; those of other packages without loading them."""
    return tuple(sorted({*_own(), *plugins()}))


def reader(format: str) -> Reader:
    """The reader of a format.

    Raises ValueError where there is none of that name, or where one of another package cannot be loaded.
    """
    if format in _own():
        return cast(Reader, import_module(f"{__name__}.{format}"))
    if plugin := plugins().get(format):
        return loaded(plugin)
    raise ValueError(f"no reader for format {format!r}: choose one of {', '.join(formats())}")


def _all() -> Iterator[tuple[str, Reader]]:
    """All readers by name; one of another package that cannot be loaded is left out."""
    foreign = plugins()
    for name in formats():
        if name in _own():
            yield name, reader(name)
            continue
        try:
            yield name, loaded(foreign[name])
        except ValueError:
            continue


def detect(head: bytes, name: str = "") -> str | None:
    """The format of a source from its first bytes (``HEAD`` of them are plenty) and, on a tie, its name.

    None where no reader recognises the content and not exactly one claims the name's ending.
    """
    ranked = [(round(one.sniff(head), 2), name.lower().endswith(one.SUFFIXES), f) for f, one in _all()]
    score, _, best = max(ranked)
    if score > 0:
        return best
    claimed = [f for _, by_name, f in ranked if by_name]
    return claimed[0] if len(claimed) == 1 else None


def read_stream(
    stream: BinaryIO, source: str, format: str | None = None, columns: Columns | None = None
) -> Iterator[Paper | Problem]:
    """Papers and problems of an open binary stream, such as standard input; it need not be seekable.

    ``source`` names it in problems and sources. What gzip or zstd compressed is read as it is.
    ``format`` skips detection. ``columns`` says where the fields of a table are; a source that is no
    table is read without. ValueError where a format or a field is unknown.
    """
    _check(format, columns)
    return _opened(stream, source, format, columns)


def _check(format: str | None, columns: Columns | None) -> None:
    if format is not None:
        reader(format)
    if columns and format not in (None, "csv"):
        raise ValueError(f"columns are of tables (csv), not of {format}")
    for field in columns or ():
        if field not in FIELDS.values():
            known = ", ".join(dict.fromkeys(FIELDS.values()))
            raise ValueError(f"no field {field!r} to take a column for: choose of {known}")


def _opened(stream: BinaryIO, source: str, format: str | None, columns: Columns | None) -> Iterator[Paper | Problem]:
    """What is in a source that may be compressed; damage to the compression is told after what could be read."""
    plain, packed = unpacked(stream)
    if packed is None or plain.peek(1) or not packed.fault:
        if format is None:
            yield from _detected(plain, source, columns)
        else:
            yield from _reading(format, columns)(plain, source)
    if packed and packed.fault:
        yield Problem(source, packed.line, packed.fault)


def _reading(format: str, columns: Columns | None) -> partial[Iterator[Paper | Problem]]:
    return partial(reader(format).read, **({"columns": columns} if columns and format == "csv" else {}))


def _detected(stream: BinaryIO, source: str, columns: Columns | None) -> Iterator[Paper | Problem]:
    head = stream.read(HEAD)
    if why := unusable(head):
        yield Problem(source, 1, why)
        return
    if _NBIB.match(head_text(head)):
        how = "fetch the records as PubMed XML, or save them as RIS from a reference manager"
        yield Problem(source, 1, f"PubMed's text for citation managers (.nbib) is not read: {how}")
        return
    name = bare_name(source)
    format = detect(head, name)
    if columns and format != "csv":
        from citeweave.extract.readers import csv

        if csv.has_columns(head, columns) or (format is None and name.lower().endswith(csv.SUFFIXES)):
            format = "csv"
    if format is None:
        yield Problem(source, 1, f"no paper found: not in a known format ({', '.join(formats())})")
        return
    yield from _reading(format, columns)(rejoined(head, stream), source)


def read(path: Path, format: str | None = None, columns: Columns | None = None) -> Iterator[Paper | Problem]:
    """Papers and problems of a file, as it is read; a file that cannot be opened or read is one Problem.

    Problems and sources carry the file's name without its folder. ``format`` and ``columns`` as for
    ``read_stream``, which see for what is raised.
    """
    _check(format, columns)
    return _of_file(path, format, columns)


def _of_file(path: Path, format: str | None, columns: Columns | None) -> Iterator[Paper | Problem]:
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, path.name, format, columns)
    except OSError as error:
        yield Problem(path.name, 1, f"cannot be read: {error.strerror or error}")
