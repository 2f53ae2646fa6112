"""The user's word on merges: a CSV that overrides what the rules decide and survives every rebuild.

``corrections.csv`` in the workspace has the columns ``action``, ``a`` and ``b``; lines that begin
with ``#`` are remarks. Names are labels, aliases or ids of entities; ``same`` and ``different`` also
take two ids of papers:

    action,a,b
    same,SWA,sliding window attention
    different,Adam,ADAM
    type,attention,Method
    label,bidirectional encoder representations from transformers,BERT
    drop,good performance,
    same,arxiv:1706.03762,title:0a1b2c3d4e5f6071
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from citeweave.graph.forms import normal_form
from citeweave.identifiers import SCHEMES
from citeweave.model import ENTITY_TYPES, EntityType, Problem

FILE = "corrections.csv"
ACTIONS = ("same", "different", "type", "label", "drop")


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the user decided, by the normal form of names.

    ``same`` maps a form to the form it goes with; ``apart`` holds pairs of names that must not become
    one, as ordered pairs of forms (of exact spellings where the forms are equal).
    """

    same: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[tuple[str, str]] = frozenset()
    spelled_apart: frozenset[str] = frozenset()
    types: Mapping[str, EntityType] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    same_papers: tuple[tuple[str, str], ...] = ()
    papers_apart: tuple[tuple[str, str], ...] = ()

    def form(self, name: str, type_: EntityType) -> str:
        """The normal form of a name; a spelling that the user keeps apart is a form of its own."""
        return f"={name}" if name in self.spelled_apart else normal_form(name, type_)

    def allows(self, one: str, other: str) -> bool:
        """Whether the rules may join two forms."""
        return (min(one, other), max(one, other)) not in self.apart


NO_CORRECTIONS = Corrections()


def read(path: Path) -> tuple[Corrections, tuple[Problem, ...]]:
    """The corrections in a file (none where there is no file) and each line that cannot hold, with the reason.

    A line that contradicts an earlier one is left out and reported.
    """
    if not path.is_file():
        return NO_CORRECTIONS, ()
    reader = _Reader(path.name)
    text = path.read_text("utf-8-sig", errors="replace")
    for line, row in _rows(text):
        reader.take(line, row)
    return reader.corrections(), tuple(reader.problems)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, raw in enumerate(text.splitlines(), 1):
        if raw.strip() and not raw.lstrip().startswith("#"):
            row = [cell.strip() for cell in next(csv.reader([raw]))]
            if row[0].casefold() != "action":
                yield line, [*row, "", ""][:3]


def _is_paper(name: str) -> bool:
    scheme, colon, _ = name.partition(":")
    return bool(colon) and scheme in (*SCHEMES, "title", "abstract")


def _form(name: str) -> str:
    """The form of a name as the user wrote it, also when it is an entity's id such as ``method/dropout``."""
    type_, _, rest = name.partition("/")
    return normal_form(rest if rest and type_.capitalize() in ENTITY_TYPES else name)


class _Reader:
    def __init__(self, source: str) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._parent: dict[str, str] = {}
        self._apart: dict[tuple[str, str], int] = {}
        self._spelled_apart: set[str] = set()
        self._types: dict[str, EntityType] = {}
        self._labels: dict[str, str] = {}
        self._dropped: set[str] = set()
        self._same_papers: list[tuple[str, str]] = []
        self._papers_apart: list[tuple[str, str]] = []

    def take(self, line: int, row: list[str]) -> None:
        action, a, b = row
        why = self._refuse(action.casefold(), a, b)
        if why:
            self.problems.append(Problem(self._source, line, why, ",".join(row)))

    def corrections(self) -> Corrections:
        same = {form: root for form in self._parent if (root := self._root(form)) != form}
        return Corrections(
            same,
            frozenset(self._apart),
            frozenset(self._spelled_apart),
            dict(self._types),
            dict(self._labels),
            frozenset(self._dropped),
            tuple(self._same_papers),
            tuple(self._papers_apart),
        )

    def _root(self, form: str) -> str:
        while (parent := self._parent.get(form, form)) != form:
            form = parent
        return form

    def _refuse(self, action: str, a: str, b: str) -> str:
        """Take one line in; the reason when it cannot hold."""
        if action not in ACTIONS:
            return f"unknown action {action!r}: must be one of {', '.join(ACTIONS)}"
        if not a or not (b or action == "drop"):
            return f"{action} needs {'a name' if action == 'drop' else 'two values'}"
        if action in ("same", "different") and (_is_paper(a) or _is_paper(b)):
            return self._papers(action, a, b)
        if action in ("same", "different"):
            return self._same(a, b) if action == "same" else self._different(a, b)
        form = _form(a)
        if action == "drop":
            self._dropped.add(form)
            return ""
        if action == "label":
            return _set_once(self._labels, form, b, "label")
        for type_ in ENTITY_TYPES:
            if type_.casefold() == b.casefold():
                return _set_once(self._types, form, type_, "type")
        return f"no such type {b!r}: must be one of {', '.join(ENTITY_TYPES)}"

    def _papers(self, action: str, a: str, b: str) -> str:
        if not (_is_paper(a) and _is_paper(b)):
            return f"{action} takes two papers or two entities, not one of each"
        mine, theirs = (
            (self._same_papers, self._papers_apart)
            if action == "same"
            else (
                self._papers_apart,
                self._same_papers,
            )
        )
        if {(a, b), (b, a)} & set(theirs):
            return f"contradicts a line above on {a} and {b}"
        mine.append((a, b))
        return ""

    def _same(self, a: str, b: str) -> str:
        mine, theirs = self._root(_form(a)), self._root(_form(b))
        for one, other in self._apart:
            if {self._root(one), self._root(other)} == {mine, theirs}:
                return f"contradicts line(s) above: {a!r} and {b!r} are said to be different"
        self._parent.setdefault(mine, mine)
        self._parent.setdefault(theirs, theirs)
        self._parent[mine] = theirs
        return ""

    def _different(self, a: str, b: str) -> str:
        one, other = _form(a), _form(b)
        if one == other:
            if a == b:
                return f"{a!r} cannot differ from itself"
            self._spelled_apart.add(a)
            return ""
        if self._root(one) == self._root(other):
            return f"contradicts line(s) above: {a!r} and {b!r} are said to be the same"
        self._apart[min(one, other), max(one, other)] = 1
        return ""


def _set_once(table: dict[str, EntityType] | dict[str, str], form: str, value: str, what: str) -> str:
    if table.get(form, value) != value:
        return f"contradicts a line above, which gives it the {what} {table[form]!r}"
    table[form] = value  # type: ignore[assignment]
    return ""
