"""Which form each paper's name of a thing goes by: spelling levelled, aliases and abbreviations followed.

A bare abbreviation joins the long form that the corpus gives it, but only when no other long form
competes and the types agree; ``estimation of pose`` joins ``pose estimation`` where that is in use. The
user's corrections come first and last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from citeweave.graph.aliases import known_aliases, known_types
from citeweave.graph.corrections import Corrections
from citeweave.graph.doubts import near_words
from citeweave.graph.forms import initials, is_abbreviation, normal_form, reordered, words
from citeweave.graph.ledger import Decision, Ledger
from citeweave.model import Abbreviation, EntityType, PaperEntity

DOMINANT = 0.9
"""Share of the papers defining an abbreviation that its long form needs, to stand for bare uses."""

WELL_KNOWN = 2
"""Papers that define an abbreviation, from which on another name with the same initials raises no doubt."""
SLIPS, SURE = 2, 20
"""A word in at most so many names is a slip for one that is one letter apart, and in so many times more names."""
KINDRED: frozenset[EntityType] = frozenset(("Method", "Model", "Concept", "Task"))
"""Types that papers take for each other: an abbreviation of three letters may be of one, its long form of another."""

Use = tuple[str, str, EntityType]
"""A paper's id, and the name and type of an entity in it."""


@dataclass(frozen=True, slots=True)
class PaperNames:
    """What one paper names: its id, its entities, and the abbreviations its text defines."""

    paper: str
    entities: tuple[PaperEntity, ...]
    abbreviations: tuple[Abbreviation, ...] = ()


def decision(
    verdict: Literal["merged", "refused"], type_: EntityType, left: str, right: str, rule: str, reason: str, paper: str
) -> Decision:
    """A row of the ledger about names of entities."""
    return Decision("entity", verdict, f"{left} ({type_})", right, rule, reason, paper)


def forms_of(named: Sequence[PaperNames], corrections: Corrections, ledger: Ledger) -> dict[Use, str]:
    """The form that each use goes by; names that the user dropped, or that hold no letter, are left out."""
    namer = _Namer(named, corrections, ledger)
    found = ((use, namer.form(use[0], entity)) for use, entity in _uses(named))
    return {use: form for use, form in found if form and form not in corrections.dropped}


def _uses(named: Iterable[PaperNames]) -> Iterable[tuple[Use, PaperEntity]]:
    for one in named:
        for entity in one.entities:
            yield (one.paper, entity.name, entity.type), entity


