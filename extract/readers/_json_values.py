"""Values of a long JSON text one after the other, whatever lines it has, with a window of it in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from citeweave.extract.readers._source import PIECE, Text
from citeweave.model import Problem

MAX_VALUE = 6 * 1024 * 1024
"""Characters of one value beyond which it is left out: parsed, JSON takes up to twenty times its length."""
PRELUDE = 100_000
"""Characters within which a page opens its list of records."""
_BETWEEN = re.compile(r"[\s,\[\]]*")
_COMMA = re.compile(r"[\s,]*")
_FIRST_KEY = re.compile(r'\{\s*("[^"\\]{0,100}"\s*:)')
_DECODER = json.JSONDecoder()
_MAX_FAULTS = 1000
_RAW = 400
_DEEP = 200
"""Characters that a record may stand in."""
_OVERLAP = 400
"""Characters that stay when a window moves on, so that what is searched for is not cut in two."""
_NEAR_END = 16
"""So near to the end of what was read so far, a fault may be that of a word cut in two."""

Record = tuple[int, object, str]
"""The line a value starts on, the value, and the start of what stood there."""


class TooLargeError(ValueError):
    """A value of more than ``MAX_VALUE`` characters."""

    def __str__(self) -> str:
        return f"a value of more than {MAX_VALUE // 1024 // 1024} megabytes left out"


def why(error: ValueError | RecursionError, columns: int = 0) -> str:
    """What is wrong with a piece of JSON, in one line; ``columns`` stood before it on its first line."""
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        cut = error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())
        column = error.colno + (columns if error.lineno == 1 else 0)
        return f"JSON {'cut off' if cut else 'malformed'} at column {column}: {error.msg}"
    return str(error) if isinstance(error, TooLargeError) else f"JSON malformed: {error}"


class _Window:
    """A place in a text, and the part of the text around it: that grows at its end as needed and loses its start."""

    def __init__(self, pieces: Iterable[str], line: int) -> None:
        self._pieces = iter(pieces)
        self._line, self._counted = line, 0
        self.text, self.at = "", 0
        self.columns = 0
        """How many characters of the window's first line are before the window."""
        self.whole = False
        """Whether the end of the text is in the window."""

    def fill(self, size: int) -> None:
        """Have ``size`` characters from here on, if there are so many."""
        if self.whole or len(self.text) - self.at >= size:
            return
        start = max(0, self.at - _OVERLAP)
        self._count(start)
        last = self.text.rfind("\n", 0, start)
        self.columns = start - 1 - last if last >= 0 else self.columns + start
        parts, length = [self.text[start:]], len(self.text) - start
        self.at -= start
        while length - self.at < size and not self.whole:
            piece = next(self._pieces, None)
            self.whole = piece is None
            parts.append(piece or "")
            length += len(piece or "")
        self.text, self._counted = "".join(parts), 0

    def line(self) -> int:
        """The line of this place."""
        self._count(self.at)
        return self._line

    def _count(self, at: int) -> None:
        if at > self._counted:
            self._line += self.text.count("\n", self._counted, at)
            self._counted = at

    def skip(self, between: re.Pattern[str]) -> bool:
        """Go past what ``between`` matches; whether an array was closed there."""
        closed = False
        while True:
            self.fill(_OVERLAP)
            found = between.match(self.text, self.at)
            end = found.end() if found else self.at
            closed = closed or "]" in self.text[self.at : end]
            self.at = end
            if end < len(self.text) or self.whole:
                return closed

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The next place of a pattern that matches no more than a few hundred characters; goes there or to the end."""
        while True:
            self.fill(PIECE)
            found = pattern.search(self.text, self.at)
            if found and (self.whole or found.end() < len(self.text)):
                self.at = found.end()
                return found
            if self.whole:
                self.at = len(self.text)
                return None
            self.at = max(self.at, len(self.text) - _OVERLAP)

    def value(self) -> tuple[object, int]:
        """The value here, and where it ends; raises ValueError or RecursionError where there is none."""
        size = PIECE
        while True:
            self.fill(size)
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self.text) - _NEAR_END
                if self.whole or not cut:
                    raise
            else:
                if end - self.at > MAX_VALUE:
                    self.at = end - 1
                    raise TooLargeError
                if self.whole or end < len(self.text):
                    return found, end
            seen = len(self.text) - self.at
            if seen > MAX_VALUE:
                self.at = len(self.text) - _OVERLAP
                raise TooLargeError
            size = min(2 * seen, MAX_VALUE + 1)


def spread(
    text: Text, pieces: Iterable[str], opening: re.Pattern[str] | None = None, line: int = 1
) -> Iterator[Record | Problem]:
    """Objects one after the other over several lines, in arrays or not; goes on at the next one after a fault.

    ``opening`` finds where a page opens its list: then only what is in such lists counts. ``line`` is
    that of the text's start.
    """
    window = _Window(pieces, line)
    window.fill(PRELUDE)
    page = opening.search(window.text, 0, PRELUDE) if opening else None
    between = _COMMA if page else _BETWEEN
    ended = not page and not window.text.lstrip().startswith("[")
    window.at = page.end() if page else 0
    closed = window.skip(between)
    faults, last_line, key = 0, line, ""
    while window.at < len(window.text):
        if page and opening and window.text[window.at] == "]":
            ended = True
            page = window.find(opening)
            if page is None:
                return
            window.skip(between)
            continue
        window.fill(PIECE)
        here, raw = window.line(), window.text[window.at : window.at + _RAW]
        start = window.text.rfind("\n", max(0, window.at - _DEEP), window.at) + 1
        indent = window.text[start or max(0, window.at - _DEEP) : window.at]
        try:
            value, end = window.value()
        except (ValueError, RecursionError) as error:
            yield text.problem(here, why(error, window.columns), raw)
            faults += 1
            if faults >= _MAX_FAULTS or window.find(_next_record(indent, key)) is None:
                return
            continue
        if first := _FIRST_KEY.match(raw):
            key = first[1]
        yield here, value, raw
        window.at = end
        last_line = window.line()
        closed = window.skip(between)
    if not faults and not ended and (page or not closed):
        yield text.problem(last_line, "JSON cut off: the array is never closed")


def _next_record(indent: str, key: str) -> re.Pattern[str]:
    """How to find the record after a faulty one: it stands as far in, or, on one line, has the same first key.

    What is nested in the faulty record stands further in, and seldom begins with that key.
    """
    if not indent.strip():
        return re.compile(rf"\n{indent}(?=\{{)")
    if key:
        return re.compile(rf"\}}\s{{0,20}},\s{{0,20}}(?=\{{\s{{0,20}}{re.escape(key)})")
    return re.compile(r"\n *(?=\{)")
