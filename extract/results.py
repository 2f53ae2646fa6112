"""Results that sentences state: ``reduces perplexity from 20.5 to 18.3 on WikiText-103``.

A figure counts only where the sentence ties it to a metric (or is itself a factor: ``3x faster``), so
that sample sizes, years and hyper-parameters are not mistaken for results. Metrics, datasets and
models are the recogniser's mentions; the figure's place among them decides which belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, sentences
from citeweave.model import Mention, PaperEntity, Result, Role

VERSION = "results/1"

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_FIGURE = re.compile(
    rf"(?<![\w.,/@^_-])(?P<from>(?:from\s+)?\$?(?:{_NUMBER})\s?(?:\\?%)?\$?\s+(?:up |down )?to\s+)?"
    rf"(?P<sign>[+−–-]|\\[pm]{{2}})?\$?(?P<number>{_NUMBER})(?![\w]*\d|:\d)"
    rf"(?:\s?[–-]{{1,2}}\s?(?:{_NUMBER}))?\$?"
    r"(?P<unit>\s?\\?%|\s?percent(?:age points?)?\b|\s?(?:absolute |percentage )?points?\b|\s?pp\b"
    r"|\s?(?:[x×X]|\\times)(?=[\s,.;:)$-])|[ -]?times\b(?= (?:\w+er|more|less|as|the)\b)|[ -]?fold\b)?"
    r"(?![\d.]*\d|-?[A-Za-z]|/\d)\$?"
)
_GAIN = re.compile(
    r"\s?(?:\([^)]*\) )?(?:(?:absolute|relative|average|overall|significant|accuracy|performance|further) ){0,2}"
    r"(?:improve\w*|gains?|increas\w*|boost|higher|better|more|greater|faster|advantage|lead|margin)\b"
)
_LOSS = re.compile(
    r"\s?(?:(?:absolute|relative|average|overall|significant) ){0,2}"
    r"(?:reduc\w*|decreas\w*|drop\w*|lower|fewer|less|smaller|decline|degradation|loss)\b"
)
_BY = re.compile(
    r"\bby(?: (?:a|an|the|large|significant|margin|of|up to|about|over|around|nearly|almost|roughly"
    r"|more than|at least|as much as|approximately|average|on))*[ ~∼≈$\\{}a-z]{0,6}$"
)
_GAIN_OF = re.compile(
    r"\b(?:improvements?|gains?|increases?|boosts?|margins?)(?: [\w-]+){0,3} of(?: up to| about| over)? ?[~∼≈$+]*$"
)
_LOSS_OF = re.compile(r"\b(?:reductions?|decreases?|drops?)(?: [\w-]+){0,3} of(?: up to| about| over)? ?[~∼≈$-]*$")
_FALLS = re.compile(r"\b(?:reduc|decreas|lower|cut|shrink|drop|declin|sav|clos|narrow|halv)\w*\b")
_RISES = re.compile(r"\b(?:improv|increas|rais|boost|outperform|surpass|exceed|beat|gain|advanc)\w*\b")
_BETWEEN_AFTER = re.compile(
    r"\s?\$?\s?(?:(?:in|of|on|for|points?|absolute|relative|average|averaged|mean|overall|test|validation|top|the|a|an"
    r"|improvements?|gains?|increases?|increased|reductions?|reduced|decreases?|drops?|boosts?|higher|lower|better|less|fewer|more"
    r"|smaller|faster|accuracy|score|scores|percentage)\s?)*"
)
_BETWEEN_BEFORE = re.compile(
    r"\s?(?:(?:improvements?|gains?|increases?|boosts?|reductions?|decreases?|drops?|scores?|rates?|values?|results?|performance|of|is|was|are|to|at|by|up|about|over|nearly|around|almost|as|low|high"
    r"|only|just|a|an|the|reach(?:es|ed|ing)?|improved|increased|reduced|achieved|from|an average|average|below"
    r"|above|than|under|less|more|approximately|on average|equal|being|respectively)\s?|[=:(~∼≈$,\s])*"
)
_OF_IT = re.compile(r"\s?(?:scores?|rates?|values?)?\s?(?:of|=|:|\(|is|was)\s?[~∼≈$]*")
_AND = re.compile(r"\s*(?:,|and|,\s*and|or|/)\s*\$?")
_MOST = 40
"""Figures in one sentence beyond which it is a table or noise, not a sentence."""
_SPEED = re.compile(r"\s?(?:\w+ )?(faster|slower|speed-?ups?|smaller|larger|cheaper)\b")
_OF_SPEED = {"smaller": "size", "larger": "size", "cheaper": "cost"}
_OURS = re.compile(r"\b(?:we|our|ours|proposed|this|the|it|its)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Figure:
    start: int
    end: int
    value: float
    unit: str
    kind: Literal["absolute", "change", "ratio"]


@Language.factory("citeweave_results", requires=["doc._.mentions"], assigns=["doc._.results"])
def make_results(nlp: Language, name: str) -> Results:
    """Register the component with spaCy."""
    return Results()


class Results:
    """spaCy component: sets ``doc._.results``."""

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Read the results of one document."""
        doc._.results = find(doc.text, sentences.of(doc), doc._.mentions, doc._.entities)
        return doc


