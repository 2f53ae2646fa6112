"""How well names of one thing meet across papers: pairwise and B-cubed F1 against annotated canonical names.

    python benchmarks/evaluation/resolution.py ../shared/annotations/dev.jsonl

Gold entities go in without their canonical names (each is known by its mentions alone), so that the
figure is that of resolution and not of extraction. B-cubed: Bagga and Baldwin (1998).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from citeweave.extract.abbreviations import find
from citeweave.graph.entities import resolve
from citeweave.graph.forms import is_abbreviation
from citeweave.graph.naming import PaperNames
from citeweave.model import PaperEntity

Clusters = Mapping[Hashable, Hashable]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="+", help="annotation files (JSON Lines with titles and abstracts)")
    arguments = parser.parse_args()
    for path in arguments.gold:
        papers = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        gold, predicted, exact = clusters(papers)
        print(f"{path.name}: {len(papers)} papers, {len(gold)} entities, {len(set(gold.values()))} distinct")
        for name, found in (("same letters only", exact), ("citeweave", predicted)):
            print(f"  {name:18} pairwise {prf(*pairwise(gold, found))}   B-cubed {prf(*b_cubed(gold, found))}")


def clusters(papers: list[dict[str, Any]]) -> tuple[Clusters, Clusters, Clusters]:
    """The gold clusters, ours, and those of a baseline that joins equal lower-cased names."""
    gold: dict[Hashable, Hashable] = {}
    exact: dict[Hashable, Hashable] = {}
    named = []
    keys = {}
    for paper in papers:
        entities = []
        for number, entity in enumerate(paper["entities"]):
            name = _name(entity["mentions"])
            if any(e.name == name and e.type == entity["type"] for e in entities):
                continue
            entities.append(PaperEntity(name, entity["type"], tuple(sorted(set(entity["mentions"])))))
            key = (paper["id"], number)
            keys[paper["id"], name, entity["type"]] = key
            gold[key] = entity["name"].casefold()
            exact[key] = name.casefold()
        text = paper["title"] + "\n" + paper["abstract"]
        named.append(PaperNames(paper["id"], tuple(entities), tuple(find(text))))
    entity_of = resolve(named).entity_of
    return gold, {key: entity_of[use] for use, key in keys.items()}, exact


def _name(mentions: list[str]) -> str:
    """How one paper would call it without knowing the canonical name: its most telling long mention."""
    long = [m for m in mentions if not is_abbreviation(m)] or mentions
    return min(long, key=lambda m: (m != m.lower(), len(m), m))


def pairwise(gold: Clusters, found: Clusters) -> tuple[float, float]:
    """Precision and recall of the pairs that are put together."""

    def pairs(of: Clusters) -> set[tuple[Hashable, Hashable]]:
        members: dict[Hashable, list[Hashable]] = defaultdict(list)
        for key in sorted(of, key=repr):
            members[of[key]].append(key)
        return {(a, b) for group in members.values() for n, b in enumerate(group) for a in group[:n]}

    true, ours = pairs(gold), pairs(found)
    both = len(true & ours)
    return both / max(len(ours), 1), both / max(len(true), 1)


def b_cubed(gold: Clusters, found: Clusters) -> tuple[float, float]:
    """B-cubed precision and recall."""

    def groups(of: Clusters) -> dict[Hashable, set[Hashable]]:
        members: dict[Hashable, set[Hashable]] = defaultdict(set)
        for key, cluster in of.items():
            members[cluster].add(key)
        return members

    true, ours = groups(gold), groups(found)
    overlap = {k: len(true[gold[k]] & ours[found[k]]) for k in gold}
    precision = sum(overlap[k] / len(ours[found[k]]) for k in gold) / max(len(gold), 1)
    recall = sum(overlap[k] / len(true[gold[k]]) for k in gold) / max(len(gold), 1)
    return precision, recall


def prf(precision: float, recall: float) -> str:
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


if __name__ == "__main__":
    main()
