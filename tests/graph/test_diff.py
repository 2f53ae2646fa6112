"""What changed between two builds."""

from citeweave.graph.diff import diff
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.ledger import Decision
from citeweave.model import Entity, Paper, Statement


def kg(*papers: Paper, entities: tuple[Entity, ...] = (), statements: tuple[Statement, ...] = ()) -> KnowledgeGraph:
    return KnowledgeGraph({p.id: p for p in papers}, {e.id: e for e in entities}, statements, {})


MERGE = Decision("entity", "merged", "RNN (Model)", "recurrent neural network", "alias", "known alias")


def test_nothing_changed_is_empty() -> None:
    same = kg(Paper("p1", "One"))
    assert not any(diff(same, same, [MERGE], [MERGE]).values())


def test_appeared_vanished_and_changed_are_told_apart() -> None:
    old = kg(
        Paper("p1", "One"),
        Paper("p2", "Two"),
        entities=(Entity("task/a", "Task", "a"),),
        statements=(Statement("p1", "uses", "task/a", 0.5),),
    )
    new = kg(
        Paper("p1", "One", venue="Lawns"),
        Paper("p3", "Three"),
        entities=(Entity("task/a", "Task", "a", ("A",)),),
        statements=(Statement("p1", "uses", "task/a", 0.7), Statement("p3", "uses", "task/a", 0.7)),
    )
    found = diff(old, new, [MERGE], [])
    papers = found["papers"]
    assert [c.name for c in papers.appeared] == ["Three"]
    assert [c.name for c in papers.vanished] == ["Two"]
    assert [(c.name, c.fields) for c in papers.changed] == [("One", ("venue",))]
    assert [(c.name, c.fields) for c in found["entities"].changed] == [("a (Task)", ("aliases",))]
    assert [c.name for c in found["statements"].appeared] == ["Three uses a (Task)"]
    assert [c.fields for c in found["statements"].changed] == [("confidence",)]
    assert len(found["merges"].vanished) == 1
