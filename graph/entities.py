"""Which mentions are one thing: spelling variants, long forms and abbreviations become one entity.

Names meet by the form they go by (:mod:`citeweave.graph.naming`). One name used with two types is
one entity of the type the corpus prefers, unless both uses are frequent. Every join that is more
than spelling, and every refusal in doubt, is a row of the ledger.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from citeweave.graph.aliases import known_aliases, known_labels, known_types
from citeweave.graph.corrections import NO_CORRECTIONS, Corrections, is_taken
from citeweave.graph.doubts import doubts
from citeweave.graph.forms import is_abbreviation, normal_form, words
from citeweave.graph.ledger import Decision, Ledger
from citeweave.graph.naming import PaperNames, Use, decision, forms_of
from citeweave.model import ENTITY_TYPES, Entity, EntityType, PaperEntity, Problem
from citeweave.text import fingerprint, slug
from citeweave.words import singular

OWN_NODE_PAPERS, OWN_NODE_SHARE = 3, 0.3
"""How many papers, and what share of them, a second type of one name needs to be a node of its own."""
SHORT_WINS = 3
"""How many times more papers must use the short form for it to be the label (``BERT``, ``BLEU``)."""
LOWER_WINS = 2
"""How many times more uses the capitals of a name need, to be part of it and not of titles."""


_CAMEL = re.compile(r"\S+[A-Z0-9]\S*")
_PREPOSITION = re.compile(r"( (?:of|for|with|in|to|on|and|by|via) )")


@dataclass(frozen=True, slots=True)
class Resolution:
    """Entities of a corpus by id, which entity each paper's name is, the ledger's rows, and idle corrections."""

    entities: Mapping[str, Entity]
    entity_of: Mapping[Use, str]
    broader: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]
    unused: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Cluster:
    """All uses of one normal form: which papers use which name and surface, by type."""

    papers: dict[EntityType, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[EntityType, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    surfaces: dict[EntityType, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shown: dict[tuple[EntityType, str], str] = field(default_factory=dict)
    """For each type and surface the first paper that uses it."""
    beside: dict[tuple[EntityType, str], tuple[str, str]] = field(default_factory=dict)
    """For each type and surface that one text uses for a name of another form: that name, and the first such paper."""

    def add(self, paper: str, entity: PaperEntity) -> None:
        self.papers[entity.type].add(paper)
        self.names[entity.type][entity.name] += 1
        for surface in set(entity.mentions):
            self.surfaces[entity.type][surface] += 1
            self.shown.setdefault((entity.type, surface), paper)
            if normal_form(surface, entity.type) != normal_form(entity.name, entity.type):
                self.beside.setdefault((entity.type, surface), (entity.name, paper))


def resolve(corpus: Iterable[PaperNames], corrections: Corrections = NO_CORRECTIONS) -> Resolution:
    """Resolve all papers' names to entities; the outcome does not depend on the order of ``corpus``."""
    named = sorted(corpus, key=lambda n: n.paper)  # small beside what it was cut from: names, not texts
    ledger = Ledger()
    forms = forms_of(named, corrections, ledger)
    clusters: dict[str, _Cluster] = defaultdict(_Cluster)
    for one in named:
        for entity in one.entities:
            if form := forms.get((one.paper, entity.name, entity.type)):
                clusters[form].add(one.paper, entity)
    heads = {name.rpartition(" ")[2] for c in clusters.values() for names in c.names.values() for name in names}
    ids: dict[tuple[str, EntityType], str] = {}
    entities: dict[str, Entity] = {}
    shown: dict[str, str] = {}
    for form in sorted(clusters, key=lambda f: (is_taken(f), f)):  # who keeps the form keeps the id
        cluster = clusters[form]
        for type_, group in _split_by_type(
            cluster, corrections.types.get(form), known_types().get(form), ledger
        ).items():
            label = corrections.labels.get(form) or corrections.spelled.get(form) or known_labels().get((type_, form))
            made = _entity(form, type_, cluster, group, label, heads, entities, clusters, corrections)
            for row in _spellings(made, cluster, group):
                ledger.add(row)
            entities[made.id] = made
            shown[made.id] = min(paper for t in group for paper in cluster.papers[t])
            ids.update(((form, t), made.id) for t in group)
    for row in doubts(entities.values(), shown):
        ledger.add(row)
    entity_of = {use: ids[form, use[2]] for use, form in forms.items()}
    unused = corrections.unused(_forms_in_use(named, corrections)) if corrections.lines else ()
    return Resolution(dict(sorted(entities.items())), entity_of, _broader(entities.values()), ledger.rows(), unused)


