"""Names that nearly agree are kept apart, and the ledger says so."""

from citeweave.graph.doubts import doubts
from citeweave.model import Entity, EntityType


def rows(*labels: str, type_: EntityType = "Concept") -> set[tuple[str, str, str]]:
    entities = [Entity(f"{type_.lower()}/{n}", type_, label) for n, label in enumerate(labels)]
    return {(d.left, d.right, d.rule) for d in doubts(entities, {})}


def test_one_letter_of_a_word() -> None:
    common = ("projection", "projection of moss", "projection of fern", "convolution", "wide convolution")
    assert rows(*common, "random projection", "random protection") == {
        ("random projection (Concept)", "random protection", "letters")
    }
    assert rows(*common, "convolution layer", "convoluton layer") == {
        ("convolution layer (Concept)", "convoluton layer", "letters")
    }
    assert rows("random projection", "random protection") == set()  # two rare words
    # short words that differ are simply two words
    assert rows("deep net", "deep set", "net", "set", "wide net", "wide set") == set()
    assert rows(*common, "protection of wet lawns") == set()


def test_a_prefix_that_turns_the_meaning() -> None:
    assert rows("supervised learning", "unsupervised learning") == {
        ("supervised learning (Concept)", "unsupervised learning", "prefix")
    }


def test_a_number_beside_the_next_of_its_kind() -> None:
    found = rows("Moss-100", "Moss-10", "Moss-50", "Fern-10", type_="Dataset")
    assert found == {("Moss-10 (Dataset)", "Moss-50", "number"), ("Moss-50 (Dataset)", "Moss-100", "number")}


def test_two_types_raise_no_doubt() -> None:
    entities = [Entity("task/a", "Task", "random projection"), Entity("method/a", "Method", "random protection")]
    assert list(doubts(entities, {})) == []


def test_the_evidence_is_a_paper_of_the_first() -> None:
    entities = [Entity("dataset/a", "Dataset", "Moss-10"), Entity("dataset/b", "Dataset", "Moss-100")]
    assert [d.evidence for d in doubts(entities, {"dataset/a": "title:1", "dataset/b": "title:2"})] == ["title:1"]
