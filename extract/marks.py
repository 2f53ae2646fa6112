"""Entities marked in a text's units, as the pair reader sees them. Training and inference share this module."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from citeweave.extract.layout import Place
from citeweave.extract.units import FEATURE_SIZES, Units
from citeweave.model import ENTITY_TYPES

MARKED_SIZES = (*FEATURE_SIZES, 1 + 2 * len(ENTITY_TYPES))
"""How many values each feature of a marked text has: those of all units, and the mark."""


def marked(cut: Units, places: Sequence[Sequence[Place]], types: Sequence[int]) -> Units:
    """The units with one feature more: 0 outside of entities, 1 + 2 * type where a mention begins, 2 + 2 * type after.

    Args:
        cut: the text's units.
        places: each entity's mentions as (first, end) units.
        types: each entity's index in ``ENTITY_TYPES``.
    """
    marks = np.zeros((len(cut), 1), dtype=np.int64)
    for held, kind in zip(places, types, strict=True):
        for first, end in held:
            marks[first:end] = 2 + 2 * kind
            marks[first] = 1 + 2 * kind
    return Units(cut.text, cut.offsets, np.concatenate([cut.features, marks], axis=1))
