"""The user's word on merges."""

from itertools import combinations
from pathlib import Path

import pytest

from citeweave.graph.corrections import Corrections, paper_ids, read
from citeweave.graph.entities import resolve
from citeweave.graph.naming import PaperNames
from citeweave.identifiers import paper_id
from citeweave.model import Abbreviation, Paper, PaperEntity

CORPUS = [
    PaperNames(
        "p1",
        (PaperEntity("Adam", "Method", ("Adam",)), PaperEntity("ADAM", "Method", ("ADAM",))),
    ),
    PaperNames("p2", (PaperEntity("SWA", "Method", ("SWA",)), PaperEntity("good thing", "Concept", ("good thing",)))),
    PaperNames("p3", (PaperEntity("sliding window attention", "Method", ("sliding window attention",)),)),
    PaperNames(
        "p4", (PaperEntity("ILSVRC", "Dataset", ("ILSVRC",)), PaperEntity("ImageNet", "Dataset", ("ImageNet",)))
    ),
]


def said(tmp_path: Path, *lines: str) -> Corrections:
    corrections, problems = parse(tmp_path, *lines)
    assert problems == []
    return corrections


def parse(tmp_path: Path, *lines: str) -> tuple[Corrections, list[str]]:
    file = tmp_path / "corrections.csv"
    file.write_text("\n".join(["action,a,b", "# a remark", *lines]), "utf-8")
    corrections, problems = read(file)
    return corrections, [str(p) for p in problems]


def entities(corrections: Corrections) -> set[str]:
    return set(resolve(CORPUS, corrections).entities)


def test_without_a_file_nothing_is_corrected(tmp_path: Path) -> None:
    assert read(tmp_path / "corrections.csv") == (Corrections(), ())
    assert "method/swa" in entities(Corrections())


def test_same_joins_what_no_rule_would(tmp_path: Path) -> None:
    corrections = said(tmp_path, "same,SWA,sliding window attention")
    assert "method/swa" not in entities(corrections)
    assert ("merged", "user") in {(d.verdict, d.rule) for d in resolve(CORPUS, corrections).decisions}


def test_different_keeps_apart_what_a_rule_joined(tmp_path: Path) -> None:
    assert "dataset/ilsvrc" not in entities(Corrections())
    assert {"dataset/ilsvrc", "dataset/imagenet"} <= entities(said(tmp_path, "different,ILSVRC,ImageNet"))


def test_different_keeps_apart_two_spellings(tmp_path: Path) -> None:
    assert sum("adam" in e for e in entities(Corrections())) == 1
    assert sum("adam" in e for e in entities(said(tmp_path, "different,ADAM,Adam"))) == 2


ADAMS = [
    PaperNames("p1", (PaperEntity("ADAM", "Method", ("ADAM",)),)),
    PaperNames("p2", (PaperEntity("Adam optimizer", "Method", ("Adam optimizer",)),)),
    PaperNames("p3", (PaperEntity("Adam", "Method", ("Adam", "ADAM")),)),
]


@pytest.mark.parametrize("line", ["different,Adam,ADAM", "different,ADAM,Adam"])
def test_two_spellings_said_to_differ_are_two_entities_labelled_by_them(tmp_path: Path, line: str) -> None:
    found = resolve(ADAMS, said(tmp_path, line))
    assert {e.label: e.aliases for e in found.entities.values()} == {"Adam": ("Adam optimizer",), "ADAM": ()}
    assert found.entities["method/adam"].label == "Adam"
    assert found.entity_of["p2", "Adam optimizer", "Method"] == "method/adam"
    refused = {(d.left, d.right, d.rule) for d in found.decisions if d.verdict == "refused"}
    assert ("ADAM (Method)", "Adam", "user") in refused
    assert not any(d.left == "ADAM (Method)" and d.verdict == "merged" and d.evidence == "p1" for d in found.decisions)


def test_a_spelling_kept_apart_still_stands_for_its_long_form(tmp_path: Path) -> None:
    long = PaperEntity("anomaly detection by attention maps", "Method", ("anomaly detection by attention maps", "ADAM"))
    spelled_out = PaperNames("p0", (long,), (Abbreviation("ADAM", long.name, 0, 0),))
    found = resolve([spelled_out, *ADAMS[:2]], said(tmp_path, "different,Adam,ADAM"))
    assert found.entity_of["p1", "ADAM", "Method"] == found.entity_of["p0", long.name, "Method"]
    assert found.entity_of["p2", "Adam optimizer", "Method"] == "method/adam"


def test_other_lines_on_a_spelling_kept_apart_are_about_it_alone(tmp_path: Path) -> None:
    corrections = said(tmp_path, "label,ADAM,ADAM detector", "different,Adam,ADAM", "type,ADAM,Model")
    assert {e.id: e.label for e in resolve(ADAMS, corrections).entities.values()} == {
        "method/adam": "Adam",
        "model/adam-detector": "ADAM detector",
    }
    corrections = said(tmp_path, "different,Adam,ADAM", "drop,ADAM,")
    assert list(resolve(ADAMS, corrections).entities) == ["method/adam"]
    _, problems = parse(tmp_path, "different,Adam,ADAM", "same,ADAM,Adam")
    assert [p.split(":")[1] for p in problems] == ["4"]