def find(
    text: str,
    sentences: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
    entities: Sequence[PaperEntity],
) -> list[Result]:
    """All results that the sentences of a text state, in order."""
    names = {form: entity.name for entity in entities for form in entity.mentions}
    roles = {entity.name: entity.role for entity in entities}
    own = next((e.name for e in entities if e.role == "introduces" and e.type in ("Model", "Method")), "")
    results = []
    for start, end in sentences:
        inside = [m for m in mentions if start <= m.start and m.end <= end]
        figures = _figures(text, start, end, inside)
        if 0 < len(figures) <= _MOST:
            results.extend(_Sentence(text, start, end, inside, names, roles, own).results(figures))
    return results


def _figures(text: str, start: int, end: int, mentions: Sequence[Mention]) -> list[_Figure]:
    """The numbers of a sentence that may be results, outside the mentions' own names."""
    figures = []
    for found in _FIGURE.finditer(text, start, end):
        at, stop = found.start("number"), found.end()
        if any(m.start < stop and at < m.end for m in mentions if not found["unit"]):
            continue
        if any(m.start <= at < m.end for m in mentions):
            continue
        value = float(found["number"].replace(",", ""))
        unit = (found["unit"] or "").strip(" \\-")
        unit = {"percent": "%", "pp": "points", "point": "points", "X": "x", "×": "x", "times": "x", "fold": "x"}.get(
            unit, "points" if unit.endswith(("points", "point")) else unit
        )
        before = text[max(start, found.start() - 200) : found.start()]
        after = text[stop : min(end, stop + 60)]
        kind = _kind(before, after, found, unit)
        if kind == "change" and _falls(before, after, found):
            value = -value
        if not unit and value.is_integer() and 1900 <= value <= 2100:
            continue
        figures.append(_Figure(found.start(), len(text[:stop].rstrip("$ ")), value, unit, kind))
    for one, two in pairwise(range(len(figures))):
        _agree(text, figures, one, two)
    for two, one in pairwise(range(len(figures) - 1, -1, -1)):
        _agree(text, figures, one, two)
    return figures


def _agree(text: str, figures: list[_Figure], one: int, two: int) -> None:
    """In a list such as ``gains of 2% and 3%`` every figure is what one of them is known to be."""
    if figures[one].unit != figures[two].unit or not _AND.fullmatch(text, figures[one].end, figures[two].start):
        return
    for known, other in ((figures[one], two), (figures[two], one)):
        if known.kind == "change" and figures[other].kind == "absolute":
            value = figures[other].value
            figures[other] = replace(figures[other], kind="change", value=-value if known.value < 0 else value)


def _after_metric(figure: _Figure, after: str) -> _Figure:
    """A figure whose metric is followed by a word of change: ``0.5 BLEU points improvement``."""
    after = re.sub(r"^\s?(?:scores?|points?|absolute|\s)*", " ", after)
    if figure.kind == "absolute" and (_GAIN.match(after) or _LOSS.match(after)):
        return replace(figure, kind="change", value=-figure.value if _LOSS.match(after) else figure.value)
    return figure


def _kind(before: str, after: str, found: re.Match[str], unit: str) -> Literal["absolute", "change", "ratio"]:
    if unit in ("x", "times"):
        return "ratio"
    if found["from"]:
        return "absolute"
    if found["sign"] or unit == "points":
        return "change"
    if _GAIN.match(after) or _LOSS.match(after) or _GAIN_OF.search(before) or _LOSS_OF.search(before):
        return "change"
    return "change" if _BY.search(before) else "absolute"


def _falls(before: str, after: str, found: re.Match[str]) -> bool:
    """Whether a change goes down."""
    if found["sign"]:
        return found["sign"] in "−–-"
    if _LOSS.match(after) or _LOSS_OF.search(before):
        return True
    verbs = [(m.start(), sign) for sign, p in ((True, _FALLS), (False, _RISES)) for m in p.finditer(before)]
    return bool(_BY.search(before)) and max(verbs, default=(0, False))[1]


