"""Copies of a graph: as many papers as asked for, what is common shared, every quote at its place."""

import sys
from pathlib import Path

from citeweave.graph.knowledge import KnowledgeGraph

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import scaled as copies


def test_every_copy_says_the_same_of_its_own_papers(toy: KnowledgeGraph, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(copies, "COMMON", 2)
    made = copies.scaled(toy, 3)
    assert len(made.papers) == 3 * len(toy.papers)
    assert list(made.papers) == sorted(made.papers)
    assert made == copies.scaled(toy, 3)
    for one in made.statements:
        for proof in one.evidence:
            assert made.papers[proof.paper].text[proof.start : proof.end] == proof.quote
    for paper, mentions in made.mentions.items():
        for linked in mentions:
            one = linked.mention
            assert made.papers[paper].text[one.start : one.end] == one.text
            assert linked.entity in made.entities
    # PondNet is named by two papers and shared, F1 by one and copied
    assert [id_ for id_ in made.entities if id_.startswith(("model/pondnet", "metric/"))] == [
        "metric/f1", "metric/f1-copy1", "metric/f1-copy2", "model/pondnet",
    ]  # fmt: skip
    assert len(made.papers_of["model/pondnet"]) == 3 * len(toy.papers_of["model/pondnet"])
