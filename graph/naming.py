"""Which form each paper's name of a thing goes by: spelling levelled, aliases and abbreviations followed.

A bare abbreviation joins the long form that the corpus gives it, but only when no other long form
competes and the types agree. The user's corrections come first and last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citeweave.graph.aliases import known_aliases
from citeweave.graph.corrections import Corrections
from citeweave.graph.forms import is_abbreviation, normal_form
from citeweave.graph.ledger import Decision
from citeweave.model import Abbreviation, EntityType, PaperEntity

DOMINANT = 0.9
"""Share of the papers defining an abbreviation that its long form needs, to stand for bare uses."""

Use = tuple[str, str, EntityType]
"""A paper's id, and the name and type of an entity in it."""


@dataclass(frozen=True, slots=True)
class PaperNames:
    """What one paper names: its id, its entities, and the abbreviations its text defines."""

    paper: str
    entities: tuple[PaperEntity, ...]
    abbreviations: tuple[Abbreviation, ...] = ()


def decision(verdict: str, type_: EntityType, left: str, right: str, rule: str, reason: str) -> Decision:
    """A row of the ledger about names of entities."""
    return Decision("entity", "merged" if verdict == "merged" else "refused", f"{left} ({type_})", right, rule, reason)


def forms_of(named: Sequence[PaperNames], corrections: Corrections, decisions: list[Decision]) -> dict[Use, str]:
    """The form that each use goes by; names that the user dropped, or that hold no letter, are left out."""
    namer = _Namer(named, corrections, decisions)
    found = ((use, namer.form(entity)) for use, entity in _uses(named))
    return {use: form for use, form in found if form and form not in corrections.dropped}


def _uses(named: Iterable[PaperNames]) -> Iterable[tuple[Use, PaperEntity]]:
    for one in named:
        for entity in one.entities:
            yield (one.paper, entity.name, entity.type), entity


class _Namer:
    def __init__(self, named: Sequence[PaperNames], corrections: Corrections, decisions: list[Decision]) -> None:
        self._corrections = corrections
        self._decisions = decisions
        self._aliases = known_aliases()
        self._long_forms: dict[str, Counter[str]] = defaultdict(Counter)
        self._spelled: dict[str, str] = {}
        self._types: dict[str, Counter[EntityType]] = defaultdict(Counter)
        for one in named:
            defined = {a.short for a in one.abbreviations}
            for entity in one.entities:
                self._learn(entity, defined)

    def _learn(self, entity: PaperEntity, defined: set[str]) -> None:
        form = self._corrections.form(entity.name, entity.type)
        self._spelled.setdefault(form, entity.name)
        self._types[form][entity.type] += 1
        for surface in entity.mentions:
            short = normal_form(surface, entity.type)
            if is_abbreviation(surface) and short != form and surface in defined:
                self._long_forms[short][form] += 1

    def form(self, entity: PaperEntity) -> str:
        form = self._corrections.form(entity.name, entity.type)
        if said := self._corrections.same.get(form):
            self._note("merged", entity, self._spelled.get(said, said), "user", "corrections.csv says so")
            return said
        joined = self._joined(form, entity)
        if joined != form and not self._corrections.allows(form, joined):
            self._note("refused", entity, self._spelled.get(joined, joined), "user", "corrections.csv says so")
            return form
        return self._corrections.same.get(joined, joined)

    def _joined(self, form: str, entity: PaperEntity) -> str:
        if known := self._aliases.get((entity.type, form)):
            self._note("merged", entity, known, "alias", "known alias")
            return normal_form(known, entity.type)
        if is_abbreviation(entity.name) and form in self._long_forms:
            return self._expanded(form, entity)
        return form

    def _expanded(self, short: str, entity: PaperEntity) -> str:
        """The long form that a bare abbreviation stands for, or the abbreviation itself when in doubt."""
        candidates = self._long_forms[short]
        ranked = sorted(candidates.items(), key=lambda kv: (-kv[1], kv[0]))
        long, papers = ranked[0]
        name, total = self._spelled[long], sum(candidates.values())
        if papers < DOMINANT * total:
            rivals = " or ".join(repr(self._spelled[form]) for form, _ in ranked[:3])
            self._note("refused", entity, name, "abbreviation", f"{total} papers define it, as {rivals}")
            return short
        if entity.type not in self._types[long]:
            meant = " or ".join(sorted(self._types[long]))
            self._note("refused", entity, name, "abbreviation", f"a {entity.type} here, but {name!r} is a {meant}")
            return short
        reason = f"{papers} of {total} papers that define {entity.name} mean this"
        self._note("merged", entity, name, "abbreviation", reason)
        known = self._aliases.get((entity.type, long))  # the long form may itself go by a better known name
        return normal_form(known, entity.type) if known else long

    def _note(self, verdict: str, entity: PaperEntity, other: str, rule: str, reason: str) -> None:
        self._decisions.append(decision(verdict, entity.type, entity.name, other, rule, reason))