def _forms_in_use(named: Iterable[PaperNames], corrections: Corrections) -> set[str]:
    """The form of everything that papers call a thing, or that the table of known names calls it."""
    forms: set[str] = set()
    for one in named:
        for entity in one.entities:
            for name in {entity.name, *entity.mentions}:
                own = corrections.form(name, entity.type)
                forms.update((own, corrections.form(name)))
                if known := known_aliases().get((entity.type, own)):
                    forms.add(corrections.form(known))
        forms.update(corrections.form(name) for a in one.abbreviations for name in (a.short, a.long))
    return forms


def _split_by_type(
    cluster: _Cluster, said: EntityType | None, known: EntityType | None, ledger: Ledger
) -> dict[EntityType, tuple[EntityType, ...]]:
    """The types that stay nodes of their own, each with the types that go with it.

    ``said`` is the user's word, ``known`` that of the table of known names; else the papers decide.
    """
    ranked = sorted(cluster.papers, key=lambda t: (-len(cluster.papers[t]), ENTITY_TYPES.index(t)))
    if said:
        return {said: tuple(ranked)}
    main = known or ranked[0]
    total = sum(len(p) for p in cluster.papers.values())
    groups: dict[EntityType, list[EntityType]] = {main: [main] if main in ranked else []}
    for type_ in ranked:
        if type_ == main:
            continue
        papers = len(cluster.papers[type_])
        name, paper = min(cluster.names[type_]), min(cluster.papers[type_])
        if known:
            groups[main].append(type_)
            ledger.add(decision("merged", type_, name, f"{name} ({main})", "type", f"known as a {main}", paper))
        elif papers >= OWN_NODE_PAPERS and papers >= OWN_NODE_SHARE * total:
            groups[type_] = [type_]
            reason = f"{papers} papers use it as {type_}, {len(cluster.papers[main])} as {main}"
            ledger.add(decision("refused", type_, name, f"{name} ({main})", "type", reason, paper))
        else:
            groups[main].append(type_)
            reason = f"{len(cluster.papers[main])} of {total} uses are {main}"
            ledger.add(decision("merged", type_, name, f"{name} ({main})", "type", reason, paper))
    return {t: tuple(g) for t, g in groups.items()}


def _entity(
    form: str,
    type_: EntityType,
    cluster: _Cluster,
    group: tuple[EntityType, ...],
    settled: str | None,
    heads: Container[str],
    taken: Mapping[str, Entity],
    forms: Container[str],
    corrections: Corrections,
) -> Entity:
    names: Counter[str] = Counter()
    surfaces: Counter[str] = Counter()
    for t in group:
        names.update(cluster.names[t])
        surfaces.update(cluster.surfaces[t])
    label = settled or _label(form, names, surfaces, type_, heads)
    id_ = f"{type_.lower()}/{_readable(label)}"
    if not settled and type_ in ("Dataset", "Software", "Model") and _CAMEL.fullmatch(label):
        label = _as_written(label, surfaces, type_)  # the id does not sway with what more papers write
    # What one text shortens "shift-invariant kernels" to is another thing's name in the next.
    own = {s for s in surfaces if is_abbreviation(s) or (f := normal_form(s, type_)) == form or f not in forms}
    own.update(name for name in names if name in surfaces or name != singular(label))
    aliases = sorted(alias for alias in own - {label} if not corrections.elsewhere(alias, form))
    if id_ in taken:  # names that differ only in signs a slug cannot carry
        id_ = f"{id_}-{fingerprint(form, 4)}"
    return Entity(id_, type_, label, tuple(aliases))


def _spellings(made: Entity, cluster: _Cluster, group: tuple[EntityType, ...]) -> Iterator[Decision]:
    """The rows for names that differ in spelling only, or that one paper uses beside another name."""
    for type_ in group:
        ranked = sorted(cluster.names[type_].items(), key=lambda kv: (kv[1], kv[0]))
        spelled = {normal_form(name, type_): name for name, _ in ranked} | {normal_form(made.label, type_): made.label}
        for surface in sorted(cluster.surfaces[type_].keys() | cluster.names[type_].keys()):
            shown = cluster.shown.get((type_, surface), min(cluster.papers[type_]))
            same = spelled.get(normal_form(surface, type_), surface)
            if same != surface:
                yield decision("merged", type_, surface, same, "spelling", "same normal form", shown)
            if (type_, surface) in cluster.beside:
                name, shown = cluster.beside[type_, surface]
                yield decision("merged", type_, surface, name, "context", "one thing in this paper", shown)


