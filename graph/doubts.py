"""Names that nearly agree and yet stay apart: each pair is a row of the ledger, for the user to overrule.

Three kinds: one word differs in one letter (a slip, or another word: ``projection``, ``protection``),
in a number (``CIFAR-10``, ``CIFAR-100``), or in a prefix that turns its meaning (``supervised``,
``unsupervised``). Words, not names, are compared with each other, and only those that share what is
left when one letter is taken out (the deletion neighbourhood of Mor and Fraenkel 1982), so that cost
stays near linear; the distance itself is rapidfuzz's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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
FREQUENT = 3
"""Names that hold a word, from which on other words are compared with it."""
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
    near = _reasons(Counter(word for _, spelled in by_words for word in set(spelled)))
    for (type_, spelled), entity in by_words.items():
        for place, word in enumerate(spelled):
            for other_word, rule, reason in near.get(word, ()):
                other = by_words.get((type_, (*spelled[:place], other_word, *spelled[place + 1 :])))
                if other:
                    yield _row(entity, other, rule, reason, papers)
    yield from _numbered(by_words, papers)


def _row(one: Entity, other: Entity, rule: str, reason: str, papers: Mapping[str, str]) -> Decision:
    return Decision("entity", "refused", f"{one.label} ({one.type})", other.label, rule, reason, papers.get(one.id, ""))


def near_words(counts: Mapping[str, int]) -> dict[str, list[str]]:
    """For each word the words one letter apart from it, of which at least one of the two is ``FREQUENT``.

    Args:
        counts: in how many names each word is.
    """
    left: dict[str, list[str]] = defaultdict(list)
    long = sorted(w for w in counts if len(w) >= SHORTEST and not any(c.isdigit() for c in w))
    for word in long:
        if counts[word] >= FREQUENT:
            for shortened in _shortened(word):
                left[shortened].append(word)
    near: dict[str, list[str]] = {}
    for word in long:
        candidates = {c for shortened in _shortened(word) for c in left.get(shortened, ())[:CROWD]}
        if found := [c for c in sorted(candidates) if OSA.distance(word, c, score_cutoff=1) == 1]:
            near[word] = found
    return near


def _shortened(word: str) -> set[str]:
    """A word, and what is left of it without one of its letters; the first stays, since a slip is seldom there."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))}


def _reasons(counts: Mapping[str, int]) -> dict[str, list[tuple[str, str, str]]]:
    """For each word the words that it is nearly, once a pair, with the rule and the reason."""
    reasons: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    pairs = {(min(one, other), max(one, other)) for one, found in near_words(counts).items() for other in found}
    for one, other in sorted(pairs):
        reasons[one].append((other, "letters", f"{one!r} and {other!r} are one letter apart"))
    for word in sorted(counts):
        for prefix in TURNING:
            if len(word) >= 4 and (turned := prefix + word) in counts:
                reasons[word].append((turned, "prefix", f"{turned!r} is not {word!r}"))
    return reasons


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
