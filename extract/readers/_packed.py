"""Sources compressed with gzip or zstd, read as if they were not; damage and bombs end them early."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, cast

import zstandard

from citeweave.extract.readers._source import rejoined

_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
_SUFFIXES = (".gz", ".zst", ".zstd")
_FREE = 64 * 1024 * 1024
"""Bytes that any file may expand to before its ratio counts."""
_MAX_RATIO = 300
"""No bibliography compresses this well; gzip reaches a thousand on zeros, zstd far more."""
_MAX_WINDOW = 128 * 1024 * 1024


class _Counted(io.RawIOBase):
    """A stream that knows how many bytes were taken from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self.taken += len(data)
        buffer[: len(data)] = data
        return len(data)


class Unpacked(io.RawIOBase):
    """The content of a compressed stream. ``fault`` says, once it ended, what was wrong; ``line`` where."""

    def __init__(self, stream: BinaryIO, kind: str) -> None:
        self._kind = kind
        self._packed = _Counted(stream)
        self._made = 0
        self.fault = ""
        self.line = 1
        if kind == "gzip":
            self._content = cast(io.BufferedReader, gzip.GzipFile(fileobj=io.BufferedReader(self._packed)))
        else:
            decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
            reader = decompressor.stream_reader(cast(BinaryIO, self._packed), read_across_frames=True)
            self._content = cast(io.BufferedReader, reader)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self.fault:
            return 0
        try:
            data = self._content.read1(len(buffer))
        except EOFError:
            self.fault = f"{self._kind} data cut off"
            return 0
        except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
            self.fault = f"{self._kind} data damaged: {error}"
            return 0
        self._made += len(data)
        if self._made > _FREE and self._made > _MAX_RATIO * self._packed.taken:
            self.fault = f"{self._kind} data expand more than {_MAX_RATIO}-fold: the rest is not read"
            return 0
        self.line += data.count(b"\n")
        buffer[: len(data)] = data
        return len(data)


def unpacked(stream: BinaryIO) -> tuple[io.BufferedReader, Unpacked | None]:
    """A stream without its compression, and the one that undoes it; the same stream and None where there is none."""
    start = stream.read(len(_ZSTD))
    whole = rejoined(start, stream)
    kind = "gzip" if start.startswith(_GZIP) else "zstd" if start == _ZSTD else ""
    if not kind:
        return whole, None
    packed = Unpacked(whole, kind)
    return io.BufferedReader(packed), packed


def bare_name(name: str) -> str:
    """A file's name without the ending that says how it is compressed."""
    for suffix in _SUFFIXES:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
