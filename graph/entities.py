"""Which mentions are one thing: spelling variants, long forms and abbreviations become one entity.

Names meet by their normal form (:mod:`citeweave.graph.forms`). A bare abbreviation joins the long
form that the corpus gives it, but only when no other long form competes. One name used with two
types is one entity of the type the corpus prefers, unless both uses are frequent. Every join that
is more than spelling, and every refusal in doubt, is a row of the ledger.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from citeweave.graph.aliases import known_aliases, known_labels
from citeweave.graph.forms import is_abbreviation, normal_form, words
from citeweave.graph.ledger import Decision
from citeweave.model import ENTITY_TYPES, Abbreviation, Entity, EntityType, PaperEntity
from citeweave.text import fingerprint, slug

DOMINANT = 0.9
"""Share of the papers defining an abbreviation that its long form needs, to stand for bare uses."""
OWN_NODE_PAPERS, OWN_NODE_SHARE = 3, 0.3
"""How many papers, and what share of them, a second type of one name needs to be a node of its own."""
SHORT_WINS = 3
"""How many times more papers must use the short form for it to be the label (``BERT``, ``BLEU``)."""


@dataclass(frozen=True, slots=True)
class Named:
    """What one paper names: its id, its entities, and the abbreviations its text defines."""

    paper: str
    entities: tuple[PaperEntity, ...]
    abbreviations: tuple[Abbreviation, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """Entities of a corpus by id, which entity each paper's name is, and the ledger's rows."""

    entities: Mapping[str, Entity]
    entity_of: Mapping[tuple[str, str, EntityType], str]
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


def resolve(corpus: Iterable[Named]) -> Resolution:
    """Resolve all papers' names to entities; the outcome does not depend on the order of ``corpus``."""
    named = sorted(corpus, key=lambda n: n.paper)
    decisions: list[Decision] = []
    keys = _keys(named, decisions)
    clusters: dict[str, _Cluster] = defaultdict(_Cluster)
    for one in named:
        for entity in one.entities:
            if key := keys.get((one.paper, entity.name, entity.type)):
                clusters[key].add(one.paper, entity)
    ids: dict[tuple[str, EntityType], str] = {}
    entities: dict[str, Entity] = {}
    for key in sorted(clusters):
        for type_, group in _split_by_type(key, clusters[key], decisions).items():
            made = _entity(key, type_, clusters[key], group, entities)
            entities[made.id] = made
            ids.update(((key, t), made.id) for t in group)
    entity_of = {use: ids[key, use[2]] for use, key in keys.items()}
    return Resolution(
        dict(sorted(entities.items())), entity_of, _broader(entities.values()), tuple(sorted(set(decisions)))
    )


def _keys(named: list[Named], decisions: list[Decision]) -> dict[tuple[str, str, EntityType], str]:
    """The normal form each paper's name goes by, bare abbreviations already expanded."""
    aliases = known_aliases()
    long_forms: dict[str, Counter[str]] = defaultdict(Counter)
    spelled: dict[str, str] = {}
    types: dict[str, Counter[EntityType]] = defaultdict(Counter)
    for one in named:
        defined = {a.short: a.long for a in one.abbreviations}
        for entity in one.entities:
            key = normal_form(entity.name, entity.type)
            spelled.setdefault(key, entity.name)
            types[key][entity.type] += 1
            for surface in entity.mentions:
                short = normal_form(surface, entity.type)
                if is_abbreviation(surface) and short != key and surface in defined:
                    long_forms[short][key] += 1
    keys: dict[tuple[str, str, EntityType], str] = {}
    for one in named:
        for entity in one.entities:
            key = normal_form(entity.name, entity.type)
            if not key:
                continue
            if known := aliases.get((entity.type, key)):
                decisions.append(_decision("merged", entity.type, entity.name, known, "alias", "known alias"))
                key = normal_form(known, entity.type)
            elif is_abbreviation(entity.name) and key in long_forms:
                key = _expand(key, entity, long_forms[key], spelled, types, decisions)
            keys[one.paper, entity.name, entity.type] = key
    return keys


