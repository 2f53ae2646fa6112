"""Writing long JSON documents piece by piece, one item a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from citeweave.export._text import utf8


def line(value: Mapping[str, Any]) -> str:
    """A value as one line of JSON; its texts without lone surrogates. Raises ValueError for NaN."""
    return json.dumps(_carried(value), ensure_ascii=False, allow_nan=False)


def lines(out: TextIO, items: Iterable[Mapping[str, Any]]) -> None:
    """Write items as the lines of a JSON array, brackets and all."""
    before = "[\n"
    for item in items:
        out.write(before + line(item))
        before = ",\n"
    out.write("[]" if before == "[\n" else "\n]")


def _carried(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {utf8(key): _carried(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_carried(item) for item in value]
    return utf8(value)
