"""Figures in a sentence that may be results: value, unit, and whether it is one itself, a change or a factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from citeweave.model import Mention

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_FIGURE = re.compile(
    rf"(?<![\w.,@^_{{-])(?<!\^\{{\s)(?<!(?<!%)/)"
    rf"(?P<from>from\s+(?:up to |about |around )?\$?(?:{_NUMBER})\s?(?:\\?%|ms|dB|points?)?\$?\s+(?:up |down )?to\s+)?"
    rf"(?P<sign>[+−–-]|\\[pm]{{2}})?\$?(?P<number>{_NUMBER})(?![\w]*\d|:\d)"
    rf"(?:(?:\s?\\?%?\s?[–~-]{{1,2}}\s?|\sto\s)(?:{_NUMBER}))?\$?"
    r"(?P<unit>\s?\\?%|\s?percent(?:age points?)?\b|\s?(?:absolute |percentage )?points?\b|\s?pp\b"
    r"|\s?(?:[x×X]|\\times)(?=[\s,.;:)$-])|[ -]?times\b(?= (?:\w+er|more|less|as|the|speed-?ups?|in)\b)"
    r"|[ -]?fold\b(?![ -]cross)"
    r"|\s?(?:ms|milliseconds?|seconds?|minutes?|hours?|fps|FPS|dB|[GMK]B|GFLOPs)\b)?"
    r"(?![\d.]*\d|-?[A-Za-z])(?!(?<!%)/\d)(?!(?<=\d)/[A-Za-z])\$?"
)
GAIN = re.compile(
    r"\s?(?:\([^)]*\) )?(?:(?:absolute|relative(?:ly)?|average|overall|significant|accuracy|performance|further) ){0,2}"
    r"(?:improve\w*|enhancements?|gains?|increas\w*|boost|higher|better|more|greater|faster|advantage|lead|margin)\b"
)
LOSS = re.compile(
    r"\s?(?:(?:absolute|relative|average|overall|significant) ){0,2}"
    r"(?:reduc\w*|decreas\w*|drop\w*|lower|fewer|less|smaller|decline|degradation|loss)\b"
)
BY = re.compile(
    r"\bby(?: (?:a|an|the|large|significant|relative|absolute|margin|of|up to|about|over|around|nearly|almost|roughly"
    r"|more than|at least|as much as|approximately|average|on))*[ ~∼≈$\\{}a-z]{0,6}$"
)
GAIN_OF = re.compile(
    r"\b(?:improvements?|gains?|increases?|boosts?|margins?|enhancements?)(?: [\w-]+){0,8} of"
    r"(?: up to| about| over| approximately| around| nearly)? ?[~∼≈$+]*$"
)
_GAINS = re.compile(r"\b(?:gain(?:s|ed|ing)?(?: an?| of| up to| about| over)*|improv(?:e[sd]?|ing) up to)[ ~∼≈$]+$")
_LOSS_OF = re.compile(r"\b(?:reductions?|decreases?|drops?)(?: [\w-]+){0,3} of(?: up to| about| over)? ?[~∼≈$-]*$")
_FALLS = re.compile(
    r"\b(?:reduc|decreas|lower|cut|shrink|drop|declin|sav|clos|narrow|halv|lag|trail|underperform|los[et]|degrad)\w*\b"
)
_RISES = re.compile(r"\b(?:improv|increas|rais|boost|outperform|surpass|exceed|beat|gain|advanc)\w*\b")
_UP_TO = re.compile(r"\b(?:outperform|surpass|exceed|beat)\w*\b[^.;()]{0,120}\bup to $")
_AHEAD_BY = re.compile(r"\b(?:outperform|surpass|exceed|beat)\w*(?: it| them)? $")
AND = re.compile(r"\s*(?:,|and|,\s*and|or|/)\s*\$?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit and its offsets; a change that goes down is negative."""

    start: int
    end: int
    value: float
    unit: str
    kind: Literal["absolute", "change", "ratio"]


