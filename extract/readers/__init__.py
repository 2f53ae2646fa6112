"""Readers: one module a format, found by listing this package; each turns a source into papers and problems.

A reader module has ``SUFFIXES`` (file name endings, with the dot), ``sniff(head) -> float`` (0 to 1,
how sure it is from a source's first bytes) and ``read(stream, source)``, which yields a ``Paper`` or
a ``Problem`` for each record, never raises for what the source contains, and yields a Problem where
the source holds no paper. The module's name is the format's name; modules whose names begin with an
underscore are helpers. Nothing else has to be edited to add a format.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from citeweave.extract.readers._packed import bare_name, unpacked
from citeweave.extract.readers._source import HEAD, rejoined, unusable
from citeweave.model import Paper, Problem

__all__ = ["Reader", "detect", "formats", "read", "read_stream", "reader"]


class Reader(Protocol):
    """What a reader module offers."""

    SUFFIXES: tuple[str, ...]
    sniff: Callable[[bytes], float]
    read: Callable[[BinaryIO, str], Iterator[Paper | Problem]]


@cache
def formats() -> tuple[str, ...]:
    """The names of all formats that can be read, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def reader(format: str) -> Reader:
    """The reader module of a format; raises ValueError where there is none of that name."""
    if format not in formats():
        raise ValueError(f"no reader for format {format!r}: choose one of {', '.join(formats())}")
    return cast(Reader, import_module(f"{__name__}.{format}"))


def detect(head: bytes, name: str = "") -> str | None:
    """The format of a source from its first bytes (``HEAD`` of them are plenty) and, on a tie, its name.

    None where no reader recognises the content and not exactly one claims the name's ending.
    """
    ranked = [(round(reader(f).sniff(head), 2), name.lower().endswith(reader(f).SUFFIXES), f) for f in formats()]
    score, _, best = max(ranked)
    if score > 0:
        return best
    claimed = [f for _, by_name, f in ranked if by_name]
    return claimed[0] if len(claimed) == 1 else None


def read_stream(stream: BinaryIO, source: str, format: str | None = None) -> Iterator[Paper | Problem]:
    """Papers and problems of an open binary stream, such as standard input; it need not be seekable.

    ``source`` names it in problems and sources. What gzip or zstd compressed is read as it is.
    ``format`` skips detection; ValueError where unknown.
    """
    if format is not None:
        reader(format)
    return _opened(stream, source, format)


def _opened(stream: BinaryIO, source: str, format: str | None) -> Iterator[Paper | Problem]:
    """What is in a source that may be compressed; damage to the compression is told after what could be read."""
    plain, packed = unpacked(stream)
    if packed is None or plain.peek(1) or not packed.fault:
        yield from reader(format).read(plain, source) if format else _detected(plain, source)
    if packed and packed.fault:
        yield Problem(source, packed.line, packed.fault)


def _detected(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    head = stream.read(HEAD)
    if why := unusable(head):
        yield Problem(source, 1, why)
        return
    format = detect(head, bare_name(source))
    if format is None:
        yield Problem(source, 1, f"no paper found: not in a known format ({', '.join(formats())})")
        return
    yield from reader(format).read(rejoined(head, stream), source)


def read(path: Path, format: str | None = None) -> Iterator[Paper | Problem]:
    """Papers and problems of a file, as it is read; a file that cannot be opened or read is one Problem.

    Problems and sources carry the file's name without its folder. Raises ValueError for an unknown ``format``.
    """
    if format is not None:
        reader(format)
    return _of_file(path, format)


def _of_file(path: Path, format: str | None) -> Iterator[Paper | Problem]:
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, path.name, format)
    except OSError as error:
        yield Problem(path.name, 1, f"cannot be read: {error.strerror or error}")
