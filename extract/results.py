"""Results that sentences state: ``reduces perplexity from 20.5 to 18.3 on WikiText-103``.

A figure counts only where the sentence ties it to a metric, or says by how much one thing is ahead
(``3x faster``, ``outperforms it by 2%``), so that sample sizes, years and settings are not mistaken for
results. Metrics, datasets and models are the recogniser's mentions; the figure's place among them decides
which belong to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, sentences
from citeweave.extract.figure_metrics import metrics_of
from citeweave.extract.figures import AND, Figure, after_metric, figures_of
from citeweave.extract.phrasing import (
    ASIDE,
    COMPARED,
    CONDITION,
    COUNTED,
    HUMANS,
    MEASURED_CHANGE,
    OF_WHAT,
    OTHERWISE,
    OURS,
)
from citeweave.extract.stated import Sentence
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
            said = Sentence(text, start, end, inside, names)
            results.extend(_Reader(said, roles, own).results(figures))
    return results


class _Reader:
    """Reads the results of one sentence: for every figure the metric, the dataset and whose it is."""

    def __init__(self, said: Sentence, roles: dict[str, Role], own: str) -> None:
        self.said, self.text, self.start, self.end = said, said.text, said.start, said.end
        self.roles, self.own = roles, own

    def results(self, figures: list[Figure]) -> list[Result]:
        """The figures that have a metric, as results."""
        metrics = metrics_of(self.said, figures)
        told = [(figure, metric) for figure, metric in zip(figures, metrics, strict=True) if metric is not None]
        known = [figure for figure, _ in told]
        found: list[tuple[Figure, Result]] = []
        for (figure, (label, metric)), dataset, thing in zip(
            told, self._datasets(known), self._things(known), strict=True
        ):
            if metric is None or not (self._is_condition(figure, figures) or self._is_count(figure, metric)):
                found.append((figure, self._result(figure, label, metric, dataset, thing)))
        return self._agreeing(found)

    def _result(
        self, figure: Figure, label: str, metric: Mention | None, dataset: Mention | None, thing: Mention | None
    ) -> Result:
        if metric is not None and figure.kind == "absolute" and MEASURED_CHANGE.search(metric.text):
            figure = replace(figure, kind="change")
        own = self.own if OURS.search(self.text, self.start, self.end) else ""
        if figure.kind == "absolute":
            since = thing.end if thing else self.start
            if HUMANS.search(self.text, since, figure.start):
                thing, own = None, ""
            elif COMPARED.search(self.text[since : figure.start]):
                thing, own = self._named_after(figure), ""
        places = [m for m in (metric, dataset, thing) if m is not None]
        start, end, unit = figure.start, figure.end, figure.unit
        if metric is not None and metric.start >= end:
            if not unit and not self.text[end : metric.start].strip(" $"):
                unit = _unit_of(metric.text, self.text[metric.end : metric.end + 7])
            before = self.text[max(self.start, start - 100) : start]
            figure = after_metric(figure, before, self.text[metric.end : min(self.end, metric.end + 60)])
        return Result(
            entity=self.said.name(thing) if thing else own,
            dataset=self.said.name(dataset) if dataset else "",
            metric=label,
            value=figure.value,
            unit=unit,
            start=min(start, *(m.start for m in places)) if places else start,
            end=max(end, *(m.end for m in places)) if places else end,
            kind=figure.kind,
            by=VERSION,
        )

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
                aside = ASIDE.fullmatch(self.said.without_names(between)) and OTHERWISE.match(self.text, figure.end)
                if self.said.goes_on(last, figure) or (aside and last.unit == figure.unit):
                    result = replace(result, kind="change", value=-result.value if made[-1].value < 0 else result.value)
            made.append(result)
        return made

    def _datasets(self, figures: list[Figure]) -> list[Mention | None]:
        """Each figure's dataset: the one between it and the next figure, else the last one before it.

        Figures and datasets that are listed in the same number belong together in order.
        """
        found: list[Mention | None] = [None] * len(figures)
        for group, following in pairwise([*self.said.groups(figures), []]):
            stop = figures[following[0]].start if following else self.end
            after = [m for m in self.said.datasets if figures[group[-1]].end <= m.start and m.end <= stop]
            before = [m for m in self.said.datasets if m.end <= figures[group[0]].start]
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
                later = next((m for m in self.said.datasets if m.start >= stop), None)
                shared = figures[group[0]].kind == "absolute" or any(
                    figures[group[-1]].end <= m.start < stop for m in self.said.metrics
                )
                one = after[0] if after else before[-1] if before else later if shared else None
                chosen = [one] * len(group)
            for index, dataset in zip(group, chosen, strict=True):
                found[index] = dataset
        return found

    def _named_after(self, figure: Figure) -> Mention | None:
        """The thing that a figure is said of right after it: ``compared to 13% for BERT``."""
        after = next((m for m in self.said.things if m.start >= figure.end), None)
        return after if after and OF_WHAT.fullmatch(self.text, figure.end, after.start) else None

    def _things(self, figures: list[Figure]) -> list[Mention | None]:
        """Whose each figure is. ``A and B gain 1 and 2 points``: as many things as figures belong together in order."""
        found = [self._thing(figure) for figure in figures]
        for group in self.said.groups(figures):
            before = [m for m in self.said.things if m.end <= figures[group[0]].start][-len(group) :]
            listed = all(AND.fullmatch(self.text, a.end, b.start) for a, b in pairwise(before))
            near = before and figures[group[0]].start - before[-1].end < _NEAR
            if len(group) > 1 and len(before) == len(group) and listed and near:
                for index, thing in zip(group, before, strict=True):
                    found[index] = thing
        return found

    def _thing(self, figure: Figure) -> Mention | None:
        """Whose figure it is: by brackets, else the paper's own thing in this sentence, else the first before it."""
        for m in self.said.things:
            if self.text[m.end : figure.start].strip(" $") == "(":
                return m
            if self.said.in_brackets(figure.end, m):
                return m
        own = [m for m in self.said.things if self.roles.get(self.said.name(m)) == "introduces"]
        before = [m for m in own if m.end <= figure.start]
        if own:
            return before[-1] if before else own[0]
        others = [
            m for m in self.said.things if m.end <= figure.start and self.roles.get(self.said.name(m)) != "compares"
        ]
        return (
            None if self.own and OURS.search(self.text, self.start, figure.start) else (others[0] if others else None)
        )


def _unit_of(metric: str, after: str) -> str:
    """``BLEU`` of 34 BLEU, ``points`` of 2 accuracy points; no unit where the metric is words."""
    if " " not in metric and any(c.isupper() for c in metric):
        return metric
    return "points" if after.startswith(" point") else ""
