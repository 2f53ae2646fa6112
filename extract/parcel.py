"""Findings on their way from a worker process: pickled by their fields.

Left to itself, pickle takes three times as long over frozen dataclasses with slots, as it looks up the fields of each.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from citeweave.model import Abbreviation, Findings, Mention, PaperEntity, Problem, Relation, Result, TextCitation

Reduced = tuple[type, tuple[Any, ...]]


def packed(outcomes: Sequence[Findings | Problem]) -> bytes:
    """What :func:`unpacked` takes."""
    made = io.BytesIO()
    pickler = pickle.Pickler(made, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _BY_FIELDS
    pickler.dump(outcomes)
    return made.getvalue()


def unpacked(parcel: bytes) -> list[Findings | Problem]:
    """The outcomes that :func:`packed` was given."""
    outcomes: list[Findings | Problem] = pickle.loads(parcel)
    return outcomes


def _by_fields(kind: type) -> Callable[[Any], Reduced]:
    values = attrgetter(*[field.name for field in fields(kind)])
    return lambda one: (kind, values(one))


_BY_FIELDS: Mapping[type, Callable[[Any], Reduced]] = {
    kind: _by_fields(kind)
    for kind in (Abbreviation, Findings, Mention, PaperEntity, Problem, Relation, Result, TextCitation)
}
