"""Which mentions are one thing: spelling variants, long forms and abbreviations become one entity.

Names meet by the form they go by (:mod:`citeweave.graph.naming`). One name used with two types is
one entity of the type the corpus prefers, unless both uses are frequent. Every join that is more
than spelling, and every refusal in doubt, is a row of the ledger.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from citeweave.graph.aliases import known_labels
from citeweave.graph.corrections import NO_CORRECTIONS, Corrections
from citeweave.graph.forms import is_abbreviation, normal_form, words
from citeweave.graph.ledger import Decision
from citeweave.graph.naming import PaperNames, Use, decision, forms_of
from citeweave.model import ENTITY_TYPES, Entity, EntityType, PaperEntity
from citeweave.text import fingerprint, slug

OWN_NODE_PAPERS, OWN_NODE_SHARE = 3, 0.3
"""How many papers, and what share of them, a second type of one name needs to be a node of its own."""
SHORT_WINS = 3
"""How many times more papers must use the short form for it to be the label (``BERT``, ``BLEU``)."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Entities of a corpus by id, which entity each paper's name is, and the ledger's rows."""

    entities: Mapping[str, Entity]
    entity_of: Mapping[Use, str]
    broader: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]


@dataclass(slots=True)
class _Cluster:
    """All uses of one normal form: which papers use which name and surface, by type."""

    papers: dict[EntityType, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[EntityType, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    surfaces: dict[EntityType, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, paper: str, entity: PaperEntity) -> None:
        self.papers[entity.type].add(paper)
        self.names[entity.type][entity.name] += 1
        self.surfaces[entity.type].update(set(entity.mentions))


def resolve(corpus: Iterable[PaperNames], corrections: Corrections = NO_CORRECTIONS) -> Resolution:
    """Resolve all papers' names to entities; the outcome does not depend on the order of ``corpus``."""
    named = sorted(corpus, key=lambda n: n.paper)
    decisions: list[Decision] = []
    forms = forms_of(named, corrections, decisions)
    clusters: dict[str, _Cluster] = defaultdict(_Cluster)
    for one in named:
        for entity in one.entities:
            if form := forms.get((one.paper, entity.name, entity.type)):
                clusters[form].add(one.paper, entity)
    ids: dict[tuple[str, EntityType], str] = {}
    entities: dict[str, Entity] = {}
    for form in sorted(clusters):
        for type_, group in _split_by_type(clusters[form], corrections.types.get(form), decisions).items():
            label = corrections.labels.get(form) or known_labels().get((type_, form))
            made = _entity(form, type_, clusters[form], group, label, entities)
            decisions += _spellings(made, clusters[form], group)
            entities[made.id] = made
            ids.update(((form, t), made.id) for t in group)
    entity_of = {use: ids[form, use[2]] for use, form in forms.items()}
    return Resolution(
        dict(sorted(entities.items())), entity_of, _broader(entities.values()), tuple(sorted(set(decisions)))
    )


def _split_by_type(
    cluster: _Cluster, said: EntityType | None, decisions: list[Decision]
) -> dict[EntityType, tuple[EntityType, ...]]:
    """The types that stay nodes of their own, each with the types that go with it."""
    ranked = sorted(cluster.papers, key=lambda t: (-len(cluster.papers[t]), ENTITY_TYPES.index(t)))
    if said:
        return {said: tuple(ranked)}
    main = ranked[0]
    total = sum(len(p) for p in cluster.papers.values())
    groups: dict[EntityType, list[EntityType]] = {main: [main]}
    for type_ in ranked[1:]:
        papers = len(cluster.papers[type_])
        name = min(cluster.names[type_])
        if papers >= OWN_NODE_PAPERS and papers >= OWN_NODE_SHARE * total:
            groups[type_] = [type_]
            reason = f"{papers} papers use it as {type_}, {len(cluster.papers[main])} as {main}"
            decisions.append(decision("refused", type_, name, f"{name} ({main})", "type", reason))
        else:
            groups[main].append(type_)
            reason = f"{len(cluster.papers[main])} of {total} uses are {main}"
            decisions.append(decision("merged", type_, name, f"{name} ({main})", "type", reason))
    return {t: tuple(g) for t, g in groups.items()}


def _entity(
    form: str,
    type_: EntityType,
    cluster: _Cluster,
    group: tuple[EntityType, ...],
    settled: str | None,
    taken: Mapping[str, Entity],
) -> Entity:
    names: Counter[str] = Counter()
    surfaces: Counter[str] = Counter()
    for t in group:
        names.update(cluster.names[t])
        surfaces.update(cluster.surfaces[t])
    label = settled or _label(names, surfaces)
    aliases = sorted((names.keys() | surfaces.keys()) - {label})
    id_ = f"{type_.lower()}/{_readable(label)}"
    if id_ in taken:  # names that differ only in signs a slug cannot carry
        id_ = f"{id_}-{fingerprint(form, 4)}"
    return Entity(id_, type_, label, tuple(aliases))


def _spellings(made: Entity, cluster: _Cluster, group: tuple[EntityType, ...]) -> Iterator[Decision]:
    """The rows for names that differ from the label in spelling only, or that one paper uses beside it."""
    mine = normal_form(made.label, made.type)
    for type_ in group:
        for surface in sorted(cluster.surfaces[type_].keys() - {made.label}):
            same = normal_form(surface, type_) == mine
            rule, reason = ("spelling", "same normal form") if same else ("context", "one thing in the same text")
            yield decision("merged", type_, surface, made.label, rule, reason)


def _label(names: Counter[str], surfaces: Counter[str]) -> str:
    long = {n: c for n, c in names.items() if not is_abbreviation(n)}
    pool = long or names
    label = min(pool, key=lambda n: (-pool[n], n))
    if (plain := label[:1].lower() + label[1:]) in surfaces.keys() | names.keys():
        label = plain  # capitalised at the start of a sentence or in a title only
    shorts = {s: c for s, c in surfaces.items() if is_abbreviation(s) and not s.endswith("s")}
    if long and shorts:
        short = min(shorts, key=lambda s: (-shorts[s], s))
        spelled_out = sum(c for s, c in surfaces.items() if not is_abbreviation(s))
        if shorts[short] >= SHORT_WINS * max(spelled_out, 1):
            return short
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
