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


def refused(corpus: list[PaperNames]) -> list[str]:
    return [d.reason for d in resolve(corpus).decisions if d.verdict == "refused"]


def test_a_paper_that_introduces_an_abbreviation_means_its_own() -> None:
    corpus = [
        named("p1", entity("moss in pots", "Method", "moss in pots", "MIPS"), short="MIPS", long="moss in pots"),
        named("p2", PaperEntity("MIPS", "Method", ("MIPS",), "introduces")),
        named("p3", entity("MIPS", "Method")),
    ]
    found = resolve(corpus)
    assert found.entity_of["p2", "MIPS", "Method"] != found.entity_of["p3", "MIPS", "Method"]
    assert found.entity_of["p3", "MIPS", "Method"] == found.entity_of["p1", "moss in pots", "Method"]
    assert refused(corpus) == ["this paper introduces MIPS itself"]


def test_an_abbreviation_that_one_paper_defines_is_left_alone_where_another_name_fits() -> None:
    corpus = [
        named("p1", entity("sparse neural net", "Model", "SNN"), short="SNN", long="sparse neural net"),
        named("p2", entity("SNN", "Model"), entity("recurrent spiking neural net", "Model")),
        named("p3", entity("SNN", "Model")),
    ]
    found = resolve(corpus)
    assert found.entity_of["p2", "SNN", "Model"] == "model/snn"
    assert refused(corpus)[0] == "'recurrent spiking neural net' fits it, too"


def test_an_abbreviation_is_short_for_what_stands_before_its_brackets() -> None:
    corpus = [
        named("p1", entity("hidden decision process", "Model", "DPs", "DP"), short="DP", long="decision process"),
        named("p2", entity("decision process", "Model")),
        named("p3", entity("DP", "Model")),
    ]
    found = resolve(corpus)
    assert found.entity_of["p3", "DP", "Model"] == found.entity_of["p2", "decision process", "Model"]
    assert found.entity_of["p1", "hidden decision process", "Model"] != found.entity_of["p3", "DP", "Model"]


def test_what_contains_the_abbreviation_spells_nothing_out() -> None:
    corpus = [
        named("p1", entity("RELU-like", "Model", "RELU"), short="RELU", long="RELU-like"),
        named("p2", entity("rectified linear unit", "Model", "RELU"), short="RELU", long="rectified linear unit"),
        named("p3", entity("RELU", "Method")),
    ]
    found = resolve(corpus)
    assert found.entity_of["p3", "RELU", "Method"] == found.entity_of["p2", "rectified linear unit", "Model"]


def test_the_other_order_of_a_name_joins_where_it_means_the_same() -> None:
    corpus = [
        named("p1", entity("estimation of pose", "Task"), entity("model of language", "Model")),
        named("p2", entity("pose estimation", "Task"), entity("language model", "Model")),
    ]
    assert set(labels(corpus).values()) == {"pose estimation", "language model", "model of language"}
    assert refused(corpus) == ["the same words, in another order"]


def test_a_known_name_has_the_type_of_the_table() -> None:
    uses = [named(f"p{i}", entity("Adam", "Model")) for i in range(5)]
    found = resolve([*uses, named("q", entity("Adam optimizer", "Method"))])
    assert list(found.entities) == ["method/adam"]
    assert list(resolve(uses).entities) == ["method/adam"]
    reasons = {(d.left, d.rule, d.reason) for d in found.decisions}
    assert ("Adam (Model)", "type", "known as a Method") in reasons


def test_the_head_of_a_label_is_singular_and_the_rest_as_written() -> None:
    corpus = [
        named("p1", entity("Kolmogorov-Arnold Networks", "Model"), entity("graph network", "Model")),
        named("p2", entity("method of multiplier", "Method", "method of multipliers")),
        named("p3", entity("Street View House Numbers", "Dataset"), entity("number", "Concept")),
        named("p4", entity("Knowledge Graph", "Concept", "Knowledge Graph", "knowledge graph")),
    ]
    assert set(labels(corpus).values()) == {
        "Kolmogorov-Arnold Network",
        "graph network",
        "method of multipliers",
        "Street View House Numbers",
        "number",
        "knowledge graph",
    }


def test_every_merge_names_a_paper_as_evidence() -> None:
    corpus = [
        named("p1", entity("hyper graph mixer", "Model", "hyper graph mixers", "HGM"), short="HGM", long="x"),
        named("p2", entity("HGM", "Model"), entity("CNN", "Model"), entity("attention", "Concept")),
        named("p3", entity("Attention", "Method"), entity("attention", "Method")),
    ]
    found = resolve(corpus)
    assert {d.rule for d in found.decisions} >= {"abbreviation", "alias", "context", "spelling", "type"}
    assert all(d.evidence in {"p1", "p2", "p3"} for d in found.decisions)


def test_a_slip_in_a_rare_word_is_put_right_where_the_name_is_known() -> None:
    common = [named(f"c{n}", entity(f"moss{n} dirichlet process", "Model")) for n in range(40)]
    corpus = [
        *common,
        named("p1", entity("wide dirichlet process", "Model")),
        named("p2", entity("wide dirchlet process", "Model"), entity("wide dirchlet process", "Dataset")),
        named("p3", entity("narrow dirchlet process", "Model")),
    ]
    found = resolve(corpus)
    assert found.entity_of["p2", "wide dirchlet process", "Model"] == "model/wide-dirichlet-process"
    assert found.entity_of["p2", "wide dirchlet process", "Dataset"] == "dataset/wide-dirchlet-process"
    assert found.entity_of["p3", "narrow dirchlet process", "Model"] == "model/narrow-dirchlet-process"
    assert [d.left for d in found.decisions if d.rule == "slip"] == ["wide dirchlet process (Model)"]


def test_a_long_abbreviation_that_papers_agree_on_crosses_types() -> None:
    corpus = [
        *(named(f"d{n}", entity("moss imaging metric", "Metric", "MOIM"), short="MOIM", long="x") for n in range(2)),
        named("p", entity("MOIM", "Dataset")),
    ]
    assert len(resolve(corpus).entities) == 1


def test_a_proper_name_that_ends_as_a_plural_is_labelled_as_papers_write_it() -> None:
    corpus = [
        named("p1", entity("OntoNote", "Dataset", "OntoNotes"), entity("ZAN", "Model", "ZANs")),
        named("p2", entity("WikiTable", "Dataset", "WikiTables"), entity("DenseNet", "Model", "DenseNets")),
        named("p3", entity("WikiTable", "Dataset", "WikiTables", "WikiTable"), entity("AGNew", "Dataset", "AGNews")),
        named("p4", entity("WikiTable", "Dataset", "WikiTables"), entity("SparseNet", "Model", "SparseNets")),
        named("p5", entity("DenseNet", "Model"), entity("PyTool", "Software", "PyTools")),
    ]
    assert labels(corpus) == {
        "dataset/ontonote": "OntoNotes",
        "dataset/wikitable": "WikiTables",
        "dataset/agnew": "AGNews",
        "model/zan": "ZAN",
        "model/densenet": "DenseNet",
        "model/sparsenet": "SparseNets",
        "software/pytool": "PyTools",
    }
    found = resolve(corpus).entities
    assert found["dataset/ontonote"].aliases == ()
    assert found["dataset/wikitable"].aliases == ("WikiTable",)
