"""Which metric a figure is of: the one right after it, else right before it, else its neighbour's in a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from citeweave.extract.figures import AND, BY, GAIN, GAIN_OF, LOSS, Figure
from citeweave.extract.phrasing import (
    AHEAD,
    ANOTHER,
    BETWEEN_AFTER,
    BETWEEN_BEFORE,
    BY_METRIC,
    FASTER,
    FROM_TO,
    IN_TERMS,
    IS,
    LIST_OF,
    LOOSE,
    OF_IT,
    OF_ONE,
    OF_SPEED,
    SPEED,
    VERSUS,
)
from citeweave.extract.stated import Sentence
from citeweave.model import Mention

Metric = tuple[str, Mention | None]
"""A metric's name, empty where the sentence only says that something is ahead, and its mention if it has one."""


def metrics_of(said: Sentence, figures: Sequence[Figure]) -> list[Metric | None]:
    """Each figure's metric; None where the sentence ties it to none."""
    found = [_beside(said, figure, figures) for figure in figures]
    _from_the_next(said, figures, found)
    _the_only_one(said, figures, found)
    _from_the_last(said, figures, found)
    _in_order(said, figures, found)
    _ahead(said, figures, found)
    return found


def _beside(said: Sentence, figure: Figure, figures: Sequence[Figure]) -> Metric | None:
    """The metric that the words between it and the figure tie to it."""
    text = said.text
    after = next((m for m in said.metrics if m.start >= figure.end), None)
    before = next((m for m in reversed(said.metrics) if m.end <= figure.start), None)
    if after and IN_TERMS.fullmatch(text, figure.end, after.start):
        return said.name(after), after
    if before and OF_IT.fullmatch(text, before.end, figure.start):
        return said.name(before), before
    if after and (BETWEEN_AFTER.fullmatch(text, figure.end, after.start) or said.in_brackets(figure.end, after)):
        return said.name(after), after
    if before and _stands_before(said, before, figure):
        return said.name(before), before
    if figure.kind != "absolute" and (speed := SPEED.match(text, figure.end, said.end)):
        return OF_SPEED.get(speed.group(1), "speed"), None
    if figure.kind == "ratio" and FASTER.search(text[said.start : figure.start]):
        return "speed", None
    if before and figure.kind == "change" and LOOSE.fullmatch(text, before.end, figure.start):
        alone = not any(before.end <= other.start < figure.start for other in figures)
        return (said.name(before), before) if alone else None
    return None


def _stands_before(said: Sentence, metric: Mention, figure: Figure) -> bool:
    """Whether what stands between a metric and a figure after it says that it is the metric's."""
    patterns = [BETWEEN_BEFORE]
    if figure.kind != "ratio":
        patterns.append(OF_ONE)
    if figure.kind == "absolute":
        patterns.append(FROM_TO if said.text.startswith("from", figure.start) else IS)
    return any(pattern.fullmatch(said.text, metric.end, figure.start) for pattern in patterns)


def _from_the_next(said: Sentence, figures: Sequence[Figure], found: list[Metric | None]) -> None:
    """``80% and 90% accuracy``, ``80% versus 70% accuracy``."""
    for index in range(len(figures) - 2, -1, -1):
        one, two = figures[index], figures[index + 1]
        beside = one.unit == two.unit and VERSUS.fullmatch(said.text, one.end, two.start)
        if found[index] is None and (beside or said.listed(one, two)):
            found[index] = found[index + 1]


def _the_only_one(said: Sentence, figures: Sequence[Figure], found: list[Metric | None]) -> None:
    """A change is one of the only metric not far before it."""
    if len(said.metrics) != 1:
        return
    only = said.metrics[0]
    for index, figure in enumerate(figures):
        changed = figure.kind == "change" and only.end <= figure.start < only.end + 100
        rest = said.text[figure.end : min(said.end, figure.end + 60)]
        stated = said.text[figure.start] in "+−–-" or BY.search(said.text, only.end, figure.start)
        stated = stated or GAIN.match(rest) or LOSS.match(rest) or GAIN_OF.search(said.text[: figure.start])
        if found[index] is None and changed and stated:
            found[index] = (said.name(only), only)


def _from_the_last(said: Sentence, figures: Sequence[Figure], found: list[Metric | None]) -> None:
    """``80% accuracy on one corpus and 90% on the other``."""
    for index in range(1, len(figures)):
        near = figures[index]
        for last in range(index - 1, max(index - 3, -1), -1):  # past a change in brackets, too
            metric = found[last]
            alike = (near.unit, near.kind) == (figures[last].unit, figures[last].kind)
            between = said.text[figures[last].end : near.start]
            near_by = len(between) < 80 and re.search(r"(?:\band\b|,)", between)
            of_its_own = metric and metric[1] and said.in_brackets(figures[last].end, metric[1])
            if of_its_own and ANOTHER.match(said.text, near.end, said.end):
                break
            if found[index] is None and near_by and (alike or said.goes_on(figures[last], near)):
                found[index] = metric


def _in_order(said: Sentence, figures: Sequence[Figure], found: list[Metric | None]) -> None:
    """Figures and metrics that are listed in the same number belong together in order: ``A and B of 1 and 2``."""
    for group in said.groups(figures):
        size, first, last = len(group), figures[group[0]], figures[group[-1]]
        before = [m for m in said.metrics if m.end <= first.start][-size:]
        after = [m for m in said.metrics if m.start >= last.end][:size]
        for metrics in (before, after) if size > 1 else ():
            near = (
                metrics is before and before and BETWEEN_BEFORE.fullmatch(said.text, before[-1].end, first.start)
            ) or (metrics is after and after and LIST_OF.fullmatch(said.text, last.end, after[0].start))
            listed = all(AND.fullmatch(said.text, a.end, b.start) for a, b in pairwise(metrics))
            if near and listed and len(metrics) == size:
                for index, metric in zip(group, metrics, strict=True):
                    found[index] = (said.name(metric), metric)
                break


def _ahead(said: Sentence, figures: Sequence[Figure], found: list[Metric | None]) -> None:
    """A change that is a result though its metric is named later or not at all: ``outperforms it by 2%``."""
    for index, figure in enumerate(figures):
        ahead = AHEAD.search(said.text, max(said.start, figure.start - 150), min(said.end, figure.end + 30))
        if found[index] is None and figure.kind == "change" and figure.unit and figure.value > 0 and ahead:
            later = next((m for m in said.metrics if m.start >= figure.end), None)
            told = later and (
                said.text.rfind(" in terms of ", figure.end, later.start) >= 0
                or BY_METRIC.search(said.text[figure.end : later.end + 7])
            )
            found[index] = (said.name(later), later) if later and told else ("", None)
        elif index and found[index - 1 : index + 1] == [("", None), None]:
            found[index] = found[index - 1] if said.goes_on(figures[index - 1], figure) else None
