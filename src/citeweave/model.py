"""The types that every room shares: papers, what they say, and the graph's statements with their evidence.

Standard library only. Everything is a frozen, slotted dataclass without parent pointers, so that
values can be handed between rooms, processes and caches without surprises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

EntityType = Literal["Method", "Model", "Dataset", "Task", "Metric", "Concept", "Software"]
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)

Role = Literal[
    "introduces", "evaluates_on", "addresses", "measures", "compares", "extends", "uses", "studies", "mentions"
]
"""What a paper does with an entity, strongest first."""
ROLES: tuple[Role, ...] = get_args(Role)

RelationType = Literal[
    "used_for",
    "evaluated_on",
    "trained_on",
    "measured_by",
    "part_of",
    "subtype_of",
    "based_on",
    "outperforms",
    "compared_with",
    "has_property",
]
RELATION_TYPES: tuple[RelationType, ...] = get_args(RelationType)

Stance = Literal["asserted", "negated", "speculative"]

_DATE = re.compile(r"(?:(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?|--(\d{2})-(\d{2}))")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date as far as it is known: year, year and month, a full day, or a day without its year.

    ``str()`` gives the XML Schema lexical form: ``2024``, ``2024-01``, ``2024-01-24``, ``--02-21``.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        if self.year is None:
            return f"--{self.month:02d}-{self.day:02d}" if self.month and self.day else ""
        parts = [f"{self.year:04d}"]
        if self.month:
            parts.append(f"{self.month:02d}")
            if self.day:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)

    @classmethod
    def parse(cls, lexical: str) -> PartialDate:
        """Read the lexical form that ``str()`` writes; raises ValueError on anything else."""
        found = _DATE.fullmatch(lexical)
        if not found:
            raise ValueError(f"not a date: {lexical!r}")
        year, month, day, bare_month, bare_day = (int(x) if x else None for x in found.groups())
        date = cls(year, bare_month if month is None else month, bare_day if day is None else day)
        if date.month not in (None, *range(1, 13)) or date.day not in (None, *range(1, 32)):
            raise ValueError(f"no such month or day: {lexical!r}")
        return date


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name; ``family`` alone for a name that cannot be split."""

    family: str
    given: str = ""
    orcid: str = ""

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Source:
    """Where fields of a paper were read: the file's name, the line its record starts on, and which fields."""

    file: str
    line: int
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a reference list: as printed, and whatever of it is known apart."""

    raw: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    authors: tuple[Name, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A research paper, as read from one record or as merged from several.

    ``identifiers`` maps a scheme (doi, arxiv, acl, openalex, s2, pmid, url) to its normalised value.
    ``author_count`` is what a listing says when it names no authors. ``extra`` keeps what a source
    offers besides (upvotes, comments). Offsets anywhere in citeweave count characters of ``text``.
    """

    id: str
    title: str = ""
    abstract: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[Name, ...] = ()
    author_count: int | None = None
    date: PartialDate | None = None
    venue: str = ""
    references: tuple[Reference, ...] = ()
    links: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def text(self) -> str:
        """Title, line feed, abstract: the text that mentions and evidence point into."""
        return f"{self.title}\n{self.abstract}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that could not be read: which file and line, why, and (shortened) what stood there."""

    source: str
    line: int
    message: str
    raw: str = ""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a paper's text that names an entity. ``by`` is the component and its version."""

    start: int
    end: int
    text: str
    type: EntityType
    score: float
    by: str


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the long form that the same text gives it, with the offsets of both."""

    short: str
    long: str
    short_start: int
    long_start: int


@dataclass(frozen=True, slots=True)
class PaperEntity:
    """One thing named in one paper: its mentions (as surface forms) and what the paper does with it."""

    name: str
    type: EntityType
    mentions: tuple[str, ...]
    role: Role = "mentions"
    role_score: float = 1.0
    stance: Stance = "asserted"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a paper states between two of its entities (by ``PaperEntity.name``), and the words that say so."""

    subject: str
    predicate: RelationType
    object: str
    score: float
    start: int
    end: int
    by: str


@dataclass(frozen=True, slots=True)
class TextCitation:
    """A reference to another work inside the running text."""

    text: str
    start: int
    end: int
    identifiers: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    year: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A figure that a paper reports: which entity, on which dataset, in which metric.

    ``kind`` tells a value itself (``88.4 BLEU``) from a difference (``+2.1 BLEU``, negative where
    something fell) and from a factor (``3x faster``). ``unit`` is ``%``, ``points``, ``x``, or what
    the figure is counted in. What the text leaves open is the empty string.
    """

    entity: str
    dataset: str
    metric: str
    value: float
    unit: str
    start: int
    end: int
    kind: Literal["absolute", "change", "ratio"] = "absolute"
    by: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one paper's title and abstract say. Sentences are (start, end) offsets into its text."""

    paper: str
    sentences: tuple[tuple[int, int], ...] = ()
    mentions: tuple[Mention, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    entities: tuple[PaperEntity, ...] = ()
    relations: tuple[Relation, ...] = ()
    citations: tuple[TextCitation, ...] = ()
    links: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing across papers. ``id`` is readable and comes from type and label: ``method/dropout``."""

    id: str
    type: EntityType
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that support a statement: ``quote`` is ``text[start:end]`` of the paper."""

    paper: str
    start: int
    end: int
    quote: str
    by: str
    score: float


@dataclass(frozen=True, slots=True)
class Statement:
    """An assertion of the graph, kept apart from its evidence: many papers can support one."""

    subject: str
    predicate: str
    object: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
