"""Objects of JSON sources: one a line, in an array, or in the list of an API's page; damage costs only itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import BinaryIO

from citeweave.extract.readers._source import Line, Text, head_text
from citeweave.extract.readers._typed import Fields
from citeweave.model import Paper, Problem

_BETWEEN = re.compile(r"[\s,\[\]]*")
_COMMA = re.compile(r"[\s,]*")
_MAX_FAULTS = 1000
_PRELUDE = 100_000
"""Characters within which a page opens its list of records."""
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*:)?|[{}\[\]]', re.DOTALL)
_MAX_TOKENS = 20_000

Record = tuple[int, object, str]
"""The line a value starts on, the value, and the start of what stood there."""
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
    """The values of a source: one a line, or (read whole) an array, objects over several lines, or pages."""
    lines = text.lines()
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        return
    opening = re.compile(rf'"(?:{"|".join(lists)})"\s*:\s*\[') if lists else None
    line = first[1].strip()
    if line == "{" or line.startswith("[") or (lists and line.endswith(("{", "[", ","))):
        whole = text.rest(first, lines)
        if whole is not None:
            yield from spread(text, whole, opening)
        return
    yield from _of_line(text, first, lists, opening)
    for number, line in lines:
        if line.strip():
            yield from _of_line(text, (number, line), lists, opening)


def _of_line(
    text: Text, line: Line, lists: tuple[str, ...], opening: re.Pattern[str] | None
) -> Iterator[Record | Problem]:
    number, raw = line
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        if opening and opening.search(raw, 0, _PRELUDE):
            yield from spread(text, raw, opening, number)
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


def why(error: ValueError | RecursionError) -> str:
    """What is wrong with a piece of JSON, in one line."""
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        cut = error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())
        return f"JSON {'cut off' if cut else 'malformed'} at column {error.colno}: {error.msg}"
    return f"JSON malformed: {error}"


def spread(text: Text, whole: str, opening: re.Pattern[str] | None = None, line: int = 1) -> Iterator[Record | Problem]:
    """Objects one after the other over several lines, in arrays or not; goes on at the next one after a fault.

    ``opening`` finds where a page opens its list: then only what is in such lists counts. ``line`` is
    that of the text's start.
    """
    decoder = json.JSONDecoder()
    page = opening.search(whole, 0, _PRELUDE) if opening else None
    between = _COMMA if page else _BETWEEN
    at = _skip(between, whole, page.end() if page else 0)
    counted, faults = 0, 0
    closed = not page and not whole.lstrip().startswith("[")
    while at < len(whole):
        if page and opening and whole[at] == "]":
            closed = True
            page = opening.search(whole, at)
            if page is None:
                return
            at = _skip(between, whole, page.end())
            continue
        line += whole.count("\n", counted, at)
        counted = at
        try:
            value, end = decoder.raw_decode(whole, at)
        except (ValueError, RecursionError) as error:
            yield text.problem(line, why(error), whole[at : at + 400])
            faults += 1
            # what is nested in the faulty object stands further in than the next one of its kind
            indent = whole[whole.rfind("\n", 0, at) + 1 : at]
            next_one = re.compile(rf"^{indent if not indent.strip() else ' *'}\{{", re.MULTILINE)
            following = next_one.search(whole, at + 1)
            if following is None or faults >= _MAX_FAULTS:
                return
            at = following.end() - 1
            continue
        yield line, value, whole[at : at + 400]
        at = _skip(between, whole, end)
    if not faults and not closed and not (page is None and whole.rstrip().endswith("]")):
        end_line = line + whole.rstrip().count("\n", counted)
        yield text.problem(end_line, "JSON cut off: the array is never closed")


def _skip(between: re.Pattern[str], whole: str, at: int) -> int:
    found = between.match(whole, at)
    return found.end() if found else at
