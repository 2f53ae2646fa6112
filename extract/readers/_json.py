"""Objects of JSON sources: one a line, in an array, or in the list of an API's page; damage costs only itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import BinaryIO

from citeweave.extract.readers._json_values import MAX_VALUE, PRELUDE, Record, spread, why
from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.extract.readers._typed import Fields
from citeweave.model import Paper, Problem

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*:)?|[{}\[\]]', re.DOTALL)
_MAX_TOKENS = 20_000

Make = Callable[[Text, int, Fields], Paper]


@lru_cache(maxsize=1)
def shape(head: bytes) -> Mapping[str, frozenset[str]]:
    """The keys of the objects a source starts with, by path: ``""``, ``"[]"``, ``"results[].ids"``.

    Empty where it does not start as JSON does. The head may end anywhere.
    """
    text = head_text(head).lstrip()
    if not re.match(r"\{\s*[\"}]|\[\s*[\[{n\]]", text):
        return {}
    keys: dict[str, set[str]] = {}
    path: list[str] = []
    name = ""
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count > _MAX_TOKENS:
            break
        mark = token.group()[0]
        if mark == "{":
            path.append(name)
            keys.setdefault("".join(path), set())
            name = ""
        elif mark == "[":
            path.append(f"{name}[]")
            name = ""
        elif mark in "}]":
            if path:
                path.pop()
            name = ""
        elif token.group(2):
            keys.setdefault("".join(path), set()).add(token.group(1))
            name = f".{token.group(1)}" if "".join(path) else token.group(1)
        else:
            name = ""
        if len(path) > 8:
            break
    return {at: frozenset(found) for at, found in keys.items()}


def keys_at(head: bytes, *places: str) -> frozenset[str]:
    """The keys of a source's first records, wherever of ``places`` (paths as in ``shape``) they are."""
    known = shape(head)
    return frozenset().union(*(known.get(place, frozenset()) for place in ("", "[]", *places)))


def read_papers(stream: BinaryIO, source: str, make: Make, lists: tuple[str, ...] = ()) -> Iterator[Paper | Problem]:
    """Papers that ``make`` (which raises ValueError, saying why) finds in the objects of a stream.

    ``lists`` names the keys under which a page keeps its records.
    """
    text = Text(stream, source)
    return text.checked(papers_of(text, records(text, lists), make))


def papers_of(text: Text, items: Iterable[Record | Problem], make: Make) -> Iterator[Paper | Problem]:
    """Papers that ``make`` finds in records; what has a wrong type is noted, what is no paper is a Problem."""
    for item in items:
        if isinstance(item, Problem):
            yield item
            continue
        line, value, raw = item
        if not isinstance(value, dict):
            yield text.problem(line, "not a JSON object", raw)
            continue
        fields = Fields(value)
        try:
            paper = make(text, line, fields)
        except ValueError as error:
            reason = f"wrong type: {', '.join(fields.wrong)}" if fields.wrong else str(error)
            yield text.problem(line, reason, raw)
            continue
        if fields.wrong:
            text.note(line, f"wrong type, left out: {', '.join(dict.fromkeys(fields.wrong))}", raw)
        yield paper


def records(text: Text, lists: tuple[str, ...] = ()) -> Iterator[Record | Problem]:
    """The values of a source: one a line, or, read piece by piece, an array, objects over several lines, or pages."""
    first, ended, _ = text.head.lstrip().partition("\n")
    opening = re.compile(rf'"(?:{"|".join(lists)})"\s*:\s*\[') if lists else None
    if _spread(first.rstrip(), opening, ended=ended != "" or text.all_in_head):
        yield from spread(text, text.pieces(), opening)
        return
    for number, line in text.lines():
        if line.strip():
            yield from _of_line(text, (number, line), lists, opening)


def _spread(first: str, opening: re.Pattern[str] | None, ended: bool) -> bool:
    """Whether what starts with this line is more than an object a line: or a page, of which the line is a part."""
    if first == "{" or first.startswith("["):
        return True
    if opening is None:
        return False
    return first.endswith(("{", "[", ",")) or (not ended and opening.search(first, 0, PRELUDE) is not None)


def _of_line(
    text: Text, line: Line, lists: tuple[str, ...], opening: re.Pattern[str] | None
) -> Iterator[Record | Problem]:
    number, raw = line
    if len(raw) > MAX_VALUE and not (opening and opening.search(raw, 0, PRELUDE)):
        yield text.problem(number, f"a value of more than {MAX_VALUE // 1024 // 1024} megabytes left out", raw)
        return
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        if opening and opening.search(raw, 0, PRELUDE):
            yield from spread(text, [raw], opening, number)
        else:
            yield text.problem(number, why(error), raw)
        return
    inside = _listed(value, lists)
    if inside is None:
        yield number, value, raw
        return
    for item in inside:
        yield number, item, raw


def _listed(value: object, lists: tuple[str, ...]) -> list[object] | None:
    """The list of a page, which stands at its top or one object down; None where the value is no page."""
    for place in (value, *(value.values() if isinstance(value, dict) else ())):
        for key in lists:
            if isinstance(place, dict) and isinstance(place.get(key), list):
                found: list[object] = place[key]
                return found
    return None
