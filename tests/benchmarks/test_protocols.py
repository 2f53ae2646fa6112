from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks/evaluation"))

from protocols import Protocol

TRUE = {(0, 3): "Method", (5, 8): "Task", (9, 12): "Method"}


def figures(said: dict[tuple[int, int], str], true: list[tuple], predicted: list[tuple]) -> Protocol:
    made = Protocol()
    made.add((TRUE, true), (said, predicted))
    return made


def test_entities_need_their_borders_and_their_type():
    made = figures({(0, 3): "Method", (5, 8): "Method", (9, 11): "Method"}, [], [])
    assert made.entities.figures() == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_strict_relations_also_need_the_types():
    true = [((0, 3), "USED-FOR", (5, 8))]
    made = figures({(0, 3): "Method", (5, 8): "Metric"}, true, true)
    assert made.relations.figures()[2] == pytest.approx(1)
    assert made.strict.figures()[2] == 0


def test_direction_counts_unless_the_relation_has_none():
    true = [((0, 3), "USED-FOR", (5, 8)), ((0, 3), "COMPARE", (9, 12))]
    turned = [(o, p, s) for s, p, o in true]
    made = figures(TRUE, true, turned)
    assert (made.relations.right, made.relations.predicted, made.relations.true) == (1, 2, 2)
    both = figures(TRUE, true, [true[1], turned[1]])
    assert (both.strict.right, both.strict.predicted) == (1, 1)


def test_lines_name_the_three_figures():
    assert [line.split("  ")[0].strip() for line in figures(TRUE, [], []).lines()] == [
        "entities",
        "Rel (boundaries)",
        "Rel+ (strict)",
    ]
