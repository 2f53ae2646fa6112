"""JSON Lines: one object a line, of ``title``, ``abstract`` and any other field of a paper; or one array of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from citeweave.extract.readers._fields import field_name, from_fields
from citeweave.extract.readers._json import records
from citeweave.extract.readers._source import Text, head_text
from citeweave.model import Paper, Problem

SUFFIXES = (".jsonl", ".ndjson", ".json")


def sniff(head: bytes) -> float:
    """Nearly sure where the first line is an object or an array opens: a format known by its keys comes first."""
    text = head_text(head).lstrip()
    first = text.split("\n", 1)[0].strip()
    if not text.startswith(("{", "[")):
        return 0.0
    if re.match(r'\[\s*\{\s*"|\{\s*"', text):
        return 0.8 if not first.endswith("}") else 0.9
    return 0.5 if first in ("{", "[", "[]", "{}") else 0.0


def read(stream: BinaryIO, source: str) -> Iterator[Paper | Problem]:
    """Yield a paper for each object, a Problem for what is no JSON or no paper. An array is read whole."""
    text = Text(stream, source)
    return text.checked(_papers(text))


def _papers(text: Text) -> Iterator[Paper | Problem]:
    for item in records(text):
        yield item if isinstance(item, Problem) else _paper(text, *item)


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