class _Sentence:
    """One sentence with its mentions: finds for every figure the metric, the dataset and the entity."""

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        mentions: Sequence[Mention],
        names: dict[str, str],
        roles: dict[str, Role],
        own: str,
    ) -> None:
        self.text, self.start, self.end = text, start, end
        self.metrics = [m for m in mentions if m.type == "Metric"]
        self.datasets = [m for m in mentions if m.type == "Dataset"]
        self.things = [m for m in mentions if m.type in ("Model", "Method", "Software")]
        self.names, self.roles, self.own = names, roles, own

    def results(self, figures: list[_Figure]) -> list[Result]:
        """The figures that have a metric, as results."""
        found: list[Result] = []
        metrics = self._metrics(figures)
        datasets = self._datasets(figures)
        for figure, metric, dataset in zip(figures, metrics, datasets, strict=True):
            if metric is None:
                continue
            label, mention = metric
            thing = self._thing(figure)
            places = [m for m in (mention, dataset, thing) if m is not None]
            unit = figure.unit
            if mention is not None and mention.start >= figure.end:
                if not unit and not self.text[figure.end : mention.start].strip(" $"):
                    unit = mention.text
                figure = _after_metric(figure, self.text[mention.end : min(self.end, mention.end + 60)])
            own = self.own if thing is None and _OURS.search(self.text, self.start, self.end) else ""
            found.append(
                Result(
                    entity=self._name(thing) if thing else own,
                    dataset=self._name(dataset) if dataset else "",
                    metric=label,
                    value=figure.value,
                    unit=unit,
                    start=min(figure.start, *(m.start for m in places)) if places else figure.start,
                    end=max(figure.end, *(m.end for m in places)) if places else figure.end,
                    kind=figure.kind,
                    by=VERSION,
                )
            )
        return found

    def _name(self, mention: Mention) -> str:
        return self.names.get(mention.text, mention.text)

    def _metrics(self, figures: list[_Figure]) -> list[tuple[str, Mention | None] | None]:
        """Each figure's metric: the one right after it, else right before it, else its neighbour's in a list."""
        found: list[tuple[str, Mention | None] | None] = []
        for figure in figures:
            after = next((m for m in self.metrics if m.start >= figure.end), None)
            before = next((m for m in reversed(self.metrics) if m.end <= figure.start), None)
            if before and _OF_IT.fullmatch(self.text, before.end, figure.start):
                found.append((self._name(before), before))
            elif after and _BETWEEN_AFTER.fullmatch(self.text, figure.end, after.start):
                found.append((self._name(after), after))
            elif before and _BETWEEN_BEFORE.fullmatch(self.text, before.end, figure.start):
                found.append((self._name(before), before))
            elif figure.kind == "ratio" and (speed := _SPEED.match(self.text, figure.end, self.end)):
                found.append((_OF_SPEED.get(speed.group(1), "speed"), None))
            else:
                found.append(None)
        for index in range(len(figures) - 2, -1, -1):
            if found[index] is None and self._listed(figures[index], figures[index + 1]):
                found[index] = found[index + 1]
        if len(self.metrics) == 1:
            only = self.metrics[0]
            for index, figure in enumerate(figures):
                changed = figure.kind == "change" and only.end <= figure.start < only.end + 100
                stated = self.text[figure.start] in "+−–-" or _BY.search(self.text, only.end, figure.start)
                if found[index] is None and changed and stated:
                    found[index] = (self._name(only), only)
        for index in range(1, len(figures)):
            near, last = figures[index], figures[index - 1]
            between = self.text[last.end : near.start]
            same = near.unit == last.unit and near.kind == last.kind
            if found[index] is None and same and len(between) < 80 and re.search(r"(?:\band\b|,)", between):
                found[index] = found[index - 1]
        return found

    def _listed(self, one: _Figure, two: _Figure) -> bool:
        """Whether two figures stand side by side, as in ``6.4% and 12.5%``."""
        same = one.unit == two.unit or not one.unit
        return same and bool(_AND.fullmatch(self.text, one.end, two.start))

    def _datasets(self, figures: list[_Figure]) -> list[Mention | None]:
        """Each figure's dataset: the one between it and the next figure, else the last one before it.

        Figures and datasets that are listed in the same number belong together in order.
        """
        found: list[Mention | None] = [None] * len(figures)
        groups: list[list[int]] = [[0]]
        for index in range(1, len(figures)):
            if self._listed(figures[index - 1], figures[index]):
                groups[-1].append(index)
            else:
                groups.append([index])
        for group, following in pairwise([*groups, []]):
            stop = figures[following[0]].start if following else self.end
            after = [m for m in self.datasets if figures[group[-1]].end <= m.start and m.end <= stop]
            before = [m for m in self.datasets if m.end <= figures[group[0]].start]
            listed = after[: len(group)]
            if len(after) > len(group) and not all(
                _AND.fullmatch(self.text, one.end, two.start) for one, two in pairwise(listed)
            ):
                listed = []
            if len(group) > 1 and len(listed) == len(group):
                chosen: Sequence[Mention | None] = listed
            elif len(group) > 1 and not after and len(before) == len(group):
                chosen = before
            else:
                one = after[0] if after else before[-1] if before else None
                chosen = [one] * len(group)
            for index, dataset in zip(group, chosen, strict=True):
                found[index] = dataset
        return found

    def _thing(self, figure: _Figure) -> Mention | None:
        """Whose figure it is: the paper's own thing in this sentence, else the first thing before the figure."""
        own = [m for m in self.things if self.roles.get(self._name(m)) == "introduces"]
        before = [m for m in own if m.end <= figure.start]
        if before or own:
            return (before or own)[-1] if before else own[0]
        others = [m for m in self.things if m.end <= figure.start and self.roles.get(self._name(m)) != "compares"]
        return (
            None if self.own and _OURS.search(self.text, self.start, figure.start) else (others[0] if others else None)
        )
