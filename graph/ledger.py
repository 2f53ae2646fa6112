"""Every merge and every refusal in doubt, with the rule, the reason and the evidence that decided it."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from citeweave.model import ENTITY_TYPES


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """One row of the ledger: that two records (or names) are the same thing, or are kept apart.

    ``left`` and ``right`` are places (``file:line``) for papers and names with their type for
    entities; ``rule`` is the short name of what decided, ``reason`` says it in words. ``evidence`` is
    what a reader can check it by: the titles of two papers, or the id of a paper that uses the name.
    """

    kind: Literal["paper", "entity"]
    verdict: Literal["merged", "refused"]
    left: str
    right: str
    rule: str
    reason: str
    evidence: str = ""


class Ledger:
    """Decisions in the making: one row each, however many papers give rise to it; the first paper is its evidence."""

    def __init__(self) -> None:
        self._evidence: dict[Decision, str] = {}

    def add(self, decision: Decision) -> None:
        """Take a decision in; of equal ones that differ in evidence, the least is kept."""
        bare = replace(decision, evidence="")
        self._evidence[bare] = min(self._evidence.get(bare, decision.evidence), decision.evidence)

    def rows(self) -> tuple[Decision, ...]:
        """All decisions, sorted."""
        return tuple(sorted(replace(bare, evidence=evidence) for bare, evidence in self._evidence.items()))


def sample(decisions: Iterable[Decision], size: int, seed: int) -> list[Decision]:
    """At most ``size`` merges and ``size`` refusals picked at random, the same for the same seed."""
    dice = random.Random(seed)
    picked: list[Decision] = []
    ordered = sorted(decisions)
    for verdict in ("merged", "refused"):
        pool = [d for d in ordered if d.verdict == verdict]
        picked += dice.sample(pool, min(size, len(pool)))
    return picked


def chain(decisions: Iterable[Decision], start: Iterable[str], goal: Iterable[str]) -> list[Decision] | None:
    """The shortest chain of merges from any of the names ``start`` to any of ``goal``; None where there is none.

    Names are those of the rows' two sides, without their types. It is empty where one name is in both.
    """
    rows: dict[str, list[tuple[str, Decision]]] = defaultdict(list)
    for d in decisions:
        if d.verdict == "merged":
            left, right = bare(d.left), bare(d.right)
            rows[left].append((right, d))
            rows[right].append((left, d))
    wanted = frozenset(goal)
    came: dict[str, tuple[str, Decision] | None] = dict.fromkeys(sorted(set(start)))
    waiting = deque(came)
    while waiting:
        name = waiting.popleft()
        if name in wanted:
            return _way(came, name)
        for other, decision in rows[name]:
            if other not in came:
                came[other] = (name, decision)
                waiting.append(other)
    return None


def _way(came: dict[str, tuple[str, Decision] | None], name: str) -> list[Decision]:
    way = []
    while step := came[name]:
        name, decision = step
        way.append(decision)
    return way[::-1]


def refusals(decisions: Iterable[Decision], one: Sequence[str], other: Sequence[str]) -> list[Decision]:
    """The rows that refuse to put a name of ``one`` and a name of ``other`` together."""
    mine, theirs = set(one), set(other)
    found = []
    for d in decisions:
        left, right = bare(d.left), bare(d.right)
        if d.verdict == "refused" and ((left in mine and right in theirs) or (left in theirs and right in mine)):
            found.append(d)
    return found


def bare(side: str) -> str:
    """One side of a row about entities without its type: ``RNN (Model)`` gives ``RNN``; places stay as they are."""
    name, opened, type_ = side.rpartition(" (")
    return name if opened and type_.removesuffix(")") in ENTITY_TYPES else side
