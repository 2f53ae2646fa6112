"""The user's word on merges: a CSV that overrides what the rules decide and survives every rebuild.

``corrections.csv`` in the workspace has the columns ``action``, ``a`` and ``b``, between commas, semicolons
or tabs; lines that begin with ``#`` are remarks. Names are labels, aliases or ids of entities; ``same``
and ``different`` also take two ids of papers:

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
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from citeweave.graph.aliases import known_labels
from citeweave.graph.forms import normal_form
from citeweave.identifiers import SCHEMES, paper_id
from citeweave.model import ENTITY_TYPES, EntityType, Paper, Problem

FILE = "corrections.csv"
ACTIONS = ("same", "different", "type", "label", "drop")
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds: its number, what stands there, and names of entities with their forms, or ids of papers."""

    number: int
    raw: str
    names: tuple[tuple[str, str], ...] = ()
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the user decided, by the normal form of names.

    ``same`` maps a form to the form it goes with; ``apart`` holds pairs of names that must not become
    one, as ordered pairs of forms. Where spellings of one normal form must not, ``spellings`` gives each
    of them a form of its own, and ``spelled`` leads from that form to the spelling.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[tuple[str, str]] = frozenset()
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spelled: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, EntityType] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    same_papers: tuple[tuple[str, str], ...] = ()
    papers_apart: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    source: str = FILE

    def form(self, name: str, type_: EntityType | None = None) -> str:
        """The normal form of a name; where the user keeps spellings of it apart, the form of the one it is most like.

        ``Adam optimizer`` goes with ``Adam`` where that is not ``ADAM``.
        """
        return _form(self.spellings, name, type_)

    def plain_spelling(self, form: str) -> str:
        """The spelling that keeps the normal form from which the user took ``form``; empty where it was not taken."""
        if not is_taken(form):
            return ""
        return next(
            s
            for own in self.spellings.values()
            if form in own.values()
            for s, kept in own.items()
            if not is_taken(kept)
        )

    def elsewhere(self, name: str, form: str) -> bool:
        """Whether a name is, by the user's word, another thing's than that of the form."""
        return any(form in own.values() and own.get(name, form) != form for own in self.spellings.values())

    def unused(self, forms: Container[str]) -> tuple[Problem, ...]:
        """A problem for each line with a name that no paper uses; ``forms`` are those of all names in use."""
        return self._idle("uses the name", lambda line: (name for name, form in line.names if form not in forms))

    def unknown(self, records: Iterable[Paper]) -> tuple[Problem, ...]:
        """A problem for each line with the id of a paper that is in no record; none are looked at without need."""
        missing = {id_ for line in self.lines for id_ in line.papers}
        for record in records if missing else ():
            missing.difference_update(paper_ids(record))
        return self._idle("that was read has the id", lambda line: (id_ for id_ in line.papers if id_ in missing))

    def _idle(self, what: str, of: Callable[[Line], Iterable[str]]) -> tuple[Problem, ...]:
        problems = []
        for line in self.lines:
            if idle := [repr(one) for one in of(line)]:
                why = f"no paper {what}{'s' * (len(idle) > 1)} {' and '.join(idle)}"
                problems.append(Problem(self.source, line.number, why, line.raw))
        return tuple(problems)

    def allows(self, one: str, other: str) -> bool:
        """Whether the rules may join two forms."""
        return (min(one, other), max(one, other)) not in self.apart


NO_CORRECTIONS = Corrections()


def is_taken(form: str) -> bool:
    """Whether a form is that of a spelling which the user took from the names of the same normal form."""
    return form.startswith("=")


def read(path: Path) -> tuple[Corrections, tuple[Problem, ...]]:
    """The corrections in a file (none where there is no file) and each line that cannot hold, with the reason.

    A line that contradicts an earlier one is left out and reported.
    """
    if not path.is_file():
        return NO_CORRECTIONS, ()
    rows = list(_rows(path.read_text("utf-8-sig", errors="replace")))
    reader = _Reader(path.name, [row for _, row in rows])
    for line, row in rows:
        reader.take(line, row)
    return reader.corrections(), tuple(reader.problems)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, raw in enumerate(text.splitlines(), 1):
        if raw.strip() and not raw.lstrip().startswith("#"):
            row = _cells(raw)
            if row[0].casefold() != "action":
                yield line, [*row, "", ""][:3]


def _cells(raw: str) -> list[str]:
    """The cells of a line, apart at the separator that leaves an action in the first one; commas where none does."""
    split = [[cell.strip() for cell in next(csv.reader([raw], delimiter=s))] for s in _SEPARATORS]
    return next((row for row in split if row[0].casefold() in ("action", *ACTIONS)), split[0])


