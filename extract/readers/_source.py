"""A source's bytes as numbered lines of text, and the things that can be wrong with a file as a whole.

UTF-8 is expected; UTF-16 is read where a byte order mark announces it. A byte that is not UTF-8 is
read as Windows-1252 (the usual superset of Latin-1), byte by byte, so that one stray byte does not
spoil a whole line, and noted once a file.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO

from citeweave.model import Paper, Problem
from citeweave.text import clean

MAX_LINE = 6 * 1024 * 1024
"""Characters of one line beyond which the line is refused: memory stays bounded whatever the file."""
MAX_WHOLE = 16 * 1024 * 1024
"""Characters of a file that has to be read whole (a saved page) beyond which it is refused."""
PIECE = 1024 * 1024
"""Bytes in which a source is read where lines do not matter."""
HEAD = 2 * 1024 * 1024
"""Bytes from the start of a source that are looked at to find out what it is: one abstract can be a megabyte."""
_HEAD_BINARY = 8192
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n?|\n")
_RAW = 120

Line = tuple[int, str]
"""A line's number in its file, counted from 1, and its text without the line end."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: bytes that are not UTF-8 as Windows-1252, an encoded surrogate as U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, start = error.object, error.start
    if data[start] == 0xED and re.match(rb"\xed[\xa0-\xbf][\x80-\xbf]", data[start : start + 3]):
        return "\ufffd", start + 3
    return data[start : start + 1].decode("cp1252", "replace"), start + 1


codecs.register_error("citeweave.cp1252", _as_cp1252)


def unusable(head: bytes) -> str:
    """Why a source that starts like this cannot be read at all, or the empty string."""
    if len(head) < HEAD and not head.removeprefix(codecs.BOM_UTF8).strip():
        return "empty file"
    if head.startswith(_UTF16):
        return "" if len(head) > 2 else "empty file"
    head = head[:_HEAD_BINARY]
    controls = len(_CONTROL.findall(head))
    if b"\x00" in head or controls > len(head) // 20 or head.startswith(b"%PDF-"):
        return "not a text file"
    return ""


@lru_cache(maxsize=1)
def head_text(head: bytes) -> str:
    """The start of a source as text, whatever its encoding, with line feeds between its lines."""
    if head.startswith(_UTF16):
        return _LINE_END.sub("\n", head.decode("utf-16", "ignore"))
    return _LINE_END.sub("\n", head.decode("utf-8-sig", "citeweave.cp1252"))


def excerpt(text: str) -> str:
    """The start of what stood there, on one line, for a Problem's ``raw``."""
    line = clean(text[: 4 * _RAW])
    return line if len(line) <= _RAW else f"{line[: _RAW - 1]}…"


class Text:
    """The lines of one source, and the problems noted while reading it.

    ``stream`` is read in binary; ``source`` is the name that problems and papers carry.
    """

    def __init__(self, stream: BinaryIO, source: str) -> None:
        self.source = source
        self._noted: list[Problem] = []
        self._warned = False
        head = stream.read(HEAD)
        self.head = head_text(head)
        self.all_in_head = len(head) < HEAD
        self._unusable = unusable(head)
        self._stream = io.BufferedReader(_Rejoined(head, stream))
        self._utf16 = head.startswith(_UTF16)

    def problem(self, line: int, message: str, raw: str = "") -> Problem:
        """A Problem of this source."""
        return Problem(self.source, line, message, excerpt(raw))

    def note(self, line: int, message: str, raw: str = "") -> None:
        """Keep a problem that does not cost a record; ``checked`` hands it out before the next item."""
        self._noted.append(self.problem(line, message, raw))

    def checked(self, items: Iterable[Paper | Problem]) -> Iterator[Paper | Problem]:
        """The items with the noted problems among them, and one more where nothing at all was found."""
        if self._unusable:
            yield self.problem(1, self._unusable)
            return
        found = False
        for item in items:
            yield from self.drain()
            found = True
            yield item
        found = found or any(not p.message.startswith("not UTF-8") for p in self._noted)
        yield from self.drain()
        if not found:
            yield self.problem(1, "no paper found")

    def drain(self) -> list[Problem]:
        """The problems noted since the last call, for a reader that keeps its items back."""
        noted, self._noted = self._noted, []
        return noted

    def lines(self) -> Iterator[Line]:
        """The source's lines with their numbers; one of more than ``MAX_LINE`` characters is noted and left out."""
        number, size = 1, 0
        begun: list[str] = []
        for piece in self.pieces():
            *ended, rest = piece.split("\n")
            for line in ended:
                if size + len(line) > MAX_LINE:
                    self.note(number, f"line of more than {MAX_LINE // 1024 // 1024} megabytes left out")
                else:
                    yield number, "".join((*begun, line)) if begun else line
                number, size = number + 1, 0
                begun.clear()
            size += len(rest)
            if size > MAX_LINE:
                begun.clear()
            elif rest:
                begun.append(rest)
        if size > MAX_LINE:
            self.note(number, f"line of more than {MAX_LINE // 1024 // 1024} megabytes left out")
        elif begun:
            yield number, "".join(begun)

    def whole(self) -> str | None:
        """The source's text with line feeds between its lines; None, and a note, where it is too large."""
        made: list[str] = []
        size = 0
        for piece in self.pieces():
            size += len(piece)
            if size > MAX_WHOLE:
                self.note(1, f"larger than {MAX_WHOLE // 1024 // 1024} megabytes: split it, or use JSON Lines")
                return None
            made.append(piece)
        return "".join(made)

    def pieces(self) -> Iterator[str]:
        """The source's text in pieces of about a megabyte, whatever its lines; line feeds end those."""
        return self._utf16_pieces() if self._utf16 else self._utf8_pieces()

    def _utf8_pieces(self) -> Iterator[str]:
        number, held, first = 1, b"", True
        while True:
            read = self._stream.read(PIECE)
            data = held + read
            if first:
                data, first = data.removeprefix(codecs.BOM_UTF8), False
            end = _whole_characters(data) if read else len(data)
            data, held = data[:end], data[end:]
            if data:
                text = _LINE_END.sub("\n", self._decoded(data, number))
                number += text.count("\n")
                yield text
            if not read:
                return

    def _decoded(self, raw: bytes, line: int) -> str:
        """The text of bytes that start on that line; where they are not UTF-8, that is noted once."""
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            if not self._warned:
                before = _LINE_END.findall(raw[: error.start].decode("latin-1"))
                self.note(line + len(before), "not UTF-8: read as Windows-1252 (Latin-1)")
                self._warned = True
            return raw.decode("utf-8", "citeweave.cp1252")

    def _utf16_pieces(self) -> Iterator[str]:
        text = io.TextIOWrapper(self._stream, encoding="utf-16", errors="replace")
        while piece := text.read(PIECE):
            yield piece


def _whole_characters(data: bytes) -> int:
    """Up to where bytes of UTF-8 can be cut off: not inside a character, and not between CR and LF."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        length = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return len(data) - back if back < length or byte == 0x0D else len(data)
    return len(data)


class _Rejoined(io.RawIOBase):
    """A stream whose head was read already, put together again (standard input cannot seek back)."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = bytes(self._head[: len(buffer)]) or self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def rejoined(head: bytes, rest: BinaryIO) -> io.BufferedReader:
    """``rest`` with the bytes already taken from its start put back."""
    return io.BufferedReader(_Rejoined(head, rest))
