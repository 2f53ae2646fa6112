"""Signs that two of a text's entities are one thing: what the pairs of :mod:`.coreference` are judged by.

Training and inference share this module: change it, train again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from math import log, log1p

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.forms import NAMED_TYPES
from citeweave.extract.wordset import word_set
from citeweave.model import Mention, PaperEntity
from citeweave.words import singular

_APART = re.compile(r"[\W_]+")
_APPOSED = re.compile(r"\s*\(|\s*,?\s*(?:i\.e\.|aka|called|named|namely),?\s*|:\s*")
_MOST_FORMS = 4
_STEM = 5
_KINDS = word_set(
    """problem task method model approach framework algorithm network system dataset data benchmark corpus score metric
    measure function technique setting hypothesis effect language learning process architecture module layer strategy
    analysis representation rate training mechanism"""
)
"""Words that a name may go with or without."""


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling, as it is compared."""

    words: tuple[str, ...]
    """Lower-cased, singular."""
    set: frozenset[str]
    stems: frozenset[str]
    short: str
    """Its letters, without signs and plural, if it looks like an abbreviation, else nothing."""
    has_capitals: bool
    """Whether it has a capital after its first letter."""
    is_name: bool
    """Whether all its words have capitals or digits inside."""
    digits: str


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity as it is compared: its spellings, where it stands, what it is taken for."""

    forms: tuple[str, ...]
    looks: tuple[Form, ...]
    stems: frozenset[str]
    short: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    sentences: frozenset[int]
    is_name: bool
    digits: frozenset[str]
    capitals: bool
    in_title: bool
    in_abstract: bool
    type: str
    role: int
    vector: NDArray[np.float32]


@lru_cache(maxsize=20_000)
def _form(form: str) -> Form:
    words = tuple([singular(word) for word in _APART.sub(" ", form).lower().split()])
    inside = not form.islower() and any(c.isupper() for c in form[1:])
    digits = "".join(filter(str.isdigit, form))
    return Form(
        words,
        frozenset(words),
        frozenset([word[:_STEM] for word in words]),
        _short(form) if inside else "",
        inside,
        (inside or bool(digits)) and all(any(c.isupper() or c.isdigit() for c in w[1:]) for w in form.split()),
        digits,
    )


def _short(form: str) -> str:
    letters = _APART.sub("", form)
    capitals = sum(c.isupper() for c in letters)
    return letters.removesuffix("s").upper() if 2 <= len(letters) <= 8 and capitals >= 2 else ""


@lru_cache(maxsize=20_000)
def _parts(form: str) -> frozenset[str]:
    """Three-letter parts of a form."""
    padded = f" {form.lower()} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


@lru_cache(maxsize=20_000)
def _spelt_out(form: str) -> tuple[str, str]:
    """Initials and all letters, in capitals, of a form of several words; nothing of another."""
    parts = [part for part in _APART.split(form) if part]
    if len(form.split()) < 2 or not parts:
        return "", ""
    return "".join(part[0] for part in parts).upper(), "".join(parts).upper()


def things(
    text: str,
    entities: Sequence[PaperEntity],
    mentions: Sequence[Sequence[Mention]],
    borders: Sequence[tuple[int, int]],
    roles: Sequence[int],
    vectors: NDArray[np.float32],
) -> list[Thing]:
    """The entities of a text to be compared.

    Args:
        text: title, line feed, abstract.
        entities: the text's entities.
        mentions: each entity's mentions, none empty.
        borders: the sentences' offsets.
        roles: each entity's most likely role, as an index.
        vectors: a row an entity.
    """
    title_end = text.find("\n")
    starts = [start for start, _ in borders]
    centred = vectors - vectors.mean(axis=0)
    centred = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    made = []
    for entity, held, role, vector in zip(entities, mentions, roles, centred, strict=True):
        forms = tuple(dict.fromkeys(m.text for m in held))[:_MOST_FORMS]
        looks = tuple(map(_form, forms))
        made.append(
            Thing(
                forms,
                looks,
                looks[0].stems.union(*(look.stems for look in looks[1:])),
                tuple([look.short for look in looks if look.short]),
                tuple([(m.start, m.end) for m in held]),
                frozenset([bisect_right(starts, m.start) for m in held]),
                all(look.is_name for look in looks),
                frozenset([look.digits for look in looks]),
                any(look.has_capitals for look in looks),
                any(m.start < title_end for m in held),
                any(m.start > title_end for m in held),
                entity.type,
                role,
                vector,
            )
        )
    return made


def candidates(held: Sequence[Thing], text: str) -> Iterator[tuple[int, int, list[float]]]:
    """Pairs that may be one thing, by a shared stem, an abbreviation or brackets, with their features."""
    heads = Counter([head for one in held for head in {look.words[-1] for look in one.looks if look.words}])
    apposed = _apposed(held, text)
    alike = apposed | _sharing(held)
    for i, j in sorted(alike | _with_short(held)):
        a, b = held[i], held[j]
        initials, letters = _abbreviates(a, b) if a.short or b.short else (False, False)
        if (letters or initials or (i, j) in alike) and not _apart(a, b, initials or letters):
            yield i, j, _features(held, i, j, heads, (i, j) in apposed, initials, letters)


def _sharing(held: Sequence[Thing]) -> set[tuple[int, int]]:
    """Pairs that share a stem."""
    having: dict[str, list[int]] = {}
    for i, one in enumerate(held):
        for stem in one.stems:
            having.setdefault(stem, []).append(i)
    return {pair for members in having.values() for pair in combinations(members, 2)}


def _with_short(held: Sequence[Thing]) -> set[tuple[int, int]]:
    """Pairs of which one may be an abbreviation."""
    return {(i, j) if i < j else (j, i) for i, one in enumerate(held) if one.short for j in range(len(held)) if i != j}


def _apart(a: Thing, b: Thing, abbreviated: bool) -> bool:
    """Whether two are certainly two: LASER and LASER3, what is and is not non-convex, top-1 and top-5 accuracy."""
    if (a.is_name and b.is_name) or ("non" in a.stems) != ("non" in b.stems):
        return True
    if abbreviated:
        return False
    if a.type != b.type and "Dataset" in (a.type, b.type):
        return True
    numbered = "" not in a.digits and "" not in b.digits
    return a.digits.isdisjoint(b.digits) and (numbered or {a.type, b.type} <= NAMED_TYPES)


def _apposed(held: Sequence[Thing], text: str) -> set[tuple[int, int]]:
    """Pairs of which one stands in apposition to the other, in brackets or after a sign."""
    places = sorted((start, end, i) for i, one in enumerate(held) for start, end in one.places)
    return {
        (min(i, j), max(i, j))
        for (_, end, i), (start, _, j) in pairwise(places)
        if i != j and 0 <= start - end < 8 and _APPOSED.fullmatch(text, end, start)
    }


def _gap(a: Thing, b: Thing) -> int:
    """Signs between the closest mentions."""
    return max(0, min(max(p[0] - q[1], q[0] - p[1]) for p in a.places for q in b.places))


def _abbreviates(a: Thing, b: Thing) -> tuple[bool, bool]:
    """Whether a form of one is made of the other's initials, and whether of its letters in order."""
    initials = letters = False
    for one, other in ((a, b), (b, a)):
        for short in one.short:
            for first, whole in map(_spelt_out, other.forms):
                initials |= bool(first) and first == short
                if not letters and first[:1] == short[:1] and whole:
                    rest = iter(whole)
                    letters = all(letter in rest for letter in short)
    return initials, letters


