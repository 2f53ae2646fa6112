"""The user's word on merges."""

from pathlib import Path

from citeweave.graph.corrections import Corrections, read
from citeweave.graph.entities import resolve
from citeweave.graph.naming import PaperNames
from citeweave.model import PaperEntity

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
