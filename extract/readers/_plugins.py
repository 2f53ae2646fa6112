"""Readers that other packages bring along, by entry points of the group ``citeweave.readers``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import BinaryIO, Protocol, cast

from citeweave.model import Paper, Problem

GROUP = "citeweave.readers"
"""The entry-point group in which other packages name their readers."""


class Reader(Protocol):
    """What a reader module offers."""

    SUFFIXES: tuple[str, ...]

    def sniff(self, head: bytes, /) -> float:
        """How sure the reader is that a source which starts like this is its own, between 0 and 1."""

    def read(self, stream: BinaryIO, source: str, /) -> Iterator[Paper | Problem]:
        """The papers and problems of a stream, as it is read."""


class Foreign:
    """A reader of another package, of which nothing is expected: what it raises costs its own file and no more."""

    def __init__(self, name: str, inner: Reader) -> None:
        self._name, self._inner = name, inner
        self.SUFFIXES = tuple(inner.SUFFIXES)

    def sniff(self, head: bytes) -> float:
        """How sure the reader is, between 0 and 1; not at all where it fails."""
        try:
            return min(1.0, max(0.0, float(self._inner.sniff(head))))
        except Exception:
            return 0.0

    def read(self, stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
        """What the reader finds, and a Problem where it fails or yields something else."""
        line = 1
        try:
            for item in self._inner.read(stream, source):
                if not isinstance(item, Paper | Problem):
                    raise TypeError(f"yields {type(item).__name__}, not Paper or Problem")
                line = item.line if isinstance(item, Problem) else max((s.line for s in item.sources), default=line)
                yield item
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            yield Problem(source, line, f"reader {self._name} failed: {type(error).__name__}: {reason}")


def plugins() -> dict[str, EntryPoint]:
    """The entry points by the names of their formats."""
    return {point.name: point for point in entry_points(group=GROUP) if point.name.isidentifier()}


@lru_cache(maxsize=64)
def loaded(plugin: EntryPoint) -> Reader:
    """The reader behind an entry point; raises ValueError, saying why, where it cannot be had or is no reader."""
    try:
        found = plugin.load()
    except Exception as error:  # whatever another package does wrong, it is one format that is not there
        raise ValueError(f"format {plugin.name}: {plugin.value} cannot be loaded: {error}") from error
    if not isinstance(getattr(found, "SUFFIXES", None), tuple) or not all(
        callable(getattr(found, name, None)) for name in ("sniff", "read")
    ):
        raise ValueError(f"format {plugin.name}: {plugin.value} has no SUFFIXES, sniff(head) and read(stream, source)")
    return Foreign(plugin.name, cast(Reader, found))