def _features(
    held: Sequence[Thing],
    i: int,
    j: int,
    heads: Counter[str],
    apposed: bool,
    initials: bool,
    letters: bool,
) -> list[float]:
    a, b = held[i], held[j]
    alike, shared, x, y = max(
        (_overlap(fa.set, fb.set) + (dice := _dice(_parts(a.forms[x]), _parts(b.forms[y]))), dice, x, y)
        for x, fa in enumerate(a.looks)
        for y, fb in enumerate(b.looks)
    )
    fewer, other = a.looks[x], b.looks[y]
    if (len(other.words), other.words) < (len(fewer.words), fewer.words):
        fewer, other = other, fewer
    less, more, few, many = fewer.words, other.words, fewer.set, other.set
    extra, missing = [w for w in more if w not in few], [w for w in less if w not in many]
    overlap = alike - shared
    cosine = float(a.vector @ b.vector)
    same = a.type == b.type
    types = {a.type, b.type}
    apart = min(abs(p - q) for p in a.sentences for q in b.sentences)
    within = _naming(held, few) - any(few <= f.set for f in a.looks) - any(few <= f.set for f in b.looks) if few else 0
    counts = sorted((len(a.places), len(b.places)))
    capitals = sorted((a.capitals, b.capitals))
    introduced = (a.role == 0) + (b.role == 0)
    return [
        overlap,
        shared,
        _overlap(fewer.stems, other.stems),
        bool(less) and less[-1] == more[-1],
        bool(less) and less[0] == more[0],
        not missing,
        more[-len(less) :] == less,
        more[: len(less)] == less,
        min(len(extra), 5) / 3,
        min(len(missing), 4) / 2,
        bool(extra) and all(w in _KINDS for w in extra),
        bool(extra) and extra[-1] in _KINDS and more[-1] == extra[-1],
        len(less) == 1,
        len(less) == 2,
        len(more) / 4,
        initials,
        letters,
        same,
        a.in_title != b.in_title and not (a.in_abstract and b.in_abstract),
        a.in_title and b.in_title,
        a.in_abstract and b.in_abstract,
        apart == 0,
        min(apart, 6) / 4,
        log1p(_gap(a, b)) / 5,
        apposed,
        min(heads[less[-1]], 5) / 3 if less else 0,
        min(within, 4) / 2,
        log(counts[0]),
        log(counts[1]),
        cosine,
        a.role == b.role,
        introduced == 2,
        introduced > 0,
        types == {"Model", "Method"},
        "Dataset" in types,
        "Metric" in types,
        same and a.type == "Task",
        same and a.type == "Concept",
        same and a.type in ("Model", "Method"),
        capitals[1],
        capitals[0],
        overlap * cosine,
        (not missing) * cosine,
    ]


def _naming(held: Sequence[Thing], words: frozenset[str]) -> int:
    """How many things have a spelling with all of these words."""
    count = 0
    for one in held:
        for look in one.looks:
            if words <= look.set:
                count += 1
                break
    return count


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(1, len(a | b))


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / max(1, len(a) + len(b))
