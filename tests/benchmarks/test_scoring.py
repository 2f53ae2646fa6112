"""The scores of the evaluation, counted by hand on one small paper."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "evaluation"))

from scoring import Scores, add, calibration_error, match, mention_spans, reliability

TEXT = "Dropout for nets\nWe study dropout in deep nets on DataSet. Nets improve."
GOLD = {
    "entities": [
        {"name": "dropout", "type": "Method", "role": "studies", "mentions": ["Dropout", "dropout"]},
        {"name": "deep net", "type": "Model", "role": "uses", "mentions": ["deep nets", "nets", "Nets"]},
        {"name": "DataSet", "type": "Dataset", "role": "evaluates_on", "mentions": ["DataSet"]},
    ],
    "relations": [["dropout", "used_for", "deep net"], ["dropout", "evaluated_on", "DataSet"]],
}
SAID = {
    "entities": [
        {"name": "Dropout", "type": "Method", "role": "uses", "mentions": ["Dropout", "dropout"]},
        {"name": "net", "type": "Method", "role": "uses", "mentions": ["nets"]},
        {"name": "DataSet", "type": "Dataset", "role": "evaluates_on", "mentions": ["DataSet"]},
        {"name": "improve", "type": "Task", "role": "mentions", "mentions": ["improve"]},
    ],
    "relations": [["Dropout", "evaluated_on", "DataSet"], ["improve", "used_for", "net"]],
    "scores": {(0, 7): 0.9, (26, 33): 0.7},
}


@pytest.fixture
def scores():
    counted = Scores()
    add(counted, TEXT, GOLD, SAID)
    return counted


def test_the_longest_string_wins_and_whole_words_only():
    assert {TEXT[a:b] for a, b in mention_spans(TEXT, GOLD["entities"])} == {
        "Dropout", "dropout", "nets", "deep nets", "DataSet", "Nets",
    }  # fmt: skip


def test_mentions(scores):
    # said: Dropout, dropout, nets (title), nets (inside deep nets), DataSet, improve; true: six
    assert (scores.untyped.right, scores.untyped.predicted, scores.untyped.true) == (4, 6, 6)
    exact = scores.all(scores.exact.values())
    assert (exact.right, exact.predicted, exact.true) == (3, 6, 6)
    assert exact.f1 == pytest.approx(0.5)


def test_overlap_counts_either_side_apart():
    counted = Scores()
    said = {"entities": [{"name": "net", "type": "Model", "mentions": ["nets"]}]}
    add(counted, TEXT, GOLD, said)
    overlap = counted.overlap["Model"]
    assert (overlap.right, overlap.predicted, overlap.recalled, overlap.true) == (2, 2, 2, 3)


def test_entities_roles_and_relations(scores):
    assert match(GOLD["entities"], SAID["entities"]) == {0: 0, 1: 1, 2: 2}
    assert (scores.papers_untyped.right, scores.papers_untyped.predicted) == (3, 4)
    assert scores.all(scores.papers.values()).right == 2
    assert (scores.roles.right, scores.roles.predicted) == (2, 3)
    relations = scores.all(scores.relations.values())
    assert (relations.right, relations.predicted, relations.true) == (1, 2, 2)


def test_confidences_are_those_of_the_mentions(scores):
    assert sorted(scores.confidences) == [(0.7, True), (0.9, True)]


def test_calibration_error_by_hand():
    points = [(0.95, True), (0.95, False), (0.15, False), (1.0, True)]
    assert [(round(c, 3), round(r, 3), n) for c, r, n in reliability(points)] == [(0.15, 0.0, 1), (0.967, 0.667, 3)]
    assert calibration_error(points) == pytest.approx((0.15 + 3 * 0.3) / 4)
    assert calibration_error([]) == 0
