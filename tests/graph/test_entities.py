"""Resolving names across papers."""

import random

from citeweave.graph.entities import resolve
from citeweave.graph.naming import PaperNames
from citeweave.model import Abbreviation, EntityType, PaperEntity


def named(paper: str, *entities: PaperEntity, short: str = "", long: str = "") -> PaperNames:
    return PaperNames(paper, entities, (Abbreviation(short, long, 0, 0),) if short else ())


def entity(name: str, type_: EntityType, *mentions: str) -> PaperEntity:
    return PaperEntity(name, type_, mentions or (name,))


def labels(corpus: list[PaperNames]) -> dict[str, str]:
    return {id_: e.label for id_, e in resolve(corpus).entities.items()}


def test_spelling_variants_become_one_entity_with_aliases() -> None:
    found = resolve(
        [
            named("p1", entity("graph neural network", "Model", "Graph Neural Networks")),
            named("p2", entity("graph neural-networks", "Model")),
        ]
    )
    (one,) = found.entities.values()
    assert one.id == "model/graph-neural-network"
    assert {"Graph Neural Networks", "graph neural-networks"} <= set(one.aliases)


def test_a_bare_abbreviation_joins_the_long_form_the_corpus_gives_it() -> None:
    found = resolve(
        [
            named("p1", entity("hyper graph mixer", "Model", "hyper graph mixer", "HGM"), short="HGM", long="x"),
            named("p2", entity("HGM", "Model")),
        ]
    )
    assert list(found.entities) == ["model/hyper-graph-mixer"]
    assert {("HGM (Model)", "abbreviation"), ("HGM (Model)", "context")} == {(d.left, d.rule) for d in found.decisions}


def test_an_abbreviation_with_two_long_forms_is_left_alone_and_noted() -> None:
    found = resolve(
        [
            named("p1", entity("principal component analysis", "Method", "PCA"), short="PCA", long="x"),
            named("p2", entity("path consistency algorithm", "Method", "PCA"), short="PCA", long="y"),
            named("p3", entity("PCA", "Method")),
        ]
    )
    assert "method/pca" in found.entities
    assert [d.rule for d in found.decisions if d.verdict == "refused"] == ["abbreviation"]


def test_an_abbreviation_of_another_type_is_left_alone() -> None:
    found = resolve(
        [
            named("p1", entity("hyper graph mixer", "Model", "HGM"), short="HGM", long="x"),
            named("p2", entity("HGM", "Dataset")),
        ]
    )
    assert set(found.entities) == {"model/hyper-graph-mixer", "dataset/hgm"}


def test_one_name_with_two_types_is_one_entity_unless_both_are_frequent() -> None:
    rare = [named(f"p{i}", entity("attention", "Method")) for i in range(5)] + [
        named("q", entity("attention", "Model"))
    ]
    assert list(labels(rare)) == ["method/attention"]
    frequent = rare + [named(f"q{i}", entity("attention", "Model")) for i in range(3)]
    assert list(labels(frequent)) == ["method/attention", "model/attention"]


def test_known_aliases_meet() -> None:
    corpus = [named("p1", entity("ILSVRC-2012", "Dataset")), named("p2", entity("ImageNet", "Dataset"))]
    assert list(labels(corpus)) == ["dataset/imagenet"]


def test_the_label_is_the_long_form_unless_the_short_one_is_what_everybody_says() -> None:
    defines = named(
        "p0", entity("bidirectional encoder", "Model", "bidirectional encoder", "BERT"), short="BERT", long="b"
    )
    uses = [named(f"p{i}", entity("BERT", "Model")) for i in range(1, 5)]
    assert labels([defines, *uses]) == {"model/bert": "BERT"}
    assert labels([defines]) == {"model/bidirectional-encoder": "bidirectional encoder"}


def test_names_that_differ_in_signs_keep_ids_of_their_own() -> None:
    corpus = [named("p", entity("C", "Software"), entity("C++", "Software"), entity("C#", "Software"))]
    assert set(labels(corpus).values()) == {"C", "C++", "C#"}


def test_head_and_modifier_give_broader_not_a_merge() -> None:
    corpus = [
        named("p", entity("neural network", "Model"), entity("graph neural network", "Model")),
        named("q", entity("mixture of neural network", "Model")),
    ]
    found = resolve(corpus)
    assert found.broader == (("model/graph-neural-network", "model/neural-network"),)
    assert len(found.entities) == 3


def test_the_order_of_papers_does_not_matter() -> None:
    corpus = [
        named("p1", entity("hyper graph mixer", "Model", "HGM"), short="HGM", long="x"),
        named("p2", entity("HGM", "Model"), entity("attention", "Concept")),
        named("p3", entity("Attention", "Method"), entity("C++", "Software")),
        named("p4", entity("attention", "Method")),
    ]
    shuffled = corpus[:]
    random.Random(1).shuffle(shuffled)
    assert resolve(shuffled) == resolve(corpus)


def test_a_capital_at_the_start_of_a_sentence_is_not_part_of_the_name() -> None:
    corpus = [
        named("p", entity("Pretraining", "Method", "Pretraining", "pretraining")),
        named("q", entity("Adam", "Method")),
    ]
    assert set(labels(corpus).values()) == {"pretraining", "Adam"}


def test_a_long_form_that_goes_by_a_known_name_does_not_split_its_abbreviation() -> None:
    long = "Stanford Question Answering Dataset"
    corpus = [
        named("p1", entity(long, "Dataset", long, "SQuAD"), short="SQuAD", long=long),
        named("p2", entity("SQuAD", "Dataset")),
    ]
    assert labels(corpus) == {"dataset/squad": "SQuAD"}