def figures_of(text: str, start: int, end: int, mentions: Sequence[Mention]) -> list[Figure]:
    """The numbers of a sentence that may be results, outside the mentions' own names."""
    figures = []
    for found in _FIGURE.finditer(text, start, end):
        at, stop = found.start("number"), found.end()
        if any(m.start < stop and at < m.end for m in mentions if not found["unit"]):
            continue
        if any(m.start <= at < m.end for m in mentions):
            continue
        number = found["number"]
        value = float(number.replace(",", "." if number.startswith("0,") else ""))
        unit = (found["unit"] or "").strip(" \\-")
        unit = {"percent": "%", "pp": "points", "point": "points", "X": "x", "×": "x", "times": "x", "fold": "x"}.get(
            unit, "points" if unit.endswith(("points", "point")) else unit
        )
        before = text[max(start, found.start() - 200) : found.start()]
        after = text[stop : min(end, stop + 60)]
        kind = _kind(before, after, found, unit)
        if kind == "change" and _falls(before, after, found):
            value = -value
        if not unit and value.is_integer() and _is_place(value, before, after):
            continue
        figures.append(Figure(found.start(), len(text[:stop].rstrip("$ ")), value, unit, kind))
    for two, one in pairwise(range(len(figures) - 1, -1, -1)):
        _share_unit(text, figures, one, two)
    for one, two in pairwise(range(len(figures))):
        _agree(text, figures, one, two)
    for two, one in pairwise(range(len(figures) - 1, -1, -1)):
        _agree(text, figures, one, two)
    return figures


def _is_place(value: float, before: str, after: str) -> bool:
    """Whether a whole number is a year, the number of an item in a list, or how many there were: ``6th out of 12``."""
    item = value < 10 and before.endswith("(") and after.startswith(")")
    return item or 1900 <= value <= 2100 or before.endswith(" out of ")


def _share_unit(text: str, figures: list[Figure], one: int, two: int) -> None:
    """In a list such as ``gains of 0.7, 1.9 and 1.4 points`` the last unit is that of all."""
    alike = not figures[one].unit and figures[two].unit == "points"
    if alike and AND.fullmatch(text, figures[one].end, figures[two].start):
        figures[one] = replace(figures[one], unit="points", kind="change")


def _agree(text: str, figures: list[Figure], one: int, two: int) -> None:
    """In a list such as ``gains of 2% and 3%`` every figure is what one of them is known to be."""
    if figures[one].unit != figures[two].unit or not AND.fullmatch(text, figures[one].end, figures[two].start):
        return
    for known, other in ((figures[one], two), (figures[two], one)):
        if known.kind == "change" and figures[other].kind == "absolute":
            value = figures[other].value
            figures[other] = replace(figures[other], kind="change", value=-value if known.value < 0 else value)


def after_metric(figure: Figure, before: str, after: str) -> Figure:
    """A figure whose metric is followed by a word of change: ``0.5 BLEU points improvement``."""
    if figure.kind == "absolute" and after.startswith(" point") and _RISES.search(before):
        return replace(figure, kind="change")
    after = re.sub(r"^\s?(?:scores?|points?|absolute|\s)*", " ", after)
    if figure.kind == "absolute" and (GAIN.match(after) or LOSS.match(after)):
        return replace(figure, kind="change", value=-figure.value if LOSS.match(after) else figure.value)
    return figure


def _kind(before: str, after: str, found: re.Match[str], unit: str) -> Literal["absolute", "change", "ratio"]:
    if unit in ("x", "times"):
        return "ratio"
    if found["from"]:
        return "absolute"
    if found["sign"] or unit == "points":
        return "change"
    if (
        _GAINS.search(before)
        or GAIN.match(after)
        or LOSS.match(after)
        or GAIN_OF.search(before)
        or _LOSS_OF.search(before)
    ):
        return "change"
    return "change" if BY.search(before) or _UP_TO.search(before) or _AHEAD_BY.search(before) else "absolute"


def _falls(before: str, after: str, found: re.Match[str]) -> bool:
    """Whether a change goes down."""
    if found["sign"]:
        return found["sign"] in "−–-"
    if LOSS.match(after) or _LOSS_OF.search(before):
        return True
    verbs = [(m.start(), sign) for sign, p in ((True, _FALLS), (False, _RISES)) for m in p.finditer(before)]
    return bool(BY.search(before)) and max(verbs, default=(0, False))[1]
