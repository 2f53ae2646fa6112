"""From papers and what they say to the knowledge graph: entities resolved, statements with their evidence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from citeweave.graph.corrections import NO_CORRECTIONS, Corrections
from citeweave.graph.entities import Resolution, resolve
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.graph.ledger import Decision
from citeweave.graph.naming import PaperNames
from citeweave.graph.references import NO_RECORDS, Library, merge_stubs, stub
from citeweave.model import ROLES, Evidence, Findings, Mention, Paper, PaperEntity, Problem, Reference, Role, Statement

_Key = tuple[str, str, str]

_CUES = {
    "introduces": r"\b(?:introduc|propos|present|develop|releas|nam(?:e|ed) |call(?:ed)? )",
    "evaluates_on": r"\b(?:evaluat|experiment|benchmark|result|test(?:ed)?\b|on the|dataset)",
    "measures": r"\b(?:achiev|reach|report|improv|reduc|increas|score|%)",
    "compares": r"\b(?:outperform|compar|baseline|better than|than|unlike|versus|surpass)",
    "extends": r"\b(?:extend|build(?:s|ing)? (?:up)?on|generali[sz]|variant|based on|improv)",
    "uses": r"\b(?:us(?:e|es|ing|ed)|appl|employ|via|with|leverag|train)",
    "addresses": r"\b(?:task|problem|for|address|solv|tackl)",
    "studies": r"\b(?:stud|analy[sz]|investigat|prove|show|examin|understand|explor)",
}
_CUE = {role: re.compile(pattern, re.IGNORECASE) for role, pattern in _CUES.items()}
"""Words that tend to stand in the sentence that shows a role: they only order the evidence, strongest first."""

BUILDS_ON = ("extends", "uses", "compares")


@dataclass(frozen=True, slots=True)
class Assembled:
    """A knowledge graph, the ledger's rows on its entities, and each correction with a name that no paper uses."""

    graph: KnowledgeGraph
    decisions: tuple[Decision, ...]
    unused: tuple[Problem, ...] = ()


def assemble(
    papers: Sequence[Paper],
    findings: Mapping[str, Findings],
    min_confidence: float = 0.0,
    corrections: Corrections = NO_CORRECTIONS,
    records: Mapping[str, Sequence[Paper]] = NO_RECORDS,
) -> Assembled:
    """Build the graph of ``papers`` from each one's ``findings`` (by paper id) and the user's ``corrections``.

    ``records`` are those that papers were merged from: references find them by any of their titles.
    Statements, mentions and relations below ``min_confidence`` (0 to 1) are left out. Each paper's findings
    are asked for twice, one paper after the other, and not kept.
    """
    said = sorted(findings)
    resolution = resolve((_named(findings[id_], min_confidence) for id_ in said), corrections)
    statements = _Statements()
    citations = _Citations(statements, papers, records)
    by_id = {p.id: p for p in papers}
    mentions, sentences = {}, {}
    for id_ in said:  # one at a time: findings may be read from the disk as they are asked for
        found = findings[id_]
        kept = {e.name for e in _named(found, min_confidence).entities}
        if linked := _mentions(found, resolution, kept, min_confidence):
            mentions[id_] = linked
        sentences[id_] = found.sentences
        by_id[id_] = _with_links(by_id[id_], found)
        _add_roles(statements, by_id[id_], found, resolution, kept)
        _add_relations(statements, by_id[id_], found, resolution, kept, min_confidence)
        citations.add_cited_in_text(by_id[id_], found)
    _add_broader(statements, resolution, by_id, sentences, mentions)
    stubs = citations.finish()
    _add_builds_on(statements, by_id)
    graph = KnowledgeGraph(
        papers=dict(sorted((by_id | stubs).items())),
        entities=resolution.entities,
        statements=statements.finished(),
        mentions=mentions,
        sentences=sentences,
    )
    return Assembled(graph, resolution.decisions, resolution.unused)


def _named(found: Findings, min_confidence: float) -> PaperNames:
    """What a paper names with enough confidence."""
    sure = tuple(e for e in found.entities if _confidence(e, found) >= min_confidence)
    return PaperNames(found.paper, sure, found.abbreviations)


def _with_links(paper: Paper, found: Findings) -> Paper:
    """The paper with the code and project links that its text gives, beside those of its record."""
    if not found.links:
        return paper
    return replace(paper, links=tuple(sorted({*paper.links, *found.links})))


