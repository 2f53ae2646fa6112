"""The baseline: the published algorithm of Schwartz and Hearst (2003), as plainly as it is described."""

from __future__ import annotations

import re


def find(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """(short span, long span) of every definition ``long (SHORT)`` or ``SHORT (long)`` in a text."""
    found = []
    for bracket in re.finditer(r"\(([^()]+)\)", text):
        start, content = bracket.start(1), bracket.group(1)
        before = text[: bracket.start()].rstrip()
        head = re.match(r"[^,;]*", content)
        piece = head.group().strip() if head else ""
        if len(piece.split()) > 2 or len(piece) > 10:
            # The bracket is too long for a short form, so it may hold the long form of the word before.
            word = re.search(r"\S+$", before)
            if word and _valid(word.group()) and (at := _long_form(word.group(), content)) is not None:
                found.append((word.span(), (start + at, start + len(content.rstrip()))))
            continue
        if not _valid(piece):
            continue
        sentence = max(before.rfind(". "), before.rfind(", ")) + 1
        words = list(re.finditer(r"\S+", before[sentence:]))[-min(len(piece) + 5, 2 * len(piece)) :]
        if not words:
            continue
        window = sentence + words[0].start()
        at = _long_form(piece, before[window:])
        if at is not None:
            short_start = text.index(piece, start)
            found.append(((short_start, short_start + len(piece)), (window + at, len(before))))
    return found


def _valid(short: str) -> bool:
    return 2 <= len(short) <= 10 and short[0].isalnum() and any(c.isalpha() for c in short)


def _long_form(short: str, long: str) -> int | None:
    """Where the shortest long form starts: letters are matched from the right, the first at a word's start."""
    at = len(long) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and (long[at].lower() != letter or (index == 0 and at > 0 and long[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    start = long.rfind(" ", 0, at + 1) + 1
    words = len(long[start:].split())
    if len(long[start:]) <= len(short) or words > min(len(short) + 5, 2 * len(short)) or short in long[start:].split():
        return None
    return start
