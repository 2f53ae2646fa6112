"""The ledger: one row a decision, samples, chains, and why."""

import random
from pathlib import Path

import pytest

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.ledger import Decision, Ledger, bare, chain, refusals, sample
from citeweave.graph.why import UnknownNameError, why
from citeweave.graph.workspace import Workspace
from citeweave.model import Entity, Paper, Source, Statement


def merged(left: str, right: str, rule: str = "alias", evidence: str = "") -> Decision:
    return Decision("entity", "merged", left, right, rule, "why", evidence)


def test_equal_decisions_are_one_row_with_the_first_paper_as_evidence() -> None:
    ledger = Ledger()
    for paper in ("title:b", "title:a", "title:c"):
        ledger.add(merged("RNN (Model)", "recurrent neural network", evidence=paper))
    ledger.add(merged("CNN (Model)", "convolutional neural network", evidence="title:z"))
    assert [(d.left, d.evidence) for d in ledger.rows()] == [("CNN (Model)", "title:z"), ("RNN (Model)", "title:a")]


def test_a_sample_is_the_same_for_the_same_seed_and_any_order() -> None:
    rows = [merged(f"A{i} (Task)", "a") for i in range(50)]
    rows += [Decision("entity", "refused", f"B{i} (Task)", "b", "letters", "why") for i in range(3)]
    picked = sample(rows, 5, 1)
    assert [d.verdict for d in picked] == ["merged"] * 5 + ["refused"] * 3
    shuffled = rows[:]
    random.Random(2).shuffle(shuffled)
    assert sample(shuffled, 5, 1) == picked != sample(rows, 5, 2)


def test_the_chain_between_two_names_is_the_shortest() -> None:
    rows = [
        merged("RNNs (Model)", "RNN", "spelling"),
        merged("RNN (Model)", "recurrent neural network"),
        merged("recurrent network (Model)", "recurrent neural network"),
        merged("Recurrent Nets (Model)", "recurrent network", "spelling"),
        Decision("entity", "refused", "RNN (Method)", "ring neural network", "abbreviation", "two rivals"),
    ]
    found = chain(rows, ["RNNs"], ["Recurrent Nets"])
    assert found is not None
    assert [d.left for d in found] == ["RNNs (Model)", "RNN (Model)", *(rows[n].left for n in (2, 3))]
    assert chain(rows, ["RNN"], ["RNN"]) == []
    assert chain(rows, ["RNN"], ["ring neural network"]) is None
    assert refusals(rows, ["ring neural network"], ["RNN"]) == [rows[4]]


def test_a_side_without_its_type() -> None:
    assert [bare(s) for s in ("RNN (Model)", "page.txt:12", "norm (L2)", "f(x) (Concept)")] == [
        "RNN",
        "page.txt:12",
        "norm (L2)",
        "f(x)",
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    papers = [
        Paper(
            "title:1", "Moss by Nets", "A recurrent net (RNN) waters moss.", sources=(Source("a.txt", 1, ("title",)),)
        ),
        Paper("title:2", "Ferns", "We use RNNs.", sources=(Source("a.txt", 3), Source("b.txt", 7))),
    ]
    entities = [
        Entity("model/recurrent-net", "Model", "recurrent net", ("RNN", "RNNs")),
        Entity("model/net", "Model", "net"),
        Entity("dataset/moss-10", "Dataset", "Moss-10"),
        Entity("dataset/moss-100", "Dataset", "Moss-100"),
    ]
    rows = [
        merged("RNN (Model)", "recurrent net", "context", "title:1"),
        merged("RNNs (Model)", "RNN", "spelling", "title:2"),
        Decision("entity", "refused", "Moss-10 (Dataset)", "Moss-100", "number", "10 is not 100", "title:1"),
        Decision("paper", "merged", "a.txt:3", "b.txt:7", "title", "same title", "Ferns"),
    ]
    kg = KnowledgeGraph(
        {p.id: p for p in papers},
        {e.id: e for e in entities},
        (Statement("model/recurrent-net", "broader", "model/net", 1.0),),
        {},
    )
    with Workspace(tmp_path, create=True) as workspace:
        workspace.save_graph(kg, rows)
    return tmp_path


def test_why_two_names_are_one_thing(workspace: Path) -> None:
    with Workspace(workspace) as opened:
        found = why(opened, "rnns", "Recurrent Net")
        assert (found.one, found.same) == ("recurrent net (Model)", True)
        assert [s.decision.rule for s in found.steps] == ["spelling", "context"]
        assert found.steps[1].quote == "title:1: Moss by Nets / A recurrent net (RNN) waters moss."
        assert why(opened, "net", "nets").steps == ()


def test_why_two_names_are_two_things(workspace: Path) -> None:
    with Workspace(workspace) as opened:
        found = why(opened, "Moss-100", "Moss-10")
        assert not found.same
        assert [s.decision.reason for s in found.steps] == ["10 is not 100"]
        found = why(opened, "RNN", "net")
        assert (found.same, found.narrower) == (False, "recurrent net (Model) is a kind of net (Model)")
        with pytest.raises(UnknownNameError, match="nothing here goes by the name 'fern'"):
            why(opened, "fern", "net")


def test_why_two_records_are_one_paper(workspace: Path) -> None:
    with Workspace(workspace) as opened:
        for one, other in (("a.txt:3", "b.txt:7"), ("title:2", "ferns"), ("Ferns", "b.txt:7")):
            found = why(opened, one, other)
            assert (found.one, found.same) == ("Ferns", True)
        assert [s.decision.reason for s in why(opened, "a.txt:3", "b.txt:7").steps] == ["same title"]
        assert not why(opened, "a.txt:1", "b.txt:7").same
