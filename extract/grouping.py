"""From mentions to a paper's entities: one thing, one entry, with its name, its type and all its spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes
from citeweave.extract.forms import NAMED_TYPES, is_broken, normal_form, unbroken
from citeweave.extract.occurrences import whole_words
from citeweave.extract.placed import mentions_of
from citeweave.extract.wordset import word_set
from citeweave.model import Abbreviation, EntityType, Mention, PaperEntity
from citeweave.words import singular

VERSION = "grouping/4"

_PROPER = word_set(Path(__file__).with_name("proper_words.txt").read_text("utf-8")) | word_set(
    "carlo jacobian euclidean hebbian github twitter youtube transformer transformers"
)
"""Names that keep their capital where only a title, which capitalises every word, has shown them.

Most come from the stage `proper words` of the training.
"""
_SMALL = word_set("of the a an and for to in on with by")
_ACRONYM = re.compile(r"([A-Z]{2,6})s?")
_SIGNS = re.compile(r"[\W_]+")
_BORDERS = re.compile(r"(\s+|-)")
_CAMEL = re.compile(r"[a-z][A-Z]")


@Language.factory("citeweave_grouping", requires=["doc._.mentions"], assigns=["doc._.entities"])
def make_grouping(nlp: Language, name: str) -> Grouping:
    """Register the component with spaCy."""
    return Grouping()


class Grouping:
    """spaCy component: completes ``doc._.mentions`` by abbreviations and sets ``doc._.entities``."""

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Group the mentions of one document."""
        text = attributes.text_of(doc)
        mentions = with_abbreviations(text, doc._.mentions, doc._.abbreviations)
        mentions, entities = group(text, mentions, doc._.abbreviations)
        doc._.mentions, doc._.entities = mentions, entities
        return doc


def with_abbreviations(text: str, mentions: Sequence[Mention], abbreviations: Iterable[Abbreviation]) -> list[Mention]:
    """The mentions, and the short forms of recognised long forms wherever they stand free."""
    made = list(mentions)
    for abbreviation in abbreviations:
        form = normal_form(abbreviation.long)
        known = [m for m in made if normal_form(m.text) == form or _at_end(m, abbreviation)]
        if not known:
            continue
        best = max(known, key=lambda m: (m.score, -m.start))
        for short in dict.fromkeys(
            (abbreviation.short, f"{abbreviation.short}s", abbreviation.short.removesuffix("s"))
        ):
            if len(short) < 2:
                continue
            for start, end in whole_words(text, short):
                if not any(m.start < end and start < m.end for m in made):
                    made.append(replace(best, start=start, end=end, text=text[start:end]))
    return sorted(made, key=lambda m: m.start)


def _at_end(mention: Mention, abbreviation: Abbreviation) -> bool:
    """Whether a mention is the long form's last words: the recogniser may have left out a modifier, or taken one in."""
    end = abbreviation.long_start + len(abbreviation.long)
    return mention.end == end and min(len(mention.text), len(abbreviation.long)) * 2 > max(
        len(mention.text), len(abbreviation.long)
    )


def group(
    text: str, mentions: Sequence[Mention], abbreviations: Sequence[Abbreviation]
) -> tuple[list[Mention], list[PaperEntity]]:
    """One entity for mentions that differ in case, number, hyphen or are joined by an abbreviation.

    Returns:
        The mentions, each with its entity's type, and the entities in order of their first mention.
    """
    owner: dict[str, str] = {}
    for mention in mentions:
        form = _form(mention.text)
        owner.setdefault(form, form)
    for abbreviation in abbreviations:
        long = next((_form(m.text) for m in mentions if _at_end(m, abbreviation)), _form(abbreviation.long))
        short = _form(abbreviation.short)
        if long in owner and short in owner:
            old, new = _root(owner, short), _root(owner, long)
            owner[old] = new
    acronyms = list(_acronyms(mentions))
    for short, long in acronyms:
        if owner[short] == short:
            owner[short] = _root(owner, long)
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(_root(owner, _form(mention.text)), []).append(mention)
    typed: list[Mention] = []
    entities = []
    long_forms = {_form(a.long) for a in abbreviations} | {long for _, long in acronyms}
    for held in groups.values():
        kind = _type(held)
        typed += [m if m.type == kind else replace(m, type=kind) for m in held]
        name = _name(text, held, long_forms, kind)
        entities.append(PaperEntity(name, kind, tuple(dict.fromkeys(m.text for m in held))))
    return sorted(typed, key=lambda m: m.start), _distinct(entities)


