"""Which papers and entities belong together, and what to call each group.

Leiden (Traag, Waltman and van Eck 2019) with a fixed seed, over links weighed down by how common
the entity is, so that "neural network" does not glue everything to everything.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from graspologic_native import leiden, modularity

from citeweave.export.html.content import KINDS, Content
from citeweave.model import ROLES

SEED = 7
RESOLUTIONS = (0.4, 0.55, 0.75, 1.0, 1.4, 2.0, 2.8)
SMALLEST = 6
"""Groups with fewer nodes than this (in large piles: than one in 800) join the papers that share little with others."""
_ROLE_WEIGHT = {"introduces": 1.2, "addresses": 1.5, "studies": 1.5, "evaluates_on": 1.2, "mentions": 0.5}
_TELLING = {"Task": 1.25, "Concept": 1.15, "Method": 1.0, "Model": 1.0, "Dataset": 0.8, "Software": 0.6, "Metric": 0.35}


@dataclass(frozen=True, slots=True)
class Group:
    """A community: its nodes by row and its most telling entities, the best first."""

    members: tuple[int, ...]
    telling: tuple[int, ...]


def communities(content: Content) -> tuple[tuple[Group, ...], tuple[int, ...]]:
    """Groups (largest first) of the nodes that are not folded, and the nodes that are in none."""
    drawn = [row for row in range(content.size) if not content.folded[row]]
    edges = _weighted(content)
    if not edges:
        return (), tuple(drawn)
    weighted = [(str(a), str(b), w) for (a, b), w in sorted(edges.items())]
    wanted = min(36, max(4, round(0.45 * math.sqrt(len(drawn)))))
    smallest = max(SMALLEST, len(drawn) // 800)
    kept: list[list[int]] = []
    best = -1.0
    for resolution in RESOLUTIONS:
        quality, members = _divided(weighted, resolution)
        large = sorted((m for m in members if len(m) >= smallest), key=lambda m: (-len(m), m[0]))
        if kept and (len(large) > wanted or quality <= best + 1e-9):
            continue  # more groups than a map of this size can show apart, or a worse division
        kept, best = large, quality
    inside = {row for m in kept for row in m}
    groups = tuple(Group(tuple(m), t) for m, t in zip(kept, _telling(content, kept), strict=True))
    return groups, tuple(row for row in drawn if row not in inside)


def _divided(edges: list[tuple[str, str, float]], resolution: float) -> tuple[float, list[list[int]]]:
    """A division and its modularity (at resolution 1, so that divisions can be compared)."""
    _, found = leiden(
        edges,
        starting_communities=None,
        resolution=resolution,
        randomness=0.001,
        iterations=2,
        use_modularity=True,
        seed=SEED,
        trials=1,
    )
    members: dict[int, list[int]] = defaultdict(list)
    for row in sorted(map(int, found)):
        members[found[str(row)]].append(row)
    return modularity(edges, found, resolution=1.0), [members[label] for label in sorted(members)]


def _weighted(content: Content) -> dict[tuple[int, int], float]:
    edges: dict[tuple[int, int], float] = defaultdict(float)
    for link in content.links:
        a, b = sorted((link.subject, link.object))
        if a == b or content.folded[a] or content.folded[b]:
            continue
        weight = _ROLE_WEIGHT.get(content.predicates[link.predicate], 1.0) * max(link.confidence, 0.05)
        common = max(content.named_in[end] if end >= content.papers else 1 for end in (a, b))
        edges[a, b] += weight / math.log2(1 + max(common, 1))
    return edges


def _telling(content: Content, groups: list[list[int]]) -> list[tuple[int, ...]]:
    """For each group the entities that many of its papers name and few others do."""
    group_of = {row: g for g, members in enumerate(groups) for row in members}
    inside: list[Counter[int]] = [Counter() for _ in groups]
    everywhere: Counter[int] = Counter()
    roles = {i for i, name in enumerate(content.predicates) if name in ROLES}
    for link in content.links:
        if link.predicate in roles and link.object >= content.papers and not content.folded[link.object]:
            weight = 1 if content.predicates[link.predicate] == "mentions" else 2
            everywhere[link.object] += weight
            if link.subject in group_of:
                inside[group_of[link.subject]][link.object] += weight

    def score(row: int, count: int) -> float:
        return float(count**1.35) * (count / everywhere[row]) * _TELLING[KINDS[content.kinds[row]]]

    named = []
    for counts in inside:
        # what another group names more often tells more about that one
        own = [row for row, count in counts.items() if all(count >= other[row] for other in inside)]
        ranked = sorted(own, key=lambda row: (-score(row, counts[row]), row))
        named.append(tuple(_distinct(content, ranked[:30])[:8]))
    return named


def _distinct(content: Content, ranked: list[int]) -> list[int]:
    """Without names that only repeat words of a better one."""
    chosen: list[int] = []
    words: list[set[str]] = []
    for row in ranked:
        mine = set(content.labels[row].casefold().replace("-", " ").split())
        if not any(mine <= other or other <= mine for other in words):
            chosen.append(row)
            words.append(mine)
    return chosen
