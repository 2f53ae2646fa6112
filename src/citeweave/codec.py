"""The model's dataclasses as compact JSON and back, for the workspace and for machine-readable output.

Fields that hold their default are left out, so stored records stay small and new fields can be
added without rewriting what is stored.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from citeweave.model import PartialDate

T = TypeVar("T")

SHARED = 40
"""Letters up to which equal strings are kept once."""


def encode(value: Any) -> Any:
    """A JSON-ready form of a model value: dataclasses as objects without their defaults, dates as text."""
    if isinstance(value, PartialDate):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {f.name: encode(v) for f, v in fields if not _is_default(f, v)}
    if isinstance(value, Mapping):
        return {k: encode(v) for k, v in sorted(value.items())}
    if isinstance(value, (tuple, list)):
        return [encode(v) for v in value]
    return value


def decode(cls: type[T], data: Any) -> T:
    """Rebuild a value of ``cls`` from what ``encode`` made of it; unknown fields are ignored.

    Raises TypeError when a required field is missing.
    """
    hint: Any = cls
    return typing.cast(T, _decoder(hint)(data))


def dumps(value: Any) -> str:
    """``encode`` as one line of JSON, the same bytes for equal values."""
    return json.dumps(encode(value), ensure_ascii=False, separators=(",", ":"))


def loads(cls: type[T], text: str | bytes) -> T:
    """The inverse of ``dumps``; raises ValueError on text that is not JSON."""
    return decode(cls, json.loads(text))


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return field.default is not dataclasses.MISSING and bool(value == field.default)


@cache
def _decoder(hint: Any) -> Callable[[Any], Any]:
    """How to rebuild one type; worked out once a type, because papers and findings come by the million."""
    if hint is PartialDate:
        return PartialDate.parse
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        fields = {f.name: _decoder(hints[f.name]) for f in dataclasses.fields(hint)}
        return lambda data: hint(**{k: fields[k](v) for k, v in data.items() if k in fields})
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        item = _decoder(args[0])
        return lambda data: tuple(item(v) for v in data)
    if origin in (types.UnionType, typing.Union):
        inner = _decoder(next(a for a in args if a is not type(None)))
        return lambda data: None if data is None else inner(data)
    if origin is Mapping:
        return dict
    if hint is str or origin is typing.Literal:
        return _shared
    return lambda data: data


def _shared(data: Any) -> Any:
    """A short string as the one copy of it: types, components and names recur by the million."""
    return sys.intern(data) if isinstance(data, str) and len(data) <= SHARED else data
