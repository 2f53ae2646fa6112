"""Scores of extracted entities, roles and relations against annotations; pure functions, no model.

Gold and predictions are dicts in the annotation format: ``entities`` with ``name``, ``type``, ``role`` and
``mentions`` (strings, every whole-word occurrence of which counts, the longest first) and ``relations`` as
[subject, predicate, object] by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citeweave.extract.forms import normal_form
from citeweave.extract.occurrences import occurrences

Spans = dict[tuple[int, int], str]
TYPES = ("Method", "Model", "Dataset", "Task", "Metric", "Concept", "Software")


@dataclass
class Tally:
    """Counts of right, predicted and true things."""

    right: int = 0
    predicted: int = 0
    true: int = 0
    recalled: int | None = None
    """Where hits are counted on either side apart (overlap): how many true things were hit."""

    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        hit = self.right if self.recalled is None else self.recalled
        precision, recall = self.right / max(self.predicted, 1), hit / max(self.true, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return self.figures()[2]


@dataclass
class Scores:
    """All counts over a set of papers."""

    untyped: Tally = field(default_factory=Tally)
    exact: dict[str, Tally] = field(default_factory=lambda: {t: Tally() for t in TYPES})
    overlap: dict[str, Tally] = field(default_factory=lambda: {t: Tally(recalled=0) for t in TYPES})
    papers_untyped: Tally = field(default_factory=Tally)
    papers: dict[str, Tally] = field(default_factory=lambda: {t: Tally() for t in TYPES})
    roles: Tally = field(default_factory=Tally)
    role_confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    relations: dict[str, Tally] = field(default_factory=dict)
    confidences: list[tuple[float, bool]] = field(default_factory=list)

    @staticmethod
    def all(tallies: Iterable[Tally]) -> Tally:
        """The sum over types."""
        total = Tally()
        for t in tallies:
            total.right += t.right
            total.predicted += t.predicted
            total.true += t.true
            if t.recalled is not None:
                total.recalled = (total.recalled or 0) + t.recalled
        return total


def mention_spans(text: str, entities: Sequence[Mapping[str, Any]]) -> Spans:
    """What the annotation format marks in a text: offsets and type."""
    return occurrences(text, [(m, e["type"]) for e in entities for m in dict.fromkeys(e["mentions"])])


def add(scores: Scores, text: str, gold: Mapping[str, Any], predicted: Mapping[str, Any]) -> None:
    """Count one paper. A prediction may carry ``scores``: {(start, end): confidence of that mention}."""
    true, made = mention_spans(text, gold["entities"]), mention_spans(text, predicted["entities"])
    scores.untyped.right += len(true.keys() & made.keys())
    scores.untyped.predicted += len(made)
    scores.untyped.true += len(true)
    confidence = predicted.get("scores", {})
    for span, kind in made.items():
        right = true.get(span) == kind
        scores.exact[kind].predicted += 1
        scores.exact[kind].right += right
        scores.overlap[kind].predicted += 1
        scores.overlap[kind].right += _touches(span, kind, true)
        if span in confidence:
            scores.confidences.append((confidence[span], right))
    for span, kind in true.items():
        scores.exact[kind].true += 1
        overlap = scores.overlap[kind]
        overlap.true += 1
        overlap.recalled = (overlap.recalled or 0) + _touches(span, kind, made)
    _add_entities(scores, gold, predicted)


def _touches(span: tuple[int, int], kind: str, others: Spans) -> bool:
    return any(kind == k and span[0] < end and start < span[1] for (start, end), k in others.items())


def forms(entity: Mapping[str, Any]) -> set[str]:
    """The normal forms under which an entity may be met: its name and its mentions."""
    return {f for f in map(normal_form, (entity.get("name", ""), *entity["mentions"])) if f}


def match(gold: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Which predicted entity is which true one: the first still free that shares a form. {predicted: gold}."""
    pairs: dict[int, int] = {}
    keys = [forms(e) for e in gold]
    for i, entity in enumerate(predicted):
        own = forms(entity)
        for k, key in enumerate(keys):
            if own & key and k not in pairs.values():
                pairs[i] = k
                break
    return pairs


def _add_entities(scores: Scores, gold: Mapping[str, Any], predicted: Mapping[str, Any]) -> None:
    true, made = gold["entities"], predicted["entities"]
    pairs = match(true, made)
    scores.papers_untyped.right += len(pairs)
    scores.papers_untyped.predicted += len(made)
    scores.papers_untyped.true += len(true)
    for entity in made:
        scores.papers[entity["type"]].predicted += 1
    for entity in true:
        scores.papers[entity["type"]].true += 1
    for i, k in pairs.items():
        scores.papers[made[i]["type"]].right += made[i]["type"] == true[k]["type"]
        if made[i].get("role"):
            scores.roles.predicted += 1
            scores.roles.right += made[i]["role"] == true[k]["role"]
            if made[i]["role"] != true[k]["role"]:
                scores.role_confusions[true[k]["role"], made[i]["role"]] += 1
    names = {made[i]["name"]: true[k]["name"] for i, k in pairs.items()}
    stated = {tuple(r) for r in gold.get("relations", ())}
    found = {(names.get(s, f"?{s}"), p, names.get(o, f"?{o}")) for s, p, o in predicted.get("relations", ())}
    for _, predicate, _ in stated:
        scores.relations.setdefault(predicate, Tally()).true += 1
    for triple in found:
        tally = scores.relations.setdefault(triple[1], Tally())
        tally.predicted += 1
        tally.right += triple in stated


def reliability(confidences: Sequence[tuple[float, bool]], bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and count of each bin of equal width that holds anything."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for score, right in confidences:
        held[min(int(score * bins), bins - 1)].append((score, right))
    return [(sum(s for s, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for b in held if b]


def calibration_error(confidences: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017): mean distance of confidence and share right, by bins."""
    rows = reliability(confidences, bins)
    return sum(n * abs(c - r) for c, r, n in rows) / max(sum(n for *_, n in rows), 1)