class _Statements:
    """Statements in the making: evidence gathered by subject, predicate and object."""

    def __init__(self) -> None:
        self._evidence: dict[_Key, list[Evidence]] = defaultdict(list)
        self._bare: set[_Key] = set()

    def add(self, key: _Key, evidence: Iterable[Evidence]) -> None:
        self._evidence[key].extend(evidence)

    def add_bare(self, key: _Key) -> None:
        """A statement that rests on metadata: certain, its source being the paper's record."""
        self._bare.add(key)

    def triples(self, predicates: Iterable[str]) -> Iterator[tuple[_Key, list[Evidence]]]:
        wanted = set(predicates)
        yield from (item for item in sorted(self._evidence.items()) if item[0][1] in wanted)

    def finished(self) -> tuple[Statement, ...]:
        found = [Statement(*key, _combined(proofs), _ordered(proofs)) for key, proofs in self._evidence.items()]
        found += [Statement(*key, 1.0) for key in self._bare - self._evidence.keys()]
        return tuple(sorted(found, key=lambda s: (s.subject, s.predicate, s.object)))


def _ordered(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Strongest first; within one paper the order was chosen by whoever added it."""
    if len({e.paper for e in evidence}) > 1:
        return tuple(sorted(evidence, key=lambda e: (-e.score, e.paper, e.start)))
    return tuple(evidence)


def _combined(evidence: Sequence[Evidence]) -> float:
    """Confidence in a statement: papers are independent witnesses, sentences of one paper are not."""
    doubt = 1.0
    best: dict[str, float] = {}
    for e in evidence:
        best[e.paper] = max(best.get(e.paper, 0.0), e.score)
    for paper in sorted(best):
        doubt *= 1.0 - best[paper]
    return round(1.0 - doubt, 4)


def _confidence(entity: PaperEntity, found: Findings) -> float:
    return max((m.score for m in _own(entity, found)), default=0.0)


def _own(entity: PaperEntity, found: Findings) -> list[Mention]:
    forms = set(entity.mentions)
    return [m for m in found.mentions if m.text in forms and m.type == entity.type]


def _mentions(
    found: Findings, resolution: Resolution, kept: set[str], min_confidence: float
) -> tuple[LinkedMention, ...]:
    linked = [
        LinkedMention(mention, id_)
        for entity in found.entities
        if entity.name in kept and (id_ := resolution.entity_of.get((found.paper, entity.name, entity.type)))
        for mention in _own(entity, found)
        if mention.score >= min_confidence
    ]
    return tuple(sorted(linked, key=lambda x: (x.mention.start, x.mention.end, x.entity)))


def _sentence(paper: Paper, sentences: Sequence[tuple[int, int]], start: int) -> tuple[int, int]:
    """The sentence that holds an offset; the whole text where no sentences are known."""
    index = bisect_right(sentences, (start, len(paper.text) + 1)) - 1
    if 0 <= index < len(sentences) and start < sentences[index][1]:
        return sentences[index]
    return 0, len(paper.text)


def _quote(paper: Paper, bounds: tuple[int, int], by: str, score: float) -> Evidence:
    return Evidence(paper.id, *bounds, paper.text[bounds[0] : bounds[1]], by, round(score, 4))


def _add_roles(statements: _Statements, paper: Paper, found: Findings, resolution: Resolution, kept: set[str]) -> None:
    """One role an entity and paper: the strongest, where several of the paper's names are one entity."""
    by_entity: dict[str, list[tuple[Role, PaperEntity]]] = defaultdict(list)
    for entity in found.entities:
        id_ = resolution.entity_of.get((paper.id, entity.name, entity.type))
        if id_ and entity.name in kept:
            # a paper that says it does not use something only mentions it
            by_entity[id_].append(("mentions" if entity.stance == "negated" else entity.role, entity))
    for id_, uses in sorted(by_entity.items()):
        role = min((r for r, _ in uses), key=ROLES.index)
        proofs: dict[tuple[int, int], Evidence] = {}
        for _, entity in uses:
            for mention in _own(entity, found):
                bounds = _sentence(paper, found.sentences, mention.start)
                evidence = _quote(paper, bounds, mention.by, mention.score * entity.role_score)
                if bounds not in proofs or proofs[bounds].score < evidence.score:
                    proofs[bounds] = evidence
        if proofs:
            statements.add((paper.id, role, id_), sorted(proofs.values(), key=lambda e: _strength(e, role)))


def _strength(evidence: Evidence, role: Role) -> tuple[bool, float, int]:
    cue = _CUE.get(role)
    return not (cue and evidence.start and cue.search(evidence.quote)), -evidence.score, evidence.start


def _add_relations(
    statements: _Statements,
    paper: Paper,
    found: Findings,
    resolution: Resolution,
    kept: set[str],
    min_confidence: float,
) -> None:
    types = {e.name: e.type for e in found.entities if e.name in kept}
    for relation in found.relations:
        if relation.subject not in types or relation.object not in types or relation.score < min_confidence:
            continue
        subject = resolution.entity_of.get((paper.id, relation.subject, types[relation.subject]))
        object_ = resolution.entity_of.get((paper.id, relation.object, types[relation.object]))
        if not subject or not object_ or subject == object_:
            continue
        first = _sentence(paper, found.sentences, relation.start)
        last = _sentence(paper, found.sentences, max(relation.end - 1, 0))
        evidence = _quote(paper, (first[0], max(first[1], last[1])), relation.by, relation.score)
        statements.add((subject, relation.predicate, object_), [evidence])


def _add_broader(
    statements: _Statements,
    resolution: Resolution,
    papers: Mapping[str, Paper],
    sentences: Mapping[str, Sequence[tuple[int, int]]],
    mentions: Mapping[str, tuple[LinkedMention, ...]],
) -> None:
    first: dict[str, tuple[str, Mention]] = {}
    for paper, linked in mentions.items():
        for one in linked:
            first.setdefault(one.entity, (paper, one.mention))
    for narrower, broader in resolution.broader:
        if narrower in first:
            id_, mention = first[narrower]
            bounds = _sentence(papers[id_], sentences[id_], mention.start)
            proof = _quote(papers[id_], bounds, "containment/1", mention.score)
            statements.add((narrower, "broader", broader), [proof])


class _Citations:
    """The citation statements; the papers that are cited but not in the corpus come back as stubs."""

    def __init__(
        self, statements: _Statements, papers: Sequence[Paper], records: Mapping[str, Sequence[Paper]]
    ) -> None:
        self._statements = statements
        self._library = Library(papers, records)
        self._pending: list[tuple[str, str, Paper, list[Evidence]]] = []
        for paper in papers:
            for reference in paper.references:
                self._cite(paper, "cites", self._library.find(reference), reference, [])

    def add_cited_in_text(self, paper: Paper, found: Findings) -> None:
        for citation in found.citations:
            proof = _quote(paper, _sentence(paper, found.sentences, citation.start), citation.by, 1.0)
            bare = Reference(identifiers=citation.identifiers)
            self._cite(paper, "cites_in_text", self._library.find_cited(citation), bare, [proof])

    def finish(self) -> dict[str, Paper]:
        """State the citations of papers outside the corpus, and give these papers, merged."""
        stubs, into = merge_stubs(unknown for _, _, unknown, _ in self._pending)
        for subject, predicate, unknown, proofs in self._pending:
            _state(self._statements, (subject, predicate, into[unknown.id]), proofs)
        return stubs

    def _cite(self, paper: Paper, predicate: str, target: str | None, other: Reference, proof: list[Evidence]) -> None:
        if target == paper.id:
            return
        if target:
            _state(self._statements, (paper.id, predicate, target), proof)
        elif unknown := stub(other):
            self._pending.append((paper.id, predicate, unknown, proof))


def _state(statements: _Statements, key: _Key, proofs: list[Evidence]) -> None:
    if proofs:
        statements.add(key, proofs)
    else:
        statements.add_bare(key)


def _add_builds_on(statements: _Statements, papers: Mapping[str, Paper]) -> None:
    """A paper builds on another when it uses, extends or compares what only that earlier one introduces."""
    introducers: dict[str, set[str]] = defaultdict(set)
    for (paper, _, entity), _proof in statements.triples(["introduces"]):
        introducers[entity].add(paper)
    for (paper, _, entity), proofs in list(statements.triples(BUILDS_ON)):
        origins = introducers.get(entity, set())
        if len(origins) == 1 and _earlier(papers[origin := min(origins)], papers[paper]):
            statements.add((paper, "builds_on", origin), proofs)


def _earlier(one: Paper, other: Paper) -> bool:
    if one.date is None or other.date is None or one.date.year is None or other.date.year is None:
        return False
    mine = (one.date.year, one.date.month or 1, one.date.day or 1)
    return mine < (other.date.year, other.date.month or 12, other.date.day or 31)
