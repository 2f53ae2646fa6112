"""JSON Lines: one object a line, of ``title``, ``abstract`` and any other field of a paper; or one array of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._fields import field_name, from_fields
from citeweave.extract.readers._source import Text, head_text
from citeweave.model import Paper, Problem

SUFFIXES = (".jsonl", ".ndjson", ".json")
_BETWEEN = re.compile(r"[\s,\[\]]*")
_MAX_FAULTS = 1000


def sniff(head: bytes) -> float:
    """Sure where the first line is an object or an array opens; fairly so where something like one begins."""
    text = head_text(head).lstrip()
    first = text.split("\n", 1)[0].strip()
    if not text.startswith(("{", "[")):
        return 0.0
    if re.match(r'\[\s*\{\s*"|\{\s*"', text):
        return 0.9 if not first.endswith("}") else 1.0
    return 0.5 if first in ("{", "[", "[]", "{}") else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each object, a Problem for what is no JSON or no paper. An array is read whole."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    lines = text.lines()
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        return
    number, line = first
    if line.strip() == "{" or line.lstrip().startswith("["):
        whole = text.rest(first, lines)
        if whole is not None:
            yield from _spread(text, whole)
        return
    yield _object(text, number, line)
    for number, line in lines:
        if line.strip():
            yield _object(text, number, line)


def _object(text: Text, number: int, line: str) -> Paper | Problem:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return text.problem(number, _why(error), line)
    return _paper(text, number, value, line)


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        cut = error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())
        return f"JSON {'cut off' if cut else 'malformed'} at column {error.colno}: {error.msg}"
    return f"JSON malformed: {error}"


def _paper(text: Text, number: int, value: object, raw: str) -> Paper | Problem:
    if not isinstance(value, dict):
        return text.problem(number, "not a JSON object", raw)
    record: dict[str, object] = {}
    for key, content in value.items():
        name = field_name(key)
        if record.get(name) in (None, "", [], {}):
            record[name] = content
    try:
        return from_fields(record, text.source, number, lambda message: text.note(number, message))
    except ValueError as error:
        return text.problem(number, str(error), raw)


def _spread(text: Text, whole: str) -> Iterator[Paper | Problem]:
    """Objects one after the other over several lines, in an array or not; goes on at the next one after a fault."""
    decoder = json.JSONDecoder()
    at = _skip(whole, 0)
    line, counted, faults = 1, 0, 0
    while at < len(whole):
        line += whole.count("\n", counted, at)
        counted = at
        try:
            value, end = decoder.raw_decode(whole, at)
        except (ValueError, RecursionError) as error:
            yield text.problem(line, _why(error), whole[at : at + 400])
            faults += 1
            # what is nested in the faulty object stands further in than the next one of its kind
            indent = whole[whole.rfind("\n", 0, at) + 1 : at]
            next_one = re.compile(rf"^{indent if not indent.strip() else ' *'}\{{", re.MULTILINE)
            following = next_one.search(whole, at + 1)
            if following is None or faults >= _MAX_FAULTS:
                return
            at = following.end() - 1
            continue
        yield _paper(text, line, value, whole[at : at + 400])
        at = _skip(whole, end)
    if whole.lstrip().startswith("[") and not whole.rstrip().endswith("]") and not faults:
        yield text.problem(whole.rstrip().count("\n") + 1, "JSON cut off: the array is never closed")


def _skip(whole: str, at: int) -> int:
    found = _BETWEEN.match(whole, at)
    return found.end() if found else at
