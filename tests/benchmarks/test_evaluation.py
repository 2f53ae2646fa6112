"""The parts of the evaluation around the counts: intervals, diagram, mistakes, stored predictions, baselines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks/evaluation"))

import systems
from diagram import svg
from intervals import calibration_interval, interval
from mistakes import sample
from scoring import Scores, add, definitions

TEXT = "Deep nets\nWe train deep nets (DNs) on Blobs for sorting. Trees are slower than deep nets in accuracy."
GOLD = {
    "id": "a",
    "text": TEXT,
    "entities": [
        {"name": "deep net", "type": "Model", "role": "introduces", "mentions": ["deep nets", "Deep nets", "DNs"]},
        {"name": "Blobs", "type": "Dataset", "role": "evaluates_on", "mentions": ["Blobs"]},
        {"name": "sorting", "type": "Task", "role": "addresses", "mentions": ["sorting"]},
        {"name": "accuracy", "type": "Metric", "role": "measures", "mentions": ["accuracy"]},
    ],
    "relations": [["deep net", "used_for", "sorting"], ["deep net", "evaluated_on", "Blobs"]],
    "citations": ["Li et al. 2020"],
    "urls": [],
}
SAID = {
    "id": "a",
    "entities": [
        {"name": "net", "type": "Model", "role": "introduces", "mentions": ["nets"]},
        {"name": "Blobs", "type": "Method", "role": "uses", "mentions": ["Blobs"]},
        {"name": "sorting", "type": "Task", "role": "addresses", "mentions": ["sorting"]},
        {"name": "slower", "type": "Metric", "role": "measures", "mentions": ["slower"]},
    ],
    "relations": [["sorting", "used_for", "Blobs"]],
    "abbreviations": [["DNs", "deep nets"], ["XY", "extra yarn"]],
    "citations": ["Li et al. 2020", "Blobs 1999"],
    "urls": [],
}


def papers(*predicted: dict) -> list[Scores]:
    made = []
    for prediction in predicted:
        scores = Scores()
        add(scores, TEXT, GOLD, prediction)
        made.append(scores)
    return made


def test_strings_are_counted():
    (scores,) = papers(SAID)
    assert definitions(TEXT, GOLD["entities"]) == {("DNs", "deep nets")}
    assert (scores.definitions.right, scores.definitions.predicted, scores.definitions.true) == (1, 1, 1)
    assert (scores.citations.right, scores.citations.predicted, scores.citations.true) == (1, 2, 1)


def test_what_is_given_the_true_entities_is_counted_apart():
    given = {"entities": [{"role": e["role"]} for e in GOLD["entities"]], "relations": GOLD["relations"][:1]}
    given["entities"][3]["role"] = "mentions"
    (scores,) = papers({**SAID, "given": given})
    assert (scores.given_roles.right, scores.given_roles.predicted) == (3, 4)
    relations = scores.all(scores.given_relations.values())
    assert (relations.right, relations.predicted, relations.true) == (1, 1, 2)
    assert scores.all(scores.relations.values()).right == 0


def test_counts_add_up():
    one, two = papers(SAID, SAID)
    one.count(two)
    assert one.untyped.true == 2 * two.untyped.true
    assert one.relations["used_for"].predicted == 2
    assert one.all(one.overlap.values()).recalled == 2 * two.all(two.overlap.values()).recalled


def test_intervals_hold_the_figure_and_shrink_to_it_where_papers_are_alike():
    alike = papers(SAID, SAID, SAID)
    whole = alike[0].all(alike[0].exact.values()).f1
    assert interval("mentions exact typed", alike) == pytest.approx((whole, whole))
    mixed = papers(SAID, GOLD, SAID, GOLD)
    low, high = interval("mentions exact typed", mixed)
    assert low < 0.9 < high
    assert interval("mentions exact typed", mixed) == (low, high)


def test_calibration_interval():
    right, wrong = Scores(confidences=[(0.95, True)] * 10), Scores(confidences=[(0.95, False)] * 10)
    low, high = calibration_interval([right, wrong])
    assert low == pytest.approx(0.05)
    assert high == pytest.approx(0.95)


def test_the_diagram_is_well_formed_whatever_a_system_is_called():
    picture = ElementTree.fromstring(svg({"a <b> & c": [(0.9, True), (0.2, False)], "d": [(0.5, True)]}))
    words = " ".join(picture.itertext())
    assert "a <b> & c: expected calibration error 0.150" in words
    assert "said 0.90, right 1.00, 1 mentions" in words


def test_mistakes_of_every_kind_stand_in_their_sentence():
    lines = "\n".join(sample([GOLD], [SAID], 9))
    for expected in (
        "a: Metric: Trees are slower than deep nets in [[accuracy]].",
        "a: Metric: Trees are [[slower]] than deep nets in accuracy.",
        "a: Model: Deep [[nets]] (true: Deep nets)",
        "a: Dataset, not Method: We train deep nets (DNs) on [[Blobs]] for sorting.",
        "a: evaluates_on, not uses: We train",
        "a: deep net used_for sorting: [[Deep nets]]",
        "a: sorting used_for Blobs: We train deep nets (DNs) on Blobs for [[sorting]].",
    ):
        assert expected in lines
    assert "\n".join(sample([GOLD], [SAID], 1)) == "\n".join(sample([GOLD], [SAID], 1))


def test_stored_predictions_come_back(tmp_path):
    span = TEXT.index("Blobs")
    path = tmp_path / "a.jsonl"
    systems.save([{**SAID, "scores": {(span, span + 5): 0.9}}], path)
    (back,) = systems.stored([GOLD], path)
    assert {k: back[k] for k in SAID} == SAID
    assert back["scores"] == {(span, span + 5): 0.9}
    with pytest.raises(ValueError, match="none of the annotated"):
        systems.stored([{**GOLD, "id": "other"}], path)


def test_what_extract_prints_can_be_scored(tmp_path):
    line = {
        "id": "a",
        "mentions": [{"start": 0, "end": 9, "text": "Deep nets", "type": "Model", "score": 0.8}],
        "entities": [{"name": "deep net", "type": "Model", "role": "introduces", "mentions": ["Deep nets"]}],
        "relations": [
            {"subject": "deep net", "predicate": "used_for", "object": "x", "score": 1, "start": 0, "end": 1}
        ],
        "citations": [{"text": "Li et al. 2020", "start": 0, "end": 1, "identifiers": {}}],
    }
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line) + "\n", "utf-8")
    (scores,) = papers(*systems.stored([GOLD], path))
    assert scores.exact["Model"].right == 1
    assert scores.confidences == [(0.8, True)]
    assert scores.relations["used_for"].predicted == 1
    assert scores.citations.right == 1


def test_known_strings_are_a_baseline():
    predict = systems.known_strings([GOLD])
    assert {e["name"] for e in predict("Blobs and sorting")["entities"]} == {"Blobs", "sorting"}


def test_models_are_given_the_true_entities():
    (given,) = systems.given_entities([GOLD], "accurate")
    assert len(given["entities"]) == len(GOLD["entities"])
    names = {e["name"] for e in GOLD["entities"]}
    assert all({s, o} <= names for s, _, o in given["relations"])
