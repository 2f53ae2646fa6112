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
from citeweave.model import Mention, PaperEntity, Result, Role

VERSION = "results/2"

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
_OF_IT = re.compile(r"\s?\)?\s?(?:scores?|rates?|values?)?\s?(?:of|=|:|\(|is|was)(?: only| about| over)?\s?[~∼≈$]*")
_IN_TERMS = re.compile(r"[\s,$]*(?:\([^()]{1,40}\)[\s,]*)?(?:points? )?in terms of (?:the |average )?")
_LOOSE = re.compile(
    r"\s(?:of|on|for|in|over|across)\s[^,;.()]{1,60}\s(?:by|of)(?:\s(?:up to|about|over|around|more than|at least"
    r"|an average of))?\s?[~∼≈$]*"
)
"""Between a metric and its change: ``accuracy on the test set by 2%``."""
_LIST_OF = re.compile(r"\s?(?:(?:in|of|on|for|the|terms|metrics?|scores?|test|average)\s)*")
_SETTING = re.compile(
    r"\b(?:learning rate|batch size|temperature|momentum|weight decay|dropout rate)s?$", re.IGNORECASE
)
_TRAINED = re.compile(r"\b(?:with|from|using|(?:train|tun|learn)(?:ed|ing) (?:on|over|with))\s(?:the |our |a )?$")
"""Before a dataset that a thing was made from, not measured on."""
_FASTER = re.compile(r"\b(?:speed(?:s|ed|ing)? up|accelerat\w+)\b[^.;,()]{0,60} by (?:up to |about |over )?[~∼≈$]*$")
_HUMANS = re.compile(r"\bhumans?\b")
_MEASURED_CHANGE = re.compile(
    r"\b(?:improvements?|gains?|increases?|reductions?|decreases?|speed-?ups?|drops?)$", re.IGNORECASE
)
_LINK_WORDS = re.compile(
    r"(?:\s|,|;|\b(?:in|of|on|for|and|by|up|to|the|points?|scores?|while|with|an?|average|respectively)\b)*"
)
_CONDITION = re.compile(r"\b(?:in|with|using|within|after|at|only) (?:only |just |about )?$")
_AHEAD = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|improv|gain|boost|better|superior|enhanc|advanc|lead|margin|state-of-the-art|drop|degrad)"
)
"""Words that tie a change to results even where the sentence names no metric."""
_MOST = 40
"""Figures in one sentence beyond which it is a table or noise, not a sentence."""
_SPEED = re.compile(r"\s?(?:\w+ )?(faster|slower|speed-?ups?|smaller|larger|cheaper)\b")
_OF_SPEED = {"smaller": "size", "larger": "size", "cheaper": "cost"}
_OURS = re.compile(r"\b(?:we|our|ours|proposed|this|the|it|its)\b", re.IGNORECASE)


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
        self.metrics = [m for m in mentions if m.type == "Metric" and not _SETTING.search(m.text)]
        self.datasets = [
            m for m in mentions if m.type == "Dataset" and not _TRAINED.search(text, max(start, m.start - 40), m.start)
        ]
        self.things = [m for m in mentions if m.type in ("Model", "Method", "Software")]
        self.names, self.roles, self.own = names, roles, own

    def results(self, figures: list[Figure]) -> list[Result]:
        """The figures that have a metric, as results."""
        found: list[tuple[Figure, Result]] = []
        metrics = self._metrics(figures)
        datasets = self._datasets(figures)
        for read, metric, dataset in zip(figures, metrics, datasets, strict=True):
            figure = read
            if metric is None:
                continue
            label, mention = metric
            if mention is not None and self._is_condition(figure, figures):
                continue
            if mention is not None and figure.kind == "absolute" and _MEASURED_CHANGE.search(mention.text):
                figure = replace(figure, kind="change")
            thing, human = self._thing(figure), False
            if figure.kind == "absolute" and _HUMANS.search(
                self.text, thing.end if thing else self.start, figure.start
            ):
                thing, human = None, True
            places = [m for m in (mention, dataset, thing) if m is not None]
            unit = figure.unit
            if mention is not None and mention.start >= figure.end:
                if not unit and not self.text[figure.end : mention.start].strip(" $"):
                    unit = mention.text
                figure = after_metric(figure, self.text[mention.end : min(self.end, mention.end + 60)])
            own = self.own if thing is None and not human and _OURS.search(self.text, self.start, self.end) else ""
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
        return bare and len(figures) > 1 and bool(_CONDITION.search(self.text, self.start, figure.start))

    def _agreeing(self, found: list[tuple[Figure, Result]]) -> list[Result]:
        """``by 2% in accuracy and 3% in recall``: what is listed after a change is one too."""
        known = (*self.metrics, *self.datasets)
        made: list[Result] = []
        for index, (figure, result) in enumerate(found):
            if made and made[-1].kind == "change" and result.kind == "absolute":
                last = found[index - 1][0]
                between = self.text[last.end : figure.start]
                for mention in known:
                    between = between.replace(mention.text, " ")
                if last.unit == figure.unit and _LINK_WORDS.fullmatch(between):
                    result = replace(result, kind="change", value=-result.value if made[-1].value < 0 else result.value)
            made.append(result)
        return made

    def _metrics(self, figures: list[Figure]) -> list[tuple[str, Mention | None] | None]:
        """Each figure's metric: the one right after it, else right before it, else its neighbour's in a list."""
        found: list[tuple[str, Mention | None] | None] = []
        for figure in figures:
            after = next((m for m in self.metrics if m.start >= figure.end), None)
            before = next((m for m in reversed(self.metrics) if m.end <= figure.start), None)
            if after and _IN_TERMS.fullmatch(self.text, figure.end, after.start):
                found.append((self._name(after), after))
            elif before and _OF_IT.fullmatch(self.text, before.end, figure.start):
                found.append((self._name(before), before))
            elif after and _BETWEEN_AFTER.fullmatch(self.text, figure.end, after.start):
                found.append((self._name(after), after))
            elif before and _BETWEEN_BEFORE.fullmatch(self.text, before.end, figure.start):
                found.append((self._name(before), before))
            elif figure.kind == "ratio" and (speed := _SPEED.match(self.text, figure.end, self.end)):
                found.append((_OF_SPEED.get(speed.group(1), "speed"), None))
            elif figure.kind == "ratio" and _FASTER.search(self.text[self.start : figure.start]):
                found.append(("speed", None))
            elif (
                before
                and figure.kind == "change"
                and _LOOSE.fullmatch(self.text, before.end, figure.start)
                and not any(before.end <= other.start < figure.start for other in figures)
            ):
                found.append((self._name(before), before))
            else:
                found.append(None)
        for index in range(len(figures) - 2, -1, -1):
            if found[index] is None and self._listed(figures[index], figures[index + 1]):
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
            near, last = figures[index], figures[index - 1]
            between = self.text[last.end : near.start]
            same = near.unit == last.unit and near.kind == last.kind
            if found[index] is None and same and len(between) < 80 and re.search(r"(?:\band\b|,)", between):
                found[index] = found[index - 1]
        self._align(figures, found)
        for index, figure in enumerate(figures):
            ahead = _AHEAD.search(self.text, max(self.start, figure.start - 150), min(self.end, figure.end + 30))
            if found[index] is None and figure.kind == "change" and figure.unit and figure.value > 0 and ahead:
                later = next((m for m in self.metrics if m.start >= figure.end), None)
                told = later and self.text.rfind(" in terms of ", figure.end, later.start) >= 0
                found[index] = (self._name(later), later) if later and told else ("", None)
        return found

    def _align(self, figures: list[Figure], found: list[tuple[str, Mention | None] | None]) -> None:
        """Figures and metrics that are listed in the same number belong together in order: ``A and B of 1 and 2``."""
        for group in self._groups(figures):
            size, first, last = len(group), figures[group[0]], figures[group[-1]]
            before = [m for m in self.metrics if m.end <= first.start][-size:]
            after = [m for m in self.metrics if m.start >= last.end][:size]
            for metrics in (before, after) if size > 1 else ():
                near = (
                    metrics is before and before and _BETWEEN_BEFORE.fullmatch(self.text, before[-1].end, first.start)
                ) or (metrics is after and after and _LIST_OF.fullmatch(self.text, last.end, after[0].start))
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
        for group, following in pairwise([*self._groups(figures), []]):
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

    def _thing(self, figure: Figure) -> Mention | None:
        """Whose figure it is: the paper's own thing in this sentence, else the first thing before the figure."""
        beside = next((m for m in self.things if self.text[figure.end : m.start].strip(" $") == "("), None)
        if beside and self.text[beside.end : beside.end + 1] == ")":
            return beside
        own = [m for m in self.things if self.roles.get(self._name(m)) == "introduces"]
        before = [m for m in own if m.end <= figure.start]
        if before or own:
            return (before or own)[-1] if before else own[0]
        others = [m for m in self.things if m.end <= figure.start and self.roles.get(self._name(m)) != "compares"]
        return (
            None if self.own and _OURS.search(self.text, self.start, figure.start) else (others[0] if others else None)
        )
