"""Names that nearly agree and yet stay apart: each pair is a row of the ledger, for the user to overrule.

Three kinds: one word differs in one letter (a slip, or another word: ``projection``, ``protection``),
in a number (``CIFAR-10``, ``CIFAR-100``), or in a prefix that turns its meaning (``supervised``,
``unsupervised``). Words, not names, are compared with each other, and only those that share what is
left when one letter is taken out (the deletion neighbourhood of Mor and Fraenkel 1982), so that cost
stays near linear; the distance itself is rapidfuzz's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from rapidfuzz.distance import OSA

from citeweave.graph.forms import words
from citeweave.graph.ledger import Decision
from citeweave.model import Entity, EntityType

SHORTEST = 6
"""Letters below which a word that differs in one letter is simply another word."""
CROWD = 50
"""Words that share what is left of them; more than this have it in common by chance."""
TURNING = ("un", "non", "in", "im", "ir", "dis", "anti", "de", "multi", "semi", "sub", "meta", "hyper")

_Words = tuple[str, ...]


def doubts(entities: Iterable[Entity], papers: Mapping[str, str]) -> Iterator[Decision]:
    """The rows on pairs of entities of one type whose labels nearly agree.

    Args:
        entities: all entities.
        papers: for each id, a paper that names it, as evidence.
    """
    by_words: dict[tuple[EntityType, _Words], Entity] = {}
    for entity in sorted(entities, key=lambda e: e.id):
        by_words.setdefault((entity.type, words(entity.label)), entity)
    near = _near({word for _, spelled in by_words for word in spelled})
    for (type_, spelled), entity in by_words.items():
        for place, word in enumerate(spelled):
            for other_word, rule, reason in near.get(word, ()):
                other = by_words.get((type_, (*spelled[:place], other_word, *spelled[place + 1 :])))
                if other:
                    yield _row(entity, other, rule, reason, papers)
    yield from _numbered(by_words, papers)


def _row(one: Entity, other: Entity, rule: str, reason: str, papers: Mapping[str, str]) -> Decision:
    return Decision("entity", "refused", f"{one.label} ({one.type})", other.label, rule, reason, papers.get(one.id, ""))


def _near(vocabulary: set[str]) -> dict[str, list[tuple[str, str, str]]]:
    """For each word the words that it is nearly, once a pair, with the rule and the reason."""
    near: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    long = sorted(w for w in vocabulary if len(w) >= SHORTEST and not any(c.isdigit() for c in w))
    left: dict[str, list[str]] = defaultdict(list)
    for word in long:
        for shortened in {word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))}:
            left[shortened].append(word)
    pairs = {
        (one, other)
        for group in left.values()
        if 1 < len(group) <= CROWD
        for n, other in enumerate(group)
        for one in group[:n]
        if one[0] == other[0] and OSA.distance(one, other, score_cutoff=1) == 1
    }
    for one, other in sorted(pairs):
        near[one].append((other, "letters", f"{one!r} and {other!r} are one letter apart"))
    for word in sorted(vocabulary):
        for prefix in TURNING:
            if len(word) >= 4 and (turned := prefix + word) in vocabulary:
                near[word].append((turned, "prefix", f"{turned!r} is not {word!r}"))
    return near


def _numbered(by_words: Mapping[tuple[EntityType, _Words], Entity], papers: Mapping[str, str]) -> Iterator[Decision]:
    """Names that are the same but for one number, each beside the next of its kind."""
    series: dict[tuple[EntityType, _Words], list[tuple[str, Entity]]] = defaultdict(list)
    for (type_, spelled), entity in by_words.items():
        for place, word in enumerate(spelled):
            if word.replace(".", "").isdigit() and len(spelled) > 1:
                series[type_, (*spelled[:place], "#", *spelled[place + 1 :])].append((word, entity))
    for key in sorted(series):
        for (number, one), (other_number, other) in pairwise(sorted(series[key], key=lambda x: (len(x[0]), x[0]))):
            yield _row(one, other, "number", f"{number} is not {other_number}", papers)