def test_names_that_no_paper_uses_are_reported_with_their_line(tmp_path: Path) -> None:
    corrections = said(
        tmp_path,
        "same,Nonexistnt,ImageNet",
        "same,ImageNet,Nonexistent",
        "drop,good thing,",
        "drop,bad thing,",
        "label,dataset/ilsvrc,ILSVRC 2012",
        "type,method/nothing,Model",
        "different,foo,bar",
        "same,doi:10.1/a,doi:10.1/b",
        "different,Adam,ADAM",
        "different,Adam,adam",
    )
    assert [str(p) for p in resolve(CORPUS, corrections).unused] == [
        "corrections.csv:3: no paper uses the name 'Nonexistnt'",
        "corrections.csv:4: no paper uses the name 'Nonexistent'",
        "corrections.csv:6: no paper uses the name 'bad thing'",
        "corrections.csv:8: no paper uses the name 'method/nothing'",
        "corrections.csv:9: no paper uses the names 'foo' and 'bar'",
        "corrections.csv:12: no paper uses the name 'adam'",
    ]


def test_paper_ids_that_no_paper_has_are_reported_with_their_line(tmp_path: Path) -> None:
    corrections = said(
        tmp_path,
        "same,doi:10.1/a,doi:10.1/b",
        "different,doi:10.1/a,arxiv:2101.00001",
        f"same,doi:10.1/a,{paper_id({}, 'Moss', '')}",
        "same,title:0,doi:10.1/c",
        "drop,doi:10.1/a,",
    )
    records = [Paper("doi:10.1/a", "Moss", identifiers={"doi": "10.1/a", "arxiv": "2101.00001"})]
    assert [str(p) for p in corrections.unknown(records)] == [
        "corrections.csv:3: no paper that was read has the id 'doi:10.1/b'",
        "corrections.csv:6: no paper that was read has the ids 'title:0' and 'doi:10.1/c'",
    ]
    assert [p.line for p in resolve(CORPUS, corrections).unused] == [7]  # papers are not dropped, entities are
    named = said(tmp_path, *(f"same,{a},{b}" for a, b in combinations(paper_ids(records[0]), 2)))
    assert named.unknown(records) == ()


def test_the_name_that_others_are_known_by_is_in_use(tmp_path: Path) -> None:
    corrections = said(tmp_path, "label,ImageNet,the ImageNet")
    found = resolve([PaperNames("p", (PaperEntity("ILSVRC", "Dataset", ("ILSVRC",)),))], corrections)
    assert found.unused == ()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_separate_as_commas_do(tmp_path: Path, separator: str) -> None:
    lines = ("same,SWA,sliding window attention", "different,ILSVRC,ImageNet", "type,attention,Method")
    file = tmp_path / "other.csv"
    file.write_text("\n".join(line.replace(",", separator) for line in ("action,a,b", *lines)), "utf-8")
    corrections, problems = read(file)
    plain = said(tmp_path, *lines)
    assert problems == ()
    assert (corrections.same, corrections.apart, corrections.types) == (plain.same, plain.apart, plain.types)
    file.write_text('drop;"f(x; y), g";', "utf-8")
    assert [line.names[0][0] for line in read(file)[0].lines] == ["f(x; y), g"]


def test_what_has_no_letter_cannot_be_told_apart(tmp_path: Path) -> None:
    assert parse(tmp_path, "different,!,?")[1] == ["corrections.csv:3: no letter or digit in '!' and '?'"]


def test_type_label_and_drop(tmp_path: Path) -> None:
    found = entities(said(tmp_path, "type,method/swa,Concept", "label,ADAM,Adam optimiser", 'drop,"good thing",'))
    assert "concept/swa" in found and "method/adam-optimiser" in found
    assert not any("good" in e for e in found)


def test_a_contradiction_is_reported_with_its_line_and_left_out(tmp_path: Path) -> None:
    corrections, problems = parse(
        tmp_path,
        "same,a,b",
        "same,b,c",
        "different,a,c",
        "type,x,Method",
        "type,x,Model",
        "merge,a,b",
        "same,a,",
        "type,x,Robot",
    )
    assert [p.split(":")[1] for p in problems] == ["5", "7", "8", "9", "10"]
    assert "contradicts" in problems[0] and "contradicts" in problems[1]
    assert corrections.types == {"x": "Method"}
    assert corrections.apart == frozenset()


def test_papers_are_named_by_id_and_not_mixed_with_entities(tmp_path: Path) -> None:
    corrections, problems = parse(
        tmp_path, "same,doi:10.1/a,arxiv:2101.00001", "different,arxiv:2101.00001,doi:10.1/a", "same,doi:10.1/a,Adam"
    )
    assert corrections.same_papers == (("doi:10.1/a", "arxiv:2101.00001"),)
    assert [p.split(":")[1] for p in problems] == ["4", "5"]