class _Namer:
    def __init__(self, named: Sequence[PaperNames], corrections: Corrections, ledger: Ledger) -> None:
        self._corrections = corrections
        self._ledger = ledger
        self._aliases = known_aliases()
        self._long_forms: dict[str, Counter[str]] = defaultdict(Counter)
        self._shorts: set[str] = set()
        self._definer: dict[tuple[str, str], str] = {}
        self._spelled: dict[str, str] = {}
        self._types: dict[str, set[EntityType]] = defaultdict(set)
        for one in named:
            defined = {a.short: a.long for a in one.abbreviations}
            for entity in one.entities:
                self._learn(one.paper, entity, defined)
        counts = Counter(word for name in self._spelled.values() for word in set(words(name)))
        self._slips = {
            word: meant
            for word, found in near_words(counts).items()
            if counts[word] <= SLIPS and len(word) > 6
            if (meant := [w for w in found if counts[w] >= SURE * counts[word] and w[-1] == word[-1]])
        }
        self._fitting: dict[str, set[str]] = defaultdict(set)
        for form, name in self._spelled.items():
            if (
                " " in name
                and not any(map(is_abbreviation, name.split()))
                and (letters := initials(name)) in self._shorts
            ):
                self._fitting[letters].add(form)
        self._in_paper: dict[str, list[str]] = defaultdict(list)
        for one in named:
            if any(is_abbreviation(e.name) for e in one.entities):
                self._in_paper[one.paper] = [e.name for e in one.entities if " " in e.name]

    def _learn(self, paper: str, entity: PaperEntity, defined: Mapping[str, str]) -> None:
        form = self._corrections.form(entity.name, entity.type)
        self._spelled.setdefault(form, entity.name)
        self._types[form].add(entity.type)
        for surface in entity.mentions:
            short = normal_form(surface, entity.type)
            if not is_abbreviation(surface) or surface not in defined or short == normal_form(entity.name, entity.type):
                continue
            long, name = form, entity.name
            exact = self._corrections.form(defined[surface], entity.type)
            if exact != form and form.endswith(exact):
                # the text says "finite Markov decision process (MDP)": MDP is what was put into brackets
                long, name = exact, defined[surface]
            if short in words(name) or (_digits(short) and _digits(name) not in ("", _digits(short))):
                continue  # "ReLU-like (ReLU)" spells nothing out, and CIFAR-10 is not CIFAR-100
            self._spelled.setdefault(long, name)
            self._types[long].add(entity.type)
            abbreviation = self._corrections.form(surface, entity.type)
            self._shorts.add(short)
            self._long_forms[abbreviation][long] += 1
            self._definer.setdefault((abbreviation, long), paper)

    def form(self, paper: str, entity: PaperEntity) -> str:
        form = self._corrections.form(entity.name, entity.type)
        other = self._corrections.plain_spelling(form)
        if other and not self._corrections.allows(form, self._corrections.form(other)):
            self._note("refused", paper, entity, other, "user", "corrections.csv says so")
        if said := self._corrections.same.get(form):
            self._note("merged", paper, entity, self._spelled.get(said, said), "user", "corrections.csv says so")
            return said
        joined = self._joined(paper, form, entity)
        if joined != form and not self._corrections.allows(form, joined):
            self._note("refused", paper, entity, self._spelled.get(joined, joined), "user", "corrections.csv says so")
            return form
        return self._corrections.same.get(joined, joined)

    def _joined(self, paper: str, form: str, entity: PaperEntity) -> str:
        if known := self._aliases.get((entity.type, form)):
            self._note("merged", paper, entity, known, "alias", "known alias")
            return self._corrections.form(known, entity.type)
        if form in known_types():
            return form
        if is_abbreviation(entity.name) and form in self._long_forms:
            return self._expanded(paper, form, entity)
        return self._turned(paper, form, entity)

    def _expanded(self, paper: str, short: str, entity: PaperEntity) -> str:
        """The long form that a bare abbreviation stands for, or the abbreviation itself when in doubt."""
        candidates = self._long_forms[short]
        ranked = sorted(candidates.items(), key=lambda kv: (-kv[1], kv[0]))
        long, papers = ranked[0]
        name, total = self._spelled[long], sum(candidates.values())
        if against := self._against(paper, short, long, entity, [form for form, _ in ranked]):
            self._note("refused", paper, entity, name, "abbreviation", against)
            return short
        reason = f"{papers} of {total} papers that define {entity.name} mean this"
        self._note("merged", self._definer[short, long], entity, name, "abbreviation", reason)
        return self._known(long, entity)

    def _against(self, paper: str, short: str, long: str, entity: PaperEntity, ranked: Sequence[str]) -> str:
        """What speaks against an abbreviation being short for ``long`` in this paper; empty if nothing."""
        name, total = self._spelled[long], sum(self._long_forms[short].values())
        if self._long_forms[short][long] < DOMINANT * total:
            rivals = " or ".join(repr(self._spelled[form]) for form in ranked[:3])
            return f"{total} papers define it, as {rivals}"
        letters = normal_form(entity.name, entity.type)
        kindred = len(letters) >= 3 and entity.type in KINDRED and self._types[long] & KINDRED
        settled = len(letters) >= 4 and total >= WELL_KNOWN
        if entity.type not in self._types[long] and not kindred and not settled:
            meant = " or ".join(sorted(self._types[long]))
            return f"a {entity.type} here, but {name!r} is a {meant}"
        if entity.role == "introduces":
            return f"this paper introduces {entity.name} itself"
        if total < WELL_KNOWN:
            others = {self._spelled[form] for form in self._fitting[letters] - {long}}
            others |= {n for n in self._in_paper[paper] if initials(n).endswith(letters) and not self._is(n, long)}
            if others:
                return f"{min(others)!r} fits it, too"
        return ""

    @staticmethod
    def _is(name: str, long: str) -> bool:
        return normal_form(name).endswith(long)

    def _turned(self, paper: str, form: str, entity: PaperEntity) -> str:
        """The form of the same words in the order that the corpus uses beside it, where that is safe."""
        if (meant := self._meant(entity)) != form:
            reason = "one letter of a common word is wrong or missing"
            self._note("merged", paper, entity, self._spelled[meant], "slip", reason)
            return self._known(meant, entity)
        if not (turned := reordered(entity.name)):
            return form
        other = self._corrections.form(turned.name, entity.type)
        if other == form or entity.type not in self._types.get(other, ()):
            return form
        if not turned.safe:
            self._note("refused", paper, entity, self._spelled[other], "word order", "the same words, in another order")
            return form
        reason = f"the {turned.head} of a thing is that thing's {turned.head}"
        self._note("merged", paper, entity, self._spelled[other], "word order", reason)
        return self._known(other, entity)

    def _meant(self, entity: PaperEntity) -> str:
        """The form of a name with a slip of the pen put right; its own where nothing is known to be wrong."""
        spelled = words(entity.name)
        for place, word in enumerate(spelled if len(spelled) > 1 else ()):  # alone it may be a name of its own
            for other in self._slips.get(word, ()):
                form = self._corrections.form(" ".join((*spelled[:place], other, *spelled[place + 1 :])), entity.type)
                if entity.type in self._types.get(form, ()):
                    return form
        return self._corrections.form(entity.name, entity.type)

    def _known(self, form: str, entity: PaperEntity) -> str:
        """A form that was joined, or that of the better known name which it goes by."""
        known = self._aliases.get((entity.type, form))
        return self._corrections.form(known, entity.type) if known else form

    def _note(
        self,
        verdict: Literal["merged", "refused"],
        paper: str,
        entity: PaperEntity,
        other: str,
        rule: str,
        reason: str,
    ) -> None:
        self._ledger.add(decision(verdict, entity.type, entity.name, other, rule, reason, paper))


def _digits(name: str) -> str:
    return "".join(c for c in name if c.isdigit())
