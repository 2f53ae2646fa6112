"""Names of well-known datasets, models, methods and metrics that no spelling rule brings together."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from citeweave.graph.forms import normal_form
from citeweave.model import ENTITY_TYPES, EntityType


@cache
def known_aliases() -> dict[tuple[EntityType, str], str]:
    """(type, normal form of the alias) to the name it stands for, from ``graph/aliases.csv``."""
    table: dict[tuple[EntityType, str], str] = {}
    text = files("citeweave.graph").joinpath("aliases.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        (type_,) = (t for t in ENTITY_TYPES if t == row["type"])
        table[type_, normal_form(row["alias"], type_)] = row["name"]
    return table


@cache
def known_labels() -> dict[tuple[EntityType, str], str]:
    """(type, normal form) to the spelling that the table prefers."""
    return {(type_, normal_form(name, type_)): name for (type_, _), name in known_aliases().items()}


@cache
def known_types() -> dict[str, EntityType]:
    """Normal form of a name in the table to its type, where the table gives it one only."""
    types: dict[str, set[EntityType]] = {}
    for type_, form in known_labels():
        types.setdefault(form, set()).add(type_)
    return {form: next(iter(found)) for form, found in types.items() if len(found) == 1}