def _expand(
    key: str,
    entity: PaperEntity,
    candidates: Counter[str],
    spelled: Mapping[str, str],
    types: Mapping[str, Counter[EntityType]],
    decisions: list[Decision],
) -> str:
    """The long form that a bare abbreviation stands for, or the abbreviation itself when in doubt."""
    ranked = sorted(candidates.items(), key=lambda kv: (-kv[1], kv[0]))
    long, papers = ranked[0]
    total = sum(candidates.values())
    if papers < DOMINANT * total:
        rivals = " or ".join(repr(spelled[k]) for k, _ in ranked[:3])
        reason = f"{total} papers define it, as {rivals}"
        decisions.append(_decision("refused", entity.type, entity.name, spelled[long], "abbreviation", reason))
        return key
    if entity.type not in types[long]:
        meant = " or ".join(sorted(types[long]))
        reason = f"{entity.name} is a {entity.type} here, {spelled[long]!r} a {meant}"
        decisions.append(_decision("refused", entity.type, entity.name, spelled[long], "abbreviation", reason))
        return key
    reason = f"{papers} of {total} papers that define {entity.name} mean this"
    decisions.append(_decision("merged", entity.type, entity.name, spelled[long], "abbreviation", reason))
    return long


def _decision(verdict: str, type_: EntityType, left: str, right: str, rule: str, reason: str) -> Decision:
    assert verdict in ("merged", "refused")
    return Decision("entity", verdict, f"{left} ({type_})", right, rule, reason)  # type: ignore[arg-type]


def _split_by_type(key: str, cluster: _Cluster, decisions: list[Decision]) -> dict[EntityType, tuple[EntityType, ...]]:
    """The types that stay nodes of their own, each with the types that go with it."""
    ranked = sorted(cluster.papers, key=lambda t: (-len(cluster.papers[t]), ENTITY_TYPES.index(t)))
    main = ranked[0]
    total = sum(len(p) for p in cluster.papers.values())
    groups: dict[EntityType, list[EntityType]] = {main: [main]}
    for type_ in ranked[1:]:
        papers = len(cluster.papers[type_])
        name = min(cluster.names[type_])
        if papers >= OWN_NODE_PAPERS and papers >= OWN_NODE_SHARE * total:
            groups[type_] = [type_]
            reason = f"{papers} papers use it as {type_}, {len(cluster.papers[main])} as {main}"
            decisions.append(_decision("refused", type_, name, f"{name} ({main})", "type", reason))
        else:
            groups[main].append(type_)
            reason = f"{len(cluster.papers[main])} of {total} uses are {main}"
            decisions.append(_decision("merged", type_, name, f"{name} ({main})", "type", reason))
    return {t: tuple(g) for t, g in groups.items()}


def _entity(
    key: str, type_: EntityType, cluster: _Cluster, group: tuple[EntityType, ...], taken: Mapping[str, Entity]
) -> Entity:
    names: Counter[str] = Counter()
    surfaces: Counter[str] = Counter()
    for t in group:
        names.update(cluster.names[t])
        surfaces.update(cluster.surfaces[t])
    label = known_labels().get((type_, key)) or _label(names, surfaces)
    aliases = sorted((names.keys() | surfaces.keys()) - {label})
    id_ = f"{type_.lower()}/{_readable(label)}"
    if id_ in taken:  # names that differ only in signs a slug cannot carry
        id_ = f"{id_}-{fingerprint(key, 4)}"
    return Entity(id_, type_, label, tuple(aliases))


def _label(names: Counter[str], surfaces: Counter[str]) -> str:
    long = {n: c for n, c in names.items() if not is_abbreviation(n)}
    pool = long or names
    label = min(pool, key=lambda n: (-pool[n], n))
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
