"""Closed word lists, written as running text."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The set of the space-separated words of a text."""
    return frozenset(text.split())
