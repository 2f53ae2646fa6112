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
Triple = tuple[str, str, str]
TYPES = ("Method", "Model", "Dataset", "Task", "Metric", "Concept", "Software")


@dataclass
class Tally:
    """Counts of right, predicted and true things."""

    right: int = 0
    predicted: int = 0
    true: int = 0
    recalled: int | None = None
    """Where hits are counted on either side apart (overlap): how many true things were hit."""

    @property
    def hit(self) -> int:
        """How many true things were found."""
        return self.right if self.recalled is None else self.recalled

    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        precision, recall = self.right / max(self.predicted, 1), self.hit / max(self.true, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return self.figures()[2]

    def count(self, other: Tally) -> None:
        """Add another's counts to these."""
        self.right += other.right
        self.predicted += other.predicted
        self.true += other.true
        if other.recalled is not None:
            self.recalled = (self.recalled or 0) + other.recalled


def _by_type(recalled: int | None = None) -> dict[str, Tally]:
    return {t: Tally(recalled=recalled) for t in TYPES}


@dataclass
class Scores:
    """All counts over one paper or a set of papers."""

    untyped: Tally = field(default_factory=Tally)
    exact: dict[str, Tally] = field(default_factory=_by_type)
    overlap: dict[str, Tally] = field(default_factory=lambda: _by_type(0))
    papers_untyped: Tally = field(default_factory=Tally)
    papers: dict[str, Tally] = field(default_factory=_by_type)
    roles: Tally = field(default_factory=Tally)
    """Of the entities that were found: how many have the true role."""
    role_confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    relations: dict[str, Tally] = field(default_factory=dict)
    given_roles: Tally = field(default_factory=Tally)
    """The same with the true entities handed to the system, and so for the relations."""
    given_relations: dict[str, Tally] = field(default_factory=dict)
    definitions: Tally = field(default_factory=Tally)
    """Abbreviations defined in the text, as far as the annotations join them."""
    citations: Tally = field(default_factory=Tally)
    links: Tally = field(default_factory=Tally)
    confidences: list[tuple[float, bool]] = field(default_factory=list)

    @staticmethod
    def all(tallies: Iterable[Tally]) -> Tally:
        """The sum over types."""
        total = Tally()
        for t in tallies:
            total.count(t)
        return total

    def count(self, other: Scores) -> None:
        """Add another's counts to these."""
        for name in ("untyped", "papers_untyped", "roles", "given_roles", "definitions", "citations", "links"):
            getattr(self, name).count(getattr(other, name))
        for name in ("exact", "overlap", "papers", "relations", "given_relations"):
            held: dict[str, Tally] = getattr(self, name)
            for kind, tally in getattr(other, name).items():
                held.setdefault(kind, Tally()).count(tally)
        self.role_confusions.update(other.role_confusions)
        self.confidences += other.confidences


def mention_spans(text: str, entities: Sequence[Mapping[str, Any]]) -> Spans:
    """What the annotation format marks in a text: offsets and type."""
    return occurrences(text, [(m, e["type"]) for e in entities for m in dict.fromkeys(e["mentions"])])


def add(scores: Scores, text: str, gold: Mapping[str, Any], predicted: Mapping[str, Any]) -> None:
    """Count one paper.

    A prediction may carry ``scores`` ({(start, end): confidence of that mention}), ``given`` (what was predicted
    with the true entities handed over), ``abbreviations`` ([short, long] pairs), ``citations`` and ``urls``.
    """
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
    _add_strings(scores, text, gold, predicted)


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
    scores.papers_untyped.count(Tally(len(pairs), len(made), len(true)))
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
    stated = stated_relations(gold)
    if "relations" in predicted:
        _add_relations(scores.relations, stated, renamed(predicted["relations"], names))
    if "given" in predicted:
        given = predicted["given"]
        for entity, said in zip(true, given["entities"], strict=True):
            scores.given_roles.predicted += 1
            scores.given_roles.right += entity["role"] == said["role"]
        _add_relations(scores.given_relations, stated, {(s, p, o) for s, p, o in given["relations"]})


def stated_relations(gold: Mapping[str, Any]) -> set[Triple]:
    """The true relations of a paper."""
    return {(s, p, o) for s, p, o in gold.get("relations", ())}


def renamed(relations: Iterable[Sequence[str]], names: Mapping[str, str]) -> set[Triple]:
    """Predicted relations by the true entities' names; an entity that is none of them keeps its own, marked."""
    return {(names.get(s, f"?{s}"), p, names.get(o, f"?{o}")) for s, p, o in relations}


def _add_relations(tallies: dict[str, Tally], stated: set[Triple], found: set[Triple]) -> None:
    for _, predicate, _ in stated:
        tallies.setdefault(predicate, Tally()).true += 1
    for triple in found:
        tally = tallies.setdefault(triple[1], Tally())
        tally.predicted += 1
        tally.right += triple in stated


def definitions(text: str, entities: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """(short, long) of each ``long (SHORT)`` or ``SHORT (long)`` in a text of which one true entity has both."""
    made = set()
    for entity in entities:
        for one in entity["mentions"]:
            for two in entity["mentions"]:
                if f"{one} ({two})" in text and len(one) != len(two):
                    made.add((min(one, two, key=len), max(one, two, key=len)))
    return made


def _add_strings(scores: Scores, text: str, gold: Mapping[str, Any], predicted: Mapping[str, Any]) -> None:
    """Abbreviations, citations and links, each as the string that stands in the text."""
    if "abbreviations" in predicted:
        true = definitions(text, gold["entities"])
        # What the annotators did not mark they did not join, so a pair counts where its short form is a mention.
        known = {m for e in gold["entities"] for m in e["mentions"]}
        said = {(s, long) for s, long in predicted["abbreviations"] if s in known}
        scores.definitions.count(Tally(len(true & said), len(said), len(true)))
    for name, tally in (("citations", scores.citations), ("urls", scores.links)):
        if name in predicted and name in gold:
            wanted, found = set(gold[name]), set(predicted[name])
            tally.count(Tally(len(wanted & found), len(found), len(wanted)))


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