def regrouped(
    text: str,
    mentions: Sequence[Mention],
    entities: Sequence[PaperEntity],
    joined: Iterable[Sequence[int]],
    abbreviations: Iterable[Abbreviation],
) -> tuple[list[Mention], list[PaperEntity]]:
    """As :func:`group`, with entities joined that are one thing; ``joined`` has the indices of each one's parts."""
    own = mentions_of(entities, mentions)
    long_forms = {_form(a.long) for a in abbreviations}
    kinds: dict[str, EntityType] = {}
    made = []
    for members in joined:
        entity = entities[members[0]]
        if len(members) > 1:
            forms = tuple(dict.fromkeys(form for i in members for form in entities[i].mentions))
            held = [m for i in members for m in own[i]]
            kind = _type(held)
            # The fullest name: the others are what the text shortens it to.
            widest = max(len(m.text.split()) for m in held)
            full = [m for m in held if _form(m.text) in long_forms or len(m.text.split()) == widest]
            entity = PaperEntity(_name(text, full, long_forms, kind), kind, forms)
        kinds.update(dict.fromkeys(entity.mentions, entity.type))
        made.append(entity)
    typed = [m if kinds.get(m.text, m.type) == m.type else replace(m, type=kinds[m.text]) for m in mentions]
    return typed, _distinct(made)


@lru_cache(maxsize=20_000)
def _form(string: str) -> str:
    """The key under which spellings meet: ``pre-training``, ``Pretraining``."""
    return normal_form(string).replace(" ", "") or string


def _acronyms(mentions: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    """(short, long) keys of well-known acronyms that the text does not define: ``LLMs``, ``large language models``."""
    initials: dict[str, set[str]] = {}
    for mention in mentions:
        if first := _initials(mention.text):
            initials.setdefault(first, set()).add(_form(mention.text))
    for short in dict.fromkeys(m.text for m in mentions):
        found = _ACRONYM.fullmatch(short)
        longs = initials.get(found.group(1), set()) if found else set()
        if len(longs) == 1:
            yield _form(short), next(iter(longs))


@lru_cache(maxsize=20_000)
def _initials(string: str) -> str:
    """The initials, in capitals, of a string of several words; nothing of another."""
    words = [w for w in _SIGNS.split(string) if w and w.lower() not in _SMALL]
    return "".join(w[0] for w in words).upper() if len(words) > 1 else ""


def _root(owner: dict[str, str], form: str) -> str:
    while owner[form] != form:
        form = owner[form]
    return form


def _type(mentions: Sequence[Mention]) -> EntityType:
    votes: dict[EntityType, float] = {}
    for mention in mentions:
        votes[mention.type] = votes.get(mention.type, 0) + mention.score
    return max(votes, key=lambda t: (votes[t], t))


def _distinct(entities: list[PaperEntity]) -> list[PaperEntity]:
    """Relations name entities, so a name that two share gets the type in brackets, or is joined where that is equal."""
    seen: dict[str, int] = {}
    made: list[PaperEntity] = []
    for entity in entities:
        at = seen.get(entity.name)
        if at is not None:
            mentions = tuple(dict.fromkeys((*made[at].mentions, *entity.mentions)))
            made[at] = replace(made[at], mentions=mentions)
            continue
        seen[entity.name] = len(made)
        made.append(entity)
    return made


def _name(text: str, mentions: Sequence[Mention], long_forms: set[str], kind: EntityType) -> str:
    """The singular long form; lower case unless it is a proper name as its use in the text shows."""
    title_end = text.find("\n")
    spelt = [m for m in mentions if _form(m.text) in long_forms]
    if not spelt:
        # Acronyms that join to a spelt-out form are never the name, so prefer what has lower-case letters.
        spelt = [m for m in mentions if any(w.islower() for w in m.text.split())] or list(mentions)
    best = min(spelt, key=lambda m: (is_broken(m.text), m.start < title_end, m.text != singular(m.text), m.start))
    # `TrajAir` is the name even where an address spells it `trajair`.
    best = next((m for m in mentions if m.text.lower() == best.text.lower() and _CAMEL.search(m.text)), best)
    only_title = all(m.start < title_end for m in spelt)
    words = _BORDERS.split(unbroken(best.text))
    before = text[max(best.start - 2, 0) : best.start].rstrip()
    starts_sentence = best.start == title_end + 1 or before.endswith((".", "?", "!"))
    for i, word in enumerate(words):
        plain = word[:1].isupper() and word[1:].islower() and word.lower() not in _PROPER
        # A capital tells nothing in a title or at a sentence's start; a name that stands alone there stays as it is.
        alone = len(words) == 1 and not only_title and len(mentions) == 1
        # `Sentence-BERT` is one name, `Convolutional LSTM` is not.
        named = kind in NAMED_TYPES and words[i + 1 : i + 2] == ["-"] and any(c.isupper() for c in words[i + 2][1:])
        if plain and not alone and not named and (only_title or (i == 0 and starts_sentence)):
            words[i] = word.lower()
    last = words[-1]
    capitalised = last[:1].isupper() and last[1:].islower()
    if not (capitalised and (len(words) == 1 or kind in ("Dataset", "Software"))):
        words[-1] = singular(last)
    return " ".join("".join(words).split())