def _is_paper(name: str) -> bool:
    scheme, colon, _ = name.partition(":")
    return bool(colon) and scheme in (*SCHEMES, "title", "abstract")


def paper_ids(record: Paper) -> Iterator[str]:
    """All ids under which the user may know the paper of a record."""
    yield from (f"{scheme}:{value}" for scheme, value in record.identifiers.items())
    yield paper_id({}, record.title, record.abstract)
    yield paper_id({}, "", record.abstract)


def _name(said: str) -> str:
    """A name as the user wrote it, also when it is an entity's id such as ``method/dropout``."""
    type_, _, rest = said.partition("/")
    return rest if rest and type_.capitalize() in ENTITY_TYPES else said


def _spellings(rows: Sequence[Sequence[str]]) -> dict[str, dict[str, str]]:
    """For each normal form of which some spellings are said to be different: these, each with a form of its own.

    The better known spelling, or the one with fewer capitals, keeps the normal form.
    """
    found: dict[str, set[str]] = {}
    for action, a, b in rows:
        one, other = _name(a), _name(b)
        form = normal_form(one)
        if action.casefold() == "different" and one != other and form and form == normal_form(other):
            found.setdefault(form, set()).update((one, other))
    known = set(known_labels().values())
    spellings = {}
    for form, names in found.items():
        keeps, *others = sorted(names, key=lambda n: (n not in known, sum(map(str.isupper, n)), n))
        spellings[form] = {keeps: form} | {name: f"={name}" for name in others}
    return spellings


def _nearest(spellings: Mapping[str, str], name: str) -> str:
    """The form of the spelling that a name has, or is most like."""
    like = max(sorted(spellings), key=lambda s: (s == name, SequenceMatcher(None, s, name).ratio()))
    return spellings[like]


def _form(spellings: Mapping[str, Mapping[str, str]], name: str, type_: EntityType | None = None) -> str:
    plain = normal_form(name, type_)
    return _nearest(spellings[plain], name) if plain in spellings else plain


class _Reader:
    def __init__(self, source: str, rows: Sequence[Sequence[str]]) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._spellings = _spellings(rows)
        written = {cell for row in rows for cell in row[1:]}  # an id is no spelling to show
        self._spelled = {
            form: name for own in self._spellings.values() for name, form in own.items() if name in written
        }
        self._lines: list[Line] = []
        self._parent: dict[str, str] = {}
        self._apart: dict[tuple[str, str], int] = {}
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
            return
        names = (a, b) if action.casefold() in ("same", "different") else (a,)
        if len(names) > 1 and _is_paper(a):
            self._lines.append(Line(line, ",".join(row), papers=names))
        else:
            self._lines.append(Line(line, ",".join(row), tuple((name, self._form(name)) for name in names)))

    def corrections(self) -> Corrections:
        same = {form: root for form in self._parent if (root := self._root(form)) != form}
        return Corrections(
            same,
            frozenset(self._apart),
            self._spellings,
            self._spelled,
            dict(self._types),
            dict(self._labels),
            frozenset(self._dropped),
            tuple(self._same_papers),
            tuple(self._papers_apart),
            tuple(self._lines),
            self._source,
        )

    def _form(self, said: str) -> str:
        return _form(self._spellings, _name(said))

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
        form = self._form(a)
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
        mine, theirs = self._root(self._form(a)), self._root(self._form(b))
        for one, other in self._apart:
            if {self._root(one), self._root(other)} == {mine, theirs}:
                return f"contradicts line(s) above: {a!r} and {b!r} are said to be different"
        self._parent.setdefault(mine, mine)
        self._parent.setdefault(theirs, theirs)
        self._parent[mine] = theirs
        return ""

    def _different(self, a: str, b: str) -> str:
        one, other = self._form(a), self._form(b)
        if one == other:
            return f"{a!r} cannot differ from itself" if one else f"no letter or digit in {a!r} and {b!r}"
        if self._root(one) == self._root(other):
            return f"contradicts line(s) above: {a!r} and {b!r} are said to be the same"
        self._apart[min(one, other), max(one, other)] = 1
        return ""


def _set_once(table: dict[str, EntityType] | dict[str, str], form: str, value: str, what: str) -> str:
    if table.get(form, value) != value:
        return f"contradicts a line above, which gives it the {what} {table[form]!r}"
    table[form] = value  # type: ignore[assignment]
    return ""
