"""Results that sentences state: ``reduces perplexity from 20.5 to 18.3 on WikiText-103``.

A figure counts only where the sentence ties it to a metric, or says by how much one thing is ahead
(``3x faster``, ``outperforms it by 2%``), so that sample sizes, years and settings are not mistaken for
results. Metrics, datasets and models are the recogniser's mentions; the figure's place among them decides
which belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, sentences
from citeweave.extract.figures import AND, BY, GAIN, GAIN_OF, LOSS, Figure, after_metric, figures_of
from citeweave.extract.phrasing import (
    AHEAD,
    ANOTHER,
    ASIDE,
    BETWEEN_AFTER,
    BETWEEN_BEFORE,
    BY_METRIC,
    COMPARED,
    CONDITION,
    COUNTED,
    FASTER,
    FROM_TO,
    HUMANS,
    IN_TERMS,
    IS,
    LINK_WORDS,
    LIST_OF,
    LOOSE,
    MEASURED_CHANGE,
    OF_IT,
    OF_ONE,
    OF_SPEED,
    OF_WHAT,
    ONLY_CHANGE,
    OTHERWISE,
    OURS,
    SETTING,
    SPEED,
    TRAINED,
    VERSUS,
)
from citeweave.model import Mention, PaperEntity, Result, Role

VERSION = "results/3"

_MOST = 40
"""Figures in one sentence beyond which it is a table or noise, not a sentence."""
_NEAR = 40
"""Signs between things and their figures at most, where both are listed."""


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
        doc._.results = find(attributes.text_of(doc), sentences.of(doc), doc._.mentions, doc._.entities)
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
        figures = figures_of(text, start, end, inside)
        if 0 < len(figures) <= _MOST:
            results.extend(_Sentence(text, start, end, inside, names, roles, own).results(figures))
    return results


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
        none = (SETTING.search, ONLY_CHANGE.fullmatch)
        self.metrics = [m for m in mentions if m.type == "Metric" and not any(known(m.text) for known in none)]
        self.datasets = [
            m for m in mentions if m.type == "Dataset" and not TRAINED.search(text, max(start, m.start - 40), m.start)
        ]
        self.things = [m for m in mentions if m.type in ("Model", "Method", "Software")]
        self.names, self.roles, self.own = names, roles, own

    def results(self, figures: list[Figure]) -> list[Result]:
        """The figures that have a metric, as results."""
        found: list[tuple[Figure, Result]] = []
        told = [(f, metric) for f, metric in zip(figures, self._metrics(figures), strict=True) if metric is not None]
        known = [figure for figure, _ in told]
        for (read, (label, mention)), dataset, thing in zip(
            told, self._datasets(known), self._things(known), strict=True
        ):
            figure = read
            if mention is not None and (self._is_condition(figure, figures) or self._is_count(figure, mention)):
                continue
            if mention is not None and figure.kind == "absolute" and MEASURED_CHANGE.search(mention.text):
                figure = replace(figure, kind="change")
            another = False
            if figure.kind == "absolute":
                since = thing.end if thing else self.start
                if HUMANS.search(self.text, since, figure.start):
                    thing, another = None, True
                elif COMPARED.search(self.text[since : figure.start]):
                    thing, another = self._named_after(figure), True
            places = [m for m in (mention, dataset, thing) if m is not None]
            unit = figure.unit
            if mention is not None and mention.start >= figure.end:
                beside = not self.text[figure.end : mention.start].strip(" $")
                if not unit and beside:
                    unit = _unit_of(mention.text, self.text[mention.end : mention.end + 7])
                since = max(self.start, figure.start - 100)
                told_after = self.text[mention.end : min(self.end, mention.end + 60)]
                figure = after_metric(figure, self.text[since : figure.start], told_after)
            own = self.own if thing is None and not another and OURS.search(self.text, self.start, self.end) else ""
            result = Result(
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
            found.append((read, result))
        return self._agreeing(found)

    def _name(self, mention: Mention) -> str:
        return self.names.get(mention.text, mention.text)

    def _is_condition(self, figure: Figure, figures: Sequence[Figure]) -> bool:
        """Whether a whole number says under what condition another figure was reached: ``4.7 FID in 10 steps``."""
        bare = not figure.unit and figure.kind == "absolute" and figure.value.is_integer()
        return bare and len(figures) > 1 and bool(CONDITION.search(self.text, self.start, figure.start))

    def _is_count(self, figure: Figure, metric: Mention) -> bool:
        """Whether a whole number counts metrics, or is the threshold in a metric's name: ``mAP@IoU=0.5``."""
        if "@" in metric.text and self.text[metric.end : figure.start] == "=":
            return True
        beside = not self.text[figure.end : metric.start].strip() and metric.start >= figure.end
        return beside and not figure.unit and figure.value.is_integer() and bool(COUNTED.search(metric.text))

    def _agreeing(self, found: list[tuple[Figure, Result]]) -> list[Result]:
        """``by 2% in accuracy and 3% in recall``: what is listed after a change is one too."""
        made: list[Result] = []
        for index, (figure, result) in enumerate(found):
            if made and made[-1].kind == "change" and result.kind == "absolute":
                last = found[index - 1][0]
                between = self.text[last.end : figure.start]
                aside = ASIDE.fullmatch(self._without_names(between)) and OTHERWISE.match(self.text, figure.end)
                if self._goes_on(last, figure) or (aside and last.unit == figure.unit):
                    result = replace(result, kind="change", value=-result.value if made[-1].value < 0 else result.value)
            made.append(result)
        return made

    def _without_names(self, words: str) -> str:
        for mention in (*self.metrics, *self.datasets):
            words = words.replace(mention.text, " ")
        return words

    def _goes_on(self, last: Figure, figure: Figure) -> bool:
        """Whether a figure goes on a list: ``by 2% in accuracy and 3% in recall``."""
        between = self._without_names(self.text[last.end : figure.start])
        return last.unit == figure.unit and bool(LINK_WORDS.fullmatch(between))

    def _stands_before(self, metric: Mention, figure: Figure) -> bool:
        """Whether what stands between a metric and a figure after it says that it is the metric's."""
        patterns = [BETWEEN_BEFORE]
        if figure.kind != "ratio":
            patterns.append(OF_ONE)
        if figure.kind == "absolute":
            patterns.append(FROM_TO if self.text.startswith("from", figure.start) else IS)
        return any(pattern.fullmatch(self.text, metric.end, figure.start) for pattern in patterns)

    def _metrics(self, figures: list[Figure]) -> list[tuple[str, Mention | None] | None]:
        """Each figure's metric: the one right after it, else right before it, else its neighbour's in a list."""
        found: list[tuple[str, Mention | None] | None] = []
        for figure in figures:
            after = next((m for m in self.metrics if m.start >= figure.end), None)
            before = next((m for m in reversed(self.metrics) if m.end <= figure.start), None)
            if after and IN_TERMS.fullmatch(self.text, figure.end, after.start):
                found.append((self._name(after), after))
            elif before and OF_IT.fullmatch(self.text, before.end, figure.start):
                found.append((self._name(before), before))
            elif after and (
                BETWEEN_AFTER.fullmatch(self.text, figure.end, after.start) or self._in_brackets(figure.end, after)
            ):
                found.append((self._name(after), after))
            elif before and self._stands_before(before, figure):
                found.append((self._name(before), before))
            elif figure.kind != "absolute" and (speed := SPEED.match(self.text, figure.end, self.end)):
                found.append((OF_SPEED.get(speed.group(1), "speed"), None))
            elif figure.kind == "ratio" and FASTER.search(self.text[self.start : figure.start]):
                found.append(("speed", None))
            elif (
                before
                and figure.kind == "change"
                and LOOSE.fullmatch(self.text, before.end, figure.start)
                and not any(before.end <= other.start < figure.start for other in figures)
            ):
                found.append((self._name(before), before))
            else:
                found.append(None)
        for index in range(len(figures) - 2, -1, -1):
            one, two = figures[index], figures[index + 1]
            beside = one.unit == two.unit and VERSUS.fullmatch(self.text, one.end, two.start)
            if found[index] is None and (beside or self._listed(one, two)):
                found[index] = found[index + 1]
        if len(self.metrics) == 1:
            only = self.metrics[0]
            for index, figure in enumerate(figures):
                changed = figure.kind == "change" and only.end <= figure.start < only.end + 100
                rest = self.text[figure.end : min(self.end, figure.end + 60)]
                stated = self.text[figure.start] in "+−–-" or BY.search(self.text, only.end, figure.start)
                stated = stated or GAIN.match(rest) or LOSS.match(rest) or GAIN_OF.search(self.text[: figure.start])
                if found[index] is None and changed and stated:
                    found[index] = (self._name(only), only)
        for index in range(1, len(figures)):
            near = figures[index]
            for last in range(index - 1, max(index - 3, -1), -1):  # past a change in brackets, too
                metric = found[last]
                alike = (near.unit, near.kind) == (figures[last].unit, figures[last].kind)
                between = self.text[figures[last].end : near.start]
                near_by = len(between) < 80 and re.search(r"(?:\band\b|,)", between)
                of_its_own = metric and metric[1] and self._in_brackets(figures[last].end, metric[1])
                if of_its_own and ANOTHER.match(self.text, near.end, self.end):
                    break
                if found[index] is None and near_by and (alike or self._goes_on(figures[last], near)):
                    found[index] = metric
        self._align(figures, found)
        for index, figure in enumerate(figures):
            ahead = AHEAD.search(self.text, max(self.start, figure.start - 150), min(self.end, figure.end + 30))
            if found[index] is None and figure.kind == "change" and figure.unit and figure.value > 0 and ahead:
                later = next((m for m in self.metrics if m.start >= figure.end), None)
                told = later and (
                    self.text.rfind(" in terms of ", figure.end, later.start) >= 0
                    or BY_METRIC.search(self.text[figure.end : later.end + 7])
                )
                found[index] = (self._name(later), later) if later and told else ("", None)
            elif index and found[index - 1 : index + 1] == [("", None), None]:
                found[index] = found[index - 1] if self._goes_on(figures[index - 1], figure) else None
        return found

    def _align(self, figures: list[Figure], found: list[tuple[str, Mention | None] | None]) -> None:
        """Figures and metrics that are listed in the same number belong together in order: ``A and B of 1 and 2``."""
        for group in self._groups(figures):
            size, first, last = len(group), figures[group[0]], figures[group[-1]]
            before = [m for m in self.metrics if m.end <= first.start][-size:]
            after = [m for m in self.metrics if m.start >= last.end][:size]
            for metrics in (before, after) if size > 1 else ():
                near = (
                    metrics is before and before and BETWEEN_BEFORE.fullmatch(self.text, before[-1].end, first.start)
                ) or (metrics is after and after and LIST_OF.fullmatch(self.text, last.end, after[0].start))
                listed = all(AND.fullmatch(self.text, a.end, b.start) for a, b in pairwise(metrics))
                if near and listed and len(metrics) == size:
                    for index, metric in zip(group, metrics, strict=True):
                        found[index] = (self._name(metric), metric)
                    break

    def _groups(self, figures: list[Figure]) -> list[list[int]]:
        """Runs of figures that stand side by side."""
        groups: list[list[int]] = [[0]]
        for index in range(1, len(figures)):
            if self._listed(figures[index - 1], figures[index]):
                groups[-1].append(index)
            else:
                groups.append([index])
        return groups

    def _listed(self, one: Figure, two: Figure) -> bool:
        """Whether two figures stand side by side, as in ``6.4% and 12.5%``."""
        same = one.unit == two.unit or not one.unit
        return same and bool(AND.fullmatch(self.text, one.end, two.start))

    def _datasets(self, figures: list[Figure]) -> list[Mention | None]:
        """Each figure's dataset: the one between it and the next figure, else the last one before it.

        Figures and datasets that are listed in the same number belong together in order.
        """
        found: list[Mention | None] = [None] * len(figures)
        for group, following in pairwise([*self._groups(figures), []]) if figures else ():
            stop = figures[following[0]].start if following else self.end
            after = [m for m in self.datasets if figures[group[-1]].end <= m.start and m.end <= stop]
            before = [m for m in self.datasets if m.end <= figures[group[0]].start]
            listed = after[: len(group)]
            if len(after) > len(group) and not all(
                AND.fullmatch(self.text, one.end, two.start) for one, two in pairwise(listed)
            ):
                listed = []
            if len(group) > 1 and len(listed) == len(group):
                chosen: Sequence[Mention | None] = listed
            elif len(group) > 1 and not after and len(before) == len(group):
                chosen = before
            else:
                later = next((m for m in self.datasets if m.start >= stop), None)
                shared = figures[group[0]].kind == "absolute" or any(
                    figures[group[-1]].end <= m.start < stop for m in self.metrics
                )
                one = after[0] if after else before[-1] if before else later if shared else None
                chosen = [one] * len(group)
            for index, dataset in zip(group, chosen, strict=True):
                found[index] = dataset
        return found

    def _named_after(self, figure: Figure) -> Mention | None:
        """The thing that a figure is said of right after it: ``compared to 13% for BERT``."""
        after = next((m for m in self.things if m.start >= figure.end), None)
        return after if after and OF_WHAT.fullmatch(self.text, figure.end, after.start) else None

    def _things(self, figures: list[Figure]) -> list[Mention | None]:
        """Whose each figure is. ``A and B gain 1 and 2 points``: as many things as figures belong together in order."""
        found = [self._thing(figure) for figure in figures]
        for group in self._groups(figures) if figures else ():
            before = [m for m in self.things if m.end <= figures[group[0]].start][-len(group) :]
            listed = all(AND.fullmatch(self.text, a.end, b.start) for a, b in pairwise(before))
            near = before and figures[group[0]].start - before[-1].end < _NEAR
            if len(group) > 1 and len(before) == len(group) and listed and near:
                for index, thing in zip(group, before, strict=True):
                    found[index] = thing
        return found

    def _in_brackets(self, end: int, mention: Mention) -> bool:
        """Whether a mention alone stands in brackets that open at an offset."""
        return self.text[end : mention.start].strip(" $") == "(" and self.text[mention.end : mention.end + 1] == ")"

    def _thing(self, figure: Figure) -> Mention | None:
        """Whose figure it is: by brackets, else the paper's own thing in this sentence, else the first before it."""
        for m in self.things:
            if self.text[m.end : figure.start].strip(" $") == "(":
                return m
            if self._in_brackets(figure.end, m):
                return m
        own = [m for m in self.things if self.roles.get(self._name(m)) == "introduces"]
        before = [m for m in own if m.end <= figure.start]
        if own:
            return before[-1] if before else own[0]
        others = [m for m in self.things if m.end <= figure.start and self.roles.get(self._name(m)) != "compares"]
        return (
            None if self.own and OURS.search(self.text, self.start, figure.start) else (others[0] if others else None)
        )


def _unit_of(metric: str, after: str) -> str:
    """``BLEU`` of 34 BLEU, ``points`` of 2 accuracy points; no unit where the metric is words."""
    if " " not in metric and any(c.isupper() for c in metric):
        return metric
    return "points" if after.startswith(" point") else ""