def _label(form: str, names: Counter[str], surfaces: Counter[str], type_: EntityType, heads: Container[str]) -> str:
    long = {n: c for n, c in names.items() if not is_abbreviation(n)}
    pool = long or names
    # what others were joined to comes first; an accent is lost more often than won
    label = min(pool, key=lambda n: (normal_form(n, type_) != form, -pool[n], n.isascii(), n))
    label = _plain(label, names + surfaces)
    shorts = {s: c for s, c in surfaces.items() if is_abbreviation(s) and not s.endswith("s")}
    if long and shorts:
        short = min(shorts, key=lambda s: (-shorts[s], s))
        spelled_out = sum(c for s, c in surfaces.items() if not is_abbreviation(s))
        if shorts[short] >= SHORT_WINS * max(spelled_out, 1):
            return short
    label = _many_of(label, surfaces, type_)
    return _one_of_them(label, heads) if type_ in ("Model", "Method", "Concept") else label


def _plain(label: str, uses: Counter[str]) -> str:
    """The label without capitals that only a title or the start of a sentence gave it."""
    lower = label.lower()
    if lower != label and uses[lower] * LOWER_WINS >= uses[label]:
        return lower
    first = label[:1].lower() + label[1:]
    return first if first in uses and label[1:] == lower[1:] else label


def _as_written(label: str, surfaces: Counter[str], type_: EntityType) -> str:
    """``OntoNote``, the singular of a proper name, as the ``OntoNotes`` of the papers; ``GAN`` stays, of ``GANs``.

    A model that some papers name in the singular is not one name with a plural's ending, but many models.
    """
    if type_ == "Model" and label in surfaces:
        return label
    spelled = {s: c for s, c in surfaces.items() if s == label or (s[-2:-1].islower() and singular(s) == label)}
    return min(spelled, key=lambda s: (-spelled[s], s), default=label)


def _many_of(label: str, surfaces: Counter[str], type_: EntityType) -> str:
    """``method of multiplier`` as ``method of multipliers``, where papers write it so: only a head is singular."""
    head, preposition, _ = (found := _PREPOSITION.split(label, 1)) + [""] * (3 - len(found))
    if not preposition or label in surfaces:
        return label
    form = normal_form(label, type_)
    written = [s for s in surfaces if normal_form(s, type_) == form and preposition in s]
    if not written:
        return label
    rest = min(written, key=lambda s: (-surfaces[s], s)).split(preposition, 1)[1]
    return f"{head}{preposition}{rest}"


def _one_of_them(label: str, heads: Container[str]) -> str:
    """``Kolmogorov-Arnold Networks`` as ``Kolmogorov-Arnold Network``, where the corpus has names that end so."""
    *before, last = label.split(" ")
    alone = singular(last)
    if before and alone != last and last[0].isupper() and not is_abbreviation(last) and alone.lower() in heads:
        return " ".join((*before, alone))
    return label


def _readable(label: str) -> str:
    for sign, word in (("+", " plus "), ("#", " sharp "), ("*", " star ")):
        label = label.replace(sign, word)
    return slug(label)


def _broader(entities: Iterable[Entity]) -> tuple[tuple[str, str], ...]:
    """(narrower, broader) pairs by head and modifier: a graph neural network is a neural network."""
    by_words: dict[tuple[EntityType, tuple[str, ...]], str] = {}
    spelled = {}
    for entity in entities:
        spelled[entity.id] = words(entity.label)
        by_words.setdefault((entity.type, words(entity.label)), entity.id)
    pairs = []
    for entity in entities:
        mine = spelled[entity.id]
        if set(mine) & {"of", "for", "with", "in", "to", "on", "and", "by", "via"}:
            continue  # the head is not the last word
        for start in range(1, len(mine)):
            broader = by_words.get((entity.type, mine[start:]))
            if broader and broader != entity.id:
                pairs.append((entity.id, broader))
                break
    return tuple(sorted(pairs))
