"""What changed between two builds: papers, entities, statements and merges that appeared, vanished or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from citeweave.codec import encode
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.ledger import Decision
from citeweave.graph.network import paper_label

PARTS = ("papers", "entities", "statements", "merges")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what it concerns (a readable name) and, for a change, which fields are no longer the same."""

    id: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences in one part of the graph, each list sorted by id."""

    appeared: tuple[Change, ...]
    vanished: tuple[Change, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.appeared or self.vanished or self.changed)


def diff(
    old: KnowledgeGraph, new: KnowledgeGraph, old_merges: Iterable[Decision], new_merges: Iterable[Decision]
) -> dict[str, Changes]:
    """Differences by part, see ``PARTS``. A merge has no id that could change: it appears or vanishes."""
    names = _names(old) | _names(new)
    return {
        "papers": _compare(_papers(old), _papers(new), names),
        "entities": _compare(_entities(old), _entities(new), names),
        "statements": _compare(_statements(old, names), _statements(new, names), {}),
        "merges": _compare(_merges(old_merges), _merges(new_merges), {}),
    }


def _compare(old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[str, str]) -> Changes:
    def change(id_: str, fields: tuple[str, ...] = ()) -> Change:
        return Change(id_, names.get(id_, id_), fields)

    both = sorted(old.keys() & new.keys())
    return Changes(
        tuple(change(i) for i in sorted(new.keys() - old.keys())),
        tuple(change(i) for i in sorted(old.keys() - new.keys())),
        tuple(change(i, _fields(old[i], new[i])) for i in both if old[i] != new[i]),
    )


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k)))


def _names(kg: KnowledgeGraph) -> dict[str, str]:
    papers = {i: paper_label(p) for i, p in kg.papers.items()}
    return papers | {i: f"{e.label} ({e.type})" for i, e in kg.entities.items()}


def _papers(kg: KnowledgeGraph) -> dict[str, Any]:
    return {i: encode(p) for i, p in kg.papers.items()}


def _entities(kg: KnowledgeGraph) -> dict[str, Any]:
    return {i: encode(e) for i, e in kg.entities.items()}


def _statements(kg: KnowledgeGraph, names: Mapping[str, str]) -> dict[str, Any]:
    def name(id_: str) -> str:
        return names.get(id_, id_)

    return {f"{name(s.subject)} {s.predicate} {name(s.object)}": encode(s) for s in kg.statements}


def _merges(decisions: Iterable[Decision]) -> dict[str, Any]:
    return {f"{d.verdict}: {d.left} = {d.right} ({d.rule}: {d.reason})": {} for d in decisions}
