"""Why two names are one thing, or two: the chain of merges between them, or what kept them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from citeweave.graph.forms import normal_form
from citeweave.graph.ledger import Decision, chain, refusals
from citeweave.graph.workspace import Workspace
from citeweave.model import Entity, Paper
from citeweave.text import normal_title

RULES = (
    "spelling",
    "context",
    "alias",
    "abbreviation",
    "word order",
    "slip",
    "type",
    "letters",
    "prefix",
    "number",
    "identifier",
    "title",
    "abstract",
    "text",
    "similar",
    "user",
)
"""What the rules are called that decide on merges, in the ledger and in docs/merges.md."""

CONTEXT = 60
"""Letters shown before and after a name."""


class UnknownNameError(ValueError):
    """Nothing in the workspace goes by the name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the ledger, with the words of a paper that show it (empty where no paper's words do)."""

    decision: Decision
    quote: str


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: what each of the two names is, whether that is one thing, and the steps that made it so.

    One thing may have refusals among its steps: papers in which one of its names is something else. For two
    things, all steps are refusals, and ``narrower`` says in words when one is a kind of the other.
    """

    one: str
    other: str
    same: bool
    steps: tuple[Step, ...]
    narrower: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a name of the user's may be: an entity or a paper, and by which of its names it was found."""

    id: str
    described: str
    found: tuple[str, ...]
    names: tuple[str, ...]


def why(workspace: Workspace, one: str, other: str) -> Why:
    """Explain how two names (of entities), or two papers (id, title or ``file:line``), came to be what they are.

    Raises UnknownNameError where one of them names nothing.
    """
    decisions = list(workspace.decisions())
    mine, theirs = _known(workspace, one), _known(workspace, other)
    both = sorted({k.id for k in mine} & {k.id for k in theirs})
    left = next(k for k in mine if not both or k.id == both[0])
    right = next(k for k in theirs if not both or k.id == both[0])
    narrower = ""
    if both:
        rows = chain(decisions, left.found, right.found) or []
        # in other papers one of the names may be something else
        rows += refusals(decisions, left.found, right.found)
    else:
        rows = [row for a in mine for b in theirs for row in refusals(decisions, a.names, b.names)]
        for narrow, broad in ((left, right), (right, left)):
            if any(s.predicate == "broader" for s in workspace.between(narrow.id, broad.id)):
                narrower = f"{narrow.described} is a kind of {broad.described}"
    steps = tuple(shown(workspace, row) for row in dict.fromkeys(rows))
    return Why(left.described, right.described, bool(both), steps, narrower)


def shown(workspace: Workspace, row: Decision) -> Step:
    """A row of the ledger with the words of the paper that is its evidence."""
    if row.kind == "paper":
        return Step(row, row.evidence)
    paper = workspace.paper(row.evidence)
    name = row.left.rpartition(" (")[0]
    return Step(row, f"{paper.id}: {_around(paper.text, name)}" if paper else "")


def _around(text: str, name: str) -> str:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    if not found:
        return text.split("\n")[0]  # it stands there in another spelling
    at = found.start()
    start, end = max(at - CONTEXT, 0), min(at + len(name) + CONTEXT, len(text))
    # whole words only, and no line break
    cut = text[start:end].replace("\n", " / ")
    cut = cut if start == 0 else "… " + cut.partition(" ")[2]
    return cut if end == len(text) else cut.rpartition(" ")[0] + " …"


def _known(workspace: Workspace, name: str) -> list[_Known]:
    found = [
        _Known(e.id, f"{e.label} ({e.type})", hits, (e.label, *e.aliases))
        for e in workspace.entities()
        if (hits := _hits(e, name))
    ] or [
        _Known(p.id, p.title or p.id, places, places)
        for p in workspace.papers()
        if (places := _places(p, name))
    ]  # fmt: skip
    if not found:
        raise UnknownNameError(f"nothing here goes by the name {name!r}")
    exact = [k for k in found if name in k.found or name == k.id]
    return exact or found


def _hits(entity: Entity, name: str) -> tuple[str, ...]:
    names: Iterable[str] = (entity.label, *entity.aliases)
    if name == entity.id:
        return tuple(names)
    if name in names:
        return (name,)
    if exact := tuple(n for n in names if n.casefold() == name.casefold()):
        return exact
    form = normal_form(name)
    return tuple(n for n in names if form and normal_form(n) == form)


def _places(paper: Paper, name: str) -> tuple[str, ...]:
    """The places of a paper's records: of the one that is named, or of all where the paper is."""
    places = tuple(f"{s.file}:{s.line}" for s in paper.sources)
    if name in places:
        return (name,)
    known = name in (paper.id, paper.title) or ((title := normal_title(name)) and title == normal_title(paper.title))
    return places if known else ()
